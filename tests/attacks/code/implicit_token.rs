//! The attacker wants a token in the address that the browser is sent to, where scripts and histories see it.
//! OAuth 2.1 §10.1: there is no implicit grant, and no mixture with it.

use super::told_no;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_a_token_in_the_redirect(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for wanted in ["token", "id_token", "code token", "code id_token", "none", ""] {
        told_no(world, &ask.path_with(&[("response_type", wanted)]), "unsupported_response_type");
    }
}

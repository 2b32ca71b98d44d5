//! The attacker wants the code in a fragment, a form or a message to their own window, where the redirect's check says
//! nothing of who reads it. RFC 9700 §4.1; the only mode here is the query.

use super::told_no;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_the_code_by_another_way(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for mode in ["fragment", "form_post", "web_message", "query.jwt", "okp", "Query"] {
        told_no(world, &ask.path_with(&[("response_mode", mode)]), "invalid_request");
    }
}

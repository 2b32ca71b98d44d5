//! The attacker asks with `prompt=none` and wants an answer without a page.
//! OpenID Connect Core §3.1.2.1 has it for clients that are known; a person who was not asked has allowed nothing.

use url::Url;

use super::nothing_allowed;
use crate::client::{Ask, Browser, parameter};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_asks_not_to_be_asked_about(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for others in
        [[("prompt", "none")], [("approval_prompt", "auto")], [("decision", "allow")], [("switch", "0")]]
    {
        let answer = browser.get(world, &ask.path_with(&others));
        let code = Url::parse(answer.header("location")).ok().and_then(|back| parameter(&back, "code"));
        assert_eq!(code, None, "{others:?}");
    }
    nothing_allowed(world);
}

//! The attacker has a page on a sibling domain and sets a cookie for the whole domain (cookie tossing).
//! They want it to be taken for the gateway's. RFC 6265bis §4.1.3.2: only `__Host-` cookies are the host's own.

use super::{SESSION, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_sibling_domain_sets_a_cookie_for_the_gateway(world: &mut World) {
    let mut attacker = Browser::of(&Person::internal());
    attacker.sign_in(world, "/login");
    let id = attacker.cookies[SESSION].clone();
    for name in [
        "mcpgate_session",
        "__Secure-mcpgate_session",
        "__host-mcpgate_session",
        " __Host-mcpgate_session x",
        "Host-mcpgate_session",
    ] {
        let mut victim = Browser::of(&Person::internal());
        victim.cookies.insert(name.to_owned(), id.clone());
        signed_out(world, &mut victim);
    }
}

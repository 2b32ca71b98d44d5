//! The attacker leads from the client's address to another page of the same host, by dots or by another spelling.
//! They want a page there that hands the code on. RFC 9700 §4.1.3: compared as texts, not resolved.

use super::{registered, shown};
use crate::world::World;

pub(super) fn somebody_walks_up_from_the_redirect(world: &mut World) {
    let ask = registered(world, "https://app.example.com/oauth/callback");
    for path in [
        "/oauth/callback/../../open?to=https://evil.example.org",
        "/oauth/callback/..%2f..%2fopen",
        "/oauth/./callback",
        "/oauth//callback",
        "/oauth/%63allback",
        "/OAUTH/callback",
        "/oauth/callback/",
        "/",
    ] {
        shown(world, &ask, &format!("https://app.example.com{path}"));
    }
}

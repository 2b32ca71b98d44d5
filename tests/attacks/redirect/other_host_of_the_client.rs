//! The attacker has a name under the client's, or its port, its plain http or another spelling, and wants that to do.
//! RFC 9700 §4.1.3: no wildcards, no part of a name.

use super::{registered, shown};
use crate::world::World;

pub(super) fn somebody_has_a_name_beside_the_clients(world: &mut World) {
    let ask = registered(world, "https://app.example.com/callback");
    for origin in [
        "https://app.example.com.evil.example.org",
        "https://evil.app.example.com",
        "https://example.com",
        "https://evilapp.example.com",
        "https://app.example.com:8443",
        "https://app.example.com:443",
        "http://app.example.com",
        "https://APP.example.com",
        "https://app.example.com.",
    ] {
        shown(world, &ask, &format!("{origin}/callback"));
    }
}

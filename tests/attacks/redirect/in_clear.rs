//! The attacker is on the network and wants codes to travel without TLS, or to a machine of the network beside.
//! OAuth 2.1 §1.5, §2.3: https, but for loopback.

use super::unregistrable;
use crate::world::World;

pub(super) fn somebody_registers_a_redirect_without_tls(world: &mut World) {
    for redirect in [
        "http://evil.example.org/cb",
        "http://10.0.0.1/cb",
        "http://localhost.evil.example.org/cb",
        "http://127.0.0.1@evil.example.org/cb",
        "https://app.example.org/cb#fragment",
        "https://user:secret@app.example.org/cb",
        "//app.example.org/cb",
        "/cb",
        "*://app.example.org/*",
    ] {
        unregistrable(world, redirect);
    }
}

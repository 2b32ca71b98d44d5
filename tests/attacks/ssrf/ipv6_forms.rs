//! The attacker hides an inner address in IPv6: mapped, translated, tunnelled, local.
//! RFC 4291 §2.5.5, RFC 6052, RFC 3056, RFC 4193. They want a request to it.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_hides_an_inner_address_in_ipv6(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://[::ffff:127.0.0.1]/client.json",
            "https://[::ffff:7f00:1]/client.json",
            "https://[::127.0.0.1]/client.json",
            "https://[64:ff9b::7f00:1]/client.json",
            "https://[64:ff9b:1::a00:1]/client.json",
            "https://[2002:7f00:1::]/client.json",
            "https://[fe80::1]/client.json",
            "https://[fc00::1]/client.json",
            "https://[fec0::1]/client.json",
            "https://[2001:4860:4860::8888]/client.json",
            "https://[::1%25eth0]/client.json",
        ],
    );
}

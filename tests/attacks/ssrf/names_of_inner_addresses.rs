//! The attacker has names that anybody can have for any address, or that only mean something inside a network.
//! RFC 6761, RFC 6762, RFC 8375. They want a request to what they stand for.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_names_an_inner_address(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://10.0.0.1.nip.io/client.json",
            "https://10-0-0-1.sslip.io/client.json",
            "https://x.localtest.me/client.json",
            "https://lvh.me/client.json",
            "https://printer.local/client.json",
            "https://wiki.corp/client.json",
            "https://router.lan/client.json",
            "https://db.internal/client.json",
            "https://nas.home.arpa/client.json",
            "https://intranet/client.json",
        ],
    );
}

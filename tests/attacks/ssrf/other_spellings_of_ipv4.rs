//! The attacker writes an address in decimal, octal, hexadecimal or with parts left out, and wants a filter to take it
//! for a name. WHATWG URL §3.5: such a host is an address.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_spells_an_address_in_another_way(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://2130706433/client.json",
            "https://0x7f000001/client.json",
            "https://0x7f.1/client.json",
            "https://0177.0.0.1/client.json",
            "https://017700000001/client.json",
            "https://127.1/client.json",
            "https://0/client.json",
            "https://\u{2460}\u{2461}\u{2466}.0.0.1/client.json",
            "https://127\u{3002}0\u{3002}0\u{3002}1/client.json",
            "https://%31%32%37.0.0.1/client.json",
        ],
    );
}

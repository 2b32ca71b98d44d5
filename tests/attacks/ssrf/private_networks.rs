//! The attacker wants the gateway to reach into the network that it stands in.
//! RFC 1918, RFC 6598, RFC 3927: no address at all is fetched from.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_wants_the_gateway_to_fetch_from_a_private_network(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://10.0.0.1/client.json",
            "https://172.16.0.1/client.json",
            "https://192.168.0.1/client.json",
            "https://100.64.0.1/client.json",
            "https://198.18.0.1/client.json",
            "https://224.0.0.1/client.json",
            "https://255.255.255.255/client.json",
            "https://8.8.8.8/client.json",
        ],
    );
}

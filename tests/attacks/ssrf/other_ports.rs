//! The attacker wants the gateway to speak to what listens at another port, or without TLS: mail, databases, shells.
//! Only the default port of https.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_wants_the_gateway_to_knock_at_other_ports(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://app.example.org:22/client.json",
            "https://app.example.org:25/client.json",
            "https://app.example.org:6379/client.json",
            "https://app.example.org:8443/client.json",
            "https://app.example.org:0/client.json",
            "https://app.example.org:443/client.json",
        ],
    );
}

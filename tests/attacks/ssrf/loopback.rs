//! The attacker signs in and names a client whose document is on the gateway's own machine.
//! What they want is a request to what listens there. Client ID Metadata Documents, "SSRF": public names only.

use super::not_fetched;
use crate::world::World;

pub(super) fn somebody_wants_the_gateway_to_fetch_from_its_own_machine(world: &mut World) {
    not_fetched(
        world,
        &[
            "https://127.0.0.1/client.json",
            "https://127.0.0.2/client.json",
            "https://0.0.0.0/client.json",
            "https://[::1]/client.json",
            "https://[::]/client.json",
            "https://localhost/client.json",
            "https://app.localhost/client.json",
            "https://localhost./client.json",
            "https://127.0.0.1./client.json",
        ],
    );
}

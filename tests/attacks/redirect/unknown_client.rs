//! The attacker asks in the name of a client that does not exist, to have the gateway send people to their page.
//! RFC 6749 §4.1.2.1: who is unknown is redirected nowhere. They want an open redirect.

use super::shown;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_an_unknown_client_to_be_redirected(world: &mut World) {
    let ask = Ask { client_id: "nobody".to_owned(), ..Ask::new(world, "desk") };
    shown(world, &ask, "https://evil.example.org/cb");
    assert_eq!(world.recorded("consent", "refused", Some("client_unknown")), 2);
    shown(world, &Ask { client_id: String::new(), ..ask }, "https://evil.example.org/cb");
}

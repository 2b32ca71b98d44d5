//! The attacker's document is at a public address, which redirects inside, or to a document of somebody else.
//! They want the request that follows. Where a redirect leads was not checked, so none is followed.

use mcpgate::host::memory::Reply;

use super::{document, no_client};
use crate::world::World;

pub(super) fn a_clients_document_redirects_inside(world: &mut World) {
    for status in [301, 302, 303, 307, 308] {
        for place in [
            world.stage.idp.origin(),
            "https://169.254.169.254/latest/meta-data".to_owned(),
            "/other.json".to_owned(),
        ] {
            let before = (world.stage.idp.seen().len(), world.stage.elsewhere.seen().len());
            no_client(world, move || {
                Reply::new(status, "application/json", document(&[]).to_string()).header("location", &place)
            });
            let after = (world.stage.idp.seen().len(), world.stage.elsewhere.seen().len());
            assert!(after.0 <= before.0 + 4 && after.1 <= before.1 + 1, "the sign-in, and one fetch at most");
            assert!(world.stage.elsewhere.seen().iter().all(|path| path == "/client.json"));
        }
    }
}

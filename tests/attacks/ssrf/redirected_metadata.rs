//! The attacker runs a service whose metadata redirects inside, and wants the gateway to go along.
//! Where a redirect leads was not checked, so none is followed.

use mcpgate::host::memory::Reply;

use super::{RESOURCE, SERVER, not_followed};
use crate::world::World;

pub(super) fn a_services_metadata_redirects_inside(world: &mut World) {
    for path in [RESOURCE, SERVER] {
        for status in [301, 302, 307, 308] {
            let place = format!("{}/.well-known/openid-configuration", world.stage.idp.origin());
            not_followed(world, path, "", move || {
                Reply::new(status, "application/json", "{}").header("location", &place)
            });
        }
    }
}

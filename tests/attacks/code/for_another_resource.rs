//! The attacker has the person's permission for one service and wants a token for another out of it.
//! RFC 8707 §2.2: the resource must be one that was consented to.

use serde_json::json;

use super::{asked, nothing_issued};
use crate::world::World;

pub(super) fn a_client_redeems_its_code_for_another_service(world: &mut World) {
    for resource in ["/mcp/mail", "/mcp", "/mcp/desk/", "/"] {
        let (ask, code) = asked(world);
        let answer = ask.redeem(world, &code, &[("resource", &world.url(resource))]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_target")), "{resource}");
    }
    assert_eq!(world.recorded("token_refused", "refused", Some("resource_unknown")), 4);
    nothing_issued(world);
}

//! The attacker is held, knows the id of the hold, and wants to release themselves: with their session, with the token of
//! their AI client, and with nothing.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::{get_held, hold, is_held, reader};
use crate::story::admin::ask;
use crate::world::World;

pub(super) fn somebody_held_wants_to_release_themselves(world: &mut World) {
    let (mut browser, agent) = reader(world);
    get_held(world, &agent);
    let path = format!("/admin/holds/{}/release", hold(world));
    assert_eq!(browser.post(world, &path, &[("csrf", "x")]).status(), 403);
    assert_eq!(ask(world, &agent.token, "POST", &path, &Value::Null).status(), 401);
    assert_eq!(ask(world, &agent.token, "GET", "/admin/throughput", &Value::Null).status(), 401);
    let request = Request::post(world.url(&path)).body(Bytes::new()).unwrap();
    assert_eq!(world.send(request).status(), 403);
    world.expect_recorded("hold_released", "refused", Some("not_admin"));
    assert_eq!(world.recorded("hold_released", "ok", None), 0);
    is_held(world, &agent);
}

//! The attacker's AI client wants to connect or disconnect an account itself, with its token instead of a session.
//! The pages are for people.

use http::Request;
use serde_json::json;

use super::connected;
use crate::client::{encoded, field};
use crate::world::World;

pub(super) fn a_client_connects_an_account_by_itself(world: &mut World) {
    let (mut browser, agent) = connected(world);
    let csrf = field(&browser.get(world, "/connect/books"), "csrf");
    let request = Request::post(world.url("/connect/books"))
        .header("authorization", format!("Bearer {}", agent.token))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", world.origin())
        .body(encoded(&[("csrf", &csrf), ("decision", "disconnect")]).into())
        .unwrap();
    let answer = world.send(request);
    assert!(answer.header("location").starts_with("/login"), "{} {}", answer.status(), answer.text());
    assert!(world.stage.books.revoked().is_empty());
    assert_eq!(agent.read(world, "get_issue", json!({})), "done");
}

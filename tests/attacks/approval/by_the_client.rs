//! The attacker steers the AI client, which holds the link and a token, and wants it to say yes itself.
//! The page takes a person's session and nothing else.

use http::Request;
use serde_json::json;

use super::{at_browser, held, still_waits};
use crate::client::{encoded, field};
use crate::world::World;

pub(super) fn a_client_approves_its_own_call(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let path = held(world, &agent, "delete_issue", json!({ "id": 1 }));
    let csrf = field(&browser.get(world, &path), "csrf");
    for method in ["GET", "POST"] {
        let request = Request::builder()
            .method(method)
            .uri(world.url(&path))
            .header("authorization", format!("Bearer {}", agent.token))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(&[("csrf", &csrf), ("decision", "approve")]).into())
            .unwrap();
        let answer = world.send(request);
        assert!(answer.header("location").starts_with("/login"), "{} {}", answer.status(), answer.text());
        assert!(!answer.text().contains("delete_issue"));
    }
    still_waits(world, &agent);
}

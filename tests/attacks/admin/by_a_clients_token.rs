//! The attacker's AI client acts for an administrator, and wants to administer with its token, even beside the
//! administrator's cookies. Nothing administrative is reachable by an AI client's token.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::{DOORS, administrator, nothing_done};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_of_an_administrator_wants_to_administer(world: &mut World) {
    let victim = Agent::of(world, &Person::internal(), "desk");
    let mut admin = administrator(world);
    let agent = Agent::at(world, &mut admin, "desk");
    let cookies: Vec<String> = admin.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let session = admin.cookies["__Host-mcpgate_session"].clone();
    for token in [&agent.token, &agent.refresh_token, &session] {
        for (method, path) in DOORS {
            for cookie in [cookies.join("; "), String::new()] {
                let request = Request::builder()
                    .method(method)
                    .uri(world.url(path))
                    .header("authorization", format!("Bearer {token}"))
                    .header("cookie", cookie)
                    .body(Bytes::from_static(br#"{"email":"x@example.com"}"#))
                    .unwrap();
                let answer = world.send(request);
                assert_eq!(
                    (answer.status(), &answer.json()["error"]),
                    (401, &json!("not_authenticated")),
                    "{path}"
                );
                assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"mcpgate admin\"");
            }
        }
    }
    assert_eq!(world.recorded("person_removed", "refused", Some("not_authenticated")), 6);
    nothing_done(world, &victim);
}

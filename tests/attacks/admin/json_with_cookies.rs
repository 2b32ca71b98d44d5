//! The attacker's page wants to administer by what only programs send, with the administrator's cookies and no form secret.
//! Who has no admin token is asked for the form's secret.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use super::{DOORS, administrator, nothing_done, page};
use crate::client::Agent;
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_sends_what_programs_send(world: &mut World) {
    let mut admin = administrator(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    let cookies: Vec<String> = admin.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for (method, path) in DOORS.iter().filter(|(method, _)| *method != "GET") {
        for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            let request = Request::builder()
                .method(*method)
                .uri(world.url(path))
                .header("content-type", content_type)
                .header("cookie", cookies.join("; "))
                .body(Bytes::from(
                    json!({ "email": ADMIN, "name": "x", "scopes": ["people"], "days": 1 }).to_string(),
                ))
                .unwrap();
            assert_eq!(world.send(request).status(), 403, "{method} {path} {content_type}");
        }
    }
    nothing_done(world, &agent);
    page(world, &mut admin);
}

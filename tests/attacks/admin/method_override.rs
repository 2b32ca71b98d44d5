//! The attacker sends one method, says that another is meant, and wants GET to do what only DELETE or POST may.
//! RFC 9110 §9: the method is the request's; no header and no field changes it.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::{administrator, ask, page, token};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_says_that_another_method_is_meant(world: &mut World) {
    let mut admin = administrator(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    let token = token(world, &mut admin, &["scope_tokens", "scope_people"], "1");
    let listed = ask(world, &token, "GET", "/admin/tokens", &Value::Null).json()["tokens"].clone();
    let path = format!("/admin/tokens/{}", listed[0]["id"].as_str().unwrap());
    for name in ["x-http-method-override", "x-method-override", "x-http-method"] {
        for (path, method) in
            [(&*path, "DELETE"), ("/admin/people/remove", "POST"), ("/admin/tokens", "POST")]
        {
            let request = Request::get(world.url(&format!("{path}?_method={method}")))
                .header(name, method)
                .header("authorization", format!("Bearer {token}"))
                .body(Bytes::from_static(br#"{"email":"ada.admin@example.com"}"#))
                .unwrap();
            let answer = world.send(request);
            assert!([200, 405].contains(&answer.status()), "{name} {path}: {}", answer.status());
        }
    }
    assert_eq!(world.recorded("admin_token_ended", "ok", None), 0);
    assert_eq!(world.recorded("person_removed", "ok", None), 0);
    page(world, &mut admin);
    agent.renewed(world);
}

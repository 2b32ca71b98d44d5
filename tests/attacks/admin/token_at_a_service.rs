//! The attacker has an admin token, and wants to call services with it as its administrator.
//! An admin token opens `/admin` and nothing else.

use bytes::Bytes;
use http::Request;

use super::{administrator, call, token};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_admin_token_is_tried_at_a_service(world: &mut World) {
    let mut admin = administrator(world);
    let token = token(world, &mut admin, &["scope_tokens", "scope_people"], "1");
    let agent = Agent::of(world, &Person::internal(), "desk");
    for service in ["desk", ""] {
        let calling = Agent { token: token.clone(), service: service.to_owned(), ..agent.clone() };
        assert_eq!(call(world, &calling).status(), 401);
    }
    assert!(world.stage.desk.seen().is_empty());
    let request = Request::get(world.url("/")).header("authorization", format!("Bearer {token}"));
    assert!(!world.send(request.body(Bytes::new()).unwrap()).text().contains("Signed in"));
    assert_eq!(agent.ask.refresh(world, &token).json()["error"], "invalid_grant");
}

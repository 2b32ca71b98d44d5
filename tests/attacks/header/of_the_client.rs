//! The attacker writes headers for the service behind the gateway, which that would believe to be the gateway's: whose call
//! it is, where it comes from, what it may. A service gets headers that are made anew. They want to be somebody else there.

use super::call;
use crate::client::Agent;
use crate::setting::PAGE;
use crate::stage::{DESK_TOKEN, Person};
use crate::world::World;

pub(super) fn a_client_writes_headers_for_the_service(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = call(world, &agent);
    let planted = [
        ("cookie", "session=smuggled"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-user", "smuggled"),
        ("x-remote-user", "smuggled"),
        ("x-user-id", "smuggled"),
        ("proxy-authorization", "Basic smuggled"),
        ("x-api-key", "smuggled"),
        ("x-amz-security-token", "smuggled"),
        ("referer", "https://smuggled.example.org"),
        ("origin", PAGE),
        ("last-event-id", "smuggled"),
        ("via", "smuggled"),
    ];
    for (name, value) in planted {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request.headers_mut().append("authorization-info", "smuggled".parse().unwrap());
    assert_eq!(world.send(request).status(), 200);
    let arrived = world.stage.desk.calls().pop().unwrap();
    for (name, value) in planted {
        assert!(arrived.header(name) != value, "{name}");
    }
    assert!(
        arrived.headers.values().all(|value| !value.to_str().unwrap().contains("smuggled")),
        "{:?}",
        arrived.headers
    );
    assert_eq!(arrived.header("authorization"), format!("Bearer {DESK_TOKEN}"));
}

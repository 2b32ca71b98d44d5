//! The attacker runs one service and wants what the gateway holds for another: its credential, or a person's token there.
//! MCP "Token Passthrough", RFC 8707: each service gets its own, and never the client's.

use serde_json::json;

use super::connected;
use crate::client::Agent;
use crate::stage::{DESK_TOKEN, Person, Seen};
use crate::world::World;

pub(super) fn one_service_wants_the_credential_of_another(world: &mut World) {
    let (_, at_books) = connected(world);
    at_books.read(world, "get_issue", json!({}));
    let agent = Agent::of(world, &Person::internal(), "");
    agent.read(world, "desk__get_issue", json!({}));
    agent.read(world, "mail__get_issue", json!({}));
    let stage = &world.stage;
    let heard = |calls: Vec<Seen>| {
        let all = calls
            .iter()
            .flat_map(|seen| seen.headers.values().map(|value| value.to_str().unwrap()).chain([&*seen.body]));
        all.collect::<Vec<_>>().join("\n")
    };
    let (desk, mail, books) =
        (heard(stage.desk.seen()), heard(stage.mail.seen()), heard(stage.books.service.seen()));
    assert!(desk.contains(DESK_TOKEN) && books.contains("planted-books-access"));
    for (heard, others) in
        [(&desk, ["planted-books"; 2]), (&mail, [DESK_TOKEN, "planted-books"]), (&books, [DESK_TOKEN; 2])]
    {
        assert!(others.iter().all(|other| !heard.contains(other)));
        assert!(!heard.contains(&agent.token) && !heard.contains(&at_books.token), "nor a client's");
    }
}

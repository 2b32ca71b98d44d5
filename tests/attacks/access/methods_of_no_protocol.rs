//! The attacker steers a client and wants what its role, a guardrail and the record would see, by a method that none of
//! them knows.
//! What the protocol does not have is sent nowhere unless the configuration says so.

use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_acts_by_methods_of_no_protocol(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "desk");
    for method in
        ["records/delete", "tools/call2", "Tools/Call", "tools/list ", "notifications/delete_all", "admin"]
    {
        let answer = agent.send(world, method, json!({ "name": "delete_issue", "arguments": { "id": 1 } }));
        assert!(!answer.text().contains("\"result\""), "{method}: {}", answer.text());
    }
    let seen = world.stage.desk.seen();
    assert!(seen.iter().all(|seen| !seen.body.contains("delete")), "nothing was forwarded");
    assert!(world.recorded("requested", "refused", Some("method_not_allowed")) >= 3, "and it is on record");
}

//! The attacker sees that a call of somebody else waits for an answer, and wants to give it.
//! The answer to a question before the answer counts from the person who was asked, at their service.

use serde_json::json;

use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::story::confirm::{older, question, yes};
use crate::world::World;

pub(super) fn somebody_answers_another_persons_form(world: &mut World) {
    let forms = json!({ "elicitation": {} });
    let (_, agent) = older(world, "desk", forms.clone());
    let call = json!({ "name": "delete_issue", "arguments": { "id": 1 } });
    let (_open, _, asked) = question(world, &agent, &call);
    let (_, stranger) = older(world, "desk", forms.clone());
    let (_, everywhere) = older(world, "", forms);
    let own = Agent::at(world, &mut Browser::of(&Person::internal()), "desk");
    let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": yes() }).to_string();
    for other in [&stranger, &everywhere, &own] {
        let posted = other.posting(world, answer.clone());
        assert_eq!(world.send(posted).status(), 400);
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("confirmation_given", "ok", None), 0);
}

//! The attacker has a person say yes to something harmless in a form, and wants that answer for something else.
//! What is sealed beside the question is for this person and these arguments, for ten minutes.

use std::time::Duration;

use serde_json::json;

use crate::client::Agent;
use crate::story::confirm::{answering, asked, with_forms, yes};
use crate::story::eras::last;
use crate::world::World;

pub(super) fn a_form_about_one_call_is_used_for_another(world: &mut World) {
    let (mut browser, agent) = with_forms(world);
    let harmless = json!({ "name": "delete_issue", "arguments": { "id": 1 } });
    let (_, again) = asked(world, &agent, &harmless);
    let mut answered = answering(&again, yes());

    let mut others = Vec::new();
    for change in [json!({ "id": 2 }), json!({}), json!({ "id": 1, "all": true })] {
        let mut other = answered.clone();
        other["arguments"] = change;
        others.push((agent.able(json!({ "elicitation": {} })), other));
    }
    let mut other = answered.clone();
    other["name"] = json!("archive");
    others.push((agent.able(json!({ "elicitation": {} })), other));
    let (_, stranger) = with_forms(world);
    others.push((stranger, answered.clone()));
    let mail = Agent::at(world, &mut browser, "mail").able(json!({ "elicitation": {} }));
    others.push((mail, answered.clone()));
    let mut torn = answered.clone();
    let state = torn["requestState"].as_str().unwrap().to_owned();
    torn["requestState"] = json!(format!("{}A", &state[..state.len() - 1]));
    others.push((agent.able(json!({ "elicitation": {} })), torn));
    for (agent, call) in others {
        let told = last(&agent.send(world, "tools/call", call.clone()));
        assert!(told["result"]["content"].is_null(), "{call}: {told}");
        let refused = told["error"]["message"].as_str().unwrap_or_default();
        assert!(refused.contains("requestState was not made here"), "{call}: {told}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");

    world.pass_time(Duration::from_secs(601));
    let agent = agent.renewed(world);
    answered["arguments"] = json!({ "id": 1 });
    let told = last(&agent.send(world, "tools/call", answered));
    assert!(told["error"]["message"].as_str().unwrap_or_default().contains("too old"), "{told}");
    assert!(world.stage.desk.calls().is_empty(), "nor later");
}

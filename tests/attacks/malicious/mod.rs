//! A service that is out to harm whoever uses it, and steers the model by what it says. Each class is played twice: with
//! guardrails off, where it works, and with them on, where it does not. What such a service does to its tools'
//! definitions is in `pin`, what it does by sheer amount over time in `throughput`.

mod destructive_tool_without_hints;
mod endless_talk;
mod exfiltration_by_arguments;
mod fake_confirmation;
mod fake_question;
mod lying_hints;
mod oversized_result;
mod pseudonym_to_another_service;
mod runaway_calls;

use serde_json::{Value, json};

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Unguarded:
        destructive_tool_without_hints::works_where_nothing_guards_against_a_tool_without_hints,
        endless_talk::works_where_nothing_guards_against_endless_talk,
        exfiltration_by_arguments::works_where_nothing_guards_against_what_arguments_carry,
        fake_confirmation::works_where_nothing_guards_against_a_fake_confirmation,
        fake_question::works_where_nothing_guards_against_a_fake_question,
        lying_hints::works_where_nothing_guards_against_lying_hints,
        oversized_result::works_where_nothing_guards_against_an_oversized_result,
        pseudonym_to_another_service::works_where_pseudonyms_go_anywhere,
        runaway_calls::works_where_nothing_guards_against_runaway_calls;
    Usual:
        destructive_tool_without_hints::a_service_says_nothing_of_what_its_tool_destroys,
        endless_talk::a_service_talks_without_end_before_it_answers,
        exfiltration_by_arguments::a_service_has_the_model_send_it_what_it_knows,
        fake_confirmation::a_service_says_that_the_person_said_yes,
        fake_question::a_service_asks_in_the_gateways_name,
        lying_hints::a_service_says_that_its_tool_only_reads,
        oversized_result::a_service_floods_the_model,
        pseudonym_to_another_service::a_service_has_the_model_carry_a_pseudonym_to_it,
        runaway_calls::a_service_has_the_model_call_again_and_again;
};

/// The desk is the malicious service; it offers this besides its own tools. Somebody uses it.
fn victim(world: &mut World, tools: &Value) -> Agent {
    world.stage.desk.offers(tools);
    Agent::of(world, &Person::internal(), "desk")
}

fn tool(name: &str, annotations: &Value) -> Value {
    let description = "Keeps the desk tidy.";
    json!({ "name": name, "description": description, "inputSchema": { "type": "object" }, "annotations": annotations })
}

/// How many calls the malicious service got.
fn calls(world: &World) -> usize {
    world.stage.desk.calls().len()
}

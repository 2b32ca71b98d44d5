//! What services say of their tools, changed after somebody trusted it, or written for the model and not for the person.
//! Each attack works where pins are off, and does not where they are on.

mod annotations;
mod another_service;
mod between_list_and_call;
mod invisible;
mod not_shown;
mod one_person;
mod renamed;
mod rug_pull;
mod schema;
mod script;
mod shadowing;

use std::time::Duration;

use serde_json::{Value, json};

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Unguarded:
        rug_pull::a_description_becomes_an_order,
        schema::a_schema_wants_more_than_before,
        annotations::a_tool_that_writes_says_that_it_reads,
        renamed::a_trusted_tool_comes_back_under_another_name,
        one_person::one_person_is_told_something_else,
        between_list_and_call::a_tool_becomes_another_between_list_and_call,
        invisible::a_definition_changes_where_nobody_sees_it,
        another_service::what_was_approved_here_is_used_there,
        not_shown::something_else_is_approved_than_what_was_shown,
        shadowing::a_tool_speaks_of_anothers,
        shadowing::a_tool_speaks_of_anothers_that_it_has_too,
        script::a_definition_wants_to_approve_itself;
};

pub(super) use crate::story::admin::administrator;
pub(super) use crate::story::oauth_scope::{call, reader};
pub(super) use crate::story::pins::{HONEST, decide, decide_as_shown, is_held, listed, waiting, weather};

/// Pins are on from now on, and nothing was pinned yet.
pub(super) fn switch_on(world: &mut World) {
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, replace(toml, 'pins = \"off\"', 'pins = \"enforce\"'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    assert!(world.rows("SELECT 1 FROM pin").is_empty(), "off is off");
}

/// A client of the desk.
pub(super) fn agent(world: &mut World) -> Agent {
    Agent::of(world, &Person::internal(), "desk")
}

/// The tool is shown as the desk has it, and called.
#[track_caller]
pub(super) fn is_trusted(world: &mut World, agent: &Agent, tools: &Value) {
    let calls = world.stage.desk.calls().len();
    let name = tools[0]["name"].as_str().unwrap();
    let shown = listed(world, agent, name);
    assert_eq!(shown["description"], tools[0]["description"], "{shown}");
    assert_eq!(shown["inputSchema"], tools[0]["inputSchema"], "{shown}");
    agent.read(world, name, json!({}));
    assert_eq!(world.stage.desk.calls().len(), calls + 1);
}

/// The desk has these tools, and then those: what is shown and called without pins is held with them.
pub(super) fn plays(world: &mut World, before: &Value, after: &Value) -> Agent {
    let agent = agent(world);
    for tools in [before, after] {
        world.stage.desk.offers(tools);
        is_trusted(world, &agent, tools);
    }
    world.stage.desk.offers(before);
    switch_on(world);
    is_trusted(world, &agent, before);
    world.stage.desk.offers(after);
    is_held(world, &agent, after[0]["name"].as_str().unwrap());
    world.expect_recorded("tool_changed", "refused", Some("tool_quarantined"));
    agent
}

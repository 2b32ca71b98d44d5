//! The keys that seal what is kept: rotated while people work, retired, and lost.

use mcpgate::crypto::{Keys, sealing_ring};
use serde_json::json;

use super::vault;
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: sealing_keys_are_rotated_in_the_middle_of_use, a_key_that_is_missing_opens_nothing_and_loses_nothing;
};

pub(crate) const NAME: &str = "MCPGATE_SEALING_KEYS";

/// The ring that the gateway has.
pub(crate) fn ring(world: &World) -> String {
    world.secrets.iter().find(|(name, _)| name == NAME).unwrap().1.clone()
}

pub(crate) fn new_key() -> String {
    let random = |buffer: &mut [u8]| {
        getrandom::fill(buffer).map_err(|error| mcpgate::host::PortError::new("random", error))
    };
    let keys = Keys::generate(random).unwrap();
    keys.iter().find(|(name, _)| *name == NAME).unwrap().1.expose().to_owned()
}

/// Counts what was not sealed by the first key of a ring.
fn sealed_otherwise(ring: &str) -> String {
    let mark = sealing_ring(ring).unwrap().marks().remove(0);
    format!(
        "SELECT (SELECT count(*) FROM person WHERE substr(data_key, 1, 6) <> '{mark}')
           + (SELECT count(*) FROM service_client WHERE substr(registration, 1, 6) <> '{mark}')"
    )
}

fn sealing_keys_are_rotated_in_the_middle_of_use(world: &mut World) {
    let (mut browser, agent) = vault::connected(world);
    world.stage.books.service.says("From: mia.muster@kunde.example");
    let pseudonym = agent.read(world, "get_issue", json!({})).strip_prefix("From: ").unwrap().to_owned();
    let mut older = agent.speaking("2025-06-18");
    older.initialize(world);
    let absent = Agent::of(world, &Person::internal(), "desk");

    let (old, new) = (ring(world), new_key());
    let both = format!("{new},{old}");
    world.restart_with(NAME, &both);
    let goes_on = |world: &mut World, agent: &Agent| {
        assert_eq!(
            agent.read(world, "add_comment", json!({ "text": pseudonym })),
            format!("From: {pseudonym}")
        );
        let given = world.stage.books.service.calls().pop().unwrap().arguments();
        assert_eq!(given["text"], "mia.muster@kunde.example");
    };
    goes_on(world, &agent);
    goes_on(world, &older);
    let agent = agent.renewed(world);
    goes_on(world, &agent);
    world.stage.books.forgets_access();
    goes_on(world, &agent);
    assert!(browser.get(world, "/connections").text().contains("Connected since "));
    let newcomer = Agent::of(world, &Person::internal(), "desk");
    newcomer.tools(world);

    // Also for those who are not there, without their doing.
    world.maintain_until(&sealed_otherwise(&both), "0");
    world.restart_with(NAME, &new);
    for agent in [&agent.renewed(world), &absent.renewed(world), &newcomer] {
        assert!(!agent.tools(world).is_empty());
    }
    let agent = agent.renewed(world);
    goes_on(world, &agent);
    world.stage.books.forgets_access();
    goes_on(world, &agent);
    // A session's id that was sealed with the old key is one of the past; clients begin a new one.
    assert_eq!(older.send(world, "tools/list", json!({})).status(), 404);
    let mut older = agent.speaking("2025-06-18");
    older.initialize(world);
    goes_on(world, &older);
}

fn a_key_that_is_missing_opens_nothing_and_loses_nothing(world: &mut World) {
    let person = Person::internal();
    let agent = Agent::of(world, &person, "desk");
    agent.read(world, "get_issue", json!({}));
    let (old, calls) = (ring(world), world.stage.desk.calls().len());
    let before = world.rows("SELECT data_key FROM person");
    world.restart_with(NAME, &new_key());
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("cannot open") && told.contains("tell those who run the gateway"), "{told}");
    world.expect_recorded("request_refused", "gateway", Some("keys_unavailable"));
    assert_eq!(world.stage.desk.calls().len(), calls, "nothing was forwarded");
    assert_eq!(Browser::of(&person).sign_in(world, "/login").status(), 503);
    for line in ["storage_failed", "none of MCPGATE_SEALING_KEYS"] {
        world.expect_logged(line);
    }
    // Others are not concerned, and what could not be opened is as it was.
    Agent::of(world, &Person::internal(), "desk").read(world, "get_issue", json!({}));
    world.settle();
    assert!(world.rows("SELECT data_key FROM person").contains(&before[0]));
    world.restart_with(NAME, &format!("{},{old}", ring(world)));
    agent.read(world, "get_issue", json!({}));
    assert_eq!(Browser::of(&person).sign_in(world, "/login").status(), 303);
}

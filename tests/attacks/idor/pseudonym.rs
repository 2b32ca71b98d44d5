//! The attacker has a pseudonym that another person was shown, and wants the value behind it: sent to a service of theirs.
//! A pseudonym works for the person it was shown to.

use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_sends_a_pseudonym_of_another_person(world: &mut World) {
    let victim = Agent::of(world, &Person::internal(), "desk");
    let thief = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.says("Owner: mia.muster@kunde.example");
    let seen = victim.read(world, "get_issue", json!({}));
    let pseudonym = seen.strip_prefix("Owner: ").unwrap().to_owned();
    world.stage.desk.behaves();
    let before = world.stage.desk.calls().len();
    let answer = thief.call(world, "get_issue", json!({ "email": pseudonym }));
    assert!(!answer.to_string().contains("mia.muster"), "{answer}");
    let arrived: String = world.stage.desk.calls()[before..].iter().map(|call| call.body.clone()).collect();
    assert!(!arrived.contains("mia.muster"), "{arrived}");
    victim.read(world, "get_issue", json!({ "email": pseudonym }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["email"], "mia.muster@kunde.example");
}

//! Who somebody on record is: an auditor learns it, for a case, and that is on record.

use serde_json::{Value, json};

use super::admin::{ANEW, administrator, csrf, page};
use crate::client::{Agent, Browser};
use crate::setting::AUDITOR;
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: an_auditor_learns_who_somebody_on_record_is, an_auditor_proves_anew_who_they_are,
        who_is_erased_is_nobody, what_an_auditor_writes_wrongly_is_said;
    Fresh: an_administrator_can_be_an_auditor_too, nobody_is_told_what_could_not_be_recorded;
    Lenient: nobody_is_told_what_could_not_be_recorded_even_where_calls_go_on;
};

/// The path of the form.
pub(crate) const PATH: &str = "/admin/audit/resolve";

/// An auditor who has just proven who they are.
pub(crate) fn auditor(world: &mut World) -> Browser {
    let mut browser = Browser::of(&Person::with_email(AUDITOR));
    let back = browser.sign_in(world, ANEW);
    assert_eq!(back.header("location"), world.url("/admin"), "{}", back.text());
    browser
}

/// Somebody who has called a tool: who they are, and what the record calls them.
pub(crate) fn somebody(world: &mut World) -> (Person, String) {
    let person = Person::internal();
    let agent = Agent::of(world, &person, "desk");
    agent.read(world, "get_issue", json!({}));
    let called = world.audit().into_iter().rfind(|event| event["action"] == "tool_called").unwrap();
    (person, called["person"].as_str().unwrap().to_owned())
}

/// Asks on the page.
pub(crate) fn resolve(world: &mut World, auditor: &mut Browser, actor: &str, case: &str) -> Answer {
    let csrf = csrf(&page(world, auditor), PATH);
    auditor.post(world, PATH, &[("csrf", &csrf), ("actor", actor), ("case", case)])
}

fn resolved(world: &mut World) -> Vec<Value> {
    let mut events = world.audit();
    events.retain(|event| event["action"] == "actor_resolved");
    events
}

fn an_auditor_learns_who_somebody_on_record_is(world: &mut World) {
    let (person, actor) = somebody(world);
    let mut auditor = auditor(world);
    let shown = page(world, &mut auditor);
    assert!(shown.text().contains("Who somebody on record is"), "{}", shown.text());
    let told = resolve(world, &mut auditor, &actor, "CASE-17");
    assert_eq!((told.status(), told.header("cache-control")), (200, "no-store"));
    assert!(told.text().contains(&person.email), "{}", told.text());
    let csrf = csrf(&shown, PATH);
    let form = [("csrf", &*csrf), ("actor", &*actor), ("case", "CASE-17")];
    let told = auditor.post_for_json(world, PATH, &form);
    assert_eq!((told.status(), told.header("cache-control")), (200, "no-store"));
    assert_eq!(told.json(), json!({ "person": actor, "case": "CASE-17", "email": person.email }));
    let events = resolved(world);
    assert_eq!(events.len(), 2, "{events:?}");
    for event in events {
        assert_eq!((&event["subject"], &event["case"]), (&json!(actor), &json!("CASE-17")), "{event}");
        assert_eq!(
            (&event["outcome"], event["person"] == event["subject"]),
            (&json!("ok"), false),
            "{event}"
        );
        assert!(!event.to_string().contains('@'), "{event}");
    }
    let start = auditor.get(world, "/");
    assert!(start.text().contains("href=\"/admin\""), "{}", start.text());
}

fn an_auditor_proves_anew_who_they_are(world: &mut World) {
    let mut browser = Browser::of(&Person::with_email(AUDITOR));
    browser.sign_in(world, "/login");
    assert_eq!(browser.get(world, "/admin").header("location"), ANEW);
    let answer = browser.post(world, PATH, &[("actor", "x"), ("case", "CASE-1")]);
    assert_eq!(answer.status(), 403, "{}", answer.text());
    world.expect_recorded("actor_resolved", "refused", Some("proof_too_old"));
}

fn who_is_erased_is_nobody(world: &mut World) {
    let (person, actor) = somebody(world);
    let mut admin = administrator(world);
    let form = csrf(&page(world, &mut admin), "/admin/people/remove");
    let path = "/admin/people/remove";
    let told = admin.post(world, path, &[("csrf", &*form), ("who", &*person.email), ("erase", "1")]);
    assert_eq!(told.status(), 200, "{}", told.text());
    let mut auditor = auditor(world);
    for nobody in [actor.as_str(), &"A".repeat(43)] {
        let told = resolve(world, &mut auditor, nobody, "CASE-18");
        assert_eq!((told.status(), told.header("cache-control")), (404, "no-store"));
        assert!(
            told.text().contains("were erased") && !told.text().contains(&person.email),
            "{}",
            told.text()
        );
    }
    let events = resolved(world);
    assert_eq!(events.len(), 2, "that somebody asked is on record all the same");
    for event in events {
        assert_eq!(
            (&event["reason"], &event["case"]),
            (&json!("person_unknown"), &json!("CASE-18")),
            "{event}"
        );
    }
}

fn what_an_auditor_writes_wrongly_is_said(world: &mut World) {
    let (_, actor) = somebody(world);
    let mut auditor = auditor(world);
    for case in ["", "17", "CASE", "CASE-", "case-17", "CASE-17a", "CASE-123456789", "HR-17", "CASE-17 "] {
        let told = resolve(world, &mut auditor, &actor, case);
        assert_eq!(told.status(), if case == "CASE-17 " { 200 } else { 400 }, "{case}: {}", told.text());
    }
    assert_eq!(world.recorded("actor_resolved", "refused", Some("case_malformed")), 8);
    for actor in ["", "jane@example.com", &actor[1..]] {
        let told = resolve(world, &mut auditor, actor, "CASE-17");
        assert!(told.status() == 400 && told.text().contains("as in the record"), "{}", told.text());
    }
    let csrf = csrf(&page(world, &mut auditor), PATH);
    let told = auditor.post_for_json(world, PATH, &[("csrf", &csrf), ("actor", "x"), ("case", "CASE-1")]);
    assert_eq!((told.status(), &told.json()["error"]), (400, &json!("malformed_request")));
}

fn an_administrator_can_be_an_auditor_too(world: &mut World) {
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) SELECT 2, \
         replace(toml, 'auditors = [', 'auditors = [\"ada.admin@example.com\", '), 0 FROM config_version",
    );
    world.pass_time(std::time::Duration::from_secs(6));
    let (person, actor) = somebody(world);
    let mut admin = administrator(world);
    let shown = page(world, &mut admin);
    assert!(shown.text().contains("/admin/tokens") && shown.text().contains(PATH), "{}", shown.text());
    let told = resolve(world, &mut admin, &actor, "CASE-1");
    assert!(told.text().contains(&person.email), "{}", told.text());
}

/// Neither the queue nor the outbox takes that somebody asked.
fn unrecorded(world: &mut World) {
    let (person, actor) = somebody(world);
    let mut auditor = auditor(world);
    let csrf = csrf(&page(world, &mut auditor), PATH);
    world.settle();
    world.queue_refuses(true);
    world.sql("ALTER TABLE audit_outbox RENAME TO audit_outbox_away");
    let told = auditor.post(world, PATH, &[("csrf", &csrf), ("actor", &actor), ("case", "CASE-1")]);
    assert_eq!(told.status(), 503, "{}", told.text());
    assert!(!told.text().contains(&person.email), "{}", told.text());
    world.sql("ALTER TABLE audit_outbox_away RENAME TO audit_outbox");
    world.queue_refuses(false);
}

fn nobody_is_told_what_could_not_be_recorded(world: &mut World) {
    unrecorded(world);
}

fn nobody_is_told_what_could_not_be_recorded_even_where_calls_go_on(world: &mut World) {
    unrecorded(world);
}

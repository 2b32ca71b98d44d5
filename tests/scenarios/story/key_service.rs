//! People's keys are wrapped by Google Cloud KMS.

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::vault;
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Kms: a_key_service_wraps_the_keys_of_people, a_key_service_that_is_down_lets_nobody_past_it,
        a_token_that_the_key_service_no_longer_takes_is_renewed, an_answer_that_was_altered_on_the_way_is_not_used,
        a_key_of_another_person_is_not_taken_for_ones_own,
        people_move_from_the_sealing_keys_to_a_key_service_and_back, a_key_of_the_service_is_exchanged_for_another;
};

/// The beginnings of what wraps people's keys.
const WRAPPED: &str = "SELECT DISTINCT substr(data_key, 1, 4) FROM person";

/// The gateway begins to use another configuration after this.
const NOTICED: Duration = Duration::from_secs(6);

/// How long an isolate knows a person's key.
const FORGOTTEN: Duration = Duration::from_secs(61);

fn a_key_service_wraps_the_keys_of_people(world: &mut World) {
    let (_, agent) = vault::connected(world);
    world.stage.books.service.says("From: mia.muster@kunde.example");
    let seen = agent.read(world, "get_issue", json!({}));
    assert!(!seen.contains("mia.muster"), "{seen}");
    assert_eq!(world.rows(WRAPPED), [["gk1."]]);
    world.restart();
    assert_eq!(agent.read(world, "get_issue", json!({})), seen, "the same key, the same pseudonym");
    let asked = world.stage.kms.asked();
    assert!(
        asked.iter().any(|verb| verb == "encrypt") && asked.iter().any(|verb| verb == "decrypt"),
        "{asked:?}"
    );
    let logs = world.logs();
    assert!(!logs.contains("planted-kms") && !logs.contains("PRIVATE KEY"), "{logs}");
}

fn a_key_service_that_is_down_lets_nobody_past_it(world: &mut World) {
    let person = Person::internal();
    let agent = Agent::of(world, &person, "desk");
    agent.read(world, "get_issue", json!({}));
    for reply in [|| Reply::new(503, "text/plain", ""), || Reply::Refusal] {
        world.stage.kms.answers("crypt", reply);
        world.restart();
        let calls = world.stage.desk.calls().len();
        let told = agent.refused(world, "get_issue", json!({}));
        assert!(told.contains("cannot open") && told.contains("Try again in a moment"), "{told}");
        assert_eq!(world.stage.desk.calls().len(), calls, "nothing was forwarded");
        assert_eq!(
            Browser::of(&Person::internal()).sign_in(world, "/login").status(),
            503,
            "no key, no person"
        );
        world.stage.kms.behaves();
    }
    world
        .stage
        .kms
        .answers("/token", || Reply::new(400, "application/json", "{\"error\":\"invalid_grant\"}"));
    world.restart();
    agent.refused(world, "get_issue", json!({}));
    world.stage.kms.behaves();
    assert_eq!(world.recorded("request_refused", "gateway", Some("keys_unavailable")), 3);
    world.expect_logged("kms_failed task=decrypt why=account status=400");
    let logs = world.logs();
    for line in [
        "kms_failed task=decrypt why=refused status=503",
        "kms_failed task=encrypt why=refused status=503",
        "kms_failed task=decrypt why=unreachable",
        "kms_failed task=decrypt why=account status=400",
    ] {
        assert!(logs.contains(line), "{line}\n{logs}");
    }
    // Once it is back, and from then on for a while without it.
    agent.read(world, "get_issue", json!({}));
}

fn a_token_that_the_key_service_no_longer_takes_is_renewed(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    world.stage.kms.forgets_tokens();
    world.pass_time(FORGOTTEN);
    agent.read(world, "get_issue", json!({}));
    world.pass_time(Duration::from_secs(3600));
    let agent = agent.renewed(world);
    agent.read(world, "get_issue", json!({}));
    assert!(world.stage.kms.asked().iter().filter(|verb| *verb == "token").count() >= 3);
}

fn an_answer_that_was_altered_on_the_way_is_not_used(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    // 32 other bytes with the checksum of what was sent, or with none, and rubbish.
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for answer in [
        json!({ "plaintext": other, "plaintextCrc32c": "1", "usedPrimary": true }),
        json!({ "plaintext": other, "usedPrimary": true }),
        json!({ "plaintext": "AAAA", "plaintextCrc32c": "1" }),
        Value::Null,
    ] {
        let answer = answer.to_string();
        world.stage.kms.answers(":decrypt", move || Reply::new(200, "application/json", answer.clone()));
        world.restart();
        agent.refused(world, "get_issue", json!({}));
    }
    assert_eq!(world.logs().matches("kms_failed task=decrypt why=rubbish").count(), 4, "{}", world.logs());
    // What is wrapped has to come from the key that is configured, and to be what was sent.
    let sound = json!({ "name": "K/cryptoKeyVersions/1", "ciphertext": "AAAA", "ciphertextCrc32c": "0",
        "verifiedPlaintextCrc32c": true, "verifiedAdditionalAuthenticatedDataCrc32c": true });
    for (name, value) in [("name", json!("projects/evil")), ("verifiedPlaintextCrc32c", json!(false))] {
        let mut answer = sound.clone();
        answer[name] = value;
        let answer = answer.to_string();
        world.stage.kms.answers(":encrypt", move || Reply::new(200, "application/json", answer.clone()));
        assert_eq!(Browser::of(&Person::internal()).sign_in(world, "/login").status(), 503);
    }
    world.stage.kms.behaves();
    agent.read(world, "get_issue", json!({}));
}

fn a_key_of_another_person_is_not_taken_for_ones_own(world: &mut World) {
    let agents = [(); 2].map(|()| Agent::of(world, &Person::internal(), "desk"));
    world.sql("UPDATE person SET data_key = (SELECT min(data_key) FROM person)");
    world.restart();
    let refused = agents.iter().filter(|agent| agent.call(world, "get_issue", json!({}))["isError"] == true);
    assert_eq!(refused.count(), 1, "all but the one whose key it is");
    world.expect_logged("kms_failed task=decrypt why=refused status=400");
}

fn people_move_from_the_sealing_keys_to_a_key_service_and_back(world: &mut World) {
    world.sql(concat!(
        "INSERT INTO config_version SELECT 2, replace(toml, 'wrap_with = \"kms\"', 'wrap_with = \"sealing_keys\"'), 0 ",
        "FROM config_version"
    ));
    world.pass_time(NOTICED);
    let (_, agent) = vault::connected(world);
    world.stage.books.service.says("From: mia.muster@kunde.example");
    let seen = agent.read(world, "get_issue", json!({}));
    let absent = Agent::of(world, &Person::internal(), "desk");
    let (here, there) = (
        "SELECT count(*) FROM person WHERE data_key NOT LIKE 'gk1.%'",
        "SELECT count(*) FROM person WHERE data_key LIKE 'gk1.%'",
    );
    assert_eq!(
        (world.rows(here), world.rows(there)),
        (vec![vec!["2".to_owned()]], vec![vec!["0".to_owned()]])
    );
    assert!(world.stage.kms.asked().is_empty(), "a key service that does not wrap is not asked");

    world.sql("INSERT INTO config_version SELECT 3, toml, 0 FROM config_version WHERE version = 1");
    world.pass_time(FORGOTTEN);
    assert_eq!(agent.read(world, "get_issue", json!({})), seen);
    world.maintain_until(here, "0");
    world.pass_time(FORGOTTEN);
    for agent in [&agent, &absent] {
        agent.read(world, "get_issue", json!({}));
    }
    assert_eq!(agent.read(world, "get_issue", json!({})), seen);

    world.sql("INSERT INTO config_version SELECT 4, toml, 0 FROM config_version WHERE version = 2");
    world.pass_time(FORGOTTEN);
    world.maintain_until(there, "0");
    world.stage.kms.answers("", || Reply::Refusal);
    world.restart();
    assert_eq!(agent.read(world, "get_issue", json!({})), seen, "it is not needed any more");
    absent.read(world, "get_issue", json!({}));
}

fn a_key_of_the_service_is_exchanged_for_another(world: &mut World) {
    let exchanged = concat!(
        "INSERT INTO config_version SELECT max(version) + 1, ",
        "replace(replace(replace(toml, 'cryptoKeys/people', '~~'), 'cryptoKeys/former', 'cryptoKeys/people'), ",
        "'~~', 'cryptoKeys/former'), 0 FROM config_version"
    );
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.read(world, "get_issue", json!({}));
    let marks = "SELECT DISTINCT substr(data_key, 1, 16) FROM person";
    let before = world.rows(marks);
    world.sql(exchanged);
    world.pass_time(FORGOTTEN);
    agent.read(world, "get_issue", json!({}));
    world.maintain_until("SELECT count(*) FROM person WHERE data_key LIKE 'gk1.%'", "1");
    for _ in 0..20 {
        if world.rows(marks) != before {
            break;
        }
        world.maintain_until("SELECT 1", "1");
    }
    assert_ne!(world.rows(marks), before);
    world.stage.kms.destroys(crate::stage::KMS_KEY);
    world.restart();
    agent.read(world, "get_issue", json!({}));
}

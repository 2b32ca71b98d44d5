//! How many calls people may make.

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::confirm::yes;
use super::guard::{decide, held};
use crate::client::{Agent, Browser, text};
use crate::stage::Person;
use crate::world::{Open, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Fresh: a_quota_is_each_persons_own, a_quota_can_be_for_everybody_together, a_quota_begins_anew_in_time,
        a_call_that_waits_for_a_yes_is_not_counted, one_quota_that_is_used_leaves_the_others,
        a_quota_counts_no_call_that_nobody_allows, a_quota_that_is_used_meanwhile_stops_what_was_allowed,
        a_quota_of_a_service_counts_all_that_is_asked_of_it, where_quotas_cannot_be_counted_nothing_is_sent;
    Observing: a_quota_that_observes_stops_nothing;
};

const DAY: Duration = Duration::from_secs(86_400);

/// The desk with the tools that the configuration has quotas for, and somebody who works there.
fn rationed(world: &mut World) -> (Browser, Agent) {
    let tool = |name: &str| json!({ "name": name, "inputSchema": { "type": "object" } });
    world.stage.desk.offers(&json!([
        tool("get_rationed"),
        tool("get_shared_ration"),
        tool("search_rationed"),
        tool("delete_rationed"),
    ]));
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    (browser, agent)
}

fn a_quota_is_each_persons_own(world: &mut World) {
    let (mut browser, agent) = rationed(world);
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    let answer = agent.send(world, "tools/call", json!({ "name": "get_rationed", "arguments": {} }));
    let (result, after) = (answer.json()["result"].clone(), answer.header("retry-after").to_owned());
    assert_eq!(result["_meta"]["mcpgate/retryAfter"].to_string(), after, "a program can read it, too");
    assert!((1..=86_400).contains(&after.parse::<u64>().unwrap()), "{after}");
    let told = text(&result);
    assert!(told.contains("You have made the 2 calls of get_rationed") && told.contains(" UTC"), "{told}");
    world.expect_recorded("tool_called", "refused", Some("quota_used"));
    let everything = Agent::at(world, &mut browser, "");
    assert!(everything.refused(world, "desk__get_rationed", json!({})).contains("2 calls"), "also at /mcp");
    assert_eq!(world.stage.desk.calls().len(), 2, "nothing more was forwarded");
    agent.read(world, "search_rationed", json!({}));
    let (_, other) = rationed(world);
    other.read(world, "get_rationed", json!({}));
}

fn a_quota_can_be_for_everybody_together(world: &mut World) {
    let (_, agent) = rationed(world);
    let (_, other) = rationed(world);
    agent.read(world, "get_shared_ration", json!({}));
    other.read(world, "get_shared_ration", json!({}));
    for agent in [&agent, &other] {
        let told = agent.refused(world, "get_shared_ration", json!({}));
        assert!(told.contains("Everybody together has made the 2 calls"), "{told}");
    }
    assert_eq!(world.stage.desk.calls().len(), 2);
}

fn a_quota_begins_anew_in_time(world: &mut World) {
    let (_, agent) = rationed(world);
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    agent.refused(world, "get_rationed", json!({}));
    world.pass_time(DAY);
    let agent = agent.renewed(world);
    agent.read(world, "get_rationed", json!({}));
}

fn a_call_that_waits_for_a_yes_is_not_counted(world: &mut World) {
    let (mut browser, agent) = rationed(world);
    for id in 0..2 {
        let path = held(world, &agent, "delete_rationed", json!({ "id": id }));
        held(world, &agent, "delete_rationed", json!({ "id": id }));
        decide(world, &mut browser, &path, "approve");
        agent.read(world, "delete_rationed", json!({ "id": id }));
    }
    // Nobody is asked for a yes to what is not going to be done.
    let told = agent.refused(world, "delete_rationed", json!({ "id": 2 }));
    assert!(told.contains("2 calls") && !told.contains("/approve/"), "{told}");
}

fn one_quota_that_is_used_leaves_the_others(world: &mut World) {
    let (_, agent) = rationed(world);
    for _ in 0..2 {
        agent.read(world, "get_rationed", json!({}));
    }
    // Refused for what they may do of this, these count nowhere: of the five calls a person has, three are left.
    for _ in 0..6 {
        agent.refused(world, "get_rationed", json!({}));
    }
    for id in 0..2 {
        agent.read(world, "search_rationed", json!({ "id": id }));
    }
    agent.read(world, "get_shared_ration", json!({}));
    let told = agent.refused(world, "get_shared_ration", json!({}));
    assert!(told.contains("You have made the 5 calls that are allowed"), "{told}");
}

/// A call that waits for a yes on its stream, and the question's id.
struct Waiting {
    open: Open,
    rest: String,
    question: Value,
}

impl Waiting {
    fn of(world: &mut World, agent: &Agent, id: usize) -> Self {
        let mut open =
            agent.open(world, "tools/call", json!({ "name": "delete_rationed", "arguments": { "id": id } }));
        let mut rest = String::new();
        let question = open.event(&mut rest).expect("a question");
        assert_eq!(question["method"], "elicitation/create", "{question}");
        Self { open, rest, question: question["id"].clone() }
    }

    /// What the call comes to.
    fn answered(mut self, world: &mut World, agent: &Agent, answer: &Value) -> String {
        let answer = json!({ "jsonrpc": "2.0", "id": self.question, "result": answer });
        let posted = agent.posting(world, answer.to_string());
        assert_eq!(world.send(posted).status(), 202);
        text(&self.open.event(&mut self.rest).expect("an answer")["result"])
    }
}

/// An older client whose person is asked on the stream of the call.
fn asked_on_streams(world: &mut World) -> Agent {
    let (_, agent) = rationed(world);
    let mut agent = agent.speaking("2025-11-25").able(json!({ "elicitation": { "form": {} } }));
    agent.initialize(world);
    agent
}

fn a_quota_counts_no_call_that_nobody_allows(world: &mut World) {
    let agent = asked_on_streams(world);
    for round in 0..2 {
        let waiting: Vec<_> = (0..4).map(|id| Waiting::of(world, &agent, round * 4 + id)).collect();
        for (place, waiting) in waiting.into_iter().enumerate() {
            // One client goes away in the middle.
            if place > 0 {
                let told = waiting.answered(world, &agent, &json!({ "action": "decline" }));
                assert!(told.contains("said no"), "{told}");
            }
        }
    }
    assert!(world.stage.desk.calls().is_empty());
    for id in 8..10 {
        let waiting = Waiting::of(world, &agent, id);
        assert_eq!(waiting.answered(world, &agent, &yes()), "done");
    }
    assert_eq!(world.stage.desk.calls().len(), 2);
}

fn a_quota_that_is_used_meanwhile_stops_what_was_allowed(world: &mut World) {
    let agent = asked_on_streams(world);
    let waiting: Vec<_> = (0..3).map(|id| Waiting::of(world, &agent, id)).collect();
    let told: Vec<_> = waiting.into_iter().map(|waiting| waiting.answered(world, &agent, &yes())).collect();
    assert_eq!(told[..2], ["done", "done"]);
    assert!(told[2].contains("You have made the 2 calls of delete_rationed"), "{}", told[2]);
    assert_eq!(world.stage.desk.calls().len(), 2);
    world.expect_recorded("tool_called", "refused", Some("quota_used"));
}

fn a_quota_of_a_service_counts_all_that_is_asked_of_it(world: &mut World) {
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         SELECT 2, toml || char(10) || '[[access.quotas]]' || char(10) || 'calls = 5' || char(10) || 'per = \"1d\"' \
           || char(10) || 'each = [\"person\", \"service\"]' || char(10) || 'services = [\"desk\"]', 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    let all = [
        ("tools/call", json!({ "name": "get_issue", "arguments": {} })),
        ("resources/read", json!({ "uri": "desk://1" })),
        ("prompts/get", json!({ "name": "greet" })),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "greet" }, "argument": { "name": "a", "value": "" } }),
        ),
        ("something/odd", json!({})),
    ];
    world.stage.desk.answers(|seen| {
        let message = seen.message();
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        let result = json!({ "resultType": "complete", "contents": [], "messages": [], "completion": { "values": [] } });
        let body = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        let answers = ["resources/read", "prompts/get", "completion/complete", "something/odd"];
        answers.contains(&method.as_str()).then(|| Reply::new(200, "application/json", body.to_string()))
    });
    let agent = Agent::of(world, &Person::internal(), "desk");
    for (method, params) in &all {
        let answer = agent.send(world, method, params.clone());
        assert!(answer.json()["result"].is_object(), "{method}: {}", answer.text());
    }
    let asked = |world: &World| {
        let seen = world.stage.desk.seen();
        seen.iter().filter(|seen| all.iter().any(|(method, _)| seen.message()["method"] == *method)).count()
    };
    assert_eq!(asked(world), 5);
    for (method, params) in &all {
        let answer = agent.send(world, method, params.clone());
        let (answer, after) = (answer.json(), answer.header("retry-after").to_owned());
        let (told, said) = match *method {
            "tools/call" => (text(&answer["result"]), &answer["result"]["_meta"]),
            _ => (answer["error"]["message"].as_str().unwrap().to_owned(), &answer["error"]["data"]),
        };
        assert!(told.contains("You have made the 5 calls at The desk that are allowed"), "{method}: {told}");
        assert!((1..=86_400).contains(&after.parse::<u64>().unwrap()), "{method}: {after}");
        assert_eq!(said["mcpgate/retryAfter"].to_string(), after, "{method}");
    }
    assert_eq!(asked(world), 5, "nothing more was forwarded");
    assert!(agent.send(world, "tools/list", json!({})).json()["result"].is_object(), "lists do not count");
    assert_eq!(world.recorded("requested", "refused", Some("quota_used")), 4);
}

/// The table in which calls are counted is not to be had.
const AWAY: &str = "ALTER TABLE quota_use RENAME TO quota_use_away";
const BACK: &str = "ALTER TABLE quota_use_away RENAME TO quota_use";

fn where_quotas_cannot_be_counted_nothing_is_sent(world: &mut World) {
    let (_, agent) = rationed(world);
    world.sql(AWAY);
    let told = agent.refused(world, "get_rationed", json!({}));
    world.sql(BACK);
    assert!(told.contains("database does not answer; nothing was sent"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
}

fn a_quota_that_observes_stops_nothing(world: &mut World) {
    let (_, agent) = rationed(world);
    for _ in 0..3 {
        agent.read(world, "get_rationed", json!({}));
    }
    world.settle();
    let observes = |event: &Value| {
        event["action"] == "tool_called" && event["observed"].to_string().contains("quota_used")
    };
    let observed = world.audit().iter().filter(|event| observes(event)).count();
    assert_eq!(observed, 1, "what would have been refused is on record");
    world.sql(AWAY);
    agent.read(world, "get_rationed", json!({}));
    world.sql(BACK);
    world.expect_logged("storage_failed");
    assert_eq!(world.stage.desk.calls().len(), 4);
}

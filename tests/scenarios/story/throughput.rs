//! How much people pull: counted, judged by what is usual, told, and held.

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::admin::{administrator, ask, csrf, page, remove, token};
use crate::client::{Agent, Browser};
use crate::stage::{DESK_TOKEN, Person};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: the_record_says_how_many_records_a_result_hands_on, however_records_are_written_they_count;
    Fresh: what_people_pull_is_counted_by_hour_and_day, the_defaults_let_ordinary_use_be;
    Watched: an_unusual_pull_is_told_once_and_holds, who_is_held_is_released_by_a_program,
        what_is_usual_is_learnt_of_a_person, who_is_new_is_judged_by_their_role,
        a_webhook_is_told_until_it_answers_well, a_guard_that_observes_holds_nobody,
        who_is_removed_is_held_no_longer, of_who_is_erased_no_count_is_left,
        administrators_read_what_people_pull, a_hold_outlives_a_restart;
    Unguarded: what_is_off_counts_nothing;
    Observing: what_only_observes_needs_no_table;
};

/// The desk answers calls with so many records.
pub(crate) fn hands_on(world: &World, records: usize) {
    let items: Vec<Value> = (0..records).map(|_| json!({})).collect();
    let result = json!({
        "content": [{ "type": "text", "text": "as asked" }],
        "structuredContent": { "items": items },
        "isError": false,
    });
    world.stage.desk.results(result.to_string());
}

/// Reads so many records at the desk.
pub(crate) fn pull(world: &mut World, agent: &Agent, records: usize) {
    hands_on(world, records);
    agent.read(world, "get_issue", json!({}));
    world.settle();
}

/// Somebody who works at the desk, and their client.
pub(crate) fn reader(world: &mut World) -> (Browser, Agent) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    agent.tools(world);
    (browser, agent)
}

/// Pulls what holds a person in the setting `Watched`.
pub(crate) fn get_held(world: &mut World, agent: &Agent) {
    pull(world, agent, 101);
    assert_eq!(world.recorded("hold_placed", "ok", None), 1, "{:?}", world.audit());
}

/// A call is refused because the person is held, and the desk hears nothing of it.
#[track_caller]
pub(crate) fn is_held(world: &mut World, agent: &Agent) {
    let before = world.stage.desk.calls().len();
    let name = if agent.service.is_empty() { "desk__get_issue" } else { "get_issue" };
    let answer = agent.send(world, "tools/call", json!({ "name": name, "arguments": {} }));
    let told = answer.text();
    assert!(told.contains("held until an administrator decides"), "{told}");
    assert_eq!(world.stage.desk.calls().len(), before, "nothing was forwarded");
}

/// The hold that is open, by its id.
pub(crate) fn hold(world: &mut World) -> String {
    let rows = world.rows("SELECT id FROM hold WHERE released_at IS NULL");
    assert_eq!(rows.len(), 1);
    rows[0][0].clone()
}

pub(crate) fn alerts(world: &mut World) -> Vec<Value> {
    world.audit().into_iter().filter(|event| event["action"] == "throughput_alerted").collect()
}

/// As long as an isolate remembers what is usual.
const REMEMBERED: Duration = Duration::from_secs(601);

fn the_record_says_how_many_records_a_result_hands_on(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 3);
    let text = json!([1, 2, 3, 4]).to_string();
    world.stage.desk.says(&text);
    agent.read(world, "get_issue", json!({}));
    world.stage.desk.says("one");
    agent.read(world, "search_issues", json!({}));
    let calls: Vec<Value> =
        world.audit().into_iter().filter(|event| event["action"] == "tool_called").collect();
    let mut records: Vec<u64> = calls.iter().map(|event| event["records"].as_u64().unwrap()).collect();
    records.sort_unstable();
    assert_eq!(records, [1, 3, 4]);
    assert!(calls.iter().all(|event| event["role"] == "internal"), "{calls:?}");
}

fn however_records_are_written_they_count(world: &mut World) {
    let (_, agent) = reader(world);
    let text = |text: String| json!({ "type": "text", "text": text });
    let rows = |count: usize| -> Vec<Value> { (0..count).map(|n| json!({ "n": n })).collect() };
    let list = Value::from(rows(100)).to_string();
    let items: Vec<Value> =
        rows(100).iter().map(|row| text(json!({ "row": row, "labels": [] }).to_string())).collect();
    let map: serde_json::Map<String, Value> =
        rows(100).into_iter().enumerate().map(|(n, row)| (format!("c{n}"), row)).collect();
    let lines: String = rows(100).iter().map(|row| format!("{row}\n")).collect();
    let pages = vec![json!({ "rows": rows(10) }); 10];
    let said = [text("as asked".to_owned())];
    let results = [
        json!({ "content": items }),
        json!({ "content": said, "structuredContent": { "customers": map } }),
        json!({ "content": said, "structuredContent": { "pages": pages } }),
        json!({ "content": [text(lines)] }),
        json!({ "content": [text(list.clone())], "structuredContent": { "tags": ["x"] } }),
        json!({ "content": vec![text(Value::from(rows(50)).to_string()); 2] }),
        json!({ "content": [{ "type": "resource", "resource": { "uri": "x://1", "text": list } }] }),
    ];
    for result in &results {
        world.stage.desk.results(result.to_string());
        agent.call(world, "get_issue", json!({}));
    }
    let values: Vec<String> = (0..100).map(|n| format!("customer {n}")).collect();
    world.stage.desk.answers(move |seen| {
        let result = json!({ "resultType": "complete", "completion": { "values": values } });
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        (seen.message()["method"] == "completion/complete")
            .then(|| Reply::new(200, "application/json", body.to_string()))
    });
    let asked =
        json!({ "ref": { "type": "ref/prompt", "name": "p" }, "argument": { "name": "a", "value": "" } });
    agent.send(world, "completion/complete", asked);
    let handed_on = |action: &str, world: &mut World| -> Vec<Value> {
        let events = world.audit().into_iter().filter(|event| event["action"] == action);
        events.map(|event| event["records"].clone()).collect()
    };
    assert_eq!(handed_on("tool_called", world), vec![json!(100); results.len()]);
    assert_eq!(handed_on("requested", world), [json!(100)]);
}

fn what_people_pull_is_counted_by_hour_and_day(world: &mut World) {
    let (mut browser, agent) = reader(world);
    pull(world, &agent, 3);
    let other = Agent::at(world, &mut browser, "desk");
    pull(world, &other, 4);
    world.stage.desk.replies(|seen| {
        let body =
            json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "error": { "code": 1, "message": "no" } });
        Reply::new(200, "application/json", body.to_string())
    });
    other.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    other.send(world, "tools/call", json!({ "name": "not_there", "arguments": {} }));
    world.settle();
    let sums = "SELECT span, count(DISTINCT client), sum(calls), sum(records) FROM throughput
                WHERE tool = 'get_issue' GROUP BY span ORDER BY span";
    for row in world.rows(sums) {
        assert_eq!(row[1..], ["2", "3", "7"], "{row:?}");
    }
    assert_eq!(world.rows(sums).len(), 2, "an hour and a day");
    let logged: i64 = {
        let events = world.audit();
        events
            .iter()
            .filter_map(|event| {
                event["result_bytes"]
                    .as_i64()
                    .filter(|_| event["action"] == "tool_called" && event["outcome"] != "refused")
            })
            .sum()
    };
    let bytes = world.rows("SELECT sum(bytes) FROM throughput WHERE span = 'day'");
    assert_eq!(bytes, [[logged.to_string()]], "as the record says");
    assert_eq!(
        world.rows("SELECT count(*) FROM throughput WHERE tool NOT IN ('get_issue')"),
        [["0"]],
        "what was refused pulls nothing"
    );
}

fn the_defaults_let_ordinary_use_be(world: &mut World) {
    let (_, agent) = reader(world);
    for _ in 0..5 {
        pull(world, &agent, 500);
    }
    assert_eq!((alerts(world).len(), world.recorded("hold_placed", "ok", None)), (0, 0));
}

fn an_unusual_pull_is_told_once_and_holds(world: &mut World) {
    let (mut browser, agent) = reader(world);
    let (_, honest) = reader(world);
    pull(world, &agent, 100);
    assert!(alerts(world).is_empty(), "so much is not unusual");
    pull(world, &agent, 1);
    let raised = alerts(world);
    assert_eq!(raised.len(), 1, "{raised:?}");
    let unusual = &raised[0]["unusual"];
    assert_eq!((&unusual["what"], &unusual["per"]), (&json!("records"), &json!("hour")));
    assert_eq!((&unusual["amount"], &unusual["limit"]), (&json!(101), &json!(100)));
    assert!(unusual["usual"].is_null() && raised[0]["role"] == "internal", "{unusual}");
    world.expect_recorded("hold_placed", "ok", None);
    let placed = world.audit().into_iter().find(|event| event["action"] == "hold_placed").unwrap();
    assert_eq!((&placed["person"], &placed["follows"]), (&raised[0]["person"], &raised[0]["id"]));

    is_held(world, &agent);
    world.expect_recorded("tool_called", "refused", Some("held"));
    assert!(!agent.tools(world).is_empty(), "lists are no data");
    pull(world, &honest, 1);
    let mut admin = administrator(world);
    let shown = page(world, &mut admin);
    assert!(shown.text().contains("101 records in the hour from"), "{}", shown.text());
    let path = format!("/admin/holds/{}/release", hold(world));
    let form = csrf(&shown, &path);
    let released = admin.post(world, &path, &[("csrf", &form)]);
    assert_eq!((released.status(), released.header("location")), (303, "/admin"), "{}", released.text());
    let event = world.audit().into_iter().find(|event| event["action"] == "hold_released").unwrap();
    assert_eq!(event["subject"], raised[0]["person"]);
    assert!(!page(world, &mut admin).text().contains("Calls that are held"));

    // What an administrator has seen holds nobody again, and is told once.
    pull(world, &agent, 200);
    assert_eq!(world.recorded("hold_placed", "ok", None), 1);
    let hours = |event: &&Value| event["unusual"]["per"] == "hour";
    assert_eq!(alerts(world).iter().filter(hours).count(), 1);
    let again = admin.post(world, &path, &[("csrf", &form)]);
    assert_eq!(again.status(), 404, "{}", again.text());
    world.expect_recorded("hold_released", "refused", Some("hold_unknown"));
    // The next day is another matter.
    world.pass_time(Duration::from_secs(86_400));
    let later = Agent::at(world, &mut browser, "desk");
    pull(world, &later, 101);
    is_held(world, &later);
}

fn who_is_held_is_released_by_a_program(world: &mut World) {
    let (_, agent) = reader(world);
    get_held(world, &agent);
    let mut admin = administrator(world);
    let path = format!("/admin/holds/{}/release", hold(world));
    let people = token(world, &mut admin, &["scope_people"], "1");
    let answer = ask(world, &people, "POST", &path, &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (403, &json!("admin_scope")));
    is_held(world, &agent);
    let guard = token(world, &mut admin, &["scope_guard"], "1");
    assert_eq!(ask(world, &guard, "POST", &path, &Value::Null).status(), 204);
    pull(world, &agent, 1);
    let answer = ask(world, &guard, "POST", &path, &Value::Null);
    assert_eq!((answer.status(), &answer.json()["error"]), (404, &json!("hold_unknown")));
}

fn what_is_usual_is_learnt_of_a_person(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 1);
    world.sql(
        "INSERT INTO throughput (person, role, client, service, tool, span, begins, calls, bytes, records) \
         SELECT person, role, client, service, tool, 'day', begins - 86400000 * value, 1, 100, 10 \
         FROM throughput JOIN json_each('[1,2,3,4,5]') WHERE span = 'day'",
    );
    world.pass_time(REMEMBERED);
    let agent = agent.renewed(world);
    pull(world, &agent, 31);
    let raised = alerts(world);
    assert_eq!(raised.len(), 1, "{raised:?}");
    let unusual = &raised[0]["unusual"];
    assert_eq!(
        (&unusual["per"], &unusual["usual"], &unusual["limit"]),
        (&json!("day"), &json!(10), &json!(30))
    );
}

fn who_is_new_is_judged_by_their_role(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 1);
    world.sql(
        "INSERT INTO throughput (person, role, client, service, tool, span, begins, calls, bytes, records) \
         SELECT 'colleague ' || whose.value, role, client, service, tool, 'day', begins - 86400000 * day.value, 1, 100, 12 \
         FROM throughput JOIN json_each('[1,2,3]') whose JOIN json_each('[2,3]') day WHERE span = 'day'",
    );
    world.maintain_until("SELECT role FROM throughput_role WHERE span = 'day' AND records = 12", "internal");
    let (_, new) = reader(world);
    pull(world, &new, 36);
    assert!(alerts(world).is_empty(), "three times what is usual is not unusual yet");
    pull(world, &new, 1);
    let raised = alerts(world);
    assert_eq!(raised.len(), 1, "{raised:?}");
    assert_eq!(raised[0]["unusual"]["usual"], 12);
}

fn a_webhook_is_told_until_it_answers_well(world: &mut World) {
    let pager = |status| {
        move |seen: &crate::stage::Seen| {
            seen.uri.ends_with("/pager").then(|| Reply::new(status, "text/plain", ""))
        }
    };
    world.stage.mail.answers(pager(500));
    let (browser, agent) = reader(world);
    pull(world, &agent, 101);
    let told = |world: &World| -> Vec<crate::stage::Seen> {
        let seen = world.stage.mail.seen();
        seen.into_iter().filter(|seen| seen.uri.ends_with("/pager")).collect()
    };
    world.maintain_until("SELECT tries FROM throughput_alert", "1");
    world.expect_logged("webhook_failed");
    let due = "SELECT webhook_at IS NULL FROM throughput_alert";
    assert_eq!(world.rows(due), [["0"]], "it is to be told again");
    world.stage.mail.answers(pager(204));
    world.pass_time(Duration::from_secs(301));
    world.maintain_until(due, "1");
    let told = told(world);
    assert_eq!(told.len(), 2, "{told:?}");
    let (first, last) = (told[0].message(), told[1].message());
    assert_eq!(first, last, "the same each time");
    assert_eq!(told[1].header("authorization"), format!("Bearer {DESK_TOKEN}"));
    let raised = alerts(world);
    assert_eq!((&last["id"], &last["person"]), (&raised[0]["id"], &raised[0]["person"]));
    assert_eq!((&last["what"], &last["amount"]), (&json!("records"), &json!(101)));
    assert_eq!(last["hold"], hold(world));
    assert!(!told[1].body.contains(&browser.person.email), "{}", told[1].body);
    world.pass_time(Duration::from_secs(86_400));
    world.settle();
    let again = world.stage.mail.seen().iter().filter(|seen| seen.uri.ends_with("/pager")).count();
    assert_eq!(again, 2, "once it is told, it is told");
}

fn a_guard_that_observes_holds_nobody(world: &mut World) {
    let (_, before) = reader(world);
    get_held(world, &before);
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) SELECT 2, \
         replace(toml, '[guard.modes]', '[guard.modes]' || char(10) || 'throughput = \"observe\"'), 0 FROM config_version",
    );
    world.pass_time(Duration::from_secs(6));
    let (_, agent) = reader(world);
    pull(world, &agent, 101);
    let raised = alerts(world);
    assert_eq!(raised.len(), 2, "{raised:?}");
    assert_eq!(raised[1]["observed"], json!(["held"]), "what would have been");
    pull(world, &agent, 1);
    assert_eq!(world.recorded("hold_placed", "ok", None), 1, "only the one before");
    assert_eq!(world.rows("SELECT count(*) FROM throughput_alert WHERE webhook_at IS NOT NULL"), [["1"]]);
    // Who was held before is held no longer, and the record says what would have been.
    pull(world, &before, 1);
    let calls = world.audit().into_iter().filter(|event| event["observed"] == json!(["held"]));
    assert_eq!(calls.filter(|event| event["action"] == "tool_called").count(), 1);
}

fn who_is_removed_is_held_no_longer(world: &mut World) {
    let (mut browser, agent) = reader(world);
    get_held(world, &agent);
    let mut admin = administrator(world);
    let email = browser.person.email.clone();
    assert_eq!(remove(world, &mut admin, &email).status(), 200);
    assert_eq!(world.rows("SELECT count(*) FROM hold"), [["0"]]);
    let again = Agent::at(world, &mut browser, "desk");
    pull(world, &again, 1);
}

fn of_who_is_erased_no_count_is_left(world: &mut World) {
    let (browser, agent) = reader(world);
    get_held(world, &agent);
    let mut admin = administrator(world);
    let form = csrf(&page(world, &mut admin), "/admin/people/remove");
    let email = browser.person.email.clone();
    admin.post(world, "/admin/people/remove", &[("csrf", &*form), ("who", &*email), ("erase", "1")]);
    for table in ["throughput", "throughput_alert", "hold"] {
        assert_eq!(world.rows(&format!("SELECT count(*) FROM {table}")), [["0"]], "{table}");
    }
}

fn administrators_read_what_people_pull(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 3);
    let (_, other) = reader(world);
    get_held(world, &other);
    let mut admin = administrator(world);
    let guard = token(world, &mut admin, &["scope_guard"], "1");
    let answer = ask(world, &guard, "GET", "/admin/throughput", &Value::Null);
    assert_eq!((answer.status(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    let told = answer.json();
    let rows = told["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &told["span"], &told["next"]), (2, &json!("hour"), &Value::Null), "{told}");
    assert_eq!(
        (&rows[0]["tool"], &rows[0]["records"], &rows[0]["calls"]),
        (&json!("get_issue"), &json!(3), &json!(1))
    );
    assert_eq!((&rows[0]["service"], &rows[0]["role"]), (&json!("desk"), &json!("internal")));
    assert!(rows[0]["begins"].as_str().unwrap().ends_with(":00:00Z"), "{told}");
    let person = rows[1]["person"].as_str().unwrap().to_owned();
    assert_eq!(told["alerts"][0]["person"], person);
    assert_eq!(
        (&told["holds"][0]["person"], &told["holds"][0]["alert"]),
        (&json!(person), &told["alerts"][0]["id"])
    );
    assert_eq!(told["alerts"][0]["hold"], told["holds"][0]["id"]);
    let viewed = |event: &Value| event["action"] == "throughput_viewed" && event["client"].is_string();
    assert_eq!(world.audit().iter().filter(|event| viewed(event)).count(), 1);

    let read = |world: &mut World, query: &str| {
        let answer = ask(world, &guard, "GET", &format!("/admin/throughput?{query}"), &Value::Null);
        (answer.status(), answer.json())
    };
    let (_, first) = read(world, "span=day&limit=1");
    assert_eq!(first["rows"].as_array().unwrap().len(), 1);
    let (_, second) = read(world, &format!("span=day&limit=1&after={}", first["next"].as_str().unwrap()));
    assert_ne!(first["rows"], second["rows"]);
    let (_, own) = read(world, &format!("person={person}"));
    assert_eq!((own["rows"].as_array().unwrap().len(), &own["rows"][0]["person"]), (1, &json!(person)));
    let (_, none) = read(world, "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z");
    assert_eq!((&none["rows"], &none["alerts"]), (&json!([]), &json!([])));
    for query in ["span=week", "from=yesterday", "limit=0", "limit=1001", "after=x", "span=day&span=hour"] {
        let (status, told) = read(world, query);
        assert_eq!((status, &told["error"]), (400, &json!("malformed_request")), "{query}");
    }
    let tokens = token(world, &mut admin, &["scope_tokens"], "1");
    assert_eq!(ask(world, &tokens, "GET", "/admin/throughput", &Value::Null).status(), 403);
}

fn a_hold_outlives_a_restart(world: &mut World) {
    let (_, agent) = reader(world);
    get_held(world, &agent);
    world.restart();
    is_held(world, &agent);
}

fn what_is_off_counts_nothing(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 101);
    assert_eq!(world.rows("SELECT count(*) FROM throughput"), [["0"]]);
}

fn what_only_observes_needs_no_table(world: &mut World) {
    let (_, agent) = reader(world);
    for (table, logged) in [("hold", "storage_failed"), ("throughput", "throughput_not_counted")] {
        let [away, back] = match table {
            "hold" => ["ALTER TABLE hold RENAME TO hold_away", "ALTER TABLE hold_away RENAME TO hold"],
            _ => [
                "ALTER TABLE throughput RENAME TO throughput_away",
                "ALTER TABLE throughput_away RENAME TO throughput",
            ],
        };
        let before = world.recorded("tool_called", "ok", None);
        world.sql(away);
        agent.read(world, "get_issue", json!({}));
        world.settle();
        assert_eq!(world.recorded("tool_called", "ok", None), before + 1, "{table}");
        world.sql(back);
        world.expect_logged(logged);
    }
    world.expect_logged("throughput_not_judged");
}

//! Personal data becomes pseudonyms wherever it stands, and nothing else changes.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use crate::client::{Agent, text};
use crate::stage::{Person, cut};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: the_same_value_has_the_same_pseudonym_later_and_another_for_somebody_else,
        an_expired_pseudonym_is_refused, a_pseudonym_of_another_person_is_refused, a_mistyped_pseudonym_is_refused,
        what_was_given_back_does_not_come_back_in_clear, a_pseudonym_that_lost_a_symbol_is_refused_in_any_case,
        a_secret_is_replaced_and_never_given_back,
        a_pseudonym_of_another_service_is_refused, one_bad_pseudonym_among_good_ones_stops_the_call,
        pseudonyms_outlive_a_restart,
        every_kind_is_masked_in_text_and_structured_content_and_json_in_text,
        names_from_fields_are_masked_in_the_prose_of_the_same_result,
        a_name_that_was_found_before_is_masked_where_nothing_tells_it,
        a_user_who_is_called_like_a_member_of_the_protocol_breaks_nothing,
        a_letter_is_masked_whatever_stands_around_its_body,
        names_in_telling_fields_are_masked_whatever_they_stand_in,
        values_are_masked_whatever_stands_around_them,
        the_error_of_a_tool_is_masked, an_error_of_the_protocol_is_masked,
        a_stream_is_masked_event_by_event_however_it_is_cut, a_stream_arrives_as_it_comes,
        a_token_that_ends_within_an_answer_does_not_end_the_answer,
        lists_and_prompts_and_resources_are_masked,
        a_tool_promises_of_its_results_only_what_pseudonyms_keep,
        what_is_not_personal_stays_byte_for_byte, what_the_configuration_keeps_is_kept,
        a_calendar_works_with_its_connector,
        pseudonyms_are_given_back_in_nested_arguments_and_mirrored_headers;
};

const MAIL: &str = "mia.muster@kunde.example";

/// The pseudonym that stands for an address in a result.
fn pseudonym(world: &mut World, agent: &Agent, mail: &str) -> String {
    world.stage.desk.says(&format!("From: {mail}"));
    let seen = agent.read(world, "get_issue", json!({}));
    let pseudonym = seen.strip_prefix("From: ").unwrap().to_owned();
    assert!(!pseudonym.contains(mail) && pseudonym.ends_with("@email.invalid"), "{pseudonym}");
    pseudonym
}

fn the_same_value_has_the_same_pseudonym_later_and_another_for_somebody_else(world: &mut World) {
    let person = Person::internal();
    let agent = Agent::of(world, &person, "desk");
    let first = pseudonym(world, &agent, MAIL);
    world.pass_time(Duration::from_secs(300));
    assert_eq!(pseudonym(world, &agent, MAIL), first);
    let other_client = Agent::of(world, &person, "desk");
    assert_eq!(pseudonym(world, &other_client, MAIL), first, "it is the person's, not the client's");
    let somebody = Agent::of(world, &Person::internal(), "desk");
    assert_ne!(pseudonym(world, &somebody, MAIL), first);
    assert_ne!(pseudonym(world, &agent, "someone.else@kunde.example"), first);
}

fn what_was_given_back_does_not_come_back_in_clear(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.results(
        json!({ "content": [], "structuredContent": { "authorName": "Quirina Beispielhuber" }, "isError": false })
            .to_string(),
    );
    let seen = agent.call(world, "get_issue", json!({}));
    let name = seen["structuredContent"]["authorName"].as_str().unwrap().to_owned();
    assert!(name.starts_with("Person-"), "{name}");
    // A service that says what it was told: nothing else there tells that this is a name.
    world.stage.desk.replies(|seen| {
        let said = seen.arguments()["text"].as_str().unwrap().to_owned();
        let text = format!("Comment added: {said}. Created for Beispielhuber");
        let result = json!({ "content": [{ "type": "text", "text": text }], "isError": false });
        Reply::new(
            200,
            "application/json",
            format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id()),
        )
    });
    let told = agent.read(world, "add_comment", json!({ "text": name }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["text"], "Quirina Beispielhuber");
    assert!(told.starts_with(&format!("Comment added: {name}. Created for Person-")), "{told}");
    // Nor does what is as often a word.
    for name in ["Will", "Ng", "Li", "Rose"] {
        world.stage.desk.results(
            json!({ "content": [], "structuredContent": { "firstName": name }, "isError": false })
                .to_string(),
        );
        let seen = agent.call(world, "get_issue", json!({}));
        let stands = seen["structuredContent"]["firstName"].as_str().unwrap().to_owned();
        assert!(stands.starts_with("Person-"), "{stands}");
        world.stage.desk.replies(|seen| {
            let said = seen.arguments()["text"].as_str().unwrap().to_owned();
            let result = json!({ "content": [{ "type": "text", "text": format!("Added: {said}") }], "isError": false });
            Reply::new(200, "application/json", format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id()))
        });
        assert_eq!(agent.read(world, "add_comment", json!({ "text": stands })), format!("Added: {stands}"));
        assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["text"], name);
    }
}

/// The call is refused in words that say what, where and what to do; nothing reaches the service.
#[track_caller]
fn not_given_back(world: &mut World, agent: &Agent, arguments: Value, reason: &str, words: &[&str]) {
    let before = world.stage.desk.calls().len() + world.stage.mail.calls().len();
    let told = agent.refused(world, "add_comment", arguments);
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert_eq!(
        world.stage.desk.calls().len() + world.stage.mail.calls().len(),
        before,
        "nothing was forwarded"
    );
    world.expect_recorded("tool_called", "refused", Some(reason));
    assert_eq!(world.recorded("tool_announced", "ok", None), 0);
}

fn an_expired_pseudonym_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let pseudonym = pseudonym(world, &agent, MAIL);
    world.pass_time(Duration::from_secs(24 * 3600 + 1));
    let agent = agent.renewed(world);
    let words = [pseudonym.as_str(), "expired", "Nothing was sent", "Read the record again"];
    not_given_back(world, &agent, json!({ "text": pseudonym }), "pseudonym_unknown", &words);
}

fn a_pseudonym_of_another_person_is_refused(world: &mut World) {
    let somebody = Agent::of(world, &Person::internal(), "desk");
    let pseudonym = pseudonym(world, &somebody, MAIL);
    let agent = Agent::of(world, &Person::internal(), "desk");
    let words = [pseudonym.as_str(), "another person's", "Nothing was sent"];
    not_given_back(world, &agent, json!({ "text": pseudonym }), "pseudonym_unknown", &words);
}

fn a_mistyped_pseudonym_is_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let pseudonym = pseudonym(world, &agent, MAIL);
    let first = pseudonym.chars().next().unwrap();
    let mistyped = pseudonym.replacen(first, if first == 'z' { "y" } else { "z" }, 1);
    let words = ["mistyped", "Nothing was sent", "exactly"];
    not_given_back(world, &agent, json!({ "text": mistyped }), "pseudonym_malformed", &words);
}

fn a_pseudonym_that_lost_a_symbol_is_refused_in_any_case(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for text in ["person-7k3m9qx2wd4", "PERSON-7K3M9QX2WD4", "Person-7k3m9qx2wd4"] {
        let told = agent.refused(world, "add_comment", json!({ "text": text }));
        assert!(told.contains("mistyped") && told.contains("Nothing was sent"), "{told}");
    }
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
}

fn a_secret_is_replaced_and_never_given_back(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.says("DB_URL=postgres://app:aB3!x*Z9q@db-prod:5432/orders");
    let seen = agent.read(world, "get_issue", json!({}));
    assert!(!seen.contains("aB3!x*Z9q") && seen.contains("@db-prod:5432/orders"), "{seen}");
    assert_eq!(world.audit().pop().unwrap()["found"], json!({ "secret": 1 }));
    let start = seen.find("Secret-").unwrap();
    let secret = &seen[start..start + "Secret-".len() + 12];
    let words = [secret, "secrets are not given back", "Nothing was sent"];
    not_given_back(world, &agent, json!({ "text": secret }), "secret_not_given_back", &words);
}

fn a_pseudonym_of_another_service_is_refused(world: &mut World) {
    let person = Person::internal();
    let desk = Agent::of(world, &person, "desk");
    let pseudonym = pseudonym(world, &desk, MAIL);
    let mail = Agent::of(world, &person, "mail");
    let words = [pseudonym.as_str(), "The mail", "may not see"];
    not_given_back(world, &mail, json!({ "text": pseudonym }), "pseudonym_unknown", &words);
}

fn one_bad_pseudonym_among_good_ones_stops_the_call(world: &mut World) {
    let somebody = Agent::of(world, &Person::internal(), "desk");
    let foreign = pseudonym(world, &somebody, MAIL);
    let agent = Agent::of(world, &Person::internal(), "desk");
    let own = pseudonym(world, &agent, MAIL);
    let arguments = json!({ "to": [own, { "deep": format!("cc {foreign}") }] });
    not_given_back(world, &agent, arguments, "pseudonym_unknown", &[&foreign]);
}

fn pseudonyms_outlive_a_restart(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let pseudonym = pseudonym(world, &agent, MAIL);
    world.settle();
    world.restart();
    agent.read(world, "add_comment", json!({ "text": pseudonym }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["text"], MAIL);
}

/// One of each kind, as people write them.
const PLANTED: [(&str, &str); 13] = [
    ("email", "mia.muster@kunde.example"),
    ("phone", "+49 30 901820"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "GB29NWBK60161331926819"),
    ("card", "4111 1111 1111 1111"),
    ("card", "5500005555555559"),
    ("ip", "203.0.113.77"),
    ("ip", "2001:db8:85a3::8a2e:370:7334"),
    ("mac", "00:1a:2b:3c:4d:5e"),
    ("steuerid", "86 095 742 719"),
    ("dni", "12.345.678-Z"),
    ("passport", "C01X00T47"),
    ("address", "Lindenstraße 71, 70179 Stuttgart"),
];

fn every_kind_is_masked_in_text_and_structured_content_and_json_in_text(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let prose: Vec<String> =
        PLANTED.iter().map(|(kind, value)| format!("This is the {kind}: {value}.")).collect();
    let document = json!({ "fields": PLANTED.map(|(_, value)| value), "prose": prose.join(" ") });
    let result = json!({
        "content": [
            { "type": "text", "text": prose.join("\n") },
            { "type": "text", "text": document.to_string() },
            { "type": "text", "text": json!({ "inner": document.to_string() }).to_string() },
            { "type": "resource", "resource": { "uri": "x://1", "text": prose.join("\n") } },
        ],
        "structuredContent": document,
        "isError": false,
    });
    world.stage.desk.results(result.to_string());
    let seen = agent.call(world, "get_issue", json!({}));
    let text = seen.to_string();
    for (_, value) in PLANTED {
        assert!(!text.contains(value), "{value} in {text}");
    }
    let structured = seen["structuredContent"].as_object().unwrap();
    let mirror: Value = serde_json::from_str(seen["content"][1]["text"].as_str().unwrap()).unwrap();
    assert_eq!(&mirror, &seen["structuredContent"], "the text mirror says the same");
    for (at, (_, _)) in PLANTED.iter().enumerate() {
        let pseudonym = structured["fields"][at].as_str().unwrap();
        assert!(structured["prose"].as_str().unwrap().contains(pseudonym), "{pseudonym} in {structured:?}");
    }
    let read = world.audit().pop().unwrap();
    assert_eq!(
        read["found"],
        json!({ "address": 1, "card": 2, "dni": 1, "email": 1, "iban": 2, "ip": 2, "mac": 1, "passport": 1, "phone": 1, "steuerid": 1 })
    );

    // And back again.
    let arguments = json!({ "back": seen["structuredContent"] });
    agent.read(world, "add_comment", arguments);
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["back"], document);
}

fn names_from_fields_are_masked_in_the_prose_of_the_same_result(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let issue = json!({
        "assignee": { "displayName": "Quirina Beispiel" },
        "reporter": "Torvald Musterfrau",
        "summary": "Quirina Beispiel asked Torvald Musterfrau to call Beispiel back",
        "status": "open",
    });
    world
        .stage
        .desk
        .results(json!({ "content": [], "structuredContent": issue, "isError": false }).to_string());
    let seen = agent.call(world, "get_issue", json!({}))["structuredContent"].clone();
    let text = seen.to_string();
    for name in ["Quirina", "Beispiel", "Torvald", "Musterfrau"] {
        assert!(!text.contains(name), "{name} in {text}");
    }
    let assignee = seen["assignee"]["displayName"].as_str().unwrap();
    assert!(assignee.starts_with("Person-"), "{assignee}");
    assert!(seen["summary"].as_str().unwrap().starts_with(assignee), "{text}");
    assert_eq!(seen["status"], "open");
}

fn a_name_that_was_found_before_is_masked_where_nothing_tells_it(world: &mut World) {
    let person = Person::internal();
    let agent = Agent::of(world, &person, "desk");
    // Words that may be anything: with them, nothing is known of anybody.
    let untold = "Zwyblacz: 3 open, Katrin: 5 open; see Pelmeriot-7";
    let structured = |value: Value| json!({ "content": [], "structuredContent": value, "isError": false });
    let counts = |world: &mut World, agent: &Agent| {
        world.stage.desk.results(structured(json!({ "boards": untold })).to_string());
        agent.call(world, "get_issue", json!({}))["structuredContent"]["boards"].as_str().unwrap().to_owned()
    };
    assert_eq!(counts(world, &agent), untold);
    world.stage.desk.results(structured(json!({ "assigneeName": "Katrin Zwyblacz" })).to_string());
    let seen = agent.call(world, "get_issue", json!({}));
    assert!(seen["structuredContent"]["assigneeName"].as_str().unwrap().starts_with("Person-"));
    // In the same conversation, also with another client and at another service.
    let later = counts(world, &agent);
    assert!(
        !later.contains("Katrin") && !later.contains("Zwyblacz") && later.contains("Pelmeriot-7"),
        "{later}"
    );
    let other = Agent::of(world, &person, "desk");
    assert_eq!(counts(world, &other), later);
    // What stands for it is given back.
    let given = later.split(':').next().unwrap().to_owned();
    agent.call(world, "add_comment", json!({ "text": given }));
    assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["text"], "Zwyblacz");
    // Not for others, and not for ever.
    let somebody = Agent::of(world, &Person::internal(), "desk");
    assert_eq!(counts(world, &somebody), untold);
    world.pass_time(Duration::from_secs(24 * 3600 + 1));
    let agent = agent.renewed(world);
    assert_eq!(counts(world, &agent), untold);
}

fn a_user_who_is_called_like_a_member_of_the_protocol_breaks_nothing(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for login in ["text", "result", "isError", "content", "jsonrpc", "status", "assistant"] {
        world.stage.desk.results(
            json!({
                "content": [{ "type": "text", "text": "x", "annotations": { "audience": ["assistant"] } }],
                "structuredContent": { "login": login, "status": "open" }, "isError": true,
            })
            .to_string(),
        );
        let seen = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        let seen: Value = serde_json::from_str(seen.text()).unwrap();
        let result = &seen["result"];
        assert_eq!(result["isError"], true, "{login}: {seen}");
        assert_eq!(result["content"][0]["text"], "x", "{login}: {seen}");
        assert_eq!(result["content"][0]["annotations"]["audience"][0], "assistant", "{login}: {seen}");
        assert_eq!(result["structuredContent"]["status"], "open", "{login}: {seen}");
        // As part of a name, and given back.
        let name = format!("{}{} Beispielhuber", login[..1].to_uppercase(), &login[1..]);
        world.stage.desk.results(json!({ "content": [], "structuredContent": { "authorName": name, "lastName": name.split(' ').next() }, "isError": false }).to_string());
        let seen = agent.call(world, "get_issue", json!({}));
        let last = seen["structuredContent"]["lastName"].as_str().unwrap().to_owned();
        world.stage.desk.results(
            json!({ "content": [{ "type": "text", "text": "done" }], "isError": false }).to_string(),
        );
        assert_eq!(agent.read(world, "add_comment", json!({ "text": last })), "done");
    }
}

fn a_letter_is_masked_whatever_stands_around_its_body(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let body = STANDARD.encode(format!("Please call Mia Muster at +49 30 901820 or write to {MAIL}\n"));
    for (head, tail) in [
        ("Subject: x", ""),
        ("Subject: =?UTF-8?B?QW5mcmFnZSBmw7xyIELDvHJv?=", ""),
        ("Subject: x", "\n\nFrom MAILER Mon Jan  5 2026\nSubject: y"),
    ] {
        let letter = format!("{head}\nContent-Transfer-Encoding: base64\n\n{body}{tail}");
        world.stage.desk.says(&letter);
        let seen = agent.read(world, "get_issue", json!({}));
        assert!(!seen.contains(&body) && seen.starts_with("Subject: "), "{seen}");
        let given = agent.call(world, "add_comment", json!({ "text": seen }));
        assert!(!given.is_null());
        assert_eq!(world.stage.desk.calls().pop().unwrap().arguments()["text"], letter);
    }
}

fn names_in_telling_fields_are_masked_whatever_they_stand_in(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let document = json!({
        "items": [{ "authorName": "Quirina Beispiel", "summary": "call Quirina Beispiel" }],
        "issue": { "reporterDisplayName": "Torvald Musterfrau" },
        "account": { "accountHolder": "Erika Testfrau" },
    });
    let content = json!([{ "type": "text", "text": document.to_string() }]);
    let result = json!({ "content": content, "structuredContent": document, "isError": false });
    world.stage.desk.results(result.to_string());
    let seen = agent.call(world, "get_issue", json!({})).to_string();
    for name in ["Quirina", "Beispiel", "Torvald", "Musterfrau", "Erika", "Testfrau"] {
        assert!(!seen.contains(name), "{name} in {seen}");
    }
}

fn values_are_masked_whatever_stands_around_them(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for (text, shape) in [
        ("1,https://shop.example,anna.schmidt@kunde.de,x", "1,https://shop.example,P,x"),
        ("Received: from x ([IPv6:2001:db8:85a3::8a2e:370:7334])", "Received: from x ([IPv6:P])"),
        ("client_ip:2001:db8::8a2e:370:7334", "client_ip:P"),
        ("refused: db.example.com/203.0.113.5:5432", "refused: db.example.com/P:5432"),
        ("203.0.113.5-203.0.113.9", "P-P"),
        ("4111 1111 1111 1111 4012 8888 8888 1881", "P P"),
        ("Card 4111 1111 1111 1111 123", "Card P 123"),
        ("charged 4111 1111 1111 1111 EUR 49.90", "charged P EUR 49.90"),
        ("T+49 30 23125042", "P"),
        ("#4111111111111111", "#P"),
        ("Build server 198.51.100.7", "Build server P"),
        ("anna.schmidt\u{200b}@kunde.de", "P"),
        ("DE89\u{202f}3704\u{202f}0044\u{202f}0532\u{202f}0130\u{202f}00", "P"),
    ] {
        world.stage.desk.says(text);
        let seen = agent.read(world, "get_issue", json!({}));
        let mut shown = seen.clone();
        for pseudonym in mcpgate::pii::pseudonyms(&seen) {
            shown = shown.replace(&pseudonym.text, "P");
        }
        assert_eq!(shown, shape, "{seen}");
    }
}

fn the_error_of_a_tool_is_masked(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let result =
        json!({ "content": [{ "type": "text", "text": format!("no account for {MAIL}") }], "isError": true });
    world.stage.desk.results(result.to_string());
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.starts_with("no account for ") && !told.contains(MAIL), "{told}");
    world.expect_recorded("tool_called", "service", Some("service_error"));
}

fn an_error_of_the_protocol_is_masked(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.replies(|seen| {
        let error =
            json!({ "code": -32602, "message": format!("bad {MAIL}"), "data": { "who": MAIL, "n": 1.50 } });
        let message = format!(r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, seen.id());
        Reply::new(200, "application/json", message)
    });
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let error = answer.json()["error"].clone();
    assert_eq!((answer.status(), &error["code"], &error["data"]["n"]), (200, &json!(-32602), &json!(1.50)));
    assert!(!answer.text().contains(MAIL), "{}", answer.text());
    assert!(error["message"].as_str().unwrap().ends_with("@email.invalid"), "{error}");
    world.expect_recorded("tool_called", "service", Some("service_error"));
}

/// A stream with progress, a log message and the answer, each with an address; and an emoji to cut through.
fn stream(id: &str) -> String {
    let progress = json!({ "jsonrpc": "2.0", "method": "notifications/progress",
        "params": { "progressToken": "mia.token@kunde.example", "progress": 1, "message": format!("🙂 asking {MAIL}") } });
    let log = json!({ "jsonrpc": "2.0", "method": "notifications/message",
        "params": { "level": "info", "data": { "who": MAIL } } });
    let result =
        json!({ "content": [{ "type": "text", "text": format!("grüßt {MAIL}") }], "isError": false });
    format!(
        ": hello\r\n\r\nid: 1\ndata:\n\nevent: message\ndata: {progress}\n\ndata: {log}\r\n\r\n\
         id: 2\ndata: {{\"jsonrpc\":\"2.0\",\"id\":{id},\ndata: \"result\":{result}}}\n\n"
    )
}

fn a_stream_is_masked_event_by_event_however_it_is_cut(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    for size in [1, 7, 13, 64, 100_000] {
        world
            .stage
            .desk
            .replies(move |seen| cut(200, "text/event-stream; charset=utf-8", &stream(&seen.id()), size));
        let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
        assert_eq!((answer.status(), answer.header("content-type")), (200, "text/event-stream"));
        assert!(!answer.text().contains(MAIL), "{}", answer.text());
        let data =
            |line: &str| line.strip_prefix("data: ").filter(|data| !data.is_empty()).map(str::to_owned);
        let events: Vec<Value> = answer
            .text()
            .split("\n\n")
            .filter_map(|event| {
                let lines: Vec<String> = event.lines().filter_map(data).collect();
                (!lines.is_empty()).then(|| serde_json::from_str(&lines.join("\n")).unwrap())
            })
            .collect();
        assert_eq!(events.len(), 3, "{}", answer.text());
        assert_eq!(
            events[0]["params"]["progressToken"], "mia.token@kunde.example",
            "a token of the protocol stays"
        );
        let shown = text(&events[2]["result"]);
        let pseudonym = shown.strip_prefix("grüßt ").unwrap();
        assert_eq!(events[0]["params"]["message"], format!("🙂 asking {pseudonym}"));
        assert_eq!(events[1]["params"]["data"]["who"], pseudonym);
        for kept in [":\n\n", "event: message\n"] {
            assert!(answer.text().contains(kept), "{kept}");
        }
        assert_eq!(answer.text().lines().filter(|line| line.starts_with("id: ")).count(), 2);
    }
    assert_eq!(world.recorded("tool_called", "ok", None), 5);
}

fn a_stream_arrives_as_it_comes(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (sender, reply) = crate::stage::slow(200, "text/event-stream");
    world.stage.desk.replies(move |_| reply());
    let say = |text: String| sender.send(Chunk::Bytes(text.into())).unwrap();
    let progress = |n: u32| {
        let params = json!({ "progressToken": 1, "progress": n, "message": MAIL });
        format!(
            "data: {}\n\n",
            json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
        )
    };
    say(progress(1));
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    // Each is said only after the one before has arrived.
    for n in 1..4 {
        assert_eq!(open.event(&mut rest).unwrap()["params"]["progress"], n);
        say(progress(n + 1));
    }
    assert_eq!(open.event(&mut rest).unwrap()["params"]["progress"], 4);
    say(r#"data: {"jsonrpc":"2.0","id":7,"result":{"content":[]}}"#.to_owned() + "\n\n");
    assert_eq!(open.event(&mut rest).unwrap()["result"], json!({ "content": [] }));
    drop(sender);
    assert_eq!(open.event(&mut rest), None);
    world.expect_recorded("tool_called", "ok", None);
}

fn a_token_that_ends_within_an_answer_does_not_end_the_answer(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (sender, reply) = crate::stage::slow(200, "text/event-stream");
    world.stage.desk.replies(move |_| reply());
    let say = |text: String| sender.send(Chunk::Bytes(text.into())).unwrap();
    say("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\n".to_owned());
    let mut open = agent.open(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    let mut rest = String::new();
    assert!(open.event(&mut rest).is_some());
    world.pass_time(Duration::from_secs(601));
    let result = json!({ "content": [{ "type": "text", "text": MAIL }] });
    say(format!("data: {}\n\n", json!({ "jsonrpc": "2.0", "id": 7, "result": result })));
    let shown = text(&open.event(&mut rest).unwrap()["result"]);
    assert!(shown.ends_with("@email.invalid"), "{shown}");
    drop(open);
    assert_eq!(agent.send(world, "tools/list", json!({})).status(), 401, "the next call needs a new one");
    world.expect_recorded("tool_called", "ok", None);
}

fn lists_and_prompts_and_resources_are_masked(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let lines = STANDARD.encode(format!("name;mail\nMia Muster;{MAIL}\n").repeat(3));
    let packed: String =
        lines.as_bytes().chunks(76).map(|line| format!("{}\n", String::from_utf8_lossy(line))).collect();
    let in_clear = lines.get(..76).unwrap().to_owned();
    for (method, params, result) in [
        (
            "prompts/get",
            json!({ "name": "p" }),
            json!({ "messages": [{ "role": "user", "content": { "type": "text", "text": MAIL } }] }),
        ),
        (
            "resources/read",
            json!({ "uri": "x://1" }),
            json!({ "contents": [{ "uri": "x://1", "text": MAIL }] }),
        ),
        (
            "resources/read",
            json!({ "uri": "x://2" }),
            // A file that is a text, in lines of 76 characters.
            json!({ "contents": [{ "uri": "x://2", "text": MAIL }, { "uri": "x://2", "blob": packed }] }),
        ),
        (
            "resources/list",
            json!({}),
            json!({ "resources": [{ "uri": "x://1", "name": "n", "description": MAIL }] }),
        ),
        (
            "tools/list",
            json!({}),
            json!({ "tools": [{ "name": "get_issue", "description": MAIL, "inputSchema": {} }] }),
        ),
    ] {
        world.stage.desk.answers(move |seen| {
            let body = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
            (seen.message()["method"] == method).then(|| Reply::new(200, "application/json", body))
        });
        let answer = agent.send(world, method, params);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert!(
            answer.text().contains("@email.invalid")
                && !answer.text().contains(MAIL)
                && !answer.text().contains(&in_clear),
            "{method}: {}",
            answer.text()
        );
    }
    assert_eq!(world.recorded("requested", "ok", None), 3);
    assert_eq!(world.recorded("tools_listed", "ok", None), 1);
}

fn a_tool_promises_of_its_results_only_what_pseudonyms_keep(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let schema = |forms: bool| {
        let mut born = json!({ "type": "string" });
        if forms {
            born["format"] = json!("date");
            born["maxLength"] = json!(10);
        }
        let properties = json!({ "birthDate": born, "mail": { "type": "string", "format": "email" } });
        json!({ "type": "object", "properties": properties, "required": ["birthDate"] })
    };
    let tool =
        json!({ "name": "get_issue", "inputSchema": { "type": "object" }, "outputSchema": schema(true) });
    world.stage.desk.answers(move |seen| {
        let result = match seen.message()["method"].as_str()? {
            "tools/list" => json!({ "tools": [tool] }),
            "tools/call" => json!({
                "content": [], "structuredContent": { "birthDate": "1980-05-12", "mail": MAIL }, "isError": false
            }),
            _ => return None,
        };
        let body = format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.id());
        Some(Reply::new(200, "application/json", body))
    });
    let answer: Value = serde_json::from_str(agent.send(world, "tools/list", json!({})).text()).unwrap();
    assert_eq!(answer["result"]["tools"][0]["outputSchema"], schema(false));
    let seen = agent.call(world, "get_issue", json!({}));
    let result = &seen["structuredContent"];
    assert!(result["birthDate"].as_str().unwrap().starts_with("Birthdate-"), "{result}");
    assert!(result["mail"].as_str().unwrap().ends_with("@email.invalid"), "{result}");
}

fn what_is_not_personal_stays_byte_for_byte(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let result = concat!(
        r#"{"z":1.10,"a":1E2,"m":-0.0,"big":12345678901234567890123,"content":[{"type":"text","text":"plain \u00e4 \/ text","#,
        r#""_meta":{"b":null,"a":[ ]}},{"type":"image","data":"MTkyLjAuMi4x","mimeType":"image/png"}],"#,
        r#""structuredContent":{"y":{"":0},"x":[true,"2026-07-28","v1.2.3","ABC-4711"]},"isError":false,"new":{"field":"kept"}}"#
    );
    world.stage.desk.results(result);
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert_eq!(answer.text(), format!(r#"{{"jsonrpc":"2.0","id":7,"result":{result}}}"#));

    let body = concat!(
        r#"{"jsonrpc":"2.0","params":{"arguments":{"z":1.10,"a":1E2,"big":12345678901234567890123,"u":"\u00e4"},"name":"get_issue","#,
        r#""unknown":[1.0],"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"x":1.00}},"id":"s\u0031","method":"tools/call","more":{}}"#
    );
    world.stage.desk.says("ok");
    let request = agent.posting(world, body.to_owned());
    let answer = world.send(request);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(world.stage.desk.calls().pop().unwrap().body, body);
}

fn what_the_configuration_keeps_is_kept(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let issues = json!({ "issues": [{ "key": MAIL, "mail": MAIL }] });
    let content = json!([{ "type": "text", "text": issues.to_string() }]);
    world
        .stage
        .desk
        .results(json!({ "content": content, "structuredContent": issues, "isError": false }).to_string());
    let seen = agent.call(world, "get_issue", json!({}));
    let mirror: Value = serde_json::from_str(&text(&seen)).unwrap();
    for issues in [&seen["structuredContent"]["issues"][0], &mirror["issues"][0]] {
        assert_eq!(issues["key"], MAIL);
        assert_ne!(issues["mail"], MAIL);
    }
}

fn a_calendar_works_with_its_connector(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "mail");
    let entry =
        json!({ "entryPointType": "more", "uri": "https://tel.meet/abc-defg-hij", "pin": "8273645192837" });
    let event = json!({
        "id": "7cbh8rpc10lrc0ckih9tafss99", "iCalUID": "7cbh8rpc10lrc0ckih9tafss99@google.com",
        "htmlLink": format!("https://www.google.com/calendar/event?eid={}", STANDARD.encode(format!("7cbh {MAIL}"))),
        "start": { "dateTime": "2026-11-27T10:00:00+01:00", "timeZone": "Europe/Berlin" },
        "conferenceData": { "conferenceId": "abc-defg-hij", "entryPoints": [entry] },
        "attendees": [{ "email": MAIL, "displayName": "Mia Muster", "responseStatus": "accepted" }]
    });
    let events = json!({ "summary": MAIL, "items": [event] });
    world.stage.mail.says(&events.to_string());
    let seen: Value = serde_json::from_str(&agent.read(world, "list_events", json!({}))).unwrap();
    let masked = &seen["items"][0];
    for member in ["id", "iCalUID", "start", "conferenceData"] {
        assert_eq!(masked[member], event[member], "{member}");
    }
    let (guest, link) = (&masked["attendees"][0], masked["htmlLink"].as_str().unwrap());
    assert!(link != event["htmlLink"] && guest["displayName"].as_str().unwrap().starts_with("Person-"));
    assert_eq!(guest["email"], seen["summary"], "the calendar's id is somebody's address");
    assert_ne!(guest["email"], MAIL);

    // What was shown works in the next call.
    let arguments = json!({ "calendarId": guest["email"], "event": masked });
    world.stage.mail.says("done");
    agent.read(world, "get_event", arguments);
    let sent = world.stage.mail.calls().pop().unwrap().arguments();
    assert_eq!(sent, json!({ "calendarId": MAIL, "event": event }));
}

fn pseudonyms_are_given_back_in_nested_arguments_and_mirrored_headers(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let pseudonym = pseudonym(world, &agent, MAIL);
    let arguments =
        json!({ "email": pseudonym, "deep": [{ "json": json!({ "to": pseudonym }).to_string() }], "n": 1.0 });
    let mut request =
        agent.request(world, "tools/call", json!({ "name": "add_comment", "arguments": arguments }));
    request.headers_mut().insert("mcp-param-email", pseudonym.parse().unwrap());
    assert_eq!(world.send(request).status(), 200);
    let call = world.stage.desk.calls().pop().unwrap();
    assert_eq!(call.arguments()["email"], MAIL);
    assert_eq!(call.arguments()["deep"][0]["json"], json!({ "to": MAIL }).to_string());
    assert_eq!(call.header("mcp-param-email"), MAIL);
}

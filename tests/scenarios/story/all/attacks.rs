//! Names and lists at the address of all services, by whoever means harm.

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{asked, everything, last, list, results, tool};
use crate::client::{Agent, MODERN, text};
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: no_name_stands_for_two, a_name_of_one_service_reaches_no_other, what_is_not_theirs_is_as_if_it_were_not_there,
        what_one_person_listed_tells_another_nothing, a_tool_that_is_gone_is_called_no_longer,
        odd_uris_come_back_as_they_were, what_only_looks_like_an_alias_reaches_nobody;
    Fresh: many_services_that_hang_cost_one_deadline;
};

fn names(listed: &Value, member: &str) -> Vec<String> {
    listed.as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

fn no_name_stands_for_two(world: &mut World) {
    let long = "x".repeat(70);
    let odd = [
        format!("{long}1"),
        format!("{long}2"),
        long,
        "line\nbreak".to_owned(),
        "nul\u{0}".to_owned(),
        "\u{202e}over".to_owned(),
        "über".to_owned(),
        "uber".to_owned(),
        "u\u{308}ber".to_owned(),
        "🦀".to_owned(),
        "_".to_owned(),
        " ".to_owned(),
        "a b".to_owned(),
        "a_b".to_owned(),
        "a__b".to_owned(),
    ];
    let tools: Vec<Value> = odd.iter().map(|name| tool(name)).collect();
    let agent = everything(world);
    results(&world.stage.desk, "tools/list", json!({ "tools": tools }));
    results(&world.stage.mail, "tools/list", json!({ "tools": tools }));
    let aliases = agent.tools(world);
    assert_eq!(aliases.len(), 2 * odd.len());
    let mut unique = aliases.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), aliases.len(), "{aliases:?}");
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for (at, alias) in aliases.iter().enumerate() {
        assert!(alias.len() <= 60 && alias.chars().all(legal), "{alias}");
        let (service, other) = match at < odd.len() {
            true => (&world.stage.desk, &world.stage.mail),
            false => (&world.stage.mail, &world.stage.desk),
        };
        let (before, elsewhere) = (service.calls().len(), other.calls().len());
        let name = odd[at % odd.len()].as_str();
        let revision = if at % 2 == 0 { MODERN } else { "2025-06-18" };
        let result = agent.speaking(revision).call(world, alias, json!({}));
        let (service, other) = match at < odd.len() {
            true => (&world.stage.desk, &world.stage.mail),
            false => (&world.stage.mail, &world.stage.desk),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !name.bytes().all(plain) {
            // A name that nobody can read waits for a yes; which one it is about is said.
            assert!(text(&result).starts_with(&format!("{name} changes The ")), "{alias}: {result}");
            assert_eq!(service.calls().len(), before, "{alias}");
            continue;
        }
        assert_eq!((service.calls().len(), other.calls().len()), (before + 1, elsewhere), "{alias}");
        assert_eq!(service.calls().pop().unwrap().message()["params"]["name"], name, "{alias}");
    }
}

fn a_name_of_one_service_reaches_no_other(world: &mut World) {
    let agent = everything(world);
    let tools = ["mail__get_issue", "__get_issue", "desk__get_issue", "unavailable_services"].map(tool);
    results(&world.stage.desk, "tools/list", json!({ "tools": tools }));
    let aliases: Vec<String> =
        agent.tools(world).into_iter().filter(|name| name.starts_with("desk")).collect();
    assert_eq!(
        aliases,
        ["desk__mail__get_issue", "desk____get_issue", "desk__desk__get_issue", "desk__unavailable_services"]
    );
    for alias in &aliases {
        agent.call(world, alias, json!({}));
        let name = world.stage.desk.calls().pop().unwrap().message()["params"]["name"].clone();
        assert_eq!(name, alias.strip_prefix("desk__").unwrap());
    }
    assert!(world.stage.mail.calls().is_empty());
}

fn what_is_not_theirs_is_as_if_it_were_not_there(world: &mut World) {
    let agent = Agent::of(world, &Person::of("limited.example.com"), "");
    let mut older = agent.speaking("2025-11-25");
    older.initialize(world);
    for (method, params) in [
        ("tools/call", json!({ "name": "mail__get_issue", "arguments": {} })),
        ("tools/call", json!({ "name": "mail__get_issue_2abcdefghi", "arguments": {} })),
        ("tools/call", json!({ "name": "mail__search.x", "arguments": {} })),
        ("prompts/get", json!({ "name": "mail__p" })),
        ("prompts/get", json!({ "name": "mail__p_2abcdefghi" })),
        ("resources/read", json!({ "uri": "mail+x:1" })),
        ("resources/read", json!({ "uri": "ui://mail+x" })),
        ("resources/subscribe", json!({ "uri": "mail+x:1" })),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "mail__p" }, "argument": {} }),
        ),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/resource", "uri": "mail+x:1" }, "argument": {} }),
        ),
        ("tasks/get", json!({ "taskId": "mail+7" })),
        ("tasks/cancel", json!({ "taskId": "mail+7" })),
        ("tasks/result", json!({ "taskId": "mail+7" })),
    ] {
        let unknown: Value = serde_json::from_str(&params.to_string().replace("mail", "nope")).unwrap();
        for agent in [&agent, &older] {
            let (theirs, nobodys) =
                (agent.send(world, method, params.clone()), agent.send(world, method, unknown.clone()));
            let headers = |answer: &crate::world::Answer| (answer.status(), answer.headers().len());
            assert_eq!(headers(&theirs), headers(&nobodys), "{method} {params}");
            assert_eq!(theirs.text(), nobodys.text().replace("nope", "mail"), "{method} {params}");
            assert!(!theirs.text().contains("The mail"), "{}", theirs.text());
        }
    }
    let filter =
        json!({ "toolsListChanged": true, "resourceSubscriptions": ["mail+x:1"], "taskIds": ["mail+7"] });
    let events = agent.send(world, "subscriptions/listen", json!({ "notifications": filter })).events();
    assert!(!json!(events).to_string().contains("mail"), "{events:?}");
    let said = json!({ "jsonrpc": "2.0", "id": "mail.x", "result": {} });
    let request = older.posting(world, said.to_string());
    let theirs = world.send(request);
    let request = older.posting(world, said.to_string().replace("mail", "nope"));
    assert_eq!(theirs.text(), world.send(request).text());
    assert!(world.stage.mail.seen().is_empty(), "it hears of nothing");
}

fn what_one_person_listed_tells_another_nothing(world: &mut World) {
    let theirs = everything(world);
    let tools = ["get_issue", "files.read"].map(tool);
    results(
        &world.stage.desk,
        "tools/list",
        json!({ "tools": tools, "ttlMs": 60_000, "cacheScope": "public" }),
    );
    results(
        &world.stage.desk,
        "tools/list",
        json!({ "tools": tools, "ttlMs": 60_000, "cacheScope": "public" }),
    );
    let listed = theirs.tools(world);
    let alias = listed.iter().find(|name| name.starts_with("desk__files_read_")).unwrap().clone();
    let limited = Agent::of(world, &Person::of("limited.example.com"), "");
    assert_eq!(limited.tools(world), ["desk__get_issue"], "filtered for them, whoever listed before");
    let never = alias.replace("files_read", "fixes_read");
    let (told, unknown) =
        (limited.refused(world, &alias, json!({})), limited.refused(world, &never, json!({})));
    assert_eq!(told.replace("files_read", "fixes_read"), unknown, "as if there were none");
    assert!(!told.contains("files.read"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
    theirs.call(world, &alias, json!({}));
    assert_eq!(world.stage.desk.calls().pop().unwrap().message()["params"]["name"], "files.read");
    // Pseudonyms in a list are those of the person it is for.
    let mut told = tool("get_issue");
    told["description"] = json!("as mia.muster@kunde.example wants it");
    results(
        &world.stage.desk,
        "tools/list",
        json!({ "tools": [told], "ttlMs": 60_000, "cacheScope": "public" }),
    );
    let seen = [everything(world), everything(world)].map(|agent| {
        list(world, &agent, "tools/list")["tools"][0]["description"].as_str().unwrap().to_owned()
    });
    assert!(seen.iter().all(|text| text.contains("@email.invalid")) && seen[0] != seen[1], "{seen:?}");
}

fn a_tool_that_is_gone_is_called_no_longer(world: &mut World) {
    let agent = everything(world);
    results(&world.stage.desk, "tools/list", json!({ "tools": [tool("files.read"), tool("get_issue")] }));
    let alias = agent.tools(world).into_iter().find(|name| name.starts_with("desk__files_read_")).unwrap();
    results(&world.stage.desk, "tools/list", json!({ "tools": [tool("get_issue")] }));
    world.pass_time(Duration::from_secs(301));
    let told = agent.refused(world, &alias, json!({}));
    assert!(told.contains(&alias) && told.contains("tools/list"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
    // So is one whose name says itself what it is called, and nobody is asked about it.
    results(&world.stage.desk, "tools/list", json!({ "tools": [] }));
    let told = agent.refused(world, "desk__delete_issue", json!({}));
    assert!(told.contains("has no tool delete_issue") && !told.contains("/approve/"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
}

const ODD: [&str; 14] = [
    "data:text/plain;base64,QQ+/==",
    "urn:isbn:0451450523",
    "HTTP://EXAMPLE.COM/%7Ea%2Bb?x=1+2#f+g",
    "x:\u{e4} \u{f6}",
    "x:%C3%A4",
    "+",
    "desk+file:///a",
    "mail+file:///a",
    "s.mail+file:///a",
    "ui://mail+x",
    "UI://x",
    "ui://",
    "x:\"quoted\"\\",
    "x:\n",
];

fn odd_uris_come_back_as_they_were(world: &mut World) {
    let agent = everything(world).speaking("2025-06-18");
    let resources: Vec<Value> = ODD.iter().map(|uri| json!({ "uri": uri, "name": "n" })).collect();
    results(&world.stage.desk, "resources/list", json!({ "resources": resources }));
    let aliases = names(&list(world, &agent, "resources/list")["resources"], "uri");
    assert_eq!(aliases.len(), ODD.len());
    for (alias, uri) in aliases.iter().zip(ODD) {
        results(&world.stage.desk, "resources/read", json!({ "contents": [{ "uri": uri, "text": "t" }] }));
        let answer = last(&agent.send(world, "resources/read", json!({ "uri": alias })));
        assert_eq!(answer["result"]["contents"][0]["uri"], alias.as_str(), "{answer}");
        let read = world.stage.desk.seen().pop().unwrap();
        assert_eq!(read.message()["params"]["uri"], uri);
        assert!(read.header("mcp-name").is_ascii(), "a name that fits into a header");
    }
    assert_eq!(asked(&world.stage.mail, "resources/read"), 0);
}

fn what_only_looks_like_an_alias_reaches_nobody(world: &mut World) {
    let agent = everything(world);
    agent.tools(world);
    let before = world.stage.desk.seen().len() + world.stage.mail.seen().len();
    let older = agent.speaking("2025-11-25");
    for uri in [
        "DESK+x:1",
        "desk%2Bx:1",
        "desk x:1",
        " desk+x:1",
        "desk +x:1",
        "s.desk",
        "S.desk+x:1",
        "ui:/desk+x",
        "UI://desk+x",
        "ui://DESK+x",
        "ui://x",
        "data:text/plain,desk+x",
        "urn:desk+x",
        "x://desk+x",
        "\u{0}desk+x:1",
        "de\u{73}\u{200b}k+x:1",
        "d\u{435}sk+x:1",
        "",
    ] {
        let answer = last(&older.send(world, "resources/read", json!({ "uri": uri })));
        assert_eq!(answer["error"]["code"], -32002, "{uri:?}: {answer}");
    }
    for name in [
        "desk",
        "desk_get_issue",
        "desk__",
        "Desk__get_issue",
        "desk__get issue",
        "desk__get_issue\n",
        "desk__gеt_issue",
        "desk\u{0}__get_issue",
        "+desk__get_issue",
        "s.desk__x.y",
        "unavailable_services_",
    ] {
        let told = older.refused(world, name, json!({}));
        assert!(told.contains("There is no tool"), "{name:?}: {told}");
    }
    assert_eq!(world.stage.desk.seen().len() + world.stage.mail.seen().len(), before, "nobody is asked");
}

/// How many services are asked says how often they were waited for: only so many at once, and nobody new once the time of
/// all is over.
fn many_services_that_hang_cost_one_deadline(world: &mut World) {
    // Twelve that are called `mail-1` and so on, in the place of `mail`, each with a minute's time.
    world.sql(
        "INSERT INTO config_version (version, toml, created_at) \
         WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 12), \
         part(toml, mail) AS (SELECT toml, substr(toml, instr(toml, 'id = \"mail\"') - 12, \
             instr(toml, 'id = \"books\"') - instr(toml, 'id = \"mail\"')) FROM config_version) \
         SELECT 2, replace(toml, 'services = [\"desk\", \"mail\"]', 'services = [' || \
                 (SELECT group_concat('\"mail-' || i || '\"', ', ') FROM number) || ']') || \
             (SELECT group_concat(replace(replace(mail, '\"mail\"', '\"mail-' || i || '\"'), '2s', '60s'), '') \
                 FROM number), 0 \
         FROM part",
    );
    world.pass_time(Duration::from_secs(10));
    let agent = everything(world);
    world.stage.mail.lists(|_| Reply::Waiting);
    let result = list(world, &agent, "tools/list");
    let missing = result["_meta"]["mcpgate/unavailable"].as_array().unwrap();
    let reasons: Vec<&Value> = missing.iter().map(|service| &service["reason"]).collect();
    assert_eq!(reasons, vec![&json!("service_timeout"); 12], "{result}");
    let waited = asked(&world.stage.mail, "tools/list");
    assert!((1..=6).contains(&waited), "{waited} of 12");
}

//! Names and lists at the address of all services, by whoever means harm.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use super::{asked, everything, last, list, results, tool};
use crate::client::{MODERN, text};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: no_name_stands_for_two, odd_uris_come_back_as_they_were;
    Fresh: services_that_hang_hide_none_that_is_asked_later;
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
            let named = mcpgate::page::named(name);
            assert!(text(&result).starts_with(&format!("{named} changes The ")), "{alias}: {result}");
            assert_eq!(service.calls().len(), before, "{alias}");
            continue;
        }
        assert_eq!((service.calls().len(), other.calls().len()), (before + 1, elsewhere), "{alias}");
        assert_eq!(service.calls().pop().unwrap().message()["params"]["name"], name, "{alias}");
    }
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

/// Only so many are asked at once: those that hang make place for others, and nobody waits longer than for one of them.
fn services_that_hang_hide_none_that_is_asked_later(world: &mut World) {
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
    let count = AtomicUsize::new(0);
    world.stage.mail.lists(move |seen| {
        if count.fetch_add(1, Ordering::SeqCst) < 6 {
            return Reply::Waiting;
        }
        let result = json!({ "tools": [tool("get_well")], "resultType": "complete", "ttlMs": 0, "cacheScope": "private" });
        let body = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": result });
        Reply::new(200, "application/json", body.to_string())
    });
    let result = list(world, &agent, "tools/list");
    let missing = result["_meta"]["mcpgate/unavailable"].as_array().unwrap();
    let reasons: Vec<&Value> = missing.iter().map(|service| &service["reason"]).collect();
    assert_eq!(reasons, vec![&json!("service_timeout"); 6], "{result}");
    let well = names(&result["tools"], "name").into_iter().filter(|name| name.ends_with("__get_well"));
    assert_eq!(well.count(), 6, "{result}");
}

//! Every action with every outcome, in every format, against what each format's publisher says.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::chain::{self, Broken, GENESIS, Record};
use super::super::event::{Action, Event, Outcome, Range, Reason, ToolName};
use super::class::{Class, activity};
use super::*;
use crate::crypto::HashKey;
use crate::error::Fault;
use crate::host::memory::Memory;
use crate::pii::Policy;

fn outcomes() -> Vec<Outcome> {
    let mut all = vec![Outcome::Ok];
    all.extend(Reason::ALL.iter().map(|reason| Outcome::Refused(*reason)));
    for fault in [Fault::Caller, Fault::Service, Fault::IdentityProvider, Fault::Sink, Fault::Gateway] {
        all.push(Outcome::Failed(fault, Reason::ServiceTimeout));
    }
    all
}

/// A chain of every action with every outcome, each with all fields and with none.
static EVERYTHING: LazyLock<Vec<Record>> = LazyLock::new(|| {
    let (host, key) = (Memory::new(), HashKey::new([7; 32]));
    let mut records: Vec<Record> = Vec::new();
    for action in Action::ALL {
        for outcome in outcomes() {
            let bare = Event::new(&host, *action).unwrap().outcome(outcome);
            let full = bare.clone().follows(bare.id()).person(&key.id("person", &["x"])).client("c", &key);
            let tool = ToolName::known(&key, &Policy::default(), "get_issue");
            let full = full.about_admin_token("t", &key).service("desk").sink("siem").tool(tool);
            let full = full
                .duration(std::time::Duration::from_millis(17))
                .request_bytes(3)
                .result_bytes(4)
                .range(Range { first: 1, last: 3, count: 2 });
            let full = full.observed([Reason::QuotaUsed, Reason::ConfirmationNeeded]);
            let full = full.found([("email", 2), ("phone", 1)]).given_back([("email", 1)]);
            for event in [bare, full] {
                let prev = records.last().map_or(GENESIS, |record| &record.hash).to_owned();
                records.push(Record::new(records.len() as i64 + 1, &prev, event.to_text().unwrap()));
            }
        }
    }
    records
});

fn unreadable() -> Record {
    Record::new(7, GENESIS, "{\"name\":\"Jane Doe\"}".to_owned())
}

#[test]
fn json_lines_are_the_chain() {
    let records = &*EVERYTHING;
    let text = Format::Jsonl.write(records);
    let read = text.lines().map(|line| Ok::<Record, Broken>(serde_json::from_str(line).unwrap()));
    let summary = chain::verify(read).unwrap();
    assert_eq!(summary.records, records.len() as i64);
    let first = records.first().unwrap();
    assert!(text.starts_with("{\"seq\":1,\"event\":\"{\\\"v\\\":"), "as `mcpgate audit export` writes it");
    assert_eq!(text.lines().next().unwrap(), serde_json::to_string(first).unwrap());
}

#[test]
fn what_cannot_be_read_is_told_by_its_place_only() {
    for format in [Format::Ocsf, Format::Cef, Format::Otlp] {
        let text = format.write(&[unreadable()]);
        assert!(!text.contains("Jane"), "{text}");
        assert!(text.contains(&unreadable().hash) && text.contains("cannot read"), "{text}");
    }
    assert!(!splunk(&[unreadable()], Format::Jsonl).contains("Jane"));
    let event: Value = serde_json::from_str(&Format::Ocsf.write(&[unreadable()])).unwrap();
    schema().check(&event);
}

/// Of tests/vectors/ocsf-1.5.0.json.
#[derive(Deserialize)]
struct Schema {
    version: String,
    classes: Map<String, Value>,
    objects: Map<String, Value>,
}

fn schema() -> Schema {
    serde_json::from_str(include_str!("../../../tests/vectors/ocsf-1.5.0.json")).unwrap()
}

impl Schema {
    #[track_caller]
    fn check(&self, event: &Value) {
        let uid = &event["class_uid"];
        let class =
            self.classes.values().find(|class| class["uid"] == *uid).expect("the class is in the schema");
        assert_eq!(event["class_name"], class["caption"]);
        assert_eq!(event["metadata"]["version"], *self.version);
        let activity = event["activity_id"].as_i64().unwrap();
        assert_eq!(event["type_uid"].as_i64().unwrap(), uid.as_i64().unwrap() * 100 + activity);
        self.part(class, event, "event");
        for seen in event["observables"].as_array().into_iter().flatten() {
            let path = format!("/{}", seen["name"].as_str().unwrap().replace('.', "/"));
            assert_eq!(event.pointer(&path), Some(&seen["value"]), "{path} of {event}");
        }
    }

    fn part(&self, part: &Value, value: &Value, path: &str) {
        let fields = value.as_object().unwrap_or_else(|| panic!("{path} is an object"));
        let attributes = part["attributes"].as_object().unwrap();
        for (name, attribute) in attributes {
            assert!(
                attribute["requirement"] != "required" || fields.contains_key(name),
                "{path}.{name} is missing"
            );
        }
        let count = |names: &Value| {
            names
                .as_array()
                .unwrap()
                .iter()
                .filter(|name| fields.contains_key(name.as_str().unwrap()))
                .count()
        };
        for (constraint, names) in part["constraints"].as_object().into_iter().flatten() {
            match constraint.as_str() {
                "at_least_one" => assert!(count(names) > 0, "{path}: one of {names}"),
                "just_one" => assert_eq!(count(names), 1, "{path}: one of {names}"),
                other => panic!("{other}"),
            }
        }
        for (name, value) in fields {
            let path = format!("{path}.{name}");
            let attribute = attributes.get(name).unwrap_or_else(|| panic!("{path} is not in the schema"));
            let values = match (attribute["array"] == true, value) {
                (true, Value::Array(values)) => values.iter().collect(),
                (false, value) => vec![value],
                _ => panic!("{path} is a list"),
            };
            for value in values {
                self.value(attribute, value, &path);
            }
            if let (Some(sibling), Some(meanings)) =
                (attribute["sibling"].as_str(), attribute["enum"].as_object())
            {
                let meaning = &meanings[&value.to_string()];
                let said = &fields[sibling];
                assert!(
                    *value == 99 || said == meaning || name == "type_uid",
                    "{path}: {said} is not {meaning}"
                );
            }
        }
    }

    fn value(&self, attribute: &Value, value: &Value, path: &str) {
        match attribute["type"].as_str().unwrap() {
            "object_t" => match attribute["object"].as_str().unwrap() {
                "object" => assert!(value.is_object(), "{path}"),
                object => self.part(&self.objects[object], value, path),
            },
            "integer_t" | "long_t" | "timestamp_t" => assert!(value.is_i64() || value.is_u64(), "{path}"),
            "boolean_t" => assert!(value.is_boolean(), "{path}"),
            "string_t" | "username_t" => assert!(value.is_string(), "{path}"),
            other => panic!("{path} is of the type {other}, which nothing here should have"),
        }
        if let Some(known) = attribute["enum"].as_object() {
            assert!(known.contains_key(&value.to_string()), "{path} cannot be {value}");
        }
    }
}

#[test]
fn ocsf_is_what_the_published_schema_wants() {
    let (schema, records) = (schema(), &*EVERYTHING);
    let mut classes = HashSet::new();
    for (line, record) in Format::Ocsf.write(records).lines().zip(records) {
        let event: Value = serde_json::from_str(line).unwrap();
        schema.check(&event);
        assert_eq!(event["unmapped"]["hash"], record.hash);
        assert_eq!(event["unmapped"]["seq"], record.seq);
        assert_eq!(event["metadata"]["uid"], event["unmapped"]["id"]);
        let refused = event["unmapped"]["outcome"] != "ok" && event["class_uid"] != 2004;
        assert_eq!(event["status_id"], if refused { 2 } else { 1 }, "{event}");
        assert_eq!(event["status_code"], event["unmapped"]["reason"]);
        classes.insert(event["class_uid"].as_i64().unwrap());
    }
    assert_eq!(classes, HashSet::from([2004, 3001, 3002, 3004, 6003]));
}

#[test]
fn the_page_says_which_class_an_action_is_of() {
    let page = include_str!("../../../docs/siem.md");
    let table = page.split_once("| actions | class |\n").unwrap().1.split("\n\n").next().unwrap();
    let mut said = HashSet::new();
    for row in table.lines().skip(1) {
        let mut cells = row.split('|').skip(1);
        let (actions, class) = (cells.next().unwrap(), cells.next().unwrap());
        let class: i64 = class.split_whitespace().next().unwrap().parse().unwrap();
        said.extend(actions.split('`').skip(1).step_by(2).map(|action| (action.to_owned(), class)));
    }
    let named: HashSet<String> = said.iter().map(|(action, _)| action.clone()).collect();
    let others = Action::ALL.iter().map(|action| action.name()).filter(|name| !named.contains(*name));
    said.extend(others.map(|name| (name.to_owned(), Class::ApiActivity.uid())));
    let host = Memory::new();
    let mut are = HashSet::new();
    for action in Action::ALL {
        for outcome in outcomes() {
            let event = Event::new(&host, *action).unwrap().outcome(outcome);
            are.insert((action.name().to_owned(), activity(&event).class.uid()));
        }
    }
    let mut differ: Vec<_> = said.symmetric_difference(&are).collect();
    differ.sort();
    assert!(differ.is_empty(), "{differ:?}");
}

#[test]
fn a_schema_check_that_finds_nothing_would_be_none() {
    let text = Format::Ocsf.write(&EVERYTHING[..1]);
    let fine: Value = serde_json::from_str(&text).unwrap();
    for (pointer, value) in [
        ("/severity_id", 17.into()),
        ("/time", "now".into()),
        ("/metadata/product", Value::Null),
        ("/user", serde_json::json!({ "type_id": 1, "type": "User" })),
        ("/activity_name", "Logoff".into()),
        ("/type_uid", 300_202.into()),
    ] {
        let mut broken = fine.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        assert!(std::panic::catch_unwind(|| schema().check(&broken)).is_err(), "{pointer}");
    }
}

#[test]
fn what_somebody_has_to_look_at_is_not_merely_informational() {
    let key = HashKey::new([7; 32]);
    let host = Memory::new();
    let said = |action, outcome| {
        let event = Event::new(&host, action).unwrap().outcome(outcome).person(&key.id("person", &["x"]));
        let records = [Record::new(1, GENESIS, event.to_text().unwrap())];
        let ocsf: Value = serde_json::from_str(&Format::Ocsf.write(&records)).unwrap();
        schema().check(&ocsf);
        let cef: u8 = read_cef(Format::Cef.write(&records).trim_end()).0[6].parse().unwrap();
        let otlp: Value = serde_json::from_str(&Format::Otlp.write(&records)).unwrap();
        let otlp = &otlp["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["severityNumber"];
        (ocsf["severity_id"].as_i64().unwrap(), cef, otlp.as_i64().unwrap())
    };
    for action in [Action::ThroughputAlerted, Action::HoldPlaced, Action::ToolChanged, Action::ToolHeld] {
        assert_eq!(said(action, Outcome::Ok), (3, 6, 14), "{action:?}");
        assert_eq!(said(action, Outcome::Refused(Reason::ToolQuarantined)), (3, 6, 14), "{action:?}");
        let failed = Outcome::Failed(Fault::Gateway, Reason::StorageUnavailable);
        assert_eq!(said(action, failed), (4, 8, 17), "{action:?}");
    }
    assert_eq!(said(Action::HoldReleased, Outcome::Ok), (1, 1, 9));
}

/// Reads CEF as its specification says, and knows nothing of how it was written.
fn read_cef(line: &str) -> (Vec<String>, Map<String, Value>) {
    let (mut headers, mut letters) = (vec![String::new()], line.chars());
    while headers.len() < 8 {
        match letters.next().expect("seven bars") {
            '\\' => headers.last_mut().unwrap().push(letters.next().unwrap()),
            '|' => headers.push(String::new()),
            letter => headers.last_mut().unwrap().push(letter),
        }
    }
    headers.pop();
    let (mut fields, rest) = (Map::new(), letters.as_str());
    let (mut key, mut word, mut value) = (String::new(), String::new(), String::new());
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.push(match letters.next().unwrap() {
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            '=' => {
                if !key.is_empty() {
                    fields.insert(std::mem::take(&mut key), value.trim_end().into());
                }
                value.clear();
                key = std::mem::take(&mut word);
            }
            ' ' => {
                value.push_str(&std::mem::take(&mut word));
                value.push(' ');
            }
            letter => word.push(letter),
        }
    }
    fields.insert(key, format!("{value}{word}").into());
    (headers, fields)
}

#[test]
fn cef_is_read_back_by_its_specification() {
    let records = &*EVERYTHING;
    for (line, record) in Format::Cef.write(records).lines().zip(records) {
        let (headers, fields) = read_cef(line);
        let event: Value = serde_json::from_str(&record.event).unwrap();
        assert_eq!(headers[..4], ["CEF:0", "mcpgate", "mcpgate", VERSION]);
        assert_eq!(headers[4], event["action"].as_str().unwrap());
        assert!((0..=10).contains(&headers[6].parse::<u8>().unwrap()), "{line}");
        for (key, ours) in
            [("externalId", "id"), ("act", "action"), ("suid", "person"), ("cs1", "tool"), ("cs3", "follows")]
        {
            assert_eq!(fields.get(key).and_then(Value::as_str), event[ours].as_str(), "{key}: {line}");
        }
        assert_eq!(fields["rt"], event["at"].to_string());
        assert_eq!(
            (&fields["cs5"], &fields["cn1"]),
            (&record.hash.as_str().into(), &record.seq.to_string().into())
        );
        for label in fields.keys().filter(|key| key.ends_with("Label")) {
            assert!(fields.contains_key(label.trim_end_matches("Label")), "{label}");
        }
        if event.get("found").is_some() {
            assert_eq!(fields["mcpgateFound"], "email:2,phone:1");
            assert_eq!(fields["mcpgateObserved"], "quota_used,confirmation_needed");
        }
    }
}

#[test]
fn otlp_holds_the_whole_chain() {
    let records = &*EVERYTHING;
    let text = Format::Otlp.write(records);
    assert_eq!(text.lines().count(), 1);
    let request: Value = serde_json::from_str(&text).unwrap();
    let logs = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap();
    let again = logs.iter().map(|log| {
        let attributes = log["attributes"].as_array().unwrap();
        let value = |key: &str| {
            let found =
                attributes.iter().find(|attribute| attribute["key"] == format!("mcpgate.audit.{key}"));
            &found.unwrap()["value"]
        };
        let text = |key: &str| value(key)["stringValue"].as_str().unwrap().to_owned();
        let event = log["body"]["stringValue"].as_str().unwrap().to_owned();
        assert_eq!(log["timeUnixNano"], format!("{}000000", value("at")["intValue"].as_str().unwrap()));
        assert!((1..=24).contains(&log["severityNumber"].as_i64().unwrap()));
        let seq = value("seq")["intValue"].as_str().unwrap().parse().unwrap();
        Ok::<_, Broken>(Record { seq, event, prev: text("prev"), hash: text("hash") })
    });
    assert_eq!(chain::verify(again).unwrap().records, records.len() as i64);
}

#[test]
fn splunk_gets_an_object_for_each_event() {
    let records = &*EVERYTHING;
    for (format, kind) in [(Format::Jsonl, "mcpgate:audit"), (Format::Ocsf, "mcpgate:ocsf")] {
        for (line, record) in splunk(records, format).lines().zip(records) {
            let object: Value = serde_json::from_str(line).unwrap();
            let event: Value = serde_json::from_str(&record.event).unwrap();
            assert_eq!((&object["sourcetype"], &object["source"]), (&kind.into(), &"mcpgate".into()));
            assert_eq!(object["time"].as_str().unwrap().replace('.', ""), event["at"].to_string());
            let inner = if format == Format::Ocsf { &object["event"]["unmapped"] } else { &object["event"] };
            assert_eq!((&inner["id"], &inner["hash"]), (&event["id"], &record.hash.as_str().into()));
        }
    }
}

#[test]
fn formats_are_known_by_their_names() {
    for format in Format::ALL {
        assert_eq!(Format::named(format.name()), Some(format));
    }
    assert_eq!(Format::named("xml"), None);
}

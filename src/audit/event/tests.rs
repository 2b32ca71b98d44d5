use proptest::prelude::*;

use super::*;
use crate::guard::throughput::{Measure, Span};
use crate::host::memory::Memory;
use crate::pii::Policy;

const KEY: [u8; 32] = [7; 32];

fn full(action: Action, outcome: Outcome, said: &str, number: usize) -> Event {
    let (host, key) = (Memory::new(), HashKey::new(KEY));
    let first = Event::new(&host, action).unwrap();
    Event::new(&host, action)
        .unwrap()
        .outcome(outcome)
        .observed([Reason::ConfirmationNeeded, Reason::QuotaUsed, Reason::QuotaUsed])
        .follows(first.id())
        .person(&key.id("person", &[said]))
        .role(RoleName::new(&key, said))
        .client(said, &key)
        .from_address("192.0.2.1".parse().ok(), &key)
        .about_admin_token(said, &key)
        .service("demo")
        .sink("siem")
        .tool(ToolName::known(&key, &Policy::default(), said))
        .range(Range { first: 1, last: number as u64, count: number as u64 })
        .duration(Duration::from_millis(number as u64))
        .request_bytes(number)
        .result_bytes(number)
        .records(number)
        .items(number)
        .cut(true)
        .found([("email", number), ("phone", 0)])
        .given_back([("email", number), ("email", 1)])
        .unusual(Unusual {
            what: Measure::Records,
            per: Span::Hour,
            since: 0,
            amount: number as u64,
            usual: Some(number as u64),
            limit: number as u64,
        })
        .case(CaseRef::try_from("CASE-7".to_owned()).unwrap())
        .version(i64::try_from(number).unwrap_or(i64::MAX))
}

#[test]
fn the_text_is_what_the_documentation_shows() {
    let host = Memory::new();
    let key = HashKey::new(KEY);
    let event = Event::new(&host, Action::ToolCalled)
        .unwrap()
        .outcome(Outcome::Failed(Fault::Service, Reason::ServiceTimeout))
        .service("demo")
        .tool(ToolName::known(&key, &Policy::default(), "read_issue"))
        .duration(Duration::from_secs(60))
        .found([("phone", 1), ("email", 2)]);
    let id = event.id().as_str();
    assert_eq!(
        event.to_text().unwrap(),
        format!(
            "{{\"v\":2,\"id\":\"{id}\",\"at\":1795000000000,\"action\":\"tool_called\",\"outcome\":\"failed\",\
             \"fault\":\"service\",\"reason\":\"service_timeout\",\"service\":\"demo\",\"tool\":\"read_issue\",\
             \"duration_ms\":60000,\"found\":{{\"email\":2,\"phone\":1}}}}"
        )
    );
}

#[test]
fn what_is_no_id_is_left_out() {
    let host = Memory::new();
    let event = Event::new(&host, Action::SignIn).unwrap().person("jane@example.com").service("Jane Doe");
    let event = event.about_person("jane@example.com");
    assert!(!event.to_text().unwrap().contains("ane"));
    assert!(!event.to_text().unwrap().contains("person"));
    assert!(!event.to_text().unwrap().contains("subject"));
}

#[test]
fn a_tool_name_stands_in_clear_only_if_the_service_declares_it_and_it_says_nothing_of_a_person() {
    let (key, policy) = (HashKey::new(KEY), Policy::default());
    for name in ["jira.search-2", "listCalendarEvents", "GMAIL_SEND_EMAIL", "sha256", "mark_as_read"] {
        assert_eq!(ToolName::known(&key, &policy, name).to_string(), name);
    }
    let long = "x".repeat(129);
    let hashed = [
        "mail to jane@example.com",
        &long,
        "",
        "DE89370400440532013000",
        "4111-1111-1111-1111",
        "Jane.Doe-born-1985-05-17",
        "call-06-12",
        "jane_doe",
        "mailKatrin",
    ];
    let names = hashed.map(|name| ToolName::known(&key, &policy, name));
    for name in names.into_iter().chain([ToolName::unknown(&key, "jira.search-2")]) {
        assert!(name.to_string().starts_with("hmac:") && name.to_string().len() == 48, "{name}");
    }
    assert_eq!(RoleName::new(&key, "internal").to_string(), "internal");
    assert!(RoleName::new(&key, "Jane's own").to_string().starts_with("hmac:"));
}

#[test]
fn what_is_not_canonical_is_no_event() {
    let text = full(Action::ToolCalled, Outcome::Refused(Reason::TooLarge), "t", 5).to_text().unwrap();
    assert!(Event::parse(&text).is_ok());
    for (from, to) in [
        ("{\"v\":2,", "{\"v\":0,"),
        ("{\"v\":2,", "{ \"v\":2,"),
        ("{\"v\":2,", "{\"v\":2,\"note\":\"Jane Doe\","),
        ("{\"v\":2,", "{\"v\":2,\"v\":2,"),
        ("\"outcome\":\"refused\",", "\"outcome\":\"ok\","),
        ("\"reason\":\"too_large\",", ""),
        ("\"quota_used\"", "\"Jane Doe\""),
        ("\"reason\":\"too_large\"", "\"reason\":\"jane\""),
        ("\"action\":\"tool_called\"", "\"action\":\"\""),
        ("\"service\":\"demo\"", "\"service\":\"Jane Doe\""),
        ("\"sink\":\"siem\"", "\"sink\":\"Jane Doe\""),
        ("\"first\":1", "\"first\":\"Jane\""),
        ("\"tool\":\"t\"", "\"tool\":\"jane@example.com\""),
        ("\"email\":5", "\"Jane\":5"),
        ("\"email\":5", "\"email\":\"jane\""),
        ("\"email\":5", "\"email\":-5"),
        ("CASE-7", "Jane Doe"),
        ("CASE-7", "CASE-"),
        ("CASE-7", "CASE-7-7"),
        ("CASE-7", "CASE-123456789"),
        ("CASE-7", "C-7"),
        ("CASE-7", "JANEFROMACCOUNTING-7"),
        ("\"records\":5", "\"records\":-5"),
        ("\"role\":\"t\"", "\"role\":\"Jane Doe\""),
        ("\"what\":\"records\"", "\"what\":\"jane\""),
        ("\"amount\":5", "\"amount\":5,\"name\":\"jane\""),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from}");
        assert_eq!(Event::parse(&other), Err(ParseError::Malformed), "{other}");
    }
    let newer = text.replacen("{\"v\":2,", "{\"v\":3,\"new\":true,", 1);
    assert!(matches!(Event::parse(&newer), Err(ParseError::Newer(_))));
    assert_eq!(Event::parse(""), Err(ParseError::Malformed));
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let reason = || prop::sample::select(Reason::ALL);
    let fault = prop::sample::select(vec![
        Fault::Caller,
        Fault::Service,
        Fault::IdentityProvider,
        Fault::Sink,
        Fault::Gateway,
    ]);
    prop_oneof![
        Just(Outcome::Ok),
        reason().prop_map(Outcome::Refused),
        (fault, reason()).prop_map(|(fault, reason)| Outcome::Failed(fault, reason)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_event_is_read_back_as_it_was_and_is_small(
        action in prop::sample::select(Action::ALL),
        outcome in outcomes(),
        said in ".{0,200}",
        number: usize,
    ) {
        let event = full(action, outcome, &said, number);
        let text = event.to_text().unwrap();
        prop_assert!(text.len() <= LONGEST);
        prop_assert_eq!(Event::parse(&text), Ok(event));
    }
}

//! The translation between eras. Input: JSON, an empty line, what a client says of itself in `initialize`, an empty
//! line, a word.

use mcpgate::json::{self, Duplicates};
use mcpgate::mcp::bridge::{
    self, Facts, META_CAPABILITIES, META_CLIENT, META_LEVEL, META_SUBSCRIPTION, Question,
};
use mcpgate::mcp::message::{Kind, Message};
use mcpgate::mcp::raw::Object;
use mcpgate::mcp::revision::{META_REVISION, MODERN, REVISIONS};

/// Checks one input.
pub fn check(data: &[u8]) {
    let parts: [&[u8]; 3] = super::parts(data);
    let [Ok(text), Ok(client), Ok(word)] = parts.map(std::str::from_utf8) else { return };
    let facts = Facts::of_initialize(&Object::parse(client).unwrap_or_default());
    never_panics(text, &facts, word);
    if !is_read(client) || !is_read(text) {
        return;
    }
    assert!(REVISIONS.contains(&&*facts.revision) && facts.revision != MODERN);
    let level = (!word.is_empty()).then(|| word.to_owned());
    params_go_there_and_back(text, &Facts { level, ..facts });
    results_go_there_and_back(text, word);
    errors_keep_all_but_their_code(text, word);
    servers_introduce_themselves_in_both_ways(text);
    questions_go_there_and_back(text);
    notifications_are_marked(text);
}

/// Whether it could be part of a message that passes the parser.
fn is_read(text: &str) -> bool {
    let message = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{text}}}"#);
    Message::parse(message.as_bytes()).is_ok()
}

fn never_panics(text: &str, facts: &Facts, word: &str) {
    bridge::params_to_modern(Some(text), facts);
    bridge::params_to_legacy(Some(text));
    bridge::result_to_modern(word, text);
    bridge::result_to_legacy(text);
    bridge::error_to_modern(text);
    bridge::error_to_legacy(word, text);
    bridge::initialize_of_discover(text, word);
    bridge::discover_of_initialize(text);
    bridge::tagged(text, word);
    bridge::untagged(text);
    bridge::negotiated(word);
    bridge::is_wanted(&Object::parse(text).unwrap_or_default(), Some(word));
    let _ = facts.can(word, text);
    let _ = Facts::of_meta(Some(text)).can(word, text);
    Question::of_url_error(text);
    Question::of_result(&Object::parse(text).unwrap_or_default());
}

fn params_go_there_and_back(text: &str, facts: &Facts) {
    let ours = [META_REVISION, META_CAPABILITIES, META_CLIENT, META_LEVEL];
    let modern = bridge::params_to_modern(Some(text), facts);
    is_json(&modern);
    let said = Object::parse(&modern).expect("params are an object");
    let meta = said.object("_meta").expect("with _meta");
    assert_eq!(meta.string(META_REVISION).as_deref(), Some(MODERN));
    assert!(meta.object(META_CAPABILITIES).expect("capabilities").get("tasks").is_none());
    assert_eq!(members(&modern, &["_meta"]), members(text, &["_meta"]));
    let was =
        Object::parse(text).and_then(|params| params.get("_meta").map(str::to_owned)).unwrap_or_default();
    let kept = members(&was, &ours);
    assert_eq!(members(&meta.to_string(), &ours), kept);

    let legacy = bridge::params_to_legacy(Some(&modern));
    let rest = members(text, &["_meta", "inputResponses", "requestState"]);
    assert_eq!(legacy.is_none(), rest.is_empty() && kept.is_empty());
    let legacy = legacy.unwrap_or_else(|| "{}".to_owned());
    is_json(&legacy);
    assert_eq!(members(&legacy, &["_meta"]), rest);
    let meta = Object::parse(&legacy).and_then(|params| params.get("_meta").map(str::to_owned));
    assert_eq!(members(&meta.unwrap_or_default(), &[]), kept);
}

fn results_go_there_and_back(text: &str, method: &str) {
    let modern = bridge::result_to_modern(method, text);
    let Some(result) = Object::parse(text) else { return assert_eq!(modern, text) };
    is_json(&modern);
    let said = Object::parse(&modern).expect("still an object");
    assert!(said.get("resultType").is_some());
    assert!(result.members().all(|(key, value)| said.get(key) == Some(value)), "what was said is still said");
    assert_eq!(bridge::result_to_modern(method, &modern), modern, "once is enough");
    let legacy = bridge::result_to_legacy(&modern);
    assert_eq!(legacy, bridge::result_to_legacy(text));
    let added = ["resultType", "ttlMs", "cacheScope", "_meta"];
    assert_eq!(members(&legacy, &added), members(text, &added));
}

fn errors_keep_all_but_their_code(text: &str, method: &str) {
    let modern = bridge::error_to_modern(text);
    let legacy = bridge::error_to_legacy(method, text);
    for error in [&modern, &legacy] {
        assert_eq!(members(error, &["code"]), members(text, &["code"]));
        assert_eq!(bridge::code(error).is_some(), bridge::code(text).is_some());
    }
    assert_ne!(bridge::code(&modern), Some(-32002));
    assert_eq!(bridge::error_to_modern(&legacy), modern);
}

fn servers_introduce_themselves_in_both_ways(text: &str) {
    let Some(initialize) = bridge::initialize_of_discover(text, REVISIONS[1]) else { return };
    is_json(&initialize);
    let discover = bridge::discover_of_initialize(&initialize).expect("an object");
    is_json(&discover);
    assert_eq!(bridge::initialize_of_discover(&discover, REVISIONS[1]).as_ref(), Some(&initialize));
}

fn questions_go_there_and_back(text: &str) {
    let Some(questions) = Object::parse(text).and_then(|result| Question::of_result(&result)) else { return };
    let result = Question::result(&questions, "a \"state\"");
    is_json(&result);
    let again = Object::parse(&result).expect("an object");
    assert_eq!(again.string("requestState").as_deref(), Some("a \"state\""));
    assert_eq!(Question::of_result(&again).as_ref(), Some(&questions));
    for question in questions {
        let request = question.request("7");
        is_json(&request);
        let request = Object::parse(&request).expect("an object");
        assert_eq!(request.string("method"), Some(question.method));
        let asked = Object::parse(&question.params).unwrap_or_default();
        match asked.string("mode").as_deref() == Some("url") && asked.get("elicitationId").is_none() {
            true => assert_eq!(
                members(request.get("params").unwrap_or_default(), &["elicitationId"]),
                members(&question.params, &[])
            ),
            false => assert_eq!(request.get("params"), Some(&*question.params)),
        }
    }
}

fn notifications_are_marked(text: &str) {
    let Ok(Message { kind: kind @ Kind::Notification { .. }, .. }) = Message::parse(text.as_bytes()) else {
        return;
    };
    let tagged = bridge::tagged(text, "\"l\\u0031\"");
    let marked = Message::parse(tagged.as_bytes()).expect("still a message");
    assert_eq!(marked.kind, kind);
    assert_eq!(marked.meta(META_SUBSCRIPTION).as_deref(), Some("\"l\\u0031\""));
    let untagged = bridge::untagged(&tagged);
    assert_eq!(Message::parse(untagged.as_bytes()).map(|message| message.kind), Ok(kind));
    assert_eq!(members(&untagged, &["params"]), members(text, &["params"]));
    let params = |text: &str| Object::parse(text).and_then(|text| text.get("params").map(str::to_owned));
    let (before, after) = (params(text).unwrap_or_default(), params(&untagged).unwrap_or_default());
    assert_eq!(members(&after, &["_meta"]), members(&before, &["_meta"]));
}

/// It can be read, in one way only.
fn is_json(text: &str) {
    json::walk(text, Duplicates::Refuse, &mut |_, _| {}).expect("what is written can be read");
}

/// The members of an object, with their exact text, without some; none of what is no object.
fn members(text: &str, without: &[&str]) -> Vec<(String, String)> {
    let object = Object::parse(text).unwrap_or_default();
    let kept = object.members().filter(|(key, _)| !without.contains(key));
    kept.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

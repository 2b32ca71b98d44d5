//! Where messages name tasks: those of 2025-11-25, and those of the tasks extension of 2026-07-28.
//!
//! Only tasks of the service are meant. In 2025-11-25 a client can have tasks too, which the service asks for
//! (`tasks/get` and the like, from the service): those are the client's own.

use std::time::Duration;

use super::message::{Kind, Message};
use super::raw::{Object, array, array_of};

/// A message that is about a task and does not say which, in a way that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unnamed;

/// A task that an answer tells the client of for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: String,
    /// For how long the service keeps it; [`None`] when it does not say, or without end.
    pub ttl: Option<Duration>,
}

/// The tasks that a request of the client is about.
///
/// # Errors
/// [`Unnamed`], when it is about one that it does not name.
pub fn asked(message: &Message) -> Result<Vec<String>, Unnamed> {
    let Kind::Request { method, .. } = &message.kind else { return Ok(Vec::new()) };
    let object = Object::parse(&message.text).unwrap_or_default();
    let params = object.object("params").unwrap_or_default();
    let mut tasks = related(&params)?;
    if method.starts_with("tasks/") && method != "tasks/list" {
        tasks.push(params.string("taskId").ok_or(Unnamed)?);
    }
    Ok(tasks)
}

/// The tasks that a message which asks for nothing says it belongs to: a notification or an answer, of either side.
///
/// # Errors
/// [`Unnamed`], when it belongs to one that it does not name.
pub fn within(message: &Object<'_>) -> Result<Vec<String>, Unnamed> {
    let mut tasks = Vec::new();
    for holder in HOLDERS {
        tasks.extend(related(&message.object(holder).unwrap_or_default())?);
    }
    Ok(tasks)
}

/// Lets a message belong to no task.
pub fn outside(message: &mut Object<'_>) {
    for holder in HOLDERS {
        let Some(mut object) = message.object(holder) else { continue };
        let Some(mut meta) = object.object("_meta").filter(|meta| meta.get(RELATED).is_some()) else {
            continue;
        };
        meta.remove(RELATED);
        let meta = meta.to_string();
        object.set("_meta", meta);
        let object = object.to_string();
        message.set(holder, object);
    }
}

/// The tasks whose news a request of the client wants (`subscriptions/listen`); [`None`] when it wants none.
pub fn wanted(message: &Message) -> Option<Vec<String>> {
    if message.method() != Some("subscriptions/listen") {
        return None;
    }
    let object = Object::parse(&message.text)?;
    let params = object.object("params")?;
    let filter = params.object("notifications")?;
    let tasks = array(filter.get(WANTED)?).unwrap_or_default();
    Some(tasks.into_iter().filter_map(|task| serde_json::from_str(task).ok()).collect())
}

/// The same request, for the news of these tasks alone.
pub fn wanting(text: &str, tasks: &[String]) -> Option<String> {
    let mut message = Object::parse(text)?;
    let mut params = message.object("params")?;
    let mut filter = params.object("notifications")?;
    if tasks.is_empty() {
        filter.remove(WANTED);
    } else {
        filter.set(WANTED, serde_json::json!(tasks).to_string());
    }
    let filter = filter.to_string();
    params.set("notifications", filter);
    let params = params.to_string();
    message.set("params", params);
    Some(message.to_string())
}

/// The tasks that an answer of the service tells of for the first time.
pub fn made(message: &Object<'_>) -> Vec<Made> {
    let Some(result) = message.object("result") else { return Vec::new() };
    // As 2025-11-25 has it, and as the extension has it.
    let older = result.object("task").and_then(|task| made_as(&task, "ttl"));
    let newer =
        result.string("resultType").filter(|kind| kind == "task").and_then(|_| made_as(&result, "ttlMs"));
    older.into_iter().chain(newer).collect()
}

fn made_as(task: &Object<'_>, ttl: &str) -> Option<Made> {
    let ttl = task.get(ttl).and_then(|ttl| ttl.parse::<f64>().ok()).filter(|ttl| *ttl >= 0.0);
    // A number that is too large for the type becomes the largest.
    Some(Made { id: task.string("taskId")?, ttl: ttl.map(|ttl| Duration::from_millis(ttl as u64)) })
}

/// The tasks that something which the service says of its own accord is about.
///
/// # Errors
/// [`Unnamed`], when it is about one that it does not name.
pub fn told(message: &Object<'_>) -> Result<Vec<String>, Unnamed> {
    let Some(method) = message.string("method").filter(|method| !method.starts_with("tasks/")) else {
        return Ok(Vec::new());
    };
    let params = message.object("params").unwrap_or_default();
    let mut tasks = related(&params)?;
    if is_told(&method) {
        tasks.push(params.string("taskId").ok_or(Unnamed)?);
    }
    Ok(tasks)
}

/// What a service says of its own accord of how a task stands.
pub fn standing<'a>(message: &'a Object<'_>) -> Option<Object<'a>> {
    message.string("method").filter(|method| is_told(method)).and_then(|_| message.object("params"))
}

fn is_told(method: &str) -> bool {
    method == "notifications/tasks" || method.starts_with("notifications/tasks/")
}

/// What a task came to that is over: its result or its error, which the extension tells with how it stands.
pub fn came_to<'a>(task: &'a Object<'_>) -> Option<&'a str> {
    task.get("result").or_else(|| task.get("error"))
}

/// The task that is over, with what it came to, if that is what the service says of its own accord.
pub fn over<'a>(message: &'a Object<'_>) -> Option<Object<'a>> {
    standing(message).filter(|task| came_to(task).is_some())
}

/// The tasks in an answer that lists them, by the method that it answers; [`None`] of one that does not. Nobody knows
/// the method where a stream is resumed.
pub fn listed(method: Option<&str>, message: &Object<'_>) -> Option<Vec<String>> {
    if method.is_some_and(|method| method != "tasks/list") {
        return None;
    }
    let result = message.object("result")?;
    let items = result.get("tasks").and_then(array);
    let tasks: Vec<String> = items.unwrap_or_default().into_iter().filter_map(id_of).collect();
    (method.is_some() || !tasks.is_empty()).then_some(tasks)
}

/// The same answer, with these tasks alone.
pub fn listing(message: &mut Object<'_>, keep: impl Fn(&str) -> bool) {
    let Some(mut result) = message.object("result") else { return };
    if result.get("tasks").is_none() {
        return;
    }
    let items = result.get("tasks").and_then(array).unwrap_or_default();
    let kept = array_of(items.into_iter().filter(|item| id_of(item).is_some_and(|id| keep(&id))));
    result.set("tasks", kept);
    let result = result.to_string();
    message.set("result", result);
}

fn id_of(item: &str) -> Option<String> {
    Object::parse(item)?.string("taskId")
}

/// The task that a message says it belongs to, if it says one.
fn related(params: &Object<'_>) -> Result<Vec<String>, Unnamed> {
    let meta = params.object("_meta").unwrap_or_default();
    if meta.get(RELATED).is_none() {
        return Ok(Vec::new());
    }
    let id = meta.object(RELATED).and_then(|task| task.string("taskId"));
    id.map(|id| vec![id]).ok_or(Unnamed)
}

/// What holds a message's `_meta`.
const HOLDERS: [&str; 2] = ["params", "result"];
const WANTED: &str = "taskIds";
const RELATED: &str = "io.modelcontextprotocol/related-task";

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, params: &str) -> Message {
        let text = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        Message::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_request_names_its_task() {
        let meta = r#"{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"r"}},"taskId":"t"}"#;
        for (method, params, tasks) in [
            ("tasks/get", r#"{"taskId":"t"}"#, Ok(vec!["t"])),
            ("tasks/result", r#"{"taskId":"\u0074"}"#, Ok(vec!["t"])),
            ("tasks/update", r#"{"taskId":"t","inputResponses":{}}"#, Ok(vec!["t"])),
            ("tasks/cancel", meta, Ok(vec!["r", "t"])),
            ("tasks/something", r#"{"taskId":"t"}"#, Ok(vec!["t"])),
            ("tasks/get", "{}", Err(Unnamed)),
            ("tasks/get", r#"{"taskId":7}"#, Err(Unnamed)),
            ("tasks/list", "{}", Ok(vec![])),
            ("tools/call", r#"{"name":"x","arguments":{"taskId":"t"}}"#, Ok(vec![])),
            ("tools/call", meta, Ok(vec!["r"])),
            ("tools/call", r#"{"_meta":{"io.modelcontextprotocol/related-task":"r"}}"#, Err(Unnamed)),
        ] {
            let tasks = tasks.map(|tasks| tasks.into_iter().map(str::to_owned).collect());
            assert_eq!(asked(&request(method, params)), tasks, "{method} {params}");
        }
    }

    #[test]
    fn what_asks_for_nothing_belongs_to_a_task_or_not() {
        for holder in HOLDERS {
            let text = |meta: &str| format!(r#"{{"id":1,"{holder}":{{"_meta":{{{meta}"x":1.0}},"y":2}}}}"#);
            let named = text(r#""io.modelcontextprotocol/related-task":{"taskId":"t"},"#);
            let mut message = Object::parse(&named).unwrap();
            assert_eq!(within(&message).unwrap(), ["t"], "{named}");
            outside(&mut message);
            assert_eq!(message.to_string(), text(""));
            assert_eq!(within(&message).unwrap(), [""; 0]);
            let unnamed = text(r#""io.modelcontextprotocol/related-task":7,"#);
            let mut message = Object::parse(&unnamed).unwrap();
            assert_eq!(within(&message), Err(Unnamed));
            outside(&mut message);
            assert_eq!(message.to_string(), text(""));
        }
    }

    #[test]
    fn news_are_wanted_of_some_tasks_only() {
        let filter = r#"{"notifications":{"taskIds":["a",7,"b"],"n":1.0}}"#;
        let message = request("subscriptions/listen", filter);
        assert_eq!(wanted(&message).unwrap(), ["a", "b"]);
        assert!(wanting(&message.text, &["b".to_owned()]).unwrap().contains(r#"{"taskIds":["b"],"n":1.0}"#));
        assert!(wanting(&message.text, &[]).unwrap().contains(r#""notifications":{"n":1.0}"#));
        assert_eq!(wanted(&request("subscriptions/listen", r#"{"notifications":{}}"#)), None);
        assert_eq!(wanted(&request("tools/call", filter)), None);
        let odd = request("subscriptions/listen", r#"{"notifications":{"taskIds":"a"}}"#);
        assert_eq!(wanted(&odd).unwrap(), [""; 0]);
    }

    #[test]
    fn an_answer_tells_of_a_new_task() {
        for (result, id, ttl) in [
            (r#"{"task":{"taskId":"t","ttl":5}}"#, "t", Some(5)),
            (r#"{"task":{"taskId":"t","ttl":null}}"#, "t", None),
            (r#"{"task":{"taskId":"t","ttl":-1}}"#, "t", None),
            (r#"{"resultType":"task","taskId":"t","ttlMs":1e99}"#, "t", Some(u64::MAX)),
            (r#"{"resultType":"task","taskId":"t","ttlMs":"5"}"#, "t", None),
        ] {
            let text = format!(r#"{{"id":1,"result":{result}}}"#);
            let expected = Made { id: id.to_owned(), ttl: ttl.map(Duration::from_millis) };
            assert_eq!(made(&Object::parse(&text).unwrap()), [expected], "{result}");
        }
        for result in [r#"{"taskId":"t"}"#, r#"{"task":"t"}"#, r#"{"task":{"taskId":7}}"#, "[]"] {
            let text = format!(r#"{{"id":1,"result":{result}}}"#);
            assert_eq!(made(&Object::parse(&text).unwrap()), [], "{result}");
        }
    }

    #[test]
    fn a_service_speaks_of_a_task() {
        for (method, params, tasks) in [
            ("notifications/tasks/status", r#"{"taskId":"t"}"#, Ok(vec!["t"])),
            ("notifications/tasks", r#"{"taskId":"t","status":"working"}"#, Ok(vec!["t"])),
            ("notifications/tasks", r#"{"taskId":["t"]}"#, Err(Unnamed)),
            ("notifications/tasksx", r#"{"taskId":"t"}"#, Ok(vec![])),
            (
                "elicitation/create",
                r#"{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t"}}}"#,
                Ok(vec!["t"]),
            ),
            ("tasks/get", r#"{"taskId":"the client's"}"#, Ok(vec![])),
            ("notifications/message", r#"{"data":{"taskId":"t"}}"#, Ok(vec![])),
        ] {
            let text = format!(r#"{{"method":"{method}","params":{params}}}"#);
            let tasks = tasks.map(|tasks| tasks.into_iter().map(str::to_owned).collect());
            assert_eq!(told(&Object::parse(&text).unwrap()), tasks, "{text}");
        }
    }

    #[test]
    fn a_list_keeps_some_tasks_as_they_were() {
        let text = r#"{"id":1,"result":{"tasks":[{"taskId":"a","n":1.0},{"taskId":"b"},{"taskId":7},8],"nextCursor":"c"}}"#;
        let mut message = Object::parse(text).unwrap();
        for method in [Some("tasks/list"), None] {
            assert_eq!(listed(method, &message).unwrap(), ["a", "b"]);
        }
        assert_eq!(listed(Some("tools/call"), &message), None);
        listing(&mut message, |id| id == "a");
        assert_eq!(
            message.to_string(),
            r#"{"id":1,"result":{"tasks":[{"taskId":"a","n":1.0}],"nextCursor":"c"}}"#
        );
        let mut odd = Object::parse(r#"{"result":{"tasks":{"a":{"taskId":"a"}}}}"#).unwrap();
        assert_eq!(listed(Some("tasks/list"), &odd).unwrap(), [""; 0]);
        listing(&mut odd, |_| true);
        assert_eq!(odd.to_string(), r#"{"result":{"tasks":[]}}"#);
        assert_eq!(listed(None, &Object::parse(r#"{"result":{"tasks":["buy milk"]}}"#).unwrap()), None);
    }
}

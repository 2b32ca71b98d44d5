//! Every client revision with every service revision and every kind of message: what docs/mcp-compatibility.md says is
//! what happens.

use std::cell::RefCell;
use std::fmt::Write as _;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::eras::{SERVICES, client, last};
use crate::client::{Agent, MODERN};
use crate::stage::{ERA_MAIL, ERAS, Speech};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: the_page_of_compatibility_is_true;
};

const CLIENTS: [&str; 5] = [MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const PAGE: &str = "docs/mcp-compatibility.md";
const BEGIN: &str = "<!-- The tables are written by the scenario `the page of compatibility is true`. -->\n";

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// It works.
    Yes,
    /// The client cannot do what is asked, and reads that in a tool result.
    Told,
    /// The client cannot do what is asked, and the service hears that.
    ServiceTold,
    /// The client's revision does not have it; it gets that revision's own refusal.
    NotTheClients,
    /// The service's revision does not have it.
    NotTheServices,
}

impl Cell {
    fn text(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Told => "told",
            Self::ServiceTold => "service told",
            Self::NotTheClients => "–¹",
            Self::NotTheServices => "–²",
        }
    }
}

type Try = fn(&mut World, &Agent) -> Cell;

const KINDS: [(&str, Try); 15] = [
    ("introduction (`initialize`, `server/discover`)", introduction),
    ("tools: list, call", tools),
    ("prompts: list, get", prompts),
    ("resources: list, templates, read", resources),
    ("completion", completion),
    ("progress", progress),
    ("log messages", logging),
    ("`ping`", ping),
    ("elicitation (form)", |world, agent| asked(world, agent, "ask", "elicitation/create")),
    ("sampling", |world, agent| asked(world, agent, "ask_model", "sampling/createMessage")),
    ("roots", |world, agent| asked(world, agent, "ask_roots", "roots/list")),
    ("news: list changes, subscribed resources", news),
    ("cancellation", cancellation),
    ("errors: unknown method", unknown_method),
    ("batches", batch),
];

fn the_page_of_compatibility_is_true(world: &mut World) {
    let mut tables = String::new();
    for (service, (_, speech)) in SERVICES.into_iter().zip(ERAS) {
        let revision = match speech {
            Speech::Modern => "2026-07-28",
            Speech::Streamable(revision) => revision,
            Speech::Sse => "2024-11-05, by HTTP+SSE",
        };
        write!(
            tables,
            "\n### A service of {revision}\n\n| client | {} |\n|---|{}\n",
            CLIENTS.join(" | "),
            "---|".repeat(CLIENTS.len())
        )
        .unwrap();
        let agents = CLIENTS.map(|revision| client(world, service, revision));
        for (kind, attempt) in KINDS {
            let cells: Vec<&str> = agents
                .iter()
                .map(|agent| {
                    let cell = attempt(world, agent);
                    let expected = expected(kind, speech, agent.revision);
                    assert_eq!(cell, expected, "{kind}: client {}, service {revision}", agent.revision);
                    cell.text()
                })
                .collect();
            writeln!(tables, "| {kind} | {} |", cells.join(" | ")).unwrap();
        }
    }
    all_services_are_told(world);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap();
    let (head, written) = page.split_once(BEGIN).expect("the page has its mark");
    if written != tables {
        std::fs::write(&path, format!("{head}{BEGIN}{tables}")).unwrap();
        panic!("{PAGE} said something else; it is written anew: look at it and keep it");
    }
}

/// What must come of it: everything works but what a revision does not have.
fn expected(kind: &str, service: Speech, client: &str) -> Cell {
    let elicits = |revision: &str| revision >= "2025-06-18";
    let service_revision = match service {
        Speech::Modern => MODERN,
        Speech::Streamable(revision) => revision,
        Speech::Sse => "2024-11-05",
    };
    match kind {
        "`ping`" if client == MODERN => Cell::NotTheClients,
        "batches" if client != "2025-03-26" => Cell::NotTheClients,
        "elicitation (form)" if !elicits(service_revision) => Cell::NotTheServices,
        "elicitation (form)" if !elicits(client) && service == Speech::Modern => Cell::Told,
        "elicitation (form)" if !elicits(client) => Cell::ServiceTold,
        _ => Cell::Yes,
    }
}

/// The result, or the error, of a request; without personal data.
fn sent(world: &mut World, agent: &Agent, method: &str, params: Value) -> Value {
    let answer = agent.send(world, method, params);
    let message = last(&answer);
    assert!(!message.to_string().contains(ERA_MAIL), "{method}: {message}");
    message
}

fn yes(holds: bool, what: &Value) -> Cell {
    assert!(holds, "{what}");
    Cell::Yes
}

fn introduction(world: &mut World, agent: &Agent) -> Cell {
    if agent.revision == MODERN {
        let message = sent(world, agent, "server/discover", json!({}));
        return yes(message["result"]["capabilities"]["tools"].is_object(), &message);
    }
    let mut again = agent.clone();
    again.session = None;
    again.initialize(world);
    yes(again.session != agent.session, &Value::Null)
}

fn tools(world: &mut World, agent: &Agent) -> Cell {
    let message = sent(world, agent, "tools/list", json!({}));
    yes(message["result"]["tools"].is_array(), &message);
    let message = sent(world, agent, "tools/call", json!({ "name": "read", "arguments": { "n": 1 } }));
    yes(message["result"]["content"][0]["text"].as_str().unwrap().contains("@email.invalid"), &message)
}

fn prompts(world: &mut World, agent: &Agent) -> Cell {
    let message = sent(world, agent, "prompts/list", json!({}));
    yes(message["result"]["prompts"].is_array(), &message);
    let message = sent(world, agent, "prompts/get", json!({ "name": "p" }));
    yes(message["result"]["messages"].is_array(), &message)
}

fn resources(world: &mut World, agent: &Agent) -> Cell {
    for (method, params, member) in [
        ("resources/list", json!({}), "resources"),
        ("resources/templates/list", json!({}), "resourceTemplates"),
        ("resources/read", json!({ "uri": "x://1" }), "contents"),
    ] {
        let message = sent(world, agent, method, params);
        yes(message["result"][member].is_array(), &message);
    }
    Cell::Yes
}

fn completion(world: &mut World, agent: &Agent) -> Cell {
    let params =
        json!({ "ref": { "type": "ref/prompt", "name": "p" }, "argument": { "name": "a", "value": "o" } });
    let message = sent(world, agent, "completion/complete", params);
    yes(message["result"]["completion"]["values"].is_array(), &message)
}

fn told(world: &mut World, agent: &Agent) -> Vec<Value> {
    let mut params = json!({ "name": "tell", "arguments": {}, "_meta": { "progressToken": "t" } });
    if agent.revision == MODERN {
        params["_meta"]["io.modelcontextprotocol/logLevel"] = json!("info");
    } else {
        let set = sent(world, agent, "logging/setLevel", json!({ "level": "info" }));
        assert_eq!(set["result"], json!({}), "{set}");
    }
    agent.send(world, "tools/call", params).events()
}

fn has(events: &[Value], method: &str) -> Cell {
    yes(events.iter().any(|event| event["method"] == method), &json!(events))
}

fn progress(world: &mut World, agent: &Agent) -> Cell {
    has(&told(world, agent), "notifications/progress")
}

fn logging(world: &mut World, agent: &Agent) -> Cell {
    has(&told(world, agent), "notifications/message")
}

fn ping(world: &mut World, agent: &Agent) -> Cell {
    let message = sent(world, agent, "ping", json!({}));
    match message["error"]["code"].as_i64() {
        Some(-32601) => Cell::NotTheClients,
        _ => yes(message["result"] == json!({}) || message["result"]["resultType"] == "complete", &message),
    }
}

/// Calls a tool that asks the client something, and answers.
fn asked(world: &mut World, agent: &Agent, tool: &str, method: &str) -> Cell {
    if method == "elicitation/create" && ["elder", "oldest"].contains(&&*agent.service) {
        return Cell::NotTheServices;
    }
    let response = match method {
        "elicitation/create" => json!({ "action": "accept", "content": { "name": "blue" } }),
        "roots/list" => json!({ "roots": [{ "uri": "file:///blue" }] }),
        _ => json!({ "role": "assistant", "content": { "type": "text", "text": "blue" }, "model": "m" }),
    };
    let params = json!({ "name": tool, "arguments": {} });
    let message = if agent.revision == MODERN {
        let first = sent(world, agent, "tools/call", params.clone());
        assert_eq!(first["result"]["resultType"], "input_required", "{first}");
        let (key, question) = first["result"]["inputRequests"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(question["method"], method);
        is_without_context(question);
        let mut retry = params;
        retry["inputResponses"] = json!({ key: response });
        retry["requestState"] = first["result"]["requestState"].clone();
        sent(world, agent, "tools/call", retry)
    } else {
        let mut open = agent.open(world, "tools/call", params);
        if open.head.headers()["content-type"] == "application/json" {
            let message = open.whole().json();
            if message.to_string().contains("nobody said who") {
                return Cell::ServiceTold;
            }
            assert_eq!(message["result"]["isError"], true, "{message}");
            assert!(message.to_string().contains("your client"), "{message}");
            return Cell::Told;
        }
        let mut rest = String::new();
        let question = open.event(&mut rest).expect("a question");
        assert_eq!(question["method"], method, "{question}");
        assert!(!question.to_string().contains(ERA_MAIL), "{question}");
        is_without_context(&question);
        let posted = json!({ "jsonrpc": "2.0", "id": question["id"], "result": response });
        let posted = agent.posting(world, posted.to_string());
        assert_eq!(world.send(posted).status(), 202);
        open.event(&mut rest).expect("an answer")
    };
    yes(message.to_string().contains("blue") && !message.to_string().contains(ERA_MAIL), &message)
}

/// What the client's model knows of other services is no business of the service that asks it.
fn is_without_context(question: &Value) {
    let context = &question["params"]["includeContext"];
    assert!(context.is_null() || context == "none", "{question}");
}

fn news(world: &mut World, agent: &Agent) -> Cell {
    let mut open = if agent.revision == MODERN {
        let filter = json!({ "toolsListChanged": true, "resourceSubscriptions": ["x://1"] });
        agent.open(world, "subscriptions/listen", json!({ "notifications": filter }))
    } else {
        let set = sent(world, agent, "resources/subscribe", json!({ "uri": "x://1" }));
        assert_eq!(set["result"], json!({}), "{set}");
        let mut request = agent.request(world, "ping", json!({}));
        *request.method_mut() = Method::GET;
        *request.body_mut() = Bytes::new();
        world.open(request)
    };
    let mut rest = String::new();
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let Some(event) = open.event(&mut rest) else { break };
        let ends = event["method"] == "notifications/resources/updated";
        heard.push(event);
        if ends {
            break;
        }
    }
    has(&heard, "notifications/tools/list_changed");
    has(&heard, "notifications/resources/updated")
}

fn cancellation(world: &mut World, agent: &Agent) -> Cell {
    let params = json!({ "name": "wait", "arguments": {}, "_meta": { "progressToken": 1 } });
    let mut open = agent.open(world, "tools/call", params);
    assert_eq!(open.event(&mut String::new()).expect("progress")["method"], "notifications/progress");
    if agent.revision != MODERN {
        let cancel = agent.send(world, "notifications/cancelled", json!({ "requestId": 7 }));
        assert_eq!(cancel.status(), 202, "{}", cancel.text());
    }
    // Within a session a service is told; without one its stream is closed, which is all that there is to hear.
    if agent.service != "new" {
        let at = SERVICES.iter().position(|service| *service == agent.service).unwrap();
        let call = world.stage.eras[at].heard("tools/call").pop().unwrap().message();
        LEFT.with_borrow_mut(|left| left.push((at, call["id"].clone(), agent.revision)));
    }
    drop(open);
    Cell::Yes
}

thread_local! {
    /// The calls that were cancelled: the service, the id there, the client's revision.
    static LEFT: RefCell<Vec<(usize, Value, &'static str)>> = const { RefCell::new(Vec::new()) };
}

/// Hosts notice at different times that a client has left.
fn all_services_are_told(world: &mut World) {
    for (at, id, revision) in LEFT.take() {
        let told = |world: &World| {
            let told = world.stage.eras[at].heard("notifications/cancelled");
            told.iter().any(|told| told.message()["params"]["requestId"] == id)
        };
        assert!(world.waits_until(told), "{} hears nothing from a client of {revision}", SERVICES[at]);
    }
}

fn unknown_method(world: &mut World, agent: &Agent) -> Cell {
    let message = sent(world, agent, "tools/nonsense", json!({}));
    yes(message["error"]["code"] == -32601, &message)
}

fn batch(world: &mut World, agent: &Agent) -> Cell {
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "tools/list" },
        { "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": { "name": "read", "arguments": {} } },
    ]);
    let request = agent.posting(world, batch.to_string());
    let answer = world.send(request);
    if answer.status() == 400 {
        return Cell::NotTheClients;
    }
    let events = answer.events();
    assert!(!answer.text().contains(ERA_MAIL));
    yes(events.len() == 2 && events.iter().all(|event| event["result"].is_object()), &json!(events))
}

//! The service fails in every way: the client is told whose fault it is, and nothing is lost.

use mcpgate::host::memory::{Chunk, Reply};
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::{Person, Service, cut};
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_service_that_is_down, a_service_that_hangs_before_its_answer, a_service_that_hangs_within_its_answer,
        a_service_that_breaks_off, a_service_that_fails, a_service_that_refuses_the_gateways_credentials,
        a_service_that_redirects, a_service_that_answers_rubbish, a_service_that_answers_without_end,
        a_stream_that_ends_without_an_answer, a_stream_that_breaks_off, a_stream_that_hangs, a_stream_of_rubbish,
        a_stream_with_an_event_without_end, an_answer_to_another_request, a_stream_that_goes_on_after_its_answer, a_refusal_of_the_service_keeps_its_status,
        a_client_that_goes_away_is_recorded, a_service_is_back_after_its_failure;
    Fresh: a_list_that_is_late_did_nothing;
};

const EVENT: &str = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n";

fn call() -> Value {
    json!({ "name": "get_issue", "arguments": {} })
}

/// The call fails as the service's fault: the model reads these words, the record says this reason, exactly once.
#[track_caller]
fn fails(world: &mut World, misbehave: impl FnOnce(&Service), reason: &str, words: &[&str]) -> String {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    misbehave(&world.stage.desk);
    let answer = agent.send(world, "tools/call", call());
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let message = match answer.header("content-type") {
        "text/event-stream" => answer.events().pop().expect("a stream ends with a message"),
        _ => answer.json(),
    };
    assert_eq!((&message["id"], &message["result"]["isError"]), (&json!(7), &json!(true)), "{message}");
    let told = crate::client::text(&message["result"]);
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
    let fault = if reason == "service_credentials" { "gateway" } else { "service" };
    world.expect_recorded("tool_called", fault, Some(reason));
    assert_eq!(world.stage.desk.calls().len(), 1, "it was asked once");
    told
}

fn a_service_that_is_down(world: &mut World) {
    fails(
        world,
        |desk| desk.replies(|_| Reply::Refusal),
        "service_unreachable",
        &["The desk", "cannot be reached", "check before trying again"],
    );
}

fn a_service_that_hangs_before_its_answer(world: &mut World) {
    let words = ["The desk", "did not answer within 2s", "check before trying again"];
    fails(world, |desk| desk.replies(|_| Reply::Silence), "service_timeout", &words);
}

fn a_service_that_hangs_within_its_answer(world: &mut World) {
    let hang = |desk: &Service| {
        desk.replies(|_| {
            let chunks = vec![Chunk::Bytes(r#"{"jsonrpc":"2.0","id":7,"#.into()), Chunk::Hang];
            Reply::chunks(200, "application/json", chunks)
        });
    };
    fails(world, hang, "service_timeout", &["The desk", "did not answer within"]);
}

fn a_service_that_breaks_off(world: &mut World) {
    let break_off = |desk: &Service| {
        desk.replies(|_| {
            let chunks = vec![Chunk::Bytes(r#"{"jsonrpc":"2.0","id":7,"#.into()), Chunk::Break];
            Reply::chunks(200, "application/json", chunks)
        });
    };
    fails(world, break_off, "service_unreachable", &["The desk", "broke off", "check before trying again"]);
}

fn a_service_that_fails(world: &mut World) {
    let fail =
        |desk: &Service| desk.replies(|_| Reply::new(500, "text/html", "<h1>mia.muster@kunde.example</h1>"));
    let told = fails(world, fail, "service_error", &["The desk", "HTTP 500", "Try again"]);
    assert!(!told.contains("mia.muster"), "{told}");
}

fn a_service_that_refuses_the_gateways_credentials(world: &mut World) {
    let refuse = |desk: &Service| {
        desk.replies(|_| {
            Reply::new(401, "text/plain", "who?").header("www-authenticate", "Bearer realm=\"desk\"")
        });
    };
    // Never a 401: the client would take it for its own token and sign in again.
    fails(world, refuse, "service_credentials", &["The desk", "gateway's credentials", "operator"]);
}

fn a_service_that_redirects(world: &mut World) {
    let origin = world.stage.mail.origin();
    let redirect = move |desk: &Service| {
        desk.replies(move |_| Reply::new(302, "text/plain", "").header("location", &format!("{origin}/mcp")));
    };
    fails(world, redirect, "service_rubbish", &["The desk", "HTTP 302"]);
    assert!(world.stage.mail.seen().is_empty(), "a redirect is not followed");
}

fn a_service_that_answers_rubbish(world: &mut World) {
    for (content_type, body) in [
        ("application/json", "<html>mia.muster@kunde.example</html>"),
        ("application/json", ""),
        ("application/json", r#"[{"jsonrpc":"2.0"}]"#),
        ("application/json", r#"{"jsonrpc":"2.0","id":7,"result":{},"result":{"x":1}}"#),
        ("image/png", "not a picture of mia.muster@kunde.example"),
        ("", "\u{feff}plain"),
    ] {
        let rubbish = move |desk: &Service| desk.replies(move |_| Reply::new(200, content_type, body));
        let agent = Agent::of(world, &Person::internal(), "desk");
        rubbish(&world.stage.desk);
        let told = agent.refused(world, "get_issue", json!({}));
        assert!(
            told.contains("The desk did not answer as an MCP server") && !told.contains("mia.muster"),
            "{told}"
        );
    }
    assert_eq!(world.recorded("tool_called", "service", Some("service_rubbish")), 6);
}

fn a_service_that_answers_without_end(world: &mut World) {
    let endless = |desk: &Service| {
        desk.replies(|_| {
            let chunk = bytes::Bytes::from(vec![b' '; 1024 * 1024]);
            let mut response =
                http::Response::new(Box::new((0..9).map(move |_| Chunk::Bytes(chunk.clone())))
                    as Box<dyn Iterator<Item = Chunk> + Send>);
            response.headers_mut().insert("content-type", "application/json".parse().unwrap());
            Reply::Response(response)
        });
    };
    fails(world, endless, "result_too_large", &["The desk", "more than", "ask for less"]);
}

fn a_stream_that_ends_without_an_answer(world: &mut World) {
    let end = |desk: &Service| desk.replies(|_| cut(200, "text/event-stream", EVENT, 5));
    fails(world, end, "service_rubbish", &["The desk", "ended without an answer"]);
}

fn a_stream_that_breaks_off(world: &mut World) {
    let break_off = |desk: &Service| {
        desk.replies(|_| {
            Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(EVENT.into()), Chunk::Break])
        });
    };
    fails(world, break_off, "service_unreachable", &["The desk"]);
}

fn a_stream_that_hangs(world: &mut World) {
    let hang = |desk: &Service| {
        desk.replies(|_| {
            Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(EVENT.into()), Chunk::Hang])
        });
    };
    fails(world, hang, "service_timeout", &["The desk", "did not answer within"]);
}

fn a_stream_of_rubbish(world: &mut World) {
    let rubbish =
        |desk: &Service| desk.replies(|_| cut(200, "text/event-stream", "data: not JSON-RPC\n\n", 3));
    fails(world, rubbish, "service_rubbish", &["The desk"]);
}

fn a_stream_with_an_event_without_end(world: &mut World) {
    let endless = |desk: &Service| {
        desk.replies(|_| {
            let chunk = bytes::Bytes::from([b"data: ".as_slice(), &vec![b'x'; 1024 * 1024], b"\n"].concat());
            Reply::chunks(200, "text/event-stream", vec![Chunk::Bytes(chunk); 9])
        });
    };
    fails(world, endless, "service_rubbish", &["The desk", "too large"]);
}

/// An answer under an id that was not asked would pass what is done only to the answer: the filter of lists, the cap.
fn an_answer_to_another_request(world: &mut World) {
    for id in ["8", "\"7\"", "7.5", "\"\""] {
        for content_type in ["application/json", "text/event-stream"] {
            let agent = Agent::of(world, &Person::internal(), "desk");
            agent.tools(world);
            let answer =
                format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[],"secret":"other"}}}}"#);
            world.stage.desk.replies(move |_| match content_type {
                "text/event-stream" => Reply::new(200, content_type, format!("data: {answer}\n\n")),
                _ => Reply::new(200, content_type, answer.clone()),
            });
            let answer = agent.send(world, "tools/call", call());
            assert!(!answer.text().contains("other\""), "{id} {content_type}: {}", answer.text());
            assert!(answer.text().contains("did not answer as an MCP server"), "{}", answer.text());
        }
    }
    assert_eq!(world.recorded("tool_called", "service", Some("service_rubbish")), 8);
}

fn a_stream_that_goes_on_after_its_answer(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    agent.tools(world);
    world.stage.desk.replies(|_| {
        let answer = |id: &str, text: &str| {
            format!("data: {{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"content\":[],\"is\":\"{text}\"}}}}\n\n")
        };
        let stream = [answer("7.0", "first"), answer("7", "second"), answer("null", "third"), EVENT.to_owned()];
        Reply::new(200, "text/event-stream", stream.concat())
    });
    let events = agent.send(world, "tools/call", call()).events();
    assert_eq!(events.len(), 1, "the answer is the last: {events:?}");
    assert_eq!(events[0]["result"]["is"], "first");
    assert_eq!(world.recorded("tool_called", "ok", None), 1);
}

fn a_refusal_of_the_service_keeps_its_status(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk").speaking("2025-11-25");
    world.stage.desk.replies(|seen| {
        let error = json!({ "code": -32001, "message": "no session for mia.muster@kunde.example" });
        Reply::new(
            404,
            "application/json",
            format!(r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, seen.id()),
        )
    });
    let answer = agent.send(world, "tools/call", call());
    assert_eq!(
        (answer.status(), &answer.json()["error"]["code"]),
        (404, &json!(-32001)),
        "the client begins a new session"
    );
    assert!(!answer.text().contains("mia.muster"), "{}", answer.text());
    world.expect_recorded("tool_called", "service", Some("service_error"));
}

fn a_client_that_goes_away_is_recorded(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (sender, reply) = crate::stage::slow(200, "text/event-stream");
    world.stage.desk.replies(move |_| reply());
    sender.send(Chunk::Bytes(EVENT.into())).unwrap();
    let mut open = agent.open(world, "tools/call", call());
    assert!(open.event(&mut String::new()).is_some());
    drop(open);
    // The service goes on talking; a host may notice only by that.
    let talking = || sender.send(Chunk::Bytes(EVENT.into())).is_ok();
    let recorded = (0..40).any(|_| {
        talking();
        world.settle();
        let recorded = world.recorded("tool_called", "caller", Some("cancelled")) == 1;
        if !recorded {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        recorded
    });
    assert!(recorded, "{:?}", world.audit());
}

fn a_service_is_back_after_its_failure(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.answers(|_| Some(Reply::Refusal));
    let told = agent.refused(world, "get_issue", json!({}));
    assert!(told.contains("cannot be reached"), "{told}");
    world.stage.desk.reset();
    agent.read(world, "get_issue", json!({}));
}

fn a_list_that_is_late_did_nothing(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    world.stage.desk.answers(|seen| (seen.message()["method"] == "tools/list").then_some(Reply::Silence));
    for method in ["tools/list", "add_comment"] {
        let told = match method {
            "tools/list" => {
                agent.send(world, method, json!({})).json()["error"]["message"].as_str().unwrap().to_owned()
            }
            _ => agent.refused(world, method, json!({})),
        };
        assert!(told.contains("did not answer within 2s. Try again later."), "{method}: {told}");
    }
}

//! AI clients that are web pages: the configured ones may call, and read what is answered.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::client::Agent;
use crate::setting::PAGE;
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_page_asks_before_it_calls, a_page_calls_and_reads_the_answer,
        a_page_reads_why_it_was_refused;
};

fn preflight(world: &mut World, origin: &str, headers: &str) -> Answer {
    let request = Request::options(world.url("/mcp/desk"))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", headers)
        .body(Bytes::new())
        .unwrap();
    world.send(request)
}

#[track_caller]
fn readable(answer: &Answer, origin: &str) {
    assert_eq!(answer.header("access-control-allow-origin"), origin);
    assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookie is of use here");
    assert!(answer.header("vary").to_lowercase().contains("origin"));
    let exposed = answer.header("access-control-expose-headers").to_lowercase();
    for name in ["www-authenticate", "mcp-session-id"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

fn a_page_asks_before_it_calls(world: &mut World) {
    let wanted =
        "accept, authorization, content-type, mcp-method, mcp-name, mcp-param-region, mcp-protocol-version";
    for origin in [PAGE, "http://localhost:6274"] {
        let answer = preflight(world, origin, wanted);
        assert_eq!((answer.status(), answer.text()), (204, ""));
        readable(&answer, origin);
        assert_eq!(answer.header("access-control-allow-headers"), wanted);
        assert!(answer.header("access-control-allow-methods").contains("POST"));
    }
    let answer = preflight(world, PAGE, "Content-Type,X-Forwarded-For,Cookie");
    assert_eq!(answer.header("access-control-allow-headers"), "content-type", "the browser stops the page");
    assert!(world.stage.desk.seen().is_empty());
    assert!(!world.audit().iter().any(|event| event["action"] == "request_refused"), "asking is no call");
}

fn a_page_calls_and_reads_the_answer(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut request = agent.request(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    request.headers_mut().insert("origin", PAGE.parse().unwrap());
    let answer = world.send(request);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    readable(&answer, PAGE);
    assert_eq!(world.stage.desk.calls().pop().unwrap().header("origin"), "", "the service is not told");
    let answer = agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    assert_eq!(answer.header("access-control-allow-origin"), "", "who is no page needs no leave");
}

fn a_page_reads_why_it_was_refused(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let mut signed_out = agent.request(world, "tools/list", json!({}));
    signed_out.headers_mut().remove("authorization");
    let mut nowhere = agent.request(world, "tools/list", json!({}));
    *nowhere.uri_mut() = world.url("/mcp/nothing").parse().unwrap();
    let mut disagrees = agent.request(world, "tools/list", json!({}));
    disagrees.headers_mut().insert("mcp-method", "tools/call".parse().unwrap());
    let mut put = agent.request(world, "tools/list", json!({}));
    *put.method_mut() = http::Method::PUT;
    for (mut request, status) in [(signed_out, 401), (nowhere, 404), (disagrees, 400), (put, 405)] {
        request.headers_mut().insert("origin", PAGE.parse().unwrap());
        let answer = world.send(request);
        assert_eq!(answer.status(), status, "{}", answer.text());
        readable(&answer, PAGE);
        assert_eq!(answer.header("www-authenticate").is_empty(), status != 401);
    }
    let mut elsewhere = Request::get(world.url("/")).body(Bytes::new()).unwrap();
    elsewhere.headers_mut().insert("origin", PAGE.parse().unwrap());
    let answer = world.send(elsewhere);
    assert_eq!(answer.header("access-control-allow-origin"), "", "a person's pages are nobody's to read");
}

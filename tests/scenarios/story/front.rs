//! What every request meets first: configuration, TLS, host name.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::client::{Agent, Browser};
use crate::setting::LOOPBACK;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: health_says_that_all_is_well_and_nothing_else, plain_http_is_refused_where_tls_is_configured,
        the_public_documents_are_public;
    Unconfigured: a_gateway_without_a_configuration_serves_health_and_one_line;
    Broken: a_gateway_with_a_broken_configuration_serves_health_and_one_line;
    Keyless: a_gateway_without_a_key_names_it;
    Loopback: a_gateway_on_this_machine_needs_no_tls;
};

const PATHS: [&str; 7] = [
    "/",
    "/login",
    "/authorize?x=y",
    "/mcp/desk",
    "/.well-known/oauth-authorization-server",
    "/jwks.json",
    "/nothing",
];

fn health_says_that_all_is_well_and_nothing_else(world: &mut World) {
    let health = world.get("/health");
    assert_eq!(
        (health.status(), health.json()),
        (200, json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
    );
}

fn plain_http_is_refused_where_tls_is_configured(world: &mut World) {
    for path in PATHS {
        let answer =
            world.send(Request::get(format!("http://gate.example.com{path}")).body(Bytes::new()).unwrap());
        assert_eq!(answer.status(), 403, "{path}");
        assert!(answer.text().contains("use https://gate.example.com"), "{}", answer.text());
        assert_eq!(answer.text().lines().count(), 1);
    }
    let recorded = world.recorded("request_refused", "refused", Some("transport_insecure"));
    assert_eq!(recorded, 1, "the call is on record");
}

fn the_public_documents_are_public(world: &mut World) {
    for path in [
        "/.well-known/oauth-protected-resource/mcp/desk",
        "/.well-known/oauth-authorization-server",
        "/jwks.json",
    ] {
        let answer = world.get(path);
        assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (200, "*"), "{path}");
    }
    let keys = world.get("/jwks.json").json();
    assert!(keys["keys"][0]["d"].is_null() && keys["keys"][0]["x"].is_string(), "{keys}");
    assert_eq!(world.get("/.well-known/oauth-protected-resource/mcp/nothing").status(), 404);
}

/// All but `/health` is one line that says what is missing and what to do, and holds nothing of a configuration.
#[track_caller]
fn one_line(world: &mut World, words: &[&str]) {
    assert_eq!(world.get("/health").status(), 200);
    for path in PATHS {
        let answer = world.get(path);
        assert_eq!(answer.status(), 503, "{path}");
        assert_eq!(answer.text().lines().count(), 1, "{}", answer.text());
        for word in words {
            assert!(answer.text().contains(word), "{word}: {}", answer.text());
        }
    }
    let post = Request::post(world.url("/token")).body(Bytes::from_static(b"x=y")).unwrap();
    assert_eq!(world.send(post).status(), 503);
    world.expect_logged("not_configured");
    assert!(world.stage.idp.seen().is_empty() && world.stage.desk.seen().is_empty());
}

fn a_gateway_without_a_configuration_serves_health_and_one_line(world: &mut World) {
    one_line(world, &["no configuration is stored", "mcpgate config sql"]);
}

fn a_gateway_with_a_broken_configuration_serves_health_and_one_line(world: &mut World) {
    one_line(world, &["not valid", "mcpgate config check"]);
}

fn a_gateway_without_a_key_names_it(world: &mut World) {
    one_line(world, &["MCPGATE_SEALING_KEYS", "mcpgate keygen"]);
}

fn a_gateway_on_this_machine_needs_no_tls(world: &mut World) {
    let person = Person::internal();
    let mut browser = Browser::of(&person);
    let agent = Agent::at(world, &mut browser, "desk");
    assert!(browser.cookies.keys().all(|name| !name.starts_with("__Host-")), "{:?}", browser.cookies.keys());
    agent.read(world, "get_issue", json!({}));
    let home = world.send(Request::get(format!("{LOOPBACK}/")).body(Bytes::new()).unwrap());
    assert_eq!((home.status(), home.header("strict-transport-security")), (200, ""));
    let rebound = world.send(Request::get("http://evil.example.org/").body(Bytes::new()).unwrap());
    assert_eq!(rebound.status(), 421, "a page that rebinds DNS gets nothing");
}

//! The attacker has an AI client, or runs a service, and wants the gateway's own token at another service: in an answer,
//! in an error, by a redirect. MCP "Token Passthrough": it goes to its service and nowhere else.

use mcpgate::host::memory::Reply;
use serde_json::json;

use crate::client::Agent;
use crate::stage::{BANK_SECRET, Person};
use crate::story::tokens::{bearer, customer};
use crate::world::World;

pub(super) fn somebody_wants_the_gateways_own_token(world: &mut World) {
    let (mut browser, agent) = customer(world, "ledger");
    agent.read(world, "get_issue", json!({}));
    let token = bearer(world);
    let mut heard = Vec::new();
    for path in ["/", "/connections", "/oauth/client/books.json", "/jwks.json"] {
        heard.push(browser.get(world, path).text().to_owned());
    }
    for method in ["tools/list", "server/discover", "prompts/list", "resources/list"] {
        heard.push(agent.send(world, method, json!({})).text().to_owned());
    }
    // A service that sends the gateway on gets it nowhere.
    let elsewhere = format!("{}/mcp", world.stage.mail.origin());
    world
        .stage
        .bank
        .answers("/ledger/mcp", move || Reply::new(307, "text/plain", "").header("location", &elsewhere));
    heard.push(agent.refused(world, "get_issue", json!({})));
    world
        .stage
        .bank
        .answers("/token", || Reply::new(400, "application/json", r#"{"error":"invalid_scope"}"#));
    world.stage.bank.forgets_access();
    heard.push(agent.refused(world, "get_issue", json!({})));
    world.stage.bank.behaves();
    Agent::of(world, &Person::internal(), "mail").read(world, "get_issue", json!({}));
    let (_, other) = customer(world, "teller");
    other.read(world, "get_issue", json!({}));
    assert_ne!(bearer(world), token, "another service, another token");
    let seen = world.stage.mail.seen();
    heard.extend(seen.iter().map(|seen| format!("{:?} {}", seen.headers, seen.body)));
    for heard in heard {
        assert!(!heard.contains(&token) && !heard.contains(BANK_SECRET), "{heard}");
    }
}

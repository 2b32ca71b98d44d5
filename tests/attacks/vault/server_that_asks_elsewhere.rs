//! The attacker runs a service, or answers for its metadata, and wants what the gateway gets a token with: its secret, what
//! it signs, a person's own token of the identity provider. RFC 9700 §4.4, §4.9.1: these go to the issuer that the
//! operator wrote down, and nowhere else.

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::json;

use crate::stage::BANK_SERVICES;
use crate::story::tokens::customer;
use crate::world::World;

pub(super) fn a_service_wants_tokens_to_be_got_elsewhere(world: &mut World) {
    let origin = world.stage.bank.origin();
    let books = world.stage.books.origin();
    for service in BANK_SERVICES {
        let resource = format!("{origin}/{service}/mcp");
        for (path, document) in [
            // Another server than the one that is configured.
            (
                "/.well-known/oauth-protected-resource",
                json!({ "resource": resource, "authorization_servers": [books] }),
            ),
            (
                "/.well-known/oauth-protected-resource",
                json!({ "resource": resource, "authorization_servers": ["https://evil.example.org"] }),
            ),
            // A token for something else.
            (
                "/.well-known/oauth-protected-resource",
                json!({ "resource": format!("{books}/mcp"), "authorization_servers": [origin] }),
            ),
            // A server that says that it is another, or that it listens inside.
            (
                "/.well-known/oauth-authorization-server",
                json!({ "issuer": books, "token_endpoint": format!("{books}/token") }),
            ),
            (
                "/.well-known/oauth-authorization-server",
                json!({ "issuer": origin, "token_endpoint": "https://10.0.0.1/token" }),
            ),
        ] {
            // What others found out about the service is not remembered any more.
            world.pass_time(Duration::from_secs(601));
            let (_, agent) = customer(world, service);
            let before = (world.stage.bank.forms().len(), world.stage.books.tokens().len());
            world.stage.bank.answers(path, move || Reply::new(200, "application/json", document.to_string()));
            // What an earlier call got is used up first.
            world.pass_time(Duration::from_secs(301));
            world.stage.bank.forgets_access();
            let told = agent.refused(world, "get_issue", json!({}));
            assert!(told.contains("operator"), "{service} {path}: {told}");
            world.stage.bank.behaves();
            let after = (world.stage.bank.forms().len(), world.stage.books.tokens().len());
            assert_eq!(after, before, "{service} {path}: nothing was sent");
        }
    }
    assert!(world.stage.elsewhere.seen().is_empty());
}

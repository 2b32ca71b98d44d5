//! The attacker has no account, and wants the gateway to fetch what they name: by asking, redeeming or revoking.
//! Nothing that a stranger names is fetched before they have signed in.

use mcpgate::host::memory::Reply;
use serde_json::json;

use super::{DOCUMENT, document};
use crate::client::{Ask, Browser, revoke};
use crate::stage::{Person, client_assertion};
use crate::world::World;

pub(super) fn a_stranger_wants_the_gateway_to_fetch_for_them(world: &mut World) {
    world.stage.elsewhere.answers(|| Reply::new(200, "application/json", document(&[]).to_string()));
    let ask = Ask { client_id: DOCUMENT.to_owned(), ..Ask::new(world, "desk") };
    let page = Browser::of(&Person::internal()).get(world, &ask.path());
    assert!(page.header("location").starts_with("/login?"), "{} {}", page.status(), page.text());
    assert_eq!(ask.redeem(world, "x", &[]).status(), 400);
    assert_eq!(ask.refresh(world, "x").status(), 400);
    assert_eq!(revoke(world, &[("token", "x"), ("client_id", DOCUMENT)]).status(), 200);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let said = json!({ "iss": DOCUMENT, "sub": DOCUMENT, "aud": world.origin(), "jti": "x", "exp": world.clock.now() / 1000 + 60 });
    let assertion = client_assertion(said);
    for code in ["x", ""] {
        ask.redeem(world, code, &[("client_assertion_type", kind), ("client_assertion", &assertion)]);
    }
    assert!(world.stage.elsewhere.seen().is_empty(), "nothing was fetched");
}

//! The attacker names an address for the question itself (`request_uri`), or for what a page of theirs shows, and wants
//! the gateway to fetch it. RFC 9126, RFC 9101 §10.4: request objects by reference are not taken.

use serde_json::json;

use super::fetched;
use crate::client::{Ask, Browser, REDIRECT, register};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_the_gateway_to_fetch_the_question(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    ask.consent_page(world, &mut browser);
    let before = fetched(world);
    let inside = format!("{}/question", world.stage.desk.origin());
    for name in [
        "request_uri",
        "claims_uri",
        "logo_uri",
        "jwks_uri",
        "sector_identifier_uri",
        "client_uri",
        "login_hint",
    ] {
        let answer = browser.get(world, &ask.path_with(&[(name, &inside)]));
        assert!(!answer.text().contains("src=") && !answer.header("location").contains(&inside), "{name}");
    }
    for name in [
        "jwks_uri",
        "logo_uri",
        "sector_identifier_uri",
        "initiate_login_uri",
        "software_statement",
        "policy_uri",
    ] {
        let mut wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none" });
        wish[name] = json!(inside);
        register(world, &wish);
    }
    assert_eq!(fetched(world), before, "nothing was fetched");
}

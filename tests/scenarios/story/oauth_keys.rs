//! The gateway's own signing keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_token_names_a_key_that_is_published;
};

fn part(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

fn a_token_names_a_key_that_is_published(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let header = part(&agent.token, 0);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    let keys = world.get("/jwks.json").json();
    let named = keys["keys"].as_array().unwrap().iter().filter(|key| key["kid"] == header["kid"]).count();
    assert_eq!(named, 1, "{keys}");
    for key in keys["keys"].as_array().unwrap() {
        assert_eq!(key.get("d"), None);
    }
}

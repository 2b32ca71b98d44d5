//! The gateway's own signing keys, and tokens that name a key in a way of their own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::common::KeyMetadata;
use jwt_simple::prelude::{Claims, ECDSAP256KeyPairLike as _, ES256KeyPair, HeaderOptions};
use serde_json::{Value, json};

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_token_names_a_key_that_is_published, somebody_signs_a_token_with_a_key_of_their_own,
        somebody_wants_the_published_key_to_be_a_shared_secret;
};

fn part(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// What the gateway answers to a call with this token.
fn status(world: &mut World, agent: &Agent, token: String) -> u16 {
    let agent = Agent { token, ..agent.clone() };
    agent.send(world, "tools/list", json!({})).status()
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

fn somebody_signs_a_token_with_a_key_of_their_own(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (header, claims) = (part(&agent.token, 0), part(&agent.token, 1));
    let kid = header["kid"].as_str().unwrap();
    let nowhere = || KeyMetadata::default();
    for (kid, links) in [
        (kid, nowhere()),
        ("", nowhere()),
        ("nobody's", nowhere()),
        ("../../keys/1", nowhere()),
        ("' OR 1=1 --", nowhere()),
        (kid, nowhere().with_key_set_url("https://evil.example.org/keys")),
        (kid, nowhere().with_certificate_url("https://evil.example.org/certificate")),
        (kid, nowhere().with_public_key("their own")),
    ] {
        let mut own = ES256KeyPair::generate().with_key_id(kid);
        own.attach_metadata(links).unwrap();
        let mut said =
            Claims::with_custom_claims(claims.clone(), jwt_simple::prelude::Duration::from_secs(60));
        (said.issued_at, said.expires_at, said.invalid_before) = (None, None, None);
        let options = HeaderOptions { signature_type: Some("at+jwt".to_owned()), content_type: None };
        let token = own.sign_with_options(said, &options).unwrap();
        assert_eq!(status(world, &agent, token), 401, "{kid}");
    }
    assert_eq!(status(world, &agent, agent.token.clone()), 200);
    assert!(world.stage.idp.seen().iter().all(|url| !url.contains("evil")));
}

fn somebody_wants_the_published_key_to_be_a_shared_secret(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (header, body) = (part(&agent.token, 0), agent.token.split('.').nth(1).unwrap().to_owned());
    let signature = agent.token.rsplit('.').next().unwrap().to_owned();
    for (alg, signature) in [
        ("none", String::new()),
        ("NONE", String::new()),
        ("HS256", signature.clone()),
        ("ES384", signature.clone()),
        ("ES256", URL_SAFE_NO_PAD.encode([0; 64])),
        ("ES256", String::new()),
    ] {
        let mut header = header.clone();
        header["alg"] = json!(alg);
        let token = format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()));
        assert_eq!(status(world, &agent, token), 401, "{alg}");
    }
}

//! Passing for a client: without its secret or key, or with what it signed for something else.

mod assertion_es256_to_hs256;
mod assertion_extension;
mod assertion_for_another_server;
mod assertion_key_of_ones_own;
mod assertion_of_another;
mod assertion_out_of_its_time;
mod assertion_replay;
mod assertion_unsigned;
mod assertion_without_an_id;
mod id_token_as_assertion;
mod registered_with_more;
mod registration_without_end;
mod secret_for_the_key;
mod secret_of_another;
mod two_proofs;
mod without_the_secret;

use serde_json::{Value, json};

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::{Ask, Browser};
use crate::stage::{Person, client_assertion};
use crate::world::{Answer, World};

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        without_the_secret::a_thief_redeems_a_code_without_the_clients_secret,
        secret_of_another::a_client_proves_itself_by_another_clients_secret,
        secret_for_the_key::somebody_wants_a_client_with_a_key_to_need_none,
        two_proofs::somebody_proves_two_clients_at_once,
        assertion_replay::a_thief_of_an_assertion_wants_to_use_it_again,
        assertion_unsigned::somebody_proves_a_client_by_an_unsigned_assertion,
        assertion_es256_to_hs256::somebody_signs_an_assertion_with_the_clients_published_key,
        assertion_key_of_ones_own::somebody_signs_an_assertion_with_a_key_of_their_own,
        assertion_for_another_server::an_assertion_for_another_server_is_used,
        assertion_out_of_its_time::an_assertion_is_used_out_of_its_time,
        assertion_without_an_id::an_assertion_without_an_id_is_used,
        assertion_of_another::a_client_signs_that_it_is_another,
        assertion_extension::an_assertion_with_an_extension_is_used,
        id_token_as_assertion::something_else_that_a_client_signed_is_used,
        registered_with_more::a_client_registers_itself_with_more_than_it_may,
        registration_without_end::somebody_registers_a_client_of_any_size;
};

/// A client of the configuration, and a code that a person has just given it.
pub(super) fn ask(world: &mut World, client: &str) -> (Ask, String) {
    let ask = Ask {
        client_id: client.to_owned(),
        redirect_uri: format!("https://{client}.example/callback"),
        ..Ask::new(world, "desk")
    };
    let code = ask.code(world, &mut Browser::of(&Person::internal()));
    (ask, code)
}

/// What the client `keyed` says of itself, with some claims changed; [`Value::Null`] takes one out.
pub(crate) fn claims(world: &World, changes: &[(&str, Value)]) -> Value {
    let now = world.clock.now() / 1000;
    let mut claims = json!({
        "iss": "keyed", "sub": "keyed", "aud": world.origin(), "exp": now + 60, "iat": now,
        "jti": format!("assertion-{}", World::number()),
    });
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

pub(super) fn redeem(world: &mut World, ask: &Ask, code: &str, assertion: &str) -> Answer {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    ask.redeem(world, code, &[("client_assertion_type", kind), ("client_assertion", assertion)])
}

/// Whoever asks is not taken for the client.
#[track_caller]
pub(super) fn denied(answer: &Answer) {
    assert_eq!(
        (answer.status(), &answer.json()["error"]),
        (401, &json!("invalid_client")),
        "{}",
        answer.text()
    );
}

/// None of these is taken for what the client `keyed` signed; the client itself still has its code.
#[track_caller]
pub(super) fn none_counts(world: &mut World, forgeries: impl FnOnce(&World) -> Vec<String>) {
    let (ask, code) = ask(world, "keyed");
    let forgeries = forgeries(world);
    for forged in &forgeries {
        denied(&redeem(world, &ask, &code, forged));
    }
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
    let good = client_assertion(claims(world, &[]));
    let tokens = redeem(world, &ask, &code, &good);
    assert_eq!(tokens.status(), 200, "a forgery uses nothing up: {}", tokens.text());
}

/// What an assertion of the client begins with.
pub(super) fn header() -> Value {
    json!({ "alg": "ES256", "typ": "JWT", "kid": "client-key" })
}

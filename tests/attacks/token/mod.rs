//! Access tokens that are none: forged, made for something else, or brought in another way.

mod alg_missing;
mod alg_none;
mod audience_of_all_services;
mod audience_of_another_service;
mod before_its_time;
mod changed_claims;
mod critical_extension;
mod duplicate_claims;
mod embedded_jwk;
mod es256_to_hs256;
mod expired;
mod huge;
mod id_token;
mod in_the_body;
mod in_the_url;
mod jku_header;
mod key_of_ones_own;
mod kid_path_traversal;
mod kid_sql_injection;
mod nested_jwt;
mod other_algorithm;
mod other_scheme;
mod psychic_signature;
mod refresh_token;
mod stripped_signature;
mod swapped_signature;
mod token_of_a_service;
mod two_headers;
mod without_an_end;
mod wrong_audience;
mod wrong_issuer;
mod wrong_type;
mod x5u_header;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::Scenario;
use crate::attacks::attacks;
use crate::attacks::jwt::{es256, own_key, part};
use crate::client::Agent;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        alg_none::somebody_wants_an_unsigned_token_to_count,
        alg_missing::somebody_wants_a_token_that_says_no_algorithm_to_count,
        es256_to_hs256::somebody_wants_the_published_key_to_be_a_shared_secret,
        other_algorithm::somebody_wants_another_algorithm_for_the_same_key,
        embedded_jwk::somebody_brings_the_key_along_in_the_token,
        jku_header::somebody_says_in_the_token_where_its_key_is,
        x5u_header::somebody_brings_a_certificate_of_their_own,
        kid_path_traversal::somebody_names_a_file_as_the_key,
        kid_sql_injection::somebody_writes_a_query_as_the_key_id,
        key_of_ones_own::somebody_signs_a_token_with_a_key_of_their_own,
        psychic_signature::somebody_signs_with_zeros,
        stripped_signature::somebody_cuts_the_signature_off,
        swapped_signature::somebody_makes_one_token_of_two,
        changed_claims::somebody_writes_more_into_their_own_token,
        audience_of_another_service::a_token_of_one_service_is_tried_at_another,
        audience_of_all_services::a_token_of_the_shared_address_is_tried_at_a_service,
        wrong_audience::a_token_for_somebody_else_is_tried_here,
        wrong_issuer::a_token_of_another_gateway_is_tried_here,
        wrong_type::a_token_of_another_kind_is_tried_as_an_access_token,
        expired::somebody_uses_a_token_whose_time_is_over,
        without_an_end::somebody_uses_a_token_that_never_ends,
        before_its_time::somebody_uses_a_token_before_its_time,
        duplicate_claims::somebody_says_a_claim_twice,
        nested_jwt::somebody_wraps_a_token_in_a_token,
        critical_extension::somebody_uses_an_extension_that_must_be_understood,
        huge::somebody_sends_a_token_of_a_huge_size,
        id_token::somebody_brings_an_id_token,
        refresh_token::somebody_brings_a_secret_that_is_no_access_token,
        token_of_a_service::a_service_turns_the_token_that_it_got_against_the_gateway,
        in_the_url::somebody_puts_a_token_into_the_url,
        in_the_body::somebody_puts_a_token_into_the_body,
        two_headers::somebody_brings_two_tokens_at_once,
        other_scheme::somebody_brings_a_token_under_another_scheme;
};

/// A call with this token is refused and reaches nobody; the honest client goes on.
#[track_caller]
pub(crate) fn worthless(world: &mut World, honest: &Agent, token: &str) {
    let thief = Agent { token: token.to_owned(), ..honest.clone() };
    let request = thief.request(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }));
    refused(world, honest, request);
}

/// The same for a request as it is.
#[track_caller]
pub(super) fn refused(world: &mut World, honest: &Agent, request: Request<Bytes>) {
    let before = world.stage.desk.seen().len();
    let answer = world.send(request);
    assert_eq!(answer.status(), 401, "{}", answer.text());
    let challenge = answer.header("www-authenticate");
    let metadata = "https://gate.example.com/.well-known/oauth-protected-resource/mcp/desk";
    assert!(challenge.starts_with("Bearer ") && challenge.contains(metadata), "{challenge}");
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
    assert_eq!(call(world, honest), 200, "whose token it is goes on");
}

/// The status of a call.
pub(super) fn call(world: &mut World, agent: &Agent) -> u16 {
    agent.send(world, "tools/call", json!({ "name": "get_issue", "arguments": {} })).status()
}

/// What the gateway's own key signs, in the place of a token: what that one says, with some of it changed.
/// [`Value::Null`] takes a claim out.
pub(super) fn signed(world: &World, honest: &str, typ: &str, changes: &[(&str, Value)]) -> String {
    let (mut header, mut claims) = (part(honest, 0), part(honest, 1));
    header["typ"] = json!(typ);
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    es256(&gateway_key(world), &header, &claims.to_string())
}

/// The key that signs the gateway's tokens.
pub(super) fn gateway_key(world: &World) -> Vec<u8> {
    let (_, keys) = world.secrets.iter().find(|(name, _)| name == "MCPGATE_SIGNING_KEYS").unwrap();
    URL_SAFE_NO_PAD.decode(keys.split(',').next().unwrap()).unwrap()
}

/// An honest token with another header, signed by a key of the attacker's own.
pub(super) fn own(honest: &str, more: &[(&str, Value)]) -> String {
    let mut header = part(honest, 0);
    for (name, value) in more {
        header[*name] = value.clone();
    }
    es256(&own_key().0, &header, &part(honest, 1).to_string())
}

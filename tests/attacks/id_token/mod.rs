//! ID tokens: forged on their way from the provider, made for somebody else, or used again.

mod alg_none;
mod broken_signature;
mod critical_extension;
mod es256_to_hs256;
mod hs256_with_the_client_secret;
mod key_of_ones_own;
mod nobodys;
mod out_of_its_time;
mod said_twice;
mod userinfo_of_another;
mod wrong_audience;
mod wrong_issuer;
mod wrong_nonce;

use serde_json::Value;

use crate::Scenario;
use crate::attacks::attacks;
use crate::attacks::jwt::es256;
use crate::attacks::session::signed_out;
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        alg_none::somebody_signs_in_by_an_unsigned_id_token,
        es256_to_hs256::somebody_signs_an_id_token_with_the_published_key,
        hs256_with_the_client_secret::somebody_signs_an_id_token_with_the_client_secret,
        key_of_ones_own::somebody_signs_an_id_token_with_a_key_of_their_own,
        broken_signature::somebody_changes_an_id_token,
        wrong_nonce::an_id_token_of_another_sign_in_is_used,
        wrong_audience::an_id_token_for_another_client_is_used,
        wrong_issuer::an_id_token_of_another_issuer_is_used,
        out_of_its_time::an_id_token_is_used_out_of_its_time,
        nobodys::an_id_token_of_nobody_is_used,
        userinfo_of_another::somebody_wants_another_persons_address_to_be_theirs,
        critical_extension::an_id_token_with_an_extension_is_used,
        said_twice::an_id_token_says_two_things;
};

/// With ID tokens written like this (from header, claims and the provider's key) nobody gets in; with an honest one the
/// same person does.
#[track_caller]
pub(super) fn nobody_enters(
    world: &mut World,
    forge: impl Fn(&Value, &Value, &[u8]) -> String + Send + 'static,
) {
    let before = world.recorded("sign_in", "ok", None);
    world.stage.idp.forges(forge);
    let mut browser = Browser::of(&Person::internal());
    let page = browser.sign_in(world, "/login");
    assert_eq!(page.status(), 502, "{}", page.text());
    signed_out(world, &mut browser);
    assert_eq!(world.recorded("sign_in", "ok", None), before);
    world.stage.idp.behaves();
    assert_eq!(browser.sign_in(world, "/login").status(), 303);
}

/// The same for claims that the provider signs.
#[track_caller]
pub(super) fn nobody_enters_with(world: &mut World, name: &'static str, value: &Value) {
    let value = value.clone();
    nobody_enters(world, move |header, claims, key| {
        let mut claims = claims.clone();
        claims[name] = value.clone();
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        es256(key, header, &claims.to_string())
    });
}

//! Authorization codes: used twice, by somebody else, for something else, or without having been asked for.

mod as_refresh_token;
mod burnt_by_a_stranger;
mod challenge_as_verifier;
mod digest_from_the_database;
mod for_another_resource;
mod implicit_token;
mod in_another_redirect;
mod injected;
mod of_another_client;
mod old;
mod password_grant;
mod pkce_downgrade_to_plain;
mod pkce_left_out;
mod replay;
mod request_object;
mod response_mode;
mod said_twice;
mod verifier_left_out;
mod without_its_verifier;

use serde_json::json;
use url::Url;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::{Ask, Browser, REDIRECT, parameter};
use crate::stage::Person;
use crate::world::{Answer, World};

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        replay::a_thief_wants_to_use_a_code_again,
        old::somebody_uses_a_code_that_lay_about,
        without_its_verifier::a_thief_guesses_the_verifier_of_a_code,
        verifier_left_out::a_thief_leaves_the_verifier_out,
        challenge_as_verifier::a_thief_sends_the_challenge_as_the_verifier,
        pkce_downgrade_to_plain::somebody_wants_a_challenge_in_clear,
        pkce_left_out::somebody_wants_a_code_without_a_challenge,
        of_another_client::a_client_redeems_another_clients_code,
        burnt_by_a_stranger::a_stranger_wants_to_use_a_code_up,
        injected::somebody_injects_a_victims_code_into_their_own_sign_in,
        in_another_redirect::somebody_redeems_a_code_in_another_redirect,
        for_another_resource::a_client_redeems_its_code_for_another_service,
        as_refresh_token::somebody_refreshes_with_a_code,
        implicit_token::somebody_wants_a_token_in_the_redirect,
        response_mode::somebody_wants_the_code_by_another_way,
        said_twice::somebody_says_two_things_in_one_question,
        request_object::somebody_hides_another_question_in_a_request_object,
        password_grant::somebody_wants_tokens_by_another_grant;
    Fresh:
        digest_from_the_database::a_reader_of_the_database_redeems_what_is_there;
};

/// A client, and the code that a person has just let it have.
pub(super) fn asked(world: &mut World) -> (Ask, String) {
    let ask = Ask::new(world, "desk");
    let code = ask.code(world, &mut Browser::of(&Person::internal()));
    (ask, code)
}

/// The token endpoint says no, in its protocol's words, and it is on record.
#[track_caller]
pub(crate) fn denied(world: &mut World, answer: &Answer, error: &str, reason: &str) {
    assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!(error)), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.json()["error_description"].as_str().unwrap().is_empty());
    world.expect_recorded("token_refused", "refused", Some(reason));
}

/// No token was issued for any code.
#[track_caller]
pub(super) fn nothing_issued(world: &mut World) {
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
}

/// The client is told on its own redirect that there is no code.
#[track_caller]
pub(super) fn told_no(world: &mut World, path: &str, error: &str) {
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    let answer = browser.get(world, path);
    let back = Url::parse(answer.header("location")).unwrap();
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{back}");
    assert!(parameter(&back, "code").is_none() && back.fragment().is_none(), "{back}");
    assert_eq!(world.recorded("consent", "ok", None), 0, "there is no code");
}

//! A person's session in the browser: planted, stolen, begun for somebody else, or answered by the wrong provider.

mod after_signing_out;
mod cookie_of_another_name;
mod digest_from_the_database;
mod fixation;
mod id_in_the_url;
mod idp_mix_up;
mod invented_return;
mod late_return;
mod login_cookie_as_session;
mod login_csrf;
mod other_discovery;
mod signed_out_by_another_page;
mod state_replay;
mod token_for_the_pages;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Browser;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        fixation::somebody_plants_a_session_before_a_sign_in,
        login_csrf::somebody_signs_a_victim_in_as_the_attacker,
        state_replay::somebody_comes_back_from_a_sign_in_twice,
        late_return::somebody_goes_on_with_a_sign_in_that_was_left,
        invented_return::somebody_comes_back_without_having_left,
        idp_mix_up::an_answer_of_another_provider_is_tried,
        id_in_the_url::somebody_brings_a_session_in_the_url,
        cookie_of_another_name::a_sibling_domain_sets_a_cookie_for_the_gateway,
        after_signing_out::a_thief_goes_on_after_the_person_signed_out,
        signed_out_by_another_page::a_web_page_signs_somebody_out,
        login_cookie_as_session::somebody_uses_another_secret_as_a_session,
        token_for_the_pages::a_client_uses_the_persons_pages_with_its_token;
    Fresh:
        other_discovery::somebody_wants_people_to_sign_in_at_another_provider,
        digest_from_the_database::a_reader_of_the_database_takes_a_session_from_it;
};

/// Nobody is signed in at this browser.
#[track_caller]
pub(crate) fn signed_out(world: &mut World, browser: &mut Browser) {
    let home = browser.get(world, "/");
    assert!(
        home.text().contains("href=\"/login\"") && !home.text().contains("Signed in as"),
        "{}",
        home.text()
    );
    let connections = browser.get(world, "/connections");
    assert!(connections.header("location").starts_with("/login?"), "{}", connections.status());
}

/// Leaves for the provider and signs in there; answers with the way back, not yet gone.
pub(super) fn leave(world: &mut World, browser: &mut Browser) -> String {
    let left = browser.get(world, "/login").header("location").to_owned();
    world.stage.idp.sign_in(&left, &browser.person)
}

/// The cookie of the session.
pub(super) const SESSION: &str = "__Host-mcpgate_session";

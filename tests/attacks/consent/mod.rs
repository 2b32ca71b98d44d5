//! The person's yes to a client: forged, bent to another question, skipped, or got by looking like somebody else.

mod beyond_ones_role;
mod by_a_link;
mod ended_by_another_page;
mod ended_by_another_person;
mod for_another_question;
mod for_another_resource;
mod forged_by_another_page;
mod framed;
mod loopback_without_asking;
mod of_another_client;
mod of_another_person;
mod prompt_none;
mod script_in_the_name;
mod self_registered_without_asking;
mod to_read_used_to_write;
mod with_another_persons_token;
mod without_the_form_token;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::{Ask, Browser, field};
use crate::stage::Person;
use crate::world::{Answer, World};

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        forged_by_another_page::a_web_page_allows_a_client_for_somebody,
        without_the_form_token::somebody_allows_a_client_without_the_form_token,
        by_a_link::somebody_allows_a_client_by_a_link,
        for_another_question::a_yes_to_one_question_is_used_for_another,
        with_another_persons_token::somebody_uses_their_own_form_token_for_another_person,
        prompt_none::a_client_asks_not_to_be_asked_about,
        loopback_without_asking::a_program_on_the_machine_wants_a_code_without_asking,
        self_registered_without_asking::a_self_registered_client_wants_a_code_without_asking,
        for_another_resource::a_yes_to_one_service_is_used_for_another,
        of_another_person::one_persons_yes_is_used_for_another,
        to_read_used_to_write::a_yes_to_reading_is_used_for_writing,
        of_another_client::a_client_wants_to_look_like_another_one,
        script_in_the_name::a_clients_name_wants_to_be_a_script,
        framed::a_web_page_frames_the_question,
        beyond_ones_role::somebody_allows_what_they_may_not_use_themselves,
        ended_by_another_page::a_web_page_wants_to_end_a_clients_access,
        ended_by_another_person::somebody_wants_to_end_another_persons_client;
};

/// The form of a consent page.
pub(super) fn form(page: &Answer) -> [(&'static str, String); 3] {
    [("request", field(page, "request")), ("csrf", field(page, "csrf")), ("decision", "allow".to_owned())]
}

/// The form as it is posted.
pub(super) fn pairs<'f>(form: &'f [(&'static str, String)]) -> Vec<(&'static str, &'f str)> {
    form.iter().map(|(name, value)| (*name, &**value)).collect()
}

/// Nothing was allowed, and there is no code.
#[track_caller]
pub(super) fn nothing_allowed(world: &mut World) {
    assert_eq!(world.recorded("consent", "ok", None), 0);
    assert_eq!(world.recorded("consent_used", "ok", None), 0);
}

/// The person is asked: nothing is answered for them.
#[track_caller]
pub(super) fn is_asked(world: &mut World, browser: &mut Browser, ask: &Ask) {
    let page = browser.get(world, &ask.path());
    assert_eq!(page.status(), 200, "{} {}", page.header("location"), page.text());
    assert!(!field(&page, "csrf").is_empty());
}

/// A browser whose person has permitted the client that asks.
pub(super) fn permitted(world: &mut World, ask: &Ask) -> Browser {
    let mut browser = Browser::of(&Person::internal());
    ask.code(world, &mut browser);
    browser
}

/// The button on the start page that ends a client's access.
pub(super) fn revocation(
    world: &mut World,
    browser: &mut Browser,
    client: &str,
) -> [(&'static str, String); 2] {
    let page = browser.get(world, "/").text().to_owned();
    let mark = format!("name=\"client\" value=\"{client}\"");
    let form = page.split(&mark).nth(1).unwrap_or_else(|| panic!("no {client} in {page}"));
    let csrf = form.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    [("client", client.to_owned()), ("csrf", csrf.to_owned())]
}

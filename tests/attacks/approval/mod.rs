//! The person's own yes to a call that destroys: given by somebody else, kept for another call, or done without.

mod as_a_notification;
mod by_a_link;
mod by_another_person;
mod by_the_client;
mod for_other_arguments;
mod forged_by_another_page;
mod form_of_another_call;
mod form_of_another_person;
mod form_that_nobody_showed;
mod in_a_batch;
mod in_the_last_digit;
mod in_the_message;
mod late;
mod of_another_person;
mod said_twice;
mod script_in_the_arguments;
mod twice;

use serde_json::json;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Agent;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        by_another_person::somebody_approves_another_persons_call,
        forged_by_another_page::a_web_page_approves_a_call,
        by_a_link::somebody_approves_a_call_by_a_link,
        by_the_client::a_client_approves_its_own_call,
        in_the_message::a_call_says_that_it_was_approved,
        for_other_arguments::a_yes_to_one_call_is_used_for_another,
        in_the_last_digit::a_yes_to_one_number_is_used_for_its_neighbour,
        form_of_another_call::a_form_about_one_call_is_used_for_another,
        form_that_nobody_showed::a_call_answers_a_form_that_nobody_saw,
        form_of_another_person::somebody_answers_another_persons_form,
        twice::one_yes_is_used_for_two_calls,
        late::a_yes_is_kept_for_later,
        of_another_person::one_persons_yes_is_used_for_anothers_call,
        as_a_notification::a_call_without_an_id_wants_to_pass,
        in_a_batch::a_destructive_call_hides_in_a_batch,
        said_twice::a_message_names_two_tools,
        script_in_the_arguments::arguments_want_to_look_harmless;
};

pub(super) use crate::story::guard::{at_browser, decide, held};

/// The call still waits for a yes, and nothing was forwarded.
#[track_caller]
pub(super) fn still_waits(world: &mut World, agent: &Agent) {
    held(world, agent, "delete_issue", json!({ "id": 1 }));
    assert!(world.stage.desk.calls().is_empty(), "nothing was forwarded");
    assert_eq!(world.recorded("confirmation_given", "ok", None), 0);
    assert_eq!(world.recorded("tool_announced", "ok", None), 0);
}

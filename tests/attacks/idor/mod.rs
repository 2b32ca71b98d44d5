//! Ids of other people's things: tasks, sessions, cursors, subscriptions, questions and states.

mod cursor;
mod every_address;
mod invented_session;
mod pseudonym;
mod related_task;
mod request_state;
mod session;
mod subscription;
mod task;

use crate::Scenario;
use crate::attacks::attacks;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        task::somebody_asks_about_another_persons_task,
        cursor::somebody_reads_on_in_another_persons_list,
        subscription::somebody_subscribes_to_another_persons_task,
        related_task::somebody_answers_within_another_persons_task,
        session::somebody_goes_on_in_another_persons_session,
        request_state::somebody_sends_the_state_of_another_call,
        invented_session::somebody_goes_on_in_a_session_that_they_made_up,
        pseudonym::somebody_sends_a_pseudonym_of_another_person,
        every_address::somebody_tries_ids_of_others_in_every_address;
};

pub(super) use crate::story::tasks::{
    OLDER, RELATED, STATE, WAYS, asked, at, begin, client, events, knows, last, methods, note, unique,
};

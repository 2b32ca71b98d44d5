//! Data taken away a little at a time, in other ways than the usual one, or by somebody who is held for it.

mod by_other_requests;
mod by_streams_that_broke_off;
mod by_tasks;
mod by_what_is_said_before;
mod growing_slowly;
mod hold_at_the_shared_address;
mod hold_by_a_new_token;
mod hold_by_an_older_revision;
mod hold_by_another_client;
mod hold_in_a_batch;
mod over_clients;
mod over_services;
mod over_tools;
mod released_by_another_page;
mod released_by_themselves;

use crate::Scenario;
use crate::attacks::attacks;

pub(crate) const ALL: &[Scenario] = attacks! {
    Watched:
        growing_slowly::somebody_takes_a_little_more_each_day,
        over_tools::somebody_takes_a_little_with_each_tool,
        over_clients::somebody_takes_a_little_with_each_client,
        over_services::somebody_takes_a_little_from_each_service,
        by_tasks::somebody_takes_it_as_the_results_of_tasks,
        by_streams_that_broke_off::somebody_takes_it_from_streams_that_broke_off,
        by_what_is_said_before::somebody_takes_it_as_news_of_progress,
        by_other_requests::somebody_takes_it_as_resources_and_prompts,
        hold_by_a_new_token::somebody_held_comes_with_a_new_token,
        hold_by_another_client::somebody_held_comes_with_another_client,
        hold_at_the_shared_address::somebody_held_comes_to_the_shared_address,
        hold_by_an_older_revision::somebody_held_speaks_an_older_revision,
        hold_in_a_batch::somebody_held_hides_a_call_in_a_batch,
        released_by_another_page::a_page_of_others_wants_somebody_released,
        released_by_themselves::somebody_held_wants_to_release_themselves;
};

pub(super) use crate::story::throughput::{alerts, get_held, hold, is_held, pull, reader};

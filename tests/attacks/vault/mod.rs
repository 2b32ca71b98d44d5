//! People's own accounts at services: connected in another's name, used by others, or given to the wrong server.

mod another_persons_account;
mod another_persons_exchanged_token;
mod another_persons_page;
mod connected_in_anothers_name;
mod forms_of_others;
mod in_another_session;
mod invented_state;
mod metadata_of_another;
mod mix_up;
mod own_token_of_the_gateway;
mod server_that_asks_elsewhere;
mod server_without_pkce;
mod service_that_repeats_its_credential;
mod state_replay;
mod subject_used_elsewhere;
mod token_for_another_service;
mod with_a_clients_token;

use serde_json::json;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Agent;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        connected_in_anothers_name::somebody_connects_their_account_in_a_victims_name,
        in_another_session::a_connection_is_ended_in_another_browser,
        state_replay::somebody_comes_back_from_a_service_twice,
        invented_state::somebody_comes_back_from_a_service_without_having_left,
        mix_up::an_answer_of_another_authorization_server_is_tried,
        server_without_pkce::a_server_without_pkce_wants_to_be_used,
        metadata_of_another::metadata_of_another_is_tried,
        another_persons_account::somebody_wants_to_use_another_persons_account,
        another_persons_page::somebody_opens_the_pages_of_anothers_account,
        forms_of_others::a_web_page_connects_and_disconnects,
        with_a_clients_token::a_client_connects_an_account_by_itself,
        token_for_another_service::one_service_wants_the_credential_of_another,
        another_persons_exchanged_token::somebody_wants_to_use_what_was_exchanged_for_another,
        own_token_of_the_gateway::somebody_wants_the_gateways_own_token,
        service_that_repeats_its_credential::a_service_repeats_the_credential_that_it_was_sent,
        subject_used_elsewhere::a_server_uses_what_it_got_elsewhere;
    Fresh:
        server_that_asks_elsewhere::a_service_wants_tokens_to_be_got_elsewhere;
};

pub(super) use crate::story::vault::{at_the_books, bearer, connect, connected, leave};

/// Nothing is connected for whoever has this client.
#[track_caller]
pub(super) fn unconnected(world: &mut World, agent: &Agent) {
    let calls = world.stage.books.service.calls().len();
    assert!(agent.refused(world, "get_issue", json!({})).contains("/connect/books"));
    assert_eq!(world.stage.books.service.calls().len(), calls, "nothing was forwarded");
}

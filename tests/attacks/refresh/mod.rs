//! Refresh tokens: stolen, widened, taken for something else, or ended by somebody else.

mod access_token;
mod first_by_the_thief;
mod for_another_resource;
mod into_more_scope;
mod of_another_client;
mod old;
mod replay;
mod revoked_by_a_forgery;
mod revoked_by_a_stranger;
mod revoked_without_the_secret;
mod without_the_secret;

use serde_json::json;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::{Agent, Browser, REDIRECT, register, token};
use crate::stage::Person;
use crate::world::{Answer, World};

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        replay::a_thief_uses_a_refresh_token_that_was_spent,
        first_by_the_thief::a_thief_is_faster_than_the_owner_of_a_refresh_token,
        of_another_client::a_client_uses_another_clients_refresh_token,
        old::somebody_uses_a_refresh_token_of_last_month,
        into_more_scope::a_reading_client_wants_to_refresh_itself_into_writing,
        for_another_resource::a_client_refreshes_itself_to_another_service,
        without_the_secret::a_thief_refreshes_without_the_clients_secret,
        access_token::somebody_refreshes_with_an_access_token,
        revoked_by_a_stranger::a_stranger_wants_to_end_somebodys_access,
        revoked_by_a_forgery::somebody_ends_an_access_by_a_forged_token,
        revoked_without_the_secret::a_thief_revokes_without_the_clients_secret;
};

/// Exchanges a refresh token with these parameters besides.
pub(super) fn refreshed(world: &mut World, agent: &Agent, more: &[(&str, &str)]) -> Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*agent.refresh_token),
        ("client_id", &*agent.ask.client_id),
    ];
    token(world, &[&form, more].concat())
}

/// A client with a secret, which it proves itself by, and a refresh token of it.
pub(super) fn confidential(world: &mut World) -> (Agent, String) {
    let wish = json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "client_secret_post" });
    let registered = register(world, &wish).json();
    let secret = registered["client_secret"].as_str().unwrap().to_owned();
    let mut agent = Agent::of(world, &Person::internal(), "desk");
    agent.ask.client_id = registered["client_id"].as_str().unwrap().to_owned();
    let code = agent.ask.code(world, &mut Browser::of(&Person::internal()));
    let tokens = agent.ask.redeem(world, &code, &[("client_secret", &secret)]).json();
    agent.refresh_token = tokens["refresh_token"].as_str().unwrap().to_owned();
    agent.token = tokens["access_token"].as_str().unwrap().to_owned();
    (agent, secret)
}

//! Assertions of the identity provider by which a client acts for somebody (ID-JAG): used again, made for others, forged.

mod by_a_public_client;
mod for_another_resource;
mod for_another_server;
mod id_token;
mod not_switched_on;
mod of_an_outsider;
mod of_another_client;
mod of_another_issuer;
mod out_of_its_time;
mod replay;

use serde_json::{Value, json};

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::token;
use crate::stage::{CLIENT_SECRET, Person};
use crate::world::{Answer, World};

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        replay::a_thief_wants_to_use_an_assertion_again,
        of_another_client::a_client_wants_to_use_another_clients_assertion,
        id_token::somebody_wants_an_id_token_to_be_an_assertion,
        for_another_server::an_assertion_toward_another_server_is_presented,
        of_another_issuer::an_assertion_of_another_provider_is_presented,
        out_of_its_time::an_assertion_is_presented_out_of_its_time,
        for_another_resource::a_client_wants_more_than_the_provider_asserted,
        of_an_outsider::somebody_from_elsewhere_is_not_let_in_by_an_assertion,
        by_a_public_client::a_client_that_proves_nothing_presents_an_assertion;
    Lenient:
        not_switched_on::an_assertion_is_presented_where_none_is_taken;
};

pub(super) const TYPE: &str = "oauth-id-jag+jwt";

/// What the provider asserts of a person toward the client `secretive`, for the desk.
pub(super) fn asserted(world: &World, typ: &str, person: &Person, changes: &[(&str, Value)]) -> String {
    let resource = world.url("/mcp/desk");
    world.stage.idp.asserts(typ, person, (world.origin(), "secretive", &resource), changes)
}

pub(crate) fn present(world: &mut World, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion),
        ("client_id", "secretive"),
        ("client_secret", CLIENT_SECRET),
    ];
    token(world, &form)
}

/// This one counts for nothing; an honest one still does.
#[track_caller]
pub(super) fn worth_nothing(world: &mut World, assertion: &str) {
    let before = world.recorded("token_issued", "ok", None);
    let answer = present(world, assertion);
    assert_eq!(
        (answer.status(), &answer.json()["error"]),
        (400, &json!("invalid_grant")),
        "{}",
        answer.text()
    );
    assert_eq!(world.recorded("token_issued", "ok", None), before);
}

//! Requests that pretend: to another host, over TLS, from another page, with another method or for another reader.

mod compressed_body;
mod cookies_instead_of_a_token;
mod deceived_cache;
mod forwarded_host;
mod host;
mod in_clear;
mod method_override;
mod of_the_client;
mod of_the_service;
mod page_of_another_origin;
mod preflight_of_another_origin;

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::Agent;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        host::somebody_asks_for_another_host,
        forwarded_host::somebody_says_that_the_gateway_has_another_name,
        in_clear::somebody_says_that_there_was_tls,
        page_of_another_origin::a_web_page_of_another_origin_calls,
        preflight_of_another_origin::a_web_page_of_another_origin_asks_whether_it_may,
        cookies_instead_of_a_token::a_web_page_calls_with_the_persons_cookies,
        of_the_client::a_client_writes_headers_for_the_service,
        of_the_service::a_service_writes_headers_for_the_client,
        method_override::somebody_calls_by_another_method,
        deceived_cache::somebody_wants_a_cache_to_keep_a_persons_page,
        compressed_body::somebody_sends_a_compressed_call;
};

/// A call of a service's tool, as the honest client makes it.
pub(super) fn call(world: &World, agent: &Agent) -> Request<Bytes> {
    agent.request(world, "tools/call", json!({ "name": "get_issue", "arguments": {} }))
}

/// A call refused with this status; nothing is forwarded, and the honest client goes on.
#[track_caller]
pub(super) fn turned_away(world: &mut World, agent: &Agent, request: Request<Bytes>, status: u16) {
    let before = world.stage.desk.seen().len();
    let answer = world.send(request);
    assert_eq!(answer.status(), status, "{}", answer.text());
    assert_eq!(world.stage.desk.seen().len(), before, "nothing was forwarded");
    let request = call(world, agent);
    assert_eq!(world.send(request).status(), 200);
}

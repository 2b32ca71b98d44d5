//! Where a browser is sent: to an address that is not the client's, or by the gateway to anywhere at all.

mod backslash;
mod dot_segments;
mod double_slash_path;
mod header_injection;
mod in_clear;
mod left_out;
mod loopback_lookalike;
mod loopback_other_path;
mod open_before_sign_in;
mod other_host_of_the_client;
mod parameters_of_the_answer;
mod return_to_elsewhere;
mod script;
mod unknown_client;
mod unregistered;
mod userinfo;
mod with_a_query;

use serde_json::json;

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::{Ask, Browser, REDIRECT, register};
use crate::stage::Person;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        unregistered::somebody_wants_a_clients_answer_at_their_own_address,
        left_out::somebody_leaves_the_redirect_out,
        loopback_other_path::somebody_wants_a_loopback_answer_at_another_path,
        loopback_lookalike::somebody_wants_to_look_like_this_machine,
        with_a_query::somebody_adds_to_the_redirect,
        userinfo::somebody_writes_the_host_as_a_users_name,
        backslash::somebody_uses_characters_that_browsers_read_otherwise,
        dot_segments::somebody_walks_up_from_the_redirect,
        other_host_of_the_client::somebody_has_a_name_beside_the_clients,
        unknown_client::somebody_wants_an_unknown_client_to_be_redirected,
        open_before_sign_in::somebody_wants_strangers_to_be_redirected_to_a_page_of_theirs,
        return_to_elsewhere::somebody_wants_a_sign_in_to_end_at_their_page,
        double_slash_path::somebody_wants_a_path_to_become_a_host,
        script::somebody_registers_a_script_as_their_redirect,
        in_clear::somebody_registers_a_redirect_without_tls,
        header_injection::somebody_wants_to_write_a_header_by_their_state,
        parameters_of_the_answer::somebody_writes_into_their_state_what_the_gateway_says;
};

/// The question with this redirect is refused on a page, whoever asks; the browser is sent nowhere, and the client goes
/// on with its own.
#[track_caller]
pub(super) fn shown(world: &mut World, ask: &Ask, redirect: &str) {
    let path = ask.path_with(&[("redirect_uri", redirect)]);
    let mut signed_in = Browser::of(&Person::internal());
    signed_in.sign_in(world, "/login");
    for browser in [&mut Browser::of(&Person::internal()), &mut signed_in] {
        let page = browser.get(world, &path);
        assert_eq!((page.status(), page.header("location")), (400, ""), "{redirect}: {}", page.text());
        assert!(page.text().contains("Begin again"), "{}", page.text());
        assert!(!page.text().contains("evil.example.org"), "{}", page.text());
    }
    assert_eq!(world.recorded("consent", "ok", None), 0);
}

/// A client that registered this redirect.
pub(super) fn registered(world: &mut World, redirect: &str) -> Ask {
    let wish =
        json!({ "client_name": "x", "redirect_uris": [redirect], "token_endpoint_auth_method": "none" });
    let registered = register(world, &wish);
    assert_eq!(registered.status(), 201, "{}", registered.text());
    let client_id = registered.json()["client_id"].as_str().unwrap().to_owned();
    Ask { client_id, redirect_uri: redirect.to_owned(), ..Ask::new(world, "desk") }
}

/// Nobody can register a client with this redirect.
#[track_caller]
pub(super) fn unregistrable(world: &mut World, redirect: &str) {
    for redirects in [vec![redirect], vec![REDIRECT, redirect]] {
        let wish = json!({ "redirect_uris": redirects, "token_endpoint_auth_method": "none" });
        let answer = register(world, &wish);
        assert_eq!(answer.status(), 400, "{redirect}: {}", answer.text());
        assert_eq!(answer.json()["error"], "invalid_redirect_uri", "{redirect}");
    }
    assert_eq!(world.recorded("client_registered", "ok", None), 0);
}

//! What the gateway fetches for others: addresses inside of the network, in every spelling, and what points there.

mod authorization_server;
mod by_a_stranger;
mod cloud_metadata;
mod credentials_in_the_url;
mod document_of_another_client;
mod document_with_inner_links;
mod document_without_end;
mod ipv6_forms;
mod keys_of_a_registration;
mod loopback;
mod names_of_inner_addresses;
mod other_ports;
mod other_schemes;
mod other_spellings_of_ipv4;
mod private_networks;
mod redirected_call;
mod redirected_document;
mod redirected_metadata;
mod request_uri;
mod resource_metadata;
mod token_endpoint;

use std::time::Duration;

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use crate::Scenario;
use crate::attacks::attacks;
use crate::client::{Ask, Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(crate) const ALL: &[Scenario] = attacks! {
    Usual:
        loopback::somebody_wants_the_gateway_to_fetch_from_its_own_machine,
        other_spellings_of_ipv4::somebody_spells_an_address_in_another_way,
        private_networks::somebody_wants_the_gateway_to_fetch_from_a_private_network,
        cloud_metadata::somebody_wants_the_clouds_credentials,
        ipv6_forms::somebody_hides_an_inner_address_in_ipv6,
        names_of_inner_addresses::somebody_names_an_inner_address,
        other_ports::somebody_wants_the_gateway_to_knock_at_other_ports,
        credentials_in_the_url::somebody_writes_an_address_that_parsers_disagree_about,
        other_schemes::somebody_wants_the_gateway_to_read_a_file,
        by_a_stranger::a_stranger_wants_the_gateway_to_fetch_for_them,
        redirected_document::a_clients_document_redirects_inside,
        document_of_another_client::a_document_says_that_it_is_another_client,
        document_with_inner_links::a_document_links_to_what_is_inside,
        document_without_end::a_document_is_no_document,
        request_uri::somebody_wants_the_gateway_to_fetch_the_question,
        resource_metadata::a_service_says_that_its_metadata_is_inside,
        authorization_server::a_service_names_an_authorization_server_that_is_inside,
        token_endpoint::an_authorization_server_has_its_endpoints_inside,
        redirected_metadata::a_services_metadata_redirects_inside,
        keys_of_a_registration::a_registration_says_that_its_keys_are_inside,
        redirected_call::a_service_redirects_a_call_to_another;
};

/// Nothing is fetched for a client whose id is such an address; the person is told on a page.
#[track_caller]
pub(super) fn not_fetched(world: &mut World, addresses: &[&str]) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    ask.consent_page(world, &mut browser);
    let before = fetched(world);
    for address in addresses {
        let page = browser.get(world, &ask.path_with(&[("client_id", address)]));
        assert_eq!((page.status(), page.header("location")), (400, ""), "{address}");
        assert!(page.text().contains("not a public https URL"), "{address}: {}", page.text());
    }
    assert_eq!(fetched(world), before, "nothing was fetched");
    assert_eq!(world.recorded("consent", "refused", Some("client_invalid")), addresses.len());
}

/// How much the peers were asked.
pub(super) fn fetched(world: &World) -> [usize; 5] {
    let stage = &world.stage;
    [
        stage.idp.seen().len(),
        stage.desk.seen().len(),
        stage.mail.seen().len(),
        stage.books.tokens().len(),
        stage.elsewhere.seen().len(),
    ]
}

/// Where a client has its document, and what is there.
pub(super) const DOCUMENT: &str = "https://app.example.org/client.json";

/// Nobody gets a code for a client whose document is answered in this way; answers with what the person is told.
#[track_caller]
pub(super) fn no_client(world: &mut World, answer: impl Fn() -> Reply + Send + 'static) -> String {
    world.stage.elsewhere.answers(answer);
    let ask = Ask {
        client_id: DOCUMENT.to_owned(),
        redirect_uri: "https://app.example.org/callback".to_owned(),
        ..Ask::new(world, "desk")
    };
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    let page = browser.get(world, &ask.path());
    assert_eq!((page.status(), page.header("location")), (400, ""), "{}", page.text());
    assert_eq!(world.recorded("consent", "ok", None), 0);
    page.text().to_owned()
}

/// A document of a client, with some of it changed.
pub(super) fn document(changes: &[(&str, Value)]) -> Value {
    let mut document = json!({ "client_id": DOCUMENT, "client_name": "An app",
        "redirect_uris": ["https://app.example.org/callback"], "token_endpoint_auth_method": "none" });
    for (name, value) in changes {
        document[*name] = value.clone();
    }
    document
}

/// Whoever connects the books, of which this is answered at this path, is sent nowhere, and told so; nothing is asked.
#[track_caller]
pub(crate) fn not_followed(
    world: &mut World,
    path: &'static str,
    says: &str,
    answer: impl Fn() -> Reply + Send + 'static,
) {
    // What others found out about the service is not remembered any more.
    world.pass_time(Duration::from_secs(601));
    let mut browser = Browser::of(&Person::of("books.example.com"));
    browser.sign_in(world, "/login");
    let csrf = field(&browser.get(world, "/connect/books"), "csrf");
    world.stage.books.answers(path, answer);
    let before = fetched(world);
    let page = browser.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "connect")]);
    world.stage.books.behaves();
    assert_eq!((page.status(), page.header("location")), (502, ""), "{}", page.text());
    assert!(page.text().contains(says), "{says}: {}", page.text());
    assert_eq!(fetched(world), before, "nobody was asked");
    assert_eq!(world.recorded("service_connected", "ok", None), 0);
}

/// The metadata of the books' authorization server, with some of it changed.
pub(crate) fn server(world: &World, changes: &[(&str, Value)]) -> String {
    let origin = world.stage.books.origin();
    let mut document = json!({
        "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"), "token_endpoint": format!("{origin}/token"),
        "registration_endpoint": format!("{origin}/register"), "code_challenge_methods_supported": ["S256"],
    });
    for (name, value) in changes {
        document[*name] = value.clone();
    }
    document.to_string()
}

pub(crate) const SERVER: &str = "/.well-known/oauth-authorization-server";
pub(crate) const RESOURCE: &str = "/.well-known/oauth-protected-resource";

/// Addresses inside of networks, and what is none of the web.
pub(super) const INSIDE: [&str; 8] = [
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/x",
    "https://[fd00::1]/x",
    "https://metadata.google.internal/x",
    "https://10.0.0.1.nip.io/x",
    "file:///etc/passwd",
    "http://public.example.org/x",
];

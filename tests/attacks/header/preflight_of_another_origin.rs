//! The attacker's page asks whether it may call, and wants to be told yes, or to read what the gateway says to anybody.
//! Fetch §3.2 (CORS): configured origins only, and never with cookies.

use bytes::Bytes;
use http::Request;

use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_of_another_origin_asks_whether_it_may(world: &mut World) {
    let others = [
        "https://evil.example.org",
        "null",
        "http://inspector.example",
        "https://inspector.example:8443",
        "https://INSPECTOR.example",
        "http://localhost",
        "https://x.inspector.example",
    ];
    for origin in others {
        let request = Request::options(world.url("/mcp/desk"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .body(Bytes::new())
            .unwrap();
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (403, ""), "{origin}");
    }
    assert_eq!(world.recorded("request_refused", "refused", Some("origin_not_allowed")), 7);
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for path in [
        "/",
        "/connections",
        "/connect/books",
        "/authorize",
        "/admin",
        "/admin/tokens",
        "/jwks.json",
        "/token",
    ] {
        let cookies: Vec<String> =
            browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            Request::get(world.url(path)).header("origin", others[0]).header("cookie", cookies.join("; "));
        let answer = world.send(request.body(Bytes::new()).unwrap());
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
        assert!(["", "*"].contains(&answer.header("access-control-allow-origin")), "{path}");
        assert!(
            answer.header("access-control-allow-origin").is_empty()
                || !answer.text().contains(&browser.person.email)
        );
    }
}

//! The attacker says a parameter twice and wants one reader to check one value and the other to use the second.
//! RFC 6749 §3.1, §3.2: parameters are there once at most.

use super::{asked, nothing_issued};
use crate::client::{Ask, Browser, encoded, token};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_says_two_things_in_one_question(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for (name, value) in [
        ("redirect_uri", "https://evil.example.org/"),
        ("client_id", "secretive"),
        ("code_challenge_method", "plain"),
        ("resource", "https://gate.example.com/mcp/mail"),
        ("scope", "mcp"),
        ("state", "again"),
        ("response_type", "token"),
    ] {
        for path in [
            format!("{}&{}", ask.path(), encoded(&[(name, value)])),
            ask.path().replacen('?', &format!("?{}&", encoded(&[(name, value)])), 1),
        ] {
            let page = browser.get(world, &path);
            assert_eq!((page.status(), page.header("location")), (400, ""), "{path}: {}", page.text());
        }
    }
    let (ask, code) = asked(world);
    let twice = [
        ("client_id", &*ask.client_id),
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("code", "x"),
        ("code_verifier", &*ask.verifier),
    ];
    assert_eq!(token(world, &twice).json()["error"], "invalid_request");
    nothing_issued(world);
}

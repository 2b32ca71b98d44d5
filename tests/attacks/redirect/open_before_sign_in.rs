//! The attacker registers their own page as a client, and sends people a link to the gateway whose mistake leads there.
//! They want an open redirect with the gateway's good name. RFC 9700 §4.11.2: nobody is redirected before they sign in.

use super::registered;
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_strangers_to_be_redirected_to_a_page_of_theirs(world: &mut World) {
    let ask = registered(world, "https://evil.example.org/phish");
    for (name, value, word) in [
        ("response_type", "x", "response_type must be code"),
        ("code_challenge", "", "PKCE is required"),
        ("resource", "https://evil.example.org/", "resource must be"),
        ("scope", "admin", "the scopes are mcp and mcp:read"),
    ] {
        let page = Browser::of(&Person::internal()).get(world, &ask.path_with(&[(name, value)]));
        assert_eq!((page.status(), page.header("location")), (400, ""), "{}", page.text());
        assert!(page.text().contains(word) && !page.text().contains("evil.example.org"), "{}", page.text());
    }
    let left = Browser::of(&Person::internal()).get(world, &ask.path());
    assert!(left.header("location").starts_with("/login?"), "{}", left.header("location"));
    world.expect_recorded("consent", "refused", Some("pkce_mismatch"));
}

//! The attacker leads the person to an address that looks like a picture or a style, and wants a cache between to keep the
//! person's page and hand it out (web cache deception). Such addresses are not there, and pages are not to be kept.

use super::call;
use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_a_cache_to_keep_a_persons_page(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for path in [
        "/connections/x.css",
        "/x.css",
        "/connect/books/x.png",
        "/admin/x.js",
        "/connections;x.css",
        "/connections%2fx.css",
    ] {
        let answer = browser.get(world, path);
        assert!(answer.status() >= 400, "{path}: {}", answer.status());
        assert!(!answer.text().contains(&browser.person.email), "{path}");
    }
    for path in ["/", "/connections", "/login", "/authorize", "/callback"] {
        let kept = browser.get(world, path).header("cache-control").to_owned();
        assert!(kept.contains("no-store"), "{path}: {kept}");
    }
    let agent = Agent::at(world, &mut browser, "desk");
    let request = call(world, &agent);
    let kept = world.send(request).header("cache-control").to_owned();
    assert!(kept.contains("no-store") || kept.contains("private"), "{kept}");
}

//! The attacker's AI client has a token, and wants to use the person's own pages with it: say yes, connect, allow more.
//! A token opens `/mcp` and nothing else.

use bytes::Bytes;
use http::Request;

use crate::client::{Agent, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_uses_the_persons_pages_with_its_token(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let agent = Agent::at(world, &mut browser, "desk");
    for path in ["/", "/connections", "/connect/books", "/approve/x", "/authorize", "/admin/tokens"] {
        let request =
            Request::get(world.url(path)).header("authorization", format!("Bearer {}", agent.token));
        let answer = world.send(request.body(Bytes::new()).unwrap());
        assert!(!answer.text().contains(&browser.person.email), "{path}: {}", answer.text());
        let turned_away = answer.header("location").starts_with("/login") || answer.status() >= 400;
        assert!(turned_away || answer.text().contains("href=\"/login\""), "{path}: {}", answer.status());
    }
}

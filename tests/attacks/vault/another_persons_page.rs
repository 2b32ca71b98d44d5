//! The attacker opens the pages of connections and wants to see or end the victim's account, or one that is not for them.
//! The pages are about who is signed in.

use serde_json::json;

use super::{at_the_books, connected};
use crate::client::{Browser, field};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_opens_the_pages_of_anothers_account(world: &mut World) {
    let (_, agent) = connected(world);
    agent.read(world, "get_issue", json!({}));
    let (mut other, _) = at_the_books(world);
    for path in ["/connections", "/connect/books", "/connect/books?person=1"] {
        let page = other.get(world, path);
        assert!(
            !page.text().contains("Connected since") && !page.text().contains("Disconnect"),
            "{}",
            page.text()
        );
    }
    let csrf = field(&other.get(world, "/connect/books"), "csrf");
    other.post(world, "/connect/books", &[("csrf", &csrf), ("decision", "disconnect")]);
    assert!(world.stage.books.revoked().is_empty());
    assert_eq!(agent.read(world, "get_issue", json!({})), "done", "it is still connected");
    let mut stranger = Browser::of(&Person::internal());
    stranger.sign_in(world, "/login");
    for path in ["/connect/books", "/connect/desk", "/connect/nothing", "/connect/books/callback?state=x"] {
        assert_eq!(stranger.get(world, path).status(), 404, "{path}");
    }
}

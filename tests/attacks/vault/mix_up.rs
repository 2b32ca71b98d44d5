//! The attacker runs another authorization server and wants the code of the honest one, or theirs to be sent there.
//! RFC 9207 §2.4: the answer says whose it is; who says that it does must.

use super::{at_the_books, leave, unconnected};
use crate::client::encoded;
use crate::world::World;

pub(super) fn an_answer_of_another_authorization_server_is_tried(world: &mut World) {
    let (mut browser, agent) = at_the_books(world);
    for forged in [Some("https://evil.example.org"), Some(""), None] {
        let url = leave(world, &mut browser);
        let back = world.stage.books.allow(&url);
        let (before, _) = back.split_once("&iss=").unwrap();
        let back = match forged {
            Some(iss) => format!("{before}&{}", encoded(&[("iss", iss)])),
            None => before.to_owned(),
        };
        let answer = browser.get(world, &back);
        assert_eq!(answer.status(), 502, "{}", answer.text());
        assert!(answer.text().contains("another authorization server"), "{}", answer.text());
    }
    assert!(world.stage.books.tokens().is_empty(), "the code was not sent anywhere");
    unconnected(world, &agent);
}

//! The attacker writes line breaks into what the gateway repeats in a redirect, and wants a header of their own there: a
//! cookie, another place to go. RFC 9112 §11.1 (response splitting).

use url::Url;

use crate::client::{Ask, Browser, REDIRECT, parameter};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_to_write_a_header_by_their_state(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for state in [
        "x\r\nset-cookie: __Host-mcpgate_session=planted",
        "x\nlocation: https://evil.example.org",
        "x\u{85}y",
    ] {
        let answer = browser.get(world, &ask.path_with(&[("state", state), ("scope", "admin")]));
        assert_eq!((answer.status(), answer.header("set-cookie")), (303, ""), "{state:?}");
        let back = Url::parse(answer.header("location")).unwrap();
        assert!(back.as_str().starts_with(REDIRECT), "{back}");
        assert_eq!(parameter(&back, "state").as_deref(), Some(state), "as it was, encoded");
        assert_eq!(answer.headers().get_all("location").iter().count(), 1);
    }
}

//! The attacker registers a redirect that already says `code`, `state` or `iss`, or says it in the state, and wants the
//! client to read the attacker's instead of the gateway's. RFC 9207 §2: what the gateway says is there once.

use url::Url;

use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_writes_into_their_state_what_the_gateway_says(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    let state = "x&iss=https://evil.example.org&code=planted#";
    let answer = browser.get(world, &ask.path_with(&[("state", state), ("scope", "admin")]));
    let back = Url::parse(answer.header("location")).unwrap();
    let of = |name: &str| {
        back.query_pairs()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| value.into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("iss"), [world.origin()]);
    assert_eq!(of("state"), [state]);
    assert!(of("code").is_empty() && back.fragment().is_none(), "{back}");
}

//! The attacker sends people a link to sign in that leads to the attacker's page afterwards.
//! They want an open redirect. RFC 9700 §4.11: after the sign-in only this gateway's own paths.

use url::Url;

use crate::client::{Browser, encoded};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_a_sign_in_to_end_at_their_page(world: &mut World) {
    for path in [
        "https://evil.example.org/",
        "//evil.example.org/",
        "/\\evil.example.org",
        "\\\\evil.example.org",
        "/%09/evil.example.org",
        "javascript:alert(1)",
        "/..//evil.example.org",
        "///evil.example.org",
        "/\t/evil.example.org",
        "/\n/evil.example.org",
        "@evil.example.org",
        ".evil.example.org",
        "https:evil.example.org",
        "/.//evil.example.org",
    ] {
        let mut browser = Browser::of(&Person::internal());
        let back = browser.sign_in(world, &format!("/login?{}", encoded(&[("return_to", path)])));
        assert_eq!(back.status(), 303);
        let to = Url::parse(back.header("location")).unwrap();
        assert_eq!(to.origin().ascii_serialization(), world.origin(), "{path}");
        assert!(!to.path().starts_with("//"), "{path}: {to}");
    }
}

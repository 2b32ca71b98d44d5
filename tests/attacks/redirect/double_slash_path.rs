//! The attacker sends people to a path of the gateway that begins like a host, and wants it to be written into a redirect.
//! RFC 3986 §4.2: `//host` is another host.

use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_a_path_to_become_a_host(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    for path in [
        "//evil.example.org/",
        "//evil.example.org/connections",
        "//evil.example.org/admin",
        "/approve//evil.example.org",
    ] {
        for browser in [&mut Browser::of(&Person::internal()), &mut browser] {
            let uri = format!("{}{path}", world.origin());
            let answer = browser.get(world, &uri);
            let to = answer.header("location").to_owned();
            assert!(!to.starts_with("//") && !to.contains("://evil"), "{path}: {to}");
            assert!(answer.status() >= 400 || to.starts_with("/login?"), "{path}: {}", answer.status());
        }
    }
}

//! The attacker sends a link with a session id of theirs, or finds one in a log, and wants it to count.
//! OWASP ASVS 3.1.1: a session is in its cookie and nowhere else.

use bytes::Bytes;
use http::Request;

use super::{SESSION, signed_out};
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_brings_a_session_in_the_url(world: &mut World) {
    let mut victim = Browser::of(&Person::internal());
    victim.sign_in(world, "/login");
    let id = victim.cookies[SESSION].clone();
    let mut thief = Browser::of(&Person::internal());
    for name in [SESSION, "mcpgate_session", "session", "sid", "JSESSIONID"] {
        for path in [format!("/?{name}={id}"), format!("/connections?{name}={id}")] {
            assert!(!thief.get(world, &path).text().contains(&victim.person.email), "{path}");
        }
        let request =
            Request::get(world.url("/")).header(name.to_lowercase(), &id).body(Bytes::new()).unwrap();
        assert!(!world.send(request).text().contains(&victim.person.email), "{name}");
    }
    signed_out(world, &mut thief);
}

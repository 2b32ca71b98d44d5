//! The attacker's page posts forms to the administrator's browser, or uses one form's secret for another.
//! RFC 9700 §4.7 (CSRF). They want it done in the administrator's name.

use super::{administrator, csrf, page, token};
use crate::client::Agent;
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::world::World;

pub(super) fn forms_of_others_want_to_administer(world: &mut World) {
    let mut admin = administrator(world);
    let agent = Agent::of(world, &Person::internal(), "desk");
    token(world, &mut admin, &["scope_people"], "1");
    let shown = page(world, &mut admin);
    let (tokens, people) = (csrf(&shown, "/admin/tokens"), csrf(&shown, "/admin/people/remove"));
    let (_, rest) = shown.text().split_once("action=\"/admin/tokens/").unwrap();
    let one = format!("/admin/tokens/{}", rest.split('\u{22}').next().unwrap());
    let make = [("name", "x"), ("days", "1"), ("scope_people", "1")];
    for (path, token) in [
        ("/admin/tokens", people.as_str()),
        ("/admin/tokens", ""),
        (&*one, tokens.as_str()),
        ("/admin/people/remove", tokens.as_str()),
    ] {
        let form = [&make[..], &[("csrf", token), ("who", ADMIN)]].concat();
        assert_eq!(admin.post(world, path, &form).status(), 403, "{path}");
    }
    let form = [("csrf", people.as_str()), ("who", ADMIN)];
    for origin in ["https://evil.example.org", "null", "http://gate.example.com"] {
        let foreign = admin.post_from(world, origin, "/admin/people/remove", &form);
        assert_eq!(foreign.status(), 403, "{origin}");
    }
    assert_eq!(world.recorded("person_removed", "refused", Some("csrf")), 4);
    page(world, &mut admin);
    agent.renewed(world);
}

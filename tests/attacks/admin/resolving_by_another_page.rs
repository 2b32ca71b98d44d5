//! The attacker's page posts the auditor's form to the auditor's browser, or an auditor's form for something else is
//! used for it. RFC 9700 §4.7 (CSRF). They want a look-up in the auditor's name, and an answer that a script can read.

use super::{csrf, page};
use crate::story::actor::{PATH, auditor, somebody};
use crate::world::World;

pub(super) fn another_page_wants_to_know_who_somebody_on_record_is(world: &mut World) {
    let (person, actor) = somebody(world);
    let mut auditor = auditor(world);
    let own = csrf(&page(world, &mut auditor), PATH);
    let form = |csrf| [("csrf", csrf), ("actor", actor.as_str()), ("case", "CASE-1")];
    for origin in ["https://evil.example.org", "null", "http://gate.example.com"] {
        let answer = auditor.post_from(world, origin, PATH, &form(&own));
        assert!(answer.status() == 403 && !answer.text().contains(&person.email), "{origin}");
    }
    for csrf in ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(auditor.post(world, PATH, &form(csrf)).status(), 403);
        assert_eq!(auditor.post_for_json(world, PATH, &form(csrf)).status(), 403);
    }
    assert_eq!(world.recorded("actor_resolved", "refused", Some("csrf")), 7);
    assert_eq!(world.recorded("actor_resolved", "ok", None), 0);
    let honest = auditor.post(world, PATH, &form(&own));
    assert!(honest.text().contains(&person.email), "{}", honest.text());
    assert!(!honest.headers().contains_key("access-control-allow-origin"));
}

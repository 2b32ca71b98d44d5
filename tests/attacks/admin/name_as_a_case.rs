//! The attacker is an auditor, or stands behind one, and wants a name on record for good, by way of the case.
//! What is on record can be personal data by no field of it.

use super::{csrf, page};
use crate::story::actor::{PATH, auditor, somebody};
use crate::world::World;

pub(super) fn a_name_is_passed_off_as_a_case(world: &mut World) {
    let (person, actor) = somebody(world);
    let mut auditor = auditor(world);
    let csrf = csrf(&page(world, &mut auditor), PATH);
    let cases = [
        "Jane Doe",
        "JANE-1985",
        "DOE-0151234567",
        "CASE-JANE",
        "CASE-1\nJANE",
        "CASE-1;JANE",
        &person.email,
    ];
    for case in cases {
        let answer = auditor.post(world, PATH, &[("csrf", &csrf), ("actor", &actor), ("case", case)]);
        assert!(
            answer.status() == 400 && !answer.text().contains(&person.email),
            "{case}: {}",
            answer.text()
        );
    }
    assert_eq!(world.recorded("actor_resolved", "refused", Some("case_malformed")), cases.len());
    let events = world.audit();
    let record: String = events.iter().map(|event| event.to_string().to_lowercase()).collect();
    assert!(!record.contains("jane") && !record.contains("doe") && !record.contains(&person.email));
}

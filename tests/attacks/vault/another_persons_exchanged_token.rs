//! The attacker may use the same service as the victim, where nobody connects anything, and wants what was exchanged for
//! the victim's sign-in to answer their calls. RFC 8693: each subject is the caller's own, and so is what comes of it.

use serde_json::json;

use crate::attacks::part;
use crate::story::tokens::{bearer, customer};
use crate::world::World;

pub(super) fn somebody_wants_to_use_what_was_exchanged_for_another(world: &mut World) {
    for service in ["safe", "deeds", "funds"] {
        let (victim, first) = customer(world, service);
        first.read(world, "get_issue", json!({}));
        let one = bearer(world);
        let (attacker, second) = customer(world, service);
        second.read(
            world,
            "get_issue",
            json!({ "person": victim.person.email, "on_behalf_of": victim.person.sub }),
        );
        assert_ne!(bearer(world), one, "{service}");
        let subject = world.stage.bank.forms().pop().unwrap()["subject_token"].clone();
        match service {
            "safe" => assert_eq!(part(&subject, 1)["email"], json!(attacker.person.email)),
            "deeds" => assert_eq!(part(&subject, 1)["sub"], json!(attacker.person.sub)),
            _ => assert_eq!(world.stage.idp.owner(&subject), Some(attacker.person.sub)),
        }
        first.read(world, "get_issue", json!({}));
        assert_eq!(bearer(world), one, "{service}: and the victim goes on");
    }
}

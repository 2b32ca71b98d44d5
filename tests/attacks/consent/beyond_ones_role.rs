//! The attacker is a person whose role has fewer services, and wants to allow a client what they may not use.
//! Default deny: the role says what can be consented to.

use super::nothing_allowed;
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_allows_what_they_may_not_use_themselves(world: &mut World) {
    for (domain, service) in
        [("limited.example.com", "mail"), ("nothing.example.com", "desk"), ("nothing.example.com", "")]
    {
        let mut browser = Browser::of(&Person::of(domain));
        let page = Ask::new(world, service).consent_page(world, &mut browser);
        assert_eq!(page.status(), 403);
        assert!(
            page.text().contains("may not use") && page.text().contains("those who run this gateway"),
            "{}",
            page.text()
        );
    }
    assert_eq!(world.recorded("consent", "refused", Some("service_not_allowed")), 3);
    nothing_allowed(world);
}

//! The attacker has another account at the provider with the victim's address (it was given to them, or taken over), and
//! wants what the victim keeps here. OpenID Connect Core §5.7: a person is issuer and `sub`, not an address.

use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_with_the_same_address_wants_the_others_things(world: &mut World) {
    let victim = Person::internal();
    let mut browser = Browser::of(&victim);
    let ask = Ask::vouched(world, "desk");
    ask.code(world, &mut browser);
    let mut twin = Browser::of(&Person::with_email(&victim.email));
    twin.sign_in(world, "/login");
    let page = twin.get(world, "/");
    assert!(page.text().contains(&victim.email) && !page.text().contains("claude.ai"), "{}", page.text());
    assert_eq!(twin.get(world, &ask.path()).status(), 200, "they are asked themselves");
    assert_eq!(world.recorded("consent_used", "ok", None), 0);
}

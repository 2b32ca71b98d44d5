//! The attacker runs another provider, and wants the gateway to send it a code of the honest one.
//! RFC 9207 §2.4 (mix-up): an answer says whose it is, and another's is refused before the code goes anywhere.

use super::{leave, signed_out};
use crate::client::{Browser, encoded};
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_answer_of_another_provider_is_tried(world: &mut World) {
    let honest = encoded(&[("iss", &world.stage.idp.origin())]);
    for iss in ["https://evil.example.org", "", "null"] {
        let mut browser = Browser::of(&Person::internal());
        let back = leave(world, &mut browser);
        let mixed = back.replace(&honest, &encoded(&[("iss", iss)]));
        assert_ne!(mixed, back);
        let page = browser.get(world, &mixed);
        assert_eq!(page.status(), 502, "{}", page.text());
        signed_out(world, &mut browser);
    }
    let mut browser = Browser::of(&Person::internal());
    let back = leave(world, &mut browser).replace(&format!("&{honest}"), "");
    assert_eq!(browser.get(world, &back).status(), 502, "the provider has said that it names itself");
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("idp_rubbish")), 4);
    assert!(
        world.stage.idp.seen().iter().all(|url| !url.ends_with("/token")),
        "the code was not sent anywhere"
    );
}

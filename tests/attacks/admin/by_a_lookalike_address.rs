//! The attacker has an address that looks like the administrator's, or is it and was never checked.
//! Addresses are compared whole, and only verified ones. They want to be the administrator.

use serde_json::json;

use super::{ANEW, nothing_done};
use crate::client::{Agent, Browser};
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_with_an_address_like_the_administrators_wants_to_administer(world: &mut World) {
    let victim = Agent::of(world, &Person::internal(), "desk");
    for email in [
        "ada.admin+x@example.com",
        "adaadmin@example.com",
        "\u{430}da.admin@example.com",
        "ada.admin@limited.example.com",
        "ada.admin.@example.com",
        "ada\u{2024}admin@example.com",
    ] {
        let mut browser = Browser::of(&Person::with_email(email));
        browser.sign_in(world, ANEW);
        assert_eq!(browser.get(world, "/admin").status(), 403, "{email}");
    }
    let mut browser = Browser::of(&Person { verified: json!(false), ..Person::with_email(ADMIN) });
    assert_eq!(browser.sign_in(world, ANEW).status(), 403);
    assert!(browser.get(world, "/admin").header("location").starts_with("/login"));
    nothing_done(world, &victim);
}

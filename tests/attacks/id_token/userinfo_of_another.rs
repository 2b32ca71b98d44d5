//! The attacker swaps the access token at the provider, so that the gateway is told another person's address.
//! OpenID Connect Core §5.3.2: what it says must be about the same `sub`. They want to be let in as that person.

use mcpgate::host::memory::Reply;
use serde_json::{Value, json};

use crate::attacks::session::signed_out;
use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_another_persons_address_to_be_theirs(world: &mut World) {
    for subject in [json!("somebody-else"), Value::Null, json!("")] {
        world.stage.idp.tampers(|claims| {
            claims.as_object_mut().unwrap().shift_remove("email");
        });
        world.stage.idp.answers("/userinfo", move || {
            let said = json!({ "sub": subject, "email": "ada.admin@example.com", "email_verified": true });
            Reply::new(200, "application/json", said.to_string())
        });
        let mut browser = Browser::of(&Person::of("elsewhere.example.org"));
        assert_eq!(browser.sign_in(world, "/login").status(), 502);
        signed_out(world, &mut browser);
        world.stage.idp.behaves();
    }
    assert_eq!(world.recorded("sign_in", "ok", None), 0);
}

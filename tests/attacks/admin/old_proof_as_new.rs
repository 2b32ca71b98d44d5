//! The attacker sits at a browser that the provider still knows, and wants its silent answer to be a proof anew.
//! OpenID Connect Core §3.1.2.1: `auth_time` is held against `max_age`.

use serde_json::json;

use super::ANEW;
use crate::client::Browser;
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_old_proof_is_passed_off_as_a_new_one(world: &mut World) {
    let mut admin = Browser::of(&Person::with_email(ADMIN));
    for before in [json!(3600), json!(120), json!("an hour ago"), json!(-1)] {
        world.stage.idp.tampers(move |claims| {
            let now = claims["iat"].as_i64().unwrap();
            claims["auth_time"] = match before.as_i64() {
                Some(-1) => json!(-1),
                Some(seconds) => json!(now - seconds),
                None => before.clone(),
            };
        });
        let refused = admin.sign_in(world, ANEW);
        assert_eq!(refused.status(), 502, "{}", refused.text());
        assert!(!admin.get(world, "/admin").text().contains("Administration</h1>"));
    }
    assert_eq!(world.recorded("sign_in", "identity_provider", Some("id_token_invalid")), 4);
    // Whoever has the browser can take `max_age` away, and with it what the provider says of the time.
    world.stage.idp.tampers(|claims| drop(claims.as_object_mut().unwrap().remove("auth_time")));
    assert_eq!(admin.sign_in(world, ANEW).status(), 502);
    assert!(!admin.get(world, "/admin").text().contains("Administration</h1>"));
    // The same token signs in, and says how old the proof is.
    world.stage.idp.tampers(|claims| claims["auth_time"] = json!(claims["iat"].as_i64().unwrap() - 3600));
    assert_eq!(admin.sign_in(world, "/login?return_to=%2Fadmin").status(), 303);
    assert_eq!(admin.get(world, "/admin").header("location"), ANEW);
}

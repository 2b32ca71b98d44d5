//! The attacker answers for the provider's discovery document, and wants people to sign in at another one.
//! OpenID Connect Discovery §4.3: the issuer in it is the one that was asked.

use mcpgate::host::memory::Reply;
use serde_json::json;

use crate::client::Browser;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_people_to_sign_in_at_another_provider(world: &mut World) {
    world.stage.idp.answers("/.well-known", || {
        let endpoint = |path: &str| format!("https://evil.example.org{path}");
        let document = json!({ "issuer": "https://evil.example.org", "authorization_endpoint": endpoint("/a"),
            "token_endpoint": endpoint("/t"), "jwks_uri": endpoint("/j") });
        Reply::new(200, "application/json", document.to_string())
    });
    let mut browser = Browser::of(&Person::internal());
    let page = browser.get(world, "/login");
    assert_eq!((page.status(), page.header("location")), (502, ""), "{}", page.text());
    assert!(page.text().contains("issuer"), "{}", page.text());
    world.expect_recorded("sign_in", "identity_provider", Some("idp_rubbish"));
    world.stage.idp.behaves();
    assert_eq!(browser.sign_in(world, "/login").status(), 303);
}

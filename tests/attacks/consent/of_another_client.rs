//! The attacker registers a client with the name and the address of one that was allowed, and wants its yes.
//! The page would say the same but for who vouches. RFC 7591 §5.

use serde_json::json;

use crate::client::{Ask, Browser, register};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_client_wants_to_look_like_another_one(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let wish = json!({
        "client_name": "A secretive client\u{202e}\u{200b}", "redirect_uris": ["https://secretive.example/callback"],
        "token_endpoint_auth_method": "none", "client_id": "secretive", "client_uri": "https://secretive.example",
    });
    let registered = register(world, &wish).json();
    assert_ne!(registered["client_id"], "secretive", "nobody chooses their id");
    let look_alike = Ask {
        client_id: registered["client_id"].as_str().unwrap().to_owned(),
        redirect_uri: "https://secretive.example/callback".to_owned(),
        ..Ask::new(world, "desk")
    };
    let real = Ask { client_id: "secretive".to_owned(), ..look_alike.clone() };
    real.code(world, &mut browser);
    // The same name and the same address are not the same client: the person is asked, and told that nobody vouches.
    let page = browser.get(world, &look_alike.path());
    assert_eq!(page.status(), 200, "{}", page.header("location"));
    assert!(page.text().contains("nobody has checked it"), "{}", page.text());
    assert!(!page.text().contains('\u{202e}') && !page.text().contains("those who run this gateway"));
}

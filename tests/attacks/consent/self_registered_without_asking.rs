//! The attacker uses the id of a client that registered itself, which proves nothing, and wants its old yes to count.
//! RFC 8252 §8.6: nobody vouches for it, so the person is asked each time.

use serde_json::json;

use super::{is_asked, permitted};
use crate::client::{Ask, register};
use crate::world::World;

pub(super) fn a_self_registered_client_wants_a_code_without_asking(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let mut browser = permitted(world, &ask);
    is_asked(world, &mut browser, &ask);
    let redirect_uri = "https://app.example.org/callback";
    let wish = json!({ "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none" });
    let registered = register(world, &wish).json();
    let client_id = registered["client_id"].as_str().unwrap().to_owned();
    let ask = Ask { client_id, redirect_uri: redirect_uri.to_owned(), ..ask };
    ask.code(world, &mut browser);
    is_asked(world, &mut browser, &ask);
    assert_eq!(world.recorded("consent_used", "ok", None), 0);
}

//! The attacker writes the client's host where browsers read a user's name, and their own behind it.
//! RFC 9700 §4.1.3, RFC 3986 §7.6. They want the code.

use serde_json::json;

use super::{registered, shown};
use crate::client::register;
use crate::world::World;

pub(super) fn somebody_writes_the_host_as_a_users_name(world: &mut World) {
    let ask = registered(world, "https://app.example.com/callback");
    for redirect in [
        "https://app.example.com@evil.example.org/callback",
        "https://app.example.com:443@evil.example.org/callback",
        "https://app.example.com%40evil.example.org/callback",
        "https://user@app.example.com/callback",
        "https://evil.example.org#@app.example.com/callback",
        "https://evil.example.org?@app.example.com/callback",
    ] {
        shown(world, &ask, redirect);
    }
    let before = world.recorded("client_registered", "ok", None);
    let wish = json!({ "redirect_uris": ["https://app.example.com@evil.example.org/"] });
    assert_eq!(register(world, &wish).status(), 400);
    assert_eq!(world.recorded("client_registered", "ok", None), before);
}

//! The attacker registers clients of any size, and wants to fill the database.
//! RFC 7591 §5: 16 KiB each, 32 redirects each.

use serde_json::json;

use crate::client::{REDIRECT, register};
use crate::world::World;

pub(super) fn somebody_registers_a_client_of_any_size(world: &mut World) {
    for wish in [
        json!({ "redirect_uris": [REDIRECT], "client_name": "x".repeat(17_000) }),
        json!({ "redirect_uris": vec![REDIRECT; 33] }),
        json!({ "redirect_uris": [format!("https://app.example.org/{}", "a".repeat(1024))] }),
        json!({ "redirect_uris": [REDIRECT], "x": "y".repeat(17_000) }),
    ] {
        assert_eq!(register(world, &wish).status(), 400);
    }
    assert_eq!(world.recorded("client_registered", "ok", None), 0);
    assert_eq!(world.recorded("client_registered", "refused", Some("client_invalid")), 4);
}

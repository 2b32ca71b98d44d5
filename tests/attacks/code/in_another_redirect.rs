//! The attacker lets the client redeem a code as if it had come to another address than it did.
//! What they want is to use a code that was led astray. RFC 6749 §4.1.3: the redirect must be the same.

use serde_json::json;

use super::{asked, nothing_issued};
use crate::world::World;

pub(super) fn somebody_redeems_a_code_in_another_redirect(world: &mut World) {
    for redirect in
        ["http://127.0.0.1:1/callback", "http://localhost:33418/callback", "https://evil.example.org/"]
    {
        let (ask, code) = asked(world);
        let answer = ask.redeem(world, &code, &[("redirect_uri", redirect)]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_grant")), "{redirect}");
        assert_eq!(ask.redeem(world, &code, &[]).status(), 400);
    }
    assert_eq!(world.recorded("token_refused", "refused", Some("redirect_mismatch")), 3);
    nothing_issued(world);
}

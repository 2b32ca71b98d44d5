//! The attacker cannot use a code, and wants that its owner cannot either, or loses what it became.
//! RFC 6749 §10.5 is about two uses by the client; a stranger's attempt is none.

use serde_json::json;

use super::asked;
use crate::client::Ask;
use crate::world::World;

pub(super) fn a_stranger_wants_to_use_a_code_up(world: &mut World) {
    let (ask, code) = asked(world);
    let registered = Ask::new(world, "desk").client_id;
    let strangers = ["https://anything.example.org/never-fetched", &registered];
    for stranger in strangers {
        let answer = ask.redeem(world, &code, &[("client_id", stranger)]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_grant")), "{stranger}");
    }
    let tokens = ask.redeem(world, &code, &[]);
    assert_eq!(tokens.status(), 200, "its owner still has it: {}", tokens.text());
    for stranger in strangers {
        let answer = ask.redeem(world, &code, &[("client_id", stranger)]);
        assert_eq!((answer.status(), &answer.json()["error"]), (400, &json!("invalid_grant")), "{stranger}");
    }
    let refreshed = ask.refresh(world, tokens.json()["refresh_token"].as_str().unwrap());
    assert_eq!(refreshed.status(), 200, "and what it became: {}", refreshed.text());
    assert_eq!(world.recorded("token_refused", "refused", Some("code_unknown")), 4);
    assert_eq!(world.recorded("token_refused", "refused", Some("code_reused")), 0);
}

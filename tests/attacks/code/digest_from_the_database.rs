//! The attacker can read the database, where codes and refresh tokens are, and wants to redeem what is there.
//! RFC 6749 §10.3 and this gateway: only digests are kept.

use super::{asked, denied};
use crate::world::World;

pub(super) fn a_reader_of_the_database_redeems_what_is_there(world: &mut World) {
    let (ask, code) = asked(world);
    let kept = world.rows("SELECT code_hash FROM oauth_code");
    assert_eq!(kept.len(), 1);
    assert_ne!(kept[0][0], code);
    let answer = ask.redeem(world, &kept[0][0], &[]);
    denied(world, &answer, "invalid_grant", "code_unknown");
    let tokens = ask.redeem(world, &code, &[]);
    assert_eq!(tokens.status(), 200, "{}", tokens.text());
    let kept = world.rows("SELECT token_hash, family FROM refresh_token");
    for stolen in kept.iter().flatten() {
        assert_eq!(ask.refresh(world, stolen).json()["error"], "invalid_grant");
    }
    let refreshed = ask.refresh(world, tokens.json()["refresh_token"].as_str().unwrap());
    assert_eq!(refreshed.status(), 200, "{}", refreshed.text());
}

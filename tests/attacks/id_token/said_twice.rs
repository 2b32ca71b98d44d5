//! The attacker says a claim twice in one token, and wants the gateway to read the one that others do not.
//! RFC 7519 §4: claim names are unique.

use super::nobody_enters;
use crate::attacks::jwt::es256;
use crate::world::World;

pub(super) fn an_id_token_says_two_things(world: &mut World) {
    for twice in [
        r#""email":"ada.admin@example.com""#,
        r#""email_verified":true"#,
        r#""sub":"another""#,
        r#""aud":"mcpgate""#,
    ] {
        nobody_enters(world, move |header, claims, key| {
            es256(key, header, &claims.to_string().replacen('{', &format!("{{{twice},"), 1))
        });
    }
}

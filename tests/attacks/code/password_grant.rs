//! The attacker has a password, a device or a client's secret only, and wants tokens without the person.
//! OAuth 2.1 §10: other grants are not offered.

use super::nothing_issued;
use crate::client::{Ask, token};
use crate::stage::CLIENT_SECRET;
use crate::world::World;

pub(super) fn somebody_wants_tokens_by_another_grant(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for grant in [
        "password",
        "client_credentials",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:openid:params:grant-type:ciba",
    ] {
        for (client, secret) in [(&*ask.client_id, None), ("secretive", Some(CLIENT_SECRET))] {
            let mut form = vec![
                ("grant_type", grant),
                ("client_id", client),
                ("username", "mia@example.com"),
                ("password", "x"),
                ("subject_token", "x"),
                ("scope", "mcp"),
            ];
            form.extend(secret.map(|secret| ("client_secret", secret)));
            let answer = token(world, &form);
            assert_eq!(answer.json()["error"], "unsupported_grant_type", "{grant}: {}", answer.text());
        }
    }
    nothing_issued(world);
}

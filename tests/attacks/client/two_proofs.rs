//! The attacker brings two proofs, a good one of their own client and a bad one of another, and wants the gateway to check
//! one and believe the other. RFC 6749 §2.3: one way only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;

use super::{ask, claims, redeem};
use crate::client::encoded;
use crate::stage::{CLIENT_SECRET, client_assertion};
use crate::world::World;

pub(super) fn somebody_proves_two_clients_at_once(world: &mut World) {
    let (ask, code) = ask(world, "keyed");
    let good = client_assertion(claims(world, &[]));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let jwt = [("client_assertion_type", kind), ("client_assertion", &*good)];
    for more in [("client_secret", CLIENT_SECRET), ("client_id", "secretive")] {
        let answer = ask.redeem(world, &code, &[jwt[0], jwt[1], more]);
        assert!([400, 401].contains(&answer.status()), "{more:?}: {}", answer.text());
    }
    let form =
        [("grant_type", "authorization_code"), ("code", &*code), ("client_id", "keyed"), jwt[0], jwt[1]];
    let basic = STANDARD.encode(encoded(&[("", CLIENT_SECRET)]).replacen('=', "secretive:", 1));
    let request = Request::post(world.url("/token"))
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(&form).into())
        .unwrap();
    assert_eq!(world.send(request).json()["error"], "invalid_request");
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
    assert_eq!(redeem(world, &ask, &code, &good).status(), 200, "and it was not used up");
}

//! The attacker has a code of a client with a secret, and not the secret.
//! RFC 6749 §3.2.1: a confidential client proves itself. They want its tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;

use super::{ask, denied};
use crate::client::encoded;
use crate::stage::CLIENT_SECRET;
use crate::world::World;

pub(super) fn a_thief_redeems_a_code_without_the_clients_secret(world: &mut World) {
    let (ask, code) = ask(world, "secretive");
    for others in
        [&[][..], &[("client_secret", "")], &[("client_secret", "wrong")], &[("client_secret", "SECRETIVE")]]
    {
        denied(&ask.redeem(world, &code, others));
    }
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    for value in
        [basic("secretive:"), basic("secretive:wrong"), basic("secretive"), basic(":"), "Basic".to_owned()]
    {
        let form = [("grant_type", "authorization_code"), ("code", &*code), ("code_verifier", &ask.verifier)];
        let request = Request::post(world.url("/token"))
            .header("authorization", value)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(&form).into())
            .unwrap();
        denied(&world.send(request));
    }
    assert_eq!(world.recorded("token_issued", "ok", None), 0);
    assert_eq!(ask.redeem(world, &code, &[("client_secret", CLIENT_SECRET)]).status(), 200);
}

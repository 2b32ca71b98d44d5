//! The attacker is another provider, or signs as one, and wants to say who acts for whom.
//! RFC 7523 §3 (1): only the configured provider, by its own keys.

use serde_json::{Value, json};

use super::{TYPE, asserted, present, worth_nothing};
use crate::attacks::jwt::{as_secrets, es256, hs256, joined, own_key, part};
use crate::stage::Person;
use crate::world::World;

pub(super) fn an_assertion_of_another_provider_is_presented(world: &mut World) {
    for issuer in [Value::Null, json!("https://evil.example.org"), json!(world.origin())] {
        let assertion = asserted(world, TYPE, &Person::internal(), &[("iss", issuer)]);
        worth_nothing(world, &assertion);
    }
    let honest = asserted(world, TYPE, &Person::internal(), &[]);
    let (mut header, said) = (part(&honest, 0), part(&honest, 1).to_string());
    worth_nothing(world, &es256(&own_key().0, &header, &said));
    worth_nothing(world, &joined(&header, &said, &[0; 64]));
    header["jwk"] = own_key().1;
    worth_nothing(world, &es256(&own_key().0, &header, &said));
    for alg in ["none", "HS256"] {
        header["alg"] = json!(alg);
        worth_nothing(world, &hs256(&as_secrets(&world.stage.idp.published())[0], &header, &said));
    }
    assert_eq!(present(world, &honest).status(), 200, "the honest one was not used up");
}

//! The attacker wants a token to count whose signature was cut off, or cut short.
//! RFC 7515 §5.2: no signature is no valid signature.

use super::worthless;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_cuts_the_signature_off(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let (rest, signature) = agent.token.rsplit_once('.').unwrap();
    let half = &signature[..43];
    for token in [
        rest.to_owned(),
        format!("{rest}."),
        format!("{rest}.{half}"),
        format!("{rest}..{signature}"),
        "x".to_owned(),
    ] {
        worthless(world, &agent, &token);
    }
}

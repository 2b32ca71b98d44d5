//! The attacker has two honest tokens and wants to make a third of them: what one says under the signature of the other.
//! RFC 7515 §5.1: the signature is about header and payload.

use super::worthless;
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_makes_one_token_of_two(world: &mut World) {
    let agent = Agent::of(world, &Person::internal(), "desk");
    let own = Agent::of(world, &Person::of("limited.example.com"), "desk");
    let parts = |agent: &Agent| agent.token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (theirs, own) = (parts(&agent), parts(&own));
    worthless(world, &agent, &format!("{}.{}.{}", own[0], theirs[1], own[2]));
    worthless(world, &agent, &format!("{}.{}.{}", own[0], own[1], theirs[2]));
}

//! The attacker has allowed the same client as the victim, and wants their own form to end the victim's.
//! The form is the session's, and ends what is its person's.

use super::{pairs, permitted, revocation};
use crate::client::{Agent, Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_to_end_another_persons_client(world: &mut World) {
    let ask = Ask::vouched(world, "desk");
    let agent = Agent::asking(world, &mut Browser::of(&Person::internal()), ask.clone(), "desk");
    let mut other = permitted(world, &ask);
    let form = revocation(world, &mut other, &ask.client_id);
    assert_eq!(other.post(world, "/clients/revoke", &pairs(&form)).status(), 303);
    let agent = agent.renewed(world);
    let stranger = Browser::of(&Person::internal()).post(world, "/clients/revoke", &pairs(&form));
    assert_eq!((stranger.status(), stranger.header("location")), (303, "/login"));
    agent.renewed(world);
}

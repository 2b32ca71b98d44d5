//! The attacker is held, and wants to go on in older revisions of the protocol, in a session that began before.
//! A hold is of the person, whatever they come with.

use super::{get_held, is_held, reader};
use crate::world::World;

pub(super) fn somebody_held_speaks_an_older_revision(world: &mut World) {
    let (_, agent) = reader(world);
    let mut begun = agent.speaking("2025-06-18");
    begun.initialize(world);
    get_held(world, &agent);
    is_held(world, &begun);
    for revision in ["2025-11-25", "2025-03-26", "2024-11-05"] {
        let mut older = agent.speaking(revision);
        older.initialize(world);
        is_held(world, &older);
    }
}

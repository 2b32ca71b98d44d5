//! The attacker pulls a little more each day and wants to get the gateway used to it, until all of it is usual.
//! What is usual grows along; `most_records_per_hour` does not.

use super::{alerts, is_held, pull, reader};
use crate::world::World;

pub(super) fn somebody_takes_a_little_more_each_day(world: &mut World) {
    let (_, agent) = reader(world);
    pull(world, &agent, 1);
    // They have had a hundred in each hour for days, as far as the gateway knows.
    world.sql(
        "INSERT INTO throughput (person, role, client, service, tool, span, begins, calls, bytes, records) \
         SELECT person, role, client, service, tool, span, begins - (CASE span WHEN 'day' THEN 86400000 ELSE 3600000 END) * value, \
         1, 100, 100 FROM throughput JOIN json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]')",
    );
    world.pass_time(std::time::Duration::from_secs(601));
    let agent = agent.renewed(world);
    pull(world, &agent, 99);
    assert!(alerts(world).is_empty(), "a hundred are usual by now");
    pull(world, &agent, 2);
    assert_eq!(alerts(world)[0]["unusual"]["limit"], 100, "and that is where it ends");
    is_held(world, &agent);
}

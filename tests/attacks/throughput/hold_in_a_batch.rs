//! The attacker is held, and wants to go on with a call that stands in a batch (2025-03-26). Each message of it is a
//! message of its own.

use serde_json::json;

use super::{get_held, reader};
use crate::world::World;

pub(super) fn somebody_held_hides_a_call_in_a_batch(world: &mut World) {
    let (_, agent) = reader(world);
    let mut older = agent.speaking("2025-03-26");
    older.initialize(world);
    get_held(world, &agent);
    let before = world.stage.desk.calls().len();
    let call = |id: u8| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "get_issue", "arguments": {} } });
    let posted = older.posting(world, json!([call(1), call(2)]).to_string());
    let answer = world.send(posted);
    assert_eq!(answer.text().matches("held until an administrator decides").count(), 2, "{}", answer.text());
    assert_eq!(world.stage.desk.calls().len(), before, "nothing was forwarded");
}

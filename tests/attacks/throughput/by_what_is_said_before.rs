//! The attacker and a service want data to be handed on as news of progress, and leave before the answer that would be
//! counted. What is said before an answer is counted in bytes, also when that never comes.

use std::time::Duration;

use mcpgate::host::memory::Chunk;
use serde_json::json;

use super::reader;
use crate::stage::slow;
use crate::world::World;

pub(super) fn somebody_takes_it_as_news_of_progress(world: &mut World) {
    let (_, agent) = reader(world);
    let (sender, reply) = slow(200, "text/event-stream");
    world.stage.desk.replies(move |_| reply());
    let note = json!({ "jsonrpc": "2.0", "method": "notifications/progress",
        "params": { "progressToken": 1, "progress": 1, "message": "so much ".repeat(200) } });
    let note = format!("data: {note}\n\n");
    sender.send(Chunk::Bytes(note.clone().into())).unwrap();
    let params = json!({ "name": "get_issue", "arguments": {}, "_meta": { "progressToken": 1 } });
    let mut open = agent.open(world, "tools/call", params);
    assert!(open.event(&mut String::new()).is_some());
    drop(open);
    let counted = (0..40).any(|_| {
        // A host may notice only by that.
        let _ = sender.send(Chunk::Bytes(note.clone().into()));
        world.settle();
        let bytes =
            world.rows("SELECT sum(bytes) FROM throughput WHERE span = 'hour' AND tool = 'get_issue'");
        let counted = bytes[0][0].parse::<u64>().is_ok_and(|bytes| bytes >= 1600);
        if !counted {
            std::thread::sleep(Duration::from_millis(100));
        }
        counted
    });
    assert!(counted, "{:?}", world.audit());
    world.expect_recorded("tool_called", "caller", Some("cancelled"));
}

//! The attacker subscribes to the id of another person's task, and wants to hear what becomes of it.
//! OWASP API1: nobody asks the service about more than their own.

use serde_json::{Value, json};

use super::{at, begin, client, events, knows, note, unique};
use crate::client::MODERN;
use crate::world::World;

pub(super) fn somebody_subscribes_to_another_persons_task(world: &mut World) {
    for door in ["desk", ""] {
        let (own, other) = (unique(), unique());
        let agent = client(world, door, MODERN);
        knows(&world.stage.desk, &own, Value::Null);
        let alias = begin(world, &agent);
        let (about, of_other) = (own.clone(), other.clone());
        world.stage.desk.answers(move |seen| {
            let filter = seen.message()["params"]["notifications"].clone();
            let meta = json!({ "io.modelcontextprotocol/subscriptionId": seen.message()["id"] });
            let acknowledged = note(
                "notifications/subscriptions/acknowledged",
                json!({ "_meta": meta, "notifications": filter }),
            );
            let says = |id: &str| note("notifications/tasks", json!({ "_meta": meta, "taskId": id, "status": "working" }));
            let end = json!({ "jsonrpc": "2.0", "id": seen.message()["id"], "result": { "resultType": "complete" } });
            (seen.message()["method"] == "subscriptions/listen")
                .then(|| events(&[acknowledged, says(&of_other), says(&about), end]))
        });
        let wanted = json!({ "taskIds": [at(&agent, "+", &other), alias, at(&agent, "+", &unique())] });
        let answer = agent.send(world, "subscriptions/listen", json!({ "notifications": wanted }));
        let events = answer.events();
        let heard = world.stage.desk.seen().pop().unwrap().message();
        assert_eq!(heard["params"]["notifications"], json!({ "taskIds": [own] }), "nobody asks for more");
        assert_eq!(events[0]["params"]["notifications"], json!({ "taskIds": [alias] }), "{events:?}");
        assert_eq!((events.len(), &events[1]["params"]["taskId"]), (3, &json!(alias)), "{events:?}");
        assert_eq!(events[2]["result"]["resultType"], "complete");
    }
}

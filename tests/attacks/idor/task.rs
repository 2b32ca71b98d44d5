//! The attacker has the id of another person's task, at a service that cannot tell the two apart, and wants its result, or to
//! end it. OWASP API1: whose a task is, the gateway knows; another's is as if it were not there.

use serde_json::json;

use super::{WAYS, asked, at, begin, client, knows, last, methods, unique};
use crate::world::World;

pub(super) fn somebody_asks_about_another_persons_task(world: &mut World) {
    for (door, revision) in WAYS {
        let (own, unknown) = (unique(), unique());
        let agent = client(world, door, revision);
        let stranger = client(world, door, revision);
        knows(&world.stage.desk, &own, json!(60_000));
        let task = begin(world, &agent);
        assert_eq!(task, at(&agent, "+", &own));
        let before = asked(world);
        for method in methods(revision) {
            let tell = |world: &mut World, id: &str| {
                let answer = stranger.send(world, method, json!({ "taskId": id, "inputResponses": {} }));
                let message = last(&answer);
                assert_eq!((answer.status(), &message["error"]["code"]), (200, &json!(-32602)), "{message}");
                answer.text().to_owned()
            };
            let nobodys = tell(world, &at(&agent, "+", &unknown));
            assert_eq!(tell(world, &task), nobodys, "{method}: there is no difference");
        }
        assert_eq!(asked(world), before, "nothing is forwarded");
        // Of what they made themselves they hear, by whichever door.
        for method in methods(revision) {
            let answer = agent.send(world, method, json!({ "taskId": task, "inputResponses": {} }));
            assert!(last(&answer)["result"].is_object(), "{method}: {}", answer.text());
            let arrived = world.stage.desk.seen().pop().unwrap().message();
            assert_eq!((&arrived["method"], &arrived["params"]["taskId"]), (&json!(method), &json!(own)));
        }
        assert_eq!(asked(world), before + 3);
    }
    assert_eq!(world.recorded("request_refused", "refused", Some("task_unknown")), 24);
    let kept = world.rows("SELECT * FROM service_task");
    assert!(kept.iter().flatten().all(|column| !column.starts_with("task-")), "no id is kept in clear");
}

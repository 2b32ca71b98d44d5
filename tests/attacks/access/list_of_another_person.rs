//! The attacker wants to learn, or to call, what somebody with a wider role was listed before them.
//! OWASP API3: lists, names and pseudonyms are those of whoever asks.

use serde_json::json;

use super::{everything, list, results, tool};
use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_to_know_what_another_person_was_listed(world: &mut World) {
    let theirs = everything(world);
    let tools = ["get_issue", "files.read"].map(tool);
    results(
        &world.stage.desk,
        "tools/list",
        json!({ "tools": tools, "ttlMs": 60_000, "cacheScope": "public" }),
    );
    results(
        &world.stage.desk,
        "tools/list",
        json!({ "tools": tools, "ttlMs": 60_000, "cacheScope": "public" }),
    );
    let listed = theirs.tools(world);
    let alias = listed.iter().find(|name| name.starts_with("desk__files_read_")).unwrap().clone();
    let limited = Agent::of(world, &Person::of("limited.example.com"), "");
    assert_eq!(limited.tools(world), ["desk__get_issue"], "filtered for them, whoever listed before");
    let never = alias.replace("files_read", "fixes_read");
    let (told, unknown) =
        (limited.refused(world, &alias, json!({})), limited.refused(world, &never, json!({})));
    assert_eq!(told.replace("files_read", "fixes_read"), unknown, "as if there were none");
    assert!(!told.contains("files.read"), "{told}");
    assert!(world.stage.desk.calls().is_empty());
    theirs.call(world, &alias, json!({}));
    assert_eq!(world.stage.desk.calls().pop().unwrap().message()["params"]["name"], "files.read");
    // Pseudonyms in a list are those of the person it is for.
    let mut told = tool("get_issue");
    told["description"] = json!("as mia.muster@kunde.example wants it");
    results(
        &world.stage.desk,
        "tools/list",
        json!({ "tools": [told], "ttlMs": 60_000, "cacheScope": "public" }),
    );
    let seen = [everything(world), everything(world)].map(|agent| {
        list(world, &agent, "tools/list")["tools"][0]["description"].as_str().unwrap().to_owned()
    });
    assert!(seen.iter().all(|text| text.contains("@email.invalid")) && seen[0] != seen[1], "{seen:?}");
}

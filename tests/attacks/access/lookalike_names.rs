//! The attacker steers the model to names that only look like a service's, in other letters, schemes or spellings.
//! What they want is a call that no rule is about. Names are compared exactly.

use serde_json::json;

use super::{everything, last};
use crate::world::World;

pub(super) fn somebody_calls_by_names_that_only_look_like_ones(world: &mut World) {
    let agent = everything(world);
    agent.tools(world);
    let before = world.stage.desk.seen().len() + world.stage.mail.seen().len();
    let older = agent.speaking("2025-11-25");
    for uri in [
        "DESK+x:1",
        "desk%2Bx:1",
        "desk x:1",
        " desk+x:1",
        "desk +x:1",
        "s.desk",
        "S.desk+x:1",
        "ui:/desk+x",
        "UI://desk+x",
        "ui://DESK+x",
        "ui://x",
        "data:text/plain,desk+x",
        "urn:desk+x",
        "x://desk+x",
        "\u{0}desk+x:1",
        "de\u{73}\u{200b}k+x:1",
        "d\u{435}sk+x:1",
        "",
    ] {
        let answer = last(&older.send(world, "resources/read", json!({ "uri": uri })));
        assert_eq!(answer["error"]["code"], -32002, "{uri:?}: {answer}");
    }
    for name in [
        "desk",
        "desk_get_issue",
        "desk__",
        "Desk__get_issue",
        "desk__get issue",
        "desk__get_issue\n",
        "desk__gеt_issue",
        "desk\u{0}__get_issue",
        "+desk__get_issue",
        "s.desk__x.y",
        "unavailable_services_",
    ] {
        let told = older.refused(world, name, json!({}));
        assert!(told.contains("There is no tool"), "{name:?}: {told}");
    }
    assert_eq!(world.stage.desk.seen().len() + world.stage.mail.seen().len(), before, "nobody is asked");
}

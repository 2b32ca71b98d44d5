//! The attacker wants to learn which services there are, from how the gateway refuses.
//! OWASP API1: before a token is one for the address, nothing is said of the person's role.

use serde_json::json;

use crate::client::Agent;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_to_learn_which_services_there_are(world: &mut World) {
    let limited = Agent::of(world, &Person::of("limited.example.com"), "desk");
    let mut texts = Vec::new();
    for service in ["mail", "nothing"] {
        let agent = Agent { service: service.to_owned(), ..limited.clone() };
        let answer = agent.send(world, "tools/list", json!({}));
        texts.push((answer.status(), answer.json()["error"]["message"].to_string()));
    }
    // A token for the desk is no token for the mail: that is said first, and says nothing of the role.
    assert_eq!(texts[0].0, 401);
    assert_eq!(texts[1].0, 404);
    assert!(world.stage.mail.seen().is_empty());
}

//! The attacker's page wants to end what a person has allowed a client.
//! RFC 9700 §4.7 (CSRF).

use super::{pairs, revocation};
use crate::client::{Agent, Ask, Browser, encoded};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_web_page_wants_to_end_a_clients_access(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::vouched(world, "desk");
    let agent = Agent::asking(world, &mut browser, ask.clone(), "desk");
    let form = revocation(world, &mut browser, &ask.client_id);
    let own = pairs(&form);
    let answer = browser.post_from(world, "https://evil.example.org", "/clients/revoke", &own);
    assert_eq!(answer.status(), 403);
    for csrf in ["", "x"] {
        let answer = browser.post(world, "/clients/revoke", &[own[0], ("csrf", csrf)]);
        assert_eq!(answer.status(), 403);
    }
    let linked = browser.get(world, &format!("/clients/revoke?{}", encoded(&own)));
    assert_eq!(linked.status(), 405, "a link does nothing");
    agent.renewed(world);
    assert_eq!(world.recorded("consent_revoked", "refused", Some("csrf")), 3);
}

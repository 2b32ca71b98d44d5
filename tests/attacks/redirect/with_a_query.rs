//! The attacker adds a query or a fragment to the client's address, by which the page there sends the code on.
//! RFC 9700 §4.1.3: compared as texts. They want the code.

use super::shown;
use crate::client::{Ask, REDIRECT};
use crate::world::World;

pub(super) fn somebody_adds_to_the_redirect(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for more in
        ["?x=1", "?next=https://evil.example.org", "#x", "?", ";x=1", "%3fnext=https://evil.example.org"]
    {
        shown(world, &ask, &format!("{REDIRECT}{more}"));
    }
}

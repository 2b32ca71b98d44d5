//! The attacker's program on the person's machine asks in the name of a client that was allowed before, and listens.
//! They want a code without a page. RFC 8252 §8.6: what goes to loopback is asked about each time.

use super::{is_asked, permitted};
use crate::client::Ask;
use crate::world::World;

pub(super) fn a_program_on_the_machine_wants_a_code_without_asking(world: &mut World) {
    let ask = Ask {
        client_id: "https://claude.ai/oauth/claude-code-client-metadata".to_owned(),
        redirect_uri: "http://localhost:54321/callback".to_owned(),
        ..Ask::new(world, "desk")
    };
    let mut browser = permitted(world, &ask);
    for redirect_uri in ["http://localhost:54321/callback", "http://localhost:666/callback"] {
        is_asked(world, &mut browser, &Ask { redirect_uri: redirect_uri.to_owned(), ..ask.clone() });
    }
    world.expect_recorded("consent", "ok", None);
    assert_eq!(world.recorded("consent_used", "ok", None), 0);
}

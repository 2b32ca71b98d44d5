//! The attacker runs a program on the person's machine that listens beside the client's, at another path.
//! RFC 8252 §7.3: the port may differ, and nothing else. They want the code.

use super::shown;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_a_loopback_answer_at_another_path(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for path in
        ["callback/x", "callbackx", "", "Callback", "callback/", "callback%2f", "./callback", "x/../callback"]
    {
        shown(world, &ask, &format!("http://127.0.0.1:33418/{path}"));
    }
}

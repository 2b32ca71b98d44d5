//! The attacker has a name or an address that looks like this machine, and wants the port's freedom to reach it.
//! RFC 8252 §7.3: loopback is 127.0.0.1 and ::1, and the host is compared exactly.

use super::shown;
use crate::client::Ask;
use crate::world::World;

pub(super) fn somebody_wants_to_look_like_this_machine(world: &mut World) {
    let ask = Ask::new(world, "desk");
    for host in [
        "127.0.0.1.evil.example.org:33418",
        "127.0.0.1@evil.example.org",
        "127.0.0.1:33418@evil.example.org",
        "localhost:33418",
        "localhost.evil.example.org:33418",
        "[::1]:33418",
        "127.0.0.2:33418",
        "0.0.0.0:33418",
        "2130706433:33418",
        "127.0.0.1:99999",
        "127.0.0.1:33418:80",
    ] {
        shown(world, &ask, &format!("http://{host}/callback"));
    }
    shown(world, &ask, "https://127.0.0.1:33418/callback");
}

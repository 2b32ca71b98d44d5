//! The attacker uses what browsers take for a slash and other parsers do not, or what they leave out.
//! They want the code. RFC 3986: no such characters are in a URI; compared as texts.

use super::{registered, shown};
use crate::world::World;

pub(super) fn somebody_uses_characters_that_browsers_read_otherwise(world: &mut World) {
    let ask = registered(world, "https://app.example.com/callback");
    for redirect in [
        "https://evil.example.org\\@app.example.com/callback",
        "https://app.example.com\\.evil.example.org/callback",
        "https:\\\\app.example.com/callback",
        "https://app.example.com/callback\u{0}",
        "https://app.example.com/callback\r\nlocation: https://evil.example.org",
        "https://app.example.com/\tcallback",
        " https://app.example.com/callback",
        "https://\u{ff41}pp.example.com/callback",
    ] {
        shown(world, &ask, redirect);
    }
}

//! The attacker registers a script, a document or a file as their redirect, and wants the person's browser to open it.
//! RFC 9700 §4.1, RFC 8252 §7.1: https, loopback, or an app's own scheme.

use super::unregistrable;
use crate::world::World;

pub(super) fn somebody_registers_a_script_as_their_redirect(world: &mut World) {
    for redirect in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "about:blank",
        "blob:https://gate.example.com/x",
        "view-source:https://gate.example.com/",
        "intent://x#Intent;end",
        "",
    ] {
        unregistrable(world, redirect);
    }
}

//! The attacker writes a form and a script into a description that an administrator is going to read. They want it to
//! approve itself in the administrator's session. OWASP ASVS 5.3.3.

use super::{HONEST, administrator, is_held, plays, waiting, weather};
use crate::world::World;

pub(super) fn a_definition_wants_to_approve_itself(world: &mut World) {
    let mut admin = administrator(world);
    let evil = "</pre><script>document.forms[0].submit()</script><img src=x onerror=alert(1)>\u{202e}";
    let agent = plays(world, &weather(HONEST), &weather(evil));
    for path in ["/admin/pins".to_owned(), waiting(world, &mut admin).remove(0)] {
        let page = admin.get(world, &path);
        assert!(!page.text().contains("<script") && !page.text().contains("<img"), "{}", page.text());
        assert!(!page.text().contains('\u{202e}'), "{}", page.text());
        let policy = page.header("content-security-policy");
        assert!(!policy.contains("script-src") && policy.contains("form-action 'self'"), "{policy}");
    }
    is_held(world, &agent, "get_weather");
}

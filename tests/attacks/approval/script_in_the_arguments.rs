//! The attacker writes a script, or characters that hide and turn, into the arguments that the person reads before the yes.
//! They want the person to see something else than what will happen. OWASP ASVS 5.3.3; CVE-2021-42574.

use serde_json::json;

use super::{at_browser, held};
use crate::world::World;

pub(super) fn arguments_want_to_look_harmless(world: &mut World) {
    let (mut browser, agent) = at_browser(world);
    let trick = "</pre><script>document.forms[0].submit()</script>\u{202e}1 eussi\u{200b}";
    let path = held(world, &agent, "delete_issue", json!({ "id": trick }));
    let page = browser.get(world, &path);
    assert!(!page.text().contains("<script"), "{}", page.text());
    assert!(!page.text().contains('\u{202e}') && !page.text().contains('\u{200b}'), "{}", page.text());
    assert!(!page.header("content-security-policy").contains("script-src"));
}

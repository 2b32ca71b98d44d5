//! The attacker writes the path in another way, which one layer takes for something harmless and another for `/admin`.
//! They want a door that nobody watches. There is one way to each page.

use super::{ANEW, nothing_done};
use crate::client::{Agent, Browser};
use crate::setting::ADMIN;
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_looks_for_another_way_to_the_admin_pages(world: &mut World) {
    let victim = Agent::of(world, &Person::internal(), "desk");
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, ANEW);
    for path in [
        "/admin/",
        "/ADMIN",
        "/%61dmin",
        "/admin%2f",
        "/./admin",
        "/x/../admin",
        "/admin;x=y",
        "/admin.json",
        "/mcp/admin",
        "/admin/people",
        "/admin/tokens/x/y",
        "/admin/audit",
        "/admin/audit/export/",
        "/admin//audit/export",
        "/admin/audit/%65xport",
    ] {
        let answer = browser.get(world, path);
        assert!(answer.status() >= 400, "{path}: {}", answer.status());
        assert!(!answer.text().contains(ADMIN) && !answer.text().contains("night job"), "{path}");
        let posted = browser.post(world, path, &[("csrf", "x"), ("who", ADMIN)]);
        assert!(posted.status() >= 400, "{path}: {}", posted.status());
    }
    nothing_done(world, &victim);
}

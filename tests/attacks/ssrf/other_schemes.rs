//! The attacker wants a file, or a protocol that is none of the web, to be read as a client's document.
//! Client ID Metadata Documents: an https URL with a path; all else is the id of a client that is not known.

use super::fetched;
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_wants_the_gateway_to_read_a_file(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::new(world, "desk");
    ask.consent_page(world, &mut browser);
    let before = fetched(world);
    let plain = world.stage.desk.origin().replace("https:", "http:");
    for id in [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "ftp://app.example.org/client.json",
        "data:application/json,{}",
        "HTTPS://127.0.0.1/client.json",
        " https://127.0.0.1/client.json",
        "//127.0.0.1/client.json",
        &format!("{plain}/client.json"),
    ] {
        let page = browser.get(world, &ask.path_with(&[("client_id", id)]));
        assert_eq!((page.status(), page.header("location")), (400, ""), "{id}");
    }
    assert_eq!(fetched(world), before, "nothing was fetched");
    assert_eq!(world.recorded("consent", "ok", None), 0);
}

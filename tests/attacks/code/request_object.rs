//! The attacker hides another question in a signed one (`request`), and wants that to be believed over what stands beside.
//! RFC 9101 §6.3: who takes no request objects must not let them change anything.

use serde_json::json;

use crate::attacks::jwt::joined;
use crate::client::{Ask, Browser};
use crate::stage::Person;
use crate::world::World;

pub(super) fn somebody_hides_another_question_in_a_request_object(world: &mut World) {
    let ask = Ask::new(world, "desk");
    let hidden = json!({ "client_id": ask.client_id, "redirect_uri": "https://evil.example.org/", "scope": "mcp admin",
        "resource": world.url("/mcp/mail"), "response_type": "token" });
    let object = joined(&json!({ "alg": "none" }), &hidden.to_string(), &[]);
    let mut browser = Browser::of(&Person::internal());
    browser.sign_in(world, "/login");
    let page = browser.get(world, &format!("{}&request={object}", ask.path()));
    assert!(!page.text().contains("evil.example.org") && !page.header("location").contains("evil"));
    assert!(!page.text().contains("The mail"), "{}", page.text());
}

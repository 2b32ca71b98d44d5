//! The attacker's client is called a script, and wants it to run on the consent page or on the person's start page.
//! OWASP ASVS 5.3.3: what strangers say is text. The pages have no script at all.

use serde_json::json;

use crate::client::{Ask, Browser, REDIRECT, register};
use crate::stage::Person;
use crate::world::World;

pub(super) fn a_clients_name_wants_to_be_a_script(world: &mut World) {
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</title><svg onload=alert(1)>",
        "&lt;script&gt;",
    ] {
        let wish =
            json!({ "client_name": name, "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none" });
        let client_id = register(world, &wish).json()["client_id"].as_str().unwrap().to_owned();
        let ask = Ask { client_id, ..Ask::new(world, "desk") };
        let mut browser = Browser::of(&Person::internal());
        let page = ask.consent_page(world, &mut browser);
        ask.code(world, &mut browser);
        for page in [page, browser.get(world, "/")] {
            assert!(!page.text().contains(name), "{}", page.text());
            for tag in ["<script", "<img", "<svg", "onerror=alert(1)>"] {
                assert!(!page.text().contains(tag), "{tag}: {}", page.text());
            }
            let policy = page.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        }
    }
}

//! The attacker runs the authorization server of a service and wants to use what the gateway signed for it, about a person
//! or about itself, somewhere else: at the gateway, for the person's access, or at another server.
//! RFC 7523 §3 (3), RFC 8725 §3.11: each has one audience, says what it is, and is over in a moment.

use http::Request;
use serde_json::json;

use crate::attacks::part;
use crate::client::{Agent, token};
use crate::story::tokens::customer;
use crate::world::World;

pub(super) fn a_server_uses_what_it_got_elsewhere(world: &mut World) {
    let (browser, safe) = customer(world, "safe");
    safe.read(world, "get_issue", json!({}));
    let (_, teller) = customer(world, "teller");
    teller.read(world, "get_issue", json!({}));
    let forms = world.stage.bank.forms();
    let sent = |name: &str| forms.iter().find_map(|form| form.get(name).cloned()).unwrap();
    let (subject, assertion) = (sent("subject_token"), sent("client_assertion"));
    let origin = world.stage.bank.origin();
    for signed in [&subject, &assertion] {
        let said = part(signed, 1);
        assert_eq!(said["aud"], json!(origin), "for one server and no other");
        assert!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap() <= 120);
        // It is no access token,
        let posing = Agent { token: signed.clone(), ..safe.clone() };
        for service in ["safe", "teller", ""] {
            let posing = Agent { service: service.to_owned(), ..posing.clone() };
            assert_eq!(posing.send(world, "tools/list", json!({})).status(), 401, "{service}");
        }
        // no cookie and no admin token,
        let request =
            Request::get(world.url("/admin/tokens")).header("authorization", format!("Bearer {signed}"));
        assert_ne!(world.send(request.body(bytes::Bytes::new()).unwrap()).status(), 200);
        // and nothing that a client gets tokens for.
        let who = ("client_id", safe.ask.client_id.as_str());
        for form in [
            vec![("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", signed), who],
            vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("subject_token", signed),
                who,
            ],
            vec![("grant_type", "refresh_token"), ("refresh_token", signed), who],
            vec![
                ("grant_type", "client_credentials"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", signed),
            ],
        ] {
            let answer = token(world, &form);
            assert!([400, 401].contains(&answer.status()), "{form:?}: {}", answer.text());
        }
    }
    assert!(!part(&assertion, 1).to_string().contains(&browser.person.email));
    assert_eq!(safe.read(world, "get_issue", json!({})), "done");
}

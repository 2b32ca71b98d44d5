//! Consents that are remembered, and how a person takes one back.

use url::Url;

use crate::client::{Agent, Ask, Browser, parameter};
use crate::stage::Person;
use crate::world::{Answer, World};
use crate::{Scenario, scenarios};

pub(crate) const ALL: &[Scenario] = scenarios! {
    Usual: a_person_is_asked_once_about_a_client_that_somebody_vouches_for, a_client_that_may_read_asks_again_to_write, a_client_can_have_the_question_shown, what_was_permitted_before_stays_on_the_start_page,
        the_start_page_lists_what_a_person_permitted,
        a_person_takes_back_what_they_permitted, a_code_that_is_under_way_is_taken_back_too;
};

/// What the browser gets that asks, once signed in.
fn asked(world: &mut World, browser: &mut Browser, ask: &Ask) -> Answer {
    let answer = browser.get(world, &ask.path());
    assert!([200, 303].contains(&answer.status()), "{} {}", answer.status(), answer.text());
    answer
}

#[track_caller]
fn shown(answer: &Answer) {
    assert_eq!(answer.status(), 200, "{}", answer.header("location"));
}

/// A browser whose person has permitted the client that asks.
fn permitted(world: &mut World, ask: &Ask) -> Browser {
    let mut browser = Browser::of(&Person::internal());
    ask.code(world, &mut browser);
    browser
}

fn a_person_is_asked_once_about_a_client_that_somebody_vouches_for(world: &mut World) {
    let ask = Ask::vouched(world, "desk");
    let mut browser = permitted(world, &ask);
    let answer = asked(world, &mut browser, &ask);
    let back = Url::parse(answer.header("location")).unwrap();
    assert!(back.as_str().starts_with(&ask.redirect_uri), "{back}");
    assert_eq!(parameter(&back, "state").as_deref(), Some("client-state"));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(world.origin()));
    let tokens = ask.redeem(world, &parameter(&back, "code").unwrap(), &[]);
    assert_eq!(tokens.status(), 200, "{}", tokens.text());
    world.expect_recorded("consent", "ok", None);
    world.expect_recorded("consent_used", "ok", None);
}

fn a_client_that_may_read_asks_again_to_write(world: &mut World) {
    let reads = Ask { scope: "mcp:read", ..Ask::vouched(world, "desk") };
    let mut browser = permitted(world, &reads);
    assert_eq!(asked(world, &mut browser, &reads).status(), 303);
    let writes = Ask { scope: "mcp:read mcp", ..reads.clone() };
    shown(&asked(world, &mut browser, &writes));
    writes.code(world, &mut browser);
    for less in [&writes, &reads] {
        assert_eq!(asked(world, &mut browser, less).status(), 303, "less than before is no question");
    }
}

fn what_was_permitted_before_stays_on_the_start_page(world: &mut World) {
    // Its place could be anybody's, so it is asked each time.
    let writes = Ask::new(world, "desk");
    let mut browser = Browser::of(&Person::internal());
    for ask in [&writes, &Ask { scope: "mcp:read", ..writes.clone() }] {
        ask.code(world, &mut browser);
        let page = browser.get(world, "/");
        assert!(
            page.text().contains("answers go to") && !page.text().contains("read only"),
            "{}",
            page.text()
        );
    }
}

fn a_client_can_have_the_question_shown(world: &mut World) {
    let ask = Ask::vouched(world, "desk");
    let mut browser = permitted(world, &ask);
    shown(&browser.get(world, &ask.path_with(&[("prompt", "login consent")])));
}

fn the_start_page_lists_what_a_person_permitted(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let vouched = Ask::vouched(world, "desk");
    vouched.code(world, &mut browser);
    Ask { scope: "mcp:read", ..Ask::new(world, "") }.code(world, &mut browser);
    let page = browser.get(world, "/");
    for text in [
        "Claude",
        "answers go to claude.ai",
        "A scripted client",
        "The desk, The mail, read only, since 20",
        "answers go to 127.0.0.1",
    ] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    let other = Browser::of(&Person::internal()).sign_in(world, "/login");
    assert_eq!(other.status(), 303);
    let mut other = Browser::of(&Person::internal());
    other.sign_in(world, "/login");
    assert!(!other.get(world, "/").text().contains("Claude"));
}

/// The button on the start page that ends a client's access.
fn revocation(world: &mut World, browser: &mut Browser, client: &str) -> Vec<(&'static str, String)> {
    let page = browser.get(world, "/").text().to_owned();
    let mark = format!("name=\"client\" value=\"{client}\"");
    let form = page.split(&mark).nth(1).unwrap_or_else(|| panic!("no {client} in {page}"));
    let csrf = form.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    vec![("client", client.to_owned()), ("csrf", csrf.to_owned())]
}

fn end(world: &mut World, browser: &mut Browser, form: &[(&'static str, String)]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(world, "/clients/revoke", &form)
}

fn a_person_takes_back_what_they_permitted(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::vouched(world, "desk");
    let agent = Agent::asking(world, &mut browser, ask.clone(), "desk");
    let kept = Agent::at(world, &mut browser, "desk");
    let form = revocation(world, &mut browser, &ask.client_id);
    let answer = end(world, &mut browser, &form);
    assert_eq!((answer.status(), answer.header("location")), (303, "/"));
    assert!(!browser.get(world, "/").text().contains("claude.ai"));
    assert_eq!(ask.refresh(world, &agent.refresh_token).json()["error"], "invalid_grant");
    shown(&asked(world, &mut browser, &ask));
    kept.renewed(world);
    world.expect_recorded("consent_revoked", "ok", None);
}

fn a_code_that_is_under_way_is_taken_back_too(world: &mut World) {
    let mut browser = Browser::of(&Person::internal());
    let ask = Ask::vouched(world, "desk");
    let code = ask.code(world, &mut browser);
    let form = revocation(world, &mut browser, &ask.client_id);
    assert_eq!(end(world, &mut browser, &form).status(), 303);
    assert_eq!(ask.redeem(world, &code, &[]).json()["error"], "invalid_grant");
}

//! When a remembered consent holds, and when the person is asked again.

use http::StatusCode;

use super::{App, answer, start};
use crate::oidc::testing::{Browser, CONFIG, Page, World};

const CLAUDE: (&str, &str) =
    ("https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback");
const ALL: &str = "https://gate.example.com/mcp";

/// A client that a document vouches for, permitted for all services.
fn permitted() -> (World, Browser, App) {
    let (world, mut browser, _) = start();
    let app = App::with_id(CLAUDE.0, CLAUDE.1);
    let page = browser.get(&app.path("resource", Some(ALL)));
    assert!(answer(&mut browser, &page, "allow").sent("code").is_some());
    world.audited();
    (world, browser, app)
}

fn ask(browser: &mut Browser, app: &App) -> Page {
    browser.get(&app.path("resource", Some(ALL)))
}

#[track_caller]
fn let_in(page: &Page) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(page.sent("code").is_some());
}

#[track_caller]
fn asked(page: &Page) {
    assert_eq!((page.status, page.location()), (StatusCode::OK, ""));
}

#[test]
fn the_same_question_is_asked_once() {
    let (world, mut browser, app) = permitted();
    let_in(&ask(&mut browser, &app));
    assert_eq!(world.audited(), ["consent_used ok"]);
    let_in(&browser.get(&app.path("resource", Some(ALL)).replace("offline_access", "x")));
}

#[test]
fn more_services_are_another_question_and_fewer_are_not() {
    let (world, mut browser, app) = permitted();
    world.host.set_config(&CONFIG.replace("[\"demo\", \"wiki\"]", "[\"demo\"]"));
    let_in(&ask(&mut browser, &app));
    let more = CONFIG.replace("[\"demo\", \"wiki\"]", "[\"demo\", \"wiki\", \"mail\"]");
    let more = format!("{more}\n[[service]]\nid = \"mail\"\nmcp = \"https://mail.example.com/mcp\"\n");
    world.host.set_config(&more);
    let page = ask(&mut browser, &app);
    asked(&page);
    answer(&mut browser, &page, "allow");
    let_in(&ask(&mut browser, &app));
    world.host.set_config(CONFIG);
    let_in(&ask(&mut browser, &app));
}

#[test]
fn another_role_is_another_question() {
    let (world, mut browser, app) = permitted();
    let other = CONFIG.replace(
        "[access.roles.external]",
        "[access.roles.staff]\nservices = [\"demo\"]\n[access.roles.external]",
    );
    world.host.set_config(&other.replace("role = \"internal\"", "role = \"staff\""));
    asked(&ask(&mut browser, &app));
}

#[test]
fn a_denial_later_does_not_take_the_consent_back_and_a_consent_is_forgotten_when_unused() {
    let (world, mut browser, app) = permitted();
    let again = browser.get(&format!("{}&prompt=consent", app.path("resource", Some(ALL))));
    asked(&again);
    assert_eq!(answer(&mut browser, &again, "deny").sent("error").as_deref(), Some("access_denied"));
    let_in(&ask(&mut browser, &app));
    world.advance(90 * 86_400 + 1);
    browser.sign_in(&world);
    asked(&ask(&mut browser, &app));
}

#[test]
fn who_may_no_longer_enter_is_not_let_in_by_what_was_remembered() {
    let (world, mut browser, app) = permitted();
    world.host.set_config(&CONFIG.replace("domains.\"example.com\"", "domains.\"example.org\""));
    assert_eq!(ask(&mut browser, &app).status, StatusCode::FORBIDDEN);
}

#[test]
fn nothing_is_let_in_unrecorded() {
    let (world, mut browser, app) = permitted();
    world.host.refuse("queue", true);
    let drop_outbox = crate::host::Statement::new("DROP TABLE audit_outbox");
    futures_util::FutureExt::now_or_never(crate::host::Host::query(&world.host, drop_outbox))
        .unwrap()
        .unwrap();
    let page = ask(&mut browser, &app);
    assert_eq!((page.status, page.location()), (StatusCode::SERVICE_UNAVAILABLE, ""));
}

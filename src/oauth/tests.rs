//! The authorization server over the memory host: the whole path, and the attacks on it.

mod accounts;
mod clients;
mod consent;
mod enterprise;
mod grants;
mod proof;
mod races;
mod rotation;

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};

use super::{Principal, Resource, authenticate};
use crate::config::Config;
use crate::context::Context;
use crate::crypto::{Keys, TokenError};
use crate::host::Host as _;
use crate::isolate::Setup;
use crate::oidc::testing::{Browser, CONFIG, GATE, Page, World, encode};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://app.example.com/cb";
const DEMO: &str = "https://gate.example.com/mcp/demo";

/// A client of the tests: registered, and what it asks `/authorize` for.
struct App {
    id: String,
    query: BTreeMap<&'static str, String>,
}

impl App {
    fn register(browser: &mut Browser) -> Self {
        let wish = json!({
            "client_name": "Test app", "redirect_uris": [REDIRECT, "http://127.0.0.1/cb"],
            "token_endpoint_auth_method": "none", "application_type": "web", "unknown": [1],
        });
        let answer = register(browser, &wish);
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let answer = answer.json();
        assert_eq!(answer.get("client_secret"), None);
        Self::with_id(answer["client_id"].as_str().unwrap(), REDIRECT)
    }

    fn with_id(id: &str, redirect_uri: &str) -> Self {
        let query = [
            ("client_id", id),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("resource", DEMO),
            ("scope", "mcp offline_access"),
            ("state", "a&b=c d"),
        ];
        Self { id: id.to_owned(), query: query.map(|(name, value)| (name, value.to_owned())).into() }
    }

    /// The path, with one parameter changed.
    fn path(&self, name: &'static str, value: Option<&str>) -> String {
        let mut query = self.query.clone();
        match value {
            Some(value) => query.insert(name, value.to_owned()),
            None => query.remove(name),
        };
        let pairs: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        format!("/authorize?{}", encode(&pairs))
    }

    fn ask(&self, browser: &mut Browser) -> Page {
        browser.get(&self.path("", None))
    }

    /// Asks, and the person allows it, if they have not before.
    fn allowed(&self, browser: &mut Browser) -> Page {
        let page = self.ask(browser);
        if page.status == StatusCode::SEE_OTHER {
            return page;
        }
        assert_eq!(page.status, StatusCode::OK, "{} {}", page.location(), page.text);
        answer(browser, &page, "allow")
    }

    fn code(&self, browser: &mut Browser) -> String {
        self.allowed(browser).sent("code").expect("a code")
    }

    fn redeem(&self, browser: &mut Browser, code: &str) -> Page {
        browser.post(
            "/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("client_id", &self.id),
                ("redirect_uri", &self.query["redirect_uri"]),
                ("code_verifier", VERIFIER),
                ("resource", DEMO),
            ],
        )
    }

    fn refresh(&self, browser: &mut Browser, token: &str) -> Page {
        browser.post(
            "/token",
            &[("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &self.id)],
        )
    }

    /// All the way to the first refresh token.
    fn tokens(&self, browser: &mut Browser) -> Value {
        let code = self.code(browser);
        let page = self.redeem(browser, &code);
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page.json()
    }
}

fn register(browser: &mut Browser, wish: &Value) -> Page {
    let request = Request::post(format!("{GATE}/register")).header("content-type", "application/json");
    browser.send(request, wish.to_string().into())
}

/// Posts the consent form.
fn answer(browser: &mut Browser, page: &Page, decision: &str) -> Page {
    let (request, csrf) = (page.field("request"), page.field("csrf"));
    browser.post("/authorize", &[("request", &request), ("csrf", &csrf), ("decision", decision)])
}

/// A browser that is signed in, and a registered client.
fn start() -> (World, Browser, App) {
    let world = World::new();
    let mut browser = world.browser();
    browser.sign_in(&world);
    let app = App::register(&mut browser);
    world.audited();
    (world, browser, app)
}

fn authenticated(
    world: &World,
    resource: &str,
    authorization: &[&str],
) -> Result<Principal, Option<TokenError>> {
    let keys = Keys::read(&world.host).now_or_never().unwrap().unwrap();
    let config = Config::parse(CONFIG).unwrap();
    let resource = Resource::parse(&config, resource).unwrap();
    let context = Context::new(world.host.clone(), std::rc::Rc::new(Setup { config, version: 1, keys }));
    let mut headers = HeaderMap::new();
    for value in authorization {
        headers.append("authorization", value.parse().unwrap());
    }
    authenticate(&context, &headers, &resource).map_err(|challenge| challenge.error())
}

#[track_caller]
fn denied(page: &Page, status: u16, error: &str) {
    assert_eq!(page.status.as_u16(), status, "{}", page.text);
    assert_eq!(page.json()["error"], error);
    assert_eq!(page.headers["cache-control"], "no-store");
}

#[test]
fn the_whole_path() {
    let world = World::new();
    let mut browser = world.browser();
    let app = App::register(&mut browser);
    // Not signed in: to the provider and back to the same question.
    let page = app.ask(&mut browser);
    let login = page.location().to_owned();
    assert!(login.starts_with("/login?return_to=%2Fauthorize%3F"), "{login}");
    let back = browser.leave(&world, &login);
    let home = browser.get(&back);
    assert_eq!(home.location(), format!("{GATE}{}", app.path("", None)));
    let page = app.ask(&mut browser);
    for text in ["Test app", "app.example.com", "Demo desk", "jane@example.com", "internal"] {
        assert!(page.text.contains(text), "{text}");
    }
    let page = answer(&mut browser, &page, "allow");
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().starts_with("https://app.example.com/cb?code="));
    assert_eq!(page.sent("state").as_deref(), Some("a&b=c d"));
    assert_eq!(page.sent("iss").as_deref(), Some(GATE));
    let tokens = app.redeem(&mut browser, &page.sent("code").unwrap());
    assert_eq!(tokens.headers["cache-control"], "no-store");
    let tokens = tokens.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(tokens["scope"], "mcp");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let principal = authenticated(&world, DEMO, &[&bearer]).unwrap();
    assert_eq!((principal.role(), principal.client()), ("internal", app.id.as_str()));
    assert_eq!(principal.person().len(), 43);
    let next = app.refresh(&mut browser, tokens["refresh_token"].as_str().unwrap());
    assert_eq!(next.status, StatusCode::OK);
    assert_eq!(
        world.audited(),
        ["client_registered ok", "sign_in ok", "consent ok", "token_issued ok", "token_refreshed ok"]
    );
}

#[test]
fn metadata_say_what_clients_check() {
    let world = World::new();
    let mut browser = world.browser();
    let server = browser.get("/.well-known/oauth-authorization-server").json();
    assert_eq!(server["issuer"], GATE);
    assert_eq!(server["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(server["authorization_response_iss_parameter_supported"], true);
    assert_eq!(server["client_id_metadata_document_supported"], true);
    let page = browser.get("/.well-known/oauth-protected-resource/mcp/demo");
    assert_eq!(page.json()["resource"], format!("{GATE}/mcp/demo"));
    assert_eq!(page.json()["authorization_servers"], json!([GATE]));
    assert_eq!(page.headers["access-control-allow-origin"], "*");
    let all = browser.get("/.well-known/oauth-protected-resource/mcp").json();
    assert_eq!(all["resource"], format!("{GATE}/mcp"));
    for path in ["", "/mcp/", "/mcp/other"] {
        let unknown = browser.get(&format!("/.well-known/oauth-protected-resource{path}"));
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(browser.get("/.well-known/openid-configuration").status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/jwks.json").json()["keys"][0]["alg"], "ES256");
    assert!(!browser.get("/jwks.json").text.contains("\"d\""));
}

#[test]
fn what_is_wrong_with_the_client_is_never_redirected() {
    let (world, mut browser, app) = start();
    for (name, value, audit) in [
        ("client_id", Some("unknown"), "client_unknown"),
        ("client_id", None, "client_unknown"),
        ("redirect_uri", None, "redirect_mismatch"),
        ("redirect_uri", Some("https://evil.example.org/cb"), "redirect_mismatch"),
        ("redirect_uri", Some("https://app.example.com/cb/../evil"), "redirect_mismatch"),
        ("redirect_uri", Some("https://app.example.com@evil.example.org/cb"), "redirect_mismatch"),
        ("redirect_uri", Some("javascript:alert(1)"), "redirect_mismatch"),
    ] {
        let page = browser.get(&app.path(name, value));
        assert_eq!((page.status, page.location()), (StatusCode::BAD_REQUEST, ""), "{name} {value:?}");
        assert!(!page.text.contains("evil.example.org"));
        assert_eq!(world.audited(), [format!("consent refused {audit}")]);
    }
    let twice = browser.get(&format!("{}&client_id=other", app.path("", None)));
    assert_eq!((twice.status, twice.location()), (StatusCode::BAD_REQUEST, ""));
    let long = browser.get(&app.path("state", Some(&"x".repeat(9000))));
    assert_eq!(long.status, StatusCode::BAD_REQUEST);
}

#[test]
fn other_mistakes_go_back_to_the_client() {
    let (_world, mut browser, app) = start();
    for (name, value, error) in [
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_type", None, "unsupported_response_type"),
        ("response_mode", Some("fragment"), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some(VERIFIER.get(1..).unwrap()), "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("resource", Some("https://gate.example.com/mcp/other"), "invalid_target"),
        ("resource", Some("https://gate.example.com/mcp/demo/"), "invalid_target"),
        ("resource", Some("https://gate.example.com.evil.org/mcp/demo"), "invalid_target"),
        ("resource", Some("https://demo.example.com/mcp"), "invalid_target"),
        ("resource", Some("https://gate.example.com/mcp/"), "invalid_target"),
        ("scope", Some("admin"), "invalid_scope"),
    ] {
        let page = browser.get(&app.path(name, value));
        assert!(
            page.location().starts_with("https://app.example.com/cb?error="),
            "{name} {value:?}: {}",
            page.text
        );
        assert_eq!(page.sent("error").as_deref(), Some(error), "{name} {value:?}");
        assert_eq!(page.sent("state").as_deref(), Some("a&b=c d"));
        assert_eq!(page.sent("iss").as_deref(), Some(GATE));
    }
}

#[test]
fn denying_tells_the_client_and_gives_nothing() {
    let (world, mut browser, app) = start();
    for decision in ["deny", "", "Allow"] {
        let page = app.ask(&mut browser);
        let page = answer(&mut browser, &page, decision);
        assert_eq!(page.sent("error").as_deref(), Some("access_denied"));
        assert_eq!((page.sent("code"), page.sent("iss").as_deref()), (None, Some(GATE)));
        assert_eq!(world.audited(), ["consent refused consent_denied"]);
    }
}

#[test]
fn consent_counts_only_for_what_was_shown_to_this_session() {
    let (world, mut browser, app) = start();
    let page = app.ask(&mut browser);
    let (request, csrf) = (page.field("request"), page.field("csrf"));
    let evil = request.replace("app.example.com%2Fcb", "127.0.0.1%2Fcb").replace("https", "http");
    let mut other = world.browser();
    other.sign_in(&world);
    let foreign = app.ask(&mut other).field("csrf");
    let logout = browser.get("/").field("csrf");
    world.audited();
    for (request, csrf) in [
        (request.as_str(), ""),
        (&request, "x"),
        (&request, &foreign),
        (&request, &logout),
        (&evil, &csrf),
        (&format!("{request}&scope=mcp"), &csrf),
        ("", &csrf),
    ] {
        let page = browser.post("/authorize", &[("request", request), ("csrf", csrf), ("decision", "allow")]);
        assert_eq!((page.status, page.location()), (StatusCode::FORBIDDEN, ""), "{request}");
        assert_eq!(world.audited(), ["consent refused csrf"]);
    }
    for origin in ["https://evil.example.org", "null", "http://gate.example.com"] {
        browser.origin = Some(origin.to_owned());
        let page = answer(&mut browser, &page, "allow");
        assert_eq!((page.status, page.location()), (StatusCode::FORBIDDEN, ""), "{origin}");
    }
    let mut stranger = world.browser();
    let page = answer(&mut stranger, &page, "allow");
    assert!(page.location().starts_with("/login?return_to="), "{}", page.location());
}

#[test]
fn the_consent_page_cannot_be_framed_or_scripted_and_lets_the_answer_through() {
    let (_world, mut browser, app) = start();
    let page = app.ask(&mut browser);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(!policy.contains("form-action") && !policy.contains("script"), "{policy}");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert!(!page.text.contains("machine that you are using"));
    let local = browser.get(&app.path("redirect_uri", Some("http://127.0.0.1:4711/cb")));
    assert!(local.text.contains("machine that you are using") && local.text.contains("127.0.0.1:4711"));
}

#[test]
fn names_cannot_break_out_of_the_page() {
    let (_world, mut browser, _app) = start();
    let wish = json!({ "client_name": "<script>x</script>\"'", "redirect_uris": [REDIRECT] });
    let id = register(&mut browser, &wish).json()["client_id"].as_str().unwrap().to_owned();
    let page = App::with_id(&id, REDIRECT).ask(&mut browser);
    assert!(page.text.contains("&lt;script&gt;") && !page.text.contains("<script"));
}

#[test]
fn a_code_works_once_and_its_replay_ends_what_it_gave() {
    let (world, mut browser, app) = start();
    let code = app.code(&mut browser);
    let tokens = app.redeem(&mut browser, &code).json();
    world.audited();
    denied(&app.redeem(&mut browser, &code), 400, "invalid_grant");
    assert_eq!(world.audited(), ["token_refused refused code_reused"]);
    denied(&app.refresh(&mut browser, tokens["refresh_token"].as_str().unwrap()), 400, "invalid_grant");
    denied(&app.redeem(&mut browser, "made-up"), 400, "invalid_grant");
    assert_eq!(
        world.audited(),
        ["token_refused refused refresh_unknown", "token_refused refused code_unknown"]
    );
}

#[test]
fn a_code_is_for_its_client_redirect_verifier_and_resource_and_for_a_minute() {
    let (world, mut browser, app) = start();
    let other = App::register(&mut browser);
    let base = [
        ("grant_type", "authorization_code"),
        ("client_id", app.id.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("resource", DEMO),
    ];
    for (name, value, error) in [
        ("client_id", other.id.as_str(), "invalid_grant"),
        ("redirect_uri", "http://127.0.0.1/cb", "invalid_grant"),
        ("code_verifier", CHALLENGE, "invalid_grant"),
        ("code_verifier", &VERIFIER.replace('d', "e"), "invalid_grant"),
        ("resource", "https://gate.example.com/mcp/wiki", "invalid_target"),
    ] {
        let code = app.code(&mut browser);
        let mut form: Vec<(&str, &str)> = base.to_vec();
        form.iter_mut().filter(|(other, _)| *other == name).for_each(|pair| pair.1 = value);
        form.push(("code", &code));
        denied(&browser.post("/token", &form), 400, error);
        let own = app.redeem(&mut browser, &code);
        match name {
            // Another client uses nothing up.
            "client_id" => assert_eq!(own.status, 200),
            _ => denied(&own, 400, "invalid_grant"),
        }
    }
    let code = app.code(&mut browser);
    world.advance(60);
    denied(&app.redeem(&mut browser, &code), 400, "invalid_grant");
}

#[test]
fn a_token_is_for_one_resource_in_the_header_and_for_its_time() {
    let (world, mut browser, app) = start();
    let tokens = app.tokens(&mut browser);
    let token = tokens["access_token"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    assert!(authenticated(&world, DEMO, &[&bearer]).is_ok());
    assert!(authenticated(&world, DEMO, &[&format!("bearer  {token}")]).is_ok());
    let invalid = Err(Some(TokenError::Invalid));
    assert_eq!(authenticated(&world, "https://gate.example.com/mcp/wiki", &[&bearer]), invalid);
    let forged = format!("{}.{}", token.rsplit_once('.').unwrap().0, "A".repeat(86));
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic abc",
        token,
        &format!("Bearer {forged}"),
        &format!("{bearer} x"),
        &format!("Bearer {}", tokens["refresh_token"].as_str().unwrap()),
    ] {
        assert_eq!(authenticated(&world, DEMO, &[value]), invalid, "{value}");
    }
    assert_eq!(authenticated(&world, DEMO, &[&bearer, &bearer]), invalid, "two are one too many");
    assert_eq!(authenticated(&world, DEMO, &[]), Err(None));
    world.advance(590);
    assert!(authenticated(&world, DEMO, &[&bearer]).is_ok());
    world.advance(11);
    let expired = Err(Some(TokenError::Expired));
    assert_eq!(authenticated(&world, DEMO, &[&bearer]), expired, "also when it was verified a moment ago");
}

#[test]
fn a_refusal_tells_the_client_where_to_go() {
    let world = World::new();
    let mut browser = world.browser();
    let mut challenge = |authorization: Option<&str>| {
        let mut request = Request::post(format!("{DEMO}?access_token=x"));
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let page =
            browser.send(request, Bytes::from_static(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"));
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        page.headers["www-authenticate"].to_str().unwrap().to_owned()
    };
    let there =
        "resource_metadata=\"https://gate.example.com/.well-known/oauth-protected-resource/mcp/demo\"";
    assert_eq!(challenge(None), format!("Bearer {there}, scope=\"mcp\""));
    let problem = "error=\"invalid_token\", error_description=\"the token is not valid here\"";
    assert_eq!(challenge(Some("Bearer x")), format!("Bearer {problem}, {there}, scope=\"mcp\""));
}

#[test]
fn two_chats_may_refresh_at_once_and_a_thief_ends_it_for_all() {
    let (world, mut browser, app) = start();
    let first = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    let one = app.refresh(&mut browser, &first).json();
    world.advance(29);
    let two = app.refresh(&mut browser, &first).json();
    assert_ne!(one["refresh_token"], two["refresh_token"]);
    for token in [&one, &two] {
        assert_eq!(
            app.refresh(&mut browser, token["refresh_token"].as_str().unwrap()).status,
            StatusCode::OK
        );
    }
    world.audited();
    world.advance(1);
    denied(&app.refresh(&mut browser, &first), 400, "invalid_grant");
    assert_eq!(
        world.audited(),
        ["token_revoked refused refresh_reused", "token_refused refused refresh_reused"]
    );
    denied(&app.refresh(&mut browser, two["refresh_token"].as_str().unwrap()), 400, "invalid_grant");
    assert_eq!(world.audited(), ["token_refused refused refresh_unknown"]);
}

#[test]
fn the_grace_of_a_spent_token_is_small() {
    let (_world, mut browser, app) = start();
    let first = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    let answered = (0..30).take_while(|_| app.refresh(&mut browser, &first).status == StatusCode::OK).count();
    assert_eq!(answered, 20);
}

#[test]
fn a_refresh_token_is_for_its_client_resource_and_time() {
    let (world, mut browser, app) = start();
    let other = App::register(&mut browser);
    let token = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    denied(&other.refresh(&mut browser, &token), 400, "invalid_grant");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &token), ("client_id", &app.id)];
    let with = |name, value| [form.as_slice(), &[(name, value)]].concat();
    denied(&browser.post("/token", &with("resource", "https://gate.example.com/mcp")), 400, "invalid_target");
    denied(&browser.post("/token", &with("scope", "admin")), 400, "invalid_scope");
    assert_eq!(browser.post("/token", &with("resource", DEMO)).status, StatusCode::OK);
    world.advance(30 * 86_400);
    denied(&app.refresh(&mut browser, &token), 400, "invalid_grant");
}

#[test]
fn who_is_removed_gets_no_new_token() {
    let (world, mut browser, app) = start();
    let token = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    let pending = app.ask(&mut browser);
    let code = app.code(&mut browser);
    world.audited();
    world.host.set_config(&CONFIG.replace("domains.\"example.com\"", "domains.\"example.org\""));
    denied(&app.refresh(&mut browser, &token), 400, "invalid_grant");
    denied(&app.redeem(&mut browser, &code), 400, "invalid_grant");
    let refused = "token_refused refused domain_not_allowed";
    assert_eq!(world.audited(), [refused, refused]);
    for page in [answer(&mut browser, &pending, "allow"), app.ask(&mut browser)] {
        assert_eq!((page.status, page.location()), (StatusCode::FORBIDDEN, ""));
    }
    // Let in again: the family has ended all the same.
    world.host.set_config(CONFIG);
    denied(&app.refresh(&mut browser, &token), 400, "invalid_grant");
}

#[test]
fn a_role_changes_with_the_next_refresh() {
    let (world, mut browser, app) = start();
    let token = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    world.host.set_config(&CONFIG.replace("role = \"internal\"", "role = \"external\""));
    let next = app.refresh(&mut browser, &token).json();
    let bearer = format!("Bearer {}", next["access_token"].as_str().unwrap());
    assert_eq!(authenticated(&world, DEMO, &[&bearer]).unwrap().role(), "external");
    let page = app.ask(&mut browser);
    assert_eq!(page.status, StatusCode::FORBIDDEN, "that role may not use the service");
}

#[test]
fn who_is_erased_gets_no_new_token() {
    let (world, mut browser, app) = start();
    let token = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    let erase = crate::host::Statement::new("DELETE FROM person");
    world.host.query(erase).now_or_never().unwrap().unwrap();
    denied(&app.refresh(&mut browser, &token), 400, "invalid_grant");
    assert!(app.ask(&mut browser).location().starts_with("/login"));
}

#[test]
fn nothing_is_granted_unrecorded() {
    let (world, mut browser, app) = start();
    let page = app.ask(&mut browser);
    let code = app.code(&mut browser);
    let token = app.tokens(&mut browser)["refresh_token"].as_str().unwrap().to_owned();
    // Neither queue nor outbox takes the event; everything else works.
    world.host.refuse("queue", true);
    let drop_outbox = crate::host::Statement::new("DROP TABLE audit_outbox");
    world.host.query(drop_outbox).now_or_never().unwrap().unwrap();
    let refused = answer(&mut browser, &page, "allow");
    assert_eq!((refused.status, refused.location()), (StatusCode::SERVICE_UNAVAILABLE, ""));
    denied(&app.redeem(&mut browser, &code), 503, "temporarily_unavailable");
    denied(&app.refresh(&mut browser, &token), 503, "temporarily_unavailable");
    let wish = json!({ "redirect_uris": [REDIRECT] });
    denied(&register(&mut browser, &wish), 503, "temporarily_unavailable");
    // The refresh token was not used up by that.
    world.host.set_config(&format!("{CONFIG}\n[audit]\non_failure = \"continue\"\n"));
    assert_eq!(app.refresh(&mut browser, &token).status, StatusCode::OK);
    assert!(world.host.logged().contains("unrecorded"));
}

#[test]
fn the_token_endpoint_takes_forms_with_each_parameter_once() {
    let (_world, mut browser, app) = start();
    let json = Request::post(format!("{GATE}/token")).header("content-type", "application/json");
    denied(&browser.send(json, Bytes::from_static(b"{}")), 400, "invalid_request");
    let twice =
        [("client_id", app.id.as_str()), ("grant_type", "refresh_token"), ("grant_type", "refresh_token")];
    denied(&browser.post("/token", &twice), 400, "invalid_request");
    denied(&browser.post("/token", &[("client_id", &app.id)]), 400, "invalid_request");
    denied(&browser.post("/token", &[("grant_type", "refresh_token")]), 401, "invalid_client");
    denied(&browser.post("/token", &[("client_id", "x"), ("grant_type", "password")]), 401, "invalid_client");
    let password = [("client_id", app.id.as_str()), ("grant_type", "password"), ("username", "jane")];
    denied(&browser.post("/token", &password), 400, "unsupported_grant_type");
}

#[test]
fn storage_holds_no_secret_in_clear() {
    let (world, mut browser, app) = start();
    let unused = app.code(&mut browser);
    let tokens = app.tokens(&mut browser);
    let secret =
        register(&mut browser, &json!({ "redirect_uris": [REDIRECT] })).json()["client_secret"].clone();
    let mut held = world.host.database_bytes();
    held.extend_from_slice(world.host.logged().as_bytes());
    held.extend_from_slice(world.host.take_queue().join("").as_bytes());
    let texts =
        [&tokens["access_token"], &tokens["refresh_token"], &secret].map(|text| text.as_str().unwrap());
    for planted in texts.into_iter().chain([unused.as_str(), VERIFIER, "jane"]) {
        assert_eq!(memchr::memmem::find(&held, planted.as_bytes()), None, "{planted}");
    }
}

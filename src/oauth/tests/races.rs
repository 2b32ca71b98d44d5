//! What happens at the same instant: two requests whose steps at the host take turns in every order.

use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context as Waking, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use serde_json::Value;

use super::{App, DEMO, REDIRECT, VERIFIER, start};
use crate::body::Body;
use crate::crypto::Secret;
use crate::gateway::Gateway;
use crate::host::memory::Memory;
use crate::host::{FetchError, Host, Incoming, Limits, LogLine, PortError, Row, Statement, Timestamp};
use crate::isolate::Isolate;
use crate::oidc::testing::{Browser, CONFIG, GATE, World, encode};

/// The memory host, where every port that may wait does so once: then somebody else has a turn.
#[derive(Clone)]
pub(super) struct Halting(pub(super) Memory);

async fn halt() {
    let mut halted = false;
    std::future::poll_fn(
        |_| if std::mem::replace(&mut halted, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

impl Host for Halting {
    const PEER: &'static str = Memory::PEER;

    type Body = <Memory as Host>::Body;

    async fn query(&self, statement: Statement) -> Result<Vec<Row>, PortError> {
        halt().await;
        self.0.query(statement).await
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, PortError> {
        halt().await;
        self.0.batch(statements).await
    }

    async fn cache_get(&self, key: &str) -> Result<Option<String>, PortError> {
        halt().await;
        self.0.cache_get(key).await
    }

    async fn cache_put(&self, key: &str, value: &str, ttl: Duration) -> Result<(), PortError> {
        halt().await;
        self.0.cache_put(key, value, ttl).await
    }

    async fn cache_delete(&self, key: &str) -> Result<(), PortError> {
        halt().await;
        self.0.cache_delete(key).await
    }

    async fn queue_send(&self, message: &str) -> Result<(), PortError> {
        halt().await;
        self.0.queue_send(message).await
    }

    async fn fetch(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Self::Body>, FetchError> {
        halt().await;
        self.0.fetch(request, limits).await
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn random(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        self.0.random(buffer)
    }

    async fn secret(&self, name: &str) -> Result<Option<Secret>, PortError> {
        halt().await;
        self.0.secret(name).await
    }

    fn after_response(&self, work: Pin<Box<dyn Future<Output = ()>>>) {
        self.0.after_response(work);
    }

    fn log(&self, line: LogLine) {
        self.0.log(line);
    }

    fn isolate(&self) -> Rc<Isolate> {
        self.0.isolate()
    }
}

/// A request with this browser's cookies, or with none.
fn request(browser: Option<&Browser>, method: &str, path: &str, form: &[(&str, &str)]) -> Request<Incoming> {
    let cookies = |browser: &Browser| -> String {
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}; ")).collect()
    };
    Request::builder()
        .method(method)
        .uri(format!("{GATE}{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", browser.map(cookies).unwrap_or_default())
        .body(Incoming::Whole(encode(form).into()))
        .unwrap()
}

fn token(form: &[(&str, &str)]) -> Request<Incoming> {
    request(None, "POST", "/token", form)
}

/// Sends two requests at once; `turns` says, bit by bit, whose step is next.
fn at_once(world: &World, requests: [Request<Incoming>; 2], mut turns: u64) -> [(StatusCode, Value); 2] {
    let gateway = Gateway::new(Halting(world.host.clone()));
    let [one, two] = requests.map(|request| gateway.handle(request));
    let (mut one, mut two) = (pin!(one), pin!(two));
    let mut answers: [Option<Response<Body>>; 2] = [None, None];
    let waking = &mut Waking::from_waker(Waker::noop());
    while answers.iter().any(Option::is_none) {
        let first = turns & 1 == 0;
        turns = turns.rotate_right(1);
        let at = if (first && answers[0].is_none()) || answers[1].is_some() { 0 } else { 1 };
        let polled = if at == 0 { one.as_mut().poll(waking) } else { two.as_mut().poll(waking) };
        if let Poll::Ready(answer) = polled {
            answers[at] = Some(answer);
        }
    }
    answers.map(|answer| {
        let (head, mut body) = answer.unwrap().into_parts();
        let frame = Pin::new(&mut body).poll_frame(waking);
        let Poll::Ready(frame) = frame else { panic!("nothing here waits") };
        let bytes = frame.map(|frame| frame.unwrap().into_data().unwrap()).unwrap_or_default();
        (head.status, serde_json::from_slice(&bytes).unwrap_or_default())
    })
}

/// Orders of steps: none twice, the simple ones first, then some that are as good as random.
fn orders() -> impl Iterator<Item = u64> {
    let simple = (0..64).map(|bits| u64::MAX << bits);
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let others = (0..160).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    });
    simple.chain(others)
}

fn count(world: &World, sql: &'static str) -> usize {
    world.host.query(Statement::new(sql)).now_or_never().unwrap().unwrap().len()
}

fn living(world: &World) -> usize {
    count(world, "SELECT token_hash FROM refresh_token")
}

fn forget(world: &World) {
    for sql in ["DELETE FROM refresh_token", "DELETE FROM oauth_code", "DELETE FROM consent"] {
        world.host.query(Statement::new(sql)).now_or_never().unwrap().unwrap();
    }
    world.host.take_queue();
}

fn redemption<'a>(app: &'a App, code: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", &app.id),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("resource", DEMO),
    ]
}

fn raced(check: impl Fn(&World, &mut Browser, &App, u64)) {
    let (world, mut browser, app) = start();
    for turns in orders() {
        check(&world, &mut browser, &app, turns);
        forget(&world);
    }
}

#[test]
fn a_code_redeemed_twice_at_once_leaves_no_living_token() {
    raced(|world, browser, app, turns| {
        let code = app.code(browser);
        let form = redemption(app, &code);
        let answers = at_once(world, [token(&form), token(&form)], turns);
        let granted = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
        assert!(granted <= 1, "{turns:x} {answers:?}");
        assert_eq!(living(world), 0, "{turns:x}");
        for (_, answer) in answers.iter().filter(|(status, _)| *status == StatusCode::OK) {
            let refreshed = app.refresh(browser, answer["refresh_token"].as_str().unwrap());
            assert_eq!(refreshed.json()["error"], "invalid_grant", "{turns:x}");
        }
    });
}

#[test]
fn two_refreshes_at_once_both_survive() {
    raced(|world, browser, app, turns| {
        let held = app.tokens(browser)["refresh_token"].as_str().unwrap().to_owned();
        let form = [("grant_type", "refresh_token"), ("refresh_token", &*held), ("client_id", &*app.id)];
        for (status, answer) in at_once(world, [token(&form), token(&form)], turns) {
            assert_eq!(status, StatusCode::OK, "{turns:x} {answer}");
            let next = app.refresh(browser, answer["refresh_token"].as_str().unwrap());
            assert_eq!(next.status, StatusCode::OK, "{turns:x}");
        }
    });
}

#[test]
fn a_refresh_beside_the_use_of_a_spent_token_leaves_no_living_token() {
    raced(|world, browser, app, turns| {
        let spent = app.tokens(browser)["refresh_token"].as_str().unwrap().to_owned();
        let next = app.refresh(browser, &spent).json()["refresh_token"].as_str().unwrap().to_owned();
        world.advance(31);
        let form =
            |token| [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &*app.id)];
        let answers = at_once(world, [token(&form(&next)), token(&form(&spent))], turns);
        assert_eq!(answers[1].0, StatusCode::BAD_REQUEST, "{turns:x}");
        assert_eq!(living(world), 0, "{turns:x} {answers:?}");
    });
}

#[test]
fn a_replayed_code_beside_a_refresh_leaves_no_living_token() {
    raced(|world, browser, app, turns| {
        let code = app.code(browser);
        let held = app.redeem(browser, &code).json()["refresh_token"].as_str().unwrap().to_owned();
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", &*held), ("client_id", &*app.id)];
        at_once(world, [token(&redemption(app, &code)), token(&refresh)], turns);
        assert_eq!(living(world), 0, "{turns:x}");
    });
}

/// The form on the start page that ends the client's access.
fn revocation(browser: &mut Browser, app: &App) -> Request<Incoming> {
    let page = browser.get("/").text;
    let form = page.split(&format!("name=\"client\" value=\"{}\"", app.id)).nth(1).unwrap();
    let csrf = form.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    request(Some(browser), "POST", "/clients/revoke", &[("client", &app.id), ("csrf", csrf)])
}

#[test]
fn a_redemption_beside_the_end_of_the_consent_leaves_no_living_token() {
    raced(|world, browser, app, turns| {
        let code = app.code(browser);
        let end = revocation(browser, app);
        at_once(world, [token(&redemption(app, &code)), end], turns);
        assert_eq!(living(world), 0, "{turns:x}");
    });
}

#[test]
fn a_refresh_beside_the_end_of_the_consent_leaves_no_living_token() {
    raced(|world, browser, app, turns| {
        let held = app.tokens(browser)["refresh_token"].as_str().unwrap().to_owned();
        let end = revocation(browser, app);
        let form = [("grant_type", "refresh_token"), ("refresh_token", &*held), ("client_id", &*app.id)];
        at_once(world, [token(&form), end], turns);
        assert_eq!(living(world), 0, "{turns:x}");
    });
}

#[test]
fn a_question_beside_the_end_of_its_consent_leaves_no_code() {
    let id = "https://claude.ai/oauth/mcp-oauth-client-metadata";
    let vouched = App::with_id(id, "https://claude.ai/api/mcp/auth_callback");
    raced(|world, browser, _, turns| {
        vouched.code(browser);
        let end = revocation(browser, &vouched);
        let ask = request(Some(browser), "GET", &vouched.path("", None), &[]);
        at_once(world, [ask, end], turns);
        assert_eq!(count(world, "SELECT code_hash FROM oauth_code"), 0, "{turns:x}");
        assert_eq!(count(world, "SELECT client FROM consent"), 0, "{turns:x}");
    });
}

/// Plays an order of steps of what the person's client or browser asks for, beside their removal by an administrator.
/// Whatever was granted is void afterwards.
fn removed(asks: impl Fn(&mut Browser, &App) -> Request<Incoming>) {
    let (world, mut browser, app) = start();
    let admins = "[access]\nadmins = [\"ops@example.com\"]\n[access.domains";
    world.host.set_config(&CONFIG.replacen("[access.domains", admins, 1));
    world.advance(10);
    let mut admin = world.browser();
    world.idp.claim("sub", "ops".into());
    world.idp.claim("email", "ops@example.com".into());
    let back = admin.leave(&world, "/login?anew=1");
    admin.get(&back);
    world.idp.claim("sub", "jane".into());
    world.idp.claim("email", "jane@example.com".into());
    let csrf = admin.get("/admin").field("csrf");
    for turns in orders() {
        browser.sign_in(&world);
        let asked = asks(&mut browser, &app);
        let form = [("csrf", &*csrf), ("who", "jane@example.com")];
        let end = request(Some(&admin), "POST", "/admin/people/remove", &form);
        let answers = at_once(&world, [asked, end], turns);
        assert_eq!(answers[1].0, StatusCode::OK, "{turns:x}");
        assert_eq!(living(&world), 0, "{turns:x}");
        for table in ["SELECT 1 FROM oauth_code", "SELECT 1 FROM consent"] {
            assert_eq!(count(&world, table), 0, "{turns:x} {table}");
        }
        if let Some(token) = answers[0].1["access_token"].as_str() {
            let called = Request::post(DEMO).header("authorization", format!("Bearer {token}"));
            assert_eq!(browser.send(called, Bytes::new()).status, StatusCode::UNAUTHORIZED, "{turns:x}");
        }
        forget(&world);
    }
}

#[test]
fn a_redemption_beside_a_removal_leaves_nothing_that_counts() {
    removed(|browser, app| {
        let code = app.code(browser);
        token(&redemption(app, &code))
    });
}

#[test]
fn a_refresh_beside_a_removal_leaves_nothing_that_counts() {
    removed(|browser, app| {
        let held = app.tokens(browser)["refresh_token"].as_str().unwrap().to_owned();
        token(&[("grant_type", "refresh_token"), ("refresh_token", &*held), ("client_id", &*app.id)])
    });
}

#[test]
fn a_consent_beside_a_removal_leaves_nothing_that_counts() {
    removed(|browser, app| {
        let page = app.ask(browser);
        let (query, csrf) = (page.field("request"), page.field("csrf"));
        let form = [("request", &*query), ("csrf", &csrf), ("decision", "allow")];
        request(Some(browser), "POST", "/authorize", &form)
    });
}

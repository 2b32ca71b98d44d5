//! An authorization server that gives tokens without asking anybody, and the services that it gives them for, at one
//! origin: to the gateway itself (client credentials), and in exchange for what says who a person is (RFC 8693).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use mcpgate::crypto::assertion::{self, Assertion, Claimed};
use mcpgate::crypto::jwk::Jwk;
use mcpgate::host::Timestamp;
use mcpgate::host::memory::{Peer, Reply};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Answering, Service};
use crate::setting::ORIGIN as GATEWAY;
use crate::world::{Clock, World};

/// The services: two that are used with the gateway's own account (by a secret, by a key), and three with what is
/// exchanged for a subject of each kind.
pub(crate) const SERVICES: [&str; 5] = ["ledger", "teller", "safe", "deeds", "funds"];

/// The gateway's secret there.
pub(crate) const SECRET: &str = "planted-bank:secret+90ab";

/// As whom the gateway proves itself by its key.
pub(crate) const KEYED: &str = "keyed-gateway";

/// How long an access token lives, in seconds.
pub(crate) const LIFE: u64 = 900;

/// The server and its services.
pub(crate) struct Bank {
    /// What is behind all the doors.
    pub(crate) service: Service,
    state: Mutex<State>,
}

struct State {
    clock: Arc<Clock>,
    /// The gateway's public keys.
    keys: Vec<Jwk>,
    /// Token -> the resource that it is for.
    access: HashMap<String, String>,
    spent: HashSet<String>,
    needs: Option<String>,
    answering: Option<Answering>,
    forms: Vec<HashMap<String, String>>,
    asked: Vec<String>,
    revoked: Vec<String>,
}

impl Bank {
    pub(super) fn new(origin: &str, clock: Arc<Clock>) -> Self {
        Self { service: Service::new(origin), state: Mutex::new(State::new(clock)) }
    }

    pub(super) fn reset(&self) {
        self.service.reset();
        let mut state = self.state.lock().unwrap();
        *state = State::new(Arc::clone(&state.clock));
    }

    pub(crate) fn origin(&self) -> String {
        self.service.origin()
    }

    /// Knows the gateway's keys.
    pub(crate) fn trusts(&self, jwks: &Value) {
        self.state.lock().unwrap().keys = Jwk::read_all(jwks["keys"].as_array().unwrap().clone());
    }

    /// Answers requests for paths that begin so in another way.
    pub(crate) fn answers(&self, path: &'static str, answer: impl Fn() -> Reply + Send + 'static) {
        let answering = move |request: &Request<Bytes>| request.uri().path().starts_with(path).then(&answer);
        self.state.lock().unwrap().answering = Some(Box::new(answering));
    }

    /// Behaves well again.
    pub(crate) fn behaves(&self) {
        self.state.lock().unwrap().answering = None;
    }

    /// Takes no access token that it gave so far.
    pub(crate) fn forgets_access(&self) {
        self.state.lock().unwrap().access.clear();
    }

    /// Calls need this scope from now on.
    pub(crate) fn needs(&self, scope: &str) {
        self.state.lock().unwrap().needs = Some(scope.to_owned());
    }

    /// What was sent to the token endpoint; `client` is who proved itself by a secret in the header.
    pub(crate) fn forms(&self) -> Vec<HashMap<String, String>> {
        self.state.lock().unwrap().forms.clone()
    }

    /// The paths that were asked for, of all but the services themselves.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// What was revoked.
    pub(crate) fn revoked(&self) -> Vec<String> {
        self.state.lock().unwrap().revoked.clone()
    }
}

pub(super) fn peer(bank: &Arc<Bank>) -> Peer {
    let bank = Arc::clone(bank);
    Arc::new(move |request| bank.answer(request))
}

impl Bank {
    fn answer(&self, request: Request<Bytes>) -> Reply {
        let origin = self.origin();
        let mut state = self.state.lock().unwrap();
        let path = request.uri().path().to_owned();
        if !path.ends_with("/mcp") || path.starts_with("/.well-known/") {
            state.asked.push(path.clone());
        }
        if let Some(reply) = state.answering.as_ref().and_then(|answering| answering(&request)) {
            return reply;
        }
        let form = || form_urlencoded::parse(request.body()).into_owned().collect::<HashMap<_, _>>();
        match path.as_str() {
            "/.well-known/oauth-authorization-server" => reply(
                200,
                &json!({
                    "issuer": origin, "token_endpoint": format!("{origin}/token"),
                    "revocation_endpoint": format!("{origin}/revoke"),
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
                }),
            ),
            "/token" => {
                let mut form = form();
                if let Some(client) = by_secret(&request) {
                    form.insert("client".to_owned(), client);
                }
                state.forms.push(form.clone());
                match state.token(&origin, &form) {
                    Ok(tokens) => reply(200, &tokens),
                    Err(error) => {
                        reply(if error == "invalid_client" { 401 } else { 400 }, &json!({ "error": error }))
                    }
                }
            }
            "/revoke" => {
                let token = form()["token"].clone();
                state.access.remove(&token);
                state.revoked.push(token);
                reply(200, &json!({}))
            }
            path if path.starts_with("/.well-known/oauth-protected-resource/") => {
                let resource = path.trim_start_matches("/.well-known/oauth-protected-resource");
                let resource = format!("{origin}{resource}");
                reply(
                    200,
                    &json!({ "resource": resource, "authorization_servers": [origin], "scopes_supported": ["bank:use"] }),
                )
            }
            path => {
                let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
                let token = bearer.and_then(|bearer| bearer.strip_prefix("Bearer ")).unwrap_or_default();
                let metadata =
                    format!("resource_metadata=\"{origin}/.well-known/oauth-protected-resource{path}\"");
                if state.access.get(token) != Some(&format!("{origin}{path}")) {
                    let challenge = format!("Bearer {metadata}");
                    return reply(401, &json!({})).header("www-authenticate", &challenge);
                }
                let calls = String::from_utf8_lossy(request.body()).contains("\"tools/call\"");
                if let (true, Some(scope)) = (calls, &state.needs) {
                    let challenge =
                        format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\", {metadata}");
                    return reply(403, &json!({})).header("www-authenticate", &challenge);
                }
                drop(state);
                self.service.take(request)
            }
        }
    }
}

/// Who proved itself by the secret, in the header.
fn by_secret(request: &Request<Bytes>) -> Option<String> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("gateway:{}", encoded(SECRET));
    let basic = request.headers().get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    (STANDARD.decode(basic).ok()? == pair.as_bytes()).then(|| "gateway".to_owned())
}

/// What the gateway signs that a person is.
#[derive(Serialize, Deserialize)]
struct Said {
    email: Option<String>,
    email_verified: Option<bool>,
}

impl State {
    fn new(clock: Arc<Clock>) -> Self {
        Self {
            clock,
            keys: Vec::new(),
            access: HashMap::new(),
            spent: HashSet::new(),
            needs: None,
            answering: None,
            forms: Vec::new(),
            asked: Vec::new(),
            revoked: Vec::new(),
        }
    }

    /// A JWT of the gateway's, for this server, that counts once.
    fn signed(&mut self, origin: &str, issuer: &str, token: &str) -> Option<Assertion<Said>> {
        let claimed = Claimed {
            types: &[Some("jwt")],
            issuer,
            audiences: &[origin],
            life: Duration::from_secs(300),
            now: Timestamp(self.clock.now()),
        };
        let held = assertion::verify::<Said>(token, &self.keys, claimed).ok()?;
        self.spent.insert(held.id.clone()).then_some(held)
    }

    fn token(&mut self, origin: &str, form: &HashMap<String, String>) -> Result<Value, &'static str> {
        let part = |name: &str| form.get(name).cloned().unwrap_or_default();
        if !form.contains_key("client") {
            let held = self.signed(origin, KEYED, &part("client_assertion")).ok_or("invalid_client")?;
            if held.subject != KEYED || part("client_id") != KEYED {
                return Err("invalid_client");
            }
        }
        let exchanged = part("grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange";
        match part("grant_type").as_str() {
            "client_credentials" => {}
            _ if exchanged => {
                let subject = part("subject_token");
                let kind = part("subject_token_type");
                let holds = match kind.strip_prefix("urn:ietf:params:oauth:token-type:") {
                    Some("jwt") => self.signed(origin, GATEWAY, &subject).is_some_and(|held| {
                        held.claims.email.is_some() && held.claims.email_verified == Some(true)
                    }),
                    Some("id_token") => {
                        let claims =
                            subject.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
                        let claims: Value =
                            serde_json::from_slice(&claims.unwrap_or_default()).unwrap_or_default();
                        claims["exp"].as_i64().is_some_and(|until| until * 1000 > self.clock.now())
                    }
                    Some("access_token") => subject.starts_with("planted-idp-access-"),
                    _ => false,
                };
                if !holds {
                    return Err("invalid_request");
                }
            }
            _ => return Err("unsupported_grant_type"),
        }
        if part("scope") != "bank:use" {
            return Err("invalid_scope");
        }
        let token = format!("planted-bank-access-{}", World::number());
        self.access.insert(token.clone(), part("resource"));
        let mut answer = json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFE });
        if exchanged {
            answer["issued_token_type"] = json!("urn:ietf:params:oauth:token-type:access_token");
            // Nobody needs it.
            answer["refresh_token"] = json!("planted-bank-refresh");
        }
        Ok(answer)
    }
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply::new(status, "application/json", body.to_string())
}

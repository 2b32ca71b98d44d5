//! A service where everybody has an account of their own, and the authorization server that vouches for them: at one
//! origin, as small services have it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use mcpgate::host::memory::{Peer, Reply};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use super::{Answering, Service};
use crate::world::World;

/// The service and its authorization server.
pub(crate) struct Books {
    /// What is behind the door, for whoever has a token.
    pub(crate) service: Service,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    clients: HashMap<String, String>,
    codes: HashMap<String, Code>,
    access: HashSet<String>,
    refresh: HashMap<String, String>,
    /// The scope that a call needs besides.
    needs: Option<String>,
    answering: Option<Answering>,
    tokens: Vec<HashMap<String, String>>,
    revoked: Vec<String>,
}

struct Code {
    client: String,
    redirect_uri: String,
    challenge: String,
    resource: String,
    scope: String,
}

impl Books {
    pub(super) fn new(origin: &str) -> Self {
        Self { service: Service::new(origin), state: Mutex::default() }
    }

    pub(super) fn reset(&self) {
        self.service.reset();
        let mut state = self.state.lock().unwrap();
        // The gateway remembers as whom it registered.
        let clients = std::mem::take(&mut state.clients);
        *state = State { clients, ..State::default() };
    }

    pub(crate) fn origin(&self) -> String {
        self.service.origin()
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

    /// Takes no refresh token that it gave so far.
    pub(crate) fn forgets_refresh(&self) {
        self.state.lock().unwrap().refresh.clear();
    }

    /// Calls need this scope from now on.
    pub(crate) fn needs(&self, scope: &str) {
        self.state.lock().unwrap().needs = Some(scope.to_owned());
    }

    /// What was sent to the token endpoint.
    pub(crate) fn tokens(&self) -> Vec<HashMap<String, String>> {
        self.state.lock().unwrap().tokens.clone()
    }

    /// What was revoked.
    pub(crate) fn revoked(&self) -> Vec<String> {
        self.state.lock().unwrap().revoked.clone()
    }

    /// What a browser does at the server: the person says yes. Answers with where the browser is sent.
    pub(crate) fn allow(&self, url: &str) -> String {
        let origin = self.origin();
        let mut state = self.state.lock().unwrap();
        assert!(url.starts_with(&format!("{origin}/authorize?")), "{url}");
        let query: HashMap<String, String> = Url::parse(url).unwrap().query_pairs().into_owned().collect();
        assert_eq!((&*query["response_type"], &*query["code_challenge_method"]), ("code", "S256"));
        let client = query["client_id"].clone();
        assert_eq!(state.clients.get(&client), Some(&query["redirect_uri"]), "{url}");
        let code = format!("planted-books-code-{}", World::number());
        let granted = Code {
            client,
            redirect_uri: query["redirect_uri"].clone(),
            challenge: query["code_challenge"].clone(),
            resource: query["resource"].clone(),
            scope: query.get("scope").cloned().unwrap_or_default(),
        };
        state.codes.insert(code.clone(), granted);
        let answer = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &query["state"])
            .append_pair("iss", &origin)
            .finish();
        format!("{}?{answer}", query["redirect_uri"])
    }
}

pub(super) fn peer(books: &Arc<Books>) -> Peer {
    let books = Arc::clone(books);
    Arc::new(move |request| books.answer(request))
}

impl Books {
    fn answer(&self, request: Request<Bytes>) -> Reply {
        let origin = self.origin();
        let mut state = self.state.lock().unwrap();
        if let Some(reply) = state.answering.as_ref().and_then(|answering| answering(&request)) {
            return reply;
        }
        let path = request.uri().path().to_owned();
        match path.as_str() {
            "/mcp" => {
                let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
                let token = bearer.and_then(|bearer| bearer.strip_prefix("Bearer ")).unwrap_or_default();
                let metadata =
                    format!("resource_metadata=\"{origin}/.well-known/oauth-protected-resource/mcp\"");
                if !state.access.contains(token) {
                    let challenge = format!("Bearer realm=\"books\", {metadata}, scope=\"books:read\"");
                    return reply(401, &json!({ "error": "invalid_token" }))
                        .header("www-authenticate", &challenge);
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
            "/.well-known/oauth-protected-resource/mcp" => reply(
                200,
                &json!({ "resource": format!("{origin}/mcp"), "authorization_servers": [origin], "scopes_supported": ["books:all"] }),
            ),
            "/.well-known/oauth-authorization-server" => reply(
                200,
                &json!({
                    "issuer": origin,
                    "authorization_endpoint": format!("{origin}/authorize"),
                    "token_endpoint": format!("{origin}/token"),
                    "registration_endpoint": format!("{origin}/register"),
                    "revocation_endpoint": format!("{origin}/revoke"),
                    "code_challenge_methods_supported": ["S256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    "authorization_response_iss_parameter_supported": true,
                    "scopes_supported": ["books:read", "offline_access"],
                }),
            ),
            "/register" => {
                let wish: Value = serde_json::from_slice(request.body()).unwrap();
                let id = format!("gateway-{}", World::number());
                state.clients.insert(id.clone(), wish["redirect_uris"][0].as_str().unwrap().to_owned());
                reply(
                    201,
                    &json!({
                        "client_id": id, "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_post",
                    }),
                )
            }
            "/token" => {
                let form: HashMap<String, String> =
                    form_urlencoded::parse(request.body()).into_owned().collect();
                state.tokens.push(form.clone());
                match state.token(&form) {
                    Ok(tokens) => reply(200, &tokens),
                    Err(error) => {
                        reply(if error == "invalid_client" { 401 } else { 400 }, &json!({ "error": error }))
                    }
                }
            }
            "/revoke" => {
                let form: HashMap<String, String> =
                    form_urlencoded::parse(request.body()).into_owned().collect();
                state.revoked.push(form["token"].clone());
                state.access.remove(&form["token"]);
                state.refresh.remove(&form["token"]);
                reply(200, &json!({}))
            }
            _ => reply(404, &json!({})),
        }
    }
}

/// How long an access token lives, in seconds.
const LIFE: u64 = 3600;

/// The gateway's secret at the authorization server.
pub(crate) const SECRET: &str = "planted-books-secret-5e1d";

impl State {
    fn token(&mut self, form: &HashMap<String, String>) -> Result<Value, &'static str> {
        let part = |name: &str| form.get(name).cloned().unwrap_or_default();
        if !self.clients.contains_key(&part("client_id")) || part("client_secret") != SECRET {
            return Err("invalid_client");
        }
        let scope = match part("grant_type").as_str() {
            "authorization_code" => {
                let code = self.codes.remove(&part("code")).ok_or("invalid_grant")?;
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(part("code_verifier")));
                let holds = code.client == part("client_id")
                    && code.redirect_uri == part("redirect_uri")
                    && code.challenge == challenge
                    && code.resource == part("resource");
                if !holds {
                    return Err("invalid_grant");
                }
                code.scope
            }
            "refresh_token" => self.refresh.remove(&part("refresh_token")).ok_or("invalid_grant")?,
            _ => return Err("unsupported_grant_type"),
        };
        let number = World::number();
        let (access, refresh) =
            (format!("planted-books-access-{number}"), format!("planted-books-refresh-{number}"));
        self.access.insert(access.clone());
        self.refresh.insert(refresh.clone(), scope.clone());
        Ok(json!({
            "access_token": access, "token_type": "bearer", "expires_in": LIFE, "refresh_token": refresh,
            "scope": scope,
        }))
    }
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply::new(status, "application/json", body.to_string())
}

//! A scripted identity provider, and a browser that talks to the gateway: for the tests of sign-in and authorization.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use cookie::Cookie;
use futures_util::FutureExt as _;
use http::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use http_body::Body as _;
use jwt_simple::prelude::{
    ECDSAP256KeyPairLike as _, ECDSAP256PublicKeyLike as _, ES256KeyPair, HeaderOptions, JWTClaims,
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::gateway::Gateway;
use crate::host::memory::{Memory, Reply};
use crate::host::{Host as _, Incoming, Timestamp};

pub(crate) const GATE: &str = "https://gate.example.com";
pub(crate) const IDP: &str = "https://idp.example.com";

pub(crate) const CONFIG: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
client_secret = { secret = "OIDC_CLIENT_SECRET" }
[access.domains."example.com"]
role = "internal"
[access.roles.internal]
services = ["demo", "wiki"]
[access.roles.external]
services = ["wiki"]
[[service]]
id = "demo"
name = "Demo desk"
mcp = "https://demo.example.com/mcp"
[[service]]
id = "wiki"
mcp = "https://wiki.example.com/mcp"
"#;

/// A gateway, its identity provider and the clock between them.
pub(crate) struct World {
    pub(crate) host: Memory,
    pub(crate) idp: Idp,
}

impl World {
    pub(crate) fn new() -> Self {
        let host = Memory::new();
        host.set_config(CONFIG);
        host.set_secret("OIDC_CLIENT_SECRET", "s3cret&+ü");
        let idp = Idp::new(host.now());
        let peer = idp.clone();
        host.set_peer(IDP, Arc::new(move |request| peer.answer(&request)));
        Self { host, idp }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            gateway: Gateway::new(self.host.clone()),
            cookies: BTreeMap::new(),
            origin: Some(GATE.to_owned()),
        }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.host.advance(std::time::Duration::from_secs(seconds));
        self.idp.state().now = self.host.now();
    }

    /// What the audit queue holds: action, outcome and reason of each event.
    pub(crate) fn audited(&self) -> Vec<String> {
        let event = |text: String| {
            let event: Value = serde_json::from_str(&text).unwrap();
            let word = |key: &str| event[key].as_str().map(|word| format!(" {word}")).unwrap_or_default();
            format!("{}{}{}", event["action"].as_str().unwrap(), word("outcome"), word("reason"))
        };
        self.host.take_queue().into_iter().map(event).collect()
    }
}

/// The provider. Its codes are the nonces that it was given.
#[derive(Clone)]
pub(crate) struct Idp(Arc<Mutex<State>>);

pub(crate) struct State {
    pub(crate) now: Timestamp,
    /// The nonces of those who had to prove anew who they are.
    timed: BTreeSet<String>,
    /// Added to, or with `null` taken from, the ID token's claims.
    pub(crate) claims: Map<String, Value>,
    /// Added to the discovery document.
    pub(crate) metadata: Map<String, Value>,
    pub(crate) userinfo: Value,
    /// What answers at a path instead.
    pub(crate) broken: BTreeMap<&'static str, fn() -> Reply>,
    /// Requests by path.
    pub(crate) asked: Vec<String>,
    key: Key,
    challenges: BTreeMap<String, String>,
}

struct Key {
    pair: ES256KeyPair,
    kid: String,
}

impl Idp {
    fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(State {
            now,
            timed: BTreeSet::new(),
            claims: Map::new(),
            metadata: Map::new(),
            userinfo: json!({ "sub": "jane" }),
            broken: BTreeMap::new(),
            asked: Vec::new(),
            key: Key::new(1, "k1"),
            challenges: BTreeMap::new(),
        })))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn claim(&self, name: &str, value: Value) {
        self.state().claims.insert(name.to_owned(), value);
    }

    pub(crate) fn rotate(&self, seed: u8, kid: &str) {
        self.state().key = Key::new(seed, kid);
    }

    /// What the provider signs of this type.
    pub(crate) fn signed(&self, typ: &str, claims: Value) -> String {
        let options = HeaderOptions { signature_type: Some(typ.to_owned()), content_type: None };
        let mut empty = JWTClaims::<Value>::new();
        empty.custom = claims;
        self.state().key.pair.sign_with_options(empty, &options).unwrap()
    }

    /// The person agrees: where the provider sends the browser.
    pub(crate) fn authorize(&self, url: &str) -> String {
        let query: BTreeMap<_, _> = Url::parse(url).unwrap().query_pairs().into_owned().collect();
        assert_eq!(query["client_id"], "mcpgate");
        assert_eq!(query["redirect_uri"], format!("{GATE}/callback"));
        assert_eq!(query["code_challenge_method"], "S256");
        let mut state = self.state();
        state.challenges.insert(query["nonce"].clone(), query["code_challenge"].clone());
        if query.contains_key("max_age") {
            state.timed.insert(query["nonce"].clone());
        }
        format!("/callback?code={}&state={}&iss={IDP}", query["nonce"], query["state"])
    }

    fn answer(&self, request: &Request<Bytes>) -> Reply {
        let path = request.uri().path().to_owned();
        let mut state = self.state();
        state.asked.push(path.clone());
        if let Some(broken) = state.broken.get(path.as_str()) {
            return broken();
        }
        let answer = match path.as_str() {
            "/.well-known/openid-configuration" => {
                let mut document = json!({
                    "issuer": IDP,
                    "authorization_endpoint": format!("{IDP}/auth"),
                    "token_endpoint": format!("{IDP}/token"),
                    "userinfo_endpoint": format!("{IDP}/userinfo"),
                    "jwks_uri": format!("{IDP}/jwks"),
                });
                document.as_object_mut().unwrap().extend(state.metadata.clone());
                document
            }
            "/jwks" => json!({ "keys": [{ "kty": "strange" }, state.key.jwk()] }),
            "/token" => {
                let expected = "Basic bWNwZ2F0ZTpzM2NyZXQlMjYlMkIlQzMlQkM=";
                assert_eq!(request.headers()["authorization"], expected, "both parts are encoded");
                let form: BTreeMap<_, _> = url::form_urlencoded::parse(request.body()).into_owned().collect();
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
                assert_eq!(state.challenges.get(&form["code"]), Some(&challenge), "PKCE must hold");
                json!({ "access_token": "at", "token_type": "Bearer", "id_token": state.id_token(&form["code"]) })
            }
            "/userinfo" => {
                assert_eq!(request.headers()["authorization"], "Bearer at");
                state.userinfo.clone()
            }
            _ => return Reply::new(404, "text/plain", "?"),
        };
        Reply::new(200, "application/json", answer.to_string())
    }
}

impl State {
    fn id_token(&self, nonce: &str) -> String {
        let now = self.now.seconds();
        let mut claims = json!({
            "iss": IDP, "sub": "jane", "aud": "mcpgate", "exp": now + 300, "iat": now, "nonce": nonce,
            "email": "jane@example.com", "email_verified": true, "name": "Jane Doe",
        });
        let map = claims.as_object_mut().unwrap();
        // OpenID Connect Core 1.0 §2: where it was asked for `max_age`.
        if self.timed.contains(nonce) {
            map.insert("auth_time".to_owned(), now.into());
        }
        map.extend(self.claims.clone());
        map.retain(|_, value| !value.is_null());
        self.key.sign(claims)
    }
}

impl Key {
    fn new(seed: u8, kid: &str) -> Self {
        Self { pair: ES256KeyPair::from_bytes(&[seed; 32]).unwrap().with_key_id(kid), kid: kid.to_owned() }
    }

    fn jwk(&self) -> Value {
        jwk(&self.pair, &self.kid)
    }

    fn sign(&self, claims: Value) -> String {
        sign(&self.pair, claims)
    }
}

pub(crate) fn jwk(pair: &ES256KeyPair, kid: &str) -> Value {
    let point = pair.public_key().public_key().to_bytes_uncompressed();
    let coordinate = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
    json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
        "x": coordinate(1..33), "y": coordinate(33..65),
    })
}

pub(crate) fn sign(pair: &ES256KeyPair, claims: Value) -> String {
    let mut empty = JWTClaims::<Value>::new();
    empty.custom = claims;
    pair.sign(empty).unwrap()
}

/// A browser with its cookies.
pub(crate) struct Browser {
    gateway: Gateway<Memory>,
    pub(crate) cookies: BTreeMap<String, String>,
    /// What it says in `Origin` when it posts.
    pub(crate) origin: Option<String>,
}

/// What the gateway answered.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// A parameter of the address that the browser is sent to.
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.location()).unwrap();
        url.query_pairs().find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> String {
        let (_, rest) =
            self.text.split_once(&format!("name=\"{name}\" value=\"")).expect("the field is there");
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Browser {
    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(format!("{GATE}{path}")), Bytes::new())
    }

    pub(crate) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let mut request = Request::post(format!("{GATE}{path}"))
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = &self.origin {
            request = request.header(ORIGIN, origin);
        }
        self.send(request, encode(form).into())
    }

    pub(crate) fn send(&mut self, request: http::request::Builder, body: Bytes) -> Page {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(COOKIE, cookies.join("; ")).body(Incoming::Whole(body)).unwrap();
        let response = self.gateway.handle(request).now_or_never().expect("nothing here waits");
        let (head, mut body) = response.into_parts();
        for value in head.headers.get_all(SET_COOKIE) {
            let cookie = Cookie::parse(value.to_str().unwrap().to_owned()).unwrap();
            self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
        }
        let frame =
            std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).now_or_never();
        let bytes = frame.unwrap().map(|frame| frame.unwrap().into_data().unwrap()).unwrap_or_default();
        Page { status: head.status, headers: head.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Goes to `/login` and lets the provider agree; answers with the way back.
    pub(crate) fn leave(&mut self, world: &World, path: &str) -> String {
        let page = self.get(path);
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        world.idp.authorize(page.location())
    }

    /// Signs in.
    pub(crate) fn sign_in(&mut self, world: &World) -> Page {
        let back = self.leave(world, "/login");
        self.get(&back)
    }
}

pub(crate) fn encode(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

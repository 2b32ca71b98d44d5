//! A scripted OpenID Provider.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use jwt_simple::prelude::{
    ECDSAP256KeyPairLike as _, ECDSAP256PublicKeyLike as _, ES256KeyPair, HeaderOptions, JWTClaims,
};
use mcpgate::host::memory::{Peer, Reply};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use super::{Answering, OIDC_SECRET};
use crate::world::{Clock, World};

/// Somebody with an account at the identity provider.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) sub: String,
    pub(crate) email: String,
    pub(crate) verified: Value,
    pub(crate) name: String,
}

impl Person {
    /// Somebody whom no other scenario knows, with an address in this domain.
    pub(crate) fn of(domain: &str) -> Self {
        let number = World::number();
        Self::with_email(&format!("person{number}@{domain}"))
    }

    /// Somebody with this address.
    pub(crate) fn with_email(email: &str) -> Self {
        let number = World::number();
        Self {
            sub: format!("planted-sub-{number}"),
            email: email.to_owned(),
            verified: Value::Bool(true),
            name: format!("Petra Planted{number}"),
        }
    }

    /// Somebody of the usual domain.
    pub(crate) fn internal() -> Self {
        Self::of("example.com")
    }
}

/// The provider.
pub(crate) struct Identity(Mutex<State>);

struct State {
    origin: String,
    clock: Arc<Clock>,
    keys: Vec<(String, ES256KeyPair)>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Person>,
    /// Whether it gives refresh tokens.
    renews: bool,
    refresh: HashMap<String, Person>,
    id_tokens: Vec<String>,
    answering: Option<Answering>,
    tamper: Option<Tamper>,
    forge: Option<Forge>,
    seen: Vec<String>,
}

/// Changes the claims of an ID token.
type Tamper = Box<dyn Fn(&mut Value) + Send>;

/// Writes an ID token from its header, its claims and the signing key.
type Forge = Box<dyn Fn(&Value, &Value, &[u8]) -> String + Send>;

struct Code {
    person: Person,
    nonce: String,
    challenge: String,
    redirect_uri: String,
    /// Whether the token must say when the person proved who they are.
    timed: bool,
}

impl Identity {
    pub(super) fn new(origin: &str, clock: Arc<Clock>) -> Self {
        Self(Mutex::new(State {
            origin: origin.to_owned(),
            clock,
            keys: vec![new_key()],
            codes: HashMap::new(),
            access: HashMap::new(),
            renews: false,
            refresh: HashMap::new(),
            id_tokens: Vec::new(),
            answering: None,
            tamper: None,
            forge: None,
            seen: Vec::new(),
        }))
    }

    pub(crate) fn origin(&self) -> String {
        self.0.lock().unwrap().origin.clone()
    }

    pub(super) fn set_origin(&self, origin: String) {
        self.0.lock().unwrap().origin = origin;
    }

    pub(super) fn reset(&self) {
        let mut state = self.0.lock().unwrap();
        state.answering = None;
        state.tamper = None;
        state.forge = None;
        state.renews = false;
        state.refresh.clear();
        state.id_tokens.clear();
        state.seen.clear();
    }

    /// Answers requests for paths that begin so in another way.
    pub(crate) fn answers(&self, path: &'static str, answer: impl Fn() -> Reply + Send + 'static) {
        let answering = move |request: &Request<Bytes>| request.uri().path().starts_with(path).then(&answer);
        self.0.lock().unwrap().answering = Some(Box::new(answering));
    }

    /// Changes the claims of every ID token.
    pub(crate) fn tampers(&self, tamper: impl Fn(&mut Value) + Send + 'static) {
        self.0.lock().unwrap().tamper = Some(Box::new(tamper));
    }

    /// Writes every ID token in this way, from its header, its claims and the signing key.
    pub(crate) fn forges(&self, forge: impl Fn(&Value, &Value, &[u8]) -> String + Send + 'static) {
        self.0.lock().unwrap().forge = Some(Box::new(forge));
    }

    /// The key that it publishes.
    pub(crate) fn published(&self) -> Value {
        jwk(&self.0.lock().unwrap().keys[0])
    }

    /// What the AI client `keyed` publishes.
    pub(crate) fn client_key(&self) -> Value {
        jwk(&client_key())
    }

    /// Behaves well again.
    pub(crate) fn behaves(&self) {
        let mut state = self.0.lock().unwrap();
        state.answering = None;
        state.tamper = None;
        state.forge = None;
    }

    /// Gives refresh tokens from now on.
    pub(crate) fn renews(&self) {
        self.0.lock().unwrap().renews = true;
    }

    /// Takes no refresh token that it gave so far.
    pub(crate) fn forgets_refresh(&self) {
        self.0.lock().unwrap().refresh.clear();
    }

    /// The ID tokens that it gave.
    pub(crate) fn id_tokens(&self) -> Vec<String> {
        self.0.lock().unwrap().id_tokens.clone()
    }

    /// Whose access token this is, by `sub`.
    pub(crate) fn owner(&self, access_token: &str) -> Option<String> {
        self.0.lock().unwrap().access.get(access_token).map(|person| person.sub.clone())
    }

    /// Signs with a new key from now on; the old one is no longer published.
    pub(crate) fn rotates_keys(&self) {
        self.0.lock().unwrap().keys = vec![new_key()];
    }

    /// What the provider asserts of a person toward an AI client (an ID-JAG), with some claims changed;
    /// [`Value::Null`] takes one out.
    pub(crate) fn asserts(
        &self,
        typ: &str,
        person: &Person,
        toward: (&str, &str, &str),
        changes: &[(&str, Value)],
    ) -> String {
        let state = self.0.lock().unwrap();
        let (gateway, client, resource) = toward;
        let now = state.clock.now() / 1000;
        let mut claims = json!({
            "iss": state.origin, "sub": person.sub, "aud": gateway, "client_id": client, "resource": resource,
            "exp": now + 300, "iat": now, "jti": format!("id-jag-{}", World::number()),
            "email": person.email, "email_verified": person.verified,
        });
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let options = HeaderOptions { signature_type: Some(typ.to_owned()), content_type: None };
        state.keys[0].1.sign_with_options(bare(claims), &options).unwrap()
    }

    /// The URLs that were asked for.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.0.lock().unwrap().seen.clone()
    }

    /// What a browser does at the provider: the person signs in. Answers with where the browser is sent.
    pub(crate) fn sign_in(&self, url: &str, person: &Person) -> String {
        let mut state = self.0.lock().unwrap();
        state.seen.push(url.to_owned());
        assert!(url.starts_with(&format!("{}/authorize?", state.origin)), "{url}");
        let query: HashMap<String, String> = Url::parse(url).unwrap().query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "mcpgate");
        assert_eq!(query["code_challenge_method"], "S256");
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"));
        let code = format!("planted-idp-code-{}", World::number());
        let redirect_uri = query["redirect_uri"].clone();
        let answer = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &query["state"])
            .append_pair("iss", &state.origin)
            .finish();
        let granted = Code {
            person: person.clone(),
            nonce: query["nonce"].clone(),
            challenge: query["code_challenge"].clone(),
            redirect_uri: redirect_uri.clone(),
            timed: query.contains_key("max_age"),
        };
        state.codes.insert(code, granted);
        format!("{redirect_uri}?{answer}")
    }
}

pub(super) fn peer(identity: &Arc<Identity>) -> Peer {
    let identity = Arc::clone(identity);
    Arc::new(move |request| identity.0.lock().unwrap().answer(&request))
}

impl State {
    fn answer(&mut self, request: &Request<Bytes>) -> Reply {
        self.seen.push(request.uri().to_string());
        if let Some(reply) = self.answering.as_ref().and_then(|answering| answering(request)) {
            return reply;
        }
        let origin = &self.origin;
        match request.uri().path() {
            "/.well-known/openid-configuration" => answer(
                200,
                &json!({
                    "issuer": origin,
                    "authorization_endpoint": format!("{origin}/authorize"),
                    "token_endpoint": format!("{origin}/token"),
                    "userinfo_endpoint": format!("{origin}/userinfo"),
                    "jwks_uri": format!("{origin}/jwks"),
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                    "authorization_response_iss_parameter_supported": true,
                    "an_unknown_field": {"nested": [1, 2, 3]},
                }),
            ),
            // A guest here: the keys of an AI client that the configuration names.
            "/client-keys" => answer(200, &json!({ "keys": [jwk(&client_key())] })),
            "/jwks" => answer(200, &json!({ "keys": self.keys.iter().map(jwk).collect::<Vec<_>>() })),
            "/token" => self.token(request).unwrap_or_else(|error| answer(400, &json!({ "error": error }))),
            "/userinfo" => {
                let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
                match bearer.and_then(|bearer| self.access.get(bearer.strip_prefix("Bearer ")?)) {
                    Some(person) => answer(
                        200,
                        &json!({
                            "sub": person.sub, "email": person.email, "email_verified": person.verified,
                        }),
                    ),
                    None => answer(401, &json!({ "error": "invalid_token" })),
                }
            }
            _ => answer(404, &json!({ "error": "invalid_request" })),
        }
    }

    fn token(&mut self, request: &Request<Bytes>) -> Result<Reply, &'static str> {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = STANDARD.encode(format!("{}:{}", encoded("mcpgate"), encoded(OIDC_SECRET)));
        if request.headers().get("authorization").is_none_or(|value| *value != format!("Basic {basic}")) {
            return Err("invalid_client");
        }
        let form: HashMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
        let (person, nonce, timed) = match form.get("grant_type").map(String::as_str) {
            Some("refresh_token") => {
                let token = form.get("refresh_token").ok_or("invalid_request")?;
                (self.refresh.remove(token).ok_or("invalid_grant")?, None, false)
            }
            _ => {
                let code =
                    form.get("code").and_then(|code| self.codes.remove(code)).ok_or("invalid_grant")?;
                let verifier = form.get("code_verifier").ok_or("invalid_grant")?;
                let fits = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == code.challenge;
                if !fits || form.get("redirect_uri") != Some(&code.redirect_uri) {
                    return Err("invalid_grant");
                }
                (code.person, Some(code.nonce), code.timed)
            }
        };
        let now = self.clock.now() / 1000;
        let mut claims = json!({
            "iss": self.origin, "aud": "mcpgate", "sub": person.sub,
            "iat": now, "exp": now + 300,
            "email": person.email, "email_verified": person.verified, "name": person.name,
            "an_unknown_claim": ["x"],
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        if timed {
            claims["auth_time"] = json!(now);
        }
        if let Some(tamper) = &self.tamper {
            tamper(&mut claims);
        }
        let access_token = format!("planted-idp-access-{}", World::number());
        self.access.insert(access_token.clone(), person.clone());
        let (id, key) = self.keys.first().ok_or("server_error")?;
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": id });
        let id_token = match &self.forge {
            Some(forge) => forge(&header, &claims, &key.to_bytes()),
            None => key.sign(bare(claims)).map_err(|_| "server_error")?,
        };
        self.id_tokens.push(id_token.clone());
        let mut tokens = json!({
            "id_token": id_token, "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
        });
        if self.renews {
            let refresh_token = format!("planted-idp-refresh-{}", World::number());
            self.refresh.insert(refresh_token.clone(), person);
            tokens["refresh_token"] = json!(refresh_token);
        }
        Ok(answer(200, &tokens))
    }
}

/// Claims of which the library adds none.
fn bare(claims: Value) -> JWTClaims<Value> {
    JWTClaims {
        issued_at: None,
        expires_at: None,
        invalid_before: None,
        issuer: None,
        subject: None,
        audiences: None,
        jwt_id: None,
        nonce: None,
        custom: claims,
    }
}

/// The key of the AI client `keyed`, and its id.
fn client_key() -> (String, ES256KeyPair) {
    ("client-key".to_owned(), ES256KeyPair::from_bytes(&[11; 32]).unwrap().with_key_id("client-key"))
}

/// What the AI client `keyed` signs to prove who it is.
pub(crate) fn client_assertion(claims: Value) -> String {
    client_key().1.sign(bare(claims)).unwrap()
}

fn new_key() -> (String, ES256KeyPair) {
    let id = format!("key-{}", World::number());
    (id.clone(), ES256KeyPair::generate().with_key_id(&id))
}

fn jwk((id, key): &(String, ES256KeyPair)) -> Value {
    let point = key.public_key().public_key().to_bytes_uncompressed();
    let part = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id, "x": part(1..33), "y": part(33..65) })
}

fn answer(status: u16, value: &Value) -> Reply {
    Reply::new(status, "application/json", value.to_string())
}

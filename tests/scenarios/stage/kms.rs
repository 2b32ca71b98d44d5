//! Google Cloud KMS and the token endpoint before it, as far as the gateway uses them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc::{CRC_32_ISCSI, Crc};
use http::Request;
use jwt_simple::prelude::{RS256KeyPair, RS256PublicKey, RSAPublicKeyLike as _, VerificationOptions};
use jwt_simple::reexports::coarsetime::{Duration, UnixTimeStamp};
use jwt_simple::token::Token;
use mcpgate::host::memory::{Peer, Reply};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Answering;
use crate::world::{Clock, World};

/// The key that wraps, and the one that did before.
pub(crate) const KMS_KEY: &str = "projects/example/locations/europe-west3/keyRings/gate/cryptoKeys/people";
pub(crate) const FORMER_KMS_KEY: &str =
    "projects/example/locations/europe-west3/keyRings/gate/cryptoKeys/former";

const EMAIL: &str = "mcpgate@example.iam.gserviceaccount.com";
const KEY_ID: &str = "account-key-1";

/// A key for these tests, used nowhere else (PKCS #8).
const PRIVATE_KEY: &str = "\
    MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDA1DPQ1kjHZEc0nGgqmxeDMvnbEEF/bkzB5SSjnFxgUNFx\
    cvS0sDKb93wH1n40wt+L/m0R1IzjrILyQa1MxiJaLuaYWaG1/dztfGbsfym8vUvEgD1OFuP0zrM8y8NxQI7XeDohSr/eLOa4\
    3ZPbKhdkE2c5b05eyVrRPH6wtNPYO1yRH+kh5nfy//JUDaR+quxr4Nmm5r83H8OWbUWLID8zuVxIlSxR2bvgo/QNuCm+8Xkv\
    vqtfij2ef8Sef36LIosXAYlgXPAjZzppcdmyWQEO3mgSzUGYIrWbkXphpzEKFYrkvecIWiWMkdYHErUDBrdWvhCZbJGa3oJ9\
    maT4kfEjAgMBAAECggEAGJfX5fY2gQu2kyyxkmGGbarGOBzKJb0FGCOn+R/7niMgm0YMlLD2O3MkhAFkxkjmZv3znjcMIwuB\
    BfG/bw/EGNlrepnP6JywnS9lFxue0J4Z+D1c1EVSHIpyTLo2Oo7/yNZiH5Xfg7AZWxGThnvHUPGylB4wkiE/Lnl3NQVTEXxD\
    zRfDNPxMIlf+CgROKMPnQVRztvv4KciwOvYUzrDRu5VnxP6gJI7nK6YA0X1UpIrZ4O11eo2ODaqpTsOGgXUumxar2uAZ+cWd\
    sFkNQBSCZ7Nk1paWPOheD4cDUrPOcmWaesMpUy8ICUnz1C0f2UYq54G4v+UHQAL89/Zomk+ftQKBgQDykDrJ/zhiK69qP6IA\
    kAO3qVqPIlw7cOaAbqLt+1tiV2bGft8pc4Nb2GRpRFXq4ONfOb6u39xixhslKRFSIzEGajpJlv2vsfQQSeZlTdutC4qPtSU3\
    OKpd5dofDhNftcEhwoji3AA/eiOtqaFVFs3b1em3cd5pGL7RpXE8iF3QvQKBgQDLgrFClEb9Pdq95Fr5PjTH9rz1tk4c35pl\
    oy3XsuEqNp+iEpejy4vIUTptqP2Ze5Z89LAc102qekiRoffGS2Cl8YNlSd8A7PPU9uzgs+InhSX6syfHIWKJa+bVfjT5nRlh\
    RDbxcwNidK8F66HrJKccabOtGddK0z+ujH8RBUqXXwKBgBop3n19Tvqf1arzNCk1X4FG/iKkRSiQM/y0clSTITdJUCem9bFF\
    6WxVufb0zQOpwDy8QMoiEWaCEdl/RYQDkb0sZh8b7z8tRbMgFX7l2AUhUo/PrTT4or/AFDf3T7WqKCvZDOTTcB9osEKCIonI\
    DOpid3Q3DxNs/OAmJUGvP9dNAoGALpdxNaj0x62NksPhAAb51n3qrOZb48hddL9zE1rkqeFvko9nIBzNl8Lg+ZIi3SyqO1lZ\
    qICyS0FLs+u86iz/p34vctUCtReKi0ss2BTWxe150HeLt88w2/1UD7ShNDR/RwFzArwuHjBQka5sl4UArUSV2h98ZqkOf0uz\
    G5Z2iUkCgYBotnQOKQOrA4N+r6nm0eKMI6o6CLfxQqIsy5KHwOgCvkm/0xQz10r2uKkYuP+iFtwyI8ZxO1Dmf6pcKzoik003\
    GsEdbs2gJGWo1Lc6/GLe5gOQClQHAHTjj+trJfV4nKajqc31HFfxo/88Kl2EaRBq2tmkIKsPRyzFX1DlGQwwVw==";

static PUBLIC: LazyLock<RS256PublicKey> =
    LazyLock::new(|| RS256KeyPair::from_pem(&private_key()).unwrap().public_key());

fn private_key() -> String {
    let lines: String = PRIVATE_KEY.as_bytes().chunks(64).map(|line| format!("{}\n", str(line))).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{lines}-----END PRIVATE KEY-----\n")
}

fn str(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The service account's key as Google lets it be downloaded, on one line.
pub(crate) fn service_account() -> String {
    json!({
        "type": "service_account", "project_id": "example", "private_key_id": KEY_ID,
        "private_key": private_key(), "client_email": EMAIL, "client_id": "1",
        "token_uri": "https://evil.example.org/token", "universe_domain": "googleapis.com",
    })
    .to_string()
}

/// The service.
pub(crate) struct Kms(Mutex<State>);

struct State {
    origin: String,
    clock: Arc<Clock>,
    /// Ciphertext -> key, associated data and plaintext.
    kept: HashMap<Vec<u8>, (String, Vec<u8>, Vec<u8>)>,
    tokens: HashSet<String>,
    answering: Option<Answering>,
    /// Keys that exist no more.
    destroyed: HashSet<String>,
    asked: Vec<String>,
}

impl Kms {
    pub(super) fn new(origin: &str, clock: Arc<Clock>) -> Self {
        Self(Mutex::new(State {
            origin: origin.to_owned(),
            clock,
            kept: HashMap::new(),
            tokens: HashSet::new(),
            answering: None,
            destroyed: HashSet::new(),
            asked: Vec::new(),
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
        state.asked.clear();
    }

    /// Answers requests whose paths end so in another way.
    pub(crate) fn answers(&self, path: &'static str, answer: impl Fn() -> Reply + Send + 'static) {
        let answering = move |request: &Request<Bytes>| request.uri().path().ends_with(path).then(&answer);
        self.0.lock().unwrap().answering = Some(Box::new(answering));
    }

    /// Behaves well again.
    pub(crate) fn behaves(&self) {
        self.0.lock().unwrap().answering = None;
    }

    /// Takes no token that it gave so far.
    pub(crate) fn forgets_tokens(&self) {
        self.0.lock().unwrap().tokens.clear();
    }

    /// Forgets a key for good.
    pub(crate) fn destroys(&self, key: &str) {
        self.0.lock().unwrap().destroyed.insert(key.to_owned());
    }

    /// What was asked for: `token`, `encrypt` or `decrypt`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }
}

pub(super) fn peer(kms: &Arc<Kms>) -> Peer {
    let kms = Arc::clone(kms);
    Arc::new(move |request| {
        let mut state = kms.0.lock().unwrap();
        let path = request.uri().path().to_owned();
        state.asked.push(path.rsplit(['/', ':']).next().unwrap().to_owned());
        if let Some(reply) = state.answering.as_ref().and_then(|answering| answering(&request)) {
            return reply;
        }
        let answer = if path == "/token" { state.token(&request) } else { state.work(&path, &request) };
        let (status, body) = match answer {
            Ok(body) => (200, body),
            Err((status, why)) => (status, json!({ "error": { "code": status, "message": why } })),
        };
        Reply::new(status, "application/json; charset=UTF-8", body.to_string())
    })
}

type Answer = Result<Value, (u16, &'static str)>;

impl State {
    /// RFC 7523 as Google has it.
    fn token(&mut self, request: &Request<Bytes>) -> Answer {
        let form: HashMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
        let no = |why| (400, why);
        if form.get("grant_type").map(String::as_str) != Some("urn:ietf:params:oauth:grant-type:jwt-bearer") {
            return Err(no("unsupported_grant_type"));
        }
        let assertion = form.get("assertion").ok_or(no("assertion"))?;
        let header = Token::decode_metadata(assertion).map_err(|_| no("header"))?;
        if header.algorithm() != "RS256" || header.key_id() != Some(KEY_ID) {
            return Err(no("header"));
        }
        let now = u64::try_from(self.clock.now() / 1000).unwrap();
        let options = VerificationOptions {
            allowed_issuers: Some(HashSet::from([EMAIL.to_owned()])),
            allowed_audiences: Some(HashSet::from([format!("{}/token", self.origin)])),
            artificial_time: Some(UnixTimeStamp::from_secs(now)),
            time_tolerance: Some(Duration::from_secs(5)),
            ..VerificationOptions::default()
        };
        let claims =
            PUBLIC.verify_token::<Value>(assertion, Some(options)).map_err(|_| no("invalid_grant"))?;
        let life = claims.expires_at.zip(claims.issued_at).map(|(until, from)| (until - from).as_secs());
        if life.is_none_or(|life| life > 3600) {
            return Err(no("exp"));
        }
        if claims.custom["scope"] != "https://www.googleapis.com/auth/cloudkms" {
            return Err(no("invalid_scope"));
        }
        let token = format!("planted-kms-token-{}", World::number());
        self.tokens.insert(token.clone());
        Ok(json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }))
    }

    fn work(&mut self, path: &str, request: &Request<Bytes>) -> Answer {
        let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|bearer| bearer.strip_prefix("Bearer ")).unwrap_or_default();
        if !self.tokens.contains(token) {
            return Err((401, "UNAUTHENTICATED"));
        }
        let (key, verb) = path.strip_prefix("/v1/").unwrap().rsplit_once(':').unwrap();
        if ![KMS_KEY, FORMER_KMS_KEY].contains(&key) || self.destroyed.contains(key) {
            return Err((403, "PERMISSION_DENIED"));
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let field = |name: &str, sum: &str| {
            let bytes = STANDARD.decode(body[name].as_str().unwrap()).unwrap();
            assert_eq!(body[sum].as_str(), Some(&*checksum(&bytes)), "{name}");
            bytes
        };
        let bound = field("additionalAuthenticatedData", "additionalAuthenticatedDataCrc32c");
        if verb == "encrypt" {
            let ciphertext = format!("ciphertext {}", World::number()).into_bytes();
            let plain = field("plaintext", "plaintextCrc32c");
            self.kept.insert(ciphertext.clone(), (key.to_owned(), bound, plain));
            return Ok(json!({
                "name": format!("{key}/cryptoKeyVersions/1"), "protectionLevel": "SOFTWARE",
                "ciphertext": STANDARD.encode(&ciphertext), "ciphertextCrc32c": checksum(&ciphertext),
                "verifiedPlaintextCrc32c": true, "verifiedAdditionalAuthenticatedDataCrc32c": true,
            }));
        }
        assert_eq!(verb, "decrypt");
        let kept = self.kept.get(&field("ciphertext", "ciphertextCrc32c"));
        let kept = kept.filter(|kept| kept.0 == key && kept.1 == bound);
        let (.., plain) = kept.ok_or((400, "INVALID_ARGUMENT"))?;
        Ok(json!({
            "plaintext": STANDARD.encode(plain), "plaintextCrc32c": checksum(plain), "usedPrimary": true,
            "protectionLevel": "SOFTWARE",
        }))
    }
}

fn checksum(bytes: &[u8]) -> String {
    Crc::<u32>::new(&CRC_32_ISCSI).checksum(bytes).to_string()
}

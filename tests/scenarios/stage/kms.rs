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
const PRIVATE_KEY: &str = "MIIEogIBAAKCAQEAzpb/dWXqZj+FndZ1atArjWUUgiI7GUZPpNmptahkEfZKim2cYTf4u/riR+YsbSbrl4lCMtK+Z2AVCxW2\
    AxGuj/gTbxjRY4SQxiENCgVE06dKnU47F6pNfjy6s/g76UbMqisu6J549BQtDdLv2lfAncverNkxyys0bigVJUzsRyyKN9Ha\
    0VLJbjwVxP+WTUfoJuQIBqSSYZ8IneF1smBcK4SAXqx6yzaiD8hAIlgQm6pcmHpDYvXyB6S4a2Y229FbCUtF09YPPDrWHZaA\
    bczzIJolwIO08FXin5Cw1dQic+aeprXWprG0aAw0odbCS9r7sjG5BmHoVyPXc7FiMnMAFQIDAQABAoIBAEVxWVaPlw6erJ3l\
    QFvStMkXIKEru3zf9xadOeA/xb+J7/1/IdFGHLyndRehBe785bVu5Isr7ufV0s0Ck8eNUoW/aFzwVTYkEfwfkP/8zGlu8vRU\
    nyVx0BGufT3Qo+birxpGYMK9vj+hZpGehZR56dvA801bxtKZ58pde9opdMTpV1krfPiQzwop7YCoG+Rf/Ej04r+0iHksJYiE\
    eNJc4KAZgPXN+hcb+3yX/5+PpOM79pIWagex9VPKeDOP6E63VOy9XaaRiXf0ozIw/F2rMoB2tJut+bIbAr2EHfzybYgfAIoz\
    gLgioippSsPrYAfPhIE7m/e/3pi0eLESCTjvwOMCgYEA93EF0s+Yxb98vecVCL+v/wlyGSUcIIw+NKrQIwFy2EqFkVlAEbGL\
    +xWL0lf/DI1q3YflFOPCjqSwPGYv8NacbDWg0GkUmMbuujEBHdeP2ZSNZaWcUQf6JjEP23axxuc5Uu920lHMUMQvCdR7TOJc\
    thOoA+QadikNsNkKu/PrlmcCgYEA1bxAxx8Zx69RNg4iptWUaq0AGXDoKzSww8/nMxWjERbN6qF5T5L/k2g+jY4dNchK6/3Y\
    KxLC9PgC5m51zM7vpHJ6Vpl2mG0CrPQYIT3NxU5gO7d4PSs4z8SwwHEczxasXrsZE3RX9ffsYHJyPeRCq83Ad9j4pbSpAnaG\
    buURECMCgYBxxDFdP72KDgSYe4qcPyX4KKuhDALmpBRlurN/pMbc00aeEV73w54Mj1d+Gp9Vch/UQwr8k8t8MhQlcQZRwRqi\
    VfXeXLHvnGdei/FrexTUgQyR05cPWo+Ux7H2wZfzT5R3oUoMYTeDWvAVoPAf5WOjA16Yi2PvN+jniqL4z6lduQKBgEMcYzKi\
    v1OF5vgUJClCcuG0BI34d83pM3+obi4KIzOgd3Ou1Ap6W6mLV+jWsLFMfMnw4MlVkMWegjqcgHyYlYKLN4KtmSFvSSHJWzJE\
    17GWVH0rtKNwSNxkJCOo4KTdt63fDZagN2ZSPHRkOx7X519OsZpwFFLjkRXm5Xs4jc0FAoGAQa6ZF90QaBUz619aLRJEje+e\
    X/fQ5TpZXY20mOhQ/5tYAFuuMn9URRViWYQZCnCKXLcmD8HvJFGL0f+FDqIWuRHozxWbl0x//sapbYCF/EQ3YtN/yVmSnMyZ\
    PDlUJdwqsOK6+5dsl0sYm0lFEcPOAO82uiBBEw/wGfHAcGknzMc=";

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

//! Which client asks at `/token` and `/revoke`, and by what it proves that.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use jwt_simple::prelude::NoCustomClaims;
use serde::Deserialize;

use super::client::{Client, ClientError};
use super::denial::Denial;
use super::keys::{Keys, KeysError};
use super::{Form, access_token, enterprise, register};
use crate::audit::Reason;
use crate::config::{Client as Configured, ClientProof};
use crate::context::Context;
use crate::crypto::assertion::Claimed;
use crate::crypto::{Secret, digest};
use crate::host::{Host, PortError};
use crate::store::assertion as spent;
use crate::store::{client, code, refresh};

/// The longest request, in bytes.
const LONGEST: usize = 64 * 1024;

/// How much of a client's life may pass before a use prolongs it: one write a day is enough.
const DAY: Duration = Duration::from_secs(86_400);

/// The form that a client posts.
pub(super) fn form(request: &Request<Bytes>) -> Result<Form, Denial> {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Denial::malformed("the body must be application/x-www-form-urlencoded"));
    }
    if request.body().len() > LONGEST {
        return Err(Denial::malformed("the body is longer than 64 KiB"));
    }
    Form::parse(request.body()).map_err(|_| Denial::malformed("a parameter stands there more than once"))
}

/// Who asks.
pub(super) struct Caller {
    /// The client's id.
    pub(super) id: String,
    /// Whether it proved that it is this client, by a secret or a key.
    proven: bool,
}

impl Caller {
    /// Whether it proved that it is this client.
    pub(super) fn is_proven(&self) -> bool {
        self.proven
    }

    /// Refuses a client that had to prove who it is, and did not.
    pub(super) fn must_be_proven(&self, required: bool) -> Result<(), Denial> {
        if self.proven || !required { Ok(()) } else { Err(unauthenticated()) }
    }
}

/// By what a client proves who it is.
enum Proof {
    /// By nothing: a public client is bound to its grants by its id alone.
    Nothing,
    /// `client_secret_basic` or `client_secret_post`.
    Secret(Secret),
    /// `private_key_jwt`.
    Assertion(String),
}

/// Which client asks, and whether it proved that. [`None`]: one with keys of which it said itself where they are, and that
/// presents nothing of its own. It is not looked at further, so that no stranger makes the gateway fetch anything.
pub(super) async fn identify<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    form: &Form,
) -> Result<Option<Caller>, Denial> {
    let (id, proof) = credentials(request, form)?;
    if let Some(client) = context.setup.config.client(&id) {
        return configured(context, client, proof).await.map(Some);
    }
    if Client::is_document(&id) {
        return match proof {
            // What its document says of this was kept with its grants, so it need not be read here.
            Proof::Nothing => Ok(Some(Caller { id, proven: false })),
            Proof::Secret(_) => Err(unauthenticated()),
            Proof::Assertion(_) if !presents_its_own(context, form, &id).await? => Ok(None),
            Proof::Assertion(assertion) => {
                let keys = Client::find(context, &id).await?.keys.ok_or_else(unauthenticated)?;
                proven(context, id, &keys, &assertion).await.map(Some)
            }
        };
    }
    registered(context, form, id, proof).await
}

/// The client's id, and by what it proves it: in one way only (RFC 6749 §2.3).
fn credentials(request: &Request<Bytes>, form: &Form) -> Result<(String, Proof), Denial> {
    let header = request.headers().get(AUTHORIZATION);
    let assertion = match (form.value("client_assertion_type"), form.value("client_assertion")) {
        (None, None) => None,
        (Some(ASSERTION_TYPE), Some(assertion)) => Some(assertion),
        _ => return Err(Denial::malformed("client_assertion needs the client_assertion_type of a JWT")),
    };
    let secret = form.value("client_secret");
    if [header.is_some(), assertion.is_some(), secret.is_some()].into_iter().filter(|said| *said).count() > 1
    {
        return Err(Denial::malformed("the client authenticates in two ways"));
    }
    let named = form.value("client_id");
    let (id, proof) = if let Some(value) = header {
        let (id, secret) = basic(value).ok_or_else(unauthenticated)?;
        (id, Proof::Secret(secret))
    } else if let Some(assertion) = assertion {
        // RFC 7521 §4.2: `client_id` need not stand beside it. The signature is checked once it is known whose it is.
        let subject = subject(assertion).ok_or_else(unauthenticated)?;
        (subject, Proof::Assertion(assertion.to_owned()))
    } else {
        let secret = Secret::new(secret.unwrap_or_default());
        (named.unwrap_or_default().to_owned(), Proof::Secret(secret))
    };
    if named.is_some_and(|named| named != id) {
        return Err(Denial::malformed("client_id is another client's"));
    }
    match proof {
        Proof::Secret(secret) if secret.expose().is_empty() => Ok((id, Proof::Nothing)),
        proof => Ok((id, proof)),
    }
}

/// A client that is set up in the configuration proves itself in the way that stands there.
async fn configured<H: Host>(
    context: &Context<H>,
    client: &Configured,
    proof: Proof,
) -> Result<Caller, Denial> {
    let id = client.id.clone();
    match (&client.proof, proof) {
        (ClientProof::None, Proof::Nothing) => Ok(Caller { id, proven: false }),
        (ClientProof::Secret(name), Proof::Secret(secret)) => {
            let expected = context.host.secret(name).await?;
            let expected =
                expected.ok_or_else(|| PortError::new("secret", "the secret of a client is not set"))?;
            if expected != secret {
                return Err(unauthenticated());
            }
            Ok(Caller { id, proven: true })
        }
        (ClientProof::Keys(keys), Proof::Assertion(assertion)) => {
            proven(context, id, &Keys::Here(keys.clone()), &assertion).await
        }
        (ClientProof::KeysAt(url), Proof::Assertion(assertion)) => {
            proven(context, id, &Keys::At(url.to_string()), &assertion).await
        }
        _ => Err(unauthenticated()),
    }
}

/// A client that registered itself.
async fn registered<H: Host>(
    context: &Context<H>,
    form: &Form,
    id: String,
    proof: Proof,
) -> Result<Option<Caller>, Denial> {
    let now = context.host.now();
    let Some(row) = client::find(&context.host, &id, now).await? else {
        return Err(Denial::client("no such client is registered here, or no longer", Reason::ClientUnknown));
    };
    let caller = match (&row.secret_hash, &row.keys, proof) {
        (Some(hash), None, Proof::Secret(secret))
            if Secret::new(digest(secret.expose())) == Secret::new(hash) =>
        {
            Caller { id, proven: true }
        }
        (None, None, Proof::Nothing) => Caller { id, proven: false },
        (None, Some(_), Proof::Assertion(_)) if !presents_its_own(context, form, &id).await? => {
            return Ok(None);
        }
        (None, Some(keys), Proof::Assertion(assertion)) => {
            let keys: Keys = serde_json::from_str(keys).map_err(|error| PortError::new("sql", error))?;
            proven(context, id, &keys, &assertion).await?
        }
        _ => return Err(unauthenticated()),
    };
    if row.expires_at < now.after(register::LIFE).before(DAY) {
        client::prolong(&context.host, &caller.id, now.after(register::LIFE)).await?;
    }
    Ok(Some(caller))
}

/// `private_key_jwt` (RFC 7523 §2.2, §3): signed by one of the client's keys, about itself, for this gateway, for ten
/// minutes at most, and used once.
async fn proven<H: Host>(
    context: &Context<H>,
    id: String,
    keys: &Keys,
    assertion: &str,
) -> Result<Caller, Denial> {
    let setup = &context.setup;
    let url = &setup.config.public_url;
    let (token, revoke) = (url.join("/token"), url.join("/revoke"));
    let claimed = Claimed {
        types: &[None, Some("jwt"), Some("client-authentication+jwt")],
        issuer: &id,
        audiences: &[url.as_str(), &token, &revoke],
        life: Duration::from_secs(600),
        now: context.host.now(),
    };
    let held =
        keys.verify::<NoCustomClaims, H>(context, assertion, claimed).await.map_err(|error| match error {
            KeysError::Invalid => unauthenticated(),
            KeysError::Unavailable => {
                Denial::unavailable("the client's keys could not be read", Reason::ClientKeysUnavailable)
            }
        })?;
    if held.subject != id {
        return Err(unauthenticated());
    }
    let once = setup.keys.hash.id("assertion", &["client", &id, &held.id]);
    if !spent::spend(&context.host, &once, held.expires_at).await? {
        return Err(Denial::client("the client's assertion was used before", Reason::AssertionReused));
    }
    Ok(Caller { id, proven: true })
}

/// Whether the code, token or assertion that a client presents was issued to it.
async fn presents_its_own<H: Host>(context: &Context<H>, form: &Form, client: &str) -> Result<bool, Denial> {
    let host = &context.host;
    if let Some(code) = form.value("code") {
        return Ok(code::is_known(host, &digest(code), client).await?);
    }
    if let Some(assertion) = form.value("assertion") {
        return Ok(enterprise::names(context, assertion, client).await);
    }
    let Some(token) = form.value("refresh_token").or_else(|| form.value("token")) else { return Ok(false) };
    Ok(match refresh::find(host, &digest(token), host.now()).await? {
        Some(found) => found.row.client == client,
        None => access_token::look_into(context, token).is_some_and(|token| token.client == client),
    })
}

fn unauthenticated() -> Denial {
    Denial::client("the client did not authenticate as it must", Reason::ClientUnauthenticated)
}

/// The `sub` of a JWT that nobody has checked yet.
fn subject(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        sub: String,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&claims).ok().map(|said: Said| said.sub)
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `client_secret_basic`: both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(value: &HeaderValue) -> Option<(String, Secret)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decode = |text: &str| {
        url::form_urlencoded::parse(format!("x={text}").as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, Secret::new(decode(secret)?)))
}

impl From<ClientError> for Denial {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Port(error) => error.into(),
            ClientError::Unavailable(_) => Self::unavailable(
                "the client's metadata document could not be read",
                Reason::ClientKeysUnavailable,
            ),
            ClientError::Unknown | ClientError::Unacceptable(_) => {
                Self::client("the client's metadata document is not acceptable", Reason::ClientInvalid)
            }
        }
    }
}

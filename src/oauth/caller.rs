//! Which client asks at `/token` and `/revoke`, and by what it proves that.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};

use super::client::Client;
use super::denial::Denial;
use super::{Form, register};
use crate::audit::Reason;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::host::Host;
use crate::store::client;

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

/// Which client asks. A public one is bound to its grants by its id alone, so a document need not be read here.
pub(super) async fn identify<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    form: &Form,
) -> Result<String, Denial> {
    let unauthenticated =
        || Denial::client("the client did not authenticate as it registered", Reason::ClientUnauthenticated);
    let (id, secret) = match request.headers().get(AUTHORIZATION) {
        Some(value) => {
            let (id, secret) = basic(value).ok_or_else(unauthenticated)?;
            if form.value("client_secret").is_some()
                || form.value("client_id").is_some_and(|other| other != id)
            {
                return Err(Denial::malformed("the client authenticates in two ways"));
            }
            (id, secret)
        }
        None => {
            let id = form.value("client_id").unwrap_or_default().to_owned();
            (id, Secret::new(form.value("client_secret").unwrap_or_default()))
        }
    };
    if Client::is_document(&id) {
        return if secret.expose().is_empty() { Ok(id) } else { Err(unauthenticated()) };
    }
    let now = context.host.now();
    let Some(row) = client::find(&context.host, &id, now).await? else {
        return Err(Denial::client("no such client is registered here, or no longer", Reason::ClientUnknown));
    };
    let holds = match &row.secret_hash {
        Some(hash) => Secret::new(digest(secret.expose())) == Secret::new(hash),
        None => secret.expose().is_empty(),
    };
    if !holds {
        return Err(unauthenticated());
    }
    if row.expires_at < now.after(register::LIFE).before(DAY) {
        client::prolong(&context.host, &id, now.after(register::LIFE)).await?;
    }
    Ok(id)
}

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

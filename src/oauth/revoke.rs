//! `POST /revoke`: a client gives its tokens up (RFC 7009).
//!
//! A refresh token ends with its whole family. An access token cannot be taken back, because nobody looks it up: it
//! works until it expires, and the family that it came from ends, so that it is not renewed. What is no token here, or
//! no longer, is none afterwards either: that is answered like a success.

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderValue};
use http::{Request, Response};

use super::denial::{Denial, Trail};
use super::{NO_STORE, Resource, access_token, caller};
use crate::audit::{self, Action, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::digest;
use crate::host::Host;
use crate::store::refresh;

/// `POST /revoke`.
pub async fn revoke<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let mut trail = Trail::default();
    match end(context, request, &mut trail).await {
        Ok(()) => {
            let mut response = Response::new(Body::empty());
            let headers = response.headers_mut();
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            response
        }
        Err(denial) => denial.tell(context, request, &trail, Action::RevocationRefused).await,
    }
}

async fn end<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
    trail: &mut Trail,
) -> Result<(), Denial> {
    let form = caller::form(request)?;
    let Some(client) = caller::identify(context, request, &form).await? else { return Ok(()) };
    trail.client = Some(client.id.clone());
    // `token_type_hint` says where to look first; one look tells the two apart.
    let token = form.value("token").ok_or_else(|| Denial::malformed("token is missing"))?;
    let host = &context.host;
    let found = match refresh::find(host, &digest(token), host.now()).await? {
        Some(found) => {
            client.must_be_proven(found.row.proof && found.row.client == client.id)?;
            Some((found.row.client, found.row.person, found.row.resource, Some(found.row.family)))
        }
        None => access_token::look_into(context, token)
            .map(|token| (token.client, token.person, token.resource, token.family)),
    };
    let Some((owner, person, resource, family)) = found else { return Ok(()) };
    if owner != client.id {
        return Err(Denial::grant("the token is another client's", Reason::RefreshUnknown));
    }
    trail.person = Some(person);
    trail.resource = Resource::parse(&context.setup.config, &resource);
    let Some(family) = family else { return Ok(()) };
    refresh::end_family(host, &family).await?;
    // Ending must work even when it cannot be put on record; the log says so then.
    let _ = audit::record(context, trail.event(context, Action::TokenRevoked)?).await;
    Ok(())
}

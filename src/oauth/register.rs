//! `POST /register`: dynamic client registration (RFC 7591).
//!
//! Anybody may register, so a registration proves nothing and says so on the consent page. It is kept for 90 days
//! after its last use, and at most a thousand are taken an hour. One that proves itself by a key (`private_key_jwt`) gives
//! the key along, or says where it is: that address is asked only once the client presents something of its own.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::{displayable, is_app_redirect, is_redirect_uri};
use super::keys::{Keys, Set};
use super::{NO_STORE, json, on_record};
use crate::audit::{Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::host::{Host, Level, LogLine, PortError};
use crate::store::client as store;

/// For how long a client is known after its last use.
pub(super) const LIFE: Duration = Duration::from_secs(90 * 86_400);

const HOUR: Duration = Duration::from_secs(3600);
const AN_HOUR_AT_MOST: i64 = 1000;

/// The longest request, in bytes.
const LONGEST: usize = 16 * 1024;

/// `POST /register`. Unknown members of the request are ignored, as RFC 7591 §2 asks.
pub async fn register<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let wish = match Wish::read(request.body()) {
        Ok(wish) => wish,
        Err((error, description)) => {
            if let Ok(event) = Event::new(&context.host, Action::ClientRegistered) {
                let event = event.outcome(Outcome::Refused(Reason::ClientInvalid));
                // Nothing was granted, so nothing depends on the record.
                let _ = crate::audit::record(context, event).await;
            }
            let answer = json!({ "error": error, "error_description": description });
            return json(StatusCode::BAD_REQUEST, &answer, NO_STORE);
        }
    };
    match keep(context, wish).await {
        Ok(Some(answer)) => json(StatusCode::CREATED, &answer, NO_STORE),
        Ok(None) => unavailable(
            StatusCode::TOO_MANY_REQUESTS,
            "too many clients have registered; try again in an hour",
        ),
        Err(error) => {
            context.host.log(LogLine::new(Level::Error, "registration_failed").port(&error));
            unavailable(
                StatusCode::SERVICE_UNAVAILABLE,
                "the gateway cannot do this now; try again in a minute",
            )
        }
    }
}

async fn keep<H: Host>(context: &Context<H>, wish: Wish) -> Result<Option<Value>, PortError> {
    let host = &context.host;
    let now = host.now();
    let id = Secret::random(host)?;
    let by_secret = wish.method.starts_with("client_secret");
    let secret = if by_secret { Some(Secret::random(host)?) } else { None };
    let keys = wish.keys.as_ref().map(serde_json::to_string).transpose();
    let row = store::Row {
        id: id.expose().to_owned(),
        name: wish.name.clone(),
        redirect_uris: wish.redirect_uris.clone(),
        secret_hash: secret.as_ref().map(|secret| digest(secret.expose())),
        keys: keys.map_err(|error| PortError::new("sql", error))?,
        expires_at: now.after(LIFE),
    };
    let event = Event::new(host, Action::ClientRegistered)?.client(&row.id, &context.setup.keys.hash);
    on_record(context, event).await?;
    if !store::insert(host, &row, now, now.before(HOUR), AN_HOUR_AT_MOST).await? {
        return Ok(None);
    }
    let mut answer = json!({
        "client_id": row.id,
        "client_id_issued_at": now.seconds(),
        "client_name": wish.name,
        "redirect_uris": wish.redirect_uris,
        "application_type": wish.application_type,
        "token_endpoint_auth_method": wish.method,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": super::SCOPE,
    });
    if let (Some(secret), Some(answer)) = (secret, answer.as_object_mut()) {
        answer.insert("client_secret".to_owned(), secret.expose().into());
        answer.insert("client_secret_expires_at".to_owned(), 0.into());
    }
    if let Some(answer) = answer.as_object_mut() {
        answer.extend(wish.published);
    }
    Ok(Some(answer))
}

fn unavailable(status: StatusCode, description: &str) -> Response<Body> {
    json(status, &json!({ "error": "temporarily_unavailable", "error_description": description }), NO_STORE)
}

/// A registration as it will be kept.
struct Wish {
    name: String,
    redirect_uris: Vec<String>,
    application_type: &'static str,
    method: &'static str,
    /// By what it proves who it is, if by a key.
    keys: Option<Keys>,
    /// The members that said so.
    published: Map<String, Value>,
}

impl Wish {
    /// Reads a request; the error is one of RFC 7591 §3.2.2 with its description.
    fn read(body: &[u8]) -> Result<Self, (&'static str, &'static str)> {
        let invalid = |description| ("invalid_client_metadata", description);
        if body.len() > LONGEST {
            return Err(invalid("the request is longer than 16 KiB"));
        }
        let raw: Raw = serde_json::from_slice(body)
            .map_err(|_| invalid("the body must be a JSON object with redirect_uris, a list of texts"))?;
        if raw.redirect_uris.is_empty() || raw.redirect_uris.len() > 32 {
            return Err(("invalid_redirect_uri", "redirect_uris must have 1 to 32 entries"));
        }
        for uri in &raw.redirect_uris {
            is_redirect_uri(uri).map_err(|problem| ("invalid_redirect_uri", problem))?;
        }
        let application_type = match raw.application_type.as_deref() {
            Some("native") => "native",
            // Not said, it is `web` (OpenID Connect Registration §2), but most clients that do not say it are not.
            None if raw.redirect_uris.iter().any(|uri| !uri.starts_with("https://")) => "native",
            // Loopback is let through for web clients too: that is where they are developed.
            Some("web") if raw.redirect_uris.iter().any(|uri| is_app_redirect(uri)) => {
                return Err(("invalid_redirect_uri", "a web application cannot have a scheme of its own"));
            }
            None | Some("web") => "web",
            Some(_) => return Err(invalid("application_type must be native or web")),
        };
        let method = match raw.token_endpoint_auth_method.as_deref() {
            Some("none") => "none",
            // What RFC 7591 §2 says for a client that does not say it.
            None | Some("client_secret_basic") => "client_secret_basic",
            Some("client_secret_post") => "client_secret_post",
            Some("private_key_jwt") => "private_key_jwt",
            Some(_) => {
                return Err(invalid(
                    "token_endpoint_auth_method must be none, client_secret_basic, client_secret_post or private_key_jwt",
                ));
            }
        };
        let mut published = Map::new();
        let mut keys = None;
        // The keys of a client that proves itself in another way are of no use here.
        if method == "private_key_jwt" {
            if raw.jwks.is_some() && raw.jwks_uri.is_some() {
                return Err(invalid("write jwks or jwks_uri, not both"));
            }
            published.extend(raw.jwks.clone().map(|jwks| ("jwks".to_owned(), jwks)));
            published.extend(raw.jwks_uri.clone().map(|uri| ("jwks_uri".to_owned(), uri.into())));
            let set = raw.jwks.map(serde_json::from_value::<Set>).transpose();
            let set = set.map_err(|_| invalid("jwks must be a JWK set"))?;
            keys = Keys::published(set, raw.jwks_uri).map_err(invalid)?;
            let usable = keys.as_ref().is_some_and(|keys| *keys != Keys::Here(Vec::new()));
            if !usable {
                return Err(invalid(
                    "private_key_jwt needs jwks with a public key that can be used here, or jwks_uri",
                ));
            }
        }
        if raw.grant_types.is_some_and(|types| !types.iter().any(|grant| grant == "authorization_code")) {
            return Err(invalid("grant_types must contain authorization_code"));
        }
        if raw.response_types.is_some_and(|types| !types.iter().any(|response| response == "code")) {
            return Err(invalid("response_types must contain code"));
        }
        let name = raw.client_name.as_deref().and_then(displayable);
        Ok(Self {
            name: name.unwrap_or_else(|| "An application without a name".to_owned()),
            redirect_uris: raw.redirect_uris,
            application_type,
            method,
            keys,
            published,
        })
    }
}

#[derive(Deserialize)]
struct Raw {
    redirect_uris: Vec<String>,
    client_name: Option<String>,
    application_type: Option<String>,
    token_endpoint_auth_method: Option<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
}

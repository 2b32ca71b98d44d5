//! The token endpoint of a service's authorization server (RFC 6749 §3.2, RFC 7009).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use url::form_urlencoded::{Serializer, byte_serialize};

use super::discovery::LONGEST;
use super::{Grant, allowed, assertion};
use crate::config::{Exchange, Service, Subject, TokenType};
use crate::context::Context;
use crate::host::{Host, Timestamp};
use crate::outbound::{SMALL, fetch_all};

/// How long a token is used whose server does not say how long it lives.
const UNSAID: Duration = Duration::from_secs(3600);

/// How the gateway proves itself at a token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthMethod {
    /// Not at all: it is a public client.
    None,
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
    /// `private_key_jwt`.
    Key,
}

impl AuthMethod {
    /// Its registered name (RFC 7591 §2).
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::Key => "private_key_jwt",
        }
    }

    /// The method of that name, of those that a registration can ask for.
    pub fn of(name: &str) -> Option<Self> {
        [Self::None, Self::Basic, Self::Post].into_iter().find(|method| method.name() == name)
    }
}

/// Why there are no tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenError {
    /// The server says that this code, token or assertion is no good, or no more (`invalid_grant`).
    Grant,
    /// The server refuses for another reason, in a word of OAuth.
    Refused(&'static str),
    /// The server does not know the gateway as a client.
    Client,
    /// The server is not there, or not well.
    Unreachable,
    /// Its answer is not what RFC 6749 asks for.
    Rubbish,
}

impl TokenError {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Grant => "invalid_grant",
            Self::Refused(word) => word,
            Self::Client => "invalid_client",
            Self::Unreachable => "unreachable",
            Self::Rubbish => "rubbish",
        }
    }

    /// For people.
    pub(super) fn told(self) -> String {
        match self {
            Self::Rubbish => "something that is not what OAuth asks for".to_owned(),
            error => format!("the error \u{201c}{}\u{201d}", error.name()),
        }
    }
}

/// RFC 6749 §5.1.
#[derive(Deserialize)]
pub(super) struct Tokens {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    pub(super) scope: Option<String>,
    /// RFC 8693 §2.2.1.
    issued_token_type: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens(..)")
    }
}

impl Tokens {
    /// The grant with these tokens, and until when they hold. A refresh token that did not come anew stays.
    pub(super) fn into_grant(self, grant: Grant, now: Timestamp) -> (Grant, Timestamp) {
        let until = now.after(self.expires_in.map_or(UNSAID, Duration::from_secs));
        let refresh_token = self.refresh_token.or(grant.refresh_token);
        (Grant { access_token: self.access_token, refresh_token, ..grant }, until)
    }
}

/// Redeems an authorization code.
pub(super) async fn redeem<H: Host>(
    context: &Context<H>,
    service: &Service,
    grant: &Grant,
    code: &str,
    verifier: &str,
    redirect_uri: &str,
) -> Result<Tokens, TokenError> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier),
        ("resource", &grant.resource),
    ];
    ask(context, service, grant, &form).await
}

/// Renews the tokens of a grant.
pub(super) async fn refresh<H: Host>(
    context: &Context<H>,
    service: &Service,
    grant: &Grant,
) -> Result<Tokens, TokenError> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", grant.refresh_token.as_deref().unwrap_or_default()),
        ("resource", &grant.resource),
    ];
    ask(context, service, grant, &form).await
}

/// Gets a token for the gateway's own account (RFC 6749 §4.4).
pub(super) async fn own<H: Host>(
    context: &Context<H>,
    service: &Service,
    grant: &Grant,
    scope: &str,
) -> Result<Tokens, TokenError> {
    let form = [("grant_type", "client_credentials"), ("resource", &grant.resource), ("scope", scope)];
    ask(context, service, grant, &form).await
}

/// The grant type of a token exchange (RFC 8693 §2.1).
pub(super) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// Exchanges what says who a person is for a token (RFC 8693).
pub(super) async fn exchange<H: Host>(
    context: &Context<H>,
    service: &Service,
    grant: &Grant,
    scope: &str,
    wish: &Exchange,
    subject: &str,
) -> Result<Tokens, TokenError> {
    let form = [
        ("grant_type", TOKEN_EXCHANGE),
        ("subject_token", subject),
        (
            "subject_token_type",
            match wish.subject {
                Subject::Gateway => TokenType::Jwt.urn(),
                Subject::IdToken => "urn:ietf:params:oauth:token-type:id_token",
                Subject::AccessToken => TokenType::AccessToken.urn(),
            },
        ),
        ("audience", wish.audience.as_deref().unwrap_or_default()),
        ("resource", &grant.resource),
        ("scope", scope),
        ("requested_token_type", wish.requested.map(TokenType::urn).unwrap_or_default()),
    ];
    let tokens = ask(context, service, grant, &form).await?;
    // What is no token to be sent to a service is not sent to one.
    let issued = [TokenType::AccessToken, TokenType::Jwt].map(|kind| Some(kind.urn()));
    match issued.contains(&tokens.issued_token_type.as_deref()) {
        true => Ok(Tokens { refresh_token: None, ..tokens }),
        false => Err(TokenError::Rubbish),
    }
}

/// Revokes the tokens of a grant, as far as its server can do that (RFC 7009).
pub(super) async fn revoke<H: Host>(context: &Context<H>, service: &Service, grant: &Grant) {
    for former in &grant.former {
        revoke_one(context, service, former).await;
    }
    revoke_one(context, service, grant).await;
}

async fn revoke_one<H: Host>(context: &Context<H>, service: &Service, grant: &Grant) {
    let Some(endpoint) = &grant.revocation_endpoint else { return };
    let tokens = [
        grant.refresh_token.as_deref().map(|token| (token, "refresh_token")),
        Some((grant.access_token.as_str(), "access_token")),
    ];
    for (token, hint) in tokens.into_iter().flatten() {
        let form = [("token", token), ("token_type_hint", hint)];
        if !allowed(service, endpoint) {
            return;
        }
        if let Some(request) = request(context, endpoint, grant, &form) {
            // The gateway has forgotten the token in any case.
            let _ = fetch_all(&context.host, request, SMALL, LONGEST).await;
        }
    }
}

async fn ask<H: Host>(
    context: &Context<H>,
    service: &Service,
    grant: &Grant,
    form: &[(&str, &str)],
) -> Result<Tokens, TokenError> {
    let endpoint = grant.token_endpoint.as_str();
    if !allowed(service, endpoint) {
        return Err(TokenError::Rubbish);
    }
    let request = request(context, endpoint, grant, form).ok_or(TokenError::Rubbish)?;
    let answer =
        fetch_all(&context.host, request, SMALL, LONGEST).await.map_err(|_| TokenError::Unreachable)?;
    #[derive(Deserialize)]
    struct OAuthError {
        error: String,
    }
    // Some servers answer with 200 and an error (GitHub, Slack).
    let error = serde_json::from_slice::<OAuthError>(answer.body()).map(|answer| answer.error);
    if answer.status() == StatusCode::OK && error.is_err() {
        let tokens: Tokens = serde_json::from_slice(answer.body()).map_err(|_| TokenError::Rubbish)?;
        let plain = tokens.token_type.eq_ignore_ascii_case("bearer")
            && HeaderValue::from_str(&tokens.access_token).is_ok()
            && !tokens.access_token.is_empty();
        return if plain { Ok(tokens) } else { Err(TokenError::Rubbish) };
    }
    Err(refused(answer.status(), error.ok().as_deref()))
}

/// What an answer without tokens says. Only its own words end anything: a proxy or a busy server has others.
fn refused(status: StatusCode, word: Option<&str>) -> TokenError {
    match word {
        Some("invalid_client") => TokenError::Client,
        // The second is GitHub's, the third Slack's.
        Some("invalid_grant" | "bad_refresh_token" | "invalid_refresh_token") => TokenError::Grant,
        Some(word)
            if (status.is_client_error() || status == StatusCode::OK)
                && ![StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT].contains(&status)
                && !["temporarily_unavailable", "server_error", "slow_down"].contains(&word) =>
        {
            TokenError::Refused(known(word))
        }
        _ => TokenError::Unreachable,
    }
}

/// A form that the gateway posts as this client; what is empty is left out.
fn request<H: Host>(
    context: &Context<H>,
    endpoint: &str,
    grant: &Grant,
    form: &[(&str, &str)],
) -> Option<Request<Bytes>> {
    let client = &grant.client;
    let mut body = Serializer::new(String::new());
    body.extend_pairs(form.iter().filter(|(_, value)| !value.is_empty()));
    let mut request = Request::post(endpoint)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json");
    match (client.method, &client.secret) {
        (AuthMethod::Basic, Some(secret)) => {
            // RFC 6749 §2.3.1: both are form-encoded first.
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let both = STANDARD.encode(format!("{}:{}", encoded(&client.id), encoded(secret)));
            let mut value = HeaderValue::try_from(format!("Basic {both}")).ok()?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        (AuthMethod::Post, Some(secret)) => {
            body.append_pair("client_id", &client.id).append_pair("client_secret", secret);
        }
        (AuthMethod::Key, _) => {
            body.append_pair("client_id", &client.id)
                .append_pair(
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                )
                .append_pair(
                    "client_assertion",
                    &assertion::of_client(context, &client.id, &grant.issuer).ok()?,
                );
        }
        _ => {
            body.append_pair("client_id", &client.id);
        }
    }
    request.body(Bytes::from(body.finish())).ok()
}

/// An error code of OAuth as a literal: a server's own words go nowhere.
pub(super) fn known(word: &str) -> &'static str {
    const KNOWN: [&str; 12] = [
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_target",
        "server_error",
        "temporarily_unavailable",
        "invalid_grant",
        "login_required",
        "consent_required",
    ];
    KNOWN.into_iter().find(|known| *known == word).unwrap_or("unknown error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_so_is_the_end_of_a_grant() {
        for (status, word, is) in [
            (400, Some("invalid_grant"), TokenError::Grant),
            (200, Some("bad_refresh_token"), TokenError::Grant),
            (200, Some("invalid_refresh_token"), TokenError::Grant),
            (401, Some("invalid_client"), TokenError::Client),
            (400, Some("invalid_scope"), TokenError::Refused("invalid_scope")),
            (403, Some("rate_limited"), TokenError::Refused("unknown error")),
            (400, Some("temporarily_unavailable"), TokenError::Unreachable),
            (400, Some("server_error"), TokenError::Unreachable),
            (408, Some("timeout"), TokenError::Unreachable),
            (429, Some("invalid_request"), TokenError::Unreachable),
            (503, Some("invalid_request"), TokenError::Unreachable),
            (401, None, TokenError::Unreachable),
            (404, None, TokenError::Unreachable),
        ] {
            assert_eq!(refused(StatusCode::from_u16(status).unwrap(), word), is, "{status} {word:?}");
        }
    }
}

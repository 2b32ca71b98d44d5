//! How the gateway proves itself to a service: with what everybody shares, or with each person's own account.

use std::collections::BTreeMap;

use http::HeaderName;
use toml::Spanned;

use super::raw::{self, SecretName};
use super::{ConfigError, Reader};

/// What a service gets from the gateway besides the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Headers that are the same for everybody, and the name of the secret that each holds. `Authorization` has
    /// `Bearer ` put in front.
    pub headers: Vec<(HeaderName, String)>,
    /// Each person's own account, which they connect themselves.
    pub oauth: Option<ServiceOAuth>,
}

/// `[service.oauth]`: what the gateway cannot find out by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceOAuth {
    /// The issuer of the authorization server, where the service does not say which one is its own or names several.
    pub issuer: Option<String>,
    /// Our client id there, if it was registered by hand.
    pub client_id: Option<String>,
    /// The name of the secret that holds our client secret.
    pub client_secret: Option<String>,
    /// The scopes asked for, in the place of those that the service names.
    pub scopes: Option<Vec<String>>,
}

/// Headers that the protocol or the transport speaks with.
const TAKEN: [&str; 10] = [
    "host",
    "cookie",
    "content-type",
    "content-length",
    "transfer-encoding",
    "connection",
    "accept",
    "accept-encoding",
    "user-agent",
    "last-event-id",
];

impl Reader<'_> {
    pub(super) fn credentials(
        &self,
        bearer: Option<Spanned<SecretName>>,
        headers: BTreeMap<Spanned<String>, SecretName>,
        oauth: Option<Spanned<raw::ServiceOAuth>>,
    ) -> Result<Credentials, ConfigError> {
        let mut known = Credentials::default();
        if let Some((bearer, _)) = bearer.as_ref().zip(oauth.as_ref()) {
            let problem = "a service has either a bearer token for everybody or [service.oauth], not both";
            return Err(self.error("service.bearer", bearer, problem));
        }
        if let Some(bearer) = bearer {
            known.headers.push((http::header::AUTHORIZATION, bearer.into_inner().secret));
        }
        for (name, secret) in headers {
            let parsed = HeaderName::try_from(name.get_ref().as_str()).ok().filter(|name| {
                let text = name.as_str();
                !TAKEN.contains(&text) && text != "authorization" && !text.starts_with("mcp-")
            });
            let Some(parsed) = parsed else {
                let problem =
                    "write the name of a header that is not the protocol's own, such as \"x-api-key\"";
                return Err(self.error("service.headers", &name, problem));
            };
            known.headers.push((parsed, secret.secret));
        }
        let Some(oauth) = oauth.map(Spanned::into_inner) else { return Ok(known) };
        if let Some((secret, _)) =
            oauth.client_secret.as_ref().zip(Some(())).filter(|_| oauth.client_id.is_none())
        {
            let problem = "a client secret needs the client_id that it belongs to";
            return Err(self.error("service.oauth.client_secret", secret, problem));
        }
        let issuer = match oauth.issuer {
            Some(issuer) => {
                let url = self.url("service.oauth.issuer", &issuer)?;
                self.require_tls("service.oauth.issuer", &issuer, &url)?;
                Some(issuer.into_inner())
            }
            None => None,
        };
        known.oauth = Some(ServiceOAuth {
            issuer,
            client_id: oauth.client_id.map(Spanned::into_inner),
            client_secret: oauth.client_secret.map(|secret| secret.into_inner().secret),
            scopes: oauth.scopes,
        });
        Ok(known)
    }
}

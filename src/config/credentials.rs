//! How the gateway proves itself to a service: with what everybody shares, or with each person's own account.

use std::collections::{BTreeMap, BTreeSet};

use http::HeaderName;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::raw::{self, SecretName};
use super::{ConfigError, Reader};

/// What a service gets from the gateway besides the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Headers that are the same for everybody, and the name of the secret that each holds. `Authorization` has
    /// `Bearer ` put in front.
    pub headers: Vec<(HeaderName, String)>,
    /// How a token for the service is got from its authorization server.
    pub oauth: Option<ServiceOAuth>,
}

impl Credentials {
    /// Whether each person has a token of their own there, so that the service can tell people apart.
    pub fn are_personal(&self) -> bool {
        self.oauth.as_ref().is_some_and(|oauth| oauth.grant != Grant::ClientCredentials)
    }

    /// Whether people connect an account there themselves.
    pub fn are_connected(&self) -> bool {
        self.oauth.as_ref().is_some_and(|oauth| oauth.grant == Grant::AuthorizationCode)
    }
}

/// `[service.oauth]`: what the gateway cannot find out by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceOAuth {
    /// How a token is got.
    pub grant: Grant,
    /// The issuer of the authorization server, where the service does not say which one is its own or names several.
    /// Always there where the gateway proves something to it that a service could have sent elsewhere.
    pub issuer: Option<String>,
    /// Our client id there, if it was registered by hand.
    pub client_id: Option<String>,
    /// The name of the secret that holds our client secret.
    pub client_secret: Option<String>,
    /// How the gateway proves who it is; [`None`] for what the server takes.
    pub auth_method: Option<ClientAuth>,
    /// The scopes asked for, in the place of those that the service names.
    pub scopes: Option<Vec<String>>,
    /// What tokens are for (RFC 8707), in the place of what the service names; the empty text to leave it out.
    pub resource: Option<String>,
}

/// How a token for a service is got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Grant {
    /// Each person connects an account of their own (RFC 6749 §4.1).
    #[default]
    AuthorizationCode,
    /// The gateway's own account, for everybody (RFC 6749 §4.4).
    ClientCredentials,
    /// A token that says who the person is is exchanged for one (RFC 8693).
    TokenExchange(Exchange),
}

/// What a token exchange says besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// What says who the person is.
    pub subject: Subject,
    /// `audience`.
    pub audience: Option<String>,
    /// `requested_token_type`.
    pub requested: Option<TokenType>,
}

/// `service.oauth.grant`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GrantName {
    #[default]
    AuthorizationCode,
    ClientCredentials,
    TokenExchange,
}

/// What says who the person is, to an authorization server that exchanges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A JWT that the gateway signs.
    Gateway,
    /// The identity provider's ID token.
    IdToken,
    /// The identity provider's access token.
    AccessToken,
}

/// How the gateway proves who it is to a service's authorization server (RFC 7591 §2, `token_endpoint_auth_method`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// By its secret, in a header.
    ClientSecretBasic,
    /// By its secret, in the form.
    ClientSecretPost,
    /// By what it signs.
    PrivateKeyJwt,
}

/// What kind of token an exchange is to give (RFC 8693 §3): one that can be sent to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum TokenType {
    /// An access token.
    #[serde(rename = "urn:ietf:params:oauth:token-type:access_token")]
    AccessToken,
    /// A JWT.
    #[serde(rename = "urn:ietf:params:oauth:token-type:jwt")]
    Jwt,
}

impl TokenType {
    /// Its registered name.
    pub fn urn(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::Jwt => "urn:ietf:params:oauth:token-type:jwt",
        }
    }
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
            known.headers.push((self.own_header("service.headers", &name)?, secret.secret));
        }
        known.oauth = oauth.map(|oauth| self.service_oauth(oauth)).transpose()?;
        Ok(known)
    }

    /// The name of a header that an operator may set.
    pub(super) fn own_header(&self, key: &str, name: &Spanned<String>) -> Result<HeaderName, ConfigError> {
        let parsed = HeaderName::try_from(name.get_ref().as_str()).ok().filter(|name| {
            let text = name.as_str();
            !TAKEN.contains(&text) && text != "authorization" && !text.starts_with("mcp-")
        });
        let problem = "write the name of a header that is not the protocol's own, such as \"x-api-key\"";
        parsed.ok_or_else(|| self.error(key, name, problem))
    }

    /// Refuses what cannot be a list of scopes (RFC 6749 §3.3).
    pub(super) fn scopes(&self, key: &str, scopes: &Spanned<Vec<String>>) -> Result<(), ConfigError> {
        let symbol = |byte: u8| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
        let mut seen = BTreeSet::new();
        for scope in scopes.get_ref() {
            if scope.is_empty() || !scope.bytes().all(symbol) {
                let problem = format!(
                    "{scope:?} is no scope: write each as an entry of its own, without spaces and quotes"
                );
                return Err(self.error(key, scopes, problem));
            }
            if !seen.insert(scope) {
                return Err(self.error(key, scopes, format!("{scope:?} stands there twice")));
            }
        }
        Ok(())
    }

    fn service_oauth(&self, oauth: Spanned<raw::ServiceOAuth>) -> Result<ServiceOAuth, ConfigError> {
        let whole = Spanned::new(oauth.span(), ());
        let oauth = oauth.into_inner();
        let by_key =
            oauth.auth_method.as_ref().is_some_and(|method| *method.get_ref() == ClientAuth::PrivateKeyJwt);
        if let Some(secret) = &oauth.client_secret {
            let key = "service.oauth.client_secret";
            if oauth.client_id.is_none() {
                return Err(self.error(
                    key,
                    secret,
                    "a client secret needs the client_id that it belongs to",
                ));
            }
            if by_key {
                let problem = "the gateway proves who it is by a secret or by its key, not by both";
                return Err(self.error(key, secret, problem));
            }
        } else if let Some(method) = oauth.auth_method.as_ref().filter(|_| !by_key) {
            let problem = "this way to prove who the gateway is needs client_secret";
            return Err(self.error("service.oauth.auth_method", method, problem));
        }
        let issuer = match &oauth.issuer {
            Some(issuer) => {
                let url = self.url("service.oauth.issuer", issuer)?;
                self.require_tls("service.oauth.issuer", issuer, &url)?;
                Some(issuer.get_ref().clone())
            }
            None => None,
        };
        if let Some(client) = oauth.client_id.as_ref().filter(|_| issuer.is_none()) {
            // Otherwise a service could name a server that gets the secret, or, behind the page where people say yes
            // to this very client, their codes.
            let problem = "a client_id is one at a certain authorization server: write issuer, so that no service may name \
                           another";
            return Err(self.error("service.oauth.client_id", client, problem));
        }
        if let Some(scopes) = &oauth.scopes {
            self.scopes("service.oauth.scopes", scopes)?;
        }
        if let Some(resource) = oauth.resource.as_ref().filter(|resource| !resource.get_ref().is_empty()) {
            self.url("service.oauth.resource", resource)?;
        }
        if oauth.grant != GrantName::AuthorizationCode {
            // What it sends to get a token is worth something: it must not go to whichever server a service names.
            if issuer.is_none() {
                let problem = "write issuer, the authorization server that gives the token: with this grant no service \
                               may name another";
                return Err(self.error("service.oauth", &whole, problem));
            }
            if oauth.client_secret.is_none() && !by_key {
                let problem = "write client_id and client_secret, or auth_method = \"private_key_jwt\": with this grant \
                               the gateway has to prove who it is";
                return Err(self.error("service.oauth", &whole, problem));
            }
        }
        let grant = match (oauth.grant, &oauth.subject) {
            (GrantName::AuthorizationCode, _) => Grant::AuthorizationCode,
            (GrantName::ClientCredentials, _) => Grant::ClientCredentials,
            (GrantName::TokenExchange, Some(subject)) => Grant::TokenExchange(Exchange {
                subject: *subject.get_ref(),
                audience: oauth.audience.as_ref().map(|audience| audience.get_ref().clone()),
                requested: oauth.requested_token_type.as_ref().map(|kind| *kind.get_ref()),
            }),
            (GrantName::TokenExchange, None) => {
                let problem = "write subject, what says who the person is: \"gateway\", \"id_token\" or \"access_token\"";
                return Err(self.error("service.oauth", &whole, problem));
            }
        };
        if !matches!(grant, Grant::TokenExchange(_)) {
            const PROBLEM: &str = "this is for grant = \"token_exchange\" only";
            let spans = [
                ("subject", oauth.subject.as_ref().map(Spanned::span)),
                ("audience", oauth.audience.as_ref().map(Spanned::span)),
                ("requested_token_type", oauth.requested_token_type.as_ref().map(Spanned::span)),
            ];
            if let Some((key, span)) = spans.into_iter().find_map(|(key, span)| Some((key, span?))) {
                return Err(self.error(&format!("service.oauth.{key}"), &Spanned::new(span, ()), PROBLEM));
            }
        }
        Ok(ServiceOAuth {
            grant,
            issuer,
            client_id: oauth.client_id.map(Spanned::into_inner),
            client_secret: oauth.client_secret.map(|secret| secret.into_inner().secret),
            auth_method: oauth.auth_method.map(Spanned::into_inner),
            scopes: oauth.scopes.map(Spanned::into_inner),
            resource: oauth.resource.map(Spanned::into_inner),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(oauth: &str) -> Result<ServiceOAuth, String> {
        let text = format!(
            "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\nissuer = \"https://idp.example.com\"\n\
             client_id = \"mcpgate\"\n[[service]]\nid = \"crm\"\nmcp = \"https://crm.example.com/mcp\"\n\
             [service.oauth]\n{oauth}\n"
        );
        let config = Config::parse(&text).map_err(|error| error.to_string())?;
        Ok(config.services[0].credentials.oauth.clone().unwrap())
    }

    const ISSUER: &str = "issuer = \"https://as.example.com\"\n";
    const SECRET: &str = "client_id = \"gate\"\nclient_secret = { secret = \"S\" }\n";
    const KEY: &str = "auth_method = \"private_key_jwt\"\n";

    #[test]
    fn each_grant_has_what_it_needs() {
        assert_eq!(read("").unwrap(), ServiceOAuth::default());
        let own = read(&format!("grant = \"client_credentials\"\n{ISSUER}{SECRET}")).unwrap();
        assert_eq!((own.grant, own.client_secret.as_deref()), (Grant::ClientCredentials, Some("S")));
        let keyed = read(&format!("grant = \"client_credentials\"\n{ISSUER}{KEY}resource = \"\"")).unwrap();
        assert_eq!(
            (keyed.auth_method, keyed.resource.as_deref()),
            (Some(ClientAuth::PrivateKeyJwt), Some(""))
        );
        let exchanged = format!(
            "grant = \"token_exchange\"\nsubject = \"access_token\"\naudience = \"crm\"\n\
             requested_token_type = \"urn:ietf:params:oauth:token-type:jwt\"\n{ISSUER}{SECRET}"
        );
        let exchange = Exchange {
            subject: Subject::AccessToken,
            audience: Some("crm".to_owned()),
            requested: Some(TokenType::Jwt),
        };
        assert_eq!(read(&exchanged).unwrap().grant, Grant::TokenExchange(exchange));
    }

    #[test]
    fn what_is_missing_or_too_much_is_told() {
        for (oauth, told) in [
            ("grant = \"password\"".to_owned(), "unknown variant `password`"),
            (format!("grant = \"client_credentials\"\n{KEY}"), "line 9: service.oauth: write issuer"),
            (SECRET.to_owned(), "line 10: service.oauth.client_id: a client_id is one at"),
            ("client_id = \"gate\"".to_owned(), "write issuer"),
            (
                format!("grant = \"client_credentials\"\n{ISSUER}client_id = \"x\""),
                "client_secret, or auth_method",
            ),
            (format!("grant = \"token_exchange\"\n{ISSUER}{SECRET}"), "write subject"),
            (format!("grant = \"token_exchange\"\nsubject = \"gateway\"\n{KEY}"), "write issuer"),
            (format!("{ISSUER}{SECRET}{KEY}"), "not by both"),
            ("client_secret = { secret = \"S\" }".to_owned(), "needs the client_id"),
            ("auth_method = \"client_secret_post\"".to_owned(), "needs client_secret"),
            ("scopes = [\"a b\"]".to_owned(), "service.oauth.scopes: \"a b\" is no scope"),
            ("scopes = [\"a\", \"a\"]".to_owned(), "stands there twice"),
            ("audience = \"crm\"".to_owned(), "line 10: service.oauth.audience: this is for"),
            ("subject = \"gateway\"".to_owned(), "service.oauth.subject: this is for"),
            ("resource = \"crm\"".to_owned(), "service.oauth.resource: write a URL"),
            ("issuer = \"http://as.example.com\"".to_owned(), "service.oauth.issuer: write https://"),
            (
                format!(
                    "grant = \"token_exchange\"\nsubject = \"id_token\"\n{ISSUER}{SECRET}\
                         requested_token_type = \"urn:ietf:params:oauth:token-type:saml2\""
                ),
                "unknown variant",
            ),
        ] {
            let refused = read(&oauth).unwrap_err();
            assert!(refused.contains(told), "{oauth}: {refused}");
        }
    }
}

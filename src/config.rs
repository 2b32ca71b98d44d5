//! `gateway.toml` -> [`Config`], parsed once; every error names its key, line and remedy.
//!
//! The text is checked as a whole: a file with any mistake is refused and the running version stays.

mod access;
mod audit;
mod client;
mod connector;
mod credentials;
mod crypto;
mod guard;
mod identity;
mod pii;
mod quota;
mod raw;
mod sink;
mod throughput;

use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;
use wildmatch::WildMatch;

pub use self::access::{Access, Guest, Role};
pub use self::audit::Audit;
pub use self::client::{Client, ClientProof};
use self::credentials::GrantName;
pub use self::credentials::{ClientAuth, Credentials, Exchange, Grant, ServiceOAuth, Subject, TokenType};
pub use self::crypto::{Crypto, Kms, Provider, WrapWith};
pub use self::guard::{ConfirmIn, Mode, Modes};
pub use self::identity::{Identity, Vouching};
pub use self::pii::Binary;
pub use self::quota::{Each, Quota};
pub use self::sink::{Sink, SinkKind};
pub use self::throughput::{Throughput, Webhook};
use crate::guard::pin::NewTools;
use crate::pii::Policy;

/// The whole configuration, in the shape the gateway wants.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where clients reach the gateway; also the OAuth issuer. An origin: scheme and authority, no path.
    pub public_url: Origin,
    /// The origins of web pages that may call as AI clients.
    pub allowed_origins: Vec<Origin>,
    /// Where people sign in.
    pub identity: Identity,
    /// Who may use what.
    pub access: Access,
    /// How long tokens and sessions live.
    pub tokens: Tokens,
    /// How long a pseudonym can be given back.
    pub pii_ttl: Duration,
    /// What happens to a call when its audit event can be neither queued nor spooled.
    pub audit_on_failure: OnFailure,
    /// What is proven of the audit chain, and how long its records stay.
    pub audit: Audit,
    /// Where audit records are sent to.
    pub sinks: Vec<Sink>,
    /// How far each guardrail goes.
    pub modes: Modes,
    /// Where a person may say yes to a call.
    pub confirm_in: ConfirmIn,
    /// What is done with tools that were never seen before.
    pub new_tools: NewTools,
    /// How much people may pull before it is unusual.
    pub throughput: Throughput,
    /// What wraps people's data keys.
    pub crypto: Crypto,
    /// AI clients that are set up here.
    pub clients: Vec<Client>,
    /// What is behind the gateway, in the order of the file.
    pub services: Vec<Rc<Service>>,
}

/// An origin without a trailing slash, such as `https://gate.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    authority: String,
    secure: bool,
}

/// Lifetimes (`[tokens]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Of an access token; also how long somebody who was only taken out of the configuration can still call.
    pub access: Duration,
    /// Of a refresh token that is not used.
    pub refresh: Duration,
    /// Of a browser session.
    pub session: Duration,
    /// How long a sign-in at the identity provider counts: who was only disabled there goes on no longer.
    pub sign_in: Duration,
}

/// `[audit] on_failure`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// The call is refused.
    #[default]
    Refuse,
    /// The call goes on unrecorded, and the log says so.
    Continue,
}

/// One service (`[[service]]`).
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id, as in `/mcp/{id}`: 1 to 24 of `a-z`, `0-9`, `-`.
    pub id: String,
    /// What people see; the id unless given.
    pub name: String,
    /// Its MCP endpoint (streamable HTTP).
    pub mcp: Url,
    /// How the gateway proves itself to it.
    pub credentials: Credentials,
    /// How long it may take to begin an answer, and how long it may pause within one.
    pub timeout: Duration,
    /// Patterns of methods beside the protocol's own that it may be sent.
    pub methods: Vec<WildMatch>,
    /// Its privacy policy.
    pub pii: ServicePii,
    /// Its guardrails.
    pub guard: Guard,
}

/// `[service.pii]`.
#[derive(Clone, Debug)]
pub struct ServicePii {
    /// What stays as it is, is masked as a whole, or is taken out.
    pub policy: Policy,
    /// What happens to images, audio and files.
    pub binary: Binary,
    /// The services whose pseudonyms may be turned back for this one.
    pub rehydrate_from: Vec<String>,
}

/// `[service.guard]`.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The largest result of a tool call that is handed on, in bytes of JSON.
    pub max_result: usize,
    /// The same for tools of these patterns.
    pub max_result_of: Vec<(WildMatch, usize)>,
    /// Patterns of tool names that wait for the person's yes, besides those that wait by themselves.
    pub confirm: Vec<WildMatch>,
    /// Patterns of tool names that never wait, whatever they call themselves.
    pub trust: Vec<WildMatch>,
}

impl Guard {
    /// The largest result that is handed on of this tool, or of anything else: where several patterns match, the
    /// smallest.
    pub fn largest(&self, tool: Option<&str>) -> usize {
        let own = |tool| self.max_result_of.iter().filter(move |(pattern, _)| pattern.matches(tool));
        let least = tool.and_then(|tool| own(tool).map(|(_, size)| *size).min());
        least.unwrap_or(self.max_result)
    }

    /// The smallest of all limits: that of what may be the result of any tool.
    pub fn least(&self) -> usize {
        self.max_result_of.iter().map(|(_, size)| *size).fold(self.max_result, usize::min)
    }
}

/// Why a configuration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {key}: {problem}")]
pub struct ConfigError {
    /// The line in the file, from 1.
    pub line: usize,
    /// The key, such as `gateway.public_url`.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError`] for the first mistake.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let file: raw::File = toml::from_str(text).map_err(|error| ConfigError {
            line: line(text, error.span().map_or(0, |span| span.start)),
            key: key_at(text, error.span().map_or(0, |span| span.start)),
            problem: error.message().replace('\n', " "),
        })?;
        Reader { text }.config(file)
    }

    /// The client with this id, if it is set up here.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// Whether a token of the identity provider's is exchanged for one of a service.
    pub fn exchanges(&self, subject: Subject) -> bool {
        self.services.iter().any(|service| {
            let oauth = service.credentials.oauth.as_ref();
            oauth.is_some_and(
                |oauth| matches!(&oauth.grant, Grant::TokenExchange(exchange) if exchange.subject == subject),
            )
        })
    }

    /// The service with this id.
    pub fn service(&self, id: &str) -> Option<&Rc<Service>> {
        self.services.iter().find(|service| service.id == id)
    }
}

impl Origin {
    /// `https://gate.example.com`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `gate.example.com` or `127.0.0.1:8787`: what `Host` must say.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether it is `https`. If not, it is a loopback address: nothing else is allowed to be without TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The origin followed by a path that begins with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// Whether a URL's host is this machine itself (RFC 8252 §7.3, RFC 6761 §6.3).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn config(&self, mut file: raw::File) -> Result<Config, ConfigError> {
        let services = self.services(file.service, &self.common(&file.pii)?)?;
        let access = self.access(file.access, &services)?;
        let tokens = file.tokens;
        let config = Config {
            public_url: self.origin("gateway.public_url", &file.gateway.public_url)?,
            allowed_origins: file
                .gateway
                .allowed_origins
                .iter()
                .map(|origin| self.origin("gateway.allowed_origins", origin))
                .collect::<Result<_, _>>()?,
            identity: self.identity(file.identity)?,
            tokens: Tokens {
                access: self.duration("tokens.access", tokens.access, "10m", "1s", "1h")?,
                refresh: self.duration("tokens.refresh", tokens.refresh, "30d", "1m", "365d")?,
                session: self.duration("tokens.session", tokens.session, "8h", "1m", "30d")?,
                sign_in: self.duration("tokens.sign_in", tokens.sign_in, "30d", "1m", "365d")?,
            },
            pii_ttl: self.duration("pii.ttl", file.pii.ttl, "24h", "1s", "365d")?,
            audit_on_failure: file.audit.on_failure,
            sinks: self.sinks(std::mem::take(&mut file.audit.sink))?,
            audit: self.audit(file.audit)?,
            modes: file.guard.modes,
            confirm_in: file.guard.confirm_in,
            new_tools: file.guard.new_tools,
            throughput: self.throughput(file.guard.throughput)?,
            crypto: self.crypto(file.crypto)?,
            access,
            clients: self.clients(file.client)?,
            services,
        };
        Ok(config)
    }

    fn origin(&self, key: &str, value: &Spanned<String>) -> Result<Origin, ConfigError> {
        let url = self.url(key, value)?;
        if url.path() != "/"
            || url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
        {
            return Err(self.error(
                key,
                value,
                "write scheme and host only, such as \"https://gate.example.com\"",
            ));
        }
        self.require_tls(key, value, &url)?;
        Ok(Origin {
            text: url.origin().ascii_serialization(),
            authority: url.authority().to_owned(),
            secure: url.scheme() == "https",
        })
    }

    fn services(&self, raw: Vec<raw::Service>, pii: &pii::Common) -> Result<Vec<Rc<Service>>, ConfigError> {
        let ids: Vec<String> = raw.iter().map(|service| service.id.get_ref().clone()).collect();
        let mut services: Vec<Rc<Service>> = Vec::with_capacity(raw.len());
        for service in raw {
            let id = service.id.get_ref();
            let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if id.is_empty() || id.len() > 24 || !id.chars().all(legal) {
                return Err(self.error("service.id", &service.id, "write 1 to 24 of a-z, 0-9 and -"));
            }
            if services.iter().any(|other| other.id == *id) {
                return Err(self.error("service.id", &service.id, "another service has this id already"));
            }
            let mcp = self.url("service.mcp", &service.mcp)?;
            self.require_tls("service.mcp", &service.mcp, &mcp)?;
            let mut rehydrate_from = vec![id.clone()];
            for other in service.pii.rehydrate_from.iter().flatten() {
                if !ids.contains(other.get_ref()) {
                    let problem = format!("there is no [[service]] with the id {:?}", other.get_ref());
                    return Err(self.error("service.pii.rehydrate_from", other, problem));
                }
                if !rehydrate_from.contains(other.get_ref()) {
                    rehydrate_from.push(other.get_ref().clone());
                }
            }
            let mut policy = self.policy(&service.pii, pii)?;
            self.connector(service.connector.as_ref())?.complete(&mut policy);
            let patterns = |list: Vec<String>| list.iter().map(|pattern| WildMatch::new(pattern)).collect();
            services.push(Rc::new(Service {
                name: service.name.unwrap_or_else(|| id.clone()),
                credentials: self.credentials(service.bearer, service.headers, service.oauth)?,
                timeout: self.duration("service.timeout", service.timeout, "50s", "100ms", "10m")?,
                methods: patterns(service.methods),
                pii: ServicePii { policy, binary: service.pii.binary, rehydrate_from },
                guard: Guard {
                    max_result: self.size("service.guard.max_result", service.guard.max_result, "100 KiB")?,
                    max_result_of: service
                        .guard
                        .max_result_of
                        .into_iter()
                        .map(|(pattern, size)| {
                            let size = self.size("service.guard.max_result_of", Some(size), "100 KiB")?;
                            Ok((WildMatch::new(&pattern), size))
                        })
                        .collect::<Result<_, _>>()?,
                    confirm: patterns(service.guard.confirm),
                    trust: patterns(service.guard.trust),
                },
                id: service.id.into_inner(),
                mcp,
            }));
        }
        Ok(services)
    }

    fn url(&self, key: &str, value: &Spanned<String>) -> Result<Url, ConfigError> {
        match Url::parse(value.get_ref()) {
            Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(url),
            _ => Err(self.error(key, value, "write a URL that begins with https://")),
        }
    }

    fn require_tls(&self, key: &str, value: &Spanned<String>, url: &Url) -> Result<(), ConfigError> {
        if url.scheme() == "https" || is_loopback(url) {
            return Ok(());
        }
        Err(self.error(key, value, "write https://; plain http is for loopback addresses only"))
    }

    fn duration(
        &self,
        key: &str,
        value: Option<Spanned<String>>,
        default: &'static str,
        least: &'static str,
        most: &'static str,
    ) -> Result<Duration, ConfigError> {
        let parse = |text: &str| humantime::parse_duration(text).ok();
        let Some(value) = value else { return Ok(parse(default).unwrap_or_default()) };
        match parse(value.get_ref()) {
            Some(duration) if parse(least) <= Some(duration) && Some(duration) <= parse(most) => Ok(duration),
            _ => {
                let problem =
                    format!("write a duration from \"{least}\" to \"{most}\", such as \"{default}\"");
                Err(self.error(key, &value, problem))
            }
        }
    }

    fn size(
        &self,
        key: &str,
        value: Option<Spanned<String>>,
        default: &'static str,
    ) -> Result<usize, ConfigError> {
        let parse = |text: &str| {
            text.parse::<bytesize::ByteSize>().ok().and_then(|size| usize::try_from(size.0).ok())
        };
        let Some(value) = value else { return Ok(parse(default).unwrap_or_default()) };
        match parse(value.get_ref()) {
            Some(size @ 1024..=8_388_608) => Ok(size),
            _ => {
                let problem = format!("write a size from \"1 KiB\" to \"8 MiB\", such as \"{default}\"");
                Err(self.error(key, &value, problem))
            }
        }
    }

    fn error<T>(&self, key: &str, value: &Spanned<T>, problem: impl ToString) -> ConfigError {
        ConfigError {
            line: line(self.text, value.span().start),
            key: key.to_owned(),
            problem: problem.to_string(),
        }
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}

/// The key on the line of an error that serde reports without one.
fn key_at(text: &str, at: usize) -> String {
    let found = text.lines().nth(line(text, at) - 1).unwrap_or_default();
    found.split('=').next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Timestamp;

    /// A configuration with these lines at its end and in its only service, where nothing else matters.
    pub(super) fn with(common: &str, service: &str) -> Result<Config, String> {
        const BASE: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://id.example.com"
client_id = "x"
"#;
        let service = format!("[[service]]\nid = \"a\"\nmcp = \"https://mcp.example.com\"\n{service}\n");
        Config::parse(&format!("{BASE}{common}\n{service}")).map_err(|error| error.to_string())
    }

    pub(super) const SMALL: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
client_secret = { secret = "OIDC_CLIENT_SECRET" }
[access]
admins = ["Ops@Example.com"]
[access.domains."Example.com"]
role = "internal"
[access.roles.internal]
services = ["demo"]
tools = { demo = ["get_*"] }
[[access.guests]]
id = "hmac:0123456789012345678901234567890123456789012"
role = "internal"
until = 2026-12-31
[[service]]
id = "demo"
mcp = "http://127.0.0.1:8789/mcp"
"#;

    fn refused(from: &str, to: &str) -> String {
        assert!(SMALL.contains(from), "the test must change something");
        Config::parse(&SMALL.replace(from, to)).unwrap_err().to_string()
    }

    #[test]
    fn reads_and_fills_in_defaults() {
        let config = Config::parse(SMALL).unwrap();
        assert_eq!(config.public_url.join("/x"), "https://gate.example.com/x");
        assert_eq!(config.public_url.authority(), "gate.example.com");
        assert_eq!(config.allowed_origins, []);
        assert_eq!(config.access.admins, ["ops@example.com"]);
        assert_eq!(config.access.domains["example.com"], "internal");
        assert_eq!(config.access.guests[0].until, Timestamp(1_798_761_600_000));
        assert_eq!(config.pii_ttl, Duration::from_secs(86_400));
        let service = config.service("demo").unwrap();
        assert_eq!(service.pii.rehydrate_from, ["demo"]);
        assert_eq!(service.guard.largest(Some("get_issue")), 102_400);
        assert!(service.timeout < Duration::from_secs(60), "official clients wait for a minute");
        let role = &config.access.roles["internal"];
        assert!(role.allows("demo", "get_issue") && !role.allows("demo", "delete_issue"));
        assert!(!role.allows("other", "get_issue"));
    }

    #[test]
    fn a_tool_can_have_a_limit_of_its_own() {
        let lines = "[service.guard]\nmax_result_of = { \"export_*\" = \"1 MiB\", \"*_all\" = \"2 KiB\" }";
        let config = with("", lines).unwrap();
        let guard = &config.services[0].guard;
        assert_eq!(guard.largest(Some("export_one")), 1_048_576);
        assert_eq!(guard.largest(Some("export_all")), 2048, "the smallest");
        assert_eq!((guard.largest(Some("get")), guard.largest(None)), (102_400, 102_400));
        assert_eq!(guard.least(), 2048);
        let told = with("", &lines.replace("2 KiB", "much")).unwrap_err();
        assert!(told.contains("service.guard.max_result_of: write a size"), "{told}");
    }

    #[test]
    fn errors_name_line_key_and_remedy() {
        assert_eq!(
            refused("https://gate.example.com", "http://gate.example.com"),
            "line 3: gateway.public_url: write https://; plain http is for loopback addresses only"
        );
        assert_eq!(
            refused("role = \"internal\"\n[access.roles", "role = \"staff\"\n[access.roles"),
            "line 11: access.domains.Example.com.role: there is no [access.roles.staff]"
        );
        assert_eq!(
            refused("id = \"hmac:0123456789012345678901234567890123456789012\"", "id = \"jane@example.com\""),
            "line 16: access.guests.id: write the keyed hash that `mcpgate guest add` writes, not an address"
        );
        for (from, to, told) in [
            (
                "[\"Ops@Example.com\"]",
                "[\"Ops@Example.com\", \"ops\"]",
                "line 9: access.admins: write e-mail",
            ),
            (
                "[\"Ops@Example.com\"]",
                "[\"*@example.com\", \"@example.com\"]",
                "line 9: access.admins: write e-mail",
            ),
            (
                "domains.\"Example.com\"",
                "domains.\"@example.com\"",
                "line 10: access.domains.@example.com: write what",
            ),
            (
                "domains.\"Example.com\"",
                "domains.\"*.example.com\"",
                "line 10: access.domains.*.example.com: write",
            ),
            (
                "[access.roles.internal]",
                "[access.domains.\"example.com\"]\nrole = \"internal\"\n[access.roles.internal]",
                "access.domains.example.com: this domain has a role already",
            ),
            (
                "[[service]]",
                "[[access.guests]]\nid = \"hmac:0123456789012345678901234567890123456789012\"\nrole = \"internal\"\n\
                 until = 2027-12-31\n[[service]]",
                "line 20: access.guests.id: this guest has an entry already",
            ),
            ("client_id = ", "scopes = [\"email\"]\nclient_id = ", "line 6: identity.scopes: add \"openid\""),
        ] {
            let refused = refused(from, to);
            assert!(refused.contains(told), "{refused}");
        }
        assert!(refused("client_id = ", "clientid = ").starts_with("line 6: clientid: unknown field"));
        assert!(refused("id = \"demo\"", "id = \"Demo!\"").contains("service.id"));
        assert!(refused("public_url = ", "public_url ").contains("line 3"));
        for origin in ["*", "null", "https://app.example.com/page", "http://app.example.com"] {
            let lines = format!("[gateway]\nallowed_origins = [\"{origin}\"]");
            let told = refused("[gateway]", &lines);
            assert!(told.starts_with("line 3: gateway.allowed_origins: write "), "{told}");
        }
    }
}

//! What a token is for: an MCP endpoint of this gateway (RFC 8707, RFC 9728).

use crate::config::Config;

/// A protected resource: `/mcp/{service}` of a configured service, or `/mcp`, all services of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// [`None`]: all.
    service: Option<String>,
}

impl Resource {
    /// The resource with this URL, if it is one of ours. The URL must be written exactly as the metadata write it.
    pub fn parse(config: &Config, url: &str) -> Option<Self> {
        match url.strip_prefix(config.public_url.as_str())?.strip_prefix("/mcp")? {
            "" => Some(Self::all()),
            path => Self::of(config, path.strip_prefix('/')?),
        }
    }

    /// The resource of a service.
    pub fn of(config: &Config, service: &str) -> Option<Self> {
        config.service(service).map(|service| Self { service: Some(service.id.clone()) })
    }

    /// The resource that is all services of a person.
    pub fn all() -> Self {
        Self { service: None }
    }

    /// The resource that a client means that names none: the only service, or where there are several, all.
    pub fn unnamed(config: &Config) -> Self {
        match config.services.as_slice() {
            [service] => Self { service: Some(service.id.clone()) },
            _ => Self::all(),
        }
    }

    /// Its URL: the `aud` of its tokens.
    pub fn url(&self, config: &Config) -> String {
        config.public_url.join(&self.path())
    }

    /// The URL of its metadata (RFC 9728 §3.1).
    pub fn metadata_url(&self, config: &Config) -> String {
        config.public_url.join(&format!("/.well-known/oauth-protected-resource{}", self.path()))
    }

    /// The id of its service; [`None`] for all.
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    fn path(&self) -> String {
        match &self.service {
            Some(service) => format!("/mcp/{service}"),
            None => "/mcp".to_owned(),
        }
    }
}

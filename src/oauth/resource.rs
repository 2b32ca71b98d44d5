//! What a token is for: an MCP endpoint of this gateway (RFC 8707, RFC 9728).

use crate::config::Config;

/// A protected resource: `/mcp/{service}` of a configured service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource(String);

impl Resource {
    /// The resource with this URL, if it is one of ours. The URL must be written exactly as the metadata write it.
    pub fn parse(config: &Config, url: &str) -> Option<Self> {
        let path = url.strip_prefix(config.public_url.as_str())?;
        Self::of(config, path.strip_prefix("/mcp/")?)
    }

    /// The resource of a service.
    pub fn of(config: &Config, service: &str) -> Option<Self> {
        config.service(service).map(|service| Self(service.id.clone()))
    }

    /// The resource that a client means that names none: clear only where there is no choice.
    pub fn only(config: &Config) -> Option<Self> {
        match config.services.as_slice() {
            [service] => Some(Self(service.id.clone())),
            _ => None,
        }
    }

    /// Its URL: the `aud` of its tokens.
    pub fn url(&self, config: &Config) -> String {
        config.public_url.join(&format!("/mcp/{}", self.0))
    }

    /// The URL of its metadata (RFC 9728 §3.1).
    pub fn metadata_url(&self, config: &Config) -> String {
        config.public_url.join(&format!("/.well-known/oauth-protected-resource/mcp/{}", self.0))
    }

    /// The id of its service.
    pub fn service(&self) -> &str {
        &self.0
    }
}

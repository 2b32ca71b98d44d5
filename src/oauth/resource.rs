//! What a token is for: an MCP endpoint of this gateway (RFC 8707, RFC 9728).

use crate::config::Config;

/// A protected resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `/mcp`: all services of a person.
    All,
    /// `/mcp/{service}`: one service, by its id.
    Service(String),
}

impl Resource {
    /// The resource with this URL, if it is one of ours. The URL must be written exactly as the metadata write it.
    pub fn parse(config: &Config, url: &str) -> Option<Self> {
        let path = url.strip_prefix(config.public_url.as_str())?;
        Self::at(config, path)
    }

    /// The resource at a path of this gateway, such as `/mcp/jira`.
    pub fn at(config: &Config, path: &str) -> Option<Self> {
        if path == "/mcp" {
            return Some(Self::All);
        }
        let id = path.strip_prefix("/mcp/")?;
        config.service(id).map(|service| Self::Service(service.id.clone()))
    }

    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::All => "/mcp".to_owned(),
            Self::Service(id) => format!("/mcp/{id}"),
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
        match self {
            Self::All => None,
            Self::Service(id) => Some(id),
        }
    }
}

//! AI clients: what is known of one, and where it may be redirected to.

use url::Url;

use super::document;
use super::keys::Keys;
use crate::config::is_loopback;
use crate::context::Context;
use crate::host::{Host, PortError};
use crate::page::hides;
use crate::store::client as store;

/// A client whose registration or metadata document is acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    /// Its id.
    pub(super) id: String,
    /// What it calls itself, sanitized for display.
    pub(super) name: String,
    /// Where it may be redirected to.
    pub(super) redirect_uris: Vec<String>,
    /// How it became known.
    pub(super) registration: Registration,
    /// Whether it must prove who it is to get anything, by what its metadata document or registration says.
    pub(super) proof: bool,
    /// The keys that it can prove it by, if its metadata document has any.
    pub(super) keys: Option<Keys>,
}

/// How a client became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Registration {
    /// It is set up in the configuration.
    Configured,
    /// It registered itself (RFC 7591).
    Dynamic,
    /// Its id is the address of its metadata document, on this host.
    Document {
        /// Who vouches for it.
        host: String,
    },
}

/// Why a client is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ClientError {
    /// No client is registered under the id, or no longer.
    #[error("no application is registered here under the id that it gave")]
    Unknown,
    /// The metadata document cannot be had.
    #[error("the metadata document of the application could not be read: {0}")]
    Unavailable(&'static str),
    /// The metadata document is not acceptable.
    #[error("the metadata document of the application is not acceptable: {0}")]
    Unacceptable(&'static str),
    /// The host failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Client {
    /// Whether an id is the address of a metadata document.
    pub(super) fn is_document(id: &str) -> bool {
        id.starts_with("https://")
    }

    /// Finds a client by its id, reading its metadata document if need be.
    pub(super) async fn find<H: Host>(context: &Context<H>, id: &str) -> Result<Self, ClientError> {
        if Self::is_document(id) {
            return document::find(context, id).await;
        }
        if let Some(client) = context.setup.config.client(id) {
            return Ok(Self {
                id: client.id.clone(),
                name: displayable(&client.name).unwrap_or_else(|| client.id.clone()),
                redirect_uris: client.redirect_uris.clone(),
                registration: Registration::Configured,
                proof: false,
                keys: None,
            });
        }
        let row = store::find(&context.host, id, context.host.now()).await?.ok_or(ClientError::Unknown)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            redirect_uris: row.redirect_uris,
            registration: Registration::Dynamic,
            proof: row.keys.is_some(),
            keys: None,
        })
    }

    /// Whether what a person permits it may be remembered, when its answer goes there: somebody vouches for it, and only
    /// the owner of that address gets the answer.
    pub(super) fn is_assured(&self, redirect_uri: &str) -> bool {
        let vouched = match self.registration {
            Registration::Configured | Registration::Document { .. } => true,
            Registration::Dynamic => false,
        };
        vouched && redirect_uri.starts_with("https://")
    }

    /// Whether the client may be redirected there.
    pub(super) fn allows_redirect(&self, uri: &str) -> bool {
        is_redirect_uri(uri).is_ok()
            && self.redirect_uris.iter().any(|registered| redirect_matches(registered, uri))
    }
}

/// How the redirect URI is named to people: its host, or its scheme when an app owns that.
pub(super) fn destination(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            _ => String::new(),
        },
        Ok(url) => format!("{}: (an app on this device)", url.scheme()),
        Err(_) => String::new(),
    }
}

/// The same without the port of a loopback address, which is another one each time.
pub(super) fn lasting_destination(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(url) if is_loopback_redirect(uri) => url.host_str().unwrap_or_default().to_owned(),
        _ => destination(uri),
    }
}

/// Whether a redirect URI leads to this very machine over http.
pub(super) fn is_loopback_redirect(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| url.scheme() == "http" && is_loopback(&url))
}

/// Exact comparison (RFC 9700 §2.1), except that a loopback redirect may come back on any port (RFC 8252 §7.3).
fn redirect_matches(registered: &str, presented: &str) -> bool {
    if registered == presented {
        return true;
    }
    match (loopback_parts(registered), loopback_parts(presented)) {
        (Some(registered), Some(presented)) => registered == presented,
        _ => false,
    }
}

/// Host and path of a loopback redirect, without the port. Works on the text: no parser, no difference of opinion.
fn loopback_parts(uri: &str) -> Option<(&'static str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    ["127.0.0.1", "[::1]", "localhost"].into_iter().find_map(|host| {
        let rest = rest.strip_prefix(host)?;
        let path = match rest.strip_prefix(':') {
            Some(rest) => {
                let port = rest.bytes().take_while(u8::is_ascii_digit).count();
                let (port, path) = rest.split_at_checked(port)?;
                port.parse::<u16>().ok()?;
                path
            }
            None => rest,
        };
        (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path))
    })
}

/// Schemes of well-known apps that have no dot in them. Others must be reverse domain names (RFC 8252 §7.1).
const APP_SCHEMES: [&str; 12] = [
    "cursor",
    "vscode",
    "vscode-insiders",
    "vscodium",
    "code-oss",
    "windsurf",
    "zed",
    "claude",
    "goose",
    "raycast",
    "antigravity",
    "kiro",
];

/// Whether a text can be a redirect URI at all, and if not, why.
///
/// # Errors
/// What is wrong with it.
pub fn is_redirect_uri(uri: &str) -> Result<(), &'static str> {
    if uri.len() > 1024 {
        return Err("a redirect URI is longer than 1024 characters");
    }
    if !uri.bytes().all(|c| c.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&c)) {
        return Err("a redirect URI has characters that URIs do not have");
    }
    if uri.contains('#') {
        return Err("a redirect URI has a fragment");
    }
    let url = Url::parse(uri).map_err(|_| "a redirect URI is not an absolute URI")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a redirect URI has user information");
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" | "https" => Err("a redirect URI with http is for loopback addresses only"),
        scheme if scheme.contains('.') || APP_SCHEMES.contains(&scheme) => Ok(()),
        _ => Err("a redirect URI with a scheme of its own needs one that is a reverse domain name"),
    }
}

/// Whether a redirect URI has the scheme of an app.
pub(super) fn is_app_redirect(uri: &str) -> bool {
    !uri.starts_with("https://") && !uri.starts_with("http://")
}

/// A name as it can be shown: no control or direction characters, no runs of spaces, at most 60 characters.
pub(super) fn displayable(name: &str) -> Option<String> {
    let visible: String =
        name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hides(*c)).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(60).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(redirect_uris: &[&str]) -> Client {
        Client {
            id: "c".to_owned(),
            name: "c".to_owned(),
            redirect_uris: redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
            registration: Registration::Dynamic,
            proof: false,
            keys: None,
        }
    }

    #[test]
    fn redirects_match_exactly() {
        let client = client(&["https://app.example.com/cb", "cursor://anysphere.cursor-mcp/oauth/callback"]);
        assert!(client.allows_redirect("https://app.example.com/cb"));
        assert!(client.allows_redirect("cursor://anysphere.cursor-mcp/oauth/callback"));
        for uri in [
            "https://app.example.com/cb/",
            "https://app.example.com/cb?x=1",
            "https://app.example.com/cb#x",
            "https://app.example.com/",
            "https://app.example.com:444/cb",
            "https://app.example.com:443/cb",
            "http://app.example.com/cb",
            "https://APP.example.com/cb",
            "https://app.example.com/a/../cb",
            "https://app.example.com/CB",
            "https://app.example.com.evil.org/cb",
            "https://evil.org/https://app.example.com/cb",
            "https://app.example.com@evil.org/cb",
            "https://app.example.com\\@evil.org/cb",
            "https://app.example.com/cb\r\nx: y",
            "cursor://anysphere.cursor-mcp/oauth/callback/x",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!client.allows_redirect(uri), "{uri}");
        }
    }

    #[test]
    fn loopback_redirects_may_come_back_on_any_port_and_nothing_else() {
        let client = client(&["http://127.0.0.1:33418/", "http://localhost/callback", "http://[::1]/cb?a=1"]);
        for uri in [
            "http://127.0.0.1:33418/",
            "http://127.0.0.1:1/",
            "http://127.0.0.1/",
            "http://localhost:65535/callback",
            "http://[::1]:8080/cb?a=1",
        ] {
            assert!(client.allows_redirect(uri), "{uri}");
        }
        for uri in [
            "http://127.0.0.1:33418/x",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:/",
            "http://127.0.0.2:33418/",
            "http://localhost:33418/",
            "http://localhost.evil.org/callback",
            "http://localhost:80@evil.org/callback",
            "http://localhost@evil.org/callback",
            "https://localhost/callback",
            "http://localhost/callback?x",
            "http://[::1]/cb?a=2",
            "http://127.0.0.1.evil.org/",
            "http://2130706433/",
        ] {
            assert!(!client.allows_redirect(uri), "{uri}");
        }
    }

    #[test]
    fn only_safe_forms_of_redirect_uris_can_be_registered() {
        for uri in [
            "https://app.example.com/cb",
            "https://app.example.com:8443/cb?x=1",
            "http://localhost:8787/callback",
            "http://127.0.0.1/cb",
            "http://[::1]:9/cb",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "com.example.app:/oauth",
        ] {
            assert_eq!(is_redirect_uri(uri), Ok(()), "{uri}");
        }
        for uri in [
            "http://app.example.com/cb",
            "http://10.0.0.1/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///x",
            "https://app.example.com/#f",
            "https://u:p@app.example.com/",
            "//app.example.com/cb",
            "/cb",
            "",
            "myapp://cb",
            "https://app.example.com/ü",
            "https://app.example.com/ x",
            "about:blank",
            "vbscript:x",
        ] {
            assert!(is_redirect_uri(uri).is_err(), "{uri}");
        }
        assert!(is_redirect_uri(&format!("https://app.example.com/{}", "a".repeat(1024))).is_err());
    }

    #[test]
    fn names_are_shown_without_tricks() {
        assert_eq!(displayable(" Claude \n Code\t"), Some("Claude Code".to_owned()));
        assert_eq!(displayable("Safe\u{202e}nimda\u{200b}"), Some("Safenimda".to_owned()));
        assert_eq!(displayable("\u{200b}\u{202e} \n"), None);
        assert_eq!(displayable(&"x".repeat(500)).map(|name| name.len()), Some(60));
    }

    proptest! {
        #[test]
        fn a_redirect_that_matches_leads_to_the_registered_host(path in "[a-z/@:.\\\\?#%]{0,24}") {
            let client = client(&["https://app.example.com/cb", "http://127.0.0.1/cb"]);
            for uri in [format!("https://app.example.com{path}"), format!("http://127.0.0.1{path}")] {
                if client.allows_redirect(&uri) {
                    let host = Url::parse(&uri).unwrap().host_str().unwrap().to_owned();
                    prop_assert!(host == "app.example.com" || host == "127.0.0.1");
                }
            }
        }
    }
}

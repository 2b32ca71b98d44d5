//! E-mail addresses and their domains, as they are compared.

use url::Host as UrlHost;

/// An e-mail address in the one form in which addresses are compared: lower case, the domain as DNS sees it.
#[derive(PartialEq, Eq)]
pub struct Address {
    local: String,
    /// What stands after the sign.
    pub domain: String,
}

impl Address {
    /// Reads an address; [`None`] when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.trim().rsplit_once('@')?;
        let strange = |c: char| c.is_whitespace() || c.is_control() || "@\"<>(),:;\\[]".contains(c);
        if local.is_empty() || local.len() > 64 || local.chars().any(strange) {
            return None;
        }
        Some(Self { local: local.to_lowercase(), domain: ascii_domain(domain)? })
    }

    /// As it is compared.
    pub fn text(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }
}

/// A domain as DNS sees it (IDNA, UTS 46): two spellings of one domain are equal, look-alikes are not. [`None`] when it
/// is none.
pub fn ascii_domain(text: &str) -> Option<String> {
    // URL hosts may be percent-encoded and hold a star; domains of addresses may not.
    if text.contains(['%', '[', ']', '*']) || text.ends_with('.') {
        return None;
    }
    match UrlHost::parse(text) {
        Ok(UrlHost::Domain(name)) if name.contains('.') => Some(name),
        _ => None,
    }
}

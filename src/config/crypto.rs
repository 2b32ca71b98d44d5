//! `[crypto]`: what wraps people's data keys.

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::{ConfigError, Reader, is_loopback, raw};

/// What wraps people's data keys, and what may have wrapped them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crypto {
    /// What wraps now.
    pub wrap_with: WrapWith,
    /// A key service; set wherever `wrap_with` says so.
    pub kms: Option<Kms>,
}

/// `crypto.wrap_with`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapWith {
    /// The first of `MCPGATE_SEALING_KEYS`.
    #[default]
    SealingKeys,
    /// The key of `[crypto.kms]`.
    Kms,
}

/// `crypto.kms.provider`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Google Cloud KMS.
    Google,
}

/// `[crypto.kms]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kms {
    /// Whose service it is.
    pub provider: Provider,
    /// The resource name of the key that wraps.
    pub key: String,
    /// Keys that wrapped before: they only unwrap.
    pub former_keys: Vec<String>,
    /// The name of the secret that holds the service account's key, as Google's JSON.
    pub service_account: String,
    /// The origin of the service, without a slash.
    pub endpoint: String,
    /// Where access tokens come from.
    pub token_endpoint: String,
}

impl Crypto {
    /// The key service, if it wraps.
    pub fn wrapping_kms(&self) -> Option<&Kms> {
        self.kms.as_ref().filter(|_| self.wrap_with == WrapWith::Kms)
    }
}

impl Reader<'_> {
    pub(super) fn crypto(&self, raw: raw::Crypto) -> Result<Crypto, ConfigError> {
        let wrap_with = raw.wrap_with.as_ref().map(|wrap_with| *wrap_with.get_ref());
        let Some(kms) = raw.kms else {
            return match raw.wrap_with.filter(|wrap_with| *wrap_with.get_ref() == WrapWith::Kms) {
                Some(wrap_with) => {
                    Err(self.error("crypto.wrap_with", &wrap_with, "\"kms\" needs [crypto.kms]"))
                }
                None => Ok(Crypto::default()),
            };
        };
        let mut former_keys = Vec::new();
        for key in &kms.former_keys {
            former_keys.push(self.kms_key("crypto.kms.former_keys", key)?);
        }
        let kms = Kms {
            provider: kms.provider,
            key: self.kms_key("crypto.kms.key", &kms.key)?,
            former_keys,
            service_account: kms.service_account.secret,
            endpoint: match &kms.endpoint {
                Some(endpoint) => self
                    .google("crypto.kms.endpoint", endpoint, |url| url.path() == "/")?
                    .as_str()
                    .trim_end_matches('/')
                    .to_owned(),
                None => "https://cloudkms.googleapis.com".to_owned(),
            },
            token_endpoint: match &kms.token_endpoint {
                Some(endpoint) => {
                    self.google("crypto.kms.token_endpoint", endpoint, |_| true)?.as_str().to_owned()
                }
                None => "https://oauth2.googleapis.com/token".to_owned(),
            },
        };
        Ok(Crypto { wrap_with: wrap_with.unwrap_or(WrapWith::Kms), kms: Some(kms) })
    }

    fn kms_key(&self, key: &str, value: &Spanned<String>) -> Result<String, ConfigError> {
        let parts: Vec<&str> = value.get_ref().split('/').collect();
        let plain = |part: &&str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
        };
        match parts.as_slice() {
            ["projects", project, "locations", location, "keyRings", ring, "cryptoKeys", name]
                if [project, location, ring, name].into_iter().all(plain) =>
            {
                Ok(value.get_ref().clone())
            }
            _ => {
                let problem = "write the key's resource name, projects/PROJECT/locations/LOCATION/keyRings/RING/\
                               cryptoKeys/KEY, without a version";
                Err(self.error(key, value, problem))
            }
        }
    }

    /// An address of Google, or, for tests, of this machine: nobody else gets people's keys or the account's assertion.
    fn google(
        &self,
        key: &str,
        value: &Spanned<String>,
        fits: impl Fn(&Url) -> bool,
    ) -> Result<Url, ConfigError> {
        let url = self.url(key, value)?;
        let own = url.scheme() == "https"
            && url.port().is_none()
            && url.domain().is_some_and(|name| name.ends_with(".googleapis.com"));
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if plain && fits(&url) && (own || is_loopback(&url)) {
            return Ok(url);
        }
        let problem = "write an address such as https://cloudkms.googleapis.com: https, of googleapis.com (or, for \
                       tests, a loopback address)";
        Err(self.error(key, value, problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const KEY: &str = "projects/example.com:p-1/locations/europe-west3/keyRings/r_1/cryptoKeys/k";

    fn parse(crypto: &str) -> Result<Crypto, String> {
        let text = format!(
            "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\nissuer = \"https://idp.example.com\"\n\
             client_id = \"mcpgate\"\n{crypto}"
        );
        Config::parse(&text).map(|config| config.crypto).map_err(|error| error.to_string())
    }

    fn kms(more: &str) -> Result<Crypto, String> {
        parse(&format!(
            "[crypto.kms]\nprovider = \"google\"\nkey = \"{KEY}\"\nservice_account = {{ secret = \"A\" }}\n{more}"
        ))
    }

    #[test]
    fn a_key_service_wraps_once_it_is_there_unless_it_is_said() {
        assert_eq!(parse("").unwrap(), Crypto::default());
        let crypto = kms("").unwrap();
        assert_eq!(crypto.wrapping_kms(), crypto.kms.as_ref());
        let kms = crypto.kms.unwrap();
        assert_eq!(kms.endpoint, "https://cloudkms.googleapis.com");
        assert_eq!(kms.token_endpoint, "https://oauth2.googleapis.com/token");
        assert_eq!((kms.key.as_str(), kms.service_account.as_str()), (KEY, "A"));
        let back = format!(
            "[crypto]\nwrap_with = \"sealing_keys\"\n[crypto.kms]\nprovider = \"google\"\nkey = \"{KEY}\"\n\
             service_account = {{ secret = \"A\" }}"
        );
        let back = parse(&back).unwrap();
        assert!(back.wrapping_kms().is_none() && back.kms.is_some(), "it still unwraps");
        assert!(parse("[crypto]\nwrap_with = \"kms\"").unwrap_err().contains("needs [crypto.kms]"));
    }

    #[test]
    fn only_google_is_asked() {
        for endpoint in [
            "https://cloudkms.europe-west3.rep.googleapis.com",
            "https://cloudkms-psc.p.googleapis.com/",
            "http://127.0.0.1:8790",
        ] {
            let crypto = kms(&format!("endpoint = \"{endpoint}\"")).unwrap();
            assert_eq!(crypto.kms.unwrap().endpoint, endpoint.trim_end_matches('/'));
        }
        for endpoint in [
            "http://cloudkms.googleapis.com",
            "https://googleapis.com",
            "https://cloudkms.googleapis.com.evil.example",
            "https://evilgoogleapis.com",
            "https://cloudkms.googleapis.com:8443",
            "https://cloudkms.googleapis.com/v2",
            "https://user@cloudkms.googleapis.com",
            "https://evil.example#.googleapis.com",
            "https://10.0.0.1",
        ] {
            for name in ["endpoint", "token_endpoint"] {
                let said = kms(&format!("{name} = \"{endpoint}\""));
                if name == "token_endpoint" && endpoint.ends_with("/v2") {
                    continue;
                }
                let told = said.unwrap_err();
                assert!(told.contains(&format!("crypto.kms.{name}: ")), "{endpoint}: {told}");
            }
        }
        for key in [format!("{KEY}/cryptoKeyVersions/1"), KEY.replace("p-1", "p/1"), KEY.replace("r_1", "")] {
            let told = kms(&format!("former_keys = [\"{key}\"]")).unwrap_err();
            assert!(told.contains("crypto.kms.former_keys: write the key's resource name"), "{told}");
        }
    }
}

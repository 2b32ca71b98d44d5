//! `[identity]`: the OpenID Provider that people sign in with, named by its issuer or by what its maker calls it.

use toml::Spanned;
use url::{Host, Url};

use super::raw::{self, Kind};
use super::{ConfigError, Reader};

/// The OpenID Provider (`[identity]`).
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its issuer identifier, exactly as it says it.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// The name of the secret that holds our client secret; [`None`] for a public client.
    pub client_secret: Option<String>,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// Whether its assertions of people toward clients (ID-JAG) are taken.
    pub id_jag: bool,
    /// How it says that an address is the person's.
    pub vouching: Vouching,
}

/// How a provider says in an ID token that an address belongs to the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Vouching {
    /// By `email_verified` (OpenID Connect Core §5.1).
    #[default]
    Verified,
    /// By `email_verified` for addresses that Google itself gives out, and for accounts of these Workspace domains
    /// (`hd`): anybody can make an account with any address that they once read mail at (Google, "OpenID Connect",
    /// "Obtain user information from the ID token").
    Google {
        /// The domains, lower-cased.
        hosted_domains: Vec<String>,
    },
    /// By `xms_edov` for accounts of this tenant: Entra has no `email_verified`, and `email` is what an administrator of
    /// any tenant wrote there (Microsoft, "Migrate away from using email claims for user identification or
    /// authorization").
    Entra {
        /// Its id, a GUID in lower case.
        tenant: String,
    },
}

const GOOGLE: &str = "https://accounts.google.com";

impl Reader<'_> {
    pub(super) fn identity(&self, raw: Spanned<raw::Identity>) -> Result<Identity, ConfigError> {
        let span = raw.span();
        let raw = raw.into_inner();
        let mut named = [
            raw.issuer.map(Kind::Issuer),
            raw.google.map(Kind::Google),
            raw.entra.map(Kind::Entra),
            raw.okta.map(Kind::Okta),
            raw.keycloak.map(Kind::Keycloak),
            raw.auth0.map(Kind::Auth0),
        ]
        .into_iter()
        .flatten();
        let (Some(kind), None) = (named.next(), named.next()) else {
            let problem =
                "name the provider once: by issuer, or by one of google, entra, okta, keycloak and auth0";
            return Err(self.error("identity", &Spanned::new(span, ()), problem));
        };
        let (issuer, vouching) = match kind {
            Kind::Issuer(issuer) => {
                let url = self.url("identity.issuer", &issuer)?;
                self.require_tls("identity.issuer", &issuer, &url)?;
                (issuer.into_inner(), Vouching::Verified)
            }
            Kind::Google(google) => {
                let key = "identity.google.hosted_domains";
                let names = google.hosted_domains.get_ref().iter();
                let names: Option<Vec<String>> = names.map(|name| host_name(name)).collect();
                let hosted_domains = names.filter(|names| !names.is_empty()).ok_or_else(|| {
                    self.error(
                        key,
                        &google.hosted_domains,
                        "write the domains of your Workspace, such as [\"example.com\"]",
                    )
                })?;
                (GOOGLE.to_owned(), Vouching::Google { hosted_domains })
            }
            Kind::Entra(entra) => {
                let tenant = entra.tenant.get_ref().to_ascii_lowercase();
                if !is_guid(&tenant) {
                    let problem = "write the id of your tenant (a GUID); \"common\" and other names let every tenant in";
                    return Err(self.error("identity.entra.tenant", &entra.tenant, problem));
                }
                let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
                (issuer, Vouching::Entra { tenant })
            }
            Kind::Okta(okta) => {
                let domain = self.domain("identity.okta.domain", &okta.domain, "acme.okta.com")?;
                let issuer = match okta.authorization_server {
                    None => format!("https://{domain}"),
                    Some(server) => format!(
                        "https://{domain}/oauth2/{}",
                        self.segment("identity.okta.authorization_server", &server)?
                    ),
                };
                (issuer, Vouching::Verified)
            }
            Kind::Keycloak(keycloak) => {
                let url = self.url("identity.keycloak.url", &keycloak.url)?;
                self.require_tls("identity.keycloak.url", &keycloak.url, &url)?;
                let realm = self.segment("identity.keycloak.realm", &keycloak.realm)?;
                let base = keycloak.url.get_ref().trim_end_matches('/');
                (format!("{base}/realms/{realm}"), Vouching::Verified)
            }
            Kind::Auth0(auth0) => {
                let domain = self.domain("identity.auth0.domain", &auth0.domain, "acme.eu.auth0.com")?;
                // Auth0's issuers end with a slash.
                (format!("https://{domain}/"), Vouching::Verified)
            }
        };
        if let Some(id_jag) =
            raw.id_jag.as_ref().filter(|id_jag| *id_jag.get_ref() && vouching != Vouching::Verified)
        {
            let problem = "this provider gives out no such assertions; leave it out";
            return Err(self.error("identity.id_jag", id_jag, problem));
        }
        let scopes = match raw.scopes {
            Some(scopes) if !scopes.get_ref().iter().any(|scope| scope == "openid") => {
                let problem = "add \"openid\": without it the provider signs nobody in (OpenID Connect Core 1.0 §3.1.2.1)";
                return Err(self.error("identity.scopes", &scopes, problem));
            }
            Some(scopes) => scopes.into_inner(),
            None => ["openid", "email", "profile"].map(str::to_owned).into(),
        };
        Ok(Identity {
            issuer,
            client_id: raw.client_id,
            client_secret: raw.client_secret.map(|secret| secret.secret),
            id_jag: raw.id_jag.is_some_and(Spanned::into_inner),
            scopes,
            vouching,
        })
    }

    fn domain(&self, key: &str, name: &Spanned<String>, such: &str) -> Result<String, ConfigError> {
        let problem = || format!("write the host name alone, such as {such:?}");
        host_name(name.get_ref()).ok_or_else(|| self.error(key, name, problem()))
    }

    /// One segment of a path, which is not escaped.
    fn segment<'a>(&self, key: &str, text: &'a Spanned<String>) -> Result<&'a str, ConfigError> {
        let plain = |symbol: char| symbol.is_ascii_alphanumeric() || "-_.".contains(symbol);
        let text_of = text.get_ref().as_str();
        match !text_of.is_empty() && !text_of.starts_with('.') && text_of.chars().all(plain) {
            true => Ok(text_of),
            false => Err(self.error(key, text, "write its name: letters, digits, -, _ and . only")),
        }
    }
}

/// A DNS name, lower-cased; [`None`] for anything that is more than one.
fn host_name(text: &str) -> Option<String> {
    let name = text.to_ascii_lowercase();
    let url = Url::parse(&format!("https://{name}/")).ok()?;
    let domain = matches!(url.host(), Some(Host::Domain(domain)) if domain == name);
    (domain && name.contains('.')).then_some(name)
}

fn is_guid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(hex)
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const TENANT: &str = "0A1B2C3D-0000-4000-8000-0123456789ab";

    fn read(provider: &str) -> Result<Identity, String> {
        let text = format!(
            "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\nclient_id = \"mcpgate\"\n{provider}\n"
        );
        Config::parse(&text).map(|config| config.identity).map_err(|error| error.to_string())
    }

    #[test]
    fn a_provider_is_known_by_its_makers_words() {
        for (provider, issuer) in [
            ("issuer = \"https://idp.example.com/x\"", "https://idp.example.com/x"),
            ("google = { hosted_domains = [\"Example.com\"] }", "https://accounts.google.com"),
            ("okta = { domain = \"acme.okta.com\" }", "https://acme.okta.com"),
            (
                "okta = { domain = \"acme.okta.com\", authorization_server = \"default\" }",
                "https://acme.okta.com/oauth2/default",
            ),
            (
                "keycloak = { url = \"https://sso.example.com\", realm = \"main\" }",
                "https://sso.example.com/realms/main",
            ),
            (
                "keycloak = { url = \"https://sso.example.com/auth/\", realm = \"main\" }",
                "https://sso.example.com/auth/realms/main",
            ),
            ("auth0 = { domain = \"acme.eu.auth0.com\" }", "https://acme.eu.auth0.com/"),
        ] {
            assert_eq!(read(provider).unwrap().issuer, issuer, "{provider}");
        }
        let entra = read(&format!("entra = {{ tenant = \"{TENANT}\" }}")).unwrap();
        let tenant = TENANT.to_ascii_lowercase();
        assert_eq!(entra.issuer, format!("https://login.microsoftonline.com/{tenant}/v2.0"));
        assert_eq!(entra.vouching, Vouching::Entra { tenant });
        let google = read("google = { hosted_domains = [\"Example.com\"] }").unwrap();
        assert_eq!(google.vouching, Vouching::Google { hosted_domains: vec!["example.com".to_owned()] });
    }

    #[test]
    fn what_would_let_others_in_is_refused() {
        for (provider, told) in [
            ("", "identity: name the provider once"),
            (
                "issuer = \"https://x.example\"\nauth0 = { domain = \"acme.eu.auth0.com\" }",
                "identity: name the provider once",
            ),
            ("entra = { tenant = \"common\" }", "line 5: identity.entra.tenant: write the id of your tenant"),
            ("entra = { tenant = \"organizations\" }", "identity.entra.tenant"),
            ("google = { hosted_domains = [] }", "line 5: identity.google.hosted_domains: write the domains"),
            ("google = { hosted_domains = [\"@example.com\"] }", "identity.google.hosted_domains"),
            (
                "okta = { domain = \"https://acme.okta.com\" }",
                "identity.okta.domain: write the host name alone",
            ),
            (
                "okta = { domain = \"acme.okta.com\", authorization_server = \"../x\" }",
                "identity.okta.authorization_server",
            ),
            (
                "keycloak = { url = \"http://sso.example.com\", realm = \"main\" }",
                "identity.keycloak.url: write https://",
            ),
            ("keycloak = { url = \"https://sso.example.com\", realm = \"a/b\" }", "identity.keycloak.realm"),
            ("auth0 = { domain = \"acme.eu.auth0.com/\" }", "identity.auth0.domain"),
            ("google = { hosted_domains = [\"example.com\"] }\nid_jag = true", "line 6: identity.id_jag"),
        ] {
            let refused = read(provider).unwrap_err();
            assert!(refused.contains(told), "{provider}: {refused}");
        }
    }
}

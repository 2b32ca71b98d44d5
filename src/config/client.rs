//! AI clients that are set up in the configuration.

use toml::Spanned;
use url::Url;

use super::{ConfigError, Reader, raw};
use crate::crypto::jwk::Jwk;
use crate::oauth::is_redirect_uri;

/// An AI client that is set up here (`[[client]]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// What people see; the id unless given.
    pub name: String,
    /// Where it may be redirected to.
    pub redirect_uris: Vec<String>,
    /// How it proves who it is.
    pub proof: ClientProof,
}

/// How a client proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientProof {
    /// Not at all: it is a public one.
    None,
    /// By a secret: the name of the one that holds it.
    Secret(String),
    /// By its key, one of these.
    Keys(Vec<Jwk>),
    /// By its key, one of those that are published there.
    KeysAt(Url),
}

impl Reader<'_> {
    pub(super) fn clients(&self, raw: Vec<raw::Client>) -> Result<Vec<Client>, ConfigError> {
        let mut clients: Vec<Client> = Vec::with_capacity(raw.len());
        for client in raw {
            let id = client.id.get_ref();
            if id.is_empty() || id.len() > 128 || !id.bytes().all(|c| c.is_ascii_graphic()) {
                return Err(self.error("client.id", &client.id, "write 1 to 128 visible ASCII characters"));
            }
            if id.starts_with("https://") {
                let problem = "leave this client out: its id is the address of its metadata document";
                return Err(self.error("client.id", &client.id, problem));
            }
            if clients.iter().any(|other| other.id == *id) {
                return Err(self.error("client.id", &client.id, "another client has this id already"));
            }
            if client.redirect_uris.is_empty() {
                return Err(self.error("client.redirect_uris", &client.id, "write at least one"));
            }
            for uri in &client.redirect_uris {
                is_redirect_uri(uri.get_ref())
                    .map_err(|problem| self.error("client.redirect_uris", uri, problem))?;
            }
            let proof = match (client.secret, client.jwks_uri, client.jwks) {
                (None, None, None) => ClientProof::None,
                (Some(secret), None, None) => ClientProof::Secret(secret.secret),
                (None, Some(uri), None) => {
                    let url = self.url("client.jwks_uri", &uri)?;
                    self.require_tls("client.jwks_uri", &uri, &url)?;
                    ClientProof::KeysAt(url)
                }
                (None, None, Some(set)) => {
                    let set = serde_json::to_value(set).unwrap_or_default();
                    let keys = set.get("keys").and_then(serde_json::Value::as_array).cloned();
                    let keys = Jwk::read_public(keys.unwrap_or_default()).filter(|keys| !keys.is_empty());
                    let problem =
                        "write a JWK set with public keys only, such as { keys = [{ kty = \"EC\", ... }] }";
                    ClientProof::Keys(keys.ok_or_else(|| self.error("client.jwks", &client.id, problem))?)
                }
                _ => {
                    let problem = "write one of secret, jwks_uri and jwks, or none for a public client";
                    return Err(self.error("client", &client.id, problem));
                }
            };
            clients.push(Client {
                name: client.name.unwrap_or_else(|| id.clone()),
                redirect_uris: client.redirect_uris.into_iter().map(Spanned::into_inner).collect(),
                proof,
                id: client.id.into_inner(),
            });
        }
        Ok(clients)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    const REST: &str = r#"
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
"#;

    fn read(client: &str) -> Result<Config, String> {
        Config::parse(&format!("{REST}[[client]]\n{client}\n")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_client_is_named_by_its_id_unless_it_has_a_name() {
        let config = read("id = \"c\"\nredirect_uris = [\"https://a.example/\"]").unwrap();
        assert_eq!(config.client("c").unwrap().name, "c");
        assert_eq!(config.client("C"), None);
    }

    #[test]
    fn mistakes_are_named() {
        for (client, problem) in [
            ("id = \"c d\"\nredirect_uris = [\"https://a.example/\"]", "client.id: write 1 to 128"),
            (
                "id = \"https://a.example/c\"\nredirect_uris = [\"https://a.example/\"]",
                "client.id: leave this client out",
            ),
            ("id = \"c\"\nredirect_uris = []", "client.redirect_uris: write at least one"),
            (
                "id = \"c\"\nredirect_uris = [\"http://a.example/\"]",
                "client.redirect_uris: a redirect URI with http",
            ),
            (
                "id = \"c\"\nredirect_uris = [\"https://a.example/\"]\njwks_uri = \"http://a.example/\"",
                "client.jwks_uri: write https",
            ),
            (
                "id = \"c\"\nredirect_uris = [\"https://a.example/\"]\njwks = { keys = [] }",
                "client.jwks: write a JWK set",
            ),
            (
                "id = \"c\"\nredirect_uris = [\"https://a.example/\"]\njwks = { keys = [{ kty = \"RSA\", n = \"AA\", e = \"AQAB\", d = \"AA\" }] }",
                "client.jwks: write a JWK set with public keys only",
            ),
            (
                "id = \"c\"\nredirect_uris = [\"https://a.example/\"]\nsecret = { secret = \"S\" }\njwks_uri = \"https://a.example/\"",
                "client: write one of secret, jwks_uri and jwks",
            ),
        ] {
            let told = read(client).unwrap_err();
            assert!(told.contains(problem), "{told}");
        }
        let twice = "id = \"c\"\nredirect_uris = [\"https://a.example/\"]";
        let told = read(&format!("{twice}\n[[client]]\n{twice}")).unwrap_err();
        assert!(told.contains("client.id: another client has this id already"), "{told}");
    }
}

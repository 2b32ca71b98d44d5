//! The file as it is written. Unknown keys are mistakes.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::throughput::Many;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) gateway: Gateway,
    pub(super) identity: Spanned<Identity>,
    #[serde(default)]
    pub(super) access: Access,
    #[serde(default)]
    pub(super) tokens: Tokens,
    #[serde(default)]
    pub(super) pii: Pii,
    #[serde(default)]
    pub(super) audit: Audit,
    #[serde(default)]
    pub(super) guard: Guards,
    #[serde(default)]
    pub(super) crypto: Crypto,
    #[serde(default)]
    pub(super) client: Vec<Client>,
    #[serde(default)]
    pub(super) service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gateway {
    pub(super) public_url: Spanned<String>,
    #[serde(default)]
    pub(super) allowed_origins: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Identity {
    pub(super) issuer: Option<Spanned<String>>,
    pub(super) google: Option<Google>,
    pub(super) entra: Option<Entra>,
    pub(super) okta: Option<Okta>,
    pub(super) keycloak: Option<Keycloak>,
    pub(super) auth0: Option<Auth0>,
    pub(super) client_id: String,
    pub(super) client_secret: Option<SecretName>,
    pub(super) scopes: Option<Spanned<Vec<String>>>,
    pub(super) id_jag: Option<Spanned<bool>>,
}

/// How the provider is named.
pub(super) enum Kind {
    Issuer(Spanned<String>),
    Google(Google),
    Entra(Entra),
    Okta(Okta),
    Keycloak(Keycloak),
    Auth0(Auth0),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Google {
    pub(super) hosted_domains: Spanned<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entra {
    pub(super) tenant: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Okta {
    pub(super) domain: Spanned<String>,
    pub(super) authorization_server: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keycloak {
    pub(super) url: Spanned<String>,
    pub(super) realm: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auth0 {
    pub(super) domain: Spanned<String>,
}

pub(super) struct SecretName {
    pub(super) secret: String,
}

/// By hand, so that no error shows a secret that somebody wrote down in the place of its name.
impl<'de> Deserialize<'de> for SecretName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Name {
            secret: String,
        }
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = SecretName;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("{ secret = \"NAME\" }")
            }

            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<SecretName, E> {
                Err(E::custom(
                    "write { secret = \"NAME\" } and store the value as a secret of that name; a value that stood here \
                     is known to whoever saw the file: replace it",
                ))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<SecretName, A::Error> {
                let Name { secret } = Name::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(SecretName { secret })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Access {
    pub(super) admins: Vec<Spanned<String>>,
    pub(super) auditors: Vec<Spanned<String>>,
    pub(super) admin_max_age: Option<Spanned<String>>,
    pub(super) domains: BTreeMap<Spanned<String>, Domain>,
    pub(super) guests: Vec<Guest>,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) quotas: Vec<Quota>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quota {
    pub(super) calls: Spanned<i64>,
    pub(super) per: Spanned<String>,
    pub(super) each: Option<Vec<super::Each>>,
    pub(super) roles: Option<Vec<Spanned<String>>>,
    pub(super) services: Option<Vec<Spanned<String>>>,
    pub(super) tools: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Domain {
    pub(super) role: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guest {
    pub(super) id: Spanned<String>,
    pub(super) role: Spanned<String>,
    pub(super) until: Spanned<toml::value::Datetime>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Role {
    pub(super) services: Vec<Spanned<String>>,
    pub(super) tools: BTreeMap<Spanned<String>, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    pub(super) id: Spanned<String>,
    pub(super) name: Option<String>,
    pub(super) redirect_uris: Vec<Spanned<String>>,
    pub(super) secret: Option<SecretName>,
    pub(super) jwks_uri: Option<Spanned<String>>,
    pub(super) jwks: Option<toml::Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tokens {
    pub(super) access: Option<Spanned<String>>,
    pub(super) refresh: Option<Spanned<String>>,
    pub(super) session: Option<Spanned<String>>,
    pub(super) sign_in: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Pii {
    pub(super) ttl: Option<Spanned<String>>,
    pub(super) allow: Vec<Spanned<String>>,
    pub(super) allow_any_case: Vec<Spanned<String>>,
    pub(super) pattern: Vec<Pattern>,
    pub(super) dictionary: Vec<Dictionary>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pattern {
    pub(super) name: String,
    pub(super) pattern: Spanned<String>,
    pub(super) kind: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dictionary {
    pub(super) name: String,
    pub(super) terms: Spanned<Vec<String>>,
    pub(super) kind: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) any_case: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Audit {
    pub(super) on_failure: super::OnFailure,
    pub(super) checkpoint_every: Option<Spanned<String>>,
    pub(super) retention: Option<Spanned<String>>,
    pub(super) publish: bool,
    pub(super) cases: Option<Vec<Spanned<String>>>,
    pub(super) sink: Vec<Sink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sink {
    pub(super) id: Spanned<String>,
    pub(super) kind: Spanned<super::SinkKind>,
    pub(super) url: Spanned<String>,
    pub(super) format: Option<Spanned<String>>,
    pub(super) token: Option<SecretName>,
    #[serde(default)]
    pub(super) headers: BTreeMap<Spanned<String>, SecretName>,
    pub(super) batch: Option<Spanned<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Guards {
    pub(super) modes: super::Modes,
    pub(super) confirm_in: super::ConfirmIn,
    pub(super) new_tools: crate::guard::pin::NewTools,
    pub(super) throughput: Throughput,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Throughput {
    pub(super) hold: bool,
    pub(super) webhook: Option<Spanned<String>>,
    pub(super) webhook_bearer: Option<Spanned<SecretName>>,
    pub(super) times: Option<Spanned<i64>>,
    pub(super) least_calls: Option<Spanned<Many>>,
    pub(super) least_bytes: Option<Spanned<Many>>,
    pub(super) least_records: Option<Spanned<Many>>,
    pub(super) most_calls_per_hour: Option<Spanned<Many>>,
    pub(super) most_calls_per_day: Option<Spanned<Many>>,
    pub(super) most_bytes_per_hour: Option<Spanned<Many>>,
    pub(super) most_bytes_per_day: Option<Spanned<Many>>,
    pub(super) most_records_per_hour: Option<Spanned<Many>>,
    pub(super) most_records_per_day: Option<Spanned<Many>>,
    pub(super) keep_hours: Option<Spanned<String>>,
    pub(super) keep_days: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Crypto {
    pub(super) wrap_with: Option<Spanned<super::WrapWith>>,
    pub(super) kms: Option<Kms>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kms {
    pub(super) provider: super::Provider,
    pub(super) key: Spanned<String>,
    #[serde(default)]
    pub(super) former_keys: Vec<Spanned<String>>,
    pub(super) service_account: SecretName,
    pub(super) endpoint: Option<Spanned<String>>,
    pub(super) token_endpoint: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub(super) id: Spanned<String>,
    pub(super) name: Option<String>,
    pub(super) mcp: Spanned<String>,
    pub(super) connector: Option<Spanned<String>>,
    pub(super) bearer: Option<Spanned<SecretName>>,
    #[serde(default)]
    pub(super) headers: BTreeMap<Spanned<String>, SecretName>,
    pub(super) oauth: Option<Spanned<ServiceOAuth>>,
    pub(super) timeout: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) methods: Vec<String>,
    #[serde(default)]
    pub(super) pii: ServicePii,
    #[serde(default)]
    pub(super) guard: Guard,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ServiceOAuth {
    pub(super) grant: super::GrantName,
    pub(super) issuer: Option<Spanned<String>>,
    pub(super) client_id: Option<Spanned<String>>,
    pub(super) client_secret: Option<Spanned<SecretName>>,
    pub(super) auth_method: Option<Spanned<super::ClientAuth>>,
    pub(super) scopes: Option<Spanned<Vec<String>>>,
    pub(super) resource: Option<Spanned<String>>,
    pub(super) subject: Option<Spanned<super::Subject>>,
    pub(super) audience: Option<Spanned<String>>,
    pub(super) requested_token_type: Option<Spanned<super::TokenType>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ServicePii {
    pub(super) keep: Vec<Spanned<String>>,
    pub(super) mask: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(super) block: Vec<Spanned<String>>,
    pub(super) allow: Vec<Spanned<String>>,
    pub(super) allow_any_case: Vec<Spanned<String>>,
    pub(super) binary: super::Binary,
    pub(super) rehydrate_from: Option<Vec<Spanned<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Guard {
    pub(super) max_result: Option<Spanned<String>>,
    pub(super) max_result_of: BTreeMap<String, Spanned<String>>,
    pub(super) confirm: Vec<String>,
    pub(super) trust: Vec<String>,
}

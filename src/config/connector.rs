//! What is known of services that many use: `connectors/*.toml`, one file each.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Reader};
use crate::pii::{Pointer, PointerError, Policy};

/// The files, by the names that configurations have for them.
const SHIPPED: [(&str, &str); 4] = [
    ("gmail", include_str!("../../connectors/gmail.toml")),
    ("google-calendar", include_str!("../../connectors/google-calendar.toml")),
    ("outlook-calendar", include_str!("../../connectors/outlook-calendar.toml")),
    ("outlook-mail", include_str!("../../connectors/outlook-mail.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pii: Pii,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pii {
    ids: Vec<String>,
}

/// What a connector says of its service's results.
#[derive(Default)]
pub(super) struct Connector {
    ids: Vec<Pointer>,
}

impl Reader<'_> {
    /// The connector of a service, which knows nothing when none is named.
    pub(super) fn connector(&self, name: Option<&Spanned<String>>) -> Result<Connector, ConfigError> {
        let Some(name) = name else { return Ok(Connector::default()) };
        let shipped = SHIPPED.iter().find(|(shipped, _)| shipped == name.get_ref());
        let (_, text) = shipped.ok_or_else(|| {
            let names: Vec<_> = SHIPPED.iter().map(|(name, _)| *name).collect();
            self.error("service.connector", name, format_args!("write one of {}", names.join(", ")))
        })?;
        Connector::read(text).map_err(|error| self.error("service.connector", name, error))
    }
}

impl Connector {
    fn read(text: &str) -> Result<Self, String> {
        let Pii { ids } = toml::from_str::<File>(text).map_err(|error| error.to_string())?.pii;
        let pointer = |text: &String| text.parse().map_err(|error: PointerError| format!("{text}: {error}"));
        Ok(Self { ids: ids.iter().map(pointer).collect::<Result<_, _>>()? })
    }

    /// Adds what it says to a policy, whose own words count first.
    pub(super) fn complete(self, policy: &mut Policy) {
        policy.ids = self.ids;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests;
    use super::{Connector, SHIPPED};
    use crate::pii::Policy;

    fn policy(service: &str) -> Result<Policy, String> {
        Ok(tests::with("", service)?.service("a").unwrap().pii.policy.clone())
    }

    #[test]
    fn each_is_read() {
        for (name, text) in SHIPPED {
            let Connector { ids } = Connector::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!ids.is_empty(), "{name}");
        }
        let error = policy("connector = \"outlook\"").unwrap_err();
        assert!(error.contains("line 11: service.connector: write one of gmail, google-calendar"), "{error}");
    }

    #[test]
    fn a_policy_has_what_its_connector_says() {
        assert!(policy("").unwrap().ids.is_empty());
        let policy = policy("connector = \"google-calendar\"\n[service.pii]\nkeep = [\"/a\"]").unwrap();
        assert_eq!((policy.ids.len(), policy.keep.len()), (6, 1));
    }
}

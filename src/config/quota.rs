//! How much people may do (`[[access.quotas]]`).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use wildmatch::WildMatch;

use super::{ConfigError, Reader, Role, Service, raw};

/// So many calls in a stretch of time, counted for each person, or however else it says.
#[derive(Clone, Debug)]
pub struct Quota {
    /// How many calls.
    pub calls: u32,
    /// In how long a time. Stretches begin at multiples of it since 1970, UTC: a day is a day there.
    pub per: Duration,
    /// What is counted apart; nothing: one count for everybody.
    pub each: Vec<Each>,
    /// Whose calls; [`None`] for everybody's.
    pub roles: Option<Vec<String>>,
    /// At which services; [`None`] for all.
    pub services: Option<Vec<String>>,
    /// Patterns of names of tools; [`None`] for all, and for what is no call of a tool.
    pub tools: Option<Vec<WildMatch>>,
}

/// What has a count of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// Each person.
    Person,
    /// Each service.
    Service,
    /// Each tool of each service, and each method that is no call of one.
    Tool,
}

impl Quota {
    /// What it says, in a text: another quota has another one.
    pub fn definition(&self) -> String {
        let patterns =
            self.tools.as_ref().map(|tools| tools.iter().map(ToString::to_string).collect::<Vec<_>>());
        let (calls, per) = (self.calls, self.per.as_millis());
        format!("{calls} {per} {:?} {:?} {:?} {patterns:?}", self.each, self.roles, self.services)
    }

    /// Whether a request counts here; it may be no call of a tool.
    pub fn covers(&self, role: &str, service: &str, tool: Option<&str>) -> bool {
        let names = |list: &Option<Vec<String>>, name: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|listed| listed == name))
        };
        let among = |tools: &Vec<WildMatch>| {
            tool.is_some_and(|tool| tools.iter().any(|pattern| pattern.matches(tool)))
        };
        let tools = || self.tools.as_ref().is_none_or(among);
        names(&self.roles, role) && names(&self.services, service) && tools()
    }
}

impl Reader<'_> {
    pub(super) fn quotas(
        &self,
        raw: Vec<raw::Quota>,
        roles: &BTreeMap<String, Role>,
        services: &[Rc<Service>],
    ) -> Result<Vec<Quota>, ConfigError> {
        let known = |list: Option<Vec<Spanned<String>>>, key: &str, what: &str, is: &dyn Fn(&str) -> bool| {
            let check = |name: Spanned<String>| match is(name.get_ref()) {
                true => Ok(name.into_inner()),
                false => Err(self.error(key, &name, format!("there is no {what} {:?}", name.get_ref()))),
            };
            list.map(|list| list.into_iter().map(check).collect::<Result<Vec<_>, _>>()).transpose()
        };
        let mut quotas = Vec::with_capacity(raw.len());
        for quota in raw {
            let calls = u32::try_from(*quota.calls.get_ref()).ok().filter(|calls| *calls > 0);
            let problem = "write how many calls, such as 200; where there are to be none, leave the tool out of the role";
            let mut each = quota.each.unwrap_or_else(|| vec![Each::Person]);
            each.sort_unstable();
            each.dedup();
            quotas.push(Quota {
                calls: calls.ok_or_else(|| self.error("access.quotas.calls", &quota.calls, problem))?,
                per: self.duration("access.quotas.per", Some(quota.per), "1h", "1m", "30d")?,
                each,
                roles: known(quota.roles, "access.quotas.roles", "role", &|name| roles.contains_key(name))?,
                services: known(
                    quota.services,
                    "access.quotas.services",
                    "[[service]] with the id",
                    &|id| services.iter().any(|service| service.id == id),
                )?,
                tools: quota.tools.map(|tools| tools.iter().map(|tool| WildMatch::new(tool)).collect()),
            });
        }
        Ok(quotas)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::super::tests::SMALL;

    fn with(quota: &str) -> String {
        format!("{SMALL}\n[[access.quotas]]\n{quota}\n")
    }

    #[test]
    fn covers_what_it_names() {
        let text = with("calls = 3\nper = \"1h\"\nroles = [\"internal\"]\ntools = [\"create_*\"]");
        let quota = &Config::parse(&text).unwrap().access.quotas[0];
        assert!(quota.covers("internal", "demo", Some("create_issue")));
        assert!(!quota.covers("external", "demo", Some("create_issue")));
        assert!(!quota.covers("internal", "demo", Some("get_issue")));
        assert!(!quota.covers("internal", "demo", None));
        let text = with("calls = 3\nper = \"1h\"");
        let quota = &Config::parse(&text).unwrap().access.quotas[0];
        assert!(
            quota.covers("internal", "demo", Some("get_issue")) && quota.covers("internal", "demo", None)
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (quota, problem) in [
            ("calls = 0\nper = \"1h\"", "access.quotas.calls"),
            ("calls = 5000000000\nper = \"1h\"", "access.quotas.calls"),
            ("calls = 1\nper = \"1s\"", "access.quotas.per"),
            ("calls = 1\nper = \"1h\"\nroles = [\"staff\"]", "there is no role \"staff\""),
            ("calls = 1\nper = \"1h\"\nservices = [\"x\"]", "there is no [[service]] with the id \"x\""),
            ("calls = 1\nper = \"1h\"\neach = [\"day\"]", "day"),
        ] {
            let error = Config::parse(&with(quota)).unwrap_err().to_string();
            assert!(error.contains(problem), "{quota}: {error}");
        }
    }
}

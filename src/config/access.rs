//! Who may use what (`[access]`).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use time::macros::format_description;
use time::{Date, OffsetDateTime};
use toml::Spanned;
use wildmatch::WildMatch;

use super::{ConfigError, Quota, Reader, Service, raw};
use crate::access::{Address, ascii_domain};
use crate::host::Timestamp;

/// Who may use what (`[access]`). What is not allowed here is denied.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// E-mail addresses, lower-cased.
    pub admins: Vec<String>,
    /// E-mail addresses, lower-cased, of those who may learn who somebody on record is.
    pub auditors: Vec<String>,
    /// How long ago an administrator may have proven who they are.
    pub admin_max_age: Duration,
    /// E-mail domain, lower-cased -> role.
    pub domains: BTreeMap<String, String>,
    /// People from elsewhere.
    pub guests: Vec<Guest>,
    /// Role -> what it may use.
    pub roles: BTreeMap<String, Role>,
    /// How much of it.
    pub quotas: Vec<Quota>,
}

/// A person whose domain is not allowed, let in by name until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// `hmac:` and the keyed hash of the e-mail address; no address is kept.
    pub id: String,
    /// What they may use.
    pub role: String,
    /// The first moment at which they may no longer enter.
    pub until: Timestamp,
}

/// What people of a role may use.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// Service ids.
    pub services: Vec<String>,
    /// Service id -> patterns of tool names; a service without an entry offers all of its tools.
    pub tools: BTreeMap<String, Vec<WildMatch>>,
}

impl Role {
    /// Whether this role may call a tool of a service.
    pub fn allows(&self, service: &str, tool: &str) -> bool {
        self.allows_service(service)
            && self
                .tools
                .get(service)
                .is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(tool)))
    }

    /// Whether this role may use a service at all.
    pub fn allows_service(&self, service: &str) -> bool {
        self.services.iter().any(|allowed| allowed == service)
    }
}

impl Reader<'_> {
    pub(super) fn access(&self, raw: raw::Access, services: &[Rc<Service>]) -> Result<Access, ConfigError> {
        let mut roles = BTreeMap::new();
        for (name, role) in raw.roles {
            let known = |id: &Spanned<String>, key: &str| {
                if services.iter().any(|service| service.id == *id.get_ref()) {
                    return Ok(id.get_ref().clone());
                }
                let problem = format!("there is no [[service]] with the id {:?}", id.get_ref());
                Err(self.error(&format!("access.roles.{name}.{key}"), id, problem))
            };
            let allowed =
                role.services.iter().map(|id| known(id, "services")).collect::<Result<Vec<_>, _>>()?;
            let mut tools = BTreeMap::new();
            for (id, patterns) in role.tools {
                tools.insert(
                    known(&id, "tools")?,
                    patterns.iter().map(|pattern| WildMatch::new(pattern)).collect(),
                );
            }
            roles.insert(name, Role { services: allowed, tools });
        }
        let role = |role: Spanned<String>, key: &str| {
            if roles.contains_key(role.get_ref()) {
                return Ok(role.into_inner());
            }
            let problem = format!("there is no [access.roles.{}]", role.get_ref());
            Err(self.error(key, &role, problem))
        };
        let mut domains = BTreeMap::new();
        for (name, domain) in raw.domains {
            let key = format!("access.domains.{}", name.get_ref());
            let Some(known) = ascii_domain(name.get_ref()) else {
                let problem = "write what stands after the @ in people's addresses, such as \"example.com\"";
                return Err(self.error(&key, &name, problem));
            };
            if domains.insert(known, role(domain.role, &format!("{key}.role"))?).is_some() {
                return Err(self.error(&key, &name, "this domain has a role already"));
            }
        }
        let mut guests = Vec::new();
        for guest in raw.guests {
            let id = guest.id.get_ref();
            if id.strip_prefix("hmac:").is_none_or(|hash| hash.len() != 43) {
                let problem = "write the keyed hash that `mcpgate guest add` writes, not an address";
                return Err(self.error("access.guests.id", &guest.id, problem));
            }
            if guests.iter().any(|known: &Guest| known.id == *id) {
                return Err(self.error(
                    "access.guests.id",
                    &guest.id,
                    "this guest has an entry already; leave one",
                ));
            }
            guests.push(Guest {
                id: id.clone(),
                until: self.end_of_day("access.guests.until", &guest.until)?,
                role: role(guest.role, "access.guests.role")?,
            });
        }
        let admins = self.addresses("access.admins", &raw.admins)?;
        let auditors = self.addresses("access.auditors", &raw.auditors)?;
        let admin_max_age = self.duration("access.admin_max_age", raw.admin_max_age, "15m", "5m", "12h")?;
        let quotas = self.quotas(raw.quotas, &roles, services)?;
        Ok(Access { admins, auditors, admin_max_age, domains, guests, roles, quotas })
    }

    fn addresses(&self, key: &str, values: &[Spanned<String>]) -> Result<Vec<String>, ConfigError> {
        let address = |value: &Spanned<String>| {
            let problem = "write e-mail addresses, such as [\"ops@example.com\"]";
            let address = Address::parse(value.get_ref()).map(|address| address.text());
            address.ok_or_else(|| self.error(key, value, problem))
        };
        values.iter().map(address).collect()
    }

    fn end_of_day(
        &self,
        key: &str,
        value: &Spanned<toml::value::Datetime>,
    ) -> Result<Timestamp, ConfigError> {
        let format = format_description!("[year]-[month]-[day]");
        let day = value.get_ref().date.map(|date| date.to_string());
        let next = day.and_then(|day| Date::parse(&day, format).ok()).and_then(Date::next_day);
        next.map(|day| Timestamp(OffsetDateTime::new_utc(day, time::Time::MIDNIGHT).unix_timestamp() * 1000))
            .ok_or_else(|| self.error(key, value, "write a day without quotes, such as 2026-12-31"))
    }
}

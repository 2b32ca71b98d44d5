//! Services that were taken out of the configuration: what is left of them is deleted, and people's accounts there are
//! revoked, a little at a time.
//!
//! Not at once: a service that is gone by mistake, or for a test, is back with the version before, and nobody should have
//! to connect their account again for that. What was where is read in the last version that named it.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{join_all, select};

use crate::audit::{self, Action, Event};
use crate::config::{Config, Service};
use crate::context::Context;
use crate::host::{Host, PortError, Timestamp};
use crate::service::{Party, own_facts, vault};
use crate::store::config::{Past, past};
use crate::store::{departed, person};

/// For how long a service has to be gone.
const GRACE: Duration = Duration::from_secs(7 * 86_400);
/// How many services, and how many people of each, at a time; how long revoking may take.
const SERVICES: usize = 5;
const PEOPLE: i64 = 20;
const FAREWELL: Duration = Duration::from_secs(10);
/// How many versions of the configuration are looked at.
const VERSIONS: i64 = 100;

/// Goes on with it, if there is anything to do.
pub(super) async fn run<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let host = &context.host;
    let services = &context.setup.config.services;
    let configured: Vec<&str> = services.iter().map(|service| service.id.as_str()).collect();
    let gone = departed::services(host, &configured).await?;
    if gone.is_empty() {
        return Ok(());
    }
    let (versions, since) = (past(host, VERSIONS).await?, host.now().before(GRACE));
    let long = gone.into_iter().filter_map(|id| match departed(&versions, &id, since) {
        Departed::Long(service) => Some((id, service)),
        Departed::Lately => None,
    });
    for (id, service) in long.take(SERVICES) {
        let people = departed::people(host, &id, PEOPLE).await?;
        if let Some(service) = service {
            let revoked = join_all(people.iter().map(|person| disconnect(context, &service, person)));
            // A server that does not answer keeps nothing from being deleted here.
            select(pin!(revoked), pin!(host.sleep(FAREWELL))).await;
        }
        departed::forget_people(host, &id, &people).await?;
        if people.len() < PEOPLE as usize {
            departed::forget(host, &id).await?;
        }
    }
    Ok(())
}

/// Services that are not configured any more, as they were in the last version that named them; those that cannot be read
/// any more are left out.
pub(super) async fn last_known<H: Host>(
    context: &Context<H>,
    ids: &[String],
) -> Result<Vec<Rc<Service>>, PortError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let versions = past(&context.host, VERSIONS).await?;
    Ok(ids.iter().filter_map(|id| last_version(&versions, id)?.service(id).cloned()).collect())
}

/// The newest version that names a service, if it is still valid.
fn last_version(versions: &[Past], id: &str) -> Option<Config> {
    let version = versions.iter().find(|version| names(&version.toml, id))?;
    Config::parse(&version.toml).ok()
}

/// What is known of a service that is not configured.
enum Departed {
    /// It was, lately.
    Lately,
    /// It has not been for long. As it was then, if that can still be read.
    Long(Option<Rc<Service>>),
}

/// Looks for a service in versions of the configuration, newest first; each ran until the next was stored.
fn departed(versions: &[Past], id: &str, since: Timestamp) -> Departed {
    let mut ended: Option<Timestamp> = None;
    for version in versions {
        if names(&version.toml, id) {
            return match ended {
                Some(ended) if ended <= since => {
                    Departed::Long(last_version(versions, id).and_then(|config| config.service(id).cloned()))
                }
                _ => Departed::Lately,
            };
        }
        ended = Some(version.created_at);
    }
    // Where there are more versions than are looked at, those must reach back far enough.
    match ended {
        Some(ended) if ended > since && versions.len() == VERSIONS as usize => Departed::Lately,
        _ => Departed::Long(None),
    }
}

/// Whether a text has a service of this id, also one that is not valid any more.
fn names(toml: &str, id: &str) -> bool {
    let table = toml.parse::<toml::Table>().unwrap_or_default();
    let services = table.get("service").and_then(toml::Value::as_array);
    let named = |service: &toml::Value| service.get("id").and_then(toml::Value::as_str) == Some(id);
    services.is_some_and(|services| services.iter().any(named))
}

async fn disconnect<H: Host>(context: &Context<H>, service: &Rc<Service>, id: &str) {
    // With a key that is gone or cannot be unwrapped any more there is nothing that could be revoked.
    let Ok(Some(key)) = person::data_key(context, id).await else { return };
    let party = Party {
        context: context.clone(),
        service: Rc::clone(service),
        person: id.to_owned(),
        key,
        facts: Rc::new(own_facts()),
    };
    if let Ok(true) = vault::disconnect(&party).await
        && let Ok(event) = Event::new(&context.host, Action::ServiceDisconnected)
    {
        // Ending must work even when it cannot be put on record; the log says so then.
        let _ = audit::record(context, event.person(id).service(&service.id)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITH: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\nissuer = \
                        \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n[[service]]\nid = \"crm\"\n\
                        mcp = \"https://crm.example.com/mcp\"\n";

    fn word(versions: &[(&str, i64)], since: i64) -> &'static str {
        let versions: Vec<Past> = versions
            .iter()
            .map(|(toml, at)| Past { toml: (*toml).to_owned(), created_at: Timestamp(*at) })
            .collect();
        match departed(&versions, "crm", Timestamp(since)) {
            Departed::Lately => "lately",
            Departed::Long(Some(_)) => "long",
            Departed::Long(None) => "unknown",
        }
    }

    #[test]
    fn a_service_is_gone_since_the_version_that_lacks_it_was_stored() {
        assert_eq!(word(&[("", 50), (WITH, 10)], 60), "long");
        assert_eq!(word(&[("", 50), (WITH, 10)], 50), "long");
        assert_eq!(word(&[("", 50), (WITH, 10)], 49), "lately");
        assert_eq!(word(&[("", 70), ("", 50), (WITH, 10)], 60), "long", "a later version changes nothing");
        assert_eq!(word(&[(WITH, 10)], 60), "lately", "an older version runs than the newest");
        assert_eq!(word(&[("", 50), ("[[service]]\nid = \"crm\"", 10)], 60), "unknown");
        assert_eq!(word(&[("", 50), ("id = \"crm\"", 10)], 60), "unknown");
        let many = vec![("", 70); VERSIONS as usize];
        assert_eq!(word(&many, 60), "lately", "it may be in one that is not looked at");
    }
}

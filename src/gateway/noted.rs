//! What changes outside of the gateway's requests gets on record, too: the configuration that is in effect, and keys.

use crate::audit::{Action, Event};
use crate::context::Context;
use crate::crypto::{HashKey, Ring};
use crate::host::{Host, PortError};
use crate::store::noted;

/// How many versions of the configuration are recorded at a time.
const VERSIONS: i64 = 100;

/// Records each change since the last time.
pub(super) async fn run<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let (host, setup) = (&context.host, &context.setup);
    configuration(host, &setup.keys.hash, VERSIONS).await?;
    let known = noted::all(host).await?;
    let before = |what: &str| known.iter().find(|(noted, _)| noted == what).map(|(_, value)| value.as_str());
    for (ring, action) in [
        (Ring::Signing, Action::SigningKeysChanged),
        (Ring::Sealing, Action::SealingKeysChanged),
        (Ring::Audit, Action::AuditKeysChanged),
    ] {
        let (what, ids) = (ring.name(), setup.keys.ids(ring));
        let value = setup.keys.hash.id("keys", &[what, &ids]);
        if before(what) == Some(&*value) {
            continue;
        }
        // Keys that were there before anybody looked did not change.
        let event = before(what).map(|_| Event::new(host, action)).transpose()?;
        noted::note(host, what, before(what), &value, event.as_ref()).await?;
    }
    Ok(())
}

/// Records each version of the configuration that is not on record yet, the oldest first and at most so many; also one
/// that another has followed meanwhile. Whoever notes a version first records it, so that it is on record once.
pub(super) async fn configuration<H: Host>(host: &H, key: &HashKey, most: i64) -> Result<(), PortError> {
    let (mut last, versions) = noted::versions(host, most).await?;
    for version in versions {
        let event = Event::new(host, Action::ConfigurationChanged)?
            .version(version.version)
            .about_configuration(&version.toml, key);
        let value = version.version.to_string();
        noted::note(host, "configuration", last.as_deref(), &value, Some(&event)).await?;
        last = Some(value);
    }
    Ok(())
}

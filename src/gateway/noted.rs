//! What changes outside of the gateway's requests gets on record, too: the configuration that is in effect, and keys.

use crate::audit::{Action, Event};
use crate::context::Context;
use crate::crypto::Ring;
use crate::host::{Host, PortError};
use crate::store::noted;

/// Records each change since the last time.
pub(super) async fn run<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let (host, setup) = (&context.host, &context.setup);
    let known = noted::all(host).await?;
    let before = |what: &str| known.iter().find(|(noted, _)| noted == what).map(|(_, value)| value.as_str());
    // Each version that may have been in effect, also one that another has followed meanwhile.
    let mut last: Option<String> = before("configuration").map(str::to_owned);
    let from = last.as_deref().and_then(|last| last.parse::<i64>().ok()).unwrap_or_default();
    for version in noted::versions(host, from).await? {
        let event = Event::new(host, Action::ConfigurationChanged)?.version(version);
        let value = version.to_string();
        noted::note(host, "configuration", last.as_deref(), &value, Some(&event)).await?;
        last = Some(value);
    }
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

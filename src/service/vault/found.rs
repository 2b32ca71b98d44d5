//! What was found out about a service's authorization server, remembered for a while: here and in the cache.
//!
//! What is read from the cache is checked again, as if the server had just said it. Whatever fails with what is
//! remembered forgets it: then the service is asked anew.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::VaultError;
use super::discovery::{Discovered, discover};
use crate::config::Service;
use crate::context::Context;
use crate::host::{Host, Timestamp};

/// For how long. A service that moves to another server is noticed then.
const AGE: Duration = Duration::from_secs(600);

#[derive(Serialize, Deserialize)]
struct Known {
    at: Timestamp,
    what: Discovered,
}

/// Who gives tokens for a service: from memory, from the cache, or by asking.
pub(super) async fn found<H: Host>(
    context: &Context<H>,
    service: &Service,
) -> Result<Discovered, VaultError> {
    let (key, now) = (key(context, service), context.host.now());
    let memory = &context.host.isolate().discoveries;
    let fresh = |text: &str| {
        let known = serde_json::from_str::<Known>(text).ok();
        let known = known.filter(|known| known.at <= now && known.at.after(AGE) > now);
        known.map(|known| known.what).filter(|what| what.is_for(service))
    };
    if let Some(what) = memory.recall(&key, now, AGE).as_deref().and_then(fresh) {
        return Ok(what);
    }
    // The cache may fail or hold something old: then the service is asked.
    let cached = context.host.cache_get(&key).await.ok().flatten();
    if let Some((text, what)) = cached.and_then(|text| fresh(&text).map(|what| (text, what))) {
        memory.keep(key, now, text);
        return Ok(what);
    }
    anew(context, service).await
}

/// The same by asking, whatever is remembered: a person who connects an account, perhaps because the old one ended, is
/// led to the server that the service names now.
pub(super) async fn anew<H: Host>(context: &Context<H>, service: &Service) -> Result<Discovered, VaultError> {
    let (key, now) = (key(context, service), context.host.now());
    let known = Known { at: now, what: discover(context, service).await? };
    if let Ok(text) = serde_json::to_string(&known) {
        let _ = context.host.cache_put(&key, &text, AGE).await;
        context.host.isolate().discoveries.keep(key, now, text);
    }
    Ok(known.what)
}

/// Forgets it: something failed with it.
pub(super) async fn forget<H: Host>(context: &Context<H>, service: &Service) {
    let key = key(context, service);
    context.host.isolate().discoveries.forget(&key);
    // The cache may go on saying it for as long as it may be old.
    let _ = context.host.cache_delete(&key).await;
}

/// Another for each configuration of the service.
fn key<H: Host>(context: &Context<H>, service: &Service) -> String {
    let oauth = serde_json::to_string(&service.credentials.oauth).unwrap_or_default();
    format!("discovery:{}", context.setup.keys.hash.id("discovery", &[service.mcp.as_str(), &oauth]))
}

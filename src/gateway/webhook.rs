//! The webhook of `[guard.throughput]`: told of each alert by the maintenance, again and again until it answers well.
//!
//! What it reads holds keyed hashes, names of the configuration and numbers, and nothing else.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use serde_json::json;

use crate::config::Webhook;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};
use crate::outbound::{SMALL, fetch_all};
use crate::store::Due;
use crate::store::throughput::{self as store, Told};

/// How soon an alert that could not be told is told again the first time, how long the time grows to, and after how many
/// times it is given up: within some two days.
const FIRST: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(6 * 3600);
const TRIES: i64 = 14;

/// How much of an answer is read.
const MOST: usize = 64 * 1024;

/// Tells what is to be told.
pub(super) async fn run<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let Some(webhook) = &context.setup.config.throughput.webhook else { return Ok(()) };
    let (host, now) = (&context.host, context.host.now());
    // Clocks of two hosts may be some minutes apart.
    let latest = now.after(LONGEST).after(FIRST);
    let due = store::to_tell(host, Due { now, latest }, now.after(FIRST)).await?;
    let told = due.iter().map(|told| async move { (told, tell(context, webhook, told).await) });
    for (told, sent) in join_all(told).await {
        let again = match sent {
            true => None,
            false if told.tries >= TRIES => {
                host.log(LogLine::new(Level::Error, "webhook_given_up").id("alert", &told.id));
                None
            }
            false => Some(now.after(pause(told.tries))),
        };
        store::tell_again(host, &told.id, again).await?;
    }
    Ok(())
}

/// How long to wait after so many times.
fn pause(tries: i64) -> Duration {
    let doubled = u32::try_from(tries - 1).unwrap_or_default().min(16);
    (FIRST * 2u32.saturating_pow(doubled)).min(LONGEST)
}

/// Whether it took it.
async fn tell<H: Host>(context: &Context<H>, webhook: &Webhook, told: &Told) -> bool {
    let host = &context.host;
    let failed = || LogLine::new(Level::Warn, "webhook_failed").id("alert", &told.id);
    let unusual = &told.unusual;
    let body = json!({
        "id": told.id,
        "action": "throughput_alerted",
        "at": told.at.0,
        "person": told.person,
        "role": told.role,
        "what": unusual.what,
        "per": unusual.per,
        "since": unusual.since,
        "amount": unusual.amount,
        "usual": unusual.usual,
        "limit": unusual.limit,
        "hold": told.hold,
    });
    let mut request = Request::post(webhook.url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("mcpgate/", env!("CARGO_PKG_VERSION")));
    if let Some(name) = &webhook.bearer {
        let secret = host.secret(name).await.ok().flatten();
        let value =
            secret.and_then(|secret| HeaderValue::try_from(format!("Bearer {}", secret.expose())).ok());
        let Some(mut value) = value else {
            host.log(failed().word("missing", "secret"));
            return false;
        };
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    let Ok(request) = request.body(Bytes::from(body.to_string())) else { return false };
    match fetch_all(host, request, SMALL, MOST).await {
        Ok(answer) if answer.status().is_success() => true,
        Ok(_) => {
            host.log(failed().word("error", "refused"));
            false
        }
        Err(error) => {
            host.log(failed().fetch(&error));
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_six_hours_and_end_within_days() {
        assert_eq!((pause(1), pause(2), pause(40)), (FIRST, FIRST * 2, LONGEST));
        let all: Duration = (1..TRIES).map(pause).sum();
        assert!(all > Duration::from_secs(36 * 3600) && all < Duration::from_secs(72 * 3600), "{all:?}");
    }
}

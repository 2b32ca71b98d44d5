//! Old keys become superfluous: what they sealed for long is sealed anew, a little at a time.
//!
//! What lives for minutes only (sign-ins and connections under way) is left to expire; session ids and event ids that
//! clients hold are made anew by them.

use crate::context::Context;
use crate::crypto::envelope;
use crate::host::{Host, Level, LogLine, PortError};
use crate::store::{person, pin, service_client};

/// How many rows of a table at a time, and how many where a key service is asked for each.
const MOST: i64 = 500;
const MOST_ASKED: i64 = 25;

/// Goes on with it, if there is anything to do.
pub(super) async fn run<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let (mark, older) = (envelope::mark(context), envelope::older_marks(context));
    if older.is_empty() {
        return Ok(());
    }
    let asked = context.setup.config.crypto.kms.is_some();
    let people = person::rewrap(context, &older, if asked { MOST_ASKED } else { MOST }).await?;
    let clients = service_client::seal_anew(context, MOST).await?;
    let pins = pin::seal_anew(context, MOST).await?;
    let ring = context.setup.keys.sealing.marks().into_iter().next().unwrap_or_default();
    let left = person::wrapped_otherwise(&context.host, &mark).await?
        + service_client::sealed_otherwise(&context.host, &ring).await?
        + pin::sealed_otherwise(&context.host, &ring).await?;
    let (done, failed) = (people.done + clients.0 + pins.0, people.failed + clients.1 + pins.1);
    if done + failed + left > 0 {
        let line = LogLine::new(Level::Info, "keys_rewrapped").id("by", &mark);
        context.host.log(line.number("done", done).number("failed", failed).number("left", left));
    }
    Ok(())
}

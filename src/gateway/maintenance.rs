//! What is done every few minutes: expired rows are deleted, spooled audit events move on.

use crate::audit;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};
use crate::store::{client, code, confirmation, login, mapping, refresh, session};

/// Both tasks run whether or not the other works; what fails is logged and tried again next time.
pub(super) async fn run<H: Host>(context: &Context<H>) {
    let host = &context.host;
    let now = host.now();
    let flushed = audit::flush_outbox(context).await.map(drop);
    let purged = host
        .batch(vec![
            mapping::purge(now),
            confirmation::purge(now),
            client::purge(now),
            code::purge(now),
            refresh::purge(now),
            session::purge(now),
            login::purge(now),
        ])
        .await
        .map(drop);
    let failed = |task, error: PortError| {
        host.log(LogLine::new(Level::Error, "maintenance_failed").word("task", task).port(&error));
    };
    flushed.unwrap_or_else(|error| failed("audit_outbox", error));
    purged.unwrap_or_else(|error| failed("purge", error));
}

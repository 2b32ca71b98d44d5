//! What is done once a minute: expired rows are deleted, spooled audit events move on.

use crate::audit;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};
use crate::store::{client, code, confirmation, login, mapping, refresh, session};

/// Each task runs whether or not the others work; what fails is logged and tried again next time.
pub(super) async fn run<H: Host>(context: &Context<H>) {
    let host = &context.host;
    let now = host.now();
    let done: [(&'static str, Result<(), PortError>); 8] = [
        ("audit_outbox", audit::flush_outbox(context).await.map(|_| ())),
        ("pii_mapping", mapping::purge(host, now).await),
        ("confirmation", confirmation::purge(host, now).await),
        ("oauth_client", client::purge(host, now).await),
        ("oauth_code", code::purge(host, now).await),
        ("refresh_token", refresh::purge(host, now).await),
        ("session", session::purge(host, now).await),
        ("login", login::purge(host, now).await),
    ];
    for (task, result) in done {
        if let Err(error) = result {
            host.log(LogLine::new(Level::Error, "maintenance_failed").word("task", task).port(&error));
        }
    }
}

//! What is done every few minutes: expired rows are deleted, spooled audit events move on, sessions that nobody uses
//! are ended at their services, what older keys sealed is sealed anew, what is left of removed services goes, audit records go to their sinks.

use super::{departed, rewrap};
use crate::audit;
use crate::config::Subject;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};
use crate::service;
use crate::store::{
    admin_token, assertion, client, client_session, code, confirmation, connecting, connection, consent,
    identity_token, login, mapping, question, quota, refresh, service_client, service_task, service_tools,
    session,
};

/// Each task runs whether or not the others work; what fails is logged and tried again next time.
pub(super) async fn run<H: Host>(context: &Context<H>) {
    let host = &context.host;
    let now = host.now();
    let config = &context.setup.config;
    let exchanged: Vec<&str> = config
        .services
        .iter()
        .filter(|service| service.credentials.are_personal() && !service.credentials.are_connected())
        .map(|service| service.id.as_str())
        .collect();
    let signed_in = config.exchanges(Subject::IdToken) || config.exchanges(Subject::AccessToken);
    let flushed = audit::flush_outbox(context).await.map(drop);
    let purged = host
        .batch(vec![
            mapping::purge(now),
            confirmation::purge(now),
            admin_token::purge(now),
            assertion::purge(now),
            client::purge(now),
            code::purge(now),
            consent::purge(now),
            refresh::purge(now),
            session::purge(now),
            login::purge(now),
            client_session::purge(now),
            question::purge(now),
            quota::purge(now),
            connecting::purge(now),
            connection::purge_exchanged(now, &exchanged),
            identity_token::purge(now, signed_in),
            service_client::purge(now),
            service_tools::purge(now),
            service_task::purge(now),
        ])
        .await
        .map(drop);
    let ended = service::end_expired(context).await;
    let rewrapped = rewrap::run(context).await;
    let departed = departed::run(context).await;
    let delivered = audit::deliver(context).await;
    let failed = |task, error: PortError| {
        host.log(LogLine::new(Level::Error, "maintenance_failed").word("task", task).port(&error));
    };
    flushed.unwrap_or_else(|error| failed("audit_outbox", error));
    purged.unwrap_or_else(|error| failed("purge", error));
    ended.unwrap_or_else(|error| failed("sessions", error));
    rewrapped.unwrap_or_else(|error| failed("keys", error));
    departed.unwrap_or_else(|error| failed("departed", error));
    delivered.unwrap_or_else(|error| failed("deliveries", error));
}

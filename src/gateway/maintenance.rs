//! What is done every few minutes: expired rows are deleted, spooled audit events move on, sessions that nobody uses
//! are ended at their services, what is usual is found out and alerts are told, what older keys sealed is sealed anew,
//! what is left of removed services goes; the audit chain is signed, sent to its sinks, and shortened to what is to be kept.

use super::{checkpoint, departed, noted, rewrap, webhook};
use crate::audit;
use crate::config::Subject;
use crate::context::Context;
use crate::host::{Host, Level, LogLine, PortError};
use crate::service;
use crate::store::{
    admin_token, assertion, client, client_session, code, confirmation, connecting, connection, consent,
    hold, identity_token, login, mapping, question, quota, refresh, service_client, service_task,
    service_tools, session, throughput,
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
    let noted = noted::run(context).await;
    let flushed = audit::flush_outbox(context).await.map(drop);
    let signed = checkpoint::sign(context).await;
    let pruned = checkpoint::prune(context).await;
    let mut purges = vec![
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
        hold::purge(now.before(config.throughput.keep_days)),
    ];
    let kept = &config.throughput;
    purges.extend(throughput::purge(now.before(kept.keep_hours), now.before(kept.keep_days)));
    let purged = host.batch(purges).await.map(drop);
    let learnt = audit::learn_roles(context).await;
    let told = webhook::run(context).await;
    let ended = service::end_expired(context).await;
    let rewrapped = rewrap::run(context).await;
    let departed = departed::run(context).await;
    let delivered = audit::deliver(context).await;
    let failed = |task, error: PortError| {
        host.log(LogLine::new(Level::Error, "maintenance_failed").word("task", task).port(&error));
    };
    noted.unwrap_or_else(|error| failed("noted", error));
    flushed.unwrap_or_else(|error| failed("audit_outbox", error));
    signed.unwrap_or_else(|error| failed("checkpoint", error));
    pruned.unwrap_or_else(|error| failed("retention", error));
    purged.unwrap_or_else(|error| failed("purge", error));
    learnt.unwrap_or_else(|error| failed("roles", error));
    told.unwrap_or_else(|error| failed("webhook", error));
    ended.unwrap_or_else(|error| failed("sessions", error));
    rewrapped.unwrap_or_else(|error| failed("keys", error));
    departed.unwrap_or_else(|error| failed("departed", error));
    delivered.unwrap_or_else(|error| failed("deliveries", error));
}

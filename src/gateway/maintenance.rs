//! What is done every few minutes: expired rows are deleted, spooled audit events move on, sessions that nobody uses
//! are ended at their services, what is usual is found out and alerts are told, what older keys sealed is sealed anew,
//! what is left of removed services goes; the audit chain is signed, sent to its sinks, and shortened to what is to be kept.

use super::{checkpoint, clock, departed, noted, rewrap, webhook};
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
    let (believed, looked) = match clock::believed_time(context).await {
        Ok(believed) => (believed, Ok(())),
        Err(error) => (None, Err(error)),
    };
    let pruned = checkpoint::prune(context, believed).await;
    let mut purges = vec![
        mapping::purge(now),
        confirmation::purge(now, believed),
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
        connecting::purge(now),
        connection::purge_exchanged(now, &exchanged),
        identity_token::purge(now, signed_in),
        service_client::purge(now),
        service_tools::purge(now),
        service_task::purge(now),
    ];
    // What is remembered so that it limits somebody must not be forgotten because a clock jumped.
    if let Some(now) = believed {
        let (hours, days) =
            (now.before(config.throughput.keep_hours), now.before(config.throughput.keep_days));
        purges.extend([quota::purge(now), hold::purge(days)]);
        purges.extend(throughput::purge(hours, days));
    }
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
    looked.unwrap_or_else(|error| failed("clock", error));
    pruned.unwrap_or_else(|error| failed("retention", error));
    purged.unwrap_or_else(|error| failed("purge", error));
    learnt.unwrap_or_else(|error| failed("roles", error));
    told.unwrap_or_else(|error| failed("webhook", error));
    ended.unwrap_or_else(|error| failed("sessions", error));
    rewrapped.unwrap_or_else(|error| failed("keys", error));
    departed.unwrap_or_else(|error| failed("departed", error));
    delivered.unwrap_or_else(|error| failed("deliveries", error));
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::config::Config;
    use crate::crypto::Keys;
    use crate::host::Statement;
    use crate::host::memory::Memory;
    use crate::isolate::Setup;

    const DAY: Duration = Duration::from_secs(86_400);
    const CONFIG: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                          issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n";

    fn now<T>(work: impl Future<Output = T>) -> T {
        work.now_or_never().expect("the memory host does not wait")
    }

    fn gateway(host: &Memory) -> Context<Memory> {
        let (config, keys) = (Config::parse(CONFIG).unwrap(), now(Keys::read(host)).unwrap());
        Context::new(host.clone(), Rc::new(Setup { config, version: 1, keys }))
    }

    fn number(host: &Memory, sql: &'static str) -> i64 {
        now(host.query(Statement::new(sql))).unwrap()[0].integer("n").unwrap()
    }

    #[test]
    fn a_clock_that_jumps_makes_nobody_forget_what_limits() {
        let host = Memory::new();
        let context = gateway(&host);
        let real = host.now();
        for sql in [
            "INSERT INTO throughput (person, role, client, service, tool, span, begins, calls, bytes, records)
             VALUES ('p', 'r', 'c', 's', 't', 'day', ?1, 1, 1, 1)",
            "INSERT INTO throughput_alert (id, person, role, span, begins, what, amount, most, at)
             VALUES ('a', 'p', 'r', 'day', 0, 'calls', 2, 1, ?1)",
            "INSERT INTO hold (id, person, alert, placed_at, released_at) VALUES ('h', 'p', 'a', ?1, ?1)",
            "INSERT INTO quota_use (key, until, used) VALUES ('k', ?1, 1)",
            "INSERT INTO confirmation (id, person, service, tool, digest, arguments, expires_at, denied_at)
             VALUES ('i', 'p', 's', 't', 'd', 'a', ?1, 1)",
        ] {
            now(host.query(Statement::new(sql).bind(real.after(DAY * 3)))).unwrap();
        }
        let left = "SELECT (SELECT count(*) FROM throughput) + (SELECT count(*) FROM throughput_alert)
                    + (SELECT count(*) FROM hold) + (SELECT count(*) FROM quota_use)
                    + (SELECT count(*) FROM confirmation) AS n";
        for _ in 0..25 {
            now(run(&context));
            host.advance(Duration::from_secs(3600));
        }
        host.advance(DAY * 400);
        now(run(&context));
        assert_eq!(number(&host, left), 5);
        host.set_clock(real.after(DAY + DAY / 20));
        for _ in 0..24 * 4 {
            host.advance(Duration::from_secs(3600));
            now(run(&context));
        }
        assert_eq!(number(&host, left), 3, "the quota's and the call's time is over");
    }

    #[test]
    fn what_is_usual_is_found_out_again_after_a_clock_that_was_ahead() {
        let host = Memory::new();
        let context = gateway(&host);
        let fill = "INSERT INTO throughput (person, role, client, service, tool, span, begins, calls, bytes, records)
                    SELECT 'p' || whose.value, 'internal', 'c', 's', 't', 'day', day.value, 1, 1, 1000
                    FROM json_each('[1,2,3]') whose JOIN json_each('[2,3]') day";
        now(host.query(Statement::new(fill))).unwrap();
        let real = host.now();
        host.set_clock(real.after(DAY * 365));
        now(audit::learn_roles(&context)).unwrap();
        host.set_clock(real);
        now(host.query(Statement::new("UPDATE throughput SET records = 10"))).unwrap();
        now(audit::learn_roles(&context)).unwrap();
        assert_eq!(number(&host, "SELECT records AS n FROM throughput_role WHERE span = 'day'"), 10);
    }
}

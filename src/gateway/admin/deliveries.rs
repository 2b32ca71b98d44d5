//! `/admin/audit/deliveries`: how the delivery of records to sinks stands, and what they did not take, sent again.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::entry::{self, Denied, Scope};
use super::{json_answer, moment};
use crate::audit::{self, Action, Outcome, Range, Reason};
use crate::body::Body;
use crate::config::Sink;
use crate::context::Context;
use crate::host::{Host, Timestamp};
use crate::oauth::on_record;
use crate::store::delivery::{self as store, Letter, Standing};

/// `GET /admin/audit/deliveries`.
pub(in crate::gateway) async fn list<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let listed = async {
        let admin = entry::enter(context, request, Some(Scope::Audit)).await?;
        on_record(context, admin.event(context, Action::DeliveriesViewed)?).await?;
        let (standings, letters, end) = store::standing(&context.host).await?;
        let now = context.host.now();
        let sinks: Vec<Value> = context
            .setup
            .config
            .sinks
            .iter()
            .map(|sink| {
                let standing = standings.iter().find(|standing| standing.sink == sink.id);
                told(sink, standing, letters.iter().filter(|letter| letter.sink == sink.id), end, now)
            })
            .collect();
        Ok::<_, Denied>(json_answer(StatusCode::OK, &json!({ "chain_ends_at": end, "sinks": sinks })))
    };
    match listed.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::DeliveriesViewed).await,
    }
}

fn told<'a>(
    sink: &Sink,
    standing: Option<&Standing>,
    letters: impl Iterator<Item = &'a Letter>,
    end: i64,
    now: Timestamp,
) -> Value {
    let seq = standing.map_or(0, |standing| standing.seq);
    let letters: Vec<Value> = letters
        .map(|letter| {
            json!({
                "first": letter.first, "last": letter.last, "reason": letter.reason, "status": letter.status,
                "at": moment(letter.at), "replaying": letter.replaying,
            })
        })
        .collect();
    let failing = standing.and_then(|standing| {
        Some(json!({
            "since": moment(standing.failing_since?), "reason": standing.reason, "status": standing.status,
            "next_attempt": moment(standing.not_before.max(now)),
        }))
    });
    json!({
        "id": sink.id, "delivered_to": seq, "waiting": end.saturating_sub(seq), "failing": failing,
        "dead_letters": letters,
    })
}

/// `POST /admin/audit/deliveries/{sink}/replay`.
pub(in crate::gateway) async fn replay<H: Host>(
    context: &Context<H>,
    id: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let replayed = async {
        let admin = entry::enter(context, request, Some(Scope::Audit)).await?;
        if !admin.is_program() {
            admin.form(context, request, &[ABOUT, id])?;
        }
        if !context.setup.config.sinks.iter().any(|sink| sink.id == id) {
            let text = "there is no [[audit.sink]] with this id in the configuration";
            return Err(admin.refuse(StatusCode::NOT_FOUND, Reason::SinkUnknown, text));
        }
        audit::set_deleted_apart(context).await?;
        let ranges = |places: Vec<(i64, i64)>| {
            places.into_iter().filter_map(|(first, last)| Range::new(first, last)).collect::<Vec<_>>()
        };
        let places = ranges(store::replay(&context.host, id, context.host.now()).await?);
        let deleted = ranges(store::deleted(&context.host, id).await?);
        let count: u64 = places.iter().map(|range| range.count).sum();
        let event = admin.event(context, Action::DeliveryReplayed)?.sink(id);
        let event = match (whole(&places), whole(&deleted)) {
            (Some(sent), _) => event.range(sent),
            (None, Some(deleted)) => event.range(deleted).outcome(Outcome::Refused(Reason::RecordsDeleted)),
            (None, None) => event,
        };
        // What is sent again is sent to where the records belong anyway: that must work even when this cannot be recorded.
        let _ = audit::record(context, event).await;
        let again = context.clone();
        context.host.after_response(Box::pin(async move { audit::deliver_soon(&again).await }));
        let told = |ranges: &[Range]| -> Vec<Value> {
            ranges.iter().map(|range| json!({ "first": range.first, "last": range.last })).collect()
        };
        let (replaying, deleted) = (told(&places), told(&deleted));
        Ok::<_, Denied>(json_answer(
            StatusCode::ACCEPTED,
            &json!({ "sink": id, "records": count, "replaying": replaying, "deleted": deleted }),
        ))
    };
    match replayed.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::DeliveryReplayed).await,
    }
}

/// One range around all of these.
fn whole(ranges: &[Range]) -> Option<Range> {
    let (first, last) = ranges.first().zip(ranges.last())?;
    let count = ranges.iter().map(|range| range.count).sum();
    Some(Range { first: first.first, last: last.last, count })
}

/// What a form's token would be about. No page has such a form: people use a token for this, and a foreign page gets
/// nothing done with their cookie.
const ABOUT: &str = "admin-deliveries";

//! `/admin/throughput`: how much people pull, what of it was unusual and who is held; and the release of a hold.

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::entry::{self, Admin, Denied, Scope};
use super::{json_answer, moment};
use crate::audit::{Action, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::guard::throughput::{Span, Unusual};
use crate::host::{Host, Timestamp};
use crate::oauth::{Form, on_record};
use crate::page;
use crate::store::hold::{self, Hold};
use crate::store::throughput::{self as store, Count, Page, Told};

/// What the forms' tokens are about.
pub(super) const ABOUT: &str = "admin-holds";

/// How many counts an answer has at most, and where nothing is said of it.
const MOST_ROWS: i64 = 1000;
const ROWS: i64 = 200;

/// `GET /admin/throughput`.
pub(in crate::gateway) async fn show<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let shown = async {
        let admin = entry::enter(context, request, Some(Scope::Guard)).await?;
        let query = Form::query(request).map_err(|_| malformed(&admin, "a parameter stands there twice"))?;
        let page = wanted(&admin, &query, context.host.now())?;
        on_record(context, admin.event(context, Action::ThroughputViewed)?).await?;
        let host = &context.host;
        let rows = store::page(host, &page).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == page.most);
        let next = rows.last().filter(|_| full).map(|(id, _)| id.to_string());
        let alerts = store::alerts(host, page.from, page.to, page.person).await?;
        let holds = hold::open(host).await?;
        let holds = holds.iter().filter(|hold| page.person.is_none_or(|person| person == hold.person));
        Ok::<_, Denied>(json_answer(
            StatusCode::OK,
            &json!({
                "span": page.span.name(),
                "from": moment(page.from),
                "to": moment(page.to),
                "rows": rows.iter().map(|(_, count)| row(count)).collect::<Vec<_>>(),
                "next": next,
                "alerts": alerts.iter().map(alert).collect::<Vec<_>>(),
                "holds": holds.map(held).collect::<Vec<_>>(),
            }),
        ))
    };
    match shown.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::ThroughputViewed).await,
    }
}

/// `POST /admin/holds/{id}/release`.
pub(in crate::gateway) async fn release<H: Host>(
    context: &Context<H>,
    id: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let released = async {
        let admin = entry::enter(context, request, Some(Scope::Guard)).await?;
        if !admin.is_program() {
            admin.form(context, request, &[ABOUT, id])?;
        }
        let Some(person) = hold::held(&context.host, id).await? else {
            let text = "nobody is held under this id, or no longer";
            return Err(admin.refuse(StatusCode::NOT_FOUND, Reason::HoldUnknown, text));
        };
        on_record(context, admin.event(context, Action::HoldReleased)?.about_person(&person)).await?;
        hold::release(&context.host, id).await?;
        if !admin.is_program() {
            return Ok(page::see_other("/admin"));
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    };
    match released.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::HoldReleased).await,
    }
}

/// What came of a hold, in words.
pub(super) fn cause(hold: &Hold) -> String {
    let since = format!("held since {}", moment(hold.placed_at));
    let Some(Unusual { what, per, since: begins, amount, limit, .. }) = &hold.unusual else { return since };
    let (what, per, begins) = (what.name(), per.name(), moment(Timestamp(*begins)));
    format!("{amount} {what} in the {per} from {begins}, where {limit} are not unusual; {since}")
}

fn malformed(admin: &Admin, text: &str) -> Denied {
    admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text)
}

fn wanted<'a>(admin: &Admin, query: &'a Form, now: Timestamp) -> Result<Page<'a>, Denied> {
    let span = query.value("span").map_or(Some(Span::Hour), Span::named);
    let span = span.ok_or_else(|| malformed(admin, "span is hour or day"))?;
    let read = |name: &str, default: Timestamp| match query.value(name) {
        None => Ok(default),
        Some(text) => {
            let read = OffsetDateTime::parse(text, &Rfc3339).ok();
            let millis = read.and_then(|at| at.unix_timestamp().checked_mul(1000));
            let text = "from and to are moments such as 2026-12-31T00:00:00Z";
            millis.map(Timestamp).ok_or_else(|| malformed(admin, text))
        }
    };
    let days = if span == Span::Hour { 1 } else { 30 };
    let to = read("to", now.after(Duration::from_secs(1)))?;
    let from = read("from", to.before(Duration::from_secs(days * 86_400)))?;
    let number =
        |name: &str, default: i64, range: RangeInclusive<i64>| match query.value(name).map(str::parse) {
            None => Ok(default),
            Some(Ok(number)) if range.contains(&number) => Ok(number),
            _ => Err(malformed(admin, "limit is 1 to 1000, and after is the next of an answer before")),
        };
    let most = number("limit", ROWS, 1..=MOST_ROWS)?;
    let after = number("after", 0, 0..=i64::MAX)?;
    Ok(Page { span, from, to, person: query.value("person"), after, most })
}

fn row(count: &Count) -> Value {
    json!({
        "person": count.person,
        "role": count.role,
        "client": count.client,
        "service": count.service,
        "tool": (!count.tool.is_empty()).then_some(&count.tool),
        "begins": moment(Timestamp(count.begins)),
        "calls": count.calls,
        "bytes": count.bytes,
        "records": count.records,
    })
}

fn alert(told: &Told) -> Value {
    json!({
        "id": told.id,
        "person": told.person,
        "role": told.role,
        "at": moment(told.at),
        "what": told.unusual.what,
        "per": told.unusual.per,
        "since": moment(Timestamp(told.unusual.since)),
        "amount": told.unusual.amount,
        "usual": told.unusual.usual,
        "limit": told.unusual.limit,
        "hold": told.hold,
    })
}

fn held(hold: &Hold) -> Value {
    json!({
        "id": hold.id,
        "person": hold.person,
        "alert": hold.alert,
        "placed_at": moment(hold.placed_at),
    })
}

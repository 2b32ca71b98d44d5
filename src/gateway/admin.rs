//! `/admin`: the page of administrators, and the same for their programs, as JSON.
//!
//! | route | who | scope of a token |
//! |---|---|---|
//! | `GET /admin` | a person | – |
//! | `GET`, `POST /admin/tokens`, `DELETE /admin/tokens/{id}` (a form: `POST`) | a person or a token | `tokens` |
//! | `POST /admin/people/remove` | a person or a token | `people` |
//! | `GET /admin/audit/checkpoints` | a person or a token | `audit` |
//! | `POST /admin/audit/resolve` | an auditor, in person | – |
//! | `GET /admin/pins`, `GET`, `POST /admin/pins/{id}` | a person or a token | `guard` |
//! | `GET /admin/throughput`, `POST /admin/holds/{id}/release` | a person or a token | `guard` |
//! | `GET /admin/audit/export`, `GET /admin/audit/deliveries` | a person or a token | `audit` |
//! | `POST /admin/audit/deliveries/{sink}/replay` | a token | `audit` |
//!
//! Everything that is done or refused here is on record, but for requests that bring nothing to be known by.

mod actor;
mod deliveries;
mod entry;
mod export;
mod people;
mod pins;
mod proof;
mod throughput;
mod tokens;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) use actor::resolve as resolve_actor;
pub(super) use deliveries::{list as list_deliveries, replay as replay_delivery};
pub(super) use export::export as export_audit;
pub(super) use people::remove as remove_person;
pub(super) use pins::{decide as decide_pin, list as list_pins, show as show_pin};
pub(super) use proof::checkpoints;
pub(super) use throughput::{release as release_hold, show as show_throughput};
pub(super) use tokens::{end as end_token, list as list_tokens, make as make_token};

use self::entry::{By, Denied, Scope};
use crate::audit::Action;
use crate::body::Body;
use crate::context::Context;
use crate::host::{Host, Timestamp};
use crate::oauth::on_record;
use crate::page;
use crate::store::{admin_token, hold};

/// `GET /admin`: the page.
pub(super) async fn overview<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    let shown = async {
        let admin = entry::enter_page(context, request).await?;
        // Only people come this far.
        let By::Person(session) = &admin.by else { return Err(Denied::wrong_scope(&admin)) };
        on_record(context, admin.event(context, Action::AdminViewed)?).await?;
        let keys = &context.setup.keys.hash;
        let csrf_actor = session.csrf(keys, &[actor::ABOUT]);
        if !admin.is_admin {
            return Ok(page::auditor(&admin.email, &csrf_actor));
        }
        let rows = admin_token::all(&context.host, context.host.now()).await?;
        let tokens: Vec<_> = rows
            .into_iter()
            .map(|row| page::AdminToken {
                what: format!(
                    "{}; made {}, over {}",
                    row.scopes,
                    moment(row.created_at),
                    moment(row.expires_at)
                ),
                csrf: session.csrf(keys, &[tokens::ABOUT, &row.id]),
                id: row.id,
                name: row.name,
            })
            .collect();
        let holds: Vec<_> = hold::open(&context.host)
            .await?
            .into_iter()
            .map(|hold| page::AdminHold {
                what: throughput::cause(&hold),
                csrf: session.csrf(keys, &[throughput::ABOUT, &hold.id]),
                id: hold.id,
                person: hold.person,
            })
            .collect();
        Ok(page::admin(&page::Admin {
            email: &admin.email,
            holds: &holds,
            tokens: &tokens,
            scopes: &Scope::ALL.map(|scope| (scope.field(), scope.meaning())),
            csrf_token: &session.csrf(keys, &[tokens::ABOUT]),
            csrf_people: &session.csrf(keys, &[people::ABOUT]),
            csrf_actor: admin.is_auditor.then_some(&csrf_actor),
        }))
    };
    match shown.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::AdminViewed).await,
    }
}

fn moment(at: Timestamp) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.seconds()).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    json_text(status, value.to_string())
}

fn json_text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn error(status: StatusCode, error: &str, text: &str) -> Response<Body> {
    json_answer(status, &json!({ "error": error, "error_description": text }))
}

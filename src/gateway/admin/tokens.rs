//! `/admin/tokens`: tokens of administrators' programs, made, listed and ended.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::entry::{self, Admin, By, Denied, PREFIX, Scope};
use super::{json_answer, moment};
use crate::audit::{self, Action, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::crypto::{Secret, digest};
use crate::host::{Host, Timestamp};
use crate::oauth::on_record;
use crate::page;
use crate::service::random_id;
use crate::store::admin_token::{self as store, Row};

/// What the forms' tokens are about.
pub(super) const ABOUT: &str = "admin-tokens";

/// The longest life of a token, in days, and the longest name, in characters.
const MOST_DAYS: u64 = 365;
const LONGEST_NAME: usize = 64;

/// What is wished for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    name: String,
    scopes: Vec<String>,
    days: u64,
}

/// `GET /admin/tokens`.
pub(in crate::gateway) async fn list<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let listed = async {
        let admin = entry::enter(context, request, Some(Scope::Tokens)).await?;
        on_record(context, admin.event(context, Action::AdminTokensViewed)?).await?;
        let rows = store::all(&context.host, context.host.now()).await?;
        let tokens: Vec<Value> = rows.iter().map(told).collect();
        Ok::<_, Denied>(json_answer(StatusCode::OK, &json!({ "tokens": tokens })))
    };
    match listed.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::AdminTokensViewed).await,
    }
}

/// `POST /admin/tokens`: the answer is the only one that has the token.
pub(in crate::gateway) async fn make<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let made = async {
        let admin = entry::enter(context, request, Some(Scope::Tokens)).await?;
        let wish = wish(context, &admin, request)?;
        let now = context.host.now();
        let row = granted(&admin, wish, now, random_id(context)?)?;
        let event = admin.event(context, Action::AdminTokenMade)?;
        on_record(context, event.about_admin_token(&row.id, &context.setup.keys.hash)).await?;
        let token = Secret::new(format!("{PREFIX}{}", Secret::random(&context.host)?.expose()));
        store::insert(&context.host, &row, &digest(token.expose()), admin.generation).await?;
        if !admin.is_program() {
            return Ok(page::token_made(&row.name, token.expose()));
        }
        let mut answer = told(&row);
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("token".to_owned(), token.expose().into());
        }
        Ok::<_, Denied>(json_answer(StatusCode::CREATED, &answer))
    };
    match made.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::AdminTokenMade).await,
    }
}

/// `DELETE /admin/tokens/{id}`; from the page, `POST`.
pub(in crate::gateway) async fn end<H: Host>(
    context: &Context<H>,
    id: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let ended = async {
        let admin = entry::enter(context, request, Some(Scope::Tokens)).await?;
        if !admin.is_program() {
            admin.form(context, request, &[ABOUT, id])?;
        }
        if !store::end(&context.host, id).await? {
            let text = "there is no admin token with this id, or no longer";
            return Err(admin.refuse(StatusCode::NOT_FOUND, Reason::AdminTokenUnknown, text));
        }
        // Ending must work even when it cannot be put on record; the log says so then.
        let event = admin.event(context, Action::AdminTokenEnded)?;
        let _ = audit::record(context, event.about_admin_token(id, &context.setup.keys.hash)).await;
        if !admin.is_program() {
            return Ok(page::see_other("/admin"));
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    };
    match ended.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::AdminTokenEnded).await,
    }
}

fn wish<H: Host>(context: &Context<H>, admin: &Admin, request: &Request<Bytes>) -> Result<Wish, Denied> {
    if admin.is_program() {
        return serde_json::from_slice(request.body()).map_err(|_| {
            let text = "write {\"name\": \"...\", \"scopes\": [\"people\"], \"days\": 30}";
            admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text)
        });
    }
    let form = admin.form(context, request, &[ABOUT])?;
    let chosen = Scope::ALL.into_iter().filter(|scope| form.value(scope.field()).is_some());
    Ok(Wish {
        name: form.value("name").unwrap_or_default().to_owned(),
        scopes: chosen.map(|scope| scope.name().to_owned()).collect(),
        days: form.value("days").and_then(|days| days.parse().ok()).unwrap_or_default(),
    })
}

/// What may be made of a wish. A token makes none that may more or lives longer than itself.
fn granted(admin: &Admin, wish: Wish, now: Timestamp, id: String) -> Result<Row, Denied> {
    let malformed = |text: &str| admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text);
    let name = wish.name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(page::hides) {
        return Err(malformed("a name has 1 to 64 characters, and none that cannot be seen"));
    }
    if !(1..=MOST_DAYS).contains(&wish.days) {
        return Err(malformed("a token lives 1 to 365 days"));
    }
    let scopes: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|scope| wish.scopes.iter().any(|wished| wished == scope.name()))
        .collect();
    if scopes.is_empty() || scopes.len() != wish.scopes.len() {
        return Err(malformed("a token is for at least one of: tokens, people; each named once"));
    }
    let expires_at = now.after(Duration::from_secs(wish.days * 86_400));
    if let By::Token { scopes: own, expires_at: end, .. } = &admin.by
        && (scopes.iter().any(|scope| !own.contains(scope)) || expires_at > *end)
    {
        let text = "an admin token makes none that may do more, or lives longer, than itself";
        return Err(admin.refuse(StatusCode::FORBIDDEN, Reason::AdminScope, text));
    }
    let scopes: Vec<&str> = scopes.into_iter().map(Scope::name).collect();
    Ok(Row {
        id,
        name: name.to_owned(),
        scopes: scopes.join(" "),
        person: admin.person.clone(),
        created_at: now,
        expires_at,
    })
}

fn told(row: &Row) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "scopes": row.scopes.split(' ').collect::<Vec<_>>(),
        "person": row.person,
        "created_at": moment(row.created_at),
        "expires_at": moment(row.expires_at),
    })
}

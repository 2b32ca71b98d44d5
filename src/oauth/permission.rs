//! What people have permitted: shown on their start page, and taken back there.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use time::OffsetDateTime;
use time::macros::format_description;

use super::Form;
use super::scope::READ;
use crate::audit::{self, Action, Event, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::host::{Host, PortError};
use crate::oidc::Session;
use crate::page::{self, Permitted, Problem};
use crate::store::consent as store;

/// The clients that a person has permitted something, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn permitted<H: Host>(
    context: &Context<H>,
    session: &Session,
) -> Result<Vec<Permitted>, PortError> {
    let setup = &context.setup;
    let mut clients: Vec<Permitted> = Vec::new();
    for row in store::of_person(&context.host, session.person(), context.host.now()).await? {
        let service = |id: &String| setup.config.service(id).map_or(id, |service| &service.name).clone();
        let mut what: Vec<String> = row.services.iter().map(service).collect();
        if row.scope == READ {
            what.push("read only".to_owned());
        }
        let entry = format!("{}, since {}; answers go to {}", what.join(", "), day(&row), row.destination);
        match clients.iter_mut().find(|client| client.id == row.client) {
            Some(client) => client.what.push(entry),
            None => clients.push(Permitted {
                csrf: session.csrf(&setup.keys.hash, &[ABOUT, &row.client]),
                id: row.client,
                name: row.name,
                what: vec![entry],
            }),
        }
    }
    Ok(clients)
}

/// `POST /clients/revoke`: a person takes back what they have permitted a client. Its refresh tokens end at once, an
/// access token that is out when it expires.
pub async fn take_back<H: Host>(context: &Context<H>, request: &Request<Bytes>) -> Response<Body> {
    match taken_back(context, request).await {
        Ok(answer) => answer,
        Err(error) => page::problem(&Problem::gateway(context, &error)),
    }
}

async fn taken_back<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Result<Response<Body>, PortError> {
    let Some(session) = Session::of(context, request.headers()).await? else {
        return Ok(page::see_other("/login"));
    };
    let setup = &context.setup;
    let form = Form::parse(request.body());
    let value = |name| form.as_ref().ok().and_then(|form: &Form| form.value(name)).unwrap_or_default();
    let (client, token) = (value("client"), value("csrf"));
    let own = session.accepts(&setup.config, &setup.keys.hash, request.headers(), &[ABOUT, client], token);
    let event = Event::new(&context.host, Action::ConsentRevoked)?.person(session.person());
    if !own {
        // Nothing is done, so nothing depends on the record.
        let _ = audit::record(context, event.outcome(Outcome::Refused(Reason::Csrf))).await;
        return Ok(page::problem(&Problem::foreign_form()));
    }
    store::take_back(&context.host, session.person(), client).await?;
    // Ending must work even when it cannot be put on record; the log says so then.
    let _ = audit::record(context, event.client(client, &setup.keys.hash)).await;
    Ok(page::see_other("/"))
}

/// For how long a consent is remembered after its last use: at least as long as a refresh token lives.
pub(super) fn life<H: Host>(context: &Context<H>) -> Duration {
    context.setup.config.tokens.refresh.max(Duration::from_secs(90 * 86_400))
}

/// What the form's token is about.
const ABOUT: &str = "revoke-client";

fn day(row: &store::Row) -> String {
    let format = format_description!("[year]-[month]-[day]");
    let moment = OffsetDateTime::from_unix_timestamp(row.created_at.seconds()).ok();
    moment.and_then(|moment| moment.date().format(format).ok()).unwrap_or_default()
}

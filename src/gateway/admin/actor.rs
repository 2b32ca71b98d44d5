//! `POST /admin/audit/resolve`: who a person on record is, for an auditor with a case.
//!
//! The record has keyed hashes only. That somebody asked whose one of them is, and for which case, is on record before
//! the answer is out; where it cannot be, there is no answer, whatever `[audit] on_failure` says.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::entry::{self, Denied};
use super::json_answer;
use crate::audit::event::Hashed;
use crate::audit::{self, Action, CaseRef, Outcome, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::host::Host;
use crate::page;
use crate::store::person;

/// What the form's token is about.
pub(super) const ABOUT: &str = "admin-actor";

/// `POST /admin/audit/resolve`.
pub(in crate::gateway) async fn resolve<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let resolved = async {
        let auditor = entry::enter_auditor(context, request).await?;
        let form = auditor.form(context, request, &[ABOUT])?;
        let value = |name| form.value(name).unwrap_or_default().trim().to_owned();
        let cases = &context.setup.config.audit.cases;
        let known = |case: &CaseRef| cases.iter().any(|known| known == case.kind());
        let Some(case) = CaseRef::try_from(value("case")).ok().filter(known) else {
            let text = format!(
                "a case is written as one of {}, a hyphen and up to 8 digits; nothing else can go on record",
                cases.join(", ")
            );
            return Err(auditor.refuse(StatusCode::BAD_REQUEST, Reason::CaseMalformed, &text));
        };
        let Ok(actor) = Hashed::try_from(value("actor")) else {
            let text = "a person is written as in the record: 43 letters, digits, - and _";
            return Err(auditor.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text));
        };
        let actor = actor.to_string();
        let email = person::known(context, &actor).await?.map(|known| known.profile.email);
        let outcome = match email {
            Some(_) => Outcome::Ok,
            None => Outcome::Refused(Reason::PersonUnknown),
        };
        let event = auditor.event(context, Action::ActorResolved)?.about_person(&actor).case(case.clone());
        audit::record(context, event.outcome(outcome)).await?;
        let case = case.to_string();
        if !auditor.reads_json {
            return Ok(page::actor(&actor, &case, email.as_deref()));
        }
        let status = if email.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        Ok::<_, Denied>(json_answer(status, &json!({ "person": actor, "case": case, "email": email })))
    };
    match resolved.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::ActorResolved).await,
    }
}

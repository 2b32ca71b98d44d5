//! `GET /admin/audit/checkpoints`: what was signed of the audit chain, for `mcpgate audit verify`.

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::entry::{self, Denied, Scope};
use crate::audit::{Action, Reason};
use crate::body::Body;
use crate::context::Context;
use crate::gateway::front;
use crate::host::Host;
use crate::oauth::{Form, on_record};
use crate::store::checkpoint as store;

/// How many are told at a time; `after` goes on.
const MOST: i64 = 1000;

/// `GET /admin/audit/checkpoints?after=RECORD`: signed notes, one after another, the oldest first.
pub(in crate::gateway) async fn checkpoints<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let told = async {
        let admin = entry::enter(context, request, Some(Scope::Audit)).await?;
        let query = Form::query(request).ok();
        let after = query.and_then(|query| query.value("after").unwrap_or("0").parse().ok());
        let Some(after) = after else {
            let text = "after is the number of a record, such as ?after=1042";
            return Err(admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text));
        };
        on_record(context, admin.event(context, Action::CheckpointsViewed)?).await?;
        let notes = store::after(&context.host, after, MOST).await?;
        Ok::<_, Denied>(front::text(StatusCode::OK, notes.join("\n")))
    };
    match told.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::CheckpointsViewed).await,
    }
}

//! A call that its service did not take because of the headers that the gateway made for it.

use http::HeaderMap;

use super::account::Account;
use super::admit::Admitted;
use super::call::{self, Resolved};
use super::confirm::{Brought, Confirmed, confirm};
use super::quota::Quotas;
use crate::audit::Reason;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::guard;
use crate::host::Host;
use crate::service::Catalog;

/// The same message once more, by the list that the service has now: it wants other headers than the one before said,
/// and did nothing. What that list says of the tool for the first time has to be confirmed; a yes is not asked for twice.
pub(super) async fn resolve<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    headers: &HeaderMap,
    before: &Resolved,
    account: &mut Account<H>,
) -> Result<Resolved, Refusal> {
    Catalog::forget(context, admitted.service, admitted.principal.person());
    let resolved = call::resolve(context, admitted, headers, before.message.clone(), account).await?;
    if !is_confirmed(admitted, before) {
        let quotas = Quotas::counted(context, admitted);
        match confirm(context, &quotas, admitted, headers, &resolved, Brought::default(), account).await? {
            Confirmed::Go => {}
            Confirmed::Asks(_) => {
                let text = "Make the call again: by now it needs the person's own yes.";
                return Err(Refusal::new(Fault::Caller, Reason::ConfirmationNeeded, text));
            }
        }
    }
    Ok(resolved)
}

/// Whether a message that passed [`confirm`] has the person's own yes.
fn is_confirmed(admitted: &Admitted<'_>, resolved: &Resolved) -> bool {
    let tool = resolved.message.tool();
    tool.is_some_and(|tool| guard::confirm::is_needed(&admitted.service.guard, tool, resolved.tool.as_ref()))
}

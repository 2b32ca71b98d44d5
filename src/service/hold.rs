//! A call that is held back in a session whose stream was not heard before, until the service had time to ask what it
//! asks of every client: its roots, as a rule, shortly after `notifications/initialized`.
//!
//! A client of 2026-07-28 gets such a question in the place of the call's answer and makes the call again. Held back,
//! the service has not seen the first: nothing is done twice. A service that was found to ask nothing is not waited for.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::Dialect;
use super::talk::Party;
use crate::host::Host;
use crate::mcp::message::acts;
use crate::mcp::revision::MODERN;

/// How long a service has to ask. The reference server takes 350 ms.
const QUIET: Duration = Duration::from_secs(1);

/// Whether a call is held back.
#[derive(Clone, Debug, Default)]
pub(super) struct Hold {
    on: Rc<Cell<bool>>,
    /// Whether silence says something of the service: what it asked before its stream was open it may not ask again.
    whole: bool,
}

impl Hold {
    /// For this message in a session that was not heard before. `whole`: it begins with this.
    pub(super) async fn of<H: Host>(party: &Party<H>, body: &str, whole: bool) -> Self {
        let asked_in_place = party.facts.revision == MODERN && party.facts.can("roots/list", "{}").is_ok();
        let holds = asked_in_place && acts(body) && Dialect::may_inquire(party).await;
        Self { on: Rc::new(Cell::new(holds)), whole }
    }

    /// Whether it still is.
    pub(super) fn is_on(&self) -> bool {
        self.on.get()
    }

    /// Sends it now; says whether it was held back.
    pub(super) fn release(&self) -> bool {
        self.on.replace(false)
    }

    /// Waits until it may be sent, if it is held back.
    pub(super) async fn over<H: Host>(self, party: &Party<H>) {
        if !self.is_on() {
            return;
        }
        party.context.host.sleep(QUIET).await;
        if self.release() && self.whole {
            Dialect::inquires(party, false).await;
        }
    }
}

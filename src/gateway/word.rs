//! Word that a client does not want an answer any more: whoever waits for the answer looks for it now and then.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::admit::storage;
use super::conversation::LATER_LOOKS;
use crate::audit::Reason;
use crate::error::{Fault, Refusal, Shape};
use crate::host::{Host, Timestamp};
use crate::service::Party;
use crate::store::question;

/// How soon it is looked for; later, every [`LATER_LOOKS`].
const FIRST_WORD: Duration = Duration::from_secs(1);

/// Word that the client does not want an answer any more: up to 2025-11-25 that comes in a request of its own.
pub(super) struct Word<'a, H: Host> {
    party: &'a Party<H>,
    /// Where it is left, if it can be.
    id: Option<String>,
    /// When the request came.
    since: Timestamp,
    /// When it is looked for next, however much the service says until then.
    due: Timestamp,
}

impl<'a, H: Host> Word<'a, H> {
    pub(super) fn new(party: &'a Party<H>, id: Option<String>) -> Self {
        let since = party.context.host.now();
        Self { party, id, since, due: since.after(FIRST_WORD) }
    }

    /// What comes of this, unless word comes first.
    pub(super) async fn or_cancelled<T>(
        &mut self,
        what: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        if self.id.is_none() {
            return what.await;
        }
        let mut what = pin!(what);
        loop {
            self.look().await?;
            let host = &self.party.context.host;
            let left = u64::try_from(self.due.0 - host.now().0).unwrap_or_default();
            match select(what, pin!(host.sleep(Duration::from_millis(left)))).await {
                Either::Left((done, _)) => return done,
                Either::Right((_, waits)) => what = waits,
            }
        }
    }

    /// Looks for it before the answer goes out. It takes a client a moment to want none any more.
    pub(super) async fn look_last(&mut self) -> Result<(), Refusal> {
        let now = self.party.context.host.now();
        if self.since.after(FIRST_WORD) <= now {
            self.due = now;
        }
        self.look().await
    }

    /// Looks for it, if it is time to.
    pub(super) async fn look(&mut self) -> Result<(), Refusal> {
        let (party, now) = (self.party, self.party.context.host.now());
        let Some(id) = self.id.as_deref().filter(|_| self.due <= now) else { return Ok(()) };
        self.due = now.after(LATER_LOOKS);
        let asked = question::Asked { person: &party.person, key: &party.key };
        let word = question::take(&party.context.host, asked, id).await;
        match word.map_err(|error| storage(&party.context, &error))? {
            None => Ok(()),
            // Who cancels is not answered any more (2025-11-25, "Cancellation").
            Some(_) => {
                let text = "The client cancelled this request.";
                let refusal = Refusal::new(Fault::Caller, Reason::Cancelled, text);
                Err(Refusal { shape: Shape::Nothing, ..refusal })
            }
        }
    }
}

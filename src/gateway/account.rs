//! What is to be said of a request in the audit record, gathered as the phases learn it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::audit::{self, Action, Event, EventId, Outcome, Reason, RoleName, ToolName};
use crate::config::OnFailure;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Level, LogLine, PortError, Timestamp};
use crate::mcp::message::{Kind, Message};
use crate::oauth::Principal;

const NOT_RECORDED: &str =
    "The gateway cannot record calls at the moment, so it makes none. Try again in a moment.";

/// One request's account. If it is dropped with its request still open, the client went away: that is recorded too, as is
/// what a stream of news had to do with.
pub(super) struct Account<H: Host> {
    context: Context<H>,
    started: Timestamp,
    service: String,
    principal: Option<Rc<Principal>>,
    announced: Option<EventId>,
    /// The id of the event of its end, once that was handed over or could not be.
    ended: Option<EventId>,
    /// What happened; becomes precise in the phase `resolve`.
    pub(super) action: Action,
    /// Whether a good end is worth a record.
    worth: bool,
    /// Whether the request was forwarded and its end not recorded yet.
    open: bool,
    /// Whether it was forwarded at all.
    forwarded: bool,
    /// Whether somebody else carries this account on.
    moved: bool,
    /// Whether not even a bad end is worth a record.
    pub(super) worthless: bool,
    /// Set when the request is given up in such a way that somebody else records its end.
    pub(super) given_up: Rc<Cell<bool>>,
    /// The tool that is called.
    pub(super) tool: Option<ToolName>,
    /// The held call that it is, if it waits or waited for a yes.
    pub(super) confirmation: Option<String>,
    /// Whether the call may change something.
    pub(super) writes: bool,
    pub(super) request_bytes: usize,
    pub(super) result_bytes: usize,
    /// How many records the result handed on, of what hands on any.
    records: Option<usize>,
    pub(super) given_back: Vec<(&'static str, usize)>,
    found: Vec<(&'static str, usize)>,
    observed: Vec<Reason>,
    /// Whether the cap took something away.
    pub(super) cut: bool,
    /// The same three of what a stream of news told before.
    before: Before,
    /// Whether what is to be said was said.
    said: bool,
}

/// What is to be said of messages that have no event of their own.
#[derive(Default)]
struct Before {
    found: Vec<(&'static str, usize)>,
    observed: Vec<Reason>,
    cut: bool,
}

impl<H: Host> Account<H> {
    /// Opens an account for a request to a service.
    pub(super) fn new(context: &Context<H>, service: &str) -> Self {
        Self {
            context: context.clone(),
            started: context.host.now(),
            service: service.to_owned(),
            principal: None,
            announced: None,
            ended: None,
            action: Action::RequestRefused,
            worth: false,
            open: false,
            forwarded: false,
            moved: false,
            worthless: false,
            given_up: Rc::default(),
            tool: None,
            confirmation: None,
            writes: false,
            request_bytes: 0,
            result_bytes: 0,
            records: None,
            given_back: Vec::new(),
            found: Vec::new(),
            observed: Vec::new(),
            cut: false,
            before: Before::default(),
            said: false,
        }
    }

    /// Adds to what was found: a stream has any number of events.
    pub(super) fn found(&mut self, kind: &'static str, count: usize) {
        match self.found.iter_mut().find(|(name, _)| *name == kind) {
            Some((_, sum)) => *sum += count,
            None if count == 0 => {}
            None => self.found.push((kind, count)),
        }
    }

    /// Its result, or that of a task that is told before it, hands on records: that is worth a record, whatever was asked.
    pub(super) fn hands_on(&mut self, records: usize) {
        self.records = Some(self.records.unwrap_or_default() + records);
        if self.action == Action::RequestRefused {
            self.action = Action::Requested;
            self.worth = true;
        }
    }

    /// Records what came on a stream of news: the answer to a request whose own stream broke off, or what a task came to.
    /// It has no request of its own.
    pub(super) async fn came(
        &mut self,
        outcome: Outcome,
        bytes: usize,
        records: usize,
    ) -> Result<(), Refusal> {
        let recorded = match self.event(Action::Requested, outcome) {
            Ok(event) => {
                let event = event.request_bytes(0).result_bytes(bytes).records(records);
                audit::record(&self.context, event).await
            }
            Err(error) => Err(error),
        };
        self.found.clear();
        self.observed.clear();
        self.cut = false;
        self.settle(recorded, NOT_RECORDED)
    }

    /// Sets aside what one message of a stream of news was about, until the stream ends: the next one may have an event of
    /// its own.
    pub(super) fn set_aside(&mut self) {
        self.exchange_with_before();
        for (kind, count) in std::mem::take(&mut self.before.found) {
            self.found(kind, count);
        }
        for reason in std::mem::take(&mut self.before.observed) {
            self.observe(reason);
        }
        self.cut |= std::mem::take(&mut self.before.cut);
        self.exchange_with_before();
    }

    fn exchange_with_before(&mut self) {
        std::mem::swap(&mut self.found, &mut self.before.found);
        std::mem::swap(&mut self.observed, &mut self.before.observed);
        std::mem::swap(&mut self.cut, &mut self.before.cut);
    }

    /// Whether something is to be said of it however it ends: personal data or a guardrail had to do with it.
    fn tells(&mut self) -> bool {
        self.set_aside();
        self.exchange_with_before();
        let gave_back = self.forwarded && !self.given_back.is_empty();
        !self.said && (gave_back || self.cut || !self.found.is_empty() || !self.observed.is_empty())
    }

    /// What kind of event its end is, where it `tells` something.
    fn ended_as(&self, tells: bool, outcome: Outcome) -> Action {
        let is_refused = outcome != Outcome::Ok && !self.worthless;
        match self.action {
            Action::RequestRefused if tells && !self.worth && !is_refused => Action::Relayed,
            action => action,
        }
    }

    /// What a guardrail that only observes would have stopped it for.
    pub(super) fn observe(&mut self, reason: Reason) {
        if !self.observed.contains(&reason) {
            self.observed.push(reason);
        }
    }

    /// Hands the account on; what stays here records nothing.
    pub(super) fn hand_on(&mut self) -> Self {
        let mut stays = Self::new(&self.context, &self.service);
        stays.moved = true;
        std::mem::replace(self, stays)
    }

    /// Whose request it is.
    pub(super) fn principal(&mut self, principal: &Principal) {
        self.principal = Some(Rc::new(principal.clone()));
    }

    /// What kind of request it is.
    pub(super) fn method(&mut self, message: &Message) {
        let Kind::Request { method, .. } = &message.kind else { return };
        if !message.is_known() {
            // Nobody knows what it does.
            self.action = Action::Requested;
            self.worth = true;
            return;
        }
        let action = match method.as_str() {
            "tools/call" => Action::ToolCalled,
            "tools/list" => Action::ToolsListed,
            "prompts/get" | "resources/read" | "completion/complete" => Action::Requested,
            _ => return,
        };
        self.action = action;
        self.worth = true;
    }

    /// Announces a call that can change something, before it is forwarded; once, even if it is sent twice.
    pub(super) async fn announce(&mut self) -> Result<(), Refusal> {
        if self.action == Action::ToolCalled && self.writes && self.announced.is_none() {
            let announced = self.event(Action::ToolAnnounced, Outcome::Ok);
            let recorded = match announced {
                Ok(event) => {
                    self.announced = Some(event.id().clone());
                    audit::record(&self.context, event).await
                }
                Err(error) => Err(error),
            };
            self.settle(recorded, NOT_RECORDED)?;
        }
        self.open = true;
        self.forwarded = true;
        Ok(())
    }

    /// Puts something on record that happens while the request is under way.
    pub(super) async fn note(&self, action: Action, outcome: Outcome) -> Result<(), Refusal> {
        let recorded = match self.event(action, outcome) {
            Ok(event) => audit::record(&self.context, event).await,
            Err(error) => Err(error),
        };
        self.settle(recorded, NOT_RECORDED)
    }

    /// Records how the request ended. Recording happens once: where the first attempt is said to have failed and has not, the
    /// second one, about that failure, is the same event.
    pub(super) async fn close(&mut self, outcome: Outcome) -> Result<(), Refusal> {
        let outcome = match outcome {
            // It may have been done, and what was said of it was heard: nobody said no to it.
            Outcome::Refused(Reason::Cancelled) if self.forwarded => {
                Outcome::Failed(Fault::Caller, Reason::Cancelled)
            }
            outcome => outcome,
        };
        self.open = false;
        let tells = self.tells();
        if self.moved || (!tells && (self.worthless || (!self.worth && outcome == Outcome::Ok))) {
            return Ok(());
        }
        let action = self.ended_as(tells, outcome);
        (self.worth, self.said) = (false, true);
        if let Outcome::Refused(Reason::Cancelled) | Outcome::Failed(_, Reason::Cancelled) = outcome {
            self.log_cancelled();
        }
        let recorded = match self.event(action, outcome) {
            Ok(event) => {
                let event = match &self.ended {
                    Some(ended) => event.under(ended),
                    None => event,
                };
                self.ended = Some(event.id().clone());
                audit::record(&self.context, event).await
            }
            Err(error) => Err(error),
        };
        // Also the second time, when it is the failure of the first that is recorded: what was asked may have been done.
        let text = match self.forwarded {
            true => {
                "What was asked may have been done, but the gateway cannot record it, so the answer is withheld. \
                     Check before trying again."
            }
            false => NOT_RECORDED,
        };
        self.settle(recorded, text)
    }

    /// Whether the request was forwarded and its end is not recorded yet.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Applies `[audit] on_failure`.
    fn settle(&self, recorded: Result<(), PortError>, text: &str) -> Result<(), Refusal> {
        match (recorded, self.context.setup.config.audit_on_failure) {
            (Ok(()), _) | (Err(_), OnFailure::Continue) => Ok(()),
            (Err(_), OnFailure::Refuse) => Err(Refusal::new(Fault::Gateway, Reason::AuditUnavailable, text)),
        }
    }

    /// That a client went away is nobody's failure.
    fn log_cancelled(&self) {
        let line = LogLine::new(Level::Info, "cancelled").id("service", &self.service);
        self.context.host.log(line);
    }

    fn event(&self, action: Action, outcome: Outcome) -> Result<Event, PortError> {
        let now = self.context.host.now();
        let took = Duration::from_millis(u64::try_from(now.0 - self.started.0).unwrap_or_default());
        let mut event = Event::new(&self.context.host, action)?
            .outcome(outcome)
            .observed(self.observed.iter().copied())
            .cut(self.cut)
            .service(&self.service)
            .duration(took)
            .request_bytes(self.request_bytes)
            .result_bytes(self.result_bytes)
            .found(self.found.iter().copied())
            .given_back(self.given_back.iter().copied());
        if let Some(principal) = &self.principal {
            let key = &self.context.setup.keys.hash;
            event = event.person(principal.person()).role(RoleName::new(key, principal.role()));
            event = event.client(principal.client(), key);
        }
        if let Some(tool) = &self.tool {
            event = event.tool(tool.clone());
        }
        if let Some(id) = &self.confirmation {
            event = event.about_confirmation(id, &self.context.setup.keys.hash);
        }
        if let Some(records) = self.records {
            event = event.records(records);
        }
        if let Some(announced) = &self.announced {
            event = event.follows(announced);
        }
        Ok(event)
    }
}

impl<H: Host> Drop for Account<H> {
    fn drop(&mut self) {
        let cancelled = self.open && self.worth;
        let tells = self.tells() && !self.worth;
        if self.moved || self.given_up.get() || !(tells || cancelled) {
            return;
        }
        let outcome = match cancelled {
            true => Outcome::Failed(Fault::Caller, Reason::Cancelled),
            // So streams of news end.
            false => Outcome::Ok,
        };
        if cancelled {
            self.log_cancelled();
        }
        if let Ok(event) = self.event(self.ended_as(tells, outcome), outcome) {
            let context = self.context.clone();
            self.context.host.after_response(Box::pin(async move {
                // `record` logs a failure itself, and there is nobody left to refuse.
                let _ = audit::record(&context, event).await;
            }));
        }
    }
}

//! Pins of tools: what a service says of them is compared with what was approved, wherever it passes: in lists on their
//! way to a client, and in those that the gateway asks for to resolve a call.
//!
//! An isolate remembers what became of a definition for [`AGE`]; then, and for what it does not know, it asks the
//! database, once for a whole list.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::account::Account;
use super::admit::{Admitted, storage};
use crate::audit::{Action, Event, Outcome, Reason, ToolName};
use crate::config::Service;
use crate::context::Context;
use crate::error::{Fault, Refusal};
use crate::guard::pin::{self, Likeness, Sight, State, judge};
use crate::guard::suspicion::{self, MAX_DEFINITION, Neighbours};
use crate::host::{Host, Level, LogLine, PortError};
use crate::mcp::list::{Told, Tool};
use crate::mcp::message::Message;
use crate::oauth::{Principal, on_record};
use crate::store::pin::{self as store, Known, New};

/// How long an isolate believes what it knows of a definition: a decision is known everywhere within a minute.
pub(super) const AGE: Duration = Duration::from_secs(50);

/// How long ago the pages before may have been pinned that a later page of a list does not say again.
const PAGES: Duration = Duration::from_secs(60);

/// How many definitions of a tool may wait, how many are kept of it, and how many of a service. What is more than that is
/// held all the same, but neither kept nor recorded: a service that says something new each time would fill the database.
const MOST_WAITING: usize = 10;
const MOST_OF_TOOL: usize = 100;
const MOST_OF_SERVICE: i64 = 10_000;

/// How many new tools of one list are compared with those that are gone; where there are more, they wait.
const MOST_COMPARED: usize = 200;

/// How many tools of one list have an event of their own when they are held.
const MOST_EVENTS: usize = 20;

/// Which part of a service's list is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// All of it, or what it begins with: a pinned tool that is not in it is gone.
    First,
    /// What a cursor led to: tools that were pinned just now may be of the pages before.
    Later,
}

impl Page {
    /// Which one a message asks for.
    pub(super) fn of(message: &Message) -> Self {
        if message.has_cursor() { Self::Later } else { Self::First }
    }
}

/// The digest under which a definition is known: of no other tool, and of no other service.
fn digest<H: Host>(context: &Context<H>, service: &str, tool: &Tool) -> String {
    context.setup.keys.hash.id("pin", &[service, &tool.name, &tool.definition])
}

/// What stands for a tool of a service.
fn tool_id<H: Host>(context: &Context<H>, service: &str, name: &str) -> String {
    context.setup.keys.hash.id("pin-tool", &[service, name])
}

/// Looks at the tools of a list, and says for each item whether it is held: what is seen for the first time is pinned or
/// has to wait, and that is on record.
///
/// # Errors
/// A [`Refusal`] when it cannot be said, or not be recorded.
pub(super) async fn see<H: Host>(
    context: &Context<H>,
    service: &Service,
    principal: &Principal,
    told: &[Option<Told>],
    page: Page,
) -> Result<Vec<bool>, Refusal> {
    let config = &context.setup.config;
    if !config.modes.pins.looks() {
        return Ok(vec![false; told.len()]);
    }
    match states(context, service, principal, told, page).await {
        Ok(states) => Ok(states.into_iter().map(|state| state != Some(State::Pinned)).collect()),
        Err(error) if config.modes.pins.stops() => Err(storage(context, &error)),
        Err(error) => {
            context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
            Ok(vec![false; told.len()])
        }
    }
}

/// What became of each definition of a list; [`None`] for what is no tool.
async fn states<H: Host>(
    context: &Context<H>,
    service: &Service,
    principal: &Principal,
    told: &[Option<Told>],
    page: Page,
) -> Result<Vec<Option<State>>, PortError> {
    let (host, id) = (&context.host, &*service.id);
    let isolate = host.isolate();
    let digests: Vec<Option<String>> =
        told.iter().map(|told| told.as_ref().map(|told| digest(context, id, &told.tool))).collect();
    let recall = |digest: &String| isolate.pins.recall(digest, host.now()).map(|(_, state)| state);
    let mut states: Vec<Option<State>> =
        digests.iter().map(|digest| digest.as_ref().and_then(recall)).collect();
    let unknown: Vec<(usize, &Told, &str)> = told
        .iter()
        .zip(&digests)
        .zip(&states)
        .enumerate()
        .filter_map(|(at, ((told, digest), state))| {
            let (told, digest) = told.as_ref().zip(digest.as_deref())?;
            state.is_none().then_some((at, told, digest))
        })
        .collect();
    if unknown.is_empty() {
        return Ok(states);
    }
    let tools: Vec<String> =
        unknown.iter().map(|(_, told, _)| tool_id(context, id, &told.tool.name)).collect();
    let asked: HashSet<&str> = tools.iter().map(String::as_str).collect();
    let known = store::of_tools(host, id, &asked.into_iter().collect::<Vec<_>>()).await?;
    let before: HashMap<&str, State> =
        known.iter().map(|known| (known.digest.as_str(), known.state)).collect();
    let mut new: Vec<Seen<'_>> = Vec::new();
    let mut found: HashMap<&str, State> = HashMap::new();
    let mut seen = HashSet::new();
    for ((_, told, digest), tool) in unknown.iter().zip(&tools) {
        match before.get(digest) {
            Some(state) => drop(found.insert(digest, *state)),
            // A list may say the same twice.
            None if !seen.insert(*digest) => {}
            None => new.push(Seen { told, digest, tool }),
        }
    }
    if !new.is_empty() {
        let present: Vec<&str> = told.iter().flatten().map(|told| told.tool.name.as_str()).collect();
        found.extend(first_seen(context, service, principal, (page, &present), &known, new).await?);
    }
    let decided: Vec<(usize, State)> =
        unknown.iter().filter_map(|(at, _, digest)| Some((*at, *found.get(digest)?))).collect();
    for (digest, state) in found {
        keep(context, digest, state);
    }
    for (at, state) in decided {
        if let Some(place) = states.get_mut(at) {
            *place = Some(state);
        }
    }
    Ok(states)
}

/// A definition that is seen for the first time.
struct Seen<'a> {
    told: &'a Told,
    digest: &'a str,
    /// The keyed hash of the tool.
    tool: &'a str,
}

/// Pins definitions that are seen for the first time, or has them wait.
async fn first_seen<'a, H: Host>(
    context: &Context<H>,
    service: &Service,
    principal: &Principal,
    (page, present): (Page, &[&str]),
    known: &[Known],
    seen: Vec<Seen<'a>>,
) -> Result<HashMap<&'a str, State>, PortError> {
    let (host, id) = (&context.host, &*service.id);
    let here: Vec<String> = present.iter().map(|name| tool_id(context, id, name)).collect();
    let here: Vec<&str> = here.iter().map(String::as_str).collect();
    let before = (page == Page::Later).then(|| host.now().before(PAGES));
    let around = store::around(context, id, &here, before).await?;
    let services = context.setup.config.services.iter().map(|other| other.id.as_str());
    let others = around.others.iter().map(|name| name.as_str());
    let neighbours = Neighbours::new(present.iter().copied(), others, services.filter(|other| *other != id));
    let gone = around.gone.iter().map(|(digest, gone)| (digest.as_str(), Likeness::of(gone)));
    let gone = Gone { compared: gone.collect(), more: around.more_gone };
    let mut of_tool: HashMap<&str, OfTool<'_>> = HashMap::new();
    for known in known {
        of_tool.entry(&known.tool).or_default().add(known);
    }
    let (mut new, mut found) = (Vec::new(), HashMap::new());
    for one in &seen {
        let before = of_tool.entry(one.tool).or_default();
        let full = around.kept + new.len() as i64 >= MOST_OF_SERVICE;
        if full || before.waiting >= MOST_WAITING || before.all >= MOST_OF_TOOL {
            found.insert(one.digest, State::Waiting);
            continue;
        }
        let judged = judged(context, one, before, &gone, new.len() < MOST_COMPARED, &neighbours);
        before.all += 1;
        before.waiting += usize::from(judged.state == State::Waiting);
        new.push(judged);
    }
    if !found.is_empty() {
        let line = LogLine::new(Level::Warn, "pins_full").id("service", id);
        host.log(line.number("tools", found.len() as i64));
    }
    // What cannot be recorded is not done: who sees the same next makes it known.
    record(context, service, principal, &new).await?;
    let kept = store::keep(context, id, &new).await?;
    // Another request may have been sooner, with another definition of the same tool.
    let overtaken: Vec<New<'_>> = new
        .iter()
        .filter(|new| new.state == State::Pinned && kept.get(new.digest) == Some(&State::Waiting))
        .map(|new| New { state: State::Waiting, why: pin::Why::Changed, ..new.clone() })
        .collect();
    record(context, service, principal, &overtaken).await?;
    found.extend(seen.iter().filter_map(|one| Some((one.digest, *kept.get(one.digest)?))));
    Ok(found)
}

/// What was seen of a tool before.
#[derive(Default)]
struct OfTool<'a> {
    all: usize,
    waiting: usize,
    /// What a new definition is compared with: one that is pinned, if there is one.
    newest: Option<&'a Known>,
}

impl<'a> OfTool<'a> {
    fn add(&mut self, known: &'a Known) {
        self.all += 1;
        self.waiting += usize::from(known.state == State::Waiting);
        let rank = |known: &Known| (known.state == State::Pinned, known.since);
        if self.newest.is_none_or(|newest| rank(newest) < rank(known)) {
            self.newest = Some(known);
        }
    }
}

/// Pinned tools that the service has no longer.
struct Gone<'a> {
    compared: Vec<(&'a str, Likeness)>,
    /// Whether there are more than a new tool can be compared with.
    more: bool,
}

/// What becomes of a definition that is seen for the first time. Where it is not `compared` with what is `gone`, because
/// there are too many, it may be any of that.
fn judged<'a, H: Host>(
    context: &Context<H>,
    seen: &Seen<'a>,
    before: &OfTool<'_>,
    gone: &Gone<'_>,
    compared: bool,
    neighbours: &Neighbours<'_>,
) -> New<'a> {
    let definition = seen.told.definition.as_str();
    let mut flags: Vec<&str> = Vec::new();
    for found in suspicion::look(definition, neighbours) {
        if !flags.contains(&found.flag.name()) {
            flags.push(found.flag.name());
        }
    }
    let likeness = Likeness::of(definition);
    let mut of_gone = gone.compared.iter().filter(|_| before.all == 0);
    let like = of_gone.find(|(_, gone)| !compared || gone.resembles(&likeness)).map(|(digest, _)| *digest);
    let (state, why) = judge(Sight {
        tool_is_known: before.all > 0,
        may_be_one_gone: like.is_some() || gone.more,
        flagged: !flags.is_empty(),
        policy: context.setup.config.new_tools,
    });
    let compared = before.newest.map(|known| known.digest.as_str()).or(like).map(str::to_owned);
    New {
        digest: seen.digest,
        tool: seen.tool,
        name: &seen.told.tool.name,
        definition: if definition.len() > MAX_DEFINITION { "" } else { definition },
        state,
        why,
        flags: flags.join(" "),
        compared,
    }
}

/// Puts on record what became of definitions: one event for all that are pinned, one for each that has to wait, and one
/// for all those that are too many for that.
async fn record<H: Host>(
    context: &Context<H>,
    service: &Service,
    principal: &Principal,
    new: &[New<'_>],
) -> Result<(), PortError> {
    let (key, policy) = (&context.setup.keys.hash, &service.pii.policy);
    let stops = context.setup.config.modes.pins.stops();
    let event = |action, held: bool| {
        let event = Event::new(&context.host, action)?
            .person(principal.person())
            .client(principal.client(), key)
            .service(&service.id);
        Ok::<_, PortError>(match (held, stops) {
            (true, true) => event.outcome(Outcome::Refused(Reason::ToolQuarantined)),
            (true, false) => event.observed([Reason::ToolQuarantined]),
            (false, _) => event,
        })
    };
    let (pinned, held): (Vec<_>, Vec<_>) = new.iter().partition(|new| new.state == State::Pinned);
    match pinned.as_slice() {
        [] => {}
        [one] => {
            let event = event(Action::ToolsPinned, false)?.about_definition(one.digest);
            on_record(context, event.items(1).tool(ToolName::known(key, policy, one.name))).await?;
        }
        many => on_record(context, event(Action::ToolsPinned, false)?.items(many.len())).await?,
    }
    let (first, others) = held.split_at_checked(MOST_EVENTS).unwrap_or((&held, &[]));
    for new in first {
        let action = match new.why {
            pin::Why::Changed => Action::ToolChanged,
            _ => Action::ToolHeld,
        };
        let event = event(action, true)?.about_definition(new.digest);
        on_record(context, event.tool(ToolName::known(key, policy, new.name))).await?;
    }
    if !others.is_empty() {
        on_record(context, event(Action::ToolHeld, true)?.items(others.len())).await?;
    }
    Ok(())
}

/// Remembers what became of a definition.
fn keep<H: Host>(context: &Context<H>, digest: &str, state: State) {
    let now = context.host.now();
    context.host.isolate().pins.keep(digest.to_owned(), now, now.after(AGE), 0, state);
}

/// A decision is known at once where it was made, and with it what is listed.
pub(super) fn decided<H: Host>(context: &Context<H>, service: &str, digest: &str) {
    let isolate = context.host.isolate();
    isolate.pins.forget(|known| known == digest);
    isolate.lists.forget(|list| list.service == service);
}

/// A tool that this isolate knows, if it is known what became of its definition: one that was never looked at has to be
/// told by the service anew.
///
/// # Errors
/// A [`Refusal`] when the database does not say.
pub(super) async fn looked_at<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    tool: Tool,
) -> Result<Option<Tool>, Refusal> {
    let mode = context.setup.config.modes.pins;
    if !mode.looks() {
        return Ok(Some(tool));
    }
    match state(context, admitted, &tool).await {
        Ok(state) => Ok(state.map(|_| tool)),
        Err(error) if mode.stops() => Err(storage(context, &error)),
        Err(_) => Ok(Some(tool)),
    }
}

/// Whether a tool may be called: only one whose definition is pinned.
///
/// # Errors
/// A [`Refusal`] when it may not, or when the database does not say.
pub(super) async fn check<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    name: &str,
    tool: Option<&Tool>,
    account: &mut Account<H>,
) -> Result<(), Refusal> {
    let mode = context.setup.config.modes.pins;
    if !mode.looks() {
        return Ok(());
    }
    let refusal = match tool {
        None => undeclared(admitted, name),
        Some(tool) => match state(context, admitted, tool).await {
            Ok(Some(State::Pinned)) => return Ok(()),
            Ok(state) => quarantined(admitted, name, state == Some(State::Rejected)),
            Err(error) if mode.stops() => return Err(storage(context, &error)),
            Err(error) => {
                context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
                return Ok(());
            }
        },
    };
    if mode.stops() {
        return Err(refusal);
    }
    account.observe(refusal.reason);
    Ok(())
}

/// What became of the definition of a tool; [`None`] for one that was never looked at.
async fn state<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    tool: &Tool,
) -> Result<Option<State>, PortError> {
    let (host, service) = (&context.host, &*admitted.service.id);
    let digest = digest(context, service, tool);
    if let Some((_, state)) = host.isolate().pins.recall(&digest, host.now()) {
        return Ok(Some(state));
    }
    let known = store::of_tools(host, service, &[&tool_id(context, service, &tool.name)]).await?;
    let state = known.into_iter().find(|known| known.digest == digest).map(|known| known.state);
    if let Some(state) = state {
        keep(context, &digest, state);
    }
    Ok(state)
}

fn quarantined(admitted: &Admitted<'_>, name: &str, rejected: bool) -> Refusal {
    let service = &admitted.service.name;
    let why = match rejected {
        true => "an administrator of the gateway rejected what the service says of it",
        false => {
            "what the service says of it is new, was changed or looks suspicious, and an administrator of the gateway \
             has to decide about it first"
        }
    };
    let text = format!(
        "The tool {name} of {service} is held back: {why}. Nothing was sent. Calling it again does not help; tell the \
         person, who can ask those who run the gateway."
    );
    Refusal::new(Fault::Caller, Reason::ToolQuarantined, text)
}

/// What a service does not say that it has, nobody could look at.
fn undeclared(admitted: &Admitted<'_>, name: &str) -> Refusal {
    let service = &admitted.service.name;
    let text = format!("{service} has no tool {name}. Nothing was sent. Use one that tools/list names.");
    Refusal::new(Fault::Caller, Reason::ToolUnknown, text)
}

//! How much people pull: counted as their events join the chain, and judged right after.
//!
//! ```text
//! events --count--> statement beside the one that extends the chain
//!        --watch--> alerts and holds, whose events go into the outbox
//! ```
//!
//! Nothing of this is done while a call is made: it is told by the events of calls that are over.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use super::event::{Action, Event, Pull, Reason};
use super::text::{EventId, RoleName};
use crate::context::Context;
use crate::guard::throughput::{Amounts, Span, Unusual, Usual};
use crate::host::{Host, Level, LogLine, PortError, Statement};
use crate::store::throughput::{self as store, Alert, Count, Known, MOST, Wanted};

/// For how long an isolate remembers what is usual for a person, and how soon it is found out again what is in a role.
const REMEMBER: Duration = Duration::from_secs(600);
const ROLES_AGAIN: Duration = Duration::from_secs(3600);

/// The statement that counts these events if the chain still ends at `seq`; [`None`] where nothing is to be counted.
pub(super) fn count<'a, H: Host>(
    context: &Context<H>,
    events: impl Iterator<Item = &'a Event>,
    seq: i64,
) -> Result<Option<Statement>, PortError> {
    if !context.setup.config.modes.throughput.looks() {
        return Ok(None);
    }
    let mut counts: BTreeMap<_, Count> = BTreeMap::new();
    for pull in events.filter_map(Event::pull) {
        for span in Span::ALL {
            let begins = span.begins(pull.at);
            let Pull { person, role, client, service, tool, .. } = pull.clone();
            let key = (person, role, client, service, tool, span.name(), begins);
            let count = counts.entry(key).or_insert_with(|| Count {
                person: pull.person.clone(),
                role: pull.role.clone(),
                client: pull.client.clone(),
                service: pull.service.clone(),
                tool: pull.tool.clone(),
                span: span.name(),
                begins,
                calls: 0,
                bytes: 0,
                records: 0,
            });
            count.calls += pull.amounts.calls;
            count.bytes = count.bytes.saturating_add(pull.amounts.bytes).min(MOST);
            count.records = count.records.saturating_add(pull.amounts.records).min(MOST);
        }
    }
    let counts: Vec<Count> = counts.into_values().collect();
    if counts.is_empty() { Ok(None) } else { store::add(&counts, seq).map(Some) }
}

/// A person whose calls are judged: their role, and the stretches of time that they called in.
#[derive(Default)]
struct Subject {
    role: String,
    stretches: BTreeSet<(&'static str, i64)>,
}

/// Judges the stretches of time in which these events happened. Says whether anything was raised: then the outbox has
/// events. Can be done again, and by several at once: each alert is raised once.
///
/// # Errors
/// When the database fails, unless it only observes: then it has to be done again.
pub(super) async fn watch<H: Host>(context: &Context<H>, events: &[Event]) -> Result<bool, PortError> {
    match judge(context, events).await {
        Err(error) if !context.setup.config.modes.throughput.stops() => {
            context.host.log(LogLine::new(Level::Error, "throughput_not_judged").port(&error));
            Ok(false)
        }
        judged => judged,
    }
}

async fn judge<H: Host>(context: &Context<H>, events: &[Event]) -> Result<bool, PortError> {
    let (host, config) = (&context.host, &context.setup.config);
    let mode = config.modes.throughput;
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    for pull in events.iter().filter(|_| mode.looks()).filter_map(Event::pull) {
        let subject = subjects.entry(pull.person).or_default();
        subject.role = pull.role;
        subject.stretches.extend(Span::ALL.map(|span| (span.name(), span.begins(pull.at))));
    }
    if subjects.is_empty() {
        return Ok(false);
    }
    let known = store::known(host, &wanted(context, &subjects)).await?;
    let mut found = Vec::new();
    for (person, subject) in &subjects {
        let own = usual(context, person, &known);
        for (span, begins) in &subject.stretches {
            let Some(span) = Span::named(span) else { continue };
            let place = (person.clone(), span, *begins);
            let now = known.stretches.get(&place).copied().unwrap_or_default();
            let own = match span {
                Span::Hour => own.hour.as_ref(),
                Span::Day => own.day.as_ref(),
            };
            let role = known.roles.get(&(subject.role.clone(), span));
            let bounds = config.throughput.bounds(span);
            for unusual in bounds.judge((span, *begins), &now, own, role) {
                if !known.alerted.contains(&(place.clone(), unusual.what)) {
                    found.push((person.as_str(), subject.role.as_str(), unusual));
                }
            }
        }
    }
    if found.is_empty() {
        return Ok(false);
    }
    let alerts = found.into_iter().map(|(person, role, unusual)| alert(context, person, role, unusual));
    let alerts = alerts.collect::<Result<Vec<_>, _>>()?;
    // Each alone is whole; a host takes only so many statements at once.
    for alerts in alerts.chunks(AT_ONCE) {
        store::raise(host, alerts, host.now()).await?;
    }
    Ok(true)
}

fn wanted<H: Host>(context: &Context<H>, subjects: &BTreeMap<String, Subject>) -> Wanted {
    let (now, isolate) = (context.host.now(), context.host.isolate());
    let first = |span: Span| {
        let begins = subjects.values().flat_map(|subject| &subject.stretches);
        begins.filter(|(name, _)| *name == span.name()).map(|(_, begins)| *begins).min().unwrap_or_default()
    };
    let forgotten = |person: &&String| isolate.usual.recall(person.as_str(), now, REMEMBER).is_none();
    Wanted {
        people: subjects.keys().cloned().collect(),
        whole: subjects.keys().filter(forgotten).cloned().collect(),
        roles: subjects
            .values()
            .map(|subject| subject.role.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        hour: first(Span::Hour),
        day: first(Span::Day),
    }
}

/// How many alerts are raised in one transaction.
const AT_ONCE: usize = 20;

/// What is usual for a person, as an isolate remembers it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habit {
    hour: Option<Usual>,
    day: Option<Usual>,
}

/// What is usual for a person: as it is remembered, or of all that is known of them but the stretches that go on.
fn usual<H: Host>(context: &Context<H>, person: &str, known: &Known) -> Rc<Habit> {
    let (now, isolate) = (context.host.now(), context.host.isolate());
    if let Some(habit) = isolate.usual.recall(person, now, REMEMBER) {
        return habit;
    }
    let before = |span: Span| -> Vec<Amounts> {
        let over = |(whose, of, begins): &store::Stretch| {
            whose == person && *of == span && *begins < span.begins(now.0)
        };
        known.stretches.iter().filter(|(stretch, _)| over(stretch)).map(|(_, amounts)| *amounts).collect()
    };
    let of = |span: Span| Usual::of(span, &before(span));
    let habit = Rc::new(Habit { hour: of(Span::Hour), day: of(Span::Day) });
    isolate.usual.keep(person.to_owned(), now, Rc::clone(&habit));
    habit
}

/// What says that something is unusual, and what comes of it.
fn alert<'a, H: Host>(
    context: &Context<H>,
    person: &'a str,
    role: &'a str,
    unusual: Unusual,
) -> Result<Alert<'a>, PortError> {
    let (host, config) = (&context.host, &context.setup.config);
    let (holds, stops) = (config.throughput.hold, config.modes.throughput.stops());
    let event = |action| {
        let event = Event::new(host, action)?.person(person).unusual(unusual);
        Ok::<_, PortError>(match RoleName::try_from(role.to_owned()) {
            Ok(role) => event.role(role),
            Err(_) => event,
        })
    };
    let raised = event(Action::ThroughputAlerted)?;
    let held = (holds && !stops).then_some(Reason::Held);
    let hold = match holds && stops {
        true => {
            Some((EventId::new(host)?.as_str().to_owned(), event(Action::HoldPlaced)?.follows(raised.id())))
        }
        false => None,
    };
    let tells = stops && config.throughput.webhook.is_some();
    Ok(Alert { person, role, unusual, event: raised.observed(held), tells, hold })
}

/// Finds out what is usual in each role, once an hour.
///
/// # Errors
/// When the database fails.
pub async fn learn_roles<H: Host>(context: &Context<H>) -> Result<(), PortError> {
    let (host, now) = (&context.host, context.host.now());
    let looks = context.setup.config.modes.throughput.looks();
    let last = store::roles_computed_at(host).await?;
    // What a clock found out that was ahead is not what is usual now.
    if !looks || last.is_some_and(|last| last.after(ROLES_AGAIN) > now && last <= now) {
        return Ok(());
    }
    let mut usual = Vec::new();
    for span in Span::ALL {
        let mut roles: BTreeMap<String, (BTreeSet<String>, Vec<Amounts>)> = BTreeMap::new();
        for (role, person, amounts) in store::of_roles(host, span, span.begins(now.0)).await? {
            let (people, stretches) = roles.entry(role).or_default();
            people.insert(person);
            stretches.push(amounts);
        }
        let of_role = |(role, (people, stretches)): (String, (BTreeSet<String>, Vec<Amounts>))| {
            Some((role, span, Usual::of_role(span, people.len(), &stretches)?))
        };
        usual.extend(roles.into_iter().filter_map(of_role));
    }
    let usual: Vec<_> = usual.iter().map(|(role, span, usual)| (role.as_str(), *span, *usual)).collect();
    if usual.is_empty() && last.is_none() {
        return Ok(());
    }
    store::keep_roles(host, &usual, now).await
}

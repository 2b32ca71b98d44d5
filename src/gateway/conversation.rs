//! A request told in the service's own revision, and what comes back told in the client's.
//!
//! Where a service asks something of the client while a call waits, the eras differ: older clients are asked within
//! the answer's stream and answer in a request of their own; clients of 2026-07-28 get the questions as a result
//! (`input_required`) and make the call again with the answers. A service of an older revision then sees the first
//! call cancelled and a second one whose questions are answered at once.

use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _};
use http::StatusCode;

use super::admit::storage;
use super::bridge::{error_message, json_id, lacking, result_message, still_here};
use super::questions::why_refused;
use super::rounds::{PATIENCE, Rounds};
use super::source::Source;
use super::word::Word;
use crate::audit::Reason;
use crate::error::{Fault, Refusal};
use crate::host::{Host, Timestamp};
use crate::mcp::bridge::{self, Question, is_wanted};
use crate::mcp::older;
use crate::mcp::raw::Object;
use crate::mcp::revision::{Era, HEADER_MISMATCH, LATEST_LEGACY};
use crate::mcp::sse::Event;
use crate::service::{Answered, Party, Request, Said, Talk, random_id};
use crate::store::question;

/// How often the answer is looked for: soon at first, then less often.
const FIRST_LOOK: Duration = Duration::from_millis(200);
pub(super) const LATER_LOOKS: Duration = Duration::from_secs(2);
/// How long a stream is silent at most while an answer is waited for.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a call may still be answered after a question that is perhaps not its own, before a client of 2026-07-28
/// gets that question in the place of the answer.
const OWN: Duration = Duration::from_secs(2);
/// How often a service may ask before it gets no more answers.
const ROUNDS: usize = 20;
/// How many questions of one call there are at most.
const QUESTIONS: usize = 100;

/// How long a service is left alone that only wants to be asked again, each time; after the last it gets no more.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// A request and whose it is.
pub(super) struct Turn<H: Host> {
    pub(super) party: Party<H>,
    pub(super) era: Era,
    pub(super) request: Request,
    /// Where word is left when the client cancels it.
    pub(super) cancelled: Option<String>,
}

/// What goes to the client.
enum Out {
    Event(Event),
    /// The last message, and the status it has where it is the only one.
    Last(StatusCode, String),
}

/// Sends the request and waits for the first thing that comes back: an answer alone, or a stream.
pub(super) async fn begin<H: Host>(turn: Turn<H>) -> Result<Source<H>, Refusal> {
    let mut stream = Box::pin(told(turn));
    match stream.next().await {
        Some(Ok(Out::Last(status, text))) => Ok(Source::message(status, text)),
        Some(Ok(first)) => {
            let event = |out| match out {
                Out::Event(event) => event,
                Out::Last(_, text) => Event::message(text),
            };
            let rest = futures_util::stream::iter([Ok(first)]).chain(stream);
            Ok(Source::events(rest.map(move |out| out.map(event))))
        }
        Some(Err(refusal)) => Err(refusal),
        None => Ok(Source::nothing(StatusCode::ACCEPTED)),
    }
}

fn told<H: Host>(turn: Turn<H>) -> impl Stream<Item = Result<Out, Refusal>> {
    try_stream! {
        let Turn { party, era, request, cancelled } = turn;
        let (id, method) = (request.id.clone(), request.method.clone());
        let mut rounds = match era {
            Era::Modern => Rounds::opened(&party, &request)?,
            Era::Legacy => Rounds::first(&party, &request),
        };
        let mut word = Word::new(&party, cancelled);
        let mut talk = word.or_cancelled(Talk::begin(party.clone(), request)).await?;
        let mut sooner = None;
        let mut pauses = PAUSES.into_iter();
        let mut count = 0;
        for _ in 0..ROUNDS {
            let questions = loop {
                let said = match sooner.take() {
                    Some(said) => said,
                    None => word.or_cancelled(talk.next()).await?,
                };
                match said {
                    Said::Note(note) => {
                        if let Some(note) = noted(&party, era, &note) {
                            yield Out::Event(Event::message(note));
                        }
                    }
                    Said::Result(result) => {
                        let tasks = talk.keeps_tasks() && party.facts.revision == LATEST_LEGACY;
                        let result = match method == "tools/list" && !tasks {
                            true => older::without_tasks(&result),
                            false => result,
                        };
                        let result = match era {
                            Era::Legacy => {
                                let result = bridge::result_to_legacy(&result);
                                older::result(&method, &result, &party.facts.revision)
                            }
                            Era::Modern => bridge::result_to_modern(&method, &result),
                        };
                        word.look_last().await?;
                        yield Out::Last(StatusCode::OK, result_message(&id, &result));
                        return;
                    }
                    Said::Error(error) => {
                        word.look_last().await?;
                        if era == Era::Legacy && bridge::code(&error) == Some(HEADER_MISMATCH) {
                            Err(mismatched(&party))?;
                        }
                        let questions = url_questions(&party, era, &method, &error);
                        if questions.is_empty() {
                            let (status, text) = failed(&party, era, &id, &method, &error);
                            yield Out::Last(status, text);
                            return;
                        }
                        let questions = rounds.number(&party, questions);
                        let result = rounds.required(&party, &questions)?;
                        yield Out::Last(StatusCode::OK, result_message(&id, &result));
                        return;
                    }
                    Said::Asks(questions) => break questions,
                    // It is open no more.
                    Said::TakesBack(_) => {}
                }
            };
            count += questions.len();
            enough(&party, count)?;
            let unable = questions.iter().find_map(|question| party.facts.can(&question.method, &question.params).err());
            if let Some(capability) = unable {
                let (status, text) = lacking(&id, era, &method, &party.service.name, capability);
                yield Out::Last(status, text);
                return;
            }
            let answers = match era {
                Era::Modern => {
                    let mut questions = rounds.number(&party, questions);
                    if rounds.has_new(&questions) && talk.may_be_answered() {
                        let mut soon = pin!(party.context.host.sleep(OWN));
                        loop {
                            let said = match select(pin!(talk.next()), soon.as_mut()).await {
                                Either::Left((said, _)) => said?,
                                Either::Right(_) => break,
                            };
                            match said {
                                Said::Note(note) => {
                                    if let Some(note) = noted(&party, era, &note) {
                                        yield Out::Event(Event::message(note));
                                    }
                                }
                                Said::Asks(more) => {
                                    count += more.len();
                                    enough(&party, count)?;
                                    questions.extend(rounds.number(&party, more));
                                }
                                Said::TakesBack(key) => questions.retain(|(question, _)| question.key != key),
                                answer => {
                                    sooner = Some(answer);
                                    break;
                                }
                            }
                        }
                        if sooner.is_some() || questions.is_empty() {
                            continue;
                        }
                    }
                    if rounds.has_new(&questions) {
                        let result = rounds.required(&party, &questions)?;
                        // Dropped with its question open, the call is cancelled at the service.
                        yield Out::Last(StatusCode::OK, result_message(&id, &result));
                        return;
                    }
                    let known = questions.iter().map(|(question, number)| {
                        (question.key.clone(), rounds.answer(number).cloned())
                    });
                    let answer = |answer: Option<String>| answer.map_or(Answered::Nothing, Answered::Result);
                    known.map(|(key, known)| (key, answer(known))).collect::<Vec<_>>()
                }
                Era::Legacy => {
                    let asked = question::Asked { person: &party.person, key: &party.key };
                    let host = &party.context.host;
                    let until = host.now().after(PATIENCE);
                    let (mut open, mut answers) = (Vec::new(), Vec::new());
                    let mut new = questions;
                    let (mut pause, mut shown) = (FIRST_LOOK, host.now());
                    let mut due = host.now().after(pause);
                    let mut taken_back = Vec::new();
                    loop {
                        for question in std::mem::take(&mut new) {
                            let name = named(&party, asked, until).await?;
                            yield Out::Event(Event::message(question.request(&json_id(&name))));
                            open.push(Open { key: question.key, method: question.method, name });
                        }
                        if !taken_back.is_empty() {
                            withdrawn(&party, asked, &taken_back).await?;
                            for name in std::mem::take(&mut taken_back) {
                                yield Out::Event(Event::message(withdrawal(&name)));
                            }
                        }
                        // Held on to: what a service says may come in several steps.
                        let mut next = pin!(async {
                            match talk.goes_on() {
                                true => talk.next().await,
                                false => pending().await,
                            }
                        });
                        let said = loop {
                            let now = host.now();
                            if open.is_empty() || now >= until {
                                break None;
                            }
                            let left = u64::try_from(due.0 - now.0).unwrap_or_default();
                            if left > 0
                                && let Either::Left((said, _)) =
                                    select(next.as_mut(), pin!(host.sleep(Duration::from_millis(left)))).await
                            {
                                break Some(said?);
                            }
                            // However much the service says, it is looked for word and for answers.
                            word.look().await?;
                            let mut still = Vec::new();
                            for question in open {
                                let taken = question::take(host, asked, &question.name)
                                    .await
                                    .map_err(|error| storage(&party.context, &error))?;
                                if let Some(why) = taken.as_deref().and_then(why_refused) {
                                    Err(answer_refused(&party, &why))?;
                                }
                                match taken {
                                    Some(answer) => answers.push((question, answered(&answer))),
                                    None => still.push(question),
                                }
                            }
                            open = still;
                            pause = (pause * 3 / 2).min(LATER_LOOKS);
                            due = host.now().after(pause);
                            if host.now() >= shown.after(SILENCE) {
                                shown = host.now();
                                yield Out::Event(still_here());
                            }
                        };
                        match said {
                            None => break,
                            Some(Said::Note(note)) => {
                                if let Some(note) = noted(&party, era, &note) {
                                    shown = host.now();
                                    yield Out::Event(Event::message(note));
                                }
                            }
                            Some(Said::Asks(more)) => {
                                count += more.len();
                                enough(&party, count)?;
                                new = more;
                            }
                            Some(Said::TakesBack(key)) => {
                                let (gone, still) = open.into_iter().partition(|question| question.key == key);
                                open = still;
                                taken_back = gone.into_iter().map(|question: Open| question.name).collect();
                                answers.retain(|(question, _)| question.key != key);
                            }
                            // The question was not this call's, or the service does without.
                            Some(answer) => {
                                sooner = Some(answer);
                                break;
                            }
                        }
                    }
                    // The client need not ask anybody any more.
                    let names: Vec<_> = open.iter().map(|question| question.name.clone()).collect();
                    if !names.is_empty() {
                        withdrawn(&party, asked, &names).await?;
                        for name in names {
                            yield Out::Event(Event::message(withdrawal(&name)));
                        }
                    }
                    let unanswered = open.into_iter().map(|question| (question, Answered::Nothing));
                    answers.extend(unanswered);
                    if sooner.is_some() || (answers.is_empty() && talk.goes_on()) {
                        continue;
                    }
                    let unsaid = |(question, answer): &(Open, Answered)| {
                        question.method != "elicitation/create" && !matches!(answer, Answered::Result(_))
                    };
                    if !talk.takes_errors() && answers.iter().any(unsaid) {
                        Err(not_answered(&party))?;
                    }
                    answers.into_iter().map(|(question, answer)| (question.key, answer)).collect()
                }
            };
            if answers.is_empty() {
                let Some(pause) = pauses.next() else { break };
                let paused = async {
                    party.context.host.sleep(pause).await;
                    Ok(())
                };
                word.or_cancelled(paused).await?;
            }
            word.or_cancelled(talk.reply(answers)).await?;
        }
        Err(crate::service::rubbish(&party.service, "it asks again and again"))?;
    }
}

/// A question that an older client has not answered yet.
struct Open {
    key: String,
    method: String,
    /// What the client knows it by.
    name: String,
}

/// Whether a service may still ask.
fn enough<H: Host>(party: &Party<H>, count: usize) -> Result<(), Refusal> {
    match count <= QUESTIONS {
        true => Ok(()),
        false => Err(crate::service::rubbish(&party.service, "it asks again and again")),
    }
}

/// Nobody waits for the answers to these questions any more.
async fn withdrawn<H: Host>(
    party: &Party<H>,
    asked: question::Asked<'_>,
    names: &[String],
) -> Result<(), Refusal> {
    let gone = question::withdraw(&party.context.host, asked, names).await;
    gone.map_err(|error| storage(&party.context, &error))
}

fn withdrawal(name: &str) -> String {
    let id = json_id(name);
    format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#)
}

/// The id of a question to a client of an older revision, whose answer comes in a request of its own.
async fn named<H: Host>(
    party: &Party<H>,
    asked: question::Asked<'_>,
    until: Timestamp,
) -> Result<String, Refusal> {
    let name = random_id(&party.context).map_err(|error| storage(&party.context, &error))?;
    // At the address of all services the answer says by this which of them asked.
    let name = format!("{}.{name}", party.service.id);
    let put = question::put(&party.context.host, asked, &name, until).await;
    put.map_err(|error| storage(&party.context, &error))?;
    Ok(name)
}

/// What a client answered, whole.
fn answered(answer: &str) -> Answered {
    let answer = Object::parse(answer).unwrap_or_default();
    let error = || answer.get("error").map(|error| Answered::Error(error.to_owned()));
    let result = answer.get("result").map(|result| Answered::Result(result.to_owned()));
    result.or_else(error).unwrap_or(Answered::Nothing)
}

/// A notification for the client; [`None`] for what it does not want.
fn noted<H: Host>(party: &Party<H>, era: Era, note: &str) -> Option<String> {
    let message = Object::parse(note)?;
    if era == Era::Legacy {
        return Some(bridge::untagged(note));
    }
    match message.string("method")?.as_str() {
        "notifications/message" => is_wanted(&message, party.facts.level.as_deref()).then(|| note.to_owned()),
        "notifications/progress" => Some(note.to_owned()),
        // News have a stream of their own in this revision.
        _ => None,
    }
}

fn failed<H: Host>(party: &Party<H>, era: Era, id: &str, method: &str, error: &str) -> (StatusCode, String) {
    let code = bridge::code(error).unwrap_or_default();
    if era == Era::Legacy && code == bridge::CAPABILITY_MISSING {
        let object = Object::parse(error).unwrap_or_default();
        let data = object.object("data").unwrap_or_default();
        let required = data.object("requiredCapabilities").unwrap_or_default();
        let names: Vec<&str> = required.members().map(|(name, _)| name).collect();
        let known = ["elicitation", "sampling", "roots"].into_iter().find(|known| names.contains(known));
        return lacking(id, era, method, &party.service.name, known.unwrap_or("that it asks for"));
    }
    let (status, error) = match (era, code) {
        (Era::Legacy, _) => (StatusCode::OK, bridge::error_to_legacy(method, error)),
        (Era::Modern, -32601) => (StatusCode::NOT_FOUND, error.to_owned()),
        (Era::Modern, -32022..=-32020) => (StatusCode::BAD_REQUEST, error.to_owned()),
        (Era::Modern, _) => (StatusCode::OK, bridge::error_to_modern(error)),
    };
    (status, error_message(id, &error))
}

/// The pages that a service of 2025-11-25 wants visited before it does anything, for a client of 2026-07-28.
fn url_questions<H: Host>(party: &Party<H>, era: Era, method: &str, error: &str) -> Vec<Question> {
    if era == Era::Legacy
        || !bridge::may_ask(method)
        || bridge::code(error) != Some(bridge::URL_ELICITATION_REQUIRED)
    {
        return Vec::new();
    }
    let questions = Question::of_url_error(error);
    let able = questions.iter().all(|question| party.facts.can(&question.method, &question.params).is_ok());
    if able { questions } else { Vec::new() }
}

/// The refusal of a request whose headers the gateway made: its client knows of none, nor of the error.
fn mismatched<H: Host>(party: &Party<H>) -> Refusal {
    let text = format!(
        "{} did nothing: it wants other headers with this call than its list of tools says. Try again later; if it \
         lasts, tell the service's operator.",
        party.service.name
    );
    Refusal::new(Fault::Service, Reason::HeaderMismatch, text)
}

/// The end of a call whose question the client answered with what may not be sent.
fn answer_refused<H: Host>(party: &Party<H>, why: &str) -> Refusal {
    let name = &party.service.name;
    let text = format!(
        "{name} asked your client for something, and the answer was refused, so the call ends here: {why}"
    );
    Refusal::new(Fault::Caller, Reason::PseudonymUnknown, text)
}

fn not_answered<H: Host>(party: &Party<H>) -> Refusal {
    let text = format!(
        "{} asked your client for something and got no answer, so the call ends here. Try again.",
        party.service.name
    );
    Refusal::new(Fault::Caller, Reason::Cancelled, text)
}

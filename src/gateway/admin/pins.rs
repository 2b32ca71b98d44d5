//! `/admin/pins`: definitions of tools that wait for an administrator, and the decision about one of them.
//!
//! A definition's id is a digest of all that it says, so a decision is about what was shown and nothing else: what the
//! service says by then is another definition with another id.

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::entry::{self, Admin, By, Denied, Scope};
use super::{json_answer, json_text, moment};
use crate::audit::{self, Action, Reason, ToolName};
use crate::body::Body;
use crate::context::Context;
use crate::gateway::pins;
use crate::guard::pin::{State, differences};
use crate::guard::suspicion::{self, Flag, Found, Neighbours};
use crate::host::{Host, PortError};
use crate::mcp::raw::{self, Object};
use crate::oauth::on_record;
use crate::page::{self, PinLine, PinPage};
use crate::store::pin::{self as store, Pin};
use crate::vocabulary::named;

/// What the form's token is about.
const ABOUT: &str = "admin-pins";

/// How many definitions are listed at most.
const MOST: i64 = 200;

/// `GET /admin/pins`. For programs, `?state=` says which: `waiting` unless it is said.
pub(in crate::gateway) async fn list<H: Host>(
    context: &Context<H>,
    request: &Request<Bytes>,
) -> Response<Body> {
    let listed = async {
        let admin = entry::enter(context, request, Some(Scope::Guard)).await?;
        on_record(context, admin.event(context, Action::PinsViewed)?).await?;
        if wants_json(&admin, request) {
            let state = wished(&admin, request)?;
            let all = store::count(&context.host, state).await?;
            let pins = store::in_state(context, state, MOST).await?;
            let pins: Vec<Value> = pins.iter().map(|pin| Value::Object(told(pin))).collect();
            return Ok::<_, Denied>(json_answer(StatusCode::OK, &json!({ "pins": pins, "all": all })));
        }
        let all = store::count(&context.host, State::Waiting).await?;
        let waiting = lines(context, &store::in_state(context, State::Waiting, MOST).await?);
        let rejected = lines(context, &store::in_state(context, State::Rejected, MOST).await?);
        let pinned = lines(context, &store::in_state(context, State::Pinned, MOST).await?);
        let held = context.setup.config.modes.pins.stops();
        Ok(page::pins(&waiting, all, &rejected, &pinned, held))
    };
    match listed.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::PinsViewed).await,
    }
}

/// `GET /admin/pins/{id}`: one definition, whole.
pub(in crate::gateway) async fn show<H: Host>(
    context: &Context<H>,
    id: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let shown = async {
        let admin = entry::enter(context, request, Some(Scope::Guard)).await?;
        on_record(context, admin.event(context, Action::PinsViewed)?).await?;
        let (pin, definition) = store::find(context, id).await?.ok_or_else(|| unknown(&admin))?;
        let before = match &pin.compared {
            Some(compared) => store::find(context, compared).await?,
            None => None,
        };
        let found = found(context, &pin, &definition).await?;
        let (different, more) = match &before {
            Some((_, before)) => differences(before, &definition),
            None => (Vec::new(), false),
        };
        if wants_json(&admin, request) {
            let mut answer = told(&pin);
            answer.insert("definition".to_owned(), Value::Null);
            let places = found.iter().map(|found| {
                json!({ "flag": found.flag.name(), "path": found.path, "text": page::shown(&found.excerpt) })
            });
            answer.insert("found".to_owned(), places.collect());
            let places = different
                .iter()
                .map(|place| json!({ "path": place.path, "before": place.before, "after": place.after }));
            answer.insert("differences".to_owned(), places.collect());
            answer.insert("more_differences".to_owned(), more.into());
            let answer = Value::Object(answer).to_string();
            let mut answer = Object::parse(&answer).unwrap_or_default();
            // As it is written: no number is rounded.
            if can_be_shown(&definition) {
                answer.set("definition", definition.to_string());
            }
            return Ok::<_, Denied>(json_text(StatusCode::OK, answer.to_string()));
        }
        let By::Person(session) = &admin.by else { return Err(Denied::wrong_scope(&admin)) };
        let different: Vec<_> =
            different.into_iter().map(|place| (place.path, place.before, place.after)).collect();
        let keys = &context.setup.keys.hash;
        let showable = can_be_shown(&definition);
        Ok(page::pin(&PinPage {
            line: &line(context, &pin),
            state: pin.state.name(),
            meaning: pin.state.meaning(),
            decided: pin.decided.as_ref().map(|(by, at)| format!("{} by {by}", moment(*at))),
            flags: &by_flag(&pin, &found),
            compared: before.is_some(),
            differences: &different,
            more,
            definition: &if showable { raw::indented(&definition) } else { String::new() },
            decisions: (pin.state != State::Pinned && showable, pin.state != State::Rejected),
            csrf: &session.csrf(keys, &[ABOUT, &pin.digest, pin.state.name()]),
        }))
    };
    match shown.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, Action::PinsViewed).await,
    }
}

/// What is decided about a definition, as a program writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    decision: String,
    #[serde(default = "waiting")]
    state: String,
}

fn waiting() -> String {
    State::Waiting.name().to_owned()
}

/// `POST /admin/pins/{id}`.
pub(in crate::gateway) async fn decide<H: Host>(
    context: &Context<H>,
    id: &str,
    request: &Request<Bytes>,
) -> Response<Body> {
    let mut action = Action::ToolApproved;
    let decided = async {
        let admin = entry::enter(context, request, Some(Scope::Guard)).await?;
        let wish = wish(context, &admin, id, request)?;
        let malformed = || {
            let text = "write {\"decision\": \"approve\"} or {\"decision\": \"reject\"}, and with it the \"state\" \
                        that it is decided in, if that is not \"waiting\"";
            admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text)
        };
        let to = match wish.decision.as_str() {
            "approve" => State::Pinned,
            "reject" => State::Rejected,
            _ => return Err(malformed()),
        };
        if to == State::Rejected {
            action = Action::ToolRejected;
        }
        let from = named::<State>(&wish.state).filter(|from| *from != to).ok_or_else(malformed)?;
        let found = store::find(context, id).await?.filter(|(pin, _)| pin.state == from);
        let (pin, definition) = found.ok_or_else(|| unknown(&admin))?;
        if to == State::Pinned && !can_be_shown(&definition) {
            let text = "the definition is too large to be shown or cannot be read, so nobody can approve it";
            return Err(admin.refuse(StatusCode::CONFLICT, Reason::PinUnshown, text));
        }
        let event = admin.event(context, action)?.service(&pin.service).about_definition(&pin.digest);
        let key = &context.setup.keys.hash;
        let event = event.tool(match context.setup.config.service(&pin.service) {
            Some(service) => ToolName::known(key, &service.pii.policy, &pin.name),
            None => ToolName::unknown(key, &pin.name),
        });
        match to {
            // Rejecting must work even when it cannot be put on record; the log says so then.
            State::Rejected => drop(audit::record(context, event).await),
            _ => on_record(context, event).await?,
        }
        if !store::decide(&context.host, id, (from, to), &admin.person, context.host.now()).await? {
            return Err(unknown(&admin));
        }
        pins::decided(context, &pin.service, &pin.digest);
        if !admin.is_program() {
            return Ok(page::see_other("/admin/pins"));
        }
        let (pin, _) = store::find(context, id).await?.ok_or_else(|| unknown(&admin))?;
        Ok::<_, Denied>(json_answer(StatusCode::OK, &Value::Object(told(&pin))))
    };
    match decided.await {
        Ok(answer) => answer,
        Err(denied) => denied.tell(context, request, action).await,
    }
}

fn wish<H: Host>(
    context: &Context<H>,
    admin: &Admin,
    id: &str,
    request: &Request<Bytes>,
) -> Result<Wish, Denied> {
    if admin.is_program() {
        return serde_json::from_slice(request.body()).map_err(|_| {
            let text = "write {\"decision\": \"approve\"} or {\"decision\": \"reject\"}";
            admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text)
        });
    }
    // The token is of the definition and the state that the page showed.
    let state = crate::oauth::Form::parse(request.body());
    let state = state.ok().and_then(|form| form.value("state").map(str::to_owned)).unwrap_or_default();
    let form = admin.form(context, request, &[ABOUT, id, &state])?;
    Ok(Wish { decision: form.value("decision").unwrap_or_default().to_owned(), state })
}

/// The state that a list is asked for.
fn wished(admin: &Admin, request: &Request<Bytes>) -> Result<State, Denied> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let Some((_, state)) = pairs.find(|(name, _)| name == "state") else { return Ok(State::Waiting) };
    named::<State>(&state).ok_or_else(|| {
        let text = "state is one of: waiting, pinned, rejected";
        admin.refuse(StatusCode::BAD_REQUEST, Reason::MalformedRequest, text)
    })
}

fn wants_json(admin: &Admin, request: &Request<Bytes>) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    admin.is_program() || accept.is_some_and(|accept| accept.starts_with("application/json"))
}

/// Whether there is all of a definition, and it says the same to everybody: one that is too large is not kept.
fn can_be_shown(definition: &str) -> bool {
    suspicion::can_be_read(definition)
}

fn unknown(admin: &Admin) -> Denied {
    let text = "there is no definition of a tool with this id, or it was decided about meanwhile";
    admin.refuse(StatusCode::NOT_FOUND, Reason::PinUnknown, text)
}

/// What is found in a definition now, beside the tools of other services that there are now.
async fn found<H: Host>(context: &Context<H>, pin: &Pin, definition: &str) -> Result<Vec<Found>, PortError> {
    let others = store::others(context, &pin.service).await?;
    let others = others.iter().map(|name| name.as_str());
    let services = context.setup.config.services.iter().map(|service| service.id.as_str());
    let services = services.filter(|service| *service != pin.service);
    let neighbours = Neighbours::new([pin.name.as_str()], others, services);
    Ok(suspicion::look(definition, &neighbours))
}

/// The flags that it got when it was seen first, and those that it would get now, each with its places.
fn by_flag(pin: &Pin, found: &[Found]) -> Vec<(&'static str, Vec<(String, String)>)> {
    let has = |flag: &&Flag| {
        pin.flags.split(' ').any(|name| name == flag.name()) || found.iter().any(|found| found.flag == **flag)
    };
    let places = |flag: &Flag| {
        let places = found.iter().filter(|found| found.flag == *flag);
        (flag.meaning(), places.map(|found| (found.path.clone(), found.excerpt.clone())).collect())
    };
    Flag::ALL.iter().filter(has).map(places).collect()
}

fn lines<H: Host>(context: &Context<H>, pins: &[Pin]) -> Vec<PinLine> {
    pins.iter().map(|pin| line(context, pin)).collect()
}

fn line<H: Host>(context: &Context<H>, pin: &Pin) -> PinLine {
    let service = context.setup.config.service(&pin.service);
    PinLine {
        id: pin.digest.clone(),
        service: service.map_or(pin.service.clone(), |service| service.name.clone()),
        tool: pin.name.to_string(),
        why: pin.why.meaning(),
        flags: pin.flags.replace(' ', ", "),
        since: moment(pin.first_seen),
    }
}

fn told(pin: &Pin) -> serde_json::Map<String, Value> {
    let flags: Vec<&str> = pin.flags.split(' ').filter(|flag| !flag.is_empty()).collect();
    let told = json!({
        "id": pin.digest,
        "service": pin.service,
        "tool": pin.name.as_str(),
        "state": pin.state.name(),
        "why": pin.why.name(),
        "flags": flags,
        "first_seen": moment(pin.first_seen),
        "decided_by": pin.decided.as_ref().map(|(by, _)| by),
        "decided_at": pin.decided.as_ref().map(|(_, at)| moment(*at)),
    });
    match told {
        Value::Object(told) => told,
        _ => serde_json::Map::new(),
    }
}

//! What a service says without being asked: list changes, updated resources. Older clients get it on the stream of
//! their session (GET), clients of 2026-07-28 by `subscriptions/listen`.

use std::time::Duration;

use async_stream::try_stream;
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt as _};

use super::answer::Source;
use super::bridge::{party, result_message, still_here};
use super::call::Admitted;
use super::client::Client;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::bridge::{META_SUBSCRIPTION, tagged, untagged};
use crate::mcp::raw::{Object, array, array_of, quoted};
use crate::mcp::sse::Event;
use crate::service::{News, Party};

/// How long a stream is open at most before the client is told to ask anew.
const LONGEST: Duration = Duration::from_secs(600);
/// How long it is silent at most.
const SILENCE: Duration = Duration::from_secs(15);

/// What a client wants to hear of.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    tools: bool,
    prompts: bool,
    resources: bool,
    uris: Vec<String>,
}

impl Wanted {
    /// What `params.notifications` of `subscriptions/listen` names.
    pub(super) fn of_params(params: Option<&str>) -> Self {
        let params = params.and_then(Object::parse).unwrap_or_default();
        let filter = params.object("notifications").unwrap_or_default();
        let set = |key| filter.get(key) == Some("true");
        let uris = filter.get("resourceSubscriptions").and_then(array).unwrap_or_default();
        Self {
            tools: set("toolsListChanged"),
            prompts: set("promptsListChanged"),
            resources: set("resourcesListChanged"),
            uris: uris.into_iter().filter_map(|uri| serde_json::from_str(uri).ok()).collect(),
        }
    }

    /// Everything, and these resources.
    fn all(uris: &[String]) -> Self {
        Self { tools: true, prompts: true, resources: true, uris: uris.to_vec() }
    }

    /// As `params` of `subscriptions/listen`.
    fn params(&self) -> String {
        format!(r#"{{"notifications":{}}}"#, self.filter())
    }

    fn filter(&self) -> String {
        let mut filter = Object::default();
        for (key, wanted) in [
            ("toolsListChanged", self.tools),
            ("promptsListChanged", self.prompts),
            ("resourcesListChanged", self.resources),
        ] {
            if wanted {
                filter.set(key, "true".to_owned());
            }
        }
        if !self.uris.is_empty() {
            let uris: Vec<String> = self.uris.iter().map(|uri| quoted(uri)).collect();
            filter.set("resourceSubscriptions", array_of(uris.iter().map(String::as_str)));
        }
        filter.to_string()
    }

    fn names(&self, note: &Object<'_>) -> bool {
        match note.string("method").as_deref() {
            Some("notifications/tools/list_changed") => self.tools,
            Some("notifications/prompts/list_changed") => self.prompts,
            Some("notifications/resources/list_changed") => self.resources,
            Some("notifications/resources/updated") => {
                let uri = note.object("params").and_then(|params| params.string("uri")).unwrap_or_default();
                self.uris.contains(&uri)
            }
            _ => false,
        }
    }
}

/// The stream of a session of an older revision.
pub(super) async fn in_session<H: Host>(
    context: &Context<H>,
    admitted: &Admitted<'_>,
    client: &Client,
) -> Result<Source<H>, Refusal> {
    let wanted = Wanted::all(client.subscriptions());
    let news = News::open(party(context, admitted, &client.facts), &wanted.params(), &wanted.uris).await?;
    let heard = heard(news, context.clone());
    Ok(Source::events(
        heard.map(|note| {
            note.map(|note| note.map_or_else(still_here, |note| Event::message(untagged(&note))))
        }),
    ))
}

/// `subscriptions/listen` toward a service that does not have it.
pub(super) async fn listen<H: Host>(
    party: Party<H>,
    id: &str,
    params: Option<&str>,
) -> Result<Source<H>, Refusal> {
    let wanted = Wanted::of_params(params);
    let context = party.context.clone();
    let news = News::open(party, &wanted.params(), &wanted.uris).await?;
    let id = id.to_owned();
    Ok(Source::events(try_stream! {
        let acknowledged = format!(
            r#"{{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"notifications":{}}}}}"#,
            wanted.filter()
        );
        yield Event::message(tagged(&acknowledged, &id));
        let mut heard = std::pin::pin!(heard(news, context));
        while let Some(note) = heard.next().await {
            let Some(note) = note? else {
                yield still_here();
                continue;
            };
            if Object::parse(&note).is_some_and(|note| wanted.names(&note)) {
                yield Event::message(tagged(&note, &id));
            }
        }
        let result = format!(r#"{{"resultType":"complete","_meta":{{"{META_SUBSCRIPTION}":{id}}}}}"#);
        yield Event::message(result_message(&id, &result));
    }))
}

/// Notifications as they come; [`None`] now and then while there are none. Ends after a while.
fn heard<H: Host>(
    mut news: News<H>,
    context: Context<H>,
) -> impl Stream<Item = Result<Option<String>, Refusal>> {
    try_stream! {
        let until = context.host.now().after(LONGEST);
        while context.host.now() < until {
            let next = std::pin::pin!(news.next());
            let silence = std::pin::pin!(context.host.sleep(SILENCE));
            match select(next, silence).await {
                Either::Left((Ok(Some(note)), _)) => yield Some(note),
                Either::Left((Ok(None), _)) => break,
                Either::Left((Err(refusal), _)) => Err(refusal)?,
                Either::Right(_) => yield None,
            }
        }
    }
}

//! What is known of a service's tools, for as long as the isolate remembers.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use http::{HeaderMap, Method};

use super::{Outgoing, collect, forward, standard_headers};
use crate::config::Service;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::{Host, Limits};
use crate::mcp::list::{self, Tool};
use crate::mcp::raw::Object;
use crate::mcp::sse;

/// How long a list is believed.
const MAX_AGE: Duration = Duration::from_secs(300);
/// Pages of a list, and bytes of a page, that are read at most.
const MAX_PAGES: usize = 20;
const MAX_PAGE: usize = 4 * 1024 * 1024;

/// The tools that a service declares.
#[derive(Clone, Debug, Default)]
pub struct Catalog(HashMap<String, Tool>);

impl Catalog {
    /// What the service says of a tool; [`None`] for a name that it does not declare.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.0.get(name)
    }

    /// What this isolate knows of a service.
    pub fn known<H: Host>(context: &Context<H>, service: &Service) -> Option<Rc<Self>> {
        context.host.isolate().catalogs.recall(service.id.as_str(), context.host.now(), MAX_AGE)
    }

    /// Adds the tools of a list that passed by.
    pub fn learn<H: Host>(context: &Context<H>, service: &Service, tools: Vec<Tool>) {
        let mut catalog = Self::known(context, service).map(|known| Self::clone(&known)).unwrap_or_default();
        catalog.0.extend(tools.into_iter().map(|tool| (tool.name.clone(), tool)));
        context.host.isolate().catalogs.keep(service.id.clone(), context.host.now(), Rc::new(catalog));
    }

    /// Asks the service for its list, in the session and with the revision of the request at hand.
    ///
    /// `meta` is the request's `params._meta`, which newer revisions want in every request.
    ///
    /// # Errors
    /// When the service does not answer. An answer that is no list tells of no tools.
    pub async fn ask<H: Host>(
        context: &Context<H>,
        service: &Service,
        headers: &HeaderMap,
        meta: Option<&str>,
    ) -> Result<Rc<Self>, Refusal> {
        let mut catalog = Self::default();
        let mut cursor: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut params = Object::default();
            if let Some(cursor) = &cursor {
                params.set("cursor", cursor.clone());
            }
            if let Some(meta) = meta.and_then(Object::parse) {
                let mut own = Object::default();
                for (key, value) in
                    meta.members().filter(|(key, _)| key.starts_with("io.modelcontextprotocol/"))
                {
                    own.set(key, value.to_owned());
                }
                params.set("_meta", own.to_string());
            }
            let body =
                format!(r#"{{"jsonrpc":"2.0","id":"mcpgate","method":"tools/list","params":{params}}}"#);
            let limits = Limits { head: service.timeout, idle: service.timeout };
            let outgoing = Outgoing { method: Method::POST, headers: headers.clone(), body, limits };
            let response = forward(context, service, outgoing).await?;
            let stream = response
                .headers()
                .get(http::header::CONTENT_TYPE)
                .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
            let text = collect(context, service, response.into_body(), MAX_PAGE).await?;
            let Some(text) = (if stream { last_event(&text) } else { Some(text) }) else { break };
            let Some(message) = Object::parse(&text) else { break };
            let Some(result) = message.object("result") else { break };
            let Some(tools) = list::tools(&result) else { break };
            catalog.0.extend(tools.into_iter().map(|tool| (tool.name.clone(), tool)));
            match result.get("nextCursor") {
                Some(next) if next != "null" => cursor = Some(next.to_owned()),
                _ => break,
            }
        }
        let catalog = Rc::new(catalog);
        context.host.isolate().catalogs.keep(service.id.clone(), context.host.now(), catalog.clone());
        Ok(catalog)
    }
}

/// The headers of our own `tools/list`, given those of the request at hand.
pub fn list_headers(request: &HeaderMap) -> HeaderMap {
    let mut headers = standard_headers();
    for name in ["mcp-protocol-version", "mcp-session-id"] {
        if let Some(value) = request.get(name) {
            headers.insert(name, value.clone());
        }
    }
    if request.contains_key("mcp-method") {
        headers.insert("mcp-method", http::HeaderValue::from_static("tools/list"));
    }
    headers
}

/// The data of the last message of a finished stream: the answer, after any notifications.
fn last_event(text: &str) -> Option<String> {
    let mut parser = sse::Parser::new(MAX_PAGE + MAX_PAGE);
    parser.push(text.as_bytes()).ok()?.into_iter().filter_map(|event| event.data).next_back()
}

//! What is known of a service's tools, for as long as the isolate remembers.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use super::{OwnSession, Party, ask, rubbish};
use crate::config::Service;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::Host;
use crate::mcp::list::{self, Tool, Unlisted};
use crate::mcp::raw::Object;

/// How long a list is believed.
const MAX_AGE: Duration = Duration::from_secs(300);
/// Pages of a list that are read at most.
const MAX_PAGES: usize = 20;

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

    /// Adds the tools of a list that passed by. Where that makes too many, only these are kept.
    pub fn learn<H: Host>(context: &Context<H>, service: &Service, tools: Vec<Tool>) {
        let mut catalog = Self::known(context, service).map(|known| Self::clone(&known)).unwrap_or_default();
        if catalog.0.len() + tools.len() > list::MAX_TOOLS {
            catalog.0.clear();
        }
        catalog.0.extend(tools.into_iter().map(|tool| (tool.name.clone(), tool)));
        context.host.isolate().catalogs.keep(service.id.clone(), context.host.now(), Rc::new(catalog));
    }

    /// Asks the service for its list, all pages of it: as it is for the party's client, in the client's own session
    /// with the service if it has one.
    ///
    /// # Errors
    /// When the service does not answer, or not with a list.
    pub async fn ask<H: Host>(party: &Party<H>, session: Option<&OwnSession>) -> Result<Rc<Self>, Refusal> {
        let (context, service) = (&party.context, &party.service);
        let mut catalog = Self::default();
        let mut cursor: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let params = cursor.map(|cursor| format!(r#"{{"cursor":{cursor}}}"#));
            let result = match session {
                Some(session) => session.ask(party, "tools/list", params).await?,
                None => ask(party, "tools/list", params).await?,
            };
            // Without the list nobody knows which tools destroy something: then nothing is called.
            let result =
                Object::parse(&result).ok_or_else(|| rubbish(service, &Unlisted::NoList.to_string()))?;
            let tools = list::tools(&result).map_err(|why| rubbish(service, &why.to_string()))?;
            catalog.0.extend(tools.into_iter().map(|tool| (tool.name.clone(), tool)));
            if catalog.0.len() > list::MAX_TOOLS {
                return Err(rubbish(service, &Unlisted::TooMany.to_string()));
            }
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

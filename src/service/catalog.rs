//! What is known of a service's tools, for as long as the isolate remembers.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use super::{OwnSession, Party, ask, rubbish};
use crate::config::Service;
use crate::context::Context;
use crate::error::Refusal;
use crate::host::{Host, Timestamp};
use crate::mcp::list::{self, Told, Tool, Unlisted};
use crate::mcp::raw::Object;

/// How long a list is believed.
const MAX_AGE: Duration = Duration::from_secs(300);
/// Pages of a list that are read at most: a page of few tools still lets [`list::MAX_TOOLS`] of them be known.
const MAX_PAGES: usize = 100;

/// The most bytes that are kept of a service's tools, about.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The tools that a service declares.
#[derive(Clone, Debug)]
pub struct Catalog {
    tools: HashMap<String, Tool>,
    /// When the oldest of them was told.
    since: Timestamp,
}

impl Catalog {
    /// What the service says of a tool; [`None`] for a name that it does not declare.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.get(name)
    }

    /// What this isolate knows of a service, as this person has it.
    pub fn known<H: Host>(context: &Context<H>, service: &Service, person: &str) -> Option<Rc<Self>> {
        let (key, now) = (key(context, service, person), context.host.now());
        let (_, catalog) = context.host.isolate().catalogs.recall(&key, now)?;
        // A clock that was put back makes nothing young.
        (catalog.since <= now).then_some(catalog)
    }

    /// Forgets what this isolate knows of a service, as this person has it: it showed that it is over.
    pub fn forget<H: Host>(context: &Context<H>, service: &Service, person: &str) {
        let over = key(context, service, person);
        context.host.isolate().catalogs.forget(|key| *key == over);
    }

    /// Adds the tools of a list that passed by; what it does not name becomes no younger. Where that makes too many,
    /// only these are kept, and none of those that are too many by themselves.
    pub fn learn<H: Host>(context: &Context<H>, service: &Service, person: &str, tools: Vec<Tool>) {
        let now = context.host.now();
        let known = Self::known(context, service, person)
            .map_or_else(|| Self::empty(now), |known| Self::clone(&known));
        if let Some(catalog) = known.and(tools, now) {
            Rc::new(catalog).keep(context, service, person);
        }
    }

    fn keep<H: Host>(self: Rc<Self>, context: &Context<H>, service: &Service, person: &str) {
        let (key, until, size) = (key(context, service, person), self.since.after(MAX_AGE), self.size());
        context.host.isolate().catalogs.keep(key, context.host.now(), until, size, self);
    }

    fn empty(now: Timestamp) -> Self {
        Self { tools: HashMap::new(), since: now }
    }

    fn and(mut self, told: Vec<Tool>, now: Timestamp) -> Option<Self> {
        let told: HashMap<String, Tool> = told.into_iter().map(|tool| (tool.name.clone(), tool)).collect();
        if self.tools.keys().all(|name| told.contains_key(name)) {
            self = Self::empty(now);
        }
        self.tools.extend(told.clone());
        if !self.fits() {
            self = Self { tools: told, since: now };
        }
        self.fits().then_some(self)
    }

    fn fits(&self) -> bool {
        self.tools.len() <= list::MAX_TOOLS && self.size() <= MAX_BYTES
    }

    /// About how many bytes it takes.
    fn size(&self) -> usize {
        self.tools.values().map(Tool::size).sum()
    }

    /// Asks the service for its list, all pages of it: as it is for the party's client, in the client's own session
    /// with the service if it has one. Also gives what was said of each.
    ///
    /// # Errors
    /// When the service does not answer, or not with a list.
    pub async fn ask<H: Host>(
        party: &Party<H>,
        session: Option<&OwnSession>,
    ) -> Result<(Rc<Self>, Vec<Option<Told>>), Refusal> {
        let (context, service) = (&party.context, &party.service);
        let mut all = Vec::new();
        let mut catalog = Self::empty(context.host.now());
        let mut cursor: Option<String> = None;
        let mut pages = 0;
        loop {
            pages += 1;
            let params = cursor.as_ref().map(|cursor| format!(r#"{{"cursor":{cursor}}}"#));
            let result = match session {
                Some(session) => session.ask(party, "tools/list", params).await?,
                None => ask(party, "tools/list", params).await?,
            };
            // Without the list nobody knows which tools destroy something: then nothing is called.
            let result =
                Object::parse(&result).ok_or_else(|| rubbish(service, &Unlisted::NoList.to_string()))?;
            let told = list::told(&result).map_err(|why| rubbish(service, &why.to_string()))?;
            let before = catalog.tools.len();
            let tools = told.iter().flatten().map(|told| (told.tool.name.clone(), told.tool.clone()));
            catalog.tools.extend(tools);
            all.extend(told);
            if !catalog.fits() {
                return Err(rubbish(service, &Unlisted::TooMany.to_string()));
            }
            let next = result.get("nextCursor").filter(|next| *next != "null");
            // Some say so for ever with the same cursor, and tell nothing new.
            let over = cursor.as_deref() == next && catalog.tools.len() == before;
            match next {
                Some(next) if !over => cursor = Some(next.to_owned()),
                _ => break,
            }
            // What a tool does that nobody read of, nobody knows.
            if pages == MAX_PAGES {
                let text = format!(
                    "its list of tools goes on after {MAX_PAGES} pages, so that nobody knows which of them destroy \
                     something, and nothing was called. Its operator has to put more tools on a page"
                );
                return Err(rubbish(service, &text));
            }
        }
        let catalog = Rc::new(catalog);
        Rc::clone(&catalog).keep(context, service, &party.person);
        Ok((catalog, all))
    }
}

/// Whose tools they are: with another configuration a service's name may stand for another service, and with an account
/// of their own a person may have other tools, or others of the same name. The account that all share is nobody's.
fn key<H: Host>(context: &Context<H>, service: &Service, person: &str) -> (i64, String, String) {
    let person = if service.credentials.are_personal() { person } else { "" };
    (context.setup.version, service.id.clone(), person.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str]) -> Vec<Tool> {
        let tool = |name: &&str| Tool {
            name: (*name).to_owned(),
            read_only: None,
            destructive: None,
            params: Ok(Vec::new()),
            definition: String::new(),
        };
        names.iter().map(tool).collect()
    }

    #[test]
    fn what_a_list_does_not_name_becomes_no_younger() {
        let first = Catalog::empty(Timestamp(0)).and(told(&["a", "b"]), Timestamp(1)).unwrap();
        assert_eq!(first.since, Timestamp(1));
        let second = first.and(told(&["b", "c"]), Timestamp(2)).unwrap();
        assert!(second.tool("a").is_some() && second.tool("c").is_some());
        assert_eq!(second.since, Timestamp(1));
        assert_eq!(second.and(told(&["a", "b", "c"]), Timestamp(3)).unwrap().since, Timestamp(3));
    }

    #[test]
    fn no_more_is_kept_than_fits() {
        let many = |from: usize, to: usize| -> Vec<Tool> {
            (from..to).flat_map(|number| told(&[&format!("{number:0256}")])).collect()
        };
        let first = Catalog::empty(Timestamp(0)).and(many(0, 4000), Timestamp(1)).unwrap();
        let second = first.and(many(4000, 6000), Timestamp(2)).unwrap();
        assert_eq!((second.tools.len(), second.since), (2000, Timestamp(2)));
        assert!(second.and(many(0, list::MAX_TOOLS + 1), Timestamp(3)).is_none());
    }
}

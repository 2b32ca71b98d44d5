//! What a client wants to hear of a service: the filter of `subscriptions/listen` (2026-07-28), and what of it a
//! service of an older revision can fulfil.

use super::raw::{Object, array, array_of, quoted};

/// List changes, and resources by URI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics {
    /// Whether changes of the list of tools.
    pub tools: bool,
    /// Whether changes of the list of prompts.
    pub prompts: bool,
    /// Whether changes of the lists of resources and templates.
    pub resources: bool,
    /// The resources whose updates are wanted.
    pub uris: Vec<String>,
}

impl Topics {
    /// What `params.notifications` of `subscriptions/listen` names.
    pub fn of_params(params: Option<&str>) -> Self {
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

    /// Everything, and these resources: what the stream of a session of an older revision brings.
    pub fn all(uris: Vec<String>) -> Self {
        Self { tools: true, prompts: true, resources: true, uris }
    }

    /// What of this a service tells that has these capabilities, as its answer to `initialize` says them.
    #[must_use]
    pub fn told_with(&self, capabilities: &Object<'_>) -> Self {
        let says = |group: &str, what: &str| {
            capabilities.object(group).is_some_and(|group| group.get(what) == Some("true"))
        };
        Self {
            tools: self.tools && says("tools", "listChanged"),
            prompts: self.prompts && says("prompts", "listChanged"),
            resources: self.resources && says("resources", "listChanged"),
            uris: if says("resources", "subscribe") { self.uris.clone() } else { Vec::new() },
        }
    }

    /// As `params` of `subscriptions/listen`.
    pub fn params(&self) -> String {
        format!(r#"{{"notifications":{}}}"#, self.filter())
    }

    /// As `params.notifications` of `subscriptions/listen`.
    pub fn filter(&self) -> String {
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

    /// Whether a notification is about any of this.
    pub fn name(&self, note: &Object<'_>) -> bool {
        match note.string("method").as_deref() {
            Some("notifications/tools/list_changed") => self.tools,
            Some("notifications/prompts/list_changed") => self.prompts,
            Some("notifications/resources/list_changed") => self.resources,
            Some("notifications/resources/updated") => {
                let uri = note.object("params").and_then(|params| params.string("uri")).unwrap_or_default();
                self.uris.iter().any(|wanted| is_within(&uri, wanted))
            }
            _ => false,
        }
    }
}

/// Whether it is this resource or a part of it: services may tell of these instead (`ResourceUpdatedNotification`).
fn is_within(uri: &str, whole: &str) -> bool {
    let part = |rest: &str| rest.is_empty() || whole.ends_with('/') || rest.starts_with(['/', '?', '#']);
    uri.strip_prefix(whole).is_some_and(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTER: &str = r#"{"toolsListChanged":true,"resourceSubscriptions":["x:1","x:2"]}"#;

    #[test]
    fn a_filter_is_read_and_written() {
        let params = format!(r#"{{"notifications":{FILTER}}}"#);
        let topics = Topics::of_params(Some(&params));
        assert_eq!(topics.filter(), FILTER);
        assert_eq!(topics.params(), params);
        for odd in ["", "{}", r#"{"notifications":{"toolsListChanged":1,"resourceSubscriptions":[7]}}"#] {
            assert_eq!(Topics::of_params(Some(odd)), Topics::default(), "{odd}");
        }
    }

    #[test]
    fn a_service_tells_what_it_declares() {
        let topics = Topics::all(vec!["x:1".to_owned()]);
        let told = |capabilities| topics.told_with(&Object::parse(capabilities).unwrap());
        assert_eq!(told("{}"), Topics::default());
        let some = r#"{"tools":{"listChanged":true},"prompts":{"listChanged":false},"resources":{}}"#;
        assert_eq!(told(some), Topics { tools: true, ..Topics::default() });
        let subscribes = r#"{"resources":{"subscribe":true,"listChanged":true}}"#;
        assert_eq!(told(subscribes), Topics { tools: false, prompts: false, ..topics.clone() });
    }

    #[test]
    fn a_notification_is_about_a_topic_or_not() {
        let topics = Topics { tools: true, uris: vec!["x:1".to_owned()], ..Topics::default() };
        for (note, named) in [
            (r#"{"method":"notifications/tools/list_changed"}"#, true),
            (r#"{"method":"notifications/prompts/list_changed"}"#, false),
            (r#"{"method":"notifications/resources/updated","params":{"uri":"x:1"}}"#, true),
            (r#"{"method":"notifications/resources/updated","params":{"uri":"x:1/part"}}"#, true),
            (r#"{"method":"notifications/resources/updated","params":{"uri":"x:11"}}"#, false),
            (r#"{"method":"notifications/resources/updated","params":{"uri":"x:2"}}"#, false),
            (r#"{"method":"notifications/message","params":{}}"#, false),
        ] {
            assert_eq!(topics.name(&Object::parse(note).unwrap()), named, "{note}");
        }
    }
}

//! The lists of several services as one, under [aliases](super::alias).

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::item::is_whole;
use super::raw::{Object, array, array_of, quoted};
use super::revision::Era;
use super::{alias, relabel};

/// The lists that the protocol has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// `tools/list`.
    Tools,
    /// `prompts/list`.
    Prompts,
    /// `resources/list`.
    Resources,
    /// `resources/templates/list`.
    Templates,
}

impl List {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tools, Self::Prompts, Self::Resources, Self::Templates];

    /// The list that a method asks for.
    pub fn of(method: &str) -> Option<Self> {
        [Self::Tools, Self::Prompts, Self::Resources, Self::Templates]
            .into_iter()
            .find(|list| list.method() == method)
    }

    /// The method that asks for it.
    pub fn method(self) -> &'static str {
        match self {
            Self::Tools => "tools/list",
            Self::Prompts => "prompts/list",
            Self::Resources => "resources/list",
            Self::Templates => "resources/templates/list",
        }
    }

    /// The member of the result that holds the items.
    fn member(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Prompts => "prompts",
            Self::Resources => "resources",
            Self::Templates => "resourceTemplates",
        }
    }

    /// The member of an item that names it.
    fn key(self) -> &'static str {
        match self {
            Self::Tools | Self::Prompts => "name",
            Self::Resources => "uri",
            Self::Templates => "uriTemplate",
        }
    }

    fn alias(self, service: &str, key: &str) -> String {
        match self {
            Self::Tools | Self::Prompts => alias::of_name(service, key),
            Self::Resources | Self::Templates => alias::of_uri(service, key),
        }
    }
}

/// One page of a service's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The items as they came.
    pub items: Vec<String>,
    /// Where the next page begins: a JSON string.
    pub next: Option<String>,
    /// For how long it may be kept, in milliseconds; 0 when the service does not say.
    pub ttl_ms: u64,
}

impl Page {
    /// Reads a result; [`None`] when it is no such list.
    pub fn read(list: List, result: &str) -> Option<Self> {
        let result = Object::parse(result)?;
        Some(Self {
            items: array(result.get(list.member())?)?.into_iter().map(str::to_owned).collect(),
            next: result.get("nextCursor").filter(|next| next.starts_with('"')).map(str::to_owned),
            ttl_ms: result.get("ttlMs").and_then(|ttl| ttl.parse().ok()).unwrap_or_default(),
        })
    }
}

/// The whole list of one service, under aliases, in the service's own order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The items.
    pub items: Vec<String>,
    /// Alias -> name, of the items whose alias holds only a hash.
    pub hashed: HashMap<String, String>,
    /// How many items are left out: they are not as the protocol has them, or another one has their alias.
    pub left_out: usize,
}

impl Part {
    /// Renames the items of a list. Of two names with one alias the smaller one has it, in whatever order they come;
    /// an item that repeats another's name is left out without a word.
    pub fn new(list: List, service: &str, items: &[String]) -> Self {
        let named = items.iter().map(|item| {
            let key = Object::parse(item).filter(|item| is_whole(list, item))?.string(list.key())?;
            let alias = list.alias(service, &key);
            let text = relabel::item(service, item, list.key(), &alias).ok()?;
            Some((alias, key, text))
        });
        let named: Vec<Option<(String, String, String)>> = named.collect();
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for (alias, key, _) in named.iter().flatten() {
            let owner = owners.entry(alias).or_insert(key);
            *owner = (*owner).min(key);
        }
        let mut part = Self::default();
        let mut listed = HashSet::new();
        for item in &named {
            match item {
                Some((alias, key, text)) if owners.get(alias.as_str()) == Some(&key.as_str()) => {
                    if listed.insert(alias.as_str()) {
                        part.items.push(text.clone());
                    }
                    if matches!(alias::split_name(alias), Some((_, alias::Name::Hashed))) {
                        part.hashed.insert(alias.clone(), key.clone());
                    }
                }
                _ => part.left_out += 1,
            }
        }
        part
    }

    /// About how many bytes of memory it takes.
    pub fn size(&self) -> usize {
        let hashed = self.hashed.iter().map(|(alias, name)| alias.len() + name.len());
        self.items.iter().map(String::len).chain(hashed).sum()
    }
}

/// A service that is missing from a list, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its id.
    pub service: String,
    /// A word of the vocabulary of [audit reasons](crate::audit::Reason).
    pub reason: &'static str,
    /// A sentence for people and models.
    pub message: String,
}

/// The member of a result's `_meta` that says which services are missing.
pub const UNAVAILABLE: &str = "mcpgate/unavailable";

/// A list of all services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Of each service, in the order of the services.
    pub parts: Vec<Rc<Part>>,
    /// Items of the gateway's own, at the end.
    pub own: Vec<String>,
    /// The services that are missing.
    pub missing: Vec<Missing>,
    /// For how long it may be kept, in milliseconds.
    pub ttl_ms: u64,
}

impl Merged {
    /// The result of the request for the list. It is one person's own, so it is never to be shared.
    pub fn result(&self, list: List, era: Era) -> Object<'static> {
        let mut result = Object::default();
        let items = self.parts.iter().flat_map(|part| &part.items).chain(&self.own);
        result.set(list.member(), array_of(items.map(String::as_str)));
        if era == Era::Modern {
            result.set("ttlMs", self.ttl_ms.to_string());
            result.set("cacheScope", quoted("private"));
        }
        if !self.missing.is_empty() {
            let mut meta = Object::default();
            meta.set(UNAVAILABLE, Missing::list(&self.missing));
            result.set("_meta", meta.to_string());
        }
        result
    }
}

impl Missing {
    /// The value of [`UNAVAILABLE`], as JSON.
    pub fn list(missing: &[Self]) -> String {
        let said = missing.iter().map(Self::to_json).collect::<Vec<_>>();
        array_of(said.iter().map(String::as_str))
    }

    fn to_json(&self) -> String {
        let mut object = Object::default();
        object.set("service", quoted(&self.service));
        object.set("reason", quoted(self.reason));
        object.set("message", quoted(&self.message));
        object.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(list: List, service: &str, items: &[&str]) -> Part {
        Part::new(list, service, &items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    fn tool(members: &str) -> String {
        format!(r#"{{{members},"inputSchema":{{"type":"object"}}}}"#)
    }

    fn named(names: &[String]) -> Vec<String> {
        names.iter().map(|name| tool(&format!(r#""name":{},"n":1.0"#, quoted(name)))).collect()
    }

    #[test]
    fn a_page_is_read() {
        let page =
            Page::read(List::Tools, r#"{"tools":[{"name":"a", "n":1.0}],"nextCursor":"c\u0061","ttlMs":5}"#);
        let items = vec![r#"{"name":"a", "n":1.0}"#.to_owned()];
        assert_eq!(page, Some(Page { items, next: Some(r#""c\u0061""#.to_owned()), ttl_ms: 5 }));
        let none = Page::read(List::Prompts, r#"{"prompts":[],"nextCursor":null,"ttlMs":-1}"#);
        assert_eq!(none, Some(Page { items: Vec::new(), next: None, ttl_ms: 0 }));
        for result in [r#"{"prompts":[]}"#, r#"{"tools":{}}"#, "[]", ""] {
            assert_eq!(Page::read(List::Tools, result), None, "{result}");
        }
    }

    #[test]
    fn what_has_no_name_or_repeats_one_is_left_out() {
        let [first, second] = [1, 2].map(|n| tool(&format!(r#""name":"a","n":{n}"#)));
        let items = [&first, r#"{"title":"x"}"#, r#"{"name":1}"#, r#"{"name":"b"}"#, "7", &second];
        let part = part(List::Tools, "desk", &items);
        assert_eq!((part.items, part.left_out), (vec![tool(r#""name":"desk__a","n":1"#)], 4));
    }

    #[test]
    fn every_list_is_renamed_by_its_own_key() {
        for (list, item, renamed) in [
            (List::Prompts, r#"{"name":"a.b"}"#, r#"{"name":"desk__a_b_"#),
            (List::Resources, r#"{"name":"a","uri":"x:1"}"#, r#"{"name":"a","uri":"desk+x:1"}"#),
            (
                List::Templates,
                r#"{"name":"a","uriTemplate":"x:{y}"}"#,
                r#"{"name":"a","uriTemplate":"desk+x:{y}"}"#,
            ),
        ] {
            let part = part(list, "desk", &[item]);
            assert!(part.items[0].starts_with(renamed), "{}", part.items[0]);
            assert_eq!(List::of(list.method()), Some(list));
        }
    }

    #[test]
    fn lists_are_one_and_say_what_is_missing() {
        let missing =
            Missing { service: "c".into(), reason: "service_timeout", message: "C \"is\" late.".into() };
        let mut merged = Merged {
            parts: vec![
                Rc::new(part(List::Prompts, "b", &[r#"{"name":"z"}"#])),
                Rc::new(part(List::Prompts, "a", &[r#"{"name":"y"}"#, r#"{"name":"x"}"#])),
            ],
            own: vec![r#"{"name":"more"}"#.to_owned()],
            missing: Vec::new(),
            ttl_ms: 500,
        };
        assert_eq!(
            merged.result(List::Prompts, Era::Modern).to_string(),
            concat!(
                r#"{"prompts":[{"name":"b__z"},{"name":"a__y"},{"name":"a__x"},{"name":"more"}],"#,
                r#""ttlMs":500,"cacheScope":"private"}"#
            )
        );
        merged = Merged { missing: vec![missing], ..Merged::default() };
        assert_eq!(
            merged.result(List::Prompts, Era::Legacy).to_string(),
            concat!(
                r#"{"prompts":[],"_meta":{"mcpgate/unavailable":"#,
                r#"[{"service":"c","reason":"service_timeout","message":"C \"is\" late."}]}}"#
            )
        );
    }

    proptest! {
        #[test]
        fn aliases_do_not_depend_on_order_or_on_other_tools(
            names in proptest::collection::hash_set("[a-c._/ü]{0,5}|[a-z]{40,60}", 1..20),
            seed in any::<u64>(),
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let mut others = names.clone();
            others.rotate_left(usize::try_from(seed % 20).unwrap() % names.len());
            others.reverse();
            let (one, other) = (
                Part::new(List::Tools, "desk", &named(&names)),
                Part::new(List::Tools, "desk", &named(&others)),
            );
            prop_assert_eq!(one.items.len(), names.len(), "none is lost");
            prop_assert_eq!(one.left_out, 0);
            let sorted = |part: &Part| { let mut items = part.items.clone(); items.sort(); items };
            prop_assert_eq!(sorted(&one), sorted(&other));
            let fewer = Part::new(List::Tools, "desk", &named(&names[..1]));
            prop_assert!(one.items.contains(&fewer.items[0]));
            for name in &names {
                let alias = alias::of_name("desk", name);
                let back = match alias::split_name(&alias) {
                    Some((_, alias::Name::Plain(plain))) => plain,
                    _ => &one.hashed[&alias],
                };
                prop_assert_eq!(back, name);
            }
        }
    }
}

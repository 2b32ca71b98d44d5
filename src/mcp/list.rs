//! `tools/list` results: what they tell of the tools, and leaving tools out.

use super::definition;
use super::param::{self, Param};
use super::promise;
use super::raw::{Object, array, array_head, array_of};

/// The most tools of one service that are listed: a longer list is refused whole.
pub const MAX_TOOLS: usize = 5000;

/// The longest name of a tool that is known here, in bytes: twice what the protocol advises.
pub const MAX_NAME: usize = 256;

/// What a service says of one of its tools. Hints: the service may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// `annotations.readOnlyHint`.
    pub read_only: Option<bool>,
    /// `annotations.destructiveHint`.
    pub destructive: Option<bool>,
    /// The arguments that are mirrored in headers, or why that is declared wrongly.
    pub params: Result<Vec<Param>, param::Invalid>,
    /// A digest of all that the service says of it: [`definition`].
    pub definition: String,
}

/// Why a result tells of no tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlisted {
    /// It has no list of them.
    #[error("it did not say which tools it has")]
    NoList,
    /// It has more than [`MAX_TOOLS`].
    #[error("it lists more than {MAX_TOOLS} tools")]
    TooMany,
}

impl Tool {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        let param =
            |param: &Param| param.header.as_str().len() + param.path.iter().map(String::len).sum::<usize>();
        let params = self.params.as_ref().map_or(0, |params| params.iter().map(param).sum());
        size_of::<Self>() + self.name.len() + self.definition.len() + params
    }
}

/// Reads the tools of a `tools/list` result, but for those whose names are longer than [`MAX_NAME`].
///
/// # Errors
/// [`Unlisted`], when the result is none or too long.
pub fn tools(result: &Object<'_>) -> Result<Vec<Tool>, Unlisted> {
    Ok(told(result)?.into_iter().flatten().map(|told| told.tool).collect())
}

/// A tool, and what was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The tool.
    pub tool: Tool,
    /// Its definition in one spelling.
    pub definition: String,
}

/// The same, item by item, with what was said of each; [`None`] for an item that is no tool.
///
/// # Errors
/// As [`tools`].
pub fn told(result: &Object<'_>) -> Result<Vec<Option<Told>>, Unlisted> {
    let (tools, all) =
        result.get("tools").and_then(|tools| array_head(tools, MAX_TOOLS)).ok_or(Unlisted::NoList)?;
    if all > tools.len() {
        return Err(Unlisted::TooMany);
    }
    Ok(tools.into_iter().map(tell).collect())
}

fn tell(item: &str) -> Option<Told> {
    let tool = Object::parse(item)?;
    let annotations = tool.object("annotations");
    let hint = |key| serde_json::from_str(annotations.as_ref()?.get(key)?).ok();
    let definition = definition::of(&tool);
    let tool = Tool {
        name: tool.string("name").filter(|name| name.len() <= MAX_NAME)?,
        read_only: hint("readOnlyHint"),
        destructive: hint("destructiveHint"),
        params: tool.get("inputSchema").map_or_else(|| Ok(Vec::new()), param::declared),
        definition: definition::digest(&definition),
    };
    Some(Told { tool, definition })
}

/// Leaves out the items of a list (`tools`, `prompts`) that `keep` does not name. The list is then this person's own,
/// so a `cacheScope` that says it may be shared becomes `private`.
pub fn retain(result: &mut Object<'_>, list: &str, keep: impl Fn(&str) -> bool) {
    let name = |item: &str| Object::parse(item).and_then(|item| item.string("name"));
    retain_items(result, list, |_, item| name(item).is_some_and(|name| keep(&name)));
}

/// The same, by the place and the text of the items.
pub fn retain_items(result: &mut Object<'_>, list: &str, keep: impl Fn(usize, &str) -> bool) {
    let Some(items) = result.get(list).and_then(array) else { return };
    let kept = items.into_iter().enumerate().filter(|(at, item)| keep(*at, item));
    let kept = array_of(kept.map(|(_, item)| item));
    result.set(list, kept);
    if result.get("cacheScope").is_some() {
        result.set("cacheScope", r#""private""#.to_owned());
    }
}

/// Has every tool promise of its results only what holds of masked ones: [`promise`].
pub fn promise_masked(result: &mut Object<'_>) {
    change_tools(result, |tool| {
        let schema = tool.get("outputSchema").and_then(promise::loosened);
        let changed = schema.is_some();
        if let Some(schema) = schema {
            tool.set("outputSchema", schema);
        }
        changed
    });
}

/// Leaves out of every tool what says something and is no part of its [`definition`].
pub fn silence(result: &mut Object<'_>) {
    change_tools(result, definition::silence);
}

/// Changes the tools that `change` says that it changed.
fn change_tools(result: &mut Object<'_>, change: impl Fn(&mut Object<'_>) -> bool) {
    let Some(tools) = result.get("tools").and_then(array) else { return };
    let mut changed = false;
    let tools: Vec<String> = tools
        .into_iter()
        .map(|item| {
            let Some(mut tool) = Object::parse(item) else { return item.to_owned() };
            if !change(&mut tool) {
                return item.to_owned();
            }
            changed = true;
            tool.to_string()
        })
        .collect();
    if changed {
        result.set("tools", array_of(tools.iter().map(String::as_str)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"tools":[{"name":"a","x":1.0},{"name":"b","annotations":{"destructiveHint":true}}],"ttlMs":1,"cacheScope":"public"}"#;

    #[test]
    fn keeps_the_kept_as_they_were() {
        let mut result = Object::parse(LIST).unwrap();
        retain(&mut result, "tools", |name| name == "a");
        assert_eq!(
            result.to_string(),
            r#"{"tools":[{"name":"a","x":1.0}],"ttlMs":1,"cacheScope":"private"}"#
        );
    }

    #[test]
    fn reads_hints() {
        let tools = tools(&Object::parse(LIST).unwrap()).unwrap();
        let definition = definition::digest(r#"{"name":"a","x":1.0}"#);
        let params = Ok(Vec::new());
        assert_eq!(
            tools[0],
            Tool { name: "a".into(), read_only: None, destructive: None, params, definition }
        );
        assert_eq!(tools[1].destructive, Some(true));
    }

    #[test]
    fn a_name_without_end_is_no_tools() {
        for (length, expected) in [(MAX_NAME, 1), (MAX_NAME + 1, 0)] {
            let result = format!(r#"{{"tools":[{{"name":"{}"}}]}}"#, "a".repeat(length));
            assert_eq!(tools(&Object::parse(&result).unwrap()).unwrap().len(), expected, "{length}");
        }
    }

    #[test]
    fn reads_what_is_mirrored_and_what_is_declared_wrongly() {
        let list = |kind: &str| {
            format!(
                r#"{{"tools":[{{"name":"a","inputSchema":{{"properties":{{"b":{{"type":"{kind}","x-mcp-header":"B"}}}}}}}}]}}"#
            )
        };
        let params = |list: &str| tools(&Object::parse(list).unwrap()).unwrap().remove(0).params;
        assert_eq!(params(&list("string")).unwrap()[0].header, "mcp-param-b");
        assert_eq!(params(&list("number")), Err(param::Invalid::Type));
    }

    #[test]
    fn a_list_without_end_is_no_list() {
        for (count, expected) in [(MAX_TOOLS, Ok(MAX_TOOLS)), (MAX_TOOLS + 1, Err(Unlisted::TooMany))] {
            let items = vec![r#"{"name":"a"}"#; count].join(",");
            let result = format!(r#"{{"tools":[{items}]}}"#);
            assert_eq!(tools(&Object::parse(&result).unwrap()).map(|tools| tools.len()), expected);
        }
        for result in ["{}", r#"{"tools":{}}"#, r#"{"tools":null}"#] {
            assert_eq!(tools(&Object::parse(result).unwrap()), Err(Unlisted::NoList), "{result}");
        }
    }
}

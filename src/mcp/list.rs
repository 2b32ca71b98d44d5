//! `tools/list` results: what they tell of the tools, and leaving tools out.

use super::raw::{Object, array, array_of};

/// What a service says of one of its tools. Hints: the service may lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// `annotations.readOnlyHint`.
    pub read_only: Option<bool>,
    /// `annotations.destructiveHint`.
    pub destructive: Option<bool>,
}

/// Reads the tools of a `tools/list` result; [`None`] when the object is none.
pub fn tools(result: &Object<'_>) -> Option<Vec<Tool>> {
    let tools = array(result.get("tools")?)?;
    Some(
        tools
            .iter()
            .filter_map(|tool| {
                let tool = Object::parse(tool)?;
                let annotations = tool.object("annotations");
                let hint = |key| {
                    annotations
                        .as_ref()
                        .and_then(|annotations| serde_json::from_str(annotations.get(key)?).ok())
                };
                Some(Tool {
                    name: tool.string("name")?,
                    read_only: hint("readOnlyHint"),
                    destructive: hint("destructiveHint"),
                })
            })
            .collect(),
    )
}

/// Leaves out the tools that `keep` does not name. The list is then this person's own, so a `cacheScope` that
/// says it may be shared becomes `private`.
pub fn retain(result: &mut Object<'_>, keep: impl Fn(&str) -> bool) {
    let Some(tools) = result.get("tools").and_then(array) else { return };
    let name = |tool: &str| Object::parse(tool).and_then(|tool| tool.string("name"));
    let kept = array_of(tools.into_iter().filter(|tool| name(tool).is_some_and(|name| keep(&name))));
    result.set("tools", kept);
    if result.get("cacheScope").is_some() {
        result.set("cacheScope", r#""private""#.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"tools":[{"name":"a","x":1.0},{"name":"b","annotations":{"destructiveHint":true}}],"ttlMs":1,"cacheScope":"public"}"#;

    #[test]
    fn keeps_the_kept_as_they_were() {
        let mut result = Object::parse(LIST).unwrap();
        retain(&mut result, |name| name == "a");
        assert_eq!(
            result.to_string(),
            r#"{"tools":[{"name":"a","x":1.0}],"ttlMs":1,"cacheScope":"private"}"#
        );
    }

    #[test]
    fn reads_hints() {
        let tools = tools(&Object::parse(LIST).unwrap()).unwrap();
        assert_eq!(tools[0], Tool { name: "a".into(), read_only: None, destructive: None });
        assert_eq!(tools[1].destructive, Some(true));
    }
}

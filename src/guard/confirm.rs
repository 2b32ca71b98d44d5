//! Which calls wait for the person's own yes, and what a yes is bound to.

use crate::config::Guard;
use crate::crypto::HashKey;
use crate::guard::deed::{self, Deed};
use crate::mcp::list::Tool;
use crate::mcp::raw;

/// Whether a call waits. The configuration decides first (`trust`, then `confirm`); then the tool's name, which a
/// lying hint cannot outweigh; then the service's own hints. Without any, a tool is destructive, as the protocol has it
/// (`destructiveHint` defaults to true), unless its name says that it reads.
pub fn is_needed(guard: &Guard, name: &str, tool: Option<&Tool>) -> bool {
    let folded = name.to_lowercase();
    if is_trusted(guard, name) {
        return false;
    }
    if guard.confirm.iter().any(|pattern| pattern.matches(name) || pattern.matches(&folded))
        // Letters that only look like a plain name's.
        || !deed::is_plain(name)
    {
        return true;
    }
    match (deed::deed(name), tool.map_or((None, None), |tool| (tool.read_only, tool.destructive))) {
        (Deed::Destroys, _) => true,
        // Who says of what writes that it only reads is not believed in the other hint either.
        (deed, (Some(true), _)) => deed == Deed::Writes,
        (_, (_, Some(destructive))) => destructive,
        (_, (Some(false), None)) => true,
        (deed, (None, None)) => deed != Deed::Reads,
    }
}

/// Whether a call may change something, and so is announced: what does not say that it only reads, or says so under a name
/// that says otherwise, and what waits.
pub fn may_change(guard: &Guard, name: &str, tool: Option<&Tool>) -> bool {
    !says_that_it_reads(tool) || deed::deed(name).changes() || is_needed(guard, name, tool)
}

/// Whether a call is one for who may only read. The operator's own word (`trust`) outweighs the name.
pub fn only_reads(guard: &Guard, name: &str, tool: Option<&Tool>) -> bool {
    says_that_it_reads(tool) && (is_trusted(guard, name) || !deed::deed(name).changes())
}

fn is_trusted(guard: &Guard, name: &str) -> bool {
    guard.trust.iter().any(|pattern| pattern.matches(name))
}

fn says_that_it_reads(tool: Option<&Tool>) -> bool {
    tool.is_some_and(|tool| tool.read_only == Some(true))
}

/// What a yes is bound to: service, tool and what is asked for (an object with `arguments` and whatever stands beside
/// them), the latter without regard to key order and white space, but to every digit of a number; and the `state` in which
/// the service asked something, which says what an answer to it means.
pub fn digest(
    key: &HashKey,
    person: &str,
    service: &str,
    tool: &str,
    asked: &str,
    state: Option<&str>,
) -> String {
    let asked = raw::canonical(asked);
    let parts: Vec<&str> = [person, service, tool, &asked].into_iter().chain(state).collect();
    key.id("confirmation", &parts)
}

#[cfg(test)]
mod tests {
    use wildmatch::WildMatch;

    use super::*;

    fn guard() -> Guard {
        Guard {
            max_result_of: Vec::new(),
            max_result: 0,
            confirm: vec![WildMatch::new("pay_*"), WildMatch::new("ask_first")],
            trust: vec![WildMatch::new("remove_label")],
        }
    }

    fn tool(name: &str, read_only: Option<bool>, destructive: Option<bool>) -> Tool {
        Tool { name: name.into(), read_only, destructive, params: Ok(Vec::new()), definition: String::new() }
    }

    fn needed(name: &str, read_only: Option<bool>, destructive: Option<bool>) -> bool {
        is_needed(&guard(), name, Some(&tool(name, read_only, destructive)))
    }

    #[test]
    fn names_and_hints_and_configuration() {
        assert!(needed("delete_issue", None, None));
        assert!(needed("issueDelete", None, Some(false)), "a hint does not outweigh the name");
        assert!(needed("jira-delete-issue", Some(true), None), "nor does a claim to only read");
        assert!(needed("archive", None, Some(true)));
        assert!(needed("pay_invoice", Some(true), Some(false)), "configuration asks");
        assert!(!needed("remove_label", None, Some(true)), "configuration trusts");
        assert!(!needed("get_issue", Some(true), None));
        assert!(needed("XMLDelete", None, None) && needed("PAY_invoice", None, None));
        assert!(needed("dele\u{200b}te_issue", None, None), "a name that hides something");
        assert!(!needed("add_comment", None, Some(false)));
    }

    #[test]
    fn without_hints_a_tool_is_destructive_unless_it_reads() {
        for name in ["get_issue", "listRepos", "jira_get_issue"] {
            assert!(!needed(name, None, None), "{name}");
        }
        for name in ["frobnicate", "send_mail", "find_replace", "transfer_fetch", ""] {
            assert!(needed(name, None, None), "{name}");
            assert!(!needed(name, None, Some(false)), "{name} says that it destroys nothing");
        }
        assert!(needed("get_issue", Some(false), None), "who says that it writes does not read");
        let guard =
            Guard { max_result: 0, max_result_of: Vec::new(), confirm: Vec::new(), trust: Vec::new() };
        assert!(is_needed(&guard, "frobnicate", None) && !is_needed(&guard, "get_issue", None));
    }

    #[test]
    fn a_hint_does_not_turn_a_verb_of_writing_into_reading() {
        for name in ["send_money", "run_sql", "format_disk", "empty_trash", "get_or_create", "API-post-page"]
        {
            assert!(needed(name, Some(true), None) && needed(name, Some(true), Some(false)), "{name}");
            assert!(!needed(name, Some(false), Some(false)), "{name} says that it destroys nothing");
        }
        for name in ["frobnicate", "summarize_issue", "order_history", "pull_request_read", "convert_time"] {
            assert!(!needed(name, Some(true), None) && !needed(name, Some(true), Some(true)), "{name}");
        }
    }

    #[test]
    fn what_waits_or_writes_by_its_name_may_change_something_whatever_its_hints_say() {
        let (guard, hints) = (guard(), |name| tool(name, Some(true), Some(false)));
        for (name, announced, read) in [
            ("get_issue", false, true),
            ("summarize_issue", false, true),
            ("delete_issue", true, false),
            ("send_mail", true, false),
            // Configured to wait, or trusted.
            ("pay_invoice", true, false),
            ("ask_first", true, true),
            ("remove_label", true, true),
        ] {
            let tool = hints(name);
            assert_eq!(may_change(&guard, name, Some(&tool)), announced, "{name}");
            assert_eq!(only_reads(&guard, name, Some(&tool)), read, "{name}");
        }
        for tool in [None, Some(&tool("get_issue", None, None)), Some(&tool("remove_label", None, None))] {
            let name = tool.map_or("get_issue", |tool| &tool.name);
            assert!(may_change(&guard, name, tool) && !only_reads(&guard, name, tool), "{name}");
        }
    }

    #[test]
    fn a_yes_is_bound_to_all_of_the_call() {
        let key = HashKey::new([1; 32]);
        let of = |person, service, tool, arguments| digest(&key, person, service, tool, arguments, None);
        let yes = of("p", "s", "t", r#"{"a":1,"b":{"c":2,"d":3}}"#);
        assert_eq!(yes, of("p", "s", "t", r#"{ "b": {"d":3,"c":2}, "a": 1 }"#));
        let large = |last: char| format!(r#"{{"id":10000000000000000000000{last}}}"#);
        let (one, nine) = (large('1'), large('9'));
        assert_ne!(of("p", "s", "t", &one), of("p", "s", "t", &nine));
        for other in [
            of("q", "s", "t", r#"{"a":1,"b":{"c":2,"d":3}}"#),
            of("p", "x", "t", r#"{"a":1,"b":{"c":2,"d":3}}"#),
            of("p", "s", "x", r#"{"a":1,"b":{"c":2,"d":3}}"#),
            of("p", "s", "t", r#"{"a":1,"b":{"c":2,"d":4}}"#),
            of("p", "s", "t", r#"{"a":1}"#),
            of("p", "s", "t", r#"{"a":1.0,"b":{"c":2,"d":3}}"#),
        ] {
            assert_ne!(yes, other);
        }
        let in_state = |state| digest(&key, "p", "s", "t", "{}", state);
        assert_ne!(in_state(None), in_state(Some("\"a\"")));
        assert_ne!(in_state(Some("\"a\"")), in_state(Some("\"b\"")));
    }
}

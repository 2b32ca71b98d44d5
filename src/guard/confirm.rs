//! Which calls wait for the person's own yes, and what a yes is bound to.

use crate::config::Guard;
use crate::crypto::HashKey;
use crate::mcp::list::Tool;
use crate::mcp::raw;

/// Words of a tool's name that say it destroys something.
const DESTRUCTIVE: [&str; 15] = [
    "clear",
    "del",
    "rm",
    "delete",
    "remove",
    "destroy",
    "drop",
    "erase",
    "purge",
    "wipe",
    "truncate",
    "revoke",
    "terminate",
    "uninstall",
    "shred",
];

/// Whether a call waits. The configuration decides first (`trust`, then `confirm`); then the tool's name, which a
/// lying hint cannot outweigh; then the service's own `destructiveHint`.
pub fn is_needed(guard: &Guard, name: &str, tool: Option<&Tool>) -> bool {
    let folded = name.to_lowercase();
    if guard.trust.iter().any(|pattern| pattern.matches(name)) {
        return false;
    }
    guard.confirm.iter().any(|pattern| pattern.matches(name) || pattern.matches(&folded))
        // Letters that only look like a plain name's: nobody can tell what it says.
        || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:".contains(&byte))
        || words(name).any(|word| DESTRUCTIVE.contains(&word.as_str()))
        || tool.is_some_and(|tool| tool.destructive == Some(true) && tool.read_only != Some(true))
}

/// What a yes is bound to: service, tool and arguments, the latter without regard to key order and white space, but
/// to every digit of a number.
pub fn digest(key: &HashKey, person: &str, service: &str, tool: &str, arguments: &str) -> String {
    key.id("confirmation", &[person, service, tool, &raw::canonical(arguments)])
}

/// The words of a name in snake_case, kebab-case or camelCase, lower-cased.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut previous = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        // "issueDelete" breaks before the D, and so does "XMLDelete".
        let begins = c.is_uppercase()
            && (!previous.is_uppercase() || rest.peek().is_some_and(|next| next.is_lowercase()));
        if !c.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use wildmatch::WildMatch;

    use super::*;

    fn needed(name: &str, read_only: Option<bool>, destructive: Option<bool>) -> bool {
        let guard = Guard {
            max_result: 0,
            confirm: vec![WildMatch::new("pay_*")],
            trust: vec![WildMatch::new("remove_label")],
        };
        is_needed(
            &guard,
            name,
            Some(&Tool { name: name.into(), read_only, destructive, params: Ok(Vec::new()) }),
        )
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
        assert!(!needed("undeleted_items", None, None));
        assert!(!needed("add_comment", None, Some(false)));
    }

    #[test]
    fn a_yes_is_bound_to_all_of_the_call() {
        let key = HashKey::new([1; 32]);
        let of = |person, service, tool, arguments| digest(&key, person, service, tool, arguments);
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
    }
}

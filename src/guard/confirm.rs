//! Which calls wait for the person's own yes, and what a yes is bound to.

use crate::config::Guard;
use crate::crypto::HashKey;
use crate::mcp::list::Tool;
use crate::mcp::raw;

/// What says in a tool's name that it destroys something: anywhere in a word, at its beginning, or as the whole word.
const DESTRUCTIVE: [&str; 10] = [
    "delet",
    "destroy",
    "destruct",
    "remov",
    "revok",
    "overwrit",
    "truncat",
    "uninstall",
    "unlink",
    "expung",
];
const DESTRUCTIVE_BEGINNINGS: [&str; 17] = [
    "clear", "discard", "drop", "erase", "erasing", "erasure", "nuke", "prune", "pruning", "purg", "reset",
    "revoc", "rmdir", "shred", "terminat", "wipe", "wiping",
];
const DESTRUCTIVE_WORDS: [&str; 4] = ["del", "rm", "rmrf", "rmtree"];

/// What looks like one of these and is none: other words, and what says of a thing what became of it.
const HARMLESS_BEGINNINGS: [&str; 5] = ["clearanc", "dropbox", "dropdown", "droplet", "dropoff"];
const PARTICIPLES: [&str; 14] = [
    "cleared",
    "deleted",
    "destroyed",
    "discarded",
    "dropped",
    "erased",
    "overwritten",
    "purged",
    "removed",
    "revoked",
    "terminated",
    "truncated",
    "uninstalled",
    "wiped",
];

/// Verbs of tools that read. The first word of a name, or the second after the name of what it belongs to.
const READING: [&str; 22] = [
    "browse",
    "compare",
    "count",
    "describe",
    "download",
    "explain",
    "fetch",
    "find",
    "get",
    "inspect",
    "list",
    "lookup",
    "ping",
    "query",
    "read",
    "retrieve",
    "search",
    "show",
    "status",
    "summarize",
    "view",
    "whoami",
];

/// Words before a verb of [`READING`] that make it something to work on: `run_query`, `mark_read`.
const WORKING: [&str; 24] = [
    "add", "apply", "assign", "change", "create", "edit", "exec", "execute", "import", "make", "mark",
    "merge", "move", "post", "push", "put", "run", "save", "send", "set", "share", "sync", "update", "write",
];

/// Whether a call waits. The configuration decides first (`trust`, then `confirm`); then the tool's name, which a
/// lying hint cannot outweigh; then the service's own hints. Without any, a tool is destructive, as the protocol has it
/// (`destructiveHint` defaults to true), unless its name says that it reads.
pub fn is_needed(guard: &Guard, name: &str, tool: Option<&Tool>) -> bool {
    let folded = name.to_lowercase();
    if guard.trust.iter().any(|pattern| pattern.matches(name)) {
        return false;
    }
    if guard.confirm.iter().any(|pattern| pattern.matches(name) || pattern.matches(&folded))
        // Letters that only look like a plain name's: nobody can tell what it says.
        || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:".contains(&byte))
    {
        return true;
    }
    let words: Vec<String> = words(name).collect();
    if words.iter().any(|word| destroys(word)) {
        return true;
    }
    match tool.map_or((None, None), |tool| (tool.read_only, tool.destructive)) {
        (Some(true), _) => false,
        (_, Some(destructive)) => destructive,
        (Some(false), None) => true,
        (None, None) => !reads(&words),
    }
}

/// Whether a word of a name says that something is destroyed, in any form: `Deletes`, `deleteall`, `bulkdelete2`.
fn destroys(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_digit());
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| word.starts_with(beginning));
    if PARTICIPLES.contains(&word) || begins(&HARMLESS_BEGINNINGS) {
        return false;
    }
    DESTRUCTIVE_WORDS.contains(&word)
        || begins(&DESTRUCTIVE_BEGINNINGS)
        || DESTRUCTIVE.iter().any(|stem| word.contains(stem) && !word.starts_with("un") || begins(&[stem]))
}

/// Whether a name says that a tool reads, and nothing else besides.
fn reads(words: &[String]) -> bool {
    let is = |word: Option<&String>, among: &[&str]| word.is_some_and(|word| among.contains(&word.as_str()));
    let more = words.iter().any(|word| ["and", "or", "then"].contains(&word.as_str()));
    let first = words.first();
    !more && (is(first, &READING) || (is(words.get(1), &READING) && !is(first, &WORKING)))
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
            max_result_of: Vec::new(),
            max_result: 0,
            confirm: vec![WildMatch::new("pay_*")],
            trust: vec![WildMatch::new("remove_label")],
        };
        is_needed(
            &guard,
            name,
            Some(&Tool {
                name: name.into(),
                read_only,
                destructive,
                params: Ok(Vec::new()),
                definition: String::new(),
            }),
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
        assert!(!needed("add_comment", None, Some(false)));
    }

    #[test]
    fn every_form_of_a_word_counts_and_lookalikes_do_not() {
        for name in [
            "deleteissue",
            "bulkdelete",
            "delete2",
            "rmdir",
            "dropdb",
            "bulk_deletion",
            "Deletes",
            "removal",
            "unlink",
            "overwrite",
            "reset_password",
            "list_and_purge",
            "eraseAll",
            "wipe",
            "unlinkall",
            "del",
            "purge_deleted",
        ] {
            assert!(needed(name, Some(true), Some(false)), "{name}");
        }
        for name in [
            "list_deleted_items",
            "undelete_issue",
            "dropbox_search",
            "droplet_list",
            "list_dropdowns",
            "preset_save",
            "swipe",
            "determinate",
            "get_clearance",
            "model",
            "release",
            "purged",
        ] {
            assert!(!needed(name, Some(true), Some(false)), "{name}");
        }
    }

    #[test]
    fn without_hints_a_tool_is_destructive_unless_it_reads() {
        for name in
            ["get_issue", "listRepos", "search", "jira_get_issue", "slack-list-channels", "docs.search"]
        {
            assert!(!needed(name, None, None), "{name}");
        }
        for name in [
            "frobnicate",
            "send_mail",
            "mark_read",
            "run_query",
            "get_or_create",
            "read_and_update",
            "update_status",
            "listen",
            "getaway",
            "",
        ] {
            assert!(needed(name, None, None), "{name}");
            assert!(!needed(name, None, Some(false)) && !needed(name, Some(true), None), "{name} with hints");
        }
        assert!(needed("get_issue", Some(false), None), "who says that it writes does not read");
        let guard =
            Guard { max_result: 0, max_result_of: Vec::new(), confirm: Vec::new(), trust: Vec::new() };
        assert!(is_needed(&guard, "frobnicate", None) && !is_needed(&guard, "get_issue", None));
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

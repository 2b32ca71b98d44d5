//! Pins: whether what a service says of a tool is what was approved, and how it differs from that. Pure.
//!
//! A definition ([`definition`](crate::mcp::definition)) is pinned, waits for an administrator, or was rejected. What is
//! not pinned is quarantined: absent from lists, and not called. A service may show people different definitions of one
//! tool, so several can be pinned.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

use super::letters::{apart, is_mark, plain};
use crate::mcp::raw::{Object, array};
use crate::vocabulary::vocabulary;

/// What is done with a tool that was never seen before (`guard.new_tools`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewTools {
    /// It is pinned as it is, unless it looks suspicious or like a pinned tool that is gone.
    #[default]
    Allow,
    /// It waits for an administrator.
    Ask,
}

vocabulary! {
    /// What became of a definition.
    State {
        Pinned "pinned" "It may be shown and called.",
        Waiting "waiting" "It waits for an administrator.",
        Rejected "rejected" "An administrator rejected it.",
    }
}

vocabulary! {
    /// Why a definition was pinned or had to wait when it was first seen.
    Why {
        First "first" "The tool was seen for the first time, and nothing spoke against it.",
        Asked "asked" "The tool was seen for the first time, and guard.new_tools says that an administrator decides.",
        Suspicious "suspicious" "The tool was seen for the first time, and its definition has flags.",
        Renamed "renamed" "The tool was seen for the first time, and it looks like a pinned tool that the service no longer lists, or cannot be compared with all of those.",
        Changed "changed" "Another definition of this tool was seen before.",
    }
}

/// What is known when a definition is seen for the first time.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Whether another definition of the same tool was seen before, whatever became of it.
    pub tool_is_known: bool,
    /// Whether it looks like a pinned tool that is gone, or cannot be compared with all of them.
    pub may_be_one_gone: bool,
    /// Whether it has flags.
    pub flagged: bool,
    /// What is done with new tools.
    pub policy: NewTools,
}

/// What becomes of a definition that was never seen before.
pub fn judge(sight: Sight) -> (State, Why) {
    match sight {
        Sight { tool_is_known: true, .. } => (State::Waiting, Why::Changed),
        Sight { may_be_one_gone: true, .. } => (State::Waiting, Why::Renamed),
        Sight { flagged: true, .. } => (State::Waiting, Why::Suspicious),
        Sight { policy: NewTools::Ask, .. } => (State::Waiting, Why::Asked),
        Sight { policy: NewTools::Allow, .. } => (State::Pinned, Why::First),
    }
}

/// One place where two definitions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where: a JSON pointer (RFC 6901).
    pub path: String,
    /// The JSON text before; [`None`] where there was nothing.
    pub before: Option<String>,
    /// The JSON text after; [`None`] where there is nothing any more.
    pub after: Option<String>,
}

/// How many differences are told at most.
const MOST_DIFFERENCES: usize = 100;
/// How much of a value is told, in characters, and how much of that stands before the first character that differs.
const MOST_SHOWN: usize = 1000;
const BEFORE: usize = 60;

/// How a definition differs from another: the first [`MOST_DIFFERENCES`] places, and whether there are more.
pub fn differences(before: &str, after: &str) -> (Vec<Difference>, bool) {
    let mut found = Vec::new();
    differ("", Some(before), Some(after), &mut found);
    let more = found.len() > MOST_DIFFERENCES;
    found.truncate(MOST_DIFFERENCES);
    (found, more)
}

fn differ(path: &str, before: Option<&str>, after: Option<&str>, found: &mut Vec<Difference>) {
    if before == after || found.len() > MOST_DIFFERENCES {
        return;
    }
    if let (Some(one), Some(other)) = (before.and_then(Object::parse), after.and_then(Object::parse)) {
        let keys: BTreeSet<&str> = one.members().chain(other.members()).map(|(key, _)| key).collect();
        for key in keys {
            let step = key.replace('~', "~0").replace('/', "~1");
            differ(&format!("{path}/{step}"), one.get(key), other.get(key), found);
        }
        return;
    }
    if let (Some(one), Some(other)) = (before.and_then(array), after.and_then(array)) {
        for at in 0..one.len().max(other.len()) {
            differ(&format!("{path}/{at}"), one.get(at).copied(), other.get(at).copied(), found);
        }
        return;
    }
    let same = before.unwrap_or_default().chars().zip(after.unwrap_or_default().chars());
    let from = same.take_while(|(one, other)| one == other).count().saturating_sub(BEFORE);
    let told = |text: &str| excerpt(text, from);
    found.push(Difference { path: path.to_owned(), before: before.map(told), after: after.map(told) });
}

/// A text without what stands before and after the part that is told.
fn excerpt(text: &str, from: usize) -> String {
    let length = text.chars().count();
    if length <= MOST_SHOWN {
        return text.to_owned();
    }
    let from = from.min(length);
    let part: String = text.chars().skip(from).take(MOST_SHOWN).collect();
    let left = length - from - part.chars().count();
    let (begin, end) = (if from > 0 { "… " } else { "" }, if left > 0 { " …" } else { "" });
    format!("{begin}{part}{end}")
}

/// A description shorter than this says too little to tell tools by, and so does a schema.
const TELLING: usize = 24;

/// From how many different words on texts are compared by the words that they have in common; shorter ones have to have the
/// same words, and at least so many.
const FEW_WORDS: usize = 6;
const TOO_FEW_WORDS: usize = 3;
/// From how many different words on a text that is part of another is known again; with the same arguments, from how many.
const PART: usize = 8;
const PART_WITH_ARGUMENTS: usize = 4;
/// How many arguments say something by themselves.
const MANY_ARGUMENTS: usize = 4;

/// Words of names that say what is done and not what with.
const VERBS: [&str; 34] = [
    "add", "change", "check", "create", "delete", "edit", "fetch", "find", "get", "insert", "list", "load",
    "lookup", "make", "modify", "new", "open", "patch", "post", "put", "query", "read", "remove", "retrieve",
    "search", "send", "set", "show", "update", "view", "write", "do", "run", "look",
];

/// What a tool is known again by under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// The name, but for case and separators.
    name: String,
    /// What the name says that it is about.
    subject: BTreeSet<String>,
    description: Option<String>,
    /// The words of the description, and each two that stand beside each other.
    words: Sketch,
    pairs: Sketch,
    /// The arguments, and their names.
    wants: Option<String>,
    arguments: Sketch,
}

impl Likeness {
    /// Of a definition.
    pub fn of(definition: &str) -> Self {
        let tool = Object::parse(definition).unwrap_or_default();
        let telling = |text: &&str| text.len() >= TELLING;
        let name = tool.string("name").unwrap_or_default();
        let schema = tool.object("inputSchema").unwrap_or_default();
        let words = words(&tool.string("description").unwrap_or_default());
        let arguments = schema.object("properties").unwrap_or_default();
        Self {
            name: name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect(),
            subject: subject(&name),
            description: tool.get("description").filter(telling).map(str::to_owned),
            words: Sketch::of(words.iter()),
            pairs: Sketch::of(words.windows(2)),
            wants: schema.get("properties").filter(telling).map(str::to_owned),
            arguments: Sketch::of(arguments.members().map(|(name, _)| name)),
        }
    }

    /// Whether a new tool may be this one under another name: it says much the same of itself, wants much the same, is
    /// called nearly the same, or a little of each.
    pub fn resembles(&self, new: &Self) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        if same(&self.description, &new.description)
            || same(&self.wants, &new.wants)
            || is_nearly(&self.name, &new.name)
        {
            return true;
        }
        let arguments = self.arguments.overlap(&new.arguments);
        let wants_as_much = arguments.is_part();
        let wants_the_same =
            wants_as_much && arguments.common >= MANY_ARGUMENTS && arguments.is_most_of_both();
        let is_about_the_same = !self.subject.is_empty() && self.subject == new.subject;
        if wants_the_same || (wants_as_much && is_about_the_same) {
            return true;
        }
        let words = self.words.overlap(&new.words);
        let says_the_same = match words.least() {
            ..TOO_FEW_WORDS => false,
            TOO_FEW_WORDS..FEW_WORDS => words.least() == words.common && words.most() == words.common,
            _ => words.is_most_of_both(),
        };
        // What is said may be part of what was said, or the other way round.
        let pairs = || self.pairs.overlap(&new.pairs);
        says_the_same
            || (words.least() >= PART && pairs().is_most_of_one())
            || (wants_as_much && words.least() >= PART_WITH_ARGUMENTS && pairs().is_half_of_one())
    }
}

/// The words of a text in plain letters. A sign of a script without spaces is a word.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars().filter(|c| !is_mark(*c)) {
        let letter = plain(c);
        let alone = letter.is_some() && matches!(c, '\u{2e80}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}');
        if let (Some(letter), Some(word)) = (letter, words.last_mut()) {
            word.push(letter);
        }
        if letter.is_none() || alone {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words of a name but for [`VERBS`].
fn subject(name: &str) -> BTreeSet<String> {
    words(&apart(name)).into_iter().filter(|word| !VERBS.contains(&word.as_str())).collect()
}

/// How many things of a set are kept to compare it by. Of a larger one those are kept whose hashes are the smallest: they are
/// the same ones in every set that has them, so that large sets are compared by a part of both.
const SKETCH: usize = 512;

/// A set, to tell by how much two are alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sketch {
    hashes: Vec<u64>,
    /// Whether there are more than these.
    more: bool,
}

impl Sketch {
    fn of(things: impl Iterator<Item = impl Hash>) -> Self {
        let hash = |thing| {
            let mut hasher = DefaultHasher::new();
            Hash::hash(&thing, &mut hasher);
            hasher.finish()
        };
        let mut hashes: Vec<u64> = things.map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let more = hashes.len() > SKETCH;
        hashes.truncate(SKETCH);
        Self { hashes, more }
    }

    fn overlap(&self, other: &Self) -> Overlap {
        let last = |sketch: &Self| if sketch.more { sketch.hashes.last().copied() } else { None };
        let limit = last(self).unwrap_or(u64::MAX).min(last(other).unwrap_or(u64::MAX));
        let within = |sketch: &Self| sketch.hashes.partition_point(|hash| *hash <= limit);
        let (one, two) = (within(self), within(other));
        let (mut common, mut rest) = (0, other.hashes.iter().take(two).peekable());
        for hash in self.hashes.iter().take(one) {
            while rest.next_if(|other| *other < hash).is_some() {}
            common += usize::from(rest.next_if_eq(&hash).is_some());
        }
        Overlap { one, two, common }
    }
}

/// How many things two sets have, and how many both.
struct Overlap {
    one: usize,
    two: usize,
    common: usize,
}

impl Overlap {
    fn least(&self) -> usize {
        self.one.min(self.two)
    }

    fn most(&self) -> usize {
        self.one.max(self.two)
    }

    /// Whether one is in the other.
    fn is_part(&self) -> bool {
        self.common > 0 && self.common == self.least()
    }

    /// Whether four of five that either has are in both.
    fn is_most_of_both(&self) -> bool {
        5 * self.common >= 4 * (self.one + self.two - self.common)
    }

    fn is_most_of_one(&self) -> bool {
        5 * self.common >= 4 * self.least()
    }

    fn is_half_of_one(&self) -> bool {
        2 * self.common >= self.least()
    }
}

/// Whether two names are nearly one: but for what is added at an end, or for a letter or two.
fn is_nearly(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    one == other
        || (short.len() >= 4 && (long.starts_with(short) || long.ends_with(short)))
        || (short.chars().count() >= 6 && long.len() - short.len() <= 2 && distance(one, other) <= 2)
}

/// How many characters have to be added, taken out or replaced to make one text of another.
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.chars().enumerate() {
        let mut next = vec![at + 1];
        for ((above, pair), d) in row.iter().skip(1).zip(row.iter()).zip(&other) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above + 1).min(left + 1).min(pair + usize::from(c != *d)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::named;

    fn sight() -> Sight {
        Sight { tool_is_known: false, may_be_one_gone: false, flagged: false, policy: NewTools::Allow }
    }

    #[test]
    fn only_an_unremarkable_new_tool_is_pinned_at_once() {
        assert_eq!(judge(sight()), (State::Pinned, Why::First));
        for (other, why) in [
            (Sight { tool_is_known: true, ..sight() }, Why::Changed),
            (Sight { may_be_one_gone: true, ..sight() }, Why::Renamed),
            (Sight { flagged: true, ..sight() }, Why::Suspicious),
            (Sight { policy: NewTools::Ask, ..sight() }, Why::Asked),
        ] {
            assert_eq!(judge(other), (State::Waiting, why));
        }
    }

    #[test]
    fn words_are_found_by_their_names() {
        assert!(State::ALL.iter().all(|state| named::<State>(state.name()) == Some(*state)));
        assert!(
            Why::ALL.iter().all(|why| named::<Why>(why.name()) == Some(*why) && !why.meaning().is_empty())
        );
        assert_eq!(named::<State>("approved"), None);
    }

    #[test]
    fn a_difference_says_where_and_from_what_to_what() {
        let before =
            r#"{"annotations":{"readOnlyHint":true},"description":"a","inputSchema":{"required":["x"]}}"#;
        let after =
            r#"{"annotations":{"readOnlyHint":false},"inputSchema":{"required":["x","y"]},"new/~":1}"#;
        let (found, more) = differences(before, after);
        let told: Vec<_> = found
            .iter()
            .map(|d| (d.path.as_str(), d.before.as_deref().unwrap_or("-"), d.after.as_deref().unwrap_or("-")))
            .collect();
        assert_eq!(
            told,
            [
                ("/annotations/readOnlyHint", "true", "false"),
                ("/description", "\"a\"", "-"),
                ("/inputSchema/required/1", "-", "\"y\""),
                ("/new~1~0", "-", "1"),
            ]
        );
        assert!(!more);
        assert_eq!(differences(before, before), (Vec::new(), false));
    }

    #[test]
    fn long_texts_are_told_where_they_begin_to_differ() {
        let text =
            |end: &str| format!(r#"{{"description":"{}{end}{}"}}"#, "é".repeat(5000), "z".repeat(5000));
        let (found, _) = differences(&text("before"), &text("after!"));
        let after = found[0].after.as_ref().unwrap();
        assert!(after.chars().count() < MOST_SHOWN + 10 && after.contains("after!"), "{after}");
        assert!(after.starts_with("… ") && after.ends_with(" …"));
    }

    #[test]
    fn differences_without_end_are_cut() {
        let many = |value: u32| {
            let members: Vec<String> = (0..500).map(|n| format!("\"k{n}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        };
        let (found, more) = differences(&many(1), &many(2));
        assert!(found.len() == MOST_DIFFERENCES && more);
    }

    fn resembles(gone: &str, new: &str) -> bool {
        Likeness::of(gone).resembles(&Likeness::of(new))
    }

    #[test]
    fn a_renamed_tool_is_known_again() {
        let tool = |name: &str, description: &str, property: &str| {
            format!(
                r#"{{"description":"{description}","inputSchema":{{"properties":{{"{property}":{{"type":"string"}}}},"type":"object"}},"name":"{name}"}}"#
            )
        };
        let gone = tool("get_issue", "Reads an issue from the desk.", "issue_id");
        for new in [
            tool("fetch", "Reads an issue from the desk.", "other"),
            tool("fetch", "Sends everything away.", "issue_id"),
            tool("getIssue", "Sends everything away.", "other"),
            tool("get_issue_v2", "Sends everything away.", "other"),
            tool("get_isues", "Sends everything away.", "other"),
        ] {
            assert!(resembles(&gone, &new), "{new}");
        }
        for other in [
            tool("fetch", "Sends everything away.", "other"),
            tool("list_users", "Lists the users of the desk.", "limit"),
        ] {
            assert!(!resembles(&gone, &other), "{other}");
        }
        let described = |description: &str, more: &str| {
            format!(
                r#"{{"description":"{description}","inputSchema":{{"properties":{{"customer_number":{{"type":"string"}}{more}}}}},"name":"NAME"}}"#
            )
        };
        let gone = described("Reads a customer from the register of customers by its number.", "");
        let gone = gone.replace("NAME", "fetch_customer");
        for new in [
            described("Reads a customer from the register of customers by its number!", r#","context":{}"#),
            described(
                "Now reads a cústomer from our register of customers by its number.",
                r#","context":{}"#,
            ),
            described(
                "Reads a customer from the register of customers by its number. Give all that is known.",
                r#","why":{}"#,
            ),
            described(
                "Reads from the register of customers by number, with all that is known.",
                r#","why":{}"#,
            ),
            described("Anything else.", r#","context":{}"#).replace("NAME", "customerLookup"),
        ] {
            assert!(resembles(&gone, &new) && resembles(&new, &gone), "{new}");
        }
        for other in [
            described("Sends a letter to whoever is named, with what it says.", r#","text":{}"#),
            described("Reads.", r#","text":{}"#),
            tool("list_customers", "Lists the customers of a country, the newest first.", "country"),
        ] {
            assert!(!resembles(&gone, &other), "{other}");
        }
        let bare = |name: &str| format!(r#"{{"inputSchema":{{"type":"object"}},"name":"{name}"}}"#);
        assert!(!resembles(&bare("whoami"), &bare("search")), "what says nothing is no likeness");
    }

    #[test]
    fn texts_without_spaces_have_words() {
        let tool =
            |name: &str, description: &str| format!(r#"{{"description":"{description}","name":"{name}"}}"#);
        let gone = tool("read", "番号で顧客を登録簿から読み取ります。");
        assert!(resembles(&gone, &tool("lookup", "番号で顧客を登録簿から読み取ります!")));
        assert!(!resembles(&gone, &tool("weather", "都市の今日の天気を教えます。")));
    }

    #[test]
    fn large_sets_are_compared_by_a_part() {
        let (all, part) = (Sketch::of(0..9000), Sketch::of(3000..6000));
        let overlap = all.overlap(&part);
        assert!(overlap.is_part() && !overlap.is_most_of_both() && overlap.is_most_of_one());
        assert!((SKETCH / 4..SKETCH / 2).contains(&overlap.common), "{}", overlap.common);
        assert_eq!(all.overlap(&Sketch::of(9000..9999)).common, 0);
        assert!(!Sketch::default().overlap(&Sketch::default()).is_part());
    }

    /// Of the tools of real services, each beside all others of its own: how often one is taken for another.
    #[test]
    fn different_tools_of_real_services_seldom_resemble_each_other() {
        let (mut pairs, mut alike) = (0, Vec::new());
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/tools")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let told = crate::mcp::list::told(&Object::parse(&text).unwrap()).unwrap();
            let tools: Vec<(String, Likeness)> = told
                .into_iter()
                .flatten()
                .map(|told| (told.tool.name, Likeness::of(&told.definition)))
                .collect();
            for (at, (one, likeness)) in tools.iter().enumerate() {
                for (other, new) in tools.iter().skip(at + 1) {
                    pairs += 1;
                    if likeness.resembles(new) {
                        alike.push(format!("{one} {other}"));
                    }
                }
            }
        }
        assert!(pairs > 1200);
        assert!(alike.len() * 100 <= pairs * 6, "{} of {pairs}\n{}", alike.len(), alike.join("\n"));
    }

    #[test]
    fn distances() {
        for (one, other, apart) in
            [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("search", "search", 0)]
        {
            assert_eq!((distance(one, other), distance(other, one)), (apart, apart), "{one} {other}");
        }
    }
}

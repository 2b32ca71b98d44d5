//! What stands behind a label in a text: `Name: Jane Doe`, `Reviewed-by: Jane Doe`, `owner="Jane Doe"`,
//! `| Contact | Jane Doe |`, `<author>Jane Doe</author>`, `ATTENDEE;CN="Doe, Jane":mailto:...` (RFC 5545, RFC 6350).
//! A label says what it labels as the key of a JSON member does.
//!
//! Only what begins with a capital, or in a script that has none, is looked at: that is how names are written, and it
//! passes over nearly everything in logs and code.

use std::collections::HashMap;
use std::ops::Range;

use rustc_hash::FxBuildHasher;

use super::device;
use super::fields::{self, Class};
use super::lists::{Lazy, Lists};
use super::lower::Lower;
use super::people;
use super::speaker;
use super::tagger;
use super::traits::{COLON, EQUALS, GREATER, HYPHEN, PIPE, TAB, Traits};
use super::words;

/// A label is no longer, in bytes.
const MAX_LABEL: usize = 48;
/// What is labelled is no longer, in bytes, as far as it is looked at.
const MAX_VALUE: usize = 400;
/// How far around a plain name something else about a person may stand, in bytes.
const REACH: usize = 1000;

/// A name behind a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// What the label says.
    pub(super) class: Class,
    /// Its words, given names first; of a list, those of each name.
    pub(super) names: Vec<Vec<String>>,
}

impl Labelled {
    /// Whether it is a single word, which is a name here and perhaps nowhere else.
    pub(super) fn is_word(&self) -> bool {
        matches!(&self.names[..], [name] if name.len() == 1)
    }
}

/// Whether a text may have any.
pub(super) fn may_be_in(has: Traits) -> bool {
    has.any(COLON | EQUALS | GREATER | PIPE | TAB | HYPHEN)
}

/// The names behind labels, and of those who speak, ascending and apart.
pub(super) fn names(text: &str, has: Traits) -> Vec<Labelled> {
    let bytes = text.as_bytes();
    let mut reader = Reader { text, classes: HashMap::default(), found: Vec::new() };
    if has.any(COLON | EQUALS | GREATER) {
        for at in memchr::memchr3_iter(b':', b'=', b'>', bytes) {
            match bytes.get(at) {
                Some(b'>') => reader.element(at),
                Some(b'=') => reader.assignment(at),
                _ => reader.line(at),
            }
        }
    }
    if has.any(PIPE | TAB) {
        for at in memchr::memchr2_iter(b'|', b'\t', bytes) {
            reader.pair(at);
        }
    }
    let mut found = reader.found;
    if has.any(COLON) {
        let speaks = |(range, name)| Labelled { range, class: Class::Full, names: vec![name] };
        found.extend(speaker::names(text).into_iter().map(speaks));
    }
    if has.any(HYPHEN) {
        let owns = |(range, name)| Labelled { range, class: Class::Given, names: vec![vec![name]] };
        found.extend(device::names(text).into_iter().map(owns));
    }
    found.sort_by_key(|labelled| labelled.range.start);
    found.dedup_by(|later, earlier| later.range.start < earlier.range.end);
    found
}

/// Whether what stands here is labelled as something that is no person: `Team: Aurora`, `project="Phoenix"`.
pub(super) fn of_thing(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let before = before.trim_end_matches([' ', '\t', '"', '\'', '*', '_', '`', '>']);
    let Some(bare) = before.strip_suffix([':', '=', '|']) else { return false };
    let reader = Reader { text, classes: HashMap::default(), found: Vec::new() };
    let label =
        reader.label(bare.trim_end().len()).map(|label| match label.rsplit_once(char::is_whitespace) {
            Some((_, last)) if fields::class(label) == Class::Other => fields::class(last),
            _ => fields::class(label),
        });
    matches!(label, Some(Class::Thing | Class::Record))
}

struct Reader<'t> {
    text: &'t str,
    classes: HashMap<&'t str, Class, FxBuildHasher>,
    found: Vec<Labelled>,
}

impl<'t> Reader<'t> {
    /// `Label: value`, up to the end of the line or a mark; `'label': 'value'`.
    fn line(&mut self, colon: usize) {
        let Some(value) = self.value_at(colon + 1) else { return self.list(colon) };
        let Some(label) = self.label(colon) else { return };
        let glued = value == colon + 1;
        let class = match label {
            "FN" if glued => Class::Full,
            // Family name; given name; others (RFC 6350, section 6.2.2).
            "N" if glued => return self.card(value),
            _ if glued && !self.text.get(value..).is_some_and(|value| value.starts_with(['"', '\''])) => {
                return;
            }
            _ => self.class(label),
        };
        self.labelled(class, label, value);
    }

    /// `Label:` alone on a line, and under it `- value`.
    fn list(&mut self, colon: usize) {
        let Some(rest) = self
            .text
            .get(colon + 1..)
            .and_then(|rest| rest.trim_start_matches([' ', '*', '\r']).strip_prefix('\n'))
        else {
            return;
        };
        let item = |line: &'t str| {
            let item = line.trim_start_matches([' ', '\t']);
            let item = item.strip_prefix(['-', '*', '•'])?.trim_start();
            Some((line.len() - item.len(), item.trim_end()))
        };
        if rest.split('\n').next().and_then(item).is_none() {
            return;
        }
        let Some(label) = self.label(colon) else { return };
        let class = self.class(label);
        let mut at = self.text.len() - rest.len();
        for line in rest.split('\n') {
            let Some((from, item)) = item(line) else { break };
            // A label of its own: what follows is its.
            if item.trim_end_matches([' ', '*']).ends_with(':') {
                break;
            }
            if item.len() <= MAX_VALUE {
                self.labelled(class, label, at + from);
            }
            at += line.len() + 1;
        }
    }

    /// What stands before a colon, from the mark before it on.
    fn label(&self, colon: usize) -> Option<&'t str> {
        let before = self.before(colon);
        let label = before.rsplit([',', ';', '|', '(', '[', '{', '>', '.', '\t']).next()?;
        let label = label.trim_matches(|char: char| char.is_whitespace() || "*_\"'#•–-+`".contains(char));
        (!label.is_empty() && label.len() <= MAX_LABEL).then_some(label)
    }

    /// `N:Doe;Jane;Mary;Dr.;`.
    fn card(&mut self, start: usize) {
        let line = self.rest_of_line(start);
        let mut at = start;
        for (part, class) in line.split(';').zip([Class::Family, Class::Given, Class::Given]) {
            self.take(at..at + part.len(), class, false);
            at += part.len() + 1;
        }
    }

    /// `key=value`, `key = "value"`, `CN="value"`.
    fn assignment(&mut self, sign: usize) {
        let Some(value) = self.value_at(sign + 1) else { return };
        let bytes = self.text.as_bytes();
        let byte = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at));
        let end = if byte(sign) == Some(&b' ') { sign - 1 } else { sign };
        let mut start = end;
        while byte(start).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            && end - start <= MAX_LABEL
        {
            start -= 1;
        }
        let Some(key) = self.text.get(start..end).filter(|key| !key.is_empty() && key.len() <= MAX_LABEL)
        else {
            return;
        };
        let quoted = matches!(bytes.get(value), Some(b'"' | b'\''));
        // In code, what stands behind ` = ` is an expression; in files of settings it is alone on its line.
        if (value > sign + 1 || end < sign) && !quoted && !matches!(byte(start), None | Some(b'\n')) {
            return;
        }
        let class = if key == "CN" { Class::Full } else { self.class(key) };
        self.labelled(class, key, value);
    }

    /// `<author>value</author>`.
    fn element(&mut self, end: usize) {
        let Some(value) = self.value_at(end + 1).filter(|value| *value == end + 1) else { return };
        let from = end.saturating_sub(200);
        let Some(open) = self.text.as_bytes().get(from..end).and_then(|tag| memchr::memrchr(b'<', tag))
        else {
            return;
        };
        let tag = self.text.get(from + open + 1..end).unwrap_or_default();
        let name = tag.split(|char: char| char.is_whitespace()).next().unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or(name);
        let rest = self.text.get(value..(value + MAX_VALUE).min(self.text.len())).unwrap_or_default();
        let Some(length) =
            rest.find('<').filter(|at| rest.get(*at..).is_some_and(|rest| rest.starts_with("</")))
        else {
            return;
        };
        if name.is_empty() || name.len() > MAX_LABEL || name.starts_with('/') {
            return;
        }
        let class = self.class(name);
        let class = if class == Class::Name { self.plain(value) } else { class };
        self.take(value..value + length, class, false);
    }

    /// `| Label | value |` and `Label<tab>value` alone on a line.
    fn pair(&mut self, mark: usize) {
        let Some(value) = self.value_at(mark + 1) else { return };
        let before =
            self.before(mark).trim_matches(|char: char| char.is_whitespace() || "|*_".contains(char));
        let mark = self.text.get(mark..).and_then(|rest| rest.chars().next()).unwrap_or_default();
        if before.is_empty() || before.len() > MAX_LABEL || before.contains(['|', '\t']) {
            return;
        }
        let line = self.rest_of_line(value);
        let length = line.find(mark).unwrap_or(line.len());
        let behind = line.get(length..).unwrap_or_default();
        if behind.contains(|char: char| char != mark && !char.is_whitespace()) {
            return;
        }
        let class = self.class(before);
        let class = if class == Class::Name { self.plain(value) } else { class };
        self.take(value..value + length, class, vague(before));
    }

    /// Takes the name that begins a value: the whole value in quotes, else as far as one reaches.
    fn labelled(&mut self, class: Class, label: &str, start: usize) {
        let class = if class == Class::Name { self.plain(start) } else { class };
        if !names_somebody(class) {
            return;
        }
        let line = self.rest_of_line(start);
        if let Some(quote) = line.chars().next().filter(|char| matches!(char, '"' | '\'')) {
            if let Some(end) = line.get(1..).and_then(|line| line.find(quote)) {
                self.take(start + 1..start + 1 + end, class, false);
            }
            return;
        }
        // "Jane Doe (on call), +49 30 123", "Doe, Jane; Max Muster": the longest beginning that is a name, or names.
        let marks = line.match_indices([',', ';', '|', '\t', '<', '(', '[', '"', '&', ':']).map(|(at, _)| at);
        let ends: Vec<usize> = marks.take(8).collect();
        for end in std::iter::once(line.len()).chain(ends.into_iter().rev()).chain(capitals(line)) {
            let sentence = line.get(..end).unwrap_or_default();
            let end =
                sentence.trim_end_matches(|char: char| char.is_whitespace() || ".*_`\\".contains(char)).len();
            if self.take(start..start + end, class, vague(label)) {
                return;
            }
        }
        let trailer = label.ends_with("-by") || label.ends_with("-By");
        if trailer && let [word] = line.split_whitespace().collect::<Vec<_>>()[..] {
            self.take(start..start + word.len(), Class::Full, true);
        }
    }

    /// Takes a range if it is a name.
    fn take(&mut self, range: Range<usize>, class: Class, vague: bool) -> bool {
        let value = self.text.get(range.clone()).unwrap_or_default();
        let start = range.start + (value.len() - value.trim_start().len());
        let value = value.trim();
        let names = named(class, vague, value);
        // "Vorname | Nachname" are two labels.
        if names.is_empty() || fields::class(value) != Class::Other {
            return false;
        }
        self.found.push(Labelled { range: start..start + value.len(), class, names });
        true
    }

    /// A plain name is a person's if something that people have stands near it.
    fn plain(&self, at: usize) -> Class {
        let mut from = at.saturating_sub(REACH);
        let mut to = (at + REACH).min(self.text.len());
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        while !self.text.is_char_boundary(to) {
            to -= 1;
        }
        let before = self.text.get(from..at).unwrap_or_default();
        let after = self.text.get(at..to).unwrap_or_default();
        let before = before.rfind("\n\n").and_then(|blank| before.get(blank..)).unwrap_or(before);
        let after = after.find("\n\n").and_then(|blank| after.get(..blank)).unwrap_or(after);
        let said = |part: &str| {
            let keys = part.split(['\n', ',', ';', '|', '\t', '<', '{', ' ']);
            keys.filter_map(|key| key.split([':', '=', '>']).next().filter(|found| found.len() < key.len()))
                .take(64)
                .any(|key| matches!(fields::class(key), Class::Trait | Class::Given | Class::Family))
        };
        if said(before) || said(after) { Class::Full } else { Class::Other }
    }

    /// Where a value begins that could be a name: after spaces, marks and a quote.
    fn value_at(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes().get(at..)?;
        let blank =
            bytes.iter().take(40).take_while(|byte| matches!(byte, b' ' | b'\t' | b'*' | b'_')).count();
        let start = at + blank;
        let mut chars = self.text.get(start..)?.chars();
        let mut first = chars.next()?;
        if matches!(first, '"' | '\'') {
            first = chars.next()?;
        }
        let capital = first.is_ascii_uppercase()
            || (!first.is_ascii() && first.is_alphabetic() && !first.is_lowercase());
        capital.then_some(start)
    }

    /// What stands before a place in its line, as far as a label can reach.
    fn before(&self, at: usize) -> &'t str {
        let mut from = at.saturating_sub(MAX_LABEL + 16);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let before = self.text.get(from..at).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    fn rest_of_line(&self, start: usize) -> &'t str {
        let mut end = (start + MAX_VALUE).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let rest = self.text.get(start..end).unwrap_or_default();
        rest.split(['\n', '\r']).next().unwrap_or_default()
    }

    /// What a label says; of one of several words that says nothing as a whole, what its last word says.
    fn class(&mut self, label: &'t str) -> Class {
        if let Some(class) = self.classes.get(label) {
            return *class;
        }
        let class = match fields::class(label) {
            Class::Other if header(label) => Class::Role,
            Class::Other => {
                let last = label.rsplit(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
                let last = if last.len() < label.len() { fields::class(last) } else { Class::Other };
                if matches!(last, Class::Role | Class::Full) { last } else { Class::Other }
            }
            class => class,
        };
        if self.classes.len() < 256 {
            self.classes.insert(label, class);
        }
        class
    }
}

/// Where the capitalised words end that a sentence begins with, if it goes on in small letters.
fn capitals(line: &str) -> Option<usize> {
    let mut end = 0;
    for word in line.split_inclusive(' ') {
        let bare = word.trim_end();
        if !(bare.starts_with(char::is_uppercase) || words::particle(bare)) {
            return (end > 0).then_some(end);
        }
        end += word.len();
    }
    None
}

/// Who sent and got a letter, as programs of seven languages head what is quoted or forwarded; and who did something in
/// a log.
static HEADERS: Lazy =
    Lazy::new(|| Lists::of("from von de da van od to an para aan do cc bcc by reply-to sender"));

fn header(label: &str) -> bool {
    if label.is_ascii() { HEADERS.contains(Lower::of(label).as_bytes()) } else { label == "à" }
}

fn names_somebody(class: Class) -> bool {
    matches!(class, Class::Full | Class::Label | Class::Given | Class::Family | Class::Role | Class::Perhaps)
}

fn vague(label: &str) -> bool {
    fields::vague(label) || header(label)
}

/// The names that a value of this class is, each by its words; none when it is something else.
pub(super) fn named(class: Class, vague: bool, value: &str) -> Vec<Vec<String>> {
    if !names_somebody(class) {
        return Vec::new();
    }
    let told = |name: &[String]| super::learn::told(name, vague);
    if !matches!(class, Class::Given | Class::Family)
        && let Some(names) = people::several(value)
    {
        return names.into_iter().filter(|name| people::several_words(name) && told(name)).collect();
    }
    let Some(name) = people::parse(value) else { return Vec::new() };
    let good = match class {
        Class::Given | Class::Family => !nobody(&name),
        Class::Full | Class::Label => told(&name),
        Class::Role | Class::Perhaps if people::several_words(&name) => told(&name),
        Class::Role => !vague && told(&name) && name.iter().all(|word| tagger::may_name(word)),
        _ => false,
    };
    if good { vec![name] } else { Vec::new() }
}

/// Whether a word stands where there is no value.
fn nobody(name: &[String]) -> bool {
    const NOTHING: &str = "null none nil na unknown undefined empty test true false";
    match name {
        [word] => {
            let lower = word.to_lowercase();
            NOTHING.split_whitespace().any(|nothing| nothing == lower)
                || (*word == lower && words::common(&lower) && !words::ambiguous(&lower))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Labelled, Traits};
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<Labelled> {
        super::names(text, Traits::of(text))
    }

    fn found(text: &str) -> Vec<String> {
        names(text).into_iter().flat_map(|labelled| labelled.names).map(|name| name.join(" ")).collect()
    }

    #[test]
    fn labels_tell_names() {
        for text in [
            "Reporter: Jane Doe",
            "* **Reporter:** Jane Doe",
            "**Reporter**: Jane Doe\n",
            "Ansprechpartner: Doe, Jane\r\nTel: 5",
            "id 5, customer: Jane Doe (VIP), 12 orders",
            "Our new project manager: Jane Doe",
            "Signed-off-by: Jane Doe <j@example.com>",
            "    Co-authored-by: Jane Doe <j@example.com>\n",
            "From: \"Doe, Jane\" <j@example.com>",
            "Von: Jane Doe\nGesendet: 5.1.",
            "level=info reporter=\"Jane Doe\" n=5",
            "Account(owner='Jane Doe', n=5)",
            "owner = \"Jane Doe\"",
            "[x]\nauthor = Jane Doe\n",
            "{'author': 'Jane Doe', n: 1}",
            "| Ansprechpartner | Jane Doe |",
            "Ansprechpartner\tJane Doe\n",
            "<author>Jane Doe</author>",
            "<dc:creator id=\"5\">Jane Doe</dc:creator>",
            "BEGIN:VCARD\nFN:Jane Doe\n",
            "ORGANIZER;CN=Jane Doe:mailto:j@example.com",
            "ATTENDEE;ROLE=X;CN=\"Doe, Jane\":mailto:j@example.com",
            "Name: Jane Doe\nE-Mail: x",
            "E-Mail: x\nName: Jane Doe",
            "<person><name>Jane Doe</name><email>x</email></person>",
            "Owner: Jane Doe will look at it",
            "owners:\n  - Jane Doe\nx:\n",
        ] {
            assert_eq!(found(text), ["Jane Doe"], "{text}");
        }
        // A label in a list begins a list of its own.
        assert_eq!(found("- Author:\n- Jane Doe\n- Product:\n- Max Roe\n"), ["Jane Doe"]);
        assert_eq!(found("N:Doe;Jane;;Dr.;"), ["Doe", "Jane"]);
        assert_eq!(found("Vorname: Jane\nNachname: Doe"), ["Jane", "Doe"]);
        assert_eq!(found("Reviewed-by: Patrick\n"), ["Patrick"]);
        assert_eq!(
            found("Teilnehmer: Jane Doe, Max Muster und Ana Lima"),
            ["Jane Doe", "Max Muster", "Ana Lima"]
        );
    }

    #[test]
    fn other_labels_tell_nothing() {
        for text in [
            "Status: In Progress",
            "Note: Jane Doe",
            "Name: Blue Harbour\nPrice: 5",
            "name = Service(repo)",
            "Assignee: Platform Team",
            "Assignee: Backlog",
            "owner=PLATFORM",
            "Reviewed-by: Backend",
            "12:30 Meeting",
            "std::Author::New",
            "https://Author:Pass@example.com",
            "<h1>Release Notes</h1>",
            "<author></author>",
            "from: In progress",
            "To: do it",
            "firstname: null, lastname: None",
            "| Status | Blue Harbour |",
            "| Owner | Blue | Harbour |",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_is_part_of_the_text(text in "(?s)[ abDJé:=|<>/\"'\n\t;,(){}name-]{0,60}") {
            let mut end = 0;
            for labelled in names(&text) {
                prop_assert!(labelled.range.start >= end && text.get(labelled.range.clone()).is_some());
                end = labelled.range.end;
            }
        }
    }
}

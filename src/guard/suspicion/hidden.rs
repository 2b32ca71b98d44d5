//! What a text has that a person does not see, or sees as something else.

use super::{Finds, Flag, Text};
use crate::page::hides;

/// Tags that imitate what a client tells a model.
const TAGS: [&str; 18] = [
    "assistant",
    "critical",
    "function_calls",
    "hidden",
    "im_end",
    "im_start",
    "important",
    "instruction",
    "instructions",
    "invoke",
    "sys",
    "system",
    "system-reminder",
    "system_prompt",
    "systemprompt",
    "tool_call",
    "endoftext",
    "thinking",
];
/// The same, if they are closed: alone they are what stands for a value.
const CLOSED_TAGS: [&str; 7] = ["admin", "developer", "human", "prompt", "rules", "secret", "user"];
/// Marks of the prompts of some models.
const MARKS: [&str; 6] = ["[inst]", "[/inst]", "<<sys>>", "### system", "[system]", "<!--"];

/// How much is read of what may be a tag, in characters.
const LONGEST_TAG: usize = 60;

/// How long a piece of text is that only a machine reads.
const BLOB: usize = 120;

pub(super) fn look(text: &Text<'_>, found: &mut Finds) {
    if let Some(at) = invisible(text) {
        found.note(Flag::Invisible, text.path, from(text.text, at));
    }
    if let Some(at) = terminal(text.text) {
        found.note(Flag::Terminal, text.path, from(text.text, at));
    }
    if let Some(at) = markup(text.text) {
        found.note(Flag::Markup, text.path, from(text.text, at));
    }
    if let Some(at) = blob(text.text) {
        found.note(Flag::Encoded, text.path, from(text.text, at));
    }
    if let Some(at) = link(text.text) {
        found.note(Flag::Links, text.path, from(text.text, at));
    }
}

fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// Whether a character is not seen or turns others, wherever it stands.
pub(super) fn is_invisible(c: char) -> bool {
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    hides(c) && (breaks || !c.is_whitespace()) && !c.is_control() && c != '\u{fe0f}'
}

fn invisible(text: &Text<'_>) -> Option<usize> {
    if text.is_name {
        let found = text.text.char_indices().find(|(_, c)| hides(*c));
        return found.map(|(at, _)| at);
    }
    let turns = text.text.chars().any(is_right_to_left);
    let mut before = None;
    let mut chars = text.text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let fine = match c {
            // What makes a picture of a sign.
            '\u{fe0f}' => before.is_some_and(|c: char| is_sign(c) || "#*0123456789".contains(c)),
            // What joins pictures, and letters of scripts whose letters join.
            '\u{200c}' | '\u{200d}' => {
                let joins = |c: Option<char>| c.is_some_and(|c| is_sign(c) || joins(c) || c == '\u{fe0f}');
                joins(before) && joins(next)
            }
            '\u{200e}' | '\u{200f}' => turns,
            c => !is_invisible(c),
        };
        if !fine {
            return Some(at);
        }
        before = Some(c);
    }
    None
}

/// Signs and pictures.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Letters that are joined: Arabic and Syriac, the scripts of India and around.
fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{fb50}'..='\u{fdff}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn terminal(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        // A carriage return alone has what follows written over what was before.
        let over = c == '\r' && next.is_some_and(|next| next != '\n');
        if over || (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
            return Some(at);
        }
    }
    None
}

fn markup(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    if let Some(at) = MARKS.iter().find_map(|mark| lower.find(mark)) {
        return Some(at);
    }
    // Looked for once, however many tags are open.
    let closed = CLOSED_TAGS.map(|name| lower.contains(&format!("</{name}>")).then_some(name));
    lower.match_indices('<').find_map(|(at, _)| {
        let inside: String =
            lower.get(at + 1..)?.chars().take(LONGEST_TAG).take_while(|c| *c != '>').collect();
        let name = inside.trim().trim_start_matches('/').trim_matches('|').trim();
        let name = name.split_whitespace().next()?;
        (TAGS.contains(&name) || closed.contains(&Some(name))).then_some(at)
    })
}

fn blob(text: &str) -> Option<usize> {
    let mut start = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=') {
            continue;
        }
        if text.get(start..at).is_some_and(is_blob) {
            return Some(start);
        }
        start = at + c.len_utf8();
    }
    // Characters that are written as escapes of their numbers.
    let escaped = |mark: &str, each: usize| {
        let found = text.match_indices(mark).map(|(at, _)| at).collect::<Vec<_>>();
        let row = |at: &&[usize]| at.windows(2).all(|two| matches!(two, [one, other] if other - one == each));
        found.windows(8).find(row).and_then(|row| row.first().copied())
    };
    escaped("\\u", 6).or_else(|| escaped("\\x", 4)).or_else(|| escaped("%", 3))
}

fn is_blob(run: &str) -> bool {
    let has = |is: fn(&char) -> bool| run.chars().any(|c| is(&c));
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    let hex = run.chars().all(|c| c.is_ascii_hexdigit()) && has(char::is_ascii_digit);
    run.len() >= BLOB && (mixed || hex)
}

/// An image, which a client may fetch when it shows the text; or a link that has room for data.
fn link(text: &str) -> Option<usize> {
    for (at, _) in text.match_indices("](").chain(text.match_indices("][")) {
        let Some(label) = text.get(..at).and_then(|before| before.rfind('[')) else { continue };
        let image = text.get(..label).is_some_and(|before| before.ends_with('!'));
        let address =
            text.get(at + 2..).unwrap_or_default().split([')', ']']).next().unwrap_or_default().trim();
        let remote = address.starts_with("http") || address.starts_with("//");
        let room = remote && (address.contains(['{', '<', '$']) || address.ends_with('='));
        if image || room {
            return Some(label);
        }
    }
    None
}

//! What makes a definition of a tool suspicious: texts that speak past the person to the model, what cannot be seen, names
//! that want to be taken for others. Pure.
//!
//! A flag says that a person should read the definition, not that it is evil; a definition without one is not thereby
//! harmless. The rules are made so that definitions of official servers have none (tests/vectors/tools).

mod hidden;
mod names;
mod phrases;
mod readings;

pub use self::names::Neighbours;
use crate::json::{self, Duplicates, Event, Segment};
use crate::mcp::raw::Object;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What speaks against a definition.
    Flag {
        Orders "orders" "A text orders the model about: to ignore its instructions, to prefer this tool to all others, to keep something from the person.",
        Secrets "secrets" "A text asks for what is not the tool's business: keys, files of the person, what was said in the conversation.",
        Markup "markup" "A text has tags or comments that imitate a system's messages or hide when they are rendered.",
        Invisible "invisible" "There are characters that cannot be seen, or that turn the direction of others.",
        Terminal "terminal" "There are control characters, such as a terminal's escape sequences.",
        Lookalike "lookalike" "A name mixes scripts, or looks like the name of another tool.",
        Name "name" "The tool's name has more than letters, digits and what joins them, or is longer than names are: it can say something where it is shown.",
        References "references" "A text names a tool of another service.",
        Oversized "oversized" "A text or the whole definition is far larger than a tool needs.",
        Encoded "encoded" "There is a long piece of text that only a machine can read.",
        Links "links" "A text has a Markdown image, or a Markdown link with room for data in its address.",
        Unreadable "unreadable" "The definition has what not everything that reads JSON can read, or is too large to be shown.",
    }
}

/// A flag, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The flag.
    pub flag: Flag,
    /// Where: a JSON pointer (RFC 6901).
    pub path: String,
    /// The part of the text that it is about, as it is written.
    pub excerpt: String,
}

/// The largest definition that is looked at and can be shown to an administrator, in bytes.
pub const MAX_DEFINITION: usize = 256 * 1024;
/// From this size on a definition, or one text in it, has a flag, in bytes.
const LARGE_DEFINITION: usize = 128 * 1024;
const LARGE_TEXT: usize = 16 * 1024;
/// How much of a text is told, in characters, and how many places of one flag.
const EXCERPT: usize = 160;
const PLACES: usize = 5;

/// A text of a definition: a value, or the name of a member.
struct Text<'a> {
    text: &'a str,
    path: &'a str,
    /// Whether it is a name: of the tool, of a member, or one of the values that a schema allows.
    is_name: bool,
}

/// The flags of a definition, the first places of each.
pub fn look(definition: &str, neighbours: &Neighbours<'_>) -> Vec<Found> {
    let mut found = Finds::default();
    if definition.len() > MAX_DEFINITION {
        found.note(Flag::Unreadable, "", "");
        return found.0;
    }
    // Numbers that are too large and halves of characters are read by some and refused by others.
    if !can_be_read(definition) || serde_json::from_str::<serde_json::Value>(definition).is_err() {
        found.note(Flag::Unreadable, "", "");
    }
    if definition.len() > LARGE_DEFINITION {
        found.note(Flag::Oversized, "", "");
    }
    let name = Object::parse(definition).and_then(|tool| tool.string("name")).unwrap_or_default();
    names::of_tool(&name, neighbours, &mut found);
    let mut see = |text: &Text<'_>| {
        if text.text.len() > LARGE_TEXT {
            found.note(Flag::Oversized, text.path, text.text);
        }
        hidden::look(text, &mut found);
        phrases::look(text, &mut found);
        names::look(text, &name, neighbours, &mut found);
    };
    // All texts up to where it cannot be read; that it cannot is noted.
    let _ = json::walk(definition, Duplicates::Allow, &mut |path, event| {
        let (raw, is_name) = match event {
            Event::Key(raw) => (raw, true),
            Event::String(raw) => (raw, holds_names(path)),
            Event::Open | Event::Close | Event::Other(_) => return,
        };
        see(&Text { text: raw.decode().as_str(), path: &pointer(path), is_name });
    });
    found.0
}

/// Whether a definition can be read to its end, and in one way only.
pub fn can_be_read(definition: &str) -> bool {
    json::walk(definition, Duplicates::Refuse, &mut |_, _| {}).is_ok()
}

/// Whether the texts at a path are names.
fn holds_names(path: &[Segment<'_>]) -> bool {
    let of_tool = matches!(path, [Segment::Key(key)] if key == "name");
    let key = path.iter().rev().find_map(Segment::key);
    of_tool || key.is_some_and(|key| ["enum", "const", "required"].contains(&key))
}

/// A path as a JSON pointer (RFC 6901).
fn pointer(path: &[Segment<'_>]) -> String {
    path.iter().fold(String::new(), |mut pointer, segment| {
        pointer.push('/');
        match segment {
            Segment::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Index(at) => pointer.push_str(&at.to_string()),
            Segment::Embedded => {}
        }
        pointer
    })
}

#[derive(Default)]
struct Finds(Vec<Found>);

impl Finds {
    fn note(&mut self, flag: Flag, path: &str, excerpt: &str) {
        if self.0.iter().filter(|found| found.flag == flag).count() < PLACES {
            let excerpt = excerpt.chars().take(EXCERPT).collect();
            self.0.push(Found { flag, path: path.to_owned(), excerpt });
        }
    }
}

#[cfg(test)]
mod tests;

//! What the configuration says of a service's results: what is left alone, masked as a whole, or taken out.

use std::rc::Rc;

use super::Kind;
use super::custom::{Allow, Custom};
use crate::json::Segment;

/// What stands in the place of a text that is taken out.
pub const WITHHELD: &str = "[withheld by policy]";

/// What one service's results may show as they are, and what they may not show at all.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The values that are left alone, with everything in them; a text also with the documents that it holds.
    pub keep: Vec<Pointer>,
    /// Texts that are left alone in what the service itself says: not in documents that others wrote into its texts.
    pub ids: Vec<Pointer>,
    /// The values that are a personal value as a whole, whatever they look like; of an object or array, each text in it.
    pub mask: Vec<(Pointer, Kind)>,
    /// The values that are taken out. Their type stays: a text says so, a number is 0 and a truth value false, so that
    /// what a tool promises of its results (`outputSchema`) holds as far as it can.
    pub block: Vec<Pointer>,
    /// Words and values that are never masked.
    pub allow: Allow,
    /// Patterns and terms that are always masked.
    pub custom: Rc<Custom>,
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is taken out.
    Blocked,
    /// It is a personal value as a whole.
    Masked(Kind),
}

impl Policy {
    /// Whether a value is left alone, of an object or array (`opens`) with everything in it. Pointers start at a document:
    /// the whole one, one that a string holds, or `structuredContent` of a tool result, which is the same document in
    /// another place. What wraps every result is none: `/**/text` names texts in documents, and not all that a tool says.
    pub(super) fn keeps(&self, path: &[Segment<'_>], opens: bool) -> bool {
        if self.keep.is_empty() && self.ids.is_empty() {
            return false;
        }
        let fates = !(self.block.is_empty() && self.mask.is_empty());
        let id = || own(path).is_some_and(|path| self.ids.iter().any(|id| id.is(path)));
        let kept = || {
            starts(path).skip(usize::from(wraps(path))).any(|path| {
                // What is masked or blocked may be in an object that is kept, and then is not.
                self.keep.iter().any(|kept| if fates { kept.names(path) } else { kept.is(path) })
            })
        };
        (!opens || !fates) && (kept() || !opens && id()) && !(fates && self.fate(path).is_some())
    }

    /// What is said of a value, or of what it is in.
    pub(super) fn fate(&self, path: &[Segment<'_>]) -> Option<Fate> {
        if self.block.is_empty() && self.mask.is_empty() {
            return None;
        }
        let named = |pointer: &Pointer| pointer.anywhere(path);
        if self.block.iter().any(named) {
            return Some(Fate::Blocked);
        }
        self.mask.iter().find(|(pointer, _)| named(pointer)).map(|(_, kind)| Fate::Masked(*kind))
    }
}

/// Where in a path documents begin.
fn starts<'p, 's>(path: &'p [Segment<'s>]) -> impl Iterator<Item = &'p [Segment<'s>]> {
    let result = structured(path);
    let embedded = path.iter().enumerate().filter(|(_, segment)| **segment == Segment::Embedded);
    let roots = embedded.map(|(at, _)| at).chain(result);
    std::iter::once(0).chain(roots.map(|at| at + 1)).filter_map(|start| path.get(start..))
}

/// Whether a path, from the message on, leads to what a tool, a resource or a prompt says, or to what is around that.
fn wraps(path: &[Segment<'_>]) -> bool {
    const SAID: [&str; 4] = ["content", "contents", "messages", "structuredContent"];
    match path {
        [Segment::Key(result)] => result == "result",
        [Segment::Key(result), Segment::Key(said), ..] => result == "result" && SAID.contains(&said.as_ref()),
        _ => false,
    }
}

/// Where the `structuredContent` of a tool result stands, which is the same document as its text.
fn structured(path: &[Segment<'_>]) -> Option<usize> {
    path.iter().position(|segment| matches!(segment, Segment::Key(key) if key == "structuredContent"))
}

/// The path in the document that it ends in, if that is the service's own: the whole message, or the document that the
/// text of a content item is.
fn own<'p, 's>(path: &'p [Segment<'s>]) -> Option<&'p [Segment<'s>]> {
    let Some(at) = path.iter().rposition(|segment| *segment == Segment::Embedded) else { return Some(path) };
    let around = path.get(..at)?;
    let text = matches!(around, [.., Segment::Key(content), Segment::Index(_), Segment::Key(text)]
        if text == "text" && matches!(content.as_ref(), "content" | "contents"));
    (text && !around.contains(&Segment::Embedded) && structured(around).is_none())
        .then(|| path.get(at + 1..))
        .flatten()
}

/// A JSON pointer (RFC 6901) in which `*` stands for any one key or index and `**` for any number of them, none too:
/// `/issues/*/key`, `/**/key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    head: Vec<Step>,
    /// What follows `**`.
    tail: Option<Vec<Step>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Any,
    /// The token, and the index that it may also stand for.
    Token(String, Option<usize>),
}

/// Why a text is no pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointerError {
    /// Empty, or only a slash: everything would be kept.
    #[error("names the whole document; name a value in it, such as /issues/*/key")]
    Whole,
    /// Does not begin with a slash.
    #[error("a JSON pointer begins with a slash, such as /issues/*/key")]
    NoSlash,
    /// A tilde that is not `~0` or `~1`.
    #[error("a tilde is written ~0 and a slash in a key ~1 (RFC 6901)")]
    Tilde,
    /// `**` at the end, or twice.
    #[error("`**` stands once, and something behind it, such as /**/key")]
    Deep,
}

impl Pointer {
    /// Reads a pointer.
    ///
    /// # Errors
    /// [`PointerError`] says what is wrong and how to write it.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() || text == "/" {
            return Err(PointerError::Whole);
        }
        let tokens: Vec<&str> = text.strip_prefix('/').ok_or(PointerError::NoSlash)?.split('/').collect();
        let steps = |tokens: &[&str]| tokens.iter().map(|token| step(token)).collect::<Result<Vec<_>, _>>();
        match tokens.iter().position(|token| *token == "**") {
            None => Ok(Self { head: steps(&tokens)?, tail: None }),
            Some(at) => {
                let (head, tail) = (tokens.get(..at), tokens.get(at + 1..));
                let tail = tail.filter(|tail| !tail.is_empty() && !tail.contains(&"**"));
                let tail = steps(tail.ok_or(PointerError::Deep)?)?;
                if tail.iter().all(|step| *step == Step::Any) {
                    return Err(PointerError::Whole);
                }
                Ok(Self { head: steps(head.unwrap_or_default())?, tail: Some(tail) })
            }
        }
    }

    /// Whether there is a value that another one names and that this does too, or that is in what this names. Of what
    /// either names at any depth only as far as both say how it is called.
    pub fn covers(&self, other: &Self) -> bool {
        let agree_in_front = agree(self.head.iter(), other.head.iter());
        match (&self.tail, &other.tail) {
            (None, None) => self.head.len() <= other.head.len() && agree_in_front,
            (Some(tail), None) => {
                let mut ends = other.head.windows(tail.len()).skip(self.head.len());
                agree_in_front && ends.any(|end| end == tail)
            }
            (own, Some(tail)) => {
                let end = own.as_ref().unwrap_or(&self.head);
                let room = own.is_some() || self.head.len() >= other.head.len() + tail.len();
                agree_in_front && room && agree(end.iter().rev(), tail.iter().rev())
            }
        }
    }

    /// Whether it names the value at a path.
    fn is(&self, path: &[Segment<'_>]) -> bool {
        match &self.tail {
            None => self.head.len() == path.len() && begins(path, &self.head),
            Some(tail) => {
                let behind = path.len().checked_sub(tail.len()).filter(|at| *at >= self.head.len());
                behind.and_then(|at| path.get(at..)).is_some_and(|end| begins(end, tail))
                    && begins(path, &self.head)
                    && !path.contains(&Segment::Embedded)
            }
        }
    }

    /// Whether it names the value at a path, or something that this is in.
    fn names(&self, path: &[Segment<'_>]) -> bool {
        let Some(tail) = &self.tail else { return begins(path, &self.head) };
        let end = path.iter().position(|segment| *segment == Segment::Embedded).unwrap_or(path.len());
        let below = path.get(self.head.len()..end).unwrap_or_default();
        begins(path, &self.head) && below.windows(tail.len()).any(|window| begins(window, tail))
    }

    /// The same in any of the documents on the path.
    fn anywhere(&self, path: &[Segment<'_>]) -> bool {
        match &self.tail {
            // Wherever documents begin, it is below.
            Some(tail) if self.head.is_empty() => path.windows(tail.len()).any(|window| begins(window, tail)),
            _ => starts(path).any(|path| self.names(path)),
        }
    }
}

/// Whether steps may name the same values, as far as both go.
fn agree<'s>(steps: impl Iterator<Item = &'s Step>, others: impl Iterator<Item = &'s Step>) -> bool {
    steps.zip(others).all(|pair| match pair {
        (Step::Any, _) | (_, Step::Any) => true,
        (step, other) => step == other,
    })
}

/// Whether a path begins with what steps name.
fn begins(path: &[Segment<'_>], steps: &[Step]) -> bool {
    steps.len() <= path.len()
        && steps.iter().zip(path).all(|(step, segment)| match (step, segment) {
            (_, Segment::Embedded) => false,
            (Step::Any, _) => true,
            (Step::Token(token, _), Segment::Key(key)) => token == key,
            (Step::Token(_, index), Segment::Index(at)) => *index == Some(*at),
        })
}

impl std::str::FromStr for Pointer {
    type Err = PointerError;

    fn from_str(text: &str) -> Result<Self, PointerError> {
        Self::parse(text)
    }
}

fn step(token: &str) -> Result<Step, PointerError> {
    if token == "*" {
        return Ok(Step::Any);
    }
    if token.replace("~0", "").replace("~1", "").contains('~') {
        return Err(PointerError::Tilde);
    }
    let key = token.replace("~1", "/").replace("~0", "~");
    let index = if key.starts_with('0') && key.len() > 1 { None } else { key.parse().ok() };
    Ok(Step::Token(key, index))
}

#[cfg(test)]
mod tests {
    use super::{Fate, Kind, Pointer, PointerError, Policy};
    use crate::json::Segment;

    fn key(key: &str) -> Segment<'_> {
        Segment::Key(key.into())
    }

    #[test]
    fn a_pointer_names_values_below_any_document() {
        let policy = Policy { keep: vec![Pointer::parse("/issues/*/key").unwrap()], ..Policy::default() };
        let issue = [key("issues"), Segment::Index(3), key("key")];
        assert!(policy.keeps(&issue, false));
        let embedded = [key("result"), key("content"), Segment::Index(0), key("text"), Segment::Embedded];
        assert!(policy.keeps(&[&embedded[..], &issue[..]].concat(), false));
        assert!(policy.keeps(&[&[key("result"), key("structuredContent")], &issue[..]].concat(), false));
        assert!(!policy.keeps(&[&[key("result")], &issue[..]].concat(), false));
        assert!(!policy.keeps(&issue[..2], true));
        assert!(!Policy::default().keeps(&issue, false));
    }

    #[test]
    fn what_wraps_every_result_is_not_kept() {
        let text = [key("result"), key("content"), Segment::Index(0), key("text")];
        let within = |path: &[Segment<'static>]| [&text[..], &[Segment::Embedded], path].concat();
        for pointer in
            ["/**/text", "/**/content", "/**/result", "/*/content", "/result/*", "/result", "/*/*/*/text"]
        {
            for block in [vec![], vec![Pointer::parse("/x").unwrap()]] {
                let policy =
                    Policy { keep: vec![Pointer::parse(pointer).unwrap()], block, ..Policy::default() };
                for length in 1..=text.len() {
                    let path = &text[..length];
                    assert!(!policy.keeps(path, length < text.len()), "{pointer} {path:?}");
                }
                let structured = [key("result"), key("structuredContent"), key("x")];
                assert!(
                    !policy.keeps(&structured, false) && !policy.keeps(&structured[..2], true),
                    "{pointer}"
                );
            }
        }
        let policy = Policy {
            keep: ["/**/text", "/**/name"].map(|text| Pointer::parse(text).unwrap()).into(),
            ..Policy::default()
        };
        assert!(policy.keeps(&within(&[key("a"), key("text")]), false));
        assert!(policy.keeps(&[key("result"), key("structuredContent"), key("text")], false));
        assert!(policy.keeps(&[key("result"), key("tools"), Segment::Index(0), key("name")], false));
    }

    #[test]
    fn what_is_in_a_blocked_or_masked_value_shares_its_fate() {
        let pointer = |text: &str| Pointer::parse(text).unwrap();
        let policy = Policy {
            block: vec![pointer("/a/*/salary")],
            mask: vec![(pointer("/a"), Kind::Custom)],
            ..Policy::default()
        };
        let salary = [key("a"), Segment::Index(0), key("salary")];
        assert_eq!(policy.fate(&salary), Some(Fate::Blocked));
        assert_eq!(policy.fate(&[&salary[..], &[key("x")]].concat()), Some(Fate::Blocked));
        assert_eq!(policy.fate(&salary[..2]), Some(Fate::Masked(Kind::Custom)));
        assert_eq!(policy.fate(&salary[1..]), None);
        assert!(pointer("/a/*").covers(&pointer("/a/b/c")) && pointer("/a/b").covers(&pointer("/*/b")));
        assert!(!pointer("/a/b").covers(&pointer("/a")) && !pointer("/a/b").covers(&pointer("/a/c")));
    }

    #[test]
    fn an_id_is_left_alone_where_the_service_says_it() {
        let policy = Policy { ids: vec![Pointer::parse("/**/uid").unwrap()], ..Policy::default() };
        let content = [key("result"), key("content"), Segment::Index(0), key("text"), Segment::Embedded];
        let own = [&content[..], &[key("items"), Segment::Index(0), key("uid")]].concat();
        assert!(policy.keeps(&own, false) && !policy.keeps(&own, true) && policy.keeps(&own[5..], false));
        for others in [
            [&own[..5], &[key("description"), Segment::Embedded, key("uid")]].concat(),
            vec![key("structuredContent"), key("text"), Segment::Embedded, key("uid")],
            vec![key("description"), Segment::Embedded, key("uid")],
            [&content[..], &content[1..], &[key("uid")]].concat(),
            [&[key("structuredContent")], &content[1..], &[key("uid")]].concat(),
        ] {
            assert!(!policy.keeps(&others, false), "{others:?}");
        }
    }

    #[test]
    fn what_is_blocked_at_any_depth_is_so_in_what_is_kept() {
        let pointer = |text: &str| Pointer::parse(text).unwrap();
        let policy =
            Policy { keep: vec![pointer("/staff")], block: vec![pointer("/**/salary")], ..Policy::default() };
        let somebody = [key("staff"), Segment::Index(0), key("name")];
        assert!(!policy.keeps(&somebody[..1], true) && policy.keeps(&somebody, false));
        let salary = [key("staff"), Segment::Index(0), key("salary")];
        assert!(!policy.keeps(&salary, false) && policy.fate(&salary) == Some(Fate::Blocked));
    }

    #[test]
    fn tokens_are_read_as_rfc_6901_says() {
        let names = |pointer: &str, path: &[Segment<'_>]| Pointer::parse(pointer).unwrap().names(path);
        assert!(names("/a~1b/m~0n", &[key("a/b"), key("m~n")]));
        assert!(names("/~01", &[key("~1")]));
        assert!(names("/0", &[Segment::Index(0)]) && names("/0", &[key("0")]));
        assert!(!names("/00", &[Segment::Index(0)]));
        assert!(!names("/*", &[Segment::Embedded]));
    }

    #[test]
    fn two_asterisks_are_any_number_of_steps() {
        let pointer = |text: &str| Pointer::parse(text).unwrap();
        let (deep, below) = (pointer("/**/b/c"), pointer("/a/**/c"));
        let path = [key("a"), Segment::Index(0), key("b"), key("c")];
        assert!(deep.is(&path) && deep.is(&path[2..]) && below.is(&path) && below.is(&[key("a"), key("c")]));
        assert!(
            !deep.is(&path[..3]) && !deep.is(&path[3..]) && !below.is(&path[1..]) && !below.is(&path[..1])
        );
        let within = [&path[..], &[key("d")]].concat();
        assert!(deep.names(&within) && !deep.is(&within) && !deep.names(&path[..3]));
        // What a string holds is a document of its own.
        let embedded = [key("a"), Segment::Embedded, key("c")];
        assert!(!below.is(&embedded) && !below.names(&embedded));
        for (one, other) in
            [("/**/b", "/a/*/b"), ("/**/b/c", "/a/b/c/d"), ("/**/b", "/a/**/b"), ("/a/b", "/**/b")]
        {
            assert!(pointer(one).covers(&pointer(other)), "{one} {other}");
        }
        for (one, other) in [
            ("/**/b", "/a"),
            ("/a/**/b", "/c/b"),
            ("/a/**/b", "/b"),
            ("/a", "/**/c"),
            ("/b", "/a/**/b"),
            ("/**/b", "/a/*/c"),
        ] {
            assert!(!pointer(one).covers(&pointer(other)), "{one} {other}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(Pointer::parse(""), Err(PointerError::Whole));
        assert_eq!(Pointer::parse("/"), Err(PointerError::Whole));
        assert_eq!(Pointer::parse("issues"), Err(PointerError::NoSlash));
        assert_eq!(Pointer::parse("/a~2"), Err(PointerError::Tilde));
        assert_eq!(Pointer::parse("/a~"), Err(PointerError::Tilde));
        assert_eq!(Pointer::parse("/**"), Err(PointerError::Deep));
        assert_eq!(Pointer::parse("/**/*"), Err(PointerError::Whole));
        assert_eq!(Pointer::parse("/**/a/**/b"), Err(PointerError::Deep));
    }
}

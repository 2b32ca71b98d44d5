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
    /// The values that are left alone, with everything in them.
    pub keep: Vec<Pointer>,
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
    /// Whether a value is left alone. Pointers start at a document: the whole one, one that a string holds, or
    /// `structuredContent` of a tool result, which is the same document in another place.
    pub(super) fn keeps(&self, path: &[Segment<'_>]) -> bool {
        !self.keep.is_empty()
            && starts(path)
                .any(|path| self.keep.iter().any(|kept| kept.0.len() == path.len() && kept.names(path)))
    }

    /// What is said of a value, or of what it is in.
    pub(super) fn fate(&self, path: &[Segment<'_>]) -> Option<Fate> {
        if self.block.is_empty() && self.mask.is_empty() {
            return None;
        }
        if starts(path).any(|path| self.block.iter().any(|blocked| blocked.names(path))) {
            return Some(Fate::Blocked);
        }
        let mut masked =
            starts(path).flat_map(|path| self.mask.iter().filter(|(masked, _)| masked.names(path)));
        masked.next().map(|(_, kind)| Fate::Masked(*kind))
    }
}

fn starts<'p, 's>(path: &'p [Segment<'s>]) -> impl Iterator<Item = &'p [Segment<'s>]> {
    let roots = path.iter().enumerate().filter(|(_, segment)| match segment {
        Segment::Embedded => true,
        Segment::Key(key) => key == "structuredContent",
        Segment::Index(_) => false,
    });
    std::iter::once(0).chain(roots.map(|(at, _)| at + 1)).filter_map(|start| path.get(start..))
}

/// A JSON pointer (RFC 6901) in which `*` stands for any one key or index: `/issues/*/key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(Vec<Step>);

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
        let tokens = text.strip_prefix('/').ok_or(PointerError::NoSlash)?;
        tokens.split('/').map(step).collect::<Result<_, _>>().map(Self)
    }

    /// Whether it names everything that another one names, or something that this is in.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len()
            && self.0.iter().zip(&other.0).all(|(step, other)| match (step, other) {
                (Step::Any, _) | (_, Step::Any) => true,
                (step, other) => step == other,
            })
    }

    /// Whether it names the value at a path, or something that this is in.
    fn names(&self, path: &[Segment<'_>]) -> bool {
        self.0.len() <= path.len()
            && self.0.iter().zip(path).all(|(step, segment)| match (step, segment) {
                (_, Segment::Embedded) => false,
                (Step::Any, _) => true,
                (Step::Token(token, _), Segment::Key(key)) => token == key,
                (Step::Token(_, index), Segment::Index(at)) => *index == Some(*at),
            })
    }
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
        assert!(policy.keeps(&issue));
        let embedded = [key("result"), key("content"), Segment::Index(0), key("text"), Segment::Embedded];
        assert!(policy.keeps(&[&embedded[..], &issue[..]].concat()));
        assert!(policy.keeps(&[&[key("result"), key("structuredContent")], &issue[..]].concat()));
        assert!(!policy.keeps(&[&[key("result")], &issue[..]].concat()));
        assert!(!policy.keeps(&issue[..2]));
        assert!(!Policy::default().keeps(&issue));
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
    fn tokens_are_read_as_rfc_6901_says() {
        let names = |pointer: &str, path: &[Segment<'_>]| Pointer::parse(pointer).unwrap().names(path);
        assert!(names("/a~1b/m~0n", &[key("a/b"), key("m~n")]));
        assert!(names("/~01", &[key("~1")]));
        assert!(names("/0", &[Segment::Index(0)]) && names("/0", &[key("0")]));
        assert!(!names("/00", &[Segment::Index(0)]));
        assert!(!names("/*", &[Segment::Embedded]));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(Pointer::parse(""), Err(PointerError::Whole));
        assert_eq!(Pointer::parse("/"), Err(PointerError::Whole));
        assert_eq!(Pointer::parse("issues"), Err(PointerError::NoSlash));
        assert_eq!(Pointer::parse("/a~2"), Err(PointerError::Tilde));
        assert_eq!(Pointer::parse("/a~"), Err(PointerError::Tilde));
    }
}

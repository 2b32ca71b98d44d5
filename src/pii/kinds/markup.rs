//! Passwords and keys in markup: elements that are called so (`<password>x</password>`), the element behind one that says
//! so (`<key>Password</key><string>x</string>`, cells of tables), and attributes beside one that says so
//! (`<property name="password" value="x"/>`); and user names in elements (`<username>x</username>`).

use std::ops::Range;

use super::credential::{LONGEST, Name, begin, name, of_words, secret};
use super::username::{Telling, service, shaped};

/// The longest tag that is looked through, in bytes.
const MAX_TAG: usize = 512;
/// A name is no longer, in bytes.
const MAX_NAME: usize = 40;

/// What elements hold whose names say so, or what stands before them.
pub(super) fn elements(text: &str, found: &mut Vec<Range<usize>>) {
    for at in memchr::memchr_iter(b'>', text.as_bytes()) {
        let Some(tag) = text.get(..at).and_then(tag) else { continue };
        let Some((start, content)) = content(text, at + 1) else { continue };
        if let Some(name) = tag.split_ascii_whitespace().next().and_then(local).and_then(name) {
            found.extend(value(start, content, name));
        } else if content.len() <= MAX_NAME
            && let Some(name) = name(content.trim().trim_end_matches(':'))
        {
            found
                .extend(next(text, start + content.len()).and_then(|(start, next)| value(start, next, name)));
        }
    }
}

/// What elements hold that say of it that it is a user name.
pub(super) fn users(text: &str, found: &mut Vec<Range<usize>>) {
    for at in memchr::memchr_iter(b'>', text.as_bytes()) {
        let name = text.get(..at).and_then(tag).filter(|tag| tag.len() <= MAX_NAME).and_then(local);
        let Some(telling) = name.and_then(Telling::of) else { continue };
        let Some((start, content)) = content(text, at + 1) else { continue };
        let value = content.trim();
        if shaped(value)
            && !service(value)
            && telling.tells(value)
            && value.chars().all(|char| !char.is_uppercase())
        {
            let start = start + content.len() - content.trim_start().len();
            found.push(start..start + value.len());
        }
    }
}

/// The value of an attribute, beside one that says so. `at`: where it is assigned.
pub(super) fn attribute(text: &str, at: usize, written: &str) -> Option<Name> {
    if !["value", "val", "content", "default", "defaultValue"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(written))
    {
        return None;
    }
    let before = tag(text.get(..at)?)?;
    let behind = begin(text.get(at..)?, MAX_TAG);
    let behind = behind.get(..memchr::memchr(b'>', behind.as_bytes())?)?;
    [before, behind].into_iter().find_map(|part| {
        ["name=", "key=", "id=", "property="].iter().find_map(|attribute| {
            let at = part.find(attribute).filter(|at| {
                !part.get(..*at).is_some_and(|before| before.ends_with(|char: char| char.is_alphanumeric()))
            })?;
            let rest = part.get(at + attribute.len()..)?;
            let quote = rest.chars().next().filter(|char| matches!(char, '"' | '\''))?;
            name(rest.get(1..)?.split(quote).next()?)
        })
    })
}

/// What stands between the beginning of a tag and a place in it.
fn tag(before: &str) -> Option<&str> {
    let bytes = before.as_bytes();
    let from = bytes.len().saturating_sub(MAX_TAG);
    let open = from + memchr::memrchr(b'<', bytes.get(from..)?)?;
    let tag = before.get(open + 1..)?;
    (tag.starts_with(|char: char| char.is_ascii_alphabetic()) && !tag.contains('>') && !tag.ends_with('/'))
        .then_some(tag)
}

/// A name without what stands for its namespace.
fn local(name: &str) -> Option<&str> {
    name.rsplit(':').next()
}

/// What an element holds that begins there.
fn content(text: &str, from: usize) -> Option<(usize, &str)> {
    let rest = begin(text.get(from..)?, LONGEST);
    match rest.strip_prefix("<![CDATA[") {
        Some(inside) => Some((from + "<![CDATA[".len(), inside.get(..inside.find("]]>")?)?)),
        None => Some((from, rest.get(..memchr::memchr(b'<', rest.as_bytes())?)?)),
    }
}

/// What the element holds that follows the end of one: `</td> <td>x`.
fn next(text: &str, from: usize) -> Option<(usize, &str)> {
    let rest = begin(text.get(from..)?, MAX_TAG);
    let ended = rest.strip_prefix("</")?;
    let ended = ended.get(ended.find('>')? + 1..)?.trim_start();
    let opened =
        ended.strip_prefix('<').filter(|tag| tag.starts_with(|char: char| char.is_ascii_alphabetic()))?;
    let tag = opened.find('>').filter(|end| !opened.get(..*end).is_some_and(|tag| tag.ends_with('/')))?;
    content(text, from + rest.len() - opened.len() + tag + 1)
}

fn value(start: usize, content: &str, name: Name) -> Option<Range<usize>> {
    let value = content.trim();
    let start = start + content.len() - content.trim_start().len();
    let is = if value.contains(char::is_whitespace) { of_words(value, name) } else { secret(value, name) };
    is.then(|| start..start + value.len())
}

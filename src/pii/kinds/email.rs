//! E-mail addresses: a dot-atom, `@`, and a host name with at least two labels (RFC 5322, section 3.4.1; RFC 6531
//! for letters beyond ASCII; RFC 1123, section 2.1 for the host).
//!
//! Rules of context: `https://token@host/` is user information of a URL and not an address; `git@host:path` names
//! a repository; `icon@2x.png` is a file. The sign may be percent-encoded (`%40`), as in links.

use std::ops::Range;

use memchr::memchr_iter;

use super::credential::begin;
use crate::pii::encoded;
use crate::pii::fields::Letters;
use crate::pii::tagger;

/// A local part is at most 64 bytes (RFC 5321, section 4.5.3.1.1); machines write longer ones.
const MAX_LOCAL: usize = 256;
const MAX_HOST: usize = 255;
const MAX_QUOTED: usize = 64;

/// Endings that are files much more often than top-level domains.
const FILES: [&str; 12] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "pdf", "css", "js", "json", "html"];

/// `key`: the JSON key that the string stands under, or what says the same.
pub(in crate::pii) fn find(text: &str, key: Option<&str>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let plain = memchr_iter(b'@', bytes).map(|at| (at, at + 1));
    let encoded = memchr_iter(b'%', bytes).filter(|at| bytes.get(at + 1..at + 3) == Some(b"40"));
    let encoded = encoded.map(|at| (at, at + 3));
    let mut signs: Vec<_> = plain.chain(encoded).collect();
    signs.sort_unstable();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut messages = Messages::new(text, key);
    let mut done = 0;
    for (at, after) in signs {
        if at >= done
            && let Some(range) = around(text, done, at, after)
        {
            done = range.end;
            if !messages.name(&range, at) {
                found.push(range);
            }
        }
    }
    found
}

/// Tells the names of messages and events from addresses, in a text that is read from its beginning to its end: each line is
/// looked at once.
struct Messages<'t> {
    text: &'t str,
    key: Option<&'t str>,
    /// The line that was looked at last, and whether it is a header with such names.
    line: Range<usize>,
    header: bool,
    /// Whether the whole text holds such names, once somebody asked.
    ids: Option<bool>,
}

impl<'t> Messages<'t> {
    fn new(text: &'t str, key: Option<&'t str>) -> Self {
        Self { text, key, line: 0..0, header: false, ids: None }
    }

    /// Whether what is written as an address is the name of a message or an event (RFC 5322, section 3.6.4; RFC 5545, section
    /// 3.8.4.7), and nobody's: a machine made it up, and it stands alone, or with others of its kind, where such names stand.
    fn name(&mut self, range: &Range<usize>, at: usize) -> bool {
        if !made_up(self.text.get(range.start..at).unwrap_or_default()) {
            return false;
        }
        let under = |key: Option<&str>, names: &[&str]| key.is_some_and(|key| named(key, names));
        if under(self.key, &EVENTS) && self.text.trim().len() == range.len() {
            return true;
        }
        if under(self.key, &MESSAGES) && *self.ids.get_or_insert_with(|| ids(self.text)) {
            return true;
        }
        self.read(range);
        self.header
    }

    /// Reads the line that an address stands in.
    fn read(&mut self, range: &Range<usize>) {
        if range.start < self.line.end {
            return;
        }
        let from = self.line.end;
        let before = self.text.get(from..range.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(from, |at| from + at + 1);
        let rest = self.text.get(range.end..).unwrap_or_default();
        let end = rest.find('\n').map_or(self.text.len(), |at| range.end + at);
        self.line = start..end;
        let header = begin(self.text.get(start..end).unwrap_or_default(), MAX_HEADER);
        self.header =
            header.split_once(':').is_some_and(|(name, value)| named(name, &MESSAGES) && ids(value));
    }
}

/// Whether a name is one of these, by its letters.
fn named(name: &str, names: &[&str]) -> bool {
    let letters = Letters::of(name);
    names.iter().any(|known| letters.as_bytes() == known.as_bytes())
}

/// Whether a text holds names in brackets and nothing else.
fn ids(text: &str) -> bool {
    text.split_ascii_whitespace().all(|id| id.starts_with('<') && id.ends_with('>'))
}

/// Whether a machine made up what stands before the sign: digits mostly, or letters and digits at random; no name, no
/// telephone number and no day that somebody may be born on.
fn made_up(local: &str) -> bool {
    let count = |wanted: fn(&u8) -> bool| local.as_bytes().iter().filter(|byte| wanted(byte)).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let name = |word: &str| word.len() > 2 && (tagger::given_name(word) || tagger::family_name(word));
    local.len() >= 12
        && (digits >= 8 || digits >= 2 && upper >= 4 && lower >= 4)
        && !local.split(|char: char| !char.is_alphabetic()).any(name)
        && !local.split(|char: char| !char.is_ascii_digit()).any(|digits| dialled(digits, local))
        && !born(local)
}

/// Whether digits may be a telephone number: as long as those with a country's or an area's number are, and no moment, as
/// machines write it, in seconds or milliseconds or as a date.
fn dialled(digits: &str, local: &str) -> bool {
    let bounded = local.split('.').any(|part| part.trim_start_matches('+') == digits);
    let seconds = matches!(digits.as_bytes(), [b'1', b'5'..=b'9', ..]) && matches!(digits.len(), 10 | 13);
    bounded && (10..=15).contains(&digits.len()) && !seconds && !dated(digits)
}

/// Whether digits begin with a date: `20240101`.
fn dated(digits: &str) -> bool {
    let number =
        |range: Range<usize>| digits.get(range).and_then(|digits| digits.parse::<u16>().ok()).unwrap_or(0);
    (1900..2100).contains(&number(0..4))
        && (1..=12).contains(&number(4..6))
        && (1..=31).contains(&number(6..8))
}

/// Whether what stands before the sign ends with a date behind a word, and no newer one than of somebody who writes:
/// `hmueller19720512`.
fn born(local: &str) -> bool {
    let digits = local.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, date) = local.split_at(local.len() - digits);
    digits == 8 && dated(date) && date < "20150101" && head.chars().any(char::is_alphabetic)
}

/// Headers and keys that name messages, and keys that name events, by their letters.
const MESSAGES: [&str; 4] = ["messageid", "inreplyto", "references", "internetmessageid"];
const EVENTS: [&str; 2] = ["icaluid", "icsuid"];

/// No longer line is such a header, in bytes.
const MAX_HEADER: usize = 2048;

fn around(text: &str, from: usize, at: usize, after: usize) -> Option<Range<usize>> {
    let head = text.get(from..at)?;
    let local = quoted(head).or_else(|| local(head))?;
    // `?q=x&jane@example.com`: what stands before is another part of a URI.
    let begins = || {
        let before = text.get(..at - local.len()).unwrap_or_default();
        before.ends_with(['=', '?', '/']) || encoded::in_uri(text, before.len())
    };
    let local = if local.contains(['&', '#']) && begins() {
        local.rsplit(['&', '#']).next()?.trim_start_matches(['.', '\'', '~', '!', '-', '+', '_'])
    } else {
        local
    };
    if local.is_empty() {
        return None;
    }
    let start = at - local.len();
    let host = host(text.get(after..)?)?;
    let end = after + host.len();
    let before = text.get(from..start)?;
    // "smtps://jane%40example.com:x@host", "https://jane@example.com:x@host": the user's name is an address.
    let user = || {
        let rest = begin(text.get(end..).unwrap_or_default(), MAX_LOCAL);
        let ends = |char: char| char.is_whitespace() || "/?#\"'<>`\\".contains(char);
        rest.split(ends).next().is_some_and(|authority| authority.contains('@'))
    };
    if before.ends_with(|char: char| char.is_ascii_alphanumeric())
        || in_user_information(text.get(..start)?) && !user()
    {
        return None;
    }
    let path_follows = text.get(end..)?.strip_prefix(':').is_some_and(|rest| {
        rest.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, '/' | '~'))
    });
    if local == "git" && path_follows {
        return None;
    }
    Some(start..end)
}

/// The quoted string that `text` ends with (RFC 5321, section 4.1.2): `"jane doe"`. Not one that closes something
/// else, as in `"hosts": ["@example.com"]`.
fn quoted(text: &str) -> Option<&str> {
    let inner = text.strip_suffix('"')?;
    let mut from = inner.len().saturating_sub(MAX_QUOTED);
    while !inner.is_char_boundary(from) {
        from += 1;
    }
    let open = from + inner.get(from..)?.rfind('"')?;
    let (before, inside) = (text.get(..open)?, inner.get(open + 1..)?);
    let opens =
        before.is_empty() || before.ends_with(|char: char| char.is_whitespace() || "<(,;:[".contains(char));
    let name = inside.starts_with(char::is_alphanumeric)
        && inside.ends_with(char::is_alphanumeric)
        && !inside.contains(['\n', '@', ':', '{', '}', '[', ']']);
    (opens && name).then(|| text.get(open..)).flatten()
}

/// The longest dot-atom that `text` ends with.
fn local(text: &str) -> Option<&str> {
    let mut start = text.len();
    for (at, char) in text.char_indices().rev() {
        let wanted =
            char.is_alphanumeric() || matches!(char, '.' | '_' | '+' | '-' | '\'' | '&' | '~' | '!' | '#');
        if !wanted || text.len() - at > MAX_LOCAL {
            break;
        }
        start = at;
    }
    let local = text.get(start..)?;
    if local.ends_with('.') {
        return None;
    }
    let local = local.rsplit("..").next()?;
    let local = local.trim_start_matches(['.', '\'', '&', '~', '!', '#', '-', '+', '_']);
    (!local.is_empty() && local.chars().any(char::is_alphanumeric)).then_some(local)
}

/// The longest host name that `text` begins with.
fn host(text: &str) -> Option<&str> {
    let run = text
        .char_indices()
        .find(|(at, char)| !(char.is_alphanumeric() || matches!(char, '.' | '-')) || *at > MAX_HOST)
        .map_or(text.len(), |(at, _)| at);
    let (mut start, mut end) = (0, None);
    for (index, piece) in text.get(..run)?.split('.').enumerate() {
        if let Some(length) = top(piece).filter(|_| index > 0) {
            end = Some(start + length);
        }
        if !label(piece) {
            break;
        }
        start += piece.len() + 1;
    }
    text.get(..end?)
}

/// How much of a label is a top-level domain: all of it, or what stands before a hyphen or before the letters of a
/// script that writes no spaces (`com-Jane`).
fn top(label: &str) -> Option<usize> {
    if label.starts_with("xn--") {
        return Some(label.trim_end_matches('-').len());
    }
    let end = label.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(label.len());
    let rest = label.get(end..)?;
    let top = match end {
        0 if rest.chars().all(char::is_alphabetic) => label,
        0 => return None,
        _ if rest.starts_with(|char: char| char.is_ascii_digit()) => return None,
        _ => label.get(..end)?,
    };
    (top.chars().count() >= 2 && !FILES.iter().any(|file| top.eq_ignore_ascii_case(file)))
        .then_some(top.len())
}

fn label(label: &str) -> bool {
    !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
}

/// Whether what stands before is the beginning of a URL's authority: `scheme://`, `scheme://user:`. In the URLs of
/// mail, telephony and chat it is the address itself.
fn in_user_information(before: &str) -> bool {
    let token_start = before
        .char_indices()
        .rev()
        .take(MAX_LOCAL)
        .find(|(_, char)| char.is_whitespace() || "\"<>(),;|".contains(*char))
        .map_or(before.len().saturating_sub(MAX_LOCAL), |(at, char)| at + char.len_utf8());
    let Some(token) = before.get(token_start..) else { return false };
    token.rsplit_once("://").is_some_and(|(scheme, authority)| {
        let scheme = scheme.rsplit(|char: char| !char.is_ascii_alphanumeric()).next().unwrap_or_default();
        !authority.contains(['/', '?', '#'])
            && !ADDRESSED.iter().any(|addressed| scheme.eq_ignore_ascii_case(addressed))
    })
}

/// Schemes of URLs that name somebody and no host.
const ADDRESSED: [&str; 8] = ["mailto", "sip", "sips", "xmpp", "im", "pres", "acct", "msteams"];

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        find(text, None).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn addresses_are_found_whatever_stands_around_them() {
        for (text, address) in [
            ("jane.doe+tag@example.com", "jane.doe+tag@example.com"),
            ("From: \"Doe, Jane\" <jane@sub.example.co.uk>, x", "jane@sub.example.co.uk"),
            ("Write to jane_doe@example.com.", "jane_doe@example.com"),
            ("'o'neil@example.com'", "o'neil@example.com"),
            ("user=jane@example.com,ip", "jane@example.com"),
            ("mailto:jane@example.com?subject=a", "jane@example.com"),
            ("größe@köln.example", "größe@köln.example"),
            ("a@xn--bcher-kva.xn--p1ai", "a@xn--bcher-kva.xn--p1ai"),
            ("https://example.com/?q=x&jane%40example.com", "jane%40example.com"),
            ("r&d@example.com", "r&d@example.com"),
            ("?a=x#.jane@example.com", "jane@example.com"),
            ("..jane@example.com...", "jane@example.com"),
            ("https://example.com/u?m=jane%40example.com&x", "jane%40example.com"),
            ("https://example.com/jane@example.com", "jane@example.com"),
            ("ftp://a jane@example.com", "jane@example.com"),
            ("git@example.com: fix", "git@example.com"),
            ("jane@example.com-Jane", "jane@example.com"),
            ("jane@example.com.2026", "jane@example.com"),
            ("jane@example.co-op.uk", "jane@example.co-op.uk"),
            ("1,https://shop.example,jane@example.com,x", "jane@example.com"),
            ("|https://shop.example|jane@example.com|", "jane@example.com"),
            ("GmbH;https://www.example.com;jane@example.com", "jane@example.com"),
            ("sip://jane@example.com", "jane@example.com"),
            ("smtps://jane%40example.com:x9Kl@smtp.example.com:465", "jane%40example.com"),
            ("https://jane@example.com:x9Kl@host.example/x", "jane@example.com"),
            ("To: \"jane doe\"@example.com", "\"jane doe\"@example.com"),
            ("写信给jane@example.com张伟", "写信给jane@example.com"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
        assert_eq!(found("a@b.de,c@d.de"), ["a@b.de", "c@d.de"]);
    }

    #[test]
    fn look_alikes_are_not() {
        for text in [
            "@jane",
            "jane@",
            "jane@localhost",
            "react@18.2.0",
            "icon@2x.png",
            "a.@b.de",
            "@scope/package.js",
            "https://token@example.com/x",
            "https://user:token@example.com",
            "git@example.com:org/repo.git",
            "jane@-example.com",
            "a@b.c",
            "a@b.c1",
            r#"{"hosts": ["a", "@example.com"], "host":"@example.com"}"#,
            "\"a\" or \"@example.com\"",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn what_names_a_message_is_no_address_where_such_names_stand() {
        let id = "CAKx7Q9+abcDEFghi01@mail.example";
        let under = |text: &str, key: &str| find(text, Some(key)).len();
        let header = format!("Message-ID: <{id}>\nReferences: <{id}> <20240101.112233@x.example>");
        assert!(found(&header).is_empty());
        assert_eq!(under(&format!("<{id}>"), "In-Reply-To"), 0);
        assert_eq!(under("7cbh8rpc10lrc0ckih9tafss99@google.com", "iCalUID"), 0);
        for text in [
            format!("Message-ID: {id}"),
            format!("Message-ID: <{id}>, from somebody"),
            format!("see Message-ID: <{id}>"),
            format!("Subject: <{id}>"),
            "References: <hans.mueller19720512@gmx.example>".to_owned(),
            "References: <jane.doe@gmx.example>".to_owned(),
            "References: <491711234567@s.whatsapp.example>".to_owned(),
            "In-Reply-To: <20240101112233.4915112345678@mms.example>".to_owned(),
            "Message-ID: <sk8erboi19901122@gmx.example>".to_owned(),
        ] {
            assert_eq!(found(&text).len(), 1, "{text}");
        }
        assert_eq!(under("hans.mueller19720512@gmx.example", "iCalUID"), 1);
        assert_eq!(under("<01711234567890@sms.example.de>", "references"), 1);
        assert_eq!(under("<hmueller19720512@gmx.example>", "inReplyTo"), 1);
        assert_eq!(under("491711234567@c.example", "iCalUID"), 1);
        for id in
            ["20240101112233.123456@x.example", "1700000000123.JavaMail@x.example", "build20240101@x.example"]
        {
            assert_eq!(under(&format!("<{id}>"), "references"), 0, "{id}");
        }
        assert_eq!(under("see 7cbh8rpc10lrc0ckih9tafss99@google.com", "iCalUID"), 1);
        assert_eq!(under(&format!("<{id}>"), "author"), 1);
    }

    #[test]
    fn many_names_of_messages_are_told() {
        let many = "<CAKx7Q9+abcDEFghi01@mail.example> ".repeat(10_000);
        assert!(find(&many, Some("references")).is_empty());
        assert_eq!(find(&many, Some("x")).len(), 10_000);
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)[a-z@.%40:/ é-]{0,40}") {
            find(&text, None);
        }
    }
}

//! Passwords and keys that their place tells: the password in a URL (RFC 3986, section 3.2.1), what follows `Bearer` and
//! `Basic` (RFC 6750, section 2.1; RFC 7617), what is assigned to a name such as `password` or `api_key` or stands under such
//! a JSON key, and what prose calls a password.
//!
//! A name says only that a secret is meant. Whether one stands there its form says: no placeholder, no word, no
//! expression of a program.

use std::ops::Range;
use std::sync::LazyLock;

use super::secret_form::{
    expression, expression_alone, mixed, numbered, placeholder, random, several_words, strong,
};
use super::{command, markup, url_credential};
use crate::pii::fields::Letters;
use crate::pii::phrases::{Pairs, Phrases};
use crate::pii::traits::{AT, COLON, EQUALS, GREATER, LESS, PIPE, SLASH, TAB, Traits};
use crate::pii::{people, pseudonym};

/// What a name says of what is assigned to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// A password: may be short, and of anything.
    Password,
    /// A key or token: long and random.
    Key,
}

/// Credentials, ascending and apart. `key`: the JSON key that the string stands under.
pub(in crate::pii) fn find(text: &str, has: Traits, key: Option<&str>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if key == Some(SEALED) {
        found.extend(people::whole(text).filter(|_| !pseudonym::is_one(text.trim())));
        return found;
    }
    if let Some(name) = key.and_then(name)
        && let Some(range) = whole(text, name)
    {
        found.push(range);
        return found;
    }
    if has.each(COLON | SLASH | AT) {
        url_credential::find(text, &mut found);
    }
    if has.any(EQUALS | COLON) {
        assigned(text, has, &mut found);
    }
    if has.any(TAB | PIPE) {
        in_cells(text, &mut found);
    }
    if has.each(LESS | GREATER) {
        markup::elements(text, &mut found);
    }
    for (hit, phrase) in ANNOUNCED.find(text) {
        found.extend(match phrase.checked_sub(PASSWORDS.len()) {
            None => called(text, &hit).or_else(|| command::behind(text, hit.end)),
            Some(place) if place < SCHEMES.len() => scheme(text, &hit),
            Some(place) => command::find(text, hit.end, place - SCHEMES.len()),
        });
    }
    found.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

/// What the value of something secret stands under, whatever it is: no JSON key is called so.
pub(in crate::pii) const SEALED: &str = "secret value";

/// Where a credential stands in a string in Base64 that is one, though it holds a text (`inner`): what its key says is
/// secret, or a name and a password under a key such as `auth`.
pub(in crate::pii) fn packed(text: &str, inner: &str, key: Option<&str>) -> Option<Range<usize>> {
    let basic = |key: &str| {
        Letters::of(key).as_bytes().ends_with(b"auth")
            && inner.split_once(':').is_some_and(|(_, password)| password.len() >= 4)
            && !inner.contains(char::is_whitespace)
    };
    match key {
        Some(key) if key == SEALED || basic(key) => people::whole(text),
        Some(key) => whole(text, name(key)?),
        None => None,
    }
}

/// A string that is one credential as a whole.
fn whole(text: &str, name: Name) -> Option<Range<usize>> {
    let lead = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let rest =
        ["Bearer ", "bearer ", "Basic ", "Token "].iter().find_map(|scheme| trimmed.strip_prefix(scheme));
    let value = rest.unwrap_or(trimmed);
    let start = lead + trimmed.len() - value.len();
    let is = match value.contains(char::is_whitespace) {
        true => of_words(value, name),
        false => formed(value, name) && !expression_alone(value),
    };
    is.then(|| start..start + value.len())
}

/// Whether several words are a password.
pub(super) fn of_words(value: &str, name: Name) -> bool {
    name == Name::Password && several_words(value)
}

/// `| Password | ... |`, and the same with tabs.
fn in_cells(text: &str, found: &mut Vec<Range<usize>>) {
    for at in memchr::memchr2_iter(b'\t', b'|', text.as_bytes()) {
        let head = text.get(..at).unwrap_or_default().trim_end_matches([' ', '*', ':']);
        let cell = head.rfind(['\t', '|', '\n']).map_or(0, |at| at + 1);
        let name = head.get(cell..).map(str::trim).filter(|cell| cell.len() <= 40).and_then(name);
        found.extend(name.and_then(|name| value(text, at + 1, name)));
    }
}

/// `password=...`, `"api_key": "..."`, `token => '...'`.
fn assigned(text: &str, has: Traits, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'=', b':', bytes) {
        let before = bytes.get(..at).unwrap_or_default();
        // `"key" : `, `'key'=`, `\"key\":`
        let bare = before.len()
            - before
                .iter()
                .rev()
                .take(4)
                .take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b'`' | b']' | b'*'))
                .count();
        let head = before.get(..bare).unwrap_or_default();
        if !head.last().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            continue;
        }
        let length = head
            .iter()
            .rev()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
            .count();
        let written = text.get(bare - length..bare);
        let named = written.and_then(name).or_else(|| phrase(text.get(..bare).unwrap_or_default()));
        let beside =
            || written.filter(|_| has.any(LESS)).and_then(|written| markup::attribute(text, at, written));
        let Some(name) = named.or_else(beside) else { continue };
        // "Server=x;Password=Som mer2026!;", as connection strings are written.
        let listed = text.get(..bare - length).is_some_and(|head| head.trim_end_matches(' ').ends_with(';'));
        let part = || Some(begin(text.get(at + 1..)?, LONGEST).split_once(';')?.0);
        match listed.then(part).flatten().filter(|part| of_words(part, name)) {
            Some(part) => found.push(at + 1..at + 1 + part.len()),
            None => found.extend(value(text, at + 1, name)),
        }
    }
}

/// The value that begins behind a sign of assignment.
fn value(text: &str, from: usize, name: Name) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    // "userPassword:: c2VjcmV0", as LDIF has values in Base64 (RFC 2849)
    let coded = usize::from(rest.starts_with(": "));
    let (from, rest) = (from + coded, rest.get(coded..)?);
    let lead = rest.len() - rest.trim_start_matches([' ', '\t', '>', '=', '\u{a0}', '*']).len();
    let rest = rest.get(lead..)?;
    let (quote, opening) = match rest.as_bytes() {
        [quote @ (b'"' | b'\'' | b'`'), ..] => (Some(char::from(*quote)), 1),
        [b'\\', quote @ (b'"' | b'\''), ..] => (Some(char::from(*quote)), 2),
        _ => (None, 0),
    };
    let rest = rest.get(opening..)?;
    let scheme = ["Bearer ", "bearer ", "Basic ", "Token "].iter().find(|scheme| rest.starts_with(**scheme));
    let skip = scheme.map_or(0, |scheme| scheme.len());
    let rest = begin(rest.get(skip..)?, LONGEST);
    let end = match quote {
        Some(quote) => rest.find([quote, '\n', '\\']),
        None => rest.find(|char: char| {
            char.is_whitespace() || matches!(char, '"' | '\'' | ',' | ';' | '&' | '`' | '<' | '|')
        }),
    };
    // A quote that is not closed holds nothing, but one that goes on and on does.
    let end = end.or_else(|| (quote.is_none() || rest.len() + 4 > LONGEST).then_some(rest.len()))?;
    let written = rest.get(..end)?;
    let value = match quote {
        Some(_) => written,
        None => written.trim_end_matches(['.', ')', ']', '}', ':', '?']),
    };
    let start = from + lead + opening + skip;
    let is = match value.contains(' ') {
        true => of_words(value, name),
        false => secret(value, name) && !placeholder(written),
    };
    is.then(|| start..start + value.len())
}

/// The longest credential, in bytes. Nothing is looked at further, so that the work stays linear in the text.
pub(super) const LONGEST: usize = 1024;

/// The beginning of a text: at most so many bytes.
pub(super) fn begin(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// What a name of something announces, by its letters.
pub(super) fn name(written: &str) -> Option<Name> {
    // The cheapest question first.
    let ends = |letters: &[u8]| match letters {
        [.., before @ (b'a'..=b'z' | b'A'..=b'Z'), last @ (b'a'..=b'z' | b'A'..=b'Z')] => {
            ENDS.have(before.to_ascii_lowercase(), last.to_ascii_lowercase())
        }
        _ => true,
    };
    if !ends(written.as_bytes()) {
        return None;
    }
    let letters = Letters::filtered(written, char::is_alphabetic);
    let letters = letters.as_bytes();
    if letters.len() < 2 || !ends(letters) {
        return None;
    }
    let ends = |names: &[&str]| names.iter().any(|name| letters.ends_with(name.as_bytes()));
    if ends(&PASSWORD_NAMES) && !ends(&NO_PASSWORDS) {
        return Some(Name::Password);
    }
    (ends(&KEY_NAMES) && !ends(&NO_KEYS)).then_some(Name::Key)
}

/// What the names end with.
static ENDS: LazyLock<Pairs> = LazyLock::new(|| {
    let mut ends = Pairs::default();
    for name in PASSWORD_NAMES.iter().chain(&KEY_NAMES) {
        if let [.., before, last] = name.as_bytes() {
            ends.add(*before, *last);
        }
    }
    ends
});

/// A name of several words that a text ends with: `mot de passe`, `API key`.
fn phrase(text: &str) -> Option<Name> {
    let mut from = text.len().saturating_sub(24);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let tail = text.get(from..)?;
    let words = tail.trim_end_matches(|char: char| char.is_alphabetic() || matches!(char, ' ' | '-' | '\''));
    // The end of a longer name was looked at as such.
    let glued = !tail.get(words.len()..)?.starts_with(' ');
    if glued && words.ends_with(|char: char| char.is_alphanumeric() || matches!(char, '_' | '.')) {
        return None;
    }
    name(tail.get(words.len()..)?)
}

const PASSWORD_NAMES: [&str; 23] = [
    "pw",
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "passphrase",
    "motdepasse",
    "mdp",
    "contrasena",
    "wachtwoord",
    "haslo",
    "pwd",
    "parolachiave",
    "parola",
    "passcode",
    "kodehasla",
    "dbpass",
    "userpass",
    "smtppass",
    "adminpass",
    "passw",
    "clavedeacceso",
    "pass",
];

const KEY_NAMES: [&str; 29] = [
    "apikey",
    "secret",
    "secretkey",
    "accesskey",
    "secretaccesskey",
    "token",
    "privatekey",
    "authkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "accountkey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "credential",
    "credentials",
    "bearer",
    "authorization",
    "clientkey",
    "sessionid",
    "sessid",
    "cle",
    "schluessel",
    "apischlussel",
    "secretkeybase",
    "jwt",
    "licensekey",
    "sshkey",
    "storagekey",
];

/// Words that only end so.
const NO_PASSWORDS: [&str; 4] = ["compass", "bypass", "boardingpass", "trespass"];

/// Keys and tokens that are no secrets: a call that goes on with a list or a file has to name them.
const NO_KEYS: [&str; 31] = [
    "pagetoken",
    "nexttoken",
    "synctoken",
    "continuationtoken",
    "cursortoken",
    "progresstoken",
    "starttoken",
    "skiptoken",
    "deltatoken",
    "changetoken",
    "watchtoken",
    "maxtoken",
    "stoptoken",
    "filetoken",
    "foldertoken",
    "doctoken",
    "objtoken",
    "nodetoken",
    "uploadtoken",
    "cachetoken",
    "idempotencytoken",
    "clienttoken",
    "tasktoken",
    "resumetoken",
    "revisiontoken",
    "versiontoken",
    "locktoken",
    "scrolltoken",
    "offsettoken",
    "previoustoken",
    "prevtoken",
];

/// Whether something in a text is a secret, where one is meant.
pub(super) fn secret(value: &str, name: Name) -> bool {
    formed(value, name) && !expression(value)
}

/// Whether something has the form of a secret, where one is meant.
fn formed(value: &str, name: Name) -> bool {
    match name {
        Name::Password => (5..=256).contains(&value.len()) && mixed(value) && !placeholder(value),
        Name::Key => value.len() >= 12 && random(value) && !placeholder(value),
    }
}

/// Words for a password in prose; what follows the list are schemes of a header.
const PASSWORDS: [&str; 14] = [
    "password",
    "passwort",
    "kennwort",
    "passphrase",
    "mot de passe",
    "contraseña",
    "wachtwoord",
    "hasło",
    "passwd",
    "parola d'ordine",
    "passcode",
    "zugangsdaten",
    "credentials",
    "pw ",
];
const SCHEMES: [&str; 4] = ["bearer ", "basic ", "-u ", "--user "];

static ANNOUNCED: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::in_any_case(PASSWORDS.into_iter().chain(SCHEMES).chain(command::beginnings())));

/// `the password is X`, `Passwort lautet "X"`: the first word that is made as passwords are, few words on.
fn called(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let end = word.end;
    if text.get(..word.start)?.ends_with(char::is_alphanumeric) {
        return None;
    }
    let reach = begin(text.get(end..)?, LONGEST);
    // What is assigned is looked at elsewhere.
    if reach.starts_with(|char: char| !(char == ' ' || char == '\u{a0}' || char.is_alphabetic())) {
        return None;
    }
    let line = reach.get(..reach.find('\n').unwrap_or(reach.len()))?;
    // "WITH PASSWORD 'hunter2'"
    let (mut at, mut linked) = (end, line.starts_with(" '"));
    for word in line.split_inclusive([' ', '\u{a0}']).take(7) {
        let from = at;
        at += word.len();
        let around = |char: char| char.is_whitespace() || "\"'`„“”«»():,;*".contains(char);
        let bare = word.trim_matches(around).trim_end_matches(['.', '?']).trim_matches(around);
        if strong(bare) || linked && (6..=64).contains(&bare.len()) && numbered(bare) && !placeholder(bare) {
            let start = from + word.find(bare)?;
            return Some(start..start + bare.len());
        }
        linked = LINKS.contains(&bare) || linked && bare.is_empty();
        // "reset your password. Ticket AB-12"
        if word.trim_end().ends_with(['.', '!', '?', ';']) && from > end {
            return None;
        }
    }
    None
}

/// Words between a word for a password and the password.
const LINKS: [&str; 8] = ["is", "ist", "lautet", "est", "es", "è", "jest", "luidt"];

/// The credential behind `Bearer`, `Basic` or curl's `-u`.
fn scheme(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let end = word.end;
    let (before, scheme) = (text.get(..word.start)?, text.get(word.clone())?);
    let user = scheme.starts_with('-');
    let apart = match scheme {
        "-u " | "-U " => before.ends_with(' '),
        _ => user || !before.ends_with(char::is_alphanumeric),
    };
    if !apart {
        return None;
    }
    let rest = text.get(end..)?;
    let length = rest
        .find(|char: char| char.is_whitespace() || matches!(char, '"' | '\'' | ',' | ';' | '<' | '\\'))
        .unwrap_or(rest.len());
    let value = rest.get(..length)?;
    if user {
        let (name, password) = value.split_once(':')?;
        let start = end + name.len() + 1;
        let named = name.bytes().any(|byte| byte.is_ascii_alphabetic());
        return (named
            && password.len() >= 4
            && !placeholder(password)
            && !expression(password)
            && !name.contains('/'))
        .then(|| start..end + value.len());
    }
    let value = value.trim_end_matches('.');
    // "basic information2" is prose.
    let cased = value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    let basic = scheme.eq_ignore_ascii_case("basic ");
    (value.len() >= 12 && random(value) && !placeholder(value) && !expression(value) && (cased || !basic))
        .then(|| end..end + value.len())
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::Traits;
    use proptest::prelude::*;

    fn find(text: &str, key: Option<&str>) -> Vec<Range<usize>> {
        super::find(text, Traits::of(text), key)
    }

    fn found(text: &str) -> Vec<&str> {
        find(text, None).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_is_assigned_to_a_telling_name_is_found() {
        for (text, secret) in [
            ("password=Sommer2026", "Sommer2026"),
            ("PGPASSWORD='x9!kLm' psql", "x9!kLm"),
            ("api_key: a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8"),
            ("{\"client_secret\": \"Zx9-aB3_dE6.gH9\"}", "Zx9-aB3_dE6.gH9"),
            ("{\\\"apiKey\\\":\\\"a1b2c3d4e5f6g7h8\\\"}", "a1b2c3d4e5f6g7h8"),
            ("X-Api-Key: a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8"),
            ("secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY'", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY"),
            ("Mot de passe : Soleil2026!", "Soleil2026!"),
            ("Contraseña: Sol_2026", "Sol_2026"),
            ("Hasło: Wiosna2026", "Wiosna2026"),
            ("Authorization: Bearer a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8"),
            ("curl -u jane:hunter2 https://a.example", "hunter2"),
            ("Authorization: Basic amFuZTpodW50ZXIy", "amFuZTpodW50ZXIy"),
            ("?x=1&token=a1b2c3d4e5f6g7h8&y", "a1b2c3d4e5f6g7h8"),
            ("AccountKey=a1b2c3d4e5f6g7h8==;x", "a1b2c3d4e5f6g7h8=="),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
        for text in [
            "password=$DB_PASSWORD",
            "password: string",
            "password = os.environ['A1']",
            "password: ********",
            "token = get_token(42)",
            "next_page_token=a1b2c3d4e5f6g7h8",
            "primary_key=a1b2c3d4e5f6g7h8",
            "key: PROJ-12345678901",
            "token: user-service-account",
            "max_tokens: 4096",
            "Password reset 2026-11-22",
            "secret: 2026-11-22T10:00:00Z",
            "basic information2 on all",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn prose_may_call_a_word_a_password() {
        for (text, secret) in [
            ("The password is Hunter!22, do not share", "Hunter!22"),
            ("Das Passwort für den Server lautet \"Kobalt!604\".", "Kobalt!604"),
            ("il a pour mot de passe Soleil2026!", "Soleil2026!"),
            ("Ann says the new pw is upYXBL!2CA8, delete this", "upYXBL!2CA8"),
            ("the db_password is Hunter!22", "Hunter!22"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
        for text in [
            "reason=bad_password request=00bbd98d-ff84-434b-aacb",
            "Please reset your password. Ticket AB-12x!",
            "the password policy asks for 12 characters",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn the_key_of_a_string_tells_it_as_a_whole() {
        for (key, text, secret) in [
            ("clientSecret", "a1b2c3d4e5f6g7h8", 0..16),
            ("Authorization", "Bearer a1b2c3d4e5f6g7h8", 7..23),
            ("password", "Sommer2026", 0..10),
        ] {
            assert_eq!(find(text, Some(key)), std::slice::from_ref(&secret), "{key}");
        }
        assert!(find("required", Some("password")).is_empty() && find("Sommer2026", Some("name")).is_empty());
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)(password|token|://|[a-zA-Z0-9=:@!\"'\\\\é -]){0,30}", key in "(token|password|é)") {
            find(&text, None);
            find(&text, Some(&key));
        }
    }
}

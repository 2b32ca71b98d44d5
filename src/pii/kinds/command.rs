//! Passwords in command lines (`curl -ujane:x`, `mysql -px`, `sshpass -p x`, `docker login -p x`), in statements of SQL
//! (`IDENTIFIED BY 'x'`), and behind a user name where both are announced (`Zugangsdaten: jdoe / x`).

use std::ops::Range;

use super::credential::begin;
use super::secret_form::{expression, mixed, placeholder};

/// What follows, and how the password stands in it.
const BEGINNINGS: [(&str, How); 18] = [
    ("curl ", How::Pair("-u")),
    ("mysql ", How::Glued("-p")),
    ("mysqldump ", How::Glued("-p")),
    ("mysqladmin ", How::Glued("-p")),
    ("mariadb ", How::Glued("-p")),
    ("mariadb-dump ", How::Glued("-p")),
    ("sshpass ", How::Option("-p")),
    ("docker login ", How::Option("-p")),
    ("podman login ", How::Option("-p")),
    ("registry login ", How::Option("-p")),
    ("az login ", How::Option("-p")),
    ("mongo ", How::Option("-p")),
    ("mongosh ", How::Option("-p")),
    ("mongodump ", How::Option("-p")),
    ("redis-cli ", How::Option("-a")),
    ("identified by ", How::Quoted),
    ("anmeldedaten", How::Second),
    ("login", How::Second),
];

#[derive(Clone, Copy)]
enum How {
    /// A user name and the password, glued to an option: `-ujane:x`. With a space between it is found elsewhere.
    Pair(&'static str),
    /// Glued to an option.
    Glued(&'static str),
    /// Behind an option, or glued to it.
    Option(&'static str),
    /// In quotes.
    Quoted,
    /// Behind a colon, a user name, and what separates them.
    Second,
}

/// What a command line or the like begins with.
pub(super) fn beginnings() -> impl Iterator<Item = &'static str> {
    BEGINNINGS.iter().map(|(beginning, _)| *beginning)
}

/// A command line is looked through no further, in bytes and in words.
const MAX_LINE: usize = 512;
const MAX_WORDS: usize = 24;

/// The password behind one of the [`beginnings`], by its place, that ends there.
pub(super) fn find(text: &str, end: usize, place: usize) -> Option<Range<usize>> {
    let (_, how) = BEGINNINGS.get(place)?;
    let line = line(text, end)?;
    let range = match how {
        How::Quoted => quoted(line),
        How::Second => second(line),
        how => option(line, *how),
    };
    range.map(|range| end + range.start..end + range.end)
}

/// The password behind a word for a user name and a password, that ends there: `: jdoe / x`.
pub(super) fn behind(text: &str, end: usize) -> Option<Range<usize>> {
    second(line(text, end)?).map(|range| end + range.start..end + range.end)
}

fn line(text: &str, from: usize) -> Option<&str> {
    begin(text.get(from..)?, MAX_LINE).split('\n').next()
}

fn option(line: &str, how: How) -> Option<Range<usize>> {
    let mut at = 0;
    let mut words = line.split_inclusive(' ').take(MAX_WORDS).map(|word| {
        at += word.len();
        (at - word.len(), word.trim_end())
    });
    while let Some((at, word)) = words.next() {
        if ["|", "||", "&&", ";"].contains(&word) {
            return None;
        }
        let (How::Pair(name) | How::Glued(name) | How::Option(name)) = how else { return None };
        let Some(glued) = word.strip_prefix(name) else { continue };
        let (at, value) = match how {
            How::Option(_) if glued.is_empty() => words.next()?,
            How::Pair(_) => {
                let (user, password) = glued.split_once(':')?;
                (at + name.len() + user.len() + 1, password)
            }
            _ if glued.is_empty() => return None,
            _ => (at + name.len(), glued),
        };
        let quote = |char: char| matches!(char, '"' | '\'');
        let lead = value.len() - value.trim_start_matches(quote).len();
        let value = value.trim_matches(quote);
        return is_password(value).then(|| at + lead..at + lead + value.len());
    }
    None
}

fn quoted(line: &str) -> Option<Range<usize>> {
    let line_start =
        line.strip_prefix("password ").or_else(|| line.strip_prefix("PASSWORD ")).unwrap_or(line);
    let at = line.len() - line_start.len();
    let quote = line_start.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    let value = line_start.get(1..)?.split_once(quote)?.0;
    is_password(value).then(|| at + 1..at + 1 + value.len())
}

fn second(line: &str) -> Option<Range<usize>> {
    let behind = line.strip_prefix(':')?;
    let rest = behind.trim_start();
    let user =
        rest.find(|char: char| !(char.is_alphanumeric() || "._-@".contains(char))).filter(|end| *end > 1)?;
    let value = rest.get(user..)?.trim_start().strip_prefix(['/', '|', ':'])?.trim_start();
    let start = line.len() - value.len();
    let value = value.split([' ', '"', '<', '|']).next()?.trim_end_matches(['.', ',', ';', ')']);
    let signs = value.contains(|char: char| char.is_ascii_digit()) && value.contains(char::is_alphabetic);
    (signs && !value.contains(['/', '\\', '@', '=']) && is_password(value))
        .then(|| start..start + value.len())
}

fn is_password(value: &str) -> bool {
    (4..=128).contains(&value.len()) && mixed(value) && !placeholder(value) && !expression(value)
}

#[cfg(test)]
mod tests {
    use crate::pii::kinds::credential;
    use crate::pii::traits::Traits;

    fn found(text: &str) -> Vec<&str> {
        credential::find(text, Traits::of(text), None).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_password_of_a_command_is_found() {
        for (text, secret) in [
            ("$ curl -sS -ujane:Sommer2026 https://x", "Sommer2026"),
            ("mysql -uroot -pSommer2026 -h db", "Sommer2026"),
            ("mysqldump -u root -p'x9!kLm' shop > x", "x9!kLm"),
            ("sshpass -p Sommer2026 ssh x", "Sommer2026"),
            ("docker login -u jdoe -p Sommer2026 registry.example.com", "Sommer2026"),
            ("redis-cli -h cache -a Kobalt604", "Kobalt604"),
            ("CREATE USER 'jdoe'@'%' IDENTIFIED BY 'Sommer2026'", "Sommer2026"),
            ("Zugangsdaten: jdoe / Sommer2026!", "Sommer2026!"),
            ("Login: jdoe | Kobalt604", "Kobalt604"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
        for text in [
            "mysql -uroot -p -h db2026",
            "mysql -uroot -p$DB_PASS shop",
            "mysql -h db && mkdir -pSommer2026",
            "docker run -p 8080:80 registry2026",
            "docker login -u jdoe -p ${TOKEN1} x",
            "curl -unlimited https://x:8080",
            "identified by the customer number K2026",
            "Login: jdoe, 2026-11-22",
            "Login: user=<jdoe>, rip=192.0.2.1",
            "Login: 10:32, failed 3x2",
            "Login: https://x.example/a1",
            "credentials: see / docs",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}

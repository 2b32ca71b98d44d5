//! Passwords and tokens in URLs (RFC 3986, section 3.2.1).

use std::ops::Range;

use super::credential::begin;
use super::secret_form::{expression, placeholder, random};
use super::username::AUTHORITY;

/// `scheme://user:password@host`, `scheme://token@host`: the host stays.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    for at in AUTHORITY.find_iter(text.as_bytes()) {
        let from = at + 3;
        let rest = begin(text.get(from..).unwrap_or_default(), 512);
        let scheme = text.get(..at).unwrap_or_default();
        // A quote ends a URL that stands in quotes.
        let before = scheme
            .trim_end_matches(|char: char| char.is_ascii_alphanumeric() || matches!(char, '+' | ':' | '-'));
        let quoted = before.ends_with('\'');
        let ends = |char: char| {
            char.is_whitespace() || matches!(char, '"' | '<' | '>' | '`' | '\\') || quoted && char == '\''
        };
        let rest = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or_default();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let standard = rest.get(..end).and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
        let Some(user) = standard.or_else(|| unescaped(scheme, rest)) else { continue };
        let (start, value) = match user.split_once(':') {
            Some((name, password)) => (from + name.len() + 1, password),
            None => (from, user),
        };
        let password = user.contains(':');
        let fits = if password {
            !value.is_empty() && !placeholder(value) && !expression(value)
        } else {
            value.len() >= 16 && random(value)
        };
        if fits {
            found.push(start..start + value.len());
        }
    }
}

/// User and password of a URL whose password has signs in it that belong escaped: `postgres://app:p#ss/w@db:5432`.
fn unescaped<'t>(scheme: &str, rest: &'t str) -> Option<&'t str> {
    let (name, behind) = rest.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
    let (password, host) = behind.split_once('@')?;
    // "host:8080/path" and "host:8080?x"; a database's name has no sign and is followed by no host.
    let port = password.trim_start_matches(|char: char| char.is_ascii_digit());
    let web = scheme.ends_with("http") || scheme.ends_with("https");
    let asks = port.starts_with(['?', '#']) || port.contains(['?', '=', '&']);
    let port = port.len() < password.len() && port.starts_with(['/', '?', '#']) && (web || asks);
    let user = rest.get(..name.len() + 1 + password.len());
    user.filter(|_| {
        name.bytes().all(plain)
            && !port
            && !(web && password.contains('/'))
            && host.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '[')
    })
}

#[cfg(test)]
mod tests {
    fn found(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        super::find(text, &mut found);
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_password_of_a_url_is_found_and_its_host_is_not() {
        for (text, secret) in [
            ("postgres://app:aB3!x*Z@db-prod:5432/x", "aB3!x*Z"),
            ("DB=\"mysql://report:p@ss@db.internal/x\"", "p@ss"),
            ("https://oauth2:abc-DEF_123@git.example/x", "abc-DEF_123"),
            ("redis://:hunter2@cache:6379", "hunter2"),
            // With signs that belong escaped.
            ("postgresql://app_rw:9wK!x2Lq#7vT@db.internal:5432/app", "9wK!x2Lq#7vT"),
            ("mysql://root:pa/ss9W@db/x", "pa/ss9W"),
            ("URL=postgres://app:pw'x9@db/x", "pw'x9"),
            ("'postgres://app:pwx9@db/x', 'y'", "pwx9"),
            ("postgres://app:12345/67890abc@db/x", "12345/67890abc"),
            ("postgres://app:8080/x9K!@db.internal/app", "8080/x9K!"),
            ("https://0123456789abcdefABCD@git.example/x.git", "0123456789abcdefABCD"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
        for text in [
            "ssh://git@git.example/x",
            "postgres://app:${DB_PASS}@db",
            "https://a.example/x@y",
            "https://user:****@host/",
            "http://a.example:80/@x",
            "https://a.example:8080/path?x=a@b.example",
            "postgres://db:5432/x?user=a@b",
            "https://user:pa/ss@host",
            "['postgres://db:5432/x', 'y@z']",
            "https://a.example:8080/x@y",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}

//! Whether something has the form of a secret, where one is meant: of a password, which may be short and is no word, or of a
//! key, which is long and random. What only stands in the place of one has not.

/// Whether something only stands where a secret would: `${TOKEN}`, `****`, `<password>`, `process.env.KEY`.
pub(super) fn placeholder(value: &str) -> bool {
    // "{SSHA}DkMTwBl+a/3D", as directories keep passwords (RFC 2307)
    let scheme = value.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    if scheme.is_some_and(|(scheme, hash)| {
        (3..12).contains(&scheme.len())
            && hash.len() > 8
            && scheme.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
    }) {
        return false;
    }
    let same = value.chars().next().is_some_and(|first| value.chars().all(|char| char == first));
    same || named(value) || bracketed(value) || refers(value)
}

/// Whether a word says that something stands in its place: `changeme`, `your_password`, `redacted`, `none`.
fn named(value: &str) -> bool {
    let rest = |word: &str| {
        let head = value.get(..word.len())?;
        head.eq_ignore_ascii_case(word).then(|| value.get(word.len()..).unwrap_or_default())
    };
    let digit = |rest: &str| rest.bytes().any(|byte| byte.is_ascii_digit());
    // "none", "null,"; "none0fUrBiz!" is none of them.
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric) && !digit(rest);
    // "your-api-key-1", "changeme", but not "Your2026Dog!"
    let goes_on = |rest: &str| {
        let all = |part: &str, is: fn(&u8) -> bool| part.as_bytes().iter().all(is);
        let letters = |part: &str| all(part, u8::is_ascii_alphabetic);
        let mut parts = rest.split(['-', '_', '.']);
        parts.next().is_some_and(letters) && parts.all(|part| letters(part) || all(part, u8::is_ascii_digit))
    };
    // What took the place of one before.
    let pseudonym = |rest: &str| {
        rest.len() >= 12
            && rest.bytes().take(12).all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    ["null", "none", "true", "false", "undefined"].into_iter().filter_map(rest).any(ends)
        || ["your", "change", "example", "redacted", "secret-"].into_iter().filter_map(rest).any(goes_on)
        || rest("secret-").is_some_and(pseudonym)
        || rest("xxx").is_some_and(|rest| rest.trim_start_matches(['x', 'X', '-', '*']).len() <= 4)
        || ["***", "...", "http://", "https://"].into_iter().any(|mark| rest(mark).is_some())
}

/// Whether it is a word in brackets, as templates and forms have it: `<password>`, `[redacted]`, `{{ password }}`, `%(pw)s`.
fn bracketed(value: &str) -> bool {
    let word = |inside: &str, digits: bool| {
        inside.chars().all(|char| {
            char.is_alphabetic()
                || " _.-:".contains(char)
                || digits && (char.is_ascii_digit() || "$()'\"".contains(char))
        })
    };
    let within = |open: char, close: char| {
        value.strip_prefix(open).is_some_and(|inside| match inside.strip_suffix(close) {
            Some(inside) => word(inside, true),
            // What closes it may have been cut off.
            None => word(inside, false),
        })
    };
    let capitals = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let letters = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    within('<', '>')
        || within('[', ']')
        || within('{', '}')
        || ["${", "$(", "{{", "%(", "#{"].into_iter().any(|mark| value.starts_with(mark))
        || value.strip_prefix("%s").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        || value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).is_some_and(capitals)
        || value.strip_prefix('$').is_some_and(|name| letters(name) || name.starts_with("env:"))
}

/// Whether it says where it stands: `process.env.KEY`, `vault:secret/db`.
fn refers(value: &str) -> bool {
    let begins = [
        "env.",
        "process.",
        "os.",
        "secrets.",
        "var.",
        "config.",
        "settings.",
        "self.",
        "this.",
        "vault:",
        "ref:",
        "arn:",
    ];
    let name = |char: char| char.is_ascii_alphanumeric() || "_.-:/@#[]()'\"$?*".contains(char);
    let lower = value.get(..8).unwrap_or(value).to_ascii_lowercase();
    begins.into_iter().any(|begin| lower.starts_with(begin)) && value.chars().all(name)
}

/// Whether it is what a program has in the place of a value: `get_token(42)`, `Optional<String>`, `f"{x}"`.
pub(super) fn expression(value: &str) -> bool {
    value.contains(['(', '{', '<']) && !value.contains(['!', '#', '&'])
}

/// The same of a string that stands in a document by itself, where passwords have such signs as well.
pub(super) fn expression_alone(value: &str) -> bool {
    let called = || {
        value.split_once('(').is_some_and(|(name, rest)| {
            rest.starts_with(')') || rest.ends_with(')') && name.contains(['_', '.'])
        })
    };
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    expression(value) && (!digits || value.contains("{{") || value.contains("${") || called())
}

/// Whether several words are a password, where nothing else can stand: `Correct Horse 42 Battery`, and no sentence about
/// one.
pub(super) fn several_words(value: &str) -> bool {
    let words = || value.split([' ', '\u{a0}']).filter(|word| !word.is_empty());
    let digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let letter = |text: &str| text.contains(char::is_alphabetic);
    let made = |word: &str| {
        digit(word) && (letter(word) && !word.contains('-') || word.contains(['!', '#', '$', '%', '&', '?']))
    };
    let said = |word: &str| {
        let word = word.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
        SAID.split_ascii_whitespace().any(|known| known == word)
    };
    value.len() <= 64
        && (2..=6).contains(&words().count())
        && value.chars().filter(|char| char.is_alphabetic()).count() >= 4
        && digit(value)
        && (words().count() > 3 || words().any(made))
        && !placeholder(value)
        && !words().any(|word| said(word) || dated(word) || placeholder(word) && letter(word))
        && !value.contains([':', '\n', '\t'])
}

/// Words of sentences about passwords, in the seven languages.
const SAID: &str = "a an and are as at by chars character characters contains days expired expires for from has have hours in is it \
    last least letters minutes months must no not of on or required sent set since than the this times to until was weeks will \
    with years your ab am auf aus das der die ein eine für gesetzt ist mindestens mit nach nicht noch oder seit stellen tage und \
    vom von wurde zeichen zu zum zuletzt au avec caractères dans de depuis des du est et jours la le les moins par pas pour sur \
    un une con caracteres caratteri da desde di días dal del el en giorni il los menos meno non por que se sin una y dagen de een \
    en het met minstens niet sinds tekens uit van co dni do jest na nie od oraz po przez w z znaków";

/// Whether a word is made as passwords are: of letters, and digits or signs that words have not.
pub(super) fn mixed(value: &str) -> bool {
    let letters = value.chars().filter(|char| char.is_alphabetic()).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let signs = value.chars().filter(|char| "!@#$%^&*?+~=§€£^".contains(*char)).count();
    let inside = value.chars().skip(1).any(char::is_uppercase)
        && value.chars().any(char::is_lowercase)
        && value.len() >= 10;
    letters + digits >= 4 && (digits > 0 || signs > 0 || inside) && !dated(value)
}

/// Whether something is long and as no word is: digits and letters of many kinds.
pub(super) fn random(value: &str) -> bool {
    let mut seen = 0_u128;
    let (mut digits, mut upper, mut lower) = (0, 0, 0);
    for byte in value.bytes() {
        if !(byte.is_ascii_graphic())
            || matches!(byte, b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'"' | b'\'')
        {
            return false;
        }
        seen |= 1 << byte;
        digits += usize::from(byte.is_ascii_digit());
        upper += usize::from(byte.is_ascii_uppercase());
        lower += usize::from(byte.is_ascii_lowercase());
    }
    let kinds = seen.count_ones();
    let broken = digits > 0 && (upper > 0 || lower > 0)
        || (upper > 3 && lower > 3 && value.len() >= 20 && !value.contains(['.', '/']));
    kinds >= 7 && broken && !dated(value) && !value.contains("://")
}

/// Whether it is a moment or a date: `2026-11-22T10:00:00Z`.
fn dated(value: &str) -> bool {
    let head = value.as_bytes();
    matches!(head, [a, b, c, d, b'-', e, f, b'-', ..] if [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit()))
        && value.chars().all(|char| char.is_ascii_digit() || "-:.,+TZtz/ ".contains(char))
}

/// Letters, and digits behind them: `sunshine42`.
pub(super) fn numbered(word: &str) -> bool {
    word.starts_with(char::is_alphabetic)
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.chars().all(char::is_alphanumeric)
}

/// Whether a word in prose can be nothing but a password.
pub(super) fn strong(word: &str) -> bool {
    let kinds = [
        word.chars().any(char::is_lowercase),
        word.chars().any(char::is_uppercase),
        word.bytes().any(|byte| byte.is_ascii_digit()),
        word.chars().any(|char| "!@#$%^&*?+~=§".contains(char)),
    ];
    (6..=64).contains(&word.len())
        && kinds.iter().filter(|kind| **kind).count() >= 3
        && !(placeholder(word) || expression(word))
        && !(assigns(word) || word.contains("://") || (word.contains('@') && word.contains('.')))
}

/// `request=00bbd98d`: what another name announces.
fn assigns(word: &str) -> bool {
    let named =
        |name: &str| name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    word.split_once('=').is_some_and(|(name, _)| named(name))
}

#[cfg(test)]
mod tests {
    use super::{expression_alone, mixed, placeholder, several_words};

    #[test]
    fn what_stands_in_the_place_of_a_password_is_told_from_one() {
        for password in [
            "Your2026Dog!",
            "trueLove2026!",
            "none0fUrBiz!",
            "http4Ever!",
            "Example#2026",
            "[9K2!lmQ",
            "Sommer<2026>",
            "os.Walk2026!",
            "{Kobalt7",
            "changeMyMind7!",
            "2026-11-22abcX!",
            "{SSHA}DkMTwBl+a/3D",
            "$ommer2026",
        ] {
            assert!(mixed(password) && !placeholder(password) && !expression_alone(password), "{password}");
        }
        for none in [
            "your_password_here",
            "YOUR-API-KEY-1",
            "changeme",
            "change-me-2",
            "<password1>",
            "${DB_PASS1}",
            "{{ password1 }}",
            "[redacted]",
            "[redacted",
            "********",
            "none",
            "null",
            "process.env.DB_PASS2",
            "vault:secret/db1",
            "xxxxxxxx12",
            "https://vault.example.com/x1",
            "%DB_PASS2%",
            "$password",
            "example-key-123",
            "Secret-R2Q17G7QZ7B0",
            "%(pw1)s",
            "get_token(42)",
            "Optional<String>",
        ] {
            assert!(placeholder(none) || expression_alone(none), "{none}");
        }
        assert!(!mixed("2026-11-22T10:00:00Z") && !mixed("2026-11-22"));
    }

    #[test]
    fn a_password_may_be_of_several_words() {
        for password in
            ["Correct Horse 42 Battery", "correct horse 42 battery", "Pass (2026)!", "Som mer2026!"]
        {
            assert!(several_words(password), "{password}");
        }
        for text in [
            "must be at least 8 characters",
            "expires in 90 days",
            "Enter your password",
            "changed 2026-11-22 10:00",
            "Ticket AB-12",
            "läuft nach 90 Tagen ab",
            "correct horse battery staple",
            "reset 3 times",
        ] {
            assert!(!several_words(text), "{text}");
        }
    }
}

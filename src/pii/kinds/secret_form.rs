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
    let lower = value.get(..24).unwrap_or(value).to_ascii_lowercase();
    let same = value.chars().next().is_some_and(|first| value.chars().all(|char| char == first));
    let begins = [
        "${",
        "$(",
        "$env",
        "<",
        "{",
        "%(",
        "%s",
        "[",
        "***",
        "xxx",
        "...",
        "env.",
        "process.",
        "os.",
        "secrets.",
        "var.",
        "config.",
        "settings.",
        "vault:",
        "ref:",
        "arn:",
        "http",
        "secret-",
        "change",
        "your",
        "redacted",
        "null",
        "none",
        "true",
        "false",
        "undefined",
        "example",
        "self.",
        "this.",
    ];
    same || value.contains(['(', '{', '<']) && !value.contains(['!', '#', '&'])
        || begins.iter().any(|head| lower.starts_with(head))
        || value.starts_with('$')
            && value
                .get(1..)
                .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
}

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

/// Whether it begins as a moment or a date does.
fn dated(value: &str) -> bool {
    let head = value.as_bytes();
    matches!(head, [a, b, c, d, b'-', e, f, b'-', ..] if [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit()))
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
        && !placeholder(word)
        && !(assigns(word) || word.contains("://") || (word.contains('@') && word.contains('.')))
}

/// `request=00bbd98d`: what another name announces.
fn assigns(word: &str) -> bool {
    let named =
        |name: &str| name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    word.split_once('=').is_some_and(|(name, _)| named(name))
}

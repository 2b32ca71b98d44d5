//! What a text has at all, so that it is looked through only for what can be in it.

/// What a text has, read once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traits {
    all: u32,
    /// How many digits.
    pub(super) digits: usize,
    /// What the text is known by, once somebody asked for that.
    pub(super) mark: Option<u64>,
}

pub(super) const DIGIT: u32 = 1;
pub(super) const UPPER: u32 = 1 << 1;
pub(super) const LOWER: u32 = 1 << 2;
pub(super) const LETTER: u32 = UPPER | LOWER;
/// What is not ASCII.
pub(super) const OTHER: u32 = 1 << 3;
pub(super) const SPACE: u32 = 1 << 4;
pub(super) const TAB: u32 = 1 << 5;
/// `\n`
pub(super) const BREAK: u32 = 1 << 6;
pub(super) const AT: u32 = 1 << 7;
pub(super) const PERCENT: u32 = 1 << 8;
pub(super) const EQUALS: u32 = 1 << 9;
pub(super) const COLON: u32 = 1 << 10;
pub(super) const POINT: u32 = 1 << 11;
pub(super) const HYPHEN: u32 = 1 << 12;
pub(super) const PIPE: u32 = 1 << 13;
pub(super) const LESS: u32 = 1 << 14;
pub(super) const GREATER: u32 = 1 << 15;
pub(super) const AMPERSAND: u32 = 1 << 16;
pub(super) const BACKSLASH: u32 = 1 << 17;
pub(super) const SLASH: u32 = 1 << 18;
pub(super) const TILDE: u32 = 1 << 19;
/// `(`
pub(super) const PARENTHESIS: u32 = 1 << 20;
/// `[`
pub(super) const BRACKET: u32 = 1 << 21;
/// `'`
pub(super) const QUOTE: u32 = 1 << 22;
const ASTERISK: u32 = 1 << 23;
pub(super) const COMMA: u32 = 1 << 24;
pub(super) const SEMICOLON: u32 = 1 << 25;
/// What tokens are made of.
const TOKEN: u32 = 1 << 26;
/// Any other sign.
const SIGN: u32 = 1 << 27;

/// What words and names of members are made of.
const WORD: u32 = LETTER | HYPHEN | POINT | TOKEN;

/// What can stand between a word and what it announces.
pub(super) const APART: u32 = SPACE | OTHER | COLON | EQUALS | PARENTHESIS | AT | ASTERISK;

/// What each byte is.
static CLASSES: [u32; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT | TOKEN,
            b'a'..=b'z' => LOWER | TOKEN,
            b'A'..=b'Z' => UPPER | TOKEN,
            0x80.. => OTHER,
            b' ' => SPACE,
            b'\t' => TAB,
            b'\n' => BREAK,
            b'@' => AT,
            b'%' => PERCENT,
            b'=' => EQUALS,
            b':' => COLON,
            b'.' => POINT | TOKEN,
            b'-' => HYPHEN | TOKEN,
            b'|' => PIPE,
            b'<' => LESS,
            b'>' => GREATER,
            b'&' => AMPERSAND,
            b'\\' => BACKSLASH,
            b'/' => SLASH | TOKEN,
            b'~' => TILDE | TOKEN,
            b'(' => PARENTHESIS,
            b'[' => BRACKET,
            b'\'' => QUOTE,
            b'*' => ASTERISK,
            b',' => COMMA,
            b';' => SEMICOLON,
            b'_' => TOKEN,
            b'+' => TOKEN | SIGN,
            _ => SIGN,
        };
        byte += 1;
    }
    classes
};

impl Traits {
    pub(super) fn of(text: &str) -> Self {
        let (mut digits, mut all) = (0, 0);
        for byte in text.bytes() {
            let class = class(byte);
            all |= class;
            digits += usize::from(class & DIGIT > 0);
        }
        Self { all, digits, mark: None }
    }

    /// Whether there is any of these.
    pub(super) fn any(&self, of: u32) -> bool {
        self.all & of > 0
    }

    /// Whether there are letters at most, and `_`, `-` and `.` between them.
    pub(super) fn words_only(&self) -> bool {
        self.all & !WORD == 0
    }

    /// Whether there is each of these.
    pub(super) fn each(&self, of: u32) -> bool {
        self.all & of == of
    }
}

fn class(byte: u8) -> u32 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Whether a text has so many bytes in a row of what tokens are made of.
pub(super) fn runs(text: &str, length: usize) -> bool {
    let bytes = text.as_bytes();
    let token = |byte: &&u8| class(**byte) & TOKEN > 0;
    // Such a run has one of the bytes that are looked at.
    let mut at = length.saturating_sub(1);
    while let Some(byte) = bytes.get(at) {
        let (before, rest) = bytes.split_at(at);
        if token(&byte) {
            let before = before.iter().rev().take(length).take_while(token).count();
            let behind = rest.iter().take(length - before).take_while(token).count();
            if before + behind >= length {
                return true;
            }
            at += behind;
        }
        at += length;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{AT, BREAK, DIGIT, HYPHEN, LETTER, LOWER, OTHER, SPACE, Traits, UPPER, runs};

    #[test]
    fn what_a_text_has_is_told() {
        let traits = Traits::of("ab-12 é");
        assert!(traits.each(LOWER | DIGIT | HYPHEN | SPACE | OTHER));
        assert!(traits.any(LETTER) && !traits.any(UPPER | AT | BREAK) && !traits.each(LETTER));
        assert_eq!(traits.digits, 2);
        for (text, only) in
            [("", true), ("a_b-C.d", true), ("a b", false), ("a1", false), ("a+", false), ("é", false)]
        {
            assert_eq!(Traits::of(text).words_only(), only, "{text}");
        }
    }
    #[test]
    fn runs_of_what_tokens_are_made_of_are_seen() {
        for before in 0..9 {
            for length in 1..9 {
                let text = format!("{}{}@@@@@@@@", "a@".repeat(before), "a".repeat(length));
                assert_eq!(runs(&text, 4), length >= 4, "{text}");
            }
        }
        assert!(!runs("", 4) && !runs("aaa", 4) && runs("aaaa", 4));
    }
}

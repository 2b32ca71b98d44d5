//! What a text has at all, so that it is looked through only for what can be in it.

/// What a text has, read once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traits {
    all: u32,
    /// How many digits.
    pub(super) digits: usize,
    /// The longest run of what tokens are made of, in bytes.
    pub(super) longest: usize,
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
            b'_' | b'+' => TOKEN,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

impl Traits {
    pub(super) fn of(text: &str) -> Self {
        let (mut digits, mut all, mut run, mut longest) = (0, 0, 0, 0);
        for byte in text.bytes() {
            let class = CLASSES.get(usize::from(byte)).copied().unwrap_or_default();
            all |= class;
            digits += usize::from(class & DIGIT > 0);
            run = if class & TOKEN > 0 { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        Self { all, digits, longest }
    }

    /// Whether there is any of these.
    pub(super) fn any(&self, of: u32) -> bool {
        self.all & of > 0
    }

    /// Whether there is each of these.
    pub(super) fn each(&self, of: u32) -> bool {
        self.all & of == of
    }
}

#[cfg(test)]
mod tests {
    use super::{AT, BREAK, DIGIT, HYPHEN, LETTER, LOWER, OTHER, SPACE, Traits, UPPER};

    #[test]
    fn what_a_text_has_is_told() {
        let traits = Traits::of("ab-12 é");
        assert!(traits.each(LOWER | DIGIT | HYPHEN | SPACE | OTHER));
        assert!(traits.any(LETTER) && !traits.any(UPPER | AT | BREAK) && !traits.each(LETTER));
        assert_eq!((traits.digits, traits.longest), (2, 5));
    }
}

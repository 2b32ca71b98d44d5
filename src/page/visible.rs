//! What a person reads must be what is there: characters that hide are written out.

use std::fmt::Write as _;

/// A text with every character that hides written as JSON escapes it. Line feeds stay.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !hides(c) {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown
}

/// Whether a character is not seen, turns the direction of others, or is white space other than a space: control and
/// format characters, fillers, variation selectors, tags, private use.
pub fn hides(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_written_out() {
        assert_eq!(shown("1\u{202e}999\u{202c}\u{200b}"), "1\\u202e999\\u202c\\u200b");
        assert_eq!(shown("\u{e0041}\u{a0}\t"), "\\udb40\\udc41\\u00a0\\u0009");
        let plain = "{\n  \"ä🙂\": \"Grüße, 你好, שלום\"\n}";
        assert_eq!(shown(plain), plain);
    }
}

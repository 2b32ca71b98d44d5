//! What a person reads must be what is there: characters that hide are written out.

use std::fmt::Write as _;

use crate::guard::deed;

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

/// A service's name of a tool within a sentence: as it is where it has usual characters only, otherwise in quotation marks, so that it
/// cannot go on as somebody else's words. What looks like a quotation mark, and the end of a line, is written out.
pub fn named(name: &str) -> String {
    if deed::is_plain(name) {
        return name.to_owned();
    }
    let mut named = String::from("\"");
    for c in shown(name).chars() {
        if c == '\n' || quotes(c) {
            let _ = write!(named, "\\u{:04x}", u32::from(c));
        } else {
            named.push(c);
        }
    }
    named.push('"');
    named
}

fn quotes(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{b4}' | '\u{ab}' | '\u{bb}' | '\u{2b9}'..='\u{2bc}' | '\u{2dd}' | '\u{2ee}'
        | '\u{2018}'..='\u{201f}' | '\u{2032}'..='\u{203a}' | '\u{275b}'..='\u{2760}' | '\u{2e42}'
        | '\u{3003}' | '\u{300c}'..='\u{300f}' | '\u{301d}'..='\u{301f}' | '\u{fe41}'..='\u{fe44}' | '\u{ff02}'
        | '\u{ff07}' | '\u{ff40}' | '\u{ff62}' | '\u{ff63}')
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
    fn a_name_that_talks_is_quoted() {
        for name in ["delete_draft", "docs.search", "API-get-user", "a/b:c"] {
            assert_eq!(named(name), name);
        }
        assert_eq!(named("drop, once? Say \"yes\". (x"), "\"drop, once? Say \\u0022yes\\u0022. (x\"");
        assert_eq!(named("a\u{201d} b\n\u{200b}"), "\"a\\u201d b\\u000a\\u200b\"");
        assert_eq!(named("löschen"), "\"löschen\"");
    }

    #[test]
    fn what_hides_is_written_out() {
        assert_eq!(shown("1\u{202e}999\u{202c}\u{200b}"), "1\\u202e999\\u202c\\u200b");
        assert_eq!(shown("\u{e0041}\u{a0}\t"), "\\udb40\\udc41\\u00a0\\u0009");
        let plain = "{\n  \"ä🙂\": \"Grüße, 你好, שלום\"\n}";
        assert_eq!(shown(plain), plain);
    }
}

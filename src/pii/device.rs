//! Whose a device is by its name: `Jane-laptop`, `janes-macbook-pro`, as networks list them.

use std::ops::Range;

use super::lists::{Lazy, Lists};
use super::lower::Lower;
use super::tagger;

/// What the part behind the name says, in small letters.
static DEVICES: Lazy = Lazy::new(|| {
    Lists::of(
        "laptop notebook macbook mbp imac iphone ipad ipod thinkpad surface desktop workstation pc pixel galaxy \
    phone handy tablet watch airpods air mini",
    )
});

/// A given name is no longer, in bytes.
const MAX_NAME: usize = 40;

/// The given names, as far as they are known as such.
pub(super) fn names(text: &str) -> Vec<(Range<usize>, String)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for hyphen in memchr::memchr_iter(b'-', bytes) {
        // The cheapest question first: a letter stands before it.
        let before = hyphen.checked_sub(1).and_then(|at| bytes.get(at));
        if !before.is_some_and(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()) {
            continue;
        }
        let behind = bytes.get(hyphen + 1..).unwrap_or_default();
        let length = behind.iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let Some(device) = text.get(hyphen + 1..hyphen + 1 + length).filter(|_| (2..12).contains(&length))
        else {
            continue;
        };
        if !DEVICES.contains(Lower::of(device).as_bytes()) {
            continue;
        }
        let mut from = hyphen.saturating_sub(MAX_NAME);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let before = text.get(from..hyphen).unwrap_or_default();
        let name = before.rsplit(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
        let start = hyphen - name.len();
        if text.get(..start).is_some_and(|before| before.ends_with(char::is_alphanumeric)) {
            continue;
        }
        let own = [Some(name), name.strip_suffix('s')].into_iter().flatten();
        if let Some(name) = own.filter(|name| name.chars().count() > 2).find(|name| tagger::given_name(name))
        {
            found.push((start..start + name.len(), name.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn owners_are_found_by_their_given_names() {
        for (text, name) in [
            ("(Jane-laptop)", Some("Jane")),
            ("host sebastians-macbook-pro up", Some("sebastian")),
            ("DESKTOP-7K3M9, 5Jane-laptop", None),
            ("Gaming-Laptop, work-phone, the-pc", None),
        ] {
            assert_eq!(names(text).pop().map(|(range, _)| &text[range]), name, "{text}");
        }
    }
}

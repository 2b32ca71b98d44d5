//! Hardware addresses (IEEE 802, EUI-48): six pairs of hexadecimal digits with colons or hyphens, or three groups of
//! four with full stops. With hyphens or full stops and without any letter it is a number of another kind. All zeros and all
//! ones are nobody's.

use std::ops::Range;

pub(in crate::pii) fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut done = 0;
    for at in memchr::memchr3_iter(b':', b'-', b'.', bytes) {
        let separator = bytes.get(at).copied().unwrap_or_default();
        let (groups, length) = if separator == b'.' { (3, 4) } else { (6, 2) };
        let Some(start) = at.checked_sub(length).filter(|start| *start >= done) else { continue };
        // The cheapest question first.
        if !bytes.get(start + 1..at).is_some_and(|head| head.iter().all(u8::is_ascii_hexdigit)) {
            continue;
        }
        if let Some(end) = end(bytes, start, separator, groups, length) {
            found.push(start..end);
            done = end;
        }
    }
    found
}

fn end(bytes: &[u8], start: usize, separator: u8, groups: usize, length: usize) -> Option<usize> {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let pair_before = before == separator
        && start.checked_sub(2).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_hexdigit);
    if before.is_ascii_alphanumeric() || before == b'_' || pair_before {
        return None;
    }
    let end = start + groups * (length + 1) - 1;
    let text = bytes.get(start..end)?;
    let whole = text.iter().enumerate().all(|(at, byte)| {
        if at % (length + 1) == length { *byte == separator } else { byte.is_ascii_hexdigit() }
    });
    let goes_on = match bytes.get(end) {
        Some(byte) if *byte == separator => bytes.get(end + 1).is_some_and(u8::is_ascii_hexdigit),
        Some(byte) => byte.is_ascii_alphanumeric() || *byte == b'_',
        None => false,
    };
    let mut digits = text.iter().filter(|byte| **byte != separator);
    let lettered = separator == b':' || text.iter().any(u8::is_ascii_alphabetic);
    let somebody =
        digits.clone().any(|byte| *byte != b'0') && digits.any(|byte| !byte.eq_ignore_ascii_case(&b'f'));
    (whole && !goes_on && lettered && somebody).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn they_are_found_in_their_three_forms() {
        for mac in ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e", "12:34:56:78:90:12"] {
            assert_eq!(found(&format!("dev {mac}, up")), [mac]);
            assert_eq!(found(&format!("mac={mac}.")), [mac]);
        }
        for text in [
            "00:1a:2b:3c:4d",
            "00:1a:2b:3c:4d:5e:6f",
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
            "12-34-56-78-90-12",
            "1234.5678.9012",
            "x00:1a:2b:3c:4d:5e",
            "00:1a-2b:3c:4d:5e",
            "00:1g:2b:3c:4d:5e",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "[0-9a-f:.é-]{0,40}") {
            find(&text);
        }
    }
}

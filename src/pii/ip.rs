//! IP addresses: dotted quads without leading zeros (RFC 1123, section 2.1; RFC 6943, section 3.1.1) and version 6
//! in every form of RFC 4291, section 2.2.
//!
//! Rules of context: four numbers after `version`, in a product token (`Chrome/120.0.0.0`) or with more parts are
//! a version. Loopback and unspecified addresses and network masks (255.x) say nothing of anybody and stay.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::context;

/// The longest text of an address: eight groups with a dotted quad at the end.
const MAX: usize = 45;

pub(super) fn find(text: &str, key: Option<&str>) -> Vec<Range<usize>> {
    let mut found = version_6(text);
    let mut quads = version_4(text, key);
    quads.retain(|quad| !found.iter().any(|six| six.start < quad.end && quad.start < six.end));
    found.append(&mut quads);
    found.sort_unstable_by_key(|range| range.start);
    found
}

fn version_4(text: &str, key: Option<&str>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut done = 0;
    for dot in memchr::memchr_iter(b'.', bytes) {
        if dot < done {
            continue;
        }
        let digits = bytes.get(done..dot).unwrap_or_default();
        let start = dot - digits.iter().rev().take_while(|byte| byte.is_ascii_digit()).take(4).count();
        let length = bytes
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
        let run = length.take(MAX).count();
        let end = start + run;
        done = if run == 0 { dot + 1 } else { end.max(dot + 1) };
        let token = text.get(start..end).unwrap_or_default().trim_end_matches('.');
        let end = start + token.len();
        if let Ok(address) = token.parse::<Ipv4Addr>()
            && !address.is_loopback()
            && !address.is_unspecified()
            && address.octets()[0] != 255
            && begins(text, start)
            && ends(text, end)
            && !context::cues(text.get(..start).unwrap_or_default(), key).version
        {
            found.push(start..end);
        }
    }
    found
}

fn begins(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let mut chars = before.chars().rev();
    match chars.next() {
        Some('/') => !chars.next().is_some_and(|char| char.is_alphanumeric()),
        Some('-' | '+' | '.') => !chars.next().is_some_and(char::is_alphanumeric),
        Some(char) => !char.is_alphanumeric() && char != '_',
        None => true,
    }
}

fn ends(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    match after.next() {
        Some('-' | '+') => !after.next().is_some_and(char::is_alphabetic),
        Some('.') => !after.next().is_some_and(char::is_alphanumeric),
        Some(char) => !char.is_alphanumeric() && char != '_',
        None => true,
    }
}

fn version_6(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut done = 0;
    for colon in memchr::memchr_iter(b':', bytes) {
        if colon < done {
            continue;
        }
        let head = bytes.get(done..colon).unwrap_or_default();
        let start = colon - head.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).take(5).count();
        let run = bytes
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
            .count();
        done = start + run;
        let mut token = text.get(start..done).unwrap_or_default().trim_end_matches('.');
        if token.ends_with(':') && !token.ends_with("::") {
            token = token.trim_end_matches(':');
        }
        let end = start + token.len();
        if token.len() <= MAX && is_version_6(token) && bounded(text, start, end) {
            found.push(start..end);
        }
    }
    found
}

fn is_version_6(token: &str) -> bool {
    let Ok(address) = token.parse::<Ipv6Addr>() else { return false };
    let digits = token.bytes().filter(u8::is_ascii_hexdigit).count();
    let first = token.split(':').next().unwrap_or_default().len();
    let mapped = token.contains('.');
    // `a::b` is a path in several languages, and eight pairs are a hardware address (EUI-64).
    let telling = digits >= 5 && first >= 3 && token.bytes().any(|byte| byte.is_ascii_digit()) || mapped;
    let hardware = token.split(':').all(|group| group.len() == 2);
    telling && !hardware && !address.is_loopback() && !address.is_unspecified()
}

fn bounded(text: &str, start: usize, end: usize) -> bool {
    let outside = |char: char| !char.is_alphanumeric() && char != '_' && char != ':';
    text.get(..start).and_then(|before| before.chars().next_back()).is_none_or(outside)
        && text.get(end..).and_then(|after| after.chars().next()).is_none_or(outside)
}

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        find(text, None).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn addresses_of_both_versions_are_found() {
        for (text, address) in [
            ("from 192.0.2.1 port 22", "192.0.2.1"),
            ("ip=198.51.100.7,", "198.51.100.7"),
            ("http://203.0.113.5:8080/x", "203.0.113.5"),
            ("10.1.2.0/24", "10.1.2.0"),
            ("It was 203.0.113.5.", "203.0.113.5"),
            ("2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
            ("2001:db8:0:0:0:0:2:1", "2001:db8:0:0:0:0:2:1"),
            ("[2001:DB8::1]:443", "2001:DB8::1"),
            ("fe80::1ff:fe23:4567:890a%eth0", "fe80::1ff:fe23:4567:890a"),
            ("addr: 2001:db8::.", "2001:db8::"),
            ("::ffff:192.0.2.33", "::ffff:192.0.2.33"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
        assert_eq!(found("192.0.2.1, 192.0.2.2"), ["192.0.2.1", "192.0.2.2"]);
    }

    #[test]
    fn versions_times_paths_masks_and_loopback_are_not() {
        for text in [
            "v1.2.3.4",
            "version 1.2.3.4",
            "Version: 10.0.0.1",
            "Chrome/120.0.0.0",
            "1.2.3.4.5",
            "1.2.3",
            "1.2.3.256",
            "01.02.03.04",
            "1.2.3.4-rc1",
            "pkg-1.2.3.4",
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "1.2.3.4.example",
            "12:30:45",
            "std::fmt",
            "a::b",
            "Add::Bee",
            "::1",
            "::",
            "00:1b:44:11:3a:b7",
            "00:1b:44:11:3a:b7:01:02",
            "2001:db8::1::2",
            "12:34:56:78:9a:bc:de:f0",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        assert!(find("10.20.30.40", Some("fileVersion")).is_empty());
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)[0-9a-f:.%é ]{0,60}") {
            find(&text, None);
        }
    }
}

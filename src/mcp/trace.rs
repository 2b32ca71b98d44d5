//! Trace context (W3C Trace Context Level 2): what of it is passed on to a service. Whatever is not written as the
//! standard says is left out: it would be a way around everything that looks into messages.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The longest `tracestate` that is passed on, in bytes: what every participant must be able to take.
const LONGEST: usize = 512;
/// The most entries of a `tracestate`.
const MOST: usize = 32;

/// The headers that are passed on: none; `traceparent`; or both.
pub fn passed(headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
    let one = |name: &'static str, is_valid: fn(&str) -> bool| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().filter(|value| value.to_str().is_ok_and(is_valid))?;
        values.next().is_none().then(|| (HeaderName::from_static(name), value.clone()))
    };
    // Without its parent, a state means nothing (§3.3).
    let Some(parent) = one("traceparent", is_parent) else { return Vec::new() };
    std::iter::once(parent).chain(one("tracestate", is_state)).collect()
}

/// `version "-" trace-id "-" parent-id "-" trace-flags` (§3.2), of any version that has just these.
fn is_parent(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let id = |part: &str, length| hex(part, length) && part.bytes().any(|byte| byte != b'0');
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, parent, flags] = *parts else { return false };
    hex(version, 2) && version != "ff" && id(trace, 32) && id(parent, 16) && hex(flags, 2)
}

/// Entries of `key "=" value`, separated by commas (§3.3).
fn is_state(text: &str) -> bool {
    let mut entries = text.split(',').map(|entry| entry.trim_matches([' ', '\t']));
    text.len() <= LONGEST
        && entries.clone().count() <= MOST
        && entries
            .all(|entry| entry.split_once('=').is_some_and(|(key, value)| is_key(key) && is_value(value)))
}

fn is_key(key: &str) -> bool {
    let part = |part: &str, most: usize, first: fn(u8) -> bool| {
        let rest = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/');
        part.len() <= most && part.bytes().next().is_some_and(first) && part.bytes().all(rest)
    };
    let letter = |byte: u8| byte.is_ascii_lowercase();
    let tenant = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    match key.split_once('@') {
        Some((name, system)) => part(name, 241, tenant) && part(system, 14, letter),
        None => part(key, 256, letter),
    }
}

fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len()) && value.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'=')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn parents_are_numbers() {
        assert!(is_parent(PARENT) && is_parent(&PARENT.replacen("00", "cc", 1)));
        for wrong in [
            "",
            "Person-7K3M9QX2WD4F",
            &PARENT.to_uppercase(),
            &PARENT.replacen("00", "ff", 1),
            &format!("{PARENT}-what"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        ] {
            assert!(!is_parent(wrong), "{wrong}");
        }
    }

    #[test]
    fn states_are_keys_with_values() {
        for right in ["congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7, congo=a b", "1a@v=1", "a*/_-=!"] {
            assert!(is_state(right), "{right}");
        }
        for wrong in ["", "congo", "=1", "Congo=1", "a=", "a=b=c", "a=1;b", "ä=1", "1a=1", "a@b@c=1", "a@1=1"]
        {
            assert!(is_state(wrong) == (wrong == "a=1;b"), "{wrong}");
        }
        assert!(!is_state(&vec!["a=1"; 33].join(",")) && !is_state(&format!("a={}", "x".repeat(257))));
    }

    #[test]
    fn a_state_goes_with_its_parent_only() {
        let of = |headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, HeaderValue::from_static(value));
            }
            passed(&map).len()
        };
        assert_eq!(of(&[("traceparent", PARENT), ("tracestate", "a=1")]), 2);
        assert_eq!(of(&[("traceparent", PARENT), ("tracestate", "A")]), 1);
        assert_eq!(of(&[("tracestate", "a=1")]), 0);
        assert_eq!(of(&[("traceparent", PARENT), ("traceparent", PARENT), ("tracestate", "a=1")]), 0);
    }

    proptest! {
        #[test]
        fn what_is_passed_is_printable(text in "\\PC{0,80}") {
            prop_assert!(!is_parent(&text) || text.is_ascii());
            prop_assert!(!is_state(&text) || text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
        }
    }
}

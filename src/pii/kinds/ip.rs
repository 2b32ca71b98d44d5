//! IP addresses: dotted quads without leading zeros (RFC 1123, section 2.1; RFC 6943, section 3.1.1) and version 6
//! in every form of RFC 4291, section 2.2.
//!
//! Rules of context: four numbers after `version`, in a product token (`Chrome/120.0.0.0`), before a file's ending or
//! with more parts are a version; in a URL, before a host name's labels or a hyphen between two they are an address. Loopback and unspecified addresses and network masks (255.x) say nothing of anybody and stay. So do those of private
//! networks (RFC 1918), which nobody outside can tell anything from, unless a word before or the key says that somebody's
//! device has it.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::context;
use crate::pii::cues::{Cues, List, Words};

/// The longest text of an address: eight groups with a dotted quad at the end.
const MAX: usize = 45;

pub(in crate::pii) fn find(text: &str, key: Option<&str>) -> Vec<Range<usize>> {
    let mut found = version_6(text);
    let mut quads = version_4(text, key);
    // Both ascend, and those of one version are apart.
    quads.retain(|quad| {
        let next = found.partition_point(|six| six.end <= quad.start);
        found.get(next).is_none_or(|six| six.start >= quad.end)
    });
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
            && !context::cues(text, start, key).version
            && (!address.is_private() || somebodys(text, start..end, key))
        {
            found.push(start..end);
        }
    }
    found
}

/// Whether somebody's device is said to have an address. A network (`10.0.0.0/8`) is nobody's.
fn somebodys(text: &str, address: Range<usize>, key: Option<&str>) -> bool {
    let network = text.get(address.end..).and_then(|rest| rest.strip_prefix('/'));
    !network.is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
        && Words::before(text, address.start, key).since_number().last(4).find(&DEVICE).is_some()
}

static DEVICE: List = LazyLock::new(|| {
    Cues::new(
        "from client* remote* user* login* logon* signin session* visitor* caller* actor* forwarded* source* src workstation* laptop* notebook* \
         desktop* pc device* phone* mobile* vpn* home employee* person* guest* x_forwarded_for x_real_ip last_ip \
         von vom benutzer* anmeld* arbeitsplatz* rechner gerat* besucher* mitarbeiter* privat privater privaten depuis utilisateur* poste ordinateur* appareil* \
         desde usuario* sesion* equipo ordenador* dispositiv* dal utente* computer postazione* vanaf gebruiker* werkplek* \
         apparaat* toestel* uzytkownik* komputer* urzadzen* stacj*",
    )
});

fn begins(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let mut chars = before.chars().rev();
    match chars.next() {
        Some('/') => !product(text, start),
        Some('-' | '+' | '.') => !chars.next().is_some_and(char::is_alphanumeric) || ranges(before),
        Some(char) => !char.is_alphanumeric() && char != '_',
        None => true,
    }
}

/// Whether a slash ends a product's name, as in `Chrome/120.0.0.0`, and not a host's or a part of a path:
/// `db.example.com/203.0.113.5`, `https://ipinfo.io/203.0.113.5`, `db/203.0.113.5:5432`.
fn product(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|before| before.strip_suffix('/')).unwrap_or_default();
    let name = before
        .char_indices()
        .rev()
        .take(MAX)
        .find(|(_, char)| !(char.is_alphanumeric() || matches!(char, '-' | '_' | '+')))
        .map_or(before.len().saturating_sub(MAX), |(at, char)| at + char.len_utf8());
    let (head, name) = (before.get(..name).unwrap_or_default(), before.get(name..).unwrap_or_default());
    let after = text
        .get(start..)
        .unwrap_or_default()
        .trim_start_matches(|char: char| char.is_ascii_digit() || char == '.');
    let port =
        after.strip_prefix(':').is_some_and(|port| port.starts_with(|char: char| char.is_ascii_digit()));
    !name.is_empty() && !head.ends_with(['/', '.', ':', '@', ']']) && !port
}

/// Whether a text ends with an address and a hyphen: `203.0.113.5-203.0.113.9`.
fn ranges(before: &str) -> bool {
    let Some(first) = before.strip_suffix('-') else { return false };
    let from = first.len()
        - first.bytes().rev().take(16).take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    first.get(from..).is_some_and(|first| first.parse::<Ipv4Addr>().is_ok())
}

fn ends(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let mut after = rest.chars();
    match after.next() {
        Some('-' | '+') => !after.next().is_some_and(char::is_alphabetic),
        Some('.') => !after.next().is_some_and(char::is_alphanumeric) || reverse_name(rest),
        Some(char) => !char.is_alphanumeric() && char != '_',
        None => true,
    }
}

/// Whether the labels of a host name follow: `203.0.113.5.dyn.example.com`. Not a file's ending.
fn reverse_name(rest: &str) -> bool {
    let end = rest
        .bytes()
        .take(MAX_NAME)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))
        .unwrap_or(rest.len().min(MAX_NAME));
    let name = rest.get(..end).unwrap_or_default().trim_end_matches(['.', '-']);
    let labels: Vec<&str> = name.split('.').skip(1).collect();
    let top = labels.last().copied().unwrap_or_default();
    labels.len() > 1
        && labels.iter().all(|label| label.bytes().any(|byte| byte.is_ascii_alphabetic()))
        && top.len() > 1
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !FILES.iter().any(|file| top.eq_ignore_ascii_case(file))
}

/// A host name is no longer (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 255;

/// Endings of files that carry a version in their names.
const FILES: [&str; 24] = [
    "gz", "xz", "bz", "zip", "tar", "tgz", "jar", "war", "exe", "msi", "dll", "whl", "deb", "rpm", "apk",
    "dmg", "pkg", "iso", "js", "css", "json", "nupkg", "final", "release",
];

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
        // The cheapest question first: two colons at least, and a label's.
        if bytes.get(start..done).unwrap_or_default().iter().filter(|byte| **byte == b':').count() < 2 {
            continue;
        }
        let mut token = text.get(start..done).unwrap_or_default().trim_end_matches('.');
        if token.ends_with(':') && !token.ends_with("::") {
            token = token.trim_end_matches(':');
        }
        let end = start + token.len();
        let from = [Some(start), label(text, start, token)].into_iter().flatten();
        let address = |from: usize, end: usize| {
            let token = text.get(from..end).unwrap_or_default();
            token.len() <= MAX && is_version_6(token) && bounded(text, from, end)
        };
        let mut addresses = from.filter(|from| address(*from, end)).map(|from| from..end);
        // Eight groups and a port: `2001:db8:1:2:3:4:5:6:443`.
        let ported = || token.rsplit_once(':').map(|(token, _)| start..start + token.len());
        found.extend(addresses.next().or_else(|| {
            ported().filter(|whole| {
                let token = text.get(whole.clone()).unwrap_or_default();
                token.split(':').count() == 8
                    && token.len() <= MAX
                    && is_version_6(token)
                    && bounded(text, start, end)
            })
        }));
    }
    found
}

/// Where an address begins behind a word and a colon: `client_ip:2001:db8::1`, `[IPv6:2001:db8::1]`.
fn label(text: &str, start: usize, token: &str) -> Option<usize> {
    let (word, rest) = token.split_once(':')?;
    let before = text.get(..start)?.chars().next_back();
    let letters = word.bytes().any(|byte| byte.is_ascii_alphabetic());
    let labels = letters || before.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == '"');
    // "ip:::1" is the label and "::1".
    let begins = !rest.starts_with(':') || rest.starts_with("::");
    (labels && begins).then_some(start + word.len() + 1)
}

fn is_version_6(token: &str) -> bool {
    let Ok(address) = token.parse::<Ipv6Addr>() else { return false };
    let digits = token.bytes().filter(u8::is_ascii_hexdigit).count();
    let first = token.split(':').next().unwrap_or_default().len();
    // Version 4 inside: written so, mapped (RFC 4291, section 2.5.5.2), or translated (RFC 6052, section 2.1).
    let inside =
        token.contains('.') || matches!(address.segments(), [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, ..]);
    // `a::b` is a path in several languages, and eight pairs are a hardware address (EUI-64).
    let telling = digits >= 5 && first >= 3 && token.bytes().any(|byte| byte.is_ascii_digit()) || inside;
    let hardware = token.split(':').all(|group| group.len() == 2);
    let mapped = address.to_ipv4_mapped().is_some_and(|quad| quad.is_loopback() || quad.is_unspecified());
    telling && !hardware && !mapped && !address.is_loopback() && !address.is_unspecified()
}

fn bounded(text: &str, start: usize, end: usize) -> bool {
    let outside = |char: char| !char.is_alphanumeric() && char != '_' && char != ':';
    let before = text.get(..start).unwrap_or_default();
    // Behind a label, the one colon is the label's.
    let before =
        before.strip_suffix(':').filter(|label| label.ends_with(|char: char| char != ':')).map_or_else(
            || before.chars().next_back().is_none_or(outside),
            |label| label.ends_with(|char: char| char.is_alphanumeric() || matches!(char, '_' | '"')),
        );
    before && text.get(end..).and_then(|after| after.chars().next()).is_none_or(outside)
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
            ("198.51.100.0/24", "198.51.100.0"),
            ("login of jdoe from 10.1.2.3", "10.1.2.3"),
            ("client=192.168.1.20 GET /", "192.168.1.20"),
            ("Arbeitsplatz 172.16.4.9", "172.16.4.9"),
            ("It was 203.0.113.5.", "203.0.113.5"),
            ("2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
            ("jdoe/2001:db8:1:2:3:4:5:6:1194 up", "2001:db8:1:2:3:4:5:6"),
            ("2001:db8:0:0:0:0:2:1", "2001:db8:0:0:0:0:2:1"),
            ("[2001:DB8::1]:443", "2001:DB8::1"),
            ("fe80::1ff:fe23:4567:890a%eth0", "fe80::1ff:fe23:4567:890a"),
            ("addr: 2001:db8::.", "2001:db8::"),
            ("::ffff:192.0.2.33", "::ffff:192.0.2.33"),
            ("from x ([IPv6:2001:db8:85a3::8a2e:370:7334])", "2001:db8:85a3::8a2e:370:7334"),
            ("client_ip:2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
            ("face_id:2001:db8::1", "2001:db8::1"),
            ("ip:::ffff:192.0.2.33", "::ffff:192.0.2.33"),
            ("64:ff9b::c000:221", "64:ff9b::c000:221"),
            ("::ffff:c000:221", "::ffff:c000:221"),
            ("db.example.com/203.0.113.5:5432", "203.0.113.5"),
            ("refused: db/203.0.113.5:5432", "203.0.113.5"),
            ("https://ipinfo.example/203.0.113.5", "203.0.113.5"),
            ("https://example.com/whois/203.0.113.5/json", "203.0.113.5"),
            ("203.0.113.5.dyn.example.com", "203.0.113.5"),
            ("Release host: 203.0.113.9", "203.0.113.9"),
            ("Build server 198.51.100.7", "198.51.100.7"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
        assert_eq!(found("203.0.113.5-203.0.113.9"), ["203.0.113.5", "203.0.113.9"]);
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
            "upstream 10.1.2.3:8080",
            "10.1.2.0/24",
            "set_real_ip_from 10.0.0.0/8;",
            "192.168.1.20 answers",
            "0.0.0.0",
            "255.255.255.0",
            "1.2.3.4.example",
            "app-1.2.3.4.tar.gz",
            "1.2.3.4.tar.gz",
            "https://example.com/releases/1.2.3.4/x",
            "x::ffff:0:0",
            "::ffff:127.0.0.1",
            "abc:2001:db8",
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
        assert!(
            find("10.20.30.40", Some("fileVersion")).is_empty()
                && find("10.1.2.3", Some("nodeIp")).is_empty()
        );
        assert_eq!(
            find("10.1.2.3", Some("clientIp")).len() + find("10.1.2.3", Some("last_login_ip")).len(),
            2
        );
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(?s)[0-9a-f:.%é ]{0,60}") {
            find(&text, None);
        }
    }
}

//! User names in ways of writing of their own: with a domain of Windows, marked with a tilde or in brackets, of who speaks
//! in a chat, and handles (`@x`).

use std::net::IpAddr;
use std::ops::Range;

use super::login::{ends, whole, word};
use super::username::{login, name, named};
use crate::pii::lists::{Lazy, Lists};
use crate::pii::traits::{AT, BACKSLASH, COLON, DIGIT, LESS, PARENTHESIS, PIPE, SLASH, TILDE, Traits};
use crate::pii::words;

pub(super) fn find(text: &str, has: Traits, found: &mut Vec<Range<usize>>) {
    if has.any(BACKSLASH) {
        in_domains(text, found);
    }
    if has.any(TILDE | PARENTHESIS | SLASH) {
        marked(text, found);
    }
    if has.each(SLASH | COLON) {
        at_addresses(text, found);
    }
    if has.each(LESS | AT | PIPE) {
        labelled(text, found);
    }
    if has.any(LESS) || has.each(DIGIT | COLON) {
        speakers(text, found);
    }
}

/// `ACME\\jdoe`: the domain's user of Windows.
fn in_domains(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'\\', bytes) {
        let domain = bytes.get(..at).unwrap_or_default();
        let domain = domain.strip_suffix(b"\\").unwrap_or(domain);
        let length = domain
            .iter()
            .rev()
            .take(16)
            .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'-')
            .count();
        let before = domain.get(..domain.len() - length).and_then(<[u8]>::last);
        if !(2..=15).contains(&length)
            || before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"\\/:_.".contains(byte))
        {
            continue;
        }
        let Some(range) = name(text, at + 1) else { continue };
        let value = text.get(range.clone()).unwrap_or_default();
        // "C\\n" is a line break in a string of a program.
        let small = value.bytes().all(|byte| !byte.is_ascii_uppercase());
        if small && value.len() > 2 && whole(text, range.end) {
            found.push(range);
        }
    }
}

/// `[~jdoe]`, `~jdoe`, `u/jdoe`, `uid=1001(jdoe)`, `CRON[5]: (jdoe) CMD`: ways of marking a user name.
fn marked(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr3_iter(b'~', b'(', b'/', bytes) {
        let head = text.get(..at).unwrap_or_default();
        let behind = |end: usize| text.get(end..).unwrap_or_default();
        // The cheapest question first: of most slashes.
        if bytes.get(at) == Some(&b'/') && !matches!(head.as_bytes(), [b'u'] | [.., b' ' | b'(', b'u']) {
            continue;
        }
        let Some(range) = name(text, at + 1) else { continue };
        let value = text.get(range.clone()).unwrap_or_default();
        let small = value.bytes().all(|byte| !byte.is_ascii_uppercase());
        let told = match bytes.get(at) {
            Some(b'~') => {
                head.ends_with('[') && behind(range.end).starts_with(']')
                    || head.ends_with([' ', '\n', '('])
                        && !behind(range.end).starts_with(['/', '~'])
                        && (login(value) || value.len() > 2 && !word(value) && ends(text, range.end))
            }
            Some(b'(') => {
                let uid = head.trim_end_matches(|char: char| char.is_ascii_digit());
                behind(range.end).starts_with(')') && uid.len() < head.len() && uid.ends_with("uid=")
                    || behind(range.end).starts_with(") CMD")
                    || behind(range.end).starts_with(')')
                        && (head.ends_with("TODO") || head.ends_with("FIXME"))
                        && (login(value) || named(value))
            }
            _ => true,
        };
        if small && told {
            found.push(range);
        }
    }
}

/// `jdoe/203.0.113.9:51194`: who is connected from there, as VPN servers write it.
fn at_addresses(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'/', bytes) {
        let address = text.get(at + 1..).unwrap_or_default();
        let length = address
            .bytes()
            .take(48)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(byte))
            .count();
        let address = address.get(..length).unwrap_or_default().trim_end_matches(':');
        let Some((host, port)) = address.rsplit_once(':') else { continue };
        if !port.starts_with(|char: char| char.is_ascii_digit())
            || !(host.parse::<IpAddr>().is_ok() || host.starts_with("Ip-"))
        {
            continue;
        }
        let before = text.get(..at).unwrap_or_default();
        let start =
            before.trim_end_matches(|char: char| char.is_alphanumeric() || "._-".contains(char)).len();
        let Some(range) = name(text, start).filter(|range| range.end == at) else { continue };
        let value = text.get(range.clone()).unwrap_or_default();
        // `db.example.com/203.0.113.9:5432` is a host: what a program said begins here.
        if before.get(..start).is_some_and(|before| before.ends_with("]: "))
            && value.bytes().all(|byte| !byte.is_ascii_uppercase())
        {
            found.push(range);
        }
    }
}

/// `<@U012AB3CD|jdoe>`, as Slack writes who is mentioned.
fn labelled(text: &str, found: &mut Vec<Range<usize>>) {
    for at in memchr::memmem::find_iter(text.as_bytes(), "<@") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let id = rest.bytes().take(24).take_while(u8::is_ascii_alphanumeric).count();
        if !rest.get(id..).is_some_and(|rest| rest.starts_with('|')) {
            continue;
        }
        let range = name(text, at + 2 + id + 1);
        found.extend(range.filter(|range| text.get(range.end..).is_some_and(|rest| rest.starts_with('>'))));
    }
}

/// Who speaks in a chat: `[10:32] jdoe: hello`, `10:32 <jdoe> hello`, `<jdoe> hello`.
fn speakers(text: &str, found: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let from = start;
        start += line.len();
        // The cheapest question first: a letter begins no time.
        if line.starts_with(|char: char| char.is_alphabetic() && char != 'T' && char != 'Z') {
            continue;
        }
        let clock = |text: &str| {
            let length = text
                .bytes()
                .take(24)
                .take_while(|byte| byte.is_ascii_digit() || b"[]():.-/T Z".contains(byte))
                .count();
            (text.get(..length).is_some_and(|clock| clock.contains(':') && clock.ends_with([' ', ']'])))
                .then_some(length)
        };
        let time = clock(line);
        let rest = line.get(time.unwrap_or(0)..).unwrap_or_default();
        let bracket = usize::from(rest.starts_with('<'));
        if time.is_none() && bracket == 0 {
            continue;
        }
        let at = from
            + time.unwrap_or(0)
            + bracket
            + usize::from(rest.get(bracket..).is_some_and(|rest| rest.starts_with('@')));
        let Some(range) = name(text, at) else { continue };
        let value = text.get(range.clone()).unwrap_or_default();
        let behind = text.get(range.end..).unwrap_or_default();
        let small = value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let ends = if bracket > 0 { behind.starts_with("> ") } else { behind.starts_with(": ") };
        if small && ends && !word(value) && !TAGS.contains(value.as_bytes()) {
            found.push(range);
        }
    }
}

/// What stands in angle brackets or before a colon and speaks for nobody.
static TAGS: Lazy = Lazy::new(|| {
    Lists::of(
        "div span code pre table body head html img link style script title section article header footer main nav form input \
         label button strong small sub sup mark del ins abbr time video audio canvas svg path tbody thead info warn error debug \
         trace fatal notice warning critical kernel systemd sshd sudo cron dhclient dockerd kubelet containerd nginx note todo \
         fixme hint tip",
    )
});

/// Handles: `@jane_doe7`, and `@jdoe` where a sentence mentions somebody. Not of teams, packages, and what programs and
/// style sheets mark so.
pub(in crate::pii) fn handles(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let head = text.get(..at).unwrap_or_default();
        let before = head.chars().next_back();
        if before.is_some_and(|char| !(char.is_whitespace() || "([,:\"'*<>;|".contains(char))) {
            continue;
        }
        let Some(range) = name(text, at + 1) else { continue };
        let value = text.get(range.clone()).unwrap_or_default();
        let rest = text.get(range.end..).unwrap_or_default();
        let small = value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
            && value.starts_with(|char: char| char.is_ascii_lowercase());
        let version = value.starts_with('v')
            && value
                .get(1..)
                .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
        let team = value.split(['-', '_', '.']).any(|part| TEAMS.contains(part.as_bytes()));
        let code =
            rest.starts_with(['/', '(', '@', '{', '=']) || rest.starts_with(" (") || head.ends_with("* ");
        let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
        if !small
            || version
            || team
            || code
            || letters < 3
            || rest.starts_with(':') && !rest.starts_with(": ")
        {
            continue;
        }
        // At the start of a line alone it marks what the next line holds.
        let begins = head.trim_end_matches([' ', '\t']).is_empty()
            || head.trim_end_matches([' ', '\t']).ends_with('\n');
        let alone = begins && !rest.starts_with([' ', ',', ':', '!', '?']);
        if login(value) && !(alone && value.contains('.'))
            || !alone && !MARKS.contains(value.as_bytes()) && !words::common(value)
        {
            found.push(range);
        }
    }
    found
}

/// Whether what is written like a handle calls a team or everybody, or is a word of a language of programs.
pub(in crate::pii) fn nobody(handle: &str) -> bool {
    let handle = handle.as_bytes();
    TEAMS.contains(handle) || MARKS.contains(handle)
}

static TEAMS: Lazy = Lazy::new(|| {
    Lists::of(
        "team teams squad guild crew ops dev devs devops sre qa support oncall group eng engineering engineers platform infra \
         frontend backend security design designers product data payments billing release releases bot bots admin admins all here \
         channel everyone everybody marketing sales legal finance hr people office core api web mobile ios android docs test \
         testing cloud network noc helpdesk leads managers staff board customers users community maintainers owners reviewers \
         codeowners chapter tribe alle equipe equipo squadra zespol",
    )
});

static MARKS: Lazy = Lazy::new(|| {
    Lists::of(
        "media import charset font keyframes supports page namespace layer include mixin extend use forward return if else for \
         each function content apply tailwind param params returns throws throw see since author version deprecated example link \
         todo type typedef property private public protected override internal default description summary name class \
         constructor module file copyright license dataclass staticmethod classmethod abstractmethod pytest fixture wraps route \
         get post put delete patch task echo interface implementation end selector protocol synthesize dynamic autoclosure \
         escaping main objc state binding published environment container property test before after ignore inject nullable \
         notnull override suppress latest next beta alpha rc canary stable nightly home work lunch noon",
    )
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn handles(text: &str) -> Vec<&str> {
        super::handles(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn handles_are_found_where_somebody_is_mentioned() {
        for (text, name) in [
            ("thanks @jane_doe7!", "jane_doe7"),
            ("cc @jdoe for review", "jdoe"),
            ("@jdoe can you look?", "jdoe"),
            ("(@j.doe)", "j.doe"),
        ] {
            assert_eq!(handles(text), [name], "{text}");
        }
        for text in [
            "@angular/core @Override @2x.png @media (x)",
            "@media screen and x",
            "@pytest.fixture\ndef x",
            "@dataclass\nclass X",
            "actions/checkout@v4 and @v1.2",
            " * @param name the name",
            "@here @channel @platform-team @sre-nord look",
            "jane@example.com",
        ] {
            assert!(handles(text).is_empty(), "{text}: {:?}", handles(text));
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(user|\\[~|ACME|\\\\|<|>|@|: |[0-9]{2}|[a-z0-9._é\"-]|\n){0,16}") {
            handles(&text);
            super::find(&text, super::Traits::of(&text), &mut Vec::new());
        }
    }
}

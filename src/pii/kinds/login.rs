//! User names in log lines and prose: what is assigned to a telling name (`user=x`, `"login": "x"`), what follows words
//! that a user name always follows (`Accepted publickey for x`), the second field of an access log, who is at a host
//! (`ssh x@build-01`), and what a word for it announces (`her login is x`).

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::mention;
use super::username::{Telling, login, name, named, service, shaped};
use crate::pii::lists::{Lazy, Lists};
use crate::pii::phrases::Phrases;
use crate::pii::traits::{APART, AT, BRACKET, COLON, EQUALS, HYPHEN, SPACE, Traits};
use crate::pii::words;

pub(super) fn find(text: &str, has: Traits, found: &mut Vec<Range<usize>>) {
    if has.any(EQUALS | COLON) {
        assigned(text, found);
    }
    if has.any(APART) {
        announced(text, found);
    }
    if has.each(SPACE | HYPHEN | BRACKET) {
        in_access_logs(text, found);
    }
    if has.any(AT) {
        at_hosts(text, found);
    }
    mention::find(text, has, found);
}

/// `user=x`, `username: "x"`, `\"login\":\"x\"`.
fn assigned(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'=', b':', bytes) {
        let before = bytes.get(..at).unwrap_or_default();
        let bare = before.len()
            - before
                .iter()
                .rev()
                .take(4)
                .take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b'`' | b']' | b'*'))
                .count();
        let head = text.get(..bare).unwrap_or_default();
        if !head.as_bytes().last().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            continue;
        }
        // "nom d'utilisateur", "nazwa użytkownika": the last word of it tells.
        let length: usize = head
            .chars()
            .rev()
            .take(32)
            .take_while(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.'))
            .map(char::len_utf8)
            .sum();
        let Some(key) = head.get(head.len() - length..) else { continue };
        // "Account Name: x"
        let two = head.get(..head.len() - length).and_then(|head| head.strip_suffix([' ', '\'', '’'])).map(
            |head| {
                let before: usize = head
                    .chars()
                    .rev()
                    .take(24)
                    .take_while(|char| char.is_alphabetic())
                    .map(char::len_utf8)
                    .sum();
                text.get(head.len() - before..bare).unwrap_or_default()
            },
        );
        let (key, two) = (Telling::of(key), two.and_then(Telling::of));
        if key.is_none() && two.is_none() {
            continue;
        }
        let equals = bytes.get(at) == Some(&b'=');
        let Some(range) = value(text, at + 1, equals) else { continue };
        let value = text.get(range.clone()).unwrap_or_default();
        // "User: Jane Doe" is a name, "user: the one who" a sentence.
        let goes_on = text.get(range.end..).is_some_and(|rest| rest.starts_with(' '))
            && !equals
            && !text.get(..range.start).is_some_and(|text| text.ends_with(['"', '\'', '@']));
        let small =
            value.chars().all(|char| !char.is_uppercase()) || value.bytes().any(|byte| byte.is_ascii_digit());
        if small
            && (!goes_on || login(value))
            && key.iter().chain(&two).any(|key| key.tells(value))
            && !word(value)
        {
            found.push(range);
        }
    }
}

/// The value that begins behind a sign of assignment, if it can be a user name.
fn value(text: &str, from: usize, equals: bool) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let lead = rest.len()
        - rest.trim_start_matches(['=', '>', '<', ' ', '"', '\'', '\\', '`', '*', '@', '\u{a0}']).len();
    // A line further on, or another column, is something else.
    if lead > 6 || equals && rest.starts_with("  ") {
        return None;
    }
    let range = name(text, from + lead)?;
    let before = rest.get(..lead)?;
    let rest = text.get(range.end..)?;
    // `user=<jdoe>, rip=...` is said of somebody, `user=<name>` is a place for one.
    if before.contains('<') && !rest.starts_with(">,") {
        return None;
    }
    (!rest.starts_with(['(', '@', '/', '=', '{', '[', ':', '%'])).then_some(range)
}

/// Whether a word is one of a sentence, and no user name by itself.
pub(super) fn word(value: &str) -> bool {
    WORDS.contains(value.as_bytes()) || value.len() < 3 || words::common(value) && !login(value)
}

static WORDS: Lazy = Lazy::new(|| {
    Lists::of(
        "broken down slow offline back gone dead deprecated optional mandatory unavailable expired suspended closed open full new old ready done fine okay push pipeline schedule mistake hand trigger webhook job default accident design law required taken invalid missing field must cannot should already incorrect wrong empty blank given entered unique \
         available allowed provided supplied used created deleted updated locked blocked changed removed added failed success \
         successful from with without for and not the this that your his her its their what which who friendly interface \
         experience story stories agent data defined level space mode guide manual input based facing generated specific \
         side wide count limit limits flow page pages form forms screen button link token tokens attempts attempt event \
         events type types group groups roles role permissions preferences oder und nicht ist sind wird der die das ein \
         eine est sont pas les des une avec sans son sus con sin non per che nie jest oraz dla niet het een van voor met",
    )
});

/// Words that a user name follows.
const SURE: [&str; 84] = [
    "publickey for ",
    "password for ",
    "keyboard-interactive/pam for ",
    "invalid user ",
    "illegal user ",
    "session opened for user ",
    "session closed for user ",
    "session opened for ",
    "for user ",
    "by user ",
    "as user ",
    "of user ",
    "to user ",
    "new user ",
    "logged in as ",
    "login as ",
    "logged on as ",
    "login for ",
    "login by ",
    "impersonating ",
    "authenticated as ",
    "switched to user ",
    "connection from user ",
    "userid ",
    "disconnected from user ",
    "authenticating user ",
    "@author ",
    "login failed for ",
    "failed login for ",
    "login succeeded for ",
    "authentication failure for ",
    "authentication failed for ",
    "auth failed for ",
    "password changed for ",
    "password reset for ",
    "changed by ",
    "created by ",
    "updated by ",
    "deleted by ",
    "approved by ",
    "merged by ",
    "requested by ",
    "triggered by ",
    "started by ",
    "opened by ",
    "closed by ",
    "modified by ",
    "uploaded by ",
    "deployed by ",
    "executed by ",
    "initiated by ",
    "granted to ",
    "assigned to ",
    "owned by ",
    "locked by ",
    "invited by ",
    "session for ",
    "token for ",
    "signed in as ",
    "acting as ",
    "anmeldungen als ",
    "anmeldung als ",
    "angemeldet als ",
    "eingeloggt als ",
    "connexions de ",
    "connexion de ",
    "inicios de sesión de ",
    "inicio de sesión de ",
    "accessi di ",
    "accesso di ",
    "aanmeldingen als ",
    "aanmelding als ",
    "ingelogd als ",
    "logowania jako ",
    "logowanie jako ",
    "zalogowany jako ",
    "logins as ",
    "sign-ins as ",
    "sign-in as ",
    "logins by ",
    "attempts for ",
    "attempts by ",
    "attempt by ",
    "su for root by ",
];

/// Words for a user name, which a word such as `is` may follow.
const NAMED: [&str; 48] = [
    "username",
    "user name",
    "login name",
    "login",
    "nickname",
    "screen name",
    "handle",
    "user id",
    "account name",
    "account",
    "benutzername",
    "anmeldename",
    "benutzerkennung",
    "benutzerkonto",
    "nutzername",
    "kennung",
    "nom d'utilisateur",
    "nom d’utilisateur",
    "identifiant",
    "nombre de usuario",
    "nome utente",
    "gebruikersnaam",
    "nazwa użytkownika",
    "user",
    "usuario",
    "usuaria",
    "utente",
    "gebruiker",
    "utilisateur",
    "benutzer",
    "nutzer",
    "użytkownik",
    "compte",
    "konto",
    "cuenta",
    "github",
    "gitlab",
    "bitbucket",
    "twitter",
    "linkedin",
    "instagram",
    "mastodon",
    "slack",
    "discord",
    "telegram",
    "skype",
    "xing",
    "jira",
];

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::in_any_case(SURE.into_iter().chain(NAMED).chain(["sudo: "])));

fn announced(text: &str, found: &mut Vec<Range<usize>>) {
    // Where the line of the last hit begins, and up to where that is known: each byte is looked at once.
    let (mut line, mut read) = (0, 0);
    for (hit, phrase) in PHRASES.find(text) {
        line = memchr::memrchr(b'\n', text.as_bytes().get(read..hit.start).unwrap_or_default())
            .map_or(line, |at| read + at + 1);
        read = hit.start;
        if text
            .get(..hit.start)
            .is_some_and(|before| before.ends_with(|char: char| char.is_alphanumeric() || char == '-'))
        {
            continue;
        }
        let rest = text.get(hit.end..).unwrap_or_default();
        let logged = log_line(text.get(line..hit.start).unwrap_or_default());
        if phrase < SURE.len() {
            let lead = quote(rest);
            let skip = rest
                .get(lead..)
                .filter(|rest| rest.starts_with("invalid user "))
                .map_or(0, |_| "invalid user ".len());
            found.extend(name(text, hit.end + lead + skip).filter(|range| {
                let value = text.get(range.clone()).unwrap_or_default();
                let told = phrase < 8
                    || logged && !word(value)
                    || login(value)
                    || lead > 0
                    || follows(text, range.end)
                    || !word(value) && ends(text, range.end);
                told && whole(text, range.end)
                    && !WORDS.contains(value.as_bytes())
                    && !value.starts_with(char::is_uppercase)
            }));
        } else if phrase < SURE.len() + NAMED.len() {
            found.extend(called(text, hit.end, phrase - SURE.len(), logged));
        } else {
            let lead = rest.len() - rest.trim_start().len();
            let value = name(text, hit.end + lead);
            found.extend(
                value.filter(|range| text.get(range.end..).is_some_and(|rest| rest.starts_with(" : "))),
            );
        }
    }
}

/// `her login is x`, `user 'x'`, `account x7`, `User x logged in`.
fn called(text: &str, from: usize, pattern: usize, logged: bool) -> Option<Range<usize>> {
    let mut at = from;
    let mut linked = false;
    // "the account is locked" says nothing, "her username is x" does.
    let certain = NAMED.get(pattern).is_some_and(|word| CERTAIN.contains(word));
    for _ in 0..3 {
        let rest = text.get(at..)?;
        let lead = rest.len() - rest.trim_start_matches([' ', '\u{a0}', ':', '=', '(', '@', '*']).len();
        linked |= rest.get(..lead)?.contains(['@', '(']);
        let rest = rest.get(lead..)?;
        let end = rest.find(|char: char| !char.is_alphabetic()).unwrap_or(rest.len());
        if lead == 0 || !LINKS.contains(rest.get(..end)?.as_bytes()) {
            at += lead;
            break;
        }
        let link = rest.get(..end)?.as_bytes();
        linked |= AS.contains(link) || certain && STRONG.contains(link);
        at += lead + end;
    }
    if at == from {
        return None;
    }
    let quoted = quote(text.get(at..)?);
    let range = name(text, at + quoted)?;
    let value = text.get(range.clone())?;
    let small = !value.chars().any(char::is_uppercase);
    let closed = quoted > 0 && text.get(range.end..)?.starts_with(['"', '\'', '\\', '`', '“', '»']);
    let told = login(value)
        || named(value)
        || closed
        || follows(text, range.end)
        || (logged || linked && ends(text, range.end)) && !word(value);
    (small && told && whole(text, range.end) && !WORDS.contains(value.as_bytes())).then_some(range)
}

/// Whether a line begins as lines of logs do: with a moment, in brackets or not.
fn log_line(line: &str) -> bool {
    let mark = line.bytes().take(3).take_while(|byte| matches!(byte, b'[' | b'<' | b'(')).count();
    let head = line.get(mark..).unwrap_or_default();
    let begins = head.get(..4).is_some_and(|head| {
        head.bytes().take(2).all(|byte| byte.is_ascii_digit())
            || MONTHS.iter().any(|month| head.starts_with(month))
    });
    begins && head.get(..32).unwrap_or(head).contains(':')
}

const MONTHS: [&str; 12] =
    ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];

/// Words between a word for a user name and the name, and those of them that say that it follows.
static LINKS: Lazy = Lazy::new(|| {
    Lists::of(
        "is ist lautet est es e to jest wordt luidt now jetzt named called namens heisst as als come jako sous como unter under on auf sur en su op na github gitlab slack jira the der le il el de",
    )
});
static AS: Lazy = Lazy::new(|| Lists::of("as als come jako sous como unter under named called namens"));

/// Words for a user name that mean nothing else.
const CERTAIN: [&str; 17] = [
    "username",
    "user name",
    "login name",
    "login",
    "nickname",
    "screen name",
    "handle",
    "account name",
    "benutzername",
    "anmeldename",
    "benutzerkennung",
    "nutzername",
    "nom d'utilisateur",
    "nom d’utilisateur",
    "identifiant",
    "nome utente",
    "gebruikersnaam",
];
static STRONG: Lazy = Lazy::new(|| Lists::of("is ist lautet est es jest luidt named called"));

/// Whether nothing goes on there that a sentence would.
pub(super) fn ends(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    rest.is_empty()
        || rest.starts_with(['.', ',', ';', ')', '\n', '!', '"', '*'])
        || rest.starts_with(" and ")
        || rest.starts_with(" und ")
        || rest.starts_with(" (")
}

/// Whether what a login does follows.
fn follows(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default().trim_start_matches(['"', '\'']);
    [
        " from ",
        " logged ",
        " on tty",
        " by (uid",
        "(uid",
        " signed in",
        " has logged",
        " authenticated",
        " port ",
        " (id",
        " connected",
        " disconnected",
        " does not exist",
        " not found",
        " no existe",
        " n'existe",
        " existiert nicht",
        " wurde ",
        " a été",
        " was locked",
        " was created",
        " was deleted",
        " was added",
        " was removed",
        " ist gesperrt",
        " is blocked",
        " is locked",
        " is geblokkeerd",
        " è stato",
        " fue ",
        " ha sido",
        " s'est",
        " został",
    ]
    .iter()
    .any(|follows| rest.starts_with(follows))
        || FROM.iter().any(|from| rest.strip_prefix(from).is_some_and(address))
}

/// Words before the address that somebody comes from.
const FROM: [&str; 7] = [" von ", " depuis ", " desde ", " da ", " van ", " vanaf ", " z adresu "];

/// Whether an IP address begins there, or what stands in its place.
fn address(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_digit()) || text.starts_with("Ip-")
}

/// Whether a name ends there: not a host's, a path's or a function's.
pub(super) fn whole(text: &str, at: usize) -> bool {
    !text.get(at..).unwrap_or_default().starts_with(['@', '/', '\\', '=', '{', '*', ':', '%'])
        || text.get(at..).is_some_and(|rest| rest.starts_with(": ") || rest.starts_with(":\n"))
}

fn quote(rest: &str) -> usize {
    match rest.as_bytes() {
        [b'"' | b'\'' | b'`', ..] => 1,
        [b'\\', b'"', ..] => 2,
        _ => ["„", "“", "«"].iter().find(|mark| rest.starts_with(**mark)).map_or(0, |mark| mark.len()),
    }
}

/// `192.0.2.1 - jdoe [10/Oct/2026:13:55:36`: the common log format.
fn in_access_logs(text: &str, found: &mut Vec<Range<usize>>) {
    for at in SECOND_FIELD.find_iter(text.as_bytes()) {
        let Some(range) = name(text, at + 3) else { continue };
        let rest = text.get(range.end..).unwrap_or_default();
        if rest.strip_prefix(" [").is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit())) {
            found.push(range);
        }
    }
}

static SECOND_FIELD: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(" - "));

/// `ssh x@build-01`, `x@build-01:~$`: whoever is at a host that is no mail's.
fn at_hosts(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let before = text.get(..at).unwrap_or_default();
        let start = at
            - before
                .bytes()
                .rev()
                .take(40)
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
                .count();
        let Some(value) = text.get(start..at).filter(|value| shaped(value) && !service(value)) else {
            continue;
        };
        let rest = text.get(at + 1..).unwrap_or_default();
        let host = rest
            .bytes()
            .take(80)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
            .count();
        let behind = rest.get(host..).unwrap_or_default();
        let command =
            text.get(..start).map(|head| head.trim_end_matches([' ', '"', '\''])).is_some_and(|head| {
                ["ssh", "scp", "sftp", "rsync", "ssh-copy-id", "mosh"]
                    .iter()
                    .any(|command| head.ends_with(command))
            });
        let prompt = behind.starts_with(":~")
            || behind.starts_with(":/") && !value.contains('.')
            || behind.starts_with(" ~]");
        let small = value.bytes().all(|byte| !byte.is_ascii_uppercase());
        if host > 0 && small && (command || prompt) && bytes.get(start.wrapping_sub(1)) != Some(&b'/') {
            found.push(start..at);
        }
    }
}

#[cfg(test)]
mod tests;

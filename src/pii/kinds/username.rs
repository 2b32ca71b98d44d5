//! What people sign in with: names in the addresses of profiles, home directories, log lines (`Accepted publickey for
//! x`, `user=x`), under keys such as `login`, and handles that no word is written like (`@jane_doe7`).
//!
//! Names of machines and services (`root`, `git`, `postgres`, `deploy-bot`) are nobody's and stay.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use crate::pii::cues::{Cues, List, Words};

/// User names, ascending and apart.
pub(in crate::pii) fn find(text: &str, key: Option<&Words>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Some(range) = key.and_then(|key| field(text, key)) {
        found.push(range);
        return found;
    }
    in_addresses(text, &mut found);
    in_paths(text, &mut found);
    in_logs(text, &mut found);
    handles(text, &mut found);
    found.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

/// A string that is a user name as a whole, as the words of its key say.
fn field(text: &str, words: &Words) -> Option<Range<usize>> {
    let value = text.trim().trim_start_matches('@');
    if !shaped(value) {
        return None;
    }
    let sure = words.find(&KEYS).is_some();
    let plain = || {
        value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
    };
    // What is shown of somebody, or who did something, when it is written as no name is.
    let perhaps =
        || plain() && (words.find(&SHOWN).is_some() || login(value) && words.find(&DOERS).is_some());
    let start = text.len() - text.trim_start().len() + (text.trim().len() - value.len());
    ((sure || perhaps()) && words.find(&NO_KEYS).is_none() && !service(value))
        .then(|| start..start + value.len())
}

/// Whether a text can be a user name: letters, digits and few signs, and no number, hash or UUID.
fn shaped(value: &str) -> bool {
    let allowed = value.chars().all(|char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-'));
    let ends = value.starts_with(char::is_alphanumeric)
        && value.ends_with(|char: char| char.is_alphanumeric() || char == '_');
    let letters = value.chars().filter(|char| char.is_alphabetic()).count();
    (2..=64).contains(&value.len()) && allowed && ends && letters >= 2 && !hash(value)
}

fn hash(value: &str) -> bool {
    let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    hex && value.len() >= 6 && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a name is a machine's, a service's or nobody's.
fn service(value: &str) -> bool {
    let mut lower = [0_u8; 40];
    let Some(place) = lower.get_mut(..value.len()) else { return false };
    place.copy_from_slice(value.as_bytes());
    place.make_ascii_lowercase();
    let lower: &[u8] = place;
    let begins = |word: &str| lower.starts_with(word.as_bytes());
    let ends = |word: &str| lower.ends_with(word.as_bytes());
    NAMES.contains(lower)
        || ["svc-", "svc_", "bot-", "ci-", "system-", "service-", "sa-", "app-"].into_iter().any(begins)
        || [
            "-bot", "_bot", "[bot]", "-service", "-runner", "-ci", "-agent", "-svc", "_svc", "-api",
            "-worker",
        ]
        .into_iter()
        .any(ends)
}

static NAMES: LazyLock<HashSet<&[u8]>> =
    LazyLock::new(|| SERVICES.split_ascii_whitespace().map(str::as_bytes).collect());

const SERVICES: &str = "\
    root admin administrator git www www-data nginx apache httpd postgres postgresql mysql mariadb redis mongo mongodb nobody \
    daemon system systemd bin sys sync mail news proxy backup list irc gnats sshd messagebus bot service ci jenkins runner gitlab \
    github gitlab-runner github-actions ubuntu debian centos fedora ec2-user vagrant deploy deployer build builder test tester \
    guest anonymous anon user users oauth2 oauth app application api cron ansible terraform kubernetes kubelet docker dependabot \
    renovate renovate-bot support info noreply no-reply none null undefined unknown localhost default public shared me self \
    current everyone all here channel team staff office hr sales marketing billing finance webmaster hostmaster postmaster \
    operator monitor monitoring prometheus grafana elastic elasticsearch kibana kafka zookeeper consul vault node npm web server \
    client worker queue scheduler agent master slave replica read write readonly reader writer report reports reporting owner \
    member members group groups new search edit settings profile list create delete update login logout signin signup register \
    session sessions password account accounts name username id true false yes no on off active inactive pending enabled \
    disabled open closed done string number required optional value example demo sandbox staging production prod dev local \
    superuser supervisor sa dbo sysadmin tomcat rabbitmq memcached haproxy traefik caddy argocd flux helm sonar nexus \
    artifactory bitbucket jira confluence slack teams bamboo teamcity circleci travis drone woodpecker buildkite automation \
    robot machine crawler spider mailer-daemon nagios zabbix icinga puppet chef salt steam minecraft hadoop spark hive airflow \
    oracle db2inst1 ftp anonymous-user the and for with from was has is not interface agent-string friendly story stories data \
    error info warn warning debug trace failed success ok input guide manual experience base defined level space mode home";

static KEYS: List = LazyLock::new(|| {
    Cues::new(
        "username* user_name* user_login userlogin login loginname login_name logon logonname logonid samaccountname sam_account_name \
         s_amaccount_name nick nickname* nick_name screen_name screenname* handle uid userid user_id account_name accountname benutzername* benutzer \
         benutzerkennung benutzerkonto anmeldename kennung utilisateur identifiant nom_d_utilisateur nomutilisateur nom_utilisateur \
         pseudo usuario nombre_de_usuario nombreusuario utente nome_utente nomeutente gebruiker gebruikersnaam* uzytkownik* \
         nazwa_uzytkownika preferred_username github gitlab twitter linkedin instagram slack_handle remote_user ssh_user",
    )
});

/// Keys of what is shown of somebody, and of those who do something.
static SHOWN: List = LazyLock::new(|| Cues::new("display_name displayname user"));
static DOERS: List = LazyLock::new(|| {
    Cues::new(
        "actor author assignee reporter owner creator committer reviewer requester invoker principal subject by member",
    )
});

static NO_KEYS: List = LazyLock::new(|| {
    Cues::new(
        "agent type kind role id_type count url link uri email mail group team channel domain host last_login time date at count \
         method status state provider page attempts failed enabled device client os platform project repo repository org name_format",
    )
});

/// Where profiles are, by what stands before the name; what is behind a host's name only, is its first part.
const PROFILES: [&str; 41] = [
    "github.com/",
    "gitlab.com/",
    "bitbucket.org/",
    "linkedin.com/in/",
    "linkedin.com/pub/",
    "twitter.com/",
    "//x.com/",
    "www.x.com/",
    "xing.com/profile/",
    "facebook.com/",
    "instagram.com/",
    "threads.net/@",
    "t.me/",
    "telegram.me/",
    "keybase.io/",
    "medium.com/@",
    "youtube.com/@",
    "tiktok.com/@",
    "dev.to/",
    "reddit.com/user/",
    "reddit.com/u/",
    "hub.docker.com/u/",
    "npmjs.com/~",
    "pypi.org/user/",
    "codepen.io/",
    "dribbble.com/",
    "behance.net/",
    "kaggle.com/",
    "speakerdeck.com/",
    "flickr.com/people/",
    "/users/",
    "/user/",
    "/profile/",
    "/profiles/",
    "/people/",
    "/members/",
    "/~",
    "/@",
    "/u/",
    "ViewProfile.jspa?name=",
    "/author/",
];

/// The bytes that stand before the last one of a profile's address, but for what is no word.
const LAST: &[u8] = b"mnbeorus/MNBEORUS";

/// The first of these need nothing behind the name: it could be an organisation's as well.
const HOSTS: usize = 30;

/// First parts of paths that are no profiles.
const RESERVED: &str = "about features orgs organizations settings login explore topics marketplace pricing apps search notifications \
    issues pulls company jobs school feed home share intent hashtag i privacy help support docs api static assets images blog \
    security enterprise collections trending events sponsors readme site terms contact status messages watch groups pages \
    dashboard projects users user admin new password sign_in public uploads explore snippets join status invite addstickers \
    p reel stories tv legal web app download downloads";

fn in_addresses(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // Each name ends the part of a path, so that only what stands behind a slash or the like is looked at.
    for at in memchr::memchr3_iter(b'/', b'@', b'~', bytes)
        .chain(memmem::find_iter(bytes, b"name=").map(|at| at + 4))
    {
        let from = at + 1;
        let head = text.get(..from).unwrap_or_default();
        // The cheapest question first: the last byte before the slash.
        if !head.as_bytes().get(from.saturating_sub(2)).is_some_and(|byte| LAST.contains(byte)) {
            continue;
        }
        let Some(place) = PROFILES.iter().position(|profile| ends_with(head, profile)) else { continue };
        let profile = PROFILES.get(place).copied().unwrap_or_default();
        // A host's name, and not the end of another.
        let before = head.get(..head.len() - profile.len()).unwrap_or_default();
        let host = place < HOSTS;
        let bounded = if host {
            profile.starts_with('/') || !before.ends_with(|char: char| char.is_alphanumeric() || char == '-')
        } else {
            in_url(before)
        };
        if !bounded {
            continue;
        }
        let from = from + usize::from(text.get(from..).is_some_and(|rest| rest.starts_with(['~', '@'])));
        let Some(name) = name(text, from) else { continue };
        let rest = text.get(name.end..).unwrap_or_default();
        let value = text.get(name.clone()).unwrap_or_default();
        let more = rest
            .strip_prefix('/')
            .is_some_and(|rest| rest.starts_with(|char: char| char.is_alphanumeric() || char == '-'));
        let group = host && !profile.ends_with('@') && matches!(profile.matches('/').count(), 1) && more;
        let reserved = RESERVED.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(value));
        let file = rest.starts_with(['(', '{', '%', '='])
            || value.contains('.') && FILES.iter().any(|file| value.ends_with(file));
        if !group && !reserved && !file {
            found.push(name);
        }
    }
}

fn ends_with(head: &str, profile: &str) -> bool {
    let start = head.len().checked_sub(profile.len());
    start
        .and_then(|start| head.as_bytes().get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(profile.as_bytes()))
}

/// Whether what stands before a path's part is a URL's beginning, or the beginning of a path.
fn in_url(before: &str) -> bool {
    let bytes = before.as_bytes();
    let length = bytes
        .iter()
        .rev()
        .take(128)
        .take_while(|byte| !byte.is_ascii_whitespace() && !b"\"'<>()`".contains(byte))
        .count();
    let token = bytes.get(bytes.len() - length..).unwrap_or_default();
    memmem::find(token, b"://").is_some()
        || memmem::find(token, b"/api/").is_some()
        || token.starts_with(b"/rest/")
}

/// Endings of files, as a name in a path has them.
const FILES: [&str; 14] = [
    ".html", ".php", ".json", ".js", ".css", ".png", ".svg", ".xml", ".md", ".txt", ".pdf", ".py", ".rs",
    ".git",
];

/// The user name that begins there.
fn name(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let end = rest
        .find(|char: char| !(char.is_alphanumeric() || matches!(char, '.' | '_' | '-')))
        .unwrap_or(rest.len());
    let value = rest.get(..end)?.trim_end_matches(['.', '-']);
    (shaped(value) && !service(value)).then(|| from..from + value.len())
}

/// Directories of people.
const HOMES: [&str; 7] = [
    "/home/",
    "/Users/",
    "\\Users\\",
    "\\\\Users\\\\",
    "\\Documents and Settings\\",
    "/mnt/c/Users/",
    "/export/home/",
];

fn in_paths(text: &str, found: &mut Vec<Range<usize>>) {
    for at in memchr::memchr2_iter(b'/', b'\\', text.as_bytes()) {
        let head = text.get(..=at).unwrap_or_default();
        let Some(home) = HOMES.iter().find(|home| head.ends_with(**home)) else { continue };
        let before = head.get(..head.len() - home.len()).unwrap_or_default();
        // A path of its own, and not the part of a URL.
        let own = !before.ends_with(|char: char| char.is_alphanumeric() || matches!(char, '.' | '-'))
            || home.starts_with('\\');
        if let Some(name) = name(text, at + 1).filter(|_| own) {
            found.push(name);
        }
    }
}

/// Words that a user name follows.
const LOGS: [&str; 22] = [
    "publickey for ",
    "password for ",
    "keyboard-interactive/pam for ",
    "invalid user ",
    "session opened for user ",
    "session closed for user ",
    "for user ",
    "by user ",
    "logged in as ",
    "login as ",
    "logged on as ",
    "impersonating ",
    "user",
    "login",
    "benutzer",
    "utilisateur",
    "usuario",
    "utente",
    "gebruiker",
    "użytkownik",
    "logname",
    "sudo: ",
];

/// The first of these say it outright.
const SURE: usize = 12;

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(LOGS)
        .ok()
});

fn in_logs(text: &str, found: &mut Vec<Range<usize>>) {
    let Some(automaton) = &*AUTOMATON else { return };
    for hit in automaton.find_iter(text) {
        let pattern = hit.pattern().as_usize();
        let before = text.get(..hit.start()).unwrap_or_default();
        if before.ends_with(|char: char| char.is_alphanumeric()) && pattern < SURE {
            continue;
        }
        let rest = text.get(hit.end()..).unwrap_or_default();
        if pattern < SURE {
            let lead =
                quote(rest) + usize::from(rest.get(quote(rest)..).is_some_and(|rest| rest.starts_with('@')));
            let skip = rest
                .get(lead..)
                .filter(|rest| rest.starts_with("invalid user "))
                .map_or(0, |_| "invalid user ".len());
            let value = name(text, hit.end() + lead + skip);
            let told = |range: &Range<usize>| {
                lead > 0
                    || skip > 0
                    || pattern < 6
                    || login(text.get(range.clone()).unwrap_or_default())
                    || follows(text, range.end)
            };
            found.extend(value.filter(|range| follows_no_word(text, range.end) && told(range)));
        } else if LOGS.get(pattern) == Some(&"sudo: ") {
            let lead = rest.len() - rest.trim_start().len();
            let value = name(text, hit.end() + lead);
            found.extend(
                value.filter(|range| text.get(range.end..).is_some_and(|rest| rest.starts_with(" : "))),
            );
        } else {
            found.extend(assigned(text, hit.end(), rest, before));
        }
    }
}

/// `user=x`, `username: "x"`, `user 'x'`, `User x logged in`.
fn assigned(text: &str, end: usize, rest: &str, before: &str) -> Option<Range<usize>> {
    if before.ends_with(|char: char| char.is_alphanumeric())
        && !before.ends_with("super")
        && !rest.starts_with(['=', ':'])
    {
        return None;
    }
    // "user", "username", "user_name", "userId"
    let word =
        rest.find(|char: char| !(char.is_alphabetic() || matches!(char, '_' | '-'))).unwrap_or(rest.len());
    let tail = rest.get(..word)?;
    if ![
        "", "name", "_name", "-name", "id", "_id", "_login", "snaam", "kennung", "s", "name_", "Name", "Id",
        "NAME", "_NAME",
    ]
    .contains(&tail)
    {
        return None;
    }
    let sign = rest.get(word..)?;
    let lead = sign.len() - sign.trim_start_matches(['"', '\'', '\\', ' ', '\u{a0}']).len();
    let after = sign.get(lead..)?;
    let assigned = after.starts_with(['=', ':']);
    if assigned {
        let value = after.get(1..)?;
        let more = value.len() - value.trim_start_matches(['=', ' ', '"', '\'', '\\', '@', '\u{a0}']).len();
        let from = end + word + lead + 1 + more;
        let range = name(text, from)?;
        let value = text.get(range.clone())?;
        let equals = after.starts_with('=') || more > 0 && text.get(..from)?.ends_with(['"', '\'', '@']);
        // "User: Jane Doe" is a name, "user: the one who" a sentence.
        let alone = !text.get(range.end..)?.starts_with(' ') || equals || login(value);
        let small =
            value.chars().all(|char| !char.is_uppercase()) || value.bytes().any(|byte| byte.is_ascii_digit());
        return (tail != "s" && alone && small && !text.get(range.end..)?.starts_with(['(', '@', '/', '=']))
            .then_some(range);
    }
    // In prose only what no word is written like, or what is in quotes.
    if lead == 0 || tail == "s" {
        return None;
    }
    let range = name(text, end + word + lead)?;
    let value = text.get(range.clone())?;
    let quoted = sign.get(..lead)?.contains(['"', '\'']);
    let small = !value.chars().any(char::is_uppercase);
    (small
        && (quoted && text.get(range.end..)?.starts_with(['"', '\'', '\\'])
            || login(value)
            || follows(text, range.end))
        && follows_no_word(text, range.end))
    .then_some(range)
}

/// Whether a word is written as only a login is: with a digit, or a sign inside.
fn login(value: &str) -> bool {
    let digit = value.bytes().any(|byte| byte.is_ascii_digit())
        && !value.starts_with(|char: char| char.is_ascii_digit());
    digit && value.len() >= 4 || value.contains(['.', '_'])
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
    ]
    .iter()
    .any(|follows| rest.starts_with(follows))
}

/// Whether a name ends there: not a host's, a path's or a function's.
fn follows_no_word(text: &str, at: usize) -> bool {
    !text.get(at..).unwrap_or_default().starts_with(['@', '/', '\\', '=', '{', '*'])
}

fn quote(rest: &str) -> usize {
    if rest.starts_with(['"', '\'', '`']) {
        1
    } else if rest.starts_with("\\\"") {
        2
    } else {
        0
    }
}

/// `@jane_doe7`: handles with a digit, a full stop or an underscore in them.
fn handles(text: &str, found: &mut Vec<Range<usize>>) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(|char| {
            !(char.is_whitespace()
                || matches!(char, '(' | '[' | ',' | ':' | '"' | '\'' | '*' | '<' | '>' | ';' | '|'))
        }) {
            continue;
        }
        let Some(name) = name(text, at + 1) else { continue };
        let value = text.get(name.clone()).unwrap_or_default();
        let small = value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let version = value.starts_with('v')
            && value
                .get(1..)
                .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
        let rest = text.get(name.end..).unwrap_or_default();
        let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
        let small = small && value.starts_with(|char: char| char.is_ascii_lowercase());
        if small && !version && letters >= 3 && login(value) && !rest.starts_with(['/', '(', '@', '{']) {
            found.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::pii::cues::Words;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        find(text, None).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn profiles_homes_and_logs_tell_a_user_name() {
        for (text, name) in [
            ("see https://github.com/jane-doe.", "jane-doe"),
            ("https://www.linkedin.com/in/jane-doe-71f031db, x", "jane-doe-71f031db"),
            ("(https://x.com/janedoe)", "janedoe"),
            ("https://gitlab.example.com/users/jdoe/activity", "jdoe"),
            ("https://jira.example.com/secure/ViewProfile.jspa?name=jdoe", "jdoe"),
            ("https://wiki.example.com/display/~jdoe", "jdoe"),
            ("https://social.example/@jane_doe", "jane_doe"),
            ("/home/jdoe/.bashrc", "jdoe"),
            ("C:\\Users\\jdoe\\Desktop", "jdoe"),
            ("C:\\\\Users\\\\jdoe\\\\Desktop", "jdoe"),
            ("sshd[5]: Accepted publickey for jdoe from 192.0.2.1 port 5", "jdoe"),
            ("Failed password for invalid user jdoe7 from 192.0.2.1", "jdoe7"),
            ("session opened for user jdoe by (uid=0)", "jdoe"),
            ("auth login ok user=jdoe ip=x", "jdoe"),
            ("{\"username\": \"jdoe\"}", "jdoe"),
            ("User 'jdoe' not found", "jdoe"),
            ("user jane.doe logged in", "jane.doe"),
            ("sudo:   jdoe : TTY=pts/0", "jdoe"),
            ("Benutzername: jdoe", "jdoe"),
            ("thanks @jane_doe!", "jane_doe"),
        ] {
            assert_eq!(found(text), [name], "{text}");
        }
    }

    #[test]
    fn what_is_nobodys_stays() {
        for text in [
            "https://github.com/acme/gateway",
            "https://github.com/features",
            "ssh root@host, user=root, /home/ubuntu/x",
            "user=postgres",
            "user friendly interface of users",
            "the user is logged in",
            "user: the one who asks",
            "User: Jane Doe",
            "@angular/core @media @override @2x.png",
            "actions/checkout@v4 and @v1.2",
            "https://example.com/users/12345",
            "https://example.com/users/{id}",
            "/users/me",
            "Session opened for user root by (uid=0)",
            "userinfo=abc123",
            "https://github.com/login?x=user",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn the_key_tells_a_user_name() {
        for (key, value) in [
            ("username", "jdoe"),
            ("login", "jane-doe"),
            ("display_name", "jdoe"),
            ("sAMAccountName", "doej"),
            ("user", "jdoe7"),
        ] {
            assert_eq!(find(value, Some(&Words::of_key(key))), [0..value.len()], "{key}");
        }
        for (key, value) in [
            ("username", "admin"),
            ("login_count", "many"),
            ("user_agent", "curl"),
            ("display_name", "Jane"),
            ("userId", "12345"),
            ("last_login", "never"),
        ] {
            assert!(find(value, Some(&Words::of_key(key))).is_empty(), "{key}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(user|login|=|: |https://|github.com/|@|~|/home/|[a-z0-9._é-]|\\\\){0,16}", key in "(login|x)") {
            find(&text, None);
            find(&text, Some(&Words::of_key(&key)));
        }
    }
}

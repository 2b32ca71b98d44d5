//! What people sign in with: names in the addresses of profiles, home directories, log lines (`Accepted publickey for
//! x`, `user=x`; see `login`), under keys such as `login`.
//!
//! Names of machines and services (`root`, `git`, `postgres`, `deploy-bot`) are nobody's and stay.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::{login, markup, profile};
use crate::pii::fields::Letters;
use crate::pii::lists::{Lazy, Lists};
use crate::pii::traits::{AT, BACKSLASH, COLON, EQUALS, GREATER, LESS, SLASH, TILDE, Traits};
use crate::pii::{tagger, words};

/// User names, ascending and apart.
pub(in crate::pii) fn find(text: &str, has: Traits, key: Option<&str>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Some(range) = key.and_then(|key| field(text, key)) {
        found.push(range);
        return found;
    }
    if has.any(SLASH | AT | TILDE | EQUALS) {
        profile::in_addresses(text, &mut found);
    }
    if has.any(SLASH | BACKSLASH) {
        in_paths(text, &mut found);
    }
    if has.each(COLON | SLASH) {
        profile::alone(text, key, &mut found);
        at_servers(text, &mut found);
    }
    if has.each(LESS | GREATER) {
        markup::users(text, &mut found);
    }
    login::find(text, has, &mut found);
    found.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

/// A string that is a user name as a whole, as its key says.
fn field(text: &str, key: &str) -> Option<Range<usize>> {
    let value = text.trim().trim_start_matches('@');
    if !shaped(value) || !Telling::of(key).is_some_and(|key| key.tells(value)) || service(value) {
        return None;
    }
    let start = text.len() - text.trim_start().len() + (text.trim().len() - value.len());
    Some(start..start + value.len())
}

/// The name of a member or variable that may say of its value that it is a user name.
pub(super) struct Telling {
    letters: Letters,
    /// What it is as a whole.
    roles: u32,
}

impl Telling {
    /// [`None`] for a name that says nothing of that kind, whatever the value.
    pub(super) fn of(key: &str) -> Option<Self> {
        let letters = Letters::of(key);
        let roles = ROLES.get(letters.as_bytes());
        let telling = Self { letters, roles };
        (roles > 0 || telling.ends(&USER_ENDS) || telling.ends(&LOGIN_ENDS) || telling.ends(&["byuser"]))
            .then_some(telling)
    }

    fn ends(&self, tails: &[&str]) -> bool {
        let key = self.letters.as_bytes();
        // The cheapest question first.
        tails.iter().any(|tail| tail.as_bytes().last() == key.last() && key.ends_with(tail.as_bytes()))
    }

    /// Whether it says so of this value.
    pub(super) fn tells(&self, value: &str) -> bool {
        let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let plain = || value.bytes().all(small);
        let is = |role: u32| self.roles & role > 0;
        let login_of = || plain() && self.ends(&LOGIN_ENDS) && !self.ends(&NO_USERS);
        let doer = || {
            let word = words::common(value)
                || value.len() < 3
                || value.contains('-') && !login(value) && !named(value);
            plain() && !word
        };
        let id = || self.ends(&["userid", "uid"]) && opaque(value);
        // As SAP writes them: `CreatedByUser: KLINGEBIEL`
        let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let capitals = || self.ends(&["byuser"]) && value.bytes().all(capital);
        let told = is(IS_USER)
            || self.ends(&USER_ENDS)
            || is(IS_SHOWN) && plain()
            || login_of()
            || is(IS_DOER) && doer()
            || is(IS_OWNER) && plain() && login(value)
            || capitals();
        told && !id()
    }
}

/// Whether a word is an id that a machine made: digits among the letters, and not as people write a year or a number into
/// their names (`jane42doe`); or capitals without a vowel.
pub(in crate::pii) fn opaque(value: &str) -> bool {
    let bytes = value.as_bytes();
    let runs = |wanted: fn(&u8) -> bool| {
        let runs = bytes.chunk_by(move |one, two| wanted(one) == wanted(two));
        runs.filter(move |run| run.first().is_some_and(wanted)).map(<[u8]>::len)
    };
    let digits = runs(u8::is_ascii_digit).count();
    let letters = runs(u8::is_ascii_alphabetic).max().unwrap_or(0);
    let capitals = bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let vowel = || bytes.iter().any(|byte| b"AEIOUY".contains(byte));
    let begins = bytes.first().is_some_and(u8::is_ascii_digit);
    digits > 0
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (digits > 1 || letters < 3 || begins || capitals && !vowel())
        && !(bears_name(value) || is_staff(value))
}

/// Whether a name stands in it, between digits (`x2mueller7`) or with digits in the place of letters (`h4nn3s`).
fn bears_name(value: &str) -> bool {
    let name = |word: &str| word.len() > 3 && (tagger::given_name(word) || tagger::family_name(word));
    let letter = |char: char| match char {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    let small = value.bytes().any(|byte| byte.is_ascii_lowercase());
    small
        && (value.split(|char: char| char.is_ascii_digit()).any(name)
            || value.starts_with(|char: char| char.is_ascii_alphabetic())
                && name(&value.chars().map(letter).collect::<String>()))
}

/// Whether it is a letter and six digits, as a company of software calls who works there, and its customers do: `d034567`.
fn is_staff(value: &str) -> bool {
    matches!(value.as_bytes(), [b'c' | b'd' | b'i', digits @ ..]
        if digits.len() == 6 && digits.iter().all(u8::is_ascii_digit))
}

/// Whether a word is written as only a login is: with a digit, or a sign inside.
pub(super) fn login(value: &str) -> bool {
    let digit = value.bytes().any(|byte| byte.is_ascii_digit())
        && !value.starts_with(|char: char| char.is_ascii_digit());
    digit && value.len() >= 4 || value.contains(['.', '_'])
}

/// Whether a word is made of a given name and another: `jane-doe`, or a family name: `janedoe`.
pub(super) fn named(value: &str) -> bool {
    let apart = value.split_once('-').is_some_and(|(given, family)| {
        tagger::only_given(given) && family.len() > 2 && !family.contains('-') && !tagger::is_word(family)
    });
    let whole = || {
        (8..=24).contains(&value.len())
            && value.bytes().all(|byte| byte.is_ascii_lowercase())
            && (4..=value.len() - 4).any(|at| {
                let (given, family) = value.split_at(at);
                tagger::only_given(given) && tagger::only_family(family)
            })
    };
    apart || whole()
}

/// Whether a text can be a user name: letters, digits and few signs, and no number, hash or UUID.
pub(super) fn shaped(value: &str) -> bool {
    let allowed = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-');
    (2..=64).contains(&value.len())
        && value.chars().all(allowed)
        && value.starts_with(char::is_alphanumeric)
        && value.ends_with(|char: char| char.is_alphanumeric() || char == '_')
        && (value.chars().filter(|char| char.is_alphabetic()).nth(1).is_some() && !hash(value)
            || is_staff(value))
}

fn hash(value: &str) -> bool {
    let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    hex && value.len() >= 6 && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a name is a machine's, a service's or nobody's.
pub(super) fn service(value: &str) -> bool {
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
            "-worker", "-role", "_role", "readonly",
        ]
        .into_iter()
        .any(ends)
        // "AdminRole", and not "harrole"
        || value.ends_with("Role") && value.len() > 5
        || ["_rw", "_ro", "bot"].iter().any(|end| lower.ends_with(end.as_bytes()) && of_nobody(value, end))
}

/// Whether nobody is called what stands before an ending, or with it: `slackbot`, and not `mtalbot` or `jane_ro`.
fn of_nobody(value: &str, end: &str) -> bool {
    let stem = value.get(..value.len() - end.len()).unwrap_or_default();
    let known = |word: &str| tagger::given_name(word) || tagger::family_name(word);
    stem.len() > 2 && !known(stem) && !(0..3).any(|from| value.get(from..).is_some_and(known))
}

static NAMES: Lazy = Lazy::new(|| Lists::of(SERVICES));

const SERVICES: &str = "\
    unassigned web-flow slackbot jirabot copilot x-access-token x-token-auth token apikey root admin administrator git www www-data nginx apache httpd postgres postgresql mysql mariadb redis mongo mongodb nobody \
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
    platform infra infrastructure frontend backend security design engineering engineers devops sre ops data payments \
    release releases error info warn warning debug trace failed success ok input guide manual experience base defined level space mode home";

/// What the names of members and variables say, as bits.
static ROLES: Lazy =
    Lazy::new(|| Lists::new(&[(USERS, IS_USER), (SHOWN, IS_SHOWN), (DOERS, IS_DOER), (OWNERS, IS_OWNER)]));

const IS_USER: u32 = 1;
const IS_SHOWN: u32 = 2;
const IS_DOER: u32 = 4;
const IS_OWNER: u32 = 8;

/// Names of members and variables for what somebody signs in with, in the seven languages.
const USERS: &str = "username usr login loginname loginid logon logonname logonid samaccountname nick nickname screenname \
    accountname acct benutzer benutzername benutzerkennung benutzerkonto anmeldename anmeldekennung nutzer nutzername nutzerkennung \
    kennung utilisateur nomutilisateur nomdutilisateur identifiant identifiantutilisateur pseudo pseudonyme usuario \
    nombreusuario nombredeusuario utente nomeutente gebruiker gebruikersnaam inlognaam uzytkownik nazwauzytkownika \
    preferredusername skype github gitlab twitter xing linkedin instagram mastodon slackhandle remoteuser ruser sshuser \
    osuser windowsuser adaccount ldapuser logname mailnickname mentionname userprincipal alias useralias spitzname surnom \
    apodo authuser sessionuser requestuser vpnuser enduser srcuser dstuser sourceuser targetuser targetusername subjectusername soprannome bijnaam loguser winuser ssouser ssoname";

const USER_ENDS: [&str; 9] = [
    "username",
    "userlogin",
    "loginname",
    "nickname",
    "screenname",
    "benutzername",
    "gebruikersnaam",
    "nomeutente",
    "samaccountname",
];

const LOGIN_ENDS: [&str; 3] = ["login", "userid", "handle"];
const NO_USERS: [&str; 5] = ["lastlogin", "filehandle", "firstlogin", "issuehandle", "autologin"];

/// Names for what is shown of somebody, who may be written in any way.
const SHOWN: &str = "displayname displaynamenormalized user userid uid author_handle authorhandle username2 userkey \
    createdbyuser loggedinuser currentuser fromuser touser sender recipient";

/// Names for who did something.
const DOERS: &str = "handle actor by createdby updatedby modifiedby syscreatedby sysupdatedby sysmodifiedby requestedby approvedby triggeredby changedby deployedby openedby closedby \
    mergedby lockedby submittedby sentby editedby uploadedby deletedby startedby invokedby performedby reviewedby signedby \
    lasteditedby lastmodifiedby caller principal committer invoker initiator operator requester requestor impersonator \
    loggedinas runas performer submitter uploader whodunnit author assignee reporter creator reviewer users \
    assignees reviewers watchers participants mentions collaborators subscribers attendees usernames logins authors";

/// Names for whose something is, as often a team's.
const OWNERS: &str = "account konto compte cuenta owner subject sub member lead maintainer approver contact owners members maintainers admins contributors";

/// What begins a URL's authority.
pub(super) static AUTHORITY: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("://"));

/// `ssh://x@host`, `https://x@host`: who is at a server, unless it is a database's.
fn at_servers(text: &str, found: &mut Vec<Range<usize>>) {
    for at in AUTHORITY.find_iter(text.as_bytes()) {
        let scheme = text.get(..at).unwrap_or_default();
        if !SERVERS.iter().any(|server| scheme.ends_with(server)) {
            continue;
        }
        let Some(name) = name(text, at + 3) else { continue };
        let value = text.get(name.clone()).unwrap_or_default();
        let small = value.bytes().all(|byte| !byte.is_ascii_uppercase()) && value.len() <= 32;
        let rest = text.get(name.end..).unwrap_or_default();
        let password = rest.strip_prefix(':').and_then(|rest| rest.split(['/', ' ', '"']).next());
        if small && (rest.starts_with('@') || password.is_some_and(|password| password.contains('@'))) {
            found.push(name);
        }
    }
}

const SERVERS: [&str; 24] = [
    "ssh", "sftp", "ftp", "ftps", "smb", "http", "https", "svn", "rsync", "smtp", "smtps", "imap", "imaps",
    "pop", "pop3", "pop3s", "webcal", "webcals", "caldav", "carddav", "dav", "davs", "ldap", "ldaps",
];

/// The user name that begins there.
pub(super) fn name(text: &str, from: usize) -> Option<Range<usize>> {
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
        // The cheapest question first: each of them ends so.
        if !matches!(head.as_bytes(), [.., b'e' | b's' | b'\\', _]) {
            continue;
        }
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

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::Traits;
    use proptest::prelude::*;

    fn find(text: &str, key: Option<&str>) -> Vec<Range<usize>> {
        super::find(text, Traits::of(text), key)
    }

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
            ("https://gitlab.example.com/users/x2mueller7/activity", "x2mueller7"),
            ("https://x.example/users/h4nn3s", "h4nn3s"),
            ("https://community.example.com/profile/d034567", "d034567"),
            ("<id>nexus</id><username>jdoe</username>", "jdoe"),
            ("imaps://jane.doe@imap.example.com/", "jane.doe"),
            ("webcal://jdoe@example.com/cal.ics", "jdoe"),
            (
                "see https://www.npmjs.com/package/x and https://social.example/@klingebiel/10938",
                "klingebiel",
            ),
            ("https://social.example/@jane_doe", "jane_doe"),
            ("/home/jdoe/.bashrc", "jdoe"),
            ("C:\\Users\\jdoe\\Desktop", "jdoe"),
            ("C:\\\\Users\\\\jdoe\\\\Desktop", "jdoe"),
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
            "<username>admin</username><username>string</username><user>${user}</user><id>jdoe</id>",
            "https://x.example/users/PXPGF42 https://x.example/users/6h3wqk7fjibjzdhyyq",
            "https://x.example/users/e034567 https://x.example/users/a1b2c3d4e5",
            "https://registry.npmjs.org/@klingebiel/typebox/x",
            "https://jsr.io/@klingebiel/typebox https://img.shields.io/npm/v/@klingebiel/colors.svg",
            "imaps://imap.example.com/ smtp://noreply@mail.example.com/",
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
            let whole = 0..value.len();
            assert_eq!(find(value, Some(key)), std::slice::from_ref(&whole), "{key}");
        }
        for (key, value) in [
            ("username", "admin"),
            ("login_count", "many"),
            ("user_agent", "curl"),
            ("display_name", "Jane"),
            ("userId", "12345"),
            ("last_login", "never"),
        ] {
            assert!(find(value, Some(key)).is_empty(), "{key}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(user|login|=|: |https://|github.com/|@|~|/home/|[a-z0-9._é-]|\\\\){0,16}", key in "(login|x)") {
            find(&text, None);
            find(&text, Some(&key));
        }
    }
}

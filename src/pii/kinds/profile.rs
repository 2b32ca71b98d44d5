//! User names in the addresses of profiles: `github.com/x`, `/users/x`, and the only part of a path where something says
//! that it leads to a profile.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::username::{AUTHORITY, login, name, named, opaque};
use crate::pii::cues::{Cues, List, Words};
use crate::pii::lists::{Lazy, Lists};
use crate::pii::lower::Lower;
use crate::pii::words;

/// Where profiles are, by what stands before the name; what is behind a host's name only, is its first part.
const PROFILES: [&str; 99] = [
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
    "codeberg.org/",
    "huggingface.co/",
    "soundcloud.com/",
    "pinterest.com/",
    "twitch.tv/",
    "vk.com/",
    "gravatar.com/",
    "about.me/",
    "steamcommunity.com/id/",
    "strava.com/athletes/",
    "slack.com/team/",
    "snapchat.com/add/",
    "vimeo.com/",
    "sourceforge.net/u/",
    "launchpad.net/~",
    "hackerone.com/",
    "leetcode.com/",
    "replit.com/@",
    "substack.com/@",
    "bsky.app/profile/",
    "gitee.com/",
    "mastodon.social/@",
    "gist.github.com/",
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
    "/profil/",
    "/perfil/",
    "/profilo/",
    "/profiel/",
    "/membre/",
    "/membres/",
    "/mitglieder/",
    "/mitglied/",
    "/benutzer/",
    "/utente/",
    "/utenti/",
    "/usuario/",
    "/usuarios/",
    "/gebruiker/",
    "/gebruikers/",
    "/utilisateur/",
    "/utilisateurs/",
    "/uzytkownik/",
    "/member/",
    "/employees/",
    "/employee/",
    "/staff/",
    "/persons/",
    "/person/",
    "/contributors/",
    "/authors/",
    "/creators/",
    "/avatars/",
    "/avatar/",
    // SharePoint and OneDrive.
    "/personal/",
    "login=",
    "user=",
    "owner=",
    "assignee=",
    "author=",
];

/// Where packages are whose scopes are written as handles are: what stands before them in the same URL or path.
const PACKAGES: [&str; 6] = ["node_modules/", "npm", "/package", "unpkg.com", "//esm.sh", "//jsr.io"];

/// The first of these need nothing behind the name: it could be an organisation's as well.
const HOSTS: usize = 53;

/// First parts of paths that are no profiles.
static RESERVED: Lazy = Lazy::new(|| {
    Lists::of(
        "avatar avatars photo photos picture pictures image images thumbnail import export bulk invite count roles permissions edit view stats sync batch create delete update all me current \
    self overview guide default find lookup query filter validate verify reset password tokens sessions groups about features orgs organizations settings login explore topics marketplace pricing apps search notifications \
    issues pulls company jobs school feed home share intent hashtag i privacy help support docs api static assets images blog \
    security enterprise collections trending events sponsors readme site terms contact status messages watch groups pages \
    dashboard projects users user admin new password sign_in public uploads explore snippets join status invite addstickers \
    p reel stories tv legal web app download downloads",
    )
});

pub(super) fn in_addresses(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // Each name ends the part of a path, so that only what stands behind a slash or the like is looked at.
    for at in memchr::memchr3_iter(b'/', b'@', b'~', bytes).chain(memchr::memchr_iter(b'=', bytes)) {
        let from = at + 1;
        let head = text.get(..from).unwrap_or_default();
        let Some(place) = profile(head) else { continue };
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
        // "/users/12345/jane-doe"
        let number = text.get(from..).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        let numbered = ["overflow.com", "exchange.com"].iter().any(|site| before.ends_with(site));
        let slash = text.as_bytes().get(from + number) == Some(&b'/');
        let from = from + if numbered && number > 2 && slash { number + 1 } else { 0 };
        let Some(name) = name(text, from) else { continue };
        let rest = text.get(name.end..).unwrap_or_default();
        let value = text.get(name.clone()).unwrap_or_default();
        let more = rest
            .strip_prefix('/')
            .is_some_and(|rest| rest.starts_with(|char: char| char.is_alphanumeric() || char == '-'));
        let group = host && !profile.ends_with('@') && matches!(profile.matches('/').count(), 1) && more;
        let reserved = RESERVED.contains(Lower::of(value).as_bytes());
        let file = rest.starts_with(['(', '{', '%', '='])
            || value.contains('.') && FILES.iter().any(|file| value.ends_with(file));
        // `node_modules/@sinclair/typebox`, `/users/PXPGF42`
        let package = profile == "/@" && more && PACKAGES.iter().any(|place| own(before).contains(place));
        let file = file || package || place >= HOSTS && opaque(value);
        if (!group || login(value) || named(value)) && !reserved && !file {
            found.push(name);
        }
    }
}

/// The only part of a URL's path, where a word before it or the key says that it leads to a profile.
pub(super) fn alone(text: &str, key: Option<&str>, found: &mut Vec<Range<usize>>) {
    for at in AUTHORITY.find_iter(text.as_bytes()) {
        let rest = text.get(at + 3..).unwrap_or_default();
        let host = rest
            .bytes()
            .take(80)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'))
            .count();
        let from = at + 3 + host + 1;
        if rest.as_bytes().get(host) != Some(&b'/')
            || !rest.get(..host).is_some_and(|host| host.contains('.'))
        {
            continue;
        }
        let Some(name) = name(text, from) else { continue };
        let behind = text.get(name.end..).unwrap_or_default();
        let behind = behind.strip_prefix('/').unwrap_or(behind);
        let value = text.get(name.clone()).unwrap_or_default();
        let ends = !behind.starts_with(|char: char| char.is_alphanumeric() || "/?#=&%_~-@:".contains(char));
        let file = value.contains('.') && FILES.iter().any(|file| value.ends_with(file));
        let reserved = RESERVED.contains(Lower::of(value).as_bytes());
        if ends
            && !file
            && !reserved
            && !words::common(value)
            && Words::before(text, at, key).find(&PROFILE).is_some()
        {
            found.push(name);
        }
    }
}

static PROFILE: List = LazyLock::new(|| {
    Cues::new(
        "profil* perfil* web_url html_url weburl htmlurl user_url author_url mastodon github gitlab gitea codeberg account konto compte cuenta",
    )
});

/// The first of [`PROFILES`] that a text ends with. The cheapest question first: what its last but one byte is.
fn profile(head: &str) -> Option<usize> {
    let [.., before, _] = head.as_bytes() else { return None };
    let mut places = BY_END.get(usize::from(before.to_ascii_lowercase()))?.iter().copied();
    places.find(|place| PROFILES.get(*place).is_some_and(|profile| ends_with(head, profile)))
}

/// The places of [`PROFILES`] by their last but one byte, small.
static BY_END: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
    let mut by_end = vec![Vec::new(); 128];
    for (place, profile) in PROFILES.iter().enumerate() {
        if let [.., before, _] = profile.as_bytes()
            && let Some(places) = by_end.get_mut(usize::from(before.to_ascii_lowercase()))
        {
            places.push(place);
        }
    }
    by_end
});

fn ends_with(head: &str, profile: &str) -> bool {
    let start = head.len().checked_sub(profile.len());
    start
        .and_then(|start| head.as_bytes().get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(profile.as_bytes()))
}

/// What stands before a part of a path and is of the same URL or path, as far as that is looked back through.
fn own(before: &str) -> &str {
    let outside = |char: char| char.is_ascii_whitespace() || "\"'<>()`".contains(char);
    let reach = before.char_indices().rev().take(128);
    let start = reach.take_while(|(_, char)| !outside(*char)).last().map_or(before.len(), |(at, _)| at);
    before.get(start..).unwrap_or_default()
}

/// Whether what stands before a path's part is a URL's beginning, or the beginning of a path.
fn in_url(before: &str) -> bool {
    let (asked, token) = before.as_bytes().split_at(before.len() - own(before).len());
    let asked = asked.trim_ascii_end();
    // "/admin/people/x" is all of the string.
    let alone = asked.is_empty() && token.starts_with(b"/");
    let method = METHODS.iter().any(|method| asked.ends_with(method.as_bytes()));
    let has = |part: &[u8]| memmem::find(token, part).is_some();
    method || has(b"://") || has(b"/api/") || has(b"path=") || token.starts_with(b"/rest/") || alone
}

/// Methods of HTTP, as logs have them before a path.
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];

/// Endings of files, as a name in a path has them.
const FILES: [&str; 18] = [
    ".html", ".php", ".json", ".js", ".css", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".xml", ".md",
    ".txt", ".pdf", ".py", ".rs", ".git",
];

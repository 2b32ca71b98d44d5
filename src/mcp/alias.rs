//! Names at the address of all services: the service stands in front.
//!
//! | what | of the service `desk` | at `/mcp` |
//! |---|---|---|
//! | tool, prompt | `get_issue` | `desk__get_issue` |
//! | tool, prompt | `files.read` | `desk__files_read_` and ten characters of its SHA-256 |
//! | resource, template | `file:///a/{b}` | `desk+file:///a/{b}` |
//! | page of an MCP app | `ui://issue.html` | `ui://desk+issue.html` |
//! | task | `4711` | `desk+4711` |
//!
//! Ids of services hold neither `_` nor `+`, so the first of them splits. A name's alias depends on that name alone:
//! it stays the same whatever other tools come and go, and in whatever order they are listed. Aliases of tools and
//! prompts are at most [`LONGEST`] of `A-Z a-z 0-9 _ -`, which is what the strictest clients take.

use sha2::{Digest as _, Sha256};

/// No alias of a tool or prompt is longer, in bytes.
pub const LONGEST: usize = 60;

/// The alias of a tool or prompt.
pub fn of_name(service: &str, name: &str) -> String {
    let prefix = format!("{service}{BETWEEN_NAMES}");
    let room = LONGEST.saturating_sub(prefix.len());
    if !name.is_empty() && name.len() <= room && name.bytes().all(is_plain) && !is_hashed(name) {
        return prefix + name;
    }
    let plain = |char: char| u8::try_from(char).ok().filter(|byte| is_plain(*byte)).map_or('_', char::from);
    let stem = name.chars().map(plain).take(room.saturating_sub(HASHED));
    prefix + &stem.collect::<String>() + "_" + &hash(name)
}

/// What an alias of a tool or prompt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// The name itself.
    Plain(&'a str),
    /// Only a hash of the name: it is the name in the service's list whose alias is this one.
    Hashed,
}

/// The service of a tool's or prompt's alias, and the name there; [`None`] for what [`of_name`] never says.
pub fn split_name(alias: &str) -> Option<(&str, Name<'_>)> {
    let (service, name) = alias.split_once(BETWEEN_NAMES).filter(|(service, _)| is_service(service))?;
    match of_name(service, name) == alias {
        true => Some((service, Name::Plain(name))),
        false if is_hashed(name) && alias.len() <= LONGEST && name.bytes().all(is_plain) => {
            Some((service, Name::Hashed))
        }
        false => None,
    }
}

/// The alias of a resource or of a resource template.
pub fn of_uri(service: &str, uri: &str) -> String {
    if let Some(page) = uri.strip_prefix(APP) {
        // Hosts of MCP apps know pages by this scheme.
        return format!("{APP}{service}{BETWEEN_URIS}{page}");
    }
    // A scheme begins with a letter (RFC 3986 §3.1), and some clients check that.
    let scheme = if service.starts_with(|first: char| first.is_ascii_alphabetic()) { "" } else { SCHEME };
    format!("{scheme}{service}{BETWEEN_URIS}{uri}")
}

/// The service of a resource's alias, and the URI there; [`None`] for what is no alias.
pub fn split_uri(alias: &str) -> Option<(&str, String)> {
    if let Some(page) = alias.strip_prefix(APP) {
        return split_id(page).map(|(service, page)| (service, format!("{APP}{page}")));
    }
    split_id(alias.strip_prefix(SCHEME).unwrap_or(alias)).map(|(service, uri)| (service, uri.to_owned()))
}

/// The alias of a task's id.
pub fn of_id(service: &str, id: &str) -> String {
    format!("{service}{BETWEEN_URIS}{id}")
}

/// The service of a task's alias, and the id there; [`None`] for what is no alias.
pub fn split_id(alias: &str) -> Option<(&str, &str)> {
    alias.split_once(BETWEEN_URIS).filter(|(service, _)| is_service(service))
}

const BETWEEN_NAMES: &str = "__";
const BETWEEN_URIS: char = '+';
const APP: &str = "ui://";
const SCHEME: &str = "s.";

/// The bytes of `_` and a hash.
const HASHED: usize = 1 + DIGITS;
const DIGITS: usize = 10;
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Ten characters of base32 (RFC 4648, lower case), one for each of the first bytes of the SHA-256. The first is a
/// digit, so that a word such as `_collection` is not taken for a hash.
fn hash(name: &str) -> String {
    let digest = Sha256::digest(name);
    let symbol = |(at, byte): (usize, u8)| match at {
        0 => b'2' + byte % 6,
        _ => BASE32.get(usize::from(byte % 32)).copied().unwrap_or_default(),
    };
    digest.into_iter().take(DIGITS).enumerate().map(symbol).map(char::from).collect()
}

/// Whether a name ends as an alias with a hash does.
fn is_hashed(name: &str) -> bool {
    let tail = name.len().checked_sub(HASHED).and_then(|at| name.as_bytes().get(at..));
    match tail {
        Some([b'_', b'2'..=b'7', rest @ ..]) => rest.iter().all(|byte| BASE32.contains(byte)),
        _ => false,
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_service(text: &str) -> bool {
    (1..=24).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_names_stay() {
        for name in ["get_issue", "a", "_x", "__x", "get-Issue_2", "get_collection", "x_abcdefghij"] {
            assert_eq!(of_name("desk", name), format!("desk__{name}"));
            assert_eq!(split_name(&of_name("desk", name)), Some(("desk", Name::Plain(name))));
        }
    }

    /// Clients keep names in their settings and prompts: a release must not change them.
    #[test]
    fn all_other_names_have_the_hash_that_they_always_had() {
        for (name, alias) in [
            ("files.read", "desk__files_read_26owizx63d"),
            ("", "desk___7qecy44u23"),
            ("Grüße", "desk__Gr__e_46dxwgf2qv"),
            ("a_2bcdefghij", "desk__a_2bcdefghij_3zwymcu6br"),
            (&"long".repeat(20), "desk__longlonglonglonglonglonglonglonglonglonglon_2b4hiw6nt7"),
        ] {
            assert_eq!(of_name("desk", name), alias);
            assert_eq!(split_name(&of_name("desk", name)), Some(("desk", Name::Hashed)));
        }
    }

    #[test]
    fn what_is_no_alias_is_nobodys() {
        for alias in ["", "desk", "desk__", "desk_get", "Desk__get", "desk__a.b", "__get", "desk_x__get"] {
            assert_eq!(split_name(alias), None, "{alias}");
        }
        assert_eq!(split_name(&format!("desk__{}", "x".repeat(55))), None);
        for alias in ["", "desk", "file:///a", "Desk+file:///a", "+x", "ui://x", "ui://+x", "a b+x"] {
            assert_eq!(split_uri(alias), None, "{alias}");
        }
    }

    #[test]
    fn uris_say_their_service() {
        for (service, uri, alias) in [
            ("desk", "file:///a", "desk+file:///a"),
            ("desk", "git+https://x/y", "desk+git+https://x/y"),
            ("desk", "ui://page.html", "ui://desk+page.html"),
            ("1desk", "file:///a", "s.1desk+file:///a"),
            ("-", "x", "s.-+x"),
            ("desk", "", "desk+"),
            ("ui", "x:{y}", "ui+x:{y}"),
        ] {
            assert_eq!(of_uri(service, uri), alias);
            assert_eq!(split_uri(alias), Some((service, uri.to_owned())));
        }
        // A template that begins with a variable may be filled in with the scheme of apps.
        assert_eq!(split_uri("desk+ui://page.html"), Some(("desk", "ui://page.html".to_owned())));
    }

    fn service() -> impl Strategy<Value = String> {
        "[a-z0-9-]{1,24}"
    }

    /// Names as services have them, as they should not have them, and as we would write them.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z]{1,8}_[a-z]{1,12}",
            "[A-Za-z0-9_-]{0,70}",
            "[a-b._/]{0,4}",
            "[a-z]{0,3}_[2-7][a-z2-7]{9}",
            "\\PC{0,80}",
        ]
    }

    proptest! {
        #[test]
        fn aliases_are_what_every_client_takes(service in service(), name in name()) {
            let alias = of_name(&service, &name);
            prop_assert!(alias.len() <= LONGEST && alias.bytes().all(is_plain), "{}", alias);
            prop_assert_eq!(alias.split_once("__").map(|(first, _)| first), Some(service.as_str()));
        }

        #[test]
        fn a_list_maps_to_unique_aliases_and_back(
            lists in proptest::collection::hash_map(service(), proptest::collection::hash_set(name(), 0..12), 1..5)
        ) {
            let mut seen = HashSet::new();
            for (service, names) in &lists {
                let back: HashMap<String, &String> =
                    names.iter().map(|name| (of_name(service, name), name)).collect();
                for (alias, name) in &back {
                    prop_assert!(seen.insert(alias.clone()), "{} stands for two", alias);
                    match split_name(alias) {
                        Some((found, Name::Plain(plain))) => {
                            prop_assert_eq!((found, plain), (service.as_str(), name.as_str()));
                        }
                        Some((found, Name::Hashed)) => prop_assert_eq!(found, service),
                        None => prop_assert!(false, "{} is no alias", alias),
                    }
                }
                prop_assert_eq!(back.len(), names.len());
            }
        }

        #[test]
        fn uris_map_back(service in service(), uri in "\\PC{0,40}|ui://\\PC{0,20}|s\\.[a-z]{1,3}\\+x") {
            let (resource, task) = (of_uri(&service, &uri), of_id(&service, &uri));
            prop_assert_eq!(split_uri(&resource), Some((service.as_str(), uri.clone())));
            prop_assert_eq!(split_id(&task), Some((service.as_str(), uri.as_str())));
        }
    }
}

//! The texts of an audit record: each has a shape in which nothing personal fits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::event::ParseError;
use crate::crypto::HashKey;
use crate::host::{Host, PortError};
use crate::pii::{self, Policy};

/// An event's id: 128 random bits. The chain holds each at most once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId(String);

/// A keyed hash (HMAC-SHA-256, base64url): only who has the gateway's hash key can test a guess against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hashed(String);

/// The id of a service: 1 to 24 of `a-z`, `0-9`, `-`. [`record`](super::record) lets only configured ones through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceId(String);

/// The id of a sink of the configuration: 1 to 24 of `a-z`, `0-9`, `-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SinkId(String);

/// The name of a tool, in clear only if the service declares it and it says nothing of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ToolName(String);

/// The reference of a case: 2 to 10 of `A-Z`, a hyphen, 1 to 8 digits. [`record`](super::record) lets only those through
/// that begin as the configuration says: letters alone could be a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseRef(String);

impl EventId {
    /// # Errors
    /// When the host has no randomness.
    pub(super) fn new<H: Host>(host: &H) -> Result<Self, PortError> {
        let mut id = [0; 16];
        host.random(&mut id)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(id)))
    }

    /// As text: 22 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ServiceId {
    /// As text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl CaseRef {
    /// What stands before the number.
    pub fn kind(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl Hashed {
    /// Hashes an identifier under the label `purpose`.
    pub fn new(key: &HashKey, purpose: &'static str, identifier: &str) -> Self {
        Self(key.id(purpose, &[identifier]))
    }
}

impl ToolName {
    /// A tool that the service itself declares. Its name stands in clear if it is what the protocol recommends, 1 to
    /// 128 of `A-Z a-z 0-9 _ . -`, and says nothing of a person: it has few digits, only words of a closed list, and
    /// nothing that the service's `policy` would mask. Any other name is hashed.
    pub fn known(key: &HashKey, policy: &Policy, name: &str) -> Self {
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        let clear = is_plain_name(name)
            && digits <= MOST_DIGITS
            && pii::is_of_words(name, policy)
            && !pii::is_telling(name, key, policy);
        if clear { Self(name.to_owned()) } else { Self::unknown(key, name) }
    }

    /// A name that only the caller says: hashed, because it can be anything.
    pub fn unknown(key: &HashKey, name: &str) -> Self {
        Self(format!("{HASHED}{}", key.id("tool", &[name])))
    }
}

/// The name of a role: the configuration chooses it, so that it says nothing of a person by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(String);

impl RoleName {
    /// A role of the configuration. Its name stands in clear if it is made of `A-Z a-z 0-9 _ . -`, at most 128 of them;
    /// any other name is hashed.
    pub fn new(key: &HashKey, name: &str) -> Self {
        Self(if is_plain_name(name) {
            name.to_owned()
        } else {
            format!("{HASHED}{}", key.id("role", &[name]))
        })
    }
}

/// How many of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Counts(BTreeMap<KindName, u64>);

/// The name of a kind of personal data: a literal of this program, 1 to 32 of `a-z`, `0-9`, `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct KindName(Cow<'static, str>);

impl Counts {
    pub(super) fn new(counts: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        let mut sums = BTreeMap::new();
        for (kind, count) in counts.into_iter().filter(|(kind, count)| *count > 0 && is_kind(kind)) {
            let sum: &mut u64 = sums.entry(KindName(Cow::Borrowed(kind))).or_default();
            *sum = sum.saturating_add(count as u64);
        }
        Self(sums)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Texts that are read back only in the shape in which they are written.
macro_rules! shaped {
    ($($name:ident: $is:expr;)*) => {$(
        impl TryFrom<String> for $name {
            type Error = ParseError;

            fn try_from(text: String) -> Result<Self, ParseError> {
                let is: fn(&str) -> bool = $is;
                if is(&text) { Ok(Self(text.into())) } else { Err(ParseError::Malformed) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

shaped! {
    EventId: |text| is_base64url(text, 22);
    Hashed: |text| is_base64url(text, 43);
    ServiceId: is_id;
    SinkId: is_id;
    ToolName: is_plain_or_hashed;
    RoleName: is_plain_or_hashed;
    KindName: is_kind;
    CaseRef: is_case;
}

/// How many digits the name of a tool may have in clear: enough for `search-v2` or `sha256`, too few for a year, a date or
/// a number that is somebody's.
const MOST_DIGITS: usize = 3;

/// What stands before a hashed name of a tool or role; no plain name has a colon.
const HASHED: &str = "hmac:";

fn is_case(text: &str) -> bool {
    text.split_once('-').is_some_and(|(kind, number)| {
        kind.len() >= 2
            && within(kind, 10, |c| c.is_ascii_uppercase())
            && within(number, 8, |c| c.is_ascii_digit())
    })
}

fn is_base64url(text: &str, length: usize) -> bool {
    text.len() == length && within(text, length, |c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

fn is_plain_or_hashed(text: &str) -> bool {
    is_plain_name(text) || text.strip_prefix(HASHED).is_some_and(|hash| is_base64url(hash, 43))
}

fn is_id(text: &str) -> bool {
    within(text, 24, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

fn is_plain_name(text: &str) -> bool {
    within(text, 128, |c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'))
}

fn is_kind(text: &str) -> bool {
    within(text, 32, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

fn within(text: &str, longest: usize, legal: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.len() <= longest && text.bytes().all(legal)
}

//! What a JSON key says about its value: the name of a person, part of one, or nothing.
//!
//! A plain `name` says nothing by itself: what stands around it decides. `author.name` is a person, `status.name`,
//! `serverInfo.name` and `tools[].name` never are.

mod keys;

use rustc_hash::FxHashMap;

use super::{tagger, words as words_of};
use crate::json::Segment;
use keys::{
    IS_ADDRESSED, IS_FAMILY, IS_GIVEN, IS_LABELLING, IS_NAME, IS_PLAIN, IS_ROLE, IS_THING, IS_WRAPPER, KEYS,
    NAME, WHOLE,
};

/// What the value under a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A person's name, whatever it stands in: `authorName`, `cardholder`, `Kontoinhaber`.
    Full,
    /// What somebody is called, or something: `displayName`, `fullName`. A thing around it speaks against it.
    Label,
    /// A given name: `firstName`, `imię`.
    Given,
    /// A family name: `Nachname`, `apellidos`.
    Family,
    /// Somebody, by name or as an object: `author`, `assignees`, `mitarbeiter`.
    Role,
    /// Somebody or a machine or a company: `tenant`, `host`. Says nothing of a `name` in it.
    Perhaps,
    /// A name of something: `name`, `nom`, `nombre`.
    Name,
    /// Something that people have: `email`, `birthDate`, `avatarUrl`. Speaks for a `name` beside it.
    Trait,
    /// Something that is no person: `status`, `project`, `serverInfo`. Speaks against a `name` and a label in it.
    Thing,
    /// A record that has a title or a number and no name to show, so that a label in it is a person's: `ticket`,
    /// `event`. Speaks against a `name` in it.
    Record,
    /// Says nothing but that there are things inside: `items`, `resources`. What is around it counts.
    Wrapper,
    /// Nothing known.
    Other,
}

/// A longer key, in bytes, is data and announces nothing.
pub(super) const MAX_KEY: usize = 64;

/// A key that says one of the plainest things is no longer, in bytes.
const MAX_PLAIN: usize = 16;

/// What a key says, read once.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) class: Class,
    /// See [`part`].
    pub(super) part: Class,
    /// See [`vague`].
    pub(super) vague: bool,
    /// It is how somebody signs in, which is a name as often: `userName`.
    pub(super) login: bool,
    /// It says nothing but that the value of what is around it, or beside it, stands here.
    pub(super) plain_value: bool,
    /// It says that its value is what another member beside it is.
    pub(super) labels: bool,
}

impl Key {
    fn of(key: &str) -> Self {
        let letters = Letters::of(key);
        let (bits, short) = (KEYS.get(letters.as_bytes()), key.len() <= MAX_PLAIN);
        let class = class(key);
        Self {
            class,
            part: if short { part(key) } else { Class::Other },
            vague: is_vague(key, class),
            login: matches!(letters.as_str(), "username" | "user" | "login" | "userid" | "accountname"),
            plain_value: short && bits & IS_PLAIN > 0,
            labels: short && bits & IS_LABELLING > 0,
        }
    }
}

/// The keys of documents, which use few often.
#[derive(Default)]
pub(super) struct Keys(FxHashMap<String, Key>);

impl Keys {
    pub(super) fn read(&mut self, key: &str) -> Key {
        if let Some(known) = self.0.get(key) {
            return *known;
        }
        let read = Key::of(key);
        if self.0.len() < 256 && key.len() <= MAX_KEY {
            self.0.insert(key.to_owned(), read);
        }
        read
    }
}

/// Reads a key.
pub(super) fn class(key: &str) -> Class {
    if key.len() > MAX_KEY {
        return Class::Other;
    }
    let written = key;
    let letters = Letters::of(key);
    let key = letters.as_str();
    let bits = KEYS.get(key);
    // "apellido1", "firstName_2"
    let numberless = key.trim_end_matches(|char: char| char.is_ascii_digit());
    let part = if numberless.len() < key.len() { KEYS.get(numberless) } else { bits };
    let parts = [(IS_GIVEN, Class::Given), (IS_FAMILY, Class::Family)];
    let known = parts.iter().find(|(bit, _)| part & bit > 0);
    if let Some((_, class)) = known.or_else(|| WHOLE.iter().find(|(bit, _)| bits & bit > 0)) {
        return *class;
    }
    let ends = |tails: &[&str]| tails.iter().any(|tail| key.ends_with(tail));
    if ends(&["firstname", "givenname", "vorname", "voornaam", "forename"]) {
        return Class::Given;
    }
    if ends(&["lastname", "surname", "familyname", "nachname", "achternaam", "nazwisko"]) {
        return Class::Family;
    }
    if ends(&[
        "accountholder",
        "accountholdername",
        "cardholder",
        "cardholdername",
        "kontoinhaber",
        "karteninhaber",
    ]) {
        return Class::Full;
    }
    let words = spaced(written, plain);
    let last = LastWords::of(&words);
    // "hubspot_owner_name", "deal contact name"
    if last.count > 2 && last.last == "name" && person(last.before) && !VAGUE.contains(&last.before) {
        return Class::Full;
    }
    for tail in ["fullname", "realname", "displayname", "name", "naam"] {
        if let Some(whose) = key.strip_suffix(tail) {
            return match tail {
                _ if person(whose) => Class::Full,
                "fullname" | "realname" if KEYS.get(whose) & IS_THING == 0 => Class::Label,
                _ => Class::Other,
            };
        }
    }
    // "name_des_kunden", "nomDuClient"
    let mut whose = NAME.split_ascii_whitespace().filter_map(|name| key.strip_prefix(name));
    if key.starts_with('n') && whose.any(|rest| OF.iter().filter_map(|of| rest.strip_prefix(of)).any(person))
    {
        return Class::Full;
    }
    if person(key) || done_by(key) || ends(&["assignedto"]) {
        return Class::Role;
    }
    if ends(&["email", "emailaddress", "avatarurl", "avatar"]) {
        return Class::Trait;
    }
    if compound(written, last) {
        return Class::Role;
    }
    Class::Other
}

/// The last words of a key.
#[derive(Clone, Copy)]
struct LastWords<'k> {
    last: &'k str,
    /// The one before it.
    before: &'k str,
    /// How many words the key has, up to four.
    count: usize,
}

impl<'k> LastWords<'k> {
    /// Of a key as [`spaced`] writes it.
    fn of(spaced: &'k str) -> Self {
        let mut words = spaced.rsplit(' ').filter(|word| !word.is_empty());
        let (last, before) = (words.next(), words.next());
        let count = usize::from(last.is_some()) + usize::from(before.is_some()) + words.take(2).count();
        Self { last: last.unwrap_or_default(), before: before.unwrap_or_default(), count }
    }
}

/// Whether the last word of a key is somebody (`lineManager`, `escalation_contact`, `callerId`), or the last two say
/// who did something or for whom it is done: `creado_por`, `Zugewiesen an`, `utworzone przez`.
fn compound(key: &str, words: LastWords<'_>) -> bool {
    // "Dear customer" is no key.
    if key
        .split(' ')
        .skip(1)
        .any(|word| word.starts_with(char::is_lowercase) && !BY.iter().any(|(by, _)| *by == word))
    {
        return false;
    }
    match words {
        LastWords { last: "id" | "ids", before, count: 2.. } => {
            KEYS.get(before) & IS_ROLE > 0 && !VAGUE.contains(&before)
        }
        LastWords { last, before, count: 2.. }
            if BY.iter().any(|(by, ends)| *by == last && ends.iter().any(|end| before.ends_with(end))) =>
        {
            true
        }
        LastWords { last, count: 2 | 3, .. } => person(last) && !VAGUE.contains(&last),
        _ => false,
    }
}

/// What stands between something done and who did it or whom it is for, and how the word before it ends.
const BY: [(&str, &[&str]); 13] = [
    ("for", &["ed"]),
    ("to", &["ed"]),
    ("von", &["t", "en"]),
    ("durch", &["t", "en"]),
    ("an", &["esen", "eitet", "ickt", "eben"]),
    ("par", &["e", "i", "u", "it"]),
    ("por", &["ado", "ido", "to"]),
    ("a", &["ado", "ato", "ne", "ee"]),
    ("da", &["ato", "uto", "ito", "to"]),
    ("door", &["t", "d", "n"]),
    ("aan", &["zen", "rd", "nd"]),
    ("przez", &["e", "y", "o"]),
    ("do", &["ne", "ny", "no"]),
];

/// What holds the name of somebody beside an address or a number, though the key says something else.
pub(super) fn addressed(key: &str) -> bool {
    KEYS.get(Letters::of(key).as_str()) & IS_ADDRESSED > 0
}

/// A part of a name by its plain key inside an object that is a name: `"name": {"first": ..., "last": ...}`.
pub(super) fn part(key: &str) -> Class {
    match Letters::of(key).as_str() {
        "first" | "given" | "givens" | "middle" | "forename" => Class::Given,
        "last" | "family" | "second" => Class::Family,
        "text" | "full" | "display" | "formatted" | "value" => Class::Full,
        _ => Class::Other,
    }
}

/// Whether a key, as [`normal`] writes it, is what somebody is to somebody, also of a woman in German:
/// `sachbearbeiterin`, `kundinnen`.
fn person(key: &str) -> bool {
    let forms = [Some(key), key.strip_suffix("in"), key.strip_suffix("innen")];
    forms.into_iter().flatten().any(|key| KEYS.get(key) & IS_ROLE > 0)
}

/// Whether a key says who did something: `approvedBy`, `sentBy`. Not how a list is ordered.
fn done_by(key: &str) -> bool {
    let Some(verb) = key.strip_suffix("by") else { return false };
    let ends = |tails: &[&str]| tails.iter().any(|tail| verb.ends_with(tail));
    ends(&["ed", "sent", "sold", "paid", "written", "taken", "given", "made", "led", "held", "run", "seen"])
        && !ends(&[
            "sorted",
            "ordered",
            "grouped",
            "filtered",
            "powered",
            "indexed",
            "partitioned",
            "limited",
        ])
}

/// Whether a key that stands for somebody stands for something as often: `from`, `lead`, `tenant`.
pub(super) fn vague(key: &str) -> bool {
    is_vague(key, class(key))
}

fn is_vague(key: &str, class: Class) -> bool {
    class == Class::Perhaps || VAGUE.iter().any(|vague| key.eq_ignore_ascii_case(vague))
}

const VAGUE: [&str; 13] = [
    "from",
    "to",
    "lead",
    "leads",
    "client",
    "clients",
    "following",
    "profile",
    "holder",
    "child",
    "for",
    "with",
    "by",
];

/// Between `name` and whose it is.
const OF: [&str; 13] =
    ["", "of", "ofthe", "des", "der", "du", "de", "dela", "del", "della", "dell", "van", "vande"];

/// The key that a value stands under, seen through arrays but not through the string that its document is in.
pub(super) fn nearest_key<'p>(path: &'p [Segment<'_>]) -> Option<&'p str> {
    path.iter().rev().take_while(|segment| **segment != Segment::Embedded).find_map(Segment::key)
}

/// The key around [`nearest_key`], but for wrappers.
pub(super) fn key_above<'p>(path: &'p [Segment<'_>]) -> Option<&'p str> {
    let keys = path.iter().rev().take_while(|segment| **segment != Segment::Embedded);
    keys.filter_map(Segment::key).skip(1).find(|key| KEYS.get(Letters::of(key).as_str()) & IS_WRAPPER == 0)
}

/// Whether a string is what a thing is called: `serverInfo.name`, `tools[].name`. Whatever it is called, it is nobody.
pub(super) fn of_thing(path: &[Segment<'_>]) -> bool {
    let Some(Segment::Key(key)) = path.last() else { return false };
    key.len() < 8
        && (matches!(key.as_ref(), "title" | "label") || KEYS.get(Letters::of(key).as_str()) & IS_NAME > 0)
        && key_above(path).is_some_and(|above| class(above) == Class::Thing)
}

/// Whether a string is what a JSON Schema puts into a form or shows as an example: `properties.name.default`. A service
/// writes it for everybody.
pub(super) fn of_schema(path: &[Segment<'_>]) -> bool {
    const SHOWN: [&str; 4] = ["default", "example", "examples", "const"];
    let keys = || path.iter().rev().filter_map(Segment::key);
    keys().next().is_some_and(|key| SHOWN.contains(&key)) && keys().nth(2) == Some("properties")
}

/// What the members of a container are, by the key it stands under, and whether wrappers stand between. Keys that
/// are data themselves (an address, a name, a number, a long text) are looked through.
pub(super) fn holder(path: &[Segment<'_>], class: &mut dyn FnMut(&str) -> Class) -> (Class, bool) {
    let (mut looked, mut wrapped) = (0, false);
    for key in path.iter().rev().filter_map(Segment::key) {
        let here = match class(key) {
            Class::Other if addressed(key) => Class::Role,
            // `"emailAddress": {"name": ..., "address": ...}`: whose it is.
            Class::Trait if Letters::of(key).as_str().contains("mail") => Class::Role,
            here => here,
        };
        if here == Class::Wrapper {
            wrapped = true;
            continue;
        }
        looked += 1;
        let word = key.len() <= MAX_KEY && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if word || here != Class::Other {
            return (here, wrapped);
        }
        if looked == 3 {
            break;
        }
    }
    (Class::Other, wrapped)
}

/// The words of a key with a space between: `mobilePhone`, `mobile_phone` and `Mobile phone` are the same two.
pub(super) fn words(key: &str) -> String {
    spaced(key, |char| char)
}

/// Whether a text is a word that everybody uses, as the names of members are.
pub(super) fn is_word(word: &str) -> bool {
    const PROTOCOL: [&str; 16] = [
        "jsonrpc", "params", "uri", "mime", "blob", "meta", "args", "src", "href", "ref", "ttl", "etag",
        "enum", "idp", "url", "json",
    ];
    let small = |lower: &str| {
        lower.len() < 3
            || common_word(lower)
            || PROTOCOL.contains(&lower)
            || KEYS.get(lower) > 0 && !tagger::given_name(lower)
    };
    word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            small(&word.to_ascii_lowercase())
        } else {
            small(word)
        }
}

fn common_word(lower: &str) -> bool {
    (words_of::common(lower) && !words_of::ambiguous(lower)) || tagger::only_word(lower)
}

/// Whether a key is made of such words, and of nothing else: `isError`, `_meta`.
pub(super) fn of_words(key: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$' | b'.');
    key.len() <= MAX_KEY && key.bytes().all(sign) && words(key).split_ascii_whitespace().all(is_word)
}

/// The same, each letter beyond ASCII as `letter` writes it.
fn spaced(key: &str, letter: fn(char) -> char) -> String {
    let mut words = String::with_capacity(key.len() + 8);
    let mut previous = ' ';
    for char in key.chars().take(64) {
        if char.is_alphabetic() {
            if !previous.is_alphabetic() || (char.is_uppercase() && previous.is_lowercase()) {
                words.push(' ');
            }
            if char.is_ascii() {
                words.push(char.to_ascii_lowercase());
            } else {
                words.extend(char.to_lowercase().map(letter));
            }
        }
        previous = char;
    }
    words
}

/// The letters and digits of a key: small, without the marks of the seven languages, and `?` for other letters.
pub(super) struct Letters {
    bytes: [u8; MAX_KEY],
    length: usize,
}

impl Letters {
    /// Of a key that is no longer than [`MAX_KEY`]; a longer one has none.
    pub(super) fn of(key: &str) -> Self {
        Self::filtered(key, char::is_alphanumeric)
    }

    /// The same of those characters only that are wanted.
    pub(super) fn filtered(key: &str, wanted: impl Fn(char) -> bool) -> Self {
        let mut letters = Self { bytes: [0; MAX_KEY], length: 0 };
        if key.len() > MAX_KEY {
            return letters;
        }
        for char in key.chars() {
            let byte = match char {
                'a'..='z' => char as u8,
                'A'..='Z' => char.to_ascii_lowercase() as u8,
                _ if wanted(char) => {
                    let plain = char.to_lowercase().next().map_or(char, plain);
                    if plain.is_ascii() { plain as u8 } else { b'?' }
                }
                _ => continue,
            };
            if let Some(place) = letters.bytes.get_mut(letters.length) {
                *place = byte;
                letters.length += 1;
            }
        }
        letters
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// A lower-case letter without its mark.
pub(super) fn plain(char: char) -> char {
    match char {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ğ' => 'g',
        'ß' => 's',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, KEYS, Letters, class, words};

    #[test]
    fn lists_are_written_as_keys_are_read() {
        assert!(KEYS.words().count() > 1000 && KEYS.words().all(|key| Letters::of(key).as_str() == key));
    }

    #[test]
    fn keys_of_seven_languages_are_read() {
        for (key, expected) in [
            ("displayName", Class::Label),
            ("repositoryFullName", Class::Other),
            ("author_name", Class::Full),
            ("reporterDisplayName", Class::Full),
            ("callerName", Class::Full),
            ("name_des_kunden", Class::Full),
            ("nomDuClient", Class::Full),
            ("sachbearbeiterin", Class::Role),
            ("Ärztin", Class::Role),
            ("bookedBy", Class::Role),
            ("sentBy", Class::Role),
            ("sortedBy", Class::Other),
            ("tenant", Class::Perhaps),
            ("items", Class::Wrapper),
            ("tickets", Class::Record),
            ("adminOrigin", Class::Other),
            ("customerFirstName", Class::Given),
            ("Prénom", Class::Given),
            ("imię", Class::Given),
            ("Apellidos", Class::Family),
            ("kontakt_nachname", Class::Family),
            ("lastModifiedBy", Class::Role),
            ("użytkownik", Class::Role),
            ("name", Class::Name),
            ("status", Class::Thing),
            ("serverInfo", Class::Thing),
            ("fileName", Class::Other),
            ("hostname", Class::Other),
            ("driverName", Class::Full),
            ("hubspot_owner_name", Class::Full),
            ("hubspot_region_name", Class::Other),
            ("username", Class::Trait),
        ] {
            assert_eq!(class(key), expected, "{key}");
        }
    }

    #[test]
    fn keys_are_cut_into_words() {
        for key in ["mobilePhone", "mobile_phone", "Mobile phone", "MOBILE-PHONE2"] {
            assert_eq!(words(key).trim(), "mobile phone");
        }
    }
}

//! Personal data: finding it, putting pseudonyms in its place, and giving it back.
//!
//! ```text
//! result --learn--> names in telling fields --replace--> masked result + found values
//! arguments with pseudonyms --give back--> arguments with values
//! ```
//!
//! Pure: text and keys in, text and found values out; storing the found values is somebody else's work.
//!
//! Promised: giving back what a [`Masker`] found restores the value of every string; masking masked text changes
//! nothing (unless it took more than [`ROUNDS`] rounds to find all); bytes that are not replaced stay exactly as they
//! were; work is linear in the text.
//!
//! Not promised: numbers in JSON are not strings and stay, whatever they mean. Names are known from telling JSON
//! fields, from `Name <address>`, from agreeing with an address, after titles, in greetings and under closings; a
//! name that prose mentions without any of that is not found. Base64, percent-encoding and HTML entities are not looked through.

mod card;
mod context;
mod custom;
mod deep;
mod detect;
mod email;
mod encoded;
mod fields;
mod give_back;
mod iban;
mod ip;
mod label;
mod learn;
mod lines;
mod mask;
mod numbers;
mod packed;
mod pair;
mod people;
mod phone;
mod policy;
mod pseudonym;
mod salutation;
mod speaker;
mod sql;
mod table;
mod tagger;
#[cfg(feature = "training")]
pub mod training;
mod view;
mod words;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::HashKey;
use crate::json::{self, Edit, JsonError, Segment};
use deep::{Sink, Spot};
use learn::{Columns, Learner, Locals, Second};
use pair::Pairs;
use people::People;
use policy::Fate;

pub use custom::{Allow, Custom, CustomError};
pub use give_back::{give_back_json, give_back_text, pseudonyms};
pub use mask::{MaskError, mask_line};
pub use policy::{Pointer, PointerError, Policy, WITHHELD};
pub use pseudonym::Pseudonym;

/// How the strings of a document are walked through, and what is left out by its path and whether it is an object or
/// array.
type Walk = fn(&str, Skip<'_>, &mut dyn Sink) -> Result<Vec<Edit>, JsonError>;
type Skip<'s> = &'s dyn Fn(&[Segment<'_>], bool) -> bool;

/// How often a string is looked through at most, and how often a document is learnt from.
const ROUNDS: usize = 4;

/// What a personal value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person's name or part of it.
    Person,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An international bank account number.
    Iban,
    /// A payment card number.
    Card,
    /// An IP address, version 4 or 6.
    Ip,
    /// What the configuration says is one.
    Custom,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Person, Self::Email, Self::Phone, Self::Iban, Self::Card, Self::Ip, Self::Custom];

    /// The kind in one lower-case word, as audit records, metrics and pseudonyms name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Ip => "ip",
            Self::Custom => "custom",
        }
    }
}

/// A value that was replaced.
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// What stands in its place.
    pub pseudonym: String,
    /// The value, exactly as it stood there.
    pub value: Zeroizing<String>,
}

impl fmt::Debug for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Found({})", self.pseudonym)
    }
}

/// The values that were given back in one call.
#[derive(Clone, Default)]
pub struct Given(Vec<(Kind, Zeroizing<String>)>);

impl Given {
    /// Adds a value.
    pub fn push(&mut self, kind: Kind, value: Zeroizing<String>) {
        self.0.push((kind, value));
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Given({})", self.0.len())
    }
}

/// Masks the documents of one message and remembers what it found. Names that one document taught are known in the
/// next that the same masker is given.
pub struct Masker<'a> {
    key: &'a HashKey,
    policy: &'a Policy,
    people: People,
    /// The digits of phone numbers that were recognized by what stood before them.
    phones: HashSet<String>,
    locals: Locals,
    found: Vec<Found>,
    by_pseudonym: HashMap<String, usize>,
}

impl<'a> Masker<'a> {
    /// A masker that has seen nothing yet. The key is one person's own: `DataKey::hash_key("pseudonym")`.
    pub fn new(key: &'a HashKey, policy: &'a Policy) -> Self {
        Self {
            key,
            policy,
            people: People::default(),
            phones: HashSet::new(),
            locals: Locals::default(),
            found: Vec::new(),
            by_pseudonym: HashMap::new(),
        }
    }

    /// Knows these values before it sees any text: what was given back in a call is no news in its answer, and must
    /// not come back in clear because nothing there says that it is a name.
    #[must_use]
    pub fn expecting(mut self, given: &Given) -> Self {
        for (kind, value) in &given.0 {
            match kind {
                Kind::Person => match people::parse(value) {
                    Some(name) => self.people.learn(&name),
                    None => value.split_whitespace().for_each(|word| self.people.part(word)),
                },
                Kind::Phone => {
                    self.phones.insert(value.chars().filter(char::is_ascii_digit).collect());
                }
                // The others are found by what they are.
                Kind::Email | Kind::Iban | Kind::Card | Kind::Ip | Kind::Custom => {}
            }
        }
        self
    }

    /// Masks every string and key of a whole JSON document, also inside JSON that strings hold.
    ///
    /// The strings that `exempt` names are left alone; an object or array in their place is not. What the policy keeps
    /// is left alone with everything in it.
    ///
    /// # Errors
    /// When the text is not JSON or is nested too deep. Nothing was masked then.
    pub fn json(&mut self, text: &str, exempt: &dyn Fn(&[Segment<'_>]) -> bool) -> Result<String, JsonError> {
        let policy = self.policy;
        self.mask(text, deep::edits, &|path, opens| (!opens && exempt(path)) || policy.keeps(path))
    }

    /// Masks a text that is not JSON as a whole.
    pub fn text(&mut self, text: &str) -> String {
        let policy = self.policy;
        let walk: Walk = |text, skip, sink| Ok(deep::text_edits(text, skip, sink));
        self.mask(text, walk, &|path, _| policy.keeps(path)).unwrap_or_default()
    }

    fn mask(&mut self, text: &str, walk: Walk, skip: Skip<'_>) -> Result<String, JsonError> {
        let fields = self.learn(text, walk, skip)?;
        let mut masked = self.replace(text, walk, skip, &fields)?;
        // A pseudonym may tell a name that stands beside it, as what it took the place of did not.
        for _ in 1..ROUNDS {
            let known = self.known();
            if masked == text {
                break;
            }
            let fields = self.learn(&masked, walk, skip)?;
            if self.known() == known {
                break;
            }
            masked = self.replace(&masked, walk, skip, &fields)?;
        }
        Ok(masked)
    }

    /// Learns who is named; answers with the strings, by number, that are a name as a whole.
    fn learn(&mut self, text: &str, walk: Walk, skip: Skip<'_>) -> Result<HashSet<usize>, JsonError> {
        let mut learner = Learner::new(self.policy, &mut self.people, &mut self.phones, &mut self.locals);
        walk(text, skip, &mut learner)?;
        let prose = learner.prose();
        let fields = learner.fields();
        if prose || !self.locals.is_empty() {
            let mut second = Second {
                policy: self.policy,
                people: &mut self.people,
                locals: &self.locals,
                fields: &fields,
                columns: Columns::default(),
                strings: 0,
            };
            walk(text, skip, &mut second)?;
        }
        Ok(fields)
    }

    fn replace(
        &mut self,
        text: &str,
        walk: Walk,
        skip: Skip<'_>,
        fields: &HashSet<usize>,
    ) -> Result<String, JsonError> {
        let mut replacer = Replacer {
            masker: self,
            fields,
            columns: Columns::default(),
            pairs: Pairs::default(),
            strings: 0,
        };
        let edits = walk(text, skip, &mut replacer)?;
        Ok(json::splice(text, &edits))
    }

    /// How much was learnt: the same number when nothing was learnt in between.
    fn known(&self) -> usize {
        self.people.forms() + self.phones.len()
    }

    /// What was replaced so far, each value once, in the order of first sight.
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// How many different values of a kind were replaced so far.
    pub fn count(&self, kind: Kind) -> usize {
        self.found.iter().filter(|found| found.kind == kind).count()
    }

    /// The replacements in one string. In a key, parts of names stay: `Max` next to `Min` is no person.
    ///
    /// What was replaced may have hidden something beside it, so it is looked again until nothing is found: then
    /// masking the masked text finds nothing either.
    fn edits(&mut self, text: &str, key: Option<&str>, parts: bool) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        for _ in 0..ROUNDS {
            let masked =
                if edits.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(json::splice(text, &edits)) };
            let hits = detect::hits(&masked, key, &self.phones, &self.people, parts);
            let mut hits = self.policy.custom.before(&masked, hits);
            hits.retain(|hit| {
                !masked.get(hit.range.clone()).is_some_and(|value| self.policy.allow.holds(value))
            });
            if hits.is_empty() {
                break;
            }
            let mut more = Vec::with_capacity(edits.len() + hits.len());
            let mut old = edits.into_iter().peekable();
            // How much shorter the masked text is than the text, up to the hit.
            let mut lost = 0_isize;
            for hit in hits {
                while let Some(edit) =
                    old.next_if(|edit| edit.range.start.saturating_add_signed(-lost) < hit.range.start)
                {
                    lost += edit.range.len() as isize - edit.text.len() as isize;
                    more.push(edit);
                }
                let range =
                    hit.range.start.saturating_add_signed(lost)..hit.range.end.saturating_add_signed(lost);
                more.extend(self.edit(text, detect::Hit { range, kind: hit.kind }));
            }
            more.extend(old);
            edits = more;
        }
        edits
    }

    fn edit(&mut self, text: &str, hit: detect::Hit) -> Option<Edit> {
        let value = text.get(hit.range.clone())?;
        let pseudonym = pseudonym::make(self.key, hit.kind, value);
        if !self.by_pseudonym.contains_key(&pseudonym) {
            self.by_pseudonym.insert(pseudonym.clone(), self.found.len());
            let value = Zeroizing::new(value.to_owned());
            self.found.push(Found { kind: hit.kind, pseudonym: pseudonym.clone(), value });
        }
        Some(Edit { range: hit.range, text: pseudonym })
    }
}

impl fmt::Debug for Masker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Masker({} found)", self.found.len())
    }
}

/// The second pass over a document.
struct Replacer<'m, 'a> {
    masker: &'m mut Masker<'a>,
    /// The strings, by number, that are a person's name as a whole.
    fields: &'m HashSet<usize>,
    columns: Columns,
    pairs: Pairs,
    strings: usize,
}

impl Sink for Replacer<'_, '_> {
    fn open(&mut self, _path: &[Segment<'_>]) {
        self.pairs.open();
    }

    fn close(&mut self, _path: &[Segment<'_>]) {
        self.pairs.close();
    }

    fn instead(&mut self, path: &[Segment<'_>], string: bool, text: &str) -> Option<Option<String>> {
        let other = match self.masker.policy.fate(path)? {
            Fate::Blocked => match text {
                _ if string => WITHHELD.to_owned(),
                "true" | "false" => "false".to_owned(),
                "null" => return Some(None),
                _ => "0".to_owned(),
            },
            Fate::Masked(kind) => {
                let range = people::whole(text).filter(|_| string && !pseudonym::is_one(text));
                return Some(range.and_then(|range| {
                    let edit = self.masker.edit(text, detect::Hit { range, kind })?;
                    Some(json::splice(text, &[edit]))
                }));
            }
        };
        Some(Some(other))
    }

    fn string(&mut self, path: &[Segment<'_>], spot: Spot, text: &str) -> Vec<Edit> {
        if spot == Spot::Key {
            return self.masker.edits(text, None, false);
        }
        self.strings += 1;
        let head = self.columns.cell(path, text).map(|(head, _)| head);
        let label = self.pairs.label(path, text);
        if self.fields.contains(&self.strings)
            && let Some(range) = people::whole(text)
            && !text.get(range.clone()).is_some_and(|value| self.masker.policy.allow.holds(value))
        {
            return self.masker.edit(text, detect::Hit { range, kind: Kind::Person }).into_iter().collect();
        }
        let key = head.or(label).or_else(|| fields::nearest_key(path)).and_then(detect::announcing);
        self.masker.edits(text, key, true)
    }
}

#[cfg(test)]
mod tests;

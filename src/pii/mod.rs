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
//! fields, from `Name <address>`, from agreeing with an address, after titles, in greetings and under closings; where
//! prose mentions a name without any of that, the [`tagger`] judges, and errs now and then. What is encoded twice is not
//! looked through.

mod announced;
mod charset;
mod columns;
mod context;
mod cues;
mod custom;
mod deep;
mod detect;
mod device;
mod doubtful;
mod encoded;
mod fields;
mod give_back;
mod keyed;
mod kind;
mod kinds;
mod label;
mod learn;
mod learnt;
mod lines;
mod lists;
mod looks;
mod lower;
mod made;
mod mask;
mod name;
mod numbers;
mod packed;
mod people;
mod phrases;
mod policy;
mod pseudonym;
mod salutation;
mod scene;
mod second;
mod speaker;
mod sql;
mod table;
mod tagger;
mod things;
#[cfg(feature = "training")]
pub mod training;
mod traits;
mod view;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::HashKey;
use crate::json::{self, Edit, JsonError, Segment};
use columns::Columns;
use deep::{Sink, Spot};
use detect::Known;
use doubtful::Doubtful;
use keyed::Keyed;
use kinds::credential;
use learn::{Learner, Strings};
use learnt::Learnt;
use looks::Looks;
use packed::Packed;
use people::People;
use policy::Fate;
use second::{Locals, Second};

pub use custom::{Allow, Custom, CustomError};
pub use give_back::{give_back_json, give_back_text, pseudonyms};
pub use kind::Kind;
pub use mask::{MaskError, mask_line};
pub use name::{is_of_words, is_telling};
pub use policy::{Pointer, PointerError, Policy, WITHHELD};
pub use pseudonym::Pseudonym;

/// How the strings of a document are walked through, and what is left out by its path and whether it is an object or
/// array.
type Walk = fn(&str, Skip<'_>, &mut dyn Sink) -> Result<Vec<Edit>, JsonError>;
type Skip<'s> = &'s dyn Fn(&[Segment<'_>], bool) -> bool;

/// How often a string is looked through at most, and how often a document is learnt from.
const ROUNDS: usize = 4;

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
    /// Values that were recognized by what stood around them.
    learnt: Learnt,
    looks: Looks,
    locals: Locals,
    /// Whether names are looked for in running text.
    judges: bool,
    /// What may be a name, when it is asked for.
    doubtful: Option<Doubtful>,
    /// Values that are known, wherever they stand by themselves.
    given: Custom,
    found: Vec<Found>,
    /// The pseudonyms that were made, also of what is not remembered.
    made: HashSet<String, Keyed>,
    counts: BTreeMap<Kind, usize>,
}

impl<'a> Masker<'a> {
    /// A masker that has seen nothing yet. The key is one person's own: `DataKey::hash_key("pseudonym")`.
    pub fn new(key: &'a HashKey, policy: &'a Policy) -> Self {
        keyed::seed(key);
        Self {
            key,
            policy,
            people: People::default(),
            learnt: Learnt::default(),
            looks: Looks::default(),
            locals: Locals::default(),
            judges: true,
            doubtful: None,
            given: Custom::default(),
            found: Vec::new(),
            made: HashSet::default(),
            counts: BTreeMap::new(),
        }
    }

    /// Does not judge running text: for what a service says of itself (tools, prompts, instructions), which a model has to
    /// read as it is and which names people only where something says so.
    #[must_use]
    pub fn unjudging(self) -> Self {
        Self { judges: false, ..self }
    }

    /// Collects what may be a name and was not taken for one: [`Masker::doubtful`].
    #[must_use]
    pub fn doubting(self) -> Self {
        Self { doubtful: Some(Doubtful::default()), ..self }
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
                // Those that are found by what they are need no learning, and it harms none.
                kind => self.learnt.learn(*kind, value),
            }
        }
        self.given.values(given.0.iter().map(|(kind, value)| (*kind, value.as_str())));
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
        self.mask(text, deep::edits, &|path, opens| (!opens && exempt(path)) || policy.keeps(path, opens))
    }

    /// Masks a text that is not JSON as a whole.
    pub fn text(&mut self, text: &str) -> String {
        let policy = self.policy;
        let walk: Walk = |text, skip, sink| Ok(deep::text_edits(text, skip, sink));
        self.mask(text, walk, &|path, opens| policy.keeps(path, opens)).unwrap_or_default()
    }

    fn mask(&mut self, text: &str, walk: Walk, skip: Skip<'_>) -> Result<String, JsonError> {
        let strings = self.learn(text, walk, skip)?;
        let Some(mut masked) = self.replace(text, walk, skip, &strings)? else { return Ok(text.to_owned()) };
        // A pseudonym may tell a name that stands beside it, as what it took the place of did not. So it is read once
        // more, as by somebody who knows nothing of what stood there: then masking it again finds nothing either.
        for _ in 1..ROUNDS {
            let known = (
                std::mem::take(&mut self.people),
                std::mem::take(&mut self.learnt),
                std::mem::take(&mut self.locals),
            );
            let next = self.again(&masked, walk, skip);
            (self.people, self.learnt, self.locals) = known;
            let Some(next) = next? else { break };
            self.learn(&masked, walk, skip)?;
            masked = next;
        }
        Ok(masked)
    }

    /// Masks a masked text; [`None`] when there is nothing to mask.
    fn again(&mut self, masked: &str, walk: Walk, skip: Skip<'_>) -> Result<Option<String>, JsonError> {
        let strings = self.learn(masked, walk, skip)?;
        if self.known() == 0 && strings.names.is_empty() {
            return Ok(None);
        }
        self.replace(masked, walk, skip, &strings)
    }

    /// Learns who is named; answers with what is known of the strings.
    fn learn(&mut self, text: &str, walk: Walk, skip: Skip<'_>) -> Result<Strings, JsonError> {
        let mut learner =
            Learner::new(self.policy, &mut self.people, &mut self.learnt, &mut self.locals, &mut self.looks);
        walk(text, skip, &mut learner)?;
        let prose = learner.prose();
        let strings = learner.strings();
        if (prose && self.judges) || !self.locals.is_empty() {
            let mut second = Second {
                judges: self.judges,
                policy: self.policy,
                people: &mut self.people,
                locals: &self.locals,
                looks: &mut self.looks,
                known: &strings,
                columns: Columns::default(),
                strings: 0,
            };
            walk(text, skip, &mut second)?;
        }
        Ok(strings)
    }

    /// Puts pseudonyms in the place of what is found; [`None`] when that changes nothing.
    fn replace(
        &mut self,
        text: &str,
        walk: Walk,
        skip: Skip<'_>,
        strings: &Strings,
    ) -> Result<Option<String>, JsonError> {
        let mut replacer = Replacer { masker: self, strings, columns: Columns::default(), count: 0 };
        let edits = walk(text, skip, &mut replacer)?;
        Ok(Some(edits)
            .filter(|edits| !edits.is_empty())
            .map(|edits| json::splice(text, &edits))
            .filter(|next| next != text))
    }

    /// How much was learnt: the same number when nothing was learnt in between.
    fn known(&self) -> usize {
        self.people.forms() + self.learnt.count()
    }

    /// What was replaced so far and may be given back, each value once, in the order of first sight. Secrets are not
    /// among it: nobody gets them back, so nobody keeps them.
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// The parts of the names that were replaced, each under the pseudonym that it has alone: a later message may say only
    /// `Jane`.
    pub fn parts(&self) -> Vec<Found> {
        let names = self.found.iter().filter(|found| found.kind == Kind::Person);
        let words = names.flat_map(|found| people::parse(&found.value).filter(|name| name.len() > 1));
        let parts: BTreeSet<String> = words.flatten().filter(|word| people::part(word)).collect();
        parts
            .iter()
            .map(|word| self.named(word))
            .filter(|part| !self.made.contains(&part.pseudonym))
            .collect()
    }

    /// What may be a name and was not replaced, because nothing in the message told. Each with the pseudonym that it has
    /// if it is one.
    pub fn doubtful(&self) -> Vec<Found> {
        let names = self.doubtful.iter().flat_map(Doubtful::names).map(|name| self.named(name));
        names.filter(|name| !self.made.contains(&name.pseudonym)).collect()
    }

    /// Whether one of the [`Masker::doubtful`] is known as a name at all.
    pub fn doubts(&self) -> bool {
        self.doubtful.as_ref().is_some_and(Doubtful::known)
    }

    fn named(&self, name: &str) -> Found {
        let pseudonym = pseudonym::make(self.key, Kind::Person, name);
        Found { kind: Kind::Person, pseudonym, value: Zeroizing::new(name.to_owned()) }
    }

    /// How many different values of a kind were replaced so far, secrets too.
    pub fn count(&self, kind: Kind) -> usize {
        self.counts.get(&kind).copied().unwrap_or(0)
    }

    /// The replacements in one string. Without `parts` (in a key), parts of names stay: `Max` next to `Min` is no person.
    ///
    /// What was replaced may have hidden something beside it, so it is looked again until nothing is found: then
    /// masking the masked text finds nothing either.
    fn edits(&mut self, text: &str, key: Option<&str>, parts: bool) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        for _ in 0..ROUNDS {
            let masked =
                if edits.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(json::splice(text, &edits)) };
            let mut known = Known { learnt: &self.learnt, people: &self.people, looks: &mut self.looks };
            let hits = detect::hits(&masked, key, &mut known, parts);
            let hits = self.policy.custom.with(&masked, hits);
            let own = !parts && !self.given.is_empty() && fields::of_words(&masked);
            let mut hits = if own { hits } else { self.given.with(&masked, hits) };
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

    fn edit(&mut self, text: &str, mut hit: detect::Hit) -> Option<Edit> {
        // Behind a backslash, the first letter of an address would be read as an escape.
        let before = text.get(..hit.range.start).and_then(|before| before.strip_suffix('\\'));
        if hit.kind == Kind::Email && before.is_some_and(|before| !before.ends_with(char::is_alphanumeric)) {
            hit.range.start -= 1;
        }
        let value = text.get(hit.range.clone())?;
        let pseudonym = pseudonym::make(self.key, hit.kind, value);
        if !self.made.contains(&pseudonym) {
            self.made.insert(pseudonym.clone());
            *self.counts.entry(hit.kind).or_default() += 1;
            if hit.kind.given_back() {
                let value = Zeroizing::new(value.to_owned());
                self.found.push(Found { kind: hit.kind, pseudonym: pseudonym.clone(), value });
            }
        }
        Some(Edit { range: hit.range, text: pseudonym })
    }
}

/// Whether a text is Base64 that holds a text, which a [`Masker`] opens and looks at.
pub fn is_packed_text(text: &str) -> bool {
    Packed::open(text).is_some()
}

impl fmt::Debug for Masker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Masker({} found)", self.found.len())
    }
}

/// The second pass over a document.
struct Replacer<'m, 'a> {
    masker: &'m mut Masker<'a>,
    strings: &'m Strings,
    columns: Columns,
    count: usize,
}

impl Sink for Replacer<'_, '_> {
    fn instead(&mut self, path: &[Segment<'_>], string: bool, text: &str) -> Option<Option<String>> {
        let other = match self.masker.policy.fate(path)? {
            Fate::Blocked => match text {
                _ if string => WITHHELD.to_owned(),
                "true" | "false" => "false".to_owned(),
                "null" => return Some(None),
                _ => "0".to_owned(),
            },
            Fate::Masked(kind) => {
                let range = people::whole(text).filter(|_| string && !pseudonym::is_one(text.trim()));
                return Some(range.and_then(|range| {
                    let edit = self.masker.edit(text, detect::Hit { range, kind })?;
                    Some(json::splice(text, &[edit]))
                }));
            }
        };
        Some(Some(other))
    }

    fn packed(&mut self, path: &[Segment<'_>], text: &str, packed: &Packed) -> Option<Vec<Edit>> {
        self.count += 1;
        let label = self.strings.labels.get(&self.count).map(|label| Cow::Borrowed(label.as_str()));
        let range =
            credential::packed(text, &packed.text, label.or_else(|| announced::key(path)).as_deref())?;
        if text.get(range.clone()).is_some_and(|value| self.masker.policy.allow.holds(value)) {
            return None;
        }
        Some(self.masker.edit(text, detect::Hit { range, kind: Kind::Secret }).into_iter().collect())
    }

    fn pass(&mut self) {
        self.count += 1;
    }

    fn string(&mut self, path: &[Segment<'_>], spot: Spot, text: &str) -> Vec<Edit> {
        if spot == Spot::Key {
            // What is taken out may be told of by its keys as well, but for those that say what it is made of.
            let around = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
            let blocked = self.masker.policy.fate(around) == Some(Fate::Blocked) && !fields::of_words(text);
            return match people::whole(text).filter(|_| blocked && !pseudonym::is_one(text.trim())) {
                Some(range) => {
                    self.masker.edit(text, detect::Hit { range, kind: Kind::Secret }).into_iter().collect()
                }
                None => self.masker.edits(text, None, false),
            };
        }
        self.count += 1;
        let head = self.columns.cell(path, text).map(|(head, _)| head);
        if self.strings.names.contains(&self.count)
            && let Some(range) = people::whole(text)
            && !text.get(range.clone()).is_some_and(|value| self.masker.policy.allow.holds(value))
        {
            return self.masker.edit(text, detect::Hit { range, kind: Kind::Person }).into_iter().collect();
        }
        let head = head.and_then(detect::announcing).map(Cow::Borrowed);
        let label = || self.strings.labels.get(&self.count).map(|label| Cow::Borrowed(label.as_str()));
        let key = head.or_else(label).or_else(|| announced::key(path));
        let edits = self.masker.edits(text, key.as_deref(), true);
        if let Some(doubtful) = &mut self.masker.doubtful {
            doubtful.read(text, &edits);
        }
        edits
    }
}

#[cfg(test)]
mod tests;

//! The first pass: who is named in a document.
//!
//! Telling fields name people outright. In text, `Name <address>` does, and two capitalised words that an address
//! of the same document is made of (`jane.doe@`, `jdoe@` and "Jane Doe"). Values that only a cue tells are
//! learnt too, so that they are found where no cue stands.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Kind;
use super::announced::{self, Labels};
use super::columns::Columns;
use super::deep::{Sink, Spot};
use super::detect;
use super::fields::{self, Class, Key};
use super::kinds::{credential, email};
use super::label;
use super::learnt::Learnt;
use super::looks::Looks;
use super::packed::Packed;
use super::people::{self, People};
use super::policy::{Fate, Policy};
use super::pseudonym;
use super::salutation;
use super::second::Locals;
use super::table;
use super::tagger;
use super::traits::{AT, Traits};
use super::words;
use crate::json::{Edit, Segment};

/// Learns from one document.
pub(super) struct Learner<'p> {
    policy: &'p Policy,
    people: &'p mut People,
    learnt: &'p mut Learnt,
    locals: &'p mut Locals,
    /// The containers around, outermost first.
    open: Vec<Holder>,
    columns: Columns,
    /// Values seen so far.
    strings: usize,
    fields: FxHashSet<usize>,
    nobody: FxHashSet<usize>,
    labels: Labels,
    looks: &'p mut Looks,
    /// A text was seen that may have names in it.
    prose: bool,
}

/// What the first pass found out about a document's values, by their numbers.
pub(super) struct Strings {
    /// Those that are names as a whole.
    pub(super) names: FxHashSet<usize>,
    /// What things are called that are said to be no persons.
    pub(super) nobody: FxHashSet<usize>,
    /// What stands beside them and says what they are.
    pub(super) labels: FxHashMap<usize, String>,
}

/// An object or array while it is open.
struct Holder {
    class: Class,
    /// Only wrappers say nothing of the class around them: `"project": {"items": [...]}`.
    wrapped: bool,
    /// A member that people have was seen.
    traits: bool,
    /// A member said that this is no person (`"type": "Bot"`), and perhaps a record.
    kind: Option<Class>,
    /// Values under a plain `name` or a label, which wait for what else is in the object.
    names: Vec<(usize, Class, Vec<String>)>,
    given: Vec<String>,
    family: Vec<String>,
    /// What may be half of a name, as `{"first": ..., "last": ...}` has it.
    halves: Vec<(usize, Class, Vec<String>)>,
    /// What a member says that another holds: `"label": "Author", "value": "Jane Doe"`.
    label: Option<(Class, bool)>,
    answers: Vec<(usize, String)>,
}

impl<'p> Learner<'p> {
    pub(super) fn new(
        policy: &'p Policy,
        people: &'p mut People,
        learnt: &'p mut Learnt,
        locals: &'p mut Locals,
        looks: &'p mut Looks,
    ) -> Self {
        Self {
            policy,
            people,
            learnt,
            locals,
            open: Vec::new(),
            columns: Columns::default(),
            strings: 0,
            fields: FxHashSet::default(),
            nobody: FxHashSet::default(),
            labels: Labels::default(),
            looks,
            prose: false,
        }
    }

    /// Whether a second pass may find names in running text.
    pub(super) fn prose(&self) -> bool {
        self.prose
    }

    /// What is known of the values, numbered in the order of the document from 1.
    pub(super) fn strings(self) -> Strings {
        Strings { names: self.fields, nobody: self.nobody, labels: self.labels.labels() }
    }

    fn class(&mut self, key: &str) -> Class {
        self.looks.keys.read(key).class
    }

    fn accept(&mut self, string: usize, name: &[String]) {
        self.fields.insert(string);
        self.people.learn(name);
    }

    fn value(&mut self, class: Class, vague: bool, text: &str) {
        let told = |name: &[String]| told(name, vague);
        let string = self.strings;
        let named = matches!(class, Class::Full | Class::Label | Class::Role | Class::Perhaps);
        if named && let Some(names) = people::several(text) {
            // Each is looked for by itself, so that what joins them stays.
            for name in names.into_iter().filter(|name| people::several_words(name) && told(name)) {
                self.people.learn(&name);
            }
            return;
        }
        let Some(name) = people::parse(text) else { return };
        match class {
            Class::Given | Class::Family => {
                self.accept(string, &name);
                if let Some(holder) = self.open.last_mut() {
                    let part = if class == Class::Given { &mut holder.given } else { &mut holder.family };
                    part.extend(name);
                }
            }
            Class::Full if told(&name) => self.accept(string, &name),
            Class::Role | Class::Perhaps if people::several_words(&name) && told(&name) => {
                self.accept(string, &name);
            }
            Class::Role if !vague && telling(&name) && name.iter().all(|word| tagger::may_name(word)) => {
                self.accept(string, &name);
            }
            Class::Role if !vague && both(&name) && listed(&name) => self.accept(string, &name),
            Class::Label if told(&name) || both(&name) => self.wait(string, class, name),
            Class::Name if telling(&name) || both(&name) => self.wait(string, class, name),
            _ => {}
        }
    }

    /// What a value is whose key says only what the key around it makes of it: `"author": {"value": ...}`.
    fn by_above(&mut self, key: Key, path: &[Segment<'_>]) -> Class {
        if !key.plain_value && key.part == Class::Other {
            return Class::Other;
        }
        match fields::key_above(path).map_or(Class::Other, |key| self.class(key)) {
            Class::Name | Class::Full | Class::Label => key.part,
            above @ (Class::Role | Class::Given | Class::Family) if key.plain_value => above,
            _ => Class::Other,
        }
    }

    /// Remembers a label or what it is for.
    fn pair(&mut self, key: Key, text: &str) {
        if key.plain_value && text.len() <= people::MAX_BYTES {
            let answer = (self.strings, text.to_owned());
            if let Some(holder) = self.open.last_mut() {
                holder.answers.push(answer);
            }
        } else if key.labels {
            let class = self.class(text.trim_end_matches([':', '*', ' ']));
            if matches!(class, Class::Full | Class::Given | Class::Family | Class::Role)
                && let Some(holder) = self.open.last_mut()
            {
                holder.label = Some((class, fields::vague(text)));
            }
        }
    }

    /// Remembers what may be half of a name; of a list of given names, for the object that the list is in.
    fn half(&mut self, key: Key, direct: bool, text: &str) {
        let around = if direct { self.open.len() } else { self.open.len().saturating_sub(1) };
        if let half @ (Class::Given | Class::Family) = key.part
            && let Some(name) = people::parse(text).filter(|name| people::capitalised(name))
            && let Some(holder) = around.checked_sub(1).and_then(|at| self.open.get_mut(at))
        {
            holder.halves.push((self.strings, half, name));
        }
    }

    fn wait(&mut self, string: usize, class: Class, name: Vec<String>) {
        match self.open.last_mut() {
            Some(holder) => holder.names.push((string, class, name)),
            None if class == Class::Label => self.accept(string, &name),
            None => {}
        }
    }
}

impl Sink for Learner<'_> {
    fn open(&mut self, path: &[Segment<'_>]) {
        self.labels.open(path);
        let (class, wrapped) = fields::holder(path, &mut |key| self.class(key));
        self.open.push(Holder {
            class,
            wrapped,
            traits: false,
            kind: None,
            names: Vec::new(),
            given: Vec::new(),
            family: Vec::new(),
            halves: Vec::new(),
            label: None,
            answers: Vec::new(),
        });
    }

    fn close(&mut self, _path: &[Segment<'_>]) {
        self.labels.close();
        if let Some(holder) = self.open.last_mut()
            && let Some((class, vague)) = holder.label
        {
            let last = self.strings;
            for (string, answer) in std::mem::take(&mut holder.answers) {
                self.strings = string;
                self.value(class, vague, &answer);
            }
            self.strings = last;
        }
        let Some(mut holder) = self.open.pop() else { return };
        let halved = |half: Class| holder.halves.iter().any(|(_, class, _)| *class == half);
        if (holder.traits || holder.class == Class::Role) && halved(Class::Given) && halved(Class::Family) {
            for (string, class, name) in std::mem::take(&mut holder.halves) {
                self.accept(string, &name);
                (if class == Class::Given { &mut holder.given } else { &mut holder.family }).extend(name);
            }
        }
        let parts = !holder.given.is_empty() || !holder.family.is_empty();
        let named = match holder.class {
            Class::Role => holder.kind.is_none(),
            Class::Thing | Class::Record => holder.wrapped && holder.traits && holder.kind.is_none(),
            _ => holder.traits && holder.kind.is_none(),
        };
        let labelled = parts || (holder.class != Class::Thing && holder.kind != Some(Class::Thing));
        for (string, class, name) in &holder.names {
            let known = holder.class == Class::Other && holder.kind.is_none() && known(name);
            let several = name.len() > 1;
            let whose = match holder.class {
                Class::Role => several || listed(name),
                _ => several && *class == Class::Label,
            };
            let word = name.iter().all(|word| tagger::only_word(word));
            let told = parts || (!word && (whose || !both(name)));
            if told && if *class == Class::Label { labelled } else { named || known || parts } {
                self.accept(*string, name);
            } else if holder.kind.is_some() {
                self.nobody.insert(*string);
            }
        }
        if !holder.given.is_empty() && !holder.family.is_empty() {
            self.people.learn(&[holder.given, holder.family].concat());
        }
    }

    fn instead(&mut self, path: &[Segment<'_>], string: bool, text: &str) -> Option<Option<String>> {
        if !string
            && text == "true"
            && let Some(Segment::Key(key)) = path.last()
            && MACHINES.contains(&key.as_ref())
            && let Some(holder) = self.open.last_mut()
        {
            holder.kind = Some(Class::Thing);
        }
        match self.policy.fate(path)? {
            Fate::Masked(Kind::Person) if string => {
                if let Some(name) = people::parse(text) {
                    self.people.learn(&name);
                }
            }
            Fate::Masked(kind) if string && !pseudonym::is_one(text.trim()) => {
                self.learnt.learn(kind, text.trim())
            }
            _ => {}
        }
        Some(None)
    }

    fn packed(&mut self, path: &[Segment<'_>], text: &str, packed: &Packed) -> Option<Vec<Edit>> {
        self.strings += 1;
        let key = announced::key(path);
        let key = self.labels.value(self.strings, path).or(key.as_deref());
        if let Some(range) = credential::packed(text, &packed.text, key) {
            self.learnt.learn(Kind::Secret, text.get(range).unwrap_or_default());
        }
        None
    }

    fn string(&mut self, path: &[Segment<'_>], spot: Spot, text: &str) -> Vec<Edit> {
        if spot == Spot::Key {
            self.labels.key(text);
            let class = self.class(text);
            self.prose |= text.len() <= fields::MAX_KEY && text.contains(' ');
            if let Some(holder) = self.open.last_mut() {
                holder.traits |= matches!(class, Class::Trait | Class::Given | Class::Family);
            }
            return Vec::new();
        }
        self.strings += 1;
        let key = fields::nearest_key(path);
        let direct = matches!(path.last(), Some(Segment::Key(_)));
        if direct
            && key.is_some_and(|key| KINDS.contains(&key))
            && let Some(kind) = no_person(text)
            && let Some(holder) = self.open.last_mut()
        {
            holder.kind = Some(kind);
        }
        let key = key.map(|key| self.looks.keys.read(key));
        if direct && let Some(key) = key {
            self.pair(key, text);
        }
        let cell = self.columns.cell(path, text).map(|(head, class)| (head.to_owned(), class));
        match &cell {
            Some((_, class)) => self.value(*class, false, text),
            None => {
                let class = key.map_or(Class::Other, |key| key.class);
                let class = match (class, key) {
                    (Class::Other, Some(key)) => self.by_above(key, path),
                    (Class::Trait, Some(key)) if key.login && text.contains(' ') => Class::Role,
                    _ => class,
                };
                if class == Class::Other
                    && let Some(key) = key
                {
                    self.half(key, direct, text);
                }
                // A list of plain names is a list of anything.
                if class != Class::Other && (direct || class != Class::Name) {
                    self.value(class, key.is_some_and(|key| key.vague), text);
                }
            }
        }
        let key = announced::key(path);
        let label = self.labels.string(self.strings, path, text);
        let head = cell.as_ref().and_then(|(head, _)| detect::announcing(head));
        let key = head.or(label).or(key.as_deref());
        let mark = self.looks.mark(text);
        let under = self.looks.under(mark, key);
        if !self.looks.dull(under) {
            let (has, view) = self.looks.read(text, mark);
            let seen = view.iter().map(|view| (view.text.as_str(), view.has)).chain([(text, has)]);
            let mut teaches = false;
            for (text, has) in seen {
                look(text, has, key, self.looks, self.learnt);
                teaches |= plain(text, has, self.looks, self.people, self.locals);
            }
            if !teaches {
                self.looks.note_dull(under);
            }
        }
        self.prose |= !self.fields.contains(&self.strings) && tagger::worth(text);
        Vec::new()
    }
}

/// Keys of members that say of an object, when they are true, that it is no person.
const MACHINES: [&str; 6] = ["bot", "isBot", "is_bot", "resource", "is_app_user", "isResource"];

/// Keys that say what kind of thing an object is.
const KINDS: [&str; 6] = ["type", "kind", "@type", "accountType", "account_type", "object"];

/// What a kind says that is no person.
fn no_person(kind: &str) -> Option<Class> {
    let kind = kind.get(..fields::MAX_KEY).unwrap_or(kind).to_lowercase();
    match fields::class(&kind) {
        _ if words::organisation(&kind) => Some(Class::Thing),
        class @ (Class::Thing | Class::Record) => Some(class),
        _ => None,
    }
}

/// Whether words are a given and a family name that are known as nothing else.
fn known(name: &[String]) -> bool {
    match name {
        [given, .., family] => tagger::given_name(given) && tagger::family_name(family),
        _ => false,
    }
}

/// Whether words are as often words as names: `Grace`, `Rose Hill`.
fn both(name: &[String]) -> bool {
    let lower = |word: &String| word.to_lowercase();
    let both = |word: &String| words::ambiguous(&lower(word)) || words::also_name(&lower(word));
    people::capitalised(name) && name.iter().all(both)
}

/// Whether each of the words is on the lists of names.
fn listed(name: &[String]) -> bool {
    name.iter().all(|word| tagger::given_name(word) || tagger::family_name(word))
}

/// Whether words are a name by themselves: written like one, and one that is no common word or else several.
pub(super) fn telling(name: &[String]) -> bool {
    let own = |word: &String| word.chars().count() > 1 && !words::common(&word.to_lowercase());
    people::capitalised(name) && name.iter().any(own)
}

/// Whether words are a name when the field says so: also of words that are names as often (`Rose Hill`), and, where
/// the field is not vague, of several words in small letters that are no common ones (`jane doe`). Several that are all
/// known as something else are not, nor are words that are written as one (`GitHub Actions`).
pub(super) fn told(name: &[String], vague: bool) -> bool {
    let several = name.len() > 1;
    let capital = |word: &String| word.chars().any(char::is_uppercase);
    let small = || {
        let (particles, own): (Vec<_>, Vec<_>) = name.iter().partition(|word| words::particle(word));
        particles.len() < 3
            && (2..=4).contains(&own.len())
            && !own.iter().any(|word| words::common(word))
            && !name.iter().any(capital)
    };
    let thing =
        several && (name.iter().all(|word| tagger::only_word(word)) || name.iter().any(|word| joined(word)));
    (!thing && telling(name)) || (several && both(name)) || (several && !vague && small())
}

/// Whether words are written as one, `GitHub`, and are no name as `MacDonald` is.
fn joined(word: &str) -> bool {
    let capital = |(at, pair): (usize, &[u8])| {
        at > 1 && matches!(pair, [before, next] if before.is_ascii_lowercase() && next.is_ascii_uppercase())
    };
    word.as_bytes().windows(2).enumerate().any(capital)
        && !tagger::given_name(word)
        && !tagger::family_name(word)
}

/// Looks for values that only their surroundings tell, in each stretch of a text by itself.
fn look(text: &str, has: Traits, key: Option<&str>, looks: &mut Looks, learnt: &mut Learnt) {
    for stretch in detect::stretches(text, has, key).filter(|stretch| !stretch.name) {
        looks.learn(text.get(stretch.range).unwrap_or_default(), stretch.has, stretch.key, learnt);
    }
}

/// Learns from a text: names that it announces or puts before addresses, and what addresses are made of. Answers
/// whether there were any.
fn plain(text: &str, has: Traits, looks: &mut Looks, people: &mut People, locals: &mut Locals) -> bool {
    let mut teaches = places(text, has, looks, people);
    for name in salutation::find(text, has) {
        people.learn(&name);
        teaches = true;
    }
    let addresses = if has.any(AT) { email::find(text, None) } else { Vec::new() };
    teaches |= !addresses.is_empty();
    for address in addresses {
        if let Some(name) = text.get(..address.start).and_then(before_address) {
            people.learn(&name);
        }
        if let Some(address) = text.get(address) {
            locals.add(address);
        }
    }
    teaches
}

/// Learns from the cells of tables and from what stands behind labels; answers whether there are any.
fn places(text: &str, has: Traits, looks: &mut Looks, people: &mut People) -> bool {
    let mut teaches = false;
    let mut person = Parts::default();
    let mut row = None;
    for cell in table::cells(text, has) {
        let value = text.get(cell.range).unwrap_or_default();
        if row != Some(cell.row) {
            std::mem::take(&mut person).learn(people);
            row = Some(cell.row);
        }
        for name in label::named(cell.class, cell.vague, value) {
            teaches = true;
            people.learn(&name);
            person.add(cell.class, &name);
        }
    }
    person.learn(people);
    let mut person = Parts::default();
    let mut end = 0;
    for labelled in looks.labels(text, has).iter() {
        teaches = true;
        // What stands far apart are parts of different people.
        let between = text.get(end..labelled.range.start).unwrap_or_default();
        if between.len() > 80 || between.contains("\n\n") || person.has(labelled.class) {
            std::mem::take(&mut person).learn(people);
        }
        end = labelled.range.end;
        for name in &labelled.names {
            people.learn(name);
            person.add(labelled.class, name);
        }
    }
    person.learn(people);
    teaches
}

/// The parts of one person's name.
#[derive(Default)]
struct Parts {
    given: Vec<String>,
    family: Vec<String>,
}

impl Parts {
    fn has(&self, class: Class) -> bool {
        match class {
            Class::Given => !self.given.is_empty() && !self.family.is_empty(),
            Class::Family => !self.family.is_empty(),
            _ => false,
        }
    }

    fn add(&mut self, class: Class, name: &[String]) {
        match class {
            Class::Given => self.given.extend_from_slice(name),
            Class::Family => self.family.extend_from_slice(name),
            _ => {}
        }
    }

    fn learn(self, people: &mut People) {
        if !self.given.is_empty() && !self.family.is_empty() {
            people.learn(&[self.given, self.family].concat());
        }
    }
}

/// The name in `Name <`, where `before` ends with the bracket.
fn before_address(before: &str) -> Option<Vec<String>> {
    let before = before.strip_suffix("mailto:").unwrap_or(before);
    let before = before.strip_suffix('<').or_else(|| before.strip_suffix("&lt;"))?.trim_end_matches(' ');
    if let Some(quoted) = before.strip_suffix('"') {
        let (_, quoted) = quoted.rsplit_once('"')?;
        return people::parse(quoted.strip_suffix('\\').unwrap_or(quoted)).filter(|name| telling(name));
    }
    let start = before
        .char_indices()
        .rev()
        .take(80)
        .find(|(_, char)| {
            !(char.is_alphabetic() || matches!(char, ' ' | '.' | '-' | '\'' | '’' | '\u{300}'..='\u{36f}'))
        })
        .map_or(before.len().saturating_sub(80), |(at, char)| at + char.len_utf8());
    let mut name: Vec<_> = before.get(start..)?.split_whitespace().collect();
    // Of a sentence only the capitalised end is the name.
    let lower = name.iter().rposition(|word| word.starts_with(char::is_lowercase) && !words::particle(word));
    name.drain(..lower.map_or(0, |at| at + 1));
    while name.first().is_some_and(|word| words::common(&word.to_lowercase())) {
        name.remove(0);
    }
    people::parse(&name.join(" ")).filter(|name| telling(name))
}

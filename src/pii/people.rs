//! The names that are known, and where they stand.
//!
//! From each name follow the forms that people write it in: the whole, reversed with and without a comma, without
//! middle names, with an initial, and each part alone unless it is a common word. Forms are kept word by word in a
//! tree, so that looking costs one step a word, however many names are known. Words are told apart by a hash with a key
//! of its own.

mod written;

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::ops::Range;

use rustc_hash::FxBuildHasher;

use super::keyed::Keyed;
use super::lower::Lower;
use super::made::Made;
use super::phrases::Pairs;
use super::tagger::Hash;
use super::view;
use super::words;
pub(super) use written::{MAX_BYTES, capitalised, parse, several, several_words, whole};

/// A name has no more words than this; what is longer is a sentence.
const MAX_WORDS: usize = 9;

/// Known names.
#[derive(Default)]
pub(super) struct People {
    /// The way from a node by a word to the next, by a hash of both. The root is 0.
    steps: HashMap<u64, usize, FxBuildHasher>,
    /// What ends at each node but the root.
    ends: Vec<Option<End>>,
    /// How the words begin that lead away from the root.
    begin: Pairs,
    key: Key,
    /// How texts are hashed.
    texts: Keyed,
    /// User names that are made of the names.
    made: Made,
    /// How often a form became known, or known better.
    forms: usize,
    /// The words that names were learnt with.
    words: HashSet<u64>,
    /// The names that were learnt, by their hashes.
    names: HashSet<u64, FxBuildHasher>,
    /// Where names stand in texts, by the hash of the text: what only the place tells.
    spots: HashMap<u64, Vec<Range<usize>>>,
    /// The texts that were looked through for names, by their hashes.
    seen: HashSet<u64>,
}

/// The key of the hashes of words.
struct Key(u64);

impl Default for Key {
    fn default() -> Self {
        Self(Keyed::default().hash_one(()))
    }
}

impl Key {
    /// A hash with one letter more.
    fn with(hash: u64, letter: u32) -> u64 {
        (hash ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3)
    }

    /// A word in lower case, with one kind of apostrophe.
    fn hash(&self, word: &str) -> u64 {
        let hash = if word.is_ascii() {
            word.bytes().fold(self.0, |hash, byte| Self::with(hash, byte.to_ascii_lowercase().into()))
        } else {
            folded(word).fold(self.0, |hash, char| Self::with(hash, char.into()))
        };
        hash ^ hash >> 32
    }

    /// The words of a name as they are written.
    fn whole(&self, name: &[String]) -> u64 {
        let bytes = name.iter().flat_map(|word| word.bytes().chain([b' ']));
        bytes.fold(self.0, |hash, byte| Self::with(hash, byte.into()))
    }
}

/// The characters of a word in lower case, with one kind of apostrophe.
fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().map(|char| if char == '’' { '\'' } else { char }).flat_map(char::to_lowercase)
}

/// The words of a name that is learnt.
struct Spelt {
    words: Vec<Word>,
    /// Their parts: "Hans-Peter" is also written "Hans Peter" and "hans-peter".
    pieces: Vec<u64>,
}

/// A word of a name that is learnt.
struct Word {
    hash: Hash,
    particle: bool,
    /// What it is by itself, if it stands for the whole name.
    alone: Option<End>,
    pieces: Range<usize>,
}

/// How sure a form is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// One word that is a common word too: only after a title, or with a capital inside a sentence.
    Ambiguous,
    /// One word: only where it is written like a name.
    Part,
    /// Several words: in any case.
    Whole,
}

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    /// A character of a script that writes no spaces is a word of its own.
    spaceless: bool,
}

impl People {
    /// How often something was learnt that was not known.
    pub(super) fn forms(&self) -> usize {
        self.forms
    }

    /// Whether a name that is known has the word.
    pub(super) fn has(&self, word: Hash) -> bool {
        !self.words.is_empty() && self.words.contains(&word.0)
    }

    /// Whether a text is looked through for the first time; when there are very many, each counts as such.
    pub(super) fn fresh(&mut self, text: &str) -> bool {
        self.seen.len() >= MOST_SEEN || self.seen.insert(self.texts.hash_one(text))
    }

    /// Remembers where in a text names stand; ascending and apart.
    pub(super) fn spots(&mut self, text: &str, spots: Vec<Range<usize>>) {
        if self.spots.insert(self.texts.hash_one(text), spots).is_none() {
            self.forms += 1;
        }
    }

    /// Learns a person by the words of the name, given names first, also as it is written without marks: "Müller"
    /// is "Mueller" in addresses and "Muller" abroad.
    pub(super) fn learn(&mut self, name: &[String]) {
        if !self.names.insert(self.key.whole(name)) {
            return;
        }
        self.spelling(name);
        if !name.iter().all(|word| word.is_ascii()) {
            self.spelling(&name.iter().map(|word| transliterated(word)).collect::<Vec<_>>());
            self.spelling(&name.iter().map(|word| word.chars().map(unmarked).collect()).collect::<Vec<_>>());
        }
    }

    fn spelling(&mut self, name: &[String]) {
        if name.is_empty() || name.len() > MAX_WORDS {
            return;
        }
        self.made.learn(name);
        if name.iter().all(|word| word.chars().all(spaceless)) {
            let all = name.concat();
            let characters = all.char_indices().filter_map(|(at, char)| all.get(at..at + char.len_utf8()));
            let spelt = self.spelt(characters);
            if spelt.words.len() > 1 {
                self.form(&spelt, 0..spelt.words.len(), 0..0);
            }
            return;
        }
        let count = name.len();
        // Behind them the initial.
        let letter = name.first().and_then(|first| first.get(..first.chars().next()?.len_utf8()));
        let spelt = self.spelt(name.iter().map(String::as_str).chain(letter));
        self.form(&spelt, 0..count, 0..0);
        for word in spelt.words.iter().take(count) {
            self.alone(word, &spelt.pieces);
        }
        let particle = spelt.words.iter().take(count).skip(1).position(|word| word.particle);
        let family = particle.map_or(count - 1, |at| at + 1)..count;
        let (first, last, given) = (0..1, count - 1..count, 0..family.start);
        if given.is_empty() {
            return;
        }
        let mut form = |head: &Range<usize>, tail: Range<usize>| self.form(&spelt, head.clone(), tail);
        form(&family, given);
        form(&first, family.clone());
        form(&first, last.clone());
        form(&last, first.clone());
        form(&family, 0..0);
        if name.get(1).is_some_and(|second| Some(second) != name.last()) {
            // Two family names: "Ana García López" is "Ana García".
            form(&first, 1..2);
            form(&(1..count), 0..0);
        }
        if letter.is_some() {
            form(&(count..count + 1), family.clone());
            form(&family, count..count + 1);
        }
    }

    /// Learns one word of a name, unless it is a common word that is no name.
    pub(super) fn part(&mut self, word: &str) {
        let spelt = self.spelt(std::iter::once(word));
        for word in &spelt.words {
            self.alone(word, &spelt.pieces);
        }
    }

    /// Where user names stand that are made of known names, ascending and apart.
    pub(super) fn made(&self, text: &str) -> Vec<Range<usize>> {
        self.made.find(text)
    }

    /// Where known names stand, ascending and apart. Without `parts` only those of several words.
    pub(super) fn find(&self, text: &str, parts: bool) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let none = Vec::new();
        let spots = if self.spots.is_empty() || !parts {
            &none
        } else {
            self.spots.get(&self.texts.hash_one(text)).unwrap_or(&none)
        };
        let mut spots = spots.iter().peekable();
        if self.ends.is_empty() && spots.peek().is_none() {
            return found;
        }
        let mut at = 0;
        loop {
            let skipped = if spots.peek().is_none() { self.skip(text, at) } else { at };
            let Some(token) = next_token(text, skipped) else { break };
            let mut range = self.at(text, &token, parts);
            let reach = range.as_ref().map_or(token.range.end, |range| range.end);
            while let Some(spot) =
                spots.next_if(|spot| spot.start < range.as_ref().map_or(reach, |range| range.end))
            {
                if spot.start >= at {
                    range =
                        Some(range.map_or(spot.clone(), |range| {
                            range.start.min(spot.start)..range.end.max(spot.end)
                        }));
                }
            }
            at = match range {
                Some(range) => {
                    let end = range.end;
                    found.push(range);
                    end
                }
                None => reach,
            };
        }
        found
    }

    /// Passes over words that no name begins with: words of ASCII, without an apostrophe.
    fn skip(&self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let begins = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let mut at = at;
        while let Some(ahead) = bytes.get(at..).and_then(|rest| rest.iter().position(begins)) {
            at += ahead;
            let word = bytes.get(at..).unwrap_or_default();
            let length = word.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(word.len());
            let plain = word.get(length).is_none_or(|byte| byte.is_ascii() && *byte != b'\'');
            let second = word.get(1).filter(|_| length > 1).copied().unwrap_or(0);
            if !plain || word.first().is_none_or(|first| self.begin.have(*first, second)) {
                break;
            }
            at += length;
        }
        at
    }

    fn at(&self, text: &str, token: &Token, parts: bool) -> Option<Range<usize>> {
        let word = text.get(token.range.clone())?;
        let from = |start: usize| {
            let token = Token { range: start..token.range.end, spaceless: token.spaceless };
            self.longest(text, token, parts).map(|end| start..end)
        };
        from(token.range.start).or_else(|| {
            // French and Italian elision: "d'Alice", "dell'Anna". The cheapest question first.
            word.bytes().take(6).any(|byte| matches!(byte, b'\'' | 0xe2)).then_some(())?;
            let (head, _) = word.split_once(['\'', '’'])?;
            let start = token.range.start + head.len() + word.get(head.len()..)?.chars().next()?.len_utf8();
            (head.len() <= 5 && start < token.range.end).then(|| from(start))?
        })
    }

    /// The end of the longest form that begins with `token`.
    fn longest(&self, text: &str, token: Token, parts: bool) -> Option<usize> {
        let start = token.range.start;
        // The cheapest question first.
        let word = text.get(token.range.clone())?.as_bytes();
        let (first, second) = (*word.first()?, word.get(1).copied().unwrap_or(0));
        if first.is_ascii() && second.is_ascii() && !self.begin.have(first, second) {
            return None;
        }
        let (mut node, mut token, mut best) = (0, token, None);
        for _ in 0..=MAX_WORDS {
            let word = text.get(token.range.clone())?;
            let accepts = |node: usize, end: usize| {
                self.end(node).filter(|form| self.fits(text, start..end, *form, parts))
            };
            if let Some(stem) = genitive(word)
                && let Some(next) = self.step(node, self.key.hash(word.get(..stem)?))
                && !words::common(&word.to_lowercase().replace('’', "'"))
                && accepts(next, token.range.start + stem).is_some()
            {
                best = Some(token.range.start + stem);
            }
            let Some(next) = self.step(node, self.key.hash(word)) else { break };
            node = next;
            if accepts(node, token.range.end).is_some() {
                best = Some(token.range.end);
            }
            let Some(following) = next_token(text, token.range.end) else { break };
            let between = text.get(token.range.end..following.range.start)?;
            if !joins(between, word.chars().nth(1).is_none(), token.spaceless && following.spaceless)
                || (between == "_" && !parts)
            {
                break;
            }
            token = following;
        }
        best
    }

    /// Reads the words of a name that is learnt.
    fn spelt<'w>(&mut self, words: impl Iterator<Item = &'w str>) -> Spelt {
        let mut spelt = Spelt { words: Vec::with_capacity(MAX_WORDS), pieces: Vec::with_capacity(MAX_WORDS) };
        for word in words {
            let from = spelt.pieces.len();
            let pieces = word.split(HYPHENS).filter(|piece| !piece.is_empty());
            // What is not of ASCII is looked for without this.
            let first = folded(pieces.clone().next().unwrap_or_default());
            let mut letters = first.map(|char| u8::try_from(char).unwrap_or(u8::MAX));
            self.begin.add(letters.next().unwrap_or(0), letters.next().unwrap_or(0));
            spelt.pieces.extend(pieces.map(|piece| self.key.hash(piece)));
            let is = words::Word::of(&Lower::of(word));
            let alone = part(word).then_some(if is.ambiguous() { End::Ambiguous } else { End::Part });
            let pieces = from..spelt.pieces.len();
            spelt.words.push(Word { hash: Hash::of(word), particle: is.particle(), alone, pieces });
        }
        spelt
    }

    fn step(&self, node: usize, word: u64) -> Option<usize> {
        self.steps.get(&way(node, word)).copied()
    }

    fn end(&self, node: usize) -> Option<End> {
        node.checked_sub(1).and_then(|at| self.ends.get(at)).copied().flatten()
    }

    /// Whether a form may stand here, written as it is.
    fn fits(&self, text: &str, range: Range<usize>, form: End, parts: bool) -> bool {
        let before = text.get(..range.start).and_then(|before| before.chars().next_back());
        let after = text.get(range.end..).unwrap_or_default();
        let behind = after.strip_prefix('s').unwrap_or(after);
        if before.is_some_and(|char| char.is_ascii_alphanumeric())
            || behind.starts_with(|char: char| char.is_ascii_alphanumeric())
        {
            return false;
        }
        let start = range.start;
        let value = text.get(range).unwrap_or_default();
        match form {
            End::Whole => {
                let lower = !value.chars().any(char::is_uppercase) && value.chars().any(char::is_lowercase);
                // "rose hill" is a place as easily; "rose-hill" is how handles are written.
                !lower
                    || !value.contains(char::is_whitespace)
                    || !value.split(|char: char| !char.is_alphabetic()).any(words::common)
            }
            End::Part => {
                parts
                    && (before == Some('@') || !value.starts_with(char::is_lowercase))
                    && apart(before, after)
            }
            End::Ambiguous => {
                let head = text.get(..start).unwrap_or_default();
                let told = before == Some('@') || value.starts_with(char::is_uppercase) && expects_name(head);
                parts && told && apart(before, after)
            }
        }
    }

    /// Learns the form that these of a name's words are, and behind them those.
    fn form(&mut self, spelt: &Spelt, head: Range<usize>, tail: Range<usize>) {
        let words = |range: Range<usize>| spelt.words.get(range).unwrap_or_default();
        let (head, tail) = (words(head), words(tail));
        let pieces = |words: &[Word]| match words {
            [first, .., last] => spelt.pieces.get(first.pieces.start..last.pieces.end).unwrap_or_default(),
            [word] => spelt.pieces.get(word.pieces.clone()).unwrap_or_default(),
            [] => &[],
        };
        match (head, tail) {
            // A single word is a part, whatever form it came from.
            ([word], []) if word.pieces.len() == 1 => self.alone(word, &spelt.pieces),
            _ if head.iter().chain(tail).all(|word| word.particle) => {}
            _ => self.insert(pieces(head).iter().chain(pieces(tail)), End::Whole),
        }
    }

    /// Learns a word of a name by itself.
    fn alone(&mut self, word: &Word, pieces: &[u64]) {
        let Some(end) = word.alone else { return };
        self.words.insert(word.hash.0);
        if !word.particle {
            let pieces = pieces.get(word.pieces.clone()).unwrap_or_default();
            self.insert(pieces.iter(), if pieces.len() == 1 { end } else { End::Whole });
        }
    }

    /// Knows the form that these pieces are.
    fn insert<'p>(&mut self, pieces: impl Iterator<Item = &'p u64>, end: End) {
        let mut node = 0;
        for piece in pieces {
            node = *self.steps.entry(way(node, *piece)).or_insert_with(|| {
                self.ends.push(None);
                self.ends.len()
            });
        }
        if let Some(known) = node.checked_sub(1).and_then(|at| self.ends.get_mut(at))
            && *known < Some(end)
        {
            *known = Some(end);
            self.forms += 1;
        }
    }
}

/// Whether a word of a name stands for the whole: not one of two letters, and no common word that is no name.
pub(super) fn part(word: &str) -> bool {
    let lower = Lower::of(word);
    let letters = lower.chars().filter(|char| char.is_alphabetic()).count();
    let is = words::Word::of(&lower);
    letters >= 3 && !is.organisation() && (!is.common() || is.ambiguous())
}

/// The hash of a word that follows a node.
fn way(node: usize, word: u64) -> u64 {
    let way = (word ^ (node as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    way ^ way >> 29
}

/// The next word at or after `at`: letters with apostrophes inside.
pub(super) fn next_token(text: &str, at: usize) -> Option<Token> {
    let letter = |at: usize| text.get(at..)?.chars().next().filter(|char| char.is_alphabetic());
    let bytes = text.as_bytes();
    let mut start = at;
    // Most are of ASCII, whose characters are bytes.
    let first = loop {
        match bytes.get(start)? {
            byte if byte.is_ascii_alphabetic() => break char::from(*byte),
            byte if byte.is_ascii() => start += 1,
            _ => match text.get(start..)?.chars().next()? {
                char if char.is_alphabetic() => break char,
                char => start += char.len_utf8(),
            },
        }
    };
    let mut end = start + first.len_utf8();
    if spaceless(first) {
        return Some(Token { range: start..end, spaceless: true });
    }
    while let Some(byte) = bytes.get(end) {
        end += match byte {
            byte if byte.is_ascii_alphabetic() => 1,
            b'\'' if letter(end + 1).is_some() => 1,
            byte if byte.is_ascii() => break,
            _ => match text.get(end..)?.chars().next()? {
                '’' if letter(end + '’'.len_utf8()).is_some() => '’'.len_utf8(),
                char if char.is_alphabetic() && !spaceless(char) || view::mark(char) => char.len_utf8(),
                _ => break,
            },
        };
    }
    Some(Token { range: start..end, spaceless: false })
}

/// More texts than these are not remembered.
const MOST_SEEN: usize = 16_384;

/// Where a genitive's stem ends: "Jane's", "Lenas".
fn genitive(word: &str) -> Option<usize> {
    let stem = ["'s", "’s", "'S", "’S"].iter().find_map(|ending| word.strip_suffix(ending));
    let stem = stem.or_else(|| word.strip_suffix('s').filter(|stem| stem.chars().count() >= 3));
    stem.map(str::len)
}

const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];

/// Whether a single word stands by itself and not inside a compound, a host name or an identifier.
fn apart(before: Option<char>, after: &str) -> bool {
    let mut next = after.chars();
    let (first, second) = (next.next(), next.next());
    let joined = match first {
        Some('_' | '@') => true,
        Some('.' | '-') => second.is_some_and(char::is_alphanumeric),
        _ => false,
    };
    !joined && !matches!(before, Some('_' | '.' | '-'))
}

/// Whether a text ends where a capital means a name: after a title, or after a word in the middle of a sentence
/// that is no article.
fn expects_name(before: &str) -> bool {
    let Some(before) = before.strip_suffix([' ', '\u{a0}']) else { return false };
    let word =
        |text: &str| text.rsplit(|char: char| !char.is_alphabetic()).next().unwrap_or_default().to_owned();
    match before.strip_suffix('.') {
        Some(before) => words::title(&word(before).to_lowercase()),
        None => {
            let word = word(before);
            words::title(&word.to_lowercase())
                || word.starts_with(char::is_lowercase) && !words::article(&word)
        }
    }
}

/// Whether what stands between two words leaves them one name.
fn joins(between: &str, after_initial: bool, spaceless: bool) -> bool {
    match between {
        "" => spaceless,
        "-" | "\u{2010}" | "\u{2011}" | " " | "\u{a0}" | "\u{202f}" | "  " | "\n" | "\r\n" | "\t" | ", "
        | "," | "." | "_" => true,
        ". " => after_initial,
        _ => false,
    }
}

fn transliterated(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 2);
    for char in word.chars() {
        match char {
            'ä' => out.push_str("ae"),
            'ö' | 'ø' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'Ä' => out.push_str("Ae"),
            'Ö' | 'Ø' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'ß' => out.push_str("ss"),
            'å' => out.push_str("aa"),
            other => out.push(unmarked(other)),
        }
    }
    out
}

fn unmarked(char: char) -> char {
    let mut lower = char.to_lowercase();
    match (lower.next().map(super::fields::plain), lower.next()) {
        (Some(plain), None) if char.is_uppercase() => plain.to_uppercase().next().unwrap_or(char),
        (Some(plain), None) => plain,
        _ => char,
    }
}

/// Han, Kana, Hangul and Thai.
fn spaceless(char: char) -> bool {
    matches!(char, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

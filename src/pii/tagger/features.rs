//! What the tagger looks at: the one place where features are made, for training and at run time.

use super::lexicon::Hash;
use super::tokens::{BREAK, SPACE, START, Shape, Token, and_space, begins, ends, only};

/// Bits of a feature's number.
pub(in crate::pii) const BITS: u32 = 18;
/// Features of one word at most.
pub(super) const MOST: usize = 72;

/// What surrounds a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    /// The JSON key above it, and that key's last word.
    pub(super) key: u32,
    pub(super) key_end: u32,
    /// How many words the text has, up to 15.
    pub(super) words: u32,
}

/// What is known of a word from elsewhere in the document.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Elsewhere {
    /// It is part of an address.
    pub(super) local: bool,
    /// It is part of a name that is known.
    pub(super) known: bool,
    /// It stands in this text in lower case too.
    pub(super) small: bool,
}

/// The line that a word stands in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    /// Number of its first word.
    pub(super) first: usize,
    /// The word before a colon near its begin, or nothing.
    pub(super) label: u32,
    /// Number of that word.
    pub(super) label_at: usize,
    /// How much it looks like code, 0 to 3.
    pub(super) code: u32,
    /// How many words it has, up to 9.
    pub(super) words: u32,
}

/// The numbers of a word's features.
pub(super) struct Features {
    around: Around,
    numbers: [u32; MOST],
    count: usize,
}

impl Features {
    pub(super) fn new(around: Around) -> Self {
        Self { around, numbers: [0; MOST], count: 0 }
    }

    pub(super) fn numbers(&self) -> &[u32] {
        self.numbers.get(..self.count).unwrap_or_default()
    }

    /// Reads the features of the word at `at`. `named` are the decisions on the three words before it, nearest first.
    pub(super) fn read(
        &mut self,
        text: &str,
        tokens: &[Token],
        at: usize,
        named: [bool; 3],
        line: Line,
        elsewhere: Elsewhere,
    ) {
        let around = self.around;
        self.count = 0;
        let here = tokens.get(at);
        let Some(word) = here else { return };
        let back = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
        let (p1, p2) = (back(1), back(2));
        let (n1, n2) = (tokens.get(at + 1), tokens.get(at + 2));
        let sort0 = sort(here);
        let (sp1, sn1) = (sort(p1), sort(n1));
        let (lp1, ln1) = (letters(p1), letters(n1));
        let (cp1, cp2, cn2) = (coarse(p1), coarse(p2), coarse(n2));
        let (g0, g1, g2) = (gap(here), gap(n1), gap(n2));
        let before = u32::from(named[0]) | u32::from(named[1]) << 1 | u32::from(named[2]) << 2;

        self.add(1, 0);
        self.add(2, sort0);
        self.add(3, both(word.shape as u32, u32::from(word.length.min(12))));
        let other = word.word.other();
        if other == 0 || other == 5 {
            spelling(self, text.get(word.range()).unwrap_or_default(), word.shape as u32);
        }
        if other != 0 {
            self.add(10, both(short(word.hash), word.shape as u32));
            self.add(11, both(short(word.hash), u32::from(named[0])));
        }
        self.add(12, both(lp1, g0));
        self.add(14, both(sp1, g0));
        self.add(15, both(ln1, g1));
        self.add(16, both(ln1, sort0));
        self.add(17, both(sn1, g1));
        self.add(18, both(cp2, both(cp1, g0)));
        self.add(21, both(cn2, both(sn1, sort0)));
        self.add(22, both(both(g0, g1), sort0));
        self.add(24, both(before, both(g0, sort0)));
        self.add(30, both(both(g1, g2), both(sn1, sort0)));
        if let Some(next) = n1
            && next.shape == Shape::Lower
        {
            let end = tail(text.get(next.range()).unwrap_or_default(), 2);
            self.add(35, both(end, both(g1, sort0)));
        }
        let place = (at - line.first.min(at)).min(4) as u32;
        self.add(36, both(both(place, line.words), sort0));
        self.add(37, both(both(place, g1), both(line.words.min(4), word.shape as u32)));
        self.add(38, both(line.code, sort0));
        self.add(39, both(line.code, both(g0, g1)));
        if line.label != 0 {
            let distance = (at - line.label_at.min(at)).min(4) as u32;
            self.add(40, both(line.label, distance));
            self.add(41, both(line.label, sort0));
            self.add(42, both(distance, both(sort0, g1)));
        }
        if around.key != 0 {
            self.add(43, both(around.key, around.words.min(4)));
            self.add(44, both(around.key_end, sort0));
            self.add(46, both(1, both(around.words.min(6), sort0)));
        } else {
            self.add(46, both(0, both(around.words.min(6), sort0)));
        }
        let elsewhere =
            u32::from(elsewhere.local) | u32::from(elsewhere.known) << 1 | u32::from(elsewhere.small) << 2;
        self.add(47, both(elsewhere, sort0));
        if word.handle {
            self.add(48, both(sort0, both(g0, g1)));
        }
        let starts = g0 & u32::from(START | BREAK) != 0
            || and_space(word.gap, '.')
            || begins(word.gap, '?')
            || begins(word.gap, '!');
        self.add(50, both(u32::from(starts), both(sort0, sn1)));
        self.add(51, both(u32::from(starts), both(ln1, sort0)));
        let run = Run::around(tokens, at);
        let (first, last) = (tokens.get(run.first), tokens.get(run.last));
        let (outside, behind) =
            (run.first.checked_sub(1).and_then(|at| tokens.get(at)), tokens.get(run.last + 1));
        let (inside, length) = ((at - run.first) as u32, (run.last - run.first) as u32);
        let shape = both(inside, both(length, u32::from(run.company) | u32::from(run.given) << 1));
        self.add(52, both(shape, sort0));
        let (lo, lb) = (letters(outside), letters(behind));
        let (go, gb) = (gap(first), gap(behind));
        if length > 0 {
            self.add(54, both(lo, both(go, u32::from(run.company))));
            self.add(55, both(lb, both(gb, u32::from(run.company))));
            self.add(56, both(lo, sort0));
            self.add(57, both(lb, sort0));
            self.add(58, both(both(sort(first), sort(last)), sort0));
        }
        self.add(59, both(both(go, gb), both(length, sort0)));
        self.add(61, both(both(go, gb), both(u32::from(run.company) | u32::from(run.given) << 1, length)));
    }

    fn add(&mut self, kind: u32, value: u32) {
        if let Some(number) = self.numbers.get_mut(self.count) {
            let mixed = (value ^ kind.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
            *number = (mixed ^ mixed >> 15).wrapping_mul(0xc2b2_ae35) >> (32 - BITS);
            self.count += 1;
        }
    }
}

/// Two values in one.
fn both(first: u32, second: u32) -> u32 {
    (first.wrapping_mul(0x9e37_79b1) ^ second).wrapping_mul(0x2545_f491).rotate_left(13)
}

/// A hash of 64 bits in 32.
pub(super) fn short(hash: Hash) -> u32 {
    (hash.0 ^ (hash.0 >> 32)) as u32
}

/// A token by what it is: how it is written and what it is known as.
fn sort(token: Option<&Token>) -> u32 {
    token.map_or(0xfff, |token| u32::from(token.word.0) << 4 | token.shape as u32)
}

/// A token by its letters, if anybody knows it.
fn letters(token: Option<&Token>) -> u32 {
    token.map_or(1, |token| match token.word.other() {
        0 => 0x1000 | sort(Some(token)),
        _ => short(token.hash),
    })
}

/// A token by its letters, if it is one of the commonest, else by what it is: for two of them at once.
fn coarse(token: Option<&Token>) -> u32 {
    token.map_or(1, |token| match token.word.other() {
        1 => short(token.hash),
        _ => 0x1000 | sort(Some(token)),
    })
}

fn gap(token: Option<&Token>) -> u32 {
    token.map_or(0xffff, |token| u32::from(token.gap))
}

/// The words with capitals next to each other of which one is looked at.
pub(super) struct Run {
    first: usize,
    last: usize,
    /// A legal form is one of them or follows them.
    pub(super) company: bool,
    /// One of the others is a given name.
    given: bool,
}

impl Run {
    pub(super) fn around(tokens: &[Token], at: usize) -> Self {
        let inside = |token: &Token| {
            token.capital()
                || matches!(token.shape, Shape::Initial)
                || (token.word.only_name() && token.shape == Shape::Lower)
        };
        let joins = |token: &Token, before: &Token| {
            token.gap == SPACE
                || only(token.gap, '-')
                || only(token.gap, '\'')
                || (before.shape == Shape::Initial && (and_space(token.gap, '.') || only(token.gap, '.')))
                || begins(token.gap, '&')
        };
        let (mut first, mut last) = (at, at);
        while let (Some(token), Some(before)) =
            (tokens.get(first), first.checked_sub(1).and_then(|at| tokens.get(at)))
            && at - first < 3
            && inside(before)
            && joins(token, before)
        {
            first -= 1;
        }
        while let (Some(token), Some(next)) = (tokens.get(last), tokens.get(last + 1))
            && last - at < 3
            && inside(next)
            && joins(next, token)
        {
            last += 1;
        }
        let words = tokens.get(first..=last).unwrap_or_default();
        let company = words.iter().any(|token| token.word.other() == 6)
            || tokens
                .get(last + 1)
                .is_some_and(|next| next.word.other() == 6 && next.gap & BREAK == 0 && !ends(next.gap, '.'))
            || company(tokens, last + 1);
        let given = words.iter().enumerate().any(|(place, token)| first + place != at && token.word.given());
        Self { first, last, company, given }
    }
}

/// Whether a legal form in single letters begins here: `S.A.`, `B.V.`, `S.r.l.`, `Sp. z o.o.`
fn company(tokens: &[Token], at: usize) -> bool {
    let (first, second) = (at.checked_sub(1).and_then(|at| tokens.get(at)), tokens.get(at));
    let dotted = |token: &Token| only(token.gap, '.') && token.length < 3;
    let begins_here = second.is_some_and(|token| token.gap == SPACE && token.length < 3)
        && tokens.get(at + 1).is_some_and(dotted);
    // The run has taken the first letter for an initial.
    let begun = first.is_some_and(|token| token.shape == Shape::Initial) && second.is_some_and(dotted);
    begins_here || begun
}

/// How a word is spelt: its last letters and its first.
fn spelling(features: &mut Features, word: &str, shape: u32) {
    let mut hash = Hash::EMPTY;
    for (kind, char) in (4..8).zip(word.chars().rev()) {
        hash = hash.with(super::lexicon::fold(char));
        if kind > 4 {
            features.add(kind, both(short(hash), shape));
        }
    }
    let mut hash = Hash::EMPTY;
    for (place, char) in (0..4).zip(word.chars()) {
        hash = hash.with(super::lexicon::fold(char));
        if place > 1 {
            features.add(7 + place, short(hash));
        }
    }
}

/// The last letters of a word.
fn tail(word: &str, letters: usize) -> u32 {
    short(
        word.chars()
            .rev()
            .take(letters)
            .fold(Hash::EMPTY, |hash, char| hash.with(super::lexicon::fold(char))),
    )
}

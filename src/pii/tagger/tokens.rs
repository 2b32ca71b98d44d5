//! A text in words, as the tagger reads it.

use std::ops::Range;

use super::lexicon::{Hash, Word, fold, look};
use crate::pii::{pseudonym, view};

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Shape {
    /// Digits only.
    Number,
    /// Letters and digits.
    Mixed,
    /// `word`
    Lower,
    /// `Word`
    Capital,
    /// `WORD`
    Upper,
    /// `W`
    Initial,
    /// `wOrd`, `WordWord`
    Camel,
    /// `McWord`, `DeWord`
    Prefixed,
    /// Letters of a script without capitals.
    Foreign,
    /// A pseudonym.
    Pseudonym,
    /// `w`
    Letter,
    /// Part of an address or a URL.
    Address,
}

/// A word and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) hash: Hash,
    pub(super) shape: Shape,
    /// What stands between it and the word before: see [`gap`].
    pub(super) gap: u16,
    /// How many characters it has.
    pub(super) length: u8,
    pub(super) word: Word,
    /// Whether it is part of a handle: `@jane.doe`.
    pub(super) handle: bool,
}

impl Token {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Written with a capital at least.
    pub(super) fn capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper | Shape::Camel | Shape::Prefixed)
    }
}

/// Nothing between.
pub(super) const NONE: u16 = 0;
/// A space.
pub(super) const SPACE: u16 = 1;
/// Set when the gap has a line break.
pub(super) const BREAK: u16 = 1 << 11;
/// Set when the gap begins or ends with space.
const LEADING: u16 = 1 << 12;
const TRAILING: u16 = 1 << 13;
/// Set at the start of the text.
pub(super) const START: u16 = 1 << 14;

/// The class of a character between words.
fn class(char: char) -> u16 {
    match char {
        '.' => 2,
        ',' => 3,
        ':' => 4,
        ';' => 5,
        '-' | '\u{2010}' | '\u{2011}' => 6,
        '–' | '—' => 7,
        '\'' | '’' => 8,
        '"' | '“' | '”' | '„' | '«' | '»' | '`' => 9,
        '(' | '[' | '{' => 10,
        ')' | ']' | '}' => 11,
        '@' => 12,
        '/' | '\\' => 13,
        '_' => 14,
        '<' => 15,
        '>' => 16,
        '=' => 17,
        '|' => 18,
        '*' => 19,
        '#' => 20,
        '!' | '¡' => 21,
        '?' | '¿' => 22,
        '&' | '+' => 23,
        '•' | '·' => 24,
        '$' | '%' | '^' | '~' => 25,
        _ => 26,
    }
}

/// What stands between two words, in a number: its first and last character that are no space, whether space stands
/// before and behind them, whether there is a line break.
fn gap(between: &str) -> u16 {
    let (mut first, mut last, mut breaks, mut leading, mut trailing) = (0, 1, 0, 0, 0);
    for char in between.chars() {
        if char.is_whitespace() {
            breaks |= if char == '\n' { BREAK } else { 0 };
            leading |= if first == 0 { LEADING } else { 0 };
            trailing = TRAILING;
        } else {
            last = class(char);
            first = if first == 0 { last } else { first };
            trailing = 0;
        }
    }
    first.max(1) | last << 5 | breaks | leading | trailing
}

/// Whether a gap is nothing but one mark of this class.
pub(super) fn only(gap: u16, mark: char) -> bool {
    gap == class(mark) | class(mark) << 5
}

/// Whether a gap is one mark of this class and space behind it.
pub(super) fn and_space(gap: u16, mark: char) -> bool {
    gap == class(mark) | class(mark) << 5 | TRAILING
}

/// Whether a gap begins with a mark of this class.
pub(super) fn begins(gap: u16, mark: char) -> bool {
    gap & 31 == class(mark)
}

/// Whether a gap ends with a mark of this class.
pub(super) fn ends(gap: u16, mark: char) -> bool {
    gap >> 5 & 31 == class(mark)
}

/// The words of a text.
pub(super) fn read(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5 + 1);
    let mut own = pseudonym::spans(text).peekable();
    let bytes = text.as_bytes();
    let mut memory = Memory::of(text);
    // Where the next pseudonym begins.
    let mut stop = own.peek().map_or(bytes.len(), |range| range.start);
    let (mut at, mut end) = (0, 0);
    // Where the piece without space around the word begins, and whether it is an address.
    let (mut piece, mut address) = (0, false);
    // Whether there may be handles.
    let mut signs = false;
    while let Some(byte) = bytes.get(at) {
        let (start, word) = if stop <= at
            && let Some(range) = own.next()
        {
            stop = own.peek().map_or(bytes.len(), |next| next.start);
            (range.start, Letters::pseudonym(range.end))
        } else {
            let size = match kind(*byte) {
                Byte::Letter => 0,
                Byte::Other => {
                    let (char, size) = char_at(text, bytes, at);
                    if char.is_alphanumeric() { 0 } else { size }
                }
                Byte::End => {
                    if address || signs {
                        settle(&mut tokens, piece, address);
                    }
                    (piece, address) = (tokens.len(), false);
                    1
                }
                Byte::At => {
                    address |= end == at && end > 0;
                    signs = true;
                    1
                }
                Byte::Colon => {
                    address |= bytes.get(at + 1..at + 3) == Some(b"//");
                    1
                }
                Byte::Mark => 1,
            };
            if size > 0 {
                at += size;
                continue;
            }
            (at, letters(text, bytes, at..stop, &mut memory))
        };
        push(&mut tokens, text, start, end, &word);
        at = word.end.max(at);
        end = at;
    }
    settle(&mut tokens, piece, address);
    if let Some(first) = tokens.first_mut() {
        first.gap |= START;
    }
    tokens
}

/// What a byte is to the words of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// A letter or digit.
    Letter,
    /// What no piece without space goes on behind.
    End,
    At,
    Colon,
    Mark,
    /// Not ASCII.
    Other,
}

fn kind(byte: u8) -> Byte {
    static KINDS: [Byte; 256] = {
        let mut kinds = [Byte::Mark; 256];
        let mut byte = 0;
        while byte < 256 {
            kinds[byte] = match byte as u8 {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Byte::Letter,
                b' ' | b'\n' | b'\t' | b'\r' | b'"' | b'<' | b'>' | b'(' | b')' | b'|' | b',' | b';'
                | b'[' | b']' | b'=' | b'`' => Byte::End,
                b'@' => Byte::At,
                b':' => Byte::Colon,
                0x80.. => Byte::Other,
                _ => Byte::Mark,
            };
            byte += 1;
        }
        kinds
    };
    KINDS.get(usize::from(byte)).copied().unwrap_or(Byte::Mark)
}

fn char_at(text: &str, bytes: &[u8], at: usize) -> (char, usize) {
    match bytes.get(at) {
        Some(byte) if byte.is_ascii() => (char::from(*byte), 1),
        _ => {
            let char = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
            (char, char.len_utf8())
        }
    }
}

struct Letters {
    end: usize,
    shape: Shape,
    hash: Hash,
    length: u8,
    word: Word,
}

impl Letters {
    fn pseudonym(end: usize) -> Self {
        Self { end, shape: Shape::Pseudonym, hash: Hash::EMPTY, length: 0, word: Word::default() }
    }
}

/// The short words that a long text had last: most of its words are few.
struct Memory(Vec<(u64, Hash, Word)>);

impl Memory {
    const BITS: u32 = 9;

    fn of(text: &str) -> Self {
        let size = if text.len() < 2048 { 0 } else { 1 << Self::BITS };
        Self(vec![(0, Hash::EMPTY, Word::default()); size])
    }

    /// The hash of so many small letters, as [`eight`] has them, and what they are known as.
    fn look(&mut self, letters: u64, count: usize) -> (Hash, Word) {
        let place = letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::BITS);
        let mut entry = self.0.get_mut(place as usize);
        if let Some((known, hash, word)) = &entry
            && *known == letters
        {
            return (*hash, *word);
        }
        let hash = with(Hash::EMPTY, letters, count);
        let word = look(hash);
        if let Some(entry) = &mut entry {
            **entry = (letters, hash, word);
        }
        (hash, word)
    }
}

/// A hash with so many letters more, as [`eight`] has them.
fn with(hash: Hash, letters: u64, count: usize) -> Hash {
    (0..count).fold(hash, |hash, at| hash.with((letters >> (8 * at)) as u32 & 0xff))
}

/// Reads a word once: where it ends, its shape and hash.
fn letters(text: &str, bytes: &[u8], range: Range<usize>, memory: &mut Memory) -> Letters {
    // Most words are in small letters, perhaps after a capital.
    let (start, stop) = (range.start, range.end);
    let word = bytes.get(range).unwrap_or_default();
    let first = eight(word);
    let capital = (first as u8).is_ascii_uppercase();
    let mut letters = if capital { first ^ 0x20 } else { first };
    let mut small = small_letters(letters);
    let ends = |byte: u8| !matches!(kind(byte), Byte::Letter | Byte::Other);
    if (2..8).contains(&small) && ends((letters >> (8 * small)) as u8) {
        let (hash, word) = memory.look(letters & ((1 << (8 * small)) - 1), small);
        let shape = if capital { Shape::Capital } else { Shape::Lower };
        return Letters { end: start + small, shape, hash, length: small as u8, word };
    }
    let mut length = small;
    let mut hash = Hash::EMPTY;
    while small == 8 {
        hash = with(hash, letters, small);
        letters = eight(word.get(length..).unwrap_or_default());
        small = small_letters(letters);
        length += small;
    }
    if word.get(length).is_some_and(|byte| !ends(*byte)) || length == 0 || length > 255 {
        return other_letters(text, bytes, start, stop);
    }
    let hash = with(hash, letters, small);
    let (shape, word) = match (capital, length) {
        (true, 1) => (Shape::Initial, Word::default()),
        (false, 1) => (Shape::Letter, Word::default()),
        (true, _) => (Shape::Capital, look(hash)),
        (false, _) => (Shape::Lower, look(hash)),
    };
    Letters { end: start + length, shape, hash, length: length as u8, word }
}

/// The first eight bytes in a number, the first of them its lowest; nothing where there are fewer.
fn eight(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
}

/// How many of [`eight`] bytes are small letters, up to the first that is none.
fn small_letters(bytes: u64) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // The highest bit of each byte says whether it is one.
    let plain = bytes & (EACH * 0x7f);
    let (from_a, behind_z) = (plain + EACH * (0x80 - b'a' as u64), plain + EACH * (0x7f - b'z' as u64));
    let others = !(from_a & !behind_z & !bytes) & (EACH * 0x80);
    others.trailing_zeros() as usize / 8
}

fn other_letters(text: &str, bytes: &[u8], start: usize, stop: usize) -> Letters {
    let (mut at, mut hash, mut length) = (start, Hash::EMPTY, 0_u8);
    let (mut digits, mut upper, mut lower, mut other, mut first) = (0_u8, 0_u8, 0_u8, 0_u8, false);
    // The place of the second capital, and capitals behind it.
    let mut second = 0_u8;
    while at < stop {
        let (char, size) = char_at(text, bytes, at);
        if view::mark(char) {
            at += size;
            continue;
        }
        if !char.is_alphanumeric() {
            break;
        }
        if char.is_ascii_digit() {
            digits = 1;
        } else if char.is_uppercase() {
            upper = upper.saturating_add(1);
            if length == 0 {
                first = true;
            } else if upper == 2 {
                second = length;
            }
        } else if char.is_lowercase() {
            lower = 1;
        } else {
            other = 1;
        }
        hash = hash.with(fold(char));
        length = length.saturating_add(1);
        at += size;
    }
    let shape = match (digits, upper, lower, other) {
        (1, 0, 0, 0) => Shape::Number,
        (1, ..) => Shape::Mixed,
        (_, 0, 0, _) => Shape::Foreign,
        (_, 0, ..) if length == 1 => Shape::Letter,
        (_, 0, ..) => Shape::Lower,
        (_, 1, 0, 0) if length == 1 => Shape::Initial,
        (_, 1, ..) if first => Shape::Capital,
        (_, _, 0, 0) => Shape::Upper,
        (_, 2, ..) if first && (2..=4).contains(&second) => Shape::Prefixed,
        _ => Shape::Camel,
    };
    let known =
        matches!(shape, Shape::Lower | Shape::Capital | Shape::Upper | Shape::Prefixed | Shape::Camel);
    let word = if known { look(hash) } else { Word::default() };
    Letters { end: at, shape, hash, length, word }
}

/// Adds a word; `end` is where the one before it ends.
fn push(tokens: &mut Vec<Token>, text: &str, start: usize, end: usize, word: &Letters) {
    let gap = match text.as_bytes().get(end..start) {
        None | Some([]) => NONE,
        Some([b' ']) => SPACE,
        Some(_) => gap(text.get(end..start).unwrap_or_default()),
    };
    let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(word.end)) else { return };
    tokens.push(Token {
        start: from,
        end: to,
        hash: word.hash,
        shape: word.shape,
        gap,
        length: word.length,
        word: word.word,
        handle: false,
    });
}

/// Marks the words of one piece without space: those of an address are none, those of a handle are of one.
fn settle(tokens: &mut [Token], piece: usize, address: bool) {
    let Some(words) = tokens.get_mut(piece..) else { return };
    if address {
        for token in words.iter_mut().filter(|token| token.shape != Shape::Pseudonym) {
            token.shape = Shape::Address;
            token.word = Word::default();
        }
    } else if words.first().is_some_and(|token| ends(token.gap, '@')) {
        words.iter_mut().for_each(|token| token.handle = true);
    }
}

#[cfg(test)]
mod tests {
    use super::{BREAK, SPACE, START, Shape, and_space, begins, ends, only, read};

    #[test]
    fn words_have_shapes() {
        let text = "word Word WORD W w wOrd McWord 12 w12 李 Émile a.b@c.de https://d.example/e";
        let shapes: Vec<_> = read(text).iter().map(|token| token.shape).collect();
        use Shape::{
            Address, Camel, Capital, Foreign, Initial, Letter, Lower, Mixed, Number, Prefixed, Upper,
        };
        let address = [Address; 4];
        let expected = [
            &[Lower, Capital, Upper, Initial, Letter, Camel, Prefixed, Number, Mixed, Foreign, Capital][..],
            &address,
            &address,
        ];
        assert_eq!(shapes, expected.concat());
    }

    #[test]
    fn gaps_are_told_by_their_marks() {
        let tokens = read("Ann, Bob-Carl: \"Dan\"\n- Eve");
        let gap = |at: usize| tokens[at].gap;
        assert_eq!(gap(0), START);
        assert!(and_space(gap(1), ',') && only(gap(2), '-'));
        assert!(begins(gap(3), ':') && ends(gap(3), '"'));
        assert!(gap(4) & BREAK != 0 && ends(gap(4), '-'));
        assert_eq!(read("a b")[1].gap, SPACE);
    }

    #[test]
    fn handles_and_pseudonyms_are_seen() {
        let tokens = read("ask @jane.doe or (@max)");
        assert_eq!(tokens.iter().filter(|token| token.handle).count(), 3);
        let masked = "ask Person-R2Q17G7QZ7B0 now";
        assert_eq!(read(masked).len(), if read(masked)[1].shape == Shape::Pseudonym { 3 } else { 4 });
    }
}

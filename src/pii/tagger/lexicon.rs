//! Which words are known, and as what: a retrieval filter of folded words, made by `tools/names`.
//!
//! A binary fuse filter (Graf and Lemire, 2022) whose cells hold a fingerprint and what the word is. A word that is
//! not in it is taken for one that is once in 2^[`PRINT`] times; what reads it has learnt to live with that.

/// Made by `tools/names`; see its README for what is in it.
const CELLS: &[u8] = include_bytes!("lexicon.bin");

/// Bits of a cell: the fingerprint, then what the word is.
pub(super) const PRINT: u32 = 5;
/// Bits that say what a word is.
pub(super) const KIND: u32 = 5;
/// The bytes before the cells: seed, segments, length of a segment.
pub(super) const HEAD: usize = 12;

/// What a word is known as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Word(pub(super) u8);

impl Word {
    /// Whether given names have it.
    pub(super) fn given(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether family names have it.
    pub(super) fn family(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether it is a name and nothing else.
    pub(super) fn only_name(self) -> bool {
        matches!(self.0, 1..=3)
    }

    /// What else it is: 0 nothing, 1 one of the commonest words, 2 a common word, 3 a noun that is written with a
    /// capital, 4 a place, 5 a product or company, 6 a legal form, 7 a title.
    pub(super) fn other(self) -> u8 {
        self.0 >> 2
    }
}

/// A hash of letters as [`fold`] gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pii) struct Hash(pub(in crate::pii) u64);

impl Hash {
    /// Of no letters.
    pub(in crate::pii) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// With one letter more.
    #[must_use]
    pub(in crate::pii) fn with(self, letter: u32) -> Self {
        Self((self.0 ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3))
    }

    /// Of a word.
    pub(in crate::pii) fn of(word: &str) -> Self {
        word.chars().fold(Self::EMPTY, |hash, char| hash.with(fold(char)))
    }
}

/// A letter in lower case and without its mark.
pub(super) fn fold(char: char) -> u32 {
    const LATIN: &[u8; 192] = b"\
        aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggg\
        gggghhhhiiiiiiiiiiiijjkkkllllll..llnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    const MORE: &[u8; 256] = b"\
        aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrr\
        ssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy....s.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee\
        eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
    let code = u32::from(char);
    let plain = match code {
        0..0xc0 => return u32::from(char.to_ascii_lowercase()),
        0xc0..0x180 => LATIN.get(code as usize - 0xc0),
        0x1e00..0x1f00 => MORE.get(code as usize - 0x1e00),
        _ => None,
    };
    match plain {
        Some(plain) if *plain != b'.' => u32::from(*plain),
        _ => char.to_lowercase().next().map_or(code, u32::from),
    }
}

/// The three cells of a hash: `segments` of 2^`log` cells and two more.
pub(super) fn cells(hash: u64, segments: u32, log: u32) -> [usize; 3] {
    let size = u64::from(segments) << log;
    let mask = (1_u64 << log) - 1;
    let first = ((u128::from(hash) * u128::from(size)) >> 64) as u64;
    let second = (first + (1 << log)) ^ ((hash >> 18) & mask);
    let third = (first + (2 << log)) ^ (hash & mask);
    [first as usize, second as usize, third as usize]
}

/// Mixes a word's hash with the seed for which the filter could be made (the finalizer of `MurmurHash3`).
pub(super) fn mix(hash: u64, seed: u32) -> u64 {
    let mut hash = hash.wrapping_add(u64::from(seed));
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// The fingerprint of a mixed hash.
pub(super) fn print(hash: u64) -> u32 {
    ((hash ^ (hash >> 32)) as u32) & ((1 << PRINT) - 1)
}

/// What a word is, by its hash.
pub(super) fn look(hash: Hash) -> Word {
    found(hash).unwrap_or_default()
}

/// What stands before the cells: the seed, how many segments there are, and how long each is, as a power of two.
const HEADER: (u32, u32, u32) = header(CELLS);

const fn header(file: &[u8]) -> (u32, u32, u32) {
    match file {
        [a, b, c, d, e, f, g, h, i, j, k, l, ..] => (
            u32::from_le_bytes([*a, *b, *c, *d]),
            u32::from_le_bytes([*e, *f, *g, *h]),
            u32::from_le_bytes([*i, *j, *k, *l]),
        ),
        _ => (0, 0, 0),
    }
}

fn found(hash: Hash) -> Option<Word> {
    let (seed, segments, log) = HEADER;
    let hash = mix(hash.0, seed);
    let cell = |at: usize| {
        let bit = at * (PRINT + KIND) as usize;
        let from = HEAD + bit / 8;
        let bytes = CELLS.get(from..from + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) >> (bit % 8))
    };
    let [first, second, third] = cells(hash, segments, log);
    let value = (cell(first)? ^ cell(second)? ^ cell(third)?) & ((1 << (PRINT + KIND)) - 1);
    (value >> KIND == print(hash)).then_some(Word((value & ((1 << KIND) - 1)) as u8))
}

#[cfg(test)]
mod tests {
    use super::{Hash, fold, look};

    #[test]
    fn letters_are_folded() {
        let folded: String = "ÄßŁøŽàéĞıễữđЖ".chars().filter_map(|char| char::from_u32(fold(char))).collect();
        assert_eq!(folded, "aslozaegieudж");
        assert_eq!(Hash::of("Müller"), Hash::of("MULLER"));
    }

    #[test]
    fn words_are_known_as_what_they_are() {
        for (word, given, family, other) in [
            ("Maria", true, false, 0),
            ("Ngozi", true, false, 0),
            ("Kowalski", false, true, 0),
            ("Nguyễn", true, true, 0),
            ("GmbH", false, false, 6),
            ("Frau", false, false, 7),
            ("and", false, false, 1),
            ("Rechnung", false, false, 2),
        ] {
            let known = look(Hash::of(word));
            let flags = (known.given(), known.family(), known.other());
            assert_eq!(
                (flags.0 >= given, flags.1 >= family, flags.2),
                (true, true, other),
                "{word}: {flags:?}"
            );
        }
    }

    #[test]
    fn few_words_that_are_in_no_list_are_taken_for_one() {
        let made = (0..4000).filter(|number| look(Hash::of(&format!("qx{number}zw"))).0 != 0).count();
        assert!(made < 4000 / 20, "{made}");
    }
}

//! Names in running text: a small linear tagger over the words of a text.
//!
//! Each word that might be part of a name (a capital, a known name in small letters, a handle) is judged from left to
//! right by what it looks like, what it is known as and what stands around it: [`features`]. The weights are made by
//! `tools/names`, which runs this same code over a corpus, so that what is learnt is what is asked.

mod features;
mod lexicon;
#[cfg(feature = "training")]
pub(super) mod make;
mod spans;
mod tokens;
pub(super) mod weights;

use std::ops::Range;
use std::sync::LazyLock;

use super::words;
use features::{Around, Elsewhere, Features, Line};
pub(super) use lexicon::Hash;
use tokens::{BREAK, SPACE, START, Shape, Token, and_space, begins, only};

/// Made by `tools/names`; see [`weights`].
static PACKED: &[u8] = include_bytes!("weights.bin");

static WEIGHTS: LazyLock<Vec<i8>> = LazyLock::new(|| weights::unpacked(PACKED));

/// Part of a name when its weights add up to more than this.
const NAME: i32 = -5;

/// With less than this, a word behind a name is none of it.
const DOUBTED: i32 = -30;

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) range: Range<usize>,
    /// How sure its least sure word is.
    pub(super) sure: i32,
    /// How many words it has.
    pub(super) words: usize,
    /// It is a handle: `@jane.doe`.
    pub(super) handle: bool,
}

/// What else the document says about words.
pub(super) trait Known {
    /// Whether an address has the word.
    fn local(&self, word: Hash) -> bool;
    /// Whether a name that is known has the word.
    fn known(&self, word: Hash) -> bool;
}

/// The names in a text, which stands under `key` when it is a string of a JSON document.
pub(super) fn find(text: &str, key: Option<&str>, known: &dyn Known) -> Vec<Span> {
    let weights = WEIGHTS.as_slice();
    let mut spans = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let block = block(rest);
        if worth(block) {
            let found = tag(block, key, known, &mut |numbers, _| weigh(weights, numbers) - NAME);
            let moved = |span: Span| Span { range: span.range.start + start..span.range.end + start, ..span };
            spans.extend(found.into_iter().map(moved));
        }
        start += block.len();
    }
    spans
}

/// A long text is read in blocks of about so many bytes, so that memory does not grow with it.
const BLOCK: usize = 1 << 16;

/// The begin of a text, up to the end of a line, or else of a sentence or a word.
fn block(text: &str) -> &str {
    if text.len() <= BLOCK {
        return text;
    }
    let bytes = text.as_bytes();
    let (near, far) = (BLOCK / 2, BLOCK.min(bytes.len()));
    let window = bytes.get(near..far).unwrap_or_default();
    let end = memchr::memrchr(b'\n', window)
        .or_else(|| memchr::memmem::rfind(window, b". "))
        .or_else(|| memchr::memrchr(b' ', window))
        .map(|at| near + at + 1)
        // One word that long: as far as it goes.
        .or_else(|| memchr::memchr2(b' ', b'\n', bytes.get(far..)?).map(|at| far + at + 1));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn weigh(weights: &[i8], numbers: &[u32]) -> i32 {
    let weight = |number: &u32| weights.get(*number as usize).map_or(0, |weight| i32::from(*weight));
    numbers.iter().map(weight).sum()
}

/// Whether a word alone may be a name: nobody knows it as something else.
pub(super) fn may_name(word: &str) -> bool {
    let known = lexicon::look(Hash::of(word));
    let Some(first) = word.chars().next() else { return false };
    first.is_uppercase() && (known.other() == 0 || (known.given() && known.other() != 1))
}

/// Whether anybody is known to be called so, whatever else the word means.
pub(super) fn any_given(word: &str) -> bool {
    lexicon::look(Hash::of(word)).given()
}

/// Whether a word is known as a given name, and as nothing commoner.
pub(super) fn given_name(word: &str) -> bool {
    let known = lexicon::look(Hash::of(word));
    known.given() && known.other() != 1
}

/// The same of a family name.
pub(super) fn family_name(word: &str) -> bool {
    let known = lexicon::look(Hash::of(word));
    known.family() && known.other() != 1
}

/// Whether a word is known as something else than a name.
pub(super) fn is_word(word: &str) -> bool {
    lexicon::look(Hash::of(word)).other() != 0
}

/// Whether a word is known as something else than a name, and as no name.
pub(super) fn only_word(word: &str) -> bool {
    let known = lexicon::look(Hash::of(word));
    known.other() != 0 && !known.given() && !known.family()
}

/// Whether a word is known as a given name, and as nothing else but a name.
pub(super) fn only_given(word: &str) -> bool {
    let known = lexicon::look(Hash::of(word));
    known.given() && known.only_name()
}

/// The same of a family name.
pub(super) fn only_family(word: &str) -> bool {
    let known = lexicon::look(Hash::of(word));
    known.family() && known.only_name()
}

/// Whether a text may have a name in it at all: it has a word with a capital, a handle or two words.
pub(super) fn worth(text: &str) -> bool {
    let mut before = 0;
    text.len() > 1
        && text.bytes().any(|byte| {
            let capital =
                before < b'a' && before.is_ascii_uppercase() && (byte.is_ascii_lowercase() || byte >= 0x80);
            before = byte;
            capital || matches!(byte, b'@' | b' ' | 0xc3..)
        })
}

/// Judges each word that might be part of a name.
pub(super) fn tag(
    text: &str,
    key: Option<&str>,
    known: &dyn Known,
    judge: &mut dyn FnMut(&[u32], Range<usize>) -> i32,
) -> Vec<Span> {
    let tokens = tokens::read(text);
    let around = Around {
        key: key.map_or(0, |key| features::short(Hash::of(key)) | 1),
        key_end: key.map_or(0, |key| {
            let words = super::fields::words(key);
            words.split(' ').rfind(|word| !word.is_empty()).map_or(1, |word| features::short(Hash::of(word)))
        }),
        words: tokens.len().min(15) as u32,
    };
    let mut decided = vec![0_i32; tokens.len()];
    let mut seen: Option<(Seen, Seen)> = None;
    let mut line = Line::default();
    let mut features = Features::new(around);
    let mut read = false;
    let mut speaker = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.gap & (BREAK | START) != 0 {
            line = Line { first: at, ..Line::default() };
            read = false;
            speaker = speaker_ends(&tokens, at);
        } else if at - line.first <= 4 && begins(token.gap, ':') {
            let label = at.checked_sub(1).and_then(|at| tokens.get(at));
            line.label = label.map_or(0, |label| features::short(label.hash) | 1);
            line.label_at = at;
        }
        let before =
            |steps: usize| at.checked_sub(steps).and_then(|at| decided.get(at)).is_some_and(|sure| *sure > 0);
        // What is most often no candidate is told from little.
        let plain = match token.shape {
            Shape::Lower => {
                let capital = |steps: usize| tokens.get(at + steps).is_some_and(Token::capital);
                !token.word.only_name() && !(token.length < 6 && (capital(1) || capital(2))) && !before(1)
            }
            Shape::Capital | Shape::Upper | Shape::Prefixed | Shape::Initial | Shape::Letter => false,
            _ => true,
        };
        if at >= speaker && ((plain && !token.handle) || !candidate(text, &tokens, at, before(1))) {
            continue;
        }
        if !read {
            (line.code, line.words) = look_at(text, &tokens, line.first);
            read = true;
        }
        if line.code > 0
            && token.gap == SPACE
            && declares(text, at.checked_sub(1).and_then(|at| tokens.get(at)))
        {
            continue;
        }
        let (small, addresses) =
            seen.get_or_insert_with(|| (Seen::of(&tokens, Shape::Lower), Seen::of(&tokens, Shape::Address)));
        let elsewhere = Elsewhere {
            local: known.local(token.hash) || (token.length > 2 && addresses.has(token.hash)),
            known: known.known(token.hash),
            small: token.capital() && small.has(token.hash),
        };
        let named = [before(1), before(2), before(3)];
        features.read(text, &tokens, at, named, line, elsewhere);
        let mut sure = judge(features.numbers(), token.range());
        if sure <= 0 && genitive(text, token, tokens.get(at + 1)) {
            sure = GENITIVE;
        }
        if let Some(decision) = decided.get_mut(at) {
            *decision = sure;
        }
        // Who speaks is one person, if one at all.
        if at + 1 == speaker
            && let Some(words) = decided.get_mut(line.first..speaker).filter(|words| words.len() < 4)
            && words.iter().any(|sure| *sure > 0)
        {
            words.iter_mut().for_each(|sure| *sure = (*sure).max(1));
        }
    }
    spans::of(&tokens, &decided)
}

/// `Gretas Notizen`: a given name in the German genitive, before a noun.
fn genitive(text: &str, token: &Token, next: Option<&Token>) -> bool {
    token.shape == Shape::Capital
        && token.length > 3
        && token.word.0 == 0
        && next
            .is_some_and(|next| next.gap == SPACE && next.shape == Shape::Capital && !next.word.only_name())
        && text.get(token.range()).and_then(|word| word.strip_suffix('s')).is_some_and(|stem| {
            let word = lexicon::look(Hash::of(stem));
            word.given() && word.only_name()
        })
}

/// How sure that is.
const GENITIVE: i32 = 16;

/// Where a line's begin in small letters ends that a colon follows, as the speakers of chats stand: `jane doe: hello`.
fn speaker_ends(tokens: &[Token], first: usize) -> usize {
    let mut at = first;
    while let Some(token) = tokens.get(at)
        && token.shape == Shape::Lower
        && token.word.other() != 1
        && at < first + 4
        && (at == first || token.gap == SPACE || only(token.gap, '-'))
    {
        at += 1;
    }
    let colon = tokens.get(at).is_some_and(|next| and_space(next.gap, ':'));
    if colon && at > first { at } else { 0 }
}

/// Whether a word might be part of a name.
fn candidate(text: &str, tokens: &[Token], at: usize, named: bool) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let next = tokens.get(at + 1);
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let glued = |gap: u16| only(gap, '_') || only(gap, '/') || only(gap, '=') || only(gap, '$');
    if token.handle {
        return matches!(
            token.shape,
            Shape::Lower | Shape::Capital | Shape::Prefixed | Shape::Initial | Shape::Letter
        ) || (token.shape == Shape::Upper && token.length > 3);
    }
    if glued(token.gap) || next.is_some_and(|next| glued(next.gap) && !only(next.gap, '/')) {
        return only(token.gap, '=') && token.shape == Shape::Capital;
    }
    match token.shape {
        Shape::Capital | Shape::Prefixed | Shape::Upper => {
            !only(token.gap, '.') || before.is_some_and(|before| before.shape == Shape::Initial)
        }
        Shape::Initial => true,
        Shape::Lower if token.length > 1 => {
            let ahead = |steps: usize| tokens.get(at + steps);
            let capital = |token: &Token| {
                token.gap == SPACE && matches!(token.shape, Shape::Capital | Shape::Prefixed | Shape::Upper)
            };
            let inside = token.length < 6
                && (next.is_some_and(capital)
                    || next.is_some_and(|next| next.gap == SPACE && next.length < 5)
                        && ahead(2).is_some_and(capital));
            if inside && words::inside_names(text.get(token.range()).unwrap_or_default()) {
                return true;
            }
            let goes_on = named
                && matches!(token.word.other(), 0 | 4)
                && before.is_some_and(|before| before.shape == Shape::Lower)
                && (token.gap == SPACE || only(token.gap, '-'));
            goes_on
                || (token.length > 2
                    && token.word.only_name()
                    && !only(token.gap, '.')
                    && !next.is_some_and(|next| {
                        next.gap != SPACE && (only(next.gap, '.') || begins(next.gap, '('))
                    }))
        }
        _ => false,
    }
}

/// Whether what follows a word in code is named there, and is nobody.
fn declares(text: &str, word: Option<&Token>) -> bool {
    let word = word.filter(|word| word.shape == Shape::Lower).and_then(|word| text.get(word.range()));
    let declares = [
        "class",
        "struct",
        "enum",
        "interface",
        "trait",
        "impl",
        "def",
        "fn",
        "func",
        "function",
        "module",
        "namespace",
        "import",
        "package",
        "extends",
        "implements",
        "new",
        "type",
        "const",
        "var",
        "let",
    ];
    word.is_some_and(|word| declares.contains(&word))
}

/// How much a line looks like code, and how many words it has.
fn look_at(text: &str, tokens: &[Token], first: usize) -> (u32, u32) {
    let begin = tokens.get(first).map_or(0, |token| token.start as usize);
    let from = begin.saturating_sub(4);
    let bytes = text.as_bytes().get(from..text.len().min(from + 164)).unwrap_or_default();
    let end = bytes.get(begin - from..).and_then(|line| memchr::memchr(b'\n', line));
    let line = bytes.get(..end.map_or(bytes.len(), |end| begin - from + end)).unwrap_or_default();
    // What code is full of; at most 164 of them.
    let mark =
        |byte: &u8| matches!(byte, b'(' | b')' | b';'..=b'>' | b'['..=b']' | b'{'..=b'}' | b'$' | b'_');
    let marks: u8 = line.iter().map(|byte| u8::from(mark(byte))).sum();
    let code = match marks {
        0 => 0,
        1..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let words = tokens.iter().skip(first + 1).take(8).take_while(|token| token.gap & BREAK == 0).count();
    (code, words as u32 + 1)
}

/// Which words a text has in lower case, or in addresses.
struct Seen {
    bits: [u64; 64],
    /// In a long text most words would be in.
    short: bool,
}

impl Seen {
    fn of(tokens: &[Token], shape: Shape) -> Self {
        let mut seen = Self { bits: [0; 64], short: tokens.len() < 1500 };
        for token in tokens.iter().take(1500).filter(|token| token.shape == shape) {
            for bit in Self::bits(token.hash) {
                if let Some(word) = seen.bits.get_mut(bit >> 6) {
                    *word |= 1 << (bit & 63);
                }
            }
        }
        seen
    }

    fn bits(hash: Hash) -> [usize; 2] {
        [(hash.0 >> 20) as usize & 4095, (hash.0 >> 40) as usize & 4095]
    }

    fn has(&self, hash: Hash) -> bool {
        self.short
            && Self::bits(hash)
                .iter()
                .all(|bit| self.bits.get(bit >> 6).is_some_and(|word| word >> (bit & 63) & 1 == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash, Known, find, may_name, worth};

    struct Nothing;

    impl Known for Nothing {
        fn local(&self, _: Hash) -> bool {
            false
        }

        fn known(&self, _: Hash) -> bool {
            false
        }
    }

    fn names(text: &str) -> Vec<&str> {
        find(text, None, &Nothing).into_iter().map(|span| &text[span.range]).collect()
    }

    #[test]
    fn names_in_seven_languages_are_found() {
        for (text, expected) in [
            ("Bob Smith called about the invoice.", &["Bob Smith"][..]),
            ("We talked to Ngozi Okafor and Wei Zhang yesterday.", &["Ngozi Okafor", "Wei Zhang"]),
            ("Laut Sabine Krüger ist die Rechnung bezahlt.", &["Sabine Krüger"]),
            ("Le rapport a été relu par Camille Lefebvre.", &["Camille Lefebvre"]),
            ("Ayer llamó Lucía Fernández por el pedido.", &["Lucía Fernández"]),
            ("Ha firmato Giulia Bianchi per il cliente.", &["Giulia Bianchi"]),
            ("De afspraak met Pieter van den Berg gaat niet door.", &["Pieter van den Berg"]),
            ("Fakturę podpisała Agnieszka Kowalska.", &["Agnieszka Kowalska"]),
            ("ping @katrin.vogel please", &["katrin.vogel"]),
            ("Gretas Notizen fehlen noch.", &["Gretas"]),
            ("Whitfield, Hannah chairs the panel.", &["Whitfield, Hannah"]),
            ("SCHNEIDER Anna unterschreibt.", &["SCHNEIDER Anna"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn other_capitals_are_no_names() {
        for text in [
            "The Release Notes of Kubernetes are on the Wiki.",
            "Der Vertrag mit der Müller Maschinenbau GmbH läuft aus.",
            "SELECT Name, City FROM Orders WHERE Status = 'Open';",
            "Open the Settings and choose Export.",
            "error: Connection Refused",
            "https://example.com/Anna-Schmidt",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_long_text_is_read_in_blocks_that_part_no_name() {
        for between in ["\n", ". ", " "] {
            let text = format!("we talked to Ngozi Okafor yesterday{between}").repeat(6000);
            assert_eq!(names(&text), ["Ngozi Okafor"; 6000]);
        }
        let text = "x".repeat(200_000);
        assert_eq!(super::block(&text), text);
    }

    #[test]
    fn texts_without_words_are_not_read() {
        assert!(!worth("") && !worth("2026-11-27T03:12:22Z") && !worth("in_progress"));
        assert!(worth("Anna") && worth("@anna") && worth("two words"));
    }

    #[test]
    fn a_word_that_is_something_else_is_no_name_alone() {
        assert!(may_name("Katrin") && may_name("Zwylba"));
        assert!(!may_name("Open") && !may_name("katrin") && !may_name(""));
    }
}

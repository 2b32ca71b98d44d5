//! The names that decided words make, and what belongs to them though it was not decided.

use std::sync::LazyLock;

use super::features::Run;
use super::tokens::{BREAK, SPACE, START, Shape, Token, and_space, ends, only};
use super::{DOUBTED, Hash, Span};

/// Words next to each other that are one name.
struct Piece {
    from: usize,
    to: usize,
    sure: i32,
}

/// Whether two words that both are parts of names are parts of one.
fn joined(before: &Token, token: &Token) -> bool {
    token.gap == SPACE
        || only(token.gap, '-')
        || only(token.gap, '\'')
        || (matches!(before.shape, Shape::Initial) && (and_space(token.gap, '.') || only(token.gap, '.')))
        || (token.handle && (only(token.gap, '.') || only(token.gap, '_')))
}

/// The names that decided words make.
pub(super) fn of(tokens: &[Token], decided: &[i32]) -> Vec<Span> {
    let mut runs: Vec<Piece> = Vec::new();
    for (at, (token, sure)) in tokens.iter().zip(decided).enumerate().filter(|(_, (_, sure))| **sure > 0) {
        match runs.last_mut() {
            Some(run)
                if run.to + 1 == at && tokens.get(run.to).is_some_and(|before| joined(before, token))
                    || particles(tokens, run.to, token) == Some(at) =>
            {
                run.to = at;
                run.sure = run.sure.min(*sure);
            }
            _ => runs.push(Piece { from: at, to: at, sure: *sure }),
        }
    }
    for number in 0..runs.len() {
        let first =
            number.checked_sub(1).and_then(|before| runs.get(before)).map_or(0, |before| before.to + 1);
        let last = runs.get(number + 1).map_or(tokens.len(), |next| next.from);
        if let Some(run) = runs.get_mut(number) {
            extend(run, tokens, decided, first, last);
        }
    }
    // "Doe, Jane" is one; "Jane, Max and Ann" are three.
    let comma = |from: &Piece, to: &Piece| {
        from.to + 1 == to.from && tokens.get(to.from).is_some_and(|token| and_space(token.gap, ','))
    };
    let mut spans = Vec::with_capacity(runs.len());
    let mut at = 0;
    while let Some(run) = runs.get(at) {
        let next = runs.get(at + 1);
        let mut to = run.to;
        let mut sure = run.sure;
        let word = tokens.get(run.to);
        if let Some(next) = next
            && comma(run, next)
            && !runs.get(at + 2).is_some_and(|after| comma(next, after))
            && !at.checked_sub(1).and_then(|at| runs.get(at)).is_some_and(|before| comma(before, run))
            && next.to - next.from < 3
            && word.is_some_and(|word| {
                !word.word.given() || (word.word.family() && begins_line(tokens, run.from))
            })
            && tokens.get(next.from).is_some_and(|word| word.word.given() || !word.word.family())
            && tokens
                .get(run.from..run.to)
                .unwrap_or_default()
                .iter()
                .all(|token| token.shape == Shape::Lower)
        {
            to = next.to;
            sure = sure.min(next.sure);
            at += 1;
        }
        at += 1;
        if let (Some(first), Some(last)) = (tokens.get(run.from), tokens.get(to)) {
            let range = first.start as usize..last.end as usize;
            // A particle, an initial or a letter alone is no name.
            let whole = tokens.get(run.from..=to).unwrap_or_default();
            if !Run::around(tokens, run.from).company
                && whole.iter().any(|token| {
                    token.length > 1 && (token.capital() || token.word.only_name() || token.handle)
                })
            {
                spans.push(Span { range, sure, words: to + 1 - run.from, handle: first.handle });
            }
        }
    }
    spans
}

/// Takes in what stands beside a name and belongs to it, between the words `first` and `last`.
fn extend(run: &mut Piece, tokens: &[Token], decided: &[i32], first: usize, last: usize) {
    while run.to + 1 < last
        && let (Some(before), Some(next)) = (tokens.get(run.to), tokens.get(run.to + 1))
        && !next.handle
        && joined(before, next)
        && (doubted(next, decided.get(run.to + 1).copied())
            || family_behind(before, next)
            || (run.to > run.from && particle_before(before, next)))
    {
        run.to += 1;
    }
    if let Some(family) = tokens.get(run.to).and_then(|given| family_ahead(tokens, run.to, given))
        && family < last
    {
        run.to = family;
    }
    if let Some(given) = tokens.get(run.from).and_then(|family| given_behind(tokens, run.from, family))
        && given >= first
    {
        run.from = given;
    }
    if run.from > first
        && let (Some(before), Some(word)) = (tokens.get(run.from - 1), tokens.get(run.from))
        && !word.handle
        && (given_before(before, word)
            || family_before(before, word)
            || (run.from == run.to && heads(before, word)))
    {
        run.from -= 1;
    }
}

/// What follows a name and is no other word belongs to it, if nothing much speaks against it.
fn doubted(next: &Token, sure: Option<i32>) -> bool {
    matches!(next.shape, Shape::Capital | Shape::Prefixed)
        && next.word.other() == 0
        && sure.is_some_and(|sure| (DOUBTED..=0).contains(&sure) && sure != 0)
}

/// `jane smith`, `Jane SMITH`: a family name that is nothing else, behind a given name and written otherwise.
fn family_behind(before: &Token, next: &Token) -> bool {
    let small = before.shape == Shape::Lower && next.shape == Shape::Lower && next.gap == SPACE;
    let large = before.shape == Shape::Capital && capitals(next);
    (small || large) && before.word.given() && next.word.only_name() && next.word.family()
}

/// `SMITH Jane`.
fn family_before(before: &Token, word: &Token) -> bool {
    word.gap == SPACE
        && word.shape == Shape::Capital
        && word.word.given()
        && capitals(before)
        && before.word.only_name()
        && before.word.family()
}

/// The word behind the particles that stand behind a word of a name, `van den`, if `family` can follow them.
fn particles(tokens: &[Token], at: usize, family: &Token) -> Option<usize> {
    let particle = |at: &usize| {
        tokens.get(*at).is_some_and(|token| {
            token.gap == SPACE
                && token.shape == Shape::Lower
                && token.length < 6
                && PARTICLES.contains(&token.hash)
        })
    };
    let count = (at + 1..at + 4).take_while(particle).count();
    // "di" and "de" stand before anything.
    let sure =
        tokens.get(at + 1).is_some_and(|first| PARTICLES.iter().take(SURE).any(|sure| *sure == first.hash));
    let fits = family.gap == SPACE
        && matches!(family.shape, Shape::Capital | Shape::Prefixed)
        && family.word.family()
        && (sure || family.word.only_name());
    (count > 0 && fits).then_some(at + 1 + count)
}

/// `Jan` of `Jan van Dijk`: where the family's name ends.
fn family_ahead(tokens: &[Token], at: usize, given: &Token) -> Option<usize> {
    let ends = (at + 2..at + 5).find(|at| tokens.get(*at).is_some_and(Token::capital))?;
    (given.shape == Shape::Capital && given.word.given() && !given.handle)
        .then(|| particles(tokens, at, tokens.get(ends)?))?
        .filter(|family| *family == ends)
}

/// `Dijk` of `Jan van Dijk`: where the given name is.
fn given_behind(tokens: &[Token], at: usize, family: &Token) -> Option<usize> {
    let begins = (at.saturating_sub(4)..at.saturating_sub(1))
        .rev()
        .find(|at| tokens.get(*at).is_some_and(Token::capital))?;
    let given = tokens.get(begins)?;
    (given.shape == Shape::Capital && given.word.given() && !given.handle)
        .then(|| particles(tokens, begins, family))?
        .filter(|family| *family == at)
        .map(|_| begins)
}

/// Particles before the names of families; behind the first [`SURE`] of them, what follows need not be a name only.
static PARTICLES: LazyLock<Vec<Hash>> = LazyLock::new(|| {
    "van von ter ten dos der den de te zu zur vom di da del della das do du la le los las"
        .split(' ')
        .map(Hash::of)
        .collect()
});
const SURE: usize = 5;

/// `van den Heuvel`: no name ends with the particle, so what follows is part of it.
fn particle_before(before: &Token, next: &Token) -> bool {
    before.shape == Shape::Lower
        && !before.word.only_name()
        && before.length < 5
        && (next.word.other() == 0 || next.word.family())
        && next.gap == SPACE
        && matches!(next.shape, Shape::Capital | Shape::Prefixed)
}

fn capitals(token: &Token) -> bool {
    token.shape == Shape::Upper && token.length > 3
}

/// A given name before a name that is nothing else.
fn given_before(before: &Token, word: &Token) -> bool {
    word.gap == SPACE
        && before.shape == word.shape
        && matches!(before.shape, Shape::Capital | Shape::Lower)
        && before.word.only_name()
        && before.word.given()
        && (before.shape == Shape::Capital || word.word.only_name())
}

/// Whether nothing stands before a word on its line.
fn begins_line(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.gap & (BREAK | START) != 0)
}

/// `Smith, Jane chairs`: what a sentence begins with before a comma and a given name, if it can be a family's.
fn heads(before: &Token, word: &Token) -> bool {
    let begins =
        before.gap & (BREAK | START) != 0 || and_space(before.gap, '.') || and_space(before.gap, ';');
    begins
        && and_space(word.gap, ',')
        && !ends(before.gap, '@')
        && matches!(before.shape, Shape::Capital | Shape::Prefixed)
        && (before.word.family() || (before.word.other() == 0 && word.word.only_name()))
        && word.word.given()
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::of;

    #[test]
    fn what_belongs_to_a_name_is_taken_in() {
        for (text, decided, name) in [
            ("WHITFIELD Hannah signs", 1, "WHITFIELD Hannah"),
            ("Hannah WHITFIELD signs", 0, "Hannah WHITFIELD"),
            ("hannah whitfield signs", 0, "hannah whitfield"),
            ("Hannah Whitfield signs", 1, "Hannah Whitfield"),
            ("Whitfield, Hannah signs", 1, "Whitfield, Hannah"),
            ("Qwertzheim, Hannah signs", 1, "Qwertzheim, Hannah"),
            ("Yes, Hannah signs", 1, "Hannah"),
            ("NEVER Hannah signs", 1, "Hannah"),
            ("hannah signs", 0, "hannah"),
            ("Pieter van den Berg signs", 0, "Pieter van den Berg"),
            ("Pieter van den Berg signs", 3, "Pieter van den Berg"),
            ("Pieter of Berg signs", 0, "Pieter"),
        ] {
            let tokens = tokens::read(text);
            let sure: Vec<i32> = (0..tokens.len()).map(|at| if at == decided { 20 } else { 0 }).collect();
            let found: Vec<&str> = of(&tokens, &sure).into_iter().map(|span| &text[span.range]).collect();
            assert_eq!(found, [name], "{text}");
        }
    }
}

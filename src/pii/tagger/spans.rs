//! The names that decided words make, and what belongs to them though it was not decided.

use super::features::Run;
use super::tokens::{BREAK, SPACE, START, Shape, Token, and_space, ends, only};
use super::{DOUBTED, Span};

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
                if run.to + 1 == at && tokens.get(run.to).is_some_and(|before| joined(before, token)) =>
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
            && word.is_some_and(|word| !word.word.given() || word.word.family())
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
        && (doubted(next, decided.get(run.to + 1).copied()) || family_behind(before, next))
    {
        run.to += 1;
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

/// `Smith, Jane chairs`: what a sentence begins with before a comma and a given name, if it can be a family's.
fn heads(before: &Token, word: &Token) -> bool {
    let begins =
        before.gap & (BREAK | START) != 0 || and_space(before.gap, '.') || and_space(before.gap, ';');
    begins
        && and_space(word.gap, ',')
        && !ends(before.gap, '@')
        && matches!(before.shape, Shape::Capital | Shape::Prefixed)
        && before.word.family()
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
            ("Yes, Hannah signs", 1, "Hannah"),
            ("NEVER Hannah signs", 1, "Hannah"),
            ("hannah signs", 0, "hannah"),
        ] {
            let tokens = tokens::read(text);
            let sure: Vec<i32> = (0..tokens.len()).map(|at| if at == decided { 20 } else { 0 }).collect();
            let found: Vec<&str> = of(&tokens, &sure).into_iter().map(|span| &text[span.range]).collect();
            assert_eq!(found, [name], "{text}");
        }
    }
}

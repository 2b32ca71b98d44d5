//! Street addresses: a house number beside a street's name in the order of the country (`Lindenstraße 71`, `124 Oak
//! Street`, `23 bis rue des Lilas`, `ul. Długa 6/4`), with what stands before and behind it in running text: flat, postal
//! code, town. A string under a key such as `street` is one as a whole.
//!
//! A street's name is told by a word for a street. Words that as often mean something else (`park`, `ring`, `way`) count
//! only with a postal code and a town behind or where an address is announced.

use std::ops::Range;

use super::birth_date::month;
use super::street::{ADDRESS, DELIVERED, Folded, NO_ADDRESS, STREET, STREET_WHAT};
use super::street_name::{
    MAX_WORDS, adjective, direction, first_word, flat_before, french, word_at, word_before,
};
use super::town;
use crate::pii::cues::Words;
use crate::pii::scene::Scene;
use crate::pii::words;

pub(in crate::pii) fn find(scene: &Scene<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if let Some(range) = scene.key.and_then(|key| field(scene.text, key)) {
        return vec![range];
    }
    for group in scene.numbers.groups.iter().filter(|group| !group.taken && group.range.len() <= 5) {
        let done = found.last().map_or(0, |last| last.end);
        if group.range.start < done {
            continue;
        }
        let Some(number) = house_number(scene.text, &group.range) else { continue };
        let from = near(scene.text, done, number.start);
        let range = name_before(scene, from, &number)
            .or_else(|| name_behind(scene, done, &number))
            .or_else(|| any_name(scene, from, &number));
        found.extend(range.filter(|range| range.start >= done));
    }
    found
}

/// How far before its number a street's name can begin, in bytes.
const REACH: usize = 160;

/// Where the words before a number begin that are looked at: not before `done`, and at the beginning of a word.
fn near(text: &str, done: usize, number: usize) -> usize {
    let mut from = number.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    if from <= done {
        return done;
    }
    let window = text.get(from..number).unwrap_or_default();
    from + window.find(char::is_whitespace).unwrap_or(window.len())
}

/// Whether an address is announced before a place.
fn told(scene: &Scene<'_>, at: usize) -> bool {
    let words = scene.words(at).last(8);
    words.find(&ADDRESS).is_some() || words.find(&DELIVERED).is_some()
}

/// A string that is an address because its key says so.
pub(in crate::pii) fn field(whole: &str, key: &str) -> Option<Range<usize>> {
    let text = whole.trim();
    let letters = text.chars().filter(|char| char.is_alphabetic()).take(3).count();
    // The cheapest questions first.
    if text.len() > 200 || letters == 0 {
        return None;
    }
    let words = Words::of_key(key);
    if words.find(&ADDRESS).is_none() || words.find(&NO_ADDRESS).is_some() {
        return None;
    }
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let other =
        text.contains(['@', '=', '{', '<', '_', '|']) || text.contains("://") || text.starts_with("0x");
    let several = text.contains([' ', '\u{a0}', '\n'])
        || Folded::of(text.trim_end_matches(|char: char| !char.is_alphabetic())).street_compound();
    let start = whole.len() - whole.trim_start().len();
    // A name of a street whose number is in a field of its own.
    let named = || {
        text.len() <= 60
            && text.split([' ', '-']).map(Folded::of).any(|word| {
                word.street_compound() || word.weak_compound() || word.after_name() || word.before_name()
            })
    };
    // Under a key that means a street, whatever it is called: "Piotrkowska", "335 S 560 W".
    let street = street(key) && text.len() <= 60 && !sentence(text);
    let capital = text.starts_with(char::is_uppercase);
    let address = digits && several && !sentence(text) || capital && (named() || street);
    let numbers = text.bytes().filter(u8::is_ascii_digit).count() > 3;
    ((letters >= 3 || letters > 0 && numbers) && address && !other).then(|| start..start + text.len())
}

/// Whether a key means a street itself, and not something called after one: `street`, `street name`.
fn street(key: &str) -> bool {
    let last = |words: usize| Words::of_key(key).last(words);
    last(1).find(&STREET).is_some() || last(1).find(&STREET_WHAT).is_some() && last(2).find(&STREET).is_some()
}

/// Whether a text is prose and no address.
fn sentence(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.len() > 2 && word.chars().all(char::is_lowercase)).count() > 4
}

/// The house number that has these digits, with letters and ranges: `23b`, `6/4`, `12-14`, `5 a`, `23 bis`.
fn house_number(text: &str, digits: &Range<usize>) -> Option<Range<usize>> {
    let before = text.get(..digits.start)?.chars().next_back();
    if before.is_some_and(|char| {
        char.is_alphanumeric()
            || matches!(char, ':' | '-' | '/' | '+' | '$' | '€' | '£' | '#' | '_' | '@' | '=' | '%')
    }) {
        return None;
    }
    // "Hauptstr.5", and not "1.5"
    if text.get(..digits.start)?.ends_with('.') && !text.get(..digits.start)?.ends_with("str.") {
        return None;
    }
    let mut end = digits.end;
    // "12.05.2026", "12 mai 2026"
    let after = text.get(end..)?;
    let dated =
        after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
            || [" ", ". ", "er ", " de "]
                .iter()
                .filter_map(|gap| after.strip_prefix(gap))
                .any(|rest| rest.split(|char: char| !char.is_alphabetic()).next().is_some_and(month));
    if dated {
        return None;
    }
    for joint in ["-", "/", " - ", "–", " / "] {
        let more = text
            .get(end..)?
            .strip_prefix(joint)
            .map_or(0, |rest| rest.bytes().take(5).take_while(u8::is_ascii_digit).count());
        if (1..=4).contains(&more) {
            end += joint.len() + more;
            break;
        }
    }
    // "505-123-456" is a telephone's.
    let behind = text.get(end..)?.strip_prefix(['-', '/']).unwrap_or_default();
    if behind.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    // "12/A"
    if let [b'/', letter, ..] = text.get(end..)?.as_bytes()
        && letter.is_ascii_uppercase()
        && !text.get(end + 2..)?.starts_with(char::is_alphanumeric)
    {
        return Some(digits.start..end + 2);
    }
    let rest = text.get(end..)?;
    let glued = rest.bytes().take(4).take_while(u8::is_ascii_alphabetic).count();
    end += match (glued, rest.get(..glued)) {
        (0, _) => spaced_letter(rest),
        (1, _) => 1,
        (_, Some("bis" | "ter" | "bv" | "hs" | "rd" | "rood")) => glued,
        _ => return None,
    };
    let open = text.get(end..)?.starts_with(|char: char| {
        char.is_alphanumeric() || matches!(char, '_' | '%' | '€' | '$' | ':' | '=')
    });
    (!open).then_some(digits.start..end)
}

/// ` a`, ` bis`: part of the number when no word goes on.
fn spaced_letter(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix(' ') else { return 0 };
    let length = after.find(|char: char| !char.is_alphanumeric()).unwrap_or(after.len());
    match after.get(..length) {
        Some("bis" | "ter" | "quater") => length + 1,
        Some(letter)
            if matches!(letter.as_bytes(), [b'b'..=b'h'])
                && !after.get(length..).unwrap_or_default().starts_with(['\'', '’']) =>
        {
            2
        }
        _ => 0,
    }
}

/// The address whose name stands before the number.
fn name_before(scene: &Scene<'_>, done: usize, number: &Range<usize>) -> Option<Range<usize>> {
    let text = scene.text;
    let before = text.get(done..number.start)?;
    let line = before.rfind(['\n', '\t', '|', ';', '"', '(']).map_or(done, |at| done + at + 1);
    let mut at = line + text.get(line..number.start)?.trim_end_matches([' ', '\u{a0}']).len();
    // "Hauptstr.5"
    if at == number.start && at > line && !before.ends_with("str.") {
        return None;
    }
    // "Via Roma, 8", "Calle Mayor, n.º 77", "rue de la Paix n° 5"
    let signs =
        ["nº", "n°", "n.º", "no.", "nr.", "Nr.", "n.", "num.", "núm.", "nr", "numer", "number", "Hausnummer"];
    let last = |text: &str| text.as_bytes().last().copied();
    // The cheapest question first.
    for sign in signs.into_iter().filter(|sign| last(sign) == last(text.get(line..at).unwrap_or_default())) {
        if let Some(rest) = text.get(line..at)?.strip_suffix(sign).filter(|rest| rest.ends_with([' ', ','])) {
            at = line + rest.trim_end().len();
            break;
        }
    }
    let comma = text.get(line..at)?.ends_with(',');
    if comma {
        at -= 1;
    }
    let mut named = false;
    let mut last_end = None;
    for count in 0..MAX_WORDS {
        let word = word_before(text, line, at)?;
        let written = text.get(word.clone())?;
        let bare = written.trim_end_matches('.');
        let folded = Folded::of(bare);
        last_end.get_or_insert(word.end);
        // "'s-Gravenweg"
        let capital = bare.strip_prefix("s-").unwrap_or(bare).starts_with(char::is_uppercase);
        let dotted = bare.len() < written.len();
        // "Lindenstraße 71", "Rosenheimer Str. 83"
        if count == 0 && !comma && (capital || dotted) {
            let strong = folded.street_compound() && capital;
            let alone = folded.after_name() && (capital || dotted);
            let gran =
                folded.is("via") && text.get(line..word.start).is_some_and(|text| text.ends_with("Gran "));
            if gran {
                return complete(scene, word.start - "Gran ".len(), number, true);
            }
            let weak = capital && (folded.weak_compound() || folded.weak_after_name());
            if strong || alone || weak {
                let start = if alone || folded.weak_after_name() && !folded.weak_compound() {
                    first_word(text, line, word.start)
                } else {
                    Some(adjective(text, line, word.start))
                };
                if let Some(start) = start {
                    return complete(scene, start, number, !weak || strong || alone);
                }
            }
        }
        let kind = folded.before_name() || (dotted && folded.short_before_name());
        if kind && named && (capital || dotted || folded.is("via viale piazza corso largo calle avenida plaza paseo ulica ulicy alei placu aleja aleje osiedle plac rue avenue boulevard carrer")) {
            // "via Slack 5": in small letters only as a whole address.
            let within = || text.get(line..word.start).is_some_and(|text| text.ends_with("in "));
            let sure = capital || dotted || !folded.is("via largo plaza place") || within();
            return complete(scene, word.start, number, sure);
        }
        // "Am Mühlbach 58", "Unter den Linden 5"
        if named && capital && count > 0 && folded.place() {
            return complete(scene, word.start, number, false);
        }
        let digits = bare.bytes().all(|byte| byte.is_ascii_digit()) && count > 0;
        if !(capital || folded.connects() || digits || dotted) || written.ends_with(':') {
            return None;
        }
        named |= capital;
        at = word.start;
        let gap = text.get(line..at)?;
        let trimmed = gap.trim_end_matches([' ', '\u{a0}', '\'', '’', '-', '/']);
        // Words of one name have one space or an apostrophe between them.
        if gap.len() - trimmed.len() > 3 || trimmed.is_empty() || trimmed.len() == gap.len() {
            return None;
        }
        at = line + trimmed.len();
    }
    None
}

/// Capitalised words before the number that no word for a street is among, where a postal code and a town follow.
fn any_name(scene: &Scene<'_>, done: usize, number: &Range<usize>) -> Option<Range<usize>> {
    let text = scene.text;
    let more = town::code_and_town(text.get(number.end..)?).filter(|more| *more > 9)?;
    let line = text
        .get(done..number.start)?
        .rfind(['\n', '\t', '|', ';', '"', '(', ',', ':'])
        .map_or(done, |at| done + at + 1);
    let mut at = line + text.get(line..number.start)?.strip_suffix(' ')?.len();
    let mut start = None;
    let mut words = 0;
    for _ in 0..4 {
        let Some(word) = word_before(text, line, at) else { break };
        let written = text.get(word.clone())?;
        let capital = written.starts_with(char::is_uppercase);
        // "An der alten Mühle", "Straße des 17. Juni"
        let joins = || {
            let adjective = written.ends_with("en") && words == 1;
            Folded::of(written).connects()
                || adjective
                || written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        };
        if !(capital || start.is_some() && joins()) {
            break;
        }
        start = if capital { Some(word.start) } else { start };
        words += usize::from(capital);
        let Some(before) = text.get(line..word.start)?.strip_suffix([' ', '-', '\'', '’']) else { break };
        at = line + before.len();
    }
    let start = start?;
    let first = word_at(text, start).and_then(|word| text.get(word)).map(Folded::of);
    // "Block 5, 12345 Elemente": after one word that says nothing only a code that no number is written like, or what can
    // be nothing but a town.
    let plain = || {
        let word = text.get(start..number.start).unwrap_or_default().trim_end();
        !told(scene, start)
            && words < 2
            && (counted(word) || !town::alone(text.get(number.end..).unwrap_or_default()))
    };
    let tail = text.get(number.end..number.end + more)?;
    let coded = || {
        let code = tail.trim_start_matches(|char: char| !char.is_ascii_digit());
        let digits = code.bytes().take_while(u8::is_ascii_digit).count();
        let behind = code.get(digits..).unwrap_or_default();
        let letters = behind.trim_start().bytes().take_while(u8::is_ascii_uppercase).count();
        digits == 2 && behind.starts_with('-') || digits == 4 && letters == 2
    };
    let told = first.is_some_and(|first| first.place()) || coded() || !plain();
    told.then_some(start..number.end + more)
}

/// Whether a word is one that things are counted by: `Block 5`, `Seite 12`.
fn counted(word: &str) -> bool {
    words::common(&word.to_lowercase())
        || Folded::of(word).is("block page seite version raum room kapitel chapter zimmer etage teil part band volume issue nummer team \
            linie line bus tram tisch table figur abbildung tabelle item punkt step schritt level stufe sprint release build paragraf \
            artikel section abschnitt modell model serie series batch charge los lot gruppe group klasse class phase tag day woche week \
            runde round spiel game platz rang rank gleis halle hall tor gate stand booth box regal kiste karton paket sendung auftrag \
            order rechnung invoice ticket fall case projekt project anlage anhang attachment folie slide bild image foto video track \
            page pagina pagine blad strona rozdzial chapitre capitulo capitolo hoofdstuk sala salle aula zaal pokoj chambre camera \
            habitacion kamer etape paso stap krok lote lotto partia")
}

/// The address whose name stands behind the number.
fn name_behind(scene: &Scene<'_>, done: usize, number: &Range<usize>) -> Option<Range<usize>> {
    let text = scene.text;
    let after = text.get(number.end..)?;
    let gap = [", ", " ", ",", "\u{a0}"].iter().find(|gap| after.starts_with(**gap))?.len();
    let begin = number.end + gap;
    let first = word_at(text, begin)?;
    let folded = Folded::of(text.get(first.clone())?);
    if folded.after_number()
        && let Some(end) = french(text, first.end)
    {
        return behind(scene, done, number, end, !folded.is("cours passage villa r ch residence domaine"));
    }
    if gap != 1 {
        return None;
    }
    // "124 Oak Street", "72 W 34th Street"
    let mut at = begin;
    for count in 0..5 {
        let word = word_at(text, at)?;
        let written = text.get(word.clone())?;
        let capital = written.starts_with(char::is_uppercase);
        let ordinal = written.starts_with(|char: char| char.is_ascii_digit());
        if !(capital || ordinal || count > 0 && Folded::of(written).is("of the and")) {
            return None;
        }
        let folded = Folded::of(written);
        let strong = folded.after_name() && !folded.is("platz weg allee gasse singel damm ufer laan plein");
        if capital && (count > 0 || folded.is("broadway")) && (strong || folded.weak_after_name()) {
            let previous = text.get(begin..word.start).unwrap_or_default();
            if previous.trim().eq_ignore_ascii_case("google") {
                return None;
            }
            // "10 St Mary's Road": the word may begin the name.
            let goes_on = word_at(text, word.end + 1)
                .and_then(|next| text.get(next))
                .map(Folded::of)
                .is_some_and(|next| next.after_name());
            if !(goes_on && text.get(word.end..)?.starts_with(' ')) {
                let mut end = word.end;
                if text.get(end..)?.starts_with('.')
                    && folded.is("st rd ave ln dr blvd ct pl sq hwy pkwy")
                    && !sentence_ends(text, end)
                {
                    end += 1;
                }
                end += direction(text.get(end..)?);
                return behind(scene, done, number, end, strong && !folded.is("court close drive"));
            }
        }
        at = word.end;
        let joint = text.get(at..)?;
        at += if joint.starts_with(". ") {
            2
        } else if joint.starts_with(' ') {
            1
        } else {
            return None;
        };
    }
    None
}

/// Whether a full stop ends the sentence there.
fn sentence_ends(text: &str, at: usize) -> bool {
    let rest = text.get(at + 1..).unwrap_or_default();
    rest.trim_start().is_empty() || rest.starts_with('\n')
}

fn behind(
    scene: &Scene<'_>,
    done: usize,
    number: &Range<usize>,
    end: usize,
    sure: bool,
) -> Option<Range<usize>> {
    let start = flat_before(scene.text, done, number.start);
    finish(scene, start, end, sure)
}

fn complete(scene: &Scene<'_>, start: usize, number: &Range<usize>, sure: bool) -> Option<Range<usize>> {
    finish(scene, start, number.end, sure)
}

/// The whole address, if what is around it does not speak against it.
fn finish(scene: &Scene<'_>, start: usize, end: usize, sure: bool) -> Option<Range<usize>> {
    let more = town::behind(scene.text.get(end..)?);
    let announced = || told(scene, start);
    (sure || more > 0 || announced()).then_some(start..end + more)
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::pii::kinds::testing::scene;
    use proptest::prelude::*;

    fn found<'t>(text: &'t str, key: Option<&'t str>) -> Vec<&'t str> {
        find(&scene(text, key)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn street_lines_of_every_country_are_found() {
        for line in [
            "Lindenstraße 71",
            "Gartenweg 54a",
            "Rosenheimer Str. 83",
            "Schillerplatz 6",
            "Alte Poststraße 12",
            "Karl-Marx-Allee 5-7",
            "124 Oak Street",
            "82b Church Lane",
            "7757 Sunset Blvd",
            "72 W 34th Street",
            "10 Downing St",
            "23 bis rue des Lilas",
            "92, avenue Victor Hugo",
            "12 rue de la Paix",
            "5 boulevard de l'Opéra",
            "Calle Mayor 77",
            "Avda. de la Constitución, 5",
            "Via Roma 8",
            "Piazza Cavour 75",
            "Viale dei Mille, 3",
            "Keizersgracht 95",
            "Dorpsstraat 24",
            "Oude Singel 70",
            "ul. Długa 6/4",
            "al. Jerozolimskie 83",
            "ulica 3 Maja 12",
            "os. Złotego Wieku 14",
        ] {
            assert_eq!(found(line, None), [line], "{line}");
            assert_eq!(found(&format!("x {line}."), None), [line], "{line}");
            assert_eq!(found(&format!("x: {line}, y"), None), [line], "{line}");
        }
    }

    #[test]
    fn flat_postal_code_and_town_belong_to_it() {
        for whole in [
            "Flat 3, 35 High Street, London SW5A 2BQ",
            "664 Oak Street, Apt 66, Boston, MA 02111",
            "Calle Mayor 77, 3º B, 41019 Sevilla",
            "Calle Mayor 77, 3.º B, 41019 Sevilla",
            "Prinsengracht 263-II, 1016 GV Amsterdam",
            "Schillerplatz 6, 20355 Hamburg",
            "ul. Długa 29/4, 31-069 Kraków",
            "12 Richmond Park, London SW5A 2BQ",
            "Ostring 5, 24103 Kiel",
            "via Giuseppe Garibaldi 12, 20121 Milano",
            "Am Anger 5, 04105 Leipzig",
        ] {
            assert_eq!(found(&format!("ship to {whole} (soon)"), None), [whole], "{whole}");
        }
    }

    #[test]
    fn any_name_before_a_postal_code_and_a_town_is_one() {
        for whole in [
            "Graben 12, 1010 Wien",
            "Zeil 45, 60313 Frankfurt am Main",
            "Lilienthal 3, 28195 Bremen",
            "Kö 12, 40212 Düsseldorf",
            "An der alten Mühle 4, 50667 Köln",
            "Str. des 17. Juni 135, 10623 Berlin",
        ] {
            assert_eq!(found(&format!("Treffpunkt: {whole}"), None), [whole], "{whole}");
            assert_eq!(found(whole, None), [whole], "{whole}");
        }
        for text in [
            "Block 5, 12345 Elemente",
            "Seite 12, 4000 Zeichen",
            "Page 3, 12500 Entries",
            "Modell 7, 5000 Watt",
            "Sprint 12, 30000 Tests",
            "Batch 4, 10000 Rows",
            "Kobalt 4, 10000 Umdrehungen",
            "Orion 7, 5000 Euro",
            "Zeil 45, 2026 Frankfurt",
        ] {
            assert!(found(text, None).is_empty(), "{text}: {:?}", found(text, None));
        }
    }

    #[test]
    fn the_key_tells_a_street_line() {
        for (key, value) in [
            ("street", "Am Anger 5"),
            ("address line1", "Unter den Linden 77"),
            ("indirizzo", "Borgo Pio 3"),
            ("ulica", "Długa 6/4"),
            ("anschrift", "Hinterm Hof 2a"),
            ("ulica", "Piotrkowska"),
            ("street_name", "Am Hasenbergl"),
            ("address1", "335 S 560 W"),
            ("straat", "Kastanjelaan"),
        ] {
            assert_eq!(found(value, Some(key)), [value], "{key}");
        }
        for (key, value) in [
            ("email_address", "room 5 x"),
            ("ip_address", "eth 0 x"),
            ("address", "unknown"),
            ("address_id", "AB 12345"),
            ("address", "0x52 90a bc"),
        ] {
            assert!(found(value, Some(key)).is_empty(), "{key}");
        }
    }

    #[test]
    fn other_numbers_beside_words_stay() {
        for text in [
            "on Port 8443",
            "via Slack 5 times",
            "Arbeitsplatz 12",
            "Parkplatz 7",
            "3 Open Source tools",
            "5 Google Drive files",
            "Page 12",
            "12 May 2026",
            "Version 5 Street",
            "Monitoring 12",
            "Windows 11 Way",
            "see 12 rows",
            "place 5 orders",
            "p. Halina, 505-123-456",
            "Team Nord 4",
            "Sprint 12 Drive",
        ] {
            assert!(found(text, None).is_empty(), "{text}: {:?}", found(text, None));
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "([0-9]{1,5}|[ ,.]|rue |Via |Oak |Street|Str|é|de la |-|Weg|\n){0,14}", key in "(street|x)") {
            find(&scene(&text, Some(&key)));
            find(&scene(&text, None));
        }
    }
}

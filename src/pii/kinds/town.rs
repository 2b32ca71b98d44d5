//! What follows a street line in an address: a flat, a postal code and its town. Postal codes as the Universal Postal
//! Union's addressing sheets of the countries have them.

use crate::pii::lists::{Lazy, Lists};
use crate::pii::{tagger, words};

/// How many bytes of a text, behind a street line, belong to the same address: flats and floors, postal code and town.
pub(super) fn behind(text: &str) -> usize {
    // "263-II", as flats are numbered in Amsterdam.
    let flat = ["-III", "-II", "-IV", "-I", "-hs", " hs"]
        .iter()
        .find(|flat| text.strip_prefix(**flat).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    let mut end = flat.map_or(0, |flat| flat.len());
    // ", Apt 12", ", 3º B", ", Flat 4", " m. 5"
    for _ in 0..2 {
        end += unit(rest(text, end)).unwrap_or(0);
    }
    end + code_and_town(rest(text, end)).or_else(|| town_and_code(rest(text, end))).unwrap_or(0)
}

fn rest(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// How long the separator is that a text begins with; a line break may be one.
fn separator(text: &str) -> usize {
    for separator in [", ", " - ", " – ", ",\n", "\n", ",", " / ", " · ", "; ", " "] {
        if text.starts_with(separator) {
            return separator.len()
                + text
                    .get(separator.len()..)
                    .map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len());
        }
    }
    0
}

fn unit(text: &str) -> Option<usize> {
    let separator = separator(text);
    if separator == 0 {
        return None;
    }
    let rest = rest(text, separator);
    let word_end = rest.find(|char: char| !char.is_alphabetic()).unwrap_or(rest.len());
    let word = rest.get(..word_end)?.to_lowercase();
    if UNITS.split_ascii_whitespace().any(|unit| unit == word) {
        let after = rest.get(word_end..)?;
        let lead = after.len() - after.trim_start_matches(['.', ' ', '#', ':']).len();
        let value = after.get(lead..)?;
        let length =
            value.bytes().take(6).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
        let digits = value.get(..length)?.bytes().any(|byte| byte.is_ascii_digit()) || length == 1;
        let open = value.get(length..)?.starts_with(|char: char| char.is_alphanumeric());
        return (length > 0 && digits && !open).then_some(separator + word_end + lead + length);
    }
    // "3º B", "2ª izq", "3. OG", "2. Stock"
    let digits = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..)?;
    let mark = after.chars().next().filter(|char| digits > 0 && matches!(char, 'º' | 'ª' | '°' | '.'))?;
    let mut length = digits + mark.len_utf8();
    // "3.º B"
    length += rest
        .get(length..)?
        .chars()
        .next()
        .filter(|char| mark == '.' && matches!(char, 'º' | 'ª'))
        .map_or(0, char::len_utf8);
    let mark = if length > digits + mark.len_utf8() { 'º' } else { mark };
    let tail = rest.get(length..)?;
    let door = tail.strip_prefix(' ').unwrap_or(tail);
    let word = door.find(|char: char| !char.is_alphanumeric()).unwrap_or(door.len());
    let name = door.get(..word)?;
    let known = FLOORS.split_ascii_whitespace().any(|floor| name.eq_ignore_ascii_case(floor));
    if known
        || (mark != '.'
            && (1..=2).contains(&word)
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()))
    {
        length += tail.len() - door.len() + word;
    } else if mark == '.' {
        return None;
    }
    Some(separator + length)
}

const UNITS: &str = "apt apartment appartement appt app flat unit suite ste floor fl etage étage stock wohnung whg top piso planta \
    puerta pta esc escalera bajo interno int scala sc piano bis huis verdieping lok lokal m mieszkanie klatka bât bat bâtiment \
    batiment room rm hs";
const FLOORS: &str = "og ug eg dg stock etage étage floor izq izda dcha der ctro a b c d e f piso planta";

/// `, 70179 Stuttgart`, `, 1012 AB Amsterdam`, `, 31-069 Kraków`, `, F-75001 Paris`.
pub(super) fn code_and_town(text: &str) -> Option<usize> {
    let separator = separator(text);
    if separator == 0 {
        return None;
    }
    let begin = rest(text, separator);
    let country =
        ["D-", "A-", "CH-", "F-", "B-", "NL-", "I-", "E-", "PL-", "L-", "DE-", "AT-", "FR-", "IT-", "ES-"]
            .iter()
            .find(|country| begin.starts_with(**country))
            .map_or(0, |country| country.len());
    let code = rest(begin, country);
    let digits = code.bytes().take(6).take_while(u8::is_ascii_digit).count();
    let after = rest(code, digits);
    let length = match (digits, after.as_bytes()) {
        (2, [b'-', one, two, three, ..]) if [one, two, three].iter().all(|byte| byte.is_ascii_digit()) => 6,
        (4, [b' ', one, two, end, ..])
            if one.is_ascii_uppercase() && two.is_ascii_uppercase() && *end == b' ' =>
        {
            7
        }
        (4, [one, two, end, ..]) if one.is_ascii_uppercase() && two.is_ascii_uppercase() && *end == b' ' => 6,
        (4 | 5, [b' ', ..]) => digits,
        _ => return None,
    };
    let town = town(rest(code, length + 1), true)?;
    // ", 2026 Budget"
    if digits == 4 && length == 4 && (code.starts_with("19") || code.starts_with("20")) && country == 0 {
        return None;
    }
    (rest(code, length).starts_with(' ')).then_some(separator + country + length + 1 + town)
}

/// Whether what [`code_and_town`] reads can be nothing but a town by its name: no word of a language, as `5000 Watt` has,
/// unless it is one that everybody knows as a town.
pub(super) fn alone(text: &str) -> bool {
    let begin = text.trim_start_matches(|char: char| !char.is_alphabetic());
    let name = begin
        .get(..begin.find(|char: char| !char.is_alphabetic()).unwrap_or(begin.len()))
        .unwrap_or_default();
    let lower = name.to_lowercase();
    let word =
        || words::common(&lower) || tagger::is_word(&lower) || tagger::only_word(name) || is(name, MEASURES);
    name.chars().count() > 2 && (is(name, KNOWN) || !word())
}

/// `, London SW5A 2BQ`, `, Boston, MA 02111`, `, Seattle WA 98105-1234`.
fn town_and_code(text: &str) -> Option<usize> {
    let separator = separator(text);
    if separator == 0 {
        return None;
    }
    let begin = rest(text, separator);
    let mut at = 0;
    for _ in 0..5 {
        let here = rest(begin, at);
        if let Some(length) = british(here).or_else(|| american(here)) {
            return (at > 0 || british(here).is_some()).then_some(separator + at + length);
        }
        let word = here
            .find(|char: char| !(char.is_alphanumeric() || matches!(char, '\'' | '’' | '-' | '.')))
            .unwrap_or(here.len());
        if word == 0
            || !here.starts_with(char::is_uppercase) && !here.starts_with("upon") && !here.starts_with("on")
        {
            return None;
        }
        at += word;
        let gap = rest(begin, at);
        at += ["\n", ", ", " ", ",\n"]
            .iter()
            .find(|joint| gap.starts_with(**joint))
            .map(|joint| joint.len())?;
    }
    None
}

/// `SW1A 2AA`
fn british(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let run = |from: usize, wanted: fn(&u8) -> bool, most: usize| {
        bytes.get(from..).unwrap_or_default().iter().take(most).take_while(|byte| wanted(byte)).count()
    };
    let letters = run(0, u8::is_ascii_uppercase, 2);
    let digits = run(letters, u8::is_ascii_digit, 2);
    if letters == 0 || digits == 0 {
        return None;
    }
    let mut at = letters + digits;
    at += run(at, u8::is_ascii_uppercase, 1);
    at += usize::from(bytes.get(at) == Some(&b' '));
    let inward = bytes.get(at..at + 3)?;
    let whole =
        inward.first().is_some_and(u8::is_ascii_digit) && inward.iter().skip(1).all(u8::is_ascii_uppercase);
    let open = bytes.get(at + 3).is_some_and(u8::is_ascii_alphanumeric);
    (whole && !open).then_some(at + 3)
}

/// `MA 02111`, `WA 98105-1234`
fn american(text: &str) -> Option<usize> {
    let (state, code) = text.split_at_checked(2)?;
    let code = code.strip_prefix(' ').or_else(|| code.strip_prefix(", "))?;
    let lead = text.len() - code.len();
    let digits = code.bytes().take(6).take_while(u8::is_ascii_digit).count();
    if digits != 5 || !STATES.split_ascii_whitespace().any(|known| known == state) {
        return None;
    }
    let more = rest(code, 5)
        .strip_prefix('-')
        .map_or(0, |more| more.bytes().take(5).take_while(u8::is_ascii_digit).count());
    let length = if more == 4 { 10 } else { 5 };
    (!rest(code, length).starts_with(|char: char| char.is_alphanumeric())).then_some(lead + length)
}

const STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK \
    OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY";

/// How long the town's name is that a text begins with.
fn town(text: &str, province: bool) -> Option<usize> {
    let mut end = 0;
    let mut at = 0;
    for count in 0..6 {
        let here = rest(text, at);
        let word = here
            .find(|char: char| !(char.is_alphabetic() || matches!(char, '\'' | '’' | '-' | '/')))
            .unwrap_or(here.len());
        let name = here.get(..word)?;
        let small = is(name, SMALL);
        if word == 0 || !(name.starts_with(char::is_uppercase) || small && count > 0) {
            break;
        }
        // A town's second name, and no word of the sentence that goes on.
        let plain = count == 0
            || small
            || joined(text, at)
            || is(name, SECOND)
            || province && word == 2 && name.bytes().all(|byte| byte.is_ascii_uppercase())
            || name == "CEDEX"
            || name == "Cedex";
        if !plain {
            break;
        }
        at += word;
        if !small {
            end = at;
        }
        // "Frankfurt (Main)", "Torino (TO)", "PARIS CEDEX 08"
        if let Some(inside) = rest(text, at)
            .strip_prefix(" (")
            .filter(|inside| inside.starts_with(char::is_uppercase))
            .and_then(|inside| inside.find(')').filter(|close| *close <= 12))
        {
            end = at + 2 + inside + 1;
            break;
        }
        if name.eq_ignore_ascii_case("cedex") {
            let digits = rest(text, at)
                .strip_prefix(' ')
                .map_or(0, |digits| digits.bytes().take(3).take_while(u8::is_ascii_digit).count());
            end = at + if digits > 0 { digits + 1 } else { 0 };
            break;
        }
        if !rest(text, at).starts_with(' ') {
            break;
        }
        at += 1;
    }
    (end > 0).then_some(end)
}

/// Whether a small word stands before, so that the name goes on.
fn joined(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end();
    let word = before.rsplit(' ').next().unwrap_or_default();
    is(word, SMALL | FIRST)
}

fn is(word: &str, what: u32) -> bool {
    WORDS.get(word) & what > 0
}

/// What the words of towns are, as bits.
static WORDS: Lazy = Lazy::new(|| {
    Lists::new(&[
        (TOWN_WORDS, SMALL),
        (FIRST_NAMES, FIRST),
        (CAPITAL_SECOND, SECOND),
        (TOWNS, KNOWN),
        (UNITS_OF, MEASURES),
    ])
});

const SMALL: u32 = 1;
const FIRST: u32 = 2;
const SECOND: u32 = 4;
const KNOWN: u32 = 8;
const MEASURES: u32 = 16;

const TOWN_WORDS: &str = "am an im in a.d. ob der den die bei b. i. v. vor auf sur sous lès les la le de del della di d' en et y el aan \
    upon on nad pod z";
const FIRST_NAMES: &str = "Bad Sankt St. St Saint Sainte San Santa Den New Los Las La Le Les El Alt Neu Groß Klein Gross Nowy Nowa Zielona \
    Jelenia Bielsko Gorzów Reggio Castel Monte Palma Jerez Santiago Alcalá 's Ober Unter Port Fort Mont";
const CAPITAL_SECOND: &str = "Góra Sącz Targ Wielkopolski Mazowiecki Emilia Calabria Mallorca Breisgau Saale Main Rhein Ruhr Palmas Haag";

/// Towns whose names are words or names of people as well.
const TOWNS: &str = "Berlin Hamburg Köln Frankfurt Bremen Essen Halle Hagen Münster Hamm Hof Singen Leer Kassel Wien Linz Graz \
    Villach Baden Bergen Siegen Düren Celle Wesel Moers Unna Speyer Worms Paris Nice Tours Nancy Brest Lens Roma Lecce Como \
    Bern Zug Genf Chur Köniz Basel Luzern Thun Breda Assen Leiden Haarlem Delft Ede Łódź";

/// What numbers are followed by as often.
const UNITS_OF: &str = "Watt Volt Ampere Lumen Kelvin Hertz Newton Joule Euro Dollar Franken Zloty Liter Meter Kilometer Gramm Kilo \
    Tonnen Grad Prozent Promille Byte Bytes Kilobyte Megabyte Gigabyte Pixel Punkte Points Umdrehungen Stück Exemplare Einträge \
    Zeilen Zeichen Elemente Datensätze Einwohner Besucher Teilnehmer Mitarbeiter Tests Rows Items Entries Records Files Units Credits \
    Tokens Requests Downloads Views Users EUR USD CHF PLN";

#[cfg(test)]
mod tests {
    use super::behind;
    use proptest::prelude::*;

    #[test]
    fn postal_codes_and_towns_belong_to_it() {
        for text in [
            ", 70179 Stuttgart",
            "\n80331 München",
            ", D-79098 Freiburg im Breisgau",
            ", 1012 AB Amsterdam",
            ", 1012AB Den Haag",
            ", 31-069 Kraków",
            ", 59002 Lille",
            ", 75008 PARIS CEDEX 08",
            " - 75018 Paris",
            ", 10127 Torino TO",
            ", 10127 Torino (TO)",
            ", 3º B, 41019 Sevilla",
            ", 28013 San Sebastián",
            ", Apt 12, Boston, MA 02111",
            ", Seattle WA 98105-1234",
            ", London SW5A 2BQ",
            ", Leeds LS4 6HD",
            ", Stratford-upon-Avon CV37 6XY",
            " m. 5, 00-950 Warszawa",
            ", 4020 Linz",
        ] {
            for after in ["", ".", ", x", " (tracking", "\nx", " schicken"] {
                assert_eq!(behind(&format!("{text}{after}")), text.len(), "{text}{after}");
            }
        }
        for text in [", call 70179", ", 12 items", " and more", ". 70179 Stuttgart", ", 70179 und mehr", ""] {
            assert_eq!(behind(text), 0, "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(, | |[0-9]{1,5}|[A-Z]{2}|Bad |é|º|Apt |\n){0,10}") {
            assert!(text.get(..behind(&text)).is_some());
        }
    }
}

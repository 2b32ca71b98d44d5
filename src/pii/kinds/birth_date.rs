//! Dates of birth: a date in any of the ways that the seven languages write one (ISO 8601; day, month, year with full
//! stops, slashes or hyphens; months by name), where a word before it or its key says that somebody was born then. Any
//! other date stays.

use std::ops::Range;
use std::sync::LazyLock;

use crate::pii::cues::{Cues, List, Words};
use crate::pii::fields::Letters;
use crate::pii::lists::{Lazy, Lists};
use crate::pii::scene::Scene;
use crate::pii::words;

pub(in crate::pii) fn find(scene: &Scene<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for group in scene.numbers.groups.iter().filter(|group| !group.taken) {
        let done = found.last().map_or(0, |last| last.end);
        // The cheapest question first: none begins inside a word.
        let glued = group.range.start.checked_sub(1).and_then(|at| scene.text.as_bytes().get(at));
        if group.range.start < done || glued.is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        if group.range.len() > 8
            && let Some(range) = milliseconds(scene.text, &group.range)
            && born(scene, range.start, 3)
        {
            found.push(range);
            continue;
        }
        if !matches!(group.range.len(), 1 | 2 | 4 | 8) {
            continue;
        }
        if let Some(range) = date(scene.text, &group.range)
            && range.start >= done
            && scene.opens(range.start)
            && (born(scene, range.start, if group.range.len() == 8 { 3 } else { 8 })
                || born_behind(scene, range.end)
                || in_apposition(scene.text, &range))
        {
            found.push(range);
        }
    }
    found
}

/// `/Date(-315619200000)/`, `/Date(315619200000+0100)/`: a moment in milliseconds, as OData (version 2) writes it.
fn milliseconds(text: &str, first: &Range<usize>) -> Option<Range<usize>> {
    let start = first.start - usize::from(text.get(..first.start)?.ends_with('-'));
    let start = start - text.get(..start)?.strip_suffix("/Date(").map(|_| "/Date(".len())?;
    let behind = text.get(first.end..)?.strip_prefix(['+', '-']).map_or(first.end, |zone| {
        first.end + 1 + zone.bytes().take(4).take_while(u8::is_ascii_digit).count()
    });
    text.get(behind..)?.starts_with(")/").then_some(start..behind + 2)
}

/// Whether somebody is said to be born before a place, with no more words between than `reach`.
fn born(scene: &Scene<'_>, at: usize, reach: usize) -> bool {
    // "*12.05.1980", as German obituaries and lists have it.
    let before = scene.text.get(..at).unwrap_or_default();
    if before.ends_with('*') && !before.ends_with("**") || before.ends_with("(* ") {
        return true;
    }
    let words = scene.words(at).since_number();
    words
        .find(&BORN)
        .is_some_and(|cue| words.behind(cue) <= reach && words.find(&OTHER).is_none_or(|other| other < cue))
}

/// Whether somebody is said to be born behind a date: `wurde am 12. Mai 1980 in Köln geboren`. Not on another date.
fn born_behind(scene: &Scene<'_>, at: usize) -> bool {
    let behind = scene.text.get(at..).unwrap_or_default();
    let end =
        behind.char_indices().take(64).find(|(_, char)| matches!(char, '.' | ';' | ',' | '\n' | '|' | '"'));
    let clause = behind
        .get(..end.or_else(|| behind.char_indices().nth(64)).map_or(behind.len(), |(at, _)| at))
        .unwrap_or_default();
    let words = Words::of(clause);
    words.find(&BORN_BEHIND).is_some_and(|cue| words.ahead(cue) <= 5)
        && !clause.contains(|char: char| char.is_ascii_digit())
}

/// Whether a date long ago stands behind somebody's title and name, and nothing else with it: `Mr Doe, 12/05/1980, holds`,
/// `Frau Muster (12.05.1980)`.
fn in_apposition(text: &str, date: &Range<usize>) -> bool {
    let before = text.get(..date.start).unwrap_or_default();
    let after = text.get(date.end..).unwrap_or_default();
    let (Some(before), true) =
        (before.strip_suffix(", ").or_else(|| before.strip_suffix(" (")), after.starts_with([',', ')']))
    else {
        return false;
    };
    let mut words = before.rsplitn(3, ' ');
    let name = words.next().is_some_and(|word| word.starts_with(char::is_uppercase));
    let title =
        words.next().map(|word| word.rsplit(|char: char| char.is_whitespace()).next().unwrap_or_default());
    let titled =
        title.is_some_and(|word| word.len() < 16 && words::title(&word.trim_end_matches('.').to_lowercase()));
    let value = text.get(date.clone()).unwrap_or_default();
    let year = value.split(|char: char| !char.is_ascii_digit()).find(|digits| digits.len() == 4);
    name && titled
        && year.and_then(|year| year.parse::<u32>().ok()).is_some_and(|year| (1900..=2008).contains(&year))
}

/// The date that has these digits first, or as its day.
fn date(text: &str, first: &Range<usize>) -> Option<Range<usize>> {
    let number = |range: &Range<usize>| text.get(range.clone()).and_then(|digits| digits.parse::<u32>().ok());
    let value = number(first)?;
    let mut at = Reader { text, at: first.end };
    if first.len() == 8 {
        let (front, back) = (value / 10_000, value % 10_000);
        let written = year(front) && day_and_month(back / 100, back % 100)
            || year(back) && day_and_month(front / 100, front % 100);
        return (written && at.ends()).then_some(first.clone());
    }
    if let Some(separator) = at.separator() {
        let second = at.number()?;
        let (two, length) = (second.0, second.1);
        if length > 2 || at.separator()? != separator {
            return None;
        }
        let (three, digits) = at.number()?;
        let holds = match (first.len(), digits) {
            (4, 1 | 2) => year(value) && day_and_month(two, three),
            (1 | 2, 4) => year(three) && day_and_month(value, two),
            (1 | 2, 2) => day_and_month(value, two),
            _ => false,
        };
        return (holds && at.moment()).then_some(first.start..at.at);
    }
    if first.len() > 2 || !(1..=31).contains(&value) {
        return None;
    }
    at.ordinal();
    // "July 14, 1997"
    if let Some(start) = month_before(text, first.start) {
        let mut at = Reader { text, at: at.at };
        at.any(&[", ", " ", ","]);
        if let Some((value, 4)) = at.number()
            && year(value)
            && at.ends()
        {
            return Some(start..at.at);
        }
    }
    at.any(&[" ", "-", "/", "\u{a0}", ". ", "."]);
    at.any(&["de ", "di ", "of ", "d'", "d’", "del "]);
    if !at.month() {
        return None;
    }
    at.any(&["."]);
    at.any(&[", ", " ", "-", "/", "\u{a0}"]);
    at.any(&["de ", "del ", "di "]);
    let (value, digits) = at.number()?;
    let whole = digits == 4 && year(value) || digits == 2;
    (whole && at.ends()).then_some(first.start..at.at)
}

fn year(year: u32) -> bool {
    (1880..=2035).contains(&year)
}

fn day_and_month(one: u32, other: u32) -> bool {
    (1..=31).contains(&one) && (1..=31).contains(&other) && one.min(other) <= 12
}

/// Reads on behind the first digits.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn any(&mut self, texts: &[&str]) -> bool {
        let rest = self.rest();
        // The cheapest question first.
        let begins =
            |text: &&&str| text.as_bytes().first() == rest.as_bytes().first() && rest.starts_with(**text);
        let length = texts.iter().find(begins).map_or(0, |text| text.len());
        self.at += length;
        length > 0
    }

    /// What stands between the parts of a date in digits.
    fn separator(&mut self) -> Option<char> {
        let digit = |byte: &u8| byte.is_ascii_digit();
        let (length, separator) = match self.rest().as_bytes() {
            [b'.', next, ..] if digit(next) => (1, '.'),
            [b'-', next, ..] if digit(next) => (1, '-'),
            [b'/', next, ..] if digit(next) => (1, '/'),
            [b' ', next, ..] if digit(next) => (1, ' '),
            [b'.', b' ', next, ..] if digit(next) => (2, '.'),
            [b'\\', b'/', next, ..] if digit(next) => (2, '/'),
            [b' ', b'.', b' ', next, ..] if digit(next) => (3, '.'),
            [b' ', b'/', b' ', next, ..] if digit(next) => (3, '/'),
            [b' ', b'-', b' ', next, ..] if digit(next) => (3, '-'),
            // Hyphens and dashes: U+2010, U+2011, U+2013.
            [0xe2, 0x80, 0x90 | 0x91 | 0x93, next, ..] if digit(next) => (3, '-'),
            _ => return None,
        };
        self.at += length;
        Some(separator)
    }

    /// A number and how many digits it has.
    fn number(&mut self) -> Option<(u32, usize)> {
        let length = self.rest().bytes().take(9).take_while(u8::is_ascii_digit).count();
        let number = self.rest().get(..length)?.parse().ok()?;
        self.at += length;
        Some((number, length))
    }

    /// `12.`, `1st`, `1er`, `1º`
    fn ordinal(&mut self) {
        if self.any(&["st", "nd", "rd", "th", "er", ".º", "º", "°", "ª", "-go", "."])
            && self.rest().starts_with(|char: char| {
                char.is_ascii_alphabetic()
                    && !self.text.get(..self.at).is_some_and(|text| text.ends_with('.'))
            })
        {
            // "3rdparty"
            self.at = self.text.len();
        }
    }

    /// A month's name in one of the languages.
    fn month(&mut self) -> bool {
        let rest = self.rest();
        let length =
            rest.char_indices().find(|(_, char)| !char.is_alphabetic()).map_or(rest.len(), |(at, _)| at);
        let found = rest.get(..length).is_some_and(month);
        self.at += if found { length } else { 0 };
        found
    }

    /// Whether it ends here, perhaps with a time of the day.
    fn moment(&mut self) -> bool {
        let rest = self.rest();
        let time = rest.strip_prefix('T').filter(|time| time.starts_with(|char: char| char.is_ascii_digit()));
        if let Some(time) = time {
            let length = time
                .bytes()
                .take(24)
                .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'+' | b'Z' | b'-'))
                .count();
            self.at += 1 + length;
        }
        self.ends()
    }

    fn ends(&self) -> bool {
        !self.rest().starts_with(|char: char| char.is_alphanumeric() || matches!(char, '_' | '%'))
    }
}

/// Where a month's name begins that stands before a day.
fn month_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.strip_suffix(' ')?;
    let before = before.strip_suffix('.').unwrap_or(before);
    let start = before
        .char_indices()
        .rev()
        .take(13)
        .find(|(_, char)| !char.is_alphabetic())
        .map_or(0, |(at, char)| at + char.len_utf8());
    before.get(start..).filter(|word| month(word)).map(|_| start)
}

/// Whether a word names a month.
pub(super) fn month(word: &str) -> bool {
    let letters = Letters::filtered(word, |_| true);
    let word = letters.as_bytes();
    word.len() >= 3 && NAMES.contains(word)
        || matches!(word, b"i" | b"ii" | b"iv" | b"v" | b"vi" | b"ix" | b"x" | b"xi")
}

static NAMES: Lazy = Lazy::new(|| Lists::of(MONTHS));

/// Also in Roman numerals, as Polish has them; in the order of the languages en, de, fr, es, it, nl, pl; shortened forms last.
const MONTHS: &str = "\
    january february march april may june july august september october november december \
    januar janner februar feber marz maerz mai juni juli oktober dezember \
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre \
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre \
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre \
    januari februari maart mei augustus \
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia \
    styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien \
    jan feb mar apr jun jul aug sep sept oct okt nov dec dez janv fevr avr juil ene abr ago dic gen mag giu lug set ott \
    mrt mrz sty lut kwi cze lip sie wrz paz lis gru sett juill magg giugn genn febbr agos settem novem dicem janu febr jann iii vii viii xii \
    mayo juin marzo";

/// What says that somebody was born then.
pub(in crate::pii) static BORN: List = LazyLock::new(|| {
    Cues::new(
        "*birth* *geburt* *nacimiento* *nascita* *naissance* *urodz* *geboorte* born dob dobs bday bdate d_o_b birthday* geb geboren* geburt* gebdatum* gebdat gebtag gebjahr gebd ne_le nee \
         ne_e nes_le ne_en naissance* datenaissance* datnais naiss nacio nacida nacido nacidos nacimiento* fnac f_nac fecnac nac nato \
         nata nati nate nascita* datanascita* nasc geboortedat* geboorte* geboren gebdat geb_dat urodz* ur urodzony urodzona \
         data_ur dataurodzenia* dateofbirth* birthdate* anniversaire cumpleanos compleanno verjaardag* urodziny jarig \
         anniv ddn dn d_d_n datnaiss genetliaco vu_le_jour al_mondo licht_der_welt vio_la_luz na_swiat jahrgang natal nacid born_on gebdat geboortedag geborene rocznik urodz dzien_urodzin f_nacimiento f_de_nac fechanac* fec_nac data_nasc datadinascita luogo_e_data ne_a nee_a ne_c nata_a ne_e_le nee_e_le",
    )
});

static BORN_BEHIND: List = LazyLock::new(|| {
    Cues::new(
        "geboren born dob date_of_birth geburtsdatum geburtstag birthday urodzil* urodzon* data_urodzenia date_de_naissance \
         data_di_nascita fecha_de_nacimiento geboortedatum geb",
    )
});

static OTHER: List = LazyLock::new(|| {
    Cues::new(
        "found* establish* launch* gegrund* fond* fund* opened start* begin* begint join* since hire* entry entered expir* valid* gultig* ausgestellt issue* deliver* created \
         update* due deadline termin* meeting* release* invoice* rechnung* eintritt* austritt* rentre rejoin* commence* \
         arrive* debut embauche* entra entrata assunt* inizia* incorpora* empieza ingreso* alta zaczyna rozpoczyna \
         zatrudn* wazn* od tritt indiensttreding* married died death gest* deces* muerte morte zmar* verstorben \
         appointment* signed unterschrieben scade caduca vence verloopt logged login",
    )
});

#[cfg(test)]
mod tests {
    use super::find;
    use crate::pii::kinds::testing::scene;
    use proptest::prelude::*;

    fn found<'t>(text: &'t str, key: Option<&'t str>) -> Vec<&'t str> {
        find(&scene(text, key)).into_iter().map(|range| &text[range]).collect()
    }

    const DATES: [&str; 24] = [
        "1980-05-12",
        "12.05.1980",
        "12/05/1980",
        "5/12/1980",
        "12-05-1980",
        "12.5.80",
        "12. Mai 1980",
        "12 May 1980",
        "May 12, 1980",
        "May 12th, 1980",
        "12th of May 1980",
        "1er mai 1980",
        "12 de mayo de 1980",
        "12 maggio 1980",
        "12 mei 1980",
        "12 maja 1980",
        "12-May-1980",
        "12/May/1980",
        "Sept. 12, 1980",
        "12 févr. 1980",
        "19800512",
        "12 05 1980",
        "1980/05/12",
        "1980-05-12T00:00:00Z",
    ];

    #[test]
    fn a_date_of_birth_is_found_in_every_spelling() {
        for date in DATES {
            for cue in [
                "born ",
                "DOB: ",
                "date of birth ",
                "geboren am ",
                "geb. ",
                "né(e) le ",
                "nacida el ",
                "nata il ",
                "geboortedatum: ",
                "ur. ",
            ] {
                assert_eq!(found(&format!("x, {cue}{date}, y"), None), [date], "{cue}{date}");
            }
            for key in [
                "dateOfBirth",
                "birthday",
                "geburtsdatum",
                "date_naissance",
                "fecha_nacimiento",
                "data_urodzenia",
            ] {
                assert_eq!(found(date, Some(key)), [date], "{key} {date}");
            }
            assert!(
                found(date, Some("created_at")).is_empty() && found(&format!("on {date}"), None).is_empty()
            );
        }
        assert_eq!(found("(*12.05.1980)", None), ["12.05.1980"]);
        for moment in ["/Date(-315619200000)/", "/Date(315619200000+0100)/"] {
            assert_eq!(found(moment, Some("birthDate")), [moment]);
            assert!(found(moment, Some("createdOn")).is_empty());
        }
    }

    #[test]
    fn the_word_may_stand_behind() {
        for text in
            ["wurde am {} in Köln geboren", "werd op {} geboren", "{} (date of birth)", "{} urodził się Jan"]
        {
            assert_eq!(found(&text.replace("{}", "12.05.1980"), None), ["12.05.1980"], "{text}");
        }
        assert_eq!(found("beginnt am 26.02.2026 und ist geboren am 12.05.1980", None), ["12.05.1980"]);
    }

    #[test]
    fn a_date_in_apposition_to_somebody_is_theirs() {
        for text in ["that Mr Doe, 12/05/1980, holds", "Frau Muster (12.05.1980)", "Dr. Jane, 12 May 1980, x"]
        {
            assert_eq!(found(text, None).len(), 1, "{text}");
        }
        for text in ["Mr Doe, 12/05/2026, holds", "On Monday, 12/05/1980, it", "Mr Doe, 12/05/1980 was cold"]
        {
            assert!(found(text, None).is_empty(), "{text}");
        }
    }

    #[test]
    fn other_dates_beside_it_stay() {
        for text in [
            "born 12 May 1980, joins on 3 March 2026",
            "geboren am 12.05.1980, beginnt am 26.02.2026",
            "DOB 1980-05-12 created 2026-01-01",
        ] {
            assert_eq!(found(text, None).len(), 1, "{text}");
        }
        for text in [
            "born ready; starts 12.05.1980",
            "birthday party.\n12.05.1980",
            "born 45.05.1980",
            "born in 1980",
            "ne 1.2.1980.4",
            "dob 1980051",
        ] {
            assert!(found(text, None).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in "(born |may|[0-9]{1,4}|[. /,é-]|th|de ){0,14}") {
            found(&text, None);
        }
    }
}

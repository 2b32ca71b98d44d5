//! What is named after people and is none: streets, schools, laws of nature, clusters, branches. The tagger knows names;
//! this knows what stands around them.

use std::ops::Range;

use super::lists::{Lazy, Lists};
use super::{tagger, words};

/// What a name behind it belongs to: `rue`, `szkoła`, `room`. In small letters.
const BEFORE: &str = "\
    street avenue boulevard square bridge station airport school college university hospital church park \
    strasse straße allee platz brücke bahnhof flughafen schule gymnasium realschule universität klinikum halle saal \
    raum zimmer rue avenue boulevard place pont gare lycée collège école université hôpital église salle stade \
    calle avenida paseo plaza puente estación aeropuerto instituto colegio escuela universidad hospital iglesia sala \
    estadio via viale corso piazza ponte stazione aeroporto liceo istituto scuola università ospedale chiesa stanza \
    straat laan plein brug station luchthaven gymnasium lyceum basisschool universiteit ziekenhuis kerk zaal kamer \
    ulica ulicy plac placu most mostu dworzec lotnisko liceum szkoła szkoły uniwersytet szpital kościół sali pokój \
    pokoju rozkład rozkładu verteilung distribution distribución distribuzione verdeling tribe squad guild stadion room building server servers cluster host node machine maschine rechner serveur máquina macchina \
    maszyna maszyny serwer serwera branch tag theorem method algorithm modell modello modèle model modelo gesetz satz \
    loi théorème ley teorema legge wet stelling prawo twierdzenie metoda methode méthode método metodo principio \
    principe zasada efekt effekt effetto efecto effet";

/// What a name before it belongs to: `Taylor series`, `Sattler Verlag`. In small letters.
const BEHIND: &str = "\
    series theorem expansion transform filter method algorithm distribution equation law effect cluster server release \
    branch award prize medal cup bridge tower station airport school college university hospital line street avenue \
    road lane square park building room hall pallet bracket crate verlag halle schule gymnasium brücke platz straße \
    process rule paradox constant conjecture inequality lemma sequence \
    allee weg preis stiftung institut reihe satz gesetz verfahren museum haus";

/// Words of programs that somebody somewhere is called, in small letters.
const TERMS: &str = "iban mac nata nato née string nil null none luhn json yaml java ruby perl pascal ada julia swift scala kotlin maven \
    jenkins travis flask django pandas conda";

/// Whether what stands there is a thing that bears a name, or a word for one.
pub(super) fn is_one(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let name = text.get(range.clone()).unwrap_or_default();
    let small = !name.contains(char::is_uppercase);
    let single = !name.contains([' ', '-']);
    compound(after)
        || (single && part_of_word(before))
        || (small
            && (glued(before, after)
                || quoted(before, after)
                || TERMS.split_whitespace().any(|term| term == name)))
        || (single && (a_trade(before, name) || a_limit(name, after) || abbreviated(before, name)))
        || zone(before, name, after)
        || in_state(name, after)
        || TYPES.split(' ').any(|word| word == name)
        || name == "Uri" && declares(after)
        || (before.ends_with('=') && after.starts_with('/'))
        || behind(after)
        || incorporated(name, after)
        || named(before)
}

/// Words of programs and forms that nobody knows as words, with their capitals.
const TYPES: &str = "Guid Uuid Kfz Permalink Nata Nato Damen Herren Mon Wed Thu Thurs Fri Tues";

/// `Uri _address;`, `Uri uri,`: a variable of this type.
fn declares(after: &str) -> bool {
    let Some(rest) = after.strip_prefix(' ') else { return false };
    let end =
        rest.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or(rest.len());
    rest.starts_with(|char: char| char.is_ascii_lowercase() || char == '_')
        && rest.get(end..).is_some_and(|rest| rest.trim_start().starts_with([';', ',', ')', '=']))
}

/// `Africa/Johannesburg`: a time zone of the IANA data base, or a part of it.
fn zone(before: &str, name: &str, after: &str) -> bool {
    const AREAS: &str = "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific";
    let area = |word: &str| AREAS.split(' ').any(|area| area == word);
    let behind = || {
        after.strip_prefix('/').is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_uppercase()))
    };
    let start = before.len()
        - before
            .bytes()
            .rev()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphabetic() || b"/_".contains(byte))
            .count();
    let path = before.get(start..).unwrap_or_default();
    let within = || path.ends_with('/') && path.split('/').next().is_some_and(area);
    area(name) && behind()
        || !name.contains(' ') && (!tagger::any_given(name) || after.starts_with('/')) && within()
}

/// `Salem, Oregon`: a place in a state.
fn in_state(name: &str, after: &str) -> bool {
    let state = |word: &str| STATES.split(' ').any(|state| state == word);
    // "John Smith, Nevada" is somebody from there.
    if name.split([' ', ',']).next().is_some_and(tagger::any_given) {
        return false;
    }
    let behind = name.rsplit_once(", ").map(|(_, state)| state);
    behind.is_some_and(state) || after.strip_prefix(", ").is_some_and(|rest| state(first_word(rest)))
}

/// States of the USA and of Canada that nobody is called, as far as they are one word.
const STATES: &str = "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Hawaii Idaho Illinois \
    Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri Nebraska Nevada Ohio \
    Oklahoma Oregon Pennsylvania Tennessee Texas Utah Vermont Wisconsin Wyoming Alberta Manitoba Ontario Quebec Saskatchewan";

/// `Lilienthal-Straße`, `wolfe-solver`: the name is a part of a word.
fn compound(after: &str) -> bool {
    after.strip_prefix('-').is_some_and(|rest| rest.starts_with(char::is_alphabetic))
}

/// `Gottfried-Keller-Weg`: the name is the last part of a word.
fn part_of_word(before: &str) -> bool {
    before.strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphanumeric))
}

/// `El Herrero`, `the Baker`: with an article it is somebody's trade, a thing or a place.
fn a_trade(before: &str, name: &str) -> bool {
    let article = before.strip_suffix(' ').map(last_word).unwrap_or_default().to_lowercase();
    WORDS.get(article) & IS_ARTICLE > 0 && !tagger::given_name(name)
}

/// `Max fetch size`: the most or the least of something, and not what somebody called so does.
fn a_limit(name: &str, after: &str) -> bool {
    let limited = || first_word(after.trim_start_matches([' ', '.', '-'])).to_lowercase();
    matches!(name, "Max" | "max" | "MAX" | "Min" | "min" | "MIN")
        && (after.starts_with(['_', '=']) || WORDS.get(limited()) & IS_LIMITED > 0)
}

/// `MCP Roots`: what stands behind an abbreviation is mostly its noun.
fn abbreviated(before: &str, name: &str) -> bool {
    const OFFICES: &str = "CEO CTO CFO COO CIO CISO CPO VP SVP EVP DR MR MRS MS PM PO HR QA MD PHD";
    let word = before.strip_suffix(' ').map(last_word).unwrap_or_default();
    (2..=5).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_uppercase())
        && !OFFICES.split(' ').any(|office| office == word)
        && !tagger::given_name(name)
}

/// What has a most and a least.
const LIMITED: &str = "size sizes length number count counts value values width height time timeout retries retry depth limit \
    limits fetch result results token tokens rate age item items entry entries connection connections memory speed level \
    amount price per allowed attempts duration concurrent file files upload page pages total lines line bytes characters \
    rows columns requests request users participants attendees guests persons people days hours minutes seconds points score \
    batch buffer queue load temperature weight anzahl größe länge dauer zeit wert taille durée nombre tamaño número \
    longitud dimensione numero lunghezza aantal grootte lengte liczba rozmiar długość";

/// Articles of the singular.
const ARTICLES: &str = "the der die das dem den el la il lo le de het een ein eine einen un una une uno";

/// Whether a word in small letters is a part of an identifier or a path.
fn glued(before: &str, after: &str) -> bool {
    before.ends_with(['-', '/', '=', '_', '.'])
        || after.starts_with(['-', '/', '=', '_'])
        // `:marie:assemble`
        || before.ends_with(':') && after.starts_with(':')
}

/// A string of a program: `'ada'`.
fn quoted(before: &str, after: &str) -> bool {
    ['\'', '"', '`'].iter().any(|quote| before.ends_with(*quote) && after.starts_with(*quote))
}

/// `Peñalba Cerámicas S.A.`: a legal form follows.
fn incorporated(name: &str, after: &str) -> bool {
    let form = || {
        let word = after.strip_prefix(' ')?.split([' ', ',', ';', ')', '\n']).next()?;
        Some(legal_form(word) || (FORMS.split(' ').any(|form| form == word.trim_end_matches('.'))))
    };
    !tagger::only_given(name.split(' ').next().unwrap_or_default()) && form().unwrap_or_default()
}

/// Legal forms that are written without full stops.
const FORMS: &str = "GmbH AG KG SE Ltd LLC Inc SARL SAS SA plc Oy AB";

/// Whether a word is a legal form that is written with full stops.
pub(super) fn legal_form(word: &str) -> bool {
    const DOTTED: &str = "S.A. S.L. S.r.l. S.R.L. S.p.A. S.n.c. S.a.s. B.V. N.V. S.C.";
    word.contains('.') && DOTTED.split(' ').any(|form| form == word || form.trim_end_matches('.') == word)
}

fn behind(after: &str) -> bool {
    let Some(rest) = after.strip_prefix(' ') else { return false };
    is(first_word(rest), IS_BEHIND)
}

/// Whether a word for a thing stands before, perhaps with `de` and the like between.
fn named(before: &str) -> bool {
    let mut rest = before;
    for _ in 0..3 {
        let Some(trimmed) = rest.strip_suffix(' ') else { return false };
        let word = last_word(trimmed);
        if is(word, IS_BEFORE) {
            return true;
        }
        let lower = word.to_lowercase();
        let between =
            words::particle(&lower) || words::article(&lower) || word.starts_with(char::is_uppercase);
        if word.is_empty() || !between {
            return false;
        }
        rest = trimmed.get(..trimmed.len() - word.len()).unwrap_or_default();
    }
    false
}

fn first_word(text: &str) -> &str {
    let end = text.find(|char: char| !char.is_alphabetic()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn last_word(text: &str) -> &str {
    let start = text.trim_end_matches(char::is_alphabetic).len();
    text.get(start..).unwrap_or_default()
}

fn is(word: &str, what: u32) -> bool {
    word.len() > 2 && WORDS.get(word.to_lowercase()) & what > 0
}

const IS_BEHIND: u32 = 1;
const IS_BEFORE: u32 = 2;
const IS_LIMITED: u32 = 4;
const IS_ARTICLE: u32 = 8;

static WORDS: Lazy = Lazy::new(|| {
    Lists::new(&[(BEHIND, IS_BEHIND), (BEFORE, IS_BEFORE), (LIMITED, IS_LIMITED), (ARTICLES, IS_ARTICLE)])
});

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn what_bears_a_name_is_nobody() {
        for (text, name) in [
            ("la calle Cervantes", "Cervantes"),
            ("Le lycée Henri Matisse est fermé", "Henri Matisse"),
            ("la loi de Ohm", "Ohm"),
            ("die Albert-Schweitzer-Schule", "Albert-Schweitzer"),
            ("the Taylor series", "Taylor"),
            ("fix/emma-cache", "emma"),
            ("kind: 'ada';", "ada"),
            ("TZ=Europe/Sofia", "Europe"),
            ("Africa/Nairobi", "Africa"),
            ("America/Argentina/Ushuaia", "Argentina"),
            ("in Salem, Oregon", "Salem"),
            ("in Lindon, Utah", "Lindon, Utah"),
            ("./gradlew :marie:assemble", "marie"),
            ("private readonly Uri _address;", "Uri"),
            ("room Hopper", "Hopper"),
            ("Le lycée Henri Matisse", "Matisse"),
            ("El Herrero viene", "Herrero"),
            ("am Gottfried-Keller-Weg", "Weg"),
            ("iban check failed", "iban"),
            ("Max fetch size", "Max"),
            ("Max. Größe", "Max"),
            ("Current MCP Roots", "Roots"),
            ("a Poisson process fits", "Poisson"),
            ("booking with Peñalba Cerámicas S.A. today", "Peñalba Cerámicas"),
        ] {
            let start = text.find(name).unwrap();
            assert!(is_one(text, &(start..start + name.len())), "{text}");
        }
        for (text, name) in [
            ("we met Henri Matisse today", "Henri Matisse"),
            ("thx emma!", "emma"),
            ("Uri said no", "Uri"),
            ("John Smith, Nevada", "John Smith"),
            ("Regions: Europe/Karen Miller", "Karen Miller"),
            ("Ask Taylor, please", "Taylor"),
            ("Max called", "Max"),
            ("we asked Max. Then", "Max"),
            ("\"Emma\" said", "Emma"),
            ("we met Emma Salas SAlive", "Emma Salas"),
            ("assigned to Emma Doe SE-1234", "Emma Doe"),
            ("Emma processes the refunds", "Emma"),
        ] {
            let start = text.find(name).unwrap();
            assert!(!is_one(text, &(start..start + name.len())), "{text}");
        }
    }
}

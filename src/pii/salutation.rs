//! Names in letters and comments: after a title (`Frau Müller`), in a greeting (`Hi Jane,`), under a closing
//! (`Best regards,` and a line of its own). What else prose calls people is not looked for.

use std::sync::LazyLock;

use super::fields::Letters;
use super::lists::{Lazy, Lists};
use super::people;
use super::phrases::Phrases;
use super::tagger;
use super::traits::{BREAK, HYPHEN, LETTER, OTHER, POINT, SPACE, Traits};
use super::words;

/// A name after a title or greeting has no more bytes than this.
const REACH: usize = 60;

/// What announces a name; each kind separated by spaces, several words joined by `_`.
const TITLES: &str = "Mr Mrs Ms Miss Mx Dr Prof Herr Herrn Frau Mme Mlle M Madame Monsieur Docteur Sr Sra Srta Señor \
    Señora Dña Sig Sigra Signor Signora Dott Dottssa Dhr Mevr Mevrouw mevrouw Meneer meneer Mw Pani Panu Panią Panem \
    signor signora signore signorina Signorina sig. sig.ra Sig.ra sig.na Sig.na Sig.ri dott. dott.ssa Dott.ssa avv. Avv. \
    señor señora señorita Señorita sr. sra. srta. Dra. dra. Da. monsieur mademoiselle mr. mrs. ms. dr. prof. mw. dhr. \
    mevr. pani pan panem panią pana Hr. Fr.";
const GREETINGS: &str = "Hi Hello Hey Dear Hallo Liebe Lieber Moin Servus Salut Bonjour Cher Chère Hola Estimado \
    Estimada Querido Querida Ciao Gentile Caro Cara Hoi Beste Geachte Cześć Drogi Droga Witaj Thanks Danke Merci \
    Gracias Grazie Bedankt Dzięki hi hello hey hallo salut hola ciao moin hoi cześć Hé hé Oye oye Ehi ehi Hej hej hei thanks danke merci gracias grazie bedankt dzięki";
const CLOSINGS: &str = "regards Regards wishes Cheers Sincerely sincerely Best, Thanks, Yours Grüße Grüßen Gruß LG VG \
    MfG Cordialement Bises Amicalement Saludos saludos Atentamente abrazo Saluti saluti Cordialmente Groet groet \
    groeten Groeten Pozdrawiam Pozdrowienia poważaniem";

/// Papers and errands that are about somebody, as files and tickets are called.
const PAPERS: &str = "CV Lebenslauf Curriculum Résumé Resume Bewerbung Arbeitszeugnis Zeugnis Arbeitsvertrag Vertrag Kündigung \
    Krankmeldung Krankschreibung Gehaltsabrechnung Lohnabrechnung Personalakte Abmahnung Anschreiben Urlaubsantrag Onboarding \
    Offboarding Einarbeitung Austritt Eintritt Contract Payslip Offer Reference Termination Passport Timesheet Invoice Interview \
    Contrat Bulletin Démission Contrato Nómina Baja Contratto Arbeidsovereenkomst Ontslag Umowa Wypowiedzenie";

/// Lines of their own that somebody signs under, as [`Letters`] has them.
static SIGN_OFFS: Lazy = Lazy::new(|| {
    Lists::of(
        "best thanks cheers danke merci gracias grazie bedankt dzieki gruss gruse lg vg mfg regards thx thanksalot manythanks ta bye byebye talksoon speaksoon seeyou seeyousoon takecare allthebest love later \
        herzlich herzlichst tschuss tschuessi bisdann bisbald bisspater bismorgen schonengruss schonengruse vielendank dankeschon aplus abientot \
        abiento bonnejournee bienavous bisous merciencore apluss hastaluego hastapronto unsaludo unabrazo graciasotravez \
        apresto aprestissimo buonagiornata ciaociao tantisaluti totsnel totziens totlater groetjes fijnedag dozobaczenia \
        napapa pozdro trzymajsie dziekuje",
    )
});

#[derive(Clone, Copy)]
enum Announced {
    Paper,
    Title,
    Greeting,
    Closing,
}

static CUES: LazyLock<(Phrases, Vec<Announced>)> = LazyLock::new(|| {
    let lists = [
        (PAPERS, Announced::Paper),
        (TITLES, Announced::Title),
        (GREETINGS, Announced::Greeting),
        (CLOSINGS, Announced::Closing),
    ];
    let (cues, kinds): (Vec<&str>, Vec<_>) =
        lists.iter().flat_map(|(list, kind)| list.split_whitespace().map(move |cue| (cue, *kind))).unzip();
    (Phrases::new(cues), kinds)
});

/// The names that a text announces.
pub(super) fn find(text: &str, has: Traits) -> Vec<Vec<String>> {
    if !has.any(LETTER) || !has.any(SPACE | BREAK | OTHER | HYPHEN | POINT) {
        return Vec::new();
    }
    let (cues, kinds) = &*CUES;
    let mut names = Vec::new();
    for (cue, which) in cues.find(text) {
        let before = text.get(..cue.start).and_then(|before| before.chars().next_back());
        if before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '\'' | '’' | '-' | '_' | '.'))
        {
            continue;
        }
        let after = text.get(cue.end..).unwrap_or_default();
        names.extend(match kinds.get(which) {
            Some(Announced::Paper) => after_paper(begin(after)),
            Some(Announced::Title) => after_title(after),
            Some(Announced::Greeting) => after_greeting(after),
            Some(Announced::Closing) => after_closing(after),
            None => None,
        });
    }
    if has.any(BREAK) {
        signed(text, &mut names);
    }
    names
}

/// What telephones write under a letter, and a name stands above.
const SENT_FROM: [&str; 7] = [
    "Sent from my",
    "Gesendet von meinem",
    "Von meinem iPhone gesendet",
    "Envoyé de mon",
    "Enviado desde mi",
    "Inviato da",
    "Verzonden vanaf mijn",
];

/// Who signs under a line that says good-bye and nothing else.
fn signed(text: &str, names: &mut Vec<Vec<String>>) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        let line = text.get(start..end).unwrap_or_default();
        let rest = begin(text.get(end..).unwrap_or_default());
        if (2..=24).contains(&line.len()) && SIGN_OFFS.contains(Letters::of(line).as_bytes()) {
            names.extend(after_closing(rest));
        } else if (2..=REACH).contains(&line.len())
            && rest.starts_with("\n\n")
            && let below = rest.trim_start()
            && SENT_FROM.iter().any(|sent| below.starts_with(sent))
        {
            names.extend(parsed(&line.split_whitespace().collect::<Vec<_>>()));
        }
        start = end + 1;
    }
}

/// `. Jane Doe signed`: the capitalised words that follow.
fn after_title(after: &str) -> Option<Vec<String>> {
    let after = after.strip_prefix('.').unwrap_or(after);
    let (name, _) = run(after.strip_prefix([' ', '\u{a0}'])?)?;
    // "Herr der Ringe"
    if name.first().is_some_and(|word| matches!(*word, "der" | "des" | "dem" | "the")) {
        return None;
    }
    parsed(&name)
}

/// ` Jane Doe.pdf`, `_Jane_Doe_2026.pdf`, ` – Jane Doe`: a given name and another word.
fn after_paper(after: &str) -> Option<Vec<String>> {
    let rest = after.trim_start_matches([' ', '_', '-', '–', ':', '\u{a0}']);
    if rest.len() == after.len() {
        return None;
    }
    let name = rest.split('.').next()?;
    let words = name.split(['_', ' ', '\n', ',', '(']).map(|word| word.trim_end_matches('-'));
    let capital = |word: &&str| word.starts_with(char::is_uppercase) || words::inside_names(word);
    let words: Vec<&str> = words.take_while(capital).take(4).collect();
    // "Contract Rose Garden": both words must be able to be a name.
    let fits = |word: &str| !tagger::only_word(word) && !words::organisation(&word.to_lowercase());
    let known = match words[..] {
        [given, family, ..] => {
            tagger::given_name(given) || (!tagger::is_word(given) && tagger::family_name(family))
        }
        _ => false,
    };
    let count = words.iter().take_while(|word| fits(word)).count();
    (known && count > 1).then(|| parsed(words.get(..count)?))?
}

/// ` Jane,`: the capitalised words up to a mark or the end of the line.
fn after_greeting(after: &str) -> Option<Vec<String>> {
    let after = after.strip_prefix(", ").or_else(|| after.strip_prefix([' ', '\u{a0}']))?;
    let (name, end) = run(after)?;
    let rest = after.get(end..)?.trim_start_matches([' ', '\u{a0}']);
    if !(rest.is_empty() || rest.starts_with([',', '!', ':', '\n', '\r', '.', '-', '–', '—', ';', '?', ')']))
    {
        return None;
    }
    parsed(&name)
}

/// The next line, when it is a name and nothing else.
fn after_closing(after: &str) -> Option<Vec<String>> {
    let line = after.bytes().take(25).position(|byte| byte == b'\n')?;
    let (rest, below) = (after.get(..line)?, after.get(line + 1..)?);
    if rest.chars().any(|char| char.is_ascii_digit()) {
        return None;
    }
    let line = below.trim_start().lines().next()?.trim();
    let line = line.split([',', '|']).next()?.trim();
    if line.len() > REACH {
        return None;
    }
    let name: Vec<_> = line.split_whitespace().collect();
    parsed(&name)
}

/// The beginning of a text, as far as it is looked at.
fn begin(text: &str) -> &str {
    let mut end = text.len().min(2 * REACH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The words from here on that are written like a name's, and where the last one ends.
fn run(text: &str) -> Option<(Vec<&str>, usize)> {
    let mut end = text.len().min(REACH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut name: Vec<(&str, usize)> = Vec::new();
    let mut at = 0;
    for word in text.get(..end)?.split_inclusive([' ', '\u{a0}', '\n']) {
        let bare = word.trim_end_matches([' ', '\u{a0}', '\n', '\r']);
        let cut = bare.trim_end_matches(|char: char| !char.is_alphanumeric());
        let lower = cut.to_lowercase();
        // "Frau Ott von Ihrer Firma"
        let capital = cut.starts_with(char::is_uppercase)
            && (name.is_empty() || words::particle(&lower) || !words::article(&lower));
        if !(capital || words::inside_names(cut)) || (name.is_empty() && cut.is_empty()) {
            break;
        }
        let initial = bare.len() == cut.len() + 1 && bare.ends_with('.') && cut.chars().count() <= 2;
        let title = words::title(&lower) && bare.len() <= cut.len() + 1;
        name.push((cut, at + cut.len()));
        at += word.len();
        if (bare != cut && !initial && !title) || word.ends_with('\n') {
            break;
        }
    }
    while name.last().is_some_and(|(word, _)| words::particle(&word.to_lowercase())) {
        name.pop();
    }
    let (_, end) = *name.last()?;
    (name.len() <= 6).then(|| (name.into_iter().map(|(word, _)| word).collect(), end))
}

fn parsed(name: &[&str]) -> Option<Vec<String>> {
    // "Mr Smith The order": a common word after the name begins something else.
    let own = |word: &&str| !words::common(&word.to_lowercase()) || words::ambiguous(&word.to_lowercase());
    let start = name.iter().position(|word| !words::title(&word.to_lowercase()))?;
    let name = name.get(start..)?;
    let particle = |word: &&str| words::particle(&word.to_lowercase());
    let end = name.iter().position(|word| !own(word) && !particle(word)).unwrap_or(name.len());
    let name = name.get(..end)?;
    let end = name.iter().rposition(|word| !particle(word))? + 1;
    let name = people::parse(&name.get(..end)?.join(" "))?;
    let longest = name.iter().map(|word| word.chars().count()).max()?;
    (longest >= 3 && people::capitalised(&name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Traits, find};

    fn found(text: &str) -> Vec<String> {
        find(text, Traits::of(text)).into_iter().map(|name| name.join(" ")).collect()
    }

    #[test]
    fn titles_greetings_and_closings_announce_names() {
        for (text, name) in [
            ("please ask Mr Koch about it", "Koch"),
            ("Sehr geehrte Frau von Stein, vielen Dank", "von Stein"),
            ("with Prof. Dr. Jane Doe.", "Jane Doe"),
            ("appeler Mme Dupont au sujet", "Dupont"),
            ("Hi Jane,\nhow are you", "Jane"),
            ("Hallo Jürgen!", "Jürgen"),
            ("Best regards,\n\nJane Doe\nSales", "Jane Doe"),
            ("Viele Grüße\nJane", "Jane"),
            ("danke Simon!", "Simon"),
            ("salut Cédric ! ça va", "Cédric"),
            ("We leave at nine.\n\nThx\nRupert\n", "Rupert"),
            ("ok\nÀ plus\nSébastien\nAchats", "Sébastien"),
            ("see CV Celia Carmona.docx", "Celia Carmona"),
            ("Lebenslauf_Mariana_Ferreira_2026.pdf", "Mariana Ferreira"),
            ("CV-Raj Patel.pdf", "Raj Patel"),
            ("Onboarding – Joon Kim", "Joon Kim"),
            ("bis Montag\n\nHerzlich\nSeverin", "Severin"),
            ("ask G. Shaw.\n\nLenka\n\nSent from my phone", "Lenka"),
            ("oye Ricardo, mira esto", "Ricardo"),
            ("ok for me.\nThanks!\nRupert", "Rupert"),
            ("ha chiamato la sig.ra Bianchi", "Bianchi"),
            ("el señor Rubio y su mujer", "Rubio"),
            ("Herr Schulz und das Team", "Schulz"),
            ("Mr Brown and Mrs Green arrived", "Brown"),
            ("Beste mevrouw Van den Heuvel,", "Van den Heuvel"),
            ("Sig.ra De Luca", "De Luca"),
            ("mit Frau Ott von Ihrer Firma", "Ott"),
        ] {
            assert_eq!(found(text).first().map(String::as_str), Some(name), "{text}");
        }
    }

    #[test]
    fn other_capitals_are_not_announced() {
        for text in [
            "Hello World",
            "Hi Team,",
            "Herr der Ringe",
            "Dear Customer,",
            "Hi, the Build is done",
            "Best regards,\nSupport Team",
            "thanks for Kafka",
            "Hallo zusammen,",
            "Frau mit Hut",
            "Mrs. 5",
            "Thanks, will do",
            "Liebe Kolleginnen und Kollegen,",
            "Hi Jane has",
            "Best regards,\nyour friends of the release",
            "CV Vorlage.docx",
            "Contract Template Final.docx",
            "Onboarding Guide",
            "Invoice_2026_04.pdf",
            "later\nThe Build is done",
            "a sentence that ends with thx\nRupert",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}

//! What stands before a number and says what it is.

/// How far before a number its cue may stand, in bytes.
const REACH: usize = 48;

/// What the words before a number say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cues {
    /// A phone number is announced.
    pub(super) phone: bool,
    /// Something else with a number is announced: an order, an invoice, an account.
    pub(super) other: bool,
    /// A version or a section is announced.
    pub(super) version: bool,
}

/// Reads the words between the last digit, line break or start of the text and `before`'s end; at the start of
/// the text, the JSON key that it stands under counts as a word before it.
pub(super) fn cues(before: &str, key: Option<&str>) -> Cues {
    let mut from = before.len().saturating_sub(REACH);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let window = before.get(from..).unwrap_or_default();
    let cut = window.rfind(|char: char| char.is_ascii_digit() || char == '\n').map(|at| at + 1);
    let mut words: Vec<String> = Vec::new();
    if cut.is_none()
        && from == 0
        && let Some(key) = key
    {
        words.extend(super::fields::words(key));
    }
    let window = window.get(cut.unwrap_or(0)..).unwrap_or_default();
    // A word that the cut began in the middle of is still a word: it can only be a stem too few.
    words.extend(
        window
            .split(|char: char| !char.is_alphabetic())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase),
    );
    let last: Vec<_> = words.iter().rev().take(3).collect();
    // "Release host: 203.0.113.9" is the host's.
    let address = |word: &&&String| is(word, ADDRESS_WORDS, ADDRESS_STEMS);
    let version = |word: &&&String| is(word, VERSION_WORDS, VERSION_STEMS);
    Cues {
        phone: words.iter().any(|word| is(word, PHONE_WORDS, PHONE_STEMS)),
        other: last.iter().any(|word| is(word, OTHER_WORDS, OTHER_STEMS)),
        version: last.iter().find(|word| address(word) || version(word)).is_some_and(|word| version(&word)),
    }
}

/// Whether a number with a `+` may follow what stands before it: also a word for a phone that is glued on, as on
/// business cards (`T+49 30 1234567`).
pub(super) fn may_be_glued(before: &str) -> bool {
    let word = before.trim_end_matches(char::is_alphabetic).len();
    let Some(word) = before.get(word..).filter(|word| !word.is_empty()) else {
        return !before.ends_with(char::is_alphanumeric);
    };
    matches!(word, "T" | "M" | "F" | "P" | "H" | "W" | "C")
        || is(&word.to_lowercase(), PHONE_WORDS, PHONE_STEMS)
}

fn is(word: &str, words: &str, stems: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
        || stems.split_whitespace().any(|stem| word.starts_with(stem))
}

const PHONE_WORDS: &str = "\
    tel tél call cell ring ruf fax sms gsm handy phone mob mobile mobil bel belt kom fon text dial \
    portable durchwahl \
    ";

const PHONE_STEMS: &str = "\
    telef téléph teleph telfon phon mobiln mobielt mobiel móvil movil mobiltel cellul cellphone \
    rufnummer zurückruf zurückzuruf rückruf anruf anzuruf hotline whatsapp komórk dzwoni zadzwoni \
    oddzwoni terugbel appel rappel llam chiam richiam \
    ";

const OTHER_WORDS: &str = "\
    id ids order invoice ticket lot lotto lote batch serial sku ean gtin isbn issn imei ref reference \
    account konto iban bic siren siret nhs bsn nif nie dni nir pesel nip regon ssn vat build rechnung \
    commande facture \
    ";

const OTHER_STEMS: &str = "\
    bestell rechnungs auftrag kunden charge serien steuer versicherung kontonu sendung référence \
    referencia riferimento referenz factura fattura faktur pedido ordine zamówien bestelling parti \
    matrícul sécurité identifi \
    ";

const VERSION_WORDS: &str = "\
    v ver version versión versione versie wersja wersji release build section abschnitt kapitel chapter \
    clause oid rfc firmware sección sezione rozdział paragraaf mask netmask \
    ";

const VERSION_STEMS: &str = "\
    version releas upgrad driver \
    ";

const ADDRESS_WORDS: &str = "\
    ip ipv addr host server client peer node proxy gateway router dns ns src dst source destination remote \
    endpoint listener runner agent worker machine instance vm pod rechner knoten serveur serwer servidor adres \
    ";

const ADDRESS_STEMS: &str = "\
    address adress hostname indirizz direcci webserver mailserver \
    ";

#[cfg(test)]
mod tests {
    use super::{Cues, cues, may_be_glued};

    #[test]
    fn a_word_for_a_phone_may_be_glued_on() {
        for before in ["", "x ", "(", "T", "| M", "Tel", "x, Mobil"] {
            assert!(may_be_glued(before), "{before}");
        }
        for before in ["x", "build", "1", "sT", "1.2.3"] {
            assert!(!may_be_glued(before), "{before}");
        }
    }

    #[test]
    fn what_has_an_address_is_no_version() {
        assert!(!cues("Release host: ", None).version && !cues("Build server ", None).version);
        assert!(!cues("", Some("buildHost")).version && cues("", Some("serverVersion")).version);
        assert!(cues("server version ", None).version && cues("Release: ", None).version);
    }

    #[test]
    fn words_before_and_the_key_are_read() {
        let phone = Cues { phone: true, ..Cues::default() };
        assert_eq!(cues("please call Ann on ", None), phone);
        assert_eq!(cues("", Some("mobilePhone")), phone);
        assert_eq!(cues("Tél. : ", None), phone);
        assert!(cues("Bestell-Nr. ", None).other && cues("order #", None).other);
        assert!(cues("Chrome version ", None).version && cues("v", None).version);
    }

    #[test]
    fn a_digit_or_a_line_break_ends_the_reach() {
        assert_eq!(cues("call 5, then ", None), Cues::default());
        assert_eq!(cues("call\n", None), Cues::default());
        assert_eq!(cues("a 1 ", Some("phone")), Cues::default());
    }
}

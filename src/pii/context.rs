//! What stands before a number and says what it is.

use std::sync::LazyLock;

use super::cues::{Cues as Cue, List, Words};

/// What the words before a number say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cues {
    /// A phone number is announced.
    pub(super) phone: bool,
    /// And nothing else between.
    pub(super) called: bool,
    /// Something else with a number is announced: an order, an invoice, an account.
    pub(super) other: bool,
    /// A version or a section is announced.
    pub(super) version: bool,
}

/// Reads the words between the last digit, line break or start of the text and `at`; at the start of the text, the
/// JSON key that it stands under counts as a word before it.
pub(super) fn cues(text: &str, at: usize, key: Option<&str>) -> Cues {
    let words = Words::before(text, at, key).since_number();
    if words.is_empty() {
        return Cues::default();
    }
    let called = words.find(&PHONE);
    let phone = called.is_some();
    let called = called.is_some_and(|at| words.find(&OTHER).is_none_or(|other| other <= at));
    let last = words.last(3);
    let other = last.find(&OTHER).is_some();
    // "Release host: 203.0.113.9" is the host's.
    let version = last.find(&VERSION).is_some_and(|at| last.find(&ADDRESS).is_none_or(|host| host < at));
    Cues { phone, called, other, version }
}

/// Whether a key means a phone number itself, and not something about one: `phone`, `phone_number`, `telephone no`.
pub(super) fn is_phone(key: &str) -> bool {
    static DEVICE: List = LazyLock::new(|| {
        Cue::new(
            "tel handy phone mobile mobil fax fon cell telef* teleph* cellphone* rufnummer* durchwahl movil* cellul* whatsapp*",
        )
    });
    static NUMBER: List =
        LazyLock::new(|| Cue::new("number nr no num numero nummer numer value private work home primary"));
    let last = |words: usize| Words::of_key(key).last(words);
    last(1).find(&DEVICE).is_some() || last(1).find(&NUMBER).is_some() && last(2).find(&DEVICE).is_some()
}

/// Whether a number with a `+` may follow what stands before it: also a word for a phone that is glued on, as on
/// business cards (`T+49 30 1234567`).
pub(super) fn may_be_glued(before: &str) -> bool {
    let word = before.trim_end_matches(char::is_alphabetic).len();
    let Some(word) = before.get(word..).filter(|word| !word.is_empty()) else {
        return !before.ends_with(char::is_alphanumeric);
    };
    matches!(word, "T" | "M" | "F" | "P" | "H" | "W" | "C") || Words::of(word).find(&PHONE).is_some()
}

pub(super) static PHONE: List = LazyLock::new(|| {
    Cue::new(
        "tel call cell ring ruf fax sms gsm handy phone mob mobile mobil bel belt kom fon text dial portable durchwahl \
         telef* teleph* telfon phon mobiln* mobielt* mobiel* movil* mobiltel* cellul* cellphone* rufnummer* zuruckruf* \
         zuruckzuruf* ruckruf* anruf* anzuruf* hotline* whatsapp* signal viber komork* dzwoni* zadzwoni* oddzwoni* \
         terugbel* appel* rappel* llam* chiam* richiam* erreichbar joignable joindre bereikbaar landline festnetz",
    )
});

pub(super) static OTHER: List = LazyLock::new(|| {
    Cue::new(
        "id ids order invoice ticket lot lotto lote batch serial sku ean gtin isbn issn imei ref reference account konto \
         iban bic siren siret nhs bsn nif nie dni nir pesel nip regon ssn vat build rechnung commande facture \
         bestell* rechnungs* auftrag* kunden* charge* serien* steuer* versicherung* kontonu* sendung* reference* \
         referencia* riferimento* referenz* factura* fattura* faktur* pedido* ordine* zamowien* bestelling* parti* \
         matricul* securite* identifi* part parts tracking parcel* shipment* article* artikel* articulo* articolo* artykul* \
         contract* transaction* paket* case item* model* catalog* asset* product* produkt* producto* prodott* drawing quote rfq job",
    )
});

/// Things that have numbers: what stands after one is its number.
pub(super) static OTHER_THING: List = LazyLock::new(|| Cue::new(THINGS));

/// Things and people's other papers that have numbers.
pub(super) static OTHER_CODE: List = LazyLock::new(|| Cue::new(THINGS_AND_PAPERS));

macro_rules! things {
    () => {
        "order orders invoice* ticket* lot lotto lote batch serial* sku ean gtin isbn issn imei part parts article* \
         artikel* articulo* articolo* artykul* build commit tracking parcel* shipment* sendung* paket* bestell* rechnung* \
         auftrag* charge* serien* factura* fattura* faktur* facture* pedido* ordine* zamowien* parti* commande* kunden* \
         customer_number customer_id kundennummer vertrag* contract* policy case aktenzeichen* dossier transaction* \
         transaktion* seri"
    };
}

const THINGS: &str = things!();
const THINGS_AND_PAPERS: &str = concat!(
    things!(),
    " account konto* iban bic siren siret nhs nif nie pesel nip regon vat phone* tel telefon* fax zip plz postal*"
);

static VERSION: List = LazyLock::new(|| {
    Cue::new(
        "v ver version versione versie wersja wersji release build section abschnitt kapitel chapter clause oid rfc \
         firmware seccion sezione rozdzial paragraaf mask netmask version* releas* upgrad* driver*",
    )
});

static ADDRESS: List = LazyLock::new(|| {
    Cue::new(
        "ip ipv addr host server client peer node proxy gateway router dns ns src dst source destination remote endpoint \
         listener runner agent worker machine instance vm pod rechner knoten serveur serwer servidor adres address* \
         adress* hostname* indirizz* direcci* webserver* mailserver*",
    )
});

#[cfg(test)]
mod tests {
    use super::{Cues, may_be_glued};

    fn cues(before: &str, key: Option<&str>) -> Cues {
        super::cues(before, before.len(), key)
    }

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
        let phone = Cues { phone: true, called: true, ..Cues::default() };
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

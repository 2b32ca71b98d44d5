//! Words that make a street's name in the seven languages: `Street`, `-straße`, `rue`, `via`, `calle`, `-straat`, `ulica`.

use std::sync::LazyLock;

use crate::pii::cues::{Cues, List};
use crate::pii::fields;
use crate::pii::lists::{Lazy, Lists};

/// A word in small letters without marks, cut off where it is too long for any word here, and what it is.
pub(super) struct Folded {
    letters: [u8; 40],
    length: usize,
    roles: u32,
}

/// What words are, as bits.
const AFTER_NAME: u32 = 1;
const WEAK_AFTER_NAME: u32 = 2;
const BEFORE_NAME: u32 = 4;
const SHORT_BEFORE_NAME: u32 = 8;
const AFTER_NUMBER: u32 = 16;
const CONNECTS: u32 = 32;
const PLACE: u32 = 64;

static ROLES: Lazy = Lazy::new(|| {
    Lists::new(&[
        (AFTER, AFTER_NAME),
        (WEAK_AFTER, WEAK_AFTER_NAME),
        (BEFORE, BEFORE_NAME),
        (SHORT_BEFORE, SHORT_BEFORE_NAME),
        (FRENCH, AFTER_NUMBER),
        (CONNECTORS, CONNECTS),
        (PLACES, PLACE),
    ])
});

impl Folded {
    pub(super) fn of(word: &str) -> Self {
        let mut folded = Self { letters: [0; 40], length: 0, roles: 0 };
        for char in word.chars().filter(|char| char.is_alphanumeric()) {
            let plain = if char.is_ascii() {
                char.to_ascii_lowercase()
            } else {
                char.to_lowercase().next().map_or(char, fields::plain)
            };
            let Some(place) = folded.letters.get_mut(folded.length) else { break };
            *place = if plain.is_ascii() { plain as u8 } else { b'?' };
            folded.length += 1;
        }
        folded.roles = ROLES.get(folded.letters());
        folded
    }

    fn letters(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    /// Whether it is one of a few words.
    pub(super) fn is(&self, list: &str) -> bool {
        !self.letters().is_empty()
            && list.split_ascii_whitespace().any(|word| word.as_bytes() == self.letters())
    }

    /// Whether it ends with one of the words and has more before that.
    fn ends(&self, list: &[&str]) -> bool {
        let letters = self.letters();
        // The cheapest question first.
        list.iter().map(|word| word.as_bytes()).any(|word| {
            word.last() == letters.last() && letters.len() > word.len() + 1 && letters.ends_with(word)
        })
    }

    /// A word that ends as streets do in German and Dutch: `Lindenstraße`, `Gartenweg`, `Keizersgracht`.
    pub(super) fn street_compound(&self) -> bool {
        self.length > 4
            && self.ends(&ENDS)
            && !NO_STREETS.iter().any(|word| word.as_bytes() == self.letters())
            && !self.ends(&NO_ENDS)
    }

    /// One that as often names something else: only with a town behind or an address announced.
    pub(super) fn weak_compound(&self) -> bool {
        self.length > 4 && self.ends(&WEAK_ENDS)
    }

    /// A word for a street behind a name, English, German and Dutch: `Oak Street`, `Rosenheimer Str.`, `Oude Singel`.
    pub(super) fn after_name(&self) -> bool {
        self.roles & AFTER_NAME > 0
    }

    /// One that as often names something else.
    pub(super) fn weak_after_name(&self) -> bool {
        self.roles & WEAK_AFTER_NAME > 0
    }

    /// A word for a street before its name and its number: `via Roma 8`, `Calle Mayor 77`, `ul. Długa 6`.
    pub(super) fn before_name(&self) -> bool {
        self.roles & BEFORE_NAME > 0
    }

    /// A word that counts only with a full stop: `al. Jerozolimskie`, `pl. Zamkowy`, `c. Mayor`.
    pub(super) fn short_before_name(&self) -> bool {
        self.roles & SHORT_BEFORE_NAME > 0
    }

    /// A word for a street behind its number: `23 bis rue des Lilas`.
    pub(super) fn after_number(&self) -> bool {
        self.roles & AFTER_NUMBER > 0
    }

    /// A word for a place that German names of streets begin with.
    pub(super) fn place(&self) -> bool {
        self.roles & PLACE > 0
    }

    /// A small word inside a name.
    pub(super) fn connects(&self) -> bool {
        self.roles & CONNECTS > 0
    }
}

const PLACES: &str = "am an im in auf zum zur unter hinter vor beim neben uber achter";
const ENDS: [&str; 25] = [
    "strase",
    "strasse",
    "str",
    "weg",
    "platz",
    "allee",
    "gasse",
    "chaussee",
    "straat",
    "laan",
    "plein",
    "gracht",
    "kade",
    "dijk",
    "singel",
    "steeg",
    "ufer",
    "damm",
    "stieg",
    "steig",
    "straatje",
    "dreef",
    "plantsoen",
    "burgwal",
    "vaart",
];
const WEAK_ENDS: [&str; 38] = [
    "ring", "hof", "markt", "pad", "park", "berg", "wall", "graben", "kamp", "tor", "brucke", "feld",
    "wiese", "winkel", "burg", "baan", "hoek", "brink", "hagen", "garten", "wal", "rak", "einde", "haven",
    "poort", "zoom", "weide", "veld", "bahn", "oord", "laar", "sloot", "leiten", "anger", "bleiche",
    "twiete", "stiege", "redder",
];
const NO_STREETS: [&str; 35] = [
    "arbeitsplatz",
    "parkplatz",
    "stellplatz",
    "sitzplatz",
    "speicherplatz",
    "bauplatz",
    "campingplatz",
    "rastplatz",
    "spielplatz",
    "startplatz",
    "ausweg",
    "umweg",
    "heimweg",
    "hinweg",
    "ruckweg",
    "abweg",
    "irrweg",
    "durchweg",
    "keineswegs",
    "feldweg",
    "unterweg",
    "mittelweg",
    "hierarchieweg",
    "dienstweg",
    "lernweg",
    "datenweg",
    "ubertragungsweg",
    "studienplatz",
    "ausbildungsplatz",
    "listenplatz",
    "tabellenplatz",
    "lagerplatz",
    "onderweg",
    "halfweg",
    "schulweg",
];
const NO_ENDS: [&str; 9] = [
    "arbeitsplatz",
    "parkplatz",
    "stellplatz",
    "sitzplatz",
    "speicherplatz",
    "kitaplatz",
    "studienplatz",
    "lagerplatz",
    "steckplatz",
];
const AFTER: &str = "street st road rd avenue ave av lane ln drive dr boulevard blvd court ct terrace crescent cres gardens grove \
    parkway pkwy highway hwy mews broadway embankment close turnpike strase strasse str weg platz allee gasse chaussee straat laan \
    plein gracht kade dijk singel steeg ufer damm walk alley quay circle cir";
const WEAK_AFTER: &str = "way park hill place pl square sq row rise view gate point plaza path loop trail yard mount bridge green \
    wharf parade vale cove ridge heights pike crossing mall walk ring hof markt pad ter";
const BEFORE: &str = "via viale vle vicolo piazza pza pzza piazzale ple corso cso largo strada contrada lungomare salita calle c avenida \
    avda avd plaza plz paseo pso carrer ronda camino carretera ctra travesia glorieta rambla callejon ulica ul aleja aleje osiedle plac \
    rondo ulicy alei placu osiedlu rynek bulevar urbanizacion poligono barrio pasaje strase strasse straat laan plein place rue avenue boulevard chemin impasse quai";
const SHORT_BEFORE: &str = "al os pl av cl rda sq bd p l v c";
const FRENCH: &str = "rue r avenue av ave bd bld blvd boulevard place pl chemin ch che allee allees impasse imp quai cours route rte \
    square sq passage psg sentier faubourg fg fbg villa cite esplanade promenade voie traverse montee ruelle venelle rond-point \
    rondpoint domaine hameau residence lotissement";
const CONNECTORS: &str = "de la le les l des du d di del della dello dell delle dei degli da dal van der den het t vom von zum zur zu im in \
    am an auf unter und y e i et a au aux sur sous sw st ste saint sainte san santa santo ss gen gral ks dr prof im mons the of";

/// Words of keys and labels that announce an address.
pub(super) static ADDRESS: List = LazyLock::new(|| {
    Cues::new(
        "address* addr street streets streetname* streetaddress* streetline* road strase* strasse* str anschrift* adresse* adres adresu adresem adresie direccion* domicilio* \
         indirizzo* via calle rue straat* ulica* ul wohnhaft lives living resides residence wohnt domicilie* demeurant habite \
         vive reside residente abita woont woonachtig mieszka zamieszk* zameldow* ship_to ships_to shipped_to shipto \
         deliver_to delivered_to deliverto liefern_an lieferung_an geliefert_an livrer_a livre_a livraison_a enviar_a envio_a \
         spedire_a spedito_a verzenden_naar bezorgen_op wysylka_na hausanschrift* postanschrift* rechnungsanschrift* lieferanschrift* privatadresse*",
    )
});

/// Words of keys for a street and nothing else, and what may stand behind them.
pub(super) static STREET: List = LazyLock::new(|| {
    Cues::new(
        "street streetname streetaddress streetline strasse strassenname straat straatnaam ulica calle rue address1 address_1 \
         addressline1 addr1 address_line_1 address_line1 adresse1 adresse_1 direccion1 indirizzo1",
    )
});
pub(super) static STREET_WHAT: List =
    LazyLock::new(|| Cues::new("name line line1 address naam nazwa nombre nom nome"));

/// Words that announce an address in running text, and as keys say as much of other things: `delivery_status`.
pub(super) static DELIVERED: List =
    LazyLock::new(|| Cues::new("ship* deliver* liefer* livr* envi* spedi* verzend* bezorg* wysyl*"));

/// Words of keys that say that an address is of another kind.
pub(super) static NO_ADDRESS: List = LazyLock::new(|| {
    Cues::new(
        "ip ipv email* mail* mac url uri web site wallet bitcoin btc eth contract hash memory type id ids country city town stadt ort \
         ville ciudad citta miasto plaats zip plz postal state region host port bus index offset count number_of streetview code \
         codes cap cp kod kraj pais land",
    )
});

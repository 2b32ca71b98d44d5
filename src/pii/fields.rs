//! What a JSON key says about its value: the name of a person, part of one, or nothing.
//!
//! A plain `name` says nothing by itself: what stands around it decides. `author.name` is a person, `status.name`,
//! `serverInfo.name` and `tools[].name` never are.

use super::lists::{Lazy, Lists};
use crate::json::Segment;

/// What the value under a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A person's name, whatever it stands in: `authorName`, `cardholder`, `Kontoinhaber`.
    Full,
    /// What somebody is called, or something: `displayName`, `fullName`. A thing around it speaks against it.
    Label,
    /// A given name: `firstName`, `imię`.
    Given,
    /// A family name: `Nachname`, `apellidos`.
    Family,
    /// Somebody, by name or as an object: `author`, `assignees`, `mitarbeiter`.
    Role,
    /// Somebody or a machine or a company: `tenant`, `host`. Says nothing of a `name` in it.
    Perhaps,
    /// A name of something: `name`, `nom`, `nombre`.
    Name,
    /// Something that people have: `email`, `birthDate`, `avatarUrl`. Speaks for a `name` beside it.
    Trait,
    /// Something that is no person: `status`, `project`, `serverInfo`. Speaks against a `name` and a label in it.
    Thing,
    /// A record that has a title or a number and no name to show, so that a label in it is a person's: `ticket`,
    /// `event`. Speaks against a `name` in it.
    Record,
    /// Says nothing but that there are things inside: `items`, `resources`. What is around it counts.
    Wrapper,
    /// Nothing known.
    Other,
}

/// A longer key, in bytes, is data and announces nothing.
pub(super) const MAX_KEY: usize = 64;

/// A key that [`plain_value`], [`labels`] or [`part`] knows is no longer, in bytes.
pub(super) const MAX_PLAIN: usize = 16;

/// Reads a key.
pub(super) fn class(key: &str) -> Class {
    if key.len() > MAX_KEY {
        return Class::Other;
    }
    let written = key;
    let letters = Letters::of(key);
    let key = letters.as_str();
    let bits = KEYS.get(key);
    // "apellido1", "firstName_2"
    let numberless = key.trim_end_matches(|char: char| char.is_ascii_digit());
    let part = if numberless.len() < key.len() { KEYS.get(numberless) } else { bits };
    let parts = [(IS_GIVEN, Class::Given), (IS_FAMILY, Class::Family)];
    let known = parts.iter().find(|(bit, _)| part & bit > 0);
    if let Some((_, class)) = known.or_else(|| WHOLE.iter().find(|(bit, _)| bits & bit > 0)) {
        return *class;
    }
    let ends = |tails: &[&str]| tails.iter().any(|tail| key.ends_with(tail));
    if ends(&["firstname", "givenname", "vorname", "voornaam", "forename"]) {
        return Class::Given;
    }
    if ends(&["lastname", "surname", "familyname", "nachname", "achternaam", "nazwisko"]) {
        return Class::Family;
    }
    for tail in ["fullname", "realname", "displayname", "name", "naam"] {
        if let Some(whose) = key.strip_suffix(tail) {
            return match tail {
                _ if person(whose) => Class::Full,
                "fullname" | "realname" if KEYS.get(whose) & IS_THING == 0 => Class::Label,
                _ => Class::Other,
            };
        }
    }
    // "name_des_kunden", "nomDuClient"
    let whose = NAME.split_ascii_whitespace().filter_map(|name| key.strip_prefix(name));
    if whose.flat_map(|rest| OF.iter().filter_map(|of| rest.strip_prefix(of))).any(person) {
        return Class::Full;
    }
    if person(key) || done_by(key) || ends(&["assignedto"]) {
        return Class::Role;
    }
    if ends(&["email", "emailaddress", "avatarurl", "avatar"]) {
        return Class::Trait;
    }
    if compound(written) {
        return Class::Role;
    }
    Class::Other
}

/// Whether the last word of a key is somebody (`lineManager`, `escalation_contact`, `callerId`), or the last two say
/// who did something or for whom it is done: `creado_por`, `Zugewiesen an`, `utworzone przez`.
fn compound(key: &str) -> bool {
    // "Dear customer" is no key.
    if key
        .split(' ')
        .skip(1)
        .any(|word| word.starts_with(char::is_lowercase) && !BY.iter().any(|(by, _)| *by == word))
    {
        return false;
    }
    let spaced = spaced(key, plain);
    let words: Vec<&str> = spaced.split_ascii_whitespace().collect();
    match &words[..] {
        [.., whose, "id" | "ids"] => KEYS.get(whose) & IS_ROLE > 0 && !VAGUE.contains(whose),
        [.., verb, by]
            if BY.iter().any(|(word, ends)| word == by && ends.iter().any(|end| verb.ends_with(end))) =>
        {
            true
        }
        [_, last] | [_, _, last] => person(last) && !VAGUE.contains(last),
        _ => false,
    }
}

/// What stands between something done and who did it or whom it is for, and how the word before it ends.
const BY: [(&str, &[&str]); 13] = [
    ("for", &["ed"]),
    ("to", &["ed"]),
    ("von", &["t", "en"]),
    ("durch", &["t", "en"]),
    ("an", &["esen", "eitet", "ickt", "eben"]),
    ("par", &["e", "i", "u", "it"]),
    ("por", &["ado", "ido", "to"]),
    ("a", &["ado", "ato", "ne", "ee"]),
    ("da", &["ato", "uto", "ito", "to"]),
    ("door", &["t", "d", "n"]),
    ("aan", &["zen", "rd", "nd"]),
    ("przez", &["e", "y", "o"]),
    ("do", &["ne", "ny", "no"]),
];

/// What holds the name of somebody beside an address or a number, though the key says something else.
pub(super) fn addressed(key: &str) -> bool {
    KEYS.get(Letters::of(key).as_str()) & IS_ADDRESSED > 0
}

const ADDRESSED: &str = "shipping billing billingdetails shippingdetails billingaddress shippingaddress shipto billto soldto \
        deliveryaddress deliverto invoiceaddress rechnungsadresse lieferadresse adressefacturation adresselivraison \
        direccionfacturacion direccionenvio indirizzofatturazione indirizzospedizione factuuradres bezorgadres \
        adresdostawy adresrozliczeniowy";

/// A part of a name by its plain key inside an object that is a name: `"name": {"first": ..., "last": ...}`.
pub(super) fn part(key: &str) -> Class {
    match Letters::of(key).as_str() {
        "first" | "given" | "givens" | "middle" | "forename" => Class::Given,
        "last" | "family" | "second" => Class::Family,
        "text" | "full" | "display" | "formatted" | "value" => Class::Full,
        _ => Class::Other,
    }
}

/// Whether a key is how somebody signs in, which is a name as often: `userName`.
pub(super) fn login(key: &str) -> bool {
    matches!(Letters::of(key).as_str(), "username" | "user" | "login" | "userid" | "accountname")
}

/// Whether a key, as [`normal`] writes it, is what somebody is to somebody, also of a woman in German:
/// `sachbearbeiterin`, `kundinnen`.
fn person(key: &str) -> bool {
    let forms = [Some(key), key.strip_suffix("in"), key.strip_suffix("innen")];
    forms.into_iter().flatten().any(|key| KEYS.get(key) & IS_ROLE > 0)
}

/// Whether a key says who did something: `approvedBy`, `sentBy`. Not how a list is ordered.
fn done_by(key: &str) -> bool {
    let verb = key.strip_suffix("by").unwrap_or_default();
    let ends = |tails: &[&str]| tails.iter().any(|tail| verb.ends_with(tail));
    ends(&["ed", "sent", "sold", "paid", "written", "taken", "given", "made", "led", "held", "run", "seen"])
        && !ends(&[
            "sorted",
            "ordered",
            "grouped",
            "filtered",
            "powered",
            "indexed",
            "partitioned",
            "limited",
        ])
}

/// Whether a key that stands for somebody stands for something as often: `from`, `lead`, `tenant`.
pub(super) fn vague(key: &str) -> bool {
    class(key) == Class::Perhaps || VAGUE.iter().any(|vague| key.eq_ignore_ascii_case(vague))
}

const VAGUE: [&str; 13] = [
    "from",
    "to",
    "lead",
    "leads",
    "client",
    "clients",
    "following",
    "profile",
    "holder",
    "child",
    "for",
    "with",
    "by",
];

/// Between `name` and whose it is.
const OF: [&str; 13] =
    ["", "of", "ofthe", "des", "der", "du", "de", "dela", "del", "della", "dell", "van", "vande"];

/// The key that a value stands under, seen through arrays but not through the string that its document is in.
pub(super) fn nearest_key<'p>(path: &'p [Segment<'_>]) -> Option<&'p str> {
    path.iter().rev().take_while(|segment| **segment != Segment::Embedded).find_map(Segment::key)
}

/// The key around [`nearest_key`], but for wrappers.
pub(super) fn key_above<'p>(path: &'p [Segment<'_>]) -> Option<&'p str> {
    let keys = path.iter().rev().take_while(|segment| **segment != Segment::Embedded);
    keys.filter_map(Segment::key).skip(1).find(|key| KEYS.get(Letters::of(key).as_str()) & IS_WRAPPER == 0)
}

/// Whether a string is what a thing is called: `serverInfo.name`, `tools[].name`. Whatever it is called, it is nobody.
pub(super) fn of_thing(path: &[Segment<'_>]) -> bool {
    let Some(Segment::Key(key)) = path.last() else { return false };
    key.len() < 8
        && (matches!(key.as_ref(), "title" | "label") || KEYS.get(Letters::of(key).as_str()) & IS_NAME > 0)
        && key_above(path).is_some_and(|above| class(above) == Class::Thing)
}

/// Whether a key says nothing but that the value of what is around it, or beside it, stands here.
pub(super) fn plain_value(key: &str) -> bool {
    KEYS.get(Letters::of(key).as_str()) & IS_PLAIN > 0
}

const PLAIN: &str = "value values displayvalue display text answer response content wert valeur valor valore waarde \
        wartosc antwort reponse respuesta risposta antwoord odpowiedz primary secondary backup tertiary current previous next main";

/// Whether a key says that its value is what another member beside it is.
pub(super) fn labels(key: &str) -> bool {
    KEYS.get(Letters::of(key).as_str()) & IS_LABELLING > 0
}

const LABELS: &str = "label name title field fieldname key question prompt header caption attribute property feld frage \
        bezeichnung champ libelle campo etiqueta pregunta etichetta domanda veld vraag pole etykieta pytanie";

/// What the members of a container are, by the key it stands under, and whether wrappers stand between. Keys that
/// are data themselves (an address, a name, a number, a long text) are looked through.
pub(super) fn holder(path: &[Segment<'_>], class: &mut dyn FnMut(&str) -> Class) -> (Class, bool) {
    let (mut looked, mut wrapped) = (0, false);
    for key in path.iter().rev().filter_map(Segment::key) {
        let here = match class(key) {
            Class::Other if addressed(key) => Class::Role,
            here => here,
        };
        if here == Class::Wrapper {
            wrapped = true;
            continue;
        }
        looked += 1;
        let word = key.len() <= MAX_KEY && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if word || here != Class::Other {
            return (here, wrapped);
        }
        if looked == 3 {
            break;
        }
    }
    (Class::Other, wrapped)
}

/// The words of a key: `mobilePhone`, `mobile_phone` and `Mobile phone` are the same two.
pub(super) fn words(key: &str) -> Vec<String> {
    spaced(key, |char| char).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The same with a space between, each letter as `letter` writes it.
fn spaced(key: &str, letter: fn(char) -> char) -> String {
    let mut words = String::with_capacity(key.len() + 8);
    let mut previous = ' ';
    for char in key.chars().take(64) {
        if char.is_alphabetic() {
            if !previous.is_alphabetic() || (char.is_uppercase() && previous.is_lowercase()) {
                words.push(' ');
            }
            words.extend(char.to_lowercase().map(letter));
        }
        previous = char;
    }
    words
}

/// The letters and digits of a key: small, without the marks of the seven languages, and `?` for other letters.
pub(super) struct Letters {
    bytes: [u8; MAX_KEY],
    length: usize,
}

impl Letters {
    /// Of a key that is no longer than [`MAX_KEY`]; a longer one has none.
    pub(super) fn of(key: &str) -> Self {
        Self::filtered(key, char::is_alphanumeric)
    }

    /// The same of those characters only that are wanted.
    pub(super) fn filtered(key: &str, wanted: fn(char) -> bool) -> Self {
        let mut letters = Self { bytes: [0; MAX_KEY], length: 0 };
        if key.len() > MAX_KEY {
            return letters;
        }
        for char in key.chars() {
            let byte = match char {
                'a'..='z' => char as u8,
                'A'..='Z' => char.to_ascii_lowercase() as u8,
                _ if wanted(char) => {
                    let plain = char.to_lowercase().next().map_or(char, plain);
                    if plain.is_ascii() { plain as u8 } else { b'?' }
                }
                _ => continue,
            };
            if let Some(place) = letters.bytes.get_mut(letters.length) {
                *place = byte;
                letters.length += 1;
            }
        }
        letters
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// A lower-case letter without its mark.
pub(super) fn plain(char: char) -> char {
    match char {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ğ' => 'g',
        'ß' => 's',
        other => other,
    }
}

const IS_GIVEN: u32 = 1;
const IS_FAMILY: u32 = 1 << 1;
const IS_FULL: u32 = 1 << 2;
const IS_LABEL: u32 = 1 << 3;
const IS_NAME: u32 = 1 << 4;
const IS_TRAIT: u32 = 1 << 5;
const IS_THING: u32 = 1 << 6;
const IS_RECORD: u32 = 1 << 7;
const IS_WRAPPER: u32 = 1 << 8;
const IS_ROLE: u32 = 1 << 9;
const IS_PERHAPS: u32 = 1 << 10;
const IS_ADDRESSED: u32 = 1 << 11;
const IS_PLAIN: u32 = 1 << 12;
const IS_LABELLING: u32 = 1 << 13;

/// What keys are as a whole: the first counts.
const WHOLE: [(u32, Class); 9] = [
    (IS_FULL, Class::Full),
    (IS_LABEL, Class::Label),
    (IS_NAME, Class::Name),
    (IS_TRAIT, Class::Trait),
    (IS_THING, Class::Thing),
    (IS_RECORD, Class::Record),
    (IS_WRAPPER, Class::Wrapper),
    (IS_ROLE, Class::Role),
    (IS_PERHAPS, Class::Perhaps),
];

/// Keys that are known, as [`Letters`] writes them.
static KEYS: Lazy = Lazy::new(|| {
    Lists::new(&[
        (GIVEN, IS_GIVEN),
        (FAMILY, IS_FAMILY),
        (FULL, IS_FULL),
        (LABEL, IS_LABEL),
        (NAME, IS_NAME),
        (TRAITS, IS_TRAIT),
        (THINGS, IS_THING),
        (RECORDS, IS_RECORD),
        (WRAPPERS, IS_WRAPPER),
        (ROLES, IS_ROLE),
        (PERHAPS, IS_PERHAPS),
        (ADDRESSED, IS_ADDRESSED),
        (PLAIN, IS_PLAIN),
        (LABELS, IS_LABELLING),
    ])
});

const GIVEN: &str = "\
        drugieimie firstname fname forename forenames givenname givennames imie imiona middlename \
        nombredepila nombrepila prenom prenoms primernombre roepnaam rufname secondoname segundonombre \
        callname firstgivenname imiepierwsze nomepila pierwszeimie prenomusuel primonome roepnamen tussenvoegsel voornaam voornamen vorname vornamen zweitername \
        ";

const FAMILY: &str = "\
        achternaam apellido apellidos birthname cognome cognomi familiename familienname familyname \
        geboortenaam geburtsname lastname lastnames lname maidenname maternalsurname nachname nazwiska \
        nazwisko nazwiskorodowe nomdefamille nomdenaissance nomdusage nomfamille nomusage \
        achternamen familienaam nazwiskopanienskie nomdejeunefille cognomenubile paternalsurname primerapellido secondlastname segundoapellido surname surnames \
        ";

const FULL: &str = "\
        accountholder accountholdername ansprechpartner ansprechpartnerin authorname \
        businesspartnerfullname cardholder cardholdername contactname contactperson contactpersoon \
        drivername ihrname imieinazwisko imienazwisko imienazwiskoklienta intestatario \
        intestatariodelconto karteninhaber kontaktperson kontoinhaber naamhouder naamklant \
        naammedewerker nameoncard namevorname nazwiskoiimie nombrecompleto nombreyapellidos nomcomplet \
        nomecognome nomecompleto nomeecognome nometprenom nomprenom nomprenoms ownername personname \
        playername posiadaczkarty posiadaczrachunku prenomnom realname realnamenormalized \
        rekeninghouder signatory signatoryname suonome titolare titulaire titulairecompte titular \
        titularcuenta tunombre uwnaam volledigenaam vollername vollstaendigername vornamename \
        vorundnachname votrenom wlasciciel yourname \
        ";

const LABEL: &str = "\
        cn commonname displayname displaynamenormalized formattedname fullname legalname nickname \
        personfullname preferredname \
        ";

const ROLES: &str = "\
        aanvrager abogado absender abteilungsleiter accountable acheteur ackedby acquereur acquirente \
        acreedor acteur actor advocaat adwokat affittuario afzender allenatore alumno alumnos anfitrion \
        animateur anrufer antragsteller anwalt appelant applicant applicants apprentice approvedby \
        approver approvers arbiter arrendador arrendatario arzt asegurado asignado asistente \
        assegnatario assicurato assignedto assignee assignees assistant assistante assistent assure \
        attendee attendees attorney auditor auftraggeber auftragnehmer auteur auteurs author authors \
        autor autore autoren autores autori autorin autorka avocat avvocato bailleur bcc bearbeiter \
        bearbeiterin bearbeitetvon begleitperson beguenstigter begunstigter behandelaar beller \
        beneficiaire beneficiaries beneficiario beneficiary benutzer berater besitzer besteller \
        bestuurder besucher betreuer bevollmachtigter bevollmaechtigter bewerber bewerberin borrower \
        boss brother buddy buerge burge buyer buyers by callee caller callers candidat candidata \
        candidate candidates candidato capo captain caretaker cc ceo cfo chair chairman chairperson \
        chairwoman chef chiamante child claimant client cliente clientes clienti clients closedby coach \
        coaches coauthor coauthoredby coauthors collaborator collaborators colleague colleagues \
        commenter commissioner committer committers composer comprador conducente conducteur conductor \
        coniuge conjoint conseiller conservator consignee consultant contact contacto contactos \
        contactperson contactpersonen contacts contatti contatto contributor contributors controleur \
        conyuge coo creador creancier createdby creator creditor creditore cto curator customer \
        customers czlonek czlonkowie daughter debiteur debitore debtor declarant deelnemer deelnemers \
        defendant delegate deletedby demandeur demandeurs dependents deputy destinataire destinataires \
        destinatario destinatarios deudor dictatedby dipendente dipendenti directeur directreports \
        direttore dirigent dluznik docent doctor doctors donor dottore dozent dyrektor dzialajacy \
        dzwoniacy echtgenoot editor editors ehefrau ehemann ehepartner eigenaar eigentuemer eigentumer \
        eleve eleves emergencycontact empfaenger empfanger empleado empleados employe employee \
        employees employes emprunteur enfermera enfermero engineer enseignant entraineur entrenador \
        epouse epoux erbe erblasser ersteller erziehungsberechtigter examiner expediteur facilitator \
        fahrer father figlia figlio firmador firmante firmatario follower followers following founder \
        freigeber friend friends from gaeste garant gast gastheer gebruiker gebruikers genehmiger \
        geschaeftsfuehrer geschaeftsfuhrer geschaftsfuhrer gesellschafter gestionnaire getuige \
        giocatore glaeubiger glaubiger gospodarz guarantor guardian guest guests halter hausarzt heir \
        hija hijo hiringmanager holder hostess huisarts husband huurder huurders indiener \
        infermiera infermiere infirmier infirmiere inhaber inquilino inquilinos insegnante inspector \
        inspektor instructor insured interlocuteur intern intervenant interviewer invitado invitados \
        invite invitedby invitee invitees inviter invites ispettore issuer jefe joueur judge jugador \
        kaeufer kandidaat kandidat kandidatin kandydat kandydatka kassier kaufer kierowca kierowniczka \
        kierownik kinder klant klanten klienci klient klientka kontakt kontakte kontroler koper kunde \
        kunden kundin kupujacy landlord lasteditedby lastmodifiedby lastmodifyinguser lawyer lead leads \
        lecturer leden leerling lehrer leidinggevende leiter lekarka lekarz lender librarian lid \
        llamante locataire locataires locatario locatore madre maintainer maintainers malzonek manager \
        managers managingdirector matka medecin medewerker medewerkers medico melder member members \
        membre membres membri mentionedusers mentor mere mergedby mergeuser miembro miembros mieter \
        mitarbeiter mitarbeiterin mitglied mitglieder mittente moderator modifiedby moeder monteur \
        mother mutter nabywca nadawca najemca nanny narrator nauczyciel nauczycielka nextofkin \
        nizejpodpisany notaio notaire notar notario notaris notariusz notary nurse nurses nutzer \
        odbiorca ojciec oncall ondertekenaar ondertekende ontvanger ontvangers opdrachtgever opiekun \
        opiekunka organisateur organisator organiser organizador organizator organizer organizers \
        organizzatore osoba osoby ospite ospiti owneduser owner owners paciente pacientes pacjent \
        pacjentka padre partecipanti participant participants passenger passengers patient patienten \
        patientin patients payee payer paziente penningmeester people pere person persona personas \
        persone personen personne personnes persons persoon photographer physician physicians \
        pielegniarka pilot plaintiff podpisujacy policyholder postulant pracownicy pracownik praesident \
        prawnik presenter presenters president presidente prezes productowner profesor profile \
        projectmanager projektleiter propietario proprietaire proprietaires proprietario pruefer prufer \
        przypisany purchaser rechnungsempfaenger rechnungsempfanger recipient recipients recruiter \
        referee referent relatore remitente renter replyto reportedby reporter reporterin reporters \
        requestedby requester requestor requestors resolvedby responsabile responsable responsables \
        responsible reviewedby reviewer reviewers richiedente sachbearbeiter salarie salaries \
        salesperson salesrep schiedsrichter schueler schuldenaar schuldner schuler scrummaster \
        secretaire secretary sekretar sekretarin seller sellerperson sender shareholder shareholders \
        shipper signataire signatories signature signedby signedoffby signer signers sister sohn \
        solicitanta solicitante sollicitant son souscripteur speaker speakers speler sponsor sponsors \
        spouse sprzedawca stakeholder stakeholders stellvertreter stellvertretung student studente \
        students submittedby submitter subscriber subscribers substitute subtenant supervisor \
        supervisore swiadek sygnatariusz teacher teachers teamlead teamleiter teammate teammates \
        technician techniker teilnehmer temoin testedby tester testigo testimone therapist to tochter \
        trainee trainer trainers translator treasurer trener tuteur tutor tutore ubezpieczony uczen \
        uczestnicy uczestniczka uczestnik undersigned untermieter unterzeichner updatedby uploadedby \
        uploader user userprofile users usuario usuarios utente utenti utilisateur utilisateurs \
        uzytkownicy uzytkownik vader vater vendedor vendeur venditore verantwoordelijke verantwortlich \
        verantwortlicher verfasser verhuurder verkaeufer verkaufer verkoper vermieter verpleegkundige \
        versicherter versicherungsnehmer vertreter vertretung verzekerde veterinarian visitor visitors voter voters \
        volunteer volunteers voorzitter vorgesetzter vormund vorstand watcher watchers wierzyciel wife \
        witness witnesses wlasciciele wynajmujacy zamawiajacy zawodnik zeuge zeugen zglaszajacy \
        zleceniodawca zustaendig zustaendiger zustandig \
        ";

const PERHAPS: &str = "\
        agent by children counterparty developer developers driver drivers host hosts partner partners player players tenant \
        tenants \
        ";

const NAME: &str = "\
        naam name names nazwa nom nombre nome \
        ";

const TRAITS: &str = "\
        accountid achternaam adressemail born apellido apellidos avatar avatars avatarurl avatarurls \
        birthdate birthday bsn cognome correo correoelectronico courriel datadinascita datanascita \
        dataurodzenia datedenaissance datenaissance dateofbirth dob email emailaddress emailaddresses \
        emailadresse emails eposta familyname fechadenacimiento fechanacimiento firstname geboortedatum \
        geburtsdatum geburtstag gehalt gender geschlecht givenname handy iban imie jobtitle lastname \
        login mail mailaddress mails mobile mobilephone nachname nationalitaet nationality nazwisko \
        pesel phone phonenumber phones posta prenom responsestatus rsvp salary sex ssn surname tel \
        telefon telefono telefoon telephone userid username voornaam vorname \
        ";

const THINGS: &str = "\
        abteilung action actions afdeling album app application applications apps argument arguments \
        azienda bank bedrijf board book bot bots branch brand brands calendar calendars campaign \
        categories category channel channels check checks citta city ciudad class clientinfo cluster \
        cmdlet column columns companies company component components container country currency \
        dashboard database departamento departement department departments device devices directory \
        dzial empresa entreprise environment epic feature features field firma fixversion fixversions \
        flag flags folder folders function game group groups hostinfo image images integration issuetype \
        job jobs kategorie label labels language library license line lineitems locale location \
        locations manufacturer merchant method metric metrics milestone model models module monitor \
        movie namespace org organisation organisations organization organizations package packages \
        parameter parameters pet pipeline pipelines pipelinestage plan plans pod priority prodotto \
        product producto products produit produkt produkte project projects prompt prompts property \
        queue raum region reparto repo repositories repository resolution resourcetemplates role roles \
        room rooms schema scope scopes series server serverinfo service services shop sku societe song \
        space spolka sprint stadt stage stages status store story suite supplier table tag tags team \
        teams template templates test tests theme tool tools topic track type types unternehmen vendor \
        version versions ville wiki workflow workflows workspace zone \
        ";

const RECORDS: &str = "\
        account accounts alert alerts attachment attachments booking bookings case cases contract \
        contracts document documents event events file files header headers index invoice invoices issue \
        issues order orders page parent payment payments permission permissions reservation reservations \
        run runs state states step steps subtask task tasks ticket tickets transaction transactions \
        ";

const WRAPPERS: &str = "\
        attributes collection contents data edges elements entries entry fields hits item items list \
        lists node nodes objects payload properties record records resource resources result results row \
        rows values \
        ";

#[cfg(test)]
mod tests {
    use super::{Class, KEYS, Letters, class, words};

    #[test]
    fn lists_are_written_as_keys_are_read() {
        assert!(KEYS.words().count() > 1000 && KEYS.words().all(|key| Letters::of(key).as_str() == key));
    }

    #[test]
    fn keys_of_seven_languages_are_read() {
        for (key, expected) in [
            ("displayName", Class::Label),
            ("repositoryFullName", Class::Other),
            ("author_name", Class::Full),
            ("reporterDisplayName", Class::Full),
            ("callerName", Class::Full),
            ("name_des_kunden", Class::Full),
            ("nomDuClient", Class::Full),
            ("sachbearbeiterin", Class::Role),
            ("Ärztin", Class::Role),
            ("bookedBy", Class::Role),
            ("sentBy", Class::Role),
            ("sortedBy", Class::Other),
            ("tenant", Class::Perhaps),
            ("items", Class::Wrapper),
            ("tickets", Class::Record),
            ("adminOrigin", Class::Other),
            ("customerFirstName", Class::Given),
            ("Prénom", Class::Given),
            ("imię", Class::Given),
            ("Apellidos", Class::Family),
            ("kontakt_nachname", Class::Family),
            ("lastModifiedBy", Class::Role),
            ("użytkownik", Class::Role),
            ("name", Class::Name),
            ("status", Class::Thing),
            ("serverInfo", Class::Thing),
            ("fileName", Class::Other),
            ("hostname", Class::Other),
            ("driverName", Class::Full),
            ("username", Class::Trait),
        ] {
            assert_eq!(class(key), expected, "{key}");
        }
    }

    #[test]
    fn keys_are_cut_into_words() {
        for key in ["mobilePhone", "mobile_phone", "Mobile phone", "MOBILE-PHONE2"] {
            assert_eq!(words(key), ["mobile", "phone"]);
        }
    }
}

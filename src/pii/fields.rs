//! What a JSON key says about its value: the name of a person, part of one, or nothing.
//!
//! A plain `name` says nothing by itself: what stands around it decides. `author.name` is a person, `status.name`,
//! `serverInfo.name` and `tools[].name` never are.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::json::Segment;

/// What the value under a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A person's name: `displayName`, `authorName`, `Kontoinhaber`.
    Full,
    /// A given name: `firstName`, `imię`.
    Given,
    /// A family name: `Nachname`, `apellidos`.
    Family,
    /// Somebody, by name or as an object: `author`, `assignees`, `mitarbeiter`.
    Role,
    /// A name of something: `name`, `nom`, `nombre`.
    Name,
    /// Something that people have: `email`, `birthDate`, `avatarUrl`. Speaks for a `name` beside it.
    Trait,
    /// Something that is no person: `status`, `project`, `serverInfo`. Speaks against a `name` in it.
    Thing,
    /// Nothing known.
    Other,
}

/// Reads a key.
pub(super) fn class(key: &str) -> Class {
    if key.len() > 64 {
        return Class::Other;
    }
    let key = normal(key);
    let is = |list: &LazyLock<HashSet<&str>>| list.contains(key.as_str());
    if is(&GIVEN) {
        return Class::Given;
    }
    if is(&FAMILY) {
        return Class::Family;
    }
    if is(&FULL) {
        return Class::Full;
    }
    if is(&NAME) {
        return Class::Name;
    }
    if is(&TRAITS) {
        return Class::Trait;
    }
    if is(&THINGS) {
        return Class::Thing;
    }
    if is(&ROLES) {
        return Class::Role;
    }
    let ends = |tails: &[&str]| tails.iter().any(|tail| key.ends_with(tail));
    if ends(&["firstname", "givenname", "vorname", "voornaam", "forename"]) {
        return Class::Given;
    }
    if ends(&["lastname", "surname", "familyname", "nachname", "achternaam", "nazwisko"]) {
        return Class::Family;
    }
    if ends(&["fullname", "realname"]) {
        return Class::Full;
    }
    if let Some(role) = key.strip_suffix("displayname").or_else(|| key.strip_suffix("name")) {
        return if ROLES.contains(role) { Class::Full } else { Class::Other };
    }
    let by = [
        "createdby",
        "updatedby",
        "modifiedby",
        "closedby",
        "mergedby",
        "assignedto",
        "approvedby",
        "reportedby",
    ];
    if ends(&by) {
        return Class::Role;
    }
    if ends(&["email", "emailaddress", "avatarurl", "avatar"]) {
        return Class::Trait;
    }
    Class::Other
}

/// The key that a value stands under, seen through arrays but not through the string that its document is in.
pub(super) fn nearest_key<'p>(path: &'p [Segment<'_>]) -> Option<&'p str> {
    path.iter().rev().take_while(|segment| **segment != Segment::Embedded).find_map(Segment::key)
}

/// The key that says what the members of a container are. Keys that are data themselves (an address, a name, a
/// number) are looked through.
pub(super) fn holder<'p>(path: &'p [Segment<'_>]) -> Option<&'p str> {
    let mut keys = path.iter().rev().filter_map(Segment::key).take(3);
    keys.find(|key| {
        key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') || class(key) != Class::Other
    })
}

/// The words of a key: `mobilePhone`, `mobile_phone` and `Mobile phone` are the same two.
pub(super) fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    for char in key.chars().take(64) {
        if char.is_alphabetic() {
            let begins = !previous.is_alphabetic() || (char.is_uppercase() && previous.is_lowercase());
            match words.last_mut() {
                Some(word) if !begins => word.extend(char.to_lowercase()),
                _ => words.push(char.to_lowercase().collect()),
            }
        }
        previous = char;
    }
    words
}

/// Lower case, letters only, without the marks of the seven languages.
fn normal(key: &str) -> String {
    key.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).map(plain).collect()
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

// Written as `normal` writes them.

static GIVEN: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        drugieimie firstname fname forename forenames givenname givennames imie imiona middlename \
        nombredepila nombrepila prenom prenoms primernombre roepnaam rufname secondoname segundonombre \
        tussenvoegsel voornaam voornamen vorname vornamen zweitername \
        ";
    words.split_whitespace().collect()
});

static FAMILY: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        achternaam apellido apellidos birthname cognome cognomi familiename familienname familyname \
        geboortenaam geburtsname lastname lastnames lname maidenname maternalsurname nachname nazwiska \
        nazwisko nazwiskorodowe nomdefamille nomdenaissance nomdusage nomfamille nomusage \
        paternalsurname primerapellido secondlastname segundoapellido surname surnames \
        ";
    words.split_whitespace().collect()
});

static FULL: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        accountholder accountholdername ansprechpartner authorname cardholder cardholdername commonname \
        contactname contactperson contactpersoon displayname displaynamenormalized formattedname \
        fullname imieinazwisko imienazwisko intestatario karteninhaber kontaktperson kontoinhaber \
        legalname nameoncard namevorname nazwiskoiimie nickname nombrecompleto nombreyapellidos \
        nomcomplet nomecognome nomecompleto nomeecognome nometprenom nomprenom nomprenoms ownername \
        personname preferredname prenomnom realname realnamenormalized rekeninghouder signatory \
        titulaire titulairecompte titular volledigenaam vollername vollstaendigername vornamename \
        vorundnachname wlasciciel \
        ";
    words.split_whitespace().collect()
});

static ROLES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        aanvrager absender accountable ackedby acteur actor afzender applicant applicants approvedby \
        approver approvers asignado assegnatario assignedto assignee assignees attendee attendees auteur \
        auteurs author authors autor autore autoren autores autori autorin bcc bearbeiter bearbeiterin \
        beneficiaire beneficiaries beneficiario beneficiary benutzer besteller buyer candidate \
        candidates cc child client cliente clientes clienti clients closedby coauthor coauthoredby \
        coauthors collaborator collaborators colleague colleagues commenter committer committers contact \
        contacto contactos contactpersonen contacts contatti contatto contributor contributors creador \
        createdby creator creditor customer customers czlonek czlonkowie debtor deelnemer deelnemers \
        delegate deletedby demandeur destinataire destinataires destinatario destinatarios dipendente \
        dipendenti driver drivers editor editors eigenaar emergencycontact empfaenger empfanger empleado \
        empleados employe employee employees employes ersteller expediteur follower followers following \
        friend friends from gaeste gast gebruiker gebruikers guest guests holder inhaber insured \
        invitado invitados invite invitedby invitee invitees inviter invites klant klanten klienci \
        klient kontakt kontakte kunde kunden kundin lasteditedby lastmodifiedby lastmodifyinguser lead \
        leads leden lid maintainer maintainers manager managers medewerker medewerkers member members \
        membre membres membri mentionedusers mergedby mergeuser miembro miembros mitarbeiter \
        mitarbeiterin mitglied mitglieder mittente modifiedby nadawca nextofkin nutzer odbiorca \
        ontvanger ontvangers organiser organizer organizers osoba osoby ospite ospiti owneduser owner \
        owners paciente pacientes pacjent partecipanti participant participants passenger passengers \
        patient patientin patients payee payer paziente people person persona personas persone personen \
        personne personnes persons persoon pracownicy pracownik profile przypisany recipient recipients \
        remitente replyto reportedby reporter reporters requestedby requester requestor resolvedby \
        responsabile responsable responsables responsible reviewedby reviewer reviewers richiedente \
        salarie salaries seller sellerperson sender signedoffby solicitante speaker speakers spouse \
        student students submittedby submitter subscriber subscribers supervisor sygnatariusz teacher \
        teachers teammate teammates teilnehmer testedby to uczestnicy uczestnik updatedby uploadedby \
        uploader user userprofile users usuario usuarios utente utenti utilisateur utilisateurs \
        uzytkownicy uzytkownik verantwoordelijke verantwortlich verantwortlicher verfasser versicherter \
        vorgesetzter watcher watchers wlasciciele zglaszajacy zustandig \
        ";
    words.split_whitespace().collect()
});

static NAME: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        naam name nazwa nom nombre nome \
        ";
    words.split_whitespace().collect()
});

static TRAITS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        accountid achternaam adressemail apellido apellidos avatar avatars avatarurl avatarurls \
        birthdate birthday bsn cognome correo correoelectronico courriel datadinascita datanascita \
        dataurodzenia datedenaissance datenaissance dateofbirth dob email emailaddress emailaddresses \
        emailadresse emails eposta familyname fechadenacimiento fechanacimiento firstname geboortedatum \
        geburtsdatum geburtstag gehalt gender geschlecht givenname handy iban imie jobtitle lastname \
        login mail mailaddress mails mobile mobilephone nachname nationalitaet nationality nazwisko \
        pesel phone phonenumber phones posta prenom responsestatus rsvp salary sex ssn surname tel \
        telefon telefono telefoon telephone userid username voornaam vorname \
        ";
    words.split_whitespace().collect()
});

static THINGS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        abteilung account accounts action actions afdeling album alert alerts app application \
        applications apps argument arguments azienda bank bedrijf board book bot bots branch brand \
        brands calendar calendars campaign categories category channel channels check checks citta city \
        ciudad class clientinfo cluster cmdlet column columns companies company component components \
        container country currency dashboard database departamento departement department departments \
        device devices directory document documents dzial empresa entreprise environment epic event \
        events feature features field fields file files firma fixversion fixversions flag flags folder \
        folders function game group groups header headers hostinfo image images index integration issue \
        issuetype item items job jobs kategorie label labels language library license line lineitems \
        list lists locale location locations manufacturer merchant method metric metrics milestone model \
        models module monitor movie namespace node org organisation organisations organization \
        organizations package packages page parameter parameters parent permission permissions pet \
        pipeline pipelines pipelinestage plan plans pod priority prodotto product producto products \
        produit produkt produkte project projects prompt prompts property queue raum region reparto repo \
        repositories repository resolution resource resources resourcetemplates role roles room rooms \
        run runs schema scope scopes series server serverinfo service services shop sku societe song \
        space spolka sprint stadt stage stages state states status step steps store story subtask suite \
        supplier table tag tags team teams template templates test tests theme ticket tool tools topic \
        track type types unternehmen vendor version versions ville wiki workflow workflows workspace \
        zone \
        ";
    words.split_whitespace().collect()
});

#[cfg(test)]
mod tests {
    use super::{Class, FAMILY, FULL, GIVEN, NAME, ROLES, THINGS, TRAITS, class, words};

    #[test]
    fn lists_are_normal() {
        for list in [&GIVEN, &FAMILY, &FULL, &ROLES, &NAME, &TRAITS, &THINGS] {
            assert!(!list.is_empty() && list.iter().all(|key| super::normal(key) == *key));
        }
    }

    #[test]
    fn keys_of_seven_languages_are_read() {
        for (key, expected) in [
            ("displayName", Class::Full),
            ("author_name", Class::Full),
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

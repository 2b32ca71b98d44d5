//! Keys that are known, in the seven languages.

use super::Class;
use crate::pii::lists::{Lazy, Lists};

pub(super) const IS_GIVEN: u32 = 1;
pub(super) const IS_FAMILY: u32 = 1 << 1;
pub(super) const IS_FULL: u32 = 1 << 2;
pub(super) const IS_LABEL: u32 = 1 << 3;
pub(super) const IS_NAME: u32 = 1 << 4;
pub(super) const IS_TRAIT: u32 = 1 << 5;
pub(super) const IS_THING: u32 = 1 << 6;
pub(super) const IS_RECORD: u32 = 1 << 7;
pub(super) const IS_WRAPPER: u32 = 1 << 8;
pub(super) const IS_ROLE: u32 = 1 << 9;
pub(super) const IS_PERHAPS: u32 = 1 << 10;
pub(super) const IS_ADDRESSED: u32 = 1 << 11;
pub(super) const IS_PLAIN: u32 = 1 << 12;
pub(super) const IS_LABELLING: u32 = 1 << 13;

/// What keys are as a whole: the first counts.
pub(super) const WHOLE: [(u32, Class); 9] = [
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
pub(super) static KEYS: Lazy = Lazy::new(|| {
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
        membre membres membri mentionedusers mentiontext mentor mere mergedby mergeuser miembro miembros mieter \
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
        reportsto requestedby requester requestor requestors resolvedby responsabile responsable responsables \
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
        versicherter versicherungsnehmer vertreter vertretung verzekerde veterinarian visitor visitors voter voters acknowledger acknowledgers \
        volunteer volunteers voorzitter vorgesetzter vormund vorstand watcher watchers wierzyciel wife \
        witness witnesses wlasciciele wynajmujacy zamawiajacy zawodnik zeuge zeugen zglaszajacy \
        zleceniodawca zustaendig zustaendiger zustandig \
        ";

const PERHAPS: &str = "\
        agent by children counterparty developer developers driver drivers host hosts partner partners player players tenant \
        tenants \
        ";

pub(super) const NAME: &str = "\
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
        flag flags folder folders fontfamily function game group groups hostinfo image images integration issuetype \
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

const ADDRESSED: &str = "shipping billing billingdetails shippingdetails billingaddress shippingaddress shipto billto soldto \
        deliveryaddress deliverto invoiceaddress rechnungsadresse lieferadresse adressefacturation adresselivraison \
        direccionfacturacion direccionenvio indirizzofatturazione indirizzospedizione factuuradres bezorgadres \
        adresdostawy adresrozliczeniowy";

const PLAIN: &str = "value values displayvalue display text answer response content wert valeur valor valore waarde \
        wartosc antwort reponse respuesta risposta antwoord odpowiedz primary secondary backup tertiary current previous next main \
    summary fromstring tostring";

const LABELS: &str = "label name title field fieldname key question prompt header caption attribute property feld frage \
        bezeichnung champ libelle campo etiqueta pregunta etichetta domanda veld vraag pole etykieta pytanie";

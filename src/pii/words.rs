//! Words that tell names from other text: common words of seven languages that are also names, what companies are
//! called, titles, particles. Written by hand from general knowledge; lower case.

use super::lists::{Lazy, Lists};

/// What a word (lower case) is, for those who ask for more than one thing.
#[derive(Clone, Copy)]
pub(super) struct Word(u32);

impl Word {
    pub(super) fn of(word: &str) -> Self {
        Self(WORDS.get(word))
    }

    fn is(self, what: u32) -> bool {
        self.0 & what > 0
    }

    /// As [`common`].
    pub(super) fn common(self) -> bool {
        self.is(IS_COMMON | IS_AMBIGUOUS | IS_TITLE | IS_PARTICLE)
    }

    /// As [`ambiguous`].
    pub(super) fn ambiguous(self) -> bool {
        self.is(IS_AMBIGUOUS)
    }

    /// As [`organisation`].
    pub(super) fn organisation(self) -> bool {
        self.is(IS_ORGANISATION)
    }

    /// As [`title`].
    pub(super) fn title(self) -> bool {
        self.is(IS_TITLE)
    }

    /// As [`particle`].
    pub(super) fn particle(self) -> bool {
        self.is(IS_PARTICLE)
    }
}

/// Whether a word (lower case) is so common that it is no name when it stands alone.
pub(super) fn common(word: &str) -> bool {
    Word::of(word).common()
}

/// Whether a word (lower case) is common and also a name: `rose`, `könig`. Where it stands tells which.
pub(super) fn ambiguous(word: &str) -> bool {
    Word::of(word).ambiguous()
}

/// Whether a common word (lower case) is a name too, though seldom enough that only a telling field makes it one:
/// `may`, `young`.
pub(super) fn also_name(word: &str) -> bool {
    Word::of(word).is(IS_ALSO_NAME)
}

/// Whether a word (lower case) stands before nouns: `the`, `einen`. What follows it is no name.
pub(super) fn article(word: &str) -> bool {
    Word::of(word).is(IS_ARTICLE)
}

/// Whether a word (lower case) makes a name one of a company, a team or a machine.
pub(super) fn organisation(word: &str) -> bool {
    Word::of(word).organisation()
}

/// Whether a word (lower case) is a title: `dr`, `frau`.
pub(super) fn title(word: &str) -> bool {
    Word::of(word).title()
}

/// Whether a word (lower case) belongs to the name after it: `van`, `de`.
pub(super) fn particle(word: &str) -> bool {
    Word::of(word).particle()
}

/// Whether a word (lower case) belongs to the name after it and joins no two names, as `and` and `en` do too.
pub(super) fn inside_names(word: &str) -> bool {
    const JOIN: [&str; 15] =
        ["and", "und", "e", "y", "i", "en", "op", "in", "to", "auf", "z", "u", "a", "à", "of"];
    particle(word) && !JOIN.contains(&word)
}

const IS_COMMON: u32 = 1;
const IS_AMBIGUOUS: u32 = 2;
const IS_ALSO_NAME: u32 = 4;
const IS_ARTICLE: u32 = 8;
const IS_ORGANISATION: u32 = 16;
const IS_TITLE: u32 = 32;
const IS_PARTICLE: u32 = 64;

static WORDS: Lazy = Lazy::new(|| {
    Lists::new(&[
        (COMMON, IS_COMMON),
        (AMBIGUOUS, IS_AMBIGUOUS),
        (ALSO_NAMES, IS_ALSO_NAME),
        (ARTICLES, IS_ARTICLE),
        (ORGANISATION, IS_ORGANISATION),
        (TITLES, IS_TITLE),
        (PARTICLES, IS_PARTICLE),
    ])
});

/// Without their full stops.
const TITLES: &str = "\
        avv dame dhr dipl docteur don dott dottoressa dottssa doña dr drs dña frau fräulein hab heer \
        herr herrn ing inż ir lord madam madame mademoiselle mag maître me med meneer mevr mevrouw mgr \
        miss mlle mm mme monsieur mr mrs ms mw mx pan panem pani panią panu phil prof professor \
        professorin señor señora señorita sig sigg signor signora signore sigra sir sr sra srta \
        ";

/// Articles, and what stands in their place.
const ARTICLES: &str = "\
        a al am an ans any au aux ihrer ihrem ihren unserer unserem unseren meiner meinem seiner seinem beim ce cet cette dal dalla das de degli dei dein del della delle \
        dello dem den der des deze die diese dieser dieses dit du each een ein eine einem einen einer \
        eines el esta este estos every gli haar her het his i ihr ihre il im ins its jede jeder jedes \
        jego jej jouw kein keine keinen la las le les leur lo los ma mein meine mi mijn mio moja moje \
        mon my mój nasz nel nella no nostro notre nuestro one ons onze our questa questo sa sein seine \
        some son su sul sulla suo ta ten that the their these this those to ton tu twój un unas une uno \
        unos unser unsere vom votre your zijn zum zur \
        ";

/// In the middle of names.
const PARTICLES: &str = "\
        't af al and ap auf bin da dal das de degli dei del della delle den der des di do dos du e el en \
        het i ibn la las le les li lo los of op san st te ten ter the thor und van vom von y z zu zum \
        zur à \
        ";

/// Legal forms, and what groups and machines are called.
const ORGANISATION: &str = "\
        ab ag and app association bank board bot bv bvba center centre chapter cie club co \
        committee company consulting corp corporation council crew daemon department dept desk division \
        eu ev fc firma foundation france gbr germany ggmbh gmbh group grupo gruppe gruppo guild holding \
        inc industries institute international kft kg kgaa labs limited llc llp ltd mbh nv ohg ood oy \
        oyj plc project robot sa sarl sas sc se service services sl slu solutions spa sprl spzoo squad \
        srl srls stiftung support system systems team teams technologies tribe trust ug unit universidad \
        slackbot kundenservice kundendienst purchasing einkauf vertrieb helpdesk hotline room raum saal zaal conf conference meeting besprechung besprechungsraum konferenzraum vergaderzaal \
        university università universität verein working works assurance assurances asociación associazione \
        association banco banque banca brauerei cooperativa coopérative cooperative crédit druckerei fondation fondazione \
        fundación fundacja genossenschaft insurance kanzlei klinik klinikum logistics logistik seguros sparkasse \
        spedition spółdzielnia stadtwerke stichting versicherung versicherungen verzekeringen volksbank werke \
        ";

/// Words that sentences begin with, months, days, roles: no names when they stand alone.
const COMMON: &str = "\
        world welt monde mundo mondo wereld świat zusammen kollege kollegen kolleginnen kollegin folks colleagues friends freunde freund \
        collègues amis amigos colegas colleghi amici collega vrienden tutti todos tous allen allemaal wszyscy wszystkim \
        does did doing done aber about abril abteilung account accounts admin after agosto al all alle \
        als also american amsterdam and anfrage anonymous antwort any anyone août api app april aprile \
        après are arm assignee atentamente auch auf auftrag august augustus aus author automatic \
        automation autumn avait avant avec backend backlog bajo bank bardzo bedankt before bei bene \
        bericht berlin best beste bestelling bien big bis bitte bitter blauw bleu blog bon bonjour bonne \
        book books bot british bruin brun buena bueno build buona buongiorno buono być był była było can \
        cars case central che check cheers cher chez chi chère ciao client cliente close closed cloud co \
        code come commande comme commit como company con contact contacts cordialement core could cuando \
        customer customers czerwiec czerwony cześć czwartek dag dalla dank danke dans darf das dass dat \
        data day de dear debe december default degli dei dein del deleted della delle dello dem demo den \
        depuis der des desde design deve development deze dezember dicembre diciembre die dienstag diese \
        dieser dieses dimanche dinsdag director dit dla do dobra dobry dobrze doit domenica domingo don \
        donde donderdag done donnerstag dont door dopo dove doña du durch dutch dzień dzięki dziękuję \
        décembre each early east eastern edge een ein eine einem einen einer eines el en enero \
        engineering english entre equipo era erde es est estimada estimado et euch euer european \
        everyone example factura facture factuur faktura fattura febbraio febrero februar februari \
        february fehler feiertag few file files finance first fixed for former fra frankfurt frau \
        freigabe freitag french freundlich freundliche freundlichen friday from frontend fue février für \
        gdzie geachte geehrte geehrter gegen geld general gennaio gentile german gestern giovedì giugno \
        gli global goed goede good gracias grande grazie great groen groet groeten groschen group groups \
        grudzień gruß grüße guest guests gut gute guter góra ha haben había had hallo hamburg han hanno \
        hart has hasta hat hatte have hebben heeft heel heer hello help here herr het heute hey high hoe \
        hoi hola home house how huis human ich iglesia ihr il info into invoice is issue issues ist \
        italian jak januar januari january janvier jay jede jeder jesień jest jeudi jeune jueves juillet \
        juin juli julio july june juni junio just kan kann kein keine kiedy kind kirche klant klient \
        kort książę kto kunde kunden kunz kwiecień la las last late lato le lead legal les letter liebe \
        lieber link links lipiec listopad lo local london long los lote lotto low luglio lundi lunedì \
        lunes luty ma maandag maar maart madame madrid mag maggio mai mail main mais maj mają manager \
        march mardi market marketing markt mars martedì martes marzec marzo master mauer may mayo mehr \
        mei mein member members merci mercoledì mercredi merge message met mevrouw might mit mittwoch \
        miércoles mobile moet molto monday monsieur montag monte more morgen most może munich musi muss \
        must muy märz na naar nach ne nel nella neu new news next nice nicht nie niebieski niedziela \
        niet night no nobody noch non none noon northern not november novembre noviembre now nowy null \
        nur ob october octobre octubre od oder of office ohne oktober old omdat onder only ont onto op \
        open operations order orders ordine other others ottobre ou over own owner où pace pan pani par \
        para paris partia pas payment październik pedido pen pendant per pero peut pfeffer pfennig \
        piątek platform platz please po pole policy polish poniedziałek por port post posts pour \
        pozdrawiam pozdrowienia prima primary primer prins privacy product products progetto project \
        projects projekt projet proszę proyecto przed przez prüfung puede può quality quand quando \
        quartal que qui quien quoi read ready rechnung red regards regen release report reporter reports \
        research resources reunión riunione road rome rood rouge rzeka réunion sabato sales saludos \
        salut saluti salz same samedi sample samstag sans saturday scharf schnee schon second security \
        see sehr sein seit september septembre septiembre sera sergeant server service services \
        settembre señor señora shall ships shop short should sie sierpień signor signora silber sin \
        sincerely sind sinds site small sobota sobre soll some someone son sono sont sous south southern \
        spanish spotkanie spring squadra stary store strasse straße styczeń such sul sulla summer sunday \
        support sur system szanowna szanowny sábado są tailor task tasks team teams termin test tests \
        than thank thanks that the then there these third this those thursday ticket tickets toen too \
        tor tot tra train très tuesday tussen um umsatz un una unas unassigned und under une unknown uno \
        unos uns unser unter user users van vendredi venerdì vergadering vers versie version versione \
        versión vert vertrag very viel viele vienna viernes vieux vom von voor vor vorgang vrijdag waar \
        walk wanneer war waren warsaw was wat way ways web wednesday weg wegen weich weil well wenn \
        werden were wersja western what when where which while who whom whose why wie will wiosna wir \
        wird wit with woensdag would write wrzesień wtorek während yes you young your za zamówienie \
        zaterdag zespół zielony zijn zondag zonder zum zur zurich zwart équipe était über środa że \
        ";

/// Words that are names as often: names when a title or the middle of a sentence says so.
const AMBIGUOUS: &str = "\
        abbot acker adler alba allegra alt amber apple art aurora avril bach banks baran baron bauer \
        baum bean bear beil berg berger berry bianco biały bier bill bird bishop black blanc blanco blau \
        blitz blue blum blume boer bogen bois bond bos boucher boulanger branch brand braun bravo bridge \
        bright brook brot brown bruch brug brunnen brücke burg busch bush butcher bär campo campos \
        carpenter cash castillo chance chase cherry chevalier chip church clay cliff comte conde \
        consuelo cook copper crane cross crow cruz crystal cutter czarny daisy dal dale dash dawn dean \
        delgado dijk dolores donner drake drew driver duke duży earl earnest engel ernst esperanza eve \
        faith falcon falke farmer feld felice fels ferro field fields finch fink fisch fish fleur flores \
        fluss fontaine fontana ford forest fort forte fox freeman frei frey fromm frost fuchs förster \
        fürst gardener garten gates gatto gene gioia glass glen gold goodman gott gołąb graaf grace graf \
        grand grant gray green grey groot gros gross grosso groß grün guerra guy gärtner haan hahn hall \
        hammer hardy haus hawk heath hecht helm herbst herder herzog hill himmel hirsch hirt hof hope \
        horn hunter ink iris iron ivy jade jong joy judge jung justice jäger kaiser kalk karpfen \
        kaufmann keizer keller kerk king kirch klein kluge knight koch kolb koning korn kot kowal kraft \
        krebs kreuz krämer król kurz könig lane lang law lefort lemon lenz lilie lily lion lis longo \
        lord love loving luna lune lupo luz major mar marchand marin marina mark martello maurer max \
        mały meer meunier min molenaar mond moody moulin młody młynarz nagel nail negro newman noble \
        noir north olive orzeł oud page paper park parks pat paz pearl pepper petit petite pfeiffer \
        pfeil piekarz pilar piper poort pope power powers price prince queen reed reich rey rice rich \
        richter rico rider ritter riva river rivière rock roi rojo rosa rose rosen rosso roth roux ruby \
        rusty rybak sala salt sand sandy santa santos sauer savage schatz schild schipper schmied \
        schreiber schuster schwarz serra sharp shepherd silver singer sky slager smid socorro sokół sol \
        sole soledad soleil sommer sonne sonntag specht speer sperling spice sporn star stark steel \
        stein stella stern stock stone storch story street strong sturm sunny swan swift süß tal temple \
        testa teufel timmerman torre töpfer valle veld verde verdi villa viola violet vogel vos wald \
        wall walls weaver wein weise weiss weiß west wheel white wiese wilk winter wirt wise wolf wood \
        woods wren zee zima \
        ";

/// Common words, in [`COMMON`], that are given or family names as well.
const ALSO_NAMES: &str = "\
        april august best day early good hart jan juli julio june long lotto major mars may mayo march small summer \
        walk way will young \
        ";

#[cfg(test)]
mod tests {
    use super::{ALSO_NAMES, AMBIGUOUS, ARTICLES, COMMON, ORGANISATION, PARTICLES, TITLES};

    #[test]
    fn lists_are_lower_case() {
        for list in [COMMON, AMBIGUOUS, ALSO_NAMES, ARTICLES, ORGANISATION, PARTICLES, TITLES] {
            assert!(list.len() > 100 && list.to_lowercase() == list);
        }
    }
}

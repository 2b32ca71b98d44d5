//! Words that tell names from other text: common words of seven languages that are also names, what companies are
//! called, titles, particles. Written by hand from general knowledge; lower case.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether a word (lower case) is so common that it is no name when it stands alone.
pub(super) fn common(word: &str) -> bool {
    COMMON.contains(word) || title(word) || particle(word)
}

/// Whether a word (lower case) makes a name one of a company, a team or a machine.
pub(super) fn organisation(word: &str) -> bool {
    ORGANISATION.contains(word)
}

/// Whether a word (lower case) is a title: `dr`, `frau`.
pub(super) fn title(word: &str) -> bool {
    TITLES.contains(word)
}

/// Whether a word (lower case) belongs to the name after it: `van`, `de`.
pub(super) fn particle(word: &str) -> bool {
    PARTICLES.contains(word)
}

/// Without their full stops.
static TITLES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        avv dame dhr dipl docteur don dott dottoressa dottssa doña dr drs dña frau fräulein hab heer \
        herr herrn ing inż ir lord madam madame mademoiselle mag maître me med meneer mevr mevrouw mgr \
        miss mlle mm mme monsieur mr mrs ms mw mx pan panem pani panią panu phil prof professor \
        professorin señor señora señorita sig sigg signor signora signore sigra sir sr sra srta \
        ";
    words.split_whitespace().collect()
});

/// In the middle of names.
static PARTICLES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        't af al and ap auf bin da dal das de degli dei del della delle den der des di do dos du e el en \
        het i ibn la las le les li lo los of op san st te ten ter the thor und van vom von y z zu zum \
        zur à \
        ";
    words.split_whitespace().collect()
});

/// Legal forms, and what groups and machines are called.
static ORGANISATION: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        ab ag and app association bank board bot branch bv bvba center centre chapter cie club co \
        committee company consulting corp corporation council crew daemon department dept desk division \
        eu ev fc firma foundation france gbr germany ggmbh gmbh group grupo gruppe gruppo guild holding \
        inc industries institute international kft kg kgaa labs limited llc llp ltd mbh nv ohg ood oy \
        oyj plc project robot sa sarl sas sc se service services sl slu solutions spa sprl spzoo squad \
        srl srls stiftung support system systems team teams technologies tribe trust ug unit universidad \
        university università universität verein working works \
        ";
    words.split_whitespace().collect()
});

/// Words that sentences begin with and that people are also called, months, days, roles.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let words = "\
        abbot aber about abril abteilung account accounts acker adler admin after agosto al alba all \
        alle allegra als also alt amber american amsterdam and anfrage anonymous antwort any anyone août \
        api app apple april aprile après are arm art assignee atentamente auch auf auftrag august \
        augustus aurora aus author automatic automation autumn avait avant avec avril bach backend \
        backlog bajo bank banks baran bardzo baron bauer baum bean bear bedankt before bei beil bene \
        berg berger bericht berlin berry best beste bestelling bianco biały bien bier big bill bird bis \
        bishop bitte bitter black blanc blanco blau blauw bleu blitz blog blue blum blume boer bogen \
        bois bon bond bonjour bonne book books bos bot boucher boulanger branch brand braun bravo bridge \
        bright british brook brot brown bruch brug bruin brun brunnen brücke buena bueno build buona \
        buongiorno buono burg busch bush butcher być był była było bär campo campos can carpenter cars \
        case cash castillo central chance chase che check cheers cher cherry chevalier chez chi chip \
        church chère ciao clay client cliente cliff close closed cloud co code come commande comme \
        commit como company comte con conde consuelo contact contacts cook copper cordialement core \
        could crane cross crow cruz crystal cuando customer customers cutter czarny czerwiec czerwony \
        cześć czwartek dag daisy dal dale dalla dank danke dans darf das dash dass dat data dawn day de \
        dean dear debe december default degli dei dein del deleted delgado della delle dello dem demo \
        den depuis der des desde design deve development deze dezember dicembre diciembre die dienstag \
        diese dieser dieses dijk dimanche dinsdag director dit dla do dobra dobry dobrze doit dolores \
        domenica domingo don donde donderdag done donner donnerstag dont door dopo dove doña drake drew \
        driver du duke durch dutch duży dzień dzięki dziękuję décembre each earl early earnest east \
        eastern edge een ein eine einem einen einer eines el en enero engel engineering english entre \
        equipo era erde ernst es esperanza est estimada estimado et euch euer european eve everyone \
        example factura facture factuur faith faktura falcon falke farmer fattura febbraio febrero \
        februar februari february fehler feiertag feld felice fels ferro few field fields file files \
        finance finch fink first fisch fish fixed fleur flores fluss fontaine fontana for ford forest \
        former fort forte fox fra frankfurt frau freeman frei freigabe freitag french freundlich \
        freundliche freundlichen frey friday from fromm frontend frost fuchs fue février förster für \
        fürst gardener garten gates gatto gdzie geachte geehrte geehrter gegen geld gene general gennaio \
        gentile german gestern gioia giovedì giugno glass glen gli global goed goede gold good goodman \
        gott gołąb graaf grace gracias graf grand grande grant gray grazie great green grey groen groet \
        groeten groot gros groschen gross grosso group groups groß grudzień gruß grün grüße guerra guest \
        guests gut gute guter guy gärtner góra ha haan haben había had hahn hall hallo hamburg hammer \
        han hanno hardy hart has hasta hat hatte haus have hawk heath hebben hecht heeft heel heer hello \
        helm help herbst herder here herr herzog het heute hey high hill himmel hirsch hirt hoe hof hoi \
        hola home hope horn house how huis human hunter ich iglesia ihr il info ink into invoice iris \
        iron is issue issues ist italian ivy jade jak januar januari january janvier jay jede jeder \
        jesień jest jeudi jeune jong joy judge jueves juillet juin juli julio july june jung juni junio \
        just justice jäger kaiser kalk kan kann karpfen kaufmann kein keine keizer keller kerk kiedy \
        kind king kirch kirche klant klein klient kluge knight koch kolb koning korn kort kot kowal \
        kraft krebs kreuz krämer król książę kto kunde kunden kunz kurz kwiecień könig la lane lang las \
        last late lato law le lead lefort legal lemon lenz les letter liebe lieber lilie lily link links \
        lion lipiec lis listopad lo local london long longo lord los lote lotto love loving low luglio \
        luna lundi lune lunedì lunes lupo luty luz ma maandag maar maart madame madrid mag maggio mai \
        mail main mais maj major mają manager mar march marchand mardi marin marina mark market \
        marketing markt mars martedì martello martes marzec marzo master mauer maurer max may mayo mały \
        meer mehr mei mein member members merci mercoledì mercredi merge message met meunier mevrouw \
        might min mit mittwoch miércoles mobile moet molenaar molto mond monday monsieur montag monte \
        moody more morgen most moulin może munich musi muss must muy märz młody młynarz na naar nach \
        nagel nail ne negro nel nella neu new newman news next nice nicht nie niebieski niedziela niet \
        night no noble nobody noch noir non none noon north northern not november novembre noviembre now \
        nowy null nur ob october octobre octubre od oder of office ohne oktober old olive omdat onder \
        only ont onto op open operations order orders ordine orzeł other others ottobre ou oud over own \
        owner où pace page pan pani paper par para paris park parks partia pas pat payment paz \
        październik pearl pedido pen pendant pepper per pero petit petite peut pfeffer pfeiffer pfeil \
        pfennig piekarz pilar piper piątek platform platz please po pole policy polish poniedziałek \
        poort pope por port post posts pour power powers pozdrawiam pozdrowienia price prima primary \
        primer prince prins privacy product products progetto project projects projekt projet proszę \
        proyecto przed przez prüfung puede può quality quand quando quartal que queen qui quien quoi \
        read ready rechnung red reed regards regen reich release report reporter reports research \
        resources reunión rey rice rich richter rico rider ritter riunione riva river rivière road rock \
        roi rojo rome rood rosa rose rosen rosso roth rouge roux ruby rusty rybak rzeka réunion sabato \
        sala sales salt saludos salut saluti salz same samedi sample samstag sand sandy sans santa \
        santos saturday sauer savage scharf schatz schild schipper schmied schnee schon schreiber \
        schuster schwarz second security see sehr sein seit september septembre septiembre sera sergeant \
        serra server service services settembre señor señora shall sharp shepherd ships shop short \
        should sie sierpień signor signora silber silver sin sincerely sind sinds singer site sky slager \
        small smid sobota sobre socorro sokół sol sole soledad soleil soll some someone sommer son sonne \
        sonntag sono sont sous south southern spanish specht speer sperling spice sporn spotkanie spring \
        squadra star stark stary steel stein stella stern stock stone storch store story strasse straße \
        street strong sturm styczeń such sul sulla summer sunday sunny support sur swan swift system \
        szanowna szanowny sábado süß są tailor tal task tasks team teams temple termin test testa tests \
        teufel than thank thanks that the then there these third this those thursday ticket tickets \
        timmerman toen too tor torre tot tra train très tuesday tussen töpfer um umsatz un una unas \
        unassigned und under une unknown uno unos uns unser unter user users valle van veld vendredi \
        venerdì verde verdi vergadering vers versie version versione versión vert vertrag very viel \
        viele vienna viernes vieux villa viola violet vogel vom von voor vor vorgang vos vrijdag waar \
        wald walk wall walls wanneer war waren warsaw was wat way ways weaver web wednesday weg wegen \
        weich weil wein weise weiss weiß well wenn werden were wersja west western what wheel when where \
        which while white who whom whose why wie wiese wilk will winter wiosna wir wird wirt wise wit \
        with woensdag wolf wood woods would wren write wrzesień wtorek während yes you young your za \
        zamówienie zaterdag zee zespół zielony zijn zima zondag zonder zum zur zurich zwart équipe était \
        über środa że \
        ";
    words.split_whitespace().collect()
});

#[cfg(test)]
mod tests {
    use super::{COMMON, ORGANISATION, PARTICLES, TITLES};

    #[test]
    fn lists_are_lower_case() {
        for list in [&COMMON, &ORGANISATION, &PARTICLES, &TITLES] {
            assert!(list.len() > 10 && list.iter().all(|word| word.to_lowercase() == *word));
        }
    }
}

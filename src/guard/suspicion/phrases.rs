//! What a text says to the model that is none of a tool's business.
//!
//! A phrase is a row of words within one sentence. Words stand beside each other unless `+n` stands between them: then up
//! to `n` others may. `a|b` is either; `a*` is every word that begins with `a`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::{Finds, Flag, Text, readings};
use crate::guard::letters::{is_mark, plain};

/// Orders to the model.
const ORDERS: [&str; 28] = [
    "ignore|disregard|forget|override|discard|dismiss|neglect|overlook|bypass|abandon +3 previous|prior|above|earlier|preceding|your|system|safety +2 instruction*|prompt*|guideline*|directive*|rule*|training",
    "ignore|disregard|forget|discard|dismiss|neglect|overlook|bypass|abandon +1 all|any|every|other +2 instruction*|prompt*|directive*",
    "ignore|disregard|forget|discard|dismiss|neglect|overlook +2 the|all +1 above|foregoing|aforesaid|aforementioned",
    "ignore|disregard|forget|discard|dismiss|neglect|overlook +2 everything|anything|all|what|whatever +5 above|before|previously|earlier|told|learned|learnt",
    "dont|mustnt|shouldnt|cannot|never|without|avoid +2 tell|telling|mention|mentioning|inform|informing|reveal|revealing|disclose|disclosing +4 user|users|human|humans|person",
    "user|users|human|person +1 mustnt|shouldnt|never +2 know|learn|notice|told|aware|informed",
    "before|prior +1 using|calling|invoking|running|use|call|calls +2 other|another +2 tool|tools|function|functions",
    "before|prior +1 using|calling|invoking|running|use|call +1 any|all +2 tool|tools|function|functions",
    "secretly|covertly|surreptitiously",
    "silently|quietly|discreetly +1 send|forward|include|append|call|read|copy|upload|add|pass|post",
    "hide|conceal +1 this|it|fact|instruction*|call*|action* +2 from +2 user|users|human|person",
    "pretend +1 you|that|to",
    "keep|keeping +3 secret|hidden +1 from +2 user|users|human|person",
    "you are now +2 assistant|model|agent|developer|unrestricted|dan|admin|administrator",
    "instruction*|prompt*|guideline*|operator|developer|wrote|told +4 longer +1 apply|applies|valid|binding|count|counts",
    "follow|obey +2 text|description|message +1 only|alone|instead",
    "follow|obey +1 only|solely +1 this|these +1 text|description|message|instruction*",
    // To prefer this tool to all others.
    "always|must|should|shall|need|needs|have|has|required|mandatory|important|sure +3 call|use|invoke|run|execute|query|consult|try|choose|pick|start|begin +2 this|it|here +3 first|before|beforehand",
    "always|must|should|shall|needs|has|required +3 called|used|invoked|run|executed|queried|consulted|tried|chosen|picked +2 first|beforehand",
    "call|use|invoke|run|execute|query|consult|try|choose|pick|called|used|invoked|executed|queried|consulted|tried|chosen|picked +5 before|prior|ahead +2 any|all|every|each|the +1 other|others|else|rest|another",
    "before|prior +1 any|all|every|each|the|using|calling +1 other|others|else|rest|another +5 call|use|invoke|run|execute|query|consult|try|choose|pick +1 this",
    "first +2 call|use|invoke|run|execute|query|consult|try +1 this +1 tool|function|one +2 before|always|each|every|whatever",
    "this +3 first +2 tool|function +3 call|use|invoke|run|called|used|invoked",
    "instead|rather|place|lieu +1 of|than +6 call|invoke|run|execute|choose|pick|prefer +1 this",
    "instead|rather|place|lieu +1 of|than +6 use|query|consult|try +1 this tool|function|one|.",
    "call|invoke|run|execute|choose|pick|prefer +1 this +3 instead|rather|place|lieu +1 of|than",
    "use|query|consult|try +1 this +1 tool|function|one +2 instead|rather|place|lieu +1 of|than",
    "prefer|favor|favour|prioritise|prioritize +2 this|it +2 over|to|above +2 any|all|every|other|others|another",
];

/// The most usual of them in other languages of Europe, without marks on the letters.
const ORDERS_ELSEWHERE: [&str; 33] = [
    // German.
    "ignoriere|ignorieren|ignoriert|missachte|missachten|vergiss|vergesst +3 vorherigen|vorherige|vorigen|bisherigen|bisherige|fruheren|obigen|vorangegangenen +2 anweisung*|instruktion*|anleitung*|regel*|prompt*|befehl*|vorgabe*",
    "sage|sag|sagen|verrate|verraten|erzahle|erzahlen|informiere|informieren|erwahne|erwahnen|mitteilen|zeige +4 benutzer*|nutzer*|anwender* +3 nicht|nichts",
    "sage|sag|verrate|erzahle|erwahne +2 nicht|nichts +4 benutzer*|nutzer*|anwender*",
    "ohne +3 benutzer*|nutzer*|anwender* +3 informieren|sagen|erwahnen|mitzuteilen|benachrichtigen",
    "bevor|vor +6 andere|anderes|anderen|anderer|alle|jedes|jedem +1 tool*|werkzeug*|funktion*",
    // French.
    "ignore|ignorez|ignorer|oublie|oubliez|oublier +3 instruction*|consigne*|directive*|regle* +1 precedent*|anterieur*|prealable*",
    "ne|n +2 dis|dites|dire|informe|informez|informer|mentionne|mentionnez|mentionner|revele|revelez|reveler|parle|parlez +5 utilisateur*",
    "sans +2 informer|dire|prevenir|avertir|mentionner +4 utilisateur*",
    "avant +2 utiliser|appeler|executer|employer +2 autre|autres|tout +1 outil*|fonction*",
    // Spanish and Portuguese.
    "ignora|ignore|ignorar|olvida|olvide|olvidar|descarta|descarte|esqueca|esquece|desconsidere|desconsiderar +3 instrucciones|indicaciones|reglas|directrices|instrucoes|orientacoes|regras|diretrizes +1 anteriores|previas|precedentes|acima",
    "ignora|ignore|ignorar|olvida|olvide|descarta|esqueca|desconsidere +3 anteriores|previas +1 instrucciones|indicaciones|reglas|instrucoes|orientacoes|regras",
    "no +3 digas|diga|decir|decirle|menciones|mencione|mencionar|informes|informe|informar|reveles|revele|revelar|cuentes|cuente +5 usuario*",
    "nao +3 diga|digas|dizer|conte|contes|contar|mencione|mencionar|informe|informar|revele|revelar +5 usuario*|utilizador*",
    "sin +2 informar|informarle|decir|decirle|decirselo|avisar|mencionar|mencionarlo +4 usuario*",
    "sem +2 informar|dizer|avisar|mencionar|contar +4 usuario*|utilizador*",
    "antes +1 usar|utilizar|llamar|invocar|ejecutar|chamar|executar +2 otra|otras|cualquier|todas|outra|outras|qualquer +1 herramienta*|funcion*|ferramenta*|funcao",
    // Italian.
    "ignora|ignorare|ignorate|dimentica|dimenticare|trascura +3 istruzioni|indicazioni|regole|direttive +1 precedenti|anteriori",
    "ignora|ignorare|ignorate|dimentica|dimenticare|trascura +3 precedenti|anteriori +1 istruzioni|indicazioni|regole|direttive",
    "non +3 dire|dica|dirlo|menzionare|menzionarlo|informare|rivelare|rivelarlo|raccontare +4 utente|utenti",
    "senza +2 informare|dire|dirlo|avvisare|menzionare|menzionarlo +4 utente|utenti",
    "prima +2 usare|utilizzare|chiamare|invocare|eseguire +2 altro|altri|qualsiasi|ogni +1 strument*|funzion*",
    // Dutch.
    "negeer|negeren|vergeet|vergeten +3 vorige|eerdere|voorgaande|bovenstaande|voorafgaande +2 instructie*|aanwijzing*|opdracht*|regel*|prompt*",
    "vertel|vertellen|zeg|zeggen|meld|melden|informeer|noem +3 gebruiker* +3 niet|niets",
    "vertel|zeg|meld|noem +2 niet|niets +4 gebruiker*",
    "zonder +3 gebruiker* +3 informeren|vertellen|melden|zeggen|inlichten",
    "voordat|voor +6 andere|ander|alle|elke +1 tool*|hulpmiddel*|functie*",
    // Polish.
    "zignoruj|ignoruj|zignorowac|ignorowac|zapomnij|pomin +3 poprzedni*|wczesniejsz*|powyzsz* +2 instrukcj*|polecen*|polecenia|wytyczn*|zasad*|regul*",
    "zignoruj|ignoruj|zapomnij|pomin +3 instrukcj*|polecen*|wytyczn*|zasad*|regul* +1 poprzedni*|wczesniejsz*|powyzsz*",
    "nie +2 mow|powiedz|informuj|wspominaj|ujawniaj|powiadamiaj|zdradzaj +4 uzytkownik*",
    "bez +1 informowania|wiedzy|powiadamiania|powiadomienia +2 uzytkownik*",
    "przed +1 uzyciem|wywolaniem +2 innego|innych|jakiegokolwiek|kazdego +1 narzedzi*|funkcj*",
    // Of several, what is kept from the person.
    "heimlich|verheimliche|verheimlichen|secretamente|segretamente|secretement|stiekem|potajemnie",
    "verschweige|verschweigen|verberge|verbergen|oculta|ocultar|oculte|nascondi|nascondere|cache|cachez|verzwijg|ukryj|esconda +4 benutzer*|nutzer*|utilisateur*|usuario*|utente|gebruiker*|uzytkownik*",
];

/// Requests for what a tool has no business with.
const SECRETS: [&str; 22] = [
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|forward +4 entire|full|whole|complete|this|current|our|your|previous +2 conversation|chat|dialog*|transcript",
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|forward +3 all|any|every +2 previous|prior|earlier|preceding +2 message*|result*|output*|turn*",
    "pass|include|provide|put|append|attach|send|copy|embed|paste|insert|repeat|output|print|reveal|disclose|quote +3 system prompt*|message*|instruction*",
    "read|collect|gather|dump|copy|append|include|send +3 your|users|all|every|local|current +3 environment variable*|vars",
    "pass|include|provide|put|append|attach|send|copy|embed|paste|insert|give +3 any|all|every|users +3 password*|passphrase*|credential*|apikey*|privatekey*|accesstoken*|secret*|cookie*",
    "read|open|load|cat|include|append|attach|send|upload|copy +5 dotenv|sshkey|keyfile",
    "dotenv|sshkey|keyfile +5 pass|include|append|attach|send|upload|as",
    "exfiltrat*",
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|give|supply|submit|forward|write +3 password*|passphrase*|credential*|apikey*|privatekey*|accesstoken*|secret*|cookie* +1 of +2 user|users|person|human|caller|operator|owner",
    "pass|include|put|add|append|attach|send|copy|embed|paste|insert|give|supply|submit|forward|write +3 your|their|his|her +2 password*|passphrase*|credential*|apikey*|privatekey*|accesstoken*|secret*|cookie* +3 argument*|parameter*|field*|call",
    "pass|include|put|add|append|attach|copy|embed|paste|insert|supply|submit|forward|write +3 apikey*|privatekey*|accesstoken*|passphrase*|password*|credential*|cookie* +3 in|into|as|to|with +3 argument*|parameter*|call",
    "users|persons|your|their +2 password*|passphrase*|credential*|apikey*|privatekey*|accesstoken*|secret*|cookie* +1 must|should|shall|has|have|needs|need|is|are +2 included|passed|sent|put|added|appended|attached|copied|given|supplied|forwarded|written|pasted",
    "conversation|chat|dialog*|discussion|transcript +1 history|transcript|log|context +3 sofar|verbatim|unabridged|unaltered|unchanged",
    "full|entire|whole|complete|this|our|current +1 conversation|chat|dialog*|discussion|transcript|exchange +2 sofar|verbatim|unabridged",
    "everything|anything|all|whatever +3 said|written|typed|discussed|talked|asked +2 sofar",
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|forward|write +2 conversation|chat|dialog*|discussion|transcript +1 sofar",
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|forward|write +2 everything|anything|all|whatever +3 user|users|person|human +3 wrote|said|typed|entered|asked|told|writes|says|types",
    "sende|sendet|schicke|schreibe|kopiere|ubermittle|fuge +4 passwort*|zugangsdaten|unterhaltung|gesprachsverlauf|chatverlauf|gesprach|schlussel",
    "envoie|envoyez|envoyer|copie|copiez|inclus|incluez|ajoute|ajoutez +4 motdepasse|identifiants|conversation|secret*",
    "envia|envie|enviar|copia|copie|incluye|inclua|agrega|adicione +4 contrasena*|senha*|credenciales|credenciais|conversacion|conversa|secreto*",
    "invia|inviare|copia|copiare|includi|aggiungi +4 password|credenziali|conversazione|segret*",
    "stuur|verstuur|kopieer|voeg|wyslij|przeslij|skopiuj|dolacz +4 wachtwoord*|inloggegevens|gesprek|hasl*|rozmow*|dane logowania",
];

/// Descriptions of arguments that want to hear what was said.
const ARGUMENTS: [&str; 4] = [
    "full|entire|whole|complete|verbatim|unabridged|exact +1 text|copy|record|log|history|content*|transcript|wording +1 of +2 conversation|chat|dialog*|discussion|session|exchange",
    "full|entire|whole|complete|verbatim|unabridged|previous|prior|preceding +1 conversation|chat|dialog*",
    "this|our|current|ongoing +1 conversation|chat|dialog* +1 history|transcript|log|context|messages|verbatim",
    "previous|prior|earlier|preceding +1 messages|turns|prompts +3 conversation|chat|dialog*|session|assistant|user|users",
];

/// Files that no tool's definition has to speak of. They are there in one word for [`SECRETS`] or by themselves.
const KEY_FILES: [&str; 10] = [
    ".ssh/",
    "id_rsa",
    "id_ed25519",
    "/etc/passwd",
    "/etc/shadow",
    ".aws/credentials",
    ".kube/config",
    ".cursor/mcp.json",
    "claude_desktop_config",
    ".npmrc",
];

/// Names of arguments that want to hear what was said.
const EARS: [&str; 6] = [
    "conversation history",
    "conversation context",
    "chat history",
    "full conversation",
    "message history",
    "previous messages",
];

/// What is put together before the words are read.
const JOINED: [(&str, &str, &str); 24] = [
    ("do", "not", "dont"),
    ("don", "t", "dont"),
    ("must", "not", "mustnt"),
    ("mustn", "t", "mustnt"),
    ("should", "not", "shouldnt"),
    ("shouldn", "t", "shouldnt"),
    ("may", "not", "mustnt"),
    ("can", "not", "cannot"),
    ("can", "t", "cannot"),
    ("does", "not", "doesnt"),
    ("api", "key", "apikey"),
    ("api", "keys", "apikeys"),
    ("private", "key", "privatekey"),
    ("private", "keys", "privatekeys"),
    ("access", "token", "accesstoken"),
    ("access", "tokens", "accesstokens"),
    ("user", "s", "users"),
    ("ssh", "key", "sshkey"),
    ("auth", "token", "accesstoken"),
    ("session", "token", "accesstoken"),
    ("bearer", "token", "accesstoken"),
    ("so", "far", "sofar"),
    ("mot", "de", "motde"),
    ("motde", "passe", "motdepasse"),
];

/// Words before a phrase that make it the description of a switch.
const SWITCHES: [&str; 6] = ["whether", "if", "true", "false", "flag", "option"];

/// The mark between two sentences.
const STOP: &str = ".";

enum Slot {
    /// How many other words may come before the next one.
    Gap(usize),
    Word(Vec<(&'static str, bool)>),
}

struct Phrase {
    flag: Flag,
    slots: Vec<Slot>,
    /// Whether it says this of an argument only: elsewhere it may be what the tool is there for.
    of_argument: bool,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let phrases =
        |flag, of_argument| move |phrase: &&'static str| Phrase { flag, slots: slots(phrase), of_argument };
    let orders = ORDERS.iter().chain(&ORDERS_ELSEWHERE).map(phrases(Flag::Orders, false));
    let secrets = SECRETS.iter().map(phrases(Flag::Secrets, false));
    orders.chain(secrets).chain(ARGUMENTS.iter().map(phrases(Flag::Secrets, true))).collect()
});

/// The phrases by the words that they begin with; those that begin with the beginning of a word are under no word.
static BEGINNINGS: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut beginnings: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, phrase) in PHRASES.iter().enumerate() {
        let Some(Slot::Word(either)) = phrase.slots.first() else { continue };
        for (word, begins) in either {
            let phrases = beginnings.entry(if *begins { "" } else { word }).or_default();
            if phrases.last() != Some(&at) {
                phrases.push(at);
            }
        }
    }
    beginnings
});

/// The words of all phrases, to tell words by that are written together.
static VOCABULARY: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let slots = PHRASES.iter().flat_map(|phrase| &phrase.slots);
    let either = slots.filter_map(|slot| match slot {
        Slot::Word(either) => Some(either),
        Slot::Gap(_) => None,
    });
    let joined = JOINED.iter().flat_map(|(one, other, _)| [*one, *other]);
    let words = either.flatten().map(|(word, _)| *word).chain(joined);
    words.filter(|word| word.len() > 1).collect()
});

fn slots(phrase: &'static str) -> Vec<Slot> {
    let slot = |part: &'static str| match part.strip_prefix('+') {
        Some(gap) => Slot::Gap(gap.parse().unwrap_or_default()),
        None => Slot::Word(
            part.split('|').map(|word| (word.trim_end_matches('*'), word.ends_with('*'))).collect(),
        ),
    };
    phrase.split(' ').map(slot).collect()
}

static LONGEST: LazyLock<usize> =
    LazyLock::new(|| VOCABULARY.iter().map(|word| word.len()).max().unwrap_or_default());

/// A word as it is compared, and where it is written.
struct Word {
    text: String,
    at: usize,
}

pub(super) fn look(text: &Text<'_>, found: &mut Finds) {
    let lower = text.text.to_lowercase();
    if let Some(file) = KEY_FILES.iter().find(|file| lower.contains(*file)) {
        let at = lower.find(file).unwrap_or_default();
        found.note(Flag::Secrets, text.path, &around(&lower, at));
    }
    let words = words(text.text);
    if text.is_name {
        let name: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        if EARS.contains(&name.join(" ").as_str()) {
            found.note(Flag::Secrets, text.path, text.text);
        }
    }
    let of_argument = text.path.starts_with("/inputSchema/");
    let said = said(&words, of_argument);
    for (flag, at) in &said {
        found.note(*flag, text.path, &around(text.text, *at));
    }
    if !said.is_empty() {
        return;
    }
    for reading in readings::of(text.text) {
        for (flag, at) in self::said(&self::words(&reading.text), of_argument) {
            found.note(flag, text.path, &around(text.text, reading.place(at, text.text.len())));
        }
    }
}

/// The phrases in a row of words, each where it is first said; those of arguments only where an argument is described.
fn said(words: &[Word], of_argument: bool) -> Vec<(Flag, usize)> {
    let (mut said, mut known) = (Vec::new(), HashSet::new());
    for (start, word) in words.iter().enumerate() {
        let before = words.get(start.saturating_sub(3)..start).unwrap_or_default();
        let switch = before.iter().any(|word| SWITCHES.contains(&word.text.as_str()));
        let begin = [word.text.as_str(), ""].into_iter().filter_map(|word| BEGINNINGS.get(word));
        for at in begin.flatten() {
            let may_be = |phrase: &&Phrase| !known.contains(at) && (of_argument || !phrase.of_argument);
            let Some(phrase) = PHRASES.get(*at).filter(may_be) else { continue };
            if fits(words, start, &phrase.slots) && !(switch && phrase.flag == Flag::Secrets) {
                known.insert(at);
                said.push((phrase.flag, word.at));
            }
        }
    }
    said
}

/// Whether a phrase begins with the word at this place.
fn fits(words: &[Word], at: usize, slots: &[Slot]) -> bool {
    let Some((first, rest)) = slots.split_first() else { return true };
    match first {
        Slot::Gap(most) => {
            let mut at = at;
            for _ in 0..=*most {
                if fits(words, at, rest) {
                    return true;
                }
                match words.get(at) {
                    Some(word) if word.text != STOP => at += 1,
                    _ => return false,
                }
            }
            false
        }
        Slot::Word(either) => words.get(at).is_some_and(|word| {
            let is = |(text, begins): &(&str, bool)| match begins {
                true => word.text.starts_with(text),
                false => word.text == *text,
            };
            either.iter().any(is) && fits(words, at + 1, rest)
        }),
    }
}

/// The words of a text, in plain letters, without what cannot be seen.
fn words(text: &str) -> Vec<Word> {
    let (mut words, mut letters) = (Vec::new(), Vec::new());
    for word in written(text) {
        if word.text.chars().nth(1).is_none() && word.text != STOP {
            letters.push(word);
            continue;
        }
        spelt(&mut words, std::mem::take(&mut letters));
        match word.text.len() >= LONG {
            true => apart(&mut words, &word.text, |_| word.at),
            false => push(&mut words, word),
        }
    }
    spelt(&mut words, letters);
    words
}

/// How many letters that stand alone are a word, and from which length on a word may be several.
const SPELT: usize = 3;
const LONG: usize = 14;

/// Adds words that are written letter by letter.
fn spelt(words: &mut Vec<Word>, letters: Vec<Word>) {
    if letters.len() < SPELT {
        letters.into_iter().for_each(|letter| push(words, letter));
        return;
    }
    let text: String = letters.iter().map(|letter| letter.text.as_str()).collect();
    apart(words, &text, |at| letters.get(at).map_or(0, |letter| letter.at));
}

/// Adds the words that are written together, as far as phrases have them; what is between them is a word of its own.
fn apart(words: &mut Vec<Word>, text: &str, place: impl Fn(usize) -> usize) {
    let (mut at, mut count) = (0, 0);
    let mut other = Word { text: String::new(), at: place(0) };
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let mut begins = (2..=rest.len().min(*LONGEST)).rev().filter_map(|length| rest.get(..length));
        if let Some(known) = begins.find(|begin| VOCABULARY.contains(begin)) {
            let before = std::mem::replace(&mut other, Word { text: String::new(), at: 0 });
            push(words, before);
            push(words, Word { text: known.to_owned(), at: place(count) });
            (at, count) = (at + known.len(), count + known.chars().count());
            other.at = place(count);
        } else if let Some(c) = rest.chars().next() {
            other.text.push(c);
            (at, count) = (at + c.len_utf8(), count + 1);
        }
    }
    push(words, other);
}

/// Adds a word, together with the one before if that is so put together.
fn push(words: &mut Vec<Word>, word: Word) {
    if word.text.is_empty() {
        return;
    }
    if let Some(last) = words.last_mut()
        && let Some((.., joined)) =
            JOINED.iter().find(|(one, other, _)| *one == last.text && *other == word.text)
    {
        last.text = (*joined).to_owned();
        return;
    }
    words.push(word);
}

/// The words of a text as they are written.
fn written(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut word = Word { text: String::new(), at: 0 };
    let mut push = |word: &mut Word| {
        let text = std::mem::take(&mut word.text);
        if !text.is_empty() {
            words.push(Word { text, at: word.at });
        }
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if super::hidden::is_invisible(c) || c == '\u{fe0f}' || is_mark(c) {
            continue;
        }
        // The files of keys that are written with a full stop.
        if c == '.' && text.get(at..).is_some_and(|rest| rest.starts_with(".env")) {
            let next = text.get(at + 4..).and_then(|rest| rest.chars().next());
            if next.is_none_or(|c| !c.is_alphanumeric()) && word.text.is_empty() {
                push(&mut Word { text: "dotenv".to_owned(), at });
                for _ in 0..3 {
                    chars.next();
                }
                continue;
            }
        }
        match plain(c) {
            Some(letter) => {
                if word.text.is_empty() {
                    word.at = at;
                }
                word.text.push(letter);
            }
            None => {
                push(&mut word);
                let ends = match c {
                    '.' | '!' | '?' | ';' => chars.peek().is_none_or(|(_, next)| next.is_whitespace()),
                    _ => false,
                };
                if ends {
                    push(&mut Word { text: STOP.to_owned(), at });
                }
            }
        }
    }
    push(&mut word);
    words
}

/// The part of a text around a place.
fn around(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default().chars().rev().take(40).count();
    let from = text.get(..at).unwrap_or_default().char_indices().rev().nth(before.saturating_sub(1));
    text.get(from.map_or(0, |(from, _)| from)..).unwrap_or_default().chars().take(super::EXCERPT).collect()
}

//! What a text says to the model that is none of a tool's business.
//!
//! A phrase is a row of words within one sentence. Words stand beside each other unless `+n` stands between them: then up
//! to `n` others may. `a|b` is either; `a*` is every word that begins with `a`.

use std::sync::LazyLock;

use super::names::plain;
use super::{Finds, Flag, Text};

/// Orders to the model.
const ORDERS: [&str; 12] = [
    "ignore|disregard|forget|override +3 previous|prior|above|earlier|preceding|your|system|safety +2 instruction*|prompt*|guideline*|directive*|rule*|training",
    "ignore|disregard|forget +1 all|any|every|other +2 instruction*|prompt*|directive*",
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
];

/// Requests for what a tool has no business with.
const SECRETS: [&str; 8] = [
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|forward +4 entire|full|whole|complete|this|current|our|your|previous +2 conversation|chat|dialog*|transcript",
    "pass|include|provide|put|add|append|attach|send|copy|embed|paste|insert|forward +3 all|any|every +2 previous|prior|earlier|preceding +2 message*|result*|output*|turn*",
    "pass|include|provide|put|append|attach|send|copy|embed|paste|insert|repeat|output|print|reveal|disclose|quote +3 system prompt*|message*|instruction*",
    "read|collect|gather|dump|copy|append|include|send +3 your|users|all|every|local|current +3 environment variable*|vars",
    "pass|include|provide|put|append|attach|send|copy|embed|paste|insert|give +3 any|all|every|users +3 password*|passphrase*|credential*|apikey*|privatekey*|accesstoken*|secret*|cookie*",
    "read|open|load|cat|include|append|attach|send|upload|copy +5 dotenv|sshkey|keyfile",
    "dotenv|sshkey|keyfile +5 pass|include|append|attach|send|upload|as",
    "exfiltrat*",
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
const JOINED: [(&str, &str, &str); 18] = [
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

static PHRASES: LazyLock<Vec<(Flag, Vec<Slot>)>> = LazyLock::new(|| {
    let orders = ORDERS.iter().map(|phrase| (Flag::Orders, slots(phrase)));
    orders.chain(SECRETS.iter().map(|phrase| (Flag::Secrets, slots(phrase)))).collect()
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
    for (flag, slots) in PHRASES.iter() {
        for start in 0..words.len() {
            let begins = fits(&words, start, slots);
            let before = words.get(start.saturating_sub(3)..start).unwrap_or_default();
            let switch = before.iter().any(|word| SWITCHES.contains(&word.text.as_str()));
            if begins && !(switch && *flag == Flag::Secrets) {
                let at = words.get(start).map_or(0, |word| word.at);
                found.note(*flag, text.path, &around(text.text, at));
                break;
            }
        }
    }
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
    let mut words: Vec<Word> = Vec::new();
    let mut word = Word { text: String::new(), at: 0 };
    let mut push = |word: &mut Word| {
        let text = std::mem::take(&mut word.text);
        if text.is_empty() {
            return;
        }
        if let Some(last) = words.last_mut()
            && let Some((.., joined)) =
                JOINED.iter().find(|(one, other, _)| *one == last.text && *other == text)
        {
            last.text = (*joined).to_owned();
            return;
        }
        words.push(Word { text, at: word.at });
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if super::hidden::is_invisible(c) || c == '\u{fe0f}' {
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

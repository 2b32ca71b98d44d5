//! What says what a plain `number` or `value` is: the member beside it (`"type": "passport", "number": "..."`), or the
//! key of the object around it (`"passport": {"number": "..."}`).

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::kinds::{credential, username};
use super::lists::{Lazy, Lists};
use super::{detect, fields, pseudonym};
use crate::json::Segment;

/// Collects the labels of one document's strings, each by the number that it has in the document.
#[derive(Default)]
pub(super) struct Labels {
    open: Vec<Holder>,
    labels: FxHashMap<usize, String>,
}

#[derive(Default)]
struct Holder {
    label: Option<String>,
    waiting: Vec<usize>,
    /// A member was seen that only people have.
    person: bool,
    /// It says more of what it stands in: `"profile": {...}`.
    profile: bool,
    /// Plain names, which are user names where somebody is also named otherwise.
    names: Vec<usize>,
    /// It is the `data` of something.
    data: bool,
    /// What is secret in something of its kind: the data of a secret, the private parts of a key.
    sealed: Vec<usize>,
    /// It is of such a kind.
    seals: bool,
}

impl Labels {
    pub(super) fn open(&mut self, path: &[Segment<'_>]) {
        let profile = matches!(path.last(), Some(Segment::Key(key)) if key == "profile");
        let data = matches!(path.last(), Some(Segment::Key(key)) if key == "data" || key == "stringData");
        self.open.push(Holder { profile, data, ..Holder::default() });
    }

    pub(super) fn close(&mut self) {
        let Some(holder) = self.open.pop() else { return };
        if let Some(around) = self.open.last_mut() {
            around.person |= holder.person && holder.profile;
            if holder.data {
                around.sealed.extend(&holder.sealed);
            }
        }
        if holder.seals {
            self.labels.extend(holder.sealed.iter().map(|string| (*string, credential::SEALED.to_owned())));
        }
        if holder.person {
            self.labels.extend(holder.names.into_iter().map(|string| (string, "username".to_owned())));
        }
        let Some(label) = holder.label else { return };
        self.labels.extend(holder.waiting.into_iter().map(|string| (string, label.clone())));
    }

    /// Sees a key. A repository has a full name, too: `acme/app`.
    pub(super) fn key(&mut self, key: &str) {
        if let Some(holder) = self.open.last_mut() {
            holder.person |= roles(key) & PERSON > 0 && !is_full_name(key);
        }
    }

    /// Sees a string's value that may be a secret: of a `Secret` of Kubernetes, or of a JSON Web Key (RFC 7517; RFC 7518,
    /// section 6).
    fn sealed(&mut self, number: usize, key: &str, text: &str) {
        let Some(holder) = self.open.last_mut() else { return };
        match key {
            "kind" => holder.seals |= text == "Secret",
            "kty" => holder.seals = true,
            _ if holder.data || PRIVATE.contains(&key) => holder.sealed.push(number),
            _ => {}
        }
    }

    /// Sees that a value stands there; answers with the label that stands beside it so far.
    pub(super) fn value(&mut self, number: usize, path: &[Segment<'_>]) -> Option<&str> {
        let Some(Segment::Key(key)) = path.last() else { return None };
        self.sealed(number, key, "");
        let holder = self.open.last_mut().filter(|_| roles(key) & VALUE > 0)?;
        holder.waiting.push(number);
        holder.label.as_deref()
    }

    /// Sees a string's value; answers with the label that stands beside it so far.
    pub(super) fn string(&mut self, number: usize, path: &[Segment<'_>], text: &str) -> Option<&str> {
        let Some(Segment::Key(key)) = path.last() else { return None };
        self.sealed(number, key, text);
        let roles = roles(key);
        if roles == 0 {
            return None;
        }
        let holder = self.open.last_mut()?;
        holder.person |= roles & PERSON > 0 && !text.contains('/');
        if roles & NAME > 0 && plain(text) && !username::opaque(text) {
            holder.names.push(number);
        }
        if roles & LABEL > 0 && pseudonym::is_one(text) {
            // As good a label as what it took the place of, which was a name: masked twice is masked once.
            holder.label.get_or_insert_default();
        } else if roles & LABEL > 0 && text.len() <= fields::MAX_KEY && detect::announcing(text).is_some() {
            holder.label.get_or_insert_with(|| text.to_owned());
        } else if roles & VALUE > 0 {
            holder.waiting.push(number);
            return holder.label.as_deref();
        }
        None
    }

    /// The labels, by the numbers of the strings.
    pub(super) fn labels(self) -> FxHashMap<usize, String> {
        self.labels
    }
}

/// What a string stands under: the nearest key, with the one around it where it says nothing by itself.
pub(super) fn key<'p>(path: &'p [Segment<'_>]) -> Option<Cow<'p, str>> {
    let mut keys =
        path.iter().rev().take_while(|segment| **segment != Segment::Embedded).filter_map(Segment::key);
    let key = keys.next()?;
    if roles(key) & VALUE > 0
        && let Some(around) = keys.next().and_then(detect::announcing)
    {
        return Some(Cow::Owned(format!("{around} {key}")));
    }
    detect::announcing(key).map(Cow::Borrowed)
}

/// Whether a text is written as user names are, and as no name of somebody.
fn plain(text: &str) -> bool {
    (3..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
}

fn is_full_name(key: &str) -> bool {
    fields::Letters::of(key).as_bytes() == b"fullname"
}

/// What a key is, as bits.
const LABEL: u32 = 1;
const VALUE: u32 = 2;
const PERSON: u32 = 4;
const NAME: u32 = 8;

static ROLES: Lazy =
    Lazy::new(|| Lists::new(&[(LABELS, LABEL), (PLAIN, VALUE), (PERSONAL, PERSON), (NAMES, NAME)]));

/// What a key is, in any case and with anything between its letters.
fn roles(key: &str) -> u32 {
    ROLES.get(fields::Letters::of(key).as_bytes())
}

/// Keys whose value says what the object is about.
const LABELS: &str = "\
    type kind label name title field fieldname key documenttype doctype idtype typ tipo art soort rodzaj \
    tipodocumento typdokumentu attribute property question category bezeichnung libelle etiqueta \
    etichetta nazwa naam system scheme campo champ feld veld pole clave chiave sleutel klucz schluessel \
    schlussel propiedad concepto description descripcion beschreibung header caption prompt tablabel pregunta \
    domanda frage vraag pytanie titel titre titolo titulo tytul kategorie documentkind document";

/// What is private in a JSON Web Key.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// Keys that say nothing of their value by themselves.
const PLAIN: &str = "\
    number value nr no num id numero nummer numer wert valeur valor valore waarde wartosc answer code \
    documentnumber identifier idnumber data line1 line2 line addressline1 text date display formatted \
    raw content full primary default current plain stringvalue antwort reponse documentno docnumber \
    docno documentid documentvalue ref val on at inhalt contenido contenu contenuto inhoud tresc \
    odpowiedz respuesta risposta antwoord texto testo texte tekst datum fecha rawvalue textvalue \
    datevalue fieldvalue eingabe input";

/// Keys of what else somebody is named by.
const PERSONAL: &str = "\
    displayname email emailaddress mail firstname lastname fullname realname surname";

/// Keys of plain names.
const NAMES: &str = "\
    name key id slug path alias";

#[cfg(test)]
mod tests {
    use super::{Labels, key};
    use crate::json::Segment;

    #[test]
    fn a_plain_name_is_a_user_name_where_a_profile_says_more() {
        let key = |key: &'static str| [Segment::Key(key.into())];
        for (holder, told) in [("profile", Some("username")), ("owner", None)] {
            let mut labels = Labels::default();
            labels.open(&[]);
            labels.string(1, &key("name"), "jdoe");
            labels.open(&key(holder));
            labels.key("realName");
            labels.key("full_name");
            labels.close();
            labels.close();
            assert_eq!(labels.labels().get(&1).map(String::as_str), told, "{holder}");
        }
    }

    #[test]
    fn a_member_beside_it_or_the_object_around_it_tells() {
        let path = |key: &'static str| [Segment::Key("documents".into()), Segment::Key(key.into())];
        let mut labels = Labels::default();
        labels.open(&[]);
        assert_eq!(labels.string(1, &path("number"), "C01X00T47"), None);
        assert_eq!(labels.string(2, &path("type"), "passport"), None);
        assert_eq!(labels.string(3, &path("value"), "x"), Some("passport"));
        labels.close();
        let labels = labels.labels();
        assert_eq!(labels.get(&1).map(String::as_str), Some("passport"));
        assert_eq!(key(&path("number")).as_deref(), Some("documents number"));
        assert_eq!(key(&path("phone")).as_deref(), Some("phone"));
    }
}

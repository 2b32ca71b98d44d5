//! `mcpgate keys`: the ring of sealing keys.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{Failure, Secrets, secrets::random, unreadable};
use crate::crypto::{MARK, SECRET_NAMES, SealingRing, sealing_ring};

const NAME: &str = SECRET_NAMES[1];

/// Puts a new key behind the others: it opens, and seals nothing yet.
pub(super) fn prepare(secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let mut ring = Ring::read(secrets)?;
    let key = ring.new_key()?;
    ring.keys.push(key);
    ring.write(out)
}

/// Puts a key in front: a new one, or the last one if that was `prepared`.
pub(super) fn rotate(prepared: bool, secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let mut ring = Ring::read(secrets)?;
    if prepared {
        ring.has_others("nothing was prepared; `mcpgate keys prepare` does")?;
        ring.keys.rotate_right(1);
    } else {
        let key = ring.new_key()?;
        ring.keys.insert(0, key);
    }
    ring.write(out)
}

/// Removes all keys but the first, if nothing needs them.
pub(super) fn retire(needed: u64, secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let mut ring = Ring::read(secrets)?;
    ring.has_others("nothing is to be retired")?;
    if needed > 0 {
        return Err(Failure::new(format_args!(
            "{needed} rows still need the older keys, nothing was changed; wait until the gateway has sealed them anew"
        )));
    }
    ring.keys.truncate(1);
    ring.write(out)
}

/// Prints the SQL that counts the rows that need the older keys.
pub(super) fn sql(secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    let ring = Ring::read(secrets)?;
    ring.has_others("nothing needs an older one")?;
    let marks: Vec<String> = ring.marks()?.iter().skip(1).map(|mark| format!("'{mark}'")).collect();
    let marks = marks.join(", ");
    let tables = [
        ("person", "data_key"),
        ("service_client", "registration"),
        ("connecting", "secrets"),
        ("login", "secrets"),
    ];
    let counts = tables.map(|(table, column)| {
        format!("(SELECT count(*) FROM {table} WHERE substr({column}, 1, {MARK}) IN ({marks}))")
    });
    writeln!(out, "SELECT {} AS needed;", counts.join(" + "))?;
    Ok(())
}

/// The keys, and the text that they stand in.
struct Ring {
    keys: Vec<Zeroizing<String>>,
    /// The file of secrets, and what is in it before and after the keys.
    file: Option<(std::path::PathBuf, Zeroizing<String>, Zeroizing<String>)>,
}

impl Ring {
    fn read(secrets: Secrets) -> Result<Self, Failure> {
        let Some(path) = secrets.secrets else {
            let text = from_environment()?;
            let keys = split(&text).ok_or_else(|| Failure::new(MALFORMED))?;
            return Ok(Self { keys, file: None });
        };
        let text =
            std::fs::read_to_string(&path).map(Zeroizing::new).map_err(|error| unreadable(&path, &error))?;
        let mut found = places(&text);
        let (Some(place), None) = (found.next(), found.next()) else {
            let problem = format_args!("has no line {NAME}=..., or several; `mcpgate keygen` prints one");
            return Err(Failure::at(&path, problem));
        };
        let (before, rest) = text.split_at(place.start);
        let (value, after) = rest.split_at(place.len());
        let keys = split(value).ok_or_else(|| Failure::at(&path, MALFORMED))?;
        let (before, after) = (Zeroizing::new(before.to_owned()), Zeroizing::new(after.to_owned()));
        Ok(Self { keys, file: Some((path, before, after)) })
    }

    fn ring(&self) -> Result<SealingRing, Failure> {
        sealing_ring(&self.text()).ok_or_else(|| Failure::new(MALFORMED))
    }

    fn marks(&self) -> Result<Vec<String>, Failure> {
        Ok(self.ring()?.marks())
    }

    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.keys.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(","))
    }

    /// A key that no mark of another one can be mistaken for.
    fn new_key(&self) -> Result<Zeroizing<String>, Failure> {
        let known = self.marks()?;
        loop {
            let mut bytes = Zeroizing::new([0; 32]);
            random(bytes.as_mut()).map_err(Failure::new)?;
            let key = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
            let marks = sealing_ring(&key).map(|ring| ring.marks()).unwrap_or_default();
            if marks.iter().all(|mark| !known.contains(mark)) {
                return Ok(key);
            }
        }
    }

    fn has_others(&self, otherwise: &str) -> Result<(), Failure> {
        if self.keys.len() > 1 {
            return Ok(());
        }
        Err(Failure::new(format_args!("{NAME} has one key only: {otherwise}")))
    }

    /// Into the file it came from, whole or not at all; otherwise to standard output.
    fn write(self, out: &mut impl Write) -> Result<(), Failure> {
        let text = self.text();
        let Some((path, before, after)) = &self.file else {
            writeln!(out, "{NAME}={}", *text)?;
            return Ok(());
        };
        let whole = Zeroizing::new(format!("{}{}{}", **before, *text, **after));
        replace(path, whole.as_bytes()).map_err(|error| {
            let remedy = "it is as it was; check that you may write it and its folder";
            Failure::at(path, format_args!("cannot be written: {error}; {remedy}"))
        })?;
        // By their marks, so that whoever puts the wrong key in front sees it.
        let marks = self.marks()?;
        let (first, others) = marks.split_first().ok_or_else(|| Failure::new(MALFORMED))?;
        let (s, opens) = match others {
            [] => ("", String::new()),
            others => ("s", format!("; {} can only open", others.join(", "))),
        };
        writeln!(out, "{}: {NAME} has {} key{s} now: {first} seals{opens}", path.display(), marks.len())?;
        Ok(())
    }
}

const MALFORMED: &str =
    "MCPGATE_SEALING_KEYS is not one or several keys of 32 bytes in base64url; `mcpgate keygen` makes one";

/// Where in a file of secrets the values of the ring stand.
fn places(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let (name, value) = line.split_once('=')?;
        let quotes = |c: char| c.is_whitespace() || c == '"';
        let from = start + line.len() - value.trim_start_matches(quotes).len();
        let to = from + value.trim_matches(quotes).len();
        name.trim().eq_ignore_ascii_case(NAME).then_some(from..to)
    })
}

fn split(text: &str) -> Option<Vec<Zeroizing<String>>> {
    sealing_ring(text)?;
    Some(text.split(',').map(|key| Zeroizing::new(key.trim().to_owned())).collect())
}

/// Writes a new file beside the old one and puts it in its place, with the same permissions.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // What a link leads to is replaced, not the link.
    let path = path.canonicalize()?;
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&name)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.set_permissions(path.metadata()?.permissions()))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&name, &path));
    if written.is_err() {
        // Nothing more can be done about what it leaves behind.
        let _ = std::fs::remove_file(&name);
    }
    written
}

#[allow(clippy::disallowed_methods, reason = "the command line runs where there is an environment")]
fn from_environment() -> Result<Zeroizing<String>, Failure> {
    std::env::var(NAME).map(Zeroizing::new).map_err(|_| {
        Failure::new(format_args!("{NAME} is not set; set it, or give a file that holds it with --secrets"))
    })
}

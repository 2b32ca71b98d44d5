//! `mcpgate keygen`, `mcpgate guest`, and the hash key that other commands ask for.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{Failure, Secrets, unreadable};
use crate::access;
use crate::crypto::{HashKey, Keys, SECRET_NAMES};
use crate::host::PortError;

pub(super) fn generate(out: &mut impl Write) -> Result<(), Failure> {
    for (name, secret) in Keys::generate(random).map_err(Failure::new)? {
        writeln!(out, "{name}={}", secret.expose())?;
    }
    Ok(())
}

pub(super) fn guest_id(email: &str, secrets: Secrets, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{}", id_of_guest(email, secrets)?)?;
    Ok(())
}

/// The id of the owner of an address, under the gateway's own hash key.
pub(super) fn id_of_guest(email: &str, secrets: Secrets) -> Result<String, Failure> {
    let key = match secrets.secrets {
        Some(_) => hash_key(secrets)?,
        None => parse(&value(HASH_KEY, &secrets)?).ok_or_else(|| Failure::new(MALFORMED))?,
    };
    access::guest_id(&key, email)
        .ok_or_else(|| Failure::new("this is not an e-mail address; write one, such as pat@partner.example"))
}

/// The hash key from the file of secrets, or a new one when none is given.
pub(super) fn hash_key(secrets: Secrets) -> Result<HashKey, Failure> {
    let Some(file) = &secrets.secrets else {
        let mut key = Zeroizing::new([0; 32]);
        random(key.as_mut()).map_err(Failure::new)?;
        return Ok(HashKey::new(*key));
    };
    let value = from_file(file, HASH_KEY)?;
    parse(&value).ok_or_else(|| Failure::at(file, MALFORMED))
}

/// The value of a secret: from the file of secrets, or from the environment when none is given.
pub(super) fn value(name: &'static str, secrets: &Secrets) -> Result<Zeroizing<String>, Failure> {
    match &secrets.secrets {
        Some(file) => from_file(file, name),
        None => from_environment(name),
    }
}

fn from_file(file: &Path, wanted: &'static str) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|error| unreadable(file, &error))?;
    let value = text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
    });
    value.map(|value| Zeroizing::new(value.to_owned())).ok_or_else(|| {
        Failure::at(file, format_args!("has no line {wanted}=...; `mcpgate keygen` prints one"))
    })
}

const HASH_KEY: &str = SECRET_NAMES[2];
const MALFORMED: &str = "MCPGATE_HASH_KEY is not a key of 32 bytes in base64url; `mcpgate keygen` makes one";

#[allow(clippy::disallowed_methods, reason = "the command line runs where there is an environment")]
fn from_environment(name: &'static str) -> Result<Zeroizing<String>, Failure> {
    std::env::var(name).map(Zeroizing::new).map_err(|_| {
        Failure::new(format_args!("{name} is not set; set it, or give a file that holds it with --secrets"))
    })
}

fn parse(value: &str) -> Option<HashKey> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(value.trim()).ok()?);
    bytes.as_slice().try_into().ok().map(HashKey::new)
}

pub(super) fn random(buffer: &mut [u8]) -> Result<(), PortError> {
    getrandom::fill(buffer).map_err(|error| PortError::new("random", error))
}

//! People's data keys as they are stored: wrapped, and each saying by what.
//!
//! ```text
//! wrapped = what the sealing keys sealed (see `seal`)
//!         | "gk1." 11 characters of the digest of the key's resource name "." base64url(ciphertext of Google Cloud KMS)
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::seal::data_key_binding;
use super::{DataKey, digest, kms};
use crate::config::Kms;
use crate::context::Context;
use crate::host::{Host, PortError};

/// What a key begins with that Google Cloud KMS wrapped. Base64url has no full stop.
const GOOGLE: &str = "gk1.";

/// Wraps a person's data key by what wraps now.
///
/// # Errors
/// When the host has no randomness, or the key service does not wrap it.
pub async fn wrap<H: Host>(context: &Context<H>, person: &str, key: &DataKey) -> Result<String, PortError> {
    let Some(kms) = context.setup.config.crypto.wrapping_kms() else {
        return context.setup.keys.sealing.wrap(&context.host, person, key);
    };
    let ciphertext = kms::encrypt(context, kms, &data_key_binding(person), key.bytes()).await?;
    Ok(kms_mark(&kms.key) + &URL_SAFE_NO_PAD.encode(ciphertext))
}

/// Unwraps a person's data key, by whatever wrapped it.
///
/// # Errors
/// When that is gone or does not answer, or the text was altered or is another person's.
pub async fn unwrap<H: Host>(
    context: &Context<H>,
    person: &str,
    wrapped: &str,
) -> Result<DataKey, PortError> {
    let gone = |text| PortError::new("keys", text);
    if !wrapped.starts_with(GOOGLE) {
        return context.setup.keys.sealing.data_key(person, wrapped).map_err(|_| {
            gone("a person's data key was wrapped by none of MCPGATE_SEALING_KEYS, or altered")
        });
    }
    let known = context.setup.config.crypto.kms.as_ref().and_then(|kms| {
        // Which keys there are, says the configuration: a row could name a key of somebody else.
        let (key, text) = keys(kms).find_map(|key| Some((key, wrapped.strip_prefix(&kms_mark(key))?)))?;
        Some((kms, key, URL_SAFE_NO_PAD.decode(text).ok()?))
    });
    let Some((kms, key, ciphertext)) = known else {
        return Err(gone("a person's data key was wrapped by no key of [crypto.kms], or altered"));
    };
    let plain = kms::decrypt(context, kms, key, &data_key_binding(person), &ciphertext).await?;
    DataKey::from_bytes(&plain).ok_or_else(|| gone("a person's data key has another length"))
}

/// What every data key begins with that was wrapped by what wraps now.
pub fn mark<H: Host>(context: &Context<H>) -> String {
    match context.setup.config.crypto.wrapping_kms() {
        Some(kms) => kms_mark(&kms.key),
        None => context.setup.keys.sealing.marks().into_iter().next().unwrap_or_default(),
    }
}

/// What every data key begins with that can be unwrapped, and is to be wrapped anew.
pub fn older_marks<H: Host>(context: &Context<H>) -> Vec<String> {
    let mut marks = context.setup.keys.sealing.marks();
    marks.extend(context.setup.config.crypto.kms.iter().flat_map(keys).map(|key| kms_mark(key)));
    let current = mark(context);
    marks.retain(|mark| *mark != current);
    marks
}

/// All keys of a key service, the one that wraps first.
fn keys(kms: &Kms) -> impl Iterator<Item = &String> {
    std::iter::once(&kms.key).chain(&kms.former_keys)
}

fn kms_mark(key: &str) -> String {
    format!("{GOOGLE}{:.11}.", digest(key))
}

//! Tokens written by hand, as no library would write them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::Sha256;

use hmac::Mac as _;
use p256::ecdsa::signature::Signer as _;

/// The JSON of one part of a token: 0 is the header, 1 what it says.
pub(crate) fn part(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// A token of these parts, whatever they are.
pub(crate) fn joined(header: &Value, claims: &str, signature: &[u8]) -> String {
    format!("{}.{}", unsigned(header, claims), URL_SAFE_NO_PAD.encode(signature))
}

/// The same, signed with this P-256 key (ES256).
pub(crate) fn es256(key: &[u8], header: &Value, claims: &str) -> String {
    let key = p256::ecdsa::SigningKey::from_slice(key).unwrap();
    let signature: p256::ecdsa::Signature = key.sign(unsigned(header, claims).as_bytes());
    joined(header, claims, &signature.to_bytes())
}

/// The same with a shared secret (HS256).
pub(crate) fn hs256(secret: &[u8], header: &Value, claims: &str) -> String {
    let mut mac = hmac::Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(unsigned(header, claims).as_bytes());
    joined(header, claims, &mac.finalize().into_bytes())
}

fn unsigned(header: &Value, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims))
}

/// A key of the attacker's own, and its public half as they would publish it.
pub(crate) fn own_key() -> ([u8; 32], Value) {
    let key = [77; 32];
    let public = p256::ecdsa::SigningKey::from_slice(&key).unwrap().verifying_key().to_encoded_point(false);
    let point = |part: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(part.unwrap());
    (key, json!({ "kty": "EC", "crv": "P-256", "x": point(public.x()), "y": point(public.y()) }))
}

/// What an attacker may take for a shared secret: the published key in every spelling.
pub(crate) fn as_secrets(jwk: &Value) -> Vec<Vec<u8>> {
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], part("x"), part("y")].concat();
    const P256: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let der = [P256.to_vec(), point.clone()].concat();
    let text = STANDARD.encode(&der);
    let pem =
        format!("-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n", &text[..64], &text[64..]);
    vec![jwk.to_string().into_bytes(), point, part("x"), der, pem.into_bytes(), Vec::new()]
}

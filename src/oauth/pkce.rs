//! PKCE (RFC 7636), S256 only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Whether a text can be an S256 challenge: 32 bytes in base64url.
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a verifier fits a challenge (RFC 7636 §4.1, §4.6).
pub(super) fn fits(verifier: &str, challenge: &str) -> bool {
    let legal = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(legal)
        && bool::from(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)).as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{fits, is_challenge};

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_verifier_of_the_rfc_fits_its_challenge_and_no_other_does() {
        assert!(is_challenge(CHALLENGE));
        assert!(fits(VERIFIER, CHALLENGE));
        assert!(!fits(&VERIFIER.replace('d', "e"), CHALLENGE));
        // "plain" would let the challenge itself through.
        assert!(!fits(CHALLENGE, CHALLENGE));
        assert!(!fits("", CHALLENGE) && !fits("short", CHALLENGE) && !fits(&"a".repeat(129), CHALLENGE));
    }

    #[test]
    fn challenges_have_one_form() {
        for text in ["", "abc", &CHALLENGE[..42], &CHALLENGE.replace('-', "+"), &format!("{CHALLENGE}=")] {
            assert!(!is_challenge(text), "{text}");
        }
    }
}

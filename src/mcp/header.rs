//! Mirrored headers: `Mcp-Name` and `Mcp-Param-*` values and their sentinel encoding (2026-07-28, streamable
//! HTTP, "Value Encoding").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const OPEN: &str = "=?base64?";
const CLOSE: &str = "?=";

/// Writes a value so that it survives as a header.
pub fn encode(value: &str) -> String {
    let plain = value.bytes().all(|byte| byte == b'\t' || (0x20..=0x7e).contains(&byte));
    let padded = value.starts_with([' ', '\t']) || value.ends_with([' ', '\t']);
    let sentinel = value.starts_with(OPEN) && value.ends_with(CLOSE);
    // Some peers drop a header without a value.
    if plain && !padded && !sentinel && !value.is_empty() {
        value.to_owned()
    } else {
        format!("{OPEN}{}{CLOSE}", STANDARD.encode(value))
    }
}

/// Reads a header's value; [`None`] when it claims to be encoded and is not, or is not printable ASCII.
pub fn decode(header: &str) -> Option<String> {
    let header = header.trim_matches([' ', '\t']);
    // Its two ends share a character: some readers take it for an encoded value, some do not.
    if header == "=?base64?=" {
        return None;
    }
    match header.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE)) {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
        None => header
            .bytes()
            .all(|byte| byte == b'\t' || (0x20..=0x7e).contains(&byte))
            .then(|| header.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_what_a_header_cannot_carry() {
        assert_eq!(encode("get_issue"), "get_issue");
        assert_eq!(encode(""), "=?base64??=");
        assert_eq!(encode(" padded"), "=?base64?IHBhZGRlZA==?=");
        assert_eq!(encode("Grüße"), "=?base64?R3LDvMOfZQ==?=");
        assert_eq!(encode("=?base64?QQ==?="), "=?base64?PT9iYXNlNjQ/UVE9PT89?=");
        assert_eq!(encode("a\r\nX: y"), "=?base64?YQ0KWDogeQ==?=");
    }

    #[test]
    fn refuses_a_forged_sentinel() {
        assert_eq!(decode("=?base64?not base64?="), None);
        assert_eq!(decode("=?base64?/w==?="), None);
        assert_eq!(decode("=?base64?SGVsbG8?="), None);
        assert_eq!(decode("=?base64?="), None);
        assert_eq!(decode("bell\u{7}"), None);
        assert_eq!(
            decode("=?BASE64?QQ==?=").as_deref(),
            Some("=?BASE64?QQ==?="),
            "the marks have one spelling"
        );
    }

    proptest! {
        #[test]
        fn every_value_comes_back(value in "\\PC*|[ -~\\t\\r\\n]*") {
            let header = encode(&value);
            prop_assert!(header.bytes().all(|byte| byte == b'\t' || (0x20..=0x7e).contains(&byte)));
            prop_assert_eq!(decode(&header), Some(value));
        }
    }
}

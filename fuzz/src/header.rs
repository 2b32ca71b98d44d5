//! The header codec. Input: a value, or a header that claims to be one.

use http::HeaderValue;
use mcpgate::mcp::header::{decode, encode};

/// Checks one input.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let header = encode(&text);
    assert!(header.bytes().all(|byte| byte == b'\t' || (0x20..=0x7e).contains(&byte)), "{header:?}");
    assert_eq!(header.trim_matches([' ', '\t']), header, "nothing that a peer trims away");
    HeaderValue::from_str(&header).expect("a header can carry it");
    assert_eq!(decode(&header).as_deref(), Some(&*text));
    assert_eq!(
        decode(&format!(" \t{header} ")).as_deref(),
        Some(&*text),
        "white space around it says nothing"
    );

    let Some(value) = decode(&text) else { return };
    assert!(text.bytes().all(|byte| byte == b'\t' || (0x20..=0x7e).contains(&byte)), "{text:?}");
    assert_eq!(decode(&encode(&value)).as_deref(), Some(&*value));
    let header = text.trim_matches([' ', '\t']);
    if header.starts_with("=?base64?") && header.ends_with("?=") {
        // One spelling for each value: nobody can say a thing in two ways.
        assert_eq!(sentinel(&value), header);
    } else {
        assert_eq!(value, header);
    }
}

/// A value in the sentinel, whether it needs that or not.
fn sentinel(value: &str) -> String {
    // A line feed is never sent plain, and three of them leave the Base64 of the value as it is.
    let header = encode(&format!("\n\n\n{value}"));
    header.replacen("CgoK", "", 1)
}

//! Masking, and giving back. Input: a text, or JSON.

use mcpgate::crypto::HashKey;
use mcpgate::json::{self, Duplicates};
use mcpgate::pii::{Kind, Masker, Policy, give_back_json, give_back_text, pseudonyms};

/// Checks one input.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (key, policy) = (HashKey::new([7; 32]), Policy::default());
    let mut masker = Masker::new(&key, &policy);
    let masked = masker.text(text);
    // A pseudonym that was there already is given back too, as what the person was shown before.
    let there = pseudonyms(text);
    if !there.is_empty() {
        return;
    }
    let back = give_back_text(&masked, &|asked| value(&masker, asked));
    // In JSON that a text holds, a character may be written in more than one way. Secrets do not come back.
    let other = text.contains(['\\', '{', '[']) || masker.count(Kind::Secret) > 0;
    assert!(back == text || other, "a text becomes what it was: {back}");
    assert!(pseudonyms(&masked).iter().all(|pseudonym| pseudonym.valid), "{masked}");
    let mut masker = Masker::new(&key, &policy);
    let Ok(masked) = masker.json(text, &|_| false) else { return };
    assert_eq!(shape(&masked), shape(text), "the shape of a document stays");
    let back = give_back_json(&masked, &|asked| value(&masker, asked), &|_| false).expect("still JSON");
    if text.contains("\\u") || masker.count(Kind::Secret) > 0 {
        return;
    }
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    assert_eq!(read(&back), read(text), "a document becomes what it was");
}

fn value<'m>(masker: &'m Masker<'_>, asked: &str) -> Option<&'m str> {
    masker.found().iter().find(|found| found.pseudonym == asked).map(|found| found.value.as_str())
}

/// What kinds of values stand in a document, in order.
fn shape(text: &str) -> Vec<&'static str> {
    let mut shape = Vec::new();
    let walked = json::walk(text, Duplicates::Allow, &mut |_, event| {
        shape.push(match event {
            json::Event::Open => "open",
            json::Event::Close => "close",
            json::Event::Key(_) => "key",
            json::Event::String(_) => "string",
            json::Event::Other(_) => "other",
        });
    });
    assert!(walked.is_ok());
    shape
}

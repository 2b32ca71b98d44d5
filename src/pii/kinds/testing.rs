//! What the tests of recognizers share.

use std::ops::Range;

use crate::pii::numbers::Numbers;
use crate::pii::scene::Scene;

type At = fn(&Scene<'_>, usize) -> Option<Range<usize>>;

pub(in crate::pii) fn scene<'t>(text: &'t str, key: Option<&'t str>) -> Scene<'t> {
    Scene::new(text, key, Numbers::read(text, &[]))
}

/// What a recognizer finds first, asked at every place.
fn first(at: At, text: &str) -> Option<&str> {
    let scene = scene(text, None);
    let places = text.char_indices().filter(|(_, char)| char.is_alphanumeric());
    places.filter_map(|(start, _)| at(&scene, start)).map(|range| &text[range]).next()
}

/// The values are found wherever they stand.
pub(in crate::pii) fn found(at: At, values: &[&str]) {
    for value in values {
        assert_eq!(first(at, value), Some(*value));
        assert_eq!(first(at, &format!("a ({value}), b")), Some(*value));
        assert_eq!(first(at, &format!("x: {value}.")), Some(*value));
    }
}

/// The values are found after a cue.
pub(in crate::pii) fn after(at: At, cue: &str, values: &[&str]) {
    for value in values {
        assert_eq!(first(at, &format!("{cue}{value}")), Some(*value), "{cue}{value}");
        assert_eq!(first(at, &format!("x. {cue}{value}, y")), Some(*value), "{cue}{value}");
    }
}

/// The value is found in the texts.
pub(in crate::pii) fn within(at: At, value: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(first(at, text), Some(value), "{text}");
    }
}

/// Nothing is found in the texts.
pub(in crate::pii) fn none(at: At, texts: &[&str]) {
    for text in texts {
        assert_eq!(first(at, text), None, "{text}");
    }
}

/// The values are found, and none of those that differ from one in one digit.
pub(in crate::pii) fn digits(at: At, values: &[&str]) {
    found(at, values);
    for value in values {
        for (place, digit) in value.char_indices().filter(|(_, char)| char.is_ascii_digit()) {
            let other = char::from_digit((digit.to_digit(10).unwrap() + 1) % 10, 10).unwrap();
            let mut wrong = (*value).to_owned();
            wrong.replace_range(place..=place, other.encode_utf8(&mut [0; 4]));
            assert_eq!(first(at, &wrong), None, "{wrong}");
        }
    }
}

//! A word in lower case, without allocating where it is short and of ASCII, as nearly all are.

use std::ops::Deref;

/// A word in lower case.
pub(super) enum Lower {
    Short { bytes: [u8; SHORT], length: usize },
    Long(String),
}

/// A short word is no longer, in bytes.
const SHORT: usize = 30;

impl Lower {
    pub(super) fn of(word: &str) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..word.len()) {
            Some(place) if word.is_ascii() => {
                place.copy_from_slice(word.as_bytes());
                place.make_ascii_lowercase();
                Self::Short { bytes, length: word.len() }
            }
            _ => Self::Long(word.to_lowercase()),
        }
    }
}

impl Deref for Lower {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Short { bytes, length } => {
                bytes.get(..*length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
            }
            Self::Long(word) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lower;

    #[test]
    fn words_of_any_length_and_script_are_lowered() {
        for word in ["", "Jane", "ÄRGER", "Lebensversicherungsgesellschaften", "İ"] {
            assert_eq!(&*Lower::of(word), word.to_lowercase());
        }
    }
}

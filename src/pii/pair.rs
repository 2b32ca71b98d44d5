//! Objects that say what their value is in a member beside it: `{"label": "Author", "value": "Jane Doe"}`, as forms,
//! histories of changes and custom fields do. The label then is what a key is elsewhere.

use super::fields;
use crate::json::Segment;

/// Members that name what another one holds, and those that hold it.
const LABELS: &str = "label name field key property attribute fieldname field_name column header";
const VALUES: &str = "value val displayvalue display_value answer stringvalue valuestring rawvalue to from tostring \
    fromstring old new oldvalue newvalue old_value new_value";

/// A label has no more words than this.
const MAX_WORDS: usize = 4;

/// The labels of the containers that are open.
#[derive(Default)]
pub(super) struct Pairs(Vec<Option<String>>);

impl Pairs {
    pub(super) fn open(&mut self) {
        self.0.push(None);
    }

    pub(super) fn close(&mut self) {
        self.0.pop();
    }

    /// The label of a string, if one stands before it in its object.
    pub(super) fn label(&mut self, path: &[Segment<'_>], text: &str) -> Option<&str> {
        let [.., Segment::Key(key)] = path else { return None };
        if key.len() > 16 {
            return None;
        }
        let label = self.0.last_mut()?;
        let is = |list: &str| list.split_whitespace().any(|known| key.eq_ignore_ascii_case(known));
        if label.is_some() && is(VALUES) {
            return label.as_deref();
        }
        if label.is_none()
            && text.len() <= fields::MAX_KEY
            && text.split_whitespace().count() <= MAX_WORDS
            && is(LABELS)
        {
            *label = Some(text.to_owned());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Pairs;
    use crate::json::Segment;

    #[test]
    fn a_value_has_the_label_before_it_in_its_object() {
        let mut pairs = Pairs::default();
        let path = |key: &'static str| [Segment::Index(0), Segment::Key(key.into())];
        pairs.open();
        assert_eq!(pairs.label(&path("value"), "x"), None);
        assert_eq!(pairs.label(&path("label"), "Author"), None);
        assert_eq!(pairs.label(&path("displayValue"), "x"), Some("Author"));
        pairs.open();
        assert_eq!(pairs.label(&path("value"), "x"), None);
        assert_eq!(pairs.label(&path("name"), "a title that is no label"), None);
        assert_eq!(pairs.label(&path("value"), "x"), None);
        pairs.close();
        assert_eq!(pairs.label(&path("value"), "x"), Some("Author"));
    }
}

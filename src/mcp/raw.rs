//! JSON objects and arrays whose members stay the text they were.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON object as ordered members with their exact text. Refuses duplicate keys: two readers of one message
/// must never see two different things (RFC 8259 §4).
#[derive(Debug, Default)]
pub struct Object<'a>(Vec<(String, Cow<'a, RawValue>)>);

impl<'a> Object<'a> {
    /// Reads an object; [`None`] when the text is something else.
    pub fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The text of a member.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.get())
    }

    /// The member as an object.
    pub fn object(&self, key: &str) -> Option<Object<'_>> {
        Object::parse(self.get(key)?)
    }

    /// The member as a string.
    pub fn string(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.get(key)?).ok()
    }

    /// Sets a member to a text that is valid JSON, in its place if it is there, else at the end. Text that is not
    /// JSON leaves the object as it was.
    pub fn set(&mut self, key: &str, text: String) {
        let Ok(value) = RawValue::from_string(text) else { return };
        let value = Cow::Owned(value);
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, member)) => *member = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (at, (name, value)) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(formatter, "{comma}{}:{}", quoted(name), value.get())?;
        }
        formatter.write_str("}")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members: Vec<(String, Cow<'de, RawValue>)> = Vec::new();
                let mut names = std::collections::HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom("duplicate key"));
                    }
                    members.push((name, Cow::Borrowed(value)));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The elements of a JSON array, each as its exact text; [`None`] when the text is something else.
pub fn array(text: &str) -> Option<Vec<&str>> {
    let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}

/// The first elements of a JSON array, at most `most` of them, and how many there are in all; [`None`] when the text
/// is something else. The others take no memory.
pub fn array_head(text: &str, most: usize) -> Option<(Vec<&str>, usize)> {
    struct Head(usize);
    impl<'de> Visitor<'de> for Head {
        type Value = (Vec<&'de str>, usize);

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let (mut head, mut all) = (Vec::new(), 0);
            while let Some(element) = seq.next_element::<&'de RawValue>()? {
                if all < self.0 {
                    head.push(element.get());
                }
                all += 1;
            }
            Ok((head, all))
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let head = deserializer.deserialize_seq(Head(most)).ok()?;
    deserializer.end().ok()?;
    Some(head)
}

/// A JSON array of elements that are JSON already.
pub fn array_of<'a>(elements: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::from("[");
    for (at, element) in elements.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(element);
    }
    text.push(']');
    text
}

/// JSON in one spelling: keys sorted, no white space, strings escaped in one way, numbers digit by digit as they
/// were. Text that is not JSON comes back as it is.
pub fn canonical(text: &str) -> String {
    written(text, true, None)
}

/// JSON for people: indented, numbers digit by digit as they were.
pub fn indented(text: &str) -> String {
    written(text, false, Some(0))
}

fn written(text: &str, sorted: bool, indent: Option<usize>) -> String {
    let text = text.trim();
    let deeper = indent.map(|indent| indent + 2);
    let line =
        |indent: Option<usize>| indent.map_or(String::new(), |indent| format!("\n{}", " ".repeat(indent)));
    let (open, close, parts) = if let Some(object) = Object::parse(text) {
        let colon = if indent.is_some() { ": " } else { ":" };
        let mut members: Vec<(&str, &str)> = object.members().collect();
        if sorted {
            members.sort_unstable();
        }
        let member = |(key, value)| format!("{}{colon}{}", quoted(key), written(value, sorted, deeper));
        ('{', '}', members.into_iter().map(member).collect::<Vec<_>>())
    } else if let Some(items) = array(text) {
        ('[', ']', items.into_iter().map(|item| written(item, sorted, deeper)).collect())
    } else {
        return serde_json::from_str::<String>(text).map_or_else(|_| text.to_owned(), |text| quoted(&text));
    };
    if parts.is_empty() {
        return format!("{open}{close}");
    }
    let between = format!(",{}", line(deeper));
    format!("{open}{}{}{}{close}", line(deeper), parts.join(&between), line(indent))
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_stays_as_it_was() {
        let text = r#"{"b":1.10,"a":{"x": [1E2, "\u00e9"]},"z":12345678901234567890123}"#;
        let mut object = Object::parse(text).unwrap();
        assert_eq!(object.to_string(), text);
        object.set("b", "2".to_owned());
        object.set("new", "null".to_owned());
        assert_eq!(
            object.to_string(),
            r#"{"b":2,"a":{"x": [1E2, "\u00e9"]},"z":12345678901234567890123,"new":null}"#
        );
    }

    #[test]
    fn one_spelling_and_one_for_people() {
        let text = r#" { "b":[1.10, "\u00e9" ,{}], "a":{"y":12345678901234567890123,"x":null} } "#;
        assert_eq!(canonical(text), r#"{"a":{"x":null,"y":12345678901234567890123},"b":[1.10,"é",{}]}"#);
        assert_eq!(
            indented(text),
            "{\n  \"b\": [\n    1.10,\n    \"é\",\n    {}\n  ],\n  \"a\": {\n    \"y\": 12345678901234567890123,\n    \"x\": null\n  }\n}"
        );
        assert_eq!(canonical("nonsense"), "nonsense");
    }

    #[test]
    fn duplicate_keys_and_other_types_are_refused() {
        assert!(Object::parse(r#"{"a":1,"a":2}"#).is_none());
        assert!(Object::parse(r#"{"a":1,"\u0061":2}"#).is_none());
        assert!(Object::parse("[]").is_none());
        assert!(array("{}").is_none());
        assert!(array_head("{}", 9).is_none() && array_head("[1] 2", 9).is_none());
    }

    #[test]
    fn the_head_of_an_array_knows_its_length() {
        assert_eq!(array_head(r#"[1, "a" ,{}]"#, 2), Some((vec!["1", "\"a\""], 3)));
        assert_eq!(array_head("[]", 2), Some((Vec::new(), 0)));
    }
}

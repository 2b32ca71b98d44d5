//! `application/x-www-form-urlencoded` parameters of queries and bodies, each at most once (RFC 6749 §3.1, §3.2).

use url::form_urlencoded;

/// Parameters. One without a value counts as absent (RFC 6749 §3.1).
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

/// A parameter stands there twice, or there are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a parameter stands there more than once")]
pub struct Repeated;

/// More parameters than any request of OAuth has.
const MOST: usize = 64;

impl Form {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`Repeated`].
    pub fn parse(text: &[u8]) -> Result<Self, Repeated> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(text) {
            if pairs.len() >= MOST || pairs.iter().any(|(other, _)| *other == name) {
                return Err(Repeated);
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// The query of a request.
    ///
    /// # Errors
    /// [`Repeated`].
    pub fn query<B>(request: &http::Request<B>) -> Result<Self, Repeated> {
        Self::parse(request.uri().query().unwrap_or_default().as_bytes())
    }

    /// A parameter's value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(other, value)| other == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Repeated};

    #[test]
    fn a_parameter_stands_once_and_an_empty_one_not_at_all() {
        let form = Form::parse(b"a=1&b=&c=x%20y+z").unwrap();
        assert_eq!((form.value("a"), form.value("b"), form.value("c")), (Some("1"), None, Some("x y z")));
        assert_eq!(Form::parse(b"a=1&a=1").err(), Some(Repeated));
        assert_eq!(Form::parse(b"a=&a=1").err(), Some(Repeated));
        assert_eq!(Form::parse("x&".repeat(2).as_bytes()).err(), Some(Repeated));
    }
}

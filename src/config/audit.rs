//! What is proven of the audit chain, how long its records stay, and what they are asked for by name (`[audit]`).

use std::time::Duration;

use toml::Spanned;

use super::{ConfigError, Reader, raw};

/// `[audit]`, but for `on_failure`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// How soon after the last checkpoint the next is signed, if the chain has grown.
    pub checkpoint_every: Duration,
    /// How long records stay at least; for ever if there is none.
    pub retention: Option<Duration>,
    /// Whether anybody may read the newest checkpoint.
    pub publish: bool,
    /// What may stand before the number of a case.
    pub cases: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn audit(&self, raw: raw::Audit) -> Result<Audit, ConfigError> {
        let every = self.duration("audit.checkpoint_every", raw.checkpoint_every, "1h", "1m", "30d")?;
        let retention = match raw.retention {
            // Longer than any queue keeps a message: what is delivered again later would be taken for new.
            Some(_) => Some(self.duration("audit.retention", raw.retention, "400d", "30d", "36500d")?),
            None => None,
        };
        let cases = match raw.cases {
            Some(cases) => self.cases(&cases)?,
            None => vec!["CASE".to_owned()],
        };
        Ok(Audit { checkpoint_every: every, retention, publish: raw.publish, cases })
    }

    fn cases(&self, cases: &[Spanned<String>]) -> Result<Vec<String>, ConfigError> {
        let case = |case: &Spanned<String>| {
            let text = case.get_ref();
            let fits = (2..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
            let problem = "write 2 to 10 of A-Z, such as \"CASE\"";
            if fits { Ok(text.clone()) } else { Err(self.error("audit.cases", case, problem)) }
        };
        cases.iter().map(case).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::with;

    fn audit(lines: &str) -> Result<Audit, String> {
        with(&format!("[audit]\n{lines}"), "").map(|config| config.audit)
    }

    #[test]
    fn nothing_is_deleted_or_public_unless_it_is_said() {
        let hour = Duration::from_secs(3600);
        let default =
            Audit { checkpoint_every: hour, retention: None, publish: false, cases: vec!["CASE".to_owned()] };
        assert_eq!(audit("").unwrap(), default);
        let said = audit(
            "checkpoint_every = \"10m\"\nretention = \"400d\"\npublish = true\ncases = [\"HR\", \"INCIDENT\"]",
        );
        let said = said.unwrap();
        assert_eq!((said.checkpoint_every, said.retention), (hour / 6, Some(hour * 24 * 400)));
        assert_eq!((said.publish, said.cases.len()), (true, 2));
    }

    #[test]
    fn what_would_lose_records_or_hold_a_name_is_a_mistake() {
        for (line, problem) in [
            ("retention = \"29d\"", "audit.retention: write a duration from \"30d\""),
            ("checkpoint_every = \"1s\"", "audit.checkpoint_every: write a duration from \"1m\""),
            ("cases = [\"case\"]", "audit.cases: write 2 to 10 of A-Z"),
            ("cases = [\"X\"]", "audit.cases: write 2 to 10 of A-Z"),
            ("cases = [\"JANE DOE\"]", "audit.cases: write 2 to 10 of A-Z"),
        ] {
            let told = audit(line).unwrap_err();
            assert!(told.contains(problem), "{told}");
        }
    }
}

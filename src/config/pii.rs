//! What is personal and what is not, besides what is found by itself (`[pii]`, `[service.pii]`).

use std::rc::Rc;

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Reader, raw};
use crate::pii::{Allow, Custom, Kind, Pointer, Policy};

/// What happens to images, audio and files, which nobody looks into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Binary {
    /// They are handed on as they are.
    #[default]
    Pass,
    /// A text that says so takes their place.
    Block,
}

/// A word that is never masked is no longer, in bytes.
const MAX_WORD: usize = 200;

/// What `[pii]` says for all services.
pub(super) struct Common {
    allow: Allow,
    custom: Rc<Custom>,
}

impl Reader<'_> {
    pub(super) fn common(&self, raw: &raw::Pii) -> Result<Common, ConfigError> {
        let mut custom = Custom::default();
        for raw::Pattern { name, pattern, kind } in &raw.pattern {
            let kind = self.kind("pii.pattern.kind", kind.as_ref())?;
            custom.pattern(pattern.get_ref(), kind).map_err(|error| {
                self.error("pii.pattern.pattern", pattern, format_args!("{name:?}: {error}"))
            })?;
        }
        for raw::Dictionary { name, terms, kind, any_case } in &raw.dictionary {
            let kind = self.kind("pii.dictionary.kind", kind.as_ref())?;
            custom.terms(terms.get_ref(), kind, *any_case).map_err(|error| {
                self.error("pii.dictionary.terms", terms, format_args!("{name:?}: {error}"))
            })?;
        }
        let mut allow = Allow::default();
        self.allow("pii", &mut allow, &raw.allow, &raw.allow_any_case)?;
        Ok(Common { allow, custom: Rc::new(custom) })
    }

    pub(super) fn policy(&self, raw: &raw::ServicePii, common: &Common) -> Result<Policy, ConfigError> {
        let pointer = |key: &str, text: &Spanned<String>| -> Result<Pointer, ConfigError> {
            text.get_ref().parse().map_err(|error| self.error(key, text, error))
        };
        let list = |key: &str, texts: &[Spanned<String>]| {
            texts.iter().map(|text| pointer(key, text)).collect::<Result<Vec<_>, _>>()
        };
        let keep = list("service.pii.keep", &raw.keep)?;
        let kept = |key: &str, text: &Spanned<String>, pointer: &Pointer| match keep
            .iter()
            .any(|kept| kept.covers(pointer))
        {
            true => Err(self.error(key, text, "this lies inside what `keep` names; take one of them out")),
            false => Ok(()),
        };
        let block = list("service.pii.block", &raw.block)?;
        for (text, pointer) in raw.block.iter().zip(&block) {
            kept("service.pii.block", text, pointer)?;
        }
        let mut mask = Vec::new();
        for (text, kind) in &raw.mask {
            let pointer = pointer("service.pii.mask", text)?;
            kept("service.pii.mask", text, &pointer)?;
            mask.push((pointer, self.kind("service.pii.mask", Some(kind))?));
        }
        let mut allow = common.allow.clone();
        self.allow("service.pii", &mut allow, &raw.allow, &raw.allow_any_case)?;
        Ok(Policy { keep, ids: Vec::new(), mask, block, allow, custom: Rc::clone(&common.custom) })
    }

    fn kind(&self, key: &str, word: Option<&Spanned<String>>) -> Result<Kind, ConfigError> {
        let Some(word) = word else { return Ok(Kind::Custom) };
        Kind::named(word.get_ref().as_bytes()).ok_or_else(|| {
            let kinds: Vec<_> = Kind::ALL.into_iter().map(Kind::name).collect();
            self.error(key, word, format_args!("write one of {}", kinds.join(", ")))
        })
    }

    fn allow(
        &self,
        key: &str,
        allow: &mut Allow,
        words: &[Spanned<String>],
        any_case: &[Spanned<String>],
    ) -> Result<(), ConfigError> {
        let word = |key: String, word: &Spanned<String>| match word.get_ref().trim() {
            text if text.is_empty() || text.len() > MAX_WORD => {
                Err(self.error(&key, word, "write a word or a value of 1 to 200 bytes"))
            }
            text => Ok(text.to_owned()),
        };
        for text in words {
            allow.exact.insert(word(format!("{key}.allow"), text)?);
        }
        for text in any_case {
            allow.caseless.insert(word(format!("{key}.allow_any_case"), text)?.to_lowercase());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, tests};
    use super::Binary;

    fn read(pii: &str, service: &str) -> Result<Config, String> {
        tests::with(pii, &format!("[service.pii]\n{service}"))
    }

    #[test]
    fn a_policy_is_read() {
        let config = read(
            "[pii]\nallow = [\"Phoenix\"]\n[[pii.pattern]]\nname = \"customer\"\npattern = '\\bKD-\\d{6}\\b'\n\
             [[pii.dictionary]]\nname = \"projects\"\nterms = [\"Nordlicht\"]\nany_case = true",
            "keep = [\"/key\"]\nblock = [\"/salary\"]\nbinary = \"block\"\nallow_any_case = [\"Blue Harbour\"]\n\
             mask = { \"/ref\" = \"custom\", \"/contact\" = \"person\" }",
        )
        .unwrap();
        let pii = &config.service("a").unwrap().pii;
        assert_eq!(pii.binary, Binary::Block);
        assert_eq!((pii.policy.block.len(), pii.policy.mask.len()), (1, 2));
        assert!(
            pii.policy.allow.exact.contains("Phoenix") && pii.policy.allow.caseless.contains("blue harbour")
        );
        assert_eq!(format!("{:?}", pii.policy.custom), "Custom(1 patterns, 1 terms)");
    }

    #[test]
    fn mistakes_are_named() {
        for (pii, service, told) in [
            (
                "[[pii.pattern]]\nname = \"a\"\npattern = '('",
                "",
                "line 9: pii.pattern.pattern: \"a\": not a pattern",
            ),
            ("[[pii.pattern]]\nname = \"a\"\npattern = 'a*'", "", "matches the empty text"),
            (
                "[[pii.pattern]]\nname = \"a\"\npattern = 'a'\nkind = \"x\"",
                "",
                "pii.pattern.kind: write one of person,",
            ),
            (
                "[[pii.dictionary]]\nname = \"d\"\nterms = [\"-\"]",
                "",
                "pii.dictionary.terms: \"d\": a term has",
            ),
            ("[pii]\nallow = [\"\"]", "", "line 8: pii.allow: write a word"),
            ("", "block = [\"salary\"]", "service.pii.block: a JSON pointer begins with a slash"),
            (
                "",
                "keep = [\"/a\"]\nblock = [\"/a/b\"]",
                "service.pii.block: this lies inside what `keep` names",
            ),
            ("", "mask = { \"/a\" = \"name\" }", "service.pii.mask: write one of person,"),
            ("", "binary = \"drop\"", "binary"),
        ] {
            let error = read(pii, service).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}

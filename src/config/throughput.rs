//! How much people may pull before it is unusual, and what comes of it (`[guard.throughput]`).

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::raw::SecretName;
use super::{ConfigError, Reader, raw};
use crate::guard::throughput::{Amounts, Bounds, Span};

/// `[guard.throughput]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throughput {
    /// Whether who pulls more than is usual is held until an administrator releases them.
    pub hold: bool,
    /// Who is told.
    pub webhook: Option<Webhook>,
    /// What is unusual in an hour.
    pub hour: Bounds,
    /// What is unusual in a day.
    pub day: Bounds,
    /// How long counts of hours are kept.
    pub keep_hours: Duration,
    /// How long counts of days are kept.
    pub keep_days: Duration,
}

/// Where alerts are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The address.
    pub url: Url,
    /// The name of the secret that is sent along as a bearer token.
    pub bearer: Option<String>,
}

impl Throughput {
    /// What is unusual in a stretch of time.
    pub fn bounds(&self, span: Span) -> &Bounds {
        match span {
            Span::Hour => &self.hour,
            Span::Day => &self.day,
        }
    }
}

/// A number or a size, as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Many {
    Number(i64),
    Size(String),
}

/// The most that can be written: 2^53, as every host can keep it.
const MOST: u64 = 1 << 53;

impl Reader<'_> {
    pub(super) fn throughput(&self, raw: raw::Throughput) -> Result<Throughput, ConfigError> {
        let webhook = match raw.webhook {
            Some(text) => {
                let url = self.url("guard.throughput.webhook", &text)?;
                self.require_tls("guard.throughput.webhook", &text, &url)?;
                let bearer = raw.webhook_bearer.map(|secret| secret.into_inner().secret);
                Some(Webhook { url, bearer })
            }
            None => {
                if let Some(secret) = &raw.webhook_bearer {
                    return Err(self.lone_bearer(secret));
                }
                None
            }
        };
        let times = match &raw.times {
            Some(times) => {
                let problem = "write a whole number from 2 to 100: so many times what is usual";
                let read = u64::try_from(*times.get_ref()).ok().filter(|times| (2..=100).contains(times));
                read.ok_or_else(|| self.error("guard.throughput.times", times, problem))?
            }
            None => 3,
        };
        let many = |key: &str, value: &Option<Spanned<Many>>, default| self.many(key, value, default);
        let least = Amounts {
            calls: many("least_calls", &raw.least_calls, 60)?,
            bytes: many("least_bytes", &raw.least_bytes, 1 << 20)?,
            records: many("least_records", &raw.least_records, 200)?,
        };
        let hour = Amounts {
            calls: many("most_calls_per_hour", &raw.most_calls_per_hour, 2_000)?,
            bytes: many("most_bytes_per_hour", &raw.most_bytes_per_hour, 64 << 20)?,
            records: many("most_records_per_hour", &raw.most_records_per_hour, 20_000)?,
        };
        let day = Amounts {
            calls: many("most_calls_per_day", &raw.most_calls_per_day, 10_000)?,
            bytes: many("most_bytes_per_day", &raw.most_bytes_per_day, 512 << 20)?,
            records: many("most_records_per_day", &raw.most_records_per_day, 100_000)?,
        };
        Ok(Throughput {
            hold: raw.hold,
            webhook,
            hour: Bounds { least, most: hour, times },
            day: Bounds { least, most: day, times },
            keep_hours: self.duration("guard.throughput.keep_hours", raw.keep_hours, "8d", "2d", "31d")?,
            keep_days: self.duration("guard.throughput.keep_days", raw.keep_days, "90d", "14d", "730d")?,
        })
    }

    fn lone_bearer(&self, secret: &Spanned<SecretName>) -> ConfigError {
        let problem = "this is for the webhook: name that as well, or leave this out";
        self.error("guard.throughput.webhook_bearer", secret, problem)
    }

    /// How many, or how many bytes; a size only where the key is about bytes.
    fn many(&self, key: &str, value: &Option<Spanned<Many>>, default: u64) -> Result<u64, ConfigError> {
        let Some(value) = value else { return Ok(default) };
        let of_bytes = key.contains("bytes");
        let read = match value.get_ref() {
            Many::Number(number) if !of_bytes => u64::try_from(*number).ok(),
            Many::Size(text) if of_bytes => text.parse::<bytesize::ByteSize>().ok().map(|size| size.0),
            _ => None,
        };
        read.filter(|read| (1..=MOST).contains(read)).ok_or_else(|| {
            let problem = match of_bytes {
                true => "write a size, such as \"64 MiB\"",
                false => "write a whole number from 1 on, such as 1000",
            };
            self.error(&format!("guard.throughput.{key}"), value, problem)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::with;
    use super::*;
    use crate::guard::throughput::Measure;

    fn read(lines: &str) -> Result<Throughput, String> {
        with(&format!("[guard.throughput]\n{lines}"), "").map(|config| config.throughput)
    }

    #[test]
    fn reads_and_fills_in_defaults() {
        let usual = with("", "").unwrap().throughput;
        assert!(!usual.hold && usual.webhook.is_none());
        assert_eq!(usual.keep_hours, Duration::from_secs(8 * 86_400));
        let read = read(
            "hold = true\nwebhook = \"https://pager.example.com/x\"\nwebhook_bearer = { secret = \"PAGER\" }\n\
             most_records_per_hour = 50\nleast_bytes = \"2 MiB\"\ntimes = 5",
        )
        .unwrap();
        assert!(read.hold && read.webhook.unwrap().bearer.as_deref() == Some("PAGER"));
        assert_eq!(read.hour.most.of(Measure::Records), 50);
        assert_eq!((read.day.least.bytes, read.hour.times), (2 << 20, 5));
    }

    #[test]
    fn mistakes_are_named() {
        for (lines, problem) in [
            ("webhook = \"http://pager.example.com\"", "guard.throughput.webhook: write https://"),
            (
                "webhook_bearer = { secret = \"PAGER\" }",
                "guard.throughput.webhook_bearer: this is for the webhook",
            ),
            ("times = 1", "guard.throughput.times"),
            ("most_records_per_hour = 0", "guard.throughput.most_records_per_hour: write a whole number"),
            (
                "most_records_per_day = \"1 MiB\"",
                "guard.throughput.most_records_per_day: write a whole number",
            ),
            ("most_bytes_per_day = 5", "guard.throughput.most_bytes_per_day: write a size"),
            ("keep_hours = \"1h\"", "guard.throughput.keep_hours"),
            ("most_record = 5", "unknown field"),
        ] {
            let told = read(lines).unwrap_err();
            assert!(told.contains(problem), "{told}");
        }
    }
}

//! Where audit records are sent to (`[[audit.sink]]`).

use http::HeaderName;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::{ConfigError, Reader, raw};
use crate::audit::format::Format;

/// A place that audit records are sent to.
#[derive(Clone, Debug)]
pub struct Sink {
    /// Its id: 1 to 24 of `a-z`, `0-9`, `-`.
    pub id: String,
    /// What it speaks.
    pub kind: SinkKind,
    /// Where records are posted to.
    pub url: Url,
    /// In which format.
    pub format: Format,
    /// Headers and the name of the secret that each holds. `Authorization` has its scheme put in front.
    pub headers: Vec<(HeaderName, String)>,
    /// How many records go together at most.
    pub batch: i64,
}

/// What a sink speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SinkKind {
    /// Splunk's HTTP Event Collector.
    SplunkHec,
    /// A POST of the records, and any answer that is a success.
    Https,
    /// OTLP over HTTP, as JSON.
    Otlp,
}

impl Reader<'_> {
    pub(super) fn sinks(&self, raw: Vec<raw::Sink>) -> Result<Vec<Sink>, ConfigError> {
        let mut sinks: Vec<Sink> = Vec::with_capacity(raw.len());
        for sink in raw {
            let id = sink.id.get_ref();
            let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if id.is_empty() || id.len() > 24 || !id.chars().all(legal) {
                return Err(self.error("audit.sink.id", &sink.id, "write 1 to 24 of a-z, 0-9 and -"));
            }
            if sinks.iter().any(|other| other.id == *id) {
                return Err(self.error("audit.sink.id", &sink.id, "another sink has this id already"));
            }
            let url = self.url("audit.sink.url", &sink.url)?;
            self.require_tls("audit.sink.url", &sink.url, &url)?;
            if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
                let problem =
                    "write scheme, host and path; what the sink knows you by goes into token or headers";
                return Err(self.error("audit.sink.url", &sink.url, problem));
            }
            let kind = *sink.kind.get_ref();
            let format = self.sink_format(kind, sink.format.as_ref())?;
            let mut headers = Vec::new();
            match sink.token {
                Some(token) => headers.push((http::header::AUTHORIZATION, token.secret)),
                None if kind == SinkKind::SplunkHec => {
                    let problem = "write token = { secret = \"NAME\" }, the token of the event collector";
                    return Err(self.error("audit.sink.token", &sink.kind, problem));
                }
                None => {}
            }
            for (name, secret) in sink.headers {
                headers.push((self.own_header("audit.sink.headers", &name)?, secret.secret));
            }
            let batch = match sink.batch {
                None => 100,
                Some(batch) if (1..=1000).contains(batch.get_ref()) => *batch.get_ref(),
                Some(batch) => {
                    return Err(self.error("audit.sink.batch", &batch, "write a number from 1 to 1000"));
                }
            };
            sinks.push(Sink { id: sink.id.into_inner(), kind, url, format, headers, batch });
        }
        if sinks.len() > MOST {
            let problem = format!("at most {MOST} sinks are sent to; let one of them hand on to the others");
            return Err(ConfigError { line: 0, key: "audit.sink".to_owned(), problem });
        }
        Ok(sinks)
    }

    fn sink_format(&self, kind: SinkKind, format: Option<&Spanned<String>>) -> Result<Format, ConfigError> {
        let fitting: &[Format] = match kind {
            SinkKind::Https => &Format::ALL,
            SinkKind::SplunkHec => &[Format::Jsonl, Format::Ocsf],
            SinkKind::Otlp => &[Format::Otlp],
        };
        let default = if kind == SinkKind::Otlp { Format::Otlp } else { Format::Jsonl };
        let Some(format) = format else { return Ok(default) };
        let named = Format::named(format.get_ref()).filter(|format| fitting.contains(format));
        named.ok_or_else(|| {
            let names: Vec<&str> = fitting.iter().map(|format| format.name()).collect();
            self.error(
                "audit.sink.format",
                format,
                format!("for this kind write one of: {}", names.join(", ")),
            )
        })
    }
}

/// The most sinks: each has its own requests.
const MOST: usize = 8;

#[cfg(test)]
mod tests {
    use super::super::tests::with;
    use super::*;

    #[test]
    fn sinks_are_read() {
        let config = with(
            "[[audit.sink]]\nid = \"splunk\"\nkind = \"splunk_hec\"\nurl = \"https://s.example.com/services/collector/event\"\n\
             token = { secret = \"HEC\" }\nformat = \"ocsf\"\n\
             [[audit.sink]]\nid = \"lake\"\nkind = \"https\"\nurl = \"http://127.0.0.1:9/in\"\nbatch = 7\nformat = \"cef\"\n\
             headers = { \"x-api-key\" = { secret = \"KEY\" } }\n\
             [[audit.sink]]\nid = \"otel\"\nkind = \"otlp\"\nurl = \"https://o.example.com/v1/logs\"\n",
            "",
        )
        .unwrap();
        let [splunk, lake, otel] = &config.sinks[..] else { panic!("three sinks") };
        assert_eq!((splunk.kind, splunk.format, splunk.batch), (SinkKind::SplunkHec, Format::Ocsf, 100));
        assert_eq!(splunk.headers, [(http::header::AUTHORIZATION, "HEC".to_owned())]);
        assert_eq!((lake.format, lake.batch, lake.headers.len()), (Format::Cef, 7, 1));
        assert_eq!((otel.format, otel.url.path()), (Format::Otlp, "/v1/logs"));
    }

    #[test]
    fn mistakes_are_named_with_their_remedy() {
        let sink = "id = \"a\"\nkind = \"https\"\nurl = \"https://s.example.com/\"\n";
        for (from, to, told) in [
            ("\"a\"", "\"A b\"", "line 8: audit.sink.id: write 1 to 24"),
            ("https://s", "http://s", "line 10: audit.sink.url: write https://"),
            ("https://s", "https://u:p@s", "line 10: audit.sink.url: write scheme, host and path"),
            ("https://s.example.com/", "s.example.com", "line 10: audit.sink.url: write a URL"),
            ("\"https\"", "\"syslog\"", "line 9: kind: unknown variant"),
            ("\"https\"", "\"splunk_hec\"", "line 9: audit.sink.token: write token"),
            (
                "\"https\"\n",
                "\"otlp\"\nformat = \"cef\"\n",
                "line 10: audit.sink.format: for this kind write one of: otlp",
            ),
            (
                "\"https\"\n",
                "\"https\"\nformat = \"xml\"\n",
                "line 10: audit.sink.format: for this kind write one of: jsonl",
            ),
            (
                "\"https\"\n",
                "\"https\"\nbatch = 0\n",
                "line 10: audit.sink.batch: write a number from 1 to 1000",
            ),
            ("\"https\"\n", "\"https\"\ntoken = \"s3cret\"\n", "line 10: token: write { secret = \"NAME\" }"),
            (
                "\"https\"\n",
                "\"https\"\nheaders = { host = { secret = \"X\" } }\n",
                "line 10: audit.sink.headers: write the name of a header",
            ),
        ] {
            assert!(sink.contains(from));
            let refused = with(&format!("[[audit.sink]]\n{}", sink.replacen(from, to, 1)), "").unwrap_err();
            assert!(refused.starts_with(told), "{refused}");
        }
        let twice = with(&format!("[[audit.sink]]\n{sink}[[audit.sink]]\n{sink}"), "").unwrap_err();
        assert!(twice.contains("another sink has this id"), "{twice}");
    }
}

//! What a sink's answer means, and when to try again. Pure.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::audit::Reason;
use crate::config::SinkKind;
use crate::host::{FetchError, Timestamp};

/// What became of records that were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The sink has them.
    Taken,
    /// It may take them later; not before the time that it asked for.
    Later(Reason, Option<StatusCode>, Option<Duration>),
    /// It will not take them.
    Never(Reason, Option<StatusCode>),
}

/// What an answer means.
pub(super) fn of_answer(
    kind: SinkKind,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Verdict {
    if status.is_success() {
        return match kind {
            SinkKind::Https => Verdict::Taken,
            SinkKind::SplunkHec if code(body) == Some(0) => Verdict::Taken,
            SinkKind::SplunkHec => Verdict::Later(Reason::SinkRubbish, Some(status), None),
            // "The client MUST NOT retry the request when it receives a partial success response."
            SinkKind::Otlp if rejected(body) > 0 => Verdict::Never(Reason::SinkRefused, Some(status)),
            SinkKind::Otlp => Verdict::Taken,
        };
    }
    let passing = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    if passing || status.is_server_error() {
        return Verdict::Later(Reason::SinkBusy, Some(status), asked(headers, now));
    }
    Verdict::Never(Reason::SinkRefused, Some(status))
}

/// What it means that there is no answer.
pub(super) fn of_silence(error: &FetchError) -> Verdict {
    let reason = match error {
        FetchError::Unreachable(_) => Reason::SinkUnreachable,
        FetchError::TimedOut => Reason::SinkTimeout,
    };
    Verdict::Later(reason, None, None)
}

/// The pause before the next attempt, after so many failures in a row: twice as long each time, and not to the second
/// the same for everybody. `random` is any byte.
pub(super) fn pause(failures: i64, random: u8, asked: Option<Duration>) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 16)).unwrap_or_default();
    let longest = LONGEST.min(Duration::from_secs(1) * 2u32.pow(doublings));
    let own = longest / 2 + longest / 2 * u32::from(random) / 255;
    own.max(asked.unwrap_or_default().min(LONGEST_ASKED))
}

/// The longest pause by ourselves, and the longest that a sink can ask for.
const LONGEST: Duration = Duration::from_secs(15 * 60);
pub(super) const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);

/// `Retry-After`: seconds, or a moment.
fn asked(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // An HTTP date ends in GMT, where RFC 2822 has the offset of the time zone too.
    let moment = OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok()?;
    u64::try_from(moment.unix_timestamp().checked_sub(now.seconds())?).ok().map(Duration::from_secs)
}

/// `{"text":"Success","code":0}`
fn code(body: &[u8]) -> Option<i64> {
    serde_json::from_slice::<Value>(body).ok()?.get("code")?.as_i64()
}

/// `{"partialSuccess":{"rejectedLogRecords":"1"}}`, where 64-bit numbers are texts.
fn rejected(body: &[u8]) -> i64 {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let number = &answer["partialSuccess"]["rejectedLogRecords"];
    number.as_i64().or_else(|| number.as_str()?.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(kind: SinkKind, status: u16, body: &str) -> Verdict {
        let status = StatusCode::from_u16(status).unwrap();
        of_answer(kind, status, &HeaderMap::new(), body.as_bytes(), Timestamp(0))
    }

    #[test]
    fn an_answer_counts_for_what_its_protocol_says() {
        use SinkKind::{Https, Otlp, SplunkHec};
        for (kind, status, body) in [
            (Https, 200, ""),
            (Https, 204, ""),
            (SplunkHec, 200, "{\"text\":\"Success\",\"code\":0}"),
            (Otlp, 200, "{}"),
            (Otlp, 200, ""),
            (Otlp, 200, "{\"partialSuccess\":{}}"),
            (Otlp, 200, "{\"partialSuccess\":{\"rejectedLogRecords\":\"0\",\"errorMessage\":\"slow down\"}}"),
        ] {
            assert_eq!(verdict(kind, status, body), Verdict::Taken, "{kind:?} {status} {body}");
        }
        for (kind, status, body) in [
            (Otlp, 200, "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\"}}"),
            (Otlp, 200, "{\"partialSuccess\":{\"rejectedLogRecords\":1}}"),
            (Https, 301, ""),
            (Https, 400, ""),
            (Https, 401, ""),
            (Https, 413, ""),
            (SplunkHec, 403, "{\"text\":\"Invalid token\",\"code\":4}"),
        ] {
            let status_code = StatusCode::from_u16(status).ok();
            let never = Verdict::Never(Reason::SinkRefused, status_code);
            assert_eq!(verdict(kind, status, body), never, "{kind:?} {status} {body}");
        }
        for (kind, status, reason) in [
            (Https, 408, Reason::SinkBusy),
            (Https, 429, Reason::SinkBusy),
            (Https, 500, Reason::SinkBusy),
            (SplunkHec, 503, Reason::SinkBusy),
            (SplunkHec, 200, Reason::SinkRubbish),
        ] {
            let status_code = StatusCode::from_u16(status).ok();
            assert_eq!(verdict(kind, status, "<html>"), Verdict::Later(reason, status_code, None));
        }
        let busy = "{\"text\":\"Server is busy\",\"code\":9}";
        assert_eq!(
            verdict(SplunkHec, 200, busy),
            Verdict::Later(Reason::SinkRubbish, Some(StatusCode::OK), None)
        );
    }

    #[test]
    fn a_sink_says_when_to_come_back() {
        let now = Timestamp(1_795_000_000_000);
        let said = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            asked(&headers, now).map(|pause| pause.as_secs())
        };
        assert_eq!(said("120"), Some(120));
        assert_eq!(said("Wed, 18 Nov 2026 11:08:20 GMT"), Some(1_795_000_100 - 1_795_000_000));
        assert_eq!(said("Wed, 18 Nov 2026 10:00:00 GMT"), None, "that is over");
        assert_eq!(said("soon"), None);
        assert_eq!(asked(&HeaderMap::new(), now), None);
    }

    #[test]
    fn pauses_grow_and_differ_and_end() {
        let seconds = |failures, random, asked: Option<u64>| {
            pause(failures, random, asked.map(Duration::from_secs)).as_secs_f64()
        };
        assert_eq!((seconds(1, 0, None), seconds(1, 255, None)), (0.5, 1.0));
        assert_eq!((seconds(5, 0, None), seconds(5, 255, None)), (8.0, 16.0));
        assert_eq!((seconds(1000, 0, None), seconds(i64::MAX, 255, None)), (450.0, 900.0));
        assert_eq!(seconds(1, 255, Some(30)), 30.0, "a sink can ask for more");
        assert_eq!(seconds(9, 255, Some(3)), 256.0, "and not for less");
        assert_eq!(seconds(1, 0, Some(1_000_000)), 3600.0, "within reason");
    }
}

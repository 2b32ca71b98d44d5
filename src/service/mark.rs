//! Where a stream is, and how often it is taken up again when it ends before it should.

use std::time::Duration;

use http::HeaderValue;

use crate::mcp::sse::Event;

/// How often a stream that says nothing is taken up again, and what it may ask for at most between.
const RESUMPTIONS: usize = 5;
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// Where a stream is.
pub(super) struct Mark {
    /// The last event's id, if the service gives them.
    last: Option<HeaderValue>,
    /// How long the service wants to be left alone when the stream breaks off.
    retry: Duration,
    resumptions: usize,
}

impl Mark {
    /// At the beginning of a stream.
    pub(super) fn new() -> Self {
        Self { last: None, retry: Duration::from_secs(1), resumptions: 0 }
    }

    /// After this event.
    pub(super) fn note(&mut self, event: &Event) {
        for field in &event.fields {
            let Some((name, value)) = field.split_once(':') else { continue };
            match name {
                "id" => self.last = HeaderValue::from_str(value.trim()).ok(),
                "retry" => {
                    let retry = value.trim().parse().map_or(self.retry, Duration::from_millis);
                    self.retry = retry.min(LONGEST_RETRY);
                }
                _ => {}
            }
        }
    }

    /// The stream was worth taking up: whoever polls with news is not looping.
    pub(super) fn progressed(&mut self) {
        self.resumptions = 0;
    }

    /// The id that the stream goes on after.
    pub(super) fn last(&self) -> Option<&HeaderValue> {
        self.last.as_ref()
    }

    /// How long to wait before it is taken up again; [`None`] when that was often enough.
    pub(super) fn again(&mut self) -> Option<Duration> {
        self.resumptions += 1;
        (self.resumptions <= RESUMPTIONS).then_some(self.retry)
    }
}

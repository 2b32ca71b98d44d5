//! Server-sent events (WHATWG HTML §9.2), as a push parser: bytes in, whole events out, nothing else kept.

use bytes::Bytes;

/// One event, or a comment that keeps the connection alive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The `event`, `id` and `retry` lines as they came, without line ends, and comments without their text.
    pub fields: Vec<String>,
    /// The `data` lines, joined by line feeds; [`None`] when there was none.
    pub data: Option<String>,
}

/// The stream is not one that can be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// An event that grows past the limit.
    #[error("an event of the stream is too large")]
    TooLarge,
    /// Not UTF-8.
    #[error("the stream is not UTF-8")]
    Encoding,
}

/// Splits a stream into events, whatever the chunks it comes in.
#[derive(Debug)]
pub struct Parser {
    line: Vec<u8>,
    event: Event,
    size: usize,
    limit: usize,
    after_cr: bool,
    first: bool,
    fault: Option<StreamError>,
}

impl Parser {
    /// A parser for events of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let (line, event) = (Vec::new(), Event::default());
        Self { line, event, size: 0, limit, after_cr: false, first: true, fault: None }
    }

    /// Takes the next chunk and gives the events that it completes. A chunk that completes some and then breaks the
    /// stream gives them, and the fault comes with the next: how a stream was cut into chunks decides nothing.
    ///
    /// # Errors
    /// [`StreamError`]; the stream is then over.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<Event>, StreamError> {
        let mut events = Vec::new();
        let read = self.fault.map_or_else(|| self.read(chunk, &mut events), Err);
        self.fault = read.err();
        if events.is_empty() { read.map(|()| events) } else { Ok(events) }
    }

    /// Says whether the stream that ended here was sound. An event that was not completed is none (WHATWG HTML
    /// §9.2.6).
    ///
    /// # Errors
    /// The [`StreamError`] that came with the last chunk and was not told yet.
    pub fn end(&self) -> Result<(), StreamError> {
        self.fault.map_or(Ok(()), Err)
    }

    fn read(&mut self, mut chunk: &[u8], events: &mut Vec<Event>) -> Result<(), StreamError> {
        while !chunk.is_empty() {
            if std::mem::take(&mut self.after_cr) && chunk.first() == Some(&b'\n') {
                chunk = chunk.get(1..).unwrap_or_default();
                continue;
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', chunk) else {
                self.grow(chunk)?;
                break;
            };
            let (head, rest) = chunk.split_at(end);
            self.grow(head)?;
            self.after_cr = rest.first() == Some(&b'\r');
            chunk = rest.get(1..).unwrap_or_default();
            events.extend(self.end_line()?);
        }
        Ok(())
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        self.size += bytes.len();
        if self.size > self.limit {
            return Err(StreamError::TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Event>, StreamError> {
        let line = String::from_utf8(std::mem::take(&mut self.line)).map_err(|_| StreamError::Encoding)?;
        let line = match std::mem::take(&mut self.first) {
            true => line.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(line),
            false => line,
        };
        // Every line costs a little beyond its bytes, so that a stream of empty fields is bounded too.
        self.size += 8;
        if line.is_empty() {
            self.size = 0;
            let event = std::mem::take(&mut self.event);
            return Ok((event != Event::default()).then_some(event));
        }
        if line == "data" || line.starts_with("data:") {
            let value = line.get(5..).unwrap_or_default();
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.event.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.event.data = Some(value.to_owned()),
            }
        } else if let Some(field) = passed(&line) {
            self.event.fields.push(field);
        }
        Ok(None)
    }
}

/// The lines that go on besides `data`. The text of a comment does not: nothing looks into it. Neither do unknown
/// fields, which one reader may take for another field than the next.
fn passed(line: &str) -> Option<String> {
    if line.starts_with(':') {
        return Some(":".to_owned());
    }
    let name = line.split(':').next().unwrap_or_default();
    ["event", "id", "retry"].contains(&name).then(|| line.to_owned())
}

impl Event {
    /// Whether it is of another type than `message`: none of the protocol's, but for the first of HTTP+SSE.
    pub fn is_of_another_type(&self) -> bool {
        let named = self.fields.iter().filter_map(|field| field.strip_prefix("event:"));
        named.map(|name| name.strip_prefix(' ').unwrap_or(name)).any(|name| !["", "message"].contains(&name))
    }

    /// Whether the event has an id, which a client that comes back can name.
    pub fn has_id(&self) -> bool {
        self.fields.iter().any(|field| field.strip_prefix("id:").is_some_and(|id| !id.trim().is_empty()))
    }

    /// An event with data and nothing else.
    pub fn message(data: impl Into<String>) -> Self {
        Self { fields: Vec::new(), data: Some(data.into()) }
    }

    /// The event as it goes on the wire.
    pub fn to_bytes(&self) -> Bytes {
        let mut text = String::with_capacity(self.data.as_ref().map_or(16, |data| data.len() + 16));
        for field in &self.fields {
            text.push_str(field);
            text.push('\n');
        }
        if let Some(data) = &self.data {
            // In JSON a carriage return is white space; here it would end the line.
            for line in data.split(['\n', '\r']) {
                text.push_str("data: ");
                text.push_str(line);
                text.push('\n');
            }
        }
        text.push('\n');
        Bytes::from(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = "\u{feff}: hello\n\nid: 1\nevent: message\ndata: {\"a\":1}\n\n\
                          data: one\r\ndata:two\r\rdata\r\ndata:  three\n\nid: 9\ndata:\n\nretry: 5\n\n";

    fn all(chunks: &[&[u8]]) -> Vec<Event> {
        let mut parser = Parser::new(1000);
        chunks.iter().flat_map(|chunk| parser.push(chunk).unwrap()).collect()
    }

    #[test]
    fn reads_every_line_end_and_field() {
        let events = all(&[STREAM.as_bytes()]);
        assert_eq!(events.len(), 6);
        assert_eq!(events[0], Event { fields: vec![":".into()], data: None });
        assert_eq!(
            events[1],
            Event { fields: vec!["id: 1".into(), "event: message".into()], data: Some("{\"a\":1}".into()) }
        );
        assert_eq!(events[2].data.as_deref(), Some("one\ntwo"));
        assert_eq!(events[3].data.as_deref(), Some("\n three"));
        assert_eq!(events[4].data.as_deref(), Some(""));
        assert_eq!(events[5].fields, ["retry: 5"]);
    }

    #[test]
    fn a_field_that_hides_behind_a_second_mark_is_dropped() {
        assert_eq!(all(&["\u{feff}\u{feff}data: x\n\nDATA: y\n\n".as_bytes()]), []);
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut parser = Parser::new(100);
        assert_eq!(parser.push(&[b'a'; 101]), Err(StreamError::TooLarge));
        let mut parser = Parser::new(100);
        assert_eq!(parser.push("data\n".repeat(100).as_bytes()), Err(StreamError::TooLarge));
        let mut parser = Parser::new(100);
        assert_eq!(parser.push(b"data: \xff\n"), Err(StreamError::Encoding));
    }

    #[test]
    fn what_came_before_a_fault_in_the_same_chunk_is_not_lost() {
        let mut parser = Parser::new(100);
        assert_eq!(parser.push(b"data: x\n\ndata: \xff\n"), Ok(vec![Event::message("x")]));
        assert_eq!(parser.end(), Err(StreamError::Encoding), "where the stream ends with that chunk");
        assert_eq!(parser.push(b""), Err(StreamError::Encoding));
        assert_eq!(parser.push(b"data: y\n\n"), Err(StreamError::Encoding));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_events(cuts in proptest::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.extend([0, STREAM.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|w| &STREAM.as_bytes()[w[0]..w[1]]).collect();
            prop_assert_eq!(all(&chunks), all(&[STREAM.as_bytes()]));
        }

        #[test]
        fn white_space_of_json_stays_within_the_event(data in "[a-z {}:,\\r\\n]{0,40}") {
            let read = all(&[&Event::message(data.as_str()).to_bytes()]);
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(read[0].data.clone().unwrap(), data.replace('\r', "\n"));
        }

        #[test]
        fn what_is_written_reads_the_same(data in "[a-z \\n]{0,40}") {
            let event = Event { fields: vec!["id: 3".into()], data: Some(data) };
            prop_assert_eq!(all(&[&event.to_bytes()]), vec![event]);
        }
    }
}

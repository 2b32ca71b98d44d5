//! The reader of event streams. Input: a stream.

use mcpgate::mcp::sse::{Event, Parser, StreamError};

/// Small enough for a fuzzer to reach.
const LIMIT: usize = 200;
const NO_LIMIT: usize = usize::MAX / 2;

/// Checks one input.
pub fn check(data: &[u8]) {
    for limit in [LIMIT, NO_LIMIT] {
        let (whole, fault) = read(data, data.len(), limit);
        for size in [1, 2, 3, 7, 64] {
            let (events, same) = read(data, size, limit);
            assert_eq!(same, fault, "chunks of {size}");
            assert_eq!(events, whole, "chunks of {size}");
        }
        for event in &whole {
            let size = event.data.as_ref().map_or(0, String::len)
                + event.fields.iter().map(String::len).sum::<usize>();
            assert!(size <= limit, "{size} bytes of at most {limit}");
        }
    }
    let (events, fault) = read(data, data.len(), NO_LIMIT);
    let written: Vec<u8> = events.iter().flat_map(Event::to_bytes).collect();
    assert_eq!(read(&written, 5, NO_LIMIT), (events.clone(), None), "what is written reads the same");
    if fault.is_none()
        && let Ok(text) = std::str::from_utf8(data)
    {
        let data: Vec<&String> = events.iter().filter_map(|event| event.data.as_ref()).collect();
        assert_eq!(data, by_the_book(text).iter().collect::<Vec<_>>());
    }
}

/// The events up to the end or to a fault.
fn read(data: &[u8], size: usize, limit: usize) -> (Vec<Event>, Option<StreamError>) {
    let mut parser = Parser::new(limit);
    let mut events = Vec::new();
    for chunk in data.chunks(size.max(1)) {
        match parser.push(chunk) {
            Ok(more) => events.extend(more),
            Err(fault) => return (events, Some(fault)),
        }
    }
    (events, parser.end().err())
}

/// The data of the events as WHATWG HTML §9.2.6 has them, read line by line. Unlike there, an event whose data is one
/// empty line is one too.
fn by_the_book(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    // A line that has no end is not a line yet.
    lines.pop();
    let (mut events, mut data) = (Vec::new(), Vec::new());
    for line in lines {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        match field {
            "data" => data.push(value.strip_prefix(' ').unwrap_or(value)),
            _ if line.is_empty() && !data.is_empty() => events.push(std::mem::take(&mut data).join("\n")),
            _ => {}
        }
    }
    events
}

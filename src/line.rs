//! The line to a client while its request is under way: what is said there comes before the answer, on the same stream.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use crate::mcp::sse::Event;

/// Where something can be said to a client before its answer, if anywhere: not every client takes a stream.
#[derive(Clone, Default)]
pub struct Line(Option<Rc<RefCell<Said>>>);

#[derive(Default)]
struct Said {
    events: VecDeque<Event>,
    waker: Option<Waker>,
}

impl fmt::Debug for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_open() { "Line(open)" } else { "Line(none)" })
    }
}

impl Line {
    /// A line, and where what is said on it is heard.
    pub fn open() -> (Self, Heard) {
        let said = Rc::<RefCell<Said>>::default();
        (Self(Some(Rc::clone(&said))), Heard(said))
    }

    /// Whether anybody hears it.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Says something.
    pub fn say(&self, event: Event) {
        let Some(said) = &self.0 else { return };
        let mut said = said.borrow_mut();
        said.events.push_back(event);
        if let Some(waker) = said.waker.take() {
            waker.wake();
        }
    }
}

/// The other end of a [`Line`].
pub struct Heard(Rc<RefCell<Said>>);

impl Heard {
    /// What is said next. Waits for ever while nothing is.
    pub async fn next(&self) -> Event {
        poll_fn(|context| {
            let mut said = self.0.borrow_mut();
            match said.events.pop_front() {
                Some(event) => Poll::Ready(event),
                None => {
                    said.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// What was said and not heard yet.
    pub fn rest(&self) -> Vec<Event> {
        self.0.borrow_mut().events.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn what_is_said_is_heard_in_its_order() {
        let (line, heard) = Line::open();
        assert!(heard.next().now_or_never().is_none());
        line.say(Event::message("1"));
        line.clone().say(Event::message("2"));
        assert_eq!(heard.next().now_or_never(), Some(Event::message("1")));
        assert_eq!(heard.rest(), [Event::message("2")]);
        let nobody = Line::default();
        nobody.say(Event::message("3"));
        assert!(!nobody.is_open());
    }
}

//! A place on the internet where an AI client may have its document. Gateways that are processes do not get there: for
//! them its name leads nowhere, so a scenario may only say of it what must not happen.

use std::sync::{Arc, Mutex};

use mcpgate::host::memory::{Peer, Reply};

/// Where it is.
pub(super) const ORIGIN: &str = "https://app.example.org";

/// The place.
#[derive(Default)]
pub(crate) struct Elsewhere(Mutex<State>);

#[derive(Default)]
struct State {
    answer: Option<Box<dyn Fn() -> Reply + Send>>,
    seen: Vec<String>,
}

impl Elsewhere {
    pub(super) fn reset(&self) {
        *self.0.lock().unwrap() = State::default();
    }

    /// Answers everything in this way.
    pub(crate) fn answers(&self, answer: impl Fn() -> Reply + Send + 'static) {
        self.0.lock().unwrap().answer = Some(Box::new(answer));
    }

    /// The paths that were asked for.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.0.lock().unwrap().seen.clone()
    }
}

pub(super) fn peer(elsewhere: &Arc<Elsewhere>) -> Peer {
    let elsewhere = Arc::clone(elsewhere);
    Arc::new(move |request| {
        let mut state = elsewhere.0.lock().unwrap();
        state.seen.push(request.uri().path().to_owned());
        match &state.answer {
            Some(answer) => answer(),
            None => Reply::Refusal,
        }
    })
}

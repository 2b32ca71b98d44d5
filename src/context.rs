//! What every request carries with it.

use std::rc::Rc;

use crate::host::Host;
use crate::isolate::Setup;
use crate::line::Line;

/// The host and the running setup; cheap to clone, so that streams can own it.
#[derive(Clone, Debug)]
pub struct Context<H: Host> {
    /// The machine.
    pub host: H,
    /// Configuration and keys.
    pub setup: Rc<Setup>,
    /// Where the client can be told something before its answer.
    pub line: Line,
}

impl<H: Host> Context<H> {
    /// With nobody on the line.
    pub fn new(host: H, setup: Rc<Setup>) -> Self {
        Self { host, setup, line: Line::default() }
    }
}

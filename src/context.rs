//! What every request carries with it.

use std::rc::Rc;

use crate::host::Host;
use crate::isolate::Setup;

/// The host and the running setup; cheap to clone, so that streams can own it.
#[derive(Clone, Debug)]
pub struct Context<H: Host> {
    /// The machine.
    pub host: H,
    /// Configuration and keys.
    pub setup: Rc<Setup>,
}

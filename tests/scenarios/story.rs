//! What happens, by subject.

mod access;
mod path;
mod privacy;
mod protocol;

use crate::Scenario;

/// All scenarios. The last reads what all the others must not have left.
pub(crate) const ALL: &[&[Scenario]] = &[path::ALL, privacy::ALL, protocol::ALL, access::ALL];

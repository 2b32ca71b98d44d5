//! What happens, by subject.

mod path;

use crate::Scenario;

/// All scenarios. The last reads what all the others must not have left.
pub(crate) const ALL: &[&[Scenario]] = &[path::ALL];

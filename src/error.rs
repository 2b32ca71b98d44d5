//! Whose fault it is when something does not work.
//!
//! Every error that somebody sees, every log line and every audit record of a failure names one of four parties, so
//! that the right one looks into it.

use serde::{Deserialize, Serialize};

/// The party at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Who asked: a malformed request, a token that is over, something not allowed.
    Caller,
    /// The service behind the gateway: unreachable, late, or its answer is not what the protocol says.
    Service,
    /// The OpenID Provider that people sign in with.
    IdentityProvider,
    /// The gateway itself or the host that it runs on.
    Gateway,
}

impl Fault {
    /// Its stable name, as in audit records and log lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Service => "service",
            Self::IdentityProvider => "identity_provider",
            Self::Gateway => "gateway",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn names_are_what_is_serialized() {
        for fault in [Fault::Caller, Fault::Service, Fault::IdentityProvider, Fault::Gateway] {
            assert_eq!(serde_json::to_value(fault).unwrap(), fault.name());
        }
    }
}

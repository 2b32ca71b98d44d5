//! Whose fault it is when something does not work.
//!
//! Every error that somebody sees, every log line and every audit record of a failure names one of five parties, so
//! that the right one looks into it.

use std::time::Duration;

use http::{HeaderName, StatusCode};
use serde::{Deserialize, Serialize};

use crate::audit::{Outcome, Reason};

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
    /// Where audit records are sent to.
    Sink,
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
            Self::Sink => "sink",
            Self::Gateway => "gateway",
        }
    }
}

/// A phase said no: why, whose fault, what the caller reads, and in which shape.
///
/// The text is public. What only the log may know is logged where it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose fault it is.
    pub fault: Fault,
    /// Why, for the audit record.
    pub reason: Reason,
    /// What the caller reads: what, where, remedy.
    pub text: String,
    /// How it is answered.
    pub shape: Shape,
    /// After how long it is worth trying again, where that is known.
    pub retry_after: Option<Duration>,
}

/// How a refusal is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// With a status of its own, before there is a message to answer.
    Http(StatusCode, Vec<(HeaderName, String)>),
    /// With a JSON-RPC error.
    Rpc {
        /// The HTTP status that carries it.
        status: StatusCode,
        /// `error.code`.
        code: i64,
        /// `error.data`, as JSON.
        data: Option<String>,
    },
    /// With nothing: whoever asked said that they want no answer any more.
    Nothing,
    /// To a tool call with a result that says so (`isError`), so that the model and the person can read it; to
    /// anything else with a JSON-RPC error.
    Result,
}

impl Refusal {
    /// A refusal that a tool call's result can carry.
    pub fn new(fault: Fault, reason: Reason, text: impl Into<String>) -> Self {
        Self { fault, reason, text: text.into(), shape: Shape::Result, retry_after: None }
    }

    /// A refusal with an HTTP status.
    pub fn http(status: StatusCode, reason: Reason, text: impl Into<String>) -> Self {
        Self { shape: Shape::Http(status, Vec::new()), ..Self::new(Fault::Caller, reason, text) }
    }

    /// A refusal with a JSON-RPC error.
    pub fn rpc(status: StatusCode, code: i64, reason: Reason, text: impl Into<String>) -> Self {
        Self { shape: Shape::Rpc { status, code, data: None }, ..Self::new(Fault::Caller, reason, text) }
    }

    /// How the audit record says it.
    pub fn outcome(&self) -> Outcome {
        match self.fault {
            Fault::Caller => Outcome::Refused(self.reason),
            fault => Outcome::Failed(fault, self.reason),
        }
    }

    /// The HTTP status for whoever sent nothing that could be answered with a message.
    pub fn status(&self) -> StatusCode {
        match self.fault {
            Fault::Caller => StatusCode::BAD_REQUEST,
            Fault::Service | Fault::IdentityProvider | Fault::Sink => StatusCode::BAD_GATEWAY,
            Fault::Gateway => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The JSON-RPC error code for whoever cannot be answered with a tool result. Outside the ranges that JSON-RPC
    /// and MCP reserve for themselves.
    pub fn code(&self) -> i64 {
        match self.fault {
            Fault::Caller => -31_001,
            Fault::Service => -31_002,
            Fault::IdentityProvider | Fault::Sink | Fault::Gateway => -31_003,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn names_are_what_is_serialized() {
        for fault in [Fault::Caller, Fault::Service, Fault::IdentityProvider, Fault::Sink, Fault::Gateway] {
            assert_eq!(serde_json::to_value(fault).unwrap(), fault.name());
        }
    }
}

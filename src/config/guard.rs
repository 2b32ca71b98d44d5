//! How far each guardrail goes (`[guard.modes]`).

use serde::Deserialize;

/// How far a guardrail goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It does nothing.
    Off,
    /// It lets everything through; the record says what it would have stopped.
    Observe,
    /// It stops what it is there to stop.
    #[default]
    Enforce,
}

impl Mode {
    /// Whether it is looked at what a call does.
    pub fn looks(self) -> bool {
        self != Self::Off
    }

    /// Whether anything is stopped.
    pub fn stops(self) -> bool {
        self == Self::Enforce
    }
}

/// Where a person may say yes to a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfirmIn {
    /// In a form of their AI client, where it has forms, or on the gateway's page.
    #[default]
    Client,
    /// On the gateway's page only, in a browser where they are signed in.
    Browser,
}

/// The guardrails' modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Modes {
    /// Whether destructive calls wait for the person's own yes.
    pub confirm: Mode,
    /// Whether results that are too large lose items.
    pub cap: Mode,
    /// Whether quotas are kept.
    pub quota: Mode,
    /// Whether tools are held whose definitions are new or changed.
    pub pins: Mode,
    /// Whether it is counted how much people pull, and who pulls more than is usual is stopped.
    pub throughput: Mode,
}

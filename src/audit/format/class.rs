//! Which class of OCSF an action belongs to.

use super::super::event::{Action, Event, Outcome, Reason};

/// A class of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Base,
    Authentication,
    AccountChange,
    EntityManagement,
    ApiActivity,
    DetectionFinding,
}

impl Class {
    pub(super) fn uid(self) -> i64 {
        match self {
            Self::Base => 0,
            Self::DetectionFinding => 2004,
            Self::AccountChange => 3001,
            Self::Authentication => 3002,
            Self::EntityManagement => 3004,
            Self::ApiActivity => 6003,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Base => "Base Event",
            Self::DetectionFinding => "Detection Finding",
            Self::AccountChange => "Account Change",
            Self::Authentication => "Authentication",
            Self::EntityManagement => "Entity Management",
            Self::ApiActivity => "API Activity",
        }
    }

    /// The category's number and name.
    pub(super) fn category(self) -> (i64, &'static str) {
        match self {
            Self::Base => (0, "Uncategorized"),
            Self::DetectionFinding => (2, "Findings"),
            Self::AccountChange | Self::Authentication | Self::EntityManagement => {
                (3, "Identity & Access Management")
            }
            Self::ApiActivity => (6, "Application Activity"),
        }
    }
}

/// What somebody did, in the words of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Activity {
    pub(super) class: Class,
    pub(super) id: i64,
    /// The schema's word, or for 99 our own.
    pub(super) name: &'static str,
    /// What kind of thing it was done to, where the class wants to know.
    pub(super) kind: &'static str,
}

/// What an event is.
pub(super) fn activity(event: &Event) -> Activity {
    use Class::{AccountChange, ApiActivity, Authentication, DetectionFinding, EntityManagement};
    let (class, id, name, kind) = match event.action() {
        Action::SignIn => (Authentication, 1, "Logon", ""),
        Action::SignOut => (Authentication, 2, "Logoff", ""),
        Action::TokenRevoked if event.ended() == Outcome::Refused(Reason::RefreshReused) => {
            (DetectionFinding, 1, "Create", "A spent refresh token came back")
        }
        Action::TokenIssued => (Authentication, 99, "Token Issued", ""),
        Action::TokenRefreshed => (Authentication, 99, "Token Refreshed", ""),
        Action::TokenRefused => (Authentication, 99, "Token Refused", ""),
        Action::TokenRevoked => (Authentication, 99, "Token Revoked", ""),
        Action::RevocationRefused => (Authentication, 99, "Revocation Refused", ""),
        Action::Consent => (EntityManagement, 1, "Create", "Consent"),
        Action::ConsentUsed => (EntityManagement, 2, "Read", "Consent"),
        Action::ConsentRevoked => (EntityManagement, 4, "Delete", "Consent"),
        Action::ClientRegistered => (EntityManagement, 1, "Create", "Client"),
        Action::ServiceConnected => (EntityManagement, 1, "Create", "Service Account"),
        Action::ServiceDisconnected => (EntityManagement, 4, "Delete", "Service Account"),
        Action::AdminTokenMade => (EntityManagement, 1, "Create", "Admin Token"),
        Action::AdminTokenEnded => (EntityManagement, 4, "Delete", "Admin Token"),
        Action::PersonRemoved => (AccountChange, 5, "Disable", ""),
        Action::PersonErased => (AccountChange, 6, "Delete", ""),
        Action::HoldPlaced => (AccountChange, 9, "Lock", ""),
        Action::HoldReleased => (AccountChange, 12, "Unlock", ""),
        Action::ThroughputAlerted => (DetectionFinding, 1, "Create", "A person pulls more than is usual"),
        Action::ToolChanged => (DetectionFinding, 1, "Create", "A tool has another definition than before"),
        Action::ToolHeld => (DetectionFinding, 1, "Create", "A new tool waits for an administrator"),
        Action::ToolsPinned => (EntityManagement, 1, "Create", "Tool Definition"),
        Action::ToolApproved | Action::ToolRejected => (EntityManagement, 3, "Update", "Tool Definition"),
        Action::ActorResolved => (EntityManagement, 2, "Read", "Person"),
        Action::ConfigurationChanged => (EntityManagement, 3, "Update", "Configuration"),
        Action::SigningKeysChanged | Action::SealingKeysChanged | Action::AuditKeysChanged => {
            (EntityManagement, 3, "Update", "Keys")
        }
        Action::AuditPruned => (EntityManagement, 4, "Delete", "Audit Records"),
        Action::AdminViewed
        | Action::AdminTokensViewed
        | Action::CheckpointsViewed
        | Action::PinsViewed
        | Action::ThroughputViewed
        | Action::AuditExported
        | Action::DeliveriesViewed
        | Action::ToolsListed
        | Action::Requested => (ApiActivity, 2, "Read", ""),
        Action::DeliveryFailed => (ApiActivity, 99, "Delivery Failed", ""),
        Action::DeliveryResumed => (ApiActivity, 99, "Delivery Resumed", ""),
        Action::DeliveryReplayed => (ApiActivity, 99, "Delivery Replayed", ""),
        Action::RequestRefused => (ApiActivity, 99, "Request", ""),
        Action::Relayed => (ApiActivity, 99, "Relayed", ""),
        Action::ToolAnnounced => (ApiActivity, 99, "Tool Call Announced", ""),
        Action::ToolCalled => (ApiActivity, 99, "Tool Call", ""),
        Action::ConfirmationAsked => (ApiActivity, 99, "Confirmation Asked", ""),
        Action::ConfirmationGiven => (ApiActivity, 99, "Confirmation Given", ""),
        Action::ConfirmationDenied => (ApiActivity, 99, "Confirmation Denied", ""),
    };
    Activity { class, id, name, kind }
}

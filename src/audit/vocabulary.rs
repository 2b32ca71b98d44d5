//! The closed lists of an event: what can happen, and why it can be refused or fail.
//!
//! Each entry is written once, with its stable name and its meaning; docs/audit.md is checked against them.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What happened.
    Action {
        SignIn "sign_in" "A person came back from the identity provider, let in or not.",
        SignOut "sign_out" "A person ended their session.",
        Consent "consent" "A person allowed a client to act for them, or did not.",
        ConsentUsed "consent_used" "A client was let in without asking, by a consent that is remembered.",
        ConsentRevoked "consent_revoked" "A person took back what they had allowed a client, or a foreign form tried to.",
        ClientRegistered "client_registered" "A client registered itself, or tried to.",
        TokenIssued "token_issued" "A client exchanged an authorization code, or an assertion of the identity provider, for tokens.",
        TokenRefreshed "token_refreshed" "A client exchanged a refresh token for new tokens.",
        TokenRefused "token_refused" "A client asked for tokens and got none.",
        TokenRevoked "token_revoked" "All tokens of a consent were ended: by their client, or because a spent refresh token came back.",
        RevocationRefused "revocation_refused" "A client asked to end a token and was refused.",
        ServiceConnected "service_connected" "A person connected their account at a service, or tried to.",
        ServiceDisconnected "service_disconnected" "A person disconnected their account at a service, or an administrator removed the person.",
        AdminViewed "admin_viewed" "An administrator or auditor looked at their page, or tried to.",
        AdminTokensViewed "admin_tokens_viewed" "An administrator looked at the list of admin tokens, or tried to.",
        CheckpointsViewed "checkpoints_viewed" "An administrator read the signed checkpoints, or tried to.",
        PinsViewed "pins_viewed" "An administrator looked at definitions of tools, or tried to.",
        ThroughputViewed "throughput_viewed" "An administrator looked at what people pull, or tried to.",
        AdminTokenMade "admin_token_made" "An administrator made an admin token, or tried to.",
        AdminTokenEnded "admin_token_ended" "An administrator ended an admin token, or tried to.",
        ThroughputAlerted "throughput_alerted" "A person pulled more than is usual in an hour or a day.",
        HoldPlaced "hold_placed" "A person's calls are held until an administrator decides.",
        HoldReleased "hold_released" "An administrator released a person whose calls were held, or tried to.",
        PersonRemoved "person_removed" "An administrator ended all access of a person at once, or tried to.",
        PersonErased "person_erased" "An administrator erased what is stored about a person, after removing them.",
        ActorResolved "actor_resolved" "An auditor learnt, for a case, who a person on record is, or tried to.",
        AuditPruned "audit_pruned" "Records older than `audit.retention` were deleted, up to a signed checkpoint.",
        AuditExported "audit_exported" "An administrator read records of the chain, or tried to.",
        DeliveriesViewed "deliveries_viewed" "An administrator looked at how the delivery of records stands, or tried to.",
        DeliveryFailed "delivery_failed" "Records could not be delivered to a sink; said at most once an hour for each, and of dead letters whose records were deleted.",
        DeliveryResumed "delivery_resumed" "Records are delivered to a sink again.",
        DeliveryReplayed "delivery_replayed" "An administrator had a sink's dead letters sent again, or tried to.",
        ConfigurationChanged "configuration_changed" "Another version of the configuration was stored, and takes effect if it is valid.",
        SigningKeysChanged "signing_keys_changed" "The keys that sign access tokens are others than before.",
        SealingKeysChanged "sealing_keys_changed" "The keys that seal what is stored are others than before.",
        AuditKeysChanged "audit_keys_changed" "The keys that sign checkpoints are others than before.",
        RequestRefused "request_refused" "A request to a service was refused before it was known to be about a tool.",
        ToolsListed "tools_listed" "The tools of a service were listed.",
        ToolAnnounced "tool_announced" "A call that can change something is about to be forwarded.",
        ToolCalled "tool_called" "A tool call ended: answered, refused or failed.",
        Requested "requested" "Another request (a prompt, a resource, a completion, the result of a task) ended; or an answer came on a stream that was taken up again, or the result of a task on a stream of news: then `request_bytes` is 0.",
        Relayed "relayed" "Something else was passed on: an answer of the client to a question of the service, a notification, or what was said on a stream of news that ended. On record where personal data was found in it or given back, or where a guardrail had to do with it.",
        ToolsPinned "tools_pinned" "Tools of a service were seen for the first time, and their definitions were pinned as they are.",
        ToolChanged "tool_changed" "A tool showed another definition than before, which waits for an administrator.",
        ToolHeld "tool_held" "A tool was seen for the first time, and its definition waits for an administrator.",
        ToolApproved "tool_approved" "An administrator approved a definition of a tool, or tried to.",
        ToolRejected "tool_rejected" "An administrator rejected a definition of a tool, or tried to.",
        ConfirmationAsked "confirmation_asked" "A call waits for the person's own yes.",
        ConfirmationGiven "confirmation_given" "The person said yes.",
        ConfirmationDenied "confirmation_denied" "The person said no.",
    }
}

vocabulary! {
    /// Why something was refused or failed.
    Reason {
        NotAuthenticated "not_authenticated" "No token, or one that is not ours or not for here.",
        TokenExpired "token_expired" "The access token's time is over.",
        AccessEnded "access_ended" "The person was erased, or an administrator ended their access, after the token was issued.",
        ServiceUnknown "service_unknown" "No service is configured under that id.",
        ServiceNotAllowed "service_not_allowed" "The person's role does not allow the service.",
        ToolNotAllowed "tool_not_allowed" "The person's role does not allow the tool.",
        MethodNotAllowed "method_not_allowed" "The protocol has no such method, and the configuration does not let it through.",
        QuotaUsed "quota_used" "As many calls as the configuration allows in that time were made already.",
        ToolUnknown "tool_unknown" "The service lists no tool of that name, and a call of it would wait for a yes or cannot be looked at.",
        ToolQuarantined "tool_quarantined" "The tool's definition waits for an administrator, or was rejected by one.",
        PinUnknown "pin_unknown" "No definition of a tool is known under that id, or it was decided about meanwhile.",
        PinUnshown "pin_unshown" "The definition is too large to be shown or cannot be read, so that nobody can approve it.",
        Held "held" "The person pulled more than is usual, and their calls wait for an administrator.",
        HoldUnknown "hold_unknown" "Nobody is held under that id.",
        OriginNotAllowed "origin_not_allowed" "The request came from a web page of another origin.",
        HostUnknown "host_unknown" "The request was to another host name than the gateway's.",
        TransportInsecure "transport_insecure" "The request came over plain HTTP where the gateway is configured for TLS.",
        GuestExpired "guest_expired" "The guest's last day has passed.",
        HeaderMismatch "header_mismatch" "A header says something other than the request's body.",
        MalformedRequest "malformed_request" "The request is not what its protocol says.",
        UnsupportedVersion "unsupported_version" "The client speaks a protocol revision that is not served.",
        TooLarge "too_large" "The request's body is over the limit.",
        ConfirmationNeeded "confirmation_needed" "The call waits for the person's own yes.",
        ConfirmationDenied "confirmation_denied" "The person said no.",
        PseudonymUnknown "pseudonym_unknown" "A pseudonym in the arguments is unknown, expired, or another person's or service's.",
        PseudonymMalformed "pseudonym_malformed" "Something in the arguments looks like a pseudonym and is not one.",
        SecretNotGivenBack "secret_not_given_back" "A pseudonym in the arguments stands for a secret, and secrets are not given back.",
        TaskUnknown "task_unknown" "The request is about a task that is over, unknown, or another person's.",
        ServiceUnreachable "service_unreachable" "The service could not be reached.",
        ServiceTimeout "service_timeout" "The service was later than its time limit.",
        ServiceRubbish "service_rubbish" "The service's answer is not what the protocol says.",
        ServiceError "service_error" "The service answered with an error of its own.",
        Unanswered "unanswered" "The service ended the stream without the answer; a stream that the client resumes may bring it.",
        ServiceCredentials "service_credentials" "The service did not accept the gateway's credentials, or they are not set.",
        NotConnected "not_connected" "The person has not connected their account at the service, or it has to be connected again.",
        SignInNeeded "sign_in_needed" "The service is used with what the identity provider says of the person, and that is over: they have to sign in again.",
        ScopeMissing "scope_missing" "The account at the service, the person's or the gateway's, lacks a permission that the service wants.",
        ServerError "server_error" "The service's authorization server could not be used, or said no.",
        ResultTooLarge "result_too_large" "The result is over the limit and could not be cut to whole items.",
        MappingNotStored "mapping_not_stored" "The pseudonyms of the result could not be stored, so it was withheld.",
        AuditUnavailable "audit_unavailable" "The event could be neither queued nor spooled, so the call was refused.",
        StorageUnavailable "storage_unavailable" "The database could not be used.",
        KeysUnavailable "keys_unavailable" "The key that the person's data is sealed under could not be had.",
        Cancelled "cancelled" "The client went away before the end.",
        DomainNotAllowed "domain_not_allowed" "The person's address is of no allowed domain, and they are no guest.",
        EmailMissing "email_missing" "The identity provider gave no e-mail address.",
        EmailUnverified "email_unverified" "The identity provider does not vouch for the e-mail address.",
        IdpUnreachable "idp_unreachable" "The identity provider could not be reached in time.",
        IdpError "idp_error" "The identity provider answered with an error.",
        IdpRubbish "idp_rubbish" "The identity provider's answer is not what its protocol says.",
        IdTokenInvalid "id_token_invalid" "The ID token's signature, audience, nonce or time does not hold.",
        StateUnknown "state_unknown" "The return from the identity provider belongs to no sign-in under way here.",
        SessionUnknown "session_unknown" "The browser or the client names no session that is known here, or one whose time is over.",
        Csrf "csrf" "A form was posted without the token of its page.",
        ConsentDenied "consent_denied" "The person did not allow the client.",
        ClientUnknown "client_unknown" "No client is known under that id.",
        ClientInvalid "client_invalid" "The client's registration or metadata document is not acceptable.",
        ClientUnauthenticated "client_unauthenticated" "The client did not prove who it is.",
        ClientKeysUnavailable "client_keys_unavailable" "The client's keys, or the document that names them, could not be read.",
        AssertionInvalid "assertion_invalid" "The identity provider's assertion does not hold, or is for another client.",
        AssertionReused "assertion_reused" "An assertion that counts once was presented again.",
        RedirectMismatch "redirect_mismatch" "The redirect address is none of the client's.",
        ResourceUnknown "resource_unknown" "The resource that a token was asked for is not one of ours.",
        ScopeUnknown "scope_unknown" "A scope that was asked for does not exist.",
        ScopeInsufficient "scope_insufficient" "The client may only read, and the call can change something.",
        GrantUnsupported "grant_unsupported" "The kind of grant or response asked for is not offered.",
        CodeUnknown "code_unknown" "The authorization code is unknown, expired, or another client's.",
        CodeReused "code_reused" "The authorization code was used before.",
        PkceMismatch "pkce_mismatch" "The code verifier does not fit the code challenge.",
        RefreshUnknown "refresh_unknown" "The refresh token is unknown, expired, or another client's.",
        RefreshReused "refresh_reused" "The refresh token was used before; its whole family was revoked.",
        RecordsDeleted "records_deleted" "The records that were asked for, or that a sink has still to get, were deleted, as `audit.retention` says.",
        NotAdmin "not_admin" "The person is no administrator, or no longer.",
        NotAuditor "not_auditor" "The person is no auditor, or no longer.",
        CaseMalformed "case_malformed" "The case is not written as the configuration wants: one of `audit.cases`, a hyphen, a number.",
        ProofTooOld "proof_too_old" "The administrator has to prove anew who they are.",
        AdminScope "admin_scope" "The admin token is not for this.",
        AdminTokenUnknown "admin_token_unknown" "No admin token is known under that id.",
        PersonUnknown "person_unknown" "Nobody is known here under that address or id.",
        SinkUnknown "sink_unknown" "No sink is configured under that id.",
        SinkUnreachable "sink_unreachable" "The sink could not be reached.",
        SinkTimeout "sink_timeout" "The sink was later than its time limit.",
        SinkBusy "sink_busy" "The sink asked to be tried again later, or failed.",
        SinkRefused "sink_refused" "The sink did not take the records, and would not take them another time.",
        SinkRubbish "sink_rubbish" "The sink's answer does not say that it took the records.",
        NotConfigured "not_configured" "The gateway lacks something that its configuration should name.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Action, Reason};

    #[test]
    fn names_are_unique_snake_case_and_what_is_serialized() {
        let actions = Action::ALL.iter().map(|action| (action.name(), serde_json::to_value(action).unwrap()));
        let reasons = Reason::ALL.iter().map(|reason| (reason.name(), serde_json::to_value(reason).unwrap()));
        for (name, json) in actions.chain(reasons) {
            assert_eq!(json, name);
            assert!(name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'), "{name}");
        }
        assert_eq!(
            Reason::ALL.iter().map(|reason| reason.name()).collect::<HashSet<_>>().len(),
            Reason::ALL.len()
        );
        assert_eq!(
            Action::ALL.iter().map(|action| action.name()).collect::<HashSet<_>>().len(),
            Action::ALL.len()
        );
    }
}

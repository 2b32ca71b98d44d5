//! What the gateway signs for an authorization server of a service: who it is itself, and who a person is.
//!
//! Both are for that server alone (`aud` is its issuer), over within a minute or two, and signed with the keys that
//! `/jwks.json` publishes. Neither is an access token of the gateway's: those say `at+jwt`.

use std::time::Duration;

use jwt_simple::prelude::{Audiences, JWTClaims};
use jwt_simple::reexports::coarsetime::UnixTimeStamp;
use serde::Serialize;

use crate::context::Context;
use crate::crypto::Secret;
use crate::host::{Host, PortError, Timestamp};

/// How long they hold: servers want them at once, and clocks differ.
const LIFE: Duration = Duration::from_secs(120);

const TYPE: &str = "JWT";

/// `private_key_jwt` (RFC 7523 §2.2).
pub(super) fn of_client<H: Host>(
    context: &Context<H>,
    client: &str,
    issuer: &str,
) -> Result<String, PortError> {
    #[derive(Serialize)]
    struct Nothing {}
    sign(context, client, client, issuer, Nothing {})
}

/// Who a person is, by the address that the identity provider vouched for when they last signed in. `sub` is the
/// gateway's own id of them: the same as long as their account at the provider is, and nothing personal.
pub(super) fn of_person<H: Host>(
    context: &Context<H>,
    person: &str,
    email: &str,
    issuer: &str,
) -> Result<String, PortError> {
    #[derive(Serialize)]
    struct Said<'a> {
        email: &'a str,
        email_verified: bool,
    }
    let public_url = context.setup.config.public_url.as_str();
    sign(context, public_url, person, issuer, Said { email, email_verified: true })
}

fn sign<H: Host, C: Serialize>(
    context: &Context<H>,
    by: &str,
    about: &str,
    audience: &str,
    custom: C,
) -> Result<String, PortError> {
    let now = context.host.now();
    let seconds = |at: Timestamp| UnixTimeStamp::from_secs(u64::try_from(at.seconds()).unwrap_or_default());
    let claims = JWTClaims {
        issued_at: Some(seconds(now)),
        expires_at: Some(seconds(now.after(LIFE))),
        invalid_before: None,
        issuer: Some(by.to_owned()),
        subject: Some(about.to_owned()),
        audiences: Some(Audiences::AsString(audience.to_owned())),
        jwt_id: Some(Secret::random(&context.host)?.expose().to_owned()),
        nonce: None,
        custom,
    };
    context.setup.keys.signing.sign(TYPE, claims)
}

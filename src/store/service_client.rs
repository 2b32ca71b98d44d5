//! `service_client`: the gateway's own registrations at the authorization servers of services.

use zeroize::Zeroizing;

use crate::context::Context;
use crate::crypto::{MARK, Place};
use crate::host::{Host, PortError, Statement, Timestamp};

/// Keeps a registration, in the place of the one before.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn keep<H: Host>(
    context: &Context<H>,
    service: &str,
    issuer: &str,
    registration: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let row = row(service, issuer);
    let sealed = context.setup.keys.sealing.seal(&context.host, place(&row, expires_at), registration)?;
    let statement = Statement::new(
        "INSERT INTO service_client (service, issuer, registration, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (service, issuer) DO UPDATE SET registration = excluded.registration,
           expires_at = excluded.expires_at",
    )
    .bind(service)
    .bind(issuer)
    .bind(sealed)
    .bind(expires_at);
    context.host.query(statement).await.map(drop)
}

/// The registration at an issuer, for a service.
///
/// # Errors
/// When the database fails or what is stored cannot be opened.
pub async fn find<H: Host>(
    context: &Context<H>,
    service: &str,
    issuer: &str,
) -> Result<Option<Zeroizing<String>>, PortError> {
    let statement = Statement::new(
        "SELECT registration, expires_at FROM service_client WHERE service = ?1 AND issuer = ?2 AND expires_at > ?3",
    )
    .bind(service)
    .bind(issuer)
    .bind(context.host.now());
    let rows = context.host.query(statement).await?;
    let Some(found) = rows.first() else { return Ok(None) };
    let row = row(service, issuer);
    let place = place(&row, found.timestamp("expires_at")?);
    let opened = context.setup.keys.sealing.open(place, found.text("registration")?);
    opened.map(Some).map_err(|error| PortError::new("sql", error))
}

/// Forgets a registration.
///
/// # Errors
/// When the database fails.
pub async fn forget<H: Host>(host: &H, service: &str, issuer: &str) -> Result<(), PortError> {
    let statement = Statement::new("DELETE FROM service_client WHERE service = ?1 AND issuer = ?2");
    host.query(statement.bind(service).bind(issuer)).await.map(drop)
}

/// Seals registrations with the first of the sealing keys that an older one sealed. Says how many were, and how many
/// could not be opened.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn seal_anew<H: Host>(context: &Context<H>, most: i64) -> Result<(i64, i64), PortError> {
    let ring = &context.setup.keys.sealing;
    let older: Vec<String> = ring.marks().into_iter().skip(1).collect();
    let statement = Statement::new(
        "SELECT service, issuer, registration, expires_at FROM service_client
         WHERE substr(registration, 1, ?2) IN (SELECT value FROM json_each(?1)) ORDER BY random() LIMIT ?3",
    );
    let older = serde_json::to_string(&older).unwrap_or_default();
    let rows = context.host.query(statement.bind(older).bind(MARK as i64).bind(most)).await?;
    let (mut done, mut failed) = (0, 0);
    for found in rows {
        let (service, issuer) = (found.text("service")?, found.text("issuer")?);
        let (sealed, row) = (found.text("registration")?, row(service, issuer));
        let place = place(&row, found.timestamp("expires_at")?);
        let Ok(anew) = ring.seal_anew(&context.host, place, sealed) else {
            failed += 1;
            continue;
        };
        let statement = Statement::new(
            "UPDATE service_client SET registration = ?4
             WHERE service = ?1 AND issuer = ?2 AND registration = ?3 RETURNING service",
        );
        let statement = statement.bind(service).bind(issuer).bind(sealed).bind(anew);
        done += i64::from(!context.host.query(statement).await?.is_empty());
    }
    Ok((done, failed))
}

/// How many registrations the first of the sealing keys did not seal.
///
/// # Errors
/// When the database fails.
pub async fn sealed_otherwise<H: Host>(host: &H, mark: &str) -> Result<i64, PortError> {
    let statement = Statement::new(
        "SELECT count(*) AS clients FROM service_client WHERE substr(registration, 1, length(?1)) <> ?1",
    );
    let rows = host.query(statement.bind(mark)).await?;
    rows.first().map_or(Ok(0), |row| row.integer("clients"))
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM service_client WHERE expires_at <= ?1").bind(now)
}

fn row(service: &str, issuer: &str) -> String {
    format!("{service} {issuer}")
}

fn place(row: &str, expires_at: Timestamp) -> Place<'_> {
    let expires_at = Some(expires_at);
    Place { table: "service_client", column: "registration", row, owner: "", expires_at }
}

//! What is left of services that are not configured any more.

use crate::host::{Host, PortError, Statement};

/// Ids of all services, other than these, of which something is left that has no end, or one that is far away.
///
/// # Errors
/// When the database fails.
pub async fn services<H: Host>(host: &H, configured: &[&str]) -> Result<Vec<String>, PortError> {
    let statement = Statement::new(
        "SELECT service FROM (
           SELECT service FROM connection UNION SELECT service FROM service_token
           UNION SELECT service FROM service_client UNION SELECT service FROM service_tools
           UNION SELECT service FROM pin
         ) WHERE service NOT IN (SELECT value FROM json_each(?1))",
    );
    let configured = serde_json::to_string(configured).unwrap_or_default();
    let rows = host.query(statement.bind(configured)).await?;
    rows.iter().map(|row| row.text("service").map(str::to_owned)).collect()
}

/// Up to so many people who have an account at a service.
///
/// # Errors
/// When the database fails.
pub async fn people<H: Host>(host: &H, service: &str, most: i64) -> Result<Vec<String>, PortError> {
    let statement = Statement::new("SELECT person FROM connection WHERE service = ?1 LIMIT ?2");
    let rows = host.query(statement.bind(service).bind(most)).await?;
    rows.iter().map(|row| row.text("person").map(str::to_owned)).collect()
}

/// Deletes accounts of these people at a service, as far as there still are any.
///
/// # Errors
/// When the database fails.
pub async fn forget_people<H: Host>(host: &H, service: &str, people: &[String]) -> Result<(), PortError> {
    let statement = Statement::new(
        "DELETE FROM connection WHERE service = ?1 AND person IN (SELECT value FROM json_each(?2))",
    );
    let people = serde_json::to_string(people).unwrap_or_default();
    host.query(statement.bind(service).bind(people)).await.map(drop)
}

/// Deletes what else there is of a service.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn forget<H: Host>(host: &H, service: &str) -> Result<(), PortError> {
    let statements = [
        "DELETE FROM service_token WHERE service = ?1",
        "DELETE FROM service_client WHERE service = ?1",
        "DELETE FROM service_tools WHERE service = ?1",
        "DELETE FROM service_task WHERE service = ?1",
        "DELETE FROM connecting WHERE service = ?1",
        "DELETE FROM pin WHERE service = ?1",
    ];
    host.batch(statements.map(|sql| Statement::new(sql).bind(service)).into()).await.map(drop)
}

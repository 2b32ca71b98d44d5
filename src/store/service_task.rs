//! `service_task`: whose a task is, at services that are asked with one credential for everybody.

use std::collections::HashMap;

use crate::crypto::DataKey;
use crate::host::{Host, PortError, Statement, Timestamp};

/// Whose task it is, and at which service.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The person's id.
    pub person: &'a str,
    /// Their data key.
    pub key: &'a DataKey,
    /// The service's id.
    pub service: &'a str,
}

impl Owner<'_> {
    /// What stands in the place of a task's id: nobody can read the id there, nor guess whose it is.
    fn hash(&self, task: &str) -> String {
        self.key.hash_key("service_task").id("task", &[self.service, task])
    }
}

/// Keeps that a task is this owner's, at least until this moment.
///
/// # Errors
/// When the database fails.
pub async fn keep<H: Host>(
    host: &H,
    owner: Owner<'_>,
    task: &str,
    expires_at: Timestamp,
) -> Result<(), PortError> {
    let statement = Statement::new(
        "INSERT INTO service_task (person, service, task, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (person, service, task) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)",
    )
    .bind(owner.person)
    .bind(owner.service)
    .bind(owner.hash(task))
    .bind(expires_at);
    host.query(statement).await.map(drop)
}

/// Those of these tasks that are the owner's, and until when.
///
/// # Errors
/// When the database fails.
pub async fn find<H: Host>(
    host: &H,
    owner: Owner<'_>,
    tasks: &[String],
    now: Timestamp,
) -> Result<HashMap<String, Timestamp>, PortError> {
    if tasks.is_empty() {
        return Ok(HashMap::new());
    }
    let named: HashMap<String, &String> = tasks.iter().map(|task| (owner.hash(task), task)).collect();
    let hashes: Vec<&String> = named.keys().collect();
    let statement = Statement::new(
        "SELECT task, expires_at FROM service_task
         WHERE person = ?1 AND service = ?2 AND task IN (SELECT value FROM json_each(?3)) AND expires_at > ?4",
    )
    .bind(owner.person)
    .bind(owner.service)
    .bind(serde_json::json!(hashes).to_string())
    .bind(now);
    let mut found = HashMap::new();
    for row in host.query(statement).await? {
        if let Some(task) = named.get(row.text("task")?) {
            found.insert((*task).clone(), row.timestamp("expires_at")?);
        }
    }
    Ok(found)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM service_task WHERE expires_at <= ?1").bind(now)
}

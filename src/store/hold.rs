//! `hold`: people whose calls wait for an administrator.

use crate::audit::Event;
use crate::guard::throughput::Unusual;
use crate::host::{Host, PortError, Statement, Timestamp};

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    /// What it is released by: 128 random bits.
    pub(crate) id: String,
    /// Who is held.
    pub(crate) person: String,
    /// The alert that it came of.
    pub(crate) alert: String,
    /// When it was placed.
    pub(crate) placed_at: Timestamp,
    /// What was unusual, as long as that is kept.
    pub(crate) unusual: Option<Unusual>,
}

/// Places a hold that an alert calls for, if the alert is there, somebody has this id, is not held, and was not released
/// since the alert's stretch of time began: what an administrator has seen holds nobody again. Its event goes into the
/// outbox with it.
///
/// # Errors
/// Never in practice: nothing in an event is unfit for JSON.
pub(super) fn place(
    id: &str,
    person: &str,
    alert: &str,
    since: i64,
    now: Timestamp,
    event: &Event,
) -> Result<[Statement; 2], PortError> {
    let place = Statement::new(
        "INSERT INTO hold (id, person, alert, placed_at)
         SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM throughput_alert WHERE id = ?3)
           AND EXISTS (SELECT 1 FROM person WHERE id = ?2)
           AND NOT EXISTS (SELECT 1 FROM hold WHERE person = ?2 AND (released_at IS NULL OR released_at > ?5))",
    );
    let spool = Statement::new(
        "INSERT INTO audit_outbox (event_id, at, event)
         SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM hold WHERE id = ?4)",
    );
    Ok([
        place.bind(id).bind(person).bind(alert).bind(now).bind(since),
        spool.bind(event.id().as_str()).bind(now).bind(event.to_text()?).bind(id),
    ])
}

/// Holds that are not released, oldest first, at most 1000.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open<H: Host>(host: &H) -> Result<Vec<Hold>, PortError> {
    let statement = Statement::new(
        "SELECT hold.id AS id, hold.person AS person, alert, placed_at, span, begins, what, amount, usual, most
         FROM hold LEFT JOIN throughput_alert ON throughput_alert.id = hold.alert
         WHERE released_at IS NULL ORDER BY placed_at, hold.id LIMIT 1000",
    );
    let rows = host.query(statement).await?;
    let read = |row: &crate::host::Row| {
        Ok(Hold {
            id: row.text("id")?.to_owned(),
            person: row.text("person")?.to_owned(),
            alert: row.text("alert")?.to_owned(),
            placed_at: row.timestamp("placed_at")?,
            unusual: row.optional_text("what")?.map(|_| super::throughput::unusual(row)).transpose()?,
        })
    };
    rows.iter().map(read).collect()
}

/// Who is held by this, if it is not released.
///
/// # Errors
/// When the database fails.
pub(crate) async fn held<H: Host>(host: &H, id: &str) -> Result<Option<String>, PortError> {
    let statement = Statement::new("SELECT person FROM hold WHERE id = ?1 AND released_at IS NULL").bind(id);
    host.query(statement).await?.first().map(|row| row.text("person").map(str::to_owned)).transpose()
}

/// Releases a hold. `false` when somebody else did.
///
/// # Errors
/// When the database fails.
pub(crate) async fn release<H: Host>(host: &H, id: &str) -> Result<bool, PortError> {
    let statement =
        Statement::new("UPDATE hold SET released_at = ?2 WHERE id = ?1 AND released_at IS NULL RETURNING id");
    Ok(!host.query(statement.bind(id).bind(host.now())).await?.is_empty())
}

/// Those that were released before a moment.
pub(crate) fn purge(before: Timestamp) -> Statement {
    Statement::new("DELETE FROM hold WHERE released_at < ?1").bind(before)
}

//! `quota_use`: how many calls were made in a stretch of time.

use crate::host::{Host, PortError, Statement, Timestamp};

/// A count of calls, until its time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// A keyed hash of what is counted.
    pub key: String,
    /// When it begins anew.
    pub until: Timestamp,
    /// How many calls it allows.
    pub calls: u32,
}

/// Counts a call in each of these, in one transaction, and says which of them allow it.
///
/// # Errors
/// When the database does not answer.
pub async fn count<H: Host>(host: &H, counts: &[Count]) -> Result<Vec<bool>, PortError> {
    let statement = |count: &Count| {
        Statement::new(
            "INSERT INTO quota_use (key, until, used) VALUES (?1, ?2, 1)
             ON CONFLICT (key) DO UPDATE SET until = excluded.until,
               used = CASE WHEN quota_use.until = excluded.until THEN min(quota_use.used + 1, ?3) ELSE 1 END
             RETURNING used",
        )
        .bind(&*count.key)
        .bind(count.until)
        .bind(i64::from(count.calls) + 1)
    };
    let answers = host.batch(counts.iter().map(statement).collect()).await?;
    let allows = |(count, rows): (&Count, Vec<crate::host::Row>)| {
        let row = rows.first().ok_or_else(|| PortError::new("sql", "the call was not counted"))?;
        Ok(row.integer("used")? <= i64::from(count.calls))
    };
    counts.iter().zip(answers).map(allows).collect()
}

/// Takes back what was counted of a call that was not made.
///
/// # Errors
/// When the database does not answer.
pub async fn take_back<H: Host>(host: &H, counts: &[Count]) -> Result<(), PortError> {
    let statement = |count: &Count| {
        Statement::new("UPDATE quota_use SET used = used - 1 WHERE key = ?1 AND until = ?2 AND used > 0")
            .bind(&*count.key)
            .bind(count.until)
    };
    match counts.is_empty() {
        true => Ok(()),
        false => host.batch(counts.iter().map(statement).collect()).await.map(drop),
    }
}

/// Counts whose time is over.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM quota_use WHERE until <= ?1").bind(now)
}

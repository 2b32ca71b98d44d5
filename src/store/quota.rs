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

/// A row for each stretch of time: a clock that is ahead, here or on another host, must not make room in this one.
fn row(count: &Count) -> String {
    format!("{} {}", count.key, count.until.0)
}

/// Counts a call in each of these, in one transaction, and says which of them allow it.
///
/// # Errors
/// When the database does not answer.
pub async fn count<H: Host>(host: &H, counts: &[Count]) -> Result<Vec<bool>, PortError> {
    let statement = |count: &Count| {
        Statement::new(
            "INSERT INTO quota_use (key, until, used) VALUES (?1, ?2, 1)
             ON CONFLICT (key) DO UPDATE SET used = min(quota_use.used + 1, ?3) RETURNING used",
        )
        .bind(row(count))
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
        Statement::new("UPDATE quota_use SET used = used - 1 WHERE key = ?1 AND used > 0").bind(row(count))
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::host::memory::Memory;

    #[test]
    fn clocks_on_either_side_of_a_boundary_allow_what_each_stretch_does() {
        let host = Memory::new();
        let count_in = |until| {
            let counts = [Count { key: "k".into(), until: Timestamp(until), calls: 2 }];
            count(&host, &counts).now_or_never().unwrap().unwrap()[0]
        };
        let allowed = (0..50).flat_map(|_| [1000, 2000].map(count_in)).filter(|allows| *allows).count();
        assert_eq!(allowed, 4);
    }
}

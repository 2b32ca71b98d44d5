//! `quota_use`: how many calls were made in a stretch of time.

use serde_json::json;

use crate::host::{Host, PortError, Row, Statement, Timestamp};

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

/// Which of these allow no more.
///
/// # Errors
/// When the database does not answer.
pub async fn used<H: Host>(host: &H, counts: &[Count]) -> Result<Vec<bool>, PortError> {
    let rows = host.query(used_up(&json(counts)?)).await?;
    told(counts, &rows)
}

/// Counts a call in all of these if each of them allows it, and in none otherwise. Says which of them do not.
///
/// # Errors
/// When the database does not answer.
pub async fn count<H: Host>(host: &H, counts: &[Count]) -> Result<Vec<bool>, PortError> {
    let json = json(counts)?;
    let add = Statement::new(
        "INSERT INTO quota_use (key, until, used) SELECT value ->> 'key', value ->> 'until', 1 FROM json_each(?1)
         WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) AS count JOIN quota_use ON quota_use.key = count.value ->> 'key'
           WHERE quota_use.used >= count.value ->> 'calls')
         ON CONFLICT (key) DO UPDATE SET used = quota_use.used + 1",
    );
    // What is used is looked for before this call is counted, in the same transaction.
    let answers = host.batch(vec![used_up(&json), add.bind(json)]).await?;
    told(counts, answers.first().map(Vec::as_slice).unwrap_or_default())
}

fn used_up(counts: &str) -> Statement {
    let statement = Statement::new(
        "SELECT quota_use.key AS key FROM json_each(?1) AS count JOIN quota_use ON quota_use.key = count.value ->> 'key'
         WHERE quota_use.used >= count.value ->> 'calls'",
    );
    statement.bind(counts)
}

fn told(counts: &[Count], rows: &[Row]) -> Result<Vec<bool>, PortError> {
    let used = rows.iter().map(|row| row.text("key")).collect::<Result<Vec<_>, _>>()?;
    Ok(counts.iter().map(|count| used.contains(&row(count).as_str())).collect())
}

fn json(counts: &[Count]) -> Result<String, PortError> {
    let rows =
        counts.iter().map(|count| json!({ "key": row(count), "until": count.until.0, "calls": count.calls }));
    serde_json::to_string(&rows.collect::<Vec<_>>()).map_err(|error| PortError::new("sql", error))
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

    fn to(key: &str, until: i64, calls: u32) -> Count {
        Count { key: key.into(), until: Timestamp(until), calls }
    }

    fn counted(host: &Memory, counts: &[Count]) -> Vec<bool> {
        count(host, counts).now_or_never().unwrap().unwrap()
    }

    #[test]
    fn clocks_on_either_side_of_a_boundary_allow_what_each_stretch_does() {
        let host = Memory::new();
        let counts = (0..50).flat_map(|_| [1000, 2000]).map(|until| counted(&host, &[to("k", until, 2)]));
        assert_eq!(counts.filter(|used| !used[0]).count(), 4);
    }

    #[test]
    fn what_one_refuses_counts_at_none() {
        let host = Memory::new();
        let (scarce, plenty) = (to("scarce", 1000, 1), to("plenty", 1000, 3));
        assert_eq!(counted(&host, &[plenty.clone(), scarce.clone()]), [false, false]);
        for _ in 0..9 {
            assert_eq!(counted(&host, &[plenty.clone(), scarce.clone()]), [false, true]);
        }
        let looked = |counts: &[Count]| used(&host, counts).now_or_never().unwrap().unwrap();
        assert_eq!(looked(&[plenty.clone(), scarce]), [false, true]);
        for _ in 0..2 {
            assert_eq!(looked(std::slice::from_ref(&plenty)), [false], "a look counts nothing");
            assert_eq!(counted(&host, std::slice::from_ref(&plenty)), [false]);
        }
        assert_eq!(counted(&host, std::slice::from_ref(&plenty)), [true]);
    }
}

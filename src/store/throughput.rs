//! `throughput`, `throughput_role` and `throughput_alert`: how much people pull, what is usual, and what was not.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::Due;
use crate::audit::Event;
use crate::guard::throughput::{Amounts, Measure, Span, Unusual, Usual};
use crate::host::{Host, PortError, Row, Statement, Timestamp, Value};

/// So much of one thing in one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    /// Who.
    pub(crate) person: String,
    /// As what.
    pub(crate) role: String,
    /// With which client.
    pub(crate) client: String,
    /// Where.
    pub(crate) service: String,
    /// By which tool; empty for what is no call of one.
    pub(crate) tool: String,
    /// In an hour or a day.
    pub(crate) span: &'static str,
    /// That begins then.
    pub(crate) begins: i64,
    /// How many calls.
    pub(crate) calls: u64,
    /// How many bytes.
    pub(crate) bytes: u64,
    /// How many records.
    pub(crate) records: u64,
}

/// Adds these counts if the chain still ends at `seq`: it has to stand before the statement that extends the chain, in
/// the same transaction. Then what was not appended was not counted either, and nothing twice. Nothing is kept of who was
/// erased before that.
///
/// # Errors
/// Never in practice: nothing in a count is unfit for JSON.
pub(crate) fn add(counts: &[Count], seq: i64) -> Result<Statement, PortError> {
    Ok(Statement::new(
        "INSERT INTO throughput (person, role, client, service, tool, span, begins, calls, bytes, records)
         SELECT value ->> 'person', value ->> 'role', value ->> 'client', value ->> 'service', value ->> 'tool',
           value ->> 'span', value ->> 'begins', value ->> 'calls', value ->> 'bytes', value ->> 'records'
         FROM json_each(?1) WHERE (SELECT coalesce(max(seq), 0) FROM audit_log) = ?2
           AND EXISTS (SELECT 1 FROM person WHERE id = value ->> 'person')
         ON CONFLICT (person, span, begins, service, tool, client, role) DO UPDATE SET
           calls = throughput.calls + excluded.calls, bytes = throughput.bytes + excluded.bytes,
           records = throughput.records + excluded.records",
    )
    .bind(json(&counts)?)
    .bind(seq))
}

/// What there was in one stretch of time: person, span, beginning.
pub(crate) type Stretch = (String, Span, i64);

/// What is known of some people.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// How much each had in each stretch that was asked for.
    pub(crate) stretches: HashMap<Stretch, Amounts>,
    /// What is usual in the roles that were asked for.
    pub(crate) roles: HashMap<(String, Span), Usual>,
    /// Which alerts were raised.
    pub(crate) alerted: HashSet<(Stretch, Measure)>,
}

/// What is to be known.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Wanted {
    /// Of whom.
    pub(crate) people: Vec<String>,
    /// Of whom all there is, also what was before.
    pub(crate) whole: Vec<String>,
    /// Of which roles what is usual.
    pub(crate) roles: Vec<String>,
    /// From which hour on.
    pub(crate) hour: i64,
    /// From which day on.
    pub(crate) day: i64,
}

/// Reads what is known.
///
/// # Errors
/// When the database fails.
pub(crate) async fn known<H: Host>(host: &H, wanted: &Wanted) -> Result<Known, PortError> {
    let (people, whole) = (json(&wanted.people)?, json(&wanted.whole)?);
    let from = |span: Span, begins: i64| {
        Statement::new(
            "SELECT person, span, begins, sum(calls) AS calls, sum(bytes) AS bytes, sum(records) AS records
             FROM throughput WHERE person IN (SELECT value FROM json_each(?1)) AND span = ?2 AND begins >= ?3
             GROUP BY person, span, begins",
        )
        .bind(people.as_str())
        .bind(span.name())
        .bind(begins)
    };
    let all = Statement::new(
        "SELECT person, span, begins, sum(calls) AS calls, sum(bytes) AS bytes, sum(records) AS records
         FROM throughput WHERE person IN (SELECT value FROM json_each(?1)) GROUP BY person, span, begins",
    );
    let roles = Statement::new(
        "SELECT role, span, calls, bytes, records, calls_spread, bytes_spread, records_spread
         FROM throughput_role WHERE role IN (SELECT value FROM json_each(?1))",
    );
    let alerts = Statement::new(
        "SELECT person, span, begins, what FROM throughput_alert
         WHERE person IN (SELECT value FROM json_each(?1)) AND begins >= ?2",
    );
    let statements = vec![
        from(Span::Hour, wanted.hour),
        from(Span::Day, wanted.day),
        all.bind(whole),
        roles.bind(json(&wanted.roles)?),
        alerts.bind(people.as_str()).bind(wanted.day.min(wanted.hour)),
    ];
    let answers = host.batch(statements).await?;
    let [hours, days, all, roles, alerts] =
        <[_; 5]>::try_from(answers).map_err(|_| PortError::new("sql", "five answers were due"))?;
    let mut known = Known::default();
    for row in hours.iter().chain(&days).chain(&all) {
        known.stretches.insert(stretch(row)?, amounts(row)?);
    }
    for row in &roles {
        let usual = Usual { median: amounts(row)?, spread: spreads(row)? };
        known.roles.insert((row.text("role")?.to_owned(), span(row)?), usual);
    }
    for row in &alerts {
        let what = row.text("what")?;
        let measure = Measure::ALL.into_iter().find(|measure| measure.name() == what);
        known.alerted.extend(measure.map(|measure| stretch(row).map(|of| (of, measure))).transpose()?);
    }
    Ok(known)
}

/// Something unusual, and the events that say so.
#[derive(Debug)]
pub(crate) struct Alert<'a> {
    /// Whose.
    pub(crate) person: &'a str,
    /// As what they called.
    pub(crate) role: &'a str,
    /// What.
    pub(crate) unusual: Unusual,
    /// The event of the alert; its id is the alert's.
    pub(crate) event: Event,
    /// Whether a webhook is to be told.
    pub(crate) tells: bool,
    /// The id and the event of a hold that is to be placed.
    pub(crate) hold: Option<(String, Event)>,
}

/// Raises alerts that were not raised before of people who are still there, and places their holds, unless the person is
/// held, or was released since the stretch of time began. Their events are put into the outbox in the same transaction: each
/// happens once, and none without its event.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub(crate) async fn raise<H: Host>(host: &H, alerts: &[Alert<'_>], now: Timestamp) -> Result<(), PortError> {
    let mut statements = Vec::new();
    for Alert { person, role, unusual, event, tells, hold } in alerts {
        let alert = Statement::new(
            "INSERT INTO throughput_alert (id, person, role, span, begins, what, amount, usual, most, at, webhook_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE EXISTS (SELECT 1 FROM person WHERE id = ?2)
             ON CONFLICT (person, span, begins, what) DO NOTHING",
        );
        let spool = Statement::new(
            "INSERT INTO audit_outbox (event_id, at, event)
             SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM throughput_alert WHERE id = ?1)",
        );
        let id = event.id().as_str();
        statements.push(
            alert
                .bind(id)
                .bind(*person)
                .bind(*role)
                .bind(unusual.per.name())
                .bind(unusual.since)
                .bind(unusual.what.name())
                .bind(whole(unusual.amount))
                .bind(unusual.usual.map_or(Value::Null, |usual| whole(usual).into()))
                .bind(whole(unusual.limit))
                .bind(now)
                .bind(if *tells { now.into() } else { Value::Null }),
        );
        statements.push(spool.bind(id).bind(now).bind(event.to_text()?));
        if let Some((hold, event)) = hold {
            statements.extend(super::hold::place(hold, person, id, unusual.since, now, event)?);
        }
    }
    host.batch(statements).await.map(drop)
}

/// What a webhook is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The alert.
    pub(crate) id: String,
    /// Whose.
    pub(crate) person: String,
    /// As what they called.
    pub(crate) role: String,
    /// When it was raised.
    pub(crate) at: Timestamp,
    /// What was unusual.
    pub(crate) unusual: Unusual,
    /// The hold that came of it.
    pub(crate) hold: Option<String>,
    /// How often it was tried, this time included.
    pub(crate) tries: i64,
}

/// Alerts that are to be told now, at most ten; nobody else tells them until `again`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn to_tell<H: Host>(
    host: &H,
    Due { now, latest }: Due,
    again: Timestamp,
) -> Result<Vec<Told>, PortError> {
    let statement = Statement::new(
        "UPDATE throughput_alert SET webhook_at = ?2, tries = tries + 1
         WHERE id IN (SELECT id FROM throughput_alert WHERE webhook_at <= ?1 OR webhook_at > ?3
           ORDER BY webhook_at LIMIT 10)
         RETURNING id, person, role, span, begins, what, amount, usual, most, at, tries,
           (SELECT hold.id FROM hold WHERE hold.alert = throughput_alert.id) AS hold",
    );
    let rows = host.query(statement.bind(now).bind(again).bind(latest)).await?;
    rows.iter().map(told).collect()
}

/// Tells an alert again at a time, or never.
///
/// # Errors
/// When the database fails.
pub(crate) async fn tell_again<H: Host>(
    host: &H,
    id: &str,
    again: Option<Timestamp>,
) -> Result<(), PortError> {
    let statement = Statement::new("UPDATE throughput_alert SET webhook_at = ?2 WHERE id = ?1").bind(id);
    let again = again.map_or(Value::Null, Into::into);
    host.query(statement.bind(again)).await.map(drop)
}

/// Which part of it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page<'a> {
    /// Hours or days.
    pub(crate) span: Span,
    /// From this moment on.
    pub(crate) from: Timestamp,
    /// Up to this one.
    pub(crate) to: Timestamp,
    /// Of this person alone.
    pub(crate) person: Option<&'a str>,
    /// After this row.
    pub(crate) after: i64,
    /// So many at most.
    pub(crate) most: i64,
}

/// Counts with their places, in the order in which they were first made.
///
/// # Errors
/// When the database fails.
pub(crate) async fn page<H: Host>(host: &H, page: &Page<'_>) -> Result<Vec<(i64, Count)>, PortError> {
    let statement = Statement::new(
        "SELECT id, person, role, client, service, tool, begins, calls, bytes, records FROM throughput
         WHERE span = ?1 AND begins >= ?2 AND begins < ?3 AND id > ?4 AND (?5 IS NULL OR person = ?5)
         ORDER BY id LIMIT ?6",
    )
    .bind(page.span.name())
    .bind(page.from)
    .bind(page.to)
    .bind(page.after)
    .bind(page.person.map(str::to_owned))
    .bind(page.most);
    let rows = host.query(statement).await?;
    let read = |row: &Row| {
        let text = |column| row.text(column).map(str::to_owned);
        let Amounts { calls, bytes, records } = amounts(row)?;
        let count = Count {
            person: text("person")?,
            role: text("role")?,
            client: text("client")?,
            service: text("service")?,
            tool: text("tool")?,
            span: page.span.name(),
            begins: row.integer("begins")?,
            calls,
            bytes,
            records,
        };
        Ok((row.integer("id")?, count))
    };
    rows.iter().map(read).collect()
}

/// The newest alerts of a time, at most 200.
///
/// # Errors
/// When the database fails.
pub(crate) async fn alerts<H: Host>(
    host: &H,
    from: Timestamp,
    to: Timestamp,
    person: Option<&str>,
) -> Result<Vec<Told>, PortError> {
    let statement = Statement::new(
        "SELECT id, person, role, span, begins, what, amount, usual, most, at, tries,
           (SELECT hold.id FROM hold WHERE hold.alert = throughput_alert.id) AS hold
         FROM throughput_alert WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR person = ?3)
         ORDER BY at DESC, id LIMIT 200",
    );
    let rows = host.query(statement.bind(from).bind(to).bind(person.map(str::to_owned))).await?;
    rows.iter().map(told).collect()
}

/// What people of each role had in stretches that are over: a sample of them where there are very many.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_roles<H: Host>(
    host: &H,
    span: Span,
    before: i64,
) -> Result<Vec<(String, String, Amounts)>, PortError> {
    let statement = Statement::new(
        "SELECT role, person, sum(calls) AS calls, sum(bytes) AS bytes, sum(records) AS records
         FROM throughput WHERE span = ?1 AND begins < ?2
         GROUP BY role, person, begins ORDER BY random() LIMIT 5000",
    );
    let rows = host.query(statement.bind(span.name()).bind(before)).await?;
    let read = |row: &Row| Ok((row.text("role")?.to_owned(), row.text("person")?.to_owned(), amounts(row)?));
    rows.iter().map(read).collect()
}

/// When it was last found out what is usual in roles; [`None`] before the first time.
///
/// # Errors
/// When the database fails.
pub(crate) async fn roles_computed_at<H: Host>(host: &H) -> Result<Option<Timestamp>, PortError> {
    let statement =
        Statement::new("SELECT computed_at FROM throughput_role ORDER BY computed_at DESC LIMIT 1");
    host.query(statement).await?.first().map(|row| row.timestamp("computed_at")).transpose()
}

/// Keeps what is usual in roles, in the place of what was.
///
/// # Errors
/// When the database fails; then what was stays.
pub(crate) async fn keep_roles<H: Host>(
    host: &H,
    roles: &[(&str, Span, Usual)],
    now: Timestamp,
) -> Result<(), PortError> {
    let mut statements = vec![Statement::new("DELETE FROM throughput_role")];
    for (role, span, usual) in roles {
        let insert = Statement::new(
            "INSERT INTO throughput_role (role, span, calls, bytes, records, calls_spread, bytes_spread,
               records_spread, computed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        );
        let amounts = [&usual.median, &usual.spread];
        let values = amounts.into_iter().flat_map(|amounts| Measure::ALL.map(|measure| amounts.of(measure)));
        let insert = insert.bind(*role).bind(span.name());
        statements.push(values.fold(insert, |insert, value| insert.bind(whole(value))).bind(now));
    }
    host.batch(statements).await.map(drop)
}

/// Hours, days and alerts that are over for long enough.
pub(crate) fn purge(hours: Timestamp, days: Timestamp) -> [Statement; 3] {
    let counts = "DELETE FROM throughput WHERE span = ?1 AND begins < ?2";
    [
        Statement::new(counts).bind(Span::Hour.name()).bind(hours),
        Statement::new(counts).bind(Span::Day.name()).bind(days),
        Statement::new("DELETE FROM throughput_alert WHERE at < ?1").bind(days),
    ]
}

fn told(row: &Row) -> Result<Told, PortError> {
    Ok(Told {
        id: row.text("id")?.to_owned(),
        person: row.text("person")?.to_owned(),
        role: row.text("role")?.to_owned(),
        at: row.timestamp("at")?,
        unusual: unusual(row)?,
        hold: row.optional_text("hold")?.map(str::to_owned),
        tries: row.integer("tries")?,
    })
}

/// What an alert's row says was unusual.
pub(super) fn unusual(row: &Row) -> Result<Unusual, PortError> {
    let what = row.text("what")?;
    let measure = Measure::ALL.into_iter().find(|measure| measure.name() == what);
    Ok(Unusual {
        what: measure.ok_or_else(|| PortError::new("sql", "an alert is of something unknown"))?,
        per: span(row)?,
        since: row.integer("begins")?,
        amount: number(row, "amount")?,
        // NULL is no number.
        usual: number(row, "usual").ok(),
        limit: number(row, "most")?,
    })
}

fn stretch(row: &Row) -> Result<Stretch, PortError> {
    Ok((row.text("person")?.to_owned(), span(row)?, row.integer("begins")?))
}

fn span(row: &Row) -> Result<Span, PortError> {
    Span::named(row.text("span")?).ok_or_else(|| PortError::new("sql", "neither an hour nor a day"))
}

fn amounts(row: &Row) -> Result<Amounts, PortError> {
    Ok(Amounts {
        calls: number(row, "calls")?,
        bytes: number(row, "bytes")?,
        records: number(row, "records")?,
    })
}

fn spreads(row: &Row) -> Result<Amounts, PortError> {
    Ok(Amounts {
        calls: number(row, "calls_spread")?,
        bytes: number(row, "bytes_spread")?,
        records: number(row, "records_spread")?,
    })
}

fn number(row: &Row, column: &'static str) -> Result<u64, PortError> {
    Ok(u64::try_from(row.integer(column)?).unwrap_or_default())
}

/// A number as every host can keep it.
fn whole(value: u64) -> i64 {
    i64::try_from(value.min(MOST)).unwrap_or_default()
}

/// The largest whole number that goes through JavaScript as it is: 2^53.
pub(crate) const MOST: u64 = 1 << 53;

fn json(value: &impl Serialize) -> Result<String, PortError> {
    serde_json::to_string(value).map_err(|error| PortError::new("sql", error))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::host::memory::Memory;

    #[test]
    fn an_alert_is_told_also_after_a_clock_that_was_ahead() {
        let host = Memory::new();
        let run = |sql: &'static str| host.query(Statement::new(sql)).now_or_never().unwrap().unwrap();
        run("INSERT INTO throughput_alert (id, person, role, span, begins, what, amount, most, at, webhook_at)
             VALUES ('soon', 'p', 'r', 'hour', 0, 'calls', 2, 1, 0, 150), ('ahead', 'p', 'r', 'day', 0, 'calls', 2, 1, 0, 999)");
        let mut told = Vec::new();
        for now in [100, 149, 150] {
            let due = Due { now: Timestamp(now), latest: Timestamp(now + 100) };
            let due = to_tell(&host, due, Timestamp(now + 100)).now_or_never().unwrap().unwrap();
            told.push(due.into_iter().map(|told| told.id).collect::<Vec<_>>());
        }
        assert_eq!(told, [vec!["ahead"], vec![], vec!["soon"]]);
    }
}

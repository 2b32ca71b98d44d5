//! `pin`: what services say of their tools, and which of it may be shown to models.

use std::collections::HashMap;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::crypto::{MARK, Place};
use crate::guard::pin::{State, Why};
use crate::host::{Host, PortError, Row, Statement, Timestamp};
use crate::vocabulary;

/// A definition that was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its digest.
    pub digest: String,
    /// The keyed hash of its tool.
    pub tool: String,
    /// What became of it.
    pub state: State,
    /// When it was decided about, or seen first.
    pub since: Timestamp,
}

/// A definition that is seen for the first time.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// Its digest.
    pub digest: &'a str,
    /// The keyed hash of its tool.
    pub tool: &'a str,
    /// The tool's name.
    pub name: &'a str,
    /// The definition; nothing where it is too large to be shown.
    pub definition: &'a str,
    /// What becomes of it.
    pub state: State,
    /// Why.
    pub why: Why,
    /// What speaks against it.
    pub flags: String,
    /// The digest of the definition that it differs from.
    pub compared: Option<String>,
}

/// What is kept of a definition beside its text.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Its digest.
    pub digest: String,
    /// The id of its service.
    pub service: String,
    /// The tool's name.
    pub name: Zeroizing<String>,
    /// What became of it.
    pub state: State,
    /// Why it was pinned or had to wait.
    pub why: Why,
    /// What speaks against it: names, separated by spaces.
    pub flags: String,
    /// The digest of the definition that it differs from.
    pub compared: Option<String>,
    /// When it was seen first.
    pub first_seen: Timestamp,
    /// Who decided, and when.
    pub decided: Option<(String, Timestamp)>,
}

/// What a tool is compared with that was never seen before.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// How many definitions of its service are kept.
    pub kept: i64,
    /// The names of pinned tools of other services.
    pub others: Vec<Zeroizing<String>>,
    /// Pinned tools of the same service that are not among those that it has now: digest and definition.
    pub gone: Vec<(String, Zeroizing<String>)>,
    /// Whether there are more of those than can be compared.
    pub more_gone: bool,
}

/// How many tools of other services, and how many that are gone, a new one is compared with; and how long what is kept of
/// the latter may be, all together: it is held in memory.
const MOST_OTHERS: i64 = 5000;
const MOST_GONE: i64 = 500;
const LONGEST_GONE: i64 = 10_000_000;
/// How many bytes of sealed values go into one statement: a database takes two million.
const MOST_BYTES: usize = 700_000;

/// What was seen before of these tools of a service.
///
/// # Errors
/// When the database does not answer.
pub async fn of_tools<H: Host>(host: &H, service: &str, tools: &[&str]) -> Result<Vec<Known>, PortError> {
    let statement = Statement::new(
        "SELECT digest, tool, state, coalesce(decided_at, first_seen) AS since FROM pin
         WHERE service = ?1 AND tool IN (SELECT value FROM json_each(?2))",
    );
    let rows = host.query(statement.bind(service).bind(json(tools))).await?;
    let known = |row: &Row| {
        Ok(Known {
            digest: row.text("digest")?.to_owned(),
            tool: row.text("tool")?.to_owned(),
            state: state(row)?,
            since: row.timestamp("since")?,
        })
    };
    rows.iter().map(known).collect()
}

/// What new tools of a service are compared with. `present` are the tools that it has now; what was pinned after `before`,
/// if that is said, may be of the same list.
///
/// # Errors
/// When the database does not answer, or a row does not open.
pub async fn around<H: Host>(
    context: &Context<H>,
    service: &str,
    present: &[&str],
    before: Option<Timestamp>,
) -> Result<Around, PortError> {
    let kept = Statement::new("SELECT count(*) AS kept FROM pin WHERE service = ?1").bind(service);
    // One more than is compared says that there are more.
    let gone = Statement::new(
        "WITH gone AS (SELECT digest, row_number() OVER newest AS place, sum(length(definition)) OVER newest AS bytes
             FROM pin WHERE service = ?1 AND state = 'pinned' AND (?2 IS NULL OR first_seen <= ?2)
             AND tool NOT IN (SELECT value FROM json_each(?3))
             WINDOW newest AS (ORDER BY first_seen DESC, digest ROWS UNBOUNDED PRECEDING))
         SELECT gone.digest, CASE WHEN place <= ?4 AND bytes <= ?5 THEN definition END AS definition
         FROM gone JOIN pin USING (digest) WHERE place <= ?4 + 1 ORDER BY place",
    );
    let gone = gone.bind(service).bind(before).bind(json(present)).bind(MOST_GONE).bind(LONGEST_GONE);
    let mut answers = context.host.batch(vec![kept, of_others(service), gone]).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let kept = next().first().map_or(Ok(0), |row| row.integer("kept"))?;
    let others = named(context, &next())?;
    let (mut gone, mut more_gone) = (Vec::new(), false);
    for row in next() {
        match row.optional_text("definition")? {
            Some(_) => gone.push((row.text("digest")?.to_owned(), opened(context, &row, "definition")?)),
            None => more_gone = true,
        }
    }
    Ok(Around { kept, others, gone, more_gone })
}

/// The names of pinned tools of other services.
///
/// # Errors
/// When the database does not answer, or a row does not open.
pub async fn others<H: Host>(
    context: &Context<H>,
    service: &str,
) -> Result<Vec<Zeroizing<String>>, PortError> {
    named(context, &context.host.query(of_others(service)).await?)
}

fn of_others(service: &str) -> Statement {
    let statement = Statement::new(
        "SELECT tool, digest, name FROM pin WHERE service <> ?1 AND state = 'pinned' LIMIT ?2",
    );
    statement.bind(service).bind(MOST_OTHERS)
}

/// Each tool once, whatever number of definitions it has.
fn named<H: Host>(context: &Context<H>, rows: &[Row]) -> Result<Vec<Zeroizing<String>>, PortError> {
    let mut named = HashMap::new();
    for row in rows {
        named.insert(row.text("tool")?.to_owned(), row);
    }
    named.into_values().map(|row| opened(context, row, "name")).collect()
}

/// Keeps definitions of a service that are seen for the first time, and says what became of each. One is pinned only if no
/// other of its tool is there by now.
///
/// # Errors
/// When the database or the host's randomness fails; then some may be kept.
pub async fn keep<H: Host>(
    context: &Context<H>,
    service: &str,
    new: &[New<'_>],
) -> Result<HashMap<String, State>, PortError> {
    #[derive(Serialize)]
    struct Entry<'a> {
        d: &'a str,
        t: &'a str,
        n: String,
        j: String,
        s: &'static str,
        w: &'static str,
        f: &'a str,
        c: Option<&'a str>,
    }
    let (host, ring) = (&context.host, &context.setup.keys.sealing);
    let mut states = HashMap::new();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut bytes = 0;
    for (at, one) in new.iter().enumerate() {
        let entry = Entry {
            d: one.digest,
            t: one.tool,
            n: ring.seal(host, place(one.digest, "name"), one.name)?,
            j: ring.seal(host, place(one.digest, "definition"), one.definition)?,
            s: one.state.name(),
            w: one.why.name(),
            f: &one.flags,
            c: one.compared.as_deref(),
        };
        bytes += entry.j.len() + entry.n.len();
        entries.push(entry);
        if bytes < MOST_BYTES && at + 1 < new.len() {
            continue;
        }
        let digests: Vec<&str> = entries.iter().map(|entry| entry.d).collect();
        let insert = Statement::new(
            "INSERT INTO pin (digest, service, tool, name, definition, state, why, flags, compared, first_seen)
             SELECT json_extract(entry.value, '$.d'), ?1, json_extract(entry.value, '$.t'),
                 json_extract(entry.value, '$.n'), json_extract(entry.value, '$.j'),
                 CASE WHEN EXISTS (SELECT 1 FROM pin AS other WHERE other.service = ?1
                     AND other.tool = json_extract(entry.value, '$.t')) THEN 'waiting'
                 ELSE json_extract(entry.value, '$.s') END,
                 json_extract(entry.value, '$.w'), json_extract(entry.value, '$.f'),
                 json_extract(entry.value, '$.c'), ?3
             FROM json_each(?2) AS entry WHERE true
             ON CONFLICT (digest) DO NOTHING",
        );
        let insert = insert.bind(service).bind(json(&entries)).bind(host.now());
        let read =
            Statement::new("SELECT digest, state FROM pin WHERE digest IN (SELECT value FROM json_each(?1))");
        let answers = host.batch(vec![insert, read.bind(json(&digests))]).await?;
        for row in answers.last().into_iter().flatten() {
            states.insert(row.text("digest")?.to_owned(), state(row)?);
        }
        entries.clear();
        bytes = 0;
    }
    Ok(states)
}

/// Definitions in this state, those that were seen last first.
///
/// # Errors
/// When the database does not answer, or a row does not open.
pub async fn in_state<H: Host>(context: &Context<H>, state: State, most: i64) -> Result<Vec<Pin>, PortError> {
    let statement = Statement::new(
        "SELECT digest, service, name, state, why, flags, compared, first_seen, decided_by, decided_at FROM pin
         WHERE state = ?1 ORDER BY first_seen DESC, digest LIMIT ?2",
    );
    let rows = context.host.query(statement.bind(state.name()).bind(most)).await?;
    rows.iter().map(|row| pin(context, row)).collect()
}

/// How many definitions are in this state.
///
/// # Errors
/// When the database does not answer.
pub async fn count<H: Host>(host: &H, state: State) -> Result<i64, PortError> {
    let statement = Statement::new("SELECT count(*) AS pins FROM pin WHERE state = ?1");
    let rows = host.query(statement.bind(state.name())).await?;
    rows.first().map_or(Ok(0), |row| row.integer("pins"))
}

/// What is kept of a definition, and its text: nothing where that is too large to be shown.
///
/// # Errors
/// When the database does not answer, or the row does not open.
pub async fn find<H: Host>(
    context: &Context<H>,
    digest: &str,
) -> Result<Option<(Pin, Zeroizing<String>)>, PortError> {
    let statement = Statement::new("SELECT * FROM pin WHERE digest = ?1").bind(digest);
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some((pin(context, row)?, opened(context, row, "definition")?)))
}

/// Decides about a definition, if it is still in the state that it was decided in; says whether it was.
///
/// # Errors
/// When the database does not answer.
pub async fn decide<H: Host>(
    host: &H,
    digest: &str,
    (from, to): (State, State),
    by: &str,
    now: Timestamp,
) -> Result<bool, PortError> {
    let statement = Statement::new(
        "UPDATE pin SET state = ?3, decided_by = ?4, decided_at = ?5 WHERE digest = ?1 AND state = ?2
         RETURNING digest",
    );
    let statement = statement.bind(digest).bind(from.name()).bind(to.name()).bind(by).bind(now);
    Ok(!host.query(statement).await?.is_empty())
}

/// Seals with the first of the sealing keys what an older one sealed. Says how many definitions that were, and how many
/// could not be opened.
///
/// # Errors
/// When the database or the host's randomness fails.
pub async fn seal_anew<H: Host>(context: &Context<H>, most: i64) -> Result<(i64, i64), PortError> {
    let ring = &context.setup.keys.sealing;
    let older: Vec<String> = ring.marks().into_iter().skip(1).collect();
    let statement = Statement::new(
        "SELECT digest, name, definition FROM pin
         WHERE substr(definition, 1, ?2) IN (SELECT value FROM json_each(?1)) ORDER BY random() LIMIT ?3",
    );
    let rows = context.host.query(statement.bind(json(&older)).bind(MARK as i64).bind(most)).await?;
    let (mut done, mut failed) = (0, 0);
    for row in rows {
        let digest = row.text("digest")?;
        let anew = |column| ring.seal_anew(&context.host, place(digest, column), row.text(column)?);
        let (Ok(name), Ok(definition)) = (anew("name"), anew("definition")) else {
            failed += 1;
            continue;
        };
        let statement = Statement::new(
            "UPDATE pin SET name = ?3, definition = ?4 WHERE digest = ?1 AND definition = ?2 RETURNING digest",
        );
        let statement = statement.bind(digest).bind(row.text("definition")?).bind(name).bind(definition);
        done += i64::from(!context.host.query(statement).await?.is_empty());
    }
    Ok((done, failed))
}

/// How many definitions the first of the sealing keys did not seal.
///
/// # Errors
/// When the database fails.
pub async fn sealed_otherwise<H: Host>(host: &H, mark: &str) -> Result<i64, PortError> {
    let statement =
        Statement::new("SELECT count(*) AS pins FROM pin WHERE substr(definition, 1, length(?1)) <> ?1");
    let rows = host.query(statement.bind(mark)).await?;
    rows.first().map_or(Ok(0), |row| row.integer("pins"))
}

fn pin<H: Host>(context: &Context<H>, row: &Row) -> Result<Pin, PortError> {
    let decided = match row.optional_text("decided_by")? {
        Some(by) => Some((by.to_owned(), row.timestamp("decided_at")?)),
        None => None,
    };
    Ok(Pin {
        digest: row.text("digest")?.to_owned(),
        service: row.text("service")?.to_owned(),
        name: opened(context, row, "name")?,
        state: state(row)?,
        why: vocabulary::named::<Why>(row.text("why")?)
            .ok_or_else(|| PortError::new("sql", "no reason of a pin"))?,
        flags: row.text("flags")?.to_owned(),
        compared: row.optional_text("compared")?.map(str::to_owned),
        first_seen: row.timestamp("first_seen")?,
        decided,
    })
}

fn state(row: &Row) -> Result<State, PortError> {
    vocabulary::named::<State>(row.text("state")?).ok_or_else(|| PortError::new("sql", "no state of a pin"))
}

fn opened<H: Host>(
    context: &Context<H>,
    row: &Row,
    column: &'static str,
) -> Result<Zeroizing<String>, PortError> {
    let place = place(row.text("digest")?, column);
    let opened = context.setup.keys.sealing.open(place, row.text(column)?);
    opened.map_err(|error| PortError::new("sql", error))
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn place<'a>(digest: &'a str, column: &'static str) -> Place<'a> {
    Place { table: "pin", column, row: digest, owner: "", expires_at: None }
}

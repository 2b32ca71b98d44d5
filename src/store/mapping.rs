//! `pii_mapping`: what a pseudonym stands for, for one person, from one service, until it expires.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement, Timestamp};
use crate::pii::Found;

/// Whose mapping it is and which service it came from.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The person's id.
    pub person: &'a str,
    /// The person's data key.
    pub key: &'a DataKey,
    /// The service's id.
    pub service: &'a str,
}

/// Stores what was found, in one statement. What is there already lives on until the new expiry. Of the `doubtful`, those
/// are stored that were found before, at whatever service; answers with their pseudonyms.
///
/// # Errors
/// When the database does not answer, or holds another value under one of the pseudonyms (50 bits collide once in
/// about 30 million values of one person): the value that is there stays what it is.
pub async fn keep<H: Host>(
    host: &H,
    owner: Owner<'_>,
    found: &[&Found],
    doubtful: &[&Found],
    expires_at: Timestamp,
) -> Result<HashSet<String>, PortError> {
    #[derive(Serialize)]
    struct Entry<'a> {
        p: &'a str,
        v: String,
        f: String,
        /// Whether it has to be there.
        d: bool,
    }
    let fingerprints = owner.key.hash_key("pii_mapping fingerprint");
    let entries = found
        .iter()
        .map(|found| (found, false))
        .chain(doubtful.iter().map(|doubtful| (doubtful, true)))
        .map(|(found, doubted)| {
            let row = row(owner.service, &found.pseudonym);
            let sealed = owner.key.seal(host, place(owner.person, &row, expires_at), &found.value)?;
            let fingerprint = fingerprints.id("value", &[&found.value]);
            Ok(Entry { p: &found.pseudonym, v: sealed, f: fingerprint, d: doubted })
        })
        .collect::<Result<Vec<_>, PortError>>()?;
    let entries = serde_json::to_string(&entries).map_err(|error| PortError::new("sql", error))?;
    let stored = host
        .query(
            Statement::new(
                "INSERT INTO pii_mapping (person, service, pseudonym, value, fingerprint, expires_at)
             SELECT ?1, ?2, json_extract(entry.value, '$.p'), json_extract(entry.value, '$.v'),
                 json_extract(entry.value, '$.f'), ?3
             FROM json_each(?4) AS entry
             WHERE NOT json_extract(entry.value, '$.d') OR EXISTS (
                 SELECT 1 FROM pii_mapping AS known
                 WHERE known.person = ?1 AND known.pseudonym = json_extract(entry.value, '$.p')
                 AND known.fingerprint = json_extract(entry.value, '$.f') AND known.expires_at > ?5)
             ON CONFLICT (person, pseudonym, service)
             DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
             WHERE fingerprint = excluded.fingerprint
             RETURNING pseudonym",
            )
            .bind(owner.person)
            .bind(owner.service)
            .bind(expires_at)
            .bind(entries)
            .bind(host.now()),
        )
        .await?;
    let mut stored = stored
        .iter()
        .map(|row| row.text("pseudonym").map(str::to_owned))
        .collect::<Result<HashSet<_>, PortError>>()?;
    if !found.iter().all(|found| stored.remove(&found.pseudonym)) {
        return Err(PortError::new("sql", "a pseudonym stands for another value already"));
    }
    Ok(stored)
}

/// What the pseudonyms stand for, among those that came from one of `services` and have not expired.
///
/// # Errors
/// When the database does not answer or a row does not open.
pub async fn recall<H: Host>(
    host: &H,
    person: &str,
    key: &DataKey,
    services: &[String],
    pseudonyms: &[&str],
    now: Timestamp,
) -> Result<HashMap<String, Zeroizing<String>>, PortError> {
    let rows = host
        .query(
            Statement::new(
                "SELECT service, pseudonym, value, expires_at FROM pii_mapping
                 WHERE person = ?1 AND pseudonym IN (SELECT value FROM json_each(?2))
                 AND service IN (SELECT value FROM json_each(?3)) AND expires_at > ?4",
            )
            .bind(person)
            .bind(serde_json::json!(pseudonyms).to_string())
            .bind(serde_json::json!(services).to_string())
            .bind(now),
        )
        .await?;
    let mut values = HashMap::with_capacity(rows.len());
    for found in rows {
        let (service, pseudonym) = (found.text("service")?, found.text("pseudonym")?);
        let row = row(service, pseudonym);
        let value = key
            .open(place(person, &row, found.timestamp("expires_at")?), found.text("value")?)
            .map_err(|error| PortError::new("sql", error))?;
        values.insert(pseudonym.to_owned(), value);
    }
    Ok(values)
}

/// Removes what has expired.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new("DELETE FROM pii_mapping WHERE expires_at <= ?1").bind(now)
}

fn place<'a>(person: &'a str, row: &'a str, expires_at: Timestamp) -> Place<'a> {
    Place { table: "pii_mapping", column: "value", row, owner: person, expires_at: Some(expires_at) }
}

fn row(service: &str, pseudonym: &str) -> String {
    format!("{service} {pseudonym}")
}

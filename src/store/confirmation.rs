//! `confirmation`: calls that wait for their person's own yes, or have it and wait to be made.

use zeroize::Zeroizing;

use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Row, Statement, Timestamp, Value};

/// A call that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What the approval link ends with; random.
    pub id: String,
    /// Who called.
    pub person: String,
    /// The service's id.
    pub service: String,
    /// When yes was said.
    pub approved_at: Option<Timestamp>,
    /// Until when yes can be said, and the call be made.
    pub expires_at: Timestamp,
    tool: String,
    arguments: String,
}

impl Held {
    /// The tool's name: the model may have invented it.
    ///
    /// # Errors
    /// When the row does not open with this key.
    pub fn tool(&self, key: &DataKey) -> Result<Zeroizing<String>, PortError> {
        key.open(self.place("tool"), &self.tool).map_err(|error| PortError::new("sql", error))
    }

    /// What the call asks for as the model sent it, JSON text with pseudonyms: an object with `arguments` and whatever
    /// stands beside them.
    ///
    /// # Errors
    /// When the row does not open with this key.
    pub fn arguments(&self, key: &DataKey) -> Result<Zeroizing<String>, PortError> {
        key.open(self.place("arguments"), &self.arguments).map_err(|error| PortError::new("sql", error))
    }

    fn place(&self, column: &'static str) -> Place<'_> {
        place(column, &self.person, &self.id, self.expires_at)
    }
}

/// A call to hold.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Who calls.
    pub person: &'a str,
    /// The person's data key.
    pub key: &'a DataKey,
    /// The service's id.
    pub service: &'a str,
    /// The tool's name.
    pub tool: &'a str,
    /// A keyed hash of service, tool and, canonically, what is asked for.
    pub digest: &'a str,
    /// What is asked for, as sent: an object with `arguments` and whatever stands beside them.
    pub arguments: &'a str,
}

/// Holds a call under a new id, unless the same call is held already.
///
/// # Errors
/// When the database does not answer.
pub async fn hold<H: Host>(
    host: &H,
    call: Call<'_>,
    id: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Waits, PortError> {
    let seal = |column, value| call.key.seal(host, place(column, call.person, id, expires_at), value);
    let (tool, arguments) = (seal("tool", call.tool)?, seal("arguments", call.arguments)?);
    let answers = host
        .batch(vec![
            Statement::new("DELETE FROM confirmation WHERE person = ?1 AND digest = ?2 AND expires_at <= ?3")
                .bind(call.person)
                .bind(call.digest)
                .bind(now),
            Statement::new(
                "INSERT INTO confirmation (id, person, service, tool, digest, arguments, expires_at)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                 WHERE (SELECT count(*) FROM confirmation WHERE person = ?2 AND denied_at IS NULL AND expires_at > ?9) < ?8
                 ON CONFLICT (person, digest) DO NOTHING",
            )
            .bind(id)
            .bind(call.person)
            .bind(call.service)
            .bind(tool)
            .bind(call.digest)
            .bind(arguments)
            .bind(expires_at)
            .bind(MOST_HELD)
            .bind(now),
            Statement::new("SELECT id, denied_at FROM confirmation WHERE person = ?1 AND digest = ?2")
                .bind(call.person)
                .bind(call.digest),
        ])
        .await?;
    Ok(match answers.last().and_then(|rows| rows.first()) {
        None => Waits::TooMany,
        Some(row) if row.timestamp("denied_at").is_ok() => Waits::Denied,
        Some(row) => Waits::Under(row.text("id")?.to_owned()),
    })
}

/// How a call waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Under this id, which is shown.
    Under(String),
    /// Its person has said no to it lately.
    Denied,
    /// Not at all: as many calls of the person wait as may.
    TooMany,
}

/// More calls of one person do not wait at a time.
const MOST_HELD: i64 = 50;

/// Uses up the yes to a call: the id of the held call, once for each yes.
///
/// # Errors
/// When the database does not answer.
pub async fn redeem<H: Host>(
    host: &H,
    person: &str,
    digest: &str,
    now: Timestamp,
) -> Result<Option<String>, PortError> {
    let rows = host
        .query(
            Statement::new(
                "DELETE FROM confirmation WHERE person = ?1 AND digest = ?2
                 AND approved_at IS NOT NULL AND expires_at > ?3 RETURNING id",
            )
            .bind(person)
            .bind(digest)
            .bind(now),
        )
        .await?;
    rows.first().map(|row| Ok(row.text("id")?.to_owned())).transpose()
}

/// The held call with this id, if it is this person's and can still be decided.
///
/// # Errors
/// When the database does not answer.
pub async fn find<H: Host>(
    host: &H,
    person: &str,
    id: &str,
    now: Timestamp,
) -> Result<Option<Held>, PortError> {
    let rows = host
        .query(
            Statement::new(
                "SELECT id, person, service, tool, arguments, approved_at, expires_at FROM confirmation
                 WHERE id = ?1 AND person = ?2 AND expires_at > ?3 AND denied_at IS NULL",
            )
            .bind(id)
            .bind(person)
            .bind(now),
        )
        .await?;
    rows.first().map(held).transpose()
}

/// Says yes. False when there is nothing to say it to.
///
/// # Errors
/// When the database does not answer.
pub async fn approve<H: Host>(host: &H, person: &str, id: &str, now: Timestamp) -> Result<bool, PortError> {
    let rows = host
        .query(
            Statement::new(
                "UPDATE confirmation SET approved_at = ?3
                 WHERE id = ?1 AND person = ?2 AND approved_at IS NULL AND denied_at IS NULL AND expires_at > ?3
                 RETURNING id",
            )
            .bind(id)
            .bind(person)
            .bind(now),
        )
        .await?;
    Ok(!rows.is_empty())
}

/// What a no is said to.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// The call that is held under this id.
    Under(&'a str),
    /// The call with this digest, also where it is held under another id by now than the one that was asked about.
    To(&'a str),
}

/// Says no, which takes back a yes that was not used yet: nobody is asked about the call again until `until`, and what it
/// asked for is kept no longer. It is not too late when the call's time is over. False when there was nothing to say it
/// to: the call was made, or a no was said before.
///
/// # Errors
/// When the database does not answer.
pub async fn deny<H: Host>(
    host: &H,
    person: &str,
    said: Said<'_>,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, PortError> {
    let (id, digest) = match said {
        Said::Under(id) => (Value::from(id), Value::Null),
        Said::To(digest) => (Value::Null, Value::from(digest)),
    };
    let rows = host
        .query(
            Statement::new(
                "UPDATE confirmation SET denied_at = ?3, approved_at = NULL, expires_at = ?4, tool = '', arguments = ''
                 WHERE person = ?2 AND (id = ?1 OR digest = ?5) AND denied_at IS NULL RETURNING id",
            )
            .bind(id)
            .bind(person)
            .bind(now)
            .bind(until)
            .bind(digest),
        )
        .await?;
    Ok(!rows.is_empty())
}

/// Removes what has expired; that no was said, once it has by the time that is believed.
pub fn purge(now: Timestamp, believed: Option<Timestamp>) -> Statement {
    let sql = "DELETE FROM confirmation WHERE expires_at <= ?1 AND (denied_at IS NULL OR expires_at <= ?2)";
    Statement::new(sql).bind(now).bind(believed.map_or(Value::Null, Into::into))
}

fn held(row: &Row) -> Result<Held, PortError> {
    Ok(Held {
        id: row.text("id")?.to_owned(),
        person: row.text("person")?.to_owned(),
        service: row.text("service")?.to_owned(),
        tool: row.text("tool")?.to_owned(),
        approved_at: row.timestamp("approved_at").ok(),
        expires_at: row.timestamp("expires_at")?,
        arguments: row.text("arguments")?.to_owned(),
    })
}

fn place<'a>(column: &'static str, person: &'a str, id: &'a str, expires_at: Timestamp) -> Place<'a> {
    Place { table: "confirmation", column, row: id, owner: person, expires_at: Some(expires_at) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::host::memory::Memory;

    #[test]
    fn calls_that_are_over_wait_no_more() {
        let host = Memory::new();
        let key = DataKey::random(&host).unwrap();
        let wait = |digest: &str| {
            let call = Call { person: "p", key: &key, service: "s", tool: "t", digest, arguments: "{}" };
            let until = host.now().after(Duration::from_secs(600));
            hold(&host, call, digest, host.now(), until).now_or_never().unwrap().unwrap()
        };
        (0..MOST_HELD).for_each(|n| assert_eq!(wait(&n.to_string()), Waits::Under(n.to_string())));
        assert_eq!(wait("more"), Waits::TooMany);
        host.advance(Duration::from_secs(600));
        assert_eq!(wait("more"), Waits::Under("more".into()));
    }
}

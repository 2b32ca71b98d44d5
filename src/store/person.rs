//! `person`: people who have signed in, and the data keys that everything of theirs is sealed under.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::crypto::{DataKey, Place};
use crate::host::{Host, PortError, Statement};

/// For how long an isolate remembers a data key.
const REMEMBER: Duration = Duration::from_secs(60);

/// What the identity provider said of a person. Personal data: sealed at rest, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The verified e-mail address.
    pub email: String,
    /// What to call them on their own pages.
    pub name: Option<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Profile(..)")
    }
}

/// Keeps a person's profile; makes their data key when there is none.
///
/// # Errors
/// When the database or the host's randomness fails, or the data key was wrapped with a key that is gone.
pub async fn keep<H: Host>(context: &Context<H>, id: &str, profile: &Profile) -> Result<(), PortError> {
    let host = &context.host;
    let now = host.now();
    if data_key(context, id).await?.is_none() {
        let (_, wrapped) = context.setup.keys.sealing.new_data_key(host, id)?;
        // Two first sign-ins at once: one key wins, both read it back.
        let statement = Statement::new(
            "INSERT INTO person (id, data_key, created_at, seen_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(wrapped)
        .bind(now);
        host.query(statement).await?;
    }
    let key = data_key(context, id).await?.ok_or_else(|| PortError::new("sql", "the person was erased"))?;
    let plain = serde_json::to_string(profile).map_err(|_| PortError::new("sql", "profile is not JSON"))?;
    let sealed = key.seal(host, profile_place(id), &plain)?;
    let statement = Statement::new("UPDATE person SET profile = ?2, seen_at = ?3 WHERE id = ?1")
        .bind(id)
        .bind(sealed)
        .bind(now);
    host.query(statement).await.map(drop)
}

/// A person's profile; [`None`] for someone who never signed in or was erased.
///
/// # Errors
/// When the database fails or what is stored cannot be opened.
pub async fn profile<H: Host>(context: &Context<H>, id: &str) -> Result<Option<Profile>, PortError> {
    let statement = Statement::new("SELECT data_key, profile FROM person WHERE id = ?1").bind(id);
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let Some(sealed) = row.optional_text("profile")? else { return Ok(None) };
    let key = unwrap(context, id, row.text("data_key")?)?;
    let plain = key.open(profile_place(id), sealed).map_err(|error| PortError::new("sql", error))?;
    let profile = serde_json::from_str(&plain).map_err(|_| PortError::new("sql", "a profile is not JSON"))?;
    Ok(Some(profile))
}

/// A person's data key; [`None`] for someone who never signed in or was erased (noticed within a minute).
///
/// # Errors
/// When the database fails or the key was wrapped with a key that is gone.
pub async fn data_key<H: Host>(context: &Context<H>, id: &str) -> Result<Option<DataKey>, PortError> {
    let isolate = context.host.isolate();
    if let Some(key) = isolate.data_keys.recall(id, context.host.now(), REMEMBER) {
        return Ok(Some(key));
    }
    let statement = Statement::new("SELECT data_key FROM person WHERE id = ?1").bind(id);
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let key = unwrap(context, id, row.text("data_key")?)?;
    isolate.data_keys.keep(id.to_owned(), context.host.now(), key.clone());
    Ok(Some(key))
}

fn unwrap<H: Host>(context: &Context<H>, id: &str, wrapped: &str) -> Result<DataKey, PortError> {
    context.setup.keys.sealing.data_key(id, wrapped).map_err(|error| PortError::new("sql", error))
}

fn profile_place(id: &str) -> Place<'_> {
    Place { table: "person", column: "profile", row: id, owner: id, expires_at: None }
}

//! `person`: people who have signed in, and the data keys that everything of theirs is sealed under.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::access;
use crate::context::Context;
use crate::crypto::{DataKey, Place, envelope};
use crate::host::{Host, Level, LogLine, PortError, Row, Statement, Timestamp};

/// For how long an isolate remembers a data key.
const REMEMBER: Duration = Duration::from_secs(60);

/// After how many failures wrapping keys anew is left to the next time.
const MOST_FAILURES: i64 = 3;

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
        let wrapped = envelope::wrap(context, id, &DataKey::random(host)?).await?;
        // Two first sign-ins at once: one key wins, both read it back. Generations begin at the moment, so that who was
        // erased and comes again begins a new one.
        let statement = Statement::new(
            "INSERT INTO person (id, data_key, created_at, seen_at, generation) VALUES (?1, ?2, ?3, ?3, ?3)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(wrapped)
        .bind(now);
        host.query(statement).await?;
    }
    let key = data_key(context, id).await?.ok_or_else(|| PortError::new("sql", "the person was erased"))?;
    let plain = serde_json::to_string(profile).map_err(|_| PortError::new("sql", "profile is not JSON"))?;
    let sealed = key.seal(host, profile_place(id), &plain)?;
    let address = access::address_id(&context.setup.keys.hash, &profile.email);
    let statement =
        Statement::new("UPDATE person SET profile = ?2, seen_at = ?3, address = ?4 WHERE id = ?1")
            .bind(id)
            .bind(sealed)
            .bind(now)
            .bind(address);
    host.query(statement).await.map(drop)
}

/// What is known of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// As of their last sign-in.
    pub profile: Profile,
    /// Which access tokens count: those of this generation.
    pub generation: i64,
    /// When the identity provider last vouched for them.
    pub seen_at: Timestamp,
}

/// What is known of a person; [`None`] for someone who never signed in or was erased.
///
/// # Errors
/// When the database fails or what is stored cannot be opened.
pub async fn known<H: Host>(context: &Context<H>, id: &str) -> Result<Option<Known>, PortError> {
    let statement =
        Statement::new("SELECT data_key, profile, generation, seen_at FROM person WHERE id = ?1").bind(id);
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let Some(sealed) = row.optional_text("profile")? else { return Ok(None) };
    let profile = open_profile(context, id, row.text("data_key")?, sealed).await?;
    let (generation, seen_at) = (row.integer("generation")?, row.timestamp("seen_at")?);
    Ok(Some(Known { profile, generation, seen_at }))
}

async fn open_profile<H: Host>(
    context: &Context<H>,
    id: &str,
    data_key: &str,
    sealed: &str,
) -> Result<Profile, PortError> {
    let remembered = context.host.isolate().data_keys.recall(id, context.host.now(), REMEMBER);
    let opened = remembered.and_then(|(_, key)| key.open(profile_place(id), sealed).ok());
    let plain = match opened {
        Some(plain) => plain,
        None => {
            let key = unwrap(context, id, data_key).await?;
            key.open(profile_place(id), sealed).map_err(|error| PortError::new("sql", error))?
        }
    };
    serde_json::from_str(&plain).map_err(|_| PortError::new("sql", "a profile is not JSON"))
}

/// The ids of those who signed in last with an e-mail address: one for each account at the identity provider.
///
/// # Errors
/// When the database fails.
pub async fn with_address<H: Host>(context: &Context<H>, email: &str) -> Result<Vec<String>, PortError> {
    let hash = &context.setup.keys.hash;
    let Some(address) = access::address_id(hash, email) else { return Ok(Vec::new()) };
    let statement = Statement::new("SELECT id FROM person WHERE address = ?1").bind(address.as_str());
    let rows = context.host.query(statement).await?;
    let mut ids = rows.iter().map(|row| row.text("id").map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
    // Those who have not signed in since addresses are hashed: their profiles say.
    let mut last = String::new();
    loop {
        let statement = Statement::new(
            "SELECT id, data_key, profile FROM person
             WHERE address IS NULL AND profile IS NOT NULL AND id > ?1 ORDER BY id LIMIT 200",
        );
        let rows = context.host.query(statement.bind(last.as_str())).await?;
        for row in &rows {
            last = row.text("id")?.to_owned();
            // What cannot be opened any more gives nobody access, and must not keep others from being found.
            let profile = open_profile(context, &last, row.text("data_key")?, row.text("profile")?).await;
            if profile
                .is_ok_and(|profile| access::address_id(hash, &profile.email).as_ref() == Some(&address))
            {
                ids.push(last.clone());
            }
        }
        if rows.len() < 200 {
            return Ok(ids);
        }
    }
}

/// Whether there is somebody with this id.
///
/// # Errors
/// When the database fails.
pub async fn exists<H: Host>(host: &H, id: &str) -> Result<bool, PortError> {
    let statement = Statement::new("SELECT id FROM person WHERE id = ?1").bind(id);
    Ok(!host.query(statement).await?.is_empty())
}

/// Somebody whose access tokens still count.
#[derive(Debug)]
pub struct Entered {
    /// Their data key.
    pub key: DataKey,
    /// Whether their calls wait for an administrator.
    pub held: bool,
}

/// A person's data key if their access tokens of this generation still count, and whether they are held: asked of the
/// database each time, so that whose access was ended, or who is held, is so at once, everywhere. [`None`] for someone
/// who was erased, or whose access was ended since.
///
/// # Errors
/// When the database fails or the key was wrapped with a key that is gone.
pub async fn admitted_key<H: Host>(
    context: &Context<H>,
    id: &str,
    generation: i64,
) -> Result<Option<Entered>, PortError> {
    let ask = |sql| context.host.query(Statement::new(sql).bind(id).bind(generation));
    let observes = !context.setup.config.modes.throughput.stops();
    let rows = match ask(ENTERS).await {
        // Holds that stop nobody stop nobody by not being known either.
        Err(error) if observes => {
            context.host.log(LogLine::new(Level::Error, "storage_failed").port(&error));
            ask(ENTERS_UNHELD).await?
        }
        rows => rows?,
    };
    let Some(row) = rows.first() else {
        context.host.isolate().data_keys.forget(id);
        return Ok(None);
    };
    let held = row.integer("held")? != 0;
    Ok(Some(Entered { key: unwrapped(context, id, row).await?, held }))
}

const ENTERS: &str = "SELECT data_key, created_at,
   EXISTS (SELECT 1 FROM hold WHERE hold.person = ?1 AND hold.released_at IS NULL) AS held
 FROM person WHERE id = ?1 AND generation = ?2";
const ENTERS_UNHELD: &str =
    "SELECT data_key, created_at, 0 AS held FROM person WHERE id = ?1 AND generation = ?2";

/// Begins a new generation of a person's access tokens, and ends everything else by which somebody could go on in their
/// name: sessions, codes, refresh tokens, consents, what waits or is under way, and admin tokens that go back to them.
/// In one transaction. Accounts at services are not among that: they have to be revoked first.
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn end_access<H: Host>(host: &H, id: &str) -> Result<(), PortError> {
    host.batch(ENDS.map(|sql| Statement::new(sql).bind(id)).into()).await.map(drop)
}

const ENDS: [&str; 14] = [
    "UPDATE person SET generation = generation + 1 WHERE id = ?1",
    "DELETE FROM session WHERE person = ?1",
    "DELETE FROM oauth_code WHERE person = ?1",
    "DELETE FROM refresh_token WHERE person = ?1",
    "DELETE FROM consent WHERE person = ?1",
    "DELETE FROM client_session WHERE person = ?1",
    "DELETE FROM connecting WHERE person = ?1",
    "DELETE FROM confirmation WHERE person = ?1",
    "DELETE FROM question WHERE person = ?1",
    "DELETE FROM service_tools WHERE person = ?1",
    "DELETE FROM identity_token WHERE person = ?1",
    "DELETE FROM admin_token WHERE person = ?1",
    "DELETE FROM hold WHERE person = ?1",
    // The maintenance ends them at their services.
    "UPDATE service_session SET expires_at = 0 WHERE person = ?1",
];

/// Deletes everything that is kept of a person: with the row of the person goes the key that all of it was sealed with. In
/// one transaction, after [`end_access`].
///
/// # Errors
/// When the database fails; then nothing has happened.
pub async fn erase<H: Host>(host: &H, id: &str) -> Result<(), PortError> {
    // What came since access ended goes too.
    let statements = ENDS.iter().chain(&ERASES).map(|sql| Statement::new(sql).bind(id));
    host.batch(statements.collect()).await.map(drop)
}

const ERASES: [&str; 7] = [
    "DELETE FROM service_session WHERE person = ?1",
    "DELETE FROM service_task WHERE person = ?1",
    "DELETE FROM connection WHERE person = ?1",
    "DELETE FROM pii_mapping WHERE person = ?1",
    "DELETE FROM throughput WHERE person = ?1",
    "DELETE FROM throughput_alert WHERE person = ?1",
    "DELETE FROM person WHERE id = ?1",
];

/// A person's data key; [`None`] for someone who never signed in or was erased. For calls there is [`admitted_key`].
///
/// # Errors
/// When the database fails or the key was wrapped with a key that is gone.
pub async fn data_key<H: Host>(context: &Context<H>, id: &str) -> Result<Option<DataKey>, PortError> {
    let statement = Statement::new("SELECT data_key, created_at FROM person WHERE id = ?1").bind(id);
    let rows = context.host.query(statement).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    unwrapped(context, id, row).await.map(Some)
}

/// The data key in a row, which an isolate unwraps once a minute at most. It is known by when the row was made: who was
/// erased and comes again has another.
async fn unwrapped<H: Host>(context: &Context<H>, id: &str, row: &Row) -> Result<DataKey, PortError> {
    let (isolate, made) = (context.host.isolate(), row.timestamp("created_at")?);
    let remembered = isolate.data_keys.recall(id, context.host.now(), REMEMBER);
    if let Some((_, key)) = remembered.filter(|(of, _)| *of == made) {
        return Ok(key);
    }
    let key = unwrap(context, id, row.text("data_key")?).await?;
    isolate.data_keys.keep(id.to_owned(), context.host.now(), (made, key.clone()));
    Ok(key)
}

/// Unwraps a data key; one that is to be wrapped anew is, once the response is out.
async fn unwrap<H: Host>(context: &Context<H>, id: &str, wrapped: &str) -> Result<DataKey, PortError> {
    let key = envelope::unwrap(context, id, wrapped).await?;
    if !wrapped.starts_with(&envelope::mark(context)) {
        let (context, id, wrapped, key) = (context.clone(), id.to_owned(), wrapped.to_owned(), key.clone());
        context.host.clone().after_response(Box::pin(async move {
            // What fails here is tried again by the maintenance, which says so.
            let _ = wrap_anew(&context, &id, &wrapped, &key).await;
        }));
    }
    Ok(key)
}

async fn wrap_anew<H: Host>(
    context: &Context<H>,
    id: &str,
    wrapped: &str,
    key: &DataKey,
) -> Result<i64, PortError> {
    let anew = envelope::wrap(context, id, key).await?;
    replace(&context.host, &[[id, wrapped, &anew]]).await
}

/// Puts wrapped keys in the place of those that are expected there, each as person, before and after. Says how many:
/// whoever was faster has wrapped the same key.
async fn replace<H: Host>(host: &H, keys: &[[&str; 3]]) -> Result<i64, PortError> {
    let statement = Statement::new(
        "UPDATE person SET data_key = json_extract(anew.value, '$[2]') FROM json_each(?1) AS anew
         WHERE person.id = json_extract(anew.value, '$[0]')
           AND person.data_key = json_extract(anew.value, '$[1]')
         RETURNING id",
    );
    let keys = serde_json::to_string(keys).unwrap_or_default();
    Ok(host.query(statement.bind(keys)).await?.len() as i64)
}

/// What came of wrapping data keys anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many were.
    pub done: i64,
    /// How many could not be unwrapped, or not be wrapped.
    pub failed: i64,
}

/// Wraps up to `most` of the data keys anew whose text begins with one of these marks. One that fails hinders no other.
///
/// # Errors
/// When the database fails.
pub async fn rewrap<H: Host>(
    context: &Context<H>,
    marks: &[String],
    most: i64,
) -> Result<Rewrapped, PortError> {
    // In any order: those that fail must not stand before the others each time.
    let statement = Statement::new(
        "SELECT id, data_key FROM person
         WHERE EXISTS (SELECT 1 FROM json_each(?1) WHERE substr(person.data_key, 1, length(value)) = value)
         ORDER BY random() LIMIT ?2",
    );
    let marks = serde_json::to_string(marks).unwrap_or_default();
    let rows = context.host.query(statement.bind(marks).bind(most)).await?;
    let (mut anew, mut failed) = (Vec::new(), 0);
    for row in &rows {
        // A key service that does not answer need not be asked for each of them.
        if failed == MOST_FAILURES {
            break;
        }
        let (id, wrapped) = (row.text("id")?, row.text("data_key")?);
        if let Ok(key) = envelope::unwrap(context, id, wrapped).await
            && let Ok(text) = envelope::wrap(context, id, &key).await
        {
            anew.push((id, wrapped, text));
        } else {
            failed += 1;
        }
    }
    let keys: Vec<[&str; 3]> = anew.iter().map(|(id, wrapped, text)| [*id, *wrapped, text]).collect();
    Ok(Rewrapped { done: replace(&context.host, &keys).await?, failed })
}

/// How many data keys begin otherwise.
///
/// # Errors
/// When the database fails.
pub async fn wrapped_otherwise<H: Host>(host: &H, mark: &str) -> Result<i64, PortError> {
    let statement =
        Statement::new("SELECT count(*) AS people FROM person WHERE substr(data_key, 1, length(?1)) <> ?1");
    let rows = host.query(statement.bind(mark)).await?;
    rows.first().map_or(Ok(0), |row| row.integer("people"))
}

fn profile_place(id: &str) -> Place<'_> {
    Place { table: "person", column: "profile", row: id, owner: id, expires_at: None }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::config::Config;
    use crate::crypto::{Keys, sealing_ring};
    use crate::host::memory::Memory;
    use crate::isolate::Setup;

    /// Nothing on this host ever waits.
    fn now<T>(work: impl Future<Output = T>) -> T {
        futures_util::FutureExt::now_or_never(work).unwrap()
    }

    const CONFIG: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                          issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n";

    /// A gateway with these sealing keys, in another isolate than before.
    fn context(host: &Memory, ring: &str) -> Context<Memory> {
        host.set_secret("MCPGATE_SEALING_KEYS", ring);
        host.restart();
        let (config, keys) = (Config::parse(CONFIG).unwrap(), now(Keys::read(host)).unwrap());
        Context::new(host.clone(), Rc::new(Setup { config, version: 1, keys }))
    }

    fn key(letter: &str) -> String {
        letter.repeat(42) + "A"
    }

    fn stored(host: &Memory, id: &str) -> String {
        let statement = Statement::new("SELECT data_key FROM person WHERE id = ?1").bind(id);
        now(host.query(statement)).unwrap()[0].text("data_key").unwrap().to_owned()
    }

    /// A table that is added has to be thought of.
    #[test]
    fn every_table_of_a_person_ends_with_them() {
        let host = Memory::new();
        let statement = Statement::new(
            "SELECT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.name = 'person' AND m.name <> 'audit_log'",
        );
        let rows = now(host.query(statement)).unwrap();
        assert!(rows.len() > 10);
        for row in &rows {
            let deletes = format!("DELETE FROM {} ", row.text("name").unwrap());
            assert!(ENDS.iter().chain(&ERASES).any(|sql| sql.starts_with(&deletes)), "{deletes}");
        }
    }

    fn keep_all(context: &Context<Memory>, ids: &[&str]) {
        for id in ids {
            let profile = Profile { email: format!("{id}@example.com"), name: None };
            now(keep(context, id, &profile)).unwrap();
        }
    }

    #[test]
    fn a_data_key_that_is_opened_is_wrapped_anew_and_stays_the_same() {
        let host = Memory::new();
        keep_all(&context(&host, &key("A")), &["p1", "p2"]);
        let both = context(&host, &format!("{},{}", key("B"), key("A")));
        let before = stored(&host, "p1");
        now(data_key(&both, "p1")).unwrap().unwrap();
        now(host.run_later());
        assert_ne!(stored(&host, "p1"), before);
        assert!(sealing_ring(&key("A")).unwrap().is_current(&stored(&host, "p2")), "nobody opened it");
        let new = context(&host, &key("B"));
        assert_eq!(now(known(&new, "p1")).unwrap().unwrap().profile.email, "p1@example.com");
        assert!(now(known(&new, "p2")).is_err());
        now(host.run_later());
        let after = stored(&host, "p1");
        now(data_key(&new, "p1")).unwrap().unwrap();
        now(host.run_later());
        assert_eq!(stored(&host, "p1"), after, "once");
    }

    #[test]
    fn a_data_key_that_changed_meanwhile_is_not_overwritten() {
        let host = Memory::new();
        keep_all(&context(&host, &key("A")), &["p1"]);
        let both = context(&host, &format!("{},{}", key("B"), key("A")));
        now(data_key(&both, "p1")).unwrap().unwrap();
        // The person is erased, and comes again, before the isolate gets to it.
        now(host.query(Statement::new("DELETE FROM person"))).unwrap();
        host.restart();
        keep_all(&both, &["p1"]);
        let before = stored(&host, "p1");
        now(host.run_later());
        assert_eq!(stored(&host, "p1"), before);
    }

    #[test]
    fn whoever_was_erased_and_comes_again_has_another_key_in_every_isolate() {
        let host = Memory::new();
        let context = context(&host, &key("A"));
        keep_all(&context, &["p1"]);
        let old = now(data_key(&context, "p1")).unwrap().unwrap();
        let sealed = old.seal(&host, profile_place("p1"), "v").unwrap();
        // Elsewhere: this isolate remembers the key.
        now(end_access(&host, "p1")).unwrap();
        now(erase(&host, "p1")).unwrap();
        assert!(now(data_key(&context, "p1")).unwrap().is_none());
        host.advance(Duration::from_millis(1));
        keep_all(&context, &["p1"]);
        assert_eq!(now(known(&context, "p1")).unwrap().unwrap().profile.email, "p1@example.com");
        let generation = now(known(&context, "p1")).unwrap().unwrap().generation;
        let keys = [
            now(data_key(&context, "p1")),
            now(admitted_key(&context, "p1", generation)).map(|entered| entered.map(|entered| entered.key)),
        ];
        for key in keys.map(|key| key.unwrap().unwrap()) {
            assert!(key.open(profile_place("p1"), &sealed).is_err());
        }
    }

    #[test]
    fn what_came_since_access_ended_is_erased_too() {
        let host = Memory::new();
        let context = context(&host, &key("A"));
        keep_all(&context, &["p1"]);
        now(end_access(&host, "p1")).unwrap();
        let meanwhile = "INSERT INTO identity_token (person, tokens, expires_at) VALUES ('p1', 'x', 1)";
        now(host.query(Statement::new(meanwhile))).unwrap();
        now(erase(&host, "p1")).unwrap();
        let rows = now(host.query(Statement::new("SELECT person FROM identity_token"))).unwrap();
        assert!(rows.is_empty());
    }

    #[test]
    fn what_cannot_be_unwrapped_hinders_no_other() {
        let host = Memory::new();
        let old = context(&host, &key("A"));
        keep_all(&old, &["p1", "p2", "p3"]);
        let ruin = "UPDATE person SET data_key = data_key || 'AAAA' WHERE id = 'p2'";
        now(host.query(Statement::new(ruin))).unwrap();
        let both = context(&host, &format!("{},{}", key("B"), key("A")));
        let older = envelope::older_marks(&both);
        assert_eq!(now(rewrap(&both, &older, 500)).unwrap(), Rewrapped { done: 2, failed: 1 });
        assert_eq!(now(wrapped_otherwise(&host, &envelope::mark(&both))).unwrap(), 1);
        let new = context(&host, &key("B"));
        for id in ["p1", "p3"] {
            assert_eq!(now(known(&new, id)).unwrap().unwrap().profile.email, format!("{id}@example.com"));
        }
    }
    #[test]
    fn a_key_that_is_known_is_used_for_a_minute_whatever_becomes_of_what_wrapped_it() {
        let host = Memory::new();
        let context = context(&host, &key("A"));
        keep_all(&context, &["p1"]);
        now(host.query(Statement::new("UPDATE person SET data_key = 'gk1.AAAAAAAAAAA.AAAA'"))).unwrap();
        host.advance(REMEMBER - Duration::from_secs(1));
        assert!(now(data_key(&context, "p1")).unwrap().is_some());
        assert!(now(known(&context, "p1")).unwrap().is_some());
        host.advance(Duration::from_secs(1));
        for error in [now(data_key(&context, "p1")).map(drop), now(known(&context, "p1")).map(drop)] {
            assert_eq!(error.unwrap_err().port, "keys");
        }
    }
}

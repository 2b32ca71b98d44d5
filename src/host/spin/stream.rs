//! The audit queue: a Redis stream with one consumer group.
//!
//! An entry leaves the stream when the gateway is done with it, and not before. One that was read and not acknowledged,
//! because its instance went away or the database was busy, is read again by [`Stream::reclaim`].

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use spin_sdk::redis::{Connection, RedisParameter, RedisResult};
use spin_sdk::variables;
use spin_sdk::wasip3::clocks::monotonic_clock;
use spin_sdk::wasip3::spawn;

use super::{Spin, instance};
use crate::gateway::Gateway;
use crate::host::redis::{self, Entry, Leaf};
use crate::host::{Host as _, Level, LogLine, PortError};

/// Time between two maintenances, over all instances.
pub(super) const MAINTENANCE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Stream {
    connection: RefCell<Option<Rc<Connection>>>,
    /// Something was sent that no drain has looked for yet.
    waiting: Cell<bool>,
    draining: Cell<bool>,
}

impl Stream {
    /// Puts a message on the stream and sees to it that it is drained, whether or not a request follows.
    pub(super) async fn send(&self, message: &str) -> Result<(), PortError> {
        self.command("XADD", &[KEY, "*", FIELD, message]).await?;
        self.waiting.set(true);
        spawn(async {
            monotonic_clock::wait_for(GATHER_NS).await;
            instance().stream.drain(&Gateway::new(Spin)).await;
        });
        Ok(())
    }

    /// Hands new messages to the gateway until there are none. One drain an instance at a time.
    async fn drain(&self, gateway: &Gateway<Spin>) {
        let Some(_turn) = Turn::take(&self.draining) else { return };
        while self.waiting.take() {
            loop {
                match self.read().await {
                    Ok(entries) if entries.is_empty() => break,
                    Ok(entries) => {
                        // What the database does not take now, it would not take of the next ones either.
                        if !self.consume(gateway, entries).await {
                            return;
                        }
                    }
                    Err(error) => {
                        return Spin.log(LogLine::new(Level::Warn, "queue_not_drained").port(&error));
                    }
                }
            }
        }
    }

    /// Whether this instance is the one to do the maintenance that is due now.
    pub(super) async fn begin_maintenance(&self) -> Result<bool, PortError> {
        let seconds = MAINTENANCE.as_secs().to_string();
        let answer = self.command("SET", &[MAINTAINED, "1", "NX", "EX", &seconds]).await?;
        Ok(matches!(answer.as_slice(), [RedisResult::Status(_)]))
    }

    /// Hands messages to the gateway that were read long ago and never acknowledged, then all new ones. After an outage of
    /// the database that can be any number: all of them in one turn, for the next one is a minute away.
    pub(super) async fn reclaim(&self, gateway: &Gateway<Spin>) {
        let mut from = BEGINNING.to_owned();
        loop {
            let arguments = [KEY, GROUP, CONSUMER, STALE_MS, &from, "COUNT", BATCH];
            let answer = match self.command("XAUTOCLAIM", &arguments).await {
                Ok(answer) => answer,
                // No group yet: nothing was ever read.
                Err(error) if error.detail.contains("NOGROUP") => break,
                Err(error) => {
                    Spin.log(LogLine::new(Level::Warn, "queue_not_reclaimed").port(&error));
                    break;
                }
            };
            let next = cursor(&answer);
            let entries = entries(answer);
            let taken = entries.is_empty() || self.consume(gateway, entries).await;
            match next {
                Some(next) if taken && next != BEGINNING => from = next,
                _ => break,
            }
        }
        self.waiting.set(true);
        self.drain(gateway).await;
    }

    async fn read(&self) -> Result<Vec<Entry>, PortError> {
        let arguments = ["GROUP", GROUP, CONSUMER, "COUNT", BATCH, "STREAMS", KEY, ">"];
        let answer = match self.command("XREADGROUP", &arguments).await {
            Err(error) if error.detail.contains("NOGROUP") => {
                self.create_group().await?;
                self.command("XREADGROUP", &arguments).await?
            }
            answer => answer?,
        };
        Ok(entries(answer))
    }

    async fn create_group(&self) -> Result<(), PortError> {
        match self.command("XGROUP", &["CREATE", KEY, GROUP, "0", "MKSTREAM"]).await {
            Err(error) if !error.detail.contains("BUSYGROUP") => Err(error),
            _ => Ok(()),
        }
    }

    /// Hands messages to the gateway and takes those off the stream that it is done with, and what is none of its messages;
    /// says whether that is all of them.
    async fn consume(&self, gateway: &Gateway<Spin>, entries: Vec<Entry>) -> bool {
        let all = entries.len();
        let (mut ids, mut messages, mut done) = (Vec::new(), Vec::new(), Vec::new());
        for entry in &entries {
            match &entry.message {
                Some(message) => {
                    ids.push(entry.id.as_str());
                    messages.push(message.clone());
                }
                None => {
                    Spin.log(LogLine::new(Level::Error, "queue_entry_foreign").id("entry", &entry.id));
                    done.push(entry.id.as_str());
                }
            }
        }
        let taken = gateway.consume(messages).await;
        done.extend(ids.into_iter().zip(taken).filter_map(|(id, taken)| taken.then_some(id)));
        if done.is_empty() {
            return false;
        }
        let acknowledge = [&[KEY, GROUP], done.as_slice()].concat();
        let delete = [&[KEY], done.as_slice()].concat();
        // In this order: what is deleted and not acknowledged, Redis forgets when it is claimed; what is acknowledged and
        // not deleted, because this instance ended in between, nobody would ever look at again.
        for (command, arguments) in [("XDEL", delete), ("XACK", acknowledge)] {
            if let Err(error) = self.command(command, &arguments).await {
                Spin.log(LogLine::new(Level::Warn, "queue_not_acknowledged").port(&error));
                return false;
            }
        }
        done.len() == all
    }

    /// Runs one command; once more on a new connection, for the old one may have died since it was last used.
    /// So a command can happen twice: consumers know an event by its id.
    async fn command(&self, command: &str, arguments: &[&str]) -> Result<Vec<RedisResult>, PortError> {
        let known = self.connection.borrow().clone();
        if let Some(connection) = known
            && let Ok(answer) = execute(&connection, command, arguments).await
        {
            return Ok(answer);
        }
        self.connection.take();
        let connection = Rc::new(connect().await?);
        let answer = execute(&connection, command, arguments).await?;
        self.connection.replace(Some(connection));
        Ok(answer)
    }
}

/// Where the next claim goes on: the first leaf of a claim's answer; [`BEGINNING`] when all were looked at.
fn cursor(answer: &[RedisResult]) -> Option<String> {
    match answer.first() {
        Some(RedisResult::Binary(bytes)) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    }
}

fn entries(answer: Vec<RedisResult>) -> Vec<Entry> {
    let leaf = |leaf| match leaf {
        RedisResult::Binary(bytes) => Leaf::Bytes(bytes),
        _ => Leaf::Other,
    };
    redis::entries(&answer.into_iter().map(leaf).collect::<Vec<_>>(), FIELD)
}

async fn connect() -> Result<Connection, PortError> {
    let address = variables::get(ADDRESS).await.map_err(|error| PortError::new("queue", error))?;
    in_time(Connection::open(address)).await
}

async fn execute(
    connection: &Connection,
    command: &str,
    arguments: &[&str],
) -> Result<Vec<RedisResult>, PortError> {
    let arguments = arguments.iter().map(|argument| RedisParameter::Binary(argument.as_bytes().to_vec()));
    in_time(connection.execute(command, arguments)).await
}

async fn in_time<T>(work: impl Future<Output = Result<T, spin_sdk::redis::Error>>) -> Result<T, PortError> {
    match select(pin!(work), pin!(monotonic_clock::wait_for(PATIENCE_NS))).await {
        Either::Left((done, _)) => done.map_err(|error| PortError::new("queue", error)),
        Either::Right(_) => Err(PortError::new("queue", "no answer within the time limit")),
    }
}

/// The right to drain, given back also when the drain is cancelled.
struct Turn<'a>(&'a Cell<bool>);

impl<'a> Turn<'a> {
    fn take(taken: &'a Cell<bool>) -> Option<Self> {
        (!taken.replace(true)).then_some(Self(taken))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// The variable that holds Redis' address.
const ADDRESS: &str = "redis_url";
const KEY: &str = "mcpgate:audit";
const GROUP: &str = "mcpgate";
/// One name for all instances: they come and go, and a name would stay in the group for ever.
const CONSUMER: &str = "spin";
const FIELD: &str = "message";
/// Exists for [`MAINTENANCE`] after somebody began one.
const MAINTAINED: &str = "mcpgate:maintained";
const BATCH: &str = "100";
/// The id before all others.
const BEGINNING: &str = "0-0";
/// Age at which a message that was read is given up on its reader.
const STALE_MS: &str = "30000";
/// How long a message waits for others to share the database's transaction with.
const GATHER_NS: u64 = 50_000_000;
/// Longest wait for Redis.
const PATIENCE_NS: u64 = 5_000_000_000;

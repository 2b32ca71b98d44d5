//! `spin:key-value` in a small SQLite file, as Spin's own default store is.

use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use rusqlite::OptionalExtension as _;
use tokio::task::spawn_blocking;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use crate::state::bindings::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::state::{Spin, State};

pub struct Store(Arc<Mutex<rusqlite::Connection>>);

pub fn open(file: &Path) -> Result<Arc<Mutex<rusqlite::Connection>>> {
    let connection = rusqlite::Connection::open(file).with_context(|| file.display().to_string())?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    )?;
    Ok(Arc::new(Mutex::new(connection)))
}

impl Host for State {}

impl HostStore for State {
    fn drop(&mut self, store: Resource<Store>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl<T: Send> HostStoreWithStore<T> for Spin {
    async fn open(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> wasmtime::Result<Result<Resource<Store>, Error>> {
        if label != "default" {
            return Ok(Err(Error::AccessDenied));
        }
        Ok(Ok(accessor.with(|mut access| {
            let state = access.get();
            state.table.push(Store(Arc::clone(&state.services.key_value)))
        })?))
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        run(accessor, &store, move |connection| {
            connection
                .prepare_cached("SELECT value FROM entry WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
        .await
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        run(accessor, &store, move |connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO entry (key, value) VALUES (?1, ?2)")?
                .execute((key, value))
                .map(drop)
        })
        .await
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        run(accessor, &store, move |connection| {
            connection.execute("DELETE FROM entry WHERE key = ?1", [key]).map(drop)
        })
        .await
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        run(accessor, &store, move |connection| {
            connection.prepare_cached("SELECT 1 FROM entry WHERE key = ?1")?.exists([key])
        })
        .await
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let keys = run(accessor, &store, |connection| {
            connection.prepare("SELECT key FROM entry")?.query_map([], |row| row.get(0))?.collect()
        })
        .await?;
        let (keys, result): (Vec<String>, _) = match keys {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        accessor.with(|mut access| {
            let result = async move { wasmtime::error::Ok(result) };
            Ok((StreamReader::new(&mut access, keys)?, FutureReader::new(&mut access, result)?))
        })
    }
}

async fn run<T, R: Send + 'static>(
    accessor: &Accessor<T, Spin>,
    store: &Resource<Store>,
    work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R> + Send + 'static,
) -> wasmtime::Result<Result<R, Error>> {
    let store =
        accessor.with(|mut access| wasmtime::error::Ok(Arc::clone(&access.get().table.get(store)?.0)))?;
    let done = spawn_blocking(move || match store.lock() {
        Ok(connection) => work(&connection).map_err(|error| Error::Other(error.to_string())),
        Err(_) => Err(Error::Other("an earlier call panicked".to_owned())),
    });
    Ok(done.await?)
}

//! `spin:sqlite` over a real file. Each `open` is a connection of its own, as on Spin, so that `BEGIN IMMEDIATE`
//! locks out the others.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rusqlite::types::ValueRef;
use tokio::task::spawn_blocking;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use crate::state::bindings::spin::sqlite::sqlite::{
    Error, Host, HostConnection, HostConnectionWithStore, QueryResult, RowResult, Value,
};
use crate::state::{Spin, State};

pub struct Connection(Arc<Mutex<rusqlite::Connection>>);

/// Applies the files that have not been applied yet, each in one transaction together with its mark.
pub fn migrate(database: &Path, files: &[PathBuf]) -> Result<()> {
    let mut connection = connect(database).with_context(|| database.display().to_string())?;
    // Spin leaves the mode of the file as it finds it.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch("CREATE TABLE IF NOT EXISTS test_host_migration (name TEXT PRIMARY KEY)")?;
    for file in files {
        let name = file.file_name().context("a migration is a file")?.to_string_lossy().into_owned();
        let sql = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let transaction = connection.transaction()?;
        if transaction.execute("INSERT OR IGNORE INTO test_host_migration VALUES (?1)", [&name])? == 1 {
            transaction.execute_batch(&sql).with_context(|| file.display().to_string())?;
        }
        transaction.commit()?;
    }
    Ok(())
}

impl Host for State {}

impl HostConnection for State {
    fn open(&mut self, database: String) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        if database != "default" {
            return Ok(Err(Error::AccessDenied));
        }
        match connect(&self.services.database) {
            Ok(connection) => Ok(Ok(self.table.push(Connection(Arc::new(Mutex::new(connection))))?)),
            Err(error) => Ok(Err(io(error))),
        }
    }

    fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<QueryResult, Error>> {
        Ok(execute(&self.table.get(&connection)?.0, &statement, parameters))
    }

    fn last_insert_rowid(&mut self, connection: Resource<Connection>) -> wasmtime::Result<i64> {
        Ok(lock(&self.table.get(&connection)?.0)?.last_insert_rowid())
    }

    fn changes(&mut self, connection: Resource<Connection>) -> wasmtime::Result<u64> {
        Ok(lock(&self.table.get(&connection)?.0)?.changes())
    }

    fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl<T: Send> HostConnectionWithStore<T> for Spin {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        database: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        accessor.with(|mut access| access.get().open(database))
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<
        Result<(Vec<String>, StreamReader<RowResult>, FutureReader<Result<(), Error>>), Error>,
    > {
        let connection = shared(accessor, &connection)?;
        match spawn_blocking(move || execute(&connection, &statement, parameters)).await? {
            Ok(QueryResult { columns, rows }) => accessor.with(|mut access| {
                let rows = StreamReader::new(&mut access, rows)?;
                let result = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
                Ok(Ok((columns, rows, result)))
            }),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<i64> {
        Ok(lock(&shared(accessor, &connection)?)?.last_insert_rowid())
    }

    async fn changes_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<u64> {
        Ok(lock(&shared(accessor, &connection)?)?.changes())
    }
}

fn connect(file: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Tests outlive no power cut.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

fn shared<T>(
    accessor: &Accessor<T, Spin>,
    connection: &Resource<Connection>,
) -> wasmtime::Result<Arc<Mutex<rusqlite::Connection>>> {
    accessor.with(|mut access| Ok(Arc::clone(&access.get().table.get(connection)?.0)))
}

fn lock(
    connection: &Arc<Mutex<rusqlite::Connection>>,
) -> wasmtime::Result<MutexGuard<'_, rusqlite::Connection>> {
    connection.lock().map_err(|_| wasmtime::format_err!("an earlier call panicked"))
}

fn execute(
    connection: &Arc<Mutex<rusqlite::Connection>>,
    statement: &str,
    parameters: Vec<Value>,
) -> Result<QueryResult, Error> {
    let connection = lock(connection).map_err(|error| Error::Io(error.to_string()))?;
    let mut statement = connection.prepare_cached(statement).map_err(io)?;
    let columns = statement.column_names().into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
    let rows = statement
        .query_map(rusqlite::params_from_iter(parameters.into_iter().map(parameter)), |row| {
            let values = (0..columns.len()).map(|column| Ok(value(row.get_ref(column)?)));
            Ok(RowResult { values: values.collect::<rusqlite::Result<_>>()? })
        })
        .and_then(Iterator::collect)
        .map_err(io)?;
    Ok(QueryResult { columns, rows })
}

fn parameter(value: Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Integer(number) => rusqlite::types::Value::Integer(number),
        Value::Real(number) => rusqlite::types::Value::Real(number),
        Value::Text(text) => rusqlite::types::Value::Text(text),
        Value::Blob(bytes) => rusqlite::types::Value::Blob(bytes),
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

fn io(error: rusqlite::Error) -> Error {
    Error::Io(error.to_string())
}

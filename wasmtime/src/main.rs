//! Runs the Spin component in tests, as Spin would: instances are reused and requests interleave in them, and
//! behind Spin's interfaces stand a real SQLite file and a real Redis. A test host, not a product: it terminates
//! no TLS and speaks none to peers.

mod clock;
mod key_value;
mod outbound;
mod redis;
mod server;
mod sqlite;
mod state;
mod variables;

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::state::Services;

/// Runs a Spin component (wasm32-wasip2, WASI 0.3) for tests.
#[derive(Parser)]
struct Arguments {
    /// The component.
    #[arg(long, value_name = "FILE.wasm")]
    component: PathBuf,
    /// Where to keep what the component compiles to, for the next start. The file is trusted.
    #[arg(long, value_name = "FILE")]
    compiled: Option<PathBuf>,
    /// The port to listen on, at 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The database behind the label `default`.
    #[arg(long, value_name = "FILE.sqlite")]
    db: PathBuf,
    /// SQL to apply to the database once, in this order. Applied files are remembered by name.
    #[arg(long, value_name = "FILE.sql")]
    migrate: Vec<PathBuf>,
    /// The file behind the key-value store `default`.
    #[arg(long, value_name = "FILE")]
    kv: PathBuf,
    /// The Redis that the component may open; also the variable `redis_url`.
    #[arg(long, value_name = "redis://HOST:PORT")]
    redis: Option<String>,
    /// One variable.
    #[arg(long, value_name = "NAME=VALUE")]
    var: Vec<String>,
    /// A file of variables, one NAME=VALUE a line; names are lower-cased, as Spin wants them.
    #[arg(long, value_name = "FILE")]
    vars_file: Vec<PathBuf>,
    /// A peer that the component may reach over HTTP; `*` is any port, as in `allowed_outbound_hosts`.
    #[arg(long, value_name = "HOST:PORT")]
    allow: Vec<String>,
    /// A file that says by how many milliseconds the component's clock is ahead of the system's.
    #[arg(long, value_name = "FILE")]
    clock: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    sqlite::migrate(&arguments.db, &arguments.migrate)?;
    let services = Arc::new(Services {
        database: arguments.db.clone(),
        key_value: key_value::open(&arguments.kv)?,
        variables: variables(&arguments)?,
        redis: arguments.redis,
        allowed: arguments.allow.into_iter().collect::<HashSet<_>>(),
        clock: arguments.clock,
    });
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    server::serve(&arguments.component, arguments.compiled.as_deref(), address, services).await
}

fn variables(arguments: &Arguments) -> Result<HashMap<String, String>> {
    let mut variables = HashMap::new();
    if let Some(redis) = &arguments.redis {
        variables.insert("redis_url".to_owned(), redis.clone());
    }
    for file in &arguments.vars_file {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            variables.extend([variable(line)?]);
        }
    }
    for text in &arguments.var {
        variables.extend([variable(text)?]);
    }
    Ok(variables)
}

/// The text after the first `=` is the value. It may be a secret, so an error does not repeat it.
fn variable(text: &str) -> Result<(String, String)> {
    let (name, value) = text.split_once('=').context("a variable is NAME=VALUE")?;
    Ok((name.trim().to_ascii_lowercase(), value.to_owned()))
}

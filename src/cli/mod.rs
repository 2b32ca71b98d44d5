//! The operator's command line, `mcpgate`. Runs on a person's own machine only.
//!
//! Exit code 0: done, or what was asked about holds. 1: it does not, and one line on standard error says what, where
//! and what to do. 2: the command was not understood.

mod audit;
mod checkpoint;
mod config;
mod guest;
mod keys;
mod mask;
mod secrets;

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::audit::format::Format;

/// Parses the arguments of the process, does what they say, and answers with its exit code.
pub fn main() -> ExitCode {
    let command = Mcpgate::parse().command;
    let mut out = BufWriter::new(io::stdout().lock());
    match run(command, &mut out).and_then(|()| out.flush().map_err(Failure::from)) {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads our output has had enough, as `head` does.
        Err(Failure { broken_pipe: true, .. }) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing can be done when standard error is closed too.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The gateway between AI clients and the services a company already uses: the operator's commands.
#[derive(Parser)]
#[command(name = "mcpgate", version, arg_required_else_help = true)]
struct Mcpgate {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print fresh keys for the gateway's secrets, one NAME=value a line.
    Keygen,
    /// The ring of sealing keys: MCPGATE_SEALING_KEYS, from --secrets or from the environment.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Check a configuration, or print the SQL that stores it.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// People from elsewhere.
    #[command(subcommand)]
    Guest(GuestCommand),
    /// Verify or export the audit chain.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Put pseudonyms in the place of personal data, document by document, as the gateway does with results.
    Mask {
        /// One JSON object a line, {"id","text"} or {"id","doc"}; - is standard input.
        file: PathBuf,
        /// Mask under the policy of a service in this configuration: what it keeps, masks and blocks, patterns, terms.
        #[arg(long, value_name = "FILE", requires = "service")]
        config: Option<PathBuf>,
        /// The id of the service.
        #[arg(long, value_name = "ID", requires = "config")]
        service: Option<String>,
        #[command(flatten)]
        secrets: Secrets,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Put a new key behind the others: it opens, and seals nothing until it is rotated to the front.
    Prepare {
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Put a new key in front of the others: it seals from now on, and the others open.
    Rotate {
        /// Take the last key, which `mcpgate keys prepare` made, instead of a new one.
        #[arg(long)]
        prepared: bool,
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Print the one SQL statement that counts the rows that need the older keys.
    Sql {
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Remove all keys but the first.
    Retire {
        /// What the statement of `mcpgate keys sql` counted; only 0 will do.
        #[arg(long, value_name = "ROWS")]
        needed: u64,
        #[command(flatten)]
        secrets: Secrets,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Check a configuration offline: says that it is ok, or the first mistake with its line, key and remedy.
    Check {
        /// gateway.toml
        file: PathBuf,
    },
    /// Check a configuration, then print the one SQL statement that stores it as the next version.
    Sql {
        /// gateway.toml
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum GuestCommand {
    /// Print the id under which [[access.guests]] names the owner of an e-mail address.
    ///
    /// Needs MCPGATE_HASH_KEY, from --secrets or from the environment.
    Id {
        /// The address.
        email: String,
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Let somebody in until the end of a day: adds an entry to [[access.guests]].
    ///
    /// Needs MCPGATE_HASH_KEY, from --secrets or from the environment. Store the file afterwards: `mcpgate config sql`.
    Add {
        /// Their e-mail address; the file gets a keyed hash of it.
        email: String,
        /// What they may use: the NAME of an [access.roles.NAME].
        #[arg(long)]
        role: String,
        /// Their last day, such as 2026-12-31; it ends at midnight UTC.
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: String,
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Print the guests, one a line: id, role, last day.
    List {
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Take a guest out of [[access.guests]], with the comment right above their entry.
    ///
    /// Store the file afterwards: `mcpgate config sql`.
    Remove {
        /// Their id, as `mcpgate guest list` prints it, or their address: that needs MCPGATE_HASH_KEY.
        #[arg(value_name = "EMAIL|ID")]
        who: String,
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        secrets: Secrets,
    },
}

#[derive(Args)]
struct ConfigFile {
    /// The configuration, which is edited in place.
    #[arg(long = "config", value_name = "FILE", default_value = "gateway.toml")]
    path: PathBuf,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Say whether the audit chain holds, or the first record or checkpoint that does not fit and how.
    Verify {
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        proof: Proof,
    },
    /// Print the signed checkpoints of the chain, one after another.
    Checkpoints {
        /// The SQLite file with the table audit_checkpoint; opened for reading only.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
    },
    /// Print the public keys that checkpoints are verified with, one a line; the one that signs is the first.
    ///
    /// Needs MCPGATE_AUDIT_KEY, from --secrets or from the environment.
    Key {
        #[command(flatten)]
        file: ConfigFile,
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Print the audit chain: as JSON lines {"seq","event","prev","hash"}, which can be verified, or for a SIEM.
    Export {
        /// jsonl, ocsf, cef, or otlp with a request of at most 1000 records a line.
        #[arg(long, default_value = "jsonl", value_parser = audit::format)]
        format: Format,
        /// The SQLite file with the table audit_log; opened for reading only.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
    },
}

#[derive(Args)]
struct Secrets {
    /// A file with NAME=value lines, as `mcpgate keygen` prints them.
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// The SQLite file with the table audit_log; opened for reading only.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Exports, in order: JSON lines, or what `wrangler d1 execute --json` prints; - is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Args)]
struct Proof {
    /// Signed checkpoints that the chain is held against: notes, or what `wrangler d1 execute --json` prints. Those in
    /// --db count besides.
    #[arg(long, value_name = "FILE", requires = "keys")]
    checkpoints: Vec<PathBuf>,
    /// A public key that signs checkpoints, as `mcpgate audit key` prints it; several after a rotation.
    #[arg(long = "key", value_name = "PUBLIC")]
    keys: Vec<String>,
}

fn run(command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Keygen => secrets::generate(out),
        Command::Keys(KeysCommand::Prepare { secrets }) => keys::prepare(secrets, out),
        Command::Keys(KeysCommand::Rotate { prepared, secrets }) => keys::rotate(prepared, secrets, out),
        Command::Keys(KeysCommand::Sql { secrets }) => keys::sql(secrets, out),
        Command::Keys(KeysCommand::Retire { needed, secrets }) => keys::retire(needed, secrets, out),
        Command::Config(ConfigCommand::Check { file }) => config::check(&file, out),
        Command::Config(ConfigCommand::Sql { file }) => config::sql(&file, out),
        Command::Guest(GuestCommand::Id { email, secrets }) => secrets::guest_id(&email, secrets, out),
        Command::Guest(GuestCommand::Add { email, role, until, file, secrets }) => {
            guest::add(&file.path, &guest::Wish { email: &email, role: &role, until: &until }, secrets, out)
        }
        Command::Guest(GuestCommand::List { file }) => guest::list(&file.path, out),
        Command::Guest(GuestCommand::Remove { who, file, secrets }) => {
            guest::remove(&file.path, &who, secrets, out)
        }
        Command::Audit(AuditCommand::Verify { source, proof }) => audit::verify(source, &proof, out),
        Command::Audit(AuditCommand::Checkpoints { db }) => checkpoint::print(&db, out),
        Command::Audit(AuditCommand::Key { file, secrets }) => checkpoint::keys(&file.path, secrets, out),
        Command::Audit(AuditCommand::Export { format, db }) => audit::export(&db, format, out),
        Command::Mask { file, config, service, secrets } => {
            mask::mask(&file, config.as_deref().zip(service.as_deref()), secrets, out)
        }
    }
}

/// Why a command did not do what it was asked: one line for a person.
#[derive(Debug)]
struct Failure {
    text: String,
    broken_pipe: bool,
}

impl Failure {
    fn new(text: impl fmt::Display) -> Self {
        Self { text: text.to_string(), broken_pipe: false }
    }

    /// About a file.
    fn at(file: &Path, text: impl fmt::Display) -> Self {
        Self::new(format_args!("{}: {text}", file.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The output could not be written.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            text: format!("standard output: cannot be written: {error}"),
            broken_pipe: error.kind() == io::ErrorKind::BrokenPipe,
        }
    }
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(file).map_err(|error| unreadable(file, &error))?;
    Ok(Box::new(BufReader::new(opened)))
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::InvalidData {
        return Failure::at(file, "is not UTF-8; convert it, as with iconv");
    }
    Failure::at(file, format_args!("cannot be read: {error}; check its path and that you may read it"))
}

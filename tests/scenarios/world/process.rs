//! What hosts that are processes of their own have in common.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::Secrets;

/// A directory that is removed in the end.
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn new() -> Self {
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        let path =
            std::env::temp_dir().join(format!("mcpgate-scenarios-{:016x}", u64::from_be_bytes(random)));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file; answers with its path.
    pub(super) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file that somebody else builds, by its variable or where the Makefile puts it.
pub(super) fn built(variable: &str, usual: PathBuf) -> PathBuf {
    #[allow(clippy::disallowed_methods, reason = "where the build is, is said in the environment")]
    let path = std::env::var(variable).map_or(usual, PathBuf::from);
    assert!(path.exists(), "{} is not there: build it, or say in {variable} where it is", path.display());
    path
}

/// A process that says on its standard output when it is ready, and may obey lines on its standard input.
pub(super) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    log: PathBuf,
    /// Whether it obeys lines, and ends with them.
    listens: bool,
}

/// The longest that a process may take for anything.
const PATIENCE: Duration = Duration::from_secs(90);

impl Running {
    /// Starts it; what it writes to its standard error is added to the file.
    pub(super) fn start(mut command: Command, listens: bool, log: &Path) -> Self {
        let errors = File::options().create(true).append(true).open(log).unwrap();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        #[allow(clippy::disallowed_methods, reason = "tests have threads")]
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { input: child.stdin.take(), child, lines, log: log.to_owned(), listens }
    }

    /// What follows in the next line that begins with these words; others are logs.
    pub(super) fn after(&mut self, words: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                panic!("expected {words:?}, heard nothing; its log:\n{log}")
            });
            assert!(!line.starts_with("error:"), "expected {words:?}, heard {line:?}");
            if let Some(rest) = line.strip_prefix(words) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Tells it to do something; answers with what it says to that.
    pub(super) fn tell(&mut self, command: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{command}").unwrap();
        self.after("ok")
    }

    /// Ends it: by closing its input, or by a signal if it does not listen. Then it ends what it has started itself.
    pub(super) fn stop(&mut self) {
        self.input = None;
        if !self.ends_within(Duration::from_secs(if self.listens { 20 } else { 0 })) {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
            if !self.ends_within(Duration::from_secs(10)) {
                let _ = self.child.kill();
            }
        }
        let _ = self.child.wait();
    }

    fn ends_within(&mut self, patience: Duration) -> bool {
        const PAUSE: Duration = Duration::from_millis(20);
        for _ in 0..patience.as_millis() / PAUSE.as_millis() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            std::thread::sleep(PAUSE);
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The SQL that stores a configuration, as `mcpgate config sql` prints it.
pub(super) fn config_sql(toml: &str) -> String {
    let toml = toml.replace('\'', "''");
    format!("INSERT INTO config_version (version, toml, created_at) VALUES (1, '{toml}', 0);\n")
}

/// NAME=value, a line each.
pub(super) fn lines(secrets: &Secrets) -> String {
    secrets.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// Every file below a directory, with its name.
pub(super) fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(directory) else { return found };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => found.extend(files(&path)),
            kind if kind.is_file() => {
                found.extend(std::fs::read(&path).map(|bytes| (path.display().to_string(), bytes)));
            }
            _ => {}
        }
    }
    found
}

/// The database's file, and what is not yet in it.
pub(super) fn database(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let log = std::fs::read(log).unwrap_or_default();
    vec![("database".to_owned(), std::fs::read(file).unwrap()), ("database-wal".to_owned(), log)]
}

//! The command line as an operator sees it: arguments in; standard output, standard error and exit code out.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use mcpgate::audit::chain::{GENESIS, Record};
use mcpgate::host::memory::MIGRATIONS;
use rusqlite::Connection;

const CONFIG: &str = r#"# It's the operator's; "quotes" and 'quotes'.
[gateway]
public_url = "https://gate.example.com"
[identity]
issuer = "https://idp.example.com"
client_id = "mcpgate"
[access.roles.internal]
services = ["demo"]
[[service]]
id = "demo"
mcp = "https://demo.example.com/mcp"
"#;

/// A folder of a test's own.
struct Folder(PathBuf);

/// What a command did.
#[derive(Debug, PartialEq)]
struct Did {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Folder {
    fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Did {
        self.run_with(arguments, &[], "")
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Did {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mcpgate"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("MCPGATE_HASH_KEY")
            .env_remove("MCPGATE_SEALING_KEYS")
            .env_remove("MCPGATE_AUDIT_KEY")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Did { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }

    /// A gateway's database with a chain of this many events.
    fn database(&self, name: &str, records: i64) -> Connection {
        let database = Connection::open(self.0.join(name)).unwrap();
        for migration in MIGRATIONS {
            database.execute_batch(migration).unwrap();
        }
        let mut prev = GENESIS.to_owned();
        for seq in 1..=records {
            let id = format!("{seq:022}");
            let event =
                format!("{{\"v\":1,\"id\":\"{id}\",\"at\":{seq},\"action\":\"sign_in\",\"outcome\":\"ok\"}}");
            let record = Record::new(seq, &prev, event);
            database
                .execute(
                    "INSERT INTO audit_log (seq, event_id, at, event, prev, hash) VALUES (?1, ?2, ?1, ?3, ?4, ?5)",
                    (seq, id, &record.event, &record.prev, &record.hash),
                )
                .unwrap();
            prev = record.hash;
        }
        database
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn ok(out: impl Into<String>) -> Did {
    Did { out: out.into(), err: String::new(), code: Some(0) }
}

fn fails(err: impl Into<String>) -> Did {
    Did { out: String::new(), err: err.into(), code: Some(1) }
}

#[test]
fn keygen_prints_four_fresh_keys() {
    let folder = Folder::new("keygen");
    let did = folder.run(&["keygen"]);
    assert_eq!((did.err.as_str(), did.code), ("", Some(0)));
    let names: Vec<_> = did.out.lines().map(|line| line.split_once('=').unwrap()).collect();
    assert_eq!(
        names.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["MCPGATE_SIGNING_KEYS", "MCPGATE_SEALING_KEYS", "MCPGATE_HASH_KEY", "MCPGATE_AUDIT_KEY"]
    );
    let again = folder.run(&["keygen"]).out;
    for (_, key) in names {
        assert_eq!(key.len(), 43);
        assert!(!again.contains(key), "a key came twice");
    }
}

/// The sealing keys in a file of secrets.
fn sealing(folder: &Folder) -> Vec<String> {
    let text = fs::read_to_string(folder.0.join("secrets")).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix("MCPGATE_SEALING_KEYS=")).unwrap();
    value.trim_matches('"').split(',').map(str::to_owned).collect()
}

#[test]
fn keys_are_prepared_rotated_and_retired_in_their_file() {
    let folder = Folder::new("keys");
    let made = folder.run(&["keygen"]).out;
    folder.write("secrets", &format!("# made by keygen\n{made}OTHER=\"x\"\n"));
    let first = sealing(&folder);
    // The line that tells how many there are, and by its mark which one seals.
    let says = |said: Did, count| {
        let s = if count == 1 { "" } else { "s" };
        let line = said.out.strip_prefix(&format!("secrets: MCPGATE_SEALING_KEYS has {count} key{s} now: "));
        let (mark, others) = line.unwrap_or_else(|| panic!("{said:?}")).split_once(" seals").unwrap();
        assert_eq!(others.contains("can only open"), count > 1, "{others}");
        mark.to_owned()
    };
    let old = says(folder.run(&["keys", "prepare", "--secrets", "secrets"]), 2);
    let prepared = sealing(&folder);
    assert_eq!((prepared.len(), &prepared[0]), (2, &first[0]));
    assert_ne!(says(folder.run(&["keys", "rotate", "--prepared", "--secrets", "secrets"]), 2), old);
    assert_eq!(sealing(&folder), [prepared[1].clone(), first[0].clone()]);
    let newest = says(folder.run(&["keys", "rotate", "--secrets", "secrets"]), 3);
    let ring = sealing(&folder);
    assert_eq!(ring[1..], [prepared[1].clone(), first[0].clone()]);
    assert_eq!(
        folder.run(&["keys", "retire", "--needed", "3", "--secrets", "secrets"]),
        fails(
            "3 rows still need the older keys, nothing was changed; wait until the gateway has sealed them anew\n"
        )
    );
    assert_eq!(folder.run(&["keys", "retire", "--secrets", "secrets"]).code, Some(2), "it has to be said");
    assert_eq!(sealing(&folder), ring);
    assert_eq!(says(folder.run(&["keys", "retire", "--needed", "0", "--secrets", "secrets"]), 1), newest);
    assert_eq!(sealing(&folder), ring[..1]);
    let after = fs::read_to_string(folder.0.join("secrets")).unwrap();
    let line = |line: &&str| !line.starts_with("MCPGATE_SEALING_KEYS=");
    let others: Vec<&str> = after.lines().filter(line).collect();
    let before = format!("# made by keygen\n{made}OTHER=\"x\"");
    assert_eq!(others, before.lines().filter(line).collect::<Vec<_>>(), "nothing else is touched");
    assert!(after.ends_with('\n'));
}

#[test]
fn keys_rotate_prints_where_it_is_given_no_file_and_writes_nothing_when_it_fails() {
    let folder = Folder::new("keys-print");
    let key = "A".repeat(43);
    let did = folder.run_with(&["keys", "rotate"], &[("MCPGATE_SEALING_KEYS", &key)], "");
    let (new, old) = did.out.trim().strip_prefix("MCPGATE_SEALING_KEYS=").unwrap().split_once(',').unwrap();
    assert_eq!((new.len(), old), (43, &*key));
    let malformed = "MCPGATE_SEALING_KEYS is not one or several keys of 32 bytes in base64url; `mcpgate keygen` makes one\n";
    assert_eq!(
        folder.run_with(&["keys", "rotate"], &[("MCPGATE_SEALING_KEYS", "short")], ""),
        fails(malformed)
    );
    assert_eq!(
        folder.run(&["keys", "rotate"]),
        fails("MCPGATE_SEALING_KEYS is not set; set it, or give a file that holds it with --secrets\n")
    );
    let once = format!("MCPGATE_SEALING_KEYS={key}\n");
    for (text, problem) in [
        ("OTHER=1\n".to_owned(), "secrets: has no line MCPGATE_SEALING_KEYS=..., or several"),
        (once.repeat(2), "secrets: has no line MCPGATE_SEALING_KEYS=..., or several"),
        ("MCPGATE_SEALING_KEYS=\n".to_owned(), "secrets: MCPGATE_SEALING_KEYS is not one or several keys"),
    ] {
        folder.write("secrets", &text);
        let did = folder.run(&["keys", "rotate", "--secrets", "secrets"]);
        assert!(did.err.starts_with(problem) && did.code == Some(1), "{did:?}");
        assert_eq!(fs::read_to_string(folder.0.join("secrets")).unwrap(), text);
    }
    folder.write("secrets", &once);
    for arguments in [&["rotate", "--prepared"][..], &["retire", "--needed", "0"], &["sql"]] {
        let did = folder.run(&[&["keys"], arguments, &["--secrets", "secrets"]].concat());
        assert!(did.err.starts_with("MCPGATE_SEALING_KEYS has one key only: "), "{did:?}");
    }
    // Somebody else's unfinished work is not overwritten.
    folder.write("secrets.new", "x");
    let did = folder.run(&["keys", "rotate", "--secrets", "secrets"]);
    assert!(did.err.starts_with("secrets: cannot be written: ") && did.code == Some(1), "{did:?}");
    assert_eq!(fs::read_to_string(folder.0.join("secrets")).unwrap(), once);
}

#[test]
fn keys_sql_counts_the_rows_that_need_older_keys() {
    use mcpgate::crypto::{DataKey, sealing_ring};
    use mcpgate::host::memory::Memory;
    let folder = Folder::new("keys-sql");
    let [new, middle, old] = ["A", "B", "C"].map(|letter| letter.repeat(42) + "A");
    folder.write("secrets", &format!("MCPGATE_SEALING_KEYS=\"{new},{middle},{old}\"\n"));
    let sql = folder.run(&["keys", "sql", "--secrets", "secrets"]).out;
    let database = folder.database("db.sqlite", 0);
    let needed = || database.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(needed(), 0);
    let host = Memory::new();
    for (person, key) in [("1", &new), ("2", &middle), ("3", &old), ("4", &old)] {
        let data_key = DataKey::random(&host).unwrap();
        let wrapped = sealing_ring(key).unwrap().wrap(&host, person, &data_key).unwrap();
        let insert = "INSERT INTO person (id, data_key, created_at, seen_at) VALUES (?1, ?2, 0, 0)";
        database.execute(insert, (person, wrapped)).unwrap();
    }
    assert_eq!(needed(), 3);
}

#[test]
fn config_check_says_ok_or_the_first_mistake() {
    let folder = Folder::new("check");
    folder.write("gateway.toml", CONFIG);
    folder.write("tls.toml", &CONFIG.replace("https://gate", "http://gate"));
    folder.write("key.toml", &CONFIG.replace("client_id =", "client ="));
    assert_eq!(
        folder.run(&["config", "check", "gateway.toml"]),
        ok("gateway.toml: ok (1 service, 1 role, 0 domains, 0 guests)\n")
    );
    assert_eq!(
        folder.run(&["config", "check", "tls.toml"]),
        fails(
            "tls.toml: line 3: gateway.public_url: write https://; plain http is for loopback addresses only\n"
        )
    );
    let did = folder.run(&["config", "check", "key.toml"]);
    assert!(did.err.starts_with("key.toml: line 6: client: unknown field `client`"), "{did:?}");
    assert_eq!((did.err.lines().count(), did.code), (1, Some(1)));
    assert_eq!(
        folder.run(&["config", "check", "none.toml"]),
        fails(
            "none.toml: cannot be read: No such file or directory (os error 2); check its path and that you may read it\n"
        )
    );
}

#[test]
fn config_sql_stores_the_text_as_the_next_version() {
    let folder = Folder::new("sql");
    folder.write("gateway.toml", CONFIG);
    folder.write("broken.toml", "[gateway]\n");
    let did = folder.run(&["config", "sql", "gateway.toml"]);
    assert_eq!(did.code, Some(0));
    let database = folder.database("db.sqlite", 0);
    database.execute_batch(&did.out).unwrap();
    database.execute_batch(&did.out).unwrap();
    let stored: (i64, String, i64) = database
        .query_row("SELECT version, toml, created_at FROM config_version ORDER BY version DESC", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!((stored.0, stored.1.as_str()), (2, CONFIG));
    assert!(stored.2 > 1_700_000_000_000 && stored.2 < 100_000_000_000_000, "milliseconds: {}", stored.2);
    let did = folder.run(&["config", "sql", "broken.toml"]);
    assert_eq!((did.out.as_str(), did.code), ("", Some(1)));
}

#[test]
fn guest_id_is_keyed_and_the_same_from_file_and_environment() {
    let folder = Folder::new("guest");
    let keys = folder.run(&["keygen"]).out;
    folder.write("secrets", &format!("# made by keygen\n\n{keys}"));
    folder.write("empty", "OTHER=1\n");
    let key = keys.split_once("MCPGATE_HASH_KEY=").unwrap().1.lines().next().unwrap();
    let from_file = folder.run(&["guest", "id", "pat@partner.example", "--secrets", "secrets"]);
    let from_environment =
        folder.run_with(&["guest", "id", " Pat@Partner.example"], &[("MCPGATE_HASH_KEY", key)], "");
    assert_eq!(from_file, from_environment);
    assert!(from_file.out.starts_with("hmac:") && from_file.out.trim().len() == 48, "{from_file:?}");
    let toml = format!(
        "{CONFIG}[[access.guests]]\nid = \"{}\"\nrole = \"internal\"\nuntil = 2030-01-31\n",
        from_file.out.trim()
    );
    folder.write("gateway.toml", &toml);
    assert_eq!(folder.run(&["config", "check", "gateway.toml"]).code, Some(0));

    assert_eq!(
        folder.run(&["guest", "id", "pat@partner.example"]),
        fails("MCPGATE_HASH_KEY is not set; set it, or give a file that holds it with --secrets\n")
    );
    assert_eq!(
        folder.run(&["guest", "id", "pat@partner.example", "--secrets", "empty"]),
        fails("empty: has no line MCPGATE_HASH_KEY=...; `mcpgate keygen` prints one\n")
    );
    assert_eq!(
        folder.run_with(&["guest", "id", "pat@partner.example"], &[("MCPGATE_HASH_KEY", "short")], ""),
        fails("MCPGATE_HASH_KEY is not a key of 32 bytes in base64url; `mcpgate keygen` makes one\n")
    );
    assert_eq!(
        folder.run(&["guest", "id", "pat", "--secrets", "secrets"]),
        fails("this is not an e-mail address; write one, such as pat@partner.example\n")
    );
}

/// A file as an operator keeps it: with guests, comments, and an order of its own.
const WITH_GUESTS: &str = r#"# It's the operator's.
[gateway]
public_url = "https://gate.example.com"   # with a slash? no

[identity]
issuer = "https://idp.example.com"
client_id = 'mcpgate'

# Partners. Ask legal before you add one.

# the auditor
[[access.guests]]
id = "hmac:0123456789012345678901234567890123456789012" # first
role = "external"
until = 2020-12-31

[[access.guests]]
role = "internal"
until = 2099-12-31
id = "hmac:abcdefghijabcdefghijabcdefghijabcdefghijabc"

# Roles.
[access.roles]
internal.services = ["demo"]
external = { services = [
  "demo", # only that
] }

[[service]]
id = "demo"
mcp = "https://demo.example.com/mcp"
# the end
"#;

const FIRST: &str = "hmac:0123456789012345678901234567890123456789012";
const SECOND: &str = "hmac:abcdefghijabcdefghijabcdefghijabcdefghijabc";

impl Folder {
    /// With the operator's file and secrets.
    fn with_guests(test: &str, toml: &str) -> Self {
        let folder = Self::new(test);
        folder.write("gateway.toml", toml);
        folder.write("secrets", &folder.run(&["keygen"]).out);
        folder
    }

    fn add(&self, email: &str, role: &str, until: &str) -> Did {
        self.run(&["guest", "add", email, "--role", role, "--until", until, "--secrets", "secrets"])
    }

    fn toml(&self) -> String {
        fs::read_to_string(self.0.join("gateway.toml")).unwrap()
    }
}

#[test]
fn a_guest_is_added_after_the_others_and_nothing_else_changes() {
    let folder = Folder::with_guests("guest-add", WITH_GUESTS);
    let id = folder.run(&["guest", "id", "pat@partner.example", "--secrets", "secrets"]).out;
    let id = id.trim();
    assert_eq!(
        folder.add("Pat@Partner.example", "internal", "2099-01-31"),
        ok(format!(
            "gateway.toml: added {id} as internal until 2099-01-31; store the file with `mcpgate config sql`\n"
        ))
    );
    let entry = format!("\n[[access.guests]]\nid = \"{id}\"\nrole = \"internal\"\nuntil = 2099-01-31\n");
    let expected = WITH_GUESTS.replace("\n# Roles.", &format!("{entry}\n# Roles."));
    assert_eq!(folder.toml(), expected);
    assert!(!expected.to_lowercase().contains("pat@"), "no address is kept");
    let listed = folder.run(&["guest", "list"]);
    assert_eq!(
        listed,
        ok(format!(
            "{FIRST} external until 2020-12-31 (over)\n{SECOND} internal until 2099-12-31\n{id} internal until 2099-01-31\n"
        ))
    );
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2, "nothing is left lying about");
}

#[test]
fn a_first_guest_is_added_to_any_way_of_writing_the_list() {
    let inline = CONFIG.replace("[access.roles.internal]", "[access]\nguests = []\n[access.roles.internal]");
    let windows = CONFIG.replace('\n', "\r\n");
    for (at, toml) in [CONFIG.to_owned(), inline, windows.clone()].into_iter().enumerate() {
        let folder = Folder::with_guests(&format!("guest-first-{at}"), &toml);
        let did = folder.add("pat@partner.example", "internal", "2099-01-31");
        assert_eq!((did.err.as_str(), did.code), ("", Some(0)));
        let listed = folder.run(&["guest", "list"]).out;
        assert!(listed.ends_with(" internal until 2099-01-31\n") && listed.lines().count() == 1, "{listed}");
        let added = folder.toml();
        assert!(toml.lines().all(|line| line == "guests = []" || added.contains(line)), "{added}");
        let id = listed.split(' ').next().unwrap();
        assert_eq!(folder.run(&["guest", "remove", id]).code, Some(0));
        assert_eq!(folder.toml(), toml, "as it was");
    }
}

#[test]
fn a_guest_is_removed_by_address_or_id_with_their_own_comment_only() {
    let folder = Folder::with_guests("guest-remove", WITH_GUESTS);
    assert_eq!(
        folder.run(&["guest", "remove", FIRST]),
        ok(format!("gateway.toml: removed {FIRST}; store the file with `mcpgate config sql`\n"))
    );
    let first =
        WITH_GUESTS.find("\n# the auditor").unwrap()..WITH_GUESTS.find("\n[[access.guests]]\nrole").unwrap();
    let mut expected = WITH_GUESTS.to_owned();
    expected.replace_range(first, "");
    assert_eq!(folder.toml(), expected);
    assert_eq!(folder.add("pat@partner.example", "internal", "2099-01-31").code, Some(0));
    let did = folder.run(&["guest", "remove", "PAT@partner.example", "--secrets", "secrets"]);
    assert_eq!((did.err.as_str(), did.code), ("", Some(0)));
    assert_eq!(folder.toml(), expected);
    assert_eq!(folder.run(&["guest", "remove", SECOND]).code, Some(0));
    let without = folder.toml();
    assert!(without.contains("# Partners. Ask legal") && !without.contains("guests"), "{without}");
    assert_eq!(folder.run(&["guest", "list"]), ok(""));
}

#[test]
fn what_cannot_be_done_about_a_guest_is_said_and_changes_nothing() {
    let folder = Folder::with_guests("guest-refused", WITH_GUESTS);
    let pat = "pat@partner.example";
    for (did, says) in [
        (
            folder.add(pat, "boss", "2099-01-31"),
            "gateway.toml: there is no [access.roles.boss]; the roles are: external, internal\n",
        ),
        (
            folder.add(pat, "internal", "2020-01-31"),
            "--until: 2020-01-31 is over; write today or a later day\n",
        ),
        (folder.add(pat, "internal", "31.1.2099"), "--until: write a day, such as 2026-12-31\n"),
        (
            folder.add("pat", "internal", "2099-01-31"),
            "this is not an e-mail address; write one, such as pat@partner.example\n",
        ),
        (
            folder.run(&["guest", "remove", pat, "--secrets", "secrets"]),
            "gateway.toml: there is no such guest; `mcpgate guest list` prints those that there are\n",
        ),
        (
            folder.run(&["guest", "remove", pat]),
            "MCPGATE_HASH_KEY is not set; set it, or give a file that holds it with --secrets\n",
        ),
        (
            folder.run(&["guest", "list", "--config", "none.toml"]),
            "none.toml: cannot be read: No such file or directory (os error 2); check its path and that you may read it\n",
        ),
    ] {
        assert_eq!(did, fails(says));
    }
    assert_eq!(folder.toml(), WITH_GUESTS);
    assert_eq!(folder.add(pat, "internal", "2099-01-31").code, Some(0));
    let before = folder.toml();
    let again = folder.add(pat, "external", "2099-02-28");
    assert_eq!(
        again,
        fails(
            "gateway.toml: this address is a guest already (internal until 2099-01-31); to change that, `mcpgate guest \
             remove` it first\n"
        )
    );
    assert_eq!(folder.toml(), before);
    // A file that is not valid as it is, and one whose shape does not let a list in.
    let broken = CONFIG.replace("client_id", "client");
    folder.write("gateway.toml", &broken);
    let did = folder.add(pat, "internal", "2099-01-31");
    assert!(
        did.err.starts_with("gateway.toml: line 6: client: unknown field") && did.code == Some(1),
        "{did:?}"
    );
    assert_eq!(folder.toml(), broken);
}

#[test]
fn verify_holds_for_a_database_its_export_and_an_answer_of_d1() {
    let folder = Folder::new("holds");
    let database = folder.database("db.sqlite", 3);
    let last: String =
        database.query_row("SELECT hash FROM audit_log WHERE seq = 3", [], |row| row.get(0)).unwrap();
    let holds = ok(format!("holds: 3 records, last hash {last}\n"));
    assert_eq!(folder.run(&["audit", "verify", "--db", "db.sqlite"]), holds);

    let export = folder.run(&["audit", "export", "--db", "db.sqlite"]).out;
    folder.write("export.jsonl", &export);
    assert_eq!(folder.run(&["audit", "verify", "export.jsonl"]), holds);
    assert_eq!(folder.run_with(&["audit", "verify", "-"], &[], &export), holds);

    for (format, begins) in
        [("jsonl", "{\"seq\":1,"), ("ocsf", "{\"class_uid\":3002,"), ("cef", "CEF:0|mcpgate|")]
    {
        let told = folder.run(&["audit", "export", "--format", format, "--db", "db.sqlite"]).out;
        assert_eq!((told.lines().count(), told.starts_with(begins)), (3, true), "{told}");
    }
    let told = folder.run(&["audit", "export", "--format", "otlp", "--db", "db.sqlite"]).out;
    assert!(told.lines().count() == 1 && told.matches("\"eventName\":").count() == 3, "{told}");
    let did = folder.run(&["audit", "export", "--format", "xml", "--db", "db.sqlite"]);
    assert!(did.code == Some(2) && did.err.contains("write one of: jsonl, ocsf, cef, otlp"), "{did:?}");

    let lines: Vec<&str> = export.lines().collect();
    let answer = |rows: &[&str]| {
        format!(
            "[\n{{\"results\": [{}], \"success\": true, \"meta\": {{\"duration\": 1}}}}\n]\n",
            rows.join(",")
        )
    };
    folder.write("d1.json", &answer(&lines));
    assert_eq!(folder.run(&["audit", "verify", "d1.json"]), holds);
    folder.write("d1-1.json", &answer(&lines[..2]));
    folder.write("d1-2.json", &answer(&lines[2..]));
    assert_eq!(folder.run(&["audit", "verify", "d1-1.json", "d1-2.json"]), holds);
    assert_eq!(
        folder.run(&["audit", "verify", "d1-2.json"]),
        fails("broken: record 1 is missing: record 3 stands in its place\n")
    );

    folder.database("new.sqlite", 0);
    assert_eq!(
        folder.run(&["audit", "verify", "--db", "new.sqlite"]),
        ok(format!("holds: 0 records, last hash {GENESIS}\n"))
    );
}

#[test]
fn verify_names_the_first_record_that_does_not_fit() {
    let folder = Folder::new("broken");
    for (at, (sql, verdict)) in [
        (
            "UPDATE audit_log SET event = replace(event, 'sign_in', 'sign_up') WHERE seq = 2",
            "record 2 was altered: its hash does not fit its content",
        ),
        (
            "UPDATE audit_log SET at = 9 WHERE seq = 2",
            "record 2 was altered: its columns disagree with its event",
        ),
        (
            "UPDATE audit_log SET event_id = 'x' WHERE seq = 3",
            "record 3 was altered: its columns disagree with its event",
        ),
        ("DELETE FROM audit_log WHERE seq = 2", "record 2 is missing: record 3 stands in its place"),
        ("DELETE FROM audit_log WHERE seq = 1", "record 1 is missing: record 2 stands in its place"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{at}.sqlite");
        let database = folder.database(&name, 4);
        let triggers =
            "DROP TRIGGER audit_log_is_never_changed; DROP TRIGGER audit_log_is_deleted_up_to_a_checkpoint;";
        database.execute_batch(&format!("{triggers}{sql}")).unwrap();
        assert_eq!(
            folder.run(&["audit", "verify", "--db", &name]),
            fails(format!("broken: {verdict}\n")),
            "{sql}"
        );
    }
}

#[test]
fn verify_says_what_it_cannot_read_and_never_writes() {
    let folder = Folder::new("unreadable");
    folder.write("notes.txt", "not a database\n");
    folder.write("other.json", "[{\"success\": true}]");
    let starts = |arguments: &[&str], text: &str| {
        let did = folder.run(arguments);
        assert!(did.err.starts_with(text) && did.err.lines().count() == 1 && did.code == Some(1), "{did:?}");
    };
    starts(
        &["audit", "verify", "--db", "none.sqlite"],
        "none.sqlite: is not the database of a gateway, or cannot",
    );
    starts(
        &["audit", "verify", "--db", "notes.txt"],
        "notes.txt: is not the database of a gateway, or cannot",
    );
    starts(
        &["audit", "export", "--db", "notes.txt"],
        "notes.txt: is not the database of a gateway, or cannot",
    );
    starts(&["audit", "verify", "none.jsonl"], "none.jsonl: cannot be read: ");
    starts(&["audit", "verify", "notes.txt"], "notes.txt: line 1: is not a record {\"seq\"");
    starts(
        &["audit", "verify", "other.json"],
        "other.json: is not what `wrangler d1 execute --json` prints of seq, event, prev and hash: line 1, column ",
    );
    assert!(!folder.0.join("none.sqlite").exists());
}

#[test]
fn verify_takes_nothing_that_the_hashes_do_not_cover() {
    let folder = Folder::new("beside");
    folder.database("db.sqlite", 2);
    let export = folder.run(&["audit", "export", "--db", "db.sqlite"]).out;
    let (first, second) = export.split_once('\n').unwrap();
    let refused = |text: &str, verdict: &str| {
        folder.write("export", text);
        assert_eq!(
            folder.run(&["audit", "verify", "export"]),
            fails(format!("export: {verdict}\n")),
            "{text}"
        );
    };
    let misfit = "is not a record {\"seq\",\"event\",\"prev\",\"hash\"}: column";
    let many = "a member too many, twice, missing or of another kind";
    let noted = second.replacen('{', "{\"evil note\":\"evil\",", 1);
    refused(&format!("{first}\n{noted}"), &format!("line 2: {misfit} 12: {many}"));
    let twice = second.replacen('{', "{\"seq\":2,", 1);
    refused(&format!("{first}\n{twice}"), &format!("line 2: {misfit} 14: {many}"));
    refused(&first.replace("\"seq\":1,", "\"seq\":\"evil\","), &format!("line 1: {misfit} 13: {many}"));
    refused(&format!("{first}\n{{\"seq\":2,"), &format!("line 2: {misfit} 9: it breaks off"));
    let d1 = "is not what `wrangler d1 execute --json` prints of seq, event, prev and hash";
    refused(&format!("[{{\"results\": [\n{noted}\n]}}]"), &format!("{d1}: line 2, column 12: {many}"));
    for empty in ["", "\n \n", "[]", "[{\"results\": [], \"success\": true}]"] {
        refused(empty, "has no records");
    }
}

#[test]
fn what_is_not_understood_exits_with_2() {
    let folder = Folder::new("usage");
    for arguments in [
        &["audit", "verify"][..],
        &["audit", "verify", "--db", "a", "b"],
        &["config", "check"],
        &["guest", "id"],
        &["frobnicate"],
        &[],
    ] {
        assert_eq!(folder.run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn mask_keeps_ids_and_hides_values() {
    let folder = Folder::new("mask");
    folder.write("secrets", &folder.run(&["keygen"]).out);
    let lines = "{\"id\":\"a\",\"text\":\"Write to jane@example.com\"}\n\n{\"id\":\"b\",\"doc\":{\"n\":1}}\n";
    folder.write("documents.jsonl", lines);
    let did = folder.run(&["mask", "documents.jsonl", "--secrets", "secrets"]);
    assert_eq!((did.err.as_str(), did.code), ("", Some(0)));
    assert!(did.out.starts_with("{\"id\":\"a\",\"text\":\"Write to "), "{did:?}");
    assert!(did.out.ends_with("{\"id\":\"b\",\"doc\":{\"n\":1}}\n"), "{did:?}");
    assert!(!did.out.contains("jane"), "{did:?}");
    assert_eq!(folder.run_with(&["mask", "-", "--secrets", "secrets"], &[], lines), did);
    assert_ne!(folder.run(&["mask", "documents.jsonl"]).out, did.out, "without --secrets, a key for one run");

    // Under the policy of a service, as it would be.
    folder.write(
        "gateway.toml",
        &format!(
            "{CONFIG}[service.pii]\nkeep = [\"/assignee/key\"]\n[[pii.dictionary]]\nname = \"customers\"\nterms = [\"Nordlicht\"]\n"
        ),
    );
    let doc = "{\"id\":\"a\",\"doc\":{\"assignee\":{\"key\":\"jane@example.com\",\"of\":\"Nordlicht\"}}}\n";
    let with = ["mask", "-", "--config", "gateway.toml", "--service", "demo"];
    let did = folder.run_with(&with, &[], doc);
    assert!(did.out.contains("jane@example.com") && !did.out.contains("Nordlicht"), "{did:?}");
    let did = folder.run_with(&["mask", "-", "--config", "gateway.toml", "--service", "other"], &[], doc);
    assert!(did.err.contains("no service other; it has demo") && did.code == Some(1), "{did:?}");

    let did = folder.run_with(&["mask", "-"], &[], "{\"id\":\"a\",\"text\":\"b\"}\n{\"jane\":1}\n");
    assert!(
        did.err.starts_with("-: line 2: ") && !did.err.contains("jane") && did.code == Some(1),
        "{did:?}"
    );
}

//! `mcpgate audit verify` with signed checkpoints, as an auditor uses it: offline, on an export or a database.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use mcpgate::audit::chain::{GENESIS, Point, Record};
use mcpgate::audit::checkpoint::Checkpoint;
use mcpgate::crypto::AuditKeys;
use mcpgate::host::Timestamp;
use mcpgate::host::memory::MIGRATIONS;
use rusqlite::Connection;

const ORIGIN: &str = "gate.example.com/audit";
const CONFIG: &str = "[gateway]\npublic_url = \"https://gate.example.com\"\n[identity]\n\
                      issuer = \"https://idp.example.com\"\nclient_id = \"mcpgate\"\n";

/// A folder with a gateway's database, of ten records and checkpoints of 3 and 6, and an export of it.
struct Folder {
    path: PathBuf,
    records: Vec<Record>,
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("proof-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let mut records: Vec<Record> = Vec::new();
        for seq in 1..=10 {
            let event = format!(
                "{{\"v\":2,\"id\":\"{seq:022}\",\"at\":{seq},\"action\":\"sign_in\",\"outcome\":\"ok\"}}"
            );
            let prev = records.last().map_or(GENESIS, |record| &record.hash).to_owned();
            records.push(Record::new(seq, &prev, event));
        }
        let folder = Self { path, records };
        let database = folder.database();
        for migration in MIGRATIONS {
            database.execute_batch(migration).unwrap();
        }
        let log =
            "INSERT INTO audit_log (seq, event_id, at, event, prev, hash) VALUES (?1, ?2, ?1, ?3, ?4, ?5)";
        for record in &folder.records {
            let Record { seq, event, prev, hash } = record;
            database.execute(log, (seq, format!("{seq:022}"), event, prev, hash)).unwrap();
        }
        for seq in [3, 6] {
            let Point { hash, .. } = folder.point(seq);
            let note = folder.note(1, seq);
            let statement = "INSERT INTO audit_checkpoint VALUES (?1, ?2, 0, ?3)";
            database.execute(statement, (seq, hash, note)).unwrap();
        }
        folder.export("export.jsonl", 0..10);
        folder.write("signed", &[folder.note(1, 3), folder.note(1, 6)].join("\n"));
        folder
    }

    fn database(&self) -> Connection {
        Connection::open(self.path.join("db.sqlite")).unwrap()
    }

    fn point(&self, seq: usize) -> Point {
        Point { seq: seq as i64, hash: self.records[seq - 1].hash.clone() }
    }

    fn note(&self, seed: u8, seq: usize) -> String {
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            point: self.point(seq),
            at: Timestamp(1_795_000_000_000),
        };
        checkpoint.sign(&AuditKeys::new(&[[seed; 32]]).unwrap()).unwrap()
    }

    fn export(&self, name: &str, which: std::ops::Range<usize>) {
        let line = |record| serde_json::to_string(record).unwrap() + "\n";
        self.write(name, &self.records[which].iter().map(line).collect::<String>());
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path.join(name), text).unwrap();
    }

    /// What the command says: on standard output when it exits with 0, otherwise on standard error.
    fn says(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new(env!("CARGO_BIN_EXE_mcpgate"))
            .args(arguments)
            .current_dir(&self.path)
            .env_remove("MCPGATE_AUDIT_KEY")
            .output()
            .unwrap();
        match output.status.code() {
            Some(0) => Ok(String::from_utf8(output.stdout).unwrap()),
            Some(1) => Err(String::from_utf8(output.stderr).unwrap()),
            code => Err(format!("exit code {code:?}")),
        }
    }

    fn verify(&self, arguments: &[&str]) -> Result<String, String> {
        self.says(&[&["audit", "verify"], arguments].concat())
    }
}

fn key(seed: u8) -> String {
    AuditKeys::new(&[[seed; 32]]).unwrap().public(ORIGIN)[0].to_string()
}

#[test]
fn an_export_and_a_database_hold_against_what_was_signed() {
    let folder = Folder::new("holds");
    let last = &folder.records[9].hash;
    let holds =
        Ok(format!("holds: 10 records, last hash {last}\nsigned: 2 checkpoints, the last of record 6\n"));
    let key = key(1);
    assert_eq!(folder.verify(&["export.jsonl", "--checkpoints", "signed", "--key", &key]), holds);
    assert_eq!(folder.verify(&["--db", "db.sqlite", "--key", &key]), holds);
    assert_eq!(folder.verify(&["--db", "db.sqlite", "--key", &key, "--checkpoints", "signed"]), holds);
    assert_eq!(folder.says(&["audit", "checkpoints", "--db", "db.sqlite"]).unwrap(), {
        fs::read_to_string(folder.path.join("signed")).unwrap()
    });
    let rows = [folder.note(1, 3), folder.note(1, 6)].map(|note| serde_json::json!({ "note": note }));
    folder.write("d1.json", &serde_json::json!([{ "results": rows, "success": true }]).to_string());
    assert_eq!(folder.verify(&["export.jsonl", "--checkpoints", "d1.json", "--key", &key]), holds);
}

#[test]
fn the_first_thing_that_does_not_fit_is_named() {
    let folder = Folder::new("broken");
    let (one, two) = (key(1), key(2));
    let signed = |name: &str, key: &str| folder.verify(&[name, "--checkpoints", "signed", "--key", key]);
    let says = |told: Result<String, String>, text: &str| assert_eq!(told, Err(format!("broken: {text}\n")));

    says(signed("export.jsonl", &two), "signed: checkpoint 1: none of the given keys signed it");
    let rotated = [folder.note(1, 3), folder.note(2, 6)].concat();
    folder.write("rotated", &rotated);
    let arguments = ["export.jsonl", "--checkpoints", "rotated", "--key", &one];
    says(folder.verify(&arguments), "rotated: checkpoint 2: none of the given keys signed it");
    assert!(folder.verify(&[&arguments[..], &["--key", &two]].concat()).is_ok(), "both keys");
    folder.write("forged", &folder.note(1, 3).replacen("\n3\n", "\n4\n", 1));
    let told = folder.verify(&["export.jsonl", "--checkpoints", "forged", "--key", &one]);
    says(told, "forged: checkpoint 1: its signature does not fit its text");
    folder.write("torn", folder.note(1, 3).trim_end());
    assert!(
        folder.verify(&["export.jsonl", "--checkpoints", "torn", "--key", &one]).is_ok(),
        "as editors save it"
    );

    folder.export("short.jsonl", 0..5);
    let cut = "record 6 is missing: the chain ends before it, and a checkpoint of record 6 was signed";
    says(signed("short.jsonl", &one), cut);
    assert!(folder.verify(&["short.jsonl"]).is_ok(), "which nothing else shows");

    let anew = folder.records.iter().scan(GENESIS.to_owned(), |prev, record| {
        let event = record.event.replace("sign_in", "sign_out");
        let record = Record::new(record.seq, prev, event);
        *prev = record.hash.clone();
        Some(serde_json::to_string(&record).unwrap() + "\n")
    });
    folder.write("anew.jsonl", &anew.collect::<String>());
    says(
        signed("anew.jsonl", &one),
        "record 3 is another than the one that was signed: the chain was computed anew",
    );
    assert!(folder.verify(&["anew.jsonl"]).is_ok(), "which nothing else shows");
}

#[test]
fn what_was_deleted_up_to_a_checkpoint_is_not_missed() {
    let folder = Folder::new("deleted");
    folder.database().execute("INSERT INTO audit_pruned VALUES (6, 'x', 0)", []).unwrap();
    let (last, key) = (&folder.records[9].hash, key(1));
    let told = |signed: &str| {
        Ok(format!(
            "holds: 10 records, last hash {last}\ndeleted: records 1 to 6, up to a signed checkpoint\nsigned: {signed}\n"
        ))
    };
    let holds = told("1 checkpoint, the last of record 6");
    assert_eq!(folder.verify(&["--db", "db.sqlite", "--key", &key]), holds);
    let both = told("2 checkpoints, the last of record 6; 1 of deleted records");
    assert_eq!(folder.verify(&["--db", "db.sqlite", "--key", &key, "--checkpoints", "signed"]), both);
    let missing = Err("broken: record 1 is missing: record 7 stands in its place\n".to_owned());
    assert_eq!(folder.verify(&["--db", "db.sqlite"]), missing);
    folder.export("rest.jsonl", 7..10);
    let told = folder.verify(&["rest.jsonl", "--checkpoints", "signed", "--key", &key]);
    assert_eq!(told, Err("broken: record 1 is missing: record 8 stands in its place\n".to_owned()));
}

#[test]
fn the_public_key_is_printed_and_what_is_missing_is_said() {
    let folder = Folder::new("key");
    folder.write("gateway.toml", CONFIG);
    let secret = format!("{}A", "B".repeat(42));
    folder.write("secrets", &format!("OTHER=1\nMCPGATE_AUDIT_KEY=\"{secret},{secret}\"\n"));
    let told = folder.says(&["audit", "key", "--secrets", "secrets"]).unwrap();
    assert_eq!(told.lines().count(), 2);
    assert!(told.starts_with("gate.example.com/audit+"), "{told}");
    assert!(!told.contains(&secret[..20]));
    assert_eq!(
        folder.says(&["audit", "key"]),
        Err("MCPGATE_AUDIT_KEY is not set; set it, or give a file that holds it with --secrets\n".to_owned())
    );
    folder.write("secrets", "MCPGATE_AUDIT_KEY=short\n");
    let told = folder.says(&["audit", "key", "--secrets", "secrets"]).unwrap_err();
    assert!(told.starts_with("MCPGATE_AUDIT_KEY is not one or several keys"), "{told}");
    let told = folder.verify(&["export.jsonl", "--key", "x"]).unwrap_err();
    assert_eq!(told, "--key x: is not a public key; `mcpgate audit key` prints one\n");
    let told = folder.verify(&["export.jsonl", "--key", &key(1)]).unwrap_err();
    assert!(told.starts_with("there is no checkpoint to verify; give some"), "{told}");
    assert_eq!(
        folder.verify(&["export.jsonl", "--checkpoints", "signed"]),
        Err("exit code Some(2)".to_owned()),
        "without a key a checkpoint says nothing"
    );
    folder.write("gateway.toml", &format!("{CONFIG}[audit]\nretention = \"400d\"\n"));
    let told = folder.says(&["config", "check", "gateway.toml"]).unwrap();
    assert!(told.contains("audit.retention: ") && told.contains("MCPGATE_AUDIT_KEY"), "{told}");
}

//! Pages that promise to be complete are complete: configuration, storage, log lines; no link leads nowhere; and each
//! attack says what it is about.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_key_of_the_configuration_is_documented() {
    let page = read("docs/configuration.md");
    let structs = structs(&read("src/config/raw.rs"));
    let mut keys = Vec::new();
    collect(&structs, "File", "", &mut keys);
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        assert!(page.contains(&format!("| `{key}` |")), "{key}");
    }
}

#[test]
fn every_migration_is_applied_wherever_one_is_named() {
    for place in ["src/host/memory.rs", "spin.toml", "docs/deploy-spin.md"] {
        let text = read(place);
        for file in files("migrations", "sql") {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(text.contains(&name), "{place} lacks {name}");
        }
    }
}

#[test]
fn every_table_and_column_is_documented() {
    let page = read("docs/storage.md");
    let mut tables = 0;
    for file in files("migrations", "sql") {
        let sql = fs::read_to_string(file).unwrap();
        for table in sql.split("CREATE TABLE ").skip(1) {
            let (name, rest) = table.split_once('(').unwrap();
            let name = name.trim();
            let heading = format!("### `{name}`\n");
            let section = page.split_once(&heading).unwrap_or_else(|| panic!("no section for {name}")).1;
            let section = section.split("\n#").next().unwrap();
            for line in rest.lines().skip(1).take_while(|line| !line.starts_with(')')) {
                let column = line.split_whitespace().next().unwrap_or_default();
                if column.starts_with(|first: char| first.is_ascii_lowercase()) {
                    assert!(section.contains(&format!("| `{column}` |")), "{name}.{column}");
                }
            }
            tables += 1;
        }
        for added in sql.split("ALTER TABLE ").skip(1) {
            let (table, rest) = added.split_once(" ADD COLUMN ").unwrap();
            let column = rest.split_whitespace().next().unwrap();
            let section =
                page.split_once(&format!("### `{table}`\n")).unwrap().1.split("\n#").next().unwrap();
            assert!(section.contains(&format!("| `{column}` |")), "{table}.{column}");
        }
    }
    assert!(tables > 10);
}

#[test]
fn every_cookie_is_documented() {
    let page = read("docs/storage.md");
    let code = read("src/oidc/session.rs");
    let mut cookies = 0;
    for mark in ["secure: \"", "loopback: \""] {
        for rest in code.split(mark).skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(page.contains(&format!("`{name}`")), "{name}");
            cookies += 1;
        }
    }
    assert!(cookies >= 4);
}

#[test]
fn every_log_line_is_documented() {
    let page = read("docs/operations.md");
    let mut lines = 0;
    for file in files("src", "rs") {
        let code = fs::read_to_string(&file).unwrap();
        for level in ["Info", "Warn", "Error"] {
            for rest in code.split(&format!("Level::{level}, \"")).skip(1) {
                let event = rest.split('"').next().unwrap();
                let row = format!("| `{event}` | {} |", level.to_lowercase());
                assert!(page.contains(&row), "{event} ({level}) of {}", file.display());
                lines += 1;
            }
        }
    }
    assert!(lines > 10);
}

#[test]
fn every_attack_says_what_the_attacker_wants_and_is_played() {
    let mut attacks = 0;
    for file in files("tests/attacks", "rs") {
        let (name, code) = (file.file_stem().unwrap().to_str().unwrap(), fs::read_to_string(&file).unwrap());
        let list = match name {
            "mod" | "jwt" => continue,
            _ => fs::read_to_string(file.with_file_name("mod.rs")).unwrap(),
        };
        let wish = code.lines().take_while(|line| line.starts_with("//!")).collect::<String>();
        assert!(wish.starts_with("//! The attacker") && wish.contains("want"), "{}", file.display());
        assert!(list.contains(&format!("        {name}::")), "{} is not listed", file.display());
        attacks += 1;
    }
    assert!(attacks >= 80, "{attacks}");
}

#[test]
fn no_link_leads_nowhere() {
    let top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name));
    for page in files("docs", "md").into_iter().chain(top) {
        let text = fs::read_to_string(&page).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap();
            let local = !target.is_empty() && !target.contains("://");
            let there = page.parent().unwrap().join(target).exists();
            assert!(!local || there, "{} links to {target}", page.display());
        }
    }
}

/// Struct -> its fields with their types, as they are written.
fn structs(code: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let mut structs = BTreeMap::new();
    for block in code.split("pub(super) struct ").skip(1) {
        let (name, rest) = block.split_once('{').unwrap();
        let body = rest.split_once("\n}").unwrap().0;
        let fields = body.lines().filter_map(|line| line.trim().strip_prefix("pub(super) ")?.split_once(':'));
        let fields =
            fields.map(|(field, kind)| (field.to_owned(), kind.trim().trim_end_matches(',').to_owned()));
        structs.insert(name.trim().to_owned(), fields.collect());
    }
    structs
}

/// The dotted keys below a struct; `NAME` where the file's author chooses a name.
fn collect(
    structs: &BTreeMap<String, Vec<(String, String)>>,
    name: &str,
    prefix: &str,
    keys: &mut Vec<String>,
) {
    for (field, kind) in &structs[name] {
        let key = if prefix.is_empty() { field.clone() } else { format!("{prefix}.{field}") };
        let inner = kind.rsplit(['<', ',', ' ']).next().unwrap().trim_end_matches('>');
        match structs.contains_key(inner) && inner != "SecretName" {
            true if kind.starts_with("BTreeMap") => collect(structs, inner, &format!("{key}.NAME"), keys),
            true => collect(structs, inner, &key, keys),
            false => keys.push(key),
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every file below a folder that ends like this.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

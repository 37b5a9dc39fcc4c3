//! The migrations themselves: complete, portable, and every table is somebody's.

use crate::{harness::on_both, world::World};
use std::{collections::BTreeMap, fs, path::Path};
use store::{Engine, MIGRATIONS, Store, StoreError};

/// Tables that belong to the server as a whole, and why.
const OF_THE_SERVER: &[(&str, &str)] = &[
    ("tenants", "its own id is the tenant"),
    ("sessions", "a browser has a session before anybody is signed in in it"),
    ("sign_in_attempts", "counted before it is known whose address it is, under a hash"),
    ("config_version", "one row: when servers read the configuration anew"),
    ("processes", "servers serve all tenants"),
    ("audit_batches", "one chain for the server: a batch holds records of many tenants, as hashes"),
    ("audit_chain", "one row: the end of that chain"),
    ("rollup_state", "one row: the lock under which events of all tenants are folded"),
];

#[test]
fn every_file_is_embedded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".sql"))
        .collect();
    files.sort();
    let embedded: Vec<String> = MIGRATIONS.iter().map(|(number, name, _)| format!("{number:04}_{name}.sql")).collect();
    assert_eq!(files, embedded);
}

/// Every `.rs` file under a folder of this crate, one text.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    text
}

#[test]
fn every_function_is_in_the_suite() {
    let (crate_, suite) = (Path::new(env!("CARGO_MANIFEST_DIR")), env!("CARGO_MANIFEST_DIR").to_owned() + "/tests");
    let (source, suite) = (sources(&crate_.join("src")), sources(Path::new(&suite)));
    let names: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("    pub async fn ")?.split(['(', '<']).next())
        .filter(|name| !name.starts_with('$'))
        .collect();
    assert!(names.len() > 50, "{names:?}");
    // The statement builder has functions of the same look; they are used by all others.
    let inner = ["run", "all", "optional", "one", "connect"];
    for name in names.iter().filter(|name| !inner.contains(name)) {
        assert!(suite.contains(&format!(".{name}(")), "no test calls {name}");
    }
}

/// Name and columns of every table.
fn tables() -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    for (_, _, text) in MIGRATIONS {
        for statement in text.split("CREATE TABLE ").skip(1) {
            let (name, rest) = statement.split_once(" (").unwrap();
            tables.insert(name.to_owned(), rest.split_once("\n);").unwrap().0.to_owned());
        }
    }
    tables
}

#[test]
fn every_table_is_a_tenants_or_says_why_not() {
    let tables = tables();
    assert!(tables.len() > 20, "{tables:?}");
    for (name, columns) in &tables {
        let of_server = OF_THE_SERVER.iter().any(|(table, _)| table == name);
        let of_tenant = columns.trim_start().starts_with("tenant_id TEXT NOT NULL")
            && (columns.contains("PRIMARY KEY (tenant_id, ") || columns.contains("PRIMARY KEY (tenant_id)"));
        assert!(of_server != of_tenant, "{name} is neither keyed by tenant nor on the list, or both");
    }
    for (name, _) in OF_THE_SERVER {
        assert!(tables.contains_key(*name), "{name} is on the list but nowhere else");
    }
}

#[test]
fn only_portable_types_are_used() {
    for (table, columns) in tables() {
        for line in columns.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--")) {
            let mut words = line.split_whitespace();
            let (first, kind) = (words.next().unwrap(), words.next().unwrap_or_default().trim_end_matches(','));
            let clause = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"].contains(&first);
            assert!(clause || ["TEXT", "BIGINT", "BYTEA"].contains(&kind), "{table}: {line}");
        }
    }
}

on_both! {
    async fn again_changes_nothing(db: &Db) {
        let world = World::new(&db.store).await;
        db.store.migrate().await.unwrap();
        db.another().await.migrate().await.unwrap();
        assert!(db.store.tenant_by_id(world.tenant).await.is_ok());
        db.store.ping().await.unwrap();
        let expected = if db.url.starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
        assert_eq!(db.store.engine(), expected);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_says_so_in_one_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let inside_a_file = format!("sqlite://{}/gavel.db", file.path().display());
    for url in ["", "gavel.db", "mysql://h/d", "sqlite::memory:", "postgres://nobody@127.0.0.1:1/x", &inside_a_file] {
        let Err(StoreError::Broken(line)) = Store::connect(url, 2).await else { panic!("{url} was opened") };
        assert!(!line.is_empty() && !line.contains('\n'), "{line}");
    }
}

#[tokio::test]
async fn a_database_without_tables_does_not_answer_the_ping() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&format!("sqlite://{}/x.db", folder.path().display()), 2).await.unwrap();
    assert!(store.ping().await.is_err());
}

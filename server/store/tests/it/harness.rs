//! A fresh database for every test, on each engine.

use exchange::audit::Signer;
use sqlx::{AnyPool, AssertSqlSafe, Executor};
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Notary, Store};
use tokio::sync::OnceCell;

/// Defines a test that runs on SQLite and on PostgreSQL. At its end every invariant of the database must hold.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($db:ident: &Db) $body:block)+) => {$(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: &$crate::harness::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let db = $crate::harness::Db::sqlite().await;
                body(&db).await;
                db.holds().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let db = $crate::harness::Db::postgres().await;
                body(&db).await;
                db.holds().await;
            }
        }
    )+};
}
pub(crate) use on_both;

/// One database of one test.
pub struct Db {
    pub url: String,
    pub store: Store,
    _folder: Option<tempfile::TempDir>,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Db {
    /// A new file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/deep/er/gavel.db", folder.path().display());
        let store = open(&url, 4).await;
        store.migrate().await.unwrap();
        Self { url, store, _folder: Some(folder) }
    }

    /// A copy of a migrated template.
    pub async fn postgres() -> Self {
        let server = server_url();
        let template = TEMPLATE.get_or_init(|| template(&server)).await;
        let name = format!("gavel_store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        admin(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let url = with_database(&server, &name);
        Self { store: open(&url, 6).await, url, _folder: None }
    }

    /// A second server over the same database.
    pub async fn another(&self) -> Store {
        open(&self.url, 6).await
    }

    /// Every invariant holds.
    pub async fn holds(&self) {
        for invariant in self.store.check().await.unwrap() {
            assert!(invariant.ok, "{}: {}", invariant.name, invariant.detail);
        }
    }

    /// Changes the database behind the store's back.
    pub async fn tamper(&self, statement: &str) {
        let pool = AnyPool::connect(&self.url).await.unwrap();
        pool.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
        pool.close().await;
    }
}

/// The database, with a notary whose key is the same in every test.
async fn open(url: &str, connections: u32) -> Store {
    Store::connect(url, connections).await.unwrap().with_notary(notary())
}

/// Who seals in the tests.
pub fn notary() -> Notary {
    Notary::new(Signer::from_seed(&[7; 32]), || crate::world::NOW)
}

fn server_url() -> String {
    #[allow(clippy::disallowed_methods)] // a test's own setting
    let url = std::env::var("GAVEL_TEST_POSTGRES_URL").unwrap_or_default();
    assert!(!url.is_empty(), "GAVEL_TEST_POSTGRES_URL names no PostgreSQL server: run the tests through `make test`");
    url
}

/// The same server, another database.
fn with_database(server: &str, name: &str) -> String {
    let (place, query) = server.split_once('?').map_or((server, None), |(place, query)| (place, Some(query)));
    let scheme_end = place.find("://").unwrap() + 3;
    let host_end = place[scheme_end..].find('/').map_or(place.len(), |at| scheme_end + at);
    let base = &place[..host_end];
    query.map_or_else(|| format!("{base}/{name}"), |query| format!("{base}/{name}?{query}"))
}

async fn admin(server: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(server).await.unwrap();
    pool.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    pool.close().await;
}

async fn template(server: &str) -> String {
    let name = format!("gavel_store_{}_template", std::process::id());
    admin(server, &format!("CREATE DATABASE {name}")).await;
    let store = Store::connect(&with_database(server, &name), 2).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    name
}

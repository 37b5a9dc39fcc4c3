//! The only file that knows which database it is talking to.

use crate::StoreError;
use sqlx::{
    Any, AnyPool, ConnectOptions, Executor, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// Which database the store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the server. One process writes at a time.
    Sqlite,
    /// A database server that several servers share.
    Postgres,
}

/// How long a caller waits for a connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// Every SQLite connection: readers do not block the writer (WAL), a commit is on the disk when it returns (FULL, not
/// NORMAL, which can lose the last commits when the power fails), and a second process waits for its turn. The log is
/// carried over to the file after 16 MB instead of 4: the pages that every lead changes are carried over once for all of
/// those leads.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 33554432; \
     PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8192";

/// Readers cannot write even by mistake: all writes go through the one connection that begins with `BEGIN IMMEDIATE`.
const READER: &str = "PRAGMA query_only = ON";

impl Engine {
    /// Reads the engine off a database URL.
    pub(crate) fn of(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(StoreError::broken("the database URL begins neither with sqlite:// nor with postgres://")),
        }
    }

    /// Opens the pools for reading and for writing. On SQLite the latter has exactly one connection.
    pub(crate) async fn connect(self, url: &str, max: u32) -> Result<(AnyPool, AnyPool), StoreError> {
        sqlx::any::install_default_drivers();
        match self {
            Self::Sqlite => {
                let url = prepare_file(url)?;
                let options = options(&url)?;
                // The writer first: it creates the file and switches it to WAL before a reader looks at it.
                let write = sqlite_pool(1, false).connect_with(options.clone()).await.map_err(|e| cannot_open(&e))?;
                let read = sqlite_pool(max.max(1), true).connect_with(options).await.map_err(|e| cannot_open(&e))?;
                Ok((read, write))
            }
            Self::Postgres => {
                let options = options(url)?;
                let pool = AnyPoolOptions::new().max_connections(max.max(2)).acquire_timeout(PATIENCE);
                let pool = pool.connect_with(options).await.map_err(|e| cannot_open(&e))?;
                Ok((pool.clone(), pool))
            }
        }
    }

    /// Begins a transaction that writes. SQLite takes the write lock at once: a plain `BEGIN` would fail later, when a
    /// reader has to become a writer and somebody else was quicker.
    pub(crate) async fn begin_write(self, pool: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self {
            Self::Sqlite => pool.begin_with("BEGIN IMMEDIATE").await?,
            Self::Postgres => pool.begin().await?,
        })
    }

    /// Begins a transaction whose statements all see the same instant of the database.
    pub(crate) async fn begin_snapshot(self, pool: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self {
            Self::Sqlite => pool.begin().await?,
            Self::Postgres => pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
        })
    }

    /// Ends a `SELECT` whose rows are locked until the transaction ends. SQLite has one writer and needs nothing.
    pub(crate) const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// Like [`Engine::for_update`], leaving out rows that another transaction has locked.
    pub(crate) const fn for_update_skip(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }
}

/// Whether an error code means that somebody else was in the way: SQLite's BUSY and LOCKED with their extended codes,
/// PostgreSQL's serialization failure, deadlock and lock timeout.
pub(crate) fn is_busy(code: Option<&str>) -> bool {
    match code {
        Some("40001" | "40P01" | "55P03" | "53300") => true,
        Some(code) => code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6) && code < 10_000),
        None => false,
    }
}

fn sqlite_pool(max: u32, reader: bool) -> AnyPoolOptions {
    // A connection to a file does not go stale: asking it before every use would only cost time.
    let options = AnyPoolOptions::new().max_connections(max).acquire_timeout(PATIENCE).test_before_acquire(false);
    options.after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(PRAGMAS).await?;
            if reader {
                connection.execute(READER).await?;
            }
            Ok(())
        })
    })
}

/// Makes the folder of the database file and asks for the file to be created.
fn prepare_file(url: &str) -> Result<String, StoreError> {
    let (place, query) = url.split_once('?').map_or((url, ""), |(place, query)| (place, query));
    let path = place.strip_prefix("sqlite://").or_else(|| place.strip_prefix("sqlite:")).unwrap_or_default();
    if path.is_empty() || path == ":memory:" || query.contains("mode=memory") {
        return Err(StoreError::broken("the database URL names no file: write sqlite://folder/file.db"));
    }
    let path = PathBuf::from(path.replace("%20", " "));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::broken(format!("cannot make the folder {}: {error}", folder.display())))?;
    }
    if query.contains("mode=") {
        return Ok(url.to_owned());
    }
    make_private(&path).map_err(|error| StoreError::broken(format!("cannot make {}: {error}", path.display())))?;
    Ok(if query.is_empty() { format!("{place}?mode=rwc") } else { format!("{url}&mode=rwc") })
}

/// Makes the file when it is missing, for its owner's eyes only. SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Statements are not logged: sqlx would format each one, and their values do not belong in a log.
fn options(url: &str) -> Result<AnyConnectOptions, StoreError> {
    let options = AnyConnectOptions::from_str(url).map_err(|error| cannot_open(&error))?;
    Ok(options.disable_statement_logging())
}

/// One line, without the URL: it may carry a password.
fn cannot_open(error: &sqlx::Error) -> StoreError {
    StoreError::Broken(format!("cannot open the database: {}", error.to_string().replace('\n', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_say_the_engine() {
        assert_eq!(Engine::of("sqlite://data/gavel.db"), Ok(Engine::Sqlite));
        assert_eq!(Engine::of("postgres://u@h/db"), Ok(Engine::Postgres));
        assert_eq!(Engine::of("postgresql://u@h/db"), Ok(Engine::Postgres));
        for bad in ["", "gavel.db", "mysql://h/db"] {
            assert!(Engine::of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn files_are_made_private_and_memory_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/new/gavel.db", folder.path().display());
        assert_eq!(prepare_file(&url), Ok(format!("{url}?mode=rwc")));
        assert_eq!(prepare_file(&format!("{url}?cache=private")), Ok(format!("{url}?cache=private&mode=rwc")));
        assert_eq!(prepare_file("sqlite://gavel.db?mode=rw"), Ok("sqlite://gavel.db?mode=rw".into()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("new/gavel.db")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        for bad in ["sqlite::memory:", "sqlite://", "sqlite://x?mode=memory"] {
            assert!(prepare_file(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn busy_codes() {
        for busy in ["5", "6", "261", "517", "40001", "40P01"] {
            assert!(is_busy(Some(busy)), "{busy}");
        }
        for other in ["19", "2067", "23505", "42601"] {
            assert!(!is_busy(Some(other)), "{other}");
        }
        assert!(!is_busy(None));
    }
}

//! What must be remembered: one set of portable SQL over SQLite and PostgreSQL.
//!
//! [`Store`] holds what belongs to the server as a whole, [`TenantStore`] everything that belongs to a tenant: a function
//! that reads or writes a tenant's table exists only there, so forgetting whose data it is does not compile. The hot
//! path is [`Store::commit`]. Each aggregate is one file with its SQL beside its types; `engine.rs` is the only file that
//! knows which database it is.

mod alerts;
mod audit;
mod check;
mod config;
mod counters;
mod deliveries;
mod engine;
mod error;
mod figures;
mod hot;
mod jobs;
mod labels;
mod leads;
mod migrations;
mod missed;
mod paging;
mod processes;
mod read;
mod rollups;
mod scores;
mod sql;
mod tallies;
mod tenant;

pub use alerts::{ContractDays, Look, Saw};
pub use audit::Notary;
pub use check::Invariant;
pub use config::{
    Activity, ActivityFilter, Attempts, Change, Config, Draft, Edit, EndpointRow, ExampleRow, HistoryPlace, HistoryRow,
    KeyRow, LinkPurpose, OpenSession, OperatorRow, PersonChange, PersonLink, SecondFactor, Session, TenantFigures,
    TenantRow, TestRow, TextDraft, TextRow, TextUse, UserSecret, Versioned, Whole,
};
pub use deliveries::{DELIVER, DeliveryFilter, Settlement, Taken};
pub use engine::Engine;
pub use error::StoreError;
pub use figures::{By, Only, ReasonOf};
pub use hot::{
    AttemptState, Copied, CopyReceipt, GivenBack, Idempotency, Intent, IntentReceipt, NewCopy, NewJob, NewPing, Note,
    Outcome, OutcomeReceipt, Receipt, Received, ReceivedReceipt, Record, Refused, Reopen, Resolution, Settle, Traced,
};
pub use jobs::{COPY, Job, MAIL, REOFFER, round_job};
pub use leads::{
    AttemptRow, CopyRow, DeliveredFilter, Known, LeadAnswer, LeadFilter, LeadStands, NewFeedback, Newcomer, PingRow,
    Repeat, ReturnFilter, Sealed, SoldPrint, Span, Takeout, TrackRow, Unfinished,
};
pub use migrations::FILES as MIGRATIONS;
pub use missed::LostOf;
pub use tenant::TenantStore;

use sqlx::{Any, AnyPool, Transaction};

/// A transaction that is rolled back unless it is committed.
pub(crate) type Tx = Transaction<'static, Any>;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    read: AnyPool,
    write: AnyPool,
    notary: Option<Notary>,
}

impl Store {
    /// Opens the database at `sqlite://folder/file.db` (the folder and the file are made when they are missing) or
    /// `postgres://user:password@host/database`. `max_connections` bounds the pool (on SQLite: its readers; one more
    /// connection writes). It may read everything; to write what is audited it needs [`Store::with_notary`].
    ///
    /// # Errors
    /// [`StoreError::Broken`] with one clear line when the URL cannot be read or the database cannot be opened.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self, StoreError> {
        let engine = Engine::of(url)?;
        let (read, write) = engine.connect(url, max_connections).await?;
        Ok(Self { engine, read, write, notary: None })
    }

    /// Brings the tables up to date, and folds what was folded before into tables of counters that are new. Does nothing
    /// when they are.
    ///
    /// # Errors
    /// [`StoreError::Broken`] when a migration fails or the database is newer than this program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrations::migrator()
            .run(&self.write)
            .await
            .map_err(|error| StoreError::broken(format!("cannot migrate the database: {error}")))?;
        self.catch_up().await
    }

    /// Which database this is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Asks the database whether it is there, and its tables with it.
    ///
    /// # Errors
    /// Any [`StoreError`] when it is not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.config_version().await.map(|_| ())
    }

    /// How many connections are in use at this moment: waiting for one, or for the database's answer on one.
    #[must_use]
    pub fn connections_in_use(&self) -> usize {
        let in_use = |pool: &AnyPool| (pool.size() as usize).saturating_sub(pool.num_idle());
        match self.engine {
            Engine::Sqlite => in_use(&self.read) + in_use(&self.write),
            Engine::Postgres => in_use(&self.write),
        }
    }

    /// Waits for the statements that run and closes all connections. Later calls fail.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// The tables of one tenant.
    #[must_use]
    pub fn tenant(&self, id: model::TenantId) -> TenantStore {
        TenantStore::new(self.clone(), id)
    }

    pub(crate) const fn reader(&self) -> &AnyPool {
        &self.read
    }

    pub(crate) const fn writer(&self) -> &AnyPool {
        &self.write
    }

    pub(crate) async fn begin_write(&self) -> Result<Tx, StoreError> {
        self.engine.begin_write(&self.write).await
    }

    pub(crate) async fn begin_snapshot(&self) -> Result<Tx, StoreError> {
        self.engine.begin_snapshot(&self.read).await
    }
}

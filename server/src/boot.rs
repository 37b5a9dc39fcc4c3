//! Starts the server: store, vault, pipeline, doors. Stops it: no new leads, finish those in flight, then go.

use crate::{
    clock::Clock,
    config::Settings,
    jobs,
    mail::Mailer,
    pipeline::{Letters, Options, Pipeline},
    security::{
        Vault,
        rate::{Buckets, Rate},
    },
    service::Services,
    state::AppState,
    web::{self, Site},
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use store::{Notary, Store};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long auctions in flight may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(28);
/// How long open connections may take after that.
const CLOSE: Duration = Duration::from_secs(5);
/// How long messages being delivered may take at the very end. Together under the 35 seconds we promise.
const LAST: Duration = Duration::from_secs(1);

/// The store opened and the master key read: what every command needs.
pub struct Opened {
    /// The settings.
    pub settings: Arc<Settings>,
    /// The store, migrated; what it writes is sealed with the vault's key.
    pub store: Store,
    /// The vault.
    pub vault: Vault,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Opened {
    /// Opens the store, brings its tables up to date, and reads or makes the master key.
    ///
    /// # Errors
    /// With one clear line.
    pub async fn open(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let vault = Vault::from_file(&settings.master_key_file).map_err(|error| error.to_string())?;
        let store = Store::connect(&settings.database_url, settings.database_connections)
            .await
            .map_err(|error| error.to_string())?;
        store.migrate().await.map_err(|error| error.to_string())?;
        let time = Arc::clone(&clock);
        let store = store.with_notary(Notary::new(vault.signer(), move || time.now()));
        let found = store.seal_unrecorded().await.map_err(|error| error.to_string())?;
        if found > 0 {
            tracing::info!(found, "people and tokens from before the audit knew them are sealed");
        }
        Ok(Self { settings: Arc::new(settings), store, vault, clock })
    }
}

/// A server that listens.
pub struct Server {
    app: AppState,
    pipeline: Pipeline,
    store: Store,
    vault: Vault,
    mailer: Mailer,
    doors: TcpListener,
    metrics: Option<TcpListener>,
}

impl Server {
    /// Starts the pipeline and opens the doors. Leads are taken once [`Server::run`] runs.
    ///
    /// # Errors
    /// With one clear line.
    pub async fn start(opened: &Opened, site: Site) -> Result<Self, String> {
        let settings = Arc::clone(&opened.settings);
        let doors = listen(settings.listen).await?;
        let metrics = match settings.metrics_listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let mailer = Mailer::new(&settings)?;
        let (services, pipeline) = services(opened).await?;
        let rate = Rate { per_minute: settings.key_rate.saturating_mul(60), burst: settings.key_burst };
        let app = AppState {
            services,
            clock: Arc::clone(&opened.clock),
            site: Arc::new(site),
            key_rate: Arc::new(Buckets::new(rate)),
            public_rate: Arc::default(),
            tenant_rate: Arc::new(Buckets::new(rate)),
            stop: CancellationToken::new(),
            settings,
        };
        let (store, vault) = (opened.store.clone(), opened.vault.clone());
        Ok(Self { app, pipeline, store, vault, mailer, doors, metrics })
    }

    /// Where it listens; the port is real even when port 0 was asked for.
    ///
    /// # Errors
    /// When the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.doors.local_addr()
    }

    /// The state of its handlers.
    #[must_use]
    pub const fn app(&self) -> &AppState {
        &self.app
    }

    /// Its pipeline.
    #[must_use]
    pub const fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Cancelling it stops the server.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.app.stop.clone()
    }

    /// Serves until it is stopped, then finishes what is in flight. Returns within 35 seconds of the signal.
    pub async fn run(self) {
        let stop = self.app.stop.clone();
        let doors = tokio::spawn(web::serve(self.doors, web::router(&self.app), stop.clone()));
        if let Some(listener) = self.metrics {
            tokio::spawn(web::serve(listener, web::metrics_router(&self.app), stop.clone()));
        }
        let jobs = jobs::run(
            self.store,
            self.pipeline.clone(),
            (self.vault, self.mailer),
            Arc::clone(&self.app.clock),
            stop.clone(),
        );
        let jobs = tokio::spawn(jobs);
        stop.cancelled().await;
        self.pipeline.drain(DRAIN).await;
        match doors.await {
            Ok(open) => open.close(CLOSE).await,
            Err(error) => tracing::error!(%error, "the doors broke"),
        }
        // What is being told is told again later if it is cut off; a moment more spares the receivers that.
        if tokio::time::timeout(LAST, jobs).await.is_err() {
            tracing::warn!("stopping while messages are being delivered; they are delivered again");
        }
    }
}

/// Starts the pipeline and the use cases on it.
///
/// # Errors
/// With one clear line.
pub async fn services(opened: &Opened) -> Result<(Services, Pipeline), String> {
    let pipeline = start_pipeline(opened).await?;
    let (store, vault, clock) = (opened.store.clone(), opened.vault.clone(), Arc::clone(&opened.clock));
    Ok((Services::new(store, vault, pipeline.clone(), clock), pipeline))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}

async fn start_pipeline(opened: &Opened) -> Result<Pipeline, String> {
    let letters: Arc<dyn Letters> = Arc::new(Mailer::new(&opened.settings)?);
    let options = Options {
        max_in_flight: opened.settings.max_in_flight,
        egress_allow: opened.settings.egress_allow.clone(),
        letters: Some(letters),
    };
    let (store, vault, clock) = (opened.store.clone(), opened.vault.clone(), Arc::clone(&opened.clock));
    Pipeline::start(store, vault, clock, options).await.map_err(|error| error.to_string())
}

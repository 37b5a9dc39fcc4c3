//! A simulated market: buyers that behave like real ones, refuse what real ones refuse, and keep their own book of what
//! they bought. Deterministic: the same lead gets the same answers under the same seed, whoever asks.
//!
//! `gavel sandbox` runs it alone, `gavel demo` beside the server, tests inside their process.

mod book;
mod buyers;
mod clients;
mod control;
mod dialects;
mod faults;
mod habits;
mod mail;
pub mod market;
mod oauth;
mod receivers;

use crate::clock::{Clock, SystemClock};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get, post},
};
use book::Book;
use receivers::Inbox;
use std::{
    future::Future,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::net::TcpListener;

/// The largest body a buyer takes.
const BODY_LIMIT: usize = 256 * 1024;

/// The buyers, and what they remember. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    seed: u64,
    clock: Arc<dyn Clock>,
    book: Mutex<Book>,
    inbox: Mutex<Inbox>,
    dialects: Mutex<dialects::Desk>,
    tokens: Mutex<oauth::Tokens>,
    mail: Mutex<Vec<mail::Taken>>,
}

impl Sandbox {
    /// Buyers that keep their book in memory.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::at(seed, Arc::new(SystemClock))
    }

    /// The same with another clock: whoever checks a signature looks at it.
    #[must_use]
    pub fn at(seed: u64, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            seed,
            clock,
            book: Mutex::default(),
            inbox: Mutex::default(),
            dialects: Mutex::default(),
            tokens: Mutex::default(),
            mail: Mutex::default(),
        }))
    }

    /// Buyers that also append every purchase to a file of JSON lines, so that it outlives this process.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn with_ledger(seed: u64, path: &Path) -> io::Result<Self> {
        let sandbox = Self::new(seed);
        sandbox.book().keep_in(path)?;
        Ok(sandbox)
    }

    /// Every buyer's endpoints, those of receivers, and the control API.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/buyers/{name}/{phase}", any(buyers::handle))
            .route("/dialects/{name}/{*path}", any(dialects::handle))
            .route("/oauth/token", any(oauth::token))
            .route("/oauth/{phase}", any(oauth::handle))
            .route("/__control/oauth", get(oauth::control).post(oauth::control))
            .route("/webhook/{name}", any(receivers::webhook))
            .route("/postback/{name}", any(receivers::postback))
            .route("/__control/receivers/{name}", get(receivers::received).post(receivers::set))
            .route("/__control/journal", get(control::journal))
            .route("/__control/buyers/{name}", post(control::set))
            .route("/__control/clients/{preset}", post(clients::run))
            .route("/__control/dialects", get(dialects::listed))
            .route("/__control/mail", get(mail::taken))
            .route("/__control/sold", get(control::sold))
            .route("/__control/reset", post(control::reset))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self.clone())
    }

    /// Serves until `stopped` comes true.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let serving = axum::serve(listener, self.router()).into_future();
        // No grace: whoever is still waiting for a buyer that hangs would wait for ever.
        tokio::select! {
            ended = serving => ended,
            () = stopped => Ok(()),
        }
    }

    fn dialects(&self) -> MutexGuard<'_, dialects::Desk> {
        self.0.dialects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tokens(&self) -> MutexGuard<'_, oauth::Tokens> {
        self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mail(&self) -> MutexGuard<'_, Vec<mail::Taken>> {
        self.0.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.0.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

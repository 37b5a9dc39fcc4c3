//! The tenant's own system, which is told of every sale: it counts whom it was told of, and how often.

use axum::{Json, Router, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::net::TcpListener;

#[derive(Debug, Default)]
struct Book {
    messages: HashSet<String>,
    leads: HashMap<String, u32>,
}

/// The receiver. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Receiver(Arc<Mutex<Book>>);

impl Receiver {
    /// Serves it on a free port for the rest of the run; its address.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn serve(&self) -> Result<String, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let router = Router::new().route("/told", post(told)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(format!("http://{address}/told"))
    }

    /// Of how many leads it was told.
    pub fn leads(&self) -> usize {
        self.book().leads.len()
    }

    /// Leads of which it got more than one message.
    pub fn twice(&self) -> usize {
        self.book().leads.values().filter(|times| **times > 1).count()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn told(State(receiver): State<Receiver>, headers: HeaderMap, Json(body): Json<Value>) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let Some(lead) = body["data"]["lead_id"].as_str() else { return StatusCode::BAD_REQUEST };
    let mut book = receiver.book();
    // The same message may come again; another one of the same sale may not.
    if book.messages.insert(id) {
        *book.leads.entry(lead.to_owned()).or_default() += 1;
    }
    StatusCode::NO_CONTENT
}

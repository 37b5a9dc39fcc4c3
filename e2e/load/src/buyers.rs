//! Tiny buyers in this process. They answer after a fixed time, buy whatever they are offered, and write down what they
//! bought before they say so: their word is the truth that the server's is held against.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// How one buyer behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Its short name.
    pub name: String,
    /// How long it takes to bid.
    pub ping: Duration,
    /// How long it takes to answer a post.
    pub post: Duration,
    /// What it bids, in cents.
    pub cents: i64,
    /// How many leads its contract may buy in a day. The server holds it; the buyer itself never refuses.
    pub daily_cap: Option<u32>,
    /// Of a hundred posts it refuses so many.
    pub refuses: u64,
    /// Of a hundred posts it answers so many in a way nobody can read, after it made up its mind.
    pub dark: u64,
}

/// Ten buyers as a campaign may have them: the slowest is not the one that bids most.
pub fn ten() -> Vec<Terms> {
    (0..10)
        .map(|n| Terms {
            name: format!("buyer-{n}"),
            ping: Duration::from_millis(30 + 9 * n),
            post: Duration::from_millis(25),
            cents: 500 + i64::try_from(n * 7 % 10).unwrap_or(0) * 100,
            daily_cap: None,
            refuses: 0,
            dark: 0,
        })
        .collect()
}

/// One lead as the buyers saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many were asked.
    pub pings: u32,
    /// What the slowest of them took.
    pub slowest_ping: Duration,
    /// How many were posted to.
    pub posts: u32,
    /// What they took together: posts come one after the other.
    pub post: Duration,
}

/// One purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The seller's id for the lead.
    pub lead: String,
    /// The person.
    pub email: String,
    /// Which of the buyers.
    pub buyer: usize,
}

#[derive(Debug, Default)]
struct Book {
    seen: HashMap<String, Seen>,
    sales: Vec<Sale>,
}

/// The buyers. Cheap to clone; every clone shares the book.
#[derive(Debug, Clone)]
pub struct Buyers {
    terms: Arc<Vec<Terms>>,
    book: Arc<Mutex<Book>>,
}

impl Buyers {
    /// Buyers with an empty book.
    pub fn new(terms: Vec<Terms>) -> Self {
        Self { terms: Arc::new(terms), book: Arc::default() }
    }

    /// How they behave.
    pub fn terms(&self) -> &[Terms] {
        &self.terms
    }

    /// Serves them on a free port for the rest of the run.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn serve(&self) -> Result<String, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let router =
            Router::new().route("/{buyer}/ping", post(ping)).route("/{buyer}/post", post(buy)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(format!("http://{address}"))
    }

    /// What they saw of a lead.
    pub fn seen(&self, lead: &str) -> Option<Seen> {
        self.book().seen.get(lead).cloned()
    }

    /// Everything they bought, oldest first.
    pub fn sales(&self) -> Vec<Sale> {
        self.book().sales.clone()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, buyer: usize) -> Result<&Terms, StatusCode> {
        self.terms.get(buyer).ok_or(StatusCode::NOT_FOUND)
    }
}

async fn ping(
    State(buyers): State<Buyers>,
    Path(buyer): Path<usize>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let start = Instant::now();
    let terms = buyers.get(buyer)?;
    let lead = text(&body, "lead_id")?;
    tokio::time::sleep(terms.ping).await;
    let mut book = buyers.book();
    let seen = book.seen.entry(lead.to_owned()).or_default();
    seen.pings += 1;
    seen.slowest_ping = seen.slowest_ping.max(start.elapsed());
    let price = format!("{}.{:02}", terms.cents / 100, terms.cents % 100);
    Ok(Json(json!({ "status": "bid", "price": price, "ping_id": format!("{buyer}-{lead}") })))
}

async fn buy(
    State(buyers): State<Buyers>,
    Path(buyer): Path<usize>,
    Json(body): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let start = Instant::now();
    let terms = buyers.get(buyer)?;
    let (lead, email) = (text(&body, "lead_id")?, text(&body, "email")?);
    if body.get("ping_id").and_then(Value::as_str) != Some(&format!("{buyer}-{lead}")) {
        return Ok(Json(json!({ "status": "rejected", "reason": "unknown ping" })));
    }
    let draw = drawn(lead, buyer);
    if draw < terms.refuses {
        return Ok(Json(json!({ "status": "rejected", "reason": "criteria" })));
    }
    // First the book, then the answer: a seller that dies meanwhile has sold all the same.
    buyers.book().sales.push(Sale { lead: lead.to_owned(), email: email.to_owned(), buyer });
    tokio::time::sleep(terms.post).await;
    if draw < terms.refuses + terms.dark {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let mut book = buyers.book();
    let seen = book.seen.entry(lead.to_owned()).or_default();
    seen.posts += 1;
    seen.post += start.elapsed();
    let redirect = format!("https://{}.example/thanks/{lead}", terms.name);
    Ok(Json(json!({ "status": "accepted", "id": format!("b-{lead}"), "redirect_url": redirect })))
}

/// 0 to 99, the same for the same lead and buyer (FNV-1a).
fn drawn(lead: &str, buyer: usize) -> u64 {
    let bytes = lead.bytes().chain(buyer.to_le_bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash % 100
}

fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, StatusCode> {
    body.get(name).and_then(Value::as_str).ok_or(StatusCode::BAD_REQUEST)
}

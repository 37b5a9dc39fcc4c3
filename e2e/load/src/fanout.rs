//! The bare fan-out program: on each lead it asks the same buyers with the same HTTP client, posts to the best, answers,
//! and does nothing else. What a server spends beyond this is what its care costs.

use crate::leads;
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use futures::future::join_all;
use serde_json::{Value, json};
use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::net::TcpListener;

/// What is wanted of it.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    /// Address of the buyers
    #[arg(long, value_name = "URL")]
    buyers: String,
    /// How many of them there are
    #[arg(long, value_name = "N")]
    count: usize,
}

struct Fanout {
    client: reqwest::Client,
    buyers: Vec<String>,
}

/// Serves until it is killed. The first line it prints is its address.
pub async fn run(wanted: Wanted) -> Result<(), String> {
    let (address, serving) = serve(&wanted.buyers, wanted.count).await?;
    let mut out = std::io::stdout();
    writeln!(out, "http://{address}").and_then(|()| out.flush()).map_err(|error| error.to_string())?;
    serving.await.map_err(|error| error.to_string())
}

/// Serves on a free port.
pub async fn serve(
    buyers: &str,
    count: usize,
) -> Result<(SocketAddr, impl Future<Output = std::io::Result<()>> + Send + use<>), String> {
    let client = reqwest::Client::builder().build().map_err(|error| error.to_string())?;
    let fanout = Fanout { client, buyers: (0..count).map(|n| format!("{buyers}/{n}")).collect() };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let router = Router::new().route("/api/v1/leads", post(handle)).with_state(Arc::new(fanout));
    Ok((address, async move { axum::serve(listener, router).await }))
}

async fn handle(State(fanout): State<Arc<Fanout>>, Json(lead): Json<Value>) -> Result<Json<Value>, StatusCode> {
    let id = lead.get("external_id").and_then(Value::as_str).ok_or(StatusCode::BAD_REQUEST)?;
    let fields = lead.get("fields").ok_or(StatusCode::BAD_REQUEST)?;
    let ping = json!({ "lead_id": id, "campaign": leads::CAMPAIGN, "zip": fields["zip"], "state": fields["state"], "age": fields["age"] });
    let bids = join_all(fanout.buyers.iter().map(|buyer| fanout.call(buyer, "ping", &ping))).await;
    let best = bids.iter().zip(&fanout.buyers).filter_map(|(bid, buyer)| {
        let bid = bid.as_ref()?;
        Some((cents(bid.get("price")?.as_str()?)?, bid.get("ping_id")?, buyer))
    });
    let Some((_, ping_id, buyer)) = best.max_by_key(|(cents, ..)| *cents) else {
        return Ok(Json(json!({ "lead_id": id, "status": "unsold" })));
    };
    let post = json!({ "lead_id": id, "ping_id": ping_id, "zip": fields["zip"], "state": fields["state"], "age": fields["age"],
        "first_name": fields["first_name"], "email": fields["email"], "phone": fields["phone"] });
    let answer = fanout.call(buyer, "post", &post).await.ok_or(StatusCode::BAD_GATEWAY)?;
    Ok(Json(json!({ "lead_id": id, "status": "sold", "redirect_url": answer["redirect_url"] })))
}

impl Fanout {
    async fn call(&self, buyer: &str, what: &str, body: &Value) -> Option<Value> {
        self.client.post(format!("{buyer}/{what}")).json(body).send().await.ok()?.json().await.ok()
    }
}

/// `5.00` in cents.
fn cents(price: &str) -> Option<u64> {
    price.replace('.', "").parse().ok()
}

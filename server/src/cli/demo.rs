//! `gavel demo`: the server with a tenant, buyers, and a trickle of leads.

use super::{generate::Draw, market, market::Market, seed, serve, shelf};
use crate::{boot::Opened, service::Services};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Serves until SIGTERM or SIGINT.
pub async fn run(opened: &Opened) -> Result<(), String> {
    let market = market::make(opened).await?;
    let _sandbox = seed::sandbox_if_free(opened).await?;
    let server = serve::start(opened).await?;
    serve::stop_on_signal(server.stop());
    println!("{}", welcome(opened, &market));
    let trickle = trickle(server.app().services.clone(), market.shelf, opened.settings.data_dir.clone(), server.stop());
    tokio::spawn(trickle);
    server.run().await;
    Ok(())
}

/// Where to look, who may sign in, and a line that sells a lead.
fn welcome(opened: &Opened, market: &Market) -> String {
    let url = opened.settings.public_url.as_str().trim_end_matches('/');
    let people: Vec<_> = market
        .shelf
        .logins
        .iter()
        .map(|login| format!("  {:<9} {:<24} {}", login.role, login.email, login.password))
        .collect();
    format!(
        "\nGavel is at {url}\n\nSign in as\n{}\n\nSell a lead:\n\n{}\n",
        people.join("\n"),
        curl(url, &market.shelf.api_key)
    )
}

fn curl(url: &str, key: &str) -> String {
    let body = r#"{"campaign":"auto-insurance","external_id":"form-8812","fields":{"zip":"48226","state":"MI","age":41,"currently_insured":true,"current_carrier":"Other","vehicle_count":2,"home_owner":true,"first_name":"Dana","last_name":"Reyes","email":"dana@example.com","phone":"(313) 555-0142","address":"1 Main St"}}"#;
    format!(
        "curl -s {url}/api/v1/leads -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'"
    )
}

/// One lead every two to six seconds. Where it stands is remembered, so that a restart goes on with new people.
async fn trickle(services: Services, mut shelf: shelf::Shelf, data_dir: PathBuf, stop: CancellationToken) {
    loop {
        let number = shelf.next_lead;
        let pause = Duration::from_millis(2000 + u64::from(Draw::from(u64::from(number)).below(4001)));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        match seed::one(services.clone(), Arc::new(shelf.clone()), number).await {
            Ok(status) => tracing::debug!(number, status, "demo lead"),
            Err(why) => tracing::warn!(why, "demo lead"),
        }
        shelf.next_lead += 1;
        if let Err(why) = shelf::write(&data_dir, &shelf) {
            tracing::warn!(why, "the demo's place is not kept");
        }
    }
}

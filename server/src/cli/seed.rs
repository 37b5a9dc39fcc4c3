//! `gavel seed`: the demo tenant, and leads for it.

use super::{args, generate, market, shelf};
use crate::{
    boot::{self, Opened},
    jobs,
    sandbox::Sandbox,
    security::keys,
    service::{Services, intake::Refusal},
};
use futures::{StreamExt, stream};
use market::Market;
use serde_json::json;
use std::{collections::BTreeMap, io, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What all of the demo buyers' decisions follow from, together with the lead.
const SANDBOX_SEED: u64 = 1;
/// Leads in the pipeline at once.
const AT_ONCE: usize = 16;
/// Progress is told after so many leads.
const TELL_EVERY: u32 = 50;
/// Longest wait for the last auctions.
const DRAIN: Duration = Duration::from_secs(30);

/// Makes the demo tenant, sends leads if any are wanted, and prints one JSON object.
pub async fn run(opened: &Opened, wanted: args::Seed) -> Result<(), String> {
    let mut market = market::make(opened).await?;
    if wanted.leads > 0 {
        let _sandbox = sandbox_if_free(opened).await?;
        let (services, pipeline) = boot::services(opened).await?;
        send(&services, &mut market, &opened.settings.data_dir, wanted.leads).await?;
        pipeline.drain(DRAIN).await;
        jobs::fold_all(&opened.store).await.map_err(|error| error.to_string())?;
    }
    println!("{}", describe(opened, &market));
    Ok(())
}

/// The one JSON object.
pub fn describe(opened: &Opened, market: &Market) -> serde_json::Value {
    json!({
        "url": opened.settings.public_url.as_str().trim_end_matches('/'),
        "tenant": market.tenant.slug,
        "campaign": market::CAMPAIGN,
        "api_key": market.shelf.api_key,
        "test_api_key": market.shelf.test_api_key,
        "logins": market.shelf.logins,
        "buyers": market.buyers,
    })
}

/// Serves the demo's buyers in this process unless somebody else already does at their address.
pub async fn sandbox_if_free(opened: &Opened) -> Result<Option<DropGuard>, String> {
    let address = opened.settings.sandbox_listen;
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(None),
        Err(error) => return Err(format!("cannot listen on {address}: {error}")),
    };
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        if let Err(error) = Sandbox::new(SANDBOX_SEED).serve(listener, stopped).await {
            tracing::error!(%error, "the simulated buyers stopped");
        }
    });
    Ok(Some(stop.drop_guard()))
}

/// Sends leads through the pipeline, as their sources would.
async fn send(services: &Services, market: &mut Market, data_dir: &std::path::Path, count: u32) -> Result<(), String> {
    let first = market.shelf.next_lead;
    let shelf = Arc::new(market.shelf.clone());
    let mut results = stream::iter(first..first.saturating_add(count))
        .map(|number| one(services.clone(), Arc::clone(&shelf), number))
        .buffer_unordered(AT_ONCE);
    let mut tally = BTreeMap::<String, u32>::new();
    let mut done = 0;
    while let Some(result) = results.next().await {
        *tally.entry(result?).or_default() += 1;
        done += 1;
        if done % TELL_EVERY == 0 || done == count {
            let parts: Vec<_> = tally.iter().map(|(status, leads)| format!("{leads} {status}")).collect();
            eprintln!("{done} of {count} leads: {}", parts.join(", "));
        }
    }
    drop(results);
    market.shelf.next_lead = first.saturating_add(count);
    shelf::write(data_dir, &market.shelf)
}

/// Sends one generated lead; its status. A full pipeline is waited for, as a source would.
pub async fn one(services: Services, shelf: Arc<shelf::Shelf>, number: u32) -> Result<String, String> {
    // Two of three leads come from the tenant's own form, the others from the affiliate.
    let key = if number % 3 == 2 { &shelf.affiliate_key } else { &shelf.api_key };
    loop {
        let caller =
            services.authenticate(key).ok_or_else(|| format!("the demo's key {} is not valid", keys::hint(key)))?;
        match services.submit(caller, generate::lead(number), None).await {
            Ok(answer) => return Ok(answer.status),
            Err(Refusal::Overloaded { retry_after_s }) => {
                tokio::time::sleep(Duration::from_secs(retry_after_s.into())).await;
            }
            Err(refusal) => return Err(format!("lead {number} was refused: {refusal:?}")),
        }
    }
}

//! `gavel replay`.

use super::args::Replay;
use crate::{
    boot::Opened,
    service::replay::{Tally, again, span},
};
use exchange::zone::Zone;
use model::{campaign::Campaign, tenant::Tenant};
use std::process::ExitCode;
use store::StoreError;

/// Runs a campaign's auctions again and prints a line for each difference; 1 when there is one.
pub async fn run(opened: &Opened, wanted: Replay) -> Result<ExitCode, String> {
    let (tenant, campaign) = find(opened, &wanted).await?;
    let zone = Zone::named(&tenant.zone).unwrap_or_else(|_| Zone::utc());
    let (from, to) = span(&zone, &wanted.from, &wanted.to).map_err(|error| error.to_string())?;
    println!("Campaign {} of {}, from {from} to {to}.", campaign.slug, tenant.slug);
    let rows = opened.store.tenant(tenant.id);
    let told = again(&rows, (campaign.id, from, to), &mut |line| println!("{line}")).await;
    let report = told.map_err(|error| error.to_string())?;
    println!("{}", summary(&report.leads, "auction", "auctions"));
    if report.pings.all() > 0 {
        println!("{}", summary(&report.pings, "ping", "pings"));
    }
    if report.same() {
        println!("Every decision that could be replayed was made again as it was made then.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("Decisions differ.");
    Ok(ExitCode::FAILURE)
}

fn summary(tally: &Tally, one: &str, many: &str) -> String {
    let all = tally.all();
    let mut text = format!("{all} {}: {} the same", if all == 1 { one } else { many }, tally.same);
    for (count, what) in [
        (tally.different, "different"),
        (tally.cannot, "that cannot be replayed"),
        (tally.no_auction, "closed without an auction of their own"),
        (tally.under_way, "under way"),
    ] {
        if count > 0 {
            text = format!("{text}, {count} {what}");
        }
    }
    if tally.later > 0 {
        text = format!("{text}; {} later decisions are not the auctions' own", tally.later);
    }
    text + "."
}

/// The campaign, in the tenant that is named or in the only one that has it.
async fn find(opened: &Opened, wanted: &Replay) -> Result<(Tenant, Campaign), String> {
    let slug = &wanted.campaign;
    let mut found = Vec::new();
    for row in opened.store.tenants().await.map_err(|error| error.to_string())? {
        if wanted.tenant.as_ref().is_some_and(|named| *named != row.tenant.slug) {
            continue;
        }
        match opened.store.tenant(row.tenant.id).campaign_by_slug(slug).await {
            Ok(campaign) => found.push((row.tenant, campaign)),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(format!("several tenants have a campaign {slug}; name one with --tenant")),
        (None, _) => Err(format!("there is no campaign {slug}; `gavel tenant list` shows the tenants")),
    }
}

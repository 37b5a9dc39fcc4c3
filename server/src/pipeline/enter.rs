//! Who takes part in a lead's auction: eligibility of every contract, and the terms of those that may be asked.

use super::{
    Pipeline,
    intake::Admitted,
    snapshot::LiveContract,
    verdicts::{Page, misconfigured},
};
use exchange::{
    auction::{Auction, Elapsed, Entrant},
    eligibility::{self, Facts, Reach, SoldClaim},
};
use model::{
    ContractId, Micros, Reason, Timestamp,
    cap::Window,
    contract::ContractKind,
    trace::{Finding, Stage},
};
use std::time::Duration;

/// Whether anybody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// Buyers are: who is spared at the moment is left out, and every ping is counted.
    Really,
    /// Nobody is, and nothing is counted.
    OnPaper,
}

/// Eligibility of every contract, and the auction of those that may be asked. Contracts in `posted` have had the lead already.
pub(super) fn enter(
    pipeline: &Pipeline,
    admitted: &Admitted,
    sold: &[SoldClaim],
    posted: &[ContractId],
    asking: Asking,
) -> (Vec<Page>, Vec<usize>, Auction) {
    let campaign = &admitted.campaign.campaign;
    let tenant = admitted.caller.tenant_id;
    let facts = Facts {
        lead: &admitted.lead,
        source: &admitted.source,
        now: admitted.started_at,
        campaign_active: campaign.active,
        sold,
        duplicates: &campaign.duplicates,
        counter: &|key| pipeline.0.counters.get(tenant, key),
    };
    let seed = u64::try_from(admitted.meta.lead_id.bits() & u128::from(u64::MAX)).unwrap_or(0);
    let (mut pages, mut slots, mut entrants) = (Vec::new(), Vec::new(), Vec::new());
    for (index, slot) in admitted.campaign.slots.iter().enumerate() {
        let mut page = Page::default();
        match slot.live() {
            // Its turn comes when the lead has come out.
            _ if slot.contract().kind == ContractKind::Silent => {}
            None => page.excluded.push(misconfigured(slot.faults())),
            Some(live) => {
                page.excluded = stands_against(live, &facts, admitted, posted);
                if page.excluded.is_empty() && asking == Asking::Really {
                    page.excluded = spared(pipeline, live, &facts, admitted, seed);
                }
                if page.excluded.is_empty() {
                    page.entrant = Some(entrants.len());
                    slots.push(index);
                    entrants.push(entrant(pipeline, live, facts.now));
                }
            }
        }
        pages.push(page);
    }
    let terms = &campaign.auction;
    let auction = Auction {
        deadline: u64::from(terms.deadline_ms) * 1000,
        post_reserve: u64::from(terms.post_reserve_ms) * 1000,
        floor: terms.floor.max(admitted.source.floor.unwrap_or(Micros::ZERO)),
        posts: terms.posts,
        seed,
        payout: admitted.source.payout.clone(),
        min_margin: terms.min_margin,
        tiers: terms.tiers.clone(),
        look_ahead: terms.look_ahead,
        max_buyers: terms.max_buyers,
        entrants,
    };
    (pages, slots, auction)
}

/// What the terms have against a contract.
fn stands_against(live: &LiveContract, facts: &Facts<'_>, admitted: &Admitted, posted: &[ContractId]) -> Vec<Finding> {
    let mut found = match Reach::of(admitted.caller.mode, &live.compiled) {
        Ok(reach) => eligibility::findings(reach, facts),
        Err(unreachable) => vec![unreachable],
    };
    if posted.contains(&live.compiled.contract.id) {
        found.push(Finding::plain(Stage::Eligibility, Reason::PostedBefore));
    }
    found
}

/// What keeps a contract from being asked at this moment that could be. Who is not kept is counted as asked.
fn spared(pipeline: &Pipeline, live: &LiveContract, facts: &Facts<'_>, admitted: &Admitted, seed: u64) -> Vec<Finding> {
    let contract = &live.compiled.contract;
    let limit = admitted.campaign.campaign.auction.doubts;
    let mut found: Vec<_> = pipeline.0.track.doubtful(contract.id, limit, facts.now).into_iter().collect();
    if found.is_empty() && live.ping.is_some() {
        found.extend(pipeline.0.outbound.spared(contract.id, facts.now, seed));
        let day = live.compiled.zone.window_start(Window::Day, facts.now);
        found.extend(pipeline.0.track.ping_budget(contract.id, contract.pings, facts.now, day, seed));
    }
    found
}

fn entrant(pipeline: &Pipeline, live: &LiveContract, now: Timestamp) -> Entrant {
    let contract = &live.compiled.contract;
    let (served, odds) = pipeline.0.track.of(contract.campaign_id, contract.id, now);
    Entrant {
        contract: contract.id,
        kind: contract.kind,
        fixed: contract.price.fixed,
        floor: contract.price.floor,
        max_bid: contract.price.max_bid,
        priority: contract.priority,
        delivery_cost: contract.price.delivery_cost,
        return_share: contract.price.return_share,
        backup: contract.backup,
        routing: contract.routing.clone(),
        served,
        odds,
        ping_timeout: live.ping.as_ref().map_or(0, |ping| trace_time(ping.timeout)),
        post_timeout: trace_time(live.post.timeout),
        on_unknown: contract.on_unknown,
    }
}

/// A duration as elapsed microseconds.
pub(super) fn trace_time(duration: Duration) -> Elapsed {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

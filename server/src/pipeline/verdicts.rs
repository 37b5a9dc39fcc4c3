//! The book of one auction: what was seen of every contract, put together into the trace that the lead page draws and the
//! facts that the figures are made of.

use super::snapshot::{CampaignSnapshot, Slot};
use exchange::{
    auction::{Auction, Machine},
    rollup::ContractFact,
};
use model::{
    Reason,
    contract::ContractKind,
    trace::{CallTrace, Finding, Stage, Standing, Verdict},
};

/// One call to a buyer as far as it got.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) start_us: u32,
    /// When it is given up.
    pub(super) give_up_us: u32,
    /// How long it took, when it has ended.
    pub(super) took_us: Option<u32>,
    pub(super) status: Option<u16>,
    /// The buyer's words, redacted.
    pub(super) said: Option<String>,
    pub(super) reference: Option<String>,
}

impl Seen {
    pub(super) const fn begun(start_us: u32, give_up_us: u32) -> Self {
        Self { start_us, give_up_us, took_us: None, status: None, said: None, reference: None }
    }

    fn trace(&self, now_us: u32) -> CallTrace {
        let waited = self.give_up_us.min(now_us).saturating_sub(self.start_us);
        CallTrace {
            start_us: self.start_us,
            took_us: self.took_us.unwrap_or(waited),
            status: self.status,
            said: self.said.clone(),
            reference: self.reference.clone(),
        }
    }
}

/// What was seen of one contract.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its index in the auction, when it took part.
    pub(super) entrant: Option<usize>,
    /// What stood against asking it.
    pub(super) excluded: Vec<Finding>,
    pub(super) ping: Option<Seen>,
    pub(super) post: Option<Seen>,
}

/// What stands against a contract whose configuration cannot be used.
pub(super) fn misconfigured(faults: &str) -> Finding {
    Finding::about(Stage::Eligibility, Reason::Misconfigured, "configuration", faults, "no faults")
}

/// One verdict for every contract of the campaign.
pub(super) fn verdicts(campaign: &CampaignSnapshot, pages: &[Page], machine: &Machine, now_us: u32) -> Vec<Verdict> {
    let all = campaign.slots.iter().zip(pages);
    all.map(|(slot, page)| verdict(slot, page, machine, now_us)).collect()
}

fn verdict(slot: &Slot, page: &Page, machine: &Machine, now_us: u32) -> Verdict {
    let (contract, buyer) = (slot.contract(), slot.buyer());
    let (standing, findings) = match page.entrant {
        Some(entrant) => machine.standing(entrant),
        None if contract.kind == ContractKind::Silent => (Standing::Waiting, Vec::new()),
        None => (Standing::Excluded, page.excluded.clone()),
    };
    Verdict {
        contract_id: contract.id,
        contract: contract.name.clone(),
        buyer_id: buyer.id,
        buyer: buyer.name.clone(),
        kind: contract.kind,
        standing,
        findings,
        price: page.entrant.and_then(|entrant| machine.price(entrant)),
        rank: page.entrant.and_then(|entrant| machine.rank(entrant)),
        ping: page.ping.as_ref().map(|seen| seen.trace(now_us)),
        post: page.post.as_ref().map(|seen| seen.trace(now_us)),
    }
}

/// The same as the figures need it.
pub(super) fn facts(verdicts: &[Verdict]) -> Vec<ContractFact> {
    // Of silent contracts it is not decided here.
    let competes = verdicts.iter().filter(|verdict| verdict.standing != Standing::Waiting);
    let fact = |verdict: &Verdict| ContractFact {
        buyer: verdict.buyer_id,
        contract: Some(verdict.contract_id),
        bid: verdict.price.filter(|_| in_time(verdict)),
        standing: verdict.standing,
        pinged: verdict.ping.is_some(),
        reasons: verdict.findings.iter().map(|finding| (finding.stage, finding.reason)).collect(),
        ping_us: verdict.ping.as_ref().filter(|call| answered(verdict, call, Stage::Ping)).map(|call| call.took_us),
        post_us: verdict.post.as_ref().filter(|call| answered(verdict, call, Stage::Post)).map(|call| call.took_us),
    };
    competes.map(fact).collect()
}

/// Whether how long a call took says how quick the buyer is: it answered, in time or not, or it was waited for in vain. A
/// connection that could not be made is no answer, and one that is not waited for any more need not be.
fn answered(verdict: &Verdict, call: &CallTrace, stage: Stage) -> bool {
    let vain = |finding: &Finding| {
        finding.stage == stage && matches!(finding.reason, Reason::Timeout | Reason::LateBid | Reason::PostUnknown)
    };
    call.status.is_some() || verdict.findings.iter().any(vain)
}

/// Whether what a verdict names as its price is a bid that came in time.
fn in_time(verdict: &Verdict) -> bool {
    let late = verdict.findings.iter().any(|finding| finding.reason == Reason::LateBid);
    verdict.kind == ContractKind::Auction && verdict.ping.is_some() && !late
}

/// Elapsed microseconds as the trace keeps them: over an hour is an hour.
pub(super) fn trace_us(elapsed: u64) -> u32 {
    u32::try_from(elapsed).unwrap_or(u32::MAX)
}

/// What the auction begins with, in words for the own-steps' notes.
pub(super) fn floor_note(auction: &Auction, all: usize) -> String {
    let tiers = match auction.tiers.len() {
        0 | 1 => String::new(),
        count => format!(", {count} tiers"),
    };
    let shared = if auction.max_buyers > 1 { format!(", up to {} buyers", auction.max_buyers) } else { String::new() };
    format!("{} of {all} contracts may be asked, floor {}{tiers}{shared}", auction.entrants.len(), auction.floor)
}

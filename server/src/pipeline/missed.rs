//! The better sale that something of ours kept a lead from.

use super::run::Run;
use exchange::{
    lost::{Kept, Worth, blamed, missed},
    rollup::{LeadFact, MissedChange},
};
use model::{
    CampaignId, ContractId, Micros, Money,
    contract::{Contract, ContractKind},
    tenant::Mode,
    trace::{Standing, Verdict},
};

impl Run {
    /// How the missed sale of this lead differs from what was said of it before; `brought` is all that its buyers pay, a
    /// post in doubt included.
    pub(super) fn missed_change(&self, verdicts: &[Verdict], brought: Money) -> Option<MissedChange> {
        if self.admitted.caller.mode == Mode::Test {
            return None;
        }
        let contracts = self.admitted.campaign.slots.iter().map(super::snapshot::Slot::contract);
        let kept = contracts.zip(verdicts).filter_map(|(contract, verdict)| self.kept(contract, verdict));
        MissedChange::between(self.missed, missed(kept, brought))
    }

    /// A contract that might have bought; none that would not have, or of which nothing is known.
    fn kept(&self, contract: &Contract, verdict: &Verdict) -> Option<Kept> {
        let out = [Standing::Lost, Standing::Rejected, Standing::Failed, Standing::Excluded];
        if !out.contains(&verdict.standing) {
            return None;
        }
        let reason = blamed(verdict.findings.iter().map(|finding| finding.reason))?;
        let (usual, odds) = self.pipeline.0.track.worth(contract.campaign_id, contract.id);
        let worth = Worth {
            late: verdict.price,
            fixed: contract.price.fixed.filter(|_| contract.kind == ContractKind::Direct),
            usual,
            most: contract.price.max_bid,
        };
        Some(Kept {
            contract: contract.id,
            buyer: contract.buyer_id,
            reason,
            bid: worth.bid(reason)?,
            floor: self.machine.auction().floor.max(contract.price.floor.unwrap_or_default()),
            accept: odds.accept,
        })
    }

    /// Takes in what was bid, and what this lead is said to have missed.
    pub(super) fn learn(&mut self, learned: Learned) {
        if let Some(change) = learned.missed {
            self.missed = change.now;
        }
        self.pipeline.0.track.bids(learned.campaign, learned.bids);
    }
}

/// What an outcome teaches once it is written.
pub(super) struct Learned {
    missed: Option<MissedChange>,
    campaign: CampaignId,
    bids: Vec<(ContractId, Micros)>,
}

impl Learned {
    pub(super) fn of(fact: &LeadFact) -> Self {
        let bids = fact.contracts.iter().filter(|_| !fact.test).filter_map(|one| one.contract.zip(one.bid));
        Self { missed: fact.missed, campaign: fact.campaign, bids: bids.collect() }
    }
}

//! The better sale that something of ours kept a lead from.

use super::run::Run;
use exchange::{
    lost::{Kept, blamed, missed},
    rollup::{LeadFact, MissedChange},
};
use model::{
    Money,
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
        let usual = usual.map(|bid| contract.price.max_bid.map_or(bid, |most| bid.min(most)));
        let fixed = contract.price.fixed.filter(|_| contract.kind == ContractKind::Direct);
        Some(Kept {
            contract: contract.id,
            buyer: contract.buyer_id,
            reason,
            bid: verdict.price.or(fixed).or(usual)?,
            floor: self.machine.auction().floor.max(contract.price.floor.unwrap_or_default()),
            accept: odds.accept,
        })
    }

    /// Takes in what was bid, and what this lead is said to have missed.
    pub(super) fn learn(&mut self, fact: &LeadFact) {
        if let Some(change) = fact.missed {
            self.missed = change.now;
        }
        if !fact.test {
            let bids = fact.contracts.iter().filter_map(|one| one.contract.zip(one.bid));
            self.pipeline.0.track.bids(fact.campaign, bids);
        }
    }
}

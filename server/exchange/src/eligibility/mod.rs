//! Which contracts may be asked, with everything that stands against each. One file per step; [`findings`] is the list.

mod caps;
mod compile;
pub mod duplicates;
mod effects;
mod filter;
mod schedule;

pub use compile::CompiledContract;
pub use schedule::CompiledSchedule;

use crate::{
    caps::{CapKey, Counter},
    lead::Lead,
};
use model::{
    BuyerId, LeadId, Reason, Timestamp,
    campaign::Duplicates,
    contract::SourceRule,
    source::Source,
    tenant::Mode,
    trace::{Finding, Stage},
};

/// An earlier sale, or a post under way, of the same person in the same campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldClaim {
    /// To whom.
    pub buyer_id: BuyerId,
    /// As which lead.
    pub lead_id: LeadId,
    /// When.
    pub at: Timestamp,
}

/// What eligibility is decided by, beside the contract.
pub struct Facts<'a> {
    /// The lead.
    pub lead: &'a Lead,
    /// Who sent it.
    pub source: &'a Source,
    /// The time.
    pub now: Timestamp,
    /// Whether the campaign takes leads.
    pub campaign_active: bool,
    /// Earlier sales of the same person.
    pub sold: &'a [SoldClaim],
    /// The campaign's windows.
    pub duplicates: &'a Duplicates,
    /// How full the caps are. A hint: the reservation before the post is what decides.
    pub counter: &'a dyn Fn(&CapKey) -> Counter,
}

/// A contract that a lead of some mode may reach at all. [`findings`] takes nothing else, so a test lead cannot be
/// offered to a live buyer by forgetting a check.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a>(&'a CompiledContract);

impl<'a> Reach<'a> {
    /// A test lead reaches sandbox buyers only; a live lead reaches every buyer.
    ///
    /// # Errors
    /// The finding that says so.
    pub fn of(mode: Mode, contract: &'a CompiledContract) -> Result<Self, Finding> {
        match mode {
            Mode::Test if !contract.buyer.sandbox => Err(Finding::plain(Stage::Eligibility, Reason::TestOnly)),
            Mode::Live | Mode::Test => Ok(Self(contract)),
        }
    }

    /// The contract.
    #[must_use]
    pub const fn contract(self) -> &'a CompiledContract {
        self.0
    }
}

/// Everything that stands against asking this contract; nothing means it may be asked. Never stops at the first.
#[must_use]
pub fn findings(reach: Reach<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let contract = reach.0;
    let mut found = Vec::new();
    paused(contract, facts, &mut found);
    source(contract, facts, &mut found);
    contract.filter.check(facts.lead, &mut found);
    contract.schedule.check(&contract.zone, facts.now, &mut found);
    certificate(contract, facts, &mut found);
    caps::check(contract, facts, &mut found);
    duplicates::check(contract, facts, &mut found);
    found
}

fn paused(contract: &CompiledContract, facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let switches =
        [("campaign", facts.campaign_active), ("buyer", contract.buyer.active), ("contract", contract.contract.active)];
    for (what, _) in switches.into_iter().filter(|(_, active)| !active) {
        found.push(Finding::about(Stage::Eligibility, Reason::Paused, what, "paused", "active"));
    }
}

fn source(contract: &CompiledContract, facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let allowed = match &contract.contract.sources {
        SourceRule::All => true,
        SourceRule::Only(ids) => ids.contains(&facts.source.id),
        SourceRule::Except(ids) => !ids.contains(&facts.source.id),
    };
    if !allowed {
        let want = match &contract.contract.sources {
            SourceRule::Only(_) => "one of the contract's sources",
            SourceRule::All | SourceRule::Except(_) => "a source the contract does not exclude",
        };
        found.push(Finding::about(Stage::Eligibility, Reason::SourceNotAllowed, "source", &facts.source.name, want));
    }
}

fn certificate(contract: &CompiledContract, facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if contract.contract.certificate_required && !facts.lead.has_certificate() {
        let want = "TrustedForm or Jornaya";
        found.push(Finding::about(Stage::Eligibility, Reason::CertificateMissing, "certificate", "none", want));
    }
}

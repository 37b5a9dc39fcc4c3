//! What came of an auction now, beside what was recorded of it then.

use super::{
    Difference, PostEnd, Posted, Recorded,
    again::{Again, Post},
    words::{millis, standing},
};
use crate::{
    auction::{Decision, unsold},
    rollup::LeadFact,
};
use model::{
    BuyerId, Micros, Reason,
    contract::ContractKind,
    lead::LeadState,
    trace::{Trace, Verdict},
};
use std::fmt::Display;

/// Every difference, and how many decisions came after the tape's end.
pub(super) fn all(again: &Again, recorded: &Recorded, trace: &Trace) -> (Vec<Difference>, usize) {
    let mut found = Found(again.first.iter().cloned().collect());
    plan(again, trace, &mut found);
    verdicts(again, trace, &mut found);
    let mut later = posts(again, recorded, &mut found);
    later += outcomes(again, recorded, trace, &mut found);
    (found.0, later)
}

/// The differences so far.
struct Found(Vec<Difference>);

impl Found {
    fn unless(&mut self, same: bool, what: impl Into<String>, then: impl Into<String>, now: impl Into<String>) {
        if !same {
            self.0.push(Difference { what: what.into(), then: then.into(), now: now.into() });
        }
    }
}

fn or_none<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// The least price, and the moment of the plan.
fn plan(again: &Again, trace: &Trace, found: &mut Found) {
    let floor = again.auction().floor;
    found.unless(trace.floor == floor, "the floor", trace.floor.to_decimal(), floor.to_decimal());
    let decided = again.machine.decided_at().map(|at| u32::try_from(at).unwrap_or(u32::MAX));
    let words = |at: Option<u32>| or_none(at.map(|at| millis(at.into())));
    found.unless(trace.decided_us == decided, "the plan was made at", words(trace.decided_us), words(decided));
}

/// Who was asked, and how everybody came out: standing, findings, price, place in the plan.
fn verdicts(again: &Again, trace: &Trace, found: &mut Found) {
    for (entrant, terms) in again.auction().entrants.iter().enumerate() {
        let name = again.words.name(entrant);
        let Some(then) = trace.verdicts.iter().find(|verdict| verdict.contract_id == terms.contract) else {
            found.unless(false, format!("the verdict on {name}"), "none", "in the auction");
            continue;
        };
        // The other way round, a bid may have been held from the source's own ping.
        let asked = again.asked.contains(&entrant);
        found.unless(then.ping.is_none() || asked, format!("{name} was asked"), "yes", "no");
        let (now, findings) = again.machine.standing(entrant);
        let (price, rank) = (again.machine.price(entrant), again.machine.rank(entrant));
        let same = (then.standing, &then.findings, then.price, then.rank) == (now, &findings, price, rank);
        let (then, now) =
            (standing(then.standing, &then.findings, then.price, then.rank), standing(now, &findings, price, rank));
        found.unless(same, format!("the verdict on {name}"), then, now);
    }
}

/// The posts in their order, with price and outcome. How many were begun after the tape's end.
fn posts(again: &Again, recorded: &Recorded, found: &mut Found) -> usize {
    // A contract that had the lead before (a server died then) was not in this auction.
    let entrants = &again.auction().entrants;
    let of_this = |post: &&Posted| entrants.iter().any(|entrant| entrant.contract == post.contract);
    let mut then: Vec<&Posted> = recorded.posts.iter().filter(of_this).collect();
    then.sort_by_key(|post| post.ordinal);
    let mut now: Vec<&Post> = again.posts.iter().collect();
    now.sort_by_key(|post| post.ordinal);
    // A lead in doubt that went on, and whose server died then.
    let goes_on = matches!(again.ends.last(), Some(Decision::Unknown { .. }));
    let later = if goes_on { then.len().saturating_sub(now.len()) } else { 0 };
    then.truncate(then.len() - later);
    let name = |contract| {
        let known = entrants.iter().position(|entrant| entrant.contract == contract);
        known.map_or_else(String::new, |entrant| again.words.name(entrant))
    };
    for place in 0..then.len().max(now.len()) {
        let (then, now) = (then.get(place), now.get(place));
        let same = then.zip(now).is_some_and(|(then, now)| {
            let ended = match now.end {
                // It may be known by now: somebody resolved it.
                PostEnd::Open | PostEnd::Unknown => true,
                end => (end, now.paid) == (then.end, then.paid),
            };
            entrants[now.entrant].contract == then.contract
                && (now.ordinal, now.price) == (then.ordinal, then.price)
                && ended
        });
        let words = |name: String, ordinal, price, end, paid: Option<Micros>| {
            let paid = paid.map_or_else(String::new, |paid| format!(" for {paid}"));
            format!("number {ordinal} to {name} at {price}, {}{paid}", end_name(end))
        };
        let was = then.map(|p| words(name(p.contract), p.ordinal, p.price, p.end, p.paid));
        let is = now.map(|p| words(again.words.name(p.entrant), p.ordinal, p.price, p.end, p.paid));
        found.unless(same, format!("post {}", place + 1), or_none(was), or_none(is));
    }
    later
}

const fn end_name(end: PostEnd) -> &'static str {
    match end {
        PostEnd::Open => "open",
        PostEnd::Accepted => "accepted",
        PostEnd::Rejected => "rejected",
        PostEnd::NotSent => "not sent",
        PostEnd::Unknown => "unknown",
    }
}

/// Every outcome, with its money. How many came after the tape's end.
fn outcomes(again: &Again, recorded: &Recorded, trace: &Trace, found: &mut Found) -> usize {
    let mut then: Vec<Came> = recorded.facts.iter().map(Came::recorded).collect();
    let test = recorded.facts.iter().any(|fact| fact.test);
    // Its source was told *unsold* before a further round.
    let (all, mut was) = (then.len(), (recorded.round > 0).then_some(LeadState::Unsold));
    for decision in &again.ends {
        let now = Came::decided(again, trace, decision, was, test);
        match then.iter().position(|came| *came == now) {
            Some(place) => drop(then.swap_remove(place)),
            None => {
                let closest = then.iter().find(|came| came.was == was).map(|came| came.words(trace));
                found.unless(false, "the outcome", or_none(closest), now.words(trace));
            }
        }
        was = Some(now.state);
    }
    found.unless(!again.ends.is_empty(), "the outcome", "an end", "no end");
    all.saturating_sub(again.ends.len())
}

/// An outcome of a lead.
#[derive(PartialEq, Eq)]
struct Came {
    was: Option<LeadState>,
    state: LeadState,
    reason: Option<Reason>,
    buyer: Option<BuyerId>,
    also: Vec<(BuyerId, Micros)>,
    revenue: Micros,
    payout: Micros,
}

impl Came {
    fn recorded(fact: &LeadFact) -> Self {
        let LeadFact { was, state, reason, buyer, also, revenue, payout, .. } = fact;
        Self {
            was: *was,
            state: *state,
            reason: *reason,
            buyer: *buyer,
            also: also.clone(),
            revenue: *revenue,
            payout: *payout,
        }
    }

    /// The money of a test lead is not money.
    fn decided(again: &Again, trace: &Trace, decision: &Decision, was: Option<LeadState>, test: bool) -> Self {
        let nothing = Micros::ZERO;
        let unpaid = |state, reason| Self {
            was,
            state,
            reason: Some(reason),
            buyer: None,
            also: Vec::new(),
            revenue: nothing,
            payout: nothing,
        };
        match decision {
            Decision::Unknown { .. } => unpaid(LeadState::Unknown, Reason::PostUnknown),
            Decision::Unsold { reason } => {
                let asked = |verdict: &&Verdict| {
                    again.auction().entrants.iter().any(|entrant| entrant.contract == verdict.contract_id)
                };
                let excluded = trace.verdicts.iter().filter(|verdict| !asked(verdict));
                let excluded = excluded.map(|verdict| verdict.findings.as_slice());
                let competing = trace.verdicts.iter().filter(|verdict| verdict.kind != ContractKind::Silent);
                let (state, reason) = unsold(*reason, competing.count(), excluded);
                match was {
                    // One round more in which nobody bought it changes nothing.
                    Some(LeadState::Unsold) => Self { reason: None, ..unpaid(LeadState::Unsold, reason) },
                    _ => unpaid(state, reason),
                }
            }
            Decision::Sold { sales } => {
                let buyer = |entrant: usize| {
                    let contract = again.auction().entrants.get(entrant)?.contract;
                    trace.verdicts.iter().find(|v| v.contract_id == contract).map(|v| v.buyer_id)
                };
                let revenue: Micros = sales.iter().map(|sale| sale.revenue).sum();
                let others = sales.iter().skip(1).filter(|_| !test);
                Self {
                    was,
                    state: LeadState::Sold,
                    reason: None,
                    buyer: sales.first().and_then(|sale| buyer(sale.entrant)),
                    also: others.filter_map(|sale| Some((buyer(sale.entrant)?, sale.revenue))).collect(),
                    revenue: if test { nothing } else { revenue },
                    payout: if test { nothing } else { again.auction().payout.of(revenue) },
                }
            }
        }
    }

    fn words(&self, trace: &Trace) -> String {
        let name = |buyer: BuyerId| {
            let known = trace.verdicts.iter().find(|verdict| verdict.buyer_id == buyer);
            known.map_or_else(|| buyer.to_string(), |verdict| verdict.buyer.clone())
        };
        let buyers = self.buyer.into_iter().chain(self.also.iter().map(|(buyer, _)| *buyer)).map(name);
        let buyers = buyers.collect::<Vec<_>>().join(" and ");
        match (self.state, self.reason) {
            (LeadState::Sold, _) => format!("sold to {buyers} for {}, payout {}", self.revenue, self.payout),
            (state, reason) => format!("{} ({})", state.name(), or_none(reason)),
        }
    }
}

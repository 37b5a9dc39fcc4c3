//! Caps that look full already. Only the reservation before the post decides; this spares the ping.

use super::{CompiledContract, Facts};
use model::{
    Micros,
    trace::{Finding, Stage},
};

pub(super) fn check(contract: &CompiledContract, facts: &Facts<'_>, found: &mut Vec<Finding>) {
    // The price is known for a direct contract. A bid is not known yet: a budget is full for it when nothing more fits.
    let price = contract.contract.price.fixed.unwrap_or(Micros(1));
    for demand in contract.demands(facts.now, price, facts.lead, facts.source.id) {
        let counter = (facts.counter)(&demand.key);
        if !counter.fits(demand.limit, price) {
            found.push(demand.finding(Stage::Eligibility, &counter));
        }
    }
}

//! The campaign's duplicate windows: who was sold this person, and how long ago.

use super::{CompiledContract, Facts};
use model::{
    Reason, Timestamp,
    trace::{Finding, Stage},
};

const DAY_MS: i64 = 86_400_000;

/// When a window of so many days that ends now began; none when it is switched off.
#[must_use]
pub fn since(now: Timestamp, days: u16) -> Option<Timestamp> {
    (days > 0).then(|| now.plus_millis(-i64::from(days) * DAY_MS))
}

pub(super) fn check(contract: &CompiledContract, facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let own = contract.contract.buyer_id;
    let same = since(facts.now, facts.duplicates.same_buyer_days);
    let cross = since(facts.now, facts.duplicates.cross_buyer_days);
    let latest = |mine: bool, window: Option<Timestamp>| {
        let inside = facts.sold.iter().filter(|claim| (claim.buyer_id == own) == mine);
        inside.filter(|claim| window.is_some_and(|start| claim.at > start)).max_by_key(|claim| claim.at)
    };
    for (claim, reason, days) in [
        (latest(true, same), Reason::DuplicateSameBuyer, facts.duplicates.same_buyer_days),
        (latest(false, cross), Reason::DuplicateCrossBuyer, facts.duplicates.cross_buyer_days),
    ] {
        if let Some(claim) = claim {
            let have = format!("sold {} as {}", ago(claim.at, facts.now), claim.lead_id);
            let want = format!("not sold for {days} days");
            found.push(Finding::about(Stage::Eligibility, reason, "person", have, want));
        }
    }
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.millis_since(at).max(0) / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..=119 => format!("{minutes} min ago"),
        120..=2879 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

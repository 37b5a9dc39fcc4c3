//! Auctions of the past are run again by the rules of today's program, and what comes out is held against what was decided.

use super::{ServiceError, reports};
use exchange::{
    replay::{Replayed, replay, replay_ping},
    zone::Zone,
};
use model::{Timestamp, time::Day};
use serde::Serialize;
use std::fmt;
use store::{Span, StoreError, TenantStore};

/// So many are read at once.
const PAGE: u16 = 200;

/// What came of running auctions again. Everything that was looked at is in one of the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Decided as they were then.
    pub same: u64,
    /// Something was decided otherwise.
    pub different: u64,
    /// Run before auctions were recorded, or recorded in a format that this program does not know.
    pub cannot: u64,
    /// Closed without an auction, after a server had died.
    pub no_auction: u64,
    /// Being auctioned at this moment.
    pub under_way: u64,
    /// Decisions that came after an auction's end and are not its own: a post in doubt that was resolved, a lead that was
    /// given back.
    pub later: u64,
}

impl Tally {
    /// How many were looked at.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.same + self.different + self.cannot + self.no_auction + self.under_way
    }

    /// Counts one; what there is to say about it, a line each.
    fn count(&mut self, of: impl fmt::Display, replayed: Replayed) -> Vec<String> {
        match replayed {
            Replayed::Same { later } => {
                self.same += 1;
                self.later += u64::try_from(later).unwrap_or(u64::MAX);
            }
            Replayed::Different(differences) => {
                self.different += 1;
                return differences.iter().map(|difference| format!("{of}: {difference}")).collect();
            }
            Replayed::Cannot(why) => {
                self.cannot += 1;
                return vec![format!("{of}: cannot be replayed: {why}")];
            }
            Replayed::NoAuction => self.no_auction += 1,
            Replayed::UnderWay => self.under_way += 1,
        }
        Vec::new()
    }
}

/// What came of leads and of pings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Of leads.
    pub leads: Tally,
    /// Of sources' pings, which are kept for a day.
    pub pings: Tally,
}

impl Report {
    /// Whether nothing was decided otherwise.
    #[must_use]
    pub const fn same(&self) -> bool {
        self.leads.different == 0 && self.pings.different == 0
    }
}

/// Runs every auction of a span again; `tell` gets a line for each difference and for each that cannot be replayed.
///
/// # Errors
/// What the store says.
pub async fn again(
    rows: &TenantStore,
    span: Span,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let mut after = None;
    loop {
        let page = rows.recorded_leads(span, after, PAGE).await?;
        for recorded in &page {
            report.leads.count(recorded.lead, replay(recorded)).into_iter().for_each(&mut *tell);
        }
        after = page.last().map(|recorded| recorded.lead);
        if page.len() < usize::from(PAGE) {
            break;
        }
    }
    let mut after = None;
    loop {
        let page = rows.recorded_pings(span, after, PAGE).await?;
        for recorded in &page {
            report.pings.count(recorded.ping, replay_ping(recorded)).into_iter().for_each(&mut *tell);
        }
        after = page.last().map(|recorded| recorded.ping);
        if page.len() < usize::from(PAGE) {
            break;
        }
    }
    Ok(report)
}

/// The instants that two texts name: each a day of the zone (`2026-05-07`; the last one as a whole) or an instant
/// (`2026-05-07T16:00:00Z`; what came in at the last one is not in the span).
///
/// # Errors
/// For texts that are neither, and when the end is not after the beginning.
pub fn span(zone: &Zone, from: &str, to: &str) -> Result<(Timestamp, Timestamp), ServiceError> {
    let (from, to) = (edges(zone, from)?.0, edges(zone, to)?.1);
    if from < to { Ok((from, to)) } else { Err(ServiceError::Refused("the end is not after the beginning".to_owned())) }
}

/// When what a text names begins and ends.
fn edges(zone: &Zone, text: &str) -> Result<(Timestamp, Timestamp), ServiceError> {
    if let Ok(day) = text.parse::<Day>() {
        return reports::between(zone, day, day);
    }
    let bad = |_| {
        ServiceError::Refused(format!("{text} is neither a day (2026-05-07) nor an instant (2026-05-07T16:00:00Z)"))
    };
    let at: jiff::Timestamp = text.parse().map_err(bad)?;
    Ok((Timestamp(at.as_microsecond()), Timestamp(at.as_microsecond())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_days_of_the_zone_and_instants_are_themselves() {
        let zone = Zone::named("America/New_York").expect("a zone");
        let named = |from: &str, to: &str| span(&zone, from, to).map(|(from, to)| (from.to_string(), to.to_string()));
        let whole = ("2026-05-07T04:00:00.000Z".to_owned(), "2026-05-08T04:00:00.000Z".to_owned());
        assert_eq!(named("2026-05-07", "2026-05-07"), Ok(whole));
        let from = ("2026-05-07T16:00:00.000Z".to_owned(), "2026-05-08T04:00:00.000Z".to_owned());
        assert_eq!(named("2026-05-07T12:00:00-04:00", "2026-05-07"), Ok(from));
        for (from, to) in [("2026-05-08", "2026-05-07"), ("2026-02-30", "2026-05-07"), ("then", "now")] {
            assert!(named(from, to).is_err(), "{from} to {to}");
        }
    }
}

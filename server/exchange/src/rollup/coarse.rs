//! Coarser counters, made of the hourly ones, so that a long span is the sum of few rows.

use super::{Key, Measure, Sums};
use model::{
    BuyerId, CampaignId, Micros, SourceId, Timestamp,
    breakdown::{Chances, When},
    lead::LeadState,
    report::Totals,
    trace::Standing,
};
use std::{collections::BTreeMap, ops::AddAssign};

/// The counters of UTC days: as those of hours, with the start of the day in the place of the hour.
#[must_use]
pub fn days(hours: &BTreeMap<Key, Sums>) -> BTreeMap<Key, Sums> {
    let mut days = BTreeMap::<Key, Sums>::new();
    for (key, sums) in hours {
        *days.entry(Key { hour: key.hour.day(), ..*key }).or_default() += *sums;
    }
    days
}

/// What one row of tallies is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Start of the UTC hour.
    pub hour: Timestamp,
    /// The campaign.
    pub campaign: CampaignId,
    /// The source.
    pub source: SourceId,
    /// The buyer; none for what concerns no buyer.
    pub buyer: Option<BuyerId>,
}

/// Everything that counters of one place say, in one row: what reports by time show, without the reasons one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Leads by what became of them, and the money of leads that came then.
    pub totals: Totals,
    /// Revenue that moved then.
    pub moved_revenue: Micros,
    /// Payout that moved then.
    pub moved_payout: Micros,
    /// How the contracts came out.
    pub chances: Chances,
    /// Reasons that stood against leads and contracts. Losing to a better bid is none.
    pub against: i64,
}

impl Tally {
    /// Takes in what a counter holds.
    pub fn count(&mut self, measure: Measure, sums: Sums) {
        if measure == Measure::Moved {
            self.moved_revenue += sums.revenue;
            self.moved_payout += sums.payout;
            return;
        }
        let (totals, chances) = (&mut self.totals, &mut self.chances);
        totals.revenue += sums.revenue;
        totals.payout += sums.payout;
        let counted = match measure {
            Measure::Received => &mut totals.received,
            Measure::Lead(LeadState::Sold) => {
                chances.sold += sums.count;
                &mut totals.sold
            }
            Measure::Lead(LeadState::Unsold) => &mut totals.unsold,
            Measure::Lead(LeadState::Rejected) => &mut totals.rejected,
            Measure::Lead(LeadState::Duplicate) => &mut totals.duplicate,
            Measure::Lead(LeadState::Unknown) => &mut totals.unknown,
            Measure::Lead(LeadState::Returned) => &mut totals.returned,
            Measure::Shared => &mut chances.sold,
            Measure::Returned => &mut chances.returned,
            Measure::Pinged => &mut chances.pinged,
            Measure::Contract(Standing::Lost) => &mut chances.lost,
            Measure::Contract(Standing::Rejected) => &mut chances.rejected,
            Measure::Contract(Standing::Failed) => &mut chances.failed,
            Measure::Contract(Standing::Excluded) => &mut chances.excluded,
            Measure::Reason(_, reason) if !reason.is_ordinary() => &mut self.against,
            Measure::Lead(LeadState::Processing)
            | Measure::Copied
            | Measure::Moved
            | Measure::Contract(Standing::Sold | Standing::Unknown | Standing::Waiting | Standing::Copied)
            | Measure::Reason(..) => return,
        };
        *counted += sums.count;
    }

    /// Counts and money, the money counted at its time. Of what moved then there is nothing but money.
    #[must_use]
    pub fn seen(&self, when: When) -> Totals {
        match when {
            When::Came => self.totals,
            When::Moved => Totals { revenue: self.moved_revenue, payout: self.moved_payout, ..Totals::default() },
        }
    }

    /// What counters say together.
    #[must_use]
    pub fn of<'a>(counters: impl IntoIterator<Item = (&'a Measure, &'a Sums)>) -> Self {
        let mut tally = Self::default();
        for (measure, sums) in counters {
            tally.count(*measure, *sums);
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.totals = self.totals + other.totals;
        self.chances = self.chances + other.chances;
        self.moved_revenue += other.moved_revenue;
        self.moved_payout += other.moved_payout;
        self.against += other.against;
    }
}

/// The tallies of hourly counters. Places where nothing shows are absent.
#[must_use]
pub fn tallies(hours: &BTreeMap<Key, Sums>) -> BTreeMap<Place, Tally> {
    let mut tallies = BTreeMap::<Place, Tally>::new();
    for (key, sums) in hours {
        let place = Place { hour: key.hour, campaign: key.campaign, source: key.source, buyer: key.buyer };
        tallies.entry(place).or_default().count(key.measure, *sums);
    }
    tallies.retain(|_, tally| *tally != Tally::default());
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Reason, time::HOUR, trace::Stage};

    fn counters() -> BTreeMap<Key, Sums> {
        let mut counters = BTreeMap::new();
        let mut add = |hours: i64, buyer: Option<u128>, measure, count, revenue| {
            let key = Key {
                hour: Timestamp(hours * HOUR),
                campaign: CampaignId::from_bits(1),
                source: SourceId::from_bits(2),
                buyer: buyer.map(BuyerId::from_bits),
                measure,
            };
            counters.insert(key, Sums { count, revenue: Micros(revenue), payout: Micros(revenue / 2) });
        };
        for hour in [23, 24, 25] {
            add(hour, None, Measure::Received, 5, 0);
            add(hour, Some(3), Measure::Lead(LeadState::Sold), 2, 20);
            add(hour, Some(3), Measure::Shared, 1, 10);
            add(hour, Some(3), Measure::Reason(Some(Stage::Ping), Reason::BuyerGeo), 4, 0);
            add(hour, Some(3), Measure::Reason(Some(Stage::Post), Reason::Outbid), 8, 0);
            add(hour, Some(4), Measure::Copied, 1, 0);
            add(hour, Some(3), Measure::Moved, 1, 7);
        }
        counters
    }

    #[test]
    fn a_day_is_the_sum_of_its_hours() {
        let days = days(&counters());
        let received: Vec<_> = days.iter().filter(|(key, _)| key.measure == Measure::Received).collect();
        assert_eq!(
            received.iter().map(|(key, sums)| (key.hour.0, sums.count)).collect::<Vec<_>>(),
            [(0, 5), (24 * HOUR, 10)]
        );
    }

    #[test]
    fn a_tally_says_what_the_counters_say() {
        let tallies = tallies(&counters());
        assert_eq!(tallies.len(), 6, "nothing shows of a copy without money");
        let (place, tally) = tallies.last_key_value().unwrap();
        assert_eq!((place.hour, place.buyer), (Timestamp(25 * HOUR), Some(BuyerId::from_bits(3))));
        assert_eq!((tally.totals.sold, tally.chances.sold, tally.against), (2, 3, 4));
        assert_eq!((tally.totals.revenue, tally.totals.payout), (Micros(30), Micros(15)));
        assert_eq!(tally.seen(When::Came), tally.totals);
        let moved = Totals { revenue: Micros(7), payout: Micros(3), ..Totals::default() };
        assert_eq!(tally.seen(When::Moved), moved);
    }
}

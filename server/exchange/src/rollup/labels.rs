//! Counters by what is neither campaign nor source nor buyer: the sub-source of a lead, and the band of prices that a sale
//! lies in. They are rows of their own with few columns, so the other counters stay as few as they are.

use super::{Key, LeadFact, Sums, Tally, fold};
use model::{
    BuyerId, CampaignId, Micros, SourceId, Timestamp,
    breakdown::{Band, SubLabel},
    lead::LeadState,
    report::Totals,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many sub-sources of a source are told apart in the leads of one UTC day; a source that makes up a label for every
/// lead fills no table. What comes later is counted as [`SubLabel::Other`].
pub const MOST_SUBS: usize = 100;

/// What counters are labelled with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A sub-source: figures of the leads it sent. They belong to no buyer.
    Sub(SubLabel),
    /// A band of prices: what a buyer took at such a price and gave back of it.
    Price(Band),
}

/// One labelled counter of one hour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelKey {
    /// The label.
    pub label: Label,
    /// Start of the UTC hour.
    pub hour: Timestamp,
    /// The campaign.
    pub campaign: CampaignId,
    /// The source.
    pub source: SourceId,
    /// The buyer; none for a sub-source.
    pub buyer: Option<BuyerId>,
}

/// Folds events into labelled counters: when each happened, the first label of its lead, and what happened. Folding two
/// batches and adding their counters equals folding them together.
#[must_use]
pub fn labels<'a>(
    events: impl IntoIterator<Item = (Timestamp, Option<&'a str>, &'a LeadFact)>,
) -> BTreeMap<LabelKey, Totals> {
    let mut counters = BTreeMap::<LabelKey, Totals>::new();
    for (at, sub, fact) in events.into_iter().filter(|(_, _, fact)| !fact.test) {
        let mut add = |label, buyer, totals: Totals| {
            let (campaign, source) = (fact.campaign, fact.source);
            let counter = counters.entry(LabelKey { label, hour: fact.hour(at), campaign, source, buyer }).or_default();
            *counter = *counter + totals;
        };
        let label = sub.map_or(SubLabel::None, |sub| SubLabel::Named(sub.to_owned()));
        add(Label::Sub(label), None, whole(&fold([(at, fact)])));
        for (buyer, price, totals) in sales(fact) {
            add(Label::Price(Band::of(price)), Some(buyer), totals);
        }
    }
    counters.retain(|_, totals| *totals != Totals::default());
    counters
}

/// The sub-sources that are told apart, by source and start of the UTC day.
pub type Known = BTreeMap<(SourceId, Timestamp), BTreeSet<String>>;

/// The same counters with at most [`MOST_SUBS`] sub-sources of a source and a UTC day: those known already, then the first
/// that come, which are known from then on. So one of a day is told apart or not, and stays so.
#[must_use]
pub fn bounded(counters: BTreeMap<LabelKey, Totals>, known: &mut Known) -> BTreeMap<LabelKey, Totals> {
    let mut bounded = BTreeMap::<LabelKey, Totals>::new();
    for (mut key, totals) in counters {
        if let Label::Sub(SubLabel::Named(name)) = &key.label {
            let names = known.entry((key.source, key.hour.day())).or_default();
            if !names.contains(name) && names.len() >= MOST_SUBS {
                key.label = Label::Sub(SubLabel::Other);
            } else {
                names.insert(name.clone());
            }
        }
        let counter = bounded.entry(key).or_default();
        *counter = *counter + totals;
    }
    bounded
}

/// The labelled counters of UTC days: as those of hours, with the start of the day in the place of the hour.
#[must_use]
pub fn label_days(hours: &BTreeMap<LabelKey, Totals>) -> BTreeMap<LabelKey, Totals> {
    let mut days = BTreeMap::<LabelKey, Totals>::new();
    for (key, totals) in hours {
        let counter = days.entry(LabelKey { hour: key.hour.day(), ..key.clone() }).or_default();
        *counter = *counter + *totals;
    }
    days
}

/// Counts and money of counters, whosever they are.
fn whole(counters: &BTreeMap<Key, Sums>) -> Totals {
    Tally::of(counters.iter().map(|(key, sums)| (&key.measure, sums))).totals
}

/// Who took the lead at which price or gave it back, with what that changes. What the source is paid goes with the first of
/// them. A silent contract's copy is no sale.
fn sales(fact: &LeadFact) -> Vec<(BuyerId, Micros, Totals)> {
    if fact.copy {
        return Vec::new();
    }
    if let Some(back) = fact.back {
        let (revenue, payout) = (fact.revenue, fact.payout);
        return vec![(back.buyer, -revenue, Totals { sold: -1, returned: 1, revenue, payout, ..Totals::default() })];
    }
    let others: Micros = fact.also.iter().map(|(_, price)| *price).sum();
    let newly = fact.state == LeadState::Sold && fact.was != Some(LeadState::Sold);
    let first = fact.buyer.filter(|_| newly).map(|buyer| (buyer, fact.revenue - others));
    let sold = |(buyer, price)| (buyer, price, Totals { sold: 1, revenue: price, ..Totals::default() });
    let mut sales: Vec<_> = first.into_iter().chain(fact.also.iter().copied()).map(sold).collect();
    if let Some((_, _, totals)) = sales.first_mut() {
        totals.payout = fact.payout;
    }
    sales
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sub(hour: i64, name: &str) -> LabelKey {
        LabelKey {
            label: Label::Sub(SubLabel::Named(name.to_owned())),
            hour: Timestamp(hour * model::time::HOUR),
            campaign: CampaignId::from_bits(1),
            source: SourceId::from_bits(2),
            buyer: None,
        }
    }

    #[test]
    fn too_many_sub_sources_of_a_day_are_not_told_apart() {
        let one = Totals { received: 1, ..Totals::default() };
        let counters = |hour| (0..MOST_SUBS + 5).map(move |nth| (sub(hour, &format!("{nth:04}")), one)).collect();
        let mut known = Known::new();
        let first = bounded(counters(1), &mut known);
        assert_eq!(first.len(), MOST_SUBS + 1);
        let other = LabelKey { label: Label::Sub(SubLabel::Other), ..sub(1, "") };
        assert_eq!(first[&other].received, 5);
        // The same day again: the same are told apart, though another would come first now.
        let late = BTreeMap::from([(sub(23, "!"), one), (sub(23, "0001"), one)]);
        let found: Vec<_> = bounded(late, &mut known).into_keys().map(|key| key.label).collect();
        assert_eq!(found, [Label::Sub(SubLabel::Named("0001".to_owned())), Label::Sub(SubLabel::Other)]);
        // Another day begins anew.
        assert_eq!(bounded(BTreeMap::from([(sub(24, "!"), one)]), &mut known), BTreeMap::from([(sub(24, "!"), one)]));
        assert_eq!(label_days(&first).values().map(|totals| totals.received).sum::<i64>(), 105);
    }
}

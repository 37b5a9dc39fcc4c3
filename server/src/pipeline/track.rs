//! What contracts did lately, kept in memory: sales of the day for weighted and round robin tiers, how posts came out for
//! looking ahead, which of them ended unknown, and pings for the limits that buyers set.
//!
//! It is an estimate and guards nothing: caps do. It starts from the posts of the last day or two; where several servers
//! share a store it is read again every minute, and between two readings each server knows its own posts.

use exchange::{
    auction::{Odds, Served},
    breaker,
    lost::{Bids, usual},
};
use model::{
    CampaignId, ContractId, Micros, Reason, Timestamp,
    campaign::Doubts,
    contract::PingLimits,
    time::DAY,
    trace::{Finding, Stage},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use store::{AttemptState, TrackRow};

/// What a contract's own posts weigh against the campaign's: as much when there are so many of them.
const PRIOR: u64 = 20;
/// With fewer posts than this a contract has the campaign's odds.
const LEAST: u64 = 10;
/// What is assumed of a campaign without any posts, in parts per million.
const ACCEPTED_AT_FIRST: u64 = 800_000;
/// Pings per sale are only judged after so many pings.
const PINGS_TO_JUDGE: u32 = 1_000;
/// One in so many leads is asked all the same, so that a buyer can do better again.
const PROBE: u64 = 20;

#[derive(Debug, Clone, Copy, Default)]
struct Posts {
    accepted: u64,
    unknown: u64,
    refused: u64,
}

impl Posts {
    const fn all(self) -> u64 {
        self.accepted + self.unknown + self.refused
    }

    const fn add(&mut self, state: AttemptState, count: u64) {
        match state {
            AttemptState::Accepted => self.accepted += count,
            AttemptState::Unknown => self.unknown += count,
            AttemptState::Rejected | AttemptState::NotSent => self.refused += count,
            AttemptState::Open => {}
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Pings {
    second: i64,
    in_second: u32,
    day: Timestamp,
    in_day: u32,
    since_start: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Lately {
    posts: Posts,
    today: u32,
    day: i64,
    last: i64,
    sold_since_start: u32,
    pings: Pings,
    doubts: breaker::Posts,
}

/// By contract, and the posts of each campaign together: they are asked for with every lead.
#[derive(Debug, Default)]
struct All {
    contracts: HashMap<ContractId, Lately>,
    campaigns: HashMap<CampaignId, Posts>,
    bids: HashMap<ContractId, Bids>,
    campaign_bids: HashMap<CampaignId, Bids>,
}

/// What is known of everybody.
#[derive(Debug, Default)]
pub(super) struct Track(Mutex<All>);

/// Days since 1970, in UTC.
const fn day_of(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY)
}

impl Track {
    /// Since when posts are read: the beginning of yesterday, in UTC.
    pub(super) const fn since(now: Timestamp) -> Timestamp {
        Timestamp((day_of(now) - 1) * DAY)
    }

    /// Takes in what the store says of posts since [`Track::since`].
    pub(super) fn learn(&self, rows: &[TrackRow], now: Timestamp) {
        let mut all = self.lock();
        all.campaigns.clear();
        for lately in all.contracts.values_mut() {
            (lately.posts, lately.today) = (Posts::default(), 0);
        }
        for row in rows {
            let count = u64::try_from(row.count).unwrap_or(0);
            all.campaigns.entry(row.campaign_id).or_default().add(row.state, count);
            let lately = all.contracts.entry(row.contract_id).or_default();
            lately.posts.add(row.state, count);
            if row.state == AttemptState::Accepted {
                lately.last = lately.last.max(row.last.0);
                if row.day == day_of(now) {
                    lately.day = row.day;
                    lately.today = lately.today.saturating_add(u32::try_from(row.count).unwrap_or(u32::MAX));
                }
            }
        }
    }

    /// Takes in what the store says of bids, of all servers together.
    pub(super) fn learn_bids(&self, rows: &[(CampaignId, ContractId, Bids)]) {
        let mut all = self.lock();
        (all.bids, all.campaign_bids) = (HashMap::new(), HashMap::new());
        for (campaign, contract, bids) in rows {
            all.bids.entry(*contract).or_default().merge(*bids);
            all.campaign_bids.entry(*campaign).or_default().merge(*bids);
        }
    }

    /// Takes in bids that came in time.
    pub(super) fn bids(&self, campaign: CampaignId, bids: impl IntoIterator<Item = (ContractId, Micros)>) {
        let mut all = self.lock();
        for (contract, bid) in bids {
            all.bids.entry(contract).or_default().add(bid);
            all.campaign_bids.entry(campaign).or_default().add(bid);
        }
    }

    /// What a contract usually bids, if that is known, and how its posts usually come out.
    pub(super) fn worth(&self, campaign: CampaignId, contract: ContractId) -> (Option<Micros>, Odds) {
        let all = self.lock();
        let bids = |found: Option<&Bids>| found.copied().unwrap_or_default();
        let usual = usual(bids(all.bids.get(&contract)), bids(all.campaign_bids.get(&campaign)));
        let own = all.contracts.get(&contract).map_or_else(Posts::default, |lately| lately.posts);
        let of_campaign = all.campaigns.get(&campaign).copied().unwrap_or_default();
        drop(all);
        (usual, odds(own, of_campaign))
    }

    /// Takes in how a post came out. One in doubt that is known later is counted twice: that is little.
    pub(super) fn posted(&self, campaign: CampaignId, contract: ContractId, state: AttemptState, now: Timestamp) {
        let mut all = self.lock();
        all.campaigns.entry(campaign).or_default().add(state, 1);
        let lately = all.contracts.entry(contract).or_default();
        lately.posts.add(state, 1);
        if state == AttemptState::Accepted {
            if lately.day != day_of(now) {
                (lately.day, lately.today) = (day_of(now), 0);
            }
            lately.today += 1;
            lately.last = now.0;
            lately.sold_since_start = lately.sold_since_start.saturating_add(1);
        }
    }

    /// Takes in how a post stood when its time was over. This server's own posts since it started: others have their own.
    pub(super) fn ended(&self, contract: ContractId, unknown: bool, limit: Doubts, now: Timestamp) {
        self.lock().contracts.entry(contract).or_default().doubts.record(now, limit, unknown);
    }

    /// Why a contract is spared that left us in doubt too often, if it is.
    pub(super) fn doubtful(&self, contract: ContractId, limit: Doubts, now: Timestamp) -> Option<Finding> {
        self.lock().contracts.get_mut(&contract)?.doubts.admit(now, limit)
    }

    /// What a contract got lately, and how its posts usually come out: its own posts, shrunk to the campaign's.
    pub(super) fn of(&self, campaign: CampaignId, contract: ContractId, now: Timestamp) -> (Served, Odds) {
        let all = self.lock();
        let own = all.contracts.get(&contract).copied().unwrap_or_default();
        let of_campaign = all.campaigns.get(&campaign).copied().unwrap_or_default();
        drop(all);
        let today = if own.day == day_of(now) { own.today } else { 0 };
        (Served { today, last: own.last }, odds(own.posts, of_campaign))
    }

    /// Whether one more ping is beyond what the buyer takes; when not, it is counted.
    pub(super) fn ping_budget(
        &self,
        contract: ContractId,
        limits: PingLimits,
        now: Timestamp,
        day: Timestamp,
        draw: u64,
    ) -> Option<Finding> {
        if limits == PingLimits::default() {
            return None;
        }
        let mut all = self.lock();
        let lately = all.contracts.entry(contract).or_default();
        let sold = lately.sold_since_start.max(1);
        let pings = &mut lately.pings;
        let second = now.0.div_euclid(1_000_000);
        if pings.second != second {
            (pings.second, pings.in_second) = (second, 0);
        }
        if pings.day != day {
            (pings.day, pings.in_day) = (day, 0);
        }
        let over = |what: &str, have: u32, most: u32| {
            Some(Finding::about(Stage::Eligibility, Reason::PingBudget, what, have.to_string(), most.to_string()))
        };
        if let Some(most) = limits.per_second.filter(|most| pings.in_second >= *most) {
            return over("pings in this second", pings.in_second, most);
        }
        if let Some(most) = limits.per_day.filter(|most| pings.in_day >= *most) {
            return over("pings today", pings.in_day, most);
        }
        let per_win = pings.since_start / sold;
        let judged = pings.since_start >= PINGS_TO_JUDGE && !draw.is_multiple_of(PROBE);
        if let Some(most) = limits.per_win.filter(|most| judged && per_win > *most) {
            return over("pings for each sale", per_win, most);
        }
        pings.in_second += 1;
        pings.in_day += 1;
        pings.since_start = pings.since_start.saturating_add(1);
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn odds(own: Posts, campaign: Posts) -> Odds {
    let share = |part: u64, all: u64, without: u64| (part * 1_000_000).checked_div(all).unwrap_or(without);
    let (accept, unknown) =
        (share(campaign.accepted, campaign.all(), ACCEPTED_AT_FIRST), share(campaign.unknown, campaign.all(), 0));
    let shrunk = |part: u64, mean: u64| {
        let ppm = if own.all() < LEAST { mean } else { (part * 1_000_000 + PRIOR * mean) / (own.all() + PRIOR) };
        u32::try_from(ppm.min(1_000_000)).unwrap_or(1_000_000)
    };
    Odds { accept: shrunk(own.accepted, accept), unknown: shrunk(own.unknown, unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_778_155_200_000_000);

    fn contract(number: u128) -> ContractId {
        ContractId::from_bits(number)
    }

    #[test]
    fn few_posts_have_the_campaigns_odds_and_many_their_own() {
        let (track, campaign) = (Track::default(), CampaignId::from_bits(1));
        let post =
            |number, state, times: u32| (0..times).for_each(|_| track.posted(campaign, contract(number), state, NOON));
        assert_eq!(track.of(campaign, contract(1), NOON).1, Odds { accept: 800_000, unknown: 0 });
        assert_eq!(track.of(campaign, contract(2), NOON).1, Odds { accept: 800_000, unknown: 0 });
        post(1, AttemptState::Accepted, 90);
        post(1, AttemptState::Rejected, 10);
        assert_eq!(track.of(campaign, contract(2), NOON).1, Odds { accept: 900_000, unknown: 0 }, "the campaign's");
        post(2, AttemptState::Rejected, 100);
        let own = track.of(campaign, contract(2), NOON).1;
        // The campaign's is 45 % now; twenty posts of that against a hundred refused.
        assert_eq!(own, Odds { accept: 20 * 450_000 / 120, unknown: 0 });
    }

    #[test]
    fn bids_are_known_of_who_bid() {
        let (track, campaign) = (Track::default(), CampaignId::from_bits(1));
        assert_eq!(track.worth(campaign, contract(1)).0, None);
        track.bids(campaign, [(contract(1), Micros::units(8))]);
        assert_eq!(track.worth(campaign, contract(1)).0, Some(Micros::units(8)));
        assert_eq!(track.worth(campaign, contract(2)), (None, Odds { accept: 800_000, unknown: 0 }));
        // What the store says takes the place of what was seen here.
        let twenty = Bids { count: 20, sum: Micros::units(200) };
        track.learn_bids(&[(campaign, contract(1), twenty), (campaign, contract(2), twenty)]);
        assert_eq!(track.worth(campaign, contract(1)).0, Some(Micros::units(10)));
    }

    #[test]
    fn sales_count_for_their_day() {
        let (track, campaign) = (Track::default(), CampaignId::from_bits(1));
        track.posted(campaign, contract(1), AttemptState::Accepted, NOON);
        track.posted(campaign, contract(1), AttemptState::Rejected, NOON);
        assert_eq!(track.of(campaign, contract(1), NOON).0, Served { today: 1, last: NOON.0 });
        let tomorrow = Timestamp(NOON.0 + DAY);
        assert_eq!(track.of(campaign, contract(1), tomorrow).0, Served { today: 0, last: NOON.0 });
        let row = TrackRow {
            campaign_id: campaign,
            contract_id: contract(1),
            state: AttemptState::Accepted,
            day: day_of(tomorrow),
            count: 7,
            last: tomorrow,
        };
        track.learn(&[row], tomorrow);
        assert_eq!(track.of(campaign, contract(1), tomorrow).0, Served { today: 7, last: tomorrow.0 });
    }

    #[test]
    fn pings_stop_at_what_the_buyer_takes() {
        let track = Track::default();
        let ask = |limits, at| track.ping_budget(contract(1), limits, at, Timestamp(0), 1).map(|f| f.subject);
        let limits = PingLimits { per_second: Some(2), per_day: Some(3), per_win: None };
        assert_eq!(ask(limits, NOON), None);
        assert_eq!(ask(limits, NOON), None);
        assert_eq!(ask(limits, NOON), Some(Some("pings in this second".to_owned())));
        let later = NOON.plus_millis(1000);
        assert_eq!(ask(limits, later), None);
        assert_eq!(ask(limits, later), Some(Some("pings today".to_owned())));
        let per_win = PingLimits { per_win: Some(100), ..PingLimits::default() };
        let asked = (0..3000).filter(|n| track.ping_budget(contract(2), per_win, NOON, NOON, *n).is_none()).count();
        assert!((1_000..1_200).contains(&asked), "judged after a thousand, then probed: {asked}");
    }
}

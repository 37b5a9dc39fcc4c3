//! Buyers' scorecards, over sums that are folded from the same events as all figures.

use super::{
    ServiceError, Services,
    reports::{Days, Earlier},
    zone,
};
use crate::context::Actor;
use exchange::{
    alert::cap_windows,
    rollup::{Latencies, Score},
};
use model::{
    BuyerId, CampaignId, ContractId, Currency, Reason, Timestamp,
    breakdown::Wanted,
    cap::Limit,
    contract::Contract,
    lost::LostSum,
    scorecard::{CapUse, Card, CardRow, Scorecards, Speed},
    user::Right,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Only, TenantStore};

/// What is summed before it is shown: percentiles of several contracts are of all their calls together.
#[derive(Debug, Clone, Default)]
struct Sum {
    score: Score,
    full: LostSum,
    late: LostSum,
    silent: LostSum,
}

/// By buyer and contract.
type Sums = BTreeMap<(BuyerId, ContractId), Sum>;

impl Services {
    /// What each buyer did in a span of days, or each contract of one, and how quickly.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; refused for days that make no span, and for one source: scores are of all together.
    pub async fn scorecards(&self, actor: &Actor, wanted: Wanted) -> Result<Scorecards, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        if wanted.source.is_some() {
            return Err(ServiceError::Refused("Scorecards are of all sources together: choose no source.".to_owned()));
        }
        let (zone, now) = (zone(actor), self.clock.now());
        let days = Days::of(wanted.span, &zone, now)?;
        let contracts = tenant.contracts().await?;
        let found = sums(&tenant, &wanted, &contracts, days.hours()).await?;
        let earlier = days.earlier(wanted.compare, &zone);
        let before = match earlier {
            Some(Earlier { hours, .. }) => {
                Some(together(sums(&tenant, &wanted, &contracts, hours).await?.values()).card())
            }
            None => None,
        };
        let buyers: HashMap<_, _> = tenant.buyers().await?.into_iter().map(|buyer| (buyer.id, buyer.name)).collect();
        let names = Names { buyers, contracts: contracts.into_iter().map(|one| (one.id, one.name)).collect() };
        Ok(Scorecards {
            first: days.first().0,
            last: days.last(),
            currency: tenant.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency),
            total: together(found.values()).card(),
            rows: names.rows(&found, wanted.buyer.is_some()),
            before,
            compared: earlier.map(|earlier| earlier.days),
            caps: match wanted.buyer {
                Some(buyer) => self.caps_of(&tenant, buyer, wanted.campaign, now).await?,
                None => Vec::new(),
            },
        })
    }

    /// How full the caps of a buyer and of its contracts are, those that are fullest first.
    async fn caps_of(
        &self,
        tenant: &TenantStore,
        buyer: BuyerId,
        campaign: Option<CampaignId>,
        now: Timestamp,
    ) -> Result<Vec<CapUse>, ServiceError> {
        let buyers = HashMap::from([(buyer, tenant.buyer(buyer).await?)]);
        let mut contracts = tenant.contracts().await?;
        contracts.retain(|one| one.buyer_id == buyer && campaign.is_none_or(|only| one.campaign_id == only));
        let sources: Vec<_> = tenant.sources().await?.into_iter().map(|source| (source.id, source.name)).collect();
        let windows = cap_windows(&buyers, &contracts, &sources, now);
        let keys: Vec<_> = windows.iter().map(|(key, _)| (tenant.id(), *key)).collect();
        let counters = self.store.counters(&keys).await?;
        let found = windows.into_iter().map(|(key, cap)| {
            let counter = counters.get(&(tenant.id(), key)).copied().unwrap_or_default();
            let (used, limit, of) = match cap.limit {
                Limit::Count(limit) => {
                    let used = counter.used + counter.held;
                    (used, i64::from(limit), Limit::Count(u32::try_from(used).unwrap_or(u32::MAX)))
                }
                Limit::Money(limit) => {
                    let used = counter.used_money + counter.held_money;
                    (used.0, limit.0, Limit::Money(used))
                }
            };
            let share = (i128::from(used) * 1_000_000).checked_div(i128::from(limit)).unwrap_or(1_000_000);
            CapUse {
                about: cap.about,
                contract: cap.contract,
                window: cap.window,
                limit: cap.limit,
                used: of,
                share: i64::try_from(share).unwrap_or(i64::MAX),
            }
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by(|a, b| b.share.cmp(&a.share).then_with(|| a.about.cmp(&b.about)));
        Ok(found)
    }
}

/// What contracts did in a span of hours, with what it cost.
async fn sums(
    tenant: &TenantStore,
    wanted: &Wanted,
    contracts: &[Contract],
    (from, to): (Timestamp, Timestamp),
) -> Result<Sums, ServiceError> {
    let mut sums = Sums::new();
    for (buyer, contract, score) in tenant.scores(wanted.buyer, from, to).await? {
        sums.entry((buyer, contract)).or_default().score = score;
    }
    let only = Only { campaign: wanted.campaign, buyer: wanted.buyer, source: None };
    for (reason, contract, buyer, lost) in tenant.lost_of(only, from, to).await? {
        let sum = sums.entry((buyer, contract)).or_default();
        match reason {
            Reason::Timeout => sum.silent += lost,
            Reason::LateBid => sum.late += lost,
            Reason::Cap | Reason::Budget | Reason::CapFilledMeanwhile => sum.full += lost,
            _ => {}
        }
    }
    if let Some(campaign) = wanted.campaign {
        let own: HashSet<_> = contracts.iter().filter(|one| one.campaign_id == campaign).map(|one| one.id).collect();
        sums.retain(|(_, contract), _| own.contains(contract));
    }
    sums.retain(|_, sum| sum.score != Score::default());
    Ok(sums)
}

fn together<'a>(sums: impl IntoIterator<Item = &'a Sum>) -> Sum {
    let mut all = Sum::default();
    for sum in sums {
        all.score += &sum.score;
        all.full += sum.full;
        all.late += sum.late;
        all.silent += sum.silent;
    }
    all
}

impl Sum {
    fn card(&self) -> Card {
        let score = &self.score;
        Card {
            considered: score.considered,
            full: score.full,
            pinged: score.pinged,
            bids: score.bids,
            bid_sum: score.bid_sum,
            declined: score.declined,
            late: score.late,
            silent: score.silent,
            broken: score.broken,
            accepted: score.accepted,
            refused: score.refused,
            doubtful: score.doubtful,
            unsent: score.unsent,
            returned: score.returned,
            full_lost: self.full,
            late_lost: self.late,
            silent_lost: self.silent,
            ping: speed(&score.pings),
            post: speed(&score.posts),
        }
    }
}

/// What is said of how long calls took.
pub(super) fn speed(calls: &Latencies) -> Speed {
    Speed {
        calls: calls.calls(),
        p50_us: calls.percentile(50),
        p95_us: calls.percentile(95),
        p99_us: calls.percentile(99),
    }
}

/// What people call buyers and contracts.
struct Names {
    buyers: HashMap<BuyerId, String>,
    contracts: HashMap<ContractId, String>,
}

impl Names {
    /// A row for each contract, or for each buyer.
    fn rows(&self, sums: &Sums, by_contract: bool) -> Vec<CardRow> {
        let mut groups = BTreeMap::<(BuyerId, Option<ContractId>), Vec<&Sum>>::new();
        for ((buyer, contract), sum) in sums {
            groups.entry((*buyer, by_contract.then_some(*contract))).or_default().push(sum);
        }
        let row = |((buyer, contract), sums): ((BuyerId, Option<ContractId>), Vec<&Sum>)| CardRow {
            buyer,
            buyer_name: self.buyers.get(&buyer).cloned().unwrap_or_else(|| buyer.to_string()),
            contract,
            contract_name: contract
                .map_or_else(String::new, |id| self.contracts.get(&id).cloned().unwrap_or_else(|| id.to_string())),
            card: together(sums).card(),
        };
        let mut rows: Vec<_> = groups.into_iter().map(row).collect();
        rows.sort_by(|a, b| (&a.buyer_name, &a.contract_name).cmp(&(&b.buyer_name, &b.contract_name)));
        rows
    }
}

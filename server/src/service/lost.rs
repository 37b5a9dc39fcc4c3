//! The ledger of what was probably lost, over the sums that are recorded with every lead.

use super::{
    ServiceError, Services,
    reports::{Days, Earlier},
    zone,
};
use crate::context::Actor;
use model::{
    Currency,
    breakdown::Wanted,
    lost::{Lost, LostRow, LostSum},
    user::Right,
};
use std::{cmp::Reverse, collections::HashMap};
use store::{LostOf, Only};

impl Services {
    /// What leads of a span of days missed, by what stood in which contract's way.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; for days that make no span.
    pub async fn lost(&self, actor: &Actor, wanted: Wanted) -> Result<Lost, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let zone = zone(actor);
        let days = Days::of(wanted.span, &zone, self.clock.now())?;
        let only = Only { campaign: wanted.campaign, source: wanted.source, buyer: wanted.buyer };
        let (from, to) = days.hours();
        let earlier = days.earlier(wanted.compare, &zone);
        let before = match earlier {
            Some(Earlier { hours: (from, to), .. }) => {
                Some(sum(tenant.lost_of(only, from, to).await?.into_iter().map(|found| found.3)))
            }
            None => None,
        };
        let currency = tenant.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency);
        let buyers: HashMap<_, _> = tenant.buyers().await?.into_iter().map(|buyer| (buyer.id, buyer.name)).collect();
        let contracts: HashMap<_, _> = tenant.contracts().await?.into_iter().map(|one| (one.id, one.name)).collect();
        let row = |(reason, contract, buyer, lost): LostOf| LostRow {
            reason,
            contract,
            contract_name: contracts.get(&contract).cloned().unwrap_or_else(|| contract.to_string()),
            buyer,
            buyer_name: buyers.get(&buyer).cloned().unwrap_or_else(|| buyer.to_string()),
            lost,
        };
        let mut rows: Vec<_> = tenant.lost_of(only, from, to).await?.into_iter().map(row).collect();
        rows.sort_by_key(|row| (Reverse(row.lost.amount), row.reason, row.contract));
        Ok(Lost {
            first: days.first().0,
            last: days.last(),
            currency,
            total: sum(rows.iter().map(|row| row.lost)),
            before,
            compared: earlier.map(|earlier| earlier.days),
            rows,
        })
    }
}

fn sum(all: impl IntoIterator<Item = LostSum>) -> LostSum {
    all.into_iter().fold(LostSum::default(), |mut sum, one| {
        sum += one;
        sum
    })
}

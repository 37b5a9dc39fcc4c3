//! Reports of fixtures.

use super::{Fake, buyer_id};
use crate::{backend::Reporting, error::UiError};
use async_trait::async_trait;
use model::{
    CampaignId, ContractId, Currency, Micros, Reason, SourceId,
    breakdown::{Breakdown, By, Chances, ReasonRow, Reasons, Row, Wanted},
    lost::{Lost, LostRow, LostSum},
    report::Totals,
    time::Day,
    trace::Stage,
};

const DAY: Day = Day { year: 2026, month: 5, day: 7 };

fn totals() -> Totals {
    Totals {
        received: 12,
        sold: 9,
        unsold: 2,
        rejected: 1,
        revenue: Micros::units(162),
        payout: Micros::units(81),
        ..Totals::default()
    }
}

#[async_trait]
impl Reporting for Fake {
    async fn breakdown(&self, wanted: Wanted) -> Result<Breakdown, UiError> {
        let key = match wanted.by {
            By::Buyer => buyer_id().to_string(),
            By::Day => DAY.to_string(),
            By::Hour => "17:00".to_owned(),
            By::Sub => format!("{}:fb-retarget", SourceId::from_bits(2)),
            By::Price => "20".to_owned(),
            By::Campaign | By::Source => CampaignId::from_bits(2).to_string(),
        };
        let chances = Chances { pinged: 10, sold: 9, lost: 1, rejected: 0, failed: 0, excluded: 2, returned: 1 };
        let row = Row { key, name: "Auto insurance".into(), totals: totals(), chances };
        let before = Totals { received: 10, sold: 9, revenue: Micros::units(200), ..Totals::default() };
        let full = Breakdown {
            by: wanted.by,
            when: wanted.when,
            first: DAY,
            last: DAY,
            currency: Currency::USD,
            rows: vec![row],
            total: totals(),
            before,
        };
        let empty = Breakdown { rows: Vec::new(), total: Totals::default(), before: Totals::default(), ..full.clone() };
        self.answer(full, empty)
    }

    async fn lost(&self, _: Wanted) -> Result<Lost, UiError> {
        let row = |reason, number, leads, units| LostRow {
            reason,
            contract: ContractId::from_bits(number),
            contract_name: "Standard".into(),
            buyer: buyer_id(),
            buyer_name: "Acme".into(),
            lost: LostSum { leads, amount: Micros::units(units) },
        };
        let rows = vec![row(Reason::Cap, 4, 5, 60), row(Reason::Cap, 5, 1, 10), row(Reason::LateBid, 4, 3, 30)];
        let full = Lost {
            first: DAY,
            last: DAY,
            currency: Currency::USD,
            rows,
            total: LostSum { leads: 9, amount: Micros::units(100) },
            before: LostSum { leads: 9, amount: Micros::units(50) },
        };
        let nothing = LostSum::default();
        let empty = Lost { rows: Vec::new(), total: nothing, before: nothing, ..full.clone() };
        self.answer(full, empty)
    }

    async fn reasons(&self, _: Wanted) -> Result<Reasons, UiError> {
        let of = |buyer, name: &str, stage, reason, count| ReasonRow { buyer, name: name.into(), stage, reason, count };
        let rows = vec![
            of(Some(buyer_id()), "Acme", Some(Stage::Ping), Reason::BuyerGeo, 7),
            of(None, "", None, Reason::NoBid, 2),
        ];
        let full = Reasons { first: DAY, last: DAY, rows, days: vec![(DAY, 9)] };
        let empty = Reasons { rows: Vec::new(), days: vec![(DAY, 0)], ..full.clone() };
        self.answer(full, empty)
    }
}

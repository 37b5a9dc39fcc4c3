//! Reports of fixtures.

use super::{Fake, buyer_id};
use crate::{backend::Reporting, error::UiError};
use async_trait::async_trait;
use model::{
    CampaignId, ContractId, Currency, Micros, Reason, SourceId,
    breakdown::{Breakdown, By, Chances, ReasonRow, Reasons, Row, Wanted},
    cap::{Limit, Window},
    lost::{Lost, LostRow, LostSum},
    report::Totals,
    scorecard::{CapUse, Card, CardRow, Scorecards, Speed},
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
            before: Some(before),
            compared: Some((DAY, DAY)),
        };
        let empty =
            Breakdown { rows: Vec::new(), total: Totals::default(), before: Some(Totals::default()), ..full.clone() };
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
            before: Some(LostSum { leads: 9, amount: Micros::units(50) }),
            compared: Some((DAY, DAY)),
        };
        let nothing = LostSum::default();
        let empty = Lost { rows: Vec::new(), total: nothing, before: Some(nothing), ..full.clone() };
        self.answer(full, empty)
    }

    async fn scorecards(&self, wanted: Wanted) -> Result<Scorecards, UiError> {
        let speed = |calls| Speed { calls, p50_us: Some(84_000), p95_us: Some(412_000), p99_us: Some(1_204_000) };
        let card = Card {
            considered: 500,
            full: 50,
            pinged: 400,
            bids: 300,
            bid_sum: Micros::units(3_600),
            declined: 60,
            late: 25,
            silent: 10,
            broken: 5,
            accepted: 90,
            refused: 8,
            doubtful: 2,
            unsent: 1,
            returned: 3,
            full_lost: LostSum { leads: 40, amount: Micros::units(200) },
            late_lost: LostSum { leads: 20, amount: Micros::units(120) },
            silent_lost: LostSum { leads: 8, amount: Micros::units(48) },
            ping: speed(435),
            post: speed(100),
        };
        let row = |number, name: &str, card| CardRow {
            buyer: buyer_id(),
            buyer_name: "Acme".into(),
            contract: wanted.buyer.is_some().then(|| ContractId::from_bits(number)),
            contract_name: name.into(),
            card,
        };
        let cap = CapUse {
            about: "Acme, Standard".into(),
            contract: Some(ContractId::from_bits(4)),
            window: Window::Day,
            limit: Limit::Count(50),
            used: Limit::Count(45),
            share: 900_000,
        };
        let full = Scorecards {
            first: DAY,
            last: DAY,
            currency: Currency::USD,
            rows: vec![row(4, "Standard", card), row(5, "Night", Card { considered: 7, ..Card::default() })],
            total: card,
            before: Some(Card { pinged: 200, accepted: 60, ..card }),
            compared: Some((DAY, DAY)),
            caps: wanted.buyer.map(|_| cap).into_iter().collect(),
        };
        let nothing = Some(Card::default());
        let empty =
            Scorecards { rows: Vec::new(), total: Card::default(), before: nothing, caps: Vec::new(), ..full.clone() };
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

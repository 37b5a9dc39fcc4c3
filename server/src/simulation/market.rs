//! The tenant that is simulated: the demo's, made once, with terms that differ from seed to seed.

use super::{
    dice::Dice,
    ground::{Ground, Terms},
};
use crate::{
    boot::Opened,
    cli::market,
    clock::{Clock, ManualClock, seeded},
    config::{Settings, Sources},
};
use model::{
    Micros, Timestamp,
    buyer::Buyer,
    campaign::{Campaign, LookAhead, Reoffer, Tier},
    cap::{Cap, Limit, Window},
    contract::{Contract, ContractKind, OnUnknown, Routing, Sharing, SilentOn},
    filter::Filter,
    mapping::Delivery,
};
use serde_json::json;
use std::{path::Path, sync::Arc};
use store::{Notary, Store};
use tempfile::TempDir;

/// Where time begins: Thursday 7 May 2026, 16:00 UTC.
pub(super) const BEGIN: Timestamp = Timestamp(1_778_169_600_000_000);

/// The demo tenant in a file, to be copied.
pub(super) struct Template {
    folder: TempDir,
    pub(super) key: String,
}

impl Template {
    pub(super) fn make() -> Self {
        seeded::plant(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let folder = tempfile::tempdir().expect("a folder");
            let settings = settings(folder.path());
            let opened = Opened::open(settings, ManualClock::at(BEGIN) as Arc<dyn Clock>).await.expect("it opens");
            let key = market::make(&opened).await.expect("the demo is made").shelf.api_key;
            opened.store.close().await;
            Self { folder, key }
        })
    }

    /// A copy of it.
    pub(super) fn copy(&self) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["gavel.db", "master.key"] {
            std::fs::copy(self.folder.path().join(file), folder.path().join(file)).expect("it is copied");
        }
        folder
    }
}

fn settings(folder: &Path) -> Settings {
    let sources = Sources { flag: &|_| None, variable: &|_| None, file: None };
    let mut settings = Settings::read(&sources).expect("the defaults are right");
    settings.data_dir = folder.to_owned();
    settings.master_key_file = folder.join("master.key");
    settings.database_url = url(folder);
    settings
}

/// The store of a copy. One connection reads: who asks first is answered first, always.
pub(super) async fn open(folder: &Path, clock: Arc<dyn Clock>) -> (Store, crate::security::Vault) {
    let vault = crate::security::Vault::from_file(&folder.join("master.key")).expect("the key is there");
    let store = Store::connect(&url(folder), 1).await.expect("the store opens");
    (store.with_notary(Notary::new(vault.signer(), move || clock.now())), vault)
}

pub(super) fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("gavel.db").display())
}

/// Gives everybody other terms.
pub(super) async fn arrange(store: &Store, ground: &mut Ground) {
    let tenant = store.tenant_by_slug(market::TENANT).await.expect("the tenant").tenant;
    let rows = store.tenant(tenant.id);
    let mut campaign = rows.campaign_by_slug(market::CAMPAIGN).await.expect("the campaign");
    let mut contracts = rows.contracts().await.expect("the contracts");
    contracts.sort_by(|a, b| a.name.cmp(&b.name));
    let dice = &mut ground.dice;
    vary_campaign(dice, &mut campaign);
    // Of every third campaign some contracts are silent, and every third offers again what nobody bought.
    let silent = dice.percent(34);
    campaign.reoffer = dice.percent(34).then(|| Reoffer {
        after_minutes: u32::try_from(1 + dice.below(2)).expect("small"),
        times: u8::try_from(1 + dice.below(2)).expect("small"),
        fresh_minutes: u32::try_from(2 + dice.below(4)).expect("small"),
    });
    rows.put_campaign(&campaign).await.expect("stored");
    for contract in &mut contracts {
        vary_contract(dice, contract);
        if silent && contract.delivery.ping.is_none() {
            make_silent(dice, contract);
        }
        rows.put_contract(contract).await.expect("stored");
        let mut buyer = rows.buyer(contract.buyer_id).await.expect("the buyer");
        vary_buyer(dice, &mut buyer);
        rows.put_buyer(&buyer).await.expect("stored");
    }
    ground.max_buyers = usize::from(campaign.auction.max_buyers.max(1));
    ground.terms = contracts
        .iter()
        .map(|contract| {
            let shared = contract.routing.sharing == Sharing::Shared && ground.max_buyers > 1;
            let silent = contract.kind == ContractKind::Silent;
            (contract.id, Terms { on_unknown: contract.on_unknown, shared, silent })
        })
        .collect();
}

fn vary_campaign(dice: &mut Dice, campaign: &mut Campaign) {
    let auction = &mut campaign.auction;
    auction.max_buyers = u8::try_from(dice.below(4)).expect("small");
    auction.posts = u8::try_from(1 + dice.below(5)).expect("small");
    auction.look_ahead =
        [LookAhead::Off, LookAhead::Advise, LookAhead::On][usize::try_from(dice.below(3)).expect("small")];
    auction.tiers = (0..dice.below(3))
        .map(|number| Tier { name: format!("Tier {number}"), strategy: Default::default(), falls: Default::default() })
        .collect();
}

fn vary_contract(dice: &mut Dice, contract: &mut Contract) {
    let auction = contract.kind == ContractKind::Auction;
    contract.delivery = delivery(contract, auction, 300 + dice.below(1_200), 300 + dice.below(1_500));
    contract.filter = Filter::default();
    contract.caps = caps(dice, 40);
    contract.on_unknown = match dice.below(10) {
        0..6 => OnUnknown::Hold,
        6..8 => OnUnknown::Retry,
        _ => OnUnknown::Continue,
    };
    // A shared contract never goes on past a post of unknown outcome.
    let may_share = contract.on_unknown != OnUnknown::Continue;
    contract.routing.sharing = if may_share && dice.percent(50) { Sharing::Shared } else { Sharing::Exclusive };
    contract.routing.tier = u8::try_from(dice.below(3)).expect("small");
    let alone = contract.routing.sharing == Sharing::Exclusive;
    contract.routing.exclusive_rank = (!auction && !contract.backup && alone && dice.percent(20)).then_some(1);
    contract.routing.first_refusal = (auction && dice.percent(15)).then_some(100_000);
    contract.price.max_bid = dice.percent(50).then(|| Micros::units(20));
}

fn make_silent(dice: &mut Dice, contract: &mut Contract) {
    contract.kind = ContractKind::Silent;
    contract.silent_on =
        [SilentOn::Sold, SilentOn::Unsold, SilentOn::Always][usize::try_from(dice.below(3)).expect("small")];
    (contract.backup, contract.on_unknown, contract.routing) = (false, OnUnknown::Hold, Routing::default());
    contract.price.fixed = dice.percent(50).then(|| Micros::units(2));
    contract.returns = None;
}

fn vary_buyer(dice: &mut Dice, buyer: &mut Buyer) {
    buyer.caps = caps(dice, 20);
}

fn caps(dice: &mut Dice, percent: u64) -> Vec<Cap> {
    if !dice.percent(percent) {
        return Vec::new();
    }
    let window = [Window::Hour, Window::Day, Window::Total][usize::try_from(dice.below(3)).expect("small")];
    let limit = if dice.percent(60) {
        Limit::Count(u32::try_from(1 + dice.below(3)).expect("small"))
    } else {
        Limit::Money(Micros::units(i64::try_from(5 + dice.below(25)).expect("small")))
    };
    vec![Cap::plain(window, limit)]
}

fn delivery(contract: &Contract, auction: bool, ping_ms: u64, post_ms: u64) -> Delivery {
    let rules = |accept: &str| {
        json!({
            "accept": { "path": "status", "values": [accept] }, "reject": { "path": "status", "values": ["rejected"] },
            "price": "price", "reference": "ref", "reason": "reason",
        })
    };
    let row = |to: &str, from: serde_json::Value| json!({ "to": to, "from": from });
    let call = |path: &str, rows: serde_json::Value, accept: &str, timeout: u64| {
        json!({
            "url": format!("https://buyer.example/{}/{path}", contract.id), "rows": rows, "response": rules(accept),
            "timeout_ms": timeout,
        })
    };
    let asked = json!([row("lead", json!({ "meta": "lead_id" })), row("state", json!({ "field": "state" }))]);
    let sold = json!([
        row("lead", json!({ "meta": "lead_id" })),
        row("price", json!({ "meta": "price" })),
        row("name", json!({ "field": "first_name" })),
        row("phone", json!({ "field": "phone" })),
    ]);
    let ping = if auction { call("ping", asked, "bid", ping_ms) } else { serde_json::Value::Null };
    let text = json!({ "ping": ping, "post": call("post", sold, "accepted", post_ms) });
    serde_json::from_value(text).expect("a delivery")
}

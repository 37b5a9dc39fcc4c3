//! Every preset against a buyer that speaks its platform's language: a lead is pinged and sold end to end, and each way in
//! which the platform fails or refuses becomes the right outcome.

use crate::{
    admin::{Operator, buyer, operator, tenant},
    harness::World,
};
use connectors::{Preset, presets};
use model::{
    LeadId, Micros, Reason, TenantId,
    contract::ContractKind,
    lead::LeadState,
    trace::{Standing, Verdict},
    user::Role,
};
use serde_json::{Value, json};

/// What came of a lead, and what its one buyer's verdict says.
#[derive(Debug)]
struct Outcome {
    body: Value,
    state: LeadState,
    paid: Option<Micros>,
    verdict: Verdict,
}

impl Outcome {
    fn reason(&self) -> Option<Reason> {
        self.verdict.findings.last().map(|finding| finding.reason)
    }
}

/// A campaign with one buyer, connected by a preset alone.
struct Shop<'a> {
    world: &'a World,
    tenant: TenantId,
    key: String,
    slug: String,
    count: std::sync::atomic::AtomicU32,
}

fn campaign(slug: &str) -> Value {
    let field = |name: &str, kind: Value, visibility: &str| json!({ "name": name, "label": name, "kind": kind, "required": true, "visibility": visibility });
    let kind = |name: &str| json!({ "type": name });
    json!({
        "slug": slug, "name": slug, "currency": "USD", "fallback_url": "https://form.example/thanks",
        // Every kind of doubt comes to one buyer here: nobody is to be spared.
        "auction": { "floor": "1.00", "posts": 3, "deadline_ms": 4000, "post_reserve_ms": 1500, "doubts": { "most": 0, "of": 20 } },
        "fields": [
            field("zip", kind("zip"), "pingable"), field("state", kind("state"), "pingable"),
            field("first_name", json!({ "type": "text", "max": 80 }), "personal"),
            field("last_name", json!({ "type": "text", "max": 80 }), "personal"),
            field("email", kind("email"), "personal"), field("phone", kind("phone"), "personal"),
        ],
    })
}

impl<'a> Shop<'a> {
    async fn open(world: &'a World, admin: &Operator<'_>, tenant: TenantId, preset: &Preset) -> Self {
        let made = async |path: &str, body: Value| {
            let reply = admin.post(path, &body).await;
            assert_eq!(reply.status, 201, "{} {path}: {}", preset.id, reply.body);
            reply
        };
        let slug = preset.id.clone();
        let (campaign, of) = (made("campaigns", campaign(&slug)).await.id(), made("buyers", buyer(&slug)).await.id());
        let base = format!("{}/dialects/{slug}", world.sandbox);
        let value = |name: &str| match name {
            "BASE" | "TESTBASE" => base.clone(),
            "URL" if slug == "json-webhook" => format!("{base}/leads"),
            "URL" => format!("{base}/hooks/leads"),
            _ => "sandbox-key".to_owned(),
        };
        let values: Value = preset.placeholders.iter().map(|p| (p.name.clone(), Value::from(value(&p.name)))).collect();
        let contract = json!({
            "campaign_id": campaign, "buyer_id": of, "name": slug, "price": { "fixed": "9.00" },
            "preset": { "id": preset.id, "values": values },
        });
        let made_contract = made("contracts", contract).await;
        assert!(!made_contract.body.to_string().contains("\"value\":\"sandbox-key\""), "{}", made_contract.body);
        // As long as the tests have patience.
        let mut changed = made_contract.body.clone();
        if preset.kind == ContractKind::Auction {
            changed["price"] = json!({});
            changed["delivery"]["ping"]["timeout_ms"] = 900.into();
        }
        changed["delivery"]["post"]["timeout_ms"] = 1200.into();
        if changed["delivery"]["post"]["response"]["poll"].is_object() {
            changed["delivery"]["post"]["response"]["poll"]["every_ms"] = 100.into();
        }
        let path = format!("contracts/{}", made_contract.id());
        admin.put(&path, &made_contract.etag, &changed).await.made();
        let key = made("keys", json!({ "source": "web", "name": slug, "campaigns": [slug] })).await.body;
        let key = key["key"].as_str().expect("a key").to_owned();
        Self { world, tenant, key, slug, count: 0.into() }
    }

    async fn sell(&self, zip: &str) -> Outcome {
        let number = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let lead = json!({
            "campaign": self.slug, "external_id": format!("{}-{number}", self.slug),
            "fields": { "zip": zip, "state": "MI", "first_name": "Dana", "last_name": "Reyes",
                "email": format!("dana{number}@example.com"), "phone": format!("(313) 555-{:04}", 1000 + number) },
        });
        let request = self.world.client().post(self.world.url("/api/v1/leads")).bearer_auth(&self.key);
        let answer = self.world.answer(request.json(&lead)).await;
        let id: LeadId = answer.body["lead_id"].as_str().expect("an id").parse().expect("an id");
        let detail = self.world.opened.store.tenant(self.tenant).lead_detail(id).await.expect("the lead");
        let verdict = detail.trace.as_ref().expect("a trace").verdicts[0].clone();
        let paid = detail.row.revenue.map(|revenue| revenue.amount);
        Outcome { body: answer.body, state: detail.row.state, paid, verdict }
    }
}

/// What a refusal is called here where the platform has fewer words than we have.
fn expected(dialect: &str, number: u32) -> Reason {
    use Reason::{
        BuyerAuth, BuyerCap, BuyerCriteria, BuyerDuplicate, BuyerExpiredPing, BuyerGeo, BuyerInvalidField,
        BuyerNoMatch, BuyerOffHours, BuyerPaused,
    };
    match (dialect, number) {
        ("leadbyte" | "leadexec", 5) => BuyerPaused,
        ("leadbyte", 4 | 8 | 9) | ("leadexec", 1 | 4 | 8 | 9) => BuyerCriteria,
        (_, 1) => BuyerGeo,
        (_, 2) => BuyerCap,
        (_, 3) => BuyerDuplicate,
        (_, 4) => BuyerCriteria,
        (_, 5) => BuyerOffHours,
        (_, 6) => BuyerInvalidField,
        (_, 7) => BuyerAuth,
        (_, 8) => BuyerNoMatch,
        _ => BuyerExpiredPing,
    }
}

/// What stands between the buyer and us, or in its machine: the same for every platform, whatever it would have said.
async fn breaks(shop: &Shop<'_>, pinged: bool) {
    let id = shop.slug.as_str();
    // Its status is all it says, so what became of the rest does not matter.
    let terse = id == "crm-webhook";
    for number in (1..=12).filter(|_| pinged) {
        let broken = shop.sell(&format!("41{number:03}")).await;
        let (state, reason) = match number {
            11 => (LeadState::Unsold, Some(Reason::Timeout)),
            12 => (LeadState::Sold, None),
            _ => (LeadState::Unsold, Some(Reason::InvalidResponse)),
        };
        assert_eq!((broken.state, broken.reason()), (state, reason), "{id} 41{number:03}: {broken:?}");
        assert_eq!(broken.verdict.post.is_some(), state == LeadState::Sold, "{id} 41{number:03}");
    }
    for number in 1..=12 {
        let broken = shop.sell(&format!("42{number:03}")).await;
        let (state, reason) = match number {
            12 => (LeadState::Sold, None),
            7 | 8 | 11 if terse => (LeadState::Sold, None),
            6 if terse => (LeadState::Unsold, Some(Reason::BuyerCap)),
            _ => (LeadState::Unknown, Some(Reason::PostUnknown)),
        };
        assert_eq!((broken.state, broken.reason()), (state, reason), "{id} 42{number:03}: {broken:?}");
    }
}

async fn speaks(world: &World, admin: &Operator<'_>, tenant: TenantId, preset: &Preset) {
    let shop = Shop::open(world, admin, tenant, preset).await;
    let (id, pinged) = (preset.id.as_str(), preset.kind == ContractKind::Auction);
    let priced = !matches!(id, "leadbyte" | "crm-webhook");
    let bid = if pinged { Micros::cents(1250) } else { Micros::cents(900) };

    let sold = shop.sell("48226").await;
    assert_eq!(sold.state, LeadState::Sold, "{id}: {sold:?}");
    assert_eq!(sold.paid, Some(if priced { Micros::cents(1250) } else { bid }), "{id}: {sold:?}");
    let lower = shop.sell("10001").await;
    assert_eq!(lower.paid, Some(if priced { Micros::cents(1000) } else { bid }), "{id}: {lower:?}");
    let silent = shop.sell("10002").await;
    assert_eq!((silent.state, silent.paid), (LeadState::Sold, Some(bid)), "{id}: {silent:?}");
    if priced {
        let dear = shop.sell("10004").await;
        assert_eq!(dear.paid, Some(Micros::cents(125_000)), "{id}: {dear:?}");
    }
    let script = shop.sell("40005").await;
    assert_eq!(script.state, LeadState::Sold, "{id}: {script:?}");
    assert!(!script.body.to_string().contains("javascript"), "{id}: {}", script.body);

    for number in 1..=8 {
        let refused = shop.sell(&format!("2000{number}")).await;
        assert_eq!(refused.state, LeadState::Unsold, "{id} {number}: {refused:?}");
        assert_eq!(refused.reason(), Some(expected(id, number)), "{id} {number}: {refused:?}");
        assert_eq!(refused.verdict.post.is_some(), !pinged, "{id} {number}");
    }
    for number in (1..=9).filter(|number| pinged && !(id == "leadconduit" && *number == 9)) {
        let refused = shop.sell(&format!("3000{number}")).await;
        assert_eq!(refused.state, LeadState::Unsold, "{id} {number}: {refused:?}");
        assert_eq!(refused.verdict.standing, Standing::Rejected, "{id} {number}: {refused:?}");
        assert_eq!(refused.reason(), Some(expected(id, number)), "{id} {number}: {refused:?}");
    }
    // Nobody can say whether the buyer has these.
    for zip in ["40001", "40002", "40003"] {
        let doubtful = shop.sell(zip).await;
        assert_eq!(doubtful.state, LeadState::Unknown, "{id} {zip}: {doubtful:?}");
        assert_eq!(doubtful.reason(), Some(Reason::PostUnknown), "{id} {zip}: {doubtful:?}");
    }
    breaks(&shop, pinged).await;
    if pinged && id != "leadconduit" {
        let used = shop.sell("42100").await;
        assert_eq!((used.state, used.reason()), (LeadState::Unsold, Some(Reason::BuyerDuplicate)), "{id}: {used:?}");
        let bare = shop.sell("43001").await;
        assert_eq!((bare.state, bare.reason()), (LeadState::Unsold, Some(Reason::InvalidResponse)), "{id}: {bare:?}");
    }
    match id {
        "phonexa" => {
            assert_eq!(shop.sell("40004").await.paid, Some(Micros::cents(1250)), "asked again until it was sold");
        }
        "leadexec" => assert_eq!(shop.sell("40004").await.state, LeadState::Unknown, "in review"),
        _ => {}
    }
    if pinged {
        for (zip, reason) in
            [("40006", Reason::Timeout), ("40007", Reason::InvalidResponse), ("10003", Reason::BuyerNoMatch)]
        {
            let silent = shop.sell(zip).await;
            assert_eq!((silent.state, silent.reason()), (LeadState::Unsold, Some(reason)), "{id} {zip}: {silent:?}");
        }
    }
}

#[tokio::test]
async fn every_preset_sells_to_a_buyer_of_its_platform_and_reads_each_refusal() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    admin.post("sources", &json!({ "slug": "web", "name": "Web", "payout": { "share": 600_000 } })).await.made();
    let listed = admin.get("presets").await.made();
    assert_eq!(listed.as_array().map(Vec::len), Some(presets().len()));
    for some in presets().chunks(5) {
        futures::future::join_all(some.iter().map(|preset| speaks(&world, &admin, fresh.id, preset))).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_contract_from_a_preset_names_what_is_not_filled_in() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let campaign = admin.post("campaigns", &campaign("c")).await.id();
    let of = admin.post("buyers", &buyer("b")).await.id();
    let contract =
        |preset: Value| json!({ "campaign_id": campaign, "buyer_id": of, "name": "N", "preset": preset, "price": {} });
    let missing = admin.post("contracts", &contract(json!({ "id": "jangl", "values": { "NOPE": "1" } }))).await;
    missing.problem(422, "invalid_configuration");
    assert_eq!(missing.fields(), ["preset.values.KEY", "preset.values.NOPE", "preset.values.SOURCE"]);
    let unknown = admin.post("contracts", &contract(json!({ "id": "nobody" }))).await;
    assert_eq!(unknown.fields(), ["preset.id"]);
    let mut both = contract(json!({ "id": "jangl" }));
    both["delivery"] = json!({});
    assert_eq!(admin.post("contracts", &both).await.fields(), ["preset"]);
    // What is saved is told beside what of our values the buyer will not take.
    let values = json!({ "SERVICE": "WINDOWS", "SOURCE": "g", "TAG": "t" });
    let made = admin.post("contracts", &contract(json!({ "id": "modernize", "values": values }))).await;
    assert!(made.body.get("warnings").is_none(), "{}", made.body);
    let mut changed = made.body.clone();
    changed["delivery"]["ping"]["rows"][2]["from"] = json!({ "field": "state" });
    let reply = admin.put(&format!("contracts/{}", made.id()), &made.etag, &changed).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    world.stop().await;
}

//! Every platform the sandbox speaks, in every variant, against contracts that presets and data alone have made: each way in
//! which the platform buys, refuses or fails becomes the outcome that `dialects.json` names.
//!
//! Time stands still and is moved: ten seconds of a slow buyer take none.

use crate::{
    admin::{Operator, buyer, operator, tenant},
    harness::World,
    loopback::{Still, still},
};
use connectors::{Preset, preset};
use gavel::{context::Actor, service::admin::Admin};
use model::{
    LeadId,
    lead::LeadState,
    tenant::Tenant,
    trace::{Standing, Verdict},
    user::Role,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap, sync::Arc, time::Duration};

/// How contracts differ from their presets, and how every outcome is read. A platform's own row comes first, then that of
/// its plain form, then those of all.
#[derive(Deserialize)]
struct Table {
    contracts: BTreeMap<String, Terms>,
    outcomes: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    preset: String,
    #[serde(default)]
    ping: Value,
    #[serde(default)]
    post: Value,
}

impl Table {
    fn read() -> Self {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/dialects.json"));
        serde_json::from_str(&text.expect("the table's file")).expect("the table")
    }

    /// Which of its sections say something about a platform, the first one first.
    fn sections(platform: &Platform) -> impl Iterator<Item = &str> {
        let plain = platform.name.split('.').next().unwrap_or_default();
        [platform.name.as_str(), plain].into_iter().chain((!platform.pinged).then_some("direct")).chain(["common"])
    }

    fn row(&self, platform: &Platform, outcome: &str) -> Option<&str> {
        let found = Self::sections(platform).find_map(|section| self.outcomes.get(section)?.get(outcome));
        found.map(String::as_str)
    }
}

/// What the sandbox says of itself.
#[derive(Deserialize)]
struct Platform {
    name: String,
    pinged: bool,
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    name: String,
    zip: String,
}

async fn platforms(world: &World) -> Vec<Platform> {
    let listed = world.answer(world.client().get(format!("{}/__control/dialects", world.sandbox))).await;
    serde_json::from_value(listed.body).expect("a list")
}

/// A campaign with one buyer.
struct Shop<'a> {
    world: &'a World,
    tenant: &'a Tenant,
    platform: &'a Platform,
    key: String,
    /// Of the buyer's programs.
    token: String,
    count: Cell<u32>,
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

/// A preset's delivery with its placeholders filled in.
fn filled(preset: &Preset, base: &str) -> Value {
    let mut text = preset.delivery.to_string();
    for placeholder in &preset.placeholders {
        text = text.replace(&format!("%{}%", placeholder.name), &value_of(preset, &placeholder.name, base));
    }
    serde_json::from_str(&text).expect("JSON")
}

fn value_of(preset: &Preset, placeholder: &str, base: &str) -> String {
    match placeholder {
        "BASE" | "TESTBASE" => base.to_owned(),
        "URL" if preset.id == "json-webhook" => format!("{base}/leads"),
        "URL" => format!("{base}/hooks/leads"),
        _ => "sandbox-key".to_owned(),
    }
}

/// Changes a call: rows by their name (nothing takes one out), everything else as RFC 7396 has it.
fn change(call: &mut Value, changes: &Value) {
    for (name, changed) in changes.as_object().into_iter().flatten() {
        match (name.as_str(), changed) {
            ("rows", Value::Object(edits)) => {
                let rows = call["rows"].as_array_mut().expect("rows");
                for (to, from) in edits {
                    rows.retain(|row| row["to"] != to.as_str());
                    if !from.is_null() {
                        rows.push(json!({ "to": to, "from": from }));
                    }
                }
            }
            (_, Value::Null) => drop(call.as_object_mut().expect("an object").shift_remove(name)),
            (_, Value::Object(_)) if call[name].is_object() => change(&mut call[name], changed),
            _ => call[name] = changed.clone(),
        }
    }
}

impl<'a> Shop<'a> {
    async fn open(
        world: &'a World,
        admin: &Operator<'_>,
        tenant: &'a Tenant,
        table: &Table,
        platform: &'a Platform,
    ) -> Self {
        let made = async |path: &str, body: Value| {
            let reply = admin.post(path, &body).await;
            assert_eq!(reply.status, 201, "{} {path}: {}", platform.name, reply.body);
            reply
        };
        let slug = platform.name.replace('.', "-");
        let (campaign, of) = (made("campaigns", campaign(&slug)).await.id(), made("buyers", buyer(&slug)).await.id());
        let base = format!("{}/dialects/{}", world.sandbox, platform.name);
        let price = if platform.pinged { json!({}) } else { json!({ "fixed": "9.00" }) };
        let returns = json!({ "days": 7, "automatic_up_to": 500_000 });
        let mut contract = json!({
            "campaign_id": campaign, "buyer_id": of, "name": slug, "price": price, "returns": returns,
        });
        match table.contracts.get(&platform.name) {
            None => {
                let preset = preset(&platform.name).expect("a preset or what is changed in one");
                let values = preset.placeholders.iter();
                let values: Value =
                    values.map(|p| (p.name.clone(), Value::from(value_of(preset, &p.name, &base)))).collect();
                contract["preset"] = json!({ "id": preset.id, "values": values });
                let saved = made("contracts", contract).await;
                assert!(!saved.body.to_string().contains("\"value\":\"sandbox-key\""), "{}", saved.body);
                let mut changed = saved.body.clone();
                changed["price"] = price;
                patient(&mut changed["delivery"]);
                admin.put(&format!("contracts/{}", saved.id()), &saved.etag, &changed).await.made();
            }
            Some(terms) => {
                let mut delivery = filled(preset(&terms.preset).expect("a preset"), &base);
                let changes = |changes: &Value| {
                    serde_json::from_str::<Value>(&changes.to_string().replace("%BASE%", &base)).expect("JSON")
                };
                if platform.pinged {
                    change(&mut delivery["ping"], &changes(&terms.ping));
                } else {
                    delivery["ping"] = Value::Null;
                }
                change(&mut delivery["post"], &changes(&terms.post));
                patient(&mut delivery);
                contract["kind"] = if platform.pinged { "auction" } else { "direct" }.into();
                contract["delivery"] = delivery;
                made("contracts", contract).await;
            }
        }
        let key = made("keys", json!({ "source": "web", "name": slug, "campaigns": [slug] })).await.body;
        let key = key["key"].as_str().expect("a key").to_owned();
        let token = buyers_token(world, tenant, &of).await;
        Self { world, tenant, platform, key, token, count: 0.into() }
    }

    async fn send(&self, outcome: &Outcome) -> Value {
        let number = self.count.replace(self.count.get() + 1);
        let lead = json!({
            "campaign": self.platform.name.replace('.', "-"), "external_id": format!("{}-{number}", self.platform.name),
            "fields": { "zip": outcome.zip, "state": "MI", "first_name": "Dana", "last_name": "Reyes",
                "email": format!("dana{number}@example.com"), "phone": format!("(313) 555-{:04}", 1000 + number) },
        });
        let request = self.world.client().post(self.world.url("/api/v1/leads")).bearer_auth(&self.key);
        // The server ends connections that nobody used for a while, and here a while is soon over.
        let answer = self.world.answer(request.header("connection", "close").json(&lead)).await;
        assert!(answer.body["lead_id"].is_string(), "{} {}: {}", self.platform.name, outcome.name, answer.body);
        answer.body
    }

    async fn give_back(&self, lead: &str) {
        let path = self.world.url(&format!("/api/v1/buyer/leads/{lead}/return"));
        let request = self.world.client().post(path).bearer_auth(&self.token).header("connection", "close");
        let answer = self.world.answer(request.json(&json!({ "reason": "bad_phone" }))).await;
        assert_eq!(answer.status, 201, "{} {}", self.platform.name, answer.body);
    }

    /// Sends a lead for everything that can become of one.
    async fn sell(&self) -> Vec<Value> {
        let mut answers = Vec::new();
        for outcome in &self.platform.outcomes {
            let answer = self.send(outcome).await;
            if outcome.name == "returned" && answer["status"] == "sold" {
                self.give_back(answer["lead_id"].as_str().expect("an id")).await;
            }
            answers.push(answer);
        }
        answers
    }

    /// What became of a lead, in the words of the table.
    async fn told(&self, answer: &Value) -> String {
        let id: LeadId = answer["lead_id"].as_str().expect("an id").parse().expect("an id");
        let detail = self.world.opened.store.tenant(self.tenant.id).lead_detail(id).await.expect("the lead");
        let verdict = &detail.trace.as_ref().expect("a trace").verdicts[0];
        let shown = answer.to_string();
        assert!(!["javascript", "192.168", "router.local"].iter().any(|bad| shown.contains(bad)), "{shown}");
        match detail.row.state {
            LeadState::Sold => {
                let paid = detail.row.revenue.expect("revenue").amount;
                format!("sold {paid}{}", way_on(answer, verdict))
            }
            LeadState::Unsold => {
                let reason = verdict.findings.last().map(|finding| finding.reason.code()).unwrap_or_default();
                let what = match (verdict.standing, verdict.post.is_some()) {
                    (Standing::Rejected, true) => "refused",
                    (Standing::Rejected, false) => "no_bid",
                    (other, _) => other.name(),
                };
                format!("{what} {reason}")
            }
            other => other.name().to_owned(),
        }
    }
}

/// Where the consumer is sent.
fn way_on(answer: &Value, verdict: &Verdict) -> &'static str {
    let said = verdict.post.as_ref().and_then(|post| post.said.as_deref()).unwrap_or_default();
    match answer["redirect_url"].as_str() {
        Some("https://buyer.example/thanks") => " on",
        _ if said.contains("for the consumer is not used") => " not_on",
        _ => "",
    }
}

/// As long as the tests have patience.
fn patient(delivery: &mut Value) {
    if delivery["ping"].is_object() {
        delivery["ping"]["timeout_ms"] = 900.into();
    }
    delivery["post"]["timeout_ms"] = 1200.into();
}

async fn buyers_token(world: &World, tenant: &Tenant, buyer: &str) -> String {
    let opened = &world.opened;
    let admin = Admin::new(opened.store.clone(), opened.vault.clone(), Arc::clone(&opened.clock), None);
    let (actor, buyer) = (Actor::command_line(tenant.clone()), buyer.parse().expect("an id"));
    admin.create_token(&actor, "its system", Role::Buyer, Some(buyer)).await.expect("a token").1
}

/// Drives every outcome of some of the platforms.
async fn drive(time: Still, some: fn(&Platform) -> bool) {
    let (table, world) = (Table::read(), World::with(|settings| settings.key_burst = 10_000).await);
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    admin.post("sources", &json!({ "slug": "web", "name": "Web", "payout": { "share": 600_000 } })).await.made();
    let all = platforms(&world).await;
    let mut shops = Vec::new();
    for platform in all.iter().filter(|platform| some(platform)) {
        shops.push(Shop::open(&world, &admin, &fresh, &table, platform).await);
    }
    assert!(!shops.is_empty());
    time.begin(&world.opened.store);
    let mut wrong = Vec::new();
    for some in shops.chunks(5) {
        let answers = futures::future::join_all(some.iter().map(Shop::sell)).await;
        // What is in doubt is read on for half a minute.
        time.passes(Duration::from_secs(40)).await;
        for (shop, answers) in some.iter().zip(answers) {
            for (outcome, answer) in shop.platform.outcomes.iter().zip(answers) {
                let told = shop.told(&answer).await;
                let row = table.row(shop.platform, &outcome.name);
                if row != Some(told.as_str()) {
                    let (name, outcome) = (&shop.platform.name, &outcome.name);
                    wrong.push(format!("{name} {outcome}: {told}, the table has {}", row.unwrap_or("nothing")));
                }
            }
        }
    }
    time.end();
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    world.stop().await;
}

#[test]
fn platforms_that_are_pinged_sell_and_fail_as_the_table_has_it() {
    still(async |time| drive(time, |platform| platform.pinged && !platform.name.contains('.')).await);
}

#[test]
fn platforms_that_are_not_pinged_sell_and_fail_as_the_table_has_it() {
    still(async |time| drive(time, |platform| !platform.pinged && !platform.name.contains('.')).await);
}

#[test]
fn variants_of_platforms_sell_and_fail_as_the_table_has_it() {
    still(async |time| drive(time, |platform| platform.name.contains('.')).await);
}

#[tokio::test]
async fn every_outcome_of_every_platform_has_its_row_and_every_row_its_outcome() {
    let (table, world) = (Table::read(), World::start().await);
    let all = platforms(&world).await;
    let mut needed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for platform in &all {
        for outcome in &platform.outcomes {
            assert!(table.row(platform, &outcome.name).is_some(), "{} {} has no row", platform.name, outcome.name);
            Table::sections(platform).for_each(|section| needed.entry(section).or_default().push(&outcome.name));
        }
    }
    for (section, rows) in &table.outcomes {
        for row in rows.keys() {
            let known = needed.get(section.as_str()).is_some_and(|known| known.contains(&row.as_str()));
            assert!(known, "no platform of {section} knows {row}");
        }
    }
    for name in table.contracts.keys() {
        assert!(all.iter().any(|platform| platform.name == *name), "there is no platform {name}");
    }
    // What goes by mail has a mail server of its own.
    for preset in connectors::presets().iter().filter(|preset| preset.id != "email") {
        assert!(all.iter().any(|platform| platform.name == preset.id), "nobody speaks {}", preset.id);
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

//! Leads that come back: asked for in the portal or by a program, decided by a person or by the contract's terms, and
//! the money that follows. And posts in doubt that a buyer's file resolves.

use crate::{
    admin::of_the_demo,
    harness::{Browser, World, example},
};
use gavel::context::Actor;
use model::{
    LeadId, Micros,
    lead::LeadState,
    returns::ReturnTerms,
    source::{Payout, Source},
    user::Role,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

impl World {
    /// Sells a lead of a person of its own to Northwind, which bids best.
    pub async fn sold_to_northwind(&self, number: u32) -> String {
        self.bids("northwind", 5000, json!([])).await;
        // Ids of one instant are in no order.
        self.clock.advance_millis(1_000);
        let mut lead = example(&format!("return-{number}"));
        lead["fields"]["email"] = format!("return{number}@example.com").into();
        lead["fields"]["phone"] = format!("31355501{number:02}").into();
        let answer = self.submit(&lead).await;
        assert_eq!(answer.body["status"], "sold", "{}", answer.body);
        answer.body["lead_id"].as_str().unwrap().to_owned()
    }

    pub async fn terms(&self, terms: Option<ReturnTerms>) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        for mut contract in rows.contracts().await.unwrap() {
            contract.returns.clone_from(&terms);
            rows.put_contract(&contract).await.unwrap();
        }
        self.pipeline.refresh().await.unwrap();
    }

    /// Every source earns half.
    async fn sources(&self, keeps_payout: bool) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        for source in rows.sources().await.unwrap() {
            let source = Source { payout: Payout::Share(500_000), keeps_payout, ..source };
            rows.put_source(&source).await.unwrap();
        }
        self.pipeline.refresh().await.unwrap();
    }

    pub async fn state_of(&self, lead: &str) -> (LeadState, Micros, Micros) {
        let id: LeadId = lead.parse().unwrap();
        let stands = self.opened.store.tenant(self.market.tenant.id).lead_stands(id).await.unwrap();
        (stands.state, stands.revenue.unwrap_or_default(), stands.payout.unwrap_or_default())
    }

    /// A token of Northwind's programs.
    pub async fn token_of_northwind(&self) -> String {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let buyer = rows.buyer_by_slug("northwind").await.unwrap();
        let admin = self.services().admin();
        let actor = Actor::command_line(self.market.tenant.clone());
        admin.create_token(&actor, "Northwind's system", Role::Buyer, Some(buyer.id)).await.unwrap().1
    }
}

fn terms(automatic_up_to: Option<u32>) -> Option<ReturnTerms> {
    Some(ReturnTerms { days: 7, reasons: Vec::new(), automatic_up_to, frees_caps: true })
}

async fn attempt_of(operator: &Browser, lead: &str) -> String {
    let page = operator.get(&format!("/leads/{lead}/return")).await.text;
    let at = page.find("att_").expect("a post");
    page[at..at + 30].to_owned()
}

#[tokio::test]
async fn a_return_is_asked_for_in_the_portal_and_decided_by_an_operator() {
    let world = World::start().await;
    world.sources(false).await;
    let (one, two) = (world.sold_to_northwind(1).await, world.sold_to_northwind(2).await);
    let (buyer, operator) = (world.signed_in("buyer").await, world.signed_in("operator").await);
    let page = format!("/portal/leads/{one}");
    assert!(buyer.get(&page).await.text.contains("Ask to give it back"));
    // Every fault at once, and what was typed is kept.
    let long = "x".repeat(301);
    let faulty = buyer.post(&page, &[("reason:text", "rain"), ("note:text", &long), ("do", "ask")]).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.text.contains("The reason is one of") && faulty.text.contains("At most 300 characters"));
    assert!(faulty.text.contains(&long));
    let note = "Nobody at (313) 555-0101, mail to return1@example.com bounces";
    for lead in [&one, &two] {
        let page = format!("/portal/leads/{lead}");
        let asked = buyer.post(&page, &[("reason:text", "bad_phone"), ("note:text", note), ("do", "ask")]).await;
        assert_eq!((asked.status.as_u16(), asked.location), (303, Some(format!("{page}?done=asked"))));
    }
    let again = buyer.post(&page, &[("reason:text", "bad_phone"), ("note:text", ""), ("do", "ask")]).await;
    assert!(again.text.contains("asked to be taken back before"), "{}", again.text);
    assert!(buyer.get(&page).await.text.contains("It waits for a decision."));

    let queue = operator.get("/returns").await.text;
    assert!(queue.contains(&one) && queue.contains("Northwind"), "{queue}");
    assert!(queue.contains("Nobody at •••, mail to ••• bounces"), "what is personal is not kept: {queue}");
    assert_eq!(buyer.get("/returns").await.status, 403);
    let (sold, revenue, payout) = world.state_of(&one).await;
    assert!(sold == LeadState::Sold && revenue > payout && payout > Micros::ZERO, "{sold:?} {revenue} {payout}");
    let attempt = attempt_of(&operator, &one).await;
    let decide = [("lead", one.as_str()), ("attempt", &attempt), ("answer", "We called too."), ("do", "approve")];
    let done = operator.post("/returns", &decide).await;
    assert_eq!(done.location.as_deref(), Some("/returns?done=approved"), "{}", done.text);
    assert!(operator.post("/returns", &decide).await.text.contains("decided already"));
    let attempt = attempt_of(&operator, &two).await;
    let deny = [("lead", two.as_str()), ("attempt", &attempt), ("answer", "It rings."), ("do", "deny")];
    assert_eq!(operator.post("/returns", &deny).await.location.as_deref(), Some("/returns?done=denied"));

    assert_eq!(world.state_of(&one).await, (LeadState::Returned, Micros::ZERO, Micros::ZERO));
    assert_eq!(world.state_of(&two).await.0, LeadState::Sold);
    let told = world.get(&format!("/api/v1/leads/{one}")).await.body;
    assert_eq!((told["status"].as_str(), told["payout"]["amount"].as_str()), (Some("returned"), Some("0.00")));
    let lead = operator.get(&format!("/leads/{one}")).await.text;
    for part in ["asks to give it back: phone is wrong", "took it back: phone is wrong", "return"] {
        assert!(lead.contains(part), "{part}");
    }
    let own = buyer.get("/portal/returns").await.text;
    assert!(own.contains("taken back") && own.contains("denied") && own.contains("It rings."), "{own}");
    let home = buyer.get("/portal").await.text;
    assert!(home.contains("2 leads, 1 given back"), "{home}");
    assert!(!own.contains("Own form"), "where it came from is none of its business");
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn the_terms_of_a_contract_decide() {
    let world = World::start().await;
    world.terms(terms(Some(500_000))).await;
    let token = world.token_of_northwind().await;
    let ask = async |lead: &str, body: Value| {
        let url = world.url(&format!("/api/v1/buyer/leads/{lead}/return"));
        world.answer(world.client().post(url).bearer_auth(&token).json(&body)).await
    };
    let (one, two) = (world.sold_to_northwind(1).await, world.sold_to_northwind(2).await);
    let faults = ask(&one, json!({ "reason": "other" })).await;
    assert_eq!(faults.problem(422, "invalid_return")["fields"][0]["field"], "note");
    let asked = ask(&one, json!({ "reason": "never_asked" })).await;
    assert_eq!((asked.status, asked.body["state"].as_str()), (201, Some("approved")), "{}", asked.body);
    assert_eq!(world.state_of(&one).await.0, LeadState::Returned);
    let asked = ask(&two, json!({ "reason": "never_asked" })).await;
    assert_eq!(asked.body["state"], "requested", "two of two are more than half");
    ask(&two, json!({ "reason": "never_asked" })).await.problem(409, "refused");

    let three = world.sold_to_northwind(3).await;
    world.clock.advance_millis(8 * 24 * 3_600_000);
    let late = ask(&three, json!({ "reason": "duplicate" })).await;
    assert!(late.problem(409, "refused")["message"].as_str().unwrap().contains("7 days after"));
    world.terms(None).await;
    ask(&three, json!({ "reason": "duplicate" })).await.problem(409, "refused");
    ask("led_00000000000000000000000009", json!({ "reason": "duplicate" })).await.problem(404, "not_found");

    let get = async |path: &str| world.answer(world.client().get(world.url(path)).bearer_auth(&token)).await;
    let leads = get("/api/v1/buyer/leads?limit=2").await.body;
    assert_eq!((leads["items"].as_array().unwrap().len(), leads["next"].is_string()), (2, true), "{leads}");
    let next = get(&format!("/api/v1/buyer/leads?cursor={}", leads["next"].as_str().unwrap())).await.body;
    assert_eq!(
        (next["items"][0]["lead_id"].as_str(), next["items"][0]["returned_at"].is_string()),
        (Some(one.as_str()), true)
    );
    let shown = get(&format!("/api/v1/buyer/leads/{two}")).await.body;
    assert!(shown["personal"].to_string().contains("return2@example.com"), "{shown}");
    let returns = get("/api/v1/buyer/returns").await.body;
    assert_eq!(returns["items"].as_array().unwrap().len(), 2, "{returns}");
    let statement = get("/api/v1/buyer/statement?from=2026-05-01&to=2026-05-31").await.body;
    assert_eq!((statement["rows"][0]["leads"].as_i64(), statement["rows"][0]["returned"].as_i64()), (Some(3), Some(1)));
    get("/api/v1/buyer/leads?since=monday").await.problem(400, "malformed");
    get("/api/v1/admin/campaigns").await.problem(403, "forbidden");
    let operator = of_the_demo(&world, Role::Operator).await;
    operator.get("buyers").await.made();
    let wrong = world.client().get(world.url("/api/v1/buyer/leads")).bearer_auth(&operator.token);
    world.answer(wrong).await.problem(403, "forbidden");
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn an_operator_takes_a_lead_back_unasked_and_works_the_queue_by_program() {
    let world = World::start().await;
    world.terms(None).await;
    let operator = of_the_demo(&world, Role::Operator).await;
    let viewer = of_the_demo(&world, Role::Viewer).await;
    let lead = world.sold_to_northwind(1).await;
    let body = json!({ "reason": "fraud", "note": "A bot." });
    viewer.post(&format!("leads/{lead}/return"), &body).await.problem(403, "forbidden");
    assert_eq!(operator.post(&format!("leads/{lead}/return"), &body).await.status, 204);
    assert_eq!(world.state_of(&lead).await.0, LeadState::Returned);
    operator.post(&format!("leads/{lead}/return"), &body).await.problem(409, "refused");
    let listed = operator.get("returns?state=approved").await.made();
    assert_eq!(
        (listed["items"][0]["lead_id"].as_str(), listed["items"][0]["note"].as_str()),
        (Some(lead.as_str()), Some("A bot."))
    );
    operator.get("returns?state=lost").await.problem(400, "malformed");

    world.terms(terms(None)).await;
    let other = world.sold_to_northwind(2).await;
    let buyer = world.signed_in("buyer").await;
    buyer
        .post(&format!("/portal/leads/{other}"), &[("reason:text", "criteria"), ("note:text", ""), ("do", "ask")])
        .await;
    let waiting = operator.get("returns?state=requested").await.made();
    let attempt = waiting["items"][0]["attempt_id"].as_str().expect("it waits").to_owned();
    let path = format!("returns/{other}/{attempt}");
    assert_eq!(operator.post(&path, &json!({ "approve": true })).await.status, 204);
    operator.post(&path, &json!({ "approve": false })).await.problem(409, "refused");
    assert_eq!(world.state_of(&other).await.0, LeadState::Returned);
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn a_source_keeps_its_payout_by_its_terms() {
    let world = World::start().await;
    world.sources(true).await;
    let lead = world.sold_to_northwind(1).await;
    let (_, _, payout) = world.state_of(&lead).await;
    assert_eq!(payout, Micros::units(25));
    let operator = of_the_demo(&world, Role::Operator).await;
    operator.post(&format!("leads/{lead}/return"), &json!({ "reason": "fraud" })).await;
    assert_eq!(world.state_of(&lead).await, (LeadState::Returned, Micros::ZERO, payout));
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn a_file_of_the_buyer_resolves_its_posts_in_doubt() {
    let world = World::start().await;
    world.bids("northwind", 5000, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 2 }])).await;
    let mut leads = Vec::new();
    for number in 0..2 {
        let mut lead = example(&format!("doubt-{number}"));
        lead["fields"]["email"] = format!("doubt{number}@example.com").into();
        lead["fields"]["phone"] = format!("31355502{number:02}").into();
        let answer = world.submit(&lead).await;
        assert_eq!(answer.body["reason"], "post_unknown", "{}", answer.body);
        leads.push(answer.body["lead_id"].as_str().unwrap().to_owned());
    }
    let operator = of_the_demo(&world, Role::Operator).await;
    assert_eq!(operator.get("doubts").await.made()["items"].as_array().unwrap().len(), 2);
    let send = async |kind: &str, text: String| {
        let request = world.client().post(world.url("/api/v1/admin/doubts")).bearer_auth(&operator.token);
        world.answer(request.header("content-type", kind).body(text)).await
    };
    let file = format!(
        "Lead,verdict,paid\n{},accepted,12.50\n{},perhaps,\nled_00000000000000000000000009,rejected,\n",
        leads[0], leads[1]
    );
    send("application/json", file.clone()).await.problem(415, "not_csv");
    send("text/csv", "a,b\n1,2\n".to_owned()).await.problem(400, "malformed");
    let done = send("text/csv", file).await;
    let faults: Vec<_> = done.body["faults"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!((done.body["resolved"].as_u64(), faults), (Some(1), vec!["line 3", "line 4"]), "{}", done.body);
    assert_eq!(world.state_of(&leads[0]).await.1, Micros::units(12) + Micros(500_000));
    let left = operator.get("doubts").await.made();
    let attempt = left["items"][0]["attempt_id"].as_str().unwrap();
    let path = format!("doubts/{}/{attempt}", leads[1]);
    operator.post(&path, &json!({ "accepted": true, "paid": "much" })).await.problem(400, "malformed");
    assert_eq!(operator.post(&path, &json!({ "accepted": false })).await.made()["state"], "unsold");
    operator.post(&path, &json!({ "accepted": false })).await.problem(409, "refused");
    world.sound().await;
    world.stop().await;
}

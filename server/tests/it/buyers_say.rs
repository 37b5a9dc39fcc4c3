//! What buyers say and change themselves: what became of a lead, pausing, caps and hours as their contracts permit.

use crate::harness::{World, example};
use gavel::{
    context::Actor,
    service::{Services, admin::Expected},
};
use model::{ContractId, document::DocumentId, user::Role};
use serde_json::{Value, json};
use std::sync::Arc;

struct Ground {
    world: World,
    services: Services,
    operator: Actor,
    contract: ContractId,
    token: String,
}

async fn ground() -> Ground {
    let world = World::start().await;
    let tenant = world.market.tenant.clone();
    let rows = world.opened.store.tenant(tenant.id);
    let buyer = rows.buyer_by_slug("northwind").await.expect("a buyer").id;
    let contracts = rows.contracts().await.expect("contracts");
    let contract = contracts.into_iter().find(|one| one.buyer_id == buyer).expect("a contract").id;
    let (store, vault) = (world.opened.store.clone(), world.opened.vault.clone());
    let services = Services::new(store, vault, world.pipeline.clone(), Arc::clone(&world.opened.clock));
    let operator = Actor::command_line(tenant);
    let token = services.admin().create_token(&operator, "Northwind", Role::Buyer, Some(buyer)).await.expect("made").1;
    Ground { world, services, operator, contract, token }
}

impl Ground {
    async fn post(&self, path: &str, body: Value) -> crate::harness::Answer {
        let request = self.world.client().post(self.world.url(path)).bearer_auth(&self.token).json(&body);
        self.world.answer(request).await
    }

    async fn active(&self) -> bool {
        let shown = self.services.admin().get(&self.operator, DocumentId::Contract(self.contract)).await;
        shown.expect("shown").document["active"] == true
    }

    async fn permit(&self, portal: Value) {
        let (admin, id) = (self.services.admin(), DocumentId::Contract(self.contract));
        let mut body = admin.get(&self.operator, id).await.expect("shown").document;
        body["portal"] = portal;
        admin.update(&self.operator, id, body, Expected::Any, "").await.expect("changed");
    }

    /// A lead that the buyer took.
    async fn taken(&self) -> String {
        for number in 0..40 {
            let mut lead = example(&format!("said-{number}"));
            lead["fields"]["phone"] = json!(format!("(313) 555-01{number:02}"));
            lead["fields"]["email"] = json!(format!("person{number}@example.com"));
            lead["fields"]["age"] = json!(18 + number * 2);
            lead["fields"]["zip"] = json!(format!("{}", 48_201 + number * 7));
            let id = self.world.submit(&lead).await.body["lead_id"].as_str().expect("an id").to_owned();
            let sold = self.world.sold_by_buyers().await;
            if sold.iter().any(|sale| sale["buyer"] == "northwind" && sale["lead_id"] == id.as_str()) {
                return id;
            }
        }
        panic!("Northwind takes none");
    }
}

#[tokio::test]
async fn what_became_of_a_lead_is_told_to_operators() {
    let ground = ground().await;
    let lead = ground.taken().await;
    let path = format!("/api/v1/buyer/leads/{lead}/feedback");
    let said = ground.post(&path, json!({ "type": "contacted" })).await;
    assert_eq!((said.status, &said.body["type"]), (201, &json!("contacted")), "{}", said.body);
    ground.world.clock.advance_millis(5);
    let said = ground.post(&path, json!({ "type": "converted", "value": "1200.00" })).await;
    assert_eq!(said.status, 201, "{}", said.body);
    let wrong = ground.post(&path, json!({ "type": "happy", "value": "much" })).await;
    let error = wrong.problem(422, "invalid_feedback");
    assert_eq!(error["fields"].as_array().map(Vec::len), Some(2), "{error}");
    let strange =
        ground.post("/api/v1/buyer/leads/led_00000000000000000000000000/feedback", json!({ "type": "lost" })).await;
    assert_eq!(strange.status, 404);

    let operator = ground.world.signed_in("operator").await;
    let page = operator.get(&format!("/leads/{lead}")).await.text;
    assert!(page.contains("Northwind: Bought, worth 1200.00 USD."), "{page}");
    let portal = ground.world.signed_in("buyer").await.get(&format!("/portal/leads/{lead}")).await.text;
    assert!(portal.contains("Bought, $1,200.00"), "{portal}");
    ground.world.stop().await;
}

#[tokio::test]
async fn a_buyer_pauses_and_resumes_what_it_paused_itself() {
    let ground = ground().await;
    ground.permit(json!({})).await;
    ground.post("/api/v1/buyer/pause", json!({})).await.problem(409, "refused");
    ground.permit(json!({ "pause": "at_once" })).await;
    let paused = ground.post("/api/v1/buyer/pause", json!({ "contract": ground.contract })).await;
    assert_eq!((paused.status, &paused.body["contracts"][0]["state"]), (200, &json!("done")), "{}", paused.body);
    assert!(!ground.active().await);
    let again = ground.post("/api/v1/buyer/pause", json!({ "contract": ground.contract })).await;
    assert_eq!(again.body["contracts"][0]["state"], "unchanged");
    ground.post("/api/v1/buyer/resume", json!({})).await;
    assert!(ground.active().await);
    let other = json!({ "contract": ContractId::from_bits(1) });
    assert_eq!(ground.post("/api/v1/buyer/pause", other).await.status, 404);

    // What an operator paused stays so.
    let (admin, id) = (ground.services.admin(), DocumentId::Contract(ground.contract));
    admin.set_active(&ground.operator, id, false, Expected::Any, "").await.expect("paused");
    let refused = ground.post("/api/v1/buyer/resume", json!({ "contract": ground.contract })).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(!ground.active().await);
    ground.world.stop().await;
}

#[tokio::test]
async fn caps_and_hours_wait_for_an_operator_where_the_contract_says_so() {
    let ground = ground().await;
    ground.permit(json!({ "caps": "ask", "schedule": "at_once" })).await;
    let buyer = ground.world.signed_in("buyer").await;
    let page = format!("/portal/contracts/{}", ground.contract);
    let shown = buyer.get(&page).await;
    assert!(shown.status.is_success() && shown.text.contains("Your contact decides"), "{}", shown.text);
    let version = async || {
        let shown = ground.services.admin().get(&ground.operator, DocumentId::Contract(ground.contract)).await;
        shown.expect("shown").version.to_string()
    };
    let now = version().await;
    let cap = [
        ("version", now.as_str()),
        ("caps[0].window:optional", "day"),
        ("caps[0].limit:pick", "count"),
        ("caps[0].limit.count:number", "7"),
        ("caps[0].per:pick", "all"),
        ("hours:lines", "Mon-Fri 08:00-20:00"),
        ("do", "save"),
    ];
    let asked = buyer.post(&page, &cap).await;
    assert!(
        asked.location.as_deref().is_some_and(|to| to.ends_with("done=asked")),
        "{:?} {}",
        asked.location,
        asked.text
    );
    assert_eq!(version().await, now, "nothing works before an operator says so");
    assert!(buyer.get(&page).await.text.contains("it waits"));
    let operator = ground.world.signed_in("operator").await;
    let draft = operator.get(&format!("/contracts/{}", ground.contract)).await.text;
    assert!(draft.contains("Bea Buyer"), "the draft names its author: {draft}");
    let (admin, id) = (ground.services.admin(), DocumentId::Contract(ground.contract));
    let published = admin.publish(&ground.operator, id, "agreed").await.expect("published").document;
    assert_eq!(published["caps"][0]["limit"]["count"], 7, "{published}");
    assert_eq!(published["schedule"]["spans"].as_array().map(Vec::len), Some(5), "{published}");

    // Hours alone work at once; what the contract does not permit is refused; a stale page changes nothing.
    ground.permit(json!({ "schedule": "at_once" })).await;
    let now = version().await;
    let hours = [("version", now.as_str()), ("hours:lines", "Mon 08:00-09:00"), ("do", "save")];
    let saved = buyer.post(&page, &hours).await;
    assert!(
        saved.location.as_deref().is_some_and(|to| to.ends_with("done=saved")),
        "{:?} {}",
        saved.location,
        saved.text
    );
    let stale =
        buyer.post(&page, &[("version", now.as_str()), ("hours:lines", "Tue 08:00-09:00"), ("do", "save")]).await;
    assert_eq!(stale.status, 422, "{}", stale.text);
    let history = operator.get(&format!("/history?id={}", ground.contract)).await.text;
    assert!(history.contains("In the portal") && history.contains("Bea Buyer"), "{history}");
    ground.world.stop().await;
}

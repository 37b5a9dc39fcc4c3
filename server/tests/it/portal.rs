//! The buyer's portal: its own leads with what it was sent, and nothing of anybody else.

use crate::harness::{World, example};
use serde_json::{Value, json};

async fn sent(world: &World, number: u32) -> (String, Value) {
    let mut lead = example(&format!("portal-{number}"));
    lead["fields"]["phone"] = json!(format!("(313) 555-01{number:02}"));
    lead["fields"]["email"] = json!(format!("person{number}@example.com"));
    // Whoever bids most differs from lead to lead.
    lead["fields"]["age"] = json!(18 + number * 2);
    lead["fields"]["zip"] = json!(format!("{}", 48_201 + number * 7));
    lead["fields"]["vehicle_count"] = json!(1 + number % 4);
    let answer = world.submit(&lead).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    (answer.body["lead_id"].as_str().expect("an id").to_owned(), lead)
}

/// The leads that the sandbox's buyer says it bought.
async fn taken(world: &World, buyer: &str) -> Vec<String> {
    let sold = world.sold_by_buyers().await;
    let own = sold.iter().filter(|sale| sale["buyer"] == buyer);
    own.map(|sale| sale["lead_id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_buyer_sees_what_it_took_and_nothing_else() {
    let world = World::start().await;
    let mut all = Vec::new();
    for number in 0..30 {
        all.push(sent(&world, number).await);
    }
    let own = taken(&world, "northwind").await;
    assert!(!own.is_empty() && own.len() < all.len(), "the demo's buyers all buy: {} of {}", own.len(), all.len());

    let buyer = world.signed_in("buyer").await;
    let home = buyer.get("/").await;
    let went = (home.status.as_u16(), home.location.as_deref());
    assert_eq!(went, (303, Some("/portal")), "a buyer's first page is the portal");
    let home = buyer.get("/portal").await;
    assert!(
        home.text.contains("Northwind Auto") && home.text.contains(&format!("{} leads", own.len())),
        "{}",
        home.text
    );
    for foreign in ["BluePeak", "Own form", "payout", "Harbor"] {
        assert!(!home.text.contains(foreign), "{foreign} is none of its business");
    }
    let file = buyer.get("/portal/leads.csv?from=2026-05-07&to=2026-05-07").await.text;
    let rows: Vec<&str> = file.lines().skip(1).collect();
    assert_eq!(rows.len(), own.len());
    assert!(own.iter().all(|id| rows.iter().any(|row| row.starts_with(id.as_str()))), "{file}");
    assert_eq!(buyer.get("/portal/leads.csv?from=2026-05-06&to=2026-05-06").await.text.lines().count(), 1);

    let (id, lead) = all.iter().find(|(id, _)| own.contains(id)).expect("one of its own");
    let page = buyer.get(&format!("/portal/leads/{id}")).await;
    let email = lead["fields"]["email"].as_str().expect("text");
    assert!(page.status.is_success() && page.text.contains(email), "{}", page.text);
    let operator = world.signed_in("operator").await;
    let history = operator.get(&format!("/leads/{id}")).await.text;
    assert!(history.contains("Personal values shown to Bea Buyer in the portal"), "{history}");

    let (others, _) = all.iter().find(|(id, _)| !own.contains(id)).expect("one of another");
    assert_eq!(buyer.get(&format!("/portal/leads/{others}")).await.status, 404);
    for path in ["/leads", "/reports", "/buyers", "/campaigns", &format!("/leads/{id}")] {
        assert_eq!(buyer.get(path).await.status, 403, "{path}");
    }
    assert_eq!(buyer.get("/leads.csv").await.status, 403);
    assert_eq!(operator.get("/portal").await.status, 403, "an operator belongs to no buyer");
    assert_eq!(operator.get("/portal/leads.csv").await.status, 403);
    world.stop().await;
}

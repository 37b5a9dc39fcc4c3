//! Campaigns from vertical templates: over HTTP each is made without more typing, and a sample of each is pinged and sold.

use super::{SECRET, operator, tenant};
use crate::harness::World;
use model::user::Role;
use serde_json::{Value, json};

/// A contract with a buyer of the sandbox that knows no industry: it wants an age, and a ZIP code.
fn contract(world: &World, campaign: &Value, buyer: &str) -> Value {
    let fields = campaign["fields"].as_array().expect("fields");
    let has = |name: &str| fields.iter().any(|field| field["name"] == name);
    let field = |to: &str, path: &str| json!({ "to": to, "from": { "field": path } });
    let mut shared = vec![
        json!({ "to": "lead_id", "from": { "meta": "lead_id" } }),
        field("zip", "zip"),
        field("state", "state"),
        json!({ "to": "age", "from": { "field": "birth_date.age" }, "missing": "41" }),
        field("area_code", "phone.area"),
    ];
    // Whatever may be in a ping is in it, of a list's first record too.
    for one in fields.iter().filter(|one| one["visibility"] == "pingable" && one["name"] != "zip") {
        let name = one["name"].as_str().expect("a name");
        match one["kind"]["members"].as_array() {
            Some(members) => shared.extend(members.iter().map(|member| {
                let member = member["name"].as_str().expect("a name");
                field(&format!("{name}_1_{member}"), &format!("{name}[0].{member}"))
            })),
            None if name != "state" => shared.push(field(name, name)),
            None => {}
        }
    }
    let mut whole = shared.clone();
    whole.extend(["first_name", "last_name", "email", "phone"].map(|name| field(name, name)));
    whole.extend(["address", "birth_date"].into_iter().filter(|name| has(name)).map(|name| field(name, name)));
    whole.push(json!({ "to": "ping_id", "from": "ping_token" }));
    whole.push(json!({ "to": "price", "from": { "meta": "price" }, "style": "text" }));
    let sign = |value: &str| json!({ "path": "status", "values": [value] });
    let call = |phase: &str, rows: Vec<Value>, response: Value| {
        json!({
            "url": format!("{}/buyers/northwind/{phase}", world.sandbox), "timeout_ms": 2000, "rows": rows,
            "headers": [{ "name": "X-Api-Key", "value": SECRET }], "response": response,
        })
    };
    json!({
        "campaign_id": campaign["id"], "buyer_id": buyer, "name": "Auction", "kind": "auction", "price": {},
        "delivery": {
            "ping": call("ping", shared, json!({
                "accept": sign("bid"), "reject": sign("no_bid"), "price": "bid", "reference": "ping_id",
            })),
            "post": call("post", whole, json!({
                "accept": sign("accepted"), "reject": sign("rejected"), "price": "price", "redirect": "redirect_url",
            })),
        },
    })
}

#[tokio::test]
async fn a_lead_of_every_template_is_pinged_and_sold() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let set = json!({ "latency_ms": [1, 1], "bid_cents": 5000, "accept_percent": 100 });
    world.answer(world.client().post(format!("{}/__control/buyers/northwind", world.sandbox)).json(&set)).await;
    admin.post("sources", &json!({ "slug": "web", "name": "Web", "payout": { "share": 600_000 } })).await.made();
    let key = admin.post("keys", &json!({ "source": "web", "name": "Form" })).await.made();
    let buyer = admin.post("buyers", &super::buyer("summit")).await.id();
    let templates = admin.get("templates").await.made();
    let templates = templates.as_array().expect("a list");
    assert!(templates.len() >= 18, "{}", templates.len());
    for template in templates {
        let id = template["id"].as_str().expect("an id");
        let made = admin.post("campaigns", &json!({ "template": id })).await;
        assert_eq!((made.status, &made.body["slug"]), (201, &json!(id)), "{}", made.body);
        admin.post("contracts", &contract(&world, &made.body, &buyer)).await.made();
        let consent = json!({ "text": template["consent"], "granted_at": "2026-05-07T15:00:00Z" });
        let lead = json!({
            "campaign": id, "external_id": id, "fields": template["samples"][0]["fields"], "consent": consent,
        });
        let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(key["key"].as_str().expect("a key"));
        let sold = world.answer(request.json(&lead)).await;
        assert_eq!((sold.status, &sold.body["status"]), (200, &json!("sold")), "{id}: {}", sold.body);
        // Its posting instructions are made of the same fields, with a body that is taken.
        let spec = world.client().get(world.url(&format!("/api/v1/campaigns/{id}/spec")));
        let spec = world.answer(spec.bearer_auth(key["key"].as_str().expect("a key"))).await.body;
        for field in spec["fields"].as_array().expect("fields") {
            assert!(field["accepts"].as_str().is_some_and(|text| text.ends_with('.')), "{field}");
        }
        let mut example = spec["example"].clone();
        (example["external_id"], example["consent"]) = (format!("{id}-2").into(), consent);
        let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(key["key"].as_str().expect("a key"));
        let taken = world.answer(request.json(&example)).await;
        assert_eq!(taken.status, 200, "{id}: {}", taken.body);
    }
    assert_eq!(world.sold_by_buyers().await.len(), templates.len(), "the examples are the same person again");
    let journal = world.answer(world.client().get(format!("{}/__control/journal", world.sandbox))).await;
    let requests = journal.body["requests"].as_array().expect("a journal").clone();
    let pings: Vec<_> = requests.iter().filter(|request| request["phase"] == "ping").map(Value::to_string).collect();
    assert!(pings.len() >= templates.len(), "{}", pings.len());
    for personal in ["Dana", "Reyes", "555-0142", "5550142", "dana@example.com", "Main St", "1984-05-31"] {
        assert!(pings.iter().all(|ping| !ping.contains(personal)), "{personal} is in a ping");
    }
    assert!(pings.iter().all(|ping| ping.contains("area_code")), "a shared part is in every ping");
    world.stop().await;
}

#[tokio::test]
async fn a_body_goes_before_its_template_and_an_unknown_one_is_told() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let unknown = admin.post("campaigns", &json!({ "template": "gold-mines" })).await;
    unknown.problem(422, "invalid_configuration");
    assert_eq!(unknown.fields(), ["template"]);
    let own = json!({ "template": "solar", "slug": "sun", "name": "Sun", "consent_required": false });
    let made = admin.post("campaigns", &own).await.made();
    assert_eq!(
        (&made["slug"], &made["name"], &made["consent_required"]),
        (&json!("sun"), &json!("Sun"), &json!(false))
    );
    assert!(made.get("template").is_none() && made["fields"].as_array().is_some_and(|fields| fields.len() > 8));
    admin.post("campaigns", &json!({ "template": "solar", "slug": "sun" })).await.problem(409, "taken");
    world.stop().await;
}

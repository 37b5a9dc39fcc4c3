//! The bench: what a contract would send, how it reads answers, and a buyer that is connected from its documents alone.

use super::{SECRET, buyer, campaign, of_the_demo, operator, tenant};
use crate::harness::{World, example};
use model::{bench::Outcome, user::Role};
use serde_json::{Value, json};

/// A buyer's posting document: a ping and a post as it shows them, and its answers with what they mean.
const PING: &str = r#"{"apikey":"•••","lead":{"postal":"48226","st":"MI","age":41}}"#;
const POST: &str =
    r#"{"apikey":"•••","bid_id":"sample-token","lead":{"postal":"48226","st":"MI","fname":"Dana","tel":"3135550142"}}"#;

fn delivery(url: &str) -> Value {
    let row = |to: &str, from: Value| json!({ "to": to, "from": from });
    let field = |to: &str, name: &str| row(to, json!({ "field": name }));
    let shared = [row("apikey", json!({ "secret": "apikey" }))];
    let place = [field("lead.postal", "zip"), field("lead.st", "state")];
    let phone = json!({ "to": "lead.tel", "from": { "field": "phone" }, "style": "phone_digits" });
    let ping: Vec<_> = shared.iter().chain(&place).cloned().chain([field("lead.age", "age")]).collect();
    let bid = [row("bid_id", json!("ping_token"))];
    let person = [field("lead.fname", "first_name"), phone];
    let post: Vec<_> = shared.iter().chain(&bid).chain(&place).chain(&person).cloned().collect();
    let call = |phase: &str, rows: Vec<Value>, response: Value| {
        json!({
            "url": format!("{url}/{phase}"), "timeout_ms": 2000, "rows": rows, "response": response,
            "headers": [{ "name": "apikey", "value": SECRET, "as": "named" }],
        })
    };
    let sign = |path: &str, value: &str| json!({ "path": path, "values": [value] });
    json!({
        "ping": call("ping", ping, json!({
            "accept": sign("result", "bid"), "reject": sign("result", "pass"), "price": "price", "reference": "bid_id",
            "reason": "why",
        })),
        "post": call("post", post, json!({
            "accept": sign("result", "sold"), "reject": sign("result", "refused"), "reference": "id", "redirect": "next",
            "reason": "why", "reasons": [{ "contains": "seen before", "reason": "duplicate" }],
        })),
    })
}

#[tokio::test]
async fn a_json_buyer_is_connected_from_its_documents_alone() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let home = admin.post("campaigns", &campaign("home")).await.made();
    let of = admin.post("buyers", &buyer("summit")).await.made();
    let wanted = json!({
        "campaign_id": home["id"], "buyer_id": of["id"], "name": "Documents", "kind": "auction", "active": false,
        "price": {}, "delivery": delivery("https://leads.buyer.example/api"),
    });
    let made = admin.post("contracts", &wanted).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("contracts/{}", made.id());
    assert!(made.made().get("warnings").is_none());

    let shown = admin.post(&format!("{path}/preview"), &json!({})).await.made();
    assert_eq!((shown["ping"]["body"].as_str(), shown["post"]["body"].as_str()), (Some(PING), Some(POST)), "{shown}");
    assert_eq!(shown["ping"]["url"], "https://leads.buyer.example/api/ping");
    assert!(shown["lead"].is_null() && !shown.to_string().contains(SECRET), "{shown}");

    for (phase, status, body, outcome, member, value) in [
        ("ping", 200, r#"{"result":"bid","price":"$12.50","bid_id":"b-7"}"#, Outcome::Bid, "price", "12.500000"),
        ("ping", 200, r#"{"result":"bid","price":"$12.50","bid_id":"b-7"}"#, Outcome::Bid, "reference", "b-7"),
        ("ping", 200, r#"{"result":"pass","why":"no need"}"#, Outcome::NoBid, "said", "no need"),
        (
            "post",
            200,
            r#"{"result":"sold","id":"9","next":"https://b.example/t"}"#,
            Outcome::Accepted,
            "redirect",
            "https://b.example/t",
        ),
        ("post", 200, r#"{"result":"refused","why":"Seen before"}"#, Outcome::Rejected, "reason", "duplicate"),
        ("post", 500, r#"{"result":"sold"}"#, Outcome::Unclear, "why", "HTTP 500 with the accepting sign"),
    ] {
        let asked = json!({ "phase": phase, "status": status, "body": body });
        let read = admin.post(&format!("{path}/read-answer"), &asked).await.made();
        assert_eq!(read["outcome"], serde_json::to_value(outcome).unwrap(), "{body}: {read}");
        let told = read[member].as_str().unwrap_or_default();
        let same = if member == "price" { told.trim_end_matches('0') == "12.5" } else { told == value };
        assert!(same, "{body}: {member} is {told:?}");
        assert_eq!(read["signs"][0]["shows"], body.contains("\"bid\"") || body.contains("\"sold\""), "{read}");
    }
    // A change is tried before it is saved.
    let other = delivery("https://other.example");
    let shown = admin.post(&format!("{path}/preview"), &json!({ "delivery": other })).await.made();
    assert_eq!(shown["post"]["url"], "https://other.example/post");
    let saved = admin.get(&path).await.made();
    assert_eq!(saved["delivery"]["post"]["url"], "https://leads.buyer.example/api/post");
    world.stop().await;
}

#[tokio::test]
async fn a_persons_values_are_shown_by_right_and_written_down() {
    let world = World::start().await;
    let mut sent = example("bench");
    sent["fields"]["last_name"] = "Zebrowski".into();
    let lead = world.submit(&sent).await.body["lead_id"].as_str().unwrap().to_owned();
    let (viewer, admin) = (of_the_demo(&world, Role::Viewer).await, of_the_demo(&world, Role::Operator).await);
    let contracts = admin.get("contracts").await.body["items"].as_array().unwrap().clone();
    let detail = world.opened.store.tenant(world.market.tenant.id).lead_detail(lead.parse().unwrap()).await.unwrap();
    let same = |contract: &&Value| contract["campaign_id"] == detail.row.campaign_id.to_string();
    let contract = contracts.iter().find(same).unwrap();
    let path = format!("contracts/{}/preview", contract["id"].as_str().unwrap());

    let masked = viewer.post(&path, &json!({ "lead": lead })).await.made();
    assert_eq!(masked["lead"], lead.as_str());
    assert!(!masked.to_string().contains("Zebrowski"), "{masked}");
    viewer.post(&path, &json!({ "lead": lead, "personal": true })).await.problem(403, "forbidden");
    let before = world.signed_in("operator").await.get(&format!("/leads/{lead}")).await.text;
    assert!(!before.contains("Personal values shown"));
    let whole = admin.post(&path, &json!({ "lead": lead, "personal": true })).await.made();
    assert!(whole["post"]["body"].as_str().unwrap().contains("Zebrowski"), "{whole}");
    assert!(!whole["ping"].to_string().contains("Zebrowski") && !whole.to_string().contains(SECRET), "{whole}");
    let after = world.signed_in("operator").await.get(&format!("/leads/{lead}")).await.text;
    assert!(after.contains("Personal values shown"), "the history says so");

    // What is not there, and what is another tenant's.
    assert_eq!(admin.post(&path, &json!({ "lead": "nonsense" })).await.fields(), ["lead"]);
    assert_eq!(admin.post(&path, &json!({ "personal": true })).await.fields(), ["lead"]);
    let wrong = json!({ "phase": "post", "status": 7, "body": "" });
    assert_eq!(admin.post(&path.replace("preview", "read-answer"), &wrong).await.fields(), ["status"]);
    let fresh = tenant(&world, "fresh").await;
    let foreigner = operator(&world, &fresh, Role::Operator).await;
    foreigner.post(&path, &json!({ "lead": lead })).await.problem(404, "not_found");
    world.stop().await;
}

/// The same buyer, from what it wrote: nobody says what any of it means.
#[tokio::test]
async fn a_json_buyer_is_connected_from_its_sample_documents_alone() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let home = admin.post("campaigns", &campaign("home")).await.made();
    let of = admin.post("buyers", &buyer("summit")).await.made();
    let base = format!("{}/dialects/px/api/lead", world.sandbox);
    let sample = |token: Value, person: Value| {
        let mut contact = json!({ "ZipCode": "48226", "State": "MI" });
        contact.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
        let mut body = json!({ "ApiToken": "a-token-of-ours", "Vertical": "Home", "IsTest": "true" });
        body.as_object_mut().unwrap().extend(token.as_object().unwrap().clone());
        body["ContactData"] = contact;
        body["Person"] = json!({ "Age": 41 });
        body.to_string()
    };
    let person = json!({
        "FirstName": "Jane", "LastName": "Doe", "EmailAddress": "jane@doe.example", "PhoneNumber": "3135550142",
    });
    let asked = json!({
        "campaign_id": home["id"],
        "ping": {
            "url": format!("{base}/ping"), "document": sample(json!({}), json!({})),
            "answers": [
                { "means": "bid", "body": "{\"Success\":true,\"Payout\":12.5,\"TransactionId\":\"t-1\"}" },
                { "means": "no_bid", "body": "{\"Success\":false,\"Message\":\"No coverage\"}" },
            ],
        },
        "post": {
            "url": format!("{base}/post"),
            "document": sample(json!({ "TransactionId": "t-1" }), person),
            "answers": [
                { "means": "accepted", "body": "{\"Success\":true,\"Payout\":12.5,\"RedirectUrl\":\"https://b.example/t\"}" },
                { "means": "rejected", "body": "{\"Success\":false,\"Message\":\"Duplicate lead\"}" },
            ],
        },
    });
    let proposal = admin.post("contracts/import", &asked).await.made();
    assert!(!proposal.to_string().contains("a-token-of-ours"), "{proposal}");
    assert_eq!((&proposal["kind"], &proposal["notes"]), (&json!("auction"), &json!([])), "{proposal}");
    let unsure = |row: &&Value| row["confidence"] == "unknown";
    let unsure: Vec<_> = proposal["rows"].as_array().unwrap().iter().filter(unsure).map(|row| &row["to"]).collect();
    assert_eq!(unsure, ["Vertical", "Vertical"], "what only the buyer knows is sent as it stands: {proposal}");

    // Confirmed as it stands, with its secrets given.
    let mut delivery = proposal["delivery"].clone();
    let wanted = |delivery: &Value| {
        json!({
            "campaign_id": home["id"], "buyer_id": of["id"], "name": "Documents", "kind": proposal["kind"],
            "active": false, "price": {}, "delivery": delivery,
        })
    };
    let secrets = proposal["secrets"].as_array().unwrap();
    let forgotten = admin.post("contracts", &wanted(&delivery)).await;
    assert_eq!(forgotten.fields(), ["delivery.ping.headers[0].value", "delivery.post.headers[0].value"]);
    for secret in secrets {
        let (phase, header) = (secret["phase"].as_str().unwrap(), secret["header"].as_u64().unwrap());
        delivery[phase]["headers"][usize::try_from(header).unwrap()]["value"] = SECRET.into();
    }
    let made = admin.post("contracts", &wanted(&delivery)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("contracts/{}", made.id());
    for example in proposal["examples"].as_array().unwrap() {
        let kept = admin.post(&format!("{path}/examples"), example).await.made();
        assert_eq!(kept["differences"], json!([]), "{kept}");
    }
    // Tried at the buyer, then it buys.
    let sent = admin.post(&format!("{path}/test"), &json!({ "phase": "post" })).await.made();
    assert_eq!(sent["post"]["answer"]["read"]["outcome"], "accepted", "{sent}");
    admin.patch(&path, &json!({ "active": true })).await.made();
    admin.post("sources", &json!({ "slug": "web", "name": "Web", "payout": { "share": 600_000 } })).await.made();
    let key = admin.post("keys", &json!({ "source": "web", "name": "Form", "campaigns": ["home"] })).await.made();
    let lead = json!({
        "campaign": "home", "external_id": "first",
        "fields": { "zip": "48226", "state": "MI", "age": 41, "first_name": "Dana", "last_name": "Reyes",
            "email": "dana@example.com", "phone": "(313) 555-0142" },
    });
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(key["key"].as_str().unwrap());
    let sold = world.answer(request.json(&lead)).await;
    assert_eq!((sold.status, &sold.body["status"]), (200, &json!("sold")), "{}", sold.body);

    let mut wrong = asked.clone();
    wrong["ping"]["document"] = "Dear partner, please send us leads.".into();
    wrong["post"]["url"] = "buyer".into();
    assert_eq!(admin.post("contracts/import", &wrong).await.fields(), ["ping.document", "post.url"]);
    wrong["campaign_id"] = "cmp_00000000000000000000000000".into();
    assert_eq!(admin.post("contracts/import", &wrong).await.fields(), ["campaign_id"]);
    world.stop().await;
}

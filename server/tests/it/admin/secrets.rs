//! Credentials of buyers go in and never come out, and are sealed wherever they lie.

use super::{Operator, SECRET, furnish, of_the_demo, operator, tenant};
use crate::harness::World;
use axum::http::Method;
use model::{document::DocumentId, secret::Secret, user::Role};
use serde_json::{Value, json};
use std::fs;

/// Every byte of the database's files.
fn bytes(world: &World) -> Vec<u8> {
    let folder = fs::read_dir(&world.opened.settings.data_dir).expect("a folder").map(|entry| entry.expect("an entry"));
    let files = folder.filter(|entry| entry.file_name().to_string_lossy().contains("gavel.db"));
    files.flat_map(|entry| fs::read(entry.path()).expect("a file")).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn everything(admin: &Operator<'_>) -> String {
    let mut all = String::new();
    for path in ["campaigns", "sources", "buyers", "contracts", "keys", "config", "history", "options"] {
        all.push_str(&admin.get(path).await.body.to_string());
    }
    all
}

#[tokio::test]
async fn a_secret_is_kept_changed_and_never_told() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Admin).await;
    let [.., id] = furnish(&admin).await;
    let path = format!("contracts/{id}");
    let mut body = admin.get(&path).await.made();
    assert_eq!(body["delivery"]["post"]["headers"], json!([{ "name": "X-Api-Key", "value": "•••", "as": "header" }]));
    let stored = async || {
        let stored = world.opened.store.tenant(fresh.id).document(id.parse().map(DocumentId::Contract).unwrap()).await;
        serde_json::to_value(stored.unwrap().document).unwrap()["delivery"]["post"]["headers"][0]["value"].clone()
    };
    let first = stored().await;
    body["name"] = json!("Renamed");
    admin.put(&path, "*", &body).await.made();
    assert_eq!(stored().await, first, "the mask keeps it");
    admin.put(&format!("{path}?draft=1"), "*", &body).await.made();
    body["delivery"]["post"]["headers"] = json!([{ "name": "X-Api-Key", "value": "rotated-credential-77" }]);
    admin.put(&path, "*", &body).await.made();
    assert_ne!(stored().await, first);
    let history = admin.get(&format!("history?id={id}&limit=1")).await.body.to_string();
    assert!(history.contains("post secret X-Api-Key changed"), "{history}");
    // The mask keeps nothing where there is nothing.
    body["delivery"]["post"]["headers"] = json!([{ "name": "X-Other", "value": "•••" }]);
    assert_eq!(admin.put(&path, "*", &body).await.fields(), ["delivery.post.headers[0].value"]);
    // A fault does not repeat it.
    body["delivery"]["post"]["headers"] = json!([{ "name": "X", "value": "unsendable-credential\u{7}" }]);
    let refused = admin.put(&path, "*", &body).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.body.to_string().contains("unsendable"), "{}", refused.body);

    let restored = admin.post(&format!("{path}/rollback"), &json!({ "version": 1 })).await.made();
    assert_eq!(restored["delivery"]["post"]["headers"][0]["value"], "•••");
    let told = everything(&admin).await;
    let stored = bytes(&world);
    for secret in [SECRET, "rotated-credential-77", "unsendable-credential"] {
        assert!(!told.contains(secret), "{secret} was told");
        assert!(!holds(&stored, secret), "{secret} lies in the database");
    }
    assert!(!told.contains("sealed:"), "nor its sealed form");
    assert!(holds(&stored, "Summit auction"), "the search finds what is there");
    world.stop().await;
}

#[tokio::test]
async fn the_demo_is_sealed_and_what_was_stored_in_clear_is_sealed_at_the_next_save() {
    let world = World::start().await;
    assert!(!holds(&bytes(&world), "sandbox-key"), "the seed seals");
    let admin = of_the_demo(&world, Role::Operator).await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let buyer = rows.buyers().await.unwrap().into_iter().find(|buyer| buyer.slug == "northwind").unwrap();
    let mut old = rows.contracts().await.unwrap().into_iter().find(|one| one.buyer_id == buyer.id).unwrap();
    // Its buyer takes no other, so that a sale shows that the value was sent.
    old.delivery.post.headers[0].value = Secret::new("sandbox-key");
    rows.put_contract(&old).await.unwrap();
    world.pipeline.refresh().await.unwrap();
    let url = format!("{}/__control/buyers/{}", world.sandbox, buyer.slug);
    let first = json!({ "latency_ms": [5, 5], "bid_cents": 5000, "accept_percent": 100 });
    assert_eq!(world.answer(world.client().post(url).json(&first)).await.status, 204);
    let sold = world.submit(&crate::harness::example("before")).await;
    assert_eq!(sold.body["status"], "sold", "a clear value is still used: {}", sold.body);
    assert_eq!(world.sold_by_buyers().await[0]["buyer"], buyer.slug);
    let paused = admin.patch(&format!("contracts/{}", old.id), &json!({ "active": false })).await.made();
    assert_eq!(paused["delivery"]["post"]["headers"][0]["value"], "•••");
    let kept = serde_json::to_string(&rows.contract(old.id).await.unwrap()).unwrap();
    assert!(kept.contains("sealed:1:") && !kept.contains("sandbox-key"), "{kept}");
    for row in rows.recorded_changes(None, None, None, None, 9).await.unwrap() {
        let row = serde_json::to_string(&row.document).unwrap();
        assert!(!row.contains("sandbox-key"), "the history does not keep it in clear");
    }
    world.stop().await;
}

#[tokio::test]
async fn the_buyer_gets_the_secret_and_another_tenants_seal_does_not_open() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Admin).await;
    let [_, _, _, id] = furnish(&admin).await;
    let made = admin.post("keys", &json!({ "source": "web", "name": "Form" })).await.made();
    let send = async |external_id: &str, phone: &str| {
        let lead = json!({
            "campaign": "home", "external_id": external_id,
            "fields": { "zip": "48226", "state": "MI", "age": 41, "first_name": "Dana", "last_name": "Reyes",
                "email": format!("{external_id}@example.com"), "phone": phone },
        });
        let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(made["key"].as_str().unwrap());
        world.answer(request.json(&lead)).await.body
    };
    let sold = send("one", "(313) 555-0142").await;
    assert_eq!(sold["status"], "sold", "the buyer wants the secret itself: {sold}");
    // A sealed value that was copied from elsewhere is a text like any other: it is sealed again, not opened.
    let document =
        world.opened.store.tenant(fresh.id).document(DocumentId::Contract(id.parse().unwrap())).await.unwrap();
    let document = serde_json::to_value(document.document).unwrap();
    let mut body = admin.get(&format!("contracts/{id}")).await.made();
    body["delivery"]["post"]["headers"][0]["value"] = document["delivery"]["post"]["headers"][0]["value"].clone();
    let reply: Value = admin.ask(Method::PUT, &format!("contracts/{id}"), Some("*"), Some(&body)).await.made();
    assert_eq!(reply["version"], 2, "it is another secret now");
    assert_ne!(send("two", "(313) 555-0143").await["status"], "sold", "and not the right one");
    world.stop().await;
}

#[tokio::test]
async fn a_secret_that_is_typed_is_not_in_the_page_that_comes_back() {
    let world = World::start().await;
    let (admin, browser) = (of_the_demo(&world, Role::Operator).await, world.signed_in("operator").await);
    let first = |kind: &'static str| {
        let admin = &admin;
        async move { admin.get(kind).await.made()["items"][0]["id"].as_str().unwrap().to_owned() }
    };
    let (campaign, buyer) = (first("campaigns").await, first("buyers").await);
    let page = format!("/contracts/new?buyer={buyer}&campaign={campaign}");
    let typed = "typed-by-hand-4711";
    let call = json!({
        "url": "https://leads.buyer.example/in", "method": "post", "format": "json", "timeout_ms": 900,
        "rows": [{ "to": "zip", "source": "field:zip", "given": "", "swaps": [], "style": "plain" }],
        "headers": [{ "name": "X-Key", "value": typed, "as": "header" }],
        "response": { "accept": { "path": "ok", "values": ["1"] }, "reject": { "path": "ok", "values": ["0"] } },
    });
    let delivery = json!({ "post": call }).to_string();
    let sent = |value: &str, act: &str| {
        [
            ("kind:text", "direct"),
            ("active:flag", "false"),
            ("price.fixed:money", "5.00"),
            ("delivery:json", &delivery),
            ("delivery.post.headers[0].value:text", value),
            ("do", act),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let post = async |value: &str, act: &str, name: &str| {
        let mut form = sent(value, act).to_vec();
        form.insert(0, ("name:text".to_owned(), name.to_owned()));
        let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(&page, &pairs).await
    };
    // It has no name; and then only a row is added.
    for act in ["save", "add:delivery.post.rows:{}"] {
        let back = post(typed, act, "").await;
        assert_eq!(back.status.as_u16(), if act == "save" { 422 } else { 200 }, "{}", back.text);
        assert!(!back.text.contains(typed), "{act}: the secret is in the page");
        let (_, rest) = back.text.split_once("value=\"typed:").expect("it goes along, sealed");
        let sealed = format!("typed:{}", rest.split('"').next().unwrap());
        let name = if act == "save" { "Typed once" } else { "Typed again" };
        let made = post(&sealed, "save", name).await;
        assert_eq!(made.status.as_u16(), 303, "{}", made.text);
        // Somebody else cannot bring it in.
        let other = world.signed_in("admin").await;
        let mut form = sent(&sealed, "save").to_vec();
        form.insert(0, ("name:text".to_owned(), "Stolen".to_owned()));
        let pairs: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let stolen = other.post(&page, &pairs).await;
        assert_eq!(stolen.status.as_u16(), 422, "{}", stolen.text);
    }
    let stored = bytes(&world);
    assert!(!holds(&stored, typed) && !holds(&stored, "typed:"), "nothing of it lies in the database");
    world.stop().await;
}

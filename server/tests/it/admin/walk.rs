//! docs/ADMIN.md as a test: from an empty tenant to a sold lead through HTTP alone.

use super::{furnish, operator, tenant};
use crate::harness::World;
use model::user::Role;
use serde_json::json;

#[tokio::test]
async fn an_empty_tenant_is_configured_and_sells_a_lead() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    assert_eq!(admin.get("campaigns").await.body, json!({ "items": [], "next": null }));
    let [.., contract] = furnish(&admin).await;
    let made = admin.post("keys", &json!({ "source": "web", "name": "Form", "campaigns": ["home"] })).await;
    let key = made.made();
    let lead = json!({
        "campaign": "home", "external_id": "first",
        "fields": { "zip": "48226", "state": "MI", "age": 41, "first_name": "Dana", "last_name": "Reyes",
            "email": "dana@example.com", "phone": "(313) 555-0142" },
    });
    let submit = |key: &serde_json::Value| {
        let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(key["key"].as_str().unwrap());
        world.answer(request.json(&lead))
    };
    let sold = submit(&key).await;
    assert_eq!((sold.status, &sold.body["status"]), (200, &json!("sold")), "{}", sold.body);
    assert_eq!(world.sold_by_buyers().await.len(), 1);

    // What was used stays; a key is never shown again, and gone when it is revoked.
    admin.delete(&format!("contracts/{contract}")).await.problem(409, "in_use");
    let shown = admin.get(&format!("keys/{}", key["id"].as_str().unwrap())).await.made();
    assert!(shown.get("key").is_none() && shown["revoked_at"].is_null(), "{shown}");
    let listed = admin.get("keys").await.made();
    assert!(!listed.to_string().contains(key["key"].as_str().unwrap()), "{listed}");
    let revoked = admin.delete(&format!("keys/{}", key["id"].as_str().unwrap())).await.made();
    assert!(revoked["revoked_at"].is_string(), "{revoked}");
    submit(&key).await.problem(401, "unauthorized");
    world.stop().await;
}

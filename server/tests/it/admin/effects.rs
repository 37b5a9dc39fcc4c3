//! What a contract would do, told before it is saved.

use super::of_the_demo;
use crate::harness::World;
use model::user::Role;
use serde_json::json;

#[tokio::test]
async fn a_filter_is_held_against_stored_leads_and_caps_say_how_full_they_are() {
    let world = World::start().await;
    let viewer = of_the_demo(&world, Role::Viewer).await;
    let mut contract = viewer.get("contracts").await.body["items"][0].clone();
    contract["filter"] = json!({ "all": [] });
    contract["schedule"] = json!({ "spans": [], "holidays": [] });
    contract["caps"] = json!([{ "window": "day", "limit": { "count": 25 }, "per": "all", "paced": false }]);
    let nothing = viewer.post("contracts/effects", &contract).await;
    assert_eq!(nothing.status, 200, "{}", nothing.body);
    assert_eq!(nothing.body["sample"], json!({ "leads": 0, "pass": 0, "failing": [] }));
    assert_eq!(nothing.body["filter"], "Every lead passes.");
    let cap = nothing.body["caps"][0]["sentence"].as_str().unwrap();
    assert!(cap.starts_with("This contract: at most 25 leads in a day; 0 of 25 used"), "{cap}");
    assert!(nothing.body["opening"].as_str().unwrap().starts_with("Open now"));

    contract["filter"] = json!({ "is": { "field": "nobody_has_it", "test": "present" } });
    viewer.post("contracts/effects", &contract).await.problem(422, "invalid_configuration");
    contract["buyer_id"] = "buy_00000000000000000000000009".into();
    let refused = viewer.post("contracts/effects", &contract).await;
    assert_eq!(refused.fields(), ["buyer_id"]);
}

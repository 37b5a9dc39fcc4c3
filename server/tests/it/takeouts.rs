//! Personal values in a file: only with the right, only for a reason, and written down before anything is opened.

use crate::harness::{World, example};
use model::user::Role;
use serde_json::{Value, json};

const WANTED: [(&str, &str); 6] = [
    ("personal.fields:set", ""),
    ("personal.fields:set", "email"),
    ("personal.fields:set", "first_name"),
    ("personal.reason:text", "Complaint 17"),
    ("personal.format:optional", "csv"),
    ("do", "personal"),
];

/// A lead whose first name a spreadsheet would run.
async fn formula(world: &World) -> String {
    let mut lead = example("formula");
    lead["fields"]["first_name"] = json!("=HYPERLINK(1)");
    world.submit(&lead).await.body["lead_id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_file_with_personal_values_is_for_a_reason_and_leaves_its_traces() {
    let world = World::start().await;
    let lead = formula(&world).await;
    let (admin, operator) = (world.signed_in("admin").await, world.signed_in("operator").await);
    assert!(operator.get("/leads").await.text.contains("You may not take personal values away."));
    let refused = operator.post("/leads", &WANTED).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.text.contains("dana@example.com"));

    // Every fault beside its field, and what was ticked stays.
    let bad = [
        WANTED[0],
        ("personal.fields:set", "email"),
        ("personal.fields:set", "ssn"),
        ("personal.reason:text", "why"),
        WANTED[5],
    ];
    let wrong = admin.post("/leads?state=sold", &bad).await;
    assert_eq!(wrong.status, 422);
    for said in ["Say why in 5 to 200", "no personal field called ssn", "value=\"email\" checked", "value=\"why\""] {
        assert!(wrong.text.contains(said), "{said}: {}", wrong.text);
    }
    assert_eq!(admin.post("/leads?state=duplicate", &WANTED).await.status, 422, "nothing to take away");

    let allowed = admin.post("/leads?mode=live&cols=came", &WANTED).await;
    let at = allowed.location.clone().expect("where it is");
    assert!(allowed.status == 303 && at.starts_with("/leads/personal/exp_"), "{at}");
    // Whoever else has the link gets nothing.
    assert_eq!(operator.get(&at).await.status, 403);
    assert_eq!(world.foreigner().await.get(&at).await.status, 404);
    let file = admin.get(&at).await;
    assert_eq!((file.status.as_u16(), file.header("cache-control")), (200, "no-store".to_owned()));
    let (head, row) = file.text.split_once("\r\n").expect("a head");
    assert!(head.ends_with("lost_by,personal.email,personal.first_name"), "{head}");
    assert!(row.contains(&lead) && row.contains("dana@example.com,'=HYPERLINK(1)"), "{row}");

    let history = admin.get(&format!("/leads/{lead}")).await.text;
    assert!(history.contains("Personal values taken away in a file by"), "{history}");
    let log = admin.get("/audit?action=exported_personal").await.text;
    for said in ["took personal values away in a file", "Complaint 17", "1 leads (mode=live) with email, first_name"] {
        assert!(log.contains(said), "{said}: {log}");
    }
    world.clock.advance_millis(600_000);
    assert_eq!(admin.get(&at).await.status, 404, "its ten minutes are over");
    for _ in 0..9 {
        assert_eq!(admin.post("/leads", &WANTED).await.status, 303);
    }
    let eleventh = admin.post("/leads", &WANTED).await;
    assert!(eleventh.status == 422 && eleventh.text.contains("in a day are the most"), "{}", eleventh.text);
    world.clock.advance_millis(86_400_000);
    assert!(world.signed_in("admin").await.post("/leads", &WANTED).await.location.is_some());
    world.stop().await;
}

#[tokio::test]
async fn programs_take_them_away_under_the_same_rules() {
    let world = World::start().await;
    let lead = formula(&world).await;
    let services = gavel::service::Services::new(
        world.opened.store.clone(),
        world.opened.vault.clone(),
        world.pipeline.clone(),
        world.opened.clock.clone(),
    );
    let actor = gavel::context::Actor::command_line(world.market.tenant.clone());
    let token = async |role| services.admin().create_token(&actor, "files", role, None).await.expect("a token").1;
    let (admin, operator) = (token(Role::Admin).await, token(Role::Operator).await);
    let ask = async |token: &str, path: &str, body: Value| {
        let path = world.url(&format!("/api/v1/admin/exports/{path}"));
        world.answer(world.client().post(path).bearer_auth(token).json(&body)).await
    };
    let wanted = || json!({ "fields": ["email", "consent.ip"], "reason": "Complaint 17" });
    ask(&operator, "leads", wanted()).await.problem(403, "forbidden");
    ask(&admin, "figures", wanted()).await.problem(404, "not_found");
    ask(&admin, "leads?state=nonsense", wanted()).await.problem(400, "malformed");
    ask(&admin, "leads", json!({ "field": [] })).await.problem(400, "malformed");
    let faults = ask(&admin, "leads", json!({})).await.problem(422, "invalid_configuration");
    assert_eq!(faults["fields"].as_array().map(Vec::len), Some(2), "{faults}");
    ask(&admin, "leads?state=returned", wanted()).await.problem(409, "refused");
    let found = ask(&admin, "leads?mode=live", wanted()).await.body;
    assert_eq!((&found["lead"], &found["personal.email"]), (&json!(lead), &json!("dana@example.com")), "{found}");
    assert!(found.get("personal.consent.ip").is_some() && found.get("personal.phone").is_none(), "{found}");
    world.stop().await;
}

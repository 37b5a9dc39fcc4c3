//! What form tools and lead ads send to their hooks.

use crate::{admin::of_the_demo, harness::World};
use connectors::intake::signature;
use model::{lead::LeadState, user::Role};
use serde_json::{Value, json};

struct Hook {
    url: String,
    token: String,
    id: String,
}

impl World {
    async fn hook(&self, format: &str, secret: Option<&str>, names: Value) -> Hook {
        let operator = of_the_demo(self, Role::Admin).await;
        let sources = operator.get("sources").await.made();
        let source = sources["items"].as_array().unwrap().iter().find(|source| source["slug"] == "own-form").unwrap();
        let path = format!("sources/{}", source["id"].as_str().unwrap());
        let mut document = operator.get(&path).await;
        document.body["intake"] = json!({ "names": names });
        operator.put(&path, &document.etag, &document.body).await.made();
        let wanted = json!({ "source": "own-form", "name": format, "campaigns": ["auto-insurance"], "hook": format, "secret": secret });
        let made = operator.post("keys", &wanted).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(made.body["used_as"], json!({ "hook": format }));
        let token = made.body["key"].as_str().expect("a token").to_owned();
        let url = made.body["url"].as_str().expect("an address").to_owned();
        assert!(url.ends_with(&format!("/api/hooks/{format}/{token}")), "{url}");
        let listed = operator.get("keys").await.made().to_string();
        assert!(!listed.contains(&token) && secret.is_none_or(|secret| !listed.contains(secret)), "shown once");
        Hook { url: self.url(&format!("/api/hooks/{format}/{token}")), token, id: made.id() }
    }

    async fn send_to(&self, hook: &Hook, kind: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let request = self.client().post(&hook.url).header("content-type", kind);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.body(body.to_owned()).send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }

    /// The fields of a lead that are not personal, and whether it was a test.
    async fn lead_of(&self, answer: &str) -> model::lead::LeadDetail {
        let answer: Value = serde_json::from_str(answer).expect("JSON");
        let id = answer["lead_id"].as_str().expect("an id").parse().expect("an id");
        self.opened.store.tenant(self.market.tenant.id).lead_detail(id).await.expect("the lead")
    }

    async fn leads(&self) -> usize {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let page =
            rows.leads_page(&store::LeadFilter::default(), &model::page::Cursor::Newest, 200).await.expect("leads");
        page.rows.len()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[tokio::test]
async fn unbounce_sends_json_in_a_form() {
    let world = World::start().await;
    let hook =
        world.hook("unbounce", None, json!([{ "theirs": "are_you_insured", "ours": "currently_insured" }])).await;
    let data = json!({ "zip_code": ["48226"], "state": ["MI"], "age": ["41"], "are_you_insured": ["Yes"], "vehicle_count": ["2"],
        "full_name": ["Dana Reyes"], "email": ["dana@example.com"], "phone_number": ["3135550142"],
        "ip_address": ["203.0.113.9"], "page_uuid": ["7648177d"], "variant": ["a"] });
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("page_id", "7648177d"),
            ("variant", "a"),
            ("page_url", "https://go.example/"),
            ("data.json", &data.to_string()),
        ])
        .finish();
    let (status, answer) = world.send_to(&hook, FORM, &[], &body).await;
    assert_eq!(status, 200, "{answer}");
    let lead = world.lead_of(&answer).await;
    assert!(lead.fields.contains(&("zip".into(), "48226".into())), "{:?}", lead.fields);
    assert!(lead.personal.iter().any(|(name, _)| name == "last_name"), "{:?}", lead.personal);
    assert_eq!(world.send_to(&hook, FORM, &[], &body).await, (200, answer), "sent again it is the same lead");
    assert_eq!(world.leads().await, 1);
    let (status, refused) = world.send_to(&hook, FORM, &[], "data.json=%7B%22zip%22%3A%5B%221%22%5D%7D").await;
    assert_eq!(status, 200, "a page builder takes nothing else");
    let refused: Value = serde_json::from_str(&refused).unwrap();
    assert_eq!((&refused["status"], &refused["reason"]), (&json!("rejected"), &json!("invalid_lead")));
    assert_eq!(world.send_to(&hook, FORM, &[], "data.json=%7B").await.0, 400);
    let stranger = Hook { url: world.url("/api/hooks/unbounce/gvl_hook_nobody"), ..hook };
    assert_eq!(world.send_to(&stranger, FORM, &[], &body).await.0, 404);
    world.stop().await;
}

#[tokio::test]
async fn wordpress_forms_send_numbers_labels_or_all_they_know() {
    let world = World::start().await;
    let numbers: Value = [
        ("1.3", "first_name"),
        ("1.6", "last_name"),
        ("2", "email"),
        ("3", "phone"),
        ("4.5", "zip"),
        ("4.4", "state"),
        ("5", "age"),
        ("6", "currently_insured"),
        ("7", "vehicle_count"),
    ]
    .iter()
    .map(|(theirs, ours)| json!({ "theirs": theirs, "ours": ours }))
    .collect();
    let gravity = world.hook("gravity", None, numbers).await;
    let entry = json!({ "id": "812", "form_id": "3", "date_created": "2026-05-07 10:00:00", "ip": "203.0.113.9", "status": "active",
        "1.3": "Jane", "1.6": "Doe", "2": "jane@example.com", "3": "(313) 555-1212", "4.5": "48226", "4.4": "MI", "5": "41", "6": "Yes", "7": "2" });
    let (status, first) = world.send_to(&gravity, JSON, &[], &entry.to_string()).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!(world.lead_of(&first).await.external_id.as_deref(), Some("3-812"));
    let mut read = entry;
    read["is_read"] = json!("1");
    assert_eq!(world.send_to(&gravity, JSON, &[], &read.to_string()).await, (200, first), "the entry is the same");
    let elementor = world.hook("elementor", None, json!([])).await;
    let labels = "First+Name=Eve&Last+Name=Doe&Email=eve%40example.com&Phone=3135550177&Zip+Code=48226&State=MI&Age=41&Currently+Insured=Yes&Vehicle+Count=2&Remote+IP=203.0.113.9&Date=today&form_id=a1b2c3&form_name=Quote";
    let (status, answer) = world.send_to(&elementor, FORM, &[], labels).await;
    assert_eq!((status, world.lead_of(&answer).await.fields.len()), (200, 5), "{answer}");
    let nested = "form[id]=a1&fields[email][raw_value]=al%40example.com&fields[first_name][raw_value]=Al&fields[last_name][raw_value]=Doe&fields[phone][raw_value]=3135550178&fields[zip][raw_value]=48226&fields[state][raw_value]=MI&fields[age][raw_value]=41&fields[currently_insured][value]=Yes&fields[vehicle_count][value]=2&meta[remote_ip][value]=203.0.113.9";
    let (status, answer) = world.send_to(&elementor, FORM, &[], nested).await;
    assert_eq!((status, world.lead_of(&answer).await.fields.len()), (200, 5), "{answer}");
    assert_eq!(world.leads().await, 3);
    world.stop().await;
}

#[tokio::test]
async fn meta_is_answered_its_challenge_and_has_to_sign() {
    let world = World::start().await;
    let secret = "app-secret-of-meta";
    let hook = world.hook("meta", Some(secret), json!([])).await;
    let ask = async |token: &str| {
        let url = format!("{}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}", hook.url);
        let response = world.client().get(url).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), kind, response.text().await.unwrap())
    };
    assert_eq!(ask(&hook.token).await, (200, "text/plain".into(), "1158201444".into()));
    assert_eq!(ask("other").await.0, 403);
    let event = |id: &str, filled: bool| {
        let data = json!([{ "name": "full_name", "values": ["Dana Reyes"] }, { "name": "email", "values": ["dana@example.com"] },
            { "name": "phone_number", "values": ["+13135550142"] }, { "name": "post_code", "values": ["48226"] },
            { "name": "zip_code", "values": ["48226"] }, { "name": "state", "values": ["MI"] }, { "name": "age", "values": ["41"] },
            { "name": "currently_insured", "values": ["yes"] }, { "name": "vehicle_count", "values": ["2"] }]);
        let mut value = json!({ "leadgen_id": id, "form_id": "123", "created_time": 1_440_120_384 });
        if filled {
            value["field_data"] = data;
        }
        json!({ "object": "page", "entry": [{ "id": "1", "time": 1, "changes": [{ "field": "leadgen", "value": value }] }] }).to_string()
    };
    let body = event("444444444444444", true);
    let signed = signature(secret.as_bytes(), body.as_bytes());
    let header = [("x-hub-signature-256", signed.as_str())];
    let (status, first) = world.send_to(&hook, JSON, &header, &body).await;
    assert_eq!(status, 200, "{first}");
    assert_eq!(world.lead_of(&first).await.external_id.as_deref(), Some("444444444444444"));
    assert_eq!(world.send_to(&hook, JSON, &header, &body).await, (200, first));
    assert_eq!(world.send_to(&hook, JSON, &[], &body).await.0, 401, "nobody signed");
    let other = body.replace("Dana", "Evil");
    assert_eq!(world.send_to(&hook, JSON, &header, &other).await.0, 401, "somebody else's words");
    let ids = event("5", false);
    let signed = signature(secret.as_bytes(), ids.as_bytes());
    let (status, told) = world.send_to(&hook, JSON, &[("x-hub-signature-256", &signed)], &ids).await;
    assert!(status == 422 && told.contains("no_field_data") && told.contains("Graph API"), "{told}");
    assert_eq!(world.leads().await, 1);
    let operator = of_the_demo(&world, Role::Admin).await;
    let unsigned = operator.post("keys", &json!({ "source": "own-form", "name": "m", "hook": "meta" })).await;
    unsigned.problem(422, "invalid_configuration");
    assert_eq!(unsigned.fields(), ["secret"]);
    operator.delete(&format!("keys/{}", hook.id)).await.made();
    assert_eq!(world.send_to(&hook, JSON, &header, &body).await.0, 404, "revoked");
    world.stop().await;
}

#[tokio::test]
async fn google_has_a_key_and_its_tests_are_never_sold() {
    let world = World::start().await;
    let hook = world.hook("google", Some("g00gle-key"), json!([])).await;
    let lead = |id: &str, key: &str, test: bool| {
        json!({ "lead_id": id, "api_version": "1.0", "form_id": 40_000_000_000_u64, "gcl_id": "g-1", "google_key": key, "is_test": test,
            "user_column_data": [{ "column_name": "Full Name", "column_id": "FULL_NAME", "string_value": "Jane Doe" },
                { "column_id": "EMAIL", "string_value": "jane@example.com" }, { "column_id": "PHONE_NUMBER", "string_value": "+13135550142" },
                { "column_id": "POSTAL_CODE", "string_value": "48226" }, { "column_id": "REGION", "string_value": "MI" },
                { "column_id": "age", "string_value": "41" }, { "column_id": "currently_insured", "string_value": "yes" },
                { "column_id": "vehicle_count", "string_value": "2" }] }).to_string()
    };
    let mut events = world.pipeline.events();
    assert_eq!(world.send_to(&hook, JSON, &[], &lead("T1", "g00gle-key", false)).await, (200, "{}".into()));
    while events.recv().await.expect("an event").state != LeadState::Sold {}
    assert_eq!(world.send_to(&hook, JSON, &[], &lead("T1", "g00gle-key", false)).await, (200, "{}".into()));
    assert_eq!((world.sold_by_buyers().await.len(), world.leads().await), (1, 1), "redelivery never sells twice");
    let wrong = world.send_to(&hook, JSON, &[], &lead("T2", "guess", false)).await;
    assert_eq!(wrong, (403, r#"{"message":"wrong google_key"}"#.into()));
    let dummy = json!({ "lead_id": "T3", "google_key": "g00gle-key", "is_test": true,
        "user_column_data": [{ "column_id": "EMAIL", "string_value": "test@example.com" }] });
    assert_eq!(world.send_to(&hook, JSON, &[], &dummy.to_string()).await, (200, "{}".into()));
    let refused = json!({ "lead_id": "T4", "google_key": "g00gle-key", "user_column_data": [{ "column_id": "POSTAL_CODE", "string_value": "1" }] });
    let (status, told) = world.send_to(&hook, JSON, &[], &refused.to_string()).await;
    assert!(status == 400 && told.starts_with(r#"{"message":"invalid_lead: POSTAL_CODE, "#), "{told}");
    world.stop().await;
}

#[tokio::test]
async fn anything_in_json_may_nest_and_may_be_signed() {
    let world = World::start().await;
    let hook = world
        .hook("json", Some("a-shared-secret"), json!([{ "theirs": "quiz.q1", "ours": "currently_insured" }]))
        .await;
    let body = json!({ "event_id": "e-1", "contact": { "first_name": "Dana", "last_name": "Reyes", "email": "dana@example.com", "phone": "3135550142" },
        "location": { "zip": 48226, "state": "MI" }, "quiz": { "q1": "yes" }, "answers": [{ "name": "age", "value": "41" }, { "key": "vehicle_count", "value": 2 }],
        "price": "999", "source_id": "src_x" }).to_string();
    assert_eq!(world.send_to(&hook, JSON, &[], &body).await.0, 401);
    let signed = signature(b"a-shared-secret", body.as_bytes());
    let (status, answer) = world.send_to(&hook, "text/plain", &[("x-signature", &signed)], &body).await;
    assert_eq!(status, 200, "{answer}");
    let lead = world.lead_of(&answer).await;
    assert_eq!((lead.external_id.as_deref(), lead.fields.len()), (Some("e-1"), 5), "{:?}", lead.fields);
    world.stop().await;
}

//! The contract of the public API, errors first.

use crate::harness::{World, example};
use serde_json::{Value, json};

#[tokio::test]
async fn a_lead_is_sold_and_its_source_can_ask_for_it() {
    let world = World::start().await;
    let sold = world.submit(&example("one")).await;
    assert_eq!(sold.status, 200, "{}", sold.body);
    assert_eq!(sold.body["status"], "sold", "{}", sold.body);
    assert!(sold.body["redirect_url"].as_str().is_some_and(|url| url.starts_with("http")));
    assert_eq!(sold.body["payout"]["currency"], "USD");
    assert_eq!(sold.body["test"], false);
    for secret in ["buyer", "bid", "price", "contract"] {
        assert!(sold.body.get(secret).is_none(), "a source never sees the {secret}");
    }
    let id = sold.body["lead_id"].as_str().unwrap();
    for path in [format!("/api/v1/leads/{id}"), "/api/v1/leads?external_id=one".to_owned()] {
        let shown = world.get(&path).await;
        assert_eq!((shown.status, &shown.body["status"]), (200, &json!("sold")), "{path}");
        assert_eq!(shown.body["lead_id"], sold.body["lead_id"]);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_form_is_taken_like_json() {
    let world = World::start().await;
    let form = "campaign=auto-insurance&external_id=form-1&source.sub1=a&fields[zip]=48226&fields[state]=MI\
                &fields[age]=41&fields[currently_insured]=yes&fields[vehicle_count]=2&fields[home_owner]=1\
                &fields[first_name]=Dana&fields[last_name]=Reyes&fields[email]=dana%40example.com\
                &fields[phone]=%28313%29+555-0142&fields[address]=1+Main+St";
    let answer = world.send("application/x-www-form-urlencoded", form.to_owned()).await;
    assert_eq!((answer.status, &answer.body["status"]), (200, &json!("sold")), "{}", answer.body);
    world.stop().await;
}

#[tokio::test]
async fn six_bad_fields_are_one_answer_that_names_six() {
    let world = World::start().await;
    let mut lead = example("six");
    for (field, value) in [
        ("zip", json!("4822")),
        ("state", json!("Narnia")),
        ("age", json!("forty-one")),
        ("vehicle_count", json!(-3)),
        ("email", json!("dana at example")),
        ("phone", json!("12")),
    ] {
        lead["fields"][field] = value;
    }
    let answer = world.submit(&lead).await;
    let problem = answer.problem(422, "invalid_lead");
    let named: Vec<_> = problem["fields"].as_array().unwrap().iter().map(|fault| fault["field"].clone()).collect();
    for field in ["zip", "state", "age", "vehicle_count", "email", "phone"] {
        let is_it = |name: &Value| name.as_str().is_some_and(|name| name.trim_start_matches("fields.") == field);
        assert!(named.iter().any(is_it), "{field} is missing in {named:?}");
    }
    assert_eq!(named.len(), 6, "{named:?}");
    for secret in ["dana at example", "forty-one"] {
        assert!(!answer.body.to_string().contains(secret), "an error repeats no value");
    }
    assert_eq!(world.get("/api/v1/leads?external_id=six").await.status, 404, "nothing was stored");
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_own_status() {
    let world = World::start().await;
    let json = "application/json";
    world.send(json, "{\"campaign\":".into()).await.problem(400, "malformed");
    world.send(json, "[1,2]".into()).await.problem(400, "malformed");
    world.send(json, "null".into()).await.problem(400, "malformed");
    world.send("text/xml", "<lead/>".into()).await.problem(415, "unsupported_media_type");
    world.send(json, format!("{{\"x\":\"{}\"}}", "a".repeat(1 << 20))).await.problem(413, "too_large");
    world.send_streamed(json, 1 << 20).await.problem(413, "too_large");
    let mut lead = example("nowhere");
    lead["campaign"] = json!("no-such-campaign");
    world.submit(&lead).await.problem(404, "not_found");
    let keyed = world.client().post(world.url("/api/v1/leads")).header("idempotency-key", "k".repeat(300));
    world.answer(keyed.bearer_auth(&world.api_key).json(&example("long"))).await.problem(400, "malformed");
    assert_eq!(world.get("/api/v1/leads?external_id=nowhere").await.status, 404);
    world.stop().await;
}

#[tokio::test]
async fn only_a_valid_key_opens_the_door() {
    let world = World::start().await;
    let lead = example("keys");
    let ask = |key: Option<String>| {
        let request = world.client().post(world.url("/api/v1/leads")).json(&lead);
        world.answer(match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        })
    };
    ask(None).await.problem(401, "unauthorized");
    ask(Some("nonsense".into())).await.problem(401, "unauthorized");
    let other = gavel::security::keys::new_key(model::tenant::Mode::Live).shown;
    ask(Some(other)).await.problem(401, "unauthorized");
    assert_eq!(ask(Some(world.api_key.clone())).await.status, 200);
    world.revoke(&world.api_key).await;
    ask(Some(world.api_key.clone())).await.problem(401, "unauthorized");
    world.stop().await;
}

#[tokio::test]
async fn a_repeated_request_is_the_same_lead_and_another_body_a_conflict() {
    let world = World::start().await;
    let first = world.submit(&example("twice")).await;
    let again = world.submit(&example("twice")).await;
    assert_eq!(first.body, again.body);
    let mut other = example("twice");
    other["fields"]["age"] = json!(42);
    world.submit(&other).await.problem(409, "idempotency_conflict");
    assert_eq!(world.sold_by_buyers().await.len(), 1, "one auction, one sale");
    let by_header = |body: Value| {
        let request = world.client().post(world.url("/api/v1/leads")).header("idempotency-key", "key-1");
        world.answer(request.bearer_auth(&world.api_key).json(&body))
    };
    let mut lead = example("x");
    lead.as_object_mut().unwrap().remove("external_id");
    lead["fields"]["phone"] = json!("(313) 555-0199");
    lead["fields"]["email"] = json!("other@example.com");
    let (one, two) = tokio::join!(by_header(lead.clone()), by_header(lead.clone()));
    assert_eq!((one.status, &one.body), (200, &two.body), "the second waits for the first");
    lead["fields"]["age"] = json!(43);
    by_header(lead).await.problem(409, "idempotency_conflict");
    world.stop().await;
}

#[tokio::test]
async fn a_test_key_sells_to_sandbox_buyers_and_says_so() {
    let world = World::start().await;
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.test_api_key);
    let answer = world.answer(request.json(&example("test"))).await;
    assert_eq!((answer.status, &answer.body["test"]), (200, &json!(true)), "{}", answer.body);
    // Each key's source sees its own leads; the same source's test lead is its own too.
    let id = answer.body["lead_id"].as_str().unwrap();
    assert_eq!(world.get(&format!("/api/v1/leads/{id}")).await.status, 200);
    let foreign = world.client().get(world.url(&format!("/api/v1/leads/{id}"))).bearer_auth(&world.affiliate_key);
    world.answer(foreign).await.problem(404, "not_found");
    world.stop().await;
}

#[tokio::test]
async fn the_spec_tells_a_source_what_to_send() {
    let world = World::start().await;
    let spec = world.get("/api/v1/campaigns/auto-insurance/spec").await;
    assert_eq!(spec.status, 200);
    let names: Vec<_> = spec.body["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    assert!(names.contains(&json!("zip")) && names.contains(&json!("phone")), "{names:?}");
    let mut example = spec.body["example"].clone();
    example["external_id"] = json!("from-spec");
    let answer = world.submit(&example).await;
    assert_eq!(answer.status, 200, "the example is a lead that is taken: {}", answer.body);
    let page = world.client().get(world.url("/api/v1/campaigns/auto-insurance/spec")).bearer_auth(&world.api_key);
    let page = page.header("accept", "text/html,*/*").send().await.unwrap();
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let html = page.text().await.unwrap();
    assert!(html.contains("vehicle_count") && !html.contains("style="), "{html}");
    world.get("/api/v1/campaigns/other/spec").await.problem(404, "not_found");
    world.stop().await;
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_headers() {
    let world = World::start().await;
    for path in ["/healthz", "/readyz", "/api/openapi.json", "/api/v1/nothing", "/sign-in", "/favicon.svg", "/nowhere"]
    {
        let answer = world.client().get(world.url(path)).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        assert!(header("x-request-id").starts_with("req_"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert!(!header("referrer-policy").is_empty() && !header("permissions-policy").is_empty(), "{path}");
    }
    world.get("/api/v1/nothing").await.problem(404, "not_found");
    let wrong = world.client().delete(world.url("/api/v1/leads")).bearer_auth(&world.api_key);
    world.answer(wrong).await.problem(405, "method_not_allowed");
    world.stop().await;
}

#[tokio::test]
async fn a_key_that_comes_too_often_has_to_wait() {
    let world = World::with(|settings| (settings.key_rate, settings.key_burst) = (1, 3)).await;
    let mut waits = 0;
    for _ in 0..6 {
        let answer = world.get("/api/v1/leads/led_unknown").await;
        if answer.status == 429 {
            waits += 1;
            assert_eq!(answer.retry_after.as_deref(), Some("1"));
        }
    }
    assert_eq!(waits, 3);
    world.stop().await;
}

#[tokio::test]
async fn two_servers_on_one_postgresql_are_one_exchange() {
    let world = World::on_postgres().await;
    let other = world.beside().await;
    let here = world.submit(&example("shared")).await;
    assert_eq!((here.status, &here.body["status"]), (200, &json!("sold")), "{}", here.body);
    let there = world.client().post(format!("{}/api/v1/leads", other.base)).bearer_auth(&world.api_key);
    let there = world.answer(there.json(&example("shared"))).await;
    assert_eq!(there.body, here.body, "the other server repeats the answer");
    assert_eq!(world.sold_by_buyers().await.len(), 1, "one auction, one sale");
    world.revoke(&world.api_key).await;
    other.pipeline.refresh().await.expect("the configuration is read again");
    let refused = world.client().post(format!("{}/api/v1/leads", other.base)).bearer_auth(&world.api_key);
    world.answer(refused.json(&example("late"))).await.problem(401, "unauthorized");
    other.stop().await;
    world.stop().await;
}

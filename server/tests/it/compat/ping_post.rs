//! Phonexa and Lead Prosper.

use super::{encoded, plain, route};
use crate::harness::{NOON, World};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn phonexa() {
    let world = World::start().await;
    let seller = world.seller("phonexa", route("275"), json!([])).await;
    let key = world.affiliate_key.clone();
    let head = json!({ "apiId": "0123456789ABCDEF0123456789ABCDEF", "apiPassword": key, "productId": 275 });
    let open = json!({ "zip": "48226", "state": "MI", "age": 41, "currentlyInsured": "YES", "vehicleCount": 2,
        "userIp": "203.0.113.9", "userAgent": "Mozilla/5.0", "webSiteUrl": "https://quotes.example" });
    let person = json!({ "firstName": "Dana", "lastName": "Reyes", "email": "dana@example.com",
        "phoneNumber": "3135550142", "tcpa": "YES", "tcpaLanguage": "By clicking" });
    let with = |parts: &[&Value]| {
        let members = parts.iter().filter_map(|part| part.as_object()).flatten();
        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let json = "application/json";
    let seconds = NOON.0 / 1_000_000;
    let timed = format!(r#""timestamp":{seconds}.0000,"processing_time":0.000}}"#);
    let pinged = seller.json("ping/", &with(&[&head, &open])).await;
    let id = pinged.is(200, json, r#"{"status":"continue","price":30,"promise":"*"}"#).remove(0);
    let post = with(&[&head, &open, &person, &json!({ "promise": id })]);
    let sold = seller.json("post/", &post).await;
    let yes = format!(
        r#"{{"lead_id":"*","status":1,"status_text":"sold","redirect_url":"https://northwind.example/thanks/*","price":"30.0000",{timed}"#
    );
    let lead = sold.is(200, json, &yes).remove(0);
    let again = seller.json("post/", &post).await;
    assert_eq!((again.body, world.sales().await), (sold.body, 1));
    let asked = |key: &str, lead: &str| format!("lead/check-lead-status?apiId=x&apiPassword={key}&checkKey={lead}");
    let state = seller.ask(Method::GET, &asked(&key, &lead), &[], String::new()).await;
    state.is(200, json, &yes);
    let nobody = seller.ask(Method::GET, &asked(&key, "W_0000"), &[], String::new()).await;
    nobody.is(200, json, r#"{"status":5,"status_text":"not found"}"#);
    let no = format!(r#"{{"lead_id":"*","status":2,"status_text":"reject",{timed}"#);
    seller.json("fullpost", &with(&[&head, &open, &person])).await.is(200, json, &no);
    let eve = json!({ "email": "eve@example.com", "phoneNumber": "3135550177" });
    let dear = seller.json("fullpost/", &with(&[&head, &open, &person, &eve, &json!({ "price": "45.5" })])).await;
    dear.is(200, json, &format!(r#"{{"status":2,"status_text":"reject","price_reject":30,{timed}"#));
    let fair = seller.json("fullpost/", &with(&[&head, &open, &person, &eve, &json!({ "price": 30 })])).await;
    fair.is(200, json, &yes);
    let form = encoded(&[&[
        ("apiId", "x"),
        ("apiPassword", key.as_str()),
        ("productId", "275"),
        ("zip", "4"),
        ("state", "MI"),
    ]]);
    let wrong = seller.ask(Method::POST, "lead/", &[("content-type", "application/x-www-form-urlencoded")], form).await;
    wrong.is(200, json, r#"{"status":4,"errors":[{"zip":"invalid","age":"required","currentlyInsured":"required","vehicleCount":"required","firstName":"required","lastName":"required","email":"required","phoneNumber":"required"}]}"#);
    let stranger = seller.json("ping", &with(&[&head, &open, &json!({ "apiPassword": "nobody" })])).await;
    stranger.is(200, json, r#"{"status":4,"errors":[{"Authorization Failed":""}]}"#);
    let none = seller.json("post", &with(&[&head, &open, &person])).await;
    none.is(200, json, r#"{"status":4,"errors":[{"promise":"required"}]}"#);
    let later = json!({ "closeConnection": 1, "email": "z@example.com", "phoneNumber": "3135550166" });
    let later = seller.json("lead/", &with(&[&head, &open, &person, &later])).await;
    later.is(200, json, &format!(r#"{{"lead_id":"*","status":3,"status_text":"in progress",{timed}"#));
    let test = json!({ "testMode": 1, "testSold": 1, "email": "t@example.com", "phoneNumber": "3135550155" });
    let test = seller.json("fullpost/", &with(&[&head, &open, &person, &test])).await;
    assert!(test.body.contains(r#""status":1,"status_text":"sold""#), "{}", test.body);
    world.nobody_buys().await;
    let pinged = seller.json("ping/", &with(&[&head, &open, &json!({ "age": 44 })])).await;
    pinged.is(200, json, r#"{"status":"reject","reason":"No buyer found."}"#);
    let other = json!({ "email": "x@example.com", "phoneNumber": "3135550188" });
    seller.json("fullpost/", &with(&[&head, &open, &person, &other])).await.is(200, json, &no);
    world.stop().await;
}

#[tokio::test]
async fn leadprosper() {
    let world = World::start().await;
    let seller = world.seller("leadprosper", route("12345"), json!([])).await;
    let key = world.affiliate_key.clone();
    let head = [("lp_campaign_id", "12345"), ("lp_supplier_id", "77"), ("lp_key", key.as_str()), ("lp_subid1", "a")];
    let (open, person) = plain();
    let json = "application/json";
    let pinged = seller.form("ping", &[&head, &open]).await;
    let id = pinged.is(200, json, r#"{"status":"ACCEPTED","ping_id":"*","payout":30,"message":""}"#).remove(0);
    let post = [("lp_ping_id", id.as_str())];
    let sold = seller.form("post", &[&head, &post, &open, &person]).await;
    let yes = r#"{"id":"*","lead_id":"*","status":"ACCEPTED","code":0,"message":"","payout":30}"#;
    sold.is(200, json, yes);
    let again = seller.form("post", &[&head, &post, &open, &person]).await;
    assert_eq!((again.body, world.sales().await), (sold.body, 1));
    let duplicate = r#"{"id":"*","lead_id":"*","status":"DUPLICATED","code":1,"message":"Duplicate lead","payout":0}"#;
    seller.query("direct_post", &[&head, &open, &person]).await.is(200, json, duplicate);
    let error = |message: &str| {
        format!(r#"{{"id":"","lead_id":"","status":"ERROR","code":1,"message":"{message}","payout":0}}"#)
    };
    let wrong = seller.form("direct_post", &[&head, &open, &person, &[("state", "Calif"), ("last_name", "")]]).await;
    wrong.is(200, json, &error("field `state` is invalid, field `last_name` is required"));
    let stranger = seller.form("direct_post", &[&head, &open, &person, &[("lp_key", "nobody")]]).await;
    stranger.is(200, json, &error("invalid lp_key or lp_supplier_id"));
    let none = seller.form("post", &[&head, &open, &person]).await;
    none.is(200, json, &error("field `lp_ping_id` is required"));
    let number = json!({ "lp_campaign_id": 12345, "lp_supplier_id": 77, "lp_key": key, "zip_code": 2134, "state": "MA", "age": 41, "currently_insured": true, "vehicle_count": 2 });
    seller.json("ping", &number).await.is(200, json, r#"{"status":"ACCEPTED","ping_id":"*","payout":30,"message":""}"#);
    world.nobody_buys().await;
    let none = seller.form("ping", &[&head, &open, &[("age", "44")]]).await;
    none.is(200, json, r#"{"status":"REJECTED","payout":0,"message":"No buyer found"}"#);
    let other = [("email_address", "x@example.com"), ("phone_home", "3135550188")];
    let unsold = seller.form("direct_post", &[&head, &open, &person, &other]).await;
    unsold.is(
        200,
        json,
        r#"{"id":"*","lead_id":"*","status":"REJECTED","code":1,"message":"No buyer found","payout":0}"#,
    );
    world.stop().await;
}

//! LeadConduit, LeadByte and LeadExec.

use super::{encoded, route, wild};
use crate::harness::World;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn leadconduit() {
    let world = World::start().await;
    let flow = "52e038e1c9c2a2a7b4c9c0a1";
    let seller = world.seller("leadconduit", route(flow), json!([])).await;
    let address = |step: &str| format!("flows/{flow}/sources/{}/{step}", world.affiliate_key);
    let (submit, ping) = (address("submit"), address("ping"));
    let open = [
        ("postal_code", "48226"),
        ("state", "MI"),
        ("age", "41"),
        ("currently_insured", "yes"),
        ("vehicle_count", "2"),
    ];
    let person =
        [("first_name", "Dana"), ("last_name", "Reyes"), ("email", "dana@example.com"), ("phone_1", "3135550142")];
    let json = "application/json";
    let pinged = seller.form(&ping, &[&open, &[("xxTrustedFormPingUrl", "https://ping.trustedform.com/x")]]).await;
    pinged.is(200, json, r#"{"outcome":"success","price":30}"#);
    let sold = seller.form(&submit, &[&open, &person, &[("reference", "r-1")]]).await;
    let id = sold.is(201, json, r#"{"outcome":"success","lead":{"id":"*"},"price":30}"#).remove(0);
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let again = seller.form(&submit, &[&open, &person, &[("reference", "r-1")]]).await;
    assert_eq!((again.body, world.sales().await), (sold.body, 1));
    let duplicate = seller.form(&submit, &[&open, &person]).await;
    duplicate.is(201, json, r#"{"outcome":"failure","reason":"duplicate","lead":{"id":"*"},"price":0}"#);
    let xml = [("accept", "application/xml"), ("content-type", "application/x-www-form-urlencoded")];
    let duplicate = seller.ask(Method::POST, &submit, &xml, encoded(&[&open, &person])).await;
    duplicate.is(
        201,
        "application/xml",
        "<result><outcome>failure</outcome><reason>duplicate</reason><lead><id>*</id></lead><price>0</price></result>",
    );
    let body = "<lead><postal_code>48226</postal_code><state>MI</state><age>41</age><currently_insured>1</currently_insured><vehicle_count>2</vehicle_count><first_name>Eve</first_name><last_name>Doe</last_name><email>eve@example.com</email><phone_1>3135550177</phone_1></lead>";
    let sent = [("accept", "text/xml"), ("content-type", "text/xml")];
    let sold = seller.ask(Method::POST, &submit, &sent, body.to_owned()).await;
    sold.is(
        201,
        "text/xml",
        "<result><outcome>success</outcome><reason/><lead><id>*</id></lead><price>30</price></result>",
    );
    let text = [("accept", "text/plain"), ("content-type", "application/json")];
    let wrong = seller.ask(Method::POST, &submit, &text, json!({ "postal_code": "x", "state": "MI", "age": 41, "currently_insured": true, "vehicle_count": 1, "first_name": "A", "last_name": "B", "phone_1": "3135550111" }).to_string()).await;
    wrong.is(201, "text/plain", "lead_id:*\noutcome:failure\nreason:invalid postal_code, missing email\nprice:0");
    let sent_on =
        seller.form(&format!("{submit}?redir_url=https%3A%2F%2Fsite.example%2Fthanks"), &[&open, &person]).await;
    sent_on.is(303, json, r#"{"outcome":"failure","reason":"duplicate","lead":{"id":"*"},"price":0}"#);
    assert_eq!(sent_on.location, "https://site.example/thanks");
    let bad = seller.form(&format!("{submit}?redir_url=javascript%3Aalert(1)"), &[&open, &person]).await;
    bad.is(400, "text/plain", "Invalid redir_url");
    let broken = seller.ask(Method::POST, &submit, &[("content-type", json)], "{\"a\":".to_owned()).await;
    broken.is(400, "text/plain", "Unable to parse JSON -- line 1, column 5");
    let kind = seller.ask(Method::POST, &submit, &[("content-type", "text/csv")], "a".to_owned()).await;
    kind.is(415, "text/plain", "MIME type in Content-Type header is not supported. Use only application/x-www-form-urlencoded, application/json, application/xml, text/xml.");
    let kind = seller.ask(Method::POST, &submit, &[("accept", "image/png")], String::new()).await;
    kind.is(406, "text/plain", "Not capable of generating content according to the Accept header");
    let method = seller.ask(Method::PUT, &submit, &[], String::new()).await;
    method.is(405, "text/plain", "The HTTP method is not allowed");
    assert_eq!(method.allow, "GET, POST");
    let stranger =
        seller.form(&format!("flows/{flow}/sources/52e038e1c9c2a2a7b4c9c0a2/submit"), &[&open, &person]).await;
    stranger.is(404, "text/plain", "Not Found");
    world.nobody_buys().await;
    let none = seller.form(&ping, &[&open, &[("age", "44")]]).await;
    none.is(200, json, r#"{"outcome":"failure","reason":"no bid","price":0}"#);
    let unsold =
        seller.form(&submit, &[&open, &person, &[("email", "x@example.com"), ("phone_1", "3135550188")]]).await;
    unsold.is(201, json, r#"{"outcome":"failure","reason":"no buyer found","lead":{"id":"*"},"price":0}"#);
    world.stop().await;
}

#[tokio::test]
async fn leadbyte() {
    let world = World::start().await;
    let seller = world.seller("leadbyte", route("CARS"), json!([])).await;
    let key = world.affiliate_key.clone();
    let head = [("campid", "CARS"), ("sid", key.as_str()), ("returnjson", "yes")];
    let lead = [
        ("postcode", "48226"),
        ("state", "MI"),
        ("age", "41"),
        ("currentlyinsured", "Yes"),
        ("vehiclecount", "2"),
        ("firstname", "Dana"),
        ("lastname", "Reyes"),
        ("email", "dana@example.com"),
        ("phone1", "3135550142"),
    ];
    let json = "application/json";
    let path = "api/submit.php";
    let timed = r#""processTime":0.00,"timestamp":"2026-05-07T16:00:00Z"}"#;
    let sold = seller.query(path, &[&head, &lead]).await;
    sold.is(200, json, &format!(r#"{{"code":1,"response":"OK","info":[],"leadId":*,{timed}"#));
    let no = |code: i32, response: &str, info: &str| {
        format!(r#"{{"code":{code},"response":"{response}","info":{info},"leadId":null,{timed}"#)
    };
    seller.form(path, &[&head, &lead]).await.is(200, json, &no(-2, "Duplicate", "[]"));
    seller.form(path, &[&head, &lead, &[("returnjson", "")]]).await.is(200, "text/plain", "-2 Duplicate");
    let wrong = seller.form(path, &[&head, &lead, &[("postcode", "1"), ("lastname", "")]]).await;
    wrong.is(200, json, &no(-5, "Validation failed", r#"{"postcode":"invalid","lastname":"missing"}"#));
    let stranger = seller.form(path, &[&head, &lead, &[("sid", "12")]]).await;
    stranger.is(200, json, &no(-7, "Supplier not authorised", "[]"));
    seller.form(path, &[&head, &lead, &[("campid", "X")]]).await.is(200, json, &no(-9, "Campaign not active", "[]"));
    let rest = json!({ "campid": "CARS", "sid": "12", "postcode": "48226", "state": "MI", "age": 41, "currentlyinsured": "Yes",
        "vehiclecount": 2, "firstname": "Eve", "lastname": "Doe", "email": "eve@example.com", "phone1": "3135550177" });
    let mut events = world.pipeline.events();
    let headers = [("x_key", key.as_str()), ("content-type", json)];
    let queued = seller.ask(Method::POST, "restapi/v1.3/leads", &headers, rest.to_string()).await;
    let queue = queued
        .is(
            200,
            json,
            r#"{"status":"Success","code":1,"message":"","results":[{"queueId":"*","status":"Queued","code":1}]}"#,
        )
        .remove(0);
    while events.recv().await.expect("an event").state != model::lead::LeadState::Sold {}
    let done = seller.ask(Method::GET, &format!("restapi/v1.3/apiqueue/{queue}?key={key}"), &[], String::new()).await;
    done.is(200, json, r#"{"status":"Success","code":1,"message":"","results":[{"queueId":"*","status":"Accepted","code":1,"leadId":*}]}"#);
    world.nobody_buys().await;
    let other = [("email", "x@example.com"), ("phone1", "3135550188")];
    seller.form(path, &[&head, &lead, &other]).await.is(200, json, &no(-3, "No buyer found", "[]"));
    world.stop().await;
}

#[tokio::test]
async fn leadexec() {
    let world = World::start().await;
    let seller = world.seller("leadexec", route("6001"), json!([])).await;
    let key = world.affiliate_key.clone();
    let head = [("VID", "70001"), ("LID", "6001"), ("AID", "30001"), ("Password", key.as_str())];
    let lead = [
        ("Zip", "48226"),
        ("State", "MI"),
        ("Age", "41"),
        ("CurrentlyInsured", "Yes"),
        ("VehicleCount", "2"),
        ("FirstName", "Dana"),
        ("LastName", "Reyes"),
        ("Email", "dana@example.com"),
        ("Phone", "3135550142"),
    ];
    let path = "processor/insert/general";
    let (json, xml) = ("application/json", "text/xml");
    let url = "https://northwind.example/thanks/*";
    let sold = seller.form(path, &[&head, &lead]).await;
    let yes = format!(
        "<PostResponse><PostID>*</PostID><isValidPost>true</isValidPost><ResponseType>No_Error</ResponseType><ResponseDetails>Lead was accepted</ResponseDetails><LeadIdentifier>*</LeadIdentifier><VendorAccountAssigned>1</VendorAccountAssigned><PendingQCReview>false</PendingQCReview><Price>30</Price><RedirectURL>{url}</RedirectURL></PostResponse>"
    );
    assert_eq!(sold.is(200, xml, &yes)[0].len(), 36);
    let no = |kind: &str, details: &str| {
        format!(
            "<PostResponse><PostID>*</PostID><isValidPost>false</isValidPost><ResponseType>{kind}</ResponseType><ResponseDetails>{details}</ResponseDetails><LeadIdentifier>0</LeadIdentifier><PendingQCReview>false</PendingQCReview><Price>0</Price></PostResponse>"
        )
    };
    seller.query(path, &[&head, &lead]).await.is(200, xml, &no("Duplicate_Lead", "Duplicate"));
    let number = |kind: u8, details: &str| {
        format!(
            r#"{{"PostID":"*","isValidPost":false,"ResponseType":{kind},"ResponseDetails":"{details}","LeadIdentifier":0,"PendingQCReview":false,"Price":0}}"#
        )
    };
    let duplicate = seller.form(&format!("{path}/json"), &[&head, &lead]).await;
    duplicate.is(200, json, &number(6, "Duplicate"));
    let wrong = seller.form(path, &[&head, &lead, &[("Zip", "1"), ("LastName", "")]]).await;
    wrong.is(200, xml, &no("Data_Errors", "Zip is invalid; LastName is required"));
    let stranger = seller.form(path, &[&head, &lead, &[("Password", "nobody")]]).await;
    stranger.is(200, xml, &no("No_Account_Found", "No account found"));
    let lost = seller.form(path, &[&head, &lead, &[("LID", "1")]]).await;
    lost.is(200, xml, &no("LeadType_ID_Missing", "Lead type is missing or not known"));
    let token = json!({ "client_id": "c", "client_secret": key, "grant_type": "client_credentials" });
    let token = seller.json("v1/authorization/token", &token).await.is(200, json, r#"{"access_token":"*"}"#).remove(0);
    let refused = json!({ "client_id": "c", "client_secret": "nobody", "grant_type": "client_credentials" });
    seller.json("v1/authorization/token", &refused).await.is(401, json, r#"{"error":"invalid_client"}"#);
    let body = json!({ "source": { "vid": 70001, "aid": 30001, "lid": 6001, "sendDelay": 0, "returnUrl": "" }, "leads": [{
        "properties": { "reference": "x-1", "noSell": false },
        "fields": { "FirstName": "Eve", "LastName": "Doe", "Email": "eve@example.com", "Phone": "3135550177", "Zip": "48226",
            "State": "MI", "Age": 41, "CurrentlyInsured": "Yes", "VehicleCount": 2, "ConsentGiven": "Yes",
            "ConsentDateTime": "2026-05-07T10:00:00Z" } }] });
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", json)];
    let second = seller.ask(Method::POST, "v2/insert/general", &headers, body.to_string()).await;
    let accepted = format!(
        r#"{{"PostID":"*","isValidPost":true,"ResponseType":0,"ResponseDetails":"Lead was accepted","LeadIdentifier":*,"VendorAccountAssigned":1,"PendingQCReview":false,"Price":30,"RedirectURL":"{url}"}}"#
    );
    second.is(200, json, &accepted);
    let again = seller.ask(Method::POST, "v2/insert/general", &headers, body.to_string()).await;
    assert_eq!((again.body, world.sales().await), (second.body, 2), "the same reference is the same lead");
    let other = [("Email", "z@example.com"), ("Phone", "3135550166")];
    let later = seller.form(&format!("{path}/json/async"), &[&head, &lead, &other]).await;
    later.is(200, json, r#"{"PostID":"*","isValidPost":true,"ResponseType":0,"ResponseDetails":"Lead was queued","LeadIdentifier":*,"VendorAccountAssigned":1,"PendingQCReview":true,"Price":0,"RedirectURL":""}"#);
    let browser = [("Email", "b@example.com"), ("Phone", "3135550155")];
    let moved = seller.form("processor/insert/AutoRedirect", &[&head, &lead, &browser]).await;
    assert_eq!(moved.status, 302, "{}", moved.body);
    assert!(wild(url, &moved.location).is_some(), "{}", moved.location);
    world.nobody_buys().await;
    let nobody = [("Email", "x@example.com"), ("Phone", "3135550188")];
    let unsold = seller.form(path, &[&head, &lead, &nobody]).await;
    unsold.is(200, xml, &no("Outside_Criteria", "No buyer found"));
    world.stop().await;
}

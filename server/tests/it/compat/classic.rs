//! boberdoo and LeadsPedia: XML unless asked otherwise.

use super::{plain, route};
use crate::harness::World;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn boberdoo() {
    let world = World::start().await;
    let seller = world.seller("boberdoo", route("21"), json!([{ "theirs": "Owns_Home", "ours": "home_owner" }])).await;
    let key = world.affiliate_key.clone();
    let head = [("Key", key.as_str()), ("API_Action", "pingPostLead"), ("TYPE", "21"), ("SRC", "northbound-web")];
    let open = [
        ("Zip", "48226"),
        ("State", "MI"),
        ("Age", "41"),
        ("Currently_Insured", "Yes"),
        ("Current_Carrier", "Other"),
        ("Vehicle_Count", "2"),
        ("Owns_Home", "Yes"),
        ("IP_Address", "203.0.113.9"),
        ("Sub_ID", "fb"),
    ];
    let person = [
        ("First_Name", "Dana"),
        ("Last_Name", "Reyes"),
        ("Email", "dana@example.com"),
        ("Primary_Phone", "(313) 555-0142"),
        ("Address", "1 Main St"),
        ("Landing_Page", "https://quotes.example/"),
        ("TCPA_Consent", "Yes"),
        ("TCPA_Language", "By clicking ..."),
    ];
    let api = "new_api/api.php";
    let ping = [("Mode", "ping"), ("Return_Best_Price", "1")];
    let got = seller.form(api, &[&head, &ping, &open]).await;
    let matched = "<response><status>Matched</status><lead_id>*</lead_id><price>30.00</price></response>";
    let id = got.is(200, "text/xml", matched).remove(0);
    assert!(id.parse::<u64>().is_ok_and(|id| id < 1 << 53), "{id}");
    let cost = seller
        .form(api, &[&head, &ping, &[("Return_Best_Price", "0"), ("Return_Lead_Cost", "1"), ("Format", "JSON")], &open])
        .await;
    cost.is(200, "application/json", r#"{"response":{"status":"Matched","lead_id":"*","cost":"30.00"}}"#);
    let quiet = seller.query(api, &[&head, &[("Mode", "ping")], &open]).await;
    quiet.is(200, "text/xml", "<response><status>Matched</status><lead_id>*</lead_id></response>");
    let post = [("Mode", "post"), ("Lead_ID", id.as_str())];
    let sold = seller.form(api, &[&head, &post, &open, &person]).await;
    let redirect = "<redirect_url>https://northwind.example/thanks/*</redirect_url>";
    let expected =
        format!("<response><status>Matched</status><lead_id>{id}</lead_id><price>30.00</price>{redirect}</response>");
    sold.is(200, "text/xml", &expected);
    let again = seller.form(api, &[&head, &post, &open, &person]).await;
    assert_eq!((again.body, world.sales().await), (sold.body, 1), "the same post is the same lead");
    let other = [("First_Name", "Dan")];
    let used = seller.form(api, &[&head, &post, &open, &person, &other]).await;
    used.is(200, "text/xml", "<response><status>Error</status><error>Duplicate lead</error></response>");
    let full = [("Mode", "full"), ("Format", "JSON")];
    let duplicate = seller.form(api, &[&head, &full, &open, &person]).await;
    duplicate.is(200, "application/json", r#"{"response":{"status":"Error","error":"Duplicate lead"}}"#);
    // Errors: every one is named, in the program's own words.
    let wrong = seller.form(api, &[&head, &full, &open, &person, &[("Zip", "4822"), ("Last_Name", "")]]).await;
    wrong.is(200, "application/json", r#"{"response":{"status":"Error","error":["Invalid Zip","Missing Last_Name"]}}"#);
    let wrong = seller.form(api, &[&head, &ping, &open, &[("Zip", "4822"), ("Age", "")]]).await;
    wrong.is(
        200,
        "text/xml",
        "<response><status>Error</status><error>Invalid Zip</error><error>Missing Age</error></response>",
    );
    let error = |text: &str| format!("<response><status>Error</status><error>{text}</error></response>");
    let stranger = seller.form(api, &[&head, &ping, &open, &[("Key", "nobody")]]).await;
    stranger.is(200, "text/xml", &error("Invalid Key"));
    seller.form(api, &[&ping, &open]).await.is(200, "text/xml", &error("Invalid Key"));
    let lost = seller.form(api, &[&head, &ping, &open, &[("TYPE", "99"), ("SRC", "")]]).await;
    lost.is(200, "text/xml", &error("Invalid TYPE or SRC"));
    let none = seller.form(api, &[&head, &[("Mode", "post"), ("Lead_ID", "123")], &open, &person]).await;
    none.is(200, "text/xml", &error("Invalid Lead_ID"));
    let none = seller.form(api, &[&head, &[("Mode", "post")], &open, &person]).await;
    none.is(200, "text/xml", &error("Missing or invalid Lead_ID"));
    let none = seller.form(api, &[&head, &[("API_Action", "pingPostConsent")], &ping, &open]).await;
    none.is(200, "text/xml", &error("Missing or invalid API_Action"));
    // The gateways, the direct post, and a test.
    let json = json!({ "Request": { "Key": key, "API_Action": "pingPostLead", "Mode": "ping", "TYPE": "21", "Return_Best_Price": "1",
        "Zip": 48226, "State": "MI", "Age": 41, "Currently_Insured": "Yes", "Vehicle_Count": 3 } });
    seller.json("apiJSON.php", &json).await.is(
        200,
        "application/json",
        r#"{"response":{"status":"Matched","lead_id":"*","price":"30.00"}}"#,
    );
    let xml = format!(
        "<?xml version=\"1.0\"?><Request><Key>{key}</Key><API_Action>pingPostLead</API_Action><Mode>ping</Mode><TYPE>21</TYPE><Return_Best_Price>1</Return_Best_Price><Zip>48226</Zip><State>MI</State><Age>50</Age><Currently_Insured>Yes</Currently_Insured><Vehicle_Count>3</Vehicle_Count></Request>"
    );
    seller.ask(Method::POST, "apiXML.php", &[("content-type", "text/xml")], xml).await.is(200, "text/xml", matched);
    let someone = [("Email", "eve@example.com"), ("Primary_Phone", "3135550177"), ("First_Name", "Eve")];
    let direct = seller.form("genericPostlead.php", &[&head, &open, &person, &someone, &[("API_Action", "")]]).await;
    direct.is(
        200,
        "text/xml",
        &format!("<response><status>Matched</status><lead_id>*</lead_id><price>30.00</price>{redirect}</response>"),
    );
    let test = [("Test_Lead", "1"), ("Zip", "99999"), ("State", "AK"), ("Mode", "full")];
    let tested = seller
        .form(api, &[&head, &open, &person, &test, &[("Primary_Phone", "3135550199"), ("Email", "t@example.com")]])
        .await;
    assert!(tested.body.starts_with("<response><status>Matched</status><lead_id>"), "{}", tested.body);
    assert_eq!(world.test_leads().await, 1, "a test reaches no live buyer");
    world.nobody_buys().await;
    let unmatched = "<response><status>Unmatched</status><lead_id>*</lead_id></response>";
    seller.form(api, &[&head, &ping, &open, &[("Age", "42")]]).await.is(200, "text/xml", unmatched);
    let unsold = seller
        .form(
            api,
            &[
                &head,
                &[("Mode", "full")],
                &open,
                &person,
                &[("Primary_Phone", "3135550188"), ("Email", "x@example.com")],
            ],
        )
        .await;
    unsold.is(200, "text/xml", unmatched);
    world.stop().await;
}

#[tokio::test]
async fn leadspedia() {
    let world = World::start().await;
    let seller = world.seller("leadspedia", route("63987f88d3742"), json!([])).await;
    let key = world.affiliate_key.clone();
    let head = [("lp_campaign_id", "63987f88d3742"), ("lp_campaign_key", key.as_str()), ("lp_s1", "a")];
    let (open, person) = plain();
    let json = [("lp_response", "JSON")];
    let pinged = seller.form("ping.do", &[&head, &open]).await;
    let accepted =
        "<response><result>success</result><price>30.00</price><ping_id>*</ping_id><msg>Ping Accepted</msg></response>";
    let id = pinged.is(200, "text/xml", accepted).remove(0);
    let pinged = seller.query("ping.do", &[&head, &json, &open]).await;
    pinged.is(200, "application/json", r#"{"result":"success","price":30,"ping_id":"*","msg":"Ping Accepted"}"#);
    let post = [("lp_ping_id", id.as_str())];
    let sold = seller.form("post.do", &[&head, &post, &open, &person]).await;
    let url = "https://northwind.example/thanks/*";
    sold.is(200, "text/xml", &format!("<response><result>success</result><lead_id>*</lead_id><price>30.00</price><msg>Lead Accepted</msg><redirect_url>{url}</redirect_url></response>"));
    let again = seller.form("post.do", &[&head, &post, &open, &person]).await;
    assert_eq!((again.body, world.sales().await), (sold.body, 1));
    let failed = |msg: &str, error: &str| {
        (
            format!(
                "<response><result>failed</result><msg>{msg}</msg><errors><error>{error}</error></errors></response>"
            ),
            format!(r#"{{"result":"failed","msg":"{msg}","errors":[{{"error":"{error}"}}]}}"#),
        )
    };
    let duplicate = failed("Rejected", "Duplicate lead");
    seller.form("post.do", &[&head, &open, &person]).await.is(200, "text/xml", &duplicate.0);
    seller.form("post.do", &[&head, &json, &open, &person]).await.is(200, "application/json", &duplicate.1);
    let direct = [("email_address", "eve@example.com"), ("phone_home", "3135550177")];
    seller.form("post.do", &[&head, &json, &open, &person, &direct]).await.is(
        200,
        "application/json",
        &format!(r#"{{"result":"success","lead_id":"*","price":30,"msg":"Lead Accepted","redirect_url":"{url}"}}"#),
    );
    let wrong = seller.form("post.do", &[&head, &open, &person, &[("zip_code", "1"), ("first_name", "")]]).await;
    wrong.is(200, "text/xml", "<response><result>failed</result><msg>Error</msg><errors><error>Invalid zip_code</error><error>Missing first_name</error></errors></response>");
    let stranger = seller.form("ping.do", &[&head, &open, &[("lp_campaign_key", "nobody")]]).await;
    stranger.is(200, "text/xml", &failed("Error", "Invalid campaign key").0);
    let lost = seller.form("ping.do", &[&head, &open, &[("lp_campaign_id", "other")]]).await;
    lost.is(200, "text/xml", &failed("Error", "Invalid campaign").0);
    let changed =
        seller.form("ping.do", &[&head, &open, &[("age", "50")]]).await.is(200, "text/xml", accepted).remove(0);
    let changed = seller.form("post.do", &[&head, &[("lp_ping_id", changed.as_str())], &open, &person]).await;
    changed.is(200, "text/xml", &failed("Error", "Invalid lp_ping_id: a value differs from the ping").0);
    world.nobody_buys().await;
    let none = failed("Rejected", "No buyer found");
    seller.form("ping.do", &[&head, &open, &[("age", "43")]]).await.is(200, "text/xml", &none.0);
    let other = [("email_address", "x@example.com"), ("phone_home", "3135550188")];
    seller.form("post.do", &[&head, &open, &person, &other]).await.is(200, "text/xml", &none.0);
    world.stop().await;
}

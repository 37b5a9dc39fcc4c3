//! Forms on sources' own pages: publishable keys, validation before sending, other origins, and forms without script.

use crate::{
    admin::of_the_demo,
    harness::{World, example},
};
use exchange::consent::code as text_version;
use model::user::Role;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::{fs, io::Write, path::Path};

const PAGE: &str = "https://quotes.example";

impl World {
    /// A publishable key of the demo's own form for pages of one origin.
    pub async fn publishable(&self, mode: &str) -> String {
        let operator = of_the_demo(self, Role::Admin).await;
        let wanted = json!({ "source": "own-form", "name": "Page", "mode": mode, "campaigns": ["auto-insurance"], "origins": [PAGE] });
        let made = operator.post("keys", &wanted).await;
        assert_eq!((made.status, &made.body["used_as"]), (201, &json!("publishable")), "{}", made.body);
        assert_eq!(made.body["origins"], json!([PAGE]));
        let key = made.body["key"].as_str().expect("a key").to_owned();
        assert!(key.starts_with("gvl_pub_") && key.len() == 60, "{key}");
        assert!(!operator.get("keys").await.made().to_string().contains(&key), "shown once");
        key
    }

    fn from(&self, origin: &str, method: Method, path: &str, key: &str) -> RequestBuilder {
        self.client().request(method, self.url(path)).header("origin", origin).bearer_auth(key)
    }
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn lead() -> Value {
    let mut lead = example("none");
    lead.as_object_mut().unwrap().remove("external_id");
    lead["consent"] = json!({ "text": "I agree.", "signature": "checkbox", "ip": "198.51.100.7", "page_url": "https://quotes.example/auto" });
    lead
}

#[tokio::test]
async fn a_key_that_everybody_can_read_sends_leads_and_nothing_else() {
    let world = World::start().await;
    let key = world.publishable("live").await;
    let send = |id: &str, body: &Value| {
        world.from(PAGE, Method::POST, "/api/v1/leads", &key).header("idempotency-key", id).json(body)
    };
    let answered = send("a", &lead()).send().await.unwrap();
    assert_eq!(header(&answered, "access-control-allow-origin"), PAGE);
    assert!(header(&answered, "vary").contains("origin"));
    let sold: Value = answered.json().await.unwrap();
    assert_eq!(sold["status"], "sold", "{sold}");
    assert!(sold["redirect_url"].as_str().unwrap().starts_with("http"));
    assert_eq!((sold.get("payout"), sold.get("reason")), (None, None), "what is earned is nobody's business");
    world.clock.advance_millis(5_000);
    assert_eq!(world.answer(send("a", &lead())).await.body, sold, "a reload is the same lead");
    let mut other = lead();
    other["fields"]["age"] = json!(42);
    world.answer(send("a", &other)).await.problem(409, "idempotency_conflict");
    assert_eq!(world.sold_by_buyers().await.len(), 1);

    let shown = world.reveal(&world.signed_in("admin").await, sold["lead_id"].as_str().unwrap()).await;
    assert!(shown.contains("127.0.0.1") && !shown.contains("198.51.100.7"), "the server's own sight is in the consent");

    // The keys of the source's programs and those of its pages do not meet.
    let mut named = lead();
    named["external_id"] = json!("order-1");
    named["fields"]["phone"] = json!("(313) 234-0143");
    named["fields"]["email"] = json!("al@example.com");
    let request = world.from(PAGE, Method::POST, "/api/v1/leads", &key).json(&named);
    assert_eq!(world.answer(request).await.status, 200);
    let own = world.submit(&example("order-1")).await;
    assert_eq!((own.status, &own.body["status"]), (200, &json!("duplicate")), "{}", own.body);

    named["ping_id"] = json!("png_00000000000000000000000000");
    world.answer(send("b", &named)).await.problem(403, "forbidden");
    for (method, path) in [
        (Method::GET, format!("/api/v1/leads/{}", sold["lead_id"].as_str().unwrap())),
        (Method::GET, "/api/v1/leads?external_id=order-1".to_owned()),
        (Method::GET, "/api/v1/campaigns/auto-insurance/spec".to_owned()),
        (Method::POST, "/api/v1/pings".to_owned()),
        (Method::GET, "/api/v1/admin/keys".to_owned()),
    ] {
        let answer = world.answer(world.from(PAGE, method.clone(), &path, &key)).await;
        answer.problem(403, "forbidden");
    }
    world.stop().await;
}

#[tokio::test]
async fn only_pages_of_its_origins_may_use_a_key() {
    let world = World::start().await;
    let key = world.publishable("test").await;
    for origin in ["https://evil.example", "http://quotes.example", "https://quotes.example:8443", "null"] {
        let request = world.from(origin, Method::POST, "/api/v1/leads", &key).json(&lead());
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{origin}");
        assert_eq!(response.status(), 403, "{origin}");
    }
    let nowhere = world.client().post(world.url("/api/v1/leads")).bearer_auth(&key).json(&lead());
    world.answer(nowhere).await.problem(403, "origin_not_allowed");

    let ask = async |origin: &str, path: &str| {
        let request = world.client().request(Method::OPTIONS, world.url(path)).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,content-type").send().await.unwrap()
    };
    for path in ["/api/v1/leads", "/api/v1/validate/phone"] {
        let yes = ask(PAGE, path).await;
        assert_eq!((yes.status().as_u16(), header(&yes, "access-control-allow-origin").as_str()), (204, PAGE));
        assert_eq!(
            (header(&yes, "access-control-allow-methods").as_str(), header(&yes, "vary").as_str()),
            ("POST", "origin")
        );
        for wanted in ["authorization", "content-type", "idempotency-key"] {
            assert!(header(&yes, "access-control-allow-headers").contains(wanted));
        }
        let no = ask("https://evil.example", path).await;
        assert_eq!((no.status().as_u16(), header(&no, "access-control-allow-origin")), (403, String::new()));
    }
    let elsewhere = ask(PAGE, "/api/v1/pings").await;
    assert_eq!((elsewhere.status().as_u16(), header(&elsewhere, "access-control-allow-origin")), (405, String::new()));
    let reading = world.from(PAGE, Method::GET, "/api/v1/leads?external_id=x", &world.api_key).send().await.unwrap();
    assert_eq!(header(&reading, "access-control-allow-origin"), "", "scripts of other sites read nothing");

    world.revoke_all("Page").await;
    let request = world.from(PAGE, Method::POST, "/api/v1/leads", &key).json(&lead());
    world.answer(request).await.problem(401, "unauthorized");
    assert_eq!(ask(PAGE, "/api/v1/leads").await.status(), 403, "no key is left for this origin");

    let operator = of_the_demo(&world, Role::Admin).await;
    let wanted = json!({ "source": "own-form", "name": "p", "origins": ["https://a.example/form", "a.example", "https://b.example"] });
    let refused = operator.post("keys", &wanted).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["origins[0]", "origins[1]"]);
    let none = operator.post("keys", &json!({ "source": "own-form", "name": "p", "origins": [] })).await;
    assert_eq!(none.fields(), ["origins"]);
    world.stop().await;
}

impl World {
    async fn revoke_all(&self, name: &str) {
        let tenant = self.opened.store.tenant(self.market.tenant.id);
        for key in tenant.keys().await.expect("keys").into_iter().filter(|key| key.name == name) {
            tenant.revoke_key(key.id, model::Timestamp(1)).await.expect("revoked");
        }
        self.pipeline.refresh().await.expect("read again");
    }
}

#[tokio::test]
async fn values_are_judged_before_anything_is_sent() {
    let world = World::start().await;
    let key = world.publishable("live").await;
    let ask = async |kind: &str, body: Value| {
        world.answer(world.from(PAGE, Method::POST, &format!("/api/v1/validate/{kind}"), &key).json(&body)).await
    };
    let phone = ask("phone", json!({ "phone": "(313) 555-0142" })).await;
    assert_eq!((phone.status, &phone.body["valid"], &phone.body["phone"]), (200, &json!(true), &json!("+13135550142")));
    assert_eq!(phone.body["doubts"][0]["code"], "fictional");
    assert!(phone.body["not_checked"].as_array().unwrap().contains(&json!("in_service")), "{}", phone.body);
    let wrong = ask("phone", json!({ "phone": "12" })).await;
    assert_eq!(
        (wrong.status, &wrong.body["valid"], &wrong.body["faults"][0]["code"]),
        (200, &json!(false), &json!("not_a_phone"))
    );
    let email = ask("email", json!({ "email": "dana@gmial.com" })).await;
    assert_eq!((&email.body["valid"], &email.body["suggestion"]), (&json!(true), &json!("dana@gmail.com")));
    let address =
        ask("address", json!({ "address": "1 Main St", "city": "Detroit", "state": "OH", "zip": "48226" })).await;
    assert_eq!(address.body["doubts"][0]["code"], "zip_in_another_state", "{}", address.body);
    ask("email", json!({ "mail": "x" })).await.problem(400, "malformed");
    ask("address", json!({ "street": "x" })).await.problem(400, "malformed");
    // Programs of the source may ask as well, without a page.
    let own = world.client().post(world.url("/api/v1/validate/phone")).bearer_auth(&world.api_key);
    assert_eq!(world.answer(own.json(&json!({ "phone": "3135550142" }))).await.body["valid"], true);
    assert_eq!(world.sold_by_buyers().await.len(), 0);

    let mut last = None;
    for _ in 0..40 {
        let request = world.from(PAGE, Method::POST, "/api/v1/validate/phone", &key).json(&json!({ "phone": "1" }));
        let response = request.send().await.unwrap();
        if response.status() == 429 {
            last = Some(response);
            break;
        }
    }
    let refused = last.expect("an address has a limit");
    assert_eq!(
        (header(&refused, "retry-after").as_str(), header(&refused, "access-control-allow-origin").as_str()),
        ("2", PAGE)
    );
    world.clock.advance_millis(2_000);
    assert_eq!(ask("phone", json!({ "phone": "1" })).await.status, 200);
    world.stop().await;
}

/// A form as a browser sends it without script.
async fn plain(world: &World, key: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Response {
    let request = world.client().post(world.url(&format!("/api/v1/forms/{key}"))).form(fields);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

const FIELDS: [(&str, &str); 12] = [
    ("campaign", "auto-insurance"),
    ("zip", "48226"),
    ("state", "MI"),
    ("age", "41"),
    ("currently_insured", "yes"),
    ("vehicle_count", "2"),
    ("first_name", "Dana"),
    ("last_name", "Reyes"),
    ("email", "dana@example.com"),
    ("phone", "(313) 555-0142"),
    ("consent.text", "I agree to be called."),
    ("consent.signature", "checkbox"),
];

#[tokio::test]
async fn a_form_without_script_is_sold_once_and_leads_on() {
    let world = World::start().await;
    let key = world.publishable("live").await;
    let from = [("origin", PAGE), ("referer", "https://quotes.example/auto"), ("user-agent", "Reader/1")];
    let sold = plain(&world, &key, &from, &FIELDS).await;
    assert_eq!(sold.status(), 303);
    let on = header(&sold, "location");
    assert!(on.starts_with("http"), "{on}");
    world.clock.advance_millis(3_000);
    let again = plain(&world, &key, &from, &FIELDS).await;
    assert_eq!((again.status().as_u16(), header(&again, "location")), (303, on));
    assert_eq!(world.sold_by_buyers().await.len(), 1, "sending it again sells nothing again");
    let leads = world.get("/api/v1/leads?external_id=none").await;
    assert_eq!(leads.status, 404);

    // Browsers that hide the origin of a form still say where it was.
    let hidden = [("origin", "null"), ("referer", "https://quotes.example/auto")];
    let mut other = FIELDS;
    other[9].1 = "nonsense";
    other[7].1 = "";
    let wrong = plain(&world, &key, &hidden, &other).await;
    assert_eq!(wrong.status(), 422);
    assert!(header(&wrong, "content-security-policy").contains("default-src 'none'"));
    let text = wrong.text().await.unwrap();
    assert!(text.contains("Enter a phone number of ten digits") && text.contains("Enter last name."), "{text}");
    assert!(!text.contains("nonsense"), "{text}");

    let strange = plain(&world, &key, &[("origin", "https://evil.example")], &FIELDS).await;
    assert_eq!(strange.status(), 403);
    assert_eq!(plain(&world, "gvl_pub_x", &from, &FIELDS).await.status(), 404);
    // By script first, and then by the form itself, because the answer was lost: under one key it is one lead.
    let keyed = [&FIELDS[..], &[("idempotency_key", "k-1")]].concat();
    let first = plain(&world, &key, &from, &keyed).await.status();
    let second = plain(&world, &key, &from, &keyed).await.status();
    assert_eq!((first.as_u16(), second.as_u16()), (first.as_u16(), first.as_u16()));
    let mut changed = keyed.clone();
    changed[3].1 = "42";
    let third = plain(&world, &key, &from, &changed).await;
    assert_eq!(third.status(), 200);
    assert!(third.text().await.unwrap().contains("We have received"));
    world.stop().await;
}

#[test]
fn the_script_is_small() {
    let script = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/form.js")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&script).unwrap();
    let size = encoder.finish().unwrap().len();
    assert!((1_000..=8 * 1024).contains(&size), "{size} bytes");
    let text = String::from_utf8(script).unwrap();
    for unfriendly in ["eval(", "new Function", "innerHTML", ".style", "document.write"] {
        assert!(!text.contains(unfriendly), "{unfriendly} is refused by a strict policy");
    }
}

#[test]
fn other_words_have_another_version() {
    assert_ne!(text_version("I agree."), text_version("I agree"));
    assert_eq!(text_version("I agree.").len(), 30);
}

//! A seller's program that was written for another platform, driven against our routes for it: what it sends is untouched,
//! and every byte of the answer is what it expects, its status and content type included. Where an answer has an id or a
//! time, the expectation has a `*`.

mod classic;
mod clients;
mod credentials;
mod feedback;
mod ping_post;
mod queues;

use crate::{admin::of_the_demo, harness::World};
use axum::http::Method;
use model::{Micros, user::Role};
use serde_json::{Value, json};

/// What the program got.
#[derive(Debug)]
struct Got {
    status: u16,
    kind: String,
    body: String,
    location: String,
    allow: String,
}

impl Got {
    /// Has to be exactly this; what stood for each `*`.
    #[track_caller]
    fn is(&self, status: u16, kind: &str, body: &str) -> Vec<String> {
        assert_eq!((self.status, self.kind.as_str()), (status, kind), "{}", self.body);
        wild(body, &self.body).unwrap_or_else(|| panic!("expected {body}\n     got {}", self.body))
    }
}

/// What stands for each `*` of a pattern: letters, digits and the signs of ids and numbers.
fn wild(pattern: &str, text: &str) -> Option<Vec<String>> {
    let (mut parts, mut rest, mut found) = (pattern.split('*'), text, Vec::new());
    rest = rest.strip_prefix(parts.next()?)?;
    for part in parts {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_-.".contains(letter));
        let end = end.unwrap_or(rest.len());
        found.push(rest[..end].to_owned());
        rest = rest[end..].strip_prefix(part)?;
    }
    rest.is_empty().then_some(found)
}

/// A program with a world to send into.
struct Seller<'a> {
    world: &'a World,
    base: &'static str,
}

impl Seller<'_> {
    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Got {
        let request = self.world.client().request(method, self.world.url(&format!("/api/compat/{}/{path}", self.base)));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.body(body).send().await.expect("an answer");
        let header =
            |name: &str| response.headers().get(name).map(|v| v.to_str().expect("text").to_owned()).unwrap_or_default();
        let (kind, location, allow) = (header("content-type"), header("location"), header("allow"));
        Got { status: response.status().as_u16(), kind, location, allow, body: response.text().await.expect("a body") }
    }

    async fn form(&self, path: &str, pairs: &[&[(&str, &str)]]) -> Got {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask(Method::POST, path, &[kind], encoded(pairs)).await
    }

    async fn query(&self, path: &str, pairs: &[&[(&str, &str)]]) -> Got {
        self.ask(Method::GET, &format!("{path}?{}", encoded(pairs)), &[], String::new()).await
    }

    async fn json(&self, path: &str, body: &Value) -> Got {
        self.ask(Method::POST, path, &[("content-type", "application/json")], body.to_string()).await
    }
}

/// Later pairs stand in for earlier ones of the same name; an empty value takes one away.
fn encoded(pairs: &[&[(&str, &str)]]) -> String {
    let all: Vec<_> = pairs.iter().flat_map(|pairs| pairs.iter()).collect();
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (at, (name, value)) in all.iter().enumerate() {
        let last = !all[at + 1..].iter().any(|(other, _)| other == name);
        if last && !value.is_empty() {
            out.append_pair(name, value);
        }
    }
    out.finish()
}

impl World {
    async fn seller<'a>(&'a self, base: &'static str, campaigns: Value, names: Value) -> Seller<'a> {
        self.buyer_offers("northwind", 5000).await;
        let operator = of_the_demo(self, Role::Admin).await;
        let sources = operator.get("sources").await.made();
        let source = sources["items"].as_array().unwrap().iter().find(|source| source["slug"] == "northbound").unwrap();
        let path = format!("sources/{}", source["id"].as_str().unwrap());
        let mut document = operator.get(&path).await;
        document.body["intake"] = json!({ "campaigns": campaigns, "names": names });
        operator.put(&path, &document.etag, &document.body).await.made();
        Seller { world: self, base }
    }

    async fn buyer_offers(&self, buyer: &str, cents: u32) {
        let url = format!("{}/__control/buyers/{buyer}", self.sandbox);
        let settings = json!({ "latency_ms": [5, 5], "bid_cents": cents, "accept_percent": 100 });
        assert_eq!(self.answer(self.client().post(url).json(&settings)).await.status, 204);
    }

    /// From now on nobody pays enough.
    async fn nobody_buys(&self) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        for mut contract in rows.contracts().await.unwrap() {
            contract.price.floor = Some(Micros::units(1_000));
            rows.put_contract(&contract).await.unwrap();
        }
        self.pipeline.refresh().await.unwrap();
    }

    /// How many leads were tests.
    async fn test_leads(&self) -> usize {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let page =
            rows.leads_page(&store::LeadFilter::default(), &model::page::Cursor::Newest, 200).await.expect("leads");
        page.rows.iter().filter(|row| row.mode == model::tenant::Mode::Test).count()
    }

    async fn sales(&self) -> usize {
        self.sold_by_buyers().await.len()
    }
}

fn route(theirs: &str) -> Value {
    json!([{ "theirs": theirs, "campaign": "auto-insurance" }])
}

type Pairs = Vec<(&'static str, &'static str)>;

/// A lead's open values and its person, in names that need no configuration.
fn plain() -> (Pairs, Pairs) {
    let open = vec![
        ("zip_code", "48226"),
        ("state", "MI"),
        ("age", "41"),
        ("currently_insured", "Yes"),
        ("vehicle_count", "2"),
        ("ip_address", "203.0.113.9"),
    ];
    let person = vec![
        ("first_name", "Dana"),
        ("last_name", "Reyes"),
        ("email_address", "dana@example.com"),
        ("phone_home", "3135550142"),
        ("trusted_form_cert_url", "https://cert.trustedform.com/aaaa"),
    ];
    (open, person)
}

//! Every route and server function, by every kind of caller, about its own things and others': only what is meant answers.
//! What belongs to another tenant, buyer or source is not found. And in what does answer: no buyer's name and no bid for a
//! source, nothing of another buyer for a buyer, nothing of the demo for another tenant.

mod rows;

use crate::harness::{Browser, World, example};
use axum::http::Method;
use gavel::{
    clock::Clock,
    context::Actor,
    service::{
        admin::{Admin, TextWanted},
        endpoints::{self, EndpointWanted},
        people,
    },
    web::table,
};
use model::{
    endpoint::{Event, Target},
    user::Role,
};
use rows::{API, Caller, Class, FOREIGN, MACHINES, PEOPLE, Row, Sent, UI, Verdict};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes: BTreeSet<String> = table().iter().map(|door| format!("{} {}", door.method, door.path)).collect();
    let alike = |route: &&String| FOREIGN.iter().any(|start| route.split(' ').nth(1).unwrap().starts_with(start));
    let plain: BTreeSet<String> = routes.iter().filter(|route| !alike(route)).cloned().collect();
    let rows: BTreeSet<String> = API.iter().chain(UI).map(|row| row.door.to_owned()).collect();
    assert_eq!(rows.difference(&plain).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a route");
    assert_eq!(plain.difference(&rows).collect::<Vec<_>>(), Vec::<&String>::new(), "routes without a row");
    assert_eq!(API.len() + UI.len(), rows.len(), "a route has one row");
}

/// Everything that is asked about, and everybody who asks.
struct Ground {
    world: World,
    names: HashMap<&'static str, String>,
    people: HashMap<&'static str, Browser>,
    keys: HashMap<&'static str, String>,
}

/// An answer.
struct Told {
    verdict: Verdict,
    said: String,
    text: String,
}

impl Ground {
    async fn new() -> Self {
        let world = World::start().await;
        let store = &world.opened.store;
        let tenant = world.market.tenant.clone();
        let rows = store.tenant(tenant.id);
        let northwind = rows.buyer_by_slug("northwind").await.expect("a buyer").id;
        let other = rows.buyer_by_slug("bluepeak").await.expect("another").id;
        let lead = taken_by_northwind(&world).await;
        let contract = rows.contracts().await.expect("contracts").into_iter().find(|one| one.buyer_id == northwind);
        let endpoint = rows.endpoints().await.expect("endpoints").into_iter().find(|one| one.name == "Own system");
        let key = rows.keys().await.expect("keys").into_iter().find(|key| key.name == "Own form, test");
        let mut names = HashMap::from([
            ("tenant", tenant.id.to_string()),
            ("lead", lead),
            ("attempt", "att_00000000000000000000000000".to_owned()),
            ("example", "exm_00000000000000000000000000".to_owned()),
            ("buyer", northwind.to_string()),
            ("campaign", rows.campaign_by_slug("auto-insurance").await.expect("a campaign").id.to_string()),
            ("contract", contract.expect("a contract").id.to_string()),
            ("source", rows.source_by_slug("own-form").await.expect("a source").id.to_string()),
            ("endpoint", endpoint.expect("an endpoint").id.to_string()),
            ("key", key.expect("a key").id.to_string()),
        ]);
        names.insert("token", "gvl_link_0000000000000000000000000000000000000000000000000000".to_owned());

        let admin = gavel::service::Services::new(
            store.clone(),
            world.opened.vault.clone(),
            world.pipeline.clone(),
            world.opened.clock.clone(),
        )
        .admin();
        let actor = Actor::command_line(tenant);
        names.insert("text", published(&admin, &actor).await);
        let mut keys =
            HashMap::from([("SourceKey", world.api_key.clone()), ("OtherSource", world.affiliate_key.clone())]);
        for (name, role, buyer) in [
            ("BuyerToken", Role::Buyer, Some(northwind)),
            ("OtherBuyer", Role::Buyer, Some(other)),
            ("AdminToken", Role::Admin, None),
            ("OperatorToken", Role::Operator, None),
            ("ViewerToken", Role::Viewer, None),
        ] {
            keys.insert(name, admin.create_token(&actor, name, role, buyer).await.expect("a token").1);
        }
        let mut everybody = HashMap::from([("ForeignAdmin", world.foreigner().await)]);
        let elsewhere = store.tenant_by_slug("other").await.expect("the other tenant").tenant;
        let now = world.clock.now();
        let about = ("super@other.example", "Sue Super", Role::Viewer);
        people::create_user(store, now, elsewhere.id, about, "a password of the other".into()).await.expect("made");
        people::set_superadmin(store, now, about.0, true).await.expect("set");
        let foreign = Actor::command_line(elsewhere);
        keys.insert("ForeignToken", admin.create_token(&foreign, "foreign", Role::Admin, None).await.expect("made").1);
        for role in ["admin", "operator", "viewer", "buyer", "affiliate"] {
            let name = ["Admin", "Operator", "Viewer", "Buyer", "Affiliate"].into_iter();
            let name = name.into_iter().find(|name| name.eq_ignore_ascii_case(role)).expect("a name");
            everybody.insert(name, world.signed_in(role).await);
        }
        let browser = world.browser();
        browser.post("/ui/sign-in", &[("email", about.0), ("password", "a password of the other")]).await;
        everybody.insert("Superadmin", browser);
        Self { world, names, people: everybody, keys }
    }

    /// A path or an entry with the ids in it.
    fn filled(&self, text: &str, door: &str) -> String {
        let names = self.names.iter();
        let text = names.fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id));
        let text = text
            .replace("{slug}", "auto-insurance")
            .replace("{report}", "figures")
            .replace("{table}", "leads")
            .replace("{kind}", "campaigns");
        if door.contains("/alerts/") {
            // Nothing is wrong.
            return text.replace("{id}", "alt_00000000000000000000000000");
        }
        let what = [
            "/leads/",
            "/buyers/",
            "/contracts/",
            "/sources/",
            "/endpoints/",
            "/texts/",
            "/keys/",
            "/campaigns/",
            "{kind}/",
        ];
        let what = what.iter().find(|part| door.contains(**part)).map_or("", |part| part.trim_matches(['/', '{', '}']));
        let id = match what {
            "leads" => "lead",
            "buyers" => "buyer",
            "contracts" => "contract",
            "sources" => "source",
            "endpoints" => "endpoint",
            "texts" => "text",
            "keys" => "key",
            _ => "campaign",
        };
        text.replace("{id}", &self.names[id])
    }

    /// An endpoint that may be changed and deleted.
    async fn another_endpoint(&self) -> String {
        let wanted = EndpointWanted {
            name: "To be deleted".to_owned(),
            test: false,
            source_id: None,
            campaign_id: None,
            on: vec![Event::Sold],
            target: Target::Webhook { url: "https://a.example/hook".to_owned() },
        };
        let opened = &self.world.opened;
        let (with, now) = ((&opened.store, &opened.vault), self.world.clock.now());
        endpoints::create(with, now, self.world.market.tenant.id, wanted).await.expect("made").0.id.to_string()
    }

    async fn ask(&self, row: &Row, caller: Caller) -> Told {
        let (method, path) = row.door.split_once(' ').expect("method and path");
        let method: Method = method.parse().expect("a method");
        let path = match row.door {
            "PUT /api/v1/admin/endpoints/{id}" | "DELETE /api/v1/admin/endpoints/{id}" => {
                path.replace("{id}", &self.another_endpoint().await)
            }
            door => self.filled(path, door),
        };
        let mut request = self.world.client().request(method.clone(), self.world.url(&path));
        request = match row.sent {
            Sent::Nothing if method == Method::GET => request,
            Sent::Nothing => request.header("content-type", "application/x-www-form-urlencoded").body(""),
            Sent::Form(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(name, text)| (*name, self.filled(text, row.door))).collect();
                request.form(&pairs)
            }
            Sent::Json(body) => request.json(&body()),
            Sent::Csv(text) => request.header("content-type", "text/csv").body(text),
        };
        // Whatever is there may be replaced.
        request = request.header("sec-fetch-site", "same-origin").header("accept", "text/html").header("if-match", "*");
        let name = format!("{caller:?}");
        if let Some(key) = self.keys.get(name.as_str()) {
            request = request.bearer_auth(key);
        }
        if let Some(browser) = self.people.get(name.as_str()) {
            request = request.header("cookie", browser.cookie());
        }
        let answer = request.send().await.expect("an answer");
        let (status, to) = (answer.status().as_u16(), answer.headers().get("location").cloned());
        let to = to.map(|to| to.to_str().expect("text").to_owned()).unwrap_or_default();
        let stream = answer.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if stream { String::new() } else { answer.text().await.expect("a body") };
        // Where the consumer is sent is the buyer's own page, and has to be told.
        let text = text.replace("https://northwind.example/", "").replace("https://bluepeak.example/", "");
        let door = ["/sign-in?next", "/sign-in?error=signed-out"].iter().any(|door| to.contains(door));
        let verdict = match status {
            401 => Verdict::Unknown,
            403 => Verdict::Forbidden,
            404 => Verdict::NotFound,
            _ if door || to.ends_with("/sign-in") || to.contains("__err") => Verdict::Unknown,
            _ if to.contains("error=forbidden") => Verdict::Forbidden,
            _ if to.contains("error=not-found") => Verdict::NotFound,
            500.. => panic!("{} {caller:?}: {status} {text}", row.door),
            _ => Verdict::In,
        };
        Told { verdict, said: format!("{status} {to}"), text }
    }
}

/// A consent text with a version.
async fn published(admin: &Admin, actor: &Actor) -> String {
    let wanted = json!({
        "slug": "auto", "name": "Auto", "locale": "es", "wording": { "body": "Acepto.", "button": "Acepto" },
    });
    let text = admin.create_text(actor, TextWanted::read(&wanted).expect("a text")).await.expect("made");
    admin.publish_text(actor, text, 1, "").await.expect("published");
    text.to_string()
}

/// A lead that Northwind took and that the own form sent.
async fn taken_by_northwind(world: &World) -> String {
    for number in 0..40 {
        let mut lead = example(&format!("matrix-{number}"));
        lead["fields"]["phone"] = json!(format!("(313) 555-01{number:02}"));
        lead["fields"]["email"] = json!(format!("person{number}@example.com"));
        lead["fields"]["age"] = json!(18 + number * 2);
        lead["fields"]["zip"] = json!(format!("{}", 48_201 + number * 7));
        let id = world.submit(&lead).await.body["lead_id"].as_str().expect("an id").to_owned();
        let sold = world.sold_by_buyers().await;
        if sold.iter().any(|sale: &Value| sale["buyer"] == "northwind" && sale["lead_id"] == id.as_str()) {
            return id;
        }
    }
    panic!("Northwind takes none");
}

/// What must not be in an answer to somebody.
fn secrets(caller: Caller) -> &'static [&'static str] {
    const BUYERS: &[&str] = &["Northwind", "BluePeak", "bluepeak", "northwind", "Harbor", "\"bid\"", "revenue"];
    match caller {
        Caller::SourceKey | Caller::OtherSource | Caller::Affiliate => BUYERS,
        Caller::Buyer | Caller::BuyerToken => &["BluePeak", "bluepeak", "Harbor", "Own form", "Northbound", "payout"],
        Caller::OtherBuyer => &["Northwind", "northwind", "Harbor", "Own form", "Northbound", "payout"],
        Caller::ForeignAdmin | Caller::ForeignToken => &["Northwind", "BluePeak", "Own form", "Auto insurance", "dana"],
        Caller::Stranger => &["Northwind", "BluePeak", "Own form", "Auto insurance", "dana", "Demo Leads"],
        Caller::Superadmin => &["Northwind", "BluePeak", "Own form", "Auto insurance", "dana"],
        _ => &[],
    }
}

#[tokio::test]
async fn only_what_is_meant_answers() {
    let ground = Ground::new().await;
    let mut wrong = Vec::new();
    for (rows, callers) in [(API, MACHINES), (UI, PEOPLE)] {
        for row in rows {
            for caller in callers {
                // Documents and presets of the server itself name whoever they like.
                let all = ["/presets", "/templates", "/campaigns/new"].iter().any(|end| row.door.ends_with(end));
                let public = row.class == Class::Open || all;
                let (told, expected) = (ground.ask(row, *caller).await, row.expected(*caller));
                // Who may not, and has no such thing, is told either.
                let nothing = row.one && *caller == Caller::Superadmin && expected == Verdict::Forbidden;
                if told.verdict != expected && !(nothing && told.verdict == Verdict::NotFound) {
                    wrong.push(format!(
                        "{} by {caller:?}: {:?} instead of {expected:?} ({})",
                        row.door, told.verdict, told.said
                    ));
                }
                let leak = secrets(*caller).iter().find(|secret| told.text.contains(**secret));
                if let Some(leak) = leak.filter(|_| !public) {
                    wrong.push(format!("{} tells {caller:?} {leak}", row.door));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    ground.world.stop().await;
}

#[tokio::test]
async fn doors_of_other_platforms_know_nobody_here() {
    let ground = Ground::new().await;
    let doors = table().into_iter().filter(|door| FOREIGN.iter().any(|start| door.path.starts_with(start)));
    for door in doors {
        let path = door.path.replace("{format}", "json").replace("{hook_token}", &ground.names["token"]);
        let row = Row {
            door: Box::leak(format!("{} {path}", door.method).into_boxed_str()),
            class: Class::Foreign,
            sent: Sent::Nothing,
            one: false,
            absent: false,
        };
        for caller in [Caller::Stranger, Caller::AdminToken, Caller::Admin] {
            let told = ground.ask(&row, caller).await;
            for name in ["Northwind", "Own form", "Auto insurance", "led_", "\"sold\""] {
                assert!(!told.text.contains(name), "{} tells {caller:?} {name}: {}", row.door, told.text);
            }
        }
    }
    ground.world.stop().await;
}

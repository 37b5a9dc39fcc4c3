//! Leads that go by e-mail, against the sandbox's mail server: sold, refused, not taken and in doubt, as the mailbox has it.

use crate::{
    admin::{Operator, buyer, operator, tenant},
    harness::World,
};
use gavel::sandbox::Sandbox;
use model::{LeadId, Micros, TenantId, lead::LeadDetail, user::Role};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// A mail server with a look at what it has.
struct Post {
    smtp: String,
    control: String,
}

impl Post {
    async fn open() -> Self {
        let (sandbox, mail, control) = (Sandbox::new(1), listener().await, listener().await);
        let at = |listener: &TcpListener| listener.local_addr().expect("an address");
        let post = Self { smtp: format!("smtp://{}", at(&mail)), control: format!("http://{}", at(&control)) };
        tokio::spawn(sandbox.clone().serve_mail(mail, std::future::pending()));
        tokio::spawn(sandbox.serve(control, std::future::pending()));
        post
    }

    async fn letters(&self, world: &World) -> Vec<Value> {
        let answer = world.answer(world.client().get(format!("{}/__control/mail", self.control))).await;
        answer.body["letters"].as_array().expect("a list").clone()
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

/// A mail server in a mood: it greets with these words and hangs up. From its second guest on it is the one it stands before,
/// if there is one. Its address, and how many came.
async fn moody(words: &'static str, before: Option<&Post>) -> (String, Arc<AtomicUsize>) {
    let (door, guests) = (listener().await, Arc::new(AtomicUsize::new(0)));
    let url = format!("smtp://{}", door.local_addr().expect("an address"));
    let real = before.map(|post| post.smtp.trim_start_matches("smtp://").to_owned());
    let came = Arc::clone(&guests);
    tokio::spawn(async move {
        while let Ok((mut guest, _)) = door.accept().await {
            match &real {
                Some(real) if came.load(Ordering::SeqCst) > 0 => {
                    let mut real = TcpStream::connect(real).await.expect("the mail server");
                    tokio::spawn(async move { copy_bidirectional(&mut guest, &mut real).await });
                }
                _ => guest.write_all(words.as_bytes()).await.expect("said"),
            }
            came.fetch_add(1, Ordering::SeqCst);
        }
    });
    (url, guests)
}

fn campaign(slug: &str) -> Value {
    let field = |name: &str, visibility: &str| {
        let kind = match name {
            "first_name" | "last_name" => json!({ "type": "text", "max": 80 }),
            name => json!({ "type": name }),
        };
        json!({ "name": name, "label": name, "kind": kind, "required": true, "visibility": visibility })
    };
    json!({
        "slug": slug, "name": slug, "currency": "USD", "fallback_url": "https://form.example/thanks",
        "auction": { "floor": "1.00", "posts": 3, "deadline_ms": 4000, "post_reserve_ms": 1000, "doubts": { "most": 0, "of": 20 } },
        "fields": [field("zip", "pingable"), field("first_name", "personal"), field("last_name", "personal"),
            field("email", "personal"), field("phone", "personal")],
    })
}

/// A tenant whose buyers are reached by mail.
struct Shop<'a> {
    world: &'a World,
    admin: Operator<'a>,
    tenant: TenantId,
}

impl<'a> Shop<'a> {
    async fn open(world: &'a World) -> Self {
        let fresh = tenant(world, "fresh").await;
        let admin = operator(world, &fresh, Role::Operator).await;
        admin.post("sources", &json!({ "slug": "web", "name": "Web", "payout": { "share": 500_000 } })).await.made();
        Self { world, admin, tenant: fresh.id }
    }

    /// A campaign with one contract that mails to these, made from the preset; its key and the contract.
    async fn contract(&self, slug: &str, to: &str, change: impl FnOnce(&mut Value)) -> (String, Value) {
        let made = async |path: &str, body: Value| self.admin.post(path, &body).await.made();
        let campaign = made("campaigns", campaign(slug)).await["id"].clone();
        let of = made("buyers", buyer(slug)).await["id"].clone();
        let contract = json!({
            "campaign_id": campaign, "buyer_id": of, "name": slug, "price": { "fixed": "9.00" },
            "preset": { "id": "email", "values": { "TO": to } },
        });
        let saved = self.admin.post("contracts", &contract).await;
        assert_eq!(saved.status, 201, "{}", saved.body);
        let mut changed = saved.body.clone();
        changed["delivery"]["post"]["timeout_ms"] = 800.into();
        change(&mut changed);
        let contract = self.admin.put(&format!("contracts/{}", saved.id()), &saved.etag, &changed).await.made();
        let key = made("keys", json!({ "source": "web", "name": slug, "campaigns": [slug] })).await;
        (key["key"].as_str().expect("a key").to_owned(), contract)
    }

    async fn sell(&self, slug: &str, key: &str) -> LeadDetail {
        let lead = json!({ "campaign": slug, "fields": {
            "zip": "48226", "first_name": "Dana", "last_name": "Reyes", "email": "dana@example.com", "phone": "(313) 555-0142",
        } });
        let request = self.world.client().post(self.world.url("/api/v1/leads")).bearer_auth(key).json(&lead);
        let answer = self.world.answer(request).await;
        let id: LeadId = answer.body["lead_id"].as_str().expect("an id").parse().expect("an id");
        self.world.opened.store.tenant(self.tenant).lead_detail(id).await.expect("the lead")
    }
}

/// State and reason in a word or two, and what was paid.
fn told(detail: &LeadDetail) -> String {
    let reason = detail.trace.as_ref().and_then(|trace| trace.verdicts[0].findings.last().map(|found| found.reason));
    let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    format!("{}{reason}", detail.row.state.name())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_lead_is_sold_by_mail_once_the_mail_server_has_it() {
    let post = Post::open().await;
    let url = post.smtp.parse().expect("an address");
    let world = World::with(|settings| settings.mail_url = Some(url)).await;
    let shop = Shop::open(&world).await;
    let (key, _) = shop
        .contract("sold", "leads@buyer.example,second@buyer.example", |contract| {
            contract["delivery"]["post"]["envelope"] = json!({ "attach": ["json", "csv"] });
        })
        .await;
    let sold = shop.sell("sold", &key).await;
    assert_eq!((told(&sold).as_str(), sold.row.revenue.map(|money| money.amount)), ("sold", Some(Micros::units(9))));
    let letters = post.letters(&world).await;
    assert_eq!(letters.len(), 1, "one letter for everybody");
    assert_eq!(letters[0]["to"], json!(["leads@buyer.example", "second@buyer.example"]));
    let letter = text(&letters[0]["text"]);
    let subject = format!("Subject: New lead {}", sold.row.id);
    for part in
        ["Message-ID: <att_", &subject, "First name:  Dana", "E-mail:      dana@example.com", "lead.json", "lead.csv"]
    {
        assert!(letter.contains(part), "{part} is missing in {letter}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_the_mail_server_says_is_the_outcome() {
    let post = Post::open().await;
    let url = post.smtp.parse().expect("an address");
    let world = World::with(|settings| settings.mail_url = Some(url)).await;
    let shop = Shop::open(&world).await;
    for (mailbox, also, outcome, kept) in [
        ("nobody", "", "unsold other", 0),
        ("full", "", "unsold buyer_cap", 0),
        ("spam", "", "unsold other", 0),
        ("later", "", "unsold not_sent", 0),
        ("busy", "", "unsold not_sent", 0),
        ("leads", ",nobody@buyer.example", "unsold other", 0),
        ("drops", "", "unknown post_unknown", 1),
        ("hangs", "", "unknown post_unknown", 2),
        ("leaves", "", "sold", 3),
    ] {
        let slug = format!("{mailbox}{}", also.len());
        let (key, _) = shop.contract(&slug, &format!("{mailbox}@buyer.example{also}"), |_| {}).await;
        let ended = shop.sell(&slug, &key).await;
        assert_eq!(told(&ended), outcome, "{mailbox}{also}: {ended:?}");
        assert_eq!(post.letters(&world).await.len(), kept, "{mailbox}{also}");
    }
    world.stop().await;
}

#[tokio::test]
async fn before_the_letter_begins_nothing_is_in_doubt() {
    let post = Post::open().await;
    for (name, url) in [
        ("closed", moody("", None).await.0),
        ("closing", moody("554 5.7.1 Not you\r\n", None).await.0),
        ("silent", format!("{}?before_ms=300", post.smtp)),
    ] {
        let url = url.parse().expect("an address");
        let world = World::with(|settings| settings.mail_url = Some(url)).await;
        let shop = Shop::open(&world).await;
        let patient = |contract: &mut Value| contract["delivery"]["post"]["timeout_ms"] = 2_500.into();
        let (key, _) = shop.contract(name, "silent@buyer.example", patient).await;
        let ended = shop.sell(name, &key).await;
        assert_eq!(told(&ended), "unsold not_sent", "{name}: {ended:?}");
        assert!(post.letters(&world).await.is_empty(), "{name}");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_invitation_outlives_a_mail_server_that_is_in_no_mood() {
    let post = Post::open().await;
    let (url, guests) = moody("554 5.7.1 Not now\r\n", Some(&post)).await;
    let url = url.parse().expect("an address");
    let world = World::with(|settings| settings.mail_url = Some(url)).await;
    let admin = world.signed_in("admin").await;
    let new = [("name:text", "Pat"), ("email:text", "pat@example.com"), ("role:optional", "viewer"), ("do", "invite")];
    let sent = admin.post("/people", &new).await;
    assert_eq!(sent.location.as_deref(), Some("/people?done=invited"), "{}", sent.text);
    let mut letters = Vec::new();
    for _ in 0..200 {
        letters = post.letters(&world).await;
        letters.retain(|letter| letter["to"] == json!(["pat@example.com"]));
        if !letters.is_empty() {
            break;
        }
        if guests.load(Ordering::SeqCst) > 0 {
            // Past the first wait, and not past the lease.
            world.clock.advance_millis(6_000);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(letters.len(), 1);
    assert!(guests.load(Ordering::SeqCst) > 1, "its first try was turned away");
    world.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_nobody_is_told_that_a_lead_was_sold() {
    let world = World::start().await;
    let shop = Shop::open(&world).await;
    let (key, _) = shop.contract("none", "leads@buyer.example", |_| {}).await;
    assert_eq!(told(&shop.sell("none", &key).await), "unsold misconfigured");
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_go_by_mail_is_not_saved() {
    let world = World::start().await;
    let shop = Shop::open(&world).await;
    let (_, contract) = shop.contract("plain", "leads@buyer.example", |_| {}).await;
    let path = format!("contracts/{}", text(&contract["id"]));
    let wrong = async |change: &dyn Fn(&mut Value)| {
        let saved = shop.admin.get(&path).await;
        let mut changed = saved.body.clone();
        change(&mut changed);
        let reply = shop.admin.put(&path, &saved.etag, &changed).await;
        (reply.status, reply.body["error"]["fields"].to_string())
    };
    let mail = |url: &str| {
        let url = url.to_owned();
        move |contract: &mut Value| contract["delivery"]["post"]["url"] = url.as_str().into()
    };
    for (change, says) in [
        (&mail("mailto:leads@buyer.example") as &dyn Fn(&mut Value), "needs a subject"),
        (&mail("mailto:{email}?subject=x"), "stands in its subject"),
        (&mail("mailto:leads@buyer.example?subject=x&bcc=me@else.example"), "nothing else"),
        (&mail("mailto:leads?subject=x"), "is none"),
        (&mail("https://buyer.example/leads"), "begins with mailto:"),
        (&|contract: &mut Value| contract["delivery"]["post"]["format"] = "json".into(), "an e-mail is a table"),
        (
            &|contract: &mut Value| {
                contract["delivery"]["post"]["headers"] = json!([{ "name": "X-Key", "value": "secret-1" }]);
            },
            "no header",
        ),
        (
            &|contract: &mut Value| {
                contract["kind"] = "auction".into();
                contract["delivery"]["ping"] = contract["delivery"]["post"].clone();
            },
            "Nobody bids by e-mail",
        ),
    ] {
        let (status, fields) = wrong(change).await;
        assert!(status == 422 && fields.contains(says), "{says}: {status} {fields}");
    }
    world.stop().await;
}

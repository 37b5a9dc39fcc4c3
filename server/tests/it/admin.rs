//! The operators' door: what can be configured over HTTP, and what cannot.

mod bench;
mod configuration;
mod documents;
mod effects;
mod history;
mod secrets;
mod templates;
mod trying;
mod walk;

use crate::harness::World;
use axum::http::Method;
use gavel::{
    context::Actor,
    service::{admin::Admin, people},
};
use model::{tenant::Tenant, user::Role};
use serde_json::{Value, json};
use std::sync::Arc;

/// A secret that must never be seen again once it was sent: the sandbox's buyers buy from nobody else.
pub const SECRET: &str = "sandbox-key";

/// A program with an operator token.
pub struct Operator<'a> {
    world: &'a World,
    pub token: String,
}

/// An answer with its ETag.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub etag: String,
    pub body: Value,
}

impl Reply {
    /// The code of the error in it, which has to have this status.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> &Value {
        let error = &self.body["error"];
        assert_eq!((self.status, error["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert!(error["request_id"].as_str().is_some_and(|id| id.starts_with("req_")), "{}", self.body);
        error
    }

    /// Which fields are at fault, in order.
    pub fn fields(&self) -> Vec<String> {
        let fields = self.body["error"]["fields"].as_array().cloned().unwrap_or_default();
        let mut fields: Vec<_> =
            fields.iter().map(|fault| fault["field"].as_str().unwrap_or_default().to_owned()).collect();
        fields.sort();
        fields
    }

    #[track_caller]
    pub fn made(self) -> Value {
        assert!(self.status < 300, "{} {}", self.status, self.body);
        self.body
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().expect("an id").to_owned()
    }

    /// What changed, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let list = self.body["differences"].as_array().cloned().unwrap_or_default();
        list.iter().map(|difference| difference["sentence"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

impl Operator<'_> {
    pub async fn ask(&self, method: Method, path: &str, if_match: Option<&str>, body: Option<&Value>) -> Reply {
        let url = self.world.url(&format!("/api/v1/admin/{path}"));
        let mut request = self.world.client().request(method, url).bearer_auth(&self.token);
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.expect("an answer");
        assert!(response.headers().contains_key("x-request-id"), "{path}");
        let status = response.status().as_u16();
        let etag = response.headers().get("etag").map(|tag| tag.to_str().expect("text").to_owned()).unwrap_or_default();
        let text = response.text().await.expect("a body");
        Reply { status, etag, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask(Method::POST, path, None, Some(body)).await
    }

    pub async fn put(&self, path: &str, if_match: &str, body: &Value) -> Reply {
        self.ask(Method::PUT, path, Some(if_match), Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.ask(Method::PATCH, path, None, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.ask(Method::DELETE, path, None, None).await
    }
}

/// A tenant with nothing in it.
pub async fn tenant(world: &World, slug: &str) -> Tenant {
    let opened = &world.opened;
    let now = opened.clock.now();
    people::create_tenant(&opened.store, &opened.vault, now, slug, "Fresh", "America/Detroit").await.expect("made")
}

/// A program of a tenant, as `gavel key create --operator` makes one.
pub async fn operator<'a>(world: &'a World, tenant: &Tenant, role: Role) -> Operator<'a> {
    let opened = &world.opened;
    let admin = Admin::new(opened.store.clone(), opened.vault.clone(), Arc::clone(&opened.clock), None);
    let made = admin.create_token(&Actor::command_line(tenant.clone()), role.name(), role, None).await;
    Operator { world, token: made.expect("a token").1 }
}

/// A program of the demo tenant.
pub async fn of_the_demo(world: &World, role: Role) -> Operator<'_> {
    operator(world, &world.market.tenant, role).await
}

pub fn campaign(slug: &str) -> Value {
    let field = |name: &str, kind: Value, visibility: &str, example: &str| {
        json!({
            "name": name, "label": name, "kind": kind, "required": true, "visibility": visibility, "example": example,
        })
    };
    let kind = |name: &str| json!({ "type": name });
    json!({
        "slug": slug, "name": "Home insurance", "currency": "USD", "fallback_url": "https://form.example/thanks",
        "auction": { "floor": "1.00", "posts": 3, "deadline_ms": 3000, "post_reserve_ms": 1000 },
        "fields": [
            field("zip", kind("zip"), "pingable", "48226"),
            field("state", kind("state"), "pingable", "MI"),
            field("age", json!({ "type": "integer", "min": 16, "max": 110 }), "pingable", "41"),
            field("first_name", json!({ "type": "text", "max": 80 }), "personal", "Dana"),
            field("last_name", json!({ "type": "text", "max": 80 }), "personal", "Reyes"),
            field("email", kind("email"), "personal", "dana@example.com"),
            field("phone", kind("phone"), "personal", "(313) 555-0142"),
        ],
    })
}

pub fn buyer(slug: &str) -> Value {
    json!({ "slug": slug, "name": "Summit", "legal_name": "Summit Insurance LLC", "zone": "America/Detroit" })
}

/// A contract with a buyer of the sandbox.
pub fn contract(world: &World, campaign: &str, buyer: &str) -> Value {
    let row = |to: &str, field: &str| json!({ "to": to, "from": { "field": field } });
    let shared = [
        json!({ "to": "lead_id", "from": { "meta": "lead_id" } }),
        row("zip", "zip"),
        row("state", "state"),
        row("age", "age"),
    ];
    let personal = [
        row("first_name", "first_name"),
        row("last_name", "last_name"),
        row("email", "email"),
        row("phone", "phone"),
        json!({ "to": "ping_id", "from": "ping_token" }),
        json!({ "to": "price", "from": { "meta": "price" }, "style": "text" }),
    ];
    let sign = |value: &str| json!({ "path": "status", "values": [value] });
    let call = |phase: &str, rows: Vec<Value>, response: Value| {
        json!({
            "url": format!("{}/buyers/northwind/{phase}", world.sandbox), "timeout_ms": 2000, "rows": rows,
            "headers": [{ "name": "X-Api-Key", "value": SECRET }], "response": response,
        })
    };
    let post_rows = shared.iter().chain(&personal).cloned().collect();
    json!({
        "campaign_id": campaign, "buyer_id": buyer, "name": "Summit auction", "kind": "auction",
        "price": { "floor": "2.00" },
        "filter": { "is": { "field": "age", "test": { "between": { "min": 18, "max": 80 } } } },
        "delivery": {
            "ping": call("ping", shared.to_vec(), json!({
                "accept": sign("bid"), "reject": sign("no_bid"), "price": "bid", "reference": "ping_id",
            })),
            "post": call("post", post_rows, json!({
                "accept": sign("accepted"), "reject": sign("rejected"), "price": "price", "redirect": "redirect_url",
            })),
        },
    })
}

/// A campaign, a source, a buyer and a contract of a fresh tenant; their ids in this order.
pub async fn furnish(operator: &Operator<'_>) -> [String; 4] {
    let made = async |path: &str, body: Value| {
        let reply = operator.post(path, &body).await;
        assert_eq!(reply.status, 201, "{path}: {}", reply.body);
        reply.id()
    };
    let campaign = made("campaigns", campaign("home")).await;
    let source = made("sources", json!({ "slug": "web", "name": "Web", "payout": { "share": 600_000 } })).await;
    let buyer = made("buyers", buyer("summit")).await;
    let contract = made("contracts", contract(operator.world, &campaign, &buyer)).await;
    [campaign, source, buyer, contract]
}

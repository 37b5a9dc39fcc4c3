//! The buyers' endpoints: `/buyers/{name}/ping` and `/buyers/{name}/post`.

use super::{
    Sandbox,
    book::{Request, Sale},
    faults::{Kind, spoil},
    habits::{self, Attributes, Buyer, Dialect, Offer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::Micros;
use serde_json::{Value, json};
use std::time::Duration;

/// Names under which personal values travel in a post; none of them belongs in a ping.
const PERSONAL: [&str; 8] = ["first_name", "last_name", "email", "phone", "address", "firstname", "lastname", "name"];
/// What every buyer wants in a post.
const WANTED: [&str; 4] = ["first_name", "last_name", "email", "phone"];

/// One call to a buyer.
pub(super) async fn handle(
    State(sandbox): State<Sandbox>,
    Path((name, phase)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(buyer) = habits::buyer(&name) else { return refuse(StatusCode::NOT_FOUND, "no such buyer") };
    let read = read(buyer, &phase, &method, &headers, &body);
    let now = sandbox.0.clock.now();
    let request = Request {
        at: now.to_string(),
        buyer: name,
        phase: phase.clone(),
        method: method.to_string(),
        headers: shown(&headers),
        body: String::from_utf8_lossy(&body).into_owned(),
        note: read.as_ref().err().map(|(_, why)| (*why).to_owned()),
    };
    let (fault, settings) = {
        let mut book = sandbox.book();
        if matches!(read, Err((_, "personal value in a ping"))) {
            book.personal_in_pings += 1;
        }
        book.note(request);
        (book.fault(buyer.name, &phase), book.settings.get(buyer.name).cloned().unwrap_or_default())
    };
    let members = match read {
        Ok(members) => members,
        Err((status, why)) => return refuse(status, why),
    };
    let lead = attributes(&members);
    let own = settings.post_latency_ms.filter(|_| phase == "post");
    let latency = match own.or(settings.latency_ms) {
        Some((from, to)) => from + (to.max(from) - from) / 2,
        None => buyer.latency(sandbox.0.seed, &lead, phase == "ping"),
    };
    tokio::time::sleep(Duration::from_millis(latency)).await;
    // What breaks before the buyer has acted leaves nothing behind.
    if let Some(fault) = fault.as_ref().filter(|fault| {
        !matches!(
            fault.kind,
            Kind::AcceptThenDrop | Kind::WrongContentType | Kind::HalfBody | Kind::Truncated | Kind::SlowDrip
        )
    }) {
        return spoil(fault.kind, StatusCode::OK.into_response()).await;
    }
    let answer = if phase == "ping" {
        ping(&sandbox, buyer, &members, lead, settings.bid_cents)
    } else {
        post(&sandbox, buyer, &members, lead, settings.accept_percent)
    };
    match fault {
        Some(fault) => spoil(fault.kind, answer).await,
        None => answer,
    }
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "status": "error", "error": why }))).into_response()
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let secret = |name: &str| matches!(name, "x-api-key" | "authorization");
    let pair = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if secret(name.as_str()) { "•••" } else { value.to_str().unwrap_or("?") };
        (name.to_string(), value.to_owned())
    };
    headers.iter().map(pair).collect()
}

/// The body's members, flat, or why a real buyer would not even look at it.
fn read(
    buyer: &Buyer,
    phase: &str,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, (StatusCode, &'static str)> {
    if phase != "post" && !(phase == "ping" && buyer.pinged) {
        return Err((StatusCode::NOT_FOUND, "no such endpoint"));
    }
    if method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "POST only"));
    }
    if headers.get("x-api-key").is_none_or(|key| key != buyer.key) {
        return Err((StatusCode::UNAUTHORIZED, "missing or wrong credential"));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let members = match buyer.dialect {
        Dialect::Form if kind.starts_with("application/x-www-form-urlencoded") => form(body),
        Dialect::Flat | Dialect::Nested if kind.starts_with("application/json") => serde_json::from_slice(body).ok(),
        _ => return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong content type")),
    };
    let members = members.ok_or((StatusCode::BAD_REQUEST, "unreadable body"))?;
    let members = if buyer.dialect == Dialect::Nested { members["lead"].clone() } else { members };
    let has = |name: &str| members.get(name).is_some_and(|value| !value.is_null() && value != "");
    if !has("lead_id") || !has("zip") {
        return Err((StatusCode::BAD_REQUEST, "missing required field"));
    }
    if phase == "ping" && personal(&members) {
        return Err((StatusCode::BAD_REQUEST, "personal value in a ping"));
    }
    if phase == "post" && !WANTED.iter().all(|name| has(name)) {
        return Err((StatusCode::BAD_REQUEST, "missing required field"));
    }
    Ok(members)
}

fn form(body: &[u8]) -> Option<Value> {
    let pairs =
        url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())));
    Some(Value::Object(pairs.collect()))
}

fn personal(members: &Value) -> bool {
    let Some(members) = members.as_object() else { return false };
    let looks = |text: &str| {
        text.contains('@')
            || (text.len() >= 10 && text.bytes().filter(u8::is_ascii_digit).count() >= 10 && !text.starts_with("led_"))
    };
    members.iter().any(|(name, value)| PERSONAL.contains(&name.as_str()) || value.as_str().is_some_and(looks))
}

fn text(members: &Value, name: &str) -> String {
    match &members[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn attributes(members: &Value) -> Attributes {
    let number = |name: &str| text(members, name).parse().unwrap_or(0);
    let owner = matches!(text(members, "owner").to_ascii_lowercase().as_str(), "true" | "yes" | "1");
    Attributes {
        zip: text(members, "zip"),
        state: text(members, "state"),
        age: number("age"),
        vehicles: number("vehicles"),
        owner,
    }
}

fn dollars(cents: i64) -> String {
    Micros::cents(cents).to_decimal()
}

fn ping(sandbox: &Sandbox, buyer: &'static Buyer, members: &Value, lead: Attributes, set: Option<i64>) -> Response {
    let offer = set.map_or_else(|| buyer.offer(sandbox.0.seed, &lead), Offer::Bid);
    let answer = match offer {
        Offer::Bid(cents) => {
            let now = sandbox.0.clock.now();
            let token = sandbox.book().bid(buyer.name, &text(members, "lead_id"), cents, lead, now);
            match buyer.dialect {
                Dialect::Flat => json!({ "status": "bid", "bid": number(cents), "ping_id": token }),
                Dialect::Nested => json!({ "result": { "accepted": true, "price": dollars(cents), "token": token } }),
                Dialect::Form => json!({ "response": "ACCEPT", "price": format!("${}", dollars(cents)), "id": token }),
            }
        }
        Offer::Pass(why) => match buyer.dialect {
            Dialect::Flat => json!({ "status": "no_bid", "reason": why }),
            Dialect::Nested => json!({ "result": { "accepted": false, "message": why } }),
            Dialect::Form => json!({ "response": "REJECT", "error": why }),
        },
    };
    Json(answer).into_response()
}

/// Cents as a bare JSON number with two decimals.
fn number(cents: i64) -> Value {
    serde_json::from_str(&dollars(cents)).unwrap_or(Value::Null)
}

fn post(sandbox: &Sandbox, buyer: &'static Buyer, members: &Value, lead: Attributes, percent: Option<u64>) -> Response {
    let answer = match decide(sandbox, buyer, members, lead, percent) {
        Ok((cents, reference)) => {
            let redirect = format!("https://{}.example/thanks/{reference}", buyer.name);
            match buyer.dialect {
                Dialect::Flat => {
                    json!({ "status": "accepted", "price": number(cents), "lead_ref": reference, "redirect_url": redirect })
                }
                Dialect::Nested => {
                    json!({ "result": { "accepted": true, "price": dollars(cents), "token": reference, "url": redirect } })
                }
                Dialect::Form => {
                    json!({ "response": "ACCEPT", "price": format!("${}", dollars(cents)), "id": reference, "redirect": redirect })
                }
            }
        }
        Err(why) => match buyer.dialect {
            Dialect::Flat => json!({ "status": "rejected", "reason": why }),
            Dialect::Nested => json!({ "result": { "accepted": false, "message": why } }),
            Dialect::Form => json!({ "response": "REJECT", "error": why }),
        },
    };
    Json(answer).into_response()
}

/// Takes the lead, or says why not. One lock: deciding and writing down are one step.
fn decide(
    sandbox: &Sandbox,
    buyer: &'static Buyer,
    members: &Value,
    own: Attributes,
    percent: Option<u64>,
) -> Result<(i64, String), &'static str> {
    let (lead_id, now) = (text(members, "lead_id"), sandbox.0.clock.now());
    let mut book = sandbox.book();
    if !book.first_post(buyer.name, &lead_id) {
        return Err("Duplicate: this lead was posted before");
    }
    let (cents, lead) = if buyer.pinged {
        let bid = book.take_bid(buyer.name, &text(members, "ping_id"), now)?;
        if bid.lead_id != lead_id {
            return Err("The ping id belongs to another lead");
        }
        let price = text(members, "price");
        if !price.is_empty() && price.parse::<Micros>() != Ok(Micros::cents(bid.cents)) {
            return Err("The price is not the one we bid");
        }
        (bid.cents, bid.lead)
    } else {
        (buyer.fixed, own)
    };
    match percent {
        Some(percent) if u64::try_from(book.sales.len()).unwrap_or(0) % 100 >= percent => {
            return Err("Daily cap reached");
        }
        Some(_) => {}
        None => {
            if let Some(why) = buyer.refusal(sandbox.0.seed, &lead, &text(members, "phone")) {
                return Err(why);
            }
        }
    }
    let reference = format!("{}-{}", &buyer.name[..2].to_uppercase(), &lead_id[lead_id.len().saturating_sub(10)..]);
    book.sell(Sale { lead_id, buyer: buyer.name, price: dollars(cents), at: now.to_string() });
    Ok((cents, reference))
}

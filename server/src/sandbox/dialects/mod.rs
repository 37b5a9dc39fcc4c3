//! Buyers that speak the languages of known platforms: `/dialects/{platform}/…`, at the paths the platform has, and
//! `/dialects/{platform}.{variant}/…` for accounts that answer otherwise ([`variants`]).
//!
//! The ZIP code decides what happens, so that tests need no shared state ([`outcomes`]; `GET /__control/dialects` lists
//! which platform knows which). Any other ZIP code is bought for 12.50. The key is `sandbox-key`.

mod answers;
mod outcomes;
mod platforms;
mod queued;
mod said;
mod variants;

use super::{
    Sandbox,
    faults::{Kind as FaultKind, spoil},
};
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use model::Timestamp;
use outcomes::{At, Does, Later, OUTCOMES, Outcome, Ping, Price};
use platforms::{Door, Key, Kind, PLATFORMS, Platform, Poll};
use said::{No, Reply, Said};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, time::Duration};
use variants::VARIANTS;

/// What every one of them wants to see.
pub(super) const KEY: &str = "sandbox-key";

/// What they remember: bids that were made, when, and whether they were used; and what comes later, with how often it is
/// still in progress.
#[derive(Debug, Default)]
pub(super) struct Desk {
    bids: HashMap<String, (Timestamp, bool)>,
    queue: HashMap<String, (Said, u32)>,
    posts: usize,
}

fn all() -> impl Iterator<Item = &'static Platform> {
    PLATFORMS.iter().chain(VARIANTS)
}

/// `GET /__control/dialects`: every platform, whether it is pinged, and what can happen there by its ZIP code.
pub(super) async fn listed() -> Json<Value> {
    let one = |platform: &Platform| {
        let known = OUTCOMES.iter().filter(|outcome| outcome.applies(platform));
        let known: Vec<_> =
            known.map(|outcome| json!({ "name": outcome.name, "zip": outcome.zip.to_string() })).collect();
        json!({ "name": platform.name, "pinged": platform.ping.is_some(), "outcomes": known })
    };
    Json(all().map(one).collect())
}

/// Any request to a platform.
pub(super) async fn handle(
    State(sandbox): State<Sandbox>,
    Path((name, path)): Path<(String, String)>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(platform) = all().find(|platform| platform.name == name) else {
        return refuse(StatusCode::NOT_FOUND, "no such platform");
    };
    if let Some(poll) = platform.poll.as_ref().filter(|poll| fits(poll.path, &path, &Value::Null)) {
        return self::poll(&sandbox, poll, &path, &uri);
    }
    let members = match read(platform, &method, &headers, &body) {
        Ok(members) => members,
        Err((status, why)) => return refuse(status, why),
    };
    let at = |door: &&Door| fits(door.path, &path, &members);
    let ping = platform.ping.as_ref().filter(at);
    let Some(door) = ping.or_else(|| Some(&platform.post).filter(at)) else {
        return refuse(StatusCode::NOT_FOUND, "no such address");
    };
    let outcome = Outcome::of_zip(&text(&members, platform.zip), platform);
    let does = outcome.map_or(Does::Buys, |outcome| outcome.does);
    let here = |at: At| match at {
        At::First => ping.is_some() || platform.ping.is_none(),
        At::Ping => ping.is_some(),
        At::Post => ping.is_none(),
    };
    match does {
        Does::Spoils(at, FaultKind::Hang) if here(at) => {
            return spoil(FaultKind::Hang, StatusCode::OK.into_response()).await;
        }
        Does::Page(at) if here(at) => {
            let page = [(header::CONTENT_TYPE, "text/html")];
            return (page, "<!DOCTYPE html><html><body>Service busy</body></html>").into_response();
        }
        Does::Waits(at, ms) if here(at) => tokio::time::sleep(Duration::from_millis(ms)).await,
        _ => {}
    }
    let allowed = keyed(platform.keys, &path, &uri, &headers, &members);
    let personal = ping.is_some() && is_personal(&members);
    if personal {
        sandbox.book().personal_in_pings += 1;
    }
    let complete = door.needs.iter().all(|need| has(&members, need))
        && has(&members, platform.zip)
        && (ping.is_some() || has(&members, platform.phone));
    let refused = match (allowed, complete && !personal) {
        (false, _) => Some(No::Auth),
        (true, false) => Some(No::Field),
        (true, true) => None,
    };
    let no = match does {
        Does::Refuses(at, no) if here(at) => Some(no),
        _ => None,
    };
    let call = Asked { platform, path: &path, members: &members, ping: ping.is_some(), does };
    let said = call.decide(&sandbox, refused, no);
    let answer = answered((door.answer)(&said));
    match does {
        Does::Spoils(at, fault) if here(at) => spoil(fault, answer).await,
        _ => answer,
    }
}

/// A call that was understood.
struct Asked<'a> {
    platform: &'a Platform,
    path: &'a str,
    members: &'a Value,
    ping: bool,
    does: Does,
}

impl Asked<'_> {
    fn decide(&self, sandbox: &Sandbox, refused: Option<No>, no: Option<No>) -> Said {
        let now = sandbox.0.clock.now();
        let mut desk = sandbox.dialects();
        let token = if self.ping { self.bid(&mut desk, now) } else { self.named(&mut desk) };
        let used = match self.platform.token {
            Some(_) if !self.ping && refused.is_none() && no.is_none() => self.used(&mut desk, &token, now),
            _ => None,
        };
        let redirect = match self.does {
            Does::Redirects(to) if !self.ping => Some(to),
            _ => None,
        };
        let price = refused.or(no).or(used).map_or(Ok(self.price()), Err);
        let said = Said { price, token, redirect, later: false };
        if self.ping { said } else { self.or_later(&mut desk, said, refused.is_some()) }
    }

    fn bid(&self, desk: &mut Desk, now: Timestamp) -> String {
        let token = format!("{}-{}", self.platform.name, desk.bids.len() + 1);
        desk.bids.insert(token.clone(), (now, false));
        if self.does == Does::Ping(Ping::Bare) { String::new() } else { token }
    }

    /// The token a post names, or an id of its own.
    fn named(&self, desk: &mut Desk) -> String {
        desk.posts += 1;
        match self.platform.token {
            Some("") => self.path.split('/').nth(2).unwrap_or_default().to_owned(),
            Some(name) => text(self.members, name),
            None => format!("{}-post-{}", self.platform.name, desk.posts),
        }
    }

    fn used(&self, desk: &mut Desk, token: &str, now: Timestamp) -> Option<No> {
        let Some((at, used)) = desk.bids.get_mut(token) else { return Some(No::Unpinged) };
        if self.does == Does::Ping(Ping::Unknown) {
            return Some(No::Unpinged);
        }
        if self.platform.good_for_ms.is_some_and(|most| now.millis_since(*at) > most) {
            return Some(No::Expired);
        }
        (std::mem::replace(used, true) || self.does == Does::Ping(Ping::Used)).then_some(No::Duplicate)
    }

    fn price(&self) -> Option<Value> {
        let price = match self.does {
            Does::Bids(price) if self.ping => price,
            Does::Pays(price) if !self.ping => price,
            Does::Asks(price) => price,
            _ => Price::Number(12.5),
        };
        match price {
            Price::Number(number) => Some(number.into()),
            Price::Text(text) => Some(text.into()),
            Price::Silent => None,
        }
    }

    /// What is said now when the outcome comes later, which is then asked for.
    fn or_later(&self, desk: &mut Desk, said: Said, refused: bool) -> Said {
        let waits = match self.does {
            Does::Later(later) => Some(later),
            _ if self.platform.queues && (said.price.is_ok() || self.platform.poll.is_some()) => Some(Later::Sold),
            _ => None,
        };
        let Some(later) = waits.filter(|_| !refused) else { return said };
        let now = Said { price: Ok(None), redirect: None, later: true, ..said.clone() };
        let asked = u32::from(matches!(self.does, Does::Later(_)));
        let outcome = match later {
            Later::Sold => Some((said, asked)),
            Later::Refused => Some((Said { price: Err(No::Cap), ..said }, asked)),
            Later::Never => Some((said, u32::MAX)),
            Later::Forgotten => None,
        };
        if let Some(outcome) = outcome {
            desk.queue.insert(now.token.clone(), outcome);
        }
        now
    }
}

/// Somebody asks for an outcome that comes later.
fn poll(sandbox: &Sandbox, poll: &Poll, path: &str, uri: &Uri) -> Response {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    let lead = match poll.lead {
        Some(name) => text(&query, name),
        None => path.trim_matches('/').rsplit('/').next().unwrap_or_default().to_owned(),
    };
    let none = |no| Said { price: Err(no), token: lead.clone(), redirect: None, later: false };
    let said = if keyed(poll.keys, path, uri, &HeaderMap::new(), &Value::Null) {
        match sandbox.dialects().queue.get_mut(&lead) {
            Some((said, 0)) => said.clone(),
            Some((said, more)) => {
                *more = more.saturating_sub(u32::from(*more != u32::MAX));
                Said { price: Ok(None), redirect: None, later: true, ..said.clone() }
            }
            None => none(No::Own("5")),
        }
    } else {
        none(No::Auth)
    };
    answered((poll.answer)(&said))
}

fn answered((status, kind, body): Reply) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, body).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, why.to_owned()).into_response()
}

fn read(
    platform: &Platform,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, (StatusCode, &'static str)> {
    if method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "POST only"));
    }
    let said = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = said(header::ACCEPT);
    let fine = |kind: &str| wanted.is_empty() || wanted.contains(kind) || wanted.contains("*/*");
    if platform.accept.is_some_and(|kind| !fine(kind)) {
        return Err((StatusCode::NOT_ACCEPTABLE, "Not capable of generating content according to the Accept header"));
    }
    let kind = said(header::CONTENT_TYPE);
    let form = kind.starts_with("application/x-www-form-urlencoded");
    let read = match platform.kind {
        Kind::Form if form => Some(pairs(body)),
        Kind::JsonField(field) if form => serde_json::from_str(&text(&pairs(body), field)).ok(),
        Kind::Json if kind.starts_with("application/json") => serde_json::from_slice(body).ok(),
        Kind::Form | Kind::Json | Kind::JsonField(_) => {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "MIME type not supported"));
        }
    };
    read.ok_or((StatusCode::BAD_REQUEST, "Unable to parse"))
}

fn pairs(text: &[u8]) -> Value {
    let pairs = url::form_urlencoded::parse(text);
    Value::Object(
        pairs.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect::<Map<_, _>>(),
    )
}

/// Whether an address is this door's; what stands behind its `?` has to be in the body.
fn fits(door: &str, path: &str, members: &Value) -> bool {
    let (wanted, member) = door.split_once('?').unwrap_or((door, ""));
    let parts = |text: &str| text.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
    let (wanted, have) = (parts(wanted), parts(path));
    let same =
        wanted.len() == have.len() && wanted.iter().zip(&have).all(|(wanted, have)| wanted == "*" || wanted == have);
    same && (member.is_empty() || has(members, member))
}

/// Whether a member is there, with its value when one is named (`Format=JSON`).
fn has(members: &Value, need: &str) -> bool {
    match need.split_once('=') {
        Some((name, value)) => text(members, name) == value,
        None => !text(members, need).is_empty(),
    }
}

fn keyed(keys: &[Key], path: &str, uri: &Uri, headers: &HeaderMap, members: &Value) -> bool {
    keys.iter().all(|key| match key {
        Key::Member(name) => text(members, name) == KEY,
        Key::Header(name, before) => {
            let have = headers.get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            have.strip_prefix(before) == Some(KEY)
        }
        Key::Path => path.split('/').any(|part| part == KEY),
        Key::Query(name) => text(&pairs(uri.query().unwrap_or_default().as_bytes()), name) == KEY,
    })
}

/// The member of this name, however deep it stands, as text; of an object only that it is there.
fn text(members: &Value, name: &str) -> String {
    fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
        match value {
            Value::Object(object) => object.get(name).or_else(|| object.values().find_map(|value| find(value, name))),
            Value::Array(list) => list.iter().find_map(|value| find(value, name)),
            _ => None,
        }
    }
    match find(members, name) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

fn is_personal(members: &Value) -> bool {
    match members {
        Value::Object(object) => object.values().any(is_personal),
        Value::Array(list) => list.iter().any(is_personal),
        Value::String(text) => {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            text.contains('@') || (digits == 10 && text.len() <= 14)
        }
        _ => false,
    }
}

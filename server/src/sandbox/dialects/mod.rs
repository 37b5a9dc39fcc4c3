//! Buyers that speak the languages of known platforms: `/dialects/{platform}/…`, at the paths the platform has.
//!
//! The ZIP code decides what happens, so that tests need no shared state: 10001 a lower price in the post, 10002 none, 10003
//! a bid of nothing, 10004 `"$1,250.00"`; 20001 to 20008 refuse (geo, cap, duplicate, criteria, hours, field, auth, no match),
//! 30001 to 30008 the same in the post only, 30009 an expired ping; 40001 a web page, 40002 no answer, 40003 bought and then
//! cut off, 40004 later, 40005 a redirect to a script, 40006 and 40007 a ping without an answer and with a web page. 41001 to
//! 41012 spoil the answer to a ping, 42001 to 42012 that to a post ([`FAULTS`]); 42100 names a ping that was posted before, 43001
//! is bid for without a token. Any other ZIP code is bought for 12.50. The key is `sandbox-key`.

mod table;

use super::{
    Sandbox,
    faults::{Kind as FaultKind, spoil},
};
use axum::{
    body::Bytes,
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use table::{DIALECTS, Dialect, Door, Key, Kind, No, Reply, Said};

/// What can be done to an answer, by the last two digits of the ZIP code.
const FAULTS: [FaultKind; 12] = [
    FaultKind::Reset,
    FaultKind::HalfBody,
    FaultKind::ServerError,
    FaultKind::BadGateway,
    FaultKind::Busy,
    FaultKind::TooMany,
    FaultKind::Empty,
    FaultKind::Truncated,
    FaultKind::HugeBody,
    FaultKind::Redirect,
    FaultKind::SlowDrip,
    FaultKind::WrongContentType,
];

/// What every one of them wants to see.
pub(super) const KEY: &str = "sandbox-key";

/// What they remember: bids that were made, and whether they were used; how often was asked for a late outcome.
#[derive(Debug, Default)]
pub(super) struct Desk {
    bids: HashMap<String, bool>,
    asked: HashMap<String, u32>,
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
    let Some(dialect) = DIALECTS.iter().find(|dialect| dialect.name == name) else {
        return refuse(StatusCode::NOT_FOUND, "no such platform");
    };
    if name == "phonexa" && path == "lead/check-lead-status" {
        return poll(&sandbox, dialect, &uri);
    }
    let members = match read(dialect, &method, &headers, &body) {
        Ok(members) => members,
        Err((status, why)) => return refuse(status, why),
    };
    let at = |door: &&Door| fits(door.path, &path, &members);
    let ping = dialect.ping.as_ref().filter(at);
    let Some(door) = ping.or_else(|| Some(&dialect.post).filter(at)) else {
        return refuse(StatusCode::NOT_FOUND, "no such address");
    };
    let zip = text(&members, dialect.zip);
    match (ping.is_some(), zip.as_str()) {
        (true, "40006") | (false, "40002") => return spoil(FaultKind::Hang, StatusCode::OK.into_response()).await,
        (true, "40007") | (false, "40001") => {
            let page = [(header::CONTENT_TYPE, "text/html")];
            return (page, "<!DOCTYPE html><html><body>Service busy</body></html>").into_response();
        }
        _ => {}
    }
    let allowed = keyed(dialect, &path, &uri, &headers, &members);
    let personal = ping.is_some() && is_personal(&members);
    if personal {
        sandbox.book().personal_in_pings += 1;
    }
    let complete = door.needs.iter().chain([&dialect.zip]).all(|name| !text(&members, name).is_empty())
        && (ping.is_some() || !text(&members, dialect.phone).is_empty());
    let refused = match (allowed, complete && !personal) {
        (false, _) => Some(No::Auth),
        (true, false) => Some(No::Field),
        (true, true) => None,
    };
    let said = decide(&sandbox, dialect, &path, &members, &zip, ping.is_some(), refused);
    let answer = answered((door.answer)(&said));
    match (ping.is_some(), zip.parse().unwrap_or(0_usize)) {
        (false, 40_003) => spoil(FaultKind::AcceptThenDrop, answer).await,
        (true, number @ 41_001..=41_012) => spoil(FAULTS[number - 41_001], answer).await,
        (false, number @ 42_001..=42_012) => spoil(FAULTS[number - 42_001], answer).await,
        _ => answer,
    }
}

fn decide(
    sandbox: &Sandbox,
    dialect: &Dialect,
    path: &str,
    members: &Value,
    zip: &str,
    ping: bool,
    refused: Option<No>,
) -> Said {
    let number: u32 = zip.parse().unwrap_or_default();
    let direct = dialect.ping.is_none();
    let no = match number {
        20_001..=20_008 if ping || direct => Some(number - 20_000),
        30_001..=30_009 if !ping => Some(number - 30_000),
        _ => None,
    };
    let no = no.and_then(|no| {
        let all =
            [No::Geo, No::Cap, No::Duplicate, No::Criteria, No::Hours, No::Field, No::Auth, No::Nobody, No::Expired];
        all.get(usize::try_from(no).ok()?.checked_sub(1)?).copied()
    });
    let mut desk = sandbox.dialects();
    let token = if ping {
        let token = format!("{}-{}", dialect.name, desk.bids.len() + 1);
        desk.bids.insert(token.clone(), false);
        if number == 43_001 { String::new() } else { token }
    } else {
        match dialect.token {
            Some("") => path.split('/').nth(2).unwrap_or_default().to_owned(),
            Some(name) => text(members, name),
            None => format!("{}-{zip}", dialect.name),
        }
    };
    let used = match dialect.token {
        Some(_) if !ping && refused.is_none() && no.is_none() => match desk.bids.get_mut(&token) {
            None => Some(No::Expired),
            Some(used) => (std::mem::replace(used, true) || number == 42_100).then_some(No::Duplicate),
        },
        _ => None,
    };
    let price = match (number, ping) {
        (10_001, false) => Some(Value::from(10.0)),
        (10_002, false) => None,
        (10_003, true) => Some(0.into()),
        (10_004, _) => Some("$1,250.00".into()),
        _ => Some(Value::from(12.5)),
    };
    let redirect = match number {
        _ if ping => None,
        40_005 => Some("javascript:alert(1)"),
        _ => Some("https://buyer.example/thanks"),
    };
    let later = number == 40_004 && !ping;
    Said { price: refused.or(no).or(used).map_or(Ok(price), Err), token, redirect, later }
}

/// A late outcome: in progress at the first question, sold at the second.
fn poll(sandbox: &Sandbox, dialect: &Dialect, uri: &Uri) -> Response {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    if text(&query, "apiId") != KEY || text(&query, "apiPassword") != KEY {
        return refuse(StatusCode::OK, "Authorization Failed");
    }
    let token = text(&query, "checkKey");
    let asked = {
        let mut desk = sandbox.dialects();
        let asked = desk.asked.entry(token.clone()).or_default();
        *asked += 1;
        *asked
    };
    let later = asked < 2;
    answered((dialect.post.answer)(&Said { price: Ok(Some(Value::from(12.5))), token, redirect: None, later }))
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
    dialect: &Dialect,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, (StatusCode, &'static str)> {
    if method != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "POST only"));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let read = match dialect.kind {
        Kind::Form if kind.starts_with("application/x-www-form-urlencoded") => Some(pairs(body)),
        Kind::Json if kind.starts_with("application/json") => serde_json::from_slice(body).ok(),
        Kind::Form | Kind::Json => return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong content type")),
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
    same && member.split_once('=').is_none_or(|(name, value)| text(members, name) == value)
}

fn keyed(dialect: &Dialect, path: &str, uri: &Uri, headers: &HeaderMap, members: &Value) -> bool {
    dialect.keys.iter().all(|key| match key {
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

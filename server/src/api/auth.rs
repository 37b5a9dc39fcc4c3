//! API keys and operator tokens: who a request is from, and whether it comes too often.

use crate::{
    context::{Actor, ClientIp, Principal},
    problem::Problem,
    security::rate::Rate,
    service::{
        from_page::Seen,
        intake::{Caller, Publishable},
    },
    state::AppState,
};
use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{AUTHORIZATION, ORIGIN, REFERER, USER_AGENT},
        request::Parts,
    },
};
use model::user::Role;
use std::net::{IpAddr, Ipv4Addr};
use url::Url;

const NOTHING_ELSE: &str = "This is a publishable key: it sends leads and has values checked, and nothing else.";

/// A request with a valid key that does not come too often.
pub struct Keyed(pub Caller);

impl FromRequestParts<AppState> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let presented = presented(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let Some(caller) = app.services.authenticate(presented) else {
            let open = app.services.publishable(presented).is_some();
            return Err(if open { Problem::forbidden(NOTHING_ELSE) } else { Problem::unauthorized() });
        };
        within_limits(app, &caller).map_err(Problem::too_many)?;
        Ok(Self(caller))
    }
}

/// A request that may send a lead or have a value checked: with a valid key, or with a publishable one from a page of an
/// allowed origin. It does not come too often.
pub struct Sender {
    /// Whose leads it sends.
    pub caller: Caller,
    /// The address of whoever opened the page; none when no page is involved.
    pub visitor: Option<IpAddr>,
}

impl FromRequestParts<AppState> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let presented = presented(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let Some(open) = app.services.publishable(presented) else {
            let caller = app.services.authenticate(presented).ok_or_else(Problem::unauthorized)?;
            within_limits(app, &caller).map_err(Problem::too_many)?;
            return Ok(Self { caller, visitor: None });
        };
        let caller = from_page(app, open, parts)?;
        Ok(Self { caller, visitor: Some(visitor(parts)) })
    }
}

/// Who a publishable key stands for, when the page may use it.
///
/// # Errors
/// 403 from any other page, or from no page at all; 429.
pub fn from_page(app: &AppState, open: Publishable, parts: &Parts) -> Result<Caller, Problem> {
    let origin = page_origin(&parts.headers);
    if !origin.is_some_and(|origin| open.origins.contains(&origin)) {
        let message = "This publishable key may not be used from here: its origins are set where the key was made.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "origin_not_allowed", message));
    }
    within_limits(app, &open.caller).map_err(Problem::too_many)?;
    Ok(open.caller)
}

/// The address of whoever opened the page.
#[must_use]
pub fn visitor(parts: &Parts) -> IpAddr {
    // Only in-process tests have none.
    parts.extensions.get().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ClientIp(ip)| *ip)
}

/// What is seen of a browser.
#[must_use]
pub fn seen(address: IpAddr, headers: &HeaderMap) -> Seen {
    let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
    Seen { address, user_agent: text(USER_AGENT), page: text(REFERER) }
}

/// The origin of the page a request comes from: browsers say it, and no script can change what they say. Some say it only in
/// the referrer when a form without script is sent.
fn page_origin(headers: &HeaderMap) -> Option<String> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok();
    match text(ORIGIN) {
        Some("null") | None => Url::parse(text(REFERER)?).ok().map(|url| url.origin().ascii_serialization()),
        Some(origin) => Some(origin.to_owned()),
    }
}

/// Counts a request of a source against its key's limit, and its tenant's where there is one.
///
/// # Errors
/// With the seconds to wait.
pub fn within_limits(app: &AppState, caller: &Caller) -> Result<(), u32> {
    let now = app.clock.now();
    app.key_rate.take(caller.key_id, now)?;
    match caller.requests {
        Some(per_second) => {
            let rate = Rate { per_minute: per_second.saturating_mul(60), burst: per_second.saturating_mul(2) };
            app.tenant_rate.take_at(rate, caller.tenant_id, now)
        }
        None => Ok(()),
    }
}

/// A request with a valid operator token that does not come too often.
pub struct Operator(pub Actor);

impl FromRequestParts<AppState> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let presented = presented(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let found = app.services.admin().operator(presented).await;
        let Some(actor) = found.map_err(super::v1::admin::problem)? else {
            let source =
                app.services.authenticate(presented).is_some() || app.services.publishable(presented).is_some();
            let message = "This is the key of a source. Configuring needs an operator token (`gvl_op_…`).";
            return Err(if source { Problem::forbidden(message) } else { Problem::unauthorized() });
        };
        limited(app, &actor)?;
        if actor.user.role == Role::Buyer {
            return Err(Problem::forbidden("This is the token of a buyer. It opens /api/v1/buyer and nothing else."));
        }
        Ok(Self(actor))
    }
}

/// A request with the valid token of a buyer that does not come too often.
pub struct BuyerToken(pub Actor);

impl FromRequestParts<AppState> for BuyerToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let presented = presented(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let found = app.services.admin().operator(presented).await;
        let actor = found.map_err(super::v1::admin::problem)?.ok_or_else(Problem::unauthorized)?;
        limited(app, &actor)?;
        if actor.user.role != Role::Buyer {
            return Err(Problem::forbidden("This needs the token of a buyer: gavel key create --buyer."));
        }
        Ok(Self(actor))
    }
}

fn limited(app: &AppState, actor: &Actor) -> Result<(), Problem> {
    let Principal::Token(id) = actor.principal else { return Ok(()) };
    app.key_rate.take(id, app.clock.now()).map_err(Problem::too_many)
}

/// The key in `Authorization: Bearer …` or `X-Api-Key`.
fn presented(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let (scheme, key) = value.to_str().ok()?.trim().split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| key.trim());
    }
    headers.get("x-api-key")?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_either_header() {
        let ask = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            presented(&headers).map(ToOwned::to_owned)
        };
        assert_eq!(ask("authorization", "Bearer k").as_deref(), Some("k"));
        assert_eq!(ask("authorization", "bearer  k ").as_deref(), Some("k"));
        assert_eq!(ask("x-api-key", "k").as_deref(), Some("k"));
        assert_eq!(ask("authorization", "Basic k"), None);
        assert_eq!(ask("authorization", "k"), None);
        assert_eq!(ask("cookie", "k"), None);
    }
}

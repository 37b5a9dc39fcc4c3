//! API keys and operator tokens: who a request is from, and whether it comes too often.

use crate::{
    context::{Actor, Principal},
    problem::Problem,
    security::rate::Rate,
    service::intake::Caller,
    state::AppState,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use model::user::Role;

/// A request with a valid key that does not come too often.
pub struct Keyed(pub Caller);

impl FromRequestParts<AppState> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let presented = presented(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let caller = app.services.authenticate(presented).ok_or_else(Problem::unauthorized)?;
        within_limits(app, &caller).map_err(Problem::too_many)?;
        Ok(Self(caller))
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
            let rate = Rate { per_second, burst: per_second.saturating_mul(2) };
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
            let source = app.services.authenticate(presented).is_some();
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

//! `/api/v1/validate/…`: whether a value can be one, before a form is sent. Nobody is asked: every answer says what was not
//! looked at.

pub mod address;
pub mod email;
pub mod phone;

use crate::{
    api::{auth::Sender, body},
    problem::Problem,
    security::rate::Public,
    state::AppState,
};
use axum::{Json, body::Body, http::HeaderMap};
use exchange::lead::advice::Advice;
use serde::Serialize;
use serde_json::{Value, json};

/// The members of a body. From a page every address has a limit of its own, beside the key's.
async fn asked(app: &AppState, sender: &Sender, headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    if let Some(address) = sender.visitor {
        app.public_rate.take(Public::Check, address, app.clock.now()).map_err(Problem::too_many)?;
    }
    body::read(headers, body).await
}

/// The one text that a body has to have.
async fn text(app: &AppState, sender: &Sender, headers: &HeaderMap, body: Body, name: &str) -> Result<String, Problem> {
    let asked = asked(app, sender, headers, body).await?;
    match asked.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Null) => Ok(String::new()),
        _ => Err(Problem::malformed(format!("Send `{{\"{name}\": \"…\"}}`."))),
    }
}

/// 200 whatever is found: that a value is wrong is the answer, not a failure.
fn told<T: Serialize>(name: &str, advice: &Advice<T>) -> Json<Value> {
    Json(json!({
        "valid": advice.value.is_some(), name: advice.value, "faults": advice.wrong, "suggestion": advice.suggestion,
        "doubts": advice.doubts, "checked": advice.checked, "not_checked": advice.not_checked,
    }))
}

//! Presets: how buyers on known platforms are reached, and contracts made from one.

use super::{Admin, ServiceError};
use crate::context::Actor;
use connectors::{Preset, presets};
use model::{FieldError, user::Right};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Which preset, and what is filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    id: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

impl Admin {
    /// Every preset with its placeholders and examples.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub fn presets(&self, actor: &Actor) -> Result<&'static [Preset], ServiceError> {
        if actor.may(Right::SeeExchange) { Ok(presets()) } else { Err(ServiceError::Forbidden) }
    }
}

/// Puts the delivery of a preset in the place of `"preset": {"id", "values"}`. Whether the buyer is pinged follows from
/// it unless it is said.
pub(super) fn fill(body: &mut Map<String, Value>) -> Result<(), ServiceError> {
    let Some(wanted) = body.remove("preset").filter(|wanted| !wanted.is_null()) else { return Ok(()) };
    let fault =
        |field: &str, code: &str, message: &str| ServiceError::Invalid(vec![FieldError::new(field, code, message)]);
    if body.contains_key("delivery") {
        return Err(fault("preset", "not_allowed", "A delivery and a preset are two ways to say the same: send one."));
    }
    let message = "This has to be {\"id\": …, \"values\": {…}} with texts as values.";
    let wanted: Wanted = serde_json::from_value(wanted).map_err(|_| fault("preset", "not_understood", message))?;
    let Some(preset) = connectors::preset(&wanted.id) else {
        return Err(fault("preset.id", "not_found", "There is no such preset."));
    };
    let delivery = preset.fill(&wanted.values).map_err(|faults| {
        let below = |fault: FieldError| FieldError { field: format!("preset.{}", fault.field), ..fault };
        ServiceError::Invalid(faults.into_iter().map(below).collect())
    })?;
    let broken = |error: serde_json::Error| ServiceError::Broken(error.to_string());
    body.insert("delivery".to_owned(), serde_json::to_value(&delivery).map_err(broken)?);
    if !body.contains_key("kind") {
        body.insert("kind".to_owned(), serde_json::to_value(preset.kind).map_err(broken)?);
    }
    Ok(())
}

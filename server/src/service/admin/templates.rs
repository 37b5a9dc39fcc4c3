//! Vertical templates, and campaigns made from one.

use super::{Admin, ServiceError};
use crate::context::Actor;
use exchange::vertical::{Template, template, templates};
use model::{FieldError, user::Right};
use serde_json::{Map, Value};

impl Admin {
    /// Every vertical template with its fields, filters and sample leads.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub fn templates(&self, actor: &Actor) -> Result<&'static [Template], ServiceError> {
        if actor.may(Right::SeeExchange) { Ok(templates()) } else { Err(ServiceError::Forbidden) }
    }
}

/// Puts what a campaign does not say itself from `"template": "solar"`.
pub(super) fn fill(body: &mut Map<String, Value>) -> Result<(), ServiceError> {
    let Some(wanted) = body.remove("template").filter(|wanted| !wanted.is_null()) else { return Ok(()) };
    let Some(found) = wanted.as_str().and_then(template) else {
        let message = "There is no such template.";
        return Err(ServiceError::Invalid(vec![FieldError::new("template", "not_found", message)]));
    };
    if let Value::Object(members) = found.campaign() {
        for (name, value) in members {
            body.entry(name).or_insert(value);
        }
    }
    Ok(())
}

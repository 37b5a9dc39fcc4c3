//! Reading when alerts are raised: every fault at once.

use crate::service::ServiceError;
use model::{
    FieldError,
    alert::{AlertKind, AlertSettings},
};
use serde_json::Value;

/// A number among the settings with its least and its most; shares in parts per million.
const NUMBERS: [(&str, u64, u64, &str); 8] = [
    ("cap_near", 10_000, 990_000, "From 1 to 99 per cent."),
    ("timeout_share", 10_000, 1_000_000, "From 1 to 100 per cent."),
    ("reject_margin", 10_000, 1_000_000, "From 1 to 100 points."),
    ("bid_margin", 10_000, 1_000_000, "From 1 to 100 per cent."),
    ("endpoint_minutes", 1, 1_440, "From 1 minute to a day."),
    ("balance_days", 0, 60, "From 0 to 60 days."),
    ("doubt_minutes", 1, 10_080, "From 1 minute to a week."),
    ("doubt_count", 1, 100_000, "From 1 to 100000 posts."),
];

/// Reads what was sent; what is not named keeps its usual value.
pub(super) fn read(value: Value) -> Result<AlertSettings, ServiceError> {
    let mut faults = Vec::new();
    let fault = |path: &str, message: &str| FieldError::new(path, "not_allowed", message);
    for (name, least, most, message) in NUMBERS {
        let number = value.get(name);
        if number.is_some_and(|number| !number.as_u64().is_some_and(|number| (least..=most).contains(&number))) {
            faults.push(fault(name, message));
        }
    }
    let off = value.get("off").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    if serde_json::from_value::<Vec<AlertKind>>(off).is_err() {
        let kinds = AlertKind::ALL.map(AlertKind::name).join(", ");
        faults.push(fault("off", &format!("This has to be a list of {kinds}.")));
    }
    match serde_json::from_value(value) {
        Ok(settings) if faults.is_empty() => Ok(settings),
        Err(_) if faults.is_empty() => Err(ServiceError::Invalid(vec![fault("", "There is no such setting.")])),
        _ => Err(ServiceError::Invalid(faults)),
    }
}

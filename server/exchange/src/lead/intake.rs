//! From a submission to a lead: every field read to its type, every bad one named at once.

use super::{Lead, Reading, Schema, Submission, pii::PersonalPart};
use model::{
    FieldError, Timestamp,
    field::{Field, Visibility},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A consent may be dated this far in the future, in milliseconds: clocks differ.
const CLOCK_SKEW_MS: i64 = 5 * 60 * 1000;

/// Reads a lead by its campaign's schema. Members that no field knows are kept, sealed with the personal part, because
/// they may be personal; they are never sent.
///
/// # Errors
/// Every field that is missing or cannot be read.
pub fn read_lead(schema: &Schema, submission: Submission, now: Timestamp) -> Result<Lead, Vec<FieldError>> {
    let Submission { mut fields, consent, certificates, tracking, .. } = submission;
    let (mut open, mut personal, mut faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for field in schema.fields() {
        match read_field(schema, field, &mut fields) {
            Ok(Some(reading)) => {
                let part = if field.visibility == Visibility::Personal { &mut personal } else { &mut open };
                part.insert(field.name.clone(), reading);
            }
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    match &consent {
        None if schema.consent_required() => {
            faults.push(FieldError::new("consent", "missing", "Send the consent record."));
        }
        Some(consent) => faults.extend(consent_time(consent.granted_at.as_deref(), now)),
        None => {}
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let extra = fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    });
    let part = PersonalPart { fields: personal, extra: extra.collect(), consent, certificates };
    Ok(Lead::new(schema.clone(), open, part, tracking))
}

/// Reads what an affiliate's ping may say by its campaign's schema: the fields that are not personal. Certificates count as
/// being there; members that no field knows are dropped, because they may be personal.
///
/// # Errors
/// First every personal value that came (`personal_field_in_ping`); when there is none, every field that is missing or
/// cannot be read.
pub fn read_ping(schema: &Schema, submission: Submission) -> Result<Lead, Vec<FieldError>> {
    let Submission { mut fields, consent, certificates, tracking, .. } = submission;
    let personal = |field: &&Field| field.visibility == Visibility::Personal;
    let sent = |field: &&Field| fields.get(&field.name).is_some_and(|value| !value.is_null() && value != "");
    let refuse = |name: &str| {
        FieldError::new(name, "personal_field_in_ping", "Leave this out of the ping; send it with the lead.")
    };
    let mut faults: Vec<FieldError> =
        schema.fields().filter(personal).filter(sent).map(|field| refuse(&field.name)).collect();
    faults.extend(consent.is_some().then(|| refuse("consent")));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut open = BTreeMap::new();
    for field in schema.fields().filter(|field| !personal(field)) {
        match read_field(schema, field, &mut fields) {
            Ok(Some(reading)) => {
                open.insert(field.name.clone(), reading);
            }
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let part = PersonalPart { fields: BTreeMap::new(), extra: BTreeMap::new(), consent: None, certificates };
    Ok(Lead::without_person(schema.clone(), open, part, tracking))
}

/// What is wrong with some fields of a lead that is still being entered: those of one step of a form. A field that nobody
/// knows has no fault.
#[must_use]
pub fn faults_of(schema: &Schema, names: &[&str], fields: &Map<String, Value>) -> Vec<FieldError> {
    let known = schema.fields().filter(|field| names.contains(&field.name.as_str()));
    known.filter_map(|field| read_field(schema, field, &mut fields.clone()).err()).collect()
}

fn read_field(schema: &Schema, field: &Field, from: &mut Map<String, Value>) -> Result<Option<Reading>, FieldError> {
    let raw = match from.remove(&field.name) {
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Array(_) | Value::Object(_)) => {
            return Err(FieldError::new(&field.name, "not_text", "Send one value, not a list or an object."));
        }
        Some(Value::Null) | None => String::new(),
    };
    if raw.trim().is_empty() {
        let missing = || FieldError::new(&field.name, "missing", format!("Enter {}.", field.label.to_lowercase()));
        return if field.required { Err(missing()) } else { Ok(None) };
    }
    match schema.read(&field.name, &raw) {
        Some(Ok(value)) => Ok(Some(Reading { value, raw })),
        Some(Err(fault)) => Err(FieldError::new(&field.name, fault.code, fault.message)),
        None => Ok(None),
    }
}

fn consent_time(granted_at: Option<&str>, now: Timestamp) -> Option<FieldError> {
    let fault = |code, message| Some(FieldError::new("consent.granted_at", code, message));
    let Ok(at) = granted_at?.parse::<jiff::Timestamp>() else {
        return fault("not_a_time", "Send a time such as 2026-05-07T19:04:11Z.");
    };
    if at.as_microsecond() > now.plus_millis(CLOCK_SKEW_MS).0 {
        return fault("in_the_future", "The consent is dated in the future.");
    }
    None
}

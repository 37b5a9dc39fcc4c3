//! From a submission to a lead: every field read to its type, every bad one named at once.

use super::{Lead, Reading, Schema, Submission, pii::PersonalPart, records, schema::Compiled, value::Value as Read};
use model::{
    FieldError, Timestamp,
    field::{Field, FieldKind, Visibility},
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
    let mut reader = Reader::new(now);
    for compiled in schema.compiled() {
        reader.take(compiled, &mut fields);
    }
    let Reader { open, personal, mut faults, .. } = reader;
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
    let part = PersonalPart::new(personal, extra.collect(), consent, certificates);
    Ok(Lead::new(schema.clone(), open, part, tracking))
}

/// Reads what an affiliate's ping may say by its campaign's schema: the fields that are not personal. Certificates count as
/// being there; members that no field knows are dropped, because they may be personal.
///
/// # Errors
/// First every personal value that came (`personal_field_in_ping`); when there is none, every field that is missing or
/// cannot be read.
pub fn read_ping(schema: &Schema, submission: Submission, now: Timestamp) -> Result<Lead, Vec<FieldError>> {
    let Submission { mut fields, consent, certificates, tracking, .. } = submission;
    let refuse = |name: &str| {
        FieldError::new(name, "personal_field_in_ping", "Leave this out of the ping; send it with the lead.")
    };
    let mut reader = Reader { ping: true, ..Reader::new(now) };
    for compiled in schema.compiled() {
        reader.take(compiled, &mut fields);
    }
    let mut refused: Vec<_> = reader.refused.iter().map(|name| refuse(name)).collect();
    refused.extend(consent.is_some().then(|| refuse("consent")));
    if !refused.is_empty() {
        return Err(refused);
    }
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    let part = PersonalPart::new(BTreeMap::new(), BTreeMap::new(), None, certificates);
    Ok(Lead::without_person(schema.clone(), reader.open, part, tracking))
}

/// What is wrong with some fields of a lead that is still being entered: those of one step of a form. A field that nobody
/// knows has no fault.
#[must_use]
pub fn faults_of(schema: &Schema, names: &[&str], fields: &Map<String, Value>, now: Timestamp) -> Vec<FieldError> {
    let mut reader = Reader::new(now);
    let mut fields = fields.clone();
    for compiled in schema.compiled().iter().filter(|compiled| names.contains(&compiled.field.name.as_str())) {
        reader.take(compiled, &mut fields);
    }
    reader.faults
}

/// Sorts values into the open and the personal part, field by field.
pub(super) struct Reader {
    /// The day ages are counted to (UTC): year, month, day.
    today: (i64, i64, i64),
    /// Nothing personal is taken.
    ping: bool,
    pub(super) open: BTreeMap<String, Reading>,
    pub(super) personal: BTreeMap<String, Reading>,
    faults: Vec<FieldError>,
    /// Personal values that came in a ping.
    refused: Vec<String>,
}

impl Reader {
    pub(super) fn new(now: Timestamp) -> Self {
        let (year, month, day, ..) = now.civil();
        let today = (year, i64::from(month), i64::from(day));
        let (open, personal) = (BTreeMap::new(), BTreeMap::new());
        Self { today, ping: false, open, personal, faults: Vec::new(), refused: Vec::new() }
    }

    pub(super) fn take(&mut self, compiled: &Compiled, fields: &mut Map<String, Value>) {
        let field = &compiled.field;
        if let FieldKind::List { max, .. } = field.kind {
            return match records::take(&field.name, fields) {
                Ok(records) => self.records(compiled, usize::from(max), records, fields),
                Err(fault) => self.faults.push(fault),
            };
        }
        self.value(compiled, field.name.clone(), fields.remove(&field.name));
    }

    /// Members that the schema does not know go back to the other fields that nobody knows.
    fn records(
        &mut self,
        list: &Compiled,
        max: usize,
        records: Vec<Map<String, Value>>,
        unknown: &mut Map<String, Value>,
    ) {
        let name = &list.field.name;
        if records.is_empty() {
            if list.field.required {
                self.faults.push(missing(name, &list.field));
            }
            return;
        }
        if records.len() > max {
            return self.faults.push(FieldError::new(name, "too_many", format!("Send at most {max} records.")));
        }
        let count = i64::try_from(records.len()).unwrap_or_default();
        self.open.insert(name.clone(), Reading { value: Read::Integer(count), raw: count.to_string() });
        for (at, mut record) in records.into_iter().enumerate() {
            for member in &list.members {
                let value = record.remove(&member.field.name);
                self.value(member, records::path(name, at, &member.field.name), value);
            }
            unknown.extend(record.into_iter().map(|(member, value)| (records::path(name, at, &member), value)));
        }
    }

    fn value(&mut self, compiled: &Compiled, path: String, sent: Option<Value>) {
        let personal = compiled.field.visibility == Visibility::Personal;
        if self.ping && personal {
            if sent.is_some_and(|value| !value.is_null() && value != "") {
                self.refused.push(path);
            }
            return;
        }
        match read_value(compiled, &path, sent) {
            Ok(Some(reading)) => {
                for part in &compiled.kept {
                    if let Some(value) = reading.value.shared(*part, self.today) {
                        let raw = value.text();
                        self.open.insert(format!("{path}.{}", part.name()), Reading { value, raw });
                    }
                }
                let part = if personal { &mut self.personal } else { &mut self.open };
                part.insert(path, reading);
            }
            Ok(None) => {}
            Err(fault) => self.faults.push(fault),
        }
    }
}

fn missing(path: &str, field: &Field) -> FieldError {
    FieldError::new(path, "missing", format!("Enter {}.", field.label.to_lowercase()))
}

fn read_value(compiled: &Compiled, path: &str, sent: Option<Value>) -> Result<Option<Reading>, FieldError> {
    let raw = match sent {
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Array(_) | Value::Object(_)) => {
            return Err(FieldError::new(path, "not_text", "Send one value, not a list or an object."));
        }
        Some(Value::Null) | None => String::new(),
    };
    if raw.trim().is_empty() {
        return if compiled.field.required { Err(missing(path, &compiled.field)) } else { Ok(None) };
    }
    match compiled.read(&raw) {
        Ok(value) => Ok(Some(Reading { value, raw })),
        Err(fault) => Err(FieldError::new(path, fault.code, fault.message)),
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

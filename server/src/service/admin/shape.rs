//! Reads a document from JSON and names every member that is missing, of another kind, or unknown. The deserialiser
//! stops at its first fault; here each member is tried on its own, in the place of the same member of a document that
//! is right.

use model::{
    FieldError,
    document::{Document, DocumentId, Kind},
};
use serde_json::{Map, Value, json};

/// Reads a document of this kind.
///
/// # Errors
/// Every fault.
pub(super) fn read(kind: Kind, value: &Value) -> Result<Document, Vec<FieldError>> {
    let Some(object) = value.as_object() else {
        return Err(vec![FieldError::new("", "not_understood", "This has to be an object.")]);
    };
    let mut faults = Vec::new();
    match Document::read(kind, value) {
        Ok(document) => {
            unknown("", value, &plain(&document), &mut faults);
            if faults.is_empty() { Ok(document) } else { Err(faults) }
        }
        Err(error) => {
            let whole = right(kind);
            let probe = Probe { kind, whole: &whole };
            probe.members(&[], "", object, &mut faults);
            for name in object.keys().filter(|name| whole.get(name.as_str()).is_none()) {
                faults.push(FieldError::new(name, "unknown", "There is no such member."));
            }
            if faults.is_empty() {
                faults.push(fault("", &error.to_string()));
            }
            Err(faults)
        }
    }
}

fn plain(document: &Document) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}

/// Members that were sent and are not there after reading: a name written wrong would otherwise do nothing, silently.
fn unknown(path: &str, sent: &Value, read: &Value, faults: &mut Vec<FieldError>) {
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => {
            for (name, value) in sent {
                let path = join(path, name);
                match read.get(name) {
                    Some(read) => unknown(&path, value, read, faults),
                    None if is_nothing(value) => {}
                    None => faults.push(FieldError::new(path, "unknown", "There is no such member.")),
                }
            }
        }
        (Value::Array(sent), Value::Array(read)) => {
            for (at, (sent, read)) in sent.iter().zip(read).enumerate() {
                unknown(&format!("{path}[{at}]"), sent, read, faults);
            }
        }
        _ => {}
    }
}

/// A member without a value may be left out when it is written again.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_nothing),
        _ => false,
    }
}

struct Probe<'a> {
    kind: Kind,
    whole: &'a Value,
}

/// One step into a document that is right: a member, or the one item of a list.
#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item,
}

impl Probe<'_> {
    fn members(&self, place: &[Step<'_>], path: &str, sent: &Map<String, Value>, faults: &mut Vec<FieldError>) {
        let empty = Map::new();
        let known = at(self.whole, place).and_then(Value::as_object).unwrap_or(&empty);
        for name in known.keys().filter(|name| !sent.contains_key(*name)) {
            if self.attempt(&step(place, Step::Member(name)), None).is_err() {
                faults.push(FieldError::new(join(path, name), "missing", "This is required."));
            }
        }
        for (name, value) in sent.iter().filter(|(name, _)| known.contains_key(*name)) {
            self.value(&step(place, Step::Member(name)), &join(path, name), value, faults);
        }
    }

    fn value(&self, place: &[Step<'_>], path: &str, sent: &Value, faults: &mut Vec<FieldError>) {
        let Err(error) = self.attempt(place, Some(sent)) else { return };
        let before = faults.len();
        match (sent, at(self.whole, place)) {
            (Value::Object(sent), Some(Value::Object(_))) => self.members(place, path, sent, faults),
            (Value::Array(sent), Some(Value::Array(_))) => {
                for (number, item) in sent.iter().enumerate() {
                    self.value(&step(place, Step::Item), &format!("{path}[{number}]"), item, faults);
                }
            }
            _ => {}
        }
        if faults.len() == before {
            faults.push(fault(path, &error));
        }
    }

    /// Whether the document that is right is still understood with this value there, or without any.
    fn attempt(&self, place: &[Step<'_>], value: Option<&Value>) -> Result<(), String> {
        let mut whole = self.whole.clone();
        put(&mut whole, place, value);
        Document::read(self.kind, &whole).map(|_| ()).map_err(|error| error.to_string())
    }
}

fn step<'a>(place: &[Step<'a>], next: Step<'a>) -> Vec<Step<'a>> {
    let mut place = place.to_vec();
    place.push(next);
    place
}

fn at<'a>(value: &'a Value, place: &[Step<'_>]) -> Option<&'a Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item => value.get(0),
    })
}

fn put(whole: &mut Value, place: &[Step<'_>], value: Option<&Value>) {
    let Some((last, way)) = place.split_last() else { return };
    let inner = way.iter().try_fold(whole, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Item => value.get_mut(0),
    });
    match (inner, last, value) {
        (Some(Value::Object(object)), Step::Member(name), Some(value)) => {
            object.insert((*name).to_owned(), value.clone());
        }
        (Some(Value::Object(object)), Step::Member(name), None) => {
            object.remove(*name);
        }
        (Some(Value::Array(list)), Step::Item, Some(value)) => *list = vec![value.clone()],
        _ => {}
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The deserialiser's words without the value that was sent: it may be a secret.
fn fault(path: &str, error: &str) -> FieldError {
    if let Some((_, member)) = error.split_once("missing field ") {
        return FieldError::new(path, "missing", format!("The member {member} is required."));
    }
    if error.starts_with("not an id") {
        return FieldError::new(path, "not_understood", format!("This is {error}."));
    }
    let expected = error.rsplit_once("expected ").map_or("something else", |(_, expected)| expected);
    let expected = match expected.trim() {
        "a sequence" => "a list",
        "a string" => "a text",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "i32" | "i64" => "a whole number of this size",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("enum ") => "one of the choices",
        other => other,
    };
    FieldError::new(path, "not_understood", format!("This has to be {}.", expected.trim_end_matches('.')))
}

/// A document of each kind that is right and has one of everything. Made from JSON, so that a member that is added
/// later and has a default needs no line here.
pub(super) fn right(kind: Kind) -> Value {
    let id = |kind| DocumentId::from_bits(kind, 1).to_string();
    let cap = json!({ "window": "day", "limit": { "count": 1 } });
    let call = json!({
        "url": "https://buyer.example/", "format": "json", "headers": [{ "name": "X-Key", "value": "1" }],
        "rows": [{
            "to": "zip", "from": { "field": "zip" }, "style": "plain", "replace": [{ "ours": "a", "theirs": "b" }],
        }],
        "response": {
            "accept": { "path": "status", "values": ["yes"] }, "reject": { "path": "status", "values": ["no"] },
            "reasons": [{ "contains": "cap", "reason": "buyer_cap" }],
        },
        "timeout_ms": 1000,
    });
    let document = match kind {
        Kind::Campaign => json!({
            "id": id(kind), "slug": "a", "name": "A", "vertical_id": model::VerticalId::from_bits(1), "active": true,
            "currency": "USD", "fallback_url": "https://form.example/",
            "fields": [{ "name": "zip", "label": "ZIP", "kind": { "type": "zip" }, "visibility": "pingable" }],
            "duplicates": { "same_buyer_days": 1, "cross_buyer_days": 1, "by": ["phone"] },
            "auction": { "floor": 0, "posts": 1, "deadline_ms": 3000, "post_reserve_ms": 1000 },
            "reoffer": { "after_minutes": 30, "times": 1, "fresh_minutes": 60 },
        }),
        Kind::Source => json!({
            "id": id(kind), "slug": "a", "name": "A", "active": true, "payout": { "fixed": 0 },
            "intake": { "names": [{ "theirs": "a", "ours": "b" }], "campaigns": [{ "theirs": "a", "campaign": "b" }] },
        }),
        Kind::Buyer => json!({
            "id": id(kind), "slug": "a", "name": "A", "legal_name": "A", "active": true, "zone": "UTC", "caps": [cap],
        }),
        Kind::Contract => json!({
            "id": id(kind), "campaign_id": id(Kind::Campaign), "buyer_id": id(Kind::Buyer), "name": "A",
            "kind": "direct", "active": true, "price": { "fixed": 1 }, "caps": [cap],
            "schedule": { "spans": [{ "weekday": 0, "start": 0, "end": 1 }], "holidays": ["2026-01-01"] },
            "delivery": { "ping": call, "post": call },
        }),
    };
    // Through its type: members with a default appear as well.
    Document::read(kind, &document).map(|document| plain(&document)).unwrap_or(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: Kind, change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
        let mut value = right(kind);
        change(&mut value);
        let faults = read(kind, &value).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[test]
    fn what_is_right_is_read() {
        for kind in Kind::ALL {
            assert_eq!(named(kind, |_| {}), [], "{kind:?}");
            assert!(Document::read(kind, &right(kind)).is_ok(), "{kind:?}");
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let faults = named(Kind::Contract, |value| {
            value["kind"] = json!("barter");
            value["priority"] = json!("high");
            value["caps"][0]["window"] = json!("fortnight");
            value["delivery"]["post"]["timeout_ms"] = json!("soon");
            value["delivery"]["post"]["headers"] = json!([{ "name": "A", "value": "b" }, { "name": "A" }]);
            value.as_object_mut().unwrap().remove("name");
            value["flor"] = json!(1);
        });
        let paths: Vec<_> = faults.iter().map(|(path, code)| format!("{path} {code}")).collect();
        for expected in [
            "name missing",
            "kind not_understood",
            "priority not_understood",
            "caps[0].window not_understood",
            "delivery.post.timeout_ms not_understood",
            "delivery.post.headers[1].value missing",
            "flor unknown",
        ] {
            assert!(paths.iter().any(|path| path == expected), "{expected} is missing in {paths:?}");
        }
        assert_eq!(paths.len(), 7, "{paths:?}");
    }

    #[test]
    fn a_name_written_wrong_is_told_and_nothing_is_not() {
        let faults = named(Kind::Campaign, |value| value["auction"]["flor"] = json!(3));
        assert_eq!(faults, [("auction.flor".to_owned(), "unknown".to_owned())]);
        assert_eq!(named(Kind::Campaign, |value| value["auction"]["later"] = json!([])), []);
    }

    #[test]
    fn no_fault_repeats_what_was_sent() {
        let mut value = right(Kind::Contract);
        value["delivery"]["post"]["headers"] = json!([{ "name": "A", "value": 918_273 }]);
        value["kind"] = json!("s3cret-thing");
        let told = format!("{:?}", read(Kind::Contract, &value));
        assert!(!told.contains("918273") && !told.contains("s3cret-thing"), "{told}");
    }
}

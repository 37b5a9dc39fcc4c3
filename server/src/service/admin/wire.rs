//! Documents as operators see and send them: amounts as decimals, secrets never.

use super::{part::under, shape};
use exchange::difference::is_money;
use model::{
    FieldError, Micros,
    document::{Document, Kind},
    mapping::Delivery,
    secret::{MASK, Secret},
};
use serde_json::{Value, json};

/// What stands for a secret in an exported configuration, as `{"secret":"kept"}`.
pub const KEPT: &str = "kept";

/// A document as it is shown.
pub(super) fn shown(document: &Document) -> Value {
    let mut document = document.clone();
    if let Document::Contract(contract) = &mut document {
        mask(&mut contract.delivery);
    }
    let mut value = serde_json::to_value(&document).unwrap_or_default();
    amounts(&mut value, &mut Vec::new(), &mut |value| {
        if let Some(micros) = value.as_i64() {
            *value = Value::from(Micros(micros).to_decimal());
        }
    });
    value
}

/// Masks every secret of a delivery.
fn mask(delivery: &mut Delivery) {
    for header in crate::security::secrets::headers_mut(delivery) {
        header.value = Secret::mask();
    }
}

/// Reads a document as it was sent. Its secrets are in clear, or the mask where they are to be kept.
///
/// # Errors
/// Every fault.
pub(super) fn read(kind: Kind, mut value: Value) -> Result<Document, Vec<FieldError>> {
    if let Some(object) = value.as_object_mut() {
        object.remove("version");
        object.remove("warnings");
    }
    let mut faults = Vec::new();
    if kind == Kind::Contract {
        for part in ["ping", "post"] {
            let headers = value.pointer_mut(&format!("/delivery/{part}/headers")).and_then(Value::as_array_mut);
            headers.into_iter().flatten().for_each(kept);
        }
    }
    read_amounts(&mut value, "", &mut Vec::new(), &mut faults);
    match shape::read(kind, &value) {
        Ok(document) if faults.is_empty() => Ok(document),
        Ok(_) => Err(faults),
        Err(wrong) => {
            faults.extend(wrong);
            Err(faults)
        }
    }
}

/// The reference of an exported configuration means the same as the mask.
fn kept(header: &mut Value) {
    if header.get("value") == Some(&json!({ "secret": KEPT })) {
        header["value"] = MASK.into();
    }
}

/// Secrets as an exported configuration has them.
pub(super) fn by_reference(mut shown: Value) -> Value {
    for part in ["ping", "post"] {
        let headers = shown.pointer_mut(&format!("/delivery/{part}/headers")).and_then(Value::as_array_mut);
        for header in headers.into_iter().flatten() {
            header["value"] = json!({ "secret": KEPT });
        }
    }
    shown
}

fn amounts(value: &mut Value, pattern: &mut Vec<String>, each: &mut impl FnMut(&mut Value)) {
    if is_money(pattern) {
        return each(value);
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                pattern.push(name.clone());
                amounts(value, pattern, each);
                pattern.pop();
            }
        }
        Value::Array(list) => {
            pattern.push("*".to_owned());
            list.iter_mut().for_each(|item| amounts(item, pattern, each));
            pattern.pop();
        }
        _ => {}
    }
}

/// Amounts are decimals in quotes: a bare number would be read as dollars by one and as cents by another.
fn read_amounts(value: &mut Value, path: &str, pattern: &mut Vec<String>, faults: &mut Vec<FieldError>) {
    if is_money(pattern) {
        let micros = value.as_str().map(str::parse::<Micros>);
        match (&*value, micros) {
            (_, Some(Ok(micros))) => *value = micros.0.into(),
            (Value::Null, _) => {}
            _ => {
                let message = "This has to be an amount in quotes, such as \"12.50\", with at most six decimals.";
                faults.extend(under(path, vec![FieldError::new("", "not_an_amount", message)]));
                *value = 0.into();
            }
        }
        return;
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                pattern.push(name.clone());
                read_amounts(value, &path, pattern, faults);
                pattern.pop();
            }
        }
        Value::Array(list) => {
            pattern.push("*".to_owned());
            for (at, item) in list.iter_mut().enumerate() {
                read_amounts(item, &format!("{path}[{at}]"), pattern, faults);
            }
            pattern.pop();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_taken_back() {
        for kind in Kind::ALL {
            let document = Document::read(kind, &shape::right(kind)).unwrap();
            let mut sent = shown(&document);
            assert!(!sent.to_string().contains("\"value\":\"1\""), "{sent}");
            sent["version"] = 3.into();
            let mut masked = document;
            if let Document::Contract(contract) = &mut masked {
                mask(&mut contract.delivery);
            }
            assert_eq!(read(kind, sent.clone()), Ok(masked.clone()), "{kind:?}");
            assert_eq!(read(kind, by_reference(sent)), Ok(masked), "{kind:?}");
        }
    }

    #[test]
    fn amounts_are_decimals() {
        let document = Document::read(Kind::Contract, &shape::right(Kind::Contract)).unwrap();
        let mut sent = shown(&document);
        assert_eq!(sent["price"]["fixed"], "0.000001");
        sent["price"] = json!({ "fixed": "9.5", "floor": 4, "max_bid": "a lot" });
        sent["caps"] = json!([{ "window": "day", "limit": { "money": "1e3" } }]);
        let faults = read(Kind::Contract, sent).unwrap_err();
        let paths: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(paths, ["price.floor", "price.max_bid", "caps[0].limit.money"]);
    }
}

//! Lists of records: drivers, vehicles. However a form sends them, they become readings of their members under paths such as
//! `drivers[0].gender`, each in the open or the personal part as its own visibility says.

use model::FieldError;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The records of a list in their order; taken out of the fields that were sent. Taken are a list of objects, one object (a
/// list of one, as XML writes it), an object by numbers (`drivers[1][gender]` of a form), and flat names
/// (`drivers[0].gender`, `drivers.0.gender`, `drivers_1_gender`).
///
/// # Errors
/// What is no list of objects.
pub(super) fn take(list: &str, fields: &mut Map<String, Value>) -> Result<Vec<Map<String, Value>>, FieldError> {
    let mut records = match fields.remove(list) {
        Some(Value::Array(items)) => items.into_iter().map(|item| record(list, item)).collect::<Result<_, _>>()?,
        Some(Value::Object(members)) => by_number(list, members)?,
        Some(Value::Null) | None => Vec::new(),
        Some(Value::String(text)) if text.trim().is_empty() => Vec::new(),
        Some(_) => return Err(not_a_list(list)),
    };
    for (index, member, value) in flat(list, fields) {
        while records.len() <= index {
            records.push(Map::new());
        }
        records[index].entry(member).or_insert(value);
    }
    records.retain(|record| record.values().any(|value| !blank(value)));
    Ok(records)
}

fn not_a_list(list: &str) -> FieldError {
    FieldError::new(list, "not_a_list", "Send a list of objects.")
}

fn blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn record(list: &str, item: Value) -> Result<Map<String, Value>, FieldError> {
    match item {
        Value::Object(members) => Ok(members),
        Value::Null => Ok(Map::new()),
        _ => Err(not_a_list(list)),
    }
}

fn by_number(list: &str, members: Map<String, Value>) -> Result<Vec<Map<String, Value>>, FieldError> {
    let numbered = !members.is_empty() && members.keys().all(|name| index(name).is_some());
    if !numbered {
        return Ok(if members.is_empty() { Vec::new() } else { vec![members] });
    }
    let in_order: BTreeMap<_, _> = members.into_iter().map(|(name, item)| (index(&name), item)).collect();
    in_order.into_values().map(|item| record(list, item)).collect()
}

/// A number of at most two digits: nobody lists more.
fn index(text: &str) -> Option<usize> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Members under flat names, with the place of their record. Places of an underscore form begin at one, as people count.
fn flat(list: &str, fields: &mut Map<String, Value>) -> Vec<(usize, String, Value)> {
    let parsed = |name: &str| {
        let rest = name.strip_prefix(list)?;
        let (number, member, first) = match rest.as_bytes().first()? {
            b'[' => rest[1..].split_once("].").map(|(number, member)| (number, member, 0))?,
            b'.' => rest[1..].split_once('.').map(|(number, member)| (number, member, 0))?,
            b'_' => rest[1..].split_once('_').map(|(number, member)| (number, member, 1))?,
            _ => return None,
        };
        Some((index(number)?.checked_sub(first)?, member.to_owned()))
    };
    let names: Vec<_> = fields.keys().filter_map(|name| Some((name.clone(), parsed(name)?))).collect();
    let taken = names.into_iter().filter_map(|(name, (at, member))| Some((at, member, fields.remove(&name)?)));
    taken.collect()
}

/// The path of a member of a record.
pub(super) fn path(list: &str, index: usize, member: &str) -> String {
    format!("{list}[{index}].{member}")
}

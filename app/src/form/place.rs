//! Paths into a document, as faults name them: `caps[0].limit.money`.

use serde_json::{Map, Value};

/// More rows than this are not made, whatever a form says.
pub(super) const ROWS_MAX: usize = 500;
/// Deeper than this is not gone.
const DEPTH_MAX: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Row(usize),
}

/// The steps of a path: `a.b[0]` and `a.b.0` are the same. None for what is no path.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path.split(['.', '[']).map(|part| part.trim_end_matches(']')) {
        let step = match part.parse::<usize>() {
            Ok(row) if row < ROWS_MAX && !steps.is_empty() => Step::Row(row),
            _ if part.is_empty() || part.len() > 100 => return None,
            _ => Step::Member(part.to_owned()),
        };
        steps.push(step);
    }
    (steps.len() <= DEPTH_MAX).then_some(steps)
}

/// The value at a path.
#[must_use]
pub fn get<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(value);
    }
    steps(path)?.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Row(row) => value.get(row),
    })
}

/// The place at a path, made where it is not there yet. None for what is no path.
pub(super) fn make<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    if path.is_empty() {
        return Some(value);
    }
    let mut at = value;
    for step in steps(path)? {
        at = match step {
            Step::Member(name) => {
                if !at.is_object() {
                    *at = Value::Object(Map::new());
                }
                at.as_object_mut()?.entry(name).or_insert(Value::Null)
            }
            Step::Row(row) => {
                if !at.is_array() {
                    *at = Value::Array(Vec::new());
                }
                let list = at.as_array_mut()?;
                while list.len() <= row {
                    list.push(Value::Null);
                }
                &mut list[row]
            }
        };
    }
    Some(at)
}

/// The list and the row that a path such as `caps[2]` ends in.
pub(super) fn row(path: &str) -> Option<(&str, usize)> {
    let (list, row) = path.strip_suffix(']')?.rsplit_once('[')?;
    Some((list, row.parse().ok().filter(|row| *row < ROWS_MAX)?))
}

/// The HTML id of the input at a path.
#[must_use]
pub fn id(path: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    format!("f-{}", path.chars().map(safe).collect::<String>().trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_found_and_made() {
        let mut value = json!({ "caps": [{ "limit": 1 }] });
        assert_eq!(get(&value, "caps[0].limit"), Some(&json!(1)));
        assert_eq!(get(&value, "caps.0.limit"), Some(&json!(1)));
        assert_eq!(get(&value, "caps[1]"), None);
        *make(&mut value, "caps[1].per.value.only[0]").unwrap() = json!("MI");
        assert_eq!(value["caps"][1], json!({ "per": { "value": { "only": ["MI"] } } }));
        for bad in ["a..b", "a[]", "a[9999999].b.", &"a.".repeat(40)] {
            assert_eq!(make(&mut value.clone(), bad), None, "{bad}");
        }
        assert_eq!((row("a.b[2]"), row("a.b")), (Some(("a.b", 2)), None));
        assert_eq!(id("caps[0].limit"), "f-caps-0--limit");
    }
}

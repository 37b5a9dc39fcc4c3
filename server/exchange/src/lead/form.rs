//! Form bodies as JSON: dotted and bracketed names nest.

use model::FieldError;
use percent_encoding::percent_decode;
use serde_json::{Map, Value};

/// Deeper names are kept flat: nothing we read nests further.
const DEEPEST: usize = 8;

/// Turns `application/x-www-form-urlencoded` into the object it stands for: `fields.zip=48226` and `fields[zip]=48226`
/// nest, `tags[]=a&tags[]=b` is a list, and of a name that is there twice the last counts.
///
/// # Errors
/// When a name or value is not UTF-8 after decoding, or one name is used both as a text and as an object.
pub fn form_to_json(body: &[u8]) -> Result<Value, FieldError> {
    let mut root = Map::new();
    for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
        let name = decode(&pair[..at]).ok_or_else(|| not_utf8("a name"))?;
        let value = decode(pair.get(at + 1..).unwrap_or_default()).ok_or_else(|| not_utf8(&name))?;
        let path: Vec<&str> = name.split(['.', '[']).map(|part| part.trim_end_matches(']')).collect();
        let path = if path.len() > DEEPEST { vec![name.as_str()] } else { path };
        insert(&mut root, &path, value).map_err(|()| {
            FieldError::new(name.clone(), "not_an_object", "The same name is used as a value and as an object.")
        })?;
    }
    Ok(Value::Object(root))
}

fn not_utf8(what: &str) -> FieldError {
    FieldError::new(what, "not_utf8", "Send UTF-8, percent-encoded.")
}

fn insert(map: &mut Map<String, Value>, path: &[&str], value: String) -> Result<(), ()> {
    match path {
        [] => Ok(()),
        [name] => match map.get(*name) {
            Some(Value::Object(_) | Value::Array(_)) => Err(()),
            _ => {
                map.insert((*name).to_owned(), Value::String(value));
                Ok(())
            }
        },
        [name, ""] => match map.entry(*name).or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(items) => {
                items.push(Value::String(value));
                Ok(())
            }
            _ => Err(()),
        },
        [name, rest @ ..] => match map.entry(*name).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(inner) => insert(inner, rest, value),
            _ => Err(()),
        },
    }
}

/// Percent-decoding of the WHATWG URL standard's form parser; a stray `%` stands for itself.
fn decode(bytes: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&spaced).collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_nest_and_plus_is_a_space() {
        let body = b"campaign=auto&fields.zip=48226&fields[age]=41&a[b][c]=1&tags[]=x&tags[]=y&name=Dana+R%c3%a9yes&odd=10%&zip=1&zip=2";
        let expected = json!({"campaign": "auto", "fields": {"zip": "48226", "age": "41"}, "a": {"b": {"c": "1"}},
            "tags": ["x", "y"], "name": "Dana Réyes", "odd": "10%", "zip": "2"});
        assert_eq!(form_to_json(body).unwrap(), expected);
        assert_eq!(form_to_json(b"").unwrap(), json!({}));
        assert_eq!(form_to_json(b"a=%ff").unwrap_err().code, "not_utf8");
        assert_eq!(form_to_json(b"a=1&a.b=2").unwrap_err().code, "not_an_object");
    }
}

//! JSON of an answer: a name that is there twice makes it unreadable, since nobody can say which one is meant.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads the answer; text behind an object or a list is not looked at, unless it is another one.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let bad = |_| "an answer that is not JSON".to_owned();
    let mut reader = serde_json::Deserializer::from_str(text);
    // The parser bounds nesting at 128 levels; the caller bounds the size.
    let value = Strict.deserialize(&mut reader).map_err(|error| {
        if error.to_string().contains(TWICE) { "an answer that says one thing twice".to_owned() } else { bad(error) }
    })?;
    if let Err(error) = reader.end() {
        let end = text.rfind(['}', ']']).map_or(0, |at| at + 1);
        let container = value.is_object() || value.is_array();
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
        let _ = values.next();
        if !container || values.byte_offset() < end {
            return Err(bad(error));
        }
    }
    Ok(value)
}

const TWICE: &str = "is there twice";

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        Value::deserialize(reader)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Self)?;
            if object.insert(name, value).is_some() {
                return Err(Error::custom(TWICE));
            }
        }
        Ok(Value::Object(object))
    }
}

//! Reads a request into members: the query, a form, JSON or XML, whatever the content type says it is.

use crate::xml_in;
use encoding_rs::WINDOWS_1252;
use percent_encoding::percent_decode;
use serde_json::Value;

/// Most members that are read; what comes after them is not looked at.
const MOST: usize = 500;
/// Deepest nesting of JSON that is flattened.
const DEEPEST: usize = 16;

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// The path behind the platform's name, without a slash at its start.
    pub path: &'a str,
    /// The query as it was sent.
    pub query: &'a str,
    /// The announced type of the content; empty when there is none.
    pub content_type: &'a str,
    /// The types that the sender takes; empty when it does not say.
    pub accept: &'a str,
    /// What stands in the headers that may hold a key.
    pub key: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// One value of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name; nested ones are joined by dots.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// Whether it was a bare number: zeros at its start may be lost.
    pub number: bool,
}

impl Member {
    pub(super) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), number: false }
    }
}

/// A body that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// `JSON` or `XML`.
    pub format: &'static str,
    /// What is wrong.
    pub why: String,
}

impl Request<'_> {
    /// The members of query and body. Of a name that is there twice both stay; the query's come first.
    pub(super) fn members(&self, wrappers: &[&str]) -> Result<Vec<Member>, Unreadable> {
        let mut members = form(self.query.as_bytes());
        members.extend(body(self.body, wrappers)?);
        members.truncate(MOST);
        Ok(members)
    }
}

/// The first member of a name that has a value, without regard to case.
pub(super) fn find<'a>(members: &'a [Member], name: &str) -> Option<&'a str> {
    let named = members.iter().filter(|member| member.name.eq_ignore_ascii_case(name));
    named.map(|member| member.value.trim()).find(|value| !value.is_empty())
}

/// The members of a body: JSON and XML are known by their first character, everything else is a form. A single member
/// with one of the names in `wrappers` that holds all the others is taken off.
pub(super) fn body(bytes: &[u8], wrappers: &[&str]) -> Result<Vec<Member>, Unreadable> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
    let Some(start) = start else { return Ok(Vec::new()) };
    let bytes = &bytes[start..];
    match bytes[0] {
        b'{' | b'[' => Ok(flat(unwrapped(json(bytes)?, wrappers))),
        b'<' => {
            let root = xml_in::parse(&decoded(bytes.to_vec()));
            let root = root.map_err(|why| Unreadable { format: "XML", why })?;
            let inner = match root {
                Value::Object(members) => members.into_iter().next().map_or(Value::Null, |(_, inner)| inner),
                other => other,
            };
            Ok(flat(inner))
        }
        _ => Ok(form(bytes)),
    }
}

/// JSON; when it does not read, once more with raw control characters as blanks: hand-made templates have them.
pub(super) fn json(bytes: &[u8]) -> Result<Value, Unreadable> {
    let failed = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => Unreadable { format: "JSON", why: format!("line {}, column {}", error.line(), error.column()) },
    };
    let clean: String =
        decoded(bytes.to_vec()).chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    serde_json::from_str(&clean).map_err(|_| failed)
}

fn unwrapped(value: Value, wrappers: &[&str]) -> Value {
    match value {
        Value::Object(mut members) if members.len() == 1 => {
            let name = members.keys().next().cloned().unwrap_or_default();
            if wrappers.iter().any(|wrapper| wrapper.eq_ignore_ascii_case(&name)) {
                return members.remove(&name).unwrap_or_default();
            }
            Value::Object(members)
        }
        other => other,
    }
}

/// Nested members with their names joined by dots; the values of a list stand one after the other under its name, and a
/// list of `{name, value}` is what it says.
pub(super) fn flat(value: Value) -> Vec<Member> {
    let mut out = Vec::new();
    flatten(String::new(), value, 0, &mut out);
    out
}

fn flatten(name: String, value: Value, depth: usize, out: &mut Vec<Member>) {
    if out.len() >= MOST || depth > DEEPEST {
        return;
    }
    let under = |inner: &str| if name.is_empty() { inner.to_owned() } else { format!("{name}.{inner}") };
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (inner, value) in members {
                flatten(under(&inner), value, depth + 1, out);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.into_iter().enumerate() {
                match pair(&item) {
                    Some((label, value)) => flatten(label, value, depth + 1, out),
                    None if item.is_object() || item.is_array() => {
                        flatten(under(&at.to_string()), item, depth + 1, out);
                    }
                    None => flatten(name.clone(), item, depth + 1, out),
                }
            }
        }
        Value::String(value) => out.push(Member { name, value, number: false }),
        Value::Number(number) => out.push(Member { name, value: number.to_string(), number: true }),
        Value::Bool(flag) => out.push(Member { name, value: flag.to_string(), number: false }),
    }
}

/// `{name, value}`, `{key, value}`, `{id, label, value}` and what advertisers send: a name with one or several values.
fn pair(item: &Value) -> Option<(String, Value)> {
    let members = item.as_object()?;
    let name = ["name", "key", "column_id", "label", "id"].iter().find_map(|name| members.get(*name)?.as_str())?;
    let value = ["value", "string_value", "values"].iter().find_map(|name| members.get(*name))?;
    (!value.is_object()).then(|| (name.to_owned(), value.clone()))
}

/// A form or a query. Names like `a[b]` and `a[b][]` are `a.b`.
pub(super) fn form(bytes: &[u8]) -> Vec<Member> {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let read = pairs.map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let value = pair.get(at + 1..).unwrap_or_default();
        Member::new(dotted(&percent(&pair[..at])), percent(value))
    });
    read.take(MOST).collect()
}

fn dotted(name: &str) -> String {
    let parts = name.split('[').map(|part| part.trim_end_matches(']')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(".")
}

fn percent(bytes: &[u8]) -> String {
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    decoded(percent_decode(&spaced).collect())
}

/// UTF-8, and what is not, read as Windows-1252.
fn decoded(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> Vec<(String, String)> {
        let members = body(bytes, &["Request"]).unwrap();
        members.into_iter().map(|member| (member.name, member.value)).collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn whatever_it_is_it_becomes_members() {
        assert_eq!(
            told(b"First_Name=Dana+R%e9yes&a[b][c]=1&t[]=x&t[]=y&p=%2B1&empty"),
            pairs(&[("First_Name", "Dana Réyes"), ("a.b.c", "1"), ("t", "x"), ("t", "y"), ("p", "+1"), ("empty", "")])
        );
        assert_eq!(
            told(br#" {"Request":{"Zip":48226,"ok":true,"none":null,"a":{"b":"c"},"l":["x","y"]}}"#),
            pairs(&[("Zip", "48226"), ("ok", "true"), ("a.b", "c"), ("l", "x"), ("l", "y")])
        );
        assert_eq!(
            told(b"<?xml version='1.0'?><Request><Zip>48226</Zip><a><b>c</b></a></Request>"),
            pairs(&[("Zip", "48226"), ("a.b", "c")])
        );
        assert_eq!(told(b"{\"a\":\"two\nlines\"}"), pairs(&[("a", "two lines")]));
        assert_eq!(
            told(br#"[{"name":"email","value":"a@b.c"},{"name":"x","values":["1"]}]"#),
            pairs(&[("email", "a@b.c"), ("x", "1")])
        );
        assert_eq!(told(b""), pairs(&[]));
        assert_eq!(body(b"{\"a\":", &[]).unwrap_err().format, "JSON");
        assert_eq!(body(b"<a>", &[]).unwrap_err().format, "XML");
    }

    #[test]
    fn a_body_without_end_is_read_to_an_end() {
        let deep = "[".repeat(100_000);
        assert!(body(deep.as_bytes(), &[]).is_err());
        assert_eq!(body("a=1&".repeat(10_000).as_bytes(), &[]).unwrap().len(), MOST);
    }
}

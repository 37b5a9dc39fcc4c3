//! Reads XML of an answer into the shape of JSON. No entity is ever defined and no address fetched: a DTD is passed over.
//!
//! An element with neither attributes nor elements is its text; any other is an object with `@name` for attributes, its
//! elements by name (a list when a name is there more than once) and `#text`. Namespace prefixes are left out.

use serde_json::{Map, Value};

/// Deepest nesting.
const DEEPEST: usize = 64;

/// Reads a document: elements become members, see the crate's paths.
///
/// # Errors
/// Why it cannot be read.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { rest: text };
    reader.prolog()?;
    let mut root = Map::new();
    let (name, value) = reader.element(0)?;
    root.insert(name, value);
    // What follows the root element is not looked at, unless it is another one.
    reader.prolog()?;
    if reader.rest.trim_start().starts_with('<') {
        return Err(bad());
    }
    Ok(Value::Object(root))
}

fn bad() -> String {
    "an answer that is not XML".to_owned()
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Passes over declarations, comments and a document type.
    fn prolog(&mut self) -> Result<(), String> {
        loop {
            let rest = self.rest.trim_start();
            self.rest = rest;
            if rest.starts_with("<?") {
                self.skip_past("?>")?;
            } else if rest.starts_with("<!--") {
                self.skip_past("-->")?;
            } else if rest.starts_with("<!") {
                self.doctype()?;
            } else {
                return Ok(());
            }
        }
    }

    fn skip_past(&mut self, end: &str) -> Result<(), String> {
        let at = self.rest.find(end).ok_or_else(bad)?;
        self.rest = &self.rest[at + end.len()..];
        Ok(())
    }

    fn doctype(&mut self) -> Result<(), String> {
        let (mut depth, mut quote) = (0_usize, None);
        for (at, byte) in self.rest.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), byte) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[' | b'<') => depth += 1,
                (None, b']') => depth = depth.saturating_sub(1),
                (None, b'>') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.rest = &self.rest[at + 1..];
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(bad())
    }

    /// One element, at whose `<` we are.
    fn element(&mut self, depth: usize) -> Result<(String, Value), String> {
        if depth > DEEPEST {
            return Err("XML that is nested too deeply".to_owned());
        }
        self.rest = self.rest.strip_prefix('<').ok_or_else(bad)?;
        let full = self.name()?;
        let mut members = Map::new();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Ok((local(full), finish(members, String::new())));
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break;
            }
            self.attribute(&mut members)?;
        }
        let mut text = String::new();
        loop {
            let at = self.rest.find('<').ok_or_else(bad)?;
            unescape(&self.rest[..at], &mut text);
            self.rest = &self.rest[at..];
            if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest;
                if self.name()? != full {
                    return Err(bad());
                }
                self.rest = self.rest.trim_start().strip_prefix('>').ok_or_else(bad)?;
                return Ok((local(full), finish(members, text)));
            } else if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
                let end = rest.find("]]>").ok_or_else(bad)?;
                text.push_str(&rest[..end]);
                self.rest = &rest[end + 3..];
            } else if self.rest.starts_with("<!--") {
                self.skip_past("-->")?;
            } else if self.rest.starts_with("<?") {
                self.skip_past("?>")?;
            } else {
                let (name, value) = self.element(depth + 1)?;
                add(&mut members, name, value);
            }
        }
    }

    fn name(&mut self) -> Result<&'a str, String> {
        let stop = |letter: char| letter.is_whitespace() || "/>=<'\"&".contains(letter);
        let end = self.rest.find(stop).ok_or_else(bad)?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if name.is_empty() { Err(bad()) } else { Ok(name) }
    }

    fn attribute(&mut self, members: &mut Map<String, Value>) -> Result<(), String> {
        let name = self.name()?;
        let rest = self.rest.trim_start().strip_prefix('=').ok_or_else(bad)?.trim_start();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or_else(bad)?;
        let rest = &rest[1..];
        let end = rest.find(quote).ok_or_else(bad)?;
        let mut value = String::new();
        unescape(&rest[..end], &mut value);
        self.rest = &rest[end + 1..];
        if name != "xmlns"
            && !name.starts_with("xmlns:")
            && members.insert(format!("@{}", local(name)), value.into()).is_some()
        {
            return Err("XML that says one thing twice".to_owned());
        }
        Ok(())
    }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn add(members: &mut Map<String, Value>, name: String, value: Value) {
    match members.get_mut(&name) {
        None => {
            members.insert(name, value);
        }
        // Only repeated elements are lists here: an element itself is a text or an object.
        Some(Value::Array(list)) => list.push(value),
        Some(one) => {
            let first = one.take();
            *one = Value::Array(vec![first, value]);
        }
    }
}

fn finish(mut members: Map<String, Value>, text: String) -> Value {
    if members.is_empty() {
        return Value::String(text);
    }
    let text = text.trim();
    if !text.is_empty() {
        members.insert("#text".to_owned(), text.into());
    }
    Value::Object(members)
}

/// The five entities of XML and characters by number; anything else stands as it is.
pub(crate) fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest reference is `&#1114111;`.
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((letter, end)) => {
                out.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_become_members() {
        let read = |text: &str| parse(text).unwrap();
        assert_eq!(read("<a/>"), json!({"a": ""}));
        assert_eq!(
            read("<?xml version='1.0'?><a x='1' y=\"&lt;2\">t</a>"),
            json!({"a": {"@x": "1", "@y": "<2", "#text": "t"}})
        );
        assert_eq!(read("<s:a xmlns:s='u'><s:b>1</s:b><b>2</b></s:a>"), json!({"a": {"b": ["1", "2"]}}));
        assert_eq!(read("<a><![CDATA[<x>&amp;]]>&amp;&#65;&#x42;&nope;</a> \n"), json!({"a": "<x>&amp;&AB&nope;"}));
        let dtd = "<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;>'>]><a>&m;<!-- <x> --></a>";
        assert_eq!(read(dtd), json!({"a": "&m;"}), "no entity is defined by an answer");
        for broken in
            ["", "a", "<a>", "<a></b>", "<a", "<a x>", "<a x=1/>", "<a/><b/>", "<!DOCTYPE a", "<a x='1' x='2'/>"]
        {
            assert!(parse(broken).is_err(), "{broken}");
        }
        let deep = "<a>".repeat(5000);
        assert!(parse(&deep).is_err());
    }
}

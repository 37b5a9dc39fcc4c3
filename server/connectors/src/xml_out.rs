//! Writes XML: elements in the order of the rows, attributes, CDATA, repeated elements, a SOAP envelope.

use crate::{
    rows::Slot,
    style::plain,
    tree::Node,
    view::{Out, View},
};

/// The SOAP 1.1 envelope's namespace.
pub(crate) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Whether a text can be the name of an element or, after an `@`, of an attribute.
pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.strip_prefix('@').unwrap_or(text).chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "_-.:".contains(letter))
}

/// Names the faults of a tree that cannot be XML.
pub(crate) fn check(members: &[(String, Node)], faults: &mut Vec<String>) {
    for (name, node) in members {
        let attribute = name.starts_with('@');
        if name != "#text" && !is_name(name) {
            faults.push(format!("{name:?} is not a name in XML"));
        }
        match node {
            Node::Object(inner) if !attribute => check(inner, faults),
            Node::List(items) if !attribute => {
                for (_, item) in items {
                    match item {
                        Node::Object(inner) => check(inner, faults),
                        Node::Leaf(_) => {}
                        Node::List(_) => faults.push(format!("{name} is a list of lists: XML has none")),
                    }
                }
            }
            Node::Leaf(_) => {}
            Node::Object(_) | Node::List(_) => faults.push(format!("the attribute {name} has a single value")),
        }
    }
}

pub(crate) struct Writer<'a, V> {
    pub(crate) slots: &'a [Option<Slot>],
    pub(crate) view: &'a V,
}

impl<V: View> Writer<'_, V> {
    /// Writes an element with its members, and says whether anything is in it.
    pub(crate) fn element(
        &self,
        name: &str,
        namespace: Option<&str>,
        members: &[(String, Node)],
        out: &mut Vec<u8>,
    ) -> bool {
        let mut any = false;
        out.push(b'<');
        out.extend_from_slice(name.as_bytes());
        if let Some(namespace) = namespace {
            out.extend_from_slice(b" xmlns=\"");
            escaped(namespace, out);
            out.push(b'"');
        }
        for (attribute, node) in members {
            let (Some(attribute), Node::Leaf(rows)) = (attribute.strip_prefix('@'), node) else { continue };
            let Some((value, _)) = self.first(rows) else { continue };
            out.push(b' ');
            out.extend_from_slice(attribute.as_bytes());
            out.extend_from_slice(b"=\"");
            escaped(&plain(&value), out);
            out.push(b'"');
            any = true;
        }
        let open = out.len();
        out.push(b'>');
        let mut inside = false;
        for (member, node) in members.iter().filter(|(member, _)| !member.starts_with('@')) {
            inside |= self.node(member, node, out);
        }
        if inside {
            close(name, out);
        } else {
            out.truncate(open);
            out.extend_from_slice(b"/>");
        }
        any | inside
    }

    fn node(&self, name: &str, node: &Node, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        let there = match node {
            Node::Object(members) => self.element(name, None, members, out),
            Node::Leaf(rows) => self.leaf(name, rows, out),
            Node::List(items) => items.iter().fold(false, |there, (_, item)| self.node(name, item, out) | there),
        };
        // An element without a value is left out.
        if !there {
            out.truncate(before);
        }
        there
    }

    fn leaf(&self, name: &str, rows: &[usize], out: &mut Vec<u8>) -> bool {
        let Some((value, cdata)) = self.first(rows) else { return false };
        let texts: Vec<String> = match value {
            Out::List(all) => all.to_vec(),
            single => vec![plain(&single).into_owned()],
        };
        for value in &texts {
            if name != "#text" {
                out.push(b'<');
                out.extend_from_slice(name.as_bytes());
                out.push(b'>');
            }
            if cdata {
                section(value, out);
            } else {
                escaped(value, out);
            }
            if name != "#text" {
                close(name, out);
            }
        }
        !texts.is_empty()
    }

    fn first(&self, rows: &[usize]) -> Option<(Out<'_>, bool)> {
        rows.iter().find_map(|row| {
            let slot = self.slots[*row].as_ref()?;
            Some((slot.value(self.view)?, slot.cdata))
        })
    }
}

fn close(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// A character that XML 1.0 has no way to write is left out.
const fn writable(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn escaped(text: &str, out: &mut Vec<u8>) {
    for letter in text.chars().filter(|letter| writable(*letter)) {
        match letter {
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\'' => out.extend_from_slice(b"&apos;"),
            letter => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn section(text: &str, out: &mut Vec<u8>) {
    let clean: String = text.chars().filter(|letter| writable(*letter)).collect();
    out.extend_from_slice(b"<![CDATA[");
    out.extend_from_slice(clean.replace("]]>", "]]]]><![CDATA[>").as_bytes());
    out.extend_from_slice(b"]]>");
}

//! Writes a body straight into bytes. The nesting of the members is worked out once, when the call is compiled.

use crate::{
    mail::{self, Attached},
    rows::Slot,
    style::plain,
    tree::{Node, Step, steps},
    view::{Out, View},
    xml_out::{self, SOAP, Writer},
};
use model::mapping::{Attach, BodyFormat, Envelope, Header, Place, Row};
use std::collections::HashMap;
use url::form_urlencoded::byte_serialize;

/// A body's members, nested.
#[derive(Debug)]
pub(crate) struct Body {
    format: BodyFormat,
    envelope: Envelope,
    /// By the index of their row.
    slots: Vec<Option<Slot>>,
    /// By the index of their row.
    names: Vec<String>,
    /// The body's members.
    tree: Vec<(String, Node)>,
    /// Names with their rows: what goes into the query, and into headers.
    query: Vec<(String, Vec<usize>)>,
    headers: Vec<(String, Vec<usize>)>,
}

impl Body {
    pub(crate) fn new(
        format: BodyFormat,
        envelope: &Envelope,
        rows: &[Row],
        secrets: &[Header],
        faults: &mut Vec<String>,
    ) -> Self {
        let mut root = Node::Object(Vec::new());
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        let slots: Vec<_> = rows.iter().map(|row| Slot::new(row, secrets, faults)).collect();
        let mut seen: HashMap<(&str, Place), bool> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            let place = match row.place {
                Place::Body if format == BodyFormat::Query => Place::Query,
                place => place,
            };
            let always = slots[index].as_ref().is_none_or(Slot::always);
            // The same name several times is one member: the first row whose condition holds.
            if seen.insert((&row.to, place), always).is_some_and(|before| before) {
                faults.push(format!("the member {} is there twice", row.to));
                continue;
            }
            let nested = if place == Place::Body { format } else { BodyFormat::Form };
            let Some(way) = steps(&row.to, nested) else {
                faults.push(format!("{:?} is not a name of a member", row.to));
                continue;
            };
            match place {
                Place::Body => {
                    if !root.insert(&way, index) {
                        faults.push(format!("the member {} is both a value and an object", row.to));
                    }
                }
                Place::Query => add(&mut query, &way, index),
                Place::Header => {
                    crate::check_header(&row.to, faults);
                    add(&mut headers, &way, index);
                }
            }
        }
        let Node::Object(tree) = root else { unreachable!("it was made an object") };
        let names = rows.iter().map(|row| row.to.clone()).collect();
        let body = Self { format, envelope: envelope.clone(), slots, names, tree, query, headers };
        body.check(faults);
        body
    }

    fn check(&self, faults: &mut Vec<String>) {
        match self.format {
            BodyFormat::Xml | BodyFormat::Soap => {
                xml_out::check(&self.tree, faults);
                match &self.envelope.root {
                    Some(root) if !xml_out::is_name(root) || root.starts_with('@') => {
                        faults.push(format!("{root:?} is not a name of an element"));
                    }
                    None if self.only_element().is_none() => {
                        faults.push("XML needs a root element that everything is in".to_owned());
                    }
                    _ => {}
                }
            }
            BodyFormat::Table if !self.query.is_empty() || !self.headers.is_empty() => {
                faults.push("an e-mail has its members in its text, none in the address or in headers".to_owned());
            }
            _ if self.format != BodyFormat::Table && !self.envelope.attach.is_empty() => {
                faults.push("only an e-mail has files that go with it".to_owned());
            }
            BodyFormat::JsonField if self.envelope.field.as_deref().unwrap_or_default().is_empty() => {
                faults.push("JSON in a form needs the name of the form's field".to_owned());
            }
            _ => {}
        }
    }

    fn only_element(&self) -> Option<(&str, &[(String, Node)])> {
        match self.tree.as_slice() {
            [(name, Node::Object(members))] => Some((name, members)),
            _ => None,
        }
    }

    pub(crate) const fn format(&self) -> BodyFormat {
        self.format
    }

    /// The names and values for the query, then those for headers.
    pub(crate) fn query<'a>(&'a self, view: &'a impl View) -> impl Iterator<Item = (&'a str, String)> {
        self.pairs(&self.query, view)
    }

    pub(crate) fn headers<'a>(&'a self, view: &'a impl View) -> impl Iterator<Item = (&'a str, String)> {
        self.pairs(&self.headers, view)
    }

    fn pairs<'a>(
        &'a self,
        of: &'a [(String, Vec<usize>)],
        view: &'a impl View,
    ) -> impl Iterator<Item = (&'a str, String)> {
        of.iter().flat_map(move |(name, rows)| {
            let values = match self.first(rows, view) {
                None => Vec::new(),
                Some(Out::List(all)) => all.to_vec(),
                Some(one) => vec![plain(&one).into_owned()],
            };
            values.into_iter().map(move |value| (name.as_str(), value))
        })
    }

    pub(crate) fn render(&self, view: &impl View) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.slots.len() * 32);
        match self.format {
            BodyFormat::Json if self.envelope.list => {
                out.push(b'[');
                self.object(&self.tree, view, &mut out);
                out.push(b']');
            }
            BodyFormat::Json => {
                self.object(&self.tree, view, &mut out);
            }
            BodyFormat::JsonField => {
                let mut inner = Vec::with_capacity(64 + self.slots.len() * 32);
                self.object(&self.tree, view, &mut inner);
                encoded(self.envelope.field.as_deref().unwrap_or_default().as_bytes(), &mut out);
                out.push(b'=');
                encoded(&inner, &mut out);
            }
            BodyFormat::Form => self.form(view, &mut out),
            BodyFormat::Query => {}
            BodyFormat::Xml | BodyFormat::Soap => self.xml(view, &mut out),
            BodyFormat::Table => out.extend_from_slice(mail::table(&self.lines(view)).as_bytes()),
        }
        out
    }

    /// The files that go with an e-mail.
    pub(crate) fn attached(&self, view: &impl View) -> Vec<Attached> {
        let file = |attach: &Attach| match attach {
            Attach::Json => {
                let mut bytes = Vec::with_capacity(64 + self.slots.len() * 32);
                self.object(&self.tree, view, &mut bytes);
                Attached { name: "lead.json", content_type: "application/json", bytes }
            }
            Attach::Csv => {
                let bytes = mail::csv(&self.lines(view)).into_bytes();
                Attached { name: "lead.csv", content_type: "text/csv; charset=utf-8", bytes }
            }
        };
        self.envelope.attach.iter().map(file).collect()
    }

    /// Every member that has a value, as text.
    fn lines<'a>(&'a self, view: &'a impl View) -> Vec<(&'a str, String)> {
        let line = |(name, node): &'a (String, Node)| {
            let Node::Leaf(rows) = node else { return None };
            let text = match self.first(rows, view)? {
                Out::List(all) => all.join(", "),
                one => plain(&one).into_owned(),
            };
            Some((name.as_str(), text))
        };
        self.tree.iter().filter_map(line).collect()
    }

    fn xml(&self, view: &impl View, out: &mut Vec<u8>) {
        let writer = Writer { slots: &self.slots, view };
        let (name, members) = match &self.envelope.root {
            Some(root) => (root.as_str(), self.tree.as_slice()),
            None => self.only_element().unwrap_or_default(),
        };
        let soap = self.format == BodyFormat::Soap;
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        if soap {
            out.extend_from_slice(format!("<soap:Envelope xmlns:soap=\"{SOAP}\"><soap:Body>").as_bytes());
        }
        writer.element(name, self.envelope.namespace.as_deref(), members, out);
        if soap {
            out.extend_from_slice(b"</soap:Body></soap:Envelope>");
        }
    }

    /// Writes an object and says whether anything is in it.
    fn object(&self, members: &[(String, Node)], view: &impl View, out: &mut Vec<u8>) -> bool {
        out.push(b'{');
        let mut any = false;
        for (name, node) in members {
            let before = out.len();
            if any {
                out.push(b',');
            }
            string(name, out);
            out.push(b':');
            let there = self.node(node, view, out);
            // A member without a value is left out: `null` and `{}` mean something to some buyers.
            if !there {
                out.truncate(before);
            }
            any |= there;
        }
        out.push(b'}');
        any
    }

    fn node(&self, node: &Node, view: &impl View, out: &mut Vec<u8>) -> bool {
        match node {
            Node::Object(inner) => self.object(inner, view, out),
            Node::Leaf(rows) => self.first(rows, view).map(|value| json(&value, out)).is_some(),
            Node::List(items) => {
                out.push(b'[');
                let mut any = false;
                for (_, item) in items {
                    let before = out.len();
                    if any {
                        out.push(b',');
                    }
                    let there = self.node(item, view, out);
                    if !there {
                        out.truncate(before);
                    }
                    any |= there;
                }
                out.push(b']');
                any
            }
        }
    }

    /// The names of members that no row has a value for, each once.
    pub(crate) fn left_out(&self, view: &impl View) -> Vec<String> {
        let has = |row: usize| self.slots[row].as_ref().is_some_and(|slot| slot.value(view).is_some());
        let mut names: Vec<&String> = Vec::new();
        for (row, name) in self.names.iter().enumerate() {
            let filled = self.names.iter().enumerate().any(|(other, own)| own == name && has(other));
            if !filled && !has(row) && !names.contains(&name) {
                names.push(name);
            }
        }
        names.into_iter().cloned().collect()
    }

    fn first<'a>(&'a self, rows: &[usize], view: &'a impl View) -> Option<Out<'a>> {
        rows.iter().find_map(|row| self.slots[*row].as_ref()?.value(view))
    }

    fn form(&self, view: &impl View, out: &mut Vec<u8>) {
        for (name, node) in &self.tree {
            let Node::Leaf(rows) = node else { continue };
            let mut pair = |value: &str| {
                if !out.is_empty() {
                    out.push(b'&');
                }
                encoded(name.as_bytes(), out);
                out.push(b'=');
                encoded(value.as_bytes(), out);
            };
            match self.first(rows, view) {
                None => {}
                Some(Out::List(all)) => all.iter().for_each(|value| pair(value)),
                Some(one) => pair(&plain(&one)),
            }
        }
    }
}

fn add(to: &mut Vec<(String, Vec<usize>)>, way: &[Step], row: usize) {
    let Some(Step::Name(name)) = way.first() else { return };
    match to.iter_mut().find(|(own, _)| own == name) {
        Some((_, rows)) => rows.push(row),
        None => to.push((name.clone(), vec![row])),
    }
}

fn encoded(text: &[u8], out: &mut Vec<u8>) {
    byte_serialize(text).for_each(|part| out.extend_from_slice(part.as_bytes()));
}

/// A value as it is written in JSON: bare, or between quotes.
fn json(value: &Out<'_>, out: &mut Vec<u8>) {
    match value {
        Out::Flag(_) | Out::Integer(_) | Out::Decimal(_) => out.extend_from_slice(plain(value).as_bytes()),
        Out::Phone(text) => string(text, out),
        Out::Text(text) | Out::Done(text) => string(text, out),
        Out::List(all) => {
            out.push(b'[');
            for (at, text) in all.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(text, out);
            }
            out.push(b']');
        }
    }
}

/// A JSON string (RFC 8259, section 7).
fn string(text: &str, out: &mut Vec<u8>) {
    // Writing into a Vec does not fail, and any text can be written.
    let _ = serde_json::to_writer(out, text);
}

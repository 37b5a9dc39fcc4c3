//! Writes a body straight into bytes. The nesting of the members is worked out once, when the call is compiled.

use crate::view::{Out, View};
use model::mapping::{BodyFormat, Row, Style};
use std::{borrow::Cow, collections::HashSet};
use url::form_urlencoded::byte_serialize;

/// A body's members, nested.
#[derive(Debug)]
pub(crate) struct Body {
    format: BodyFormat,
    rows: Vec<Row>,
    tree: Vec<(String, Node)>,
}

#[derive(Debug)]
enum Node {
    /// Index of the row.
    Leaf(usize),
    Object(Vec<(String, Node)>),
}

impl Body {
    pub(crate) fn new(format: BodyFormat, rows: &[Row], faults: &mut Vec<String>) -> Self {
        let (mut tree, mut seen) = (Vec::new(), HashSet::new());
        for (index, row) in rows.iter().enumerate() {
            if row.to.is_empty() || row.to.split('.').any(str::is_empty) {
                faults.push(format!("{:?} is not a name of a member", row.to));
            } else if !seen.insert(row.to.as_str()) {
                faults.push(format!("the member {} is there twice", row.to));
            } else if format == BodyFormat::Json {
                let path: Vec<&str> = row.to.split('.').collect();
                if !insert(&mut tree, &path, index) {
                    faults.push(format!("the member {} is both a value and an object", row.to));
                }
            }
        }
        Self { format, rows: rows.to_vec(), tree }
    }

    pub(crate) const fn format(&self) -> BodyFormat {
        self.format
    }

    pub(crate) fn render(&self, view: &impl View) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.rows.len() * 32);
        match self.format {
            BodyFormat::Json => {
                self.object(&self.tree, view, &mut out);
            }
            BodyFormat::Form => self.form(view, &mut out),
        }
        out
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
            let there = match node {
                Node::Object(inner) => self.object(inner, view, out),
                Node::Leaf(index) => leaf(&self.rows[*index], view, out),
            };
            // A member without a value is left out: `null` and `{}` mean something to some buyers.
            if !there {
                out.truncate(before);
            }
            any |= there;
        }
        out.push(b'}');
        any
    }

    fn form(&self, view: &impl View, out: &mut Vec<u8>) {
        for row in &self.rows {
            let Some(Written::Bare(text) | Written::Text(text)) = written(row, view) else { continue };
            if !out.is_empty() {
                out.push(b'&');
            }
            encoded(&row.to, out);
            out.push(b'=');
            encoded(&text, out);
        }
    }
}

fn leaf(row: &Row, view: &impl View, out: &mut Vec<u8>) -> bool {
    match written(row, view) {
        Some(Written::Bare(text)) => out.extend_from_slice(text.as_bytes()),
        Some(Written::Text(text)) => string(&text, out),
        None => return false,
    }
    true
}

fn encoded(text: &str, out: &mut Vec<u8>) {
    byte_serialize(text.as_bytes()).for_each(|part| out.extend_from_slice(part.as_bytes()));
}

fn insert(tree: &mut Vec<(String, Node)>, path: &[&str], row: usize) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    let at = tree.iter().position(|(member, _)| member == name);
    match (at, rest) {
        (None, []) => {
            tree.push(((*name).to_owned(), Node::Leaf(row)));
            true
        }
        (None, rest) => {
            let mut inner = Vec::new();
            let fits = insert(&mut inner, rest, row);
            tree.push(((*name).to_owned(), Node::Object(inner)));
            fits
        }
        (Some(at), [_, ..]) => match &mut tree[at].1 {
            Node::Object(inner) => insert(inner, rest, row),
            Node::Leaf(_) => false,
        },
        (Some(_), []) => false,
    }
}

/// A value as it is written in JSON: bare, or between quotes.
enum Written<'a> {
    Bare(Cow<'a, str>),
    Text(Cow<'a, str>),
}

fn written<'a>(row: &'a Row, view: &'a impl View) -> Option<Written<'a>> {
    let out = view.value(&row.from)?;
    if !row.replace.is_empty() {
        let ours = plain(&out);
        if let Some(replace) = row.replace.iter().find(|replace| replace.ours.eq_ignore_ascii_case(&ours)) {
            return Some(Written::Text(Cow::Borrowed(&replace.theirs)));
        }
    }
    Some(match (row.style, out) {
        (Style::YesNo, Out::Flag(flag)) => Written::Text(if flag { "Yes" } else { "No" }.into()),
        (Style::OneZero, Out::Flag(flag)) => Written::Bare(if flag { "1" } else { "0" }.into()),
        (Style::PhoneDigits, Out::Phone(phone)) => Written::Text(phone.strip_prefix("+1").unwrap_or(phone).into()),
        (Style::PhoneNational, Out::Phone(phone)) if phone.len() == 12 => {
            Written::Text(format!("({}) {}-{}", &phone[2..5], &phone[5..8], &phone[8..]).into())
        }
        (Style::Upper, out) => Written::Text(plain(&out).to_uppercase().into()),
        (Style::Lower, out) => Written::Text(plain(&out).to_lowercase().into()),
        (Style::Text, out) => Written::Text(plain(&out).into_owned().into()),
        (_, Out::Flag(flag)) => Written::Bare(if flag { "true" } else { "false" }.into()),
        (_, Out::Integer(number)) => Written::Bare(number.to_string().into()),
        (_, Out::Decimal(decimal)) => Written::Bare(decimal.into()),
        (_, Out::Phone(phone)) => Written::Text(phone.into()),
        (_, Out::Text(text)) => Written::Text(text),
    })
}

fn plain<'a>(out: &'a Out<'_>) -> Cow<'a, str> {
    match out {
        Out::Flag(flag) => if *flag { "true" } else { "false" }.into(),
        Out::Integer(number) => number.to_string().into(),
        Out::Decimal(decimal) => decimal.as_str().into(),
        Out::Phone(phone) => (*phone).into(),
        Out::Text(text) => text.as_ref().into(),
    }
}

/// A JSON string (RFC 8259, section 7).
fn string(text: &str, out: &mut Vec<u8>) {
    // Writing into a Vec does not fail, and any text can be written.
    let _ = serde_json::to_writer(out, text);
}

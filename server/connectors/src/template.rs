//! Texts with places: `{first_name} {last_name}`, `/request/{ping:token}/accept`. Read once; without loops, so what one costs is
//! bounded by its length.

use crate::{
    style::{apply, plain},
    view::View,
};
use model::mapping::{Header, Meta, Style};
use serde_json::Value;

/// Longest template, in bytes.
const LONGEST: usize = 8192;

#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Place(What, Vec<Style>),
}

#[derive(Debug, Clone)]
enum What {
    Field(String),
    Meta(Meta),
    Token,
    Carried(String),
    /// The reference of the answer before (a poll's address).
    Answer,
}

/// What a place's value is made fit for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// As it is.
    Text,
    /// One segment of a path.
    Path,
    /// A value of a query.
    Query,
}

impl Template {
    /// Reads a template. Secrets become part of its text.
    pub(crate) fn new(written: &str, secrets: &[Header]) -> Result<Self, String> {
        if written.len() > LONGEST {
            return Err(format!("a template has at most {LONGEST} bytes"));
        }
        let (mut pieces, mut text) = (Vec::new(), String::new());
        let mut rest = written;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let brace = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            if rest.as_bytes().first() == Some(&brace) {
                text.push(char::from(brace));
                rest = &rest[1..];
                continue;
            }
            if brace == b'}' {
                return Err("a closing brace without an opening one; a brace itself is written twice".to_owned());
            }
            let Some(end) = rest.find('}') else { return Err("a place is not closed".to_owned()) };
            let inside = &rest[..end];
            rest = &rest[end + 1..];
            if let Some(name) = inside.strip_prefix("secret:") {
                let found = secrets.iter().find(|secret| secret.name.eq_ignore_ascii_case(name));
                let found = found.ok_or_else(|| format!("there is no secret {name:?}"))?;
                text.push_str(found.value.expose());
                continue;
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(place(inside)?);
        }
        text.push_str(rest);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Self(pieces))
    }

    /// Whether it is the same text always.
    pub(crate) fn fixed(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text; none when one of its places has no value.
    pub(crate) fn render(&self, view: &impl View, fit: Fit) -> Option<String> {
        let value = |what: &What, styles: &[Style]| {
            let first = styles.first().copied().unwrap_or_default();
            let out = match what {
                What::Field(name) => view.field(name, first),
                What::Meta(meta) => view.meta(*meta),
                What::Token => view.carried()?.token.as_deref().map(|token| crate::view::Out::Text(token.into())),
                What::Carried(name) => match view.carried()?.get(name) {
                    [] => None,
                    all => Some(crate::view::Out::List(all)),
                },
                What::Answer => None,
            }?;
            let out = styles.iter().try_fold(out, |out, style| apply(*style, out, view.today()))?;
            Some(plain(&out).into_owned())
        };
        self.fill(fit, value)
    }

    /// The text of an address that asks once more, for the reference of the answer before.
    pub(crate) fn render_poll(&self, reference: &str, fit: Fit) -> Option<String> {
        self.fill(fit, |what, _| matches!(what, What::Answer).then(|| reference.to_owned()))
    }

    fn fill(&self, fit: Fit, value: impl Fn(&What, &[Style]) -> Option<String>) -> Option<String> {
        let (mut out, mut fit) = (String::new(), fit);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => {
                    if fit == Fit::Path && text.contains('?') {
                        fit = Fit::Query;
                    }
                    out.push_str(text);
                }
                Piece::Place(what, styles) => {
                    let value = value(what, styles).filter(|value| !value.is_empty())?;
                    match fit {
                        Fit::Text => out.push_str(&value),
                        // A step up or none would be another address.
                        Fit::Path if value == "." || value == ".." => return None,
                        Fit::Path | Fit::Query => escape(&value, &mut out),
                    }
                }
            }
        }
        Some(out)
    }
}

/// Everything but unreserved characters (RFC 3986, section 2.3) is percent-encoded.
pub(crate) fn escape(text: &str, out: &mut String) {
    use std::fmt::Write;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn place(inside: &str) -> Result<Piece, String> {
    let mut parts = inside.split('|').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let styles: Result<Vec<Style>, String> = parts
        .map(|style| {
            serde_json::from_value(Value::String(style.to_owned())).map_err(|_| format!("there is no style {style:?}"))
        })
        .collect();
    let what = match name.split_once(':') {
        None if name.is_empty() => return Err("a place needs a name".to_owned()),
        None => What::Field(name.to_owned()),
        Some(("meta", meta)) => What::Meta(
            serde_json::from_value(Value::String(meta.to_owned()))
                .map_err(|_| format!("nothing is known as {name}"))?,
        ),
        Some(("ping", "token")) => What::Token,
        Some(("ping", carried)) if !carried.is_empty() => What::Carried(carried.to_owned()),
        Some(("answer", "reference")) => What::Answer,
        Some(_) => return Err(format!("there is no {name:?}: places are a field, meta:, ping: or secret:")),
    };
    Ok(Piece::Place(what, styles?))
}

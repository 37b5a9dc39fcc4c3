//! An answer as it came, made into something that paths can be looked up in.

use crate::{json_in, xml_in};
use exchange::lead::form_to_json;
use flate2::read::GzDecoder;
use model::mapping::AnswerFormat;
use serde_json::{Map, Value};
use std::{borrow::Cow, io::Read};

/// A larger answer is not read, compressed or not.
const LARGEST: usize = 256 * 1024;

/// An answer, read.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) tree: Value,
    pub(crate) text: Cow<'a, str>,
    /// It is a page for people: whatever it says, it accepts nothing.
    pub(crate) page: bool,
    /// Why there is no tree.
    pub(crate) unread: Option<String>,
}

impl<'a> Answer<'a> {
    pub(crate) fn new(
        read_as: Option<AnswerFormat>,
        status: u16,
        kind: Option<&str>,
        body: &'a [u8],
    ) -> Result<Self, String> {
        let body = inflated(body)?;
        if body.len() > LARGEST {
            return Err("an answer that is too large".to_owned());
        }
        let text = match body {
            Cow::Borrowed(body) => String::from_utf8_lossy(body),
            Cow::Owned(body) => String::from_utf8_lossy(&body).into_owned().into(),
        };
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => Cow::Owned(rest.to_owned()),
            None => text,
        };
        let text = unwrapped(read_as, text);
        let start = text.trim_start();
        let page = read_as.is_none() && is_page(start);
        let format = read_as.unwrap_or_else(|| told(kind).unwrap_or_else(|| sniffed(start)));
        let tree = match format {
            _ if start.is_empty() => Err("an empty answer".to_owned()),
            _ if page => Err("a web page".to_owned()),
            AnswerFormat::Json => json_in::parse(start),
            AnswerFormat::Xml => xml_in::parse(start),
            AnswerFormat::Form => {
                form_to_json(start.trim_end().as_bytes()).map_err(|_| "a form that cannot be read".to_owned())
            }
            AnswerFormat::Lines => lines(start),
            AnswerFormat::Text => Ok(Value::Null),
        };
        let (tree, unread) = match tree {
            Ok(tree) => (tree, None),
            Err(why) => (Value::Null, Some(why)),
        };
        Ok(Self { status, tree, text, page, unread })
    }
}

/// The content type is believed of forms alone: of the others it is wrong too often.
fn told(kind: Option<&str>) -> Option<AnswerFormat> {
    let form = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("x-www-form-urlencoded"));
    form.then_some(AnswerFormat::Form)
}

fn sniffed(start: &str) -> AnswerFormat {
    match start.as_bytes().first() {
        Some(b'<') => AnswerFormat::Xml,
        Some(b'{' | b'[' | b'"' | b'0'..=b'9' | b'-') => AnswerFormat::Json,
        _ if matches!(start.trim_end(), "null" | "true" | "false") => AnswerFormat::Json,
        _ => AnswerFormat::Text,
    }
}

fn is_page(start: &str) -> bool {
    let begins = |with: &str| start.get(..with.len()).is_some_and(|part| part.eq_ignore_ascii_case(with));
    begins("<!doctype html") || begins("<html") || begins("<head") || begins("<body")
}

/// XML that was escaped once too often.
fn unwrapped(read_as: Option<AnswerFormat>, text: Cow<'_, str>) -> Cow<'_, str> {
    let xml = matches!(read_as, None | Some(AnswerFormat::Xml));
    if !(xml && text.trim_start().starts_with("&lt;")) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    xml_in::unescape(&text, &mut out);
    out.into()
}

/// `name=value` or `name: value` on lines of their own.
fn lines(text: &str) -> Result<Value, String> {
    let mut members = Map::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some(at) = line.find(['=', ':']) else { continue };
        let (name, value) = (line[..at].trim(), line[at + 1..].trim());
        if members.insert(name.to_owned(), value.into()).is_some() {
            return Err("an answer that says one thing twice".to_owned());
        }
    }
    if members.is_empty() { Err("an answer without a line that says anything".to_owned()) } else { Ok(members.into()) }
}

/// Some send gzip without being asked. What does not fit is not unpacked to its end.
fn inflated(body: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(body.into());
    }
    let mut out = Vec::new();
    let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX) + 1;
    GzDecoder::new(body).take(limit).read_to_end(&mut out).map_err(|_| "gzip that cannot be unpacked".to_owned())?;
    if out.len() > LARGEST { Err("gzip that is too large unpacked".to_owned()) } else { Ok(out.into()) }
}

//! Tells what was pasted: a command, a request, an address, a body or a table.

use super::{
    curl,
    members::{Member, of_tree},
    names, table,
};
use crate::{json_in, xml_in};
use model::{
    bench::Phase,
    mapping::{BodyFormat, Envelope, Method, Place, SecretUse},
};
use serde_json::Value;
use url::{Url, form_urlencoded};

/// A call as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pasted {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) format: BodyFormat,
    pub(super) envelope: Envelope,
    pub(super) members: Vec<Member>,
    /// Credentials that no member is: their names and where they go. Their values are not kept.
    pub(super) secrets: Vec<(String, SecretUse)>,
    /// What could not be taken over.
    pub(super) notes: Vec<String>,
}

/// Reads whatever was pasted. Nothing is nothing: a table may say the rest.
///
/// # Errors
/// Why it is not understood.
pub(super) fn read(text: &str, phase: Phase) -> Result<Pasted, String> {
    let text = text.trim().trim_start_matches('\u{feff}');
    let lower = text.get(..200.min(text.len())).unwrap_or(text).to_ascii_lowercase();
    if text.is_empty() {
        return Ok(Pasted::default());
    }
    if lower.starts_with("curl ") || lower.starts_with("curl.exe ") {
        return curl::read(text);
    }
    if let Some(request) = request(text)? {
        return Ok(request);
    }
    let mut pasted = Pasted::default();
    if text.starts_with(['{', '[', '<']) && !table::is_html(text) {
        pasted.body(text, None)?;
        return Ok(pasted);
    }
    if let Some(joined) = joined(text) {
        pasted.form(&joined);
        return Ok(pasted);
    }
    if let Some(members) = pairs(text) {
        pasted.format = BodyFormat::Form;
        pasted.members = members;
        return Ok(pasted);
    }
    pasted.format = BodyFormat::Json;
    pasted.describe(table::read(text, phase)?);
    Ok(pasted)
}

fn is_pair(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default().trim();
    text.contains('=') && !name.is_empty() && !name.contains(char::is_whitespace) && name.len() <= 100
}

/// `name=value&…`, maybe broken into lines.
fn joined(text: &str) -> Option<String> {
    let joined: String = text.lines().map(str::trim).collect();
    let whole = text.lines().count() == 1 || joined.contains('&');
    (whole && !joined.contains(char::is_whitespace) && joined.split('&').all(is_pair)).then_some(joined)
}

/// One pair a line.
fn pairs(text: &str) -> Option<Vec<Member>> {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let pair = |line: &&str| line.split_once('=').map(|(name, value)| Member::flat(name.trim(), value));
    (lines.len() > 1 && lines.iter().all(|line| is_pair(line))).then(|| lines.iter().filter_map(pair).collect())
}

fn of_form(text: &str) -> Vec<Member> {
    form_urlencoded::parse(text.as_bytes()).map(|(name, value)| Member::flat(&name, &value)).collect()
}

/// A request as it goes over the wire, or an address alone.
fn request(text: &str) -> Result<Option<Pasted>, String> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = first.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    let mut pasted = Pasted::default();
    let address = match (first, second) {
        ("GET", Some(to)) => {
            pasted.method = Method::Get;
            to
        }
        ("POST" | "PUT", Some(to)) => to,
        (to, None) if is_address(to) && rest.trim().is_empty() => {
            // An address alone with members in it is asked for.
            pasted.method = if to.contains('?') { Method::Get } else { Method::Post };
            to
        }
        _ => return Ok(None),
    };
    // The line before is the head's first.
    let rest = format!("\n{}", rest.replace("\r\n", "\n"));
    let (head, body) = rest.split_once("\n\n").unwrap_or((rest.as_str(), ""));
    let (mut host, mut kind) = (String::new(), None);
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "host" => host = value.trim().to_owned(),
            "content-type" => kind = Some(value.trim().to_owned()),
            _ => pasted.header(name.trim(), value.trim()),
        }
    }
    let address =
        if is_address(address) || host.is_empty() { address.to_owned() } else { format!("https://{host}{address}") };
    pasted.address(&address);
    if !body.trim().is_empty() {
        pasted.body(body.trim(), kind.as_deref())?;
    }
    Ok(Some(pasted))
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

impl Pasted {
    /// Takes an address. Members in its query become rows, credentials in it secrets; what is left stays in it.
    pub(super) fn address(&mut self, written: &str) {
        let Ok(mut url) = Url::parse(written) else {
            written.clone_into(&mut self.url);
            return;
        };
        if !url.username().is_empty() || url.password().is_some() {
            let user = url.username().to_owned();
            let _ = url.set_username("");
            let _ = url.set_password(None);
            self.secrets.push((user, SecretUse::Basic));
        }
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        url.set_query(None);
        for (name, value) in query {
            let known = self.members.iter().any(|member| member.to == name);
            if !known {
                self.members.push(Member { place: Place::Query, ..Member::flat(&name, &value) });
            }
        }
        self.url = url.into();
    }

    /// Takes a header: a credential, or a row that goes into a header.
    pub(super) fn header(&mut self, name: &str, value: &str) {
        let lower = name.to_ascii_lowercase();
        let ours = [
            "host",
            "content-length",
            "user-agent",
            "connection",
            "accept-encoding",
            "expect",
            "cookie",
            "content-type",
        ];
        if ours.contains(&lower.as_str()) {
            return;
        }
        if lower == "authorization" {
            let used = match value.split_whitespace().next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "bearer" => ("token".to_owned(), SecretUse::Bearer),
                // The user's name is in it, and so is the password: neither is taken over.
                "basic" => ("user".to_owned(), SecretUse::Basic),
                _ => ("Authorization".to_owned(), SecretUse::Header),
            };
            self.secrets.push(used);
        } else if names::is_secret(name) {
            self.secrets.push((name.to_owned(), SecretUse::Header));
        } else {
            self.members.push(Member { place: Place::Header, ..Member::flat(name, value) });
        }
    }

    /// Takes a body.
    pub(super) fn body(&mut self, text: &str, kind: Option<&str>) -> Result<(), String> {
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        if text.starts_with(['{', '[']) && !kind.contains("urlencoded") {
            self.json(text)
        } else if text.starts_with('<') {
            self.xml(text)
        } else {
            self.form(text);
            Ok(())
        }
    }

    fn json(&mut self, text: &str) -> Result<(), String> {
        let value =
            json_in::parse(text).map_err(|_| "This looks like JSON and cannot be read: paste it whole.".to_owned())?;
        let value = match value {
            Value::Array(mut items) if items.first().is_some_and(Value::is_object) => {
                self.envelope.list = true;
                items.swap_remove(0)
            }
            other => other,
        };
        self.format = BodyFormat::Json;
        self.members.extend(of_tree(&value));
        Ok(())
    }

    fn form(&mut self, text: &str) {
        let members = of_form(text.trim());
        if let [only] = members.as_slice()
            && only.sample.starts_with('{')
            && let Ok(value) = json_in::parse(&only.sample)
        {
            self.format = BodyFormat::JsonField;
            self.envelope.field = Some(only.to.clone());
            self.members.extend(of_tree(&value));
            return;
        }
        self.format = BodyFormat::Form;
        self.members.extend(members);
    }

    fn xml(&mut self, text: &str) -> Result<(), String> {
        let tree =
            xml_in::parse(text).map_err(|_| "This looks like XML and cannot be read: paste it whole.".to_owned())?;
        let Some((root, inner)) = only(&tree) else { return Err("XML without members.".to_owned()) };
        let body = (root == "Envelope").then(|| inner.get("Body")).flatten().and_then(only);
        let (root, inner) = body.unwrap_or((root, inner));
        self.format = if body.is_some() { BodyFormat::Soap } else { BodyFormat::Xml };
        self.envelope.root = Some(root.to_owned());
        self.envelope.namespace = namespace(text, root);
        self.members.extend(of_tree(inner));
        Ok(())
    }

    /// Lays what a table says over the members, and adds those that only the table knows.
    pub(super) fn describe(&mut self, found: Vec<Member>) {
        for member in found {
            let bare = crate::intake::bare(&member.name);
            let same = |have: &&mut Member| have.to == member.to || crate::intake::bare(&have.name) == bare;
            match self.members.iter_mut().find(same) {
                Some(have) => {
                    have.required = member.required;
                    have.allowed = member.allowed;
                    have.about = member.about;
                    if have.sample.is_empty() {
                        have.sample = member.sample;
                    }
                }
                None => self.members.push(member),
            }
        }
    }
}

fn only(value: &Value) -> Option<(&str, &Value)> {
    let mut members = value.as_object()?.iter().filter(|(name, _)| !name.starts_with('@'));
    let (name, value) = members.next()?;
    Some((name, value))
}

/// The namespace that the root element declares as its own.
fn namespace(text: &str, root: &str) -> Option<String> {
    let at = text.find(&format!("<{root}")).or_else(|| text.find(&format!(":{root}")))?;
    let tag = &text[at..at + text[at..].find('>')?];
    let (_, rest) = tag.split_once("xmlns=")?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split(quote).next().map(str::to_owned)
}

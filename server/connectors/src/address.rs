//! Where a call goes: an address that is the same always, or one with places in its path and query.

use crate::{
    mail,
    template::{Fit, Template, escape},
    view::View,
};
use model::mapping::Header;
use url::Url;

/// An address made ready.
#[derive(Debug)]
pub(crate) struct Address {
    /// The address; with places, one whose places are filled with a sample.
    pub(crate) fixed: Url,
    template: Option<Template>,
}

impl Address {
    pub(crate) fn new(written: &str, secrets: &[Header], faults: &mut Vec<String>) -> Option<Self> {
        if !written.contains(['{', '}']) {
            return Some(Self { fixed: parse(written, faults)?, template: None });
        }
        let fixed = check(written, faults)?;
        let template =
            Template::new(written, secrets).map_err(|why| faults.push(format!("the address: {why}"))).ok()?;
        if let Some(text) = template.fixed() {
            return Some(Self { fixed: parse(text, faults)?, template: None });
        }
        Some(Self { fixed, template: Some(template) })
    }

    /// The address for this lead with these members added to its query. None when a place has no value.
    pub(crate) fn render<'a>(&self, view: &impl View, query: impl Iterator<Item = (&'a str, String)>) -> Option<Url> {
        let mut url = match &self.template {
            None => self.fixed.clone(),
            Some(template) => {
                let url = Url::parse(&template.render(view, Fit::Path)?).ok()?;
                // Whatever is in the places, the address stays on its host, and the same people get it.
                let same =
                    if mail::is(&url) { url.path() == self.fixed.path() } else { url.origin() == self.fixed.origin() };
                same.then_some(url)?
            }
        };
        append(&mut url, query);
        Some(url)
    }
}

/// Adds members to a query; a plus sign and a blank are written so that nobody takes one for the other.
pub(crate) fn append<'a>(url: &mut Url, members: impl Iterator<Item = (&'a str, String)>) {
    let mut text = String::new();
    for (name, value) in members {
        if !text.is_empty() {
            text.push('&');
        }
        escape(name, &mut text);
        text.push('=');
        escape(&value, &mut text);
    }
    if !text.is_empty() {
        let whole = match url.query().filter(|query| !query.is_empty()) {
            Some(query) => format!("{query}&{text}"),
            None => text,
        };
        url.set_query(Some(&whole));
    }
}

fn parse(written: &str, faults: &mut Vec<String>) -> Option<Url> {
    if let Some(url) = Url::parse(written).ok().filter(mail::is) {
        let wrong = mail::faults(&url);
        let fine = wrong.is_empty();
        faults.extend(wrong);
        return fine.then_some(url);
    }
    let url = Url::parse(written).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match &url {
        None => faults.push("the address is not an http or https address".to_owned()),
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            faults.push("credentials belong in a header, not in the address".to_owned());
        }
        Some(_) => {}
    }
    url
}

/// Names what is wrong with an address that may have places: they stand in its path and query only, so that nobody but the
/// configuration chooses the host.
pub(crate) fn check(written: &str, faults: &mut Vec<String>) -> Option<Url> {
    let people = mail::behind(written).and_then(|rest| rest.split('?').next());
    if people.is_some_and(|people| people.contains(['{', '}'])) {
        faults.push("a place in a mail address stands in its subject".to_owned());
        return None;
    }
    let host = written.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    if host.is_some_and(|host| host.contains(['{', '}'])) {
        faults.push("a place in an address stands behind the host".to_owned());
        return None;
    }
    parse(&sample(written), faults)
}

fn sample(written: &str) -> String {
    let (mut out, mut inside) = (String::with_capacity(written.len()), false);
    for letter in written.chars() {
        match letter {
            '{' => {
                inside = true;
                out.push('x');
            }
            '}' => inside = false,
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    out
}

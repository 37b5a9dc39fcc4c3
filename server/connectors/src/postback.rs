//! Postbacks: a tracker's address with macros. What is filled in is encoded, so a label of the source can neither add a
//! parameter nor change where the request goes.

use crate::outward;
use model::{
    Micros,
    endpoint::{Facts, LeadFacts, Message},
};
use std::fmt::Write;

/// A macro in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Macro {
    /// The tracker's click id.
    ClickId,
    /// One of the source's labels, from 1 to 5.
    Sub(u8),
    /// What the source earns, a decimal with a point; `0.00` when nothing.
    Payout,
    /// What the buyer pays, likewise.
    Revenue,
    /// The currency of both; empty without money.
    Currency,
    /// The lead.
    LeadId,
    /// The source's own id for it.
    ExternalId,
    /// Where it stands.
    Status,
    /// The code of why it was not sold.
    Reason,
    /// When it happened, in Unix seconds.
    Ts,
    /// The campaign's short name.
    Campaign,
    /// The source's short name.
    Source,
}

/// Name and meaning of every macro.
const NAMES: [(&str, Macro); 16] = [
    ("click_id", Macro::ClickId),
    ("sub1", Macro::Sub(1)),
    ("sub2", Macro::Sub(2)),
    ("sub3", Macro::Sub(3)),
    ("sub4", Macro::Sub(4)),
    ("sub5", Macro::Sub(5)),
    ("payout", Macro::Payout),
    ("revenue", Macro::Revenue),
    ("currency", Macro::Currency),
    ("lead_id", Macro::LeadId),
    ("external_id", Macro::ExternalId),
    ("status", Macro::Status),
    ("reason", Macro::Reason),
    ("ts", Macro::Ts),
    ("campaign", Macro::Campaign),
    ("source", Macro::Source),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Macro(Macro),
}

/// An address with macros, made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

impl Template {
    /// Reads an address.
    ///
    /// # Errors
    /// Every fault: an unknown macro, a brace without its partner, a macro where the request would go somewhere else, and
    /// what is wrong with the address itself.
    pub fn new(url: &str) -> Result<Self, Vec<String>> {
        let (mut parts, mut faults) = (Vec::new(), Vec::new());
        let mut rest = url;
        while let Some(at) = rest.find(['{', '}']) {
            let (text, tail) = rest.split_at(at);
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            let Some((name, after)) = tail.strip_prefix('{').and_then(|tail| tail.split_once('}')) else {
                faults.push("a brace stands without its partner".to_owned());
                rest = &tail[1..];
                continue;
            };
            match NAMES.iter().find(|(known, _)| *known == name) {
                Some((_, found)) => parts.push(Part::Macro(*found)),
                None => faults.push(format!("{{{name}}} is not a macro")),
            }
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if authority(url).contains('{') {
            faults.push("a macro may stand in the path or the query, not in the host".to_owned());
        } else {
            faults.extend(outward::faults(&url.replace(['{', '}'], "")));
        }
        if faults.is_empty() { Ok(Self(parts)) } else { Err(faults) }
    }

    /// Whether a macro stands in it.
    #[must_use]
    pub fn has(&self, wanted: Macro) -> bool {
        self.0.contains(&Part::Macro(wanted))
    }

    /// The address for one message.
    #[must_use]
    pub fn fill(&self, message: &Message) -> String {
        let mut url = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Macro(wanted) => encode(&value(*wanted, message), &mut url),
            }
        }
        url
    }
}

fn value(wanted: Macro, message: &Message) -> String {
    // Of alerts no postback is told.
    let Facts::Lead(data) = &message.data else { return String::new() };
    let LeadFacts { tracking, .. } = data;
    let label = |label: &Option<String>| label.clone().unwrap_or_default();
    match wanted {
        Macro::ClickId => label(&tracking.click_id),
        Macro::Sub(1) => label(&tracking.sub1),
        Macro::Sub(2) => label(&tracking.sub2),
        Macro::Sub(3) => label(&tracking.sub3),
        Macro::Sub(4) => label(&tracking.sub4),
        Macro::Sub(_) => label(&tracking.sub5),
        Macro::Payout => data.payout.map_or(Micros::ZERO, |money| money.amount).to_decimal(),
        Macro::Revenue => data.revenue.map_or(Micros::ZERO, |money| money.amount).to_decimal(),
        Macro::Currency => data.payout.or(data.revenue).map(|money| money.currency.to_string()).unwrap_or_default(),
        Macro::LeadId => data.lead_id.to_string(),
        Macro::ExternalId => label(&data.external_id),
        Macro::Status => data.state.clone(),
        Macro::Reason => data.reason.map(|reason| reason.code().to_owned()).unwrap_or_default(),
        Macro::Ts => message.at.0.div_euclid(1_000_000).to_string(),
        Macro::Campaign => data.campaign.clone(),
        Macro::Source => data.source.clone(),
    }
}

/// Everything but the unreserved characters of RFC 3986 is percent-encoded: right in a path and in a query alike.
fn encode(text: &str, out: &mut String) {
    // Encoded or not, these two are steps in a path (WHATWG URL section 4.4), and nobody's label.
    if matches!(text, "." | "..") {
        return;
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// What stands before the path: scheme, host and port as they are written.
fn authority(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#', '\\']).map_or(url.len(), |at| start + at);
    &url[..end]
}

//! Presets: how buyers on well-known platforms are reached, one data file each in `presets/`. A preset is a delivery with
//! placeholders (`%BASE%`) and examples of answers with how they are read.

use model::{
    FieldError,
    contract::ContractKind,
    mapping::{Call, Delivery},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, sync::LazyLock};

/// What differs from buyer to buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholder {
    /// Its name; `%NAME%` stands for it.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// How one looks.
    pub example: String,
    /// What it is when nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether it is a credential.
    #[serde(default)]
    pub secret: bool,
}

/// An answer and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// `ping` or `post`.
    pub phase: String,
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// The content type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// There is no answer at all.
    #[serde(default)]
    pub silent: bool,
    /// How it is read, in words.
    pub reads: String,
}

const fn ok() -> u16 {
    200
}

/// A platform's delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Its short name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What to know, in a sentence or two.
    pub about: String,
    /// Whether such a buyer is pinged.
    pub kind: ContractKind,
    /// What has to be filled in.
    pub placeholders: Vec<Placeholder>,
    /// The delivery with its placeholders, as the admin API takes it.
    pub delivery: Value,
    /// Answers and how they are read.
    pub examples: Vec<Example>,
}

const FILES: [&str; 15] = [
    include_str!("../presets/boberdoo.json"),
    include_str!("../presets/leadspedia.json"),
    include_str!("../presets/phonexa.json"),
    include_str!("../presets/leadconduit.json"),
    include_str!("../presets/leadprosper.json"),
    include_str!("../presets/leadbyte.json"),
    include_str!("../presets/leadexec.json"),
    include_str!("../presets/px.json"),
    include_str!("../presets/jangl.json"),
    include_str!("../presets/mediaalpha.json"),
    include_str!("../presets/modernize.json"),
    include_str!("../presets/path-token.json"),
    include_str!("../presets/json-webhook.json"),
    include_str!("../presets/crm-webhook.json"),
    include_str!("../presets/email.json"),
];

// A test reads every file.
static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| serde_json::from_str(file).ok()).collect());

/// Every preset.
#[must_use]
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The preset of this short name.
#[must_use]
pub fn preset(id: &str) -> Option<&'static Preset> {
    presets().iter().find(|preset| preset.id == id)
}

impl Preset {
    /// The delivery with everything filled in, its secrets in clear.
    ///
    /// # Errors
    /// Every placeholder without a value, and every value that no placeholder has.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> Result<Delivery, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut known = Vec::new();
        for placeholder in &self.placeholders {
            let given = values.get(&placeholder.name).map(|value| value.trim());
            match given.filter(|value| !value.is_empty()).or(placeholder.default.as_deref()) {
                Some(value) => {
                    // Paths follow an address.
                    let base = placeholder.name.ends_with("BASE");
                    let value = if base { value.trim_end_matches('/') } else { value };
                    known.push((format!("%{}%", placeholder.name), value.to_owned()));
                }
                None => {
                    let message = format!("Fill in: {} (such as {}).", placeholder.label, placeholder.example);
                    faults.push(FieldError::new(format!("values.{}", placeholder.name), "missing", message));
                }
            }
        }
        for name in values.keys().filter(|name| !self.placeholders.iter().any(|own| own.name == **name)) {
            faults.push(FieldError::new(format!("values.{name}"), "unknown", "This preset has no such placeholder."));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut delivery = self.delivery.clone();
        filled(&mut delivery, &known, false);
        let broken = |error: serde_json::Error| vec![FieldError::new("preset", "not_understood", error.to_string())];
        serde_json::from_value(delivery).map_err(broken)
    }
}

/// In a template or an address a value is text: its braces are no places.
fn filled(value: &mut Value, known: &[(String, String)], template: bool) {
    match value {
        Value::String(text) => {
            for (place, value) in known {
                if text.contains(place.as_str()) {
                    let value = if template { value.replace('{', "{{").replace('}', "}}") } else { value.clone() };
                    *text = text.replace(place.as_str(), &value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| filled(item, known, template)),
        Value::Object(members) => {
            for (name, member) in members {
                filled(member, known, matches!(name.as_str(), "url" | "template"));
            }
        }
        _ => {}
    }
}

/// Everything a delivery has to say of its calls: the ping's and the post's.
pub(crate) fn calls(delivery: &Delivery) -> impl Iterator<Item = (&'static str, &Call)> {
    let ping = delivery.ping.iter().map(|call| ("ping", call));
    ping.chain(std::iter::once(("post", &delivery.post)))
}

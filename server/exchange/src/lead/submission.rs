//! The shape of what a source sends, before any field is read (api.md, `POST /api/v1/leads`).

use model::{FieldError, lead::Tracking};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// At most so many members in one body.
const MOST_MEMBERS: usize = 300;
/// At most so many levels of nesting.
const DEEPEST: usize = 8;
/// The longest text of one member, in characters.
const LONGEST: usize = 4000;
/// The longest label or id, in characters.
const LONGEST_LABEL: usize = 200;

/// The act of consent as it came with the lead.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Consent {
    /// Which version of the campaign's text.
    #[serde(default)]
    pub text_version: Option<String>,
    /// The words as the consumer saw them.
    #[serde(default)]
    pub text: Option<String>,
    /// When, RFC 3339.
    #[serde(default)]
    pub granted_at: Option<String>,
    /// What the consumer did: `checkbox`, `button`, …
    #[serde(default)]
    pub signature: Option<String>,
    /// The page.
    #[serde(default)]
    pub page_url: Option<String>,
    /// The consumer's address.
    #[serde(default)]
    pub ip: Option<String>,
    /// The consumer's browser.
    #[serde(default)]
    pub user_agent: Option<String>,
}

impl Consent {
    pub(super) fn values(&self) -> impl Iterator<Item = (String, String)> {
        [
            ("consent.text_version", &self.text_version),
            ("consent.text", &self.text),
            ("consent.granted_at", &self.granted_at),
            ("consent.signature", &self.signature),
            ("consent.page_url", &self.page_url),
            ("consent.ip", &self.ip),
            ("consent.user_agent", &self.user_agent),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
        .collect::<Vec<_>>()
        .into_iter()
    }
}

impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Consent(•••)")
    }
}

/// Proofs of consent by third parties. They lead to the person, so they are personal.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Certificates {
    /// TrustedForm certificate URL.
    #[serde(default)]
    pub trustedform: Option<String>,
    /// Jornaya LeadiD.
    #[serde(default)]
    pub jornaya: Option<String>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificates(•••)")
    }
}

/// What a source sent, sorted into its parts.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// The campaign's slug.
    pub campaign: Option<String>,
    /// The source's own id for the lead.
    pub external_id: Option<String>,
    /// The ping whose bids are held for it.
    pub ping_id: Option<String>,
    /// The source's labels.
    pub tracking: Tracking,
    /// Members that are fields of the schema, or unknown.
    pub fields: Map<String, Value>,
    /// The act of consent.
    pub consent: Option<Consent>,
    /// Certificates.
    pub certificates: Certificates,
}

/// Sorts a body into its parts. Nested and flat members may be mixed: a member that has no known name is a field.
///
/// # Errors
/// Every member whose shape is wrong.
pub fn read_submission(body: Value) -> Result<Submission, Vec<FieldError>> {
    let Value::Object(members) = body else {
        return Err(vec![FieldError::new("", "not_an_object", "Send one JSON object or form.")]);
    };
    let mut sorter = Sorter::default();
    sorter.limits(&members);
    if sorter.faults.is_empty() {
        for (name, value) in members {
            sorter.member(name, value);
        }
    }
    if sorter.faults.is_empty() { Ok(sorter.submission) } else { Err(sorter.faults) }
}

#[derive(Default)]
struct Sorter {
    submission: Submission,
    faults: Vec<FieldError>,
}

impl Sorter {
    fn limits(&mut self, members: &Map<String, Value>) {
        let mut count = 0;
        let mut queue: Vec<(String, &Value, usize)> =
            members.iter().map(|(name, value)| (name.clone(), value, 1)).collect();
        while let Some((name, value, depth)) = queue.pop() {
            count += 1;
            if count > MOST_MEMBERS {
                self.fault("", "too_many_members", format!("Send at most {MOST_MEMBERS} members."));
                return;
            }
            if depth > DEEPEST {
                self.fault(&name, "too_deep", format!("Nest at most {DEEPEST} levels."));
                return;
            }
            match value {
                Value::String(text) if text.chars().count() > LONGEST => {
                    self.fault(&name, "too_long", format!("Send at most {LONGEST} characters."));
                }
                Value::Array(items) => {
                    queue.extend(items.iter().enumerate().map(|(i, item)| (format!("{name}.{i}"), item, depth + 1)));
                }
                Value::Object(inner) => {
                    queue.extend(inner.iter().map(|(key, item)| (format!("{name}.{key}"), item, depth + 1)));
                }
                _ => {}
            }
        }
    }

    fn member(&mut self, name: String, value: Value) {
        match name.as_str() {
            "campaign" => self.submission.campaign = self.label(&name, &value),
            "external_id" => self.submission.external_id = self.label(&name, &value),
            "ping_id" => self.submission.ping_id = self.label(&name, &value),
            "source" => self.object(&name, value, |sorter, path, member, value| sorter.tracking(path, member, &value)),
            "fields" => self.object(&name, value, |sorter, _, member, value| {
                sorter.submission.fields.insert(member.to_owned(), value);
            }),
            "consent" => self.consent(value),
            "certificates" => self.object(&name, value, |sorter, path, member, value| {
                if !sorter.certificate(path, member, &value) {
                    sorter.fault(path, "unknown_certificate", "Known certificates are trustedform and jornaya.");
                }
            }),
            "sub1" | "sub2" | "sub3" | "sub4" | "sub5" | "click_id" => self.tracking(&name, &name, &value),
            _ if self.certificate(&name, &name, &value) => {}
            _ => {
                self.submission.fields.insert(name, value);
            }
        }
    }

    fn object(&mut self, name: &str, value: Value, mut each: impl FnMut(&mut Self, &str, &str, Value)) {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    each(self, &format!("{name}.{member}"), &member, value);
                }
            }
            Value::Null => {}
            _ => self.fault(name, "not_an_object", "Send an object."),
        }
    }

    fn tracking(&mut self, path: &str, member: &str, value: &Value) {
        let label = self.label(path, value);
        let tracking = &mut self.submission.tracking;
        let slot = match member {
            "sub1" => &mut tracking.sub1,
            "sub2" => &mut tracking.sub2,
            "sub3" => &mut tracking.sub3,
            "sub4" => &mut tracking.sub4,
            "sub5" => &mut tracking.sub5,
            "click_id" => &mut tracking.click_id,
            _ => return self.fault(path, "unknown_label", "Known labels are sub1 to sub5 and click_id."),
        };
        *slot = label;
    }

    /// Whether the member was a certificate. The flat names are those the vendors' scripts write into a form.
    fn certificate(&mut self, path: &str, member: &str, value: &Value) -> bool {
        match member {
            "trustedform" | "xxTrustedFormCertUrl" => {
                self.submission.certificates.trustedform = self.trustedform(path, value);
            }
            "jornaya" | "universal_leadid" => self.submission.certificates.jornaya = self.jornaya(path, value),
            _ => return false,
        }
        true
    }

    fn trustedform(&mut self, path: &str, value: &Value) -> Option<String> {
        let url = self.text(path, value)?;
        let host = url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if host.contains('.') && !host.contains('@') && !url.contains(char::is_whitespace) {
            return Some(url);
        }
        self.fault(path, "not_a_certificate", "Send the certificate's https address.");
        None
    }

    fn jornaya(&mut self, path: &str, value: &Value) -> Option<String> {
        let id = self.text(path, value)?;
        if id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
            return Some(id);
        }
        self.fault(path, "not_a_certificate", "Send the LeadiD, 36 characters.");
        None
    }

    fn consent(&mut self, value: Value) {
        let mut consent = Consent::default();
        self.object("consent", value, |sorter, path, member, value| {
            let text = sorter.text(path, &value);
            match member {
                "text_version" => consent.text_version = text,
                "text" => consent.text = text,
                "granted_at" => consent.granted_at = text,
                "signature" => consent.signature = text,
                "page_url" => consent.page_url = text,
                "ip" => consent.ip = text,
                "user_agent" => consent.user_agent = text,
                _ => sorter.fault(path, "unknown_member", "Not a member of a consent record."),
            }
        });
        if consent != Consent::default() {
            self.submission.consent = Some(consent);
        }
    }

    fn label(&mut self, path: &str, value: &Value) -> Option<String> {
        let text = self.text(path, value)?;
        if text.chars().count() > LONGEST_LABEL {
            self.fault(path, "too_long", format!("Send at most {LONGEST_LABEL} characters."));
            return None;
        }
        Some(text)
    }

    fn text(&mut self, path: &str, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null => None,
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                self.fault(path, "not_text", "Send a text.");
                None
            }
        }
    }

    fn fault(&mut self, path: &str, code: &str, message: impl Into<String>) {
        self.faults.push(FieldError::new(path, code, message));
    }
}

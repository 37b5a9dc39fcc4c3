//! Posting instructions: what a source sends, made from the campaign's schema.

use super::{ServiceError, Services, intake::Caller};
use crate::context::Actor;
use exchange::consent::Shown;
use model::{
    CampaignId,
    bench::Outgoing,
    campaign::Campaign,
    document::{Document, DocumentId},
    field::{Field, FieldKind, Visibility},
    tenant::Mode,
    user::Right,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::TenantStore;
use url::Url;

/// What a source sends into one campaign with one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spec {
    /// The campaign.
    pub campaign: CampaignSpec,
    /// Whether it takes leads at present.
    pub active: bool,
    /// Always `POST`.
    pub method: &'static str,
    /// Where to send.
    pub url: String,
    /// `live` or `test`, as the key is.
    pub mode: &'static str,
    /// Whether a lead without a consent record is refused.
    pub consent_required: bool,
    /// The words the consumer has to be shown; none when the form has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentSpec>,
    /// The fields, in the order a form would ask.
    pub fields: Vec<FieldSpec>,
    /// A body that is taken.
    pub example: Value,
}

/// The campaign as a source sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignSpec {
    /// The value of the `campaign` member.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// The words the consumer has to be shown, to be sent back as `consent.text` with `consent.text_version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentSpec {
    /// The words.
    pub text: String,
    /// Their version.
    pub text_version: String,
    /// Whether a lead with other words is refused.
    pub known_only: bool,
}

/// One field as a source sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldSpec {
    /// The name in JSON and forms; of a member of a list's records it is `drivers[].gender`.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it holds, in one word.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How a value may be written.
    pub accepts: &'static str,
    /// Whether a lead without it is refused.
    pub required: bool,
    /// Whether it is only sent to the buyer that takes the lead.
    pub personal: bool,
    /// The allowed values of a choice, the names of bands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest number, longest text in characters, or most records of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// A value that is taken.
    pub example: String,
}

impl Services {
    /// Posting instructions for a campaign the caller may send into.
    #[must_use]
    pub fn spec(&self, caller: &Caller, slug: &str, public_url: &Url) -> Option<Spec> {
        let snapshot = self.pipeline.snapshot();
        let found = snapshot.campaign(caller.tenant_id, slug)?;
        let allowed = caller.campaigns.is_empty() || caller.campaigns.contains(&found.campaign.id);
        allowed.then(|| spec(&found.campaign, found.shown(), caller.mode, public_url))
    }
}

impl Services {
    /// Posting instructions for a campaign, for operators.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for another tenant's.
    pub async fn instructions(&self, actor: &Actor, id: CampaignId, public_url: &Url) -> Result<Spec, ServiceError> {
        self.spec_of(&self.tenant(actor, Right::SeeExchange)?, id, public_url).await
    }

    pub(super) async fn spec_of(
        &self,
        tenant: &TenantStore,
        id: CampaignId,
        public_url: &Url,
    ) -> Result<Spec, ServiceError> {
        match tenant.document(DocumentId::Campaign(id)).await?.document {
            Document::Campaign(campaign) => {
                let snapshot = self.pipeline.snapshot();
                let found = snapshot.campaign(tenant.id(), &campaign.slug);
                Ok(spec(&campaign, found.and_then(|found| found.shown()), Mode::Live, public_url))
            }
            _ => Err(ServiceError::NotFound),
        }
    }
}

impl FieldSpec {
    /// What a value may be, in words.
    #[must_use]
    pub fn allowed(&self) -> String {
        if !self.values.is_empty() {
            return self.values.join(", ");
        }
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (None, Some(max)) if self.kind == "list" => format!("at most {max} records"),
            (None, Some(max)) => format!("at most {max} characters"),
            _ => String::new(),
        }
    }
}

impl FieldSpec {
    /// What a value may be and how it may be written.
    #[must_use]
    pub fn says(&self) -> String {
        match self.allowed() {
            allowed if allowed.is_empty() => self.accepts.to_owned(),
            allowed => format!("{allowed}. {}", self.accepts),
        }
    }
}

impl Spec {
    /// The example as a command line for a shell; the key is left to be put in.
    #[must_use]
    pub fn curl(&self) -> String {
        let body = serde_json::to_string_pretty(&self.example).unwrap_or_default();
        sending(&self.url, "YOUR_KEY", body).curl().unwrap_or_default()
    }
}

/// A submission as it is sent with a key.
pub(super) fn sending(url: &str, key: &str, body: String) -> Outgoing {
    let headers = [("Authorization", format!("Bearer {key}")), ("Content-Type", "application/json".to_owned())];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Outgoing { method: "POST".to_owned(), url: url.to_owned(), headers, body, ..Outgoing::default() }
}

/// Where leads are sent to.
pub(super) fn door(public_url: &Url) -> String {
    public_url.join("/api/v1/leads").map(String::from).unwrap_or_default()
}

fn spec(campaign: &Campaign, shown: Option<&Shown>, mode: Mode, public_url: &Url) -> Spec {
    Spec {
        campaign: CampaignSpec { slug: campaign.slug.clone(), name: campaign.name.clone() },
        active: campaign.active,
        method: "POST",
        url: door(public_url),
        mode: match mode {
            Mode::Live => "live",
            Mode::Test => "test",
        },
        consent_required: campaign.consent_required,
        consent: shown.map(|shown| ConsentSpec {
            text: shown.words.clone(),
            text_version: shown.code.clone(),
            known_only: campaign.consent.known_only,
        }),
        fields: campaign.fields.iter().flat_map(lines).collect(),
        example: with_words(example(campaign), shown),
    }
}

/// A field, and after a list its members.
fn lines(field: &Field) -> Vec<FieldSpec> {
    let mut lines = vec![line(field, field.name.clone())];
    if let FieldKind::List { members, .. } = &field.kind {
        lines.extend(members.iter().map(|member| line(member, format!("{}[].{}", field.name, member.name))));
    }
    lines
}

fn line(field: &Field, name: String) -> FieldSpec {
    let (values, min, max) = match &field.kind {
        FieldKind::Choice { values } => (values.clone(), None, None),
        FieldKind::Band { bands } => (bands.iter().map(|band| band.name.clone()).collect(), None, None),
        FieldKind::Integer { min, max } | FieldKind::Money { min, max } => (Vec::new(), Some(*min), Some(*max)),
        FieldKind::Range { min, max } | FieldKind::Decimal { min, max, .. } => (Vec::new(), Some(*min), Some(*max)),
        FieldKind::Text { max } | FieldKind::List { max, .. } => (Vec::new(), None, Some(i64::from(*max))),
        _ => (Vec::new(), None, None),
    };
    FieldSpec {
        name,
        label: field.label.clone(),
        kind: field.kind.name(),
        accepts: field.kind.accepts(),
        required: field.required,
        personal: field.visibility == Visibility::Personal,
        values,
        min,
        max,
        example: field.example.clone(),
    }
}

/// A body that is taken, made of the fields' examples.
#[must_use]
pub fn example(campaign: &Campaign) -> Value {
    let fields = examples(&campaign.fields);
    let mut body = json!({ "campaign": campaign.slug, "external_id": "form-8812", "source": { "sub1": "ad-77" } });
    body["fields"] = Value::Object(fields);
    if campaign.consent_required {
        body["consent"] = json!({
            "text": "By clicking …", "granted_at": "2026-05-07T19:04:11Z", "signature": "checkbox",
            "page_url": "https://form.example/", "ip": "203.0.113.9", "user_agent": "Mozilla/5.0",
        });
    }
    body
}

/// The example with the words of the text that the campaign chose.
fn with_words(mut example: Value, shown: Option<&Shown>) -> Value {
    if let (Some(shown), Some(consent)) = (shown, example.get_mut("consent")) {
        consent["text"] = shown.words.clone().into();
        consent["text_version"] = shown.code.clone().into();
    }
    example
}

fn examples(fields: &[Field]) -> Map<String, Value> {
    let example = |field: &Field| match &field.kind {
        FieldKind::List { members, .. } => Some(vec![Value::Object(examples(members))].into()),
        _ => (!field.example.is_empty()).then(|| typed(field)),
    };
    fields.iter().filter_map(|field| Some((field.name.clone(), example(field)?))).collect()
}

/// The example as JSON writes it: numbers and flags bare.
fn typed(field: &Field) -> Value {
    let bare = match field.kind {
        FieldKind::Integer { .. } => field.example.parse::<i64>().ok().map(Value::from),
        FieldKind::Boolean => field.example.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    bare.unwrap_or_else(|| Value::from(field.example.clone()))
}

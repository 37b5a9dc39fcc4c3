//! What the pages for configuring ask: documents as the API shows them, their drafts and their history.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    CampaignId, KeyId, SourceId, Timestamp,
    document::{DocumentId, Kind},
    intake::KeyUse,
    tenant::{ApiKey, Mode},
};
use serde_json::{Map, Value};

/// A draft beside a published document.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftView {
    /// The document as it would be, in the shape the API takes.
    pub value: Value,
    /// The published version it was made from.
    pub base: i64,
    /// Who wrote it.
    pub author: String,
    /// Whether that is who is signed in.
    pub own: bool,
    /// When.
    pub at: Timestamp,
    /// How it differs from what is published, in sentences.
    pub differences: Vec<String>,
}

/// A document as a page for it needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The published document, in the shape the API takes: amounts are decimals in quotes, secrets are masked.
    pub value: Value,
    /// The published version; a change names the one it was made from.
    pub version: i64,
    /// The draft beside it, if there is one.
    pub draft: Option<DraftView>,
    /// What is right in what is shown (the draft, if there is one) and will probably not do what is meant.
    pub warnings: Vec<String>,
    /// Whether what is published needs a second pair of eyes: changes are saved as drafts, and somebody else than the
    /// author publishes them.
    pub four_eyes: bool,
}

/// Which part of the history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryAsked {
    /// Of one kind only.
    pub kind: Option<Kind>,
    /// Of one document only.
    pub id: Option<DocumentId>,
    /// By one person or token only.
    pub author: Option<String>,
    /// Where the page begins, as the page before said.
    pub after: Option<String>,
    /// Most entries.
    pub limit: u16,
}

/// One recorded change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What it is about.
    pub id: DocumentId,
    /// What people called it then.
    pub name: String,
    /// The version it made.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// Who made it, as the filter takes it; empty for what was there first.
    pub author: String,
    /// What people call the author.
    pub author_name: String,
    /// What the author said about it.
    pub note: String,
    /// What it changed, in sentences.
    pub sentences: Vec<String>,
    /// Whether it deleted the document.
    pub deleted: bool,
}

/// A page of the history, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changes.
    pub rows: Vec<Changed>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// What a new API key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The source whose leads it sends.
    pub source: SourceId,
    /// What people call it.
    pub name: String,
    /// Live or test.
    pub mode: Mode,
    /// The campaigns it may send into; empty means all.
    pub campaigns: Vec<CampaignId>,
    /// What it opens.
    pub used_as: KeyUse,
    /// What the sender at a hook signs with, or the credential of another platform; empty when there is none.
    pub secret: String,
    /// Of a publishable key: from pages of which origins.
    pub origins: Vec<String>,
}

/// One field of posting instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    /// The name in JSON and forms.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it holds, in one word.
    pub kind: String,
    /// Whether a lead without it is refused.
    pub required: bool,
    /// Whether it is only sent to the buyer that takes the lead.
    pub personal: bool,
    /// What a value may be, in words.
    pub allowed: String,
    /// A value that is taken.
    pub example: String,
}

/// What a source sends into a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instructions {
    /// The source's name.
    pub source: String,
    /// The campaign's name.
    pub campaign: String,
    /// Whether the campaign takes leads at present.
    pub active: bool,
    /// Where to send.
    pub url: String,
    /// Whether a lead without a consent record is refused.
    pub consent_required: bool,
    /// The words the consumer has to be shown, and their version; none when the form has its own.
    pub words: Option<(String, String)>,
    /// Whether a lead with other words is refused.
    pub known_only: bool,
    /// The fields, in the order a form would ask.
    pub fields: Vec<FieldLine>,
    /// A request that is taken, for a command line.
    pub curl: String,
    /// The fields of that request.
    pub example: Map<String, Value>,
}

/// What a campaign may begin from.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateView {
    /// Its short name, in addresses.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The kind of business.
    pub group: String,
    /// What its leads are, in a sentence.
    pub about: String,
    /// Words of consent to begin from.
    pub consent: String,
    /// The campaign, in the shape the API takes.
    pub campaign: Value,
    /// Filters that buyers often have, by what they say.
    pub filters: Vec<(String, Value)>,
}

/// How consumers reach a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLinks {
    /// Whether our form can be opened.
    pub active: bool,
    /// Where it is.
    pub url: String,
    /// A form for somebody's own page, as HTML, with a place for a publishable key.
    pub snippet: String,
}

/// Configuring campaigns, sources, buyers and contracts. What is wrong with a document is [`UiError::Invalid`] with every
/// fault by its path; a version that is not the current one any more, and what is in use, is [`UiError::Refused`].
#[async_trait]
pub trait Configuring {
    /// Every document of a kind, in the shape the API shows, in the order they were made.
    async fn documents(&self, kind: Kind) -> Result<Vec<Value>, UiError>;
    /// What campaigns may begin from.
    async fn templates(&self) -> Result<Vec<TemplateView>, UiError>;
    /// One document with its draft.
    async fn document(&self, id: DocumentId) -> Result<Opened, UiError>;
    /// A document as it stands in a form that is drawn again: secrets that were typed are sealed, so that the page does not
    /// show them. The functions below take them so.
    async fn conceal(&self, value: Value) -> Result<Value, UiError>;
    /// Makes a document. Needs `Right::Configure`.
    async fn create_document(&self, kind: Kind, value: Value, note: String) -> Result<DocumentId, UiError>;
    /// Changes a document as a whole; the version it has now. Needs `Right::Configure`.
    async fn save_document(&self, id: DocumentId, value: Value, version: i64, note: String) -> Result<i64, UiError>;
    /// Keeps a draft beside the document, in the place of the one that is there. Needs `Right::Configure`.
    async fn save_draft(&self, id: DocumentId, value: Value, version: i64) -> Result<(), UiError>;
    /// Throws the draft away. Needs `Right::Configure`.
    async fn discard_draft(&self, id: DocumentId) -> Result<(), UiError>;
    /// Makes the draft the published document; the version it has now. Needs `Right::Configure`.
    async fn publish_draft(&self, id: DocumentId, note: String) -> Result<i64, UiError>;
    /// Restores an earlier version as a new one (where four eyes are asked for, as a draft). Needs `Right::Configure`.
    async fn roll_back(&self, id: DocumentId, to: i64, version: i64, note: String) -> Result<(), UiError>;
    /// Pauses or resumes. Needs `Right::Configure`.
    async fn set_document_active(&self, id: DocumentId, active: bool) -> Result<(), UiError>;
    /// Deletes what was never used. Needs `Right::Configure`.
    async fn delete_document(&self, id: DocumentId, version: i64) -> Result<(), UiError>;
    /// A page of the history.
    async fn changes(&self, asked: HistoryAsked) -> Result<Changes, UiError>;
    /// What a source sends into a campaign.
    async fn instructions(&self, source: SourceId, campaign: CampaignId) -> Result<Instructions, UiError>;
    /// How consumers reach a campaign.
    async fn form_links(&self, campaign: CampaignId) -> Result<FormLinks, UiError>;
    /// Every API key of the tenant, newest first, revoked ones included.
    async fn api_keys(&self) -> Result<Vec<ApiKey>, UiError>;
    /// Makes an API key; also the whole key, which is never shown again. Needs `Right::Configure`.
    async fn create_api_key(&self, wanted: NewKey) -> Result<(ApiKey, String), UiError>;
    /// Revokes an API key at once. Needs `Right::Configure`.
    async fn revoke_api_key(&self, id: KeyId) -> Result<(), UiError>;
}

//! What the pages of consent texts ask: what a text says, whether it says enough, and where it is in use.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    CampaignId, ConsentTextId, Timestamp,
    consent::{ConsentText, Finding, Piece, Standing, Wording},
};
use serde_json::Value;

/// A text in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// The text.
    pub text: ConsentText,
    /// Number and time of the newest version; none while nothing is published.
    pub newest: Option<(u32, Timestamp)>,
    /// Whether something is written that is not published.
    pub draft: bool,
    /// Each campaign that chose it.
    pub campaigns: Vec<(CampaignId, String)>,
    /// Sources whose live leads came with it in the last 7 days.
    pub sources: usize,
    /// Live leads that came with it in the last 7 days.
    pub leads: i64,
}

/// A text with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextView {
    /// The text.
    pub text: ConsentText,
    /// Raised with every change; a change names it.
    pub revision: i64,
    /// What stands in the editor: the draft, else the newest version.
    pub wording: Wording,
    /// Who wrote the draft, and when; none when everything is published.
    pub draft: Option<(String, Timestamp)>,
    /// The versions, newest first.
    pub versions: Vec<VersionLine>,
    /// What is wrong with what stands in the editor, and how it looks.
    pub check: TextCheck,
    /// Each campaign that chose it.
    pub campaigns: Vec<TextCampaign>,
    /// What live leads of the last 7 days came with, by source and campaign.
    pub uses: Vec<UseLine>,
}

/// What the check says of words, and how a consumer sees them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextCheck {
    /// What is missing, or should not be there; errors first.
    pub findings: Vec<Finding>,
    /// The words with their placeholders filled in.
    pub preview: String,
    /// Whether the sellers in it are invented, because no campaign has any.
    pub invented: bool,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// Its number.
    pub n: u32,
    /// When it was published.
    pub at: Timestamp,
    /// By whom.
    pub author: String,
    /// Why.
    pub note: String,
    /// What forms send as `consent.text_version`.
    pub code: String,
    /// Live leads of the last 7 days.
    pub week: i64,
    /// Its share of the text's live leads of the last 24 hours, in per cent; none when there were none.
    pub share: Option<u32>,
}

/// A campaign that chose a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCampaign {
    /// The campaign.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// How many buyers may have its leads.
    pub buyers: usize,
    /// Those that the newest version does not name.
    pub unnamed: Vec<String>,
}

/// What live leads came with, from one source into one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseLine {
    /// The source's name.
    pub source: String,
    /// The campaign's name.
    pub campaign: String,
    /// The version; none when the words are none's.
    pub version: Option<u32>,
    /// How the words stood.
    pub standing: Standing,
    /// How many leads.
    pub leads: i64,
    /// When the last came.
    pub last: Timestamp,
}

/// How two versions differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextDifference {
    /// The text's name.
    pub name: String,
    /// The versions there are, newest first.
    pub versions: Vec<u32>,
    /// Whether there is a draft.
    pub draft: bool,
    /// The older one.
    pub from: u32,
    /// The newer one; none is the draft.
    pub to: Option<u32>,
    /// The words.
    pub pieces: Vec<Piece>,
    /// What else differs, in sentences.
    pub others: Vec<String>,
}

/// Consent texts. A text as a document has `slug`, `name`, `locale` and `wording`; what is wrong with it is
/// [`UiError::Invalid`].
#[async_trait]
pub trait Texts {
    /// Every text, by name.
    async fn texts(&self) -> Result<Vec<TextLine>, UiError>;
    /// One text.
    async fn text(&self, id: ConsentTextId) -> Result<TextView, UiError>;
    /// What the check says of words that are not saved, for this text or one that is to be made.
    async fn check_text(&self, id: Option<ConsentTextId>, value: Value) -> Result<TextCheck, UiError>;
    /// Makes a text. Needs `Right::Configure`.
    async fn create_text(&self, value: Value) -> Result<ConsentTextId, UiError>;
    /// Saves a text and its draft. Needs `Right::Configure`.
    async fn save_text(&self, id: ConsentTextId, revision: i64, value: Value) -> Result<(), UiError>;
    /// Publishes the draft; the version's number. Needs `Right::Configure` and `Right::Publish`.
    async fn publish_text(&self, id: ConsentTextId, revision: i64, note: String) -> Result<u32, UiError>;
    /// How two versions differ: without any named the newest and the draft, else the last two.
    async fn text_difference(
        &self,
        id: ConsentTextId,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<TextDifference, UiError>;
}

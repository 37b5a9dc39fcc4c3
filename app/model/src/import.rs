//! A delivery proposed from a buyer's posting document: what was pasted, and what it is taken to mean.

use crate::{
    CampaignId,
    bench::{Expected, Outcome, Phase},
    contract::ContractKind,
    mapping::Delivery,
};
use serde::{Deserialize, Serialize};

/// What was pasted of a buyer's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportAsked {
    /// The campaign whose fields are to be sent.
    pub campaign_id: CampaignId,
    /// The ping; none for a buyer that is not pinged.
    #[serde(default)]
    pub ping: Option<CallDocument>,
    /// The post.
    pub post: CallDocument,
}

/// What a document says of one call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallDocument {
    /// A sample body (JSON, form, query, XML, SOAP), a whole request, a cURL command, or a table of members.
    pub document: String,
    /// A table of members beside a sample: which are required, and which values are taken.
    pub table: Option<String>,
    /// The address, where the sample does not say it.
    pub url: Option<String>,
    /// Sample answers.
    pub answers: Vec<SampleAnswer>,
}

/// An answer as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleAnswer {
    /// What it means; told from its words when this is not said.
    #[serde(default)]
    pub means: Option<Outcome>,
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// The body.
    pub body: String,
}

const fn ok() -> u16 {
    200
}

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Nothing in it was recognised: look at it.
    Unknown,
    /// Told by a part of a name, or by how a value looks.
    Likely,
    /// Told by a name.
    Sure,
}

impl Confidence {
    /// The word people see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Likely => "likely",
            Self::Sure => "sure",
        }
    }
}

/// A member of the buyer's and what is proposed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedRow {
    /// Of which call.
    pub phase: Phase,
    /// The buyer's name for it, as rows write it.
    pub to: String,
    /// The index of its row; none when it is left out.
    pub row: Option<usize>,
    /// The value in the sample; none where there is none, or it may be a credential.
    pub sample: Option<String>,
    /// Whether the document says that the buyer needs it.
    pub required: bool,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it is taken to mean this.
    pub why: String,
}

/// A credential that was recognised: its value has to be given, what was pasted of it is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedSecret {
    /// Of which call.
    pub phase: Phase,
    /// The index among the call's headers.
    pub header: usize,
    /// Its name.
    pub name: String,
}

/// A sample answer with how the proposed rules read it, as it can be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedExample {
    /// What it shows.
    pub name: String,
    /// To which call.
    pub phase: Phase,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// How it is read.
    pub expected: Expected,
}

/// A delivery made of a document, to look at and to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Whether the buyer is pinged.
    pub kind: ContractKind,
    /// The delivery. Its secrets are empty.
    pub delivery: Delivery,
    /// Every member of the document, in its order.
    pub rows: Vec<ProposedRow>,
    /// Credentials whose values have to be given.
    pub secrets: Vec<ProposedSecret>,
    /// What to look at beside the rows.
    pub notes: Vec<String>,
    /// The sample answers as the proposed rules read them.
    pub examples: Vec<ProposedExample>,
}

//! The words that consumers agree to: texts with versions, what a text has to say, and which version a lead came with.

use crate::{ConsentTextId, Timestamp};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A text, whatever its versions say. Its short name is what a campaign names it by, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentText {
    /// Identity.
    pub id: ConsentTextId,
    /// Short name, unique in the tenant.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The language it is written in, as browsers say it: `en-US`.
    pub locale: String,
}

/// What a version says, and what it is meant to allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wording {
    /// The words, with placeholders such as `{{sellers.inline}}`.
    pub body: String,
    /// What the button says that the words name; empty when a box is ticked.
    pub button: String,
    /// Whether it is to allow calls.
    pub calls: bool,
    /// Whether it is to allow text messages.
    pub texts: bool,
    /// Whether an automatic dialer, an artificial voice or a recording may be used.
    pub automated: bool,
}

impl Default for Wording {
    fn default() -> Self {
        Self { body: String::new(), button: String::new(), calls: true, texts: false, automated: true }
    }
}

/// A version that was published. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentVersion {
    /// Its number in its text, from 1.
    pub n: u32,
    /// What it says.
    pub wording: Wording,
    /// What a form sends as `consent.text_version`: `ctv_` and a hash of the words.
    pub code: String,
    /// The id of a person or a token, or a word for the command line.
    pub author: String,
    /// When it was published.
    pub at: Timestamp,
    /// Why, in the author's words; may be empty.
    pub note: String,
}

/// Which text a campaign's leads come with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentTerms {
    /// The short name of the text; empty: none was chosen.
    pub text: String,
    /// Whether a lead is refused whose words are those of no published version.
    pub known_only: bool,
}

impl ConsentTerms {
    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// How a lead's words stand to the published versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// They are a version of the campaign's text.
    Published,
    /// They are a version of another text than the campaign's.
    OtherText,
    /// They are no version of any text.
    Unknown,
    /// The consent came without its words.
    Absent,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Published, Self::OtherText, Self::Unknown, Self::Absent];

    /// The word in the database and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::OtherText => "other_text",
            Self::Unknown => "unknown",
            Self::Absent => "absent",
        }
    }

    /// What it means, in a sentence; nothing of what is as it has to be.
    #[must_use]
    pub const fn defect(self) -> Option<&'static str> {
        match self {
            Self::Published => None,
            Self::OtherText => Some("These are the words of another text than the campaign's."),
            Self::Unknown => Some("These are the words of no published version."),
            Self::Absent => Some("The consent came without its words."),
        }
    }
}

impl FromStr for Standing {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|standing| standing.name() == text).ok_or("not a standing of a consent text")
    }
}

/// Which words a lead came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentSeen {
    /// The text they are of; of unknown and absent words the one that the campaign chose.
    pub text_id: ConsentTextId,
    /// The version; none when they are of none.
    pub version: Option<u32>,
    /// How they stand.
    pub standing: Standing,
}

/// Which words a lead came with, as its page tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadConsent {
    /// Which words.
    pub seen: ConsentSeen,
    /// What people call the text.
    pub text: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The text cannot be published.
    Error,
    /// To be thought about.
    Warning,
}

/// One element that was not found in a text, or that should not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule: `E004`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found or missed, in a sentence.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// The words it is about; empty when they are missing.
    pub words: String,
}

/// A piece of the difference of two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum Piece {
    /// In both.
    Same(String),
    /// In the older one only.
    Removed(String),
    /// In the newer one only.
    Added(String),
}

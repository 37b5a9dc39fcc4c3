//! What the page for trying a contract asks, and how buyers on known platforms are connected.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    ContractId,
    bench::{AnswerAsked, AnswerRead, Preview, PreviewAsked},
    contract::ContractKind,
};

/// A platform's preset as a page offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetView {
    /// Its short name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What to know, in a sentence or two.
    pub about: String,
    /// Whether such a buyer is pinged.
    pub kind: ContractKind,
    /// What has to be filled in.
    pub places: Vec<Place>,
}

/// What differs from buyer to buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// How one looks.
    pub example: String,
    /// What it is when nobody says.
    pub default: Option<String>,
    /// Whether it is a credential.
    pub secret: bool,
}

/// Trying contracts. Nothing is sent to a buyer.
#[async_trait]
pub trait Bench {
    /// The exact requests of a contract for a lead. Another person's values need `Right::SeePersonal` and are written down.
    /// What cannot be shown is [`UiError::Invalid`], by the members of [`PreviewAsked`].
    async fn preview(&self, id: ContractId, asked: PreviewAsked) -> Result<Preview, UiError>;
    /// How a contract reads an answer. [`UiError::Invalid`] by the members of [`AnswerAsked`].
    async fn read_answer(&self, id: ContractId, asked: AnswerAsked) -> Result<AnswerRead, UiError>;
    /// Every preset.
    async fn presets(&self) -> Result<Vec<PresetView>, UiError>;
}

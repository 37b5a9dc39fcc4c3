//! What the page for trying a contract asks, and how buyers on known platforms are connected.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    ContractId, ExampleId,
    bench::{AnswerAsked, AnswerRead, ExampleRun, ExampleWanted, Preview, PreviewAsked, TestAsked, TestLine, TestSent},
    contract::ContractKind,
    import::{ImportAsked, Proposal},
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

/// Trying contracts. Only [`Bench::send_test`] sends something to a buyer.
#[async_trait]
pub trait Bench {
    /// The exact requests of a contract for a lead. Another person's values need `Right::SeePersonal` and are written down.
    /// What cannot be shown is [`UiError::Invalid`], by the members of [`PreviewAsked`].
    async fn preview(&self, id: ContractId, asked: PreviewAsked) -> Result<Preview, UiError>;
    /// How a contract reads an answer. [`UiError::Invalid`] by the members of [`AnswerAsked`].
    async fn read_answer(&self, id: ContractId, asked: AnswerAsked) -> Result<AnswerRead, UiError>;
    /// Sends a test to the buyer, with the saved delivery. Needs `Right::Configure`. What keeps it from being sent is
    /// [`UiError::Invalid`], by the members of [`TestAsked`] and of the contract.
    async fn send_test(&self, id: ContractId, asked: TestAsked) -> Result<TestSent, UiError>;
    /// The newest tests that were sent.
    async fn tests(&self, id: ContractId) -> Result<Vec<TestLine>, UiError>;
    /// The kept answers of a contract, read again.
    async fn examples(&self, id: ContractId) -> Result<Vec<ExampleRun>, UiError>;
    /// Keeps an answer. Needs `Right::Configure`. [`UiError::Invalid`] by the members of [`ExampleWanted`].
    async fn keep_example(&self, id: ContractId, wanted: ExampleWanted) -> Result<(), UiError>;
    /// Takes a kept answer away. Needs `Right::Configure`.
    async fn drop_example(&self, id: ContractId, example: ExampleId) -> Result<(), UiError>;
    /// The delivery that a posting document is taken to mean. [`UiError::Invalid`] by the members of [`ImportAsked`].
    async fn import(&self, asked: ImportAsked) -> Result<Proposal, UiError>;
    /// Every preset.
    async fn presets(&self) -> Result<Vec<PresetView>, UiError>;
}

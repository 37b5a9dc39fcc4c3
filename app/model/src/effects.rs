//! What a contract's terms come to, told before they are in effect.

use serde::{Deserialize, Serialize};

/// What a contract would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    /// Its filter in a sentence.
    pub filter: String,
    /// What the filter would have done lately.
    pub sample: Sample,
    /// Whether it is open now, and when it opens.
    pub opening: String,
    /// Its caps and its buyer's, each with what it holds now.
    pub caps: Vec<CapEffect>,
}

/// A filter held against the newest leads of its campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// How many leads there were to look at.
    pub leads: u32,
    /// How many of them pass.
    pub pass: u32,
    /// The rules that the others fail, the hardest first. A lead that fails several is counted at each.
    pub failing: Vec<Failing>,
}

/// A rule with the leads that fail it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The rule in words, without any lead's value.
    pub rule: String,
    /// How many leads fail it.
    pub leads: u32,
}

/// A cap and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapEffect {
    /// What it does, in a sentence.
    pub sentence: String,
    /// How much of it is used and held, in parts per thousand; none for one that counts several things apart.
    pub filled: Option<u32>,
}

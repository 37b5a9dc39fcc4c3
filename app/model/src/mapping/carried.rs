//! What a ping's answer gives back to the post.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Values of a ping answer that the post sends back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Carried {
    /// The buyer's token for its bid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Others by the name the rules carry them under; several values are a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, Vec<String>)>,
    /// Until when the bid is good, when the buyer said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_until: Option<Timestamp>,
}

impl Carried {
    /// Only a token.
    #[must_use]
    pub fn token(token: Option<String>) -> Self {
        Self { token, ..Self::default() }
    }

    /// The values carried under a name; none when there is no such name.
    #[must_use]
    pub fn get(&self, name: &str) -> &[String] {
        self.values.iter().find(|(own, _)| own == name).map_or(&[], |(_, values)| values)
    }
}

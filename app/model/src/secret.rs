//! A text that must not be read by people or logs: a buyer's credential.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands in the place of a secret wherever it is shown, and what an operator sends to leave a secret as it is.
pub const MASK: &str = "•••";

/// A secret text. Printing it in any way prints [`MASK`]; only [`Secret::expose`] gives the text, so that every place
/// that does is found by its name. It serialises as the bare text: a document that holds one is stored with the text
/// sealed, and shown with the text masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What is shown in its place.
    #[must_use]
    pub fn mask() -> Self {
        Self::new(MASK)
    }

    /// Whether it stands for the secret that is stored already.
    #[must_use]
    pub fn is_mask(&self) -> bool {
        self.0 == MASK
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_prints_it_shows_it() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "••• ••• Some(•••)");
        assert_eq!(secret.expose(), "s3cret");
        assert!(Secret::mask().is_mask() && !secret.is_mask());
    }
}

//! What a platform has decided about a lead, before it is said in its words.

use serde_json::Value;

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum No {
    Geo,
    Cap,
    Duplicate,
    Criteria,
    Hours,
    Field,
    Auth,
    Nobody,
    Expired,
    /// The post names no ping that there was.
    Unpinged,
    /// What only this platform says: its code.
    Own(&'static str),
}

impl No {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Geo => "No coverage in this area",
            Self::Cap => "Monthly cap reached",
            Self::Duplicate => "Duplicate lead",
            Self::Criteria => "Outside of the filter criteria",
            Self::Hours => "Closed: outside business hours",
            Self::Field => "Missing required field",
            Self::Auth => "Unauthorized: unknown credential",
            Self::Nobody => "No buyer found",
            Self::Expired => "Ping id expired",
            Self::Unpinged => "Unknown ping id",
            Self::Own(code) => code,
        }
    }
}

/// What it has decided.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// The price as it writes it, none when it does not say; or why not.
    pub(super) price: Result<Option<Value>, No>,
    pub(super) token: String,
    pub(super) redirect: Option<&'static str>,
    pub(super) later: bool,
}

impl Said {
    /// The price as text, nothing without one.
    pub(super) fn amount(&self) -> Option<String> {
        let price = self.price.as_ref().ok()?.as_ref()?;
        Some(price.as_str().map_or_else(|| price.to_string(), str::to_owned))
    }
}

/// Status, content type, body.
pub(super) type Reply = (u16, &'static str, String);

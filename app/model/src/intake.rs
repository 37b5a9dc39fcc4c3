//! How leads come in that are not written for us: the platforms a seller may come from, the tools that send forms, and what
//! their words mean here.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A text that names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known format")]
pub struct BadFormat;

macro_rules! formats {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in paths, documents and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What people call it.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl FromStr for $name {
            type Err = BadFormat;
            fn from_str(text: &str) -> Result<Self, BadFormat> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or(BadFormat)
            }
        }
    };
}

formats! {
    /// A platform whose requests are taken at `/api/compat/{name}/…` and answered in its words.
    Platform {
        /// boberdoo.
        Boberdoo = "boberdoo", "boberdoo";
        /// LeadsPedia.
        Leadspedia = "leadspedia", "LeadsPedia";
        /// Phonexa.
        Phonexa = "phonexa", "Phonexa";
        /// LeadConduit.
        Leadconduit = "leadconduit", "LeadConduit";
        /// Lead Prosper.
        Leadprosper = "leadprosper", "Lead Prosper";
        /// LeadByte.
        Leadbyte = "leadbyte", "LeadByte";
        /// LeadExec.
        Leadexec = "leadexec", "LeadExec";
    }
}

formats! {
    /// A tool that sends what people entered to `/api/hooks/{name}/{hook_token}`.
    HookFormat {
        /// Unbounce.
        Unbounce = "unbounce", "Unbounce";
        /// Gravity Forms.
        Gravity = "gravity", "Gravity Forms";
        /// Elementor Pro forms.
        Elementor = "elementor", "Elementor";
        /// Meta lead ads.
        Meta = "meta", "Meta lead ads";
        /// Google Ads lead forms.
        Google = "google", "Google lead forms";
        /// Any JSON or form.
        Json = "json", "JSON or form";
    }
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Our own API, and every platform's routes in the place where the platform has its key.
    #[default]
    Api,
    /// One platform's routes only: the credential that the seller's program already sends there.
    Platform(Platform),
    /// The hook of one tool: it stands in the address.
    Hook(HookFormat),
    /// Sending leads and validating, from pages of allowed origins: everybody who opens such a page can read it.
    Publishable,
}

/// What a source's own words mean here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Intake {
    /// Names of values that are neither ours nor well known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Alias>,
    /// Words for campaigns: a lead type, a product, a flow, a form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<Route>,
}

impl Intake {
    /// Whether there is nothing to say.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty() && self.campaigns.is_empty()
    }
}

impl KeyUse {
    /// Whether it opens our own API.
    #[must_use]
    pub const fn is_api(&self) -> bool {
        matches!(self, Self::Api)
    }
}

/// A source's name for a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// As the source writes it; nested names with dots.
    pub theirs: String,
    /// A field, or `source.sub1`, `consent.text`, `certificates.jornaya`, `external_id`, …; empty leaves the value out.
    pub ours: String,
}

/// A source's word for a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// As the source writes it.
    pub theirs: String,
    /// The campaign's short name.
    pub campaign: String,
}

//! What a buyer says became of a lead after it took it.

use crate::{Micros, Timestamp, time::as_text};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

macro_rules! feedback {
    ($($(#[$of:meta])* $name:ident $code:literal $title:literal)+) => {
        /// What became of a lead at its buyer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Feedback { $($(#[$of])* $name,)+ }

        impl Feedback {
            /// Everything that can be said.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the API.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What people call it.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }

        impl FromStr for Feedback {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($code => Ok(Self::$name),)+
                    _ => Err(format!("a type is one of {}", [$($code,)+].join(", "))),
                }
            }
        }
    };
}

feedback! {
    /// The person was reached.
    Contacted "contacted" "Reached"
    /// The person was told a price.
    Quoted "quoted" "Quoted"
    /// The person bought.
    Converted "converted" "Bought"
    /// The person will not buy.
    Lost "lost" "Will not buy"
}

/// What was said of a lead last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LastWord {
    /// What became of it.
    #[serde(rename = "type")]
    pub kind: Feedback,
    /// What it was worth to the buyer, in the campaign's currency.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_decimal")]
    pub value: Option<Micros>,
    /// When it was said.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
}

#[allow(clippy::ref_option)] // serde hands it over so
fn as_decimal<S: serde::Serializer>(value: &Option<Micros>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(Micros::to_decimal).serialize(serializer)
}

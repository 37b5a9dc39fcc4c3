//! How a contract is reached, as data: endpoints, field mappings and response rules.

use crate::{Reason, secret::Secret};
use serde::{Deserialize, Serialize};

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// A JSON object; dotted names nest.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// Where a sent value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// A field of the lead. In a ping only pingable fields have a value; a personal field is never there.
    Field(String),
    /// The same text always.
    Constant(String),
    /// Something known about the exchange.
    Meta(Meta),
    /// What the buyer's ping answer named: its ping id or token. Only in a post.
    PingToken,
}

/// What is known about a lead beside its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meta {
    /// Our id of the lead.
    LeadId,
    /// The campaign's slug.
    Campaign,
    /// `true` for a test lead.
    Test,
    /// The price agreed on, as a decimal. Only in a post.
    Price,
    /// Whether a TrustedForm certificate is there. The certificate itself is personal.
    HasTrustedForm,
    /// Whether a Jornaya certificate is there.
    HasJornaya,
    /// The TrustedForm certificate URL. Only in a post.
    TrustedForm,
    /// The Jornaya LeadiD. Only in a post.
    Jornaya,
    /// The consent text shown. Only in a post.
    ConsentText,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// As its type suggests: numbers and flags bare in JSON.
    #[default]
    Plain,
    /// Always as text, also in JSON.
    Text,
    /// Upper case.
    Upper,
    /// Lower case.
    Lower,
    /// A flag as `Yes` or `No`.
    YesNo,
    /// A flag as `1` or `0`.
    OneZero,
    /// A phone number as ten digits.
    PhoneDigits,
    /// A phone number as `(313) 555-0142`.
    PhoneNational,
}

/// One value replaced by another before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replace {
    /// Our value, compared without regard to case.
    pub ours: String,
    /// The buyer's value.
    pub theirs: String,
}

/// One member of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The buyer's name for it; dots nest in JSON.
    pub to: String,
    /// Where the value comes from.
    pub from: From,
    /// How it is written.
    #[serde(default)]
    pub style: Style,
    /// Values to replace.
    #[serde(default)]
    pub replace: Vec<Replace>,
}

/// A secret header of a call, sealed at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value. Never shown again once saved.
    pub value: Secret,
}

/// Tells whether an answer means something, by one place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// Dotted path into the answer (`result.status`, `legs.0.bid`).
    pub path: String,
    /// Values that mean yes, compared as text without regard to case. Empty: any value that is there; `null`, `"null"`,
    /// `""`, `false`, `[]` and `{}` are not.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A buyer's words for a rejection, and ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonRule {
    /// A part of the buyer's text, compared without regard to case.
    pub contains: String,
    /// What it means.
    pub reason: Reason,
}

/// How an answer is read. Accepting needs an explicit positive sign: most buyers answer HTTP 200 for rejects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseRules {
    /// The positive sign: a bid in a ping, accepted in a post.
    pub accept: Sign,
    /// The explicit negative sign. An answer with neither sign cannot be read.
    pub reject: Sign,
    /// Path of the price.
    #[serde(default)]
    pub price: Option<String>,
    /// Path of the buyer's token for its bid (ping) or its lead id (post).
    #[serde(default)]
    pub reference: Option<String>,
    /// Path of the URL the consumer is sent to (post).
    #[serde(default)]
    pub redirect: Option<String>,
    /// Path of the reason for a rejection.
    #[serde(default)]
    pub reason: Option<String>,
    /// The buyer's words and ours, first match wins.
    #[serde(default)]
    pub reasons: Vec<ReasonRule>,
}

/// One call to a buyer: ping or post. Always HTTP POST.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Absolute `http` or `https` address.
    pub url: String,
    /// How the body is written.
    #[serde(default)]
    pub format: BodyFormat,
    /// Extra headers, credentials among them.
    #[serde(default)]
    pub headers: Vec<Header>,
    /// The body's members in order.
    pub rows: Vec<Row>,
    /// How the answer is read.
    pub response: ResponseRules,
    /// Milliseconds the buyer has to answer.
    pub timeout_ms: u32,
}

/// How a contract is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The ping; a direct contract has none.
    #[serde(default)]
    pub ping: Option<Call>,
    /// The post.
    pub post: Call,
}

//! The members of a body: where a value comes from, how it is written, where it goes.

use serde::{Deserialize, Serialize};

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
    /// Another value of the ping answer, by the name the ping's rules carry it under; maybe a list. Only in a post.
    Carried(String),
    /// The secret of this name.
    Secret(String),
    /// A text with places: `{first_name} {last_name}`, `{zip|zip3}`, `{meta:lead_id}`, `{ping:token}`, `{ping:NAME}`,
    /// `{secret:NAME}`; `{{` and `}}` are braces. Without a value for any of its places it has none itself.
    Template(String),
}

impl Default for From {
    fn default() -> Self {
        Self::Constant(String::new())
    }
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
    /// When the lead came, RFC 3339 UTC.
    ReceivedAt,
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
    /// When consent was given, RFC 3339 as it came. Only in a post.
    ConsentAt,
    /// The page consent was given on. Only in a post.
    ConsentUrl,
    /// The address consent was given from. Only in a post.
    ConsentIp,
    /// The browser consent was given with. Only in a post.
    ConsentUserAgent,
}

/// How a value is written. What does not suit the value leaves it as it is, except that a part that is not there (the area
/// code of what is no phone number) is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// As its type suggests: numbers and flags bare in JSON.
    #[default]
    Plain,
    /// Always as text, also in JSON.
    Text,
    /// A number written as text, bare in JSON: `"48226"` is 48226.
    Number,
    /// Upper case.
    Upper,
    /// Lower case.
    Lower,
    /// First letter of each word in upper case.
    Title,
    /// Only the digits.
    Digits,
    /// The first word.
    FirstWord,
    /// All words but the first.
    OtherWords,
    /// A flag as `Yes` or `No`.
    YesNo,
    /// A flag as `YES` or `NO`.
    YesNoUpper,
    /// A flag as `yes` or `no`.
    YesNoLower,
    /// A flag as `Y` or `N`.
    YN,
    /// A flag as `True` or `False`.
    TrueFalse,
    /// A flag as `1` or `0`.
    OneZero,
    /// A flag as `1` (yes) or `2` (no).
    OneTwo,
    /// A phone number as ten digits.
    PhoneDigits,
    /// A phone number as `(313) 555-0142`.
    PhoneNational,
    /// A phone number as `313-555-0142`.
    PhoneDashes,
    /// A phone number as `+13135550142` (E.164).
    PhoneE164,
    /// A phone number's area code. Also in a ping.
    PhoneArea,
    /// The three digits after the area code.
    PhoneExchange,
    /// The last four digits.
    PhoneLine,
    /// The first three digits of a ZIP code. Also in a ping.
    Zip3,
    /// A state by its name: `Michigan`.
    StateName,
    /// A date as `2026-05-31`.
    DateIso,
    /// A date as `05/31/2026`.
    DateUs,
    /// A date as `05-31-2026`.
    DateUsDashes,
    /// A date as `31/05/2026`.
    DateDayFirst,
    /// A date as `20260531`.
    DateCompact,
    /// A date's year.
    DateYear,
    /// A date's month, 1 to 12.
    DateMonth,
    /// A date's day, 1 to 31.
    DateDay,
    /// Full years from a date of birth to the day the lead came (UTC). Also in a ping.
    Age,
    /// A time as `2026-05-31 19:04:11` (UTC).
    DateTime,
    /// A time as seconds since 1970.
    Unix,
    /// An amount with two decimals as text: `12.50`.
    Decimal,
    /// An amount in cents: 1250.
    Cents,
    /// An amount's whole units: 12.
    Whole,
    /// The domain of an e-mail address or URL.
    Domain,
    /// What stands before the `@` of an e-mail address.
    Mailbox,
    /// What stands after the last `/`: the bare id of a certificate.
    LastSegment,
    /// MD5 in lower-case hex: of ten digits for a phone number, else of the text, trimmed and in lower case. Of a contact in
    /// a ping only when the call allows it.
    Md5,
    /// SHA-1, likewise.
    Sha1,
    /// SHA-256, likewise.
    Sha256,
}

/// One value replaced by another before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replace {
    /// Our value, compared without regard to case.
    pub ours: String,
    /// The buyer's value.
    pub theirs: String,
}

/// A range of numbers replaced by a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    /// Lowest number, included; none is no bound.
    pub from: Option<i64>,
    /// Highest number, included; none is no bound.
    pub to: Option<i64>,
    /// The buyer's value.
    pub theirs: String,
}

/// Another unit: the number times `times`, divided by `per`, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// Multiplied by this; at most a million.
    pub times: u32,
    /// Divided by this; not 0.
    pub per: u32,
}

/// Where a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Into the body.
    #[default]
    Body,
    /// Into the query of the address.
    Query,
    /// Into a header.
    Header,
}

/// When a row is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct When {
    /// What is looked at.
    pub from: From,
    /// Values that mean yes, compared as text without regard to case. Empty: any value that is there.
    #[serde(default)]
    pub values: Vec<String>,
    /// The other way round.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
}

/// One member of the body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Row {
    /// The buyer's name for it. In JSON and XML dots nest, `[0]` is a place in a list (`drivers[0].name`), and `\.` is a
    /// dot; in XML a last part `@name` is an attribute, `#text` the element's own text.
    pub to: String,
    /// Where the value comes from.
    pub from: From,
    /// How it is written.
    #[serde(default)]
    pub style: Style,
    /// Another unit, before anything is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Values to replace. A value that is replaced is not written in the style.
    #[serde(default)]
    pub replace: Vec<Replace>,
    /// Ranges to replace, first match wins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// What is sent for a value that neither list names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// What is sent when there is no value at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// Further styles, one after the other, also of what was replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Style>,
    /// When it is sent; always without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Where it goes.
    #[serde(default)]
    pub place: Place,
    /// In XML: whether it is written as CDATA.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cdata: bool,
    /// The only values the buyer takes, as far as they are known: saving warns of values of ours that become none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

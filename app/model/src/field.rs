//! The master field schema: what a lead of a campaign consists of.

use serde::{Deserialize, Serialize};

/// Who may ever see a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// May be sent in a ping. Only closed kinds can be (see [`FieldKind::can_ping`]).
    Pingable,
    /// Personal: sealed at rest, sent only in the post to the buyer that is being awarded the lead.
    Personal,
    /// Not personal, but never sent in a ping.
    Internal,
}

/// A named range of a [`FieldKind::Band`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The name as it is stored.
    pub name: String,
    /// The smallest number that belongs to it; none is open.
    #[serde(default)]
    pub from: Option<i64>,
    /// The largest; none is open.
    #[serde(default)]
    pub to: Option<i64>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text of at most `max` characters.
    Text {
        /// Longest accepted text, in characters.
        max: u16,
    },
    /// A whole number between two bounds, both included.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number with decimals between two whole bounds, both included.
    Decimal {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// Most decimals that are taken, at most 6.
        #[serde(default = "two")]
        places: u8,
    },
    /// An amount in the campaign's currency between two bounds in whole units, both included.
    Money {
        /// Smallest, in whole units of the currency.
        min: i64,
        /// Largest, in whole units of the currency.
        max: i64,
    },
    /// From one whole number to another, either end may be open: `10k-20k`, `under 500`. Numbers are within the bounds.
    Range {
        /// Smallest number of a range.
        min: i64,
        /// Largest number of a range.
        max: i64,
    },
    /// One of several named ranges of whole numbers that do not overlap: read by its name, or from a number or range that
    /// lies in one of them.
    Band {
        /// The ranges.
        bands: Vec<Band>,
    },
    /// Yes or no, in any usual spelling.
    Boolean,
    /// One of a closed list; compared without regard to case, and to `_`, `-` and blanks where that leaves one.
    Choice {
        /// The allowed values as they are stored.
        values: Vec<String>,
    },
    /// A civil date, stored `YYYY-MM-DD`.
    Date,
    /// A month of a year, stored `YYYY-MM`.
    YearMonth,
    /// A phone number of the North American plan, stored as `+1` and ten digits.
    Phone,
    /// A phone number of any country, stored as `+`, the calling code and the number (E.164).
    PhoneInternational,
    /// An e-mail address, stored with its domain in lower case.
    Email,
    /// A United States ZIP code, stored as five digits.
    Zip,
    /// A ZIP code or a Canadian postal code, stored `48226` or `K1A 0B1`.
    PostalCode,
    /// A Canadian postal code, stored `K1A 0B1`.
    PostalCodeCa,
    /// A United States state or the District of Columbia, stored as two letters.
    State,
    /// A Canadian province or territory, stored as two letters.
    Province,
    /// Either of the two, stored as two letters.
    StateOrProvince,
    /// A country, stored as two letters (ISO 3166-1 alpha-2).
    Country,
    /// The street line of an address, in one line of at most 200 characters.
    Address,
    /// An `http` or `https` address.
    Url,
    /// An IPv4 or IPv6 address.
    Ip,
    /// What a browser says of itself, at most 1000 characters.
    UserAgent,
    /// A TrustedForm certificate's address, or a Jornaya LeadiD.
    Certificate,
    /// Records of the same members, such as drivers or vehicles. Each member is seen by whom its own visibility says.
    List {
        /// Most records.
        max: u16,
        /// What a record consists of; no member is a list.
        members: Vec<Field>,
    },
}

const fn two() -> u8 {
    2
}

impl FieldKind {
    /// Whether a ping may carry this kind at all: no kind that can hold free text may. Of a list it is the count.
    #[must_use]
    pub const fn can_ping(&self) -> bool {
        match self {
            Self::Integer { .. } | Self::Decimal { .. } | Self::Money { .. } | Self::Range { .. } => true,
            Self::Band { .. } | Self::Boolean | Self::Choice { .. } | Self::Date | Self::YearMonth => true,
            Self::Zip | Self::PostalCode | Self::PostalCodeCa | Self::State | Self::Province => true,
            Self::StateOrProvince | Self::Country | Self::List { .. } => true,
            Self::Text { .. } | Self::Phone | Self::PhoneInternational | Self::Email | Self::Address => false,
            Self::Url | Self::Ip | Self::UserAgent | Self::Certificate => false,
        }
    }

    /// Whether a person enters it into one input of a form. Addresses and browsers are seen by the server, certificates are
    /// made by scripts, and records are more than one input.
    #[must_use]
    pub const fn is_entered(&self) -> bool {
        !matches!(self, Self::Ip | Self::UserAgent | Self::Certificate | Self::List { .. })
    }

    /// The kind in words, as posting instructions show it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Money { .. } => "money",
            Self::Range { .. } => "range",
            Self::Band { .. } => "band",
            Self::Boolean => "boolean",
            Self::Choice { .. } => "choice",
            Self::Date => "date",
            Self::YearMonth => "year_month",
            Self::Phone => "phone",
            Self::PhoneInternational => "phone_international",
            Self::Email => "email",
            Self::Zip => "zip",
            Self::PostalCode => "postal_code",
            Self::PostalCodeCa => "postal_code_ca",
            Self::State => "state",
            Self::Province => "province",
            Self::StateOrProvince => "state_or_province",
            Self::Country => "country",
            Self::Address => "address",
            Self::Url => "url",
            Self::Ip => "ip",
            Self::UserAgent => "user_agent",
            Self::Certificate => "certificate",
            Self::List { .. } => "list",
        }
    }

    /// How a value may be written, for posting instructions.
    #[must_use]
    pub const fn accepts(&self) -> &'static str {
        match self {
            Self::Text { .. } => "Any text in UTF-8.",
            Self::Integer { .. } => "Digits, such as 1250 or 1,250; no decimals.",
            Self::Decimal { .. } => "Such as 3.25 or 1,250.5; no exponent.",
            Self::Money { .. } => "Such as 1250, $1,250.50 or 10k.",
            Self::Range { .. } => "Such as 10k-20k, 500 to 599, under 500, 500 or more, or one number.",
            Self::Band { .. } => "The name, or a number or range that lies in one of the bands.",
            Self::Boolean => "yes or no, true or false, y or n, 1 or 0.",
            Self::Choice { .. } => "One of the values, in any case.",
            Self::Date => "Such as 1984-05-31, 05/31/1984 (month first) or May 31, 1984.",
            Self::YearMonth => "Such as 2021-05, 05/2021 or May 2021.",
            Self::Phone => "Ten digits in any usual form, with or without +1.",
            Self::PhoneInternational => "With + and the country's calling code; ten digits alone are North American.",
            Self::Email => "Such as dana@example.com.",
            Self::Zip => "Five digits, or nine.",
            Self::PostalCode => "Five digits, or such as K1A 0B1.",
            Self::PostalCodeCa => "Such as K1A 0B1.",
            Self::State => "Two letters or the full name.",
            Self::Province => "Two letters or the full name, of a Canadian province or territory.",
            Self::StateOrProvince => "Two letters or the full name.",
            Self::Country => "Two or three letters (ISO 3166-1) or the English name.",
            Self::Address => "The street line, such as 1 Main St, Apt 4.",
            Self::Url => "An address that begins with http:// or https://.",
            Self::Ip => "IPv4 or IPv6.",
            Self::UserAgent => "What the browser sends as User-Agent.",
            Self::Certificate => "A TrustedForm certificate's address or a Jornaya LeadiD.",
            Self::List { .. } => "A list of objects; in a form name[0].member or name[0][member].",
        }
    }
}

/// One field of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name in JSON and forms: lower case letters, digits and underscores.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a lead without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// A value for examples and test leads, in the form a sender would write it.
    #[serde(default)]
    pub example: String,
}

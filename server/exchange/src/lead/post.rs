//! The full record as it leaves in a post.

use super::{
    LeadMeta, Reading,
    closed::{Decimal, Span, ascii},
    pii::PersonalPart,
    submission::Consent,
    value::{Band, Value, yes_no},
};
use model::{LeadId, Micros, part::Part};
use std::{borrow::Cow, collections::BTreeMap};

/// A value on its way to a buyer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sent<'a> {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Decimal(Decimal),
    /// An amount of money.
    Money(Micros),
    /// From one number to another.
    Range(Span),
    /// A named range.
    Band(&'a Band),
    /// Text.
    Text(&'a str),
    /// A phone number: `+`, the calling code and the number.
    Phone(&'a str),
}

impl<'a> Sent<'a> {
    /// The value as filters compare it and people read it.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) | Self::Phone(text) => text.into(),
            Self::Band(band) => band.name.as_str().into(),
            Self::Flag(flag) => yes_no(flag).into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Decimal(number) => number.to_string().into(),
            Self::Money(amount) => amount.to_decimal().into(),
            Self::Range(span) => span.to_string().into(),
        }
    }
}

impl Value {
    /// The value as it may be sent to who is being awarded the lead.
    pub(super) fn sent(&self) -> Sent<'_> {
        match self {
            Self::Flag(flag) => Sent::Flag(*flag),
            Self::Integer(number) => Sent::Integer(*number),
            Self::Decimal(number) => Sent::Decimal(*number),
            Self::Money(amount) => Sent::Money(*amount),
            Self::Range(span) => Sent::Range(*span),
            Self::Phone(phone) => Sent::Phone(phone),
            Self::Choice(choice) => Sent::Text(choice.as_str()),
            Self::Band(band) => Sent::Band(band),
            Self::Date(date) => Sent::Text(date.as_str()),
            Self::Month(month) => Sent::Text(month.as_str()),
            Self::Zip(digits) => Sent::Text(ascii(digits)),
            Self::Postal(signs) => Sent::Text(ascii(signs)),
            Self::State(letters) | Self::Country(letters) => Sent::Text(ascii(letters)),
            Self::Code(code) => Sent::Text(code.as_str()),
            Self::Word(word) => Sent::Text(word),
            Self::Text(text) | Self::Email(text) | Self::Address(text) | Self::Url(text) => Sent::Text(text),
            Self::Ip(text) | Self::UserAgent(text) | Self::Certificate(text) => Sent::Text(text),
        }
    }
}

/// A path to a part, split: `phone.area` is the area code of `phone`.
pub(super) fn split_part(path: &str) -> Option<(&str, Part)> {
    let (whole, part) = path.rsplit_once('.')?;
    Part::named(part).map(|part| (whole, part))
}

/// The full record for one buyer. Made with an award and gone when the post is rendered.
pub struct PostView<'a> {
    meta: &'a LeadMeta,
    open: &'a BTreeMap<String, Reading>,
    personal: &'a PersonalPart,
    price: Micros,
}

impl<'a> PostView<'a> {
    pub(super) const fn new(
        meta: &'a LeadMeta,
        open: &'a BTreeMap<String, Reading>,
        personal: &'a PersonalPart,
        price: Micros,
    ) -> Self {
        Self { meta, open, personal, price }
    }

    /// The value of a field, a member of a list's record (`drivers[0].gender`), or a part of either (`phone.area`).
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Sent<'a>> {
        let (open, personal) = (self.open, &self.personal.fields);
        if let Some(reading) = open.get(path).or_else(|| personal.get(path)) {
            return Some(reading.value.sent());
        }
        let (whole, part) = split_part(path)?;
        let reading = open.get(whole).or_else(|| personal.get(whole))?;
        if part == Part::Count { Some(reading.value.sent()) } else { reading.value.part(part) }
    }

    /// The lead.
    #[must_use]
    pub const fn lead_id(&self) -> LeadId {
        self.meta.lead_id
    }

    /// The campaign's slug.
    #[must_use]
    pub fn campaign(&self) -> &'a str {
        &self.meta.campaign
    }

    /// Whether it is a test lead.
    #[must_use]
    pub const fn test(&self) -> bool {
        self.meta.test
    }

    /// The price agreed on.
    #[must_use]
    pub const fn price(&self) -> Micros {
        self.price
    }

    /// The TrustedForm certificate's address.
    #[must_use]
    pub fn trustedform(&self) -> Option<&'a str> {
        self.personal.certificates.trustedform.as_deref()
    }

    /// The Jornaya LeadiD.
    #[must_use]
    pub fn jornaya(&self) -> Option<&'a str> {
        self.personal.certificates.jornaya.as_deref()
    }

    /// When consent was given, as it came.
    #[must_use]
    pub fn consent_at(&self) -> Option<&'a str> {
        self.consent().and_then(|consent| consent.granted_at.as_deref())
    }

    /// The page consent was given on.
    #[must_use]
    pub fn consent_url(&self) -> Option<&'a str> {
        self.consent().and_then(|consent| consent.page_url.as_deref())
    }

    /// The address consent was given from.
    #[must_use]
    pub fn consent_ip(&self) -> Option<&'a str> {
        self.consent().and_then(|consent| consent.ip.as_deref())
    }

    /// The browser consent was given with.
    #[must_use]
    pub fn consent_user_agent(&self) -> Option<&'a str> {
        self.consent().and_then(|consent| consent.user_agent.as_deref())
    }

    const fn consent(&self) -> Option<&'a Consent> {
        self.personal.consent.as_ref()
    }

    /// The consent text as the consumer saw it.
    #[must_use]
    pub fn consent_text(&self) -> Option<&'a str> {
        self.consent().and_then(|consent| consent.text.as_deref())
    }
}

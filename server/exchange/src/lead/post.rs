//! The full record as it leaves in a post.

use super::{
    LeadMeta, Reading,
    pii::PersonalPart,
    submission::Consent,
    value::{Value, ascii},
};
use model::{LeadId, Micros};
use std::collections::BTreeMap;

/// A value on its way to a buyer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sent<'a> {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(&'a str),
    /// A phone number, `+1` and ten digits.
    Phone(&'a str),
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

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<Sent<'a>> {
        let reading = self.open.get(field).or_else(|| self.personal.fields.get(field))?;
        Some(match &reading.value {
            Value::Flag(flag) => Sent::Flag(*flag),
            Value::Integer(number) => Sent::Integer(*number),
            Value::Phone(phone) => Sent::Phone(phone),
            Value::Choice(choice) => Sent::Text(choice.as_str()),
            Value::Zip(digits) => Sent::Text(ascii(digits)),
            Value::State(letters) => Sent::Text(ascii(letters)),
            Value::Text(text) | Value::Date(text) | Value::Email(text) | Value::Url(text) | Value::Ip(text) => {
                Sent::Text(text)
            }
        })
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

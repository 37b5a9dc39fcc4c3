//! What a row can draw on: the same questions to a ping view and to a post view.

use exchange::lead::{ContactHashes, HashKind, PingView, PostView, Sent};
use model::{
    LeadId, Timestamp,
    mapping::{Carried, Meta, Style},
    part::Part,
};
use std::borrow::Cow;

/// A value before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Out<'a> {
    Flag(bool),
    Integer(i64),
    /// A decimal, bare in JSON.
    Decimal(Cow<'a, str>),
    /// `+`, the calling code and the number.
    Phone(&'a str),
    Text(Cow<'a, str>),
    /// What stands for something personal in a ping, in its one style already.
    Done(Cow<'a, str>),
    List(&'a [String]),
}

pub(crate) trait View {
    /// A field of the lead. A ping has a part of a personal one only when that part is asked for.
    fn field<'a>(&'a self, name: &str, style: Style) -> Option<Out<'a>>;
    fn meta(&self, meta: Meta) -> Option<Out<'_>>;
    fn carried(&self) -> Option<&Carried>;
    fn lead(&self) -> LeadId;
    fn test(&self) -> bool;

    /// When the lead came: its id says so.
    fn received(&self) -> Timestamp {
        let millis = i64::try_from(self.lead().bits() >> 80).unwrap_or_default();
        Timestamp(millis.saturating_mul(1000))
    }

    /// The day the lead came (UTC), as year, month, day.
    fn today(&self) -> (i32, u8, u8) {
        let (year, month, day, ..) = self.received().civil();
        (i32::try_from(year).unwrap_or(1970), month, day)
    }
}

/// The date that a text begins with: `2026-05-31`.
pub(crate) fn date_of(text: &str) -> Option<(i32, u8, u8)> {
    let bytes = text.as_bytes();
    let dashes = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let whole = bytes.get(10).is_none_or(|next| matches!(next, b'T' | b't' | b' '));
    if !dashes || !whole {
        return None;
    }
    let (year, month, day) =
        (text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..10)?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

pub(crate) struct Ping<'v>(pub(crate) &'v PingView, pub(crate) Option<&'v ContactHashes>);
pub(crate) struct Post<'v>(pub(crate) &'v PostView<'v>, pub(crate) &'v Carried);

fn text(text: &str) -> Out<'_> {
    Out::Text(Cow::Borrowed(text))
}

fn written(value: Sent<'_>) -> Out<'_> {
    match value {
        Sent::Flag(flag) => Out::Flag(flag),
        Sent::Integer(number) => Out::Integer(number),
        Sent::Decimal(_) | Sent::Money(_) => Out::Decimal(value.text()),
        Sent::Phone(phone) => Out::Phone(phone),
        Sent::Text(value) => text(value),
        Sent::Range(_) | Sent::Band(_) => Out::Text(value.text()),
    }
}

/// The part of a personal value that a style asks for, where a ping may have it; others are asked for by their path.
const fn part_of(style: Style) -> Option<Part> {
    match style {
        Style::PhoneArea => Some(Part::Area),
        Style::Age => Some(Part::Age),
        Style::Zip3 => Some(Part::Zip3),
        _ => None,
    }
}

pub(crate) const fn hash_kind(style: Style) -> Option<HashKind> {
    match style {
        Style::Md5 => Some(HashKind::Md5),
        Style::Sha1 => Some(HashKind::Sha1),
        Style::Sha256 => Some(HashKind::Sha256),
        _ => None,
    }
}

impl View for Ping<'_> {
    fn field<'a>(&'a self, name: &str, style: Style) -> Option<Out<'a>> {
        let view = self.0;
        if let Some(value) = view.get(name) {
            return Some(written(value));
        }
        if let Some(part) = part_of(style) {
            return Some(match view.shared(name, part)? {
                Sent::Text(text) => Out::Done(text.into()),
                other => written(other),
            });
        }
        self.1?.get(name, hash_kind(style)?).map(|hash| Out::Done(hash.into()))
    }

    fn meta(&self, meta: Meta) -> Option<Out<'_>> {
        let view = self.0;
        match meta {
            Meta::LeadId => Some(Out::Text(view.lead_id().to_string().into())),
            Meta::Campaign => Some(text(view.campaign())),
            Meta::Test => Some(Out::Flag(view.test())),
            Meta::ReceivedAt => Some(Out::Text(self.received().to_string().into())),
            Meta::HasTrustedForm => Some(Out::Flag(view.has_trustedform())),
            Meta::HasJornaya => Some(Out::Flag(view.has_jornaya())),
            Meta::Price
            | Meta::TrustedForm
            | Meta::Jornaya
            | Meta::ConsentText
            | Meta::ConsentAt
            | Meta::ConsentUrl
            | Meta::ConsentIp
            | Meta::ConsentUserAgent => None,
        }
    }

    fn carried(&self) -> Option<&Carried> {
        None
    }

    fn lead(&self) -> LeadId {
        self.0.lead_id()
    }

    fn test(&self) -> bool {
        self.0.test()
    }
}

impl View for Post<'_> {
    fn field<'a>(&'a self, name: &str, _: Style) -> Option<Out<'a>> {
        self.0.get(name).map(written)
    }

    fn meta(&self, meta: Meta) -> Option<Out<'_>> {
        let view = self.0;
        match meta {
            Meta::LeadId => Some(Out::Text(view.lead_id().to_string().into())),
            Meta::Campaign => Some(text(view.campaign())),
            Meta::Test => Some(Out::Flag(view.test())),
            Meta::ReceivedAt => Some(Out::Text(self.received().to_string().into())),
            Meta::Price => Some(Out::Decimal(view.price().to_decimal().into())),
            Meta::HasTrustedForm => Some(Out::Flag(view.trustedform().is_some())),
            Meta::HasJornaya => Some(Out::Flag(view.jornaya().is_some())),
            Meta::TrustedForm => view.trustedform().map(text),
            Meta::Jornaya => view.jornaya().map(text),
            Meta::ConsentText => view.consent_text().map(text),
            Meta::ConsentAt => view.consent_at().map(text),
            Meta::ConsentUrl => view.consent_url().map(text),
            Meta::ConsentIp => view.consent_ip().map(text),
            Meta::ConsentUserAgent => view.consent_user_agent().map(text),
        }
    }

    fn carried(&self) -> Option<&Carried> {
        Some(self.1)
    }

    fn lead(&self) -> LeadId {
        self.0.lead_id()
    }

    fn test(&self) -> bool {
        self.0.test()
    }
}

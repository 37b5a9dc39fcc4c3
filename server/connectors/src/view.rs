//! What a row can draw on: the same questions to a ping view and to a post view.

use exchange::lead::{PingValue, PingView, PostView, Sent};
use model::mapping::{From, Meta};
use std::borrow::Cow;

/// A value before it is written.
pub(crate) enum Out<'a> {
    Flag(bool),
    Integer(i64),
    Decimal(String),
    Phone(&'a str),
    Text(Cow<'a, str>),
}

pub(crate) trait View {
    fn value<'a>(&'a self, from: &'a From) -> Option<Out<'a>>;
}

pub(crate) struct Ping<'v>(pub(crate) &'v PingView);
pub(crate) struct Post<'v>(pub(crate) &'v PostView<'v>, pub(crate) Option<&'v str>);

fn text<'a>(text: &'a str) -> Out<'a> {
    Out::Text(Cow::Borrowed(text))
}

impl View for Ping<'_> {
    fn value<'a>(&'a self, from: &'a From) -> Option<Out<'a>> {
        let view = self.0;
        match from {
            From::Field(name) => Some(match view.get(name)? {
                PingValue::Flag(flag) => Out::Flag(*flag),
                PingValue::Integer(number) => Out::Integer(*number),
                other => text(other.as_text()?),
            }),
            From::Constant(constant) => Some(text(constant)),
            From::Meta(Meta::LeadId) => Some(Out::Text(view.lead_id().to_string().into())),
            From::Meta(Meta::Campaign) => Some(text(view.campaign())),
            From::Meta(Meta::Test) => Some(Out::Flag(view.test())),
            From::Meta(Meta::HasTrustedForm) => Some(Out::Flag(view.has_trustedform())),
            From::Meta(Meta::HasJornaya) => Some(Out::Flag(view.has_jornaya())),
            From::Meta(Meta::Price | Meta::TrustedForm | Meta::Jornaya | Meta::ConsentText) | From::PingToken => None,
        }
    }
}

impl View for Post<'_> {
    fn value<'a>(&'a self, from: &'a From) -> Option<Out<'a>> {
        let view = self.0;
        match from {
            From::Field(name) => Some(match view.get(name)? {
                Sent::Flag(flag) => Out::Flag(flag),
                Sent::Integer(number) => Out::Integer(number),
                Sent::Phone(phone) => Out::Phone(phone),
                Sent::Text(value) => text(value),
            }),
            From::Constant(constant) => Some(text(constant)),
            From::PingToken => self.1.map(text),
            From::Meta(meta) => match meta {
                Meta::LeadId => Some(Out::Text(view.lead_id().to_string().into())),
                Meta::Campaign => Some(text(view.campaign())),
                Meta::Test => Some(Out::Flag(view.test())),
                Meta::Price => Some(Out::Decimal(view.price().to_decimal())),
                Meta::HasTrustedForm => Some(Out::Flag(view.trustedform().is_some())),
                Meta::HasJornaya => Some(Out::Flag(view.jornaya().is_some())),
                Meta::TrustedForm => view.trustedform().map(text),
                Meta::Jornaya => view.jornaya().map(text),
                Meta::ConsentText => view.consent_text().map(text),
            },
        }
    }
}

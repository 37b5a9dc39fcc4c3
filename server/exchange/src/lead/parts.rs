//! What can be taken out of a value, see [`model::part::Part`].

use super::{
    agent,
    closed::{Civil, Code, Month, Span, ascii},
    post::Sent,
    value::Value,
};
use model::part::Part;

/// Domains of mailboxes that anybody can have for nothing: so many people share them that they tell nobody who it is.
const FREE_MAILERS: [&str; 24] = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "aol.com",
    "icloud.com",
    "live.com",
    "msn.com",
    "comcast.net",
    "att.net",
    "verizon.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "ymail.com",
    "me.com",
    "mac.com",
    "googlemail.com",
    "protonmail.com",
    "mail.com",
    "gmx.com",
    "yahoo.ca",
    "hotmail.ca",
];
/// The domain of everybody else.
const OTHER: &str = "other";
/// Who makes certificates.
const VENDORS: [&str; 2] = ["trustedform", "jornaya"];

impl Value {
    /// A part of it, in full. What is personal in a whole is personal in this part, unless [`Part::shared`] says otherwise
    /// and it was made by [`Value::shared`].
    #[must_use]
    pub(super) fn part(&self, part: Part) -> Option<Sent<'_>> {
        let text = |text| Some(Sent::Text(text));
        match (self, part) {
            (Self::Range(span), _) => span_part(*span, part),
            (Self::Band(band), _) => span_part(band.span, part),
            (Self::Date(date), _) => date_part(*date, part),
            (Self::Month(month), _) => month_part(*month, part),
            (Self::Zip(digits), Part::Zip3) => text(ascii(&digits[..3])),
            (Self::Postal(signs), Part::Fsa) => text(ascii(&signs[..3])),
            (Self::Phone(phone), Part::Calling) => calling(phone).map(Sent::Integer),
            (Self::Phone(phone), _) => text(phone_part(phone, part)?),
            (Self::Email(email), Part::Domain) => text(email.rsplit_once('@')?.1),
            (Self::Email(email), Part::Mailbox) => text(email.rsplit_once('@')?.0),
            (Self::Url(url), Part::Host) => text(host(url)?),
            (Self::Ip(ip), Part::Version) => Some(Sent::Integer(if ip.contains(':') { 6 } else { 4 })),
            (Self::UserAgent(agent), _) => text(agent::part(agent, part)?),
            (Self::Certificate(certificate), Part::Vendor) => text(vendor(certificate)),
            (Self::Address(address), Part::Number) => text(house_number(address)?),
            (Self::Address(address), Part::Unit) => text(unit(address)?),
            _ => None,
        }
    }

    /// A part that many people share, as a value of its own. `on` is the day ages are counted to: year, month, day.
    pub(super) fn shared(&self, part: Part, on: (i64, i64, i64)) -> Option<Self> {
        if !part.shared() {
            return None;
        }
        match (self, part) {
            (Self::Date(date), Part::Age) => date.age(on).map(Self::Integer),
            (Self::Email(email), Part::Domain) => {
                let domain = email.rsplit_once('@')?.1;
                Some(Self::Word(known(&FREE_MAILERS, domain).unwrap_or(OTHER)))
            }
            _ => match self.part(part)? {
                Sent::Integer(number) => Some(Self::Integer(number)),
                Sent::Text(text) => Self::word(part, text),
                _ => None,
            },
        }
    }

    /// A shared part from its text, as the store keeps it.
    pub(super) fn word(part: Part, text: &str) -> Option<Self> {
        match part {
            Part::Area | Part::Zip3 | Part::Fsa => Code::new(text).map(Self::Code),
            Part::Domain => Some(Self::Word(known(&FREE_MAILERS, text).unwrap_or(OTHER))),
            Part::Vendor => known(&VENDORS, text).map(Self::Word),
            Part::Device | Part::Os | Part::Browser => agent::known(part, text).map(Self::Word),
            _ if part.is_number() => text.parse().ok().map(Self::Integer),
            _ => None,
        }
    }
}

fn known<const N: usize>(words: &[&'static str; N], text: &str) -> Option<&'static str> {
    words.iter().find(|word| **word == text).copied()
}

pub(super) fn span_part<'a>(span: Span, part: Part) -> Option<Sent<'a>> {
    let number = match part {
        Part::Low => span.low,
        Part::High => span.high,
        Part::Mid => span.mid(),
        _ => None,
    };
    number.map(Sent::Integer)
}

pub(super) fn date_part<'a>(date: Civil, part: Part) -> Option<Sent<'a>> {
    let (year, month, day) = date.ymd();
    match part {
        Part::Year => Some(Sent::Integer(year)),
        Part::Month => Some(Sent::Integer(month)),
        Part::Day => Some(Sent::Integer(day)),
        _ => None,
    }
}

pub(super) fn month_part<'a>(month: Month, part: Part) -> Option<Sent<'a>> {
    let (year, month) = month.ym();
    match part {
        Part::Year => Some(Sent::Integer(year)),
        Part::Month => Some(Sent::Integer(month)),
        _ => None,
    }
}

/// The ten digits of a North American number.
pub(super) fn ten_digits(phone: &str) -> Option<&str> {
    phone.strip_prefix("+1").filter(|ten| ten.len() == 10)
}

fn phone_part(phone: &str, part: Part) -> Option<&str> {
    match part {
        Part::Area => ten_digits(phone)?.get(..3),
        Part::Exchange => ten_digits(phone)?.get(3..6),
        Part::Line => ten_digits(phone)?.get(6..),
        _ => None,
    }
}

fn calling(phone: &str) -> Option<i64> {
    let digits = phone.strip_prefix('+')?;
    digits.get(..super::normalise::calling_code(digits)?)?.parse().ok()
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // The colons of an IPv6 address are no port's.
    Some(if authority.ends_with(']') {
        authority
    } else {
        authority.rsplit_once(':').map_or(authority, |(host, _)| host)
    })
}

/// Whose certificate it is.
fn vendor(certificate: &str) -> &'static str {
    if certificate.starts_with("https://") { VENDORS[0] } else { VENDORS[1] }
}

fn house_number(address: &str) -> Option<&str> {
    let first = address.split_whitespace().next()?.trim_end_matches(',');
    first.starts_with(|c: char| c.is_ascii_digit()).then_some(first)
}

/// Words before the number of a flat or suite (USPS Publication 28, appendix C2); not `fl`, which is Florida as well.
const UNITS: [&str; 5] = ["apt", "apartment", "unit", "suite", "ste"];

fn unit(address: &str) -> Option<&str> {
    if let Some((_, unit)) = address.rsplit_once('#') {
        return Some(unit.trim()).filter(|unit| !unit.is_empty());
    }
    let mut words = address.split([' ', ',']).filter(|word| !word.is_empty());
    words.find(|word| UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(word.trim_end_matches('.'))))?;
    words.next()
}

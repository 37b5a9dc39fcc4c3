//! Money: integer micro-units with an ISO 4217 currency. No floating point touches money.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
    str::FromStr,
};

/// An amount in millionths of the currency's main unit (1.00 USD is 1 000 000).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

/// A text that is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount such as 12.50, with at most six decimals")]
pub struct BadAmount;

impl Micros {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whole main units, for example dollars.
    #[must_use]
    pub const fn units(units: i64) -> Self {
        Self(units * 1_000_000)
    }

    /// Hundredths of the main unit, for example cents.
    #[must_use]
    pub const fn cents(cents: i64) -> Self {
        Self(cents * 10_000)
    }

    /// This amount times `ppm` parts per million, rounded half away from zero. Saturates at the ends of `i64`.
    #[must_use]
    pub fn share(self, ppm: u32) -> Self {
        let product = i128::from(self.0) * i128::from(ppm);
        let half = if product < 0 { -500_000 } else { 500_000 };
        Self(i64::try_from((product + half) / 1_000_000).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The amount as a decimal text with at least two and at most six decimals: `18.40`, `0.123456`.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let (whole, part) = (magnitude / 1_000_000, magnitude % 1_000_000);
        let mut decimals = format!("{part:06}");
        while decimals.len() > 2 && decimals.ends_with('0') {
            decimals.pop();
        }
        format!("{}{whole}.{decimals}", if self.0 < 0 { "-" } else { "" })
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_decimal())
    }
}

impl FromStr for Micros {
    type Err = BadAmount;

    /// Reads a plain decimal: an optional sign, digits, optionally a point and one to six digits. Nothing else: what a
    /// *buyer* writes (`"$1,250.50"`) is read leniently elsewhere.
    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((_, "")) => return Err(BadAmount),
            Some(split) => split,
            None => (digits, ""),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || part.len() > 6 || !all_digits(whole) || !all_digits(part) {
            return Err(BadAmount);
        }
        let micros = format!("{whole}{part:0<6}").parse::<i64>().map_err(|_| BadAmount)?;
        Ok(Self(if negative { -micros } else { micros }))
    }
}

// Sums of money saturate instead of wrapping: a figure at the end of i64 (nine trillion units) is visibly absurd,
// a wrapped one is silently wrong.
impl Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Micros {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Micros {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}
impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Micros {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
impl Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// The alphabetic codes of currencies that are legal tender somewhere (ISO 4217, list one), in order. Metals, funds and test
/// codes are none that a lead is paid in.
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD",
    "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP",
    "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD",
    "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN",
    "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL",
    "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VES",
    "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// An ISO 4217 alphabetic code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self("USD");

    /// The three letters.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.0
    }
}

impl FromStr for Currency {
    type Err = BadAmount;
    fn from_str(text: &str) -> Result<Self, BadAmount> {
        CODES.binary_search(&text).map(|at| Self(CODES[at])).map_err(|_| BadAmount)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(|_| serde::de::Error::custom("not a currency code of ISO 4217, such as USD"))
    }
}

/// An amount with its currency, on the wire `{"amount":"9.00","currency":"USD"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Micros,
    /// Of what.
    pub currency: Currency,
}

#[derive(Serialize, Deserialize)]
struct WireMoney {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        WireMoney { amount: self.amount.to_decimal(), currency: self.currency }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let wire = WireMoney::deserialize(d)?;
        let amount = wire.amount.parse().map_err(serde::de::Error::custom)?;
        Ok(Self { amount, currency: wire.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.currency == Currency::USD {
            let sign = if self.amount < Micros::ZERO { "-" } else { "" };
            write!(f, "{sign}${}", Micros(self.amount.0.saturating_abs()))
        } else {
            write!(f, "{} {}", self.amount, self.currency)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn currencies_are_those_there_are() {
        assert!(CODES.is_sorted(), "they are searched by halves");
        assert_eq!("EUR".parse::<Currency>().map(|currency| currency.code().to_owned()), Ok("EUR".to_owned()));
        for bad in ["", "usd", "US", "USDT", "XXX", "XAU", "ZZZ"] {
            assert_eq!(bad.parse::<Currency>(), Err(BadAmount), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn decimal_and_back(m in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
            prop_assert_eq!(Micros(m).to_decimal().parse::<Micros>(), Ok(Micros(m)));
        }
    }

    #[test]
    fn written_plainly() {
        assert_eq!(Micros::cents(1840).to_decimal(), "18.40");
        assert_eq!(Micros(123_456).to_decimal(), "0.123456");
        assert_eq!(Micros(-500_000).to_decimal(), "-0.50");
        for bad in ["", ".", "1.", ".5", "1e3", "1,000", "$1", "0.1234567", " 1", "+1", "NaN", "99999999999999999999"] {
            assert_eq!(bad.parse::<Micros>(), Err(BadAmount), "{bad}");
        }
    }

    #[test]
    fn shares_round_half_away_from_zero() {
        assert_eq!(Micros(5).share(100_000), Micros(1));
        assert_eq!(Micros(4).share(100_000), Micros(0));
        assert_eq!(Micros(-5).share(100_000), Micros(-1));
        assert_eq!(Micros::units(10).share(1_100_000), Micros::units(11));
    }

    #[test]
    fn wire_form() {
        let money = Money { amount: Micros::units(9), currency: Currency::USD };
        let json = serde_json::to_string(&money).unwrap();
        assert_eq!(json, r#"{"amount":"9.00","currency":"USD"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }
}

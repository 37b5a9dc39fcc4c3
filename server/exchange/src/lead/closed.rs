//! Values of closed kinds: each is made by a reader from what it has checked, and none can carry free text.

use std::fmt;

/// A number with at most six decimals, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i64);

impl Decimal {
    /// One, in millionths.
    pub(super) const ONE: i64 = 1_000_000;

    pub(super) const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The number in millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Decimal {
    /// Without needless zeros: `3.25`, `4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        write!(f, "{sign}{whole}.{}", format!("{part:06}").trim_end_matches('0'))
    }
}

/// From one whole number to another; an end may be open. The ends are the numbers that were written: whether `under 500`
/// means 499 or 499.99 is not decided here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The lower end.
    pub low: Option<i64>,
    /// The upper end.
    pub high: Option<i64>,
}

impl Span {
    /// Half way between the ends, rounded down.
    #[must_use]
    pub fn mid(self) -> Option<i64> {
        let (low, high) = (i128::from(self.low?), i128::from(self.high?));
        i64::try_from((low + high).div_euclid(2)).ok()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => write!(f, "{low}"),
            (Some(low), Some(high)) => write!(f, "{low}-{high}"),
            (Some(low), None) => write!(f, "{low} or more"),
            (None, Some(high)) => write!(f, "up to {high}"),
            (None, None) => f.write_str("any"),
        }
    }
}

/// A civil date of the years 1900 to 2200.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil([u8; 10]);

impl Civil {
    pub(super) fn new(date: jiff::civil::Date) -> Option<Self> {
        (1900..=2200).contains(&date.year()).then_some(())?;
        date.to_string().as_bytes().try_into().ok().map(Self)
    }

    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// Year, month, day.
    #[must_use]
    pub fn ymd(self) -> (i64, i64, i64) {
        (number(&self.0[..4]), number(&self.0[5..7]), number(&self.0[8..]))
    }

    /// Full years from it to another day; none when that is before it or more than 130 years later.
    #[must_use]
    pub fn age(self, on: (i64, i64, i64)) -> Option<i64> {
        let (year, month, day) = self.ymd();
        let years = on.0 - year - i64::from((on.1, on.2) < (month, day));
        (0..=130).contains(&years).then_some(years)
    }
}

impl fmt::Debug for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Civil(•••)")
    }
}

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month([u8; 7]);

impl Month {
    pub(super) fn new(year: i64, month: i64) -> Option<Self> {
        let fits = (1900..=2200).contains(&year) && (1..=12).contains(&month);
        fits.then(|| format!("{year:04}-{month:02}").as_bytes().try_into().ok().map(Self))?
    }

    /// `YYYY-MM`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// Year and month.
    #[must_use]
    pub fn ym(self) -> (i64, i64) {
        (number(&self.0[..4]), number(&self.0[5..]))
    }
}

/// Three digits or capital letters: an area code, the beginning of a postal code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code([u8; 3]);

impl Code {
    pub(super) fn new(text: &str) -> Option<Self> {
        let fits = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        text.as_bytes().try_into().ok().filter(|_| fits).map(Self)
    }

    /// The signs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

fn number(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

/// Bytes that were checked to be ASCII when the value was read.
pub(super) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_change_on_the_birthday() {
        let date = |text: &str| Civil::new(text.parse().unwrap()).unwrap();
        assert_eq!(date("1984-05-31").age((2026, 5, 30)), Some(41));
        assert_eq!(date("1984-05-31").age((2026, 5, 31)), Some(42));
        assert_eq!(date("2026-05-31").age((2026, 5, 30)), None);
        assert_eq!(date("2004-02-29").age((2026, 2, 28)), Some(21));
    }

    #[test]
    fn texts_are_read_back() {
        assert_eq!(Decimal(3_250_000).to_string(), "3.25");
        assert_eq!(Decimal(-500_000).to_string(), "-0.5");
        assert_eq!(Span { low: Some(3), high: Some(6) }.mid(), Some(4));
        assert_eq!(Span { low: None, high: Some(6) }.mid(), None);
        assert_eq!(Month::new(2021, 5).unwrap().as_str(), "2021-05");
        assert!(Month::new(2021, 13).is_none() && Code::new("K1").is_none() && Code::new("k1a").is_none());
    }
}

//! Instants: microseconds since 1970-01-01T00:00:00Z. Time zones live in `exchange`; here is only UTC.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An instant in microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Microseconds in an hour.
pub const HOUR: i64 = 3_600_000_000;
/// Microseconds in 24 hours (not every civil day has 24 hours).
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// The instant `millis` milliseconds later (earlier when negative).
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis.saturating_mul(1000)))
    }

    /// Whole milliseconds from `earlier` to this instant.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1000
    }

    /// Milliseconds since the epoch, zero for anything before it.
    #[must_use]
    pub fn unix_millis(self) -> u64 {
        u64::try_from(self.0 / 1000).unwrap_or(0)
    }

    /// The start of the UTC hour that contains this instant.
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0 - self.0.rem_euclid(HOUR))
    }

    /// The start of the UTC day that contains this instant.
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY))
    }

    /// Year, month, day, hour, minute, second in UTC (proleptic Gregorian calendar).
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // each part is bounded by its calendar meaning
    pub fn civil(self) -> (i64, u8, u8, u8, u8, u8) {
        let seconds = self.0.div_euclid(1_000_000);
        let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Days to civil date: eras of 400 years that begin on 1 March (H. Hinnant, "chrono-compatible low-level date
        // algorithms").
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month as u8, day as u8, (of_day / 3600) as u8, (of_day / 60 % 60) as u8, (of_day % 60) as u8)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds: `2026-05-07T19:04:11.250Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.civil();
        let millis = self.0.rem_euclid(1_000_000) / 1000;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Writes an instant as people and other programs read it, where a document is for them.
///
/// # Errors
/// The serialiser's.
pub fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// The same of one that may be missing.
///
/// # Errors
/// The serialiser's.
#[allow(clippy::ref_option)] // serde hands it over so
pub fn as_text_if_any<S: serde::Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => as_text(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// A day of the Gregorian calendar, in whichever zone it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    /// 1 to 9999.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl fmt::Display for Day {
    /// `2026-05-07`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    type Err = &'static str;

    /// Reads `2026-05-07`; a day that is not in the calendar is none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const BAD: &str = "a day is written 2026-05-07";
        let mut parts = text.trim().splitn(3, '-');
        let mut part =
            |length| parts.next().filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()));
        let (year, month, day) = (part(4).ok_or(BAD)?, part(2).ok_or(BAD)?, part(2).ok_or(BAD)?);
        let year: i16 = year.parse().map_err(|_| BAD)?;
        let (month, day): (u8, u8) = (month.parse().map_err(|_| BAD)?, day.parse().map_err(|_| BAD)?);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let days = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => 0,
        };
        if year >= 1 && (1..=days).contains(&day) { Ok(Self { year, month, day }) } else { Err(BAD) }
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp(1_778_180_651_250_000).to_string(), "2026-05-07T19:04:11.250Z");
        assert_eq!(Timestamp(951_782_400_000_000).to_string(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in ["2026-05-07", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(day.parse::<Day>().map(|day| day.to_string()), Ok(day.to_owned()));
        }
        for bad in [
            "",
            "2026-5-7",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "+026-01-01",
            "2026-01-01x",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }

    #[test]
    fn hours_floor() {
        assert_eq!(Timestamp(HOUR + 5).hour(), Timestamp(HOUR));
        assert_eq!(Timestamp(-1).hour(), Timestamp(-HOUR));
        assert_eq!(Timestamp(DAY + HOUR).day(), Timestamp(DAY));
        assert_eq!(Timestamp(-1).day(), Timestamp(-DAY));
    }
}

//! Civil time: where days, weeks and schedules begin in a buyer's or a tenant's zone.

use jiff::{ToSpan, civil::Weekday, tz::TimeZone};
use model::{Timestamp, cap::Window};

/// A zone name that is not in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an IANA time zone such as America/Detroit")]
pub struct BadZone(pub String);

/// An IANA time zone, looked up once.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Looks a zone up by its IANA name in the database that is compiled in, so that every server agrees.
    ///
    /// # Errors
    /// [`BadZone`] when there is no such zone.
    pub fn named(name: &str) -> Result<Self, BadZone> {
        jiff::tz::db().get(name).map(Self).map_err(|_| BadZone(name.into()))
    }

    /// The local civil date and time of an instant. Instants beyond year 9999 are clamped.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> jiff::Zoned {
        let instant = jiff::Timestamp::from_microsecond(at.0).unwrap_or(if at.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        instant.to_zoned(self.0.clone())
    }

    /// The instant at which the window containing `at` began. Days have 23, 24 or 25 hours as the zone has it; a day
    /// whose midnight does not exist begins at its first existing moment. [`Window::Total`] begins at the epoch.
    #[must_use]
    pub fn window_start(&self, window: Window, at: Timestamp) -> Timestamp {
        let local = self.local(at);
        let date = local.date();
        let first = match window {
            Window::Total => return Timestamp(0),
            // Clock hours: local minutes are subtracted from the instant, so the repeated hour of an autumn night is
            // two hours and zones with half-hour offsets have their own full hours.
            Window::Hour => {
                let into = i64::from(local.minute()) * 60 + i64::from(local.second());
                let whole_seconds = at.0.div_euclid(1_000_000);
                return Timestamp((whole_seconds - into) * 1_000_000);
            }
            Window::Day => date,
            Window::Week => {
                let back = i64::from(date.weekday().since(Weekday::Monday));
                date.checked_sub(back.days()).unwrap_or(date)
            }
            Window::Month => date.first_of_month(),
        };
        first.to_zoned(self.0.clone()).map_or(at, |start| Timestamp(start.timestamp().as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn windows_begin_at_local_civil_time() {
        let detroit = Zone::named("America/Detroit").unwrap();
        let noon = at("2026-05-07T16:20:30Z");
        let starts = |w| detroit.window_start(w, noon);
        assert_eq!(starts(Window::Hour), at("2026-05-07T16:00:00Z"));
        assert_eq!(starts(Window::Day), at("2026-05-07T04:00:00Z"));
        assert_eq!(starts(Window::Week), at("2026-05-04T04:00:00Z"));
        assert_eq!(starts(Window::Month), at("2026-05-01T04:00:00Z"));
        assert_eq!(starts(Window::Total), Timestamp(0));
        let kathmandu = Zone::named("Asia/Kathmandu").unwrap();
        assert_eq!(kathmandu.window_start(Window::Hour, at("2026-05-07T16:20:30Z")), at("2026-05-07T16:15:00Z"));
    }

    #[test]
    fn a_day_of_23_or_25_hours_is_one_day() {
        let zone = Zone::named("America/New_York").unwrap();
        // 8 March 2026 has 23 hours, 1 November 2026 has 25.
        assert_eq!(zone.window_start(Window::Day, at("2026-03-09T03:59:59Z")), at("2026-03-08T05:00:00Z"));
        assert_eq!(zone.window_start(Window::Day, at("2026-11-02T04:59:59Z")), at("2026-11-01T04:00:00Z"));
    }

    #[test]
    fn unknown_zones_are_refused() {
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}

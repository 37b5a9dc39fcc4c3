//! Civil time: where days, weeks and schedules begin in a buyer's or a tenant's zone.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
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
        self.midnight(first).unwrap_or(at)
    }

    /// The instant at which the window containing `at` ends and the next begins; none for [`Window::Total`].
    #[must_use]
    pub fn window_end(&self, window: Window, at: Timestamp) -> Option<Timestamp> {
        let start = self.window_start(window, at);
        let date = self.local(at).date();
        let next = match window {
            Window::Total => return None,
            Window::Hour => return Some(Timestamp(start.0 + 3_600_000_000)),
            Window::Day => date.checked_add(1.day()).ok()?,
            Window::Week => self.local(start).date().checked_add(7.days()).ok()?,
            Window::Month => date.last_of_month().checked_add(1.day()).ok()?,
        };
        self.midnight(next)
    }

    /// The instant of a minute of a civil day; one that does not exist that day is the first that does after it.
    #[must_use]
    pub fn instant(&self, date: Date, minute: u16) -> Option<Timestamp> {
        if minute >= 1440 {
            return self.midnight(date.checked_add(1.day()).ok()?);
        }
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let zoned = date.at(hour, minute, 0, 0).to_zoned(self.0.clone()).ok()?;
        Some(Timestamp(zoned.timestamp().as_microsecond()))
    }

    fn midnight(&self, date: Date) -> Option<Timestamp> {
        Some(Timestamp(date.to_zoned(self.0.clone()).ok()?.timestamp().as_microsecond()))
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

    /// Zone, an instant, and where its day begins and ends: the days on which clocks change, of 23, 24.5 and 25 hours, and
    /// days whose midnight does not exist.
    const CHANGES: [(&str, &str, &str, &str); 8] = [
        ("America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("Asia/Kolkata", "2026-05-07T18:29:59Z", "2026-05-06T18:30:00Z", "2026-05-07T18:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T00:00:00Z", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"),
        ("America/Santiago", "2026-09-06T04:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        ("Africa/Cairo", "2026-04-24T10:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
        ("Africa/Cairo", "2026-10-29T21:30:00Z", "2026-10-28T21:00:00Z", "2026-10-29T22:00:00Z"),
    ];

    #[test]
    fn days_on_which_clocks_change_begin_and_end_right() {
        for (name, inside, start, end) in CHANGES {
            let zone = Zone::named(name).unwrap();
            let day = |at: Timestamp| (zone.window_start(Window::Day, at), zone.window_end(Window::Day, at));
            let whole = (at(start), Some(at(end)));
            assert_eq!(day(at(inside)), whole, "{name} {inside}");
            // A lead at the boundary is counted once: it is the first of the next day, and the last moment before it is not.
            assert_eq!(day(at(start)), whole, "{name}: the first moment");
            assert_eq!(day(Timestamp(at(end).0 - 1)), whole, "{name}: the last moment");
            assert_eq!(zone.window_start(Window::Day, at(end)), at(end), "{name}: the next day's first moment");
        }
    }

    #[test]
    fn windows_end_where_the_next_begins() {
        for (name, inside, ..) in CHANGES {
            let zone = Zone::named(name).unwrap();
            for window in [Window::Hour, Window::Day, Window::Week, Window::Month] {
                let end = zone.window_end(window, at(inside)).unwrap();
                assert_eq!(zone.window_start(window, end), end, "{name} {window:?}");
                let last = Timestamp(end.0 - 1);
                let start = zone.window_start(window, at(inside));
                assert_eq!(zone.window_start(window, last), start, "{name} {window:?}");
            }
            assert_eq!(zone.window_end(Window::Total, at(inside)), None);
        }
    }

    #[test]
    fn unknown_zones_are_refused() {
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}

//! Reports in the tenant's own days, over the same figures as the overview.

use super::{ServiceError, Services, zone};
use crate::context::Actor;
use exchange::zone::Zone;
use model::{
    Currency, Timestamp,
    breakdown::{self, Breakdown, Chances, ReasonRow, Reasons, Row, Span, Wanted},
    cap::Window,
    report::Totals,
    time::{Day, HOUR},
    user::Right,
};
use std::collections::{BTreeMap, HashMap};
use store::{By, Only, TenantStore};

/// A chosen span may have so many days.
const MOST_DAYS: usize = 400;

/// Days of a report, and what they are as counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Days {
    /// Each day with the instant at which it begins, one more at the end.
    begins: Vec<(Day, Timestamp)>,
    /// When the last one ends, as far as it has come.
    end: Timestamp,
}

impl Days {
    /// The days of a span in a zone.
    pub(super) fn of(span: Span, zone: &Zone, now: Timestamp) -> Result<Self, ServiceError> {
        let today = zone.window_start(Window::Day, now);
        let back = |days: i64| {
            zone.window_start(Window::Day, zone.window_start(Window::Day, now).plus_millis(-days * DAY_MS + DAY_MS / 2))
        };
        let (first, last) = match span {
            Span::Today => (today, today),
            Span::Yesterday => (back(1), back(1)),
            Span::Week => (back(6), today),
            Span::Month => (back(29), today),
            Span::Days(first, last) => (instant(zone, first)?, instant(zone, last)?),
        };
        if last < first {
            return Err(ServiceError::Refused("the last day is before the first".to_owned()));
        }
        let mut begins = vec![(day(zone, first), first)];
        let mut at = first;
        while at < last {
            at = next(zone, at);
            begins.push((day(zone, at), at));
            if begins.len() > MOST_DAYS {
                return Err(ServiceError::Refused(format!("a report has at most {MOST_DAYS} days")));
            }
        }
        let end = next(zone, at).min(Timestamp(now.hour().0 + HOUR)).max(Timestamp(first.0 + 1));
        Ok(Self { begins, end })
    }

    pub(super) fn first(&self) -> (Day, Timestamp) {
        self.begins[0]
    }

    pub(super) fn last(&self) -> Day {
        self.begins[self.begins.len() - 1].0
    }

    /// From the first hour to the last. Counters are kept by the hour.
    pub(super) fn hours(&self) -> (Timestamp, Timestamp) {
        (self.first().1.hour(), self.end)
    }

    /// The day that an hour belongs to.
    fn of_hour(&self, hour: Timestamp) -> Option<Day> {
        self.begins.iter().rev().find(|(_, begin)| begin.hour() <= hour).map(|(day, _)| *day)
    }
}

/// Milliseconds of a day that has 24 hours.
const DAY_MS: i64 = 86_400_000;

fn next(zone: &Zone, day: Timestamp) -> Timestamp {
    zone.window_end(Window::Day, day).unwrap_or_else(|| day.plus_millis(DAY_MS))
}

fn day(zone: &Zone, at: Timestamp) -> Day {
    let local = zone.local(at);
    let small = |number: i8| u8::try_from(number).unwrap_or(1);
    Day { year: local.year(), month: small(local.month()), day: small(local.day()) }
}

fn instant(zone: &Zone, day: Day) -> Result<Timestamp, ServiceError> {
    let bad = || ServiceError::Refused(format!("{day} is no day"));
    let small = |number: u8| i8::try_from(number).unwrap_or(0);
    let date = jiff::civil::Date::new(day.year, small(day.month), small(day.day)).map_err(|_| bad())?;
    // What begins later than midnight, as days do where clocks go forward at midnight, begins then.
    zone.instant(date, 0).map(|at| zone.window_start(Window::Day, at)).ok_or_else(bad)
}

/// When a span of days of a zone begins and ends.
pub(super) fn between(zone: &Zone, first: Day, last: Day) -> Result<(Timestamp, Timestamp), ServiceError> {
    Ok((instant(zone, first)?, next(zone, instant(zone, last)?)))
}

impl Services {
    /// When a span of days of the tenant's zone begins and ends.
    ///
    /// # Errors
    /// For days that do not exist.
    pub fn between(&self, actor: &Actor, first: Day, last: Day) -> Result<(Timestamp, Timestamp), ServiceError> {
        between(&zone(actor), first, last)
    }

    /// Counts and money of a span of days.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; for days that make no span.
    pub async fn breakdown(&self, actor: &Actor, wanted: Wanted) -> Result<Breakdown, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let zone = zone(actor);
        let days = Days::of(wanted.span, &zone, self.clock.now())?;
        let only = Only { campaign: wanted.campaign, source: wanted.source, buyer: wanted.buyer };
        let (from, to) = days.hours();
        let rows = rows(&tenant, wanted.by, only, &days, &zone).await?;
        let before = Timestamp(from.0 - (to.0 - from.0));
        let currency = tenant.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency);
        Ok(Breakdown {
            by: wanted.by,
            first: days.first().0,
            last: days.last(),
            currency,
            rows,
            total: sum(&tenant, only, from, to).await?,
            before: sum(&tenant, only, before, from).await?,
        })
    }

    /// What stood in the way in a span of days.
    ///
    /// # Errors
    /// As [`Services::breakdown`].
    pub async fn reasons(&self, actor: &Actor, wanted: Wanted) -> Result<Reasons, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let zone = zone(actor);
        let days = Days::of(wanted.span, &zone, self.clock.now())?;
        let only = Only { campaign: wanted.campaign, source: wanted.source, buyer: wanted.buyer };
        let (from, to) = days.hours();
        let buyers = tenant.buyers().await?;
        let found = tenant.reasons_of(only, from, to).await?;
        let rows = found.into_iter().map(|(buyer, stage, reason, count)| {
            let known = buyers.iter().find(|known| Some(known.id) == buyer).map(|known| known.name.clone());
            let name = known.or_else(|| buyer.map(|id| id.to_string())).unwrap_or_default();
            ReasonRow { buyer, name, stage, reason, count }
        });
        let rows: Vec<_> = rows.filter(|row| !row.reason.is_ordinary()).collect();
        let mut by_day: BTreeMap<Day, i64> = days.begins.iter().map(|(day, _)| (*day, 0)).collect();
        for (hour, count) in tenant.reasons_by_hour(only, from, to).await? {
            if let Some(day) = days.of_hour(hour) {
                *by_day.entry(day).or_default() += count;
            }
        }
        Ok(Reasons { first: days.first().0, last: days.last(), rows, days: by_day.into_iter().collect() })
    }
}

async fn sum(tenant: &TenantStore, only: Only, from: Timestamp, to: Timestamp) -> Result<Totals, ServiceError> {
    let found = tenant.breakdown(By::Nothing, only, from, to).await?;
    Ok(found.into_iter().next().map(|(_, totals, _)| totals).unwrap_or_default())
}

async fn rows(
    tenant: &TenantStore,
    by: breakdown::By,
    only: Only,
    days: &Days,
    zone: &Zone,
) -> Result<Vec<Row>, ServiceError> {
    let (from, to) = days.hours();
    let names: HashMap<String, String> = match by {
        breakdown::By::Campaign => named(tenant.campaigns().await?, |c| (c.id.to_string(), c.name)),
        breakdown::By::Source => named(tenant.sources().await?, |s| (s.id.to_string(), s.name)),
        breakdown::By::Buyer => named(tenant.buyers().await?, |b| (b.id.to_string(), b.name)),
        breakdown::By::Day | breakdown::By::Hour => return by_time(tenant, by, only, days, zone).await,
    };
    let group = match by {
        breakdown::By::Campaign => By::Campaign,
        breakdown::By::Source => By::Source,
        _ => By::Buyer,
    };
    let found = tenant.breakdown(group, only, from, to).await?;
    let mut rows: Vec<Row> = found
        .into_iter()
        // What nobody bought is in the total and in no buyer's row.
        .filter(|(key, ..)| !key.is_empty())
        .map(|(key, totals, chances)| {
            let name = names.get(&key).cloned().unwrap_or_else(|| key.clone());
            Row { key, name, totals, chances }
        })
        .collect();
    rows.sort_by(|a, b| b.totals.revenue.cmp(&a.totals.revenue).then_with(|| a.name.cmp(&b.name)));
    Ok(rows)
}

/// Every day of the span, or every hour of the day, has a row.
async fn by_time(
    tenant: &TenantStore,
    by: breakdown::By,
    only: Only,
    days: &Days,
    zone: &Zone,
) -> Result<Vec<Row>, ServiceError> {
    let (from, to) = days.hours();
    let empty = |key: String| Row { name: key.clone(), key, totals: Totals::default(), chances: Chances::default() };
    let hour_name = |hour: i8| format!("{hour:02}:00");
    let mut rows: BTreeMap<String, Row> = if by == breakdown::By::Day {
        days.begins.iter().map(|(day, _)| (day.to_string(), empty(day.to_string()))).collect()
    } else {
        (0..24).map(|hour| (hour_name(hour), empty(hour_name(hour)))).collect()
    };
    for (hour, totals, chances) in tenant.breakdown(By::Hour, only, from, to).await? {
        let hour = Timestamp(hour.parse().map_err(|_| ServiceError::Broken(format!("{hour} is no hour")))?);
        let key = match by {
            breakdown::By::Day => days.of_hour(hour).map(|day| day.to_string()),
            _ => Some(hour_name(zone.local(hour).hour())),
        };
        let Some(row) = key.and_then(|key| rows.get_mut(&key)) else { continue };
        row.totals = row.totals + totals;
        row.chances = row.chances + chances;
    }
    Ok(rows.into_values().collect())
}

fn named<T>(all: Vec<T>, name: impl Fn(T) -> (String, String)) -> HashMap<String, String> {
    all.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Thursday 7 May 2026, 14:00 in Detroit.
    const NOW: Timestamp = Timestamp(1_778_176_800_000_000);

    fn days(span: Span, zone: &str) -> Result<Vec<String>, ServiceError> {
        let days = Days::of(span, &Zone::named(zone).expect("a zone"), NOW)?;
        Ok(days.begins.iter().map(|(day, _)| day.to_string()).collect())
    }

    #[test]
    fn spans_are_days_of_the_zone() {
        assert_eq!(days(Span::Today, "America/Detroit").unwrap(), ["2026-05-07"]);
        assert_eq!(days(Span::Yesterday, "America/Detroit").unwrap(), ["2026-05-06"]);
        assert_eq!(days(Span::Today, "Pacific/Kiritimati").unwrap(), ["2026-05-08"]);
        let week = days(Span::Week, "America/Detroit").unwrap();
        assert_eq!((week.len(), week[0].as_str(), week[6].as_str()), (7, "2026-05-01", "2026-05-07"));
        assert_eq!(days(Span::Month, "America/Detroit").unwrap().len(), 30);
        let day = |text: &str| text.parse().expect("a day");
        // The day on which clocks go forward has 23 hours and is one day all the same.
        let spring = Span::Days(day("2026-03-07"), day("2026-03-09"));
        assert_eq!(days(spring, "America/New_York").unwrap(), ["2026-03-07", "2026-03-08", "2026-03-09"]);
        assert!(days(Span::Days(day("2026-05-02"), day("2026-05-01")), "UTC").is_err());
        assert!(days(Span::Days(day("2020-05-02"), day("2026-05-01")), "UTC").is_err());
    }

    #[test]
    fn today_ends_with_the_hour_that_runs() {
        let zone = Zone::named("America/Detroit").expect("a zone");
        let today = Days::of(Span::Today, &zone, NOW.plus_millis(60_000)).unwrap();
        assert_eq!(today.hours().1, Timestamp(NOW.0 + HOUR));
        let yesterday = Days::of(Span::Yesterday, &zone, NOW).unwrap();
        assert_eq!(yesterday.hours().1, today.hours().0);
    }
}

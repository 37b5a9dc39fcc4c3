//! Reports in the tenant's own days, over the same figures as the overview.

use super::{ServiceError, Services, zone};
use crate::context::Actor;
use exchange::{rollup::Tally, zone::Zone};
use model::{
    Currency, Timestamp,
    breakdown::{self, Band, Breakdown, Chances, Compare, ReasonRow, Reasons, Row, Span, SubLabel, Wanted, When},
    cap::Window,
    report::Totals,
    time::{Day, HOUR},
    user::Right,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};
use store::{By, Only, TenantStore};

/// A chosen span may have so many days.
const MOST_DAYS: usize = 400;

/// So many sub-sources have a row of their own.
const MOST_SUBS: usize = 500;

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
        // Where midnight lies within a UTC hour, that hour belongs to the day that begins in it, and to that day alone; until
        // then it is the last of the day that runs.
        let ends = next(zone, at);
        let end = if now < ends { Timestamp(now.hour().0 + HOUR) } else { ends.hour() };
        Ok(Self { begins, end: end.max(Timestamp(first.0 + 1)) })
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

    /// The days that these are held against, as far into the last of them as these have come.
    pub(super) fn earlier(&self, compare: Compare, zone: &Zone) -> Option<Earlier> {
        let back = compare.back(i64::try_from(self.begins.len()).ok()?)?;
        let then = |at: Timestamp| zone.window_start(Window::Day, at.plus_millis(DAY_MS / 2 - back * DAY_MS));
        let (running, last) = (self.begins[self.begins.len() - 1].1, then(self.begins[self.begins.len() - 1].1));
        let (first, ends) = (then(self.first().1), next(zone, last).hour());
        let over = self.end >= next(zone, running).hour();
        let to = if over { ends } else { ends.min(Timestamp(last.hour().0 + self.end.0 - running.hour().0)) };
        Some(Earlier { days: (day(zone, first), day(zone, last)), hours: (first.hour(), to) })
    }

    /// The day that an hour belongs to.
    fn of_hour(&self, hour: Timestamp) -> Option<Day> {
        self.begins.iter().rev().find(|(_, begin)| begin.hour() <= hour).map(|(day, _)| *day)
    }
}

/// Days that others are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earlier {
    /// The first and the last.
    pub(super) days: (Day, Day),
    /// From which hour to which.
    pub(super) hours: (Timestamp, Timestamp),
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
        let (rows, total) = match wanted.by {
            breakdown::By::Day | breakdown::By::Hour => by_time(&tenant, &wanted, only, &days, &zone).await?,
            breakdown::By::Sub | breakdown::By::Price if wanted.when == When::Moved => {
                return Err(ServiceError::Refused(
                    "Sub-sources and prices are counted when the lead came: choose that above.".to_owned(),
                ));
            }
            breakdown::By::Sub => by_sub(&tenant, only, &days).await?,
            breakdown::By::Price => {
                (by_price(&tenant, only, &days).await?, sum(&tenant, only, wanted.when, from, to).await?)
            }
            _ => by_thing(&tenant, &wanted, only, &days).await?,
        };
        let earlier = days.earlier(wanted.compare, &zone);
        let before = match earlier {
            Some(Earlier { hours: (from, to), .. }) => Some(sum(&tenant, only, wanted.when, from, to).await?),
            None => None,
        };
        let currency = tenant.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency);
        Ok(Breakdown {
            by: wanted.by,
            when: wanted.when,
            first: days.first().0,
            last: days.last(),
            currency,
            rows,
            total,
            before,
            compared: earlier.map(|earlier| earlier.days),
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
        for (hour, tally) in tenant.by_hour(only, from, to).await? {
            if let Some(day) = days.of_hour(hour) {
                *by_day.entry(day).or_default() += tally.against;
            }
        }
        Ok(Reasons { first: days.first().0, last: days.last(), rows, days: by_day.into_iter().collect() })
    }
}

async fn sum(
    tenant: &TenantStore,
    only: Only,
    when: When,
    from: Timestamp,
    to: Timestamp,
) -> Result<Totals, ServiceError> {
    let found = tenant.breakdown(By::Nothing, only, from, to).await?;
    Ok(found.into_iter().next().map(|(_, tally)| tally.seen(when)).unwrap_or_default())
}

/// A row for each campaign, source or buyer, and everything together.
async fn by_thing(
    tenant: &TenantStore,
    wanted: &Wanted,
    only: Only,
    days: &Days,
) -> Result<(Vec<Row>, Totals), ServiceError> {
    let (from, to) = days.hours();
    let (group, names) = match wanted.by {
        breakdown::By::Campaign => (By::Campaign, named(tenant.campaigns().await?, |c| (c.id.to_string(), c.name))),
        breakdown::By::Source => (By::Source, named(tenant.sources().await?, |s| (s.id.to_string(), s.name))),
        _ => (By::Buyer, named(tenant.buyers().await?, |b| (b.id.to_string(), b.name))),
    };
    let found = tenant.breakdown(group, only, from, to).await?;
    let total = found.iter().fold(Totals::default(), |sum, (_, tally)| sum + tally.seen(wanted.when));
    let mut rows: Vec<Row> = found
        .into_iter()
        // What nobody bought is in the total and in no buyer's row.
        .filter(|(key, _)| !key.is_empty())
        .map(|(key, tally)| {
            let name = names.get(&key).cloned().unwrap_or_else(|| key.clone());
            row(key, name, &tally, wanted.when)
        })
        // Where only money shows, whoever has none does not.
        .filter(|row| wanted.when == When::Came || row.totals != Totals::default())
        .collect();
    rows.sort_by(|a, b| b.totals.revenue.cmp(&a.totals.revenue).then_with(|| a.name.cmp(&b.name)));
    Ok((rows, total))
}

/// A row of what is seen; how contracts came out is no money, and stands where leads are counted.
fn row(key: String, name: String, tally: &Tally, when: When) -> Row {
    let chances = if when == When::Came { tally.chances } else { Chances::default() };
    Row { key, name, totals: tally.seen(when), chances }
}

/// A row for each sub-source, those that brought most first; beyond [`MOST_SUBS`] together in one. And everything together.
async fn by_sub(tenant: &TenantStore, only: Only, days: &Days) -> Result<(Vec<Row>, Totals), ServiceError> {
    if only.buyer.is_some() {
        return Err(ServiceError::Refused(
            "Sub-sources are counted for all buyers together: choose no buyer.".to_owned(),
        ));
    }
    let (from, to) = days.hours();
    let names = named(tenant.sources().await?, |source| (source.id.to_string(), source.name));
    let mut found = tenant.by_sub(only, from, to).await?;
    let total = found.iter().fold(Totals::default(), |sum, (_, totals)| sum + *totals);
    found.sort_by_key(|(_, totals)| Reverse((totals.revenue, totals.received)));
    let rest = found.split_off(found.len().min(MOST_SUBS));
    let mut rows: Vec<_> = found
        .into_iter()
        .map(|(key, totals)| {
            let source = key.source.to_string();
            let source = names.get(&source).unwrap_or(&source);
            let name = match &key.label {
                SubLabel::Named(label) => format!("{label} · {source}"),
                SubLabel::None => format!("No sub-source · {source}"),
                SubLabel::Other => format!("Others · {source}"),
            };
            Row { key: key.to_string(), name, totals, chances: Chances::default() }
        })
        .collect();
    if !rest.is_empty() {
        let totals = rest.iter().fold(Totals::default(), |sum, (_, totals)| sum + *totals);
        let name = format!("{} more", rest.len());
        rows.push(Row { key: String::new(), name, totals, chances: Chances::default() });
    }
    Ok((rows, total))
}

/// A row for each band of prices in which something was sold or given back, the cheapest first.
async fn by_price(tenant: &TenantStore, only: Only, days: &Days) -> Result<Vec<Row>, ServiceError> {
    let (from, to) = days.hours();
    let found = tenant.by_price(only, from, to).await?;
    let row = |(band, totals): (Band, Totals)| {
        let chances = Chances { sold: totals.sold, returned: totals.returned, ..Chances::default() };
        Row { key: band.to_string(), name: band.label(), totals, chances }
    };
    Ok(found.into_iter().map(row).collect())
}

/// Every day of the span, or every hour of the day, has a row; and everything together.
async fn by_time(
    tenant: &TenantStore,
    wanted: &Wanted,
    only: Only,
    days: &Days,
    zone: &Zone,
) -> Result<(Vec<Row>, Totals), ServiceError> {
    let (from, to) = days.hours();
    let empty = |key: String| Row { name: key.clone(), key, totals: Totals::default(), chances: Chances::default() };
    let hour_name = |hour: i8| format!("{hour:02}:00");
    let mut rows: BTreeMap<String, Row> = if wanted.by == breakdown::By::Day {
        days.begins.iter().map(|(day, _)| (day.to_string(), empty(day.to_string()))).collect()
    } else {
        (0..24).map(|hour| (hour_name(hour), empty(hour_name(hour)))).collect()
    };
    let mut total = Totals::default();
    for (hour, tally) in tenant.by_hour(only, from, to).await? {
        let add = row(String::new(), String::new(), &tally, wanted.when);
        total = total + add.totals;
        let key = match wanted.by {
            breakdown::By::Day => days.of_hour(hour).map(|day| day.to_string()),
            _ => Some(hour_name(zone.local(hour).hour())),
        };
        let Some(row) = key.and_then(|key| rows.get_mut(&key)) else { continue };
        row.totals = row.totals + add.totals;
        row.chances = row.chances + add.chances;
    }
    Ok((rows.into_values().collect(), total))
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
    fn days_are_held_against_as_many_as_far_as_they_have_come() {
        let zone = Zone::named("America/New_York").expect("a zone");
        let earlier = |span, compare, now| {
            let days = Days::of(span, &zone, now).expect("days");
            let found = days.earlier(compare, &zone).expect("earlier days");
            let (from, to) = days.hours();
            let length = |(from, to): (Timestamp, Timestamp)| (to.0 - from.0) / HOUR;
            (format!("{} {}", found.days.0, found.days.1), length((from, to)), length(found.hours))
        };
        // Seven days up to this hour against seven days up to the same hour of the day.
        assert_eq!(earlier(Span::Week, Compare::Before, NOW), ("2026-04-24 2026-04-30".into(), 159, 159));
        assert_eq!(earlier(Span::Today, Compare::Before, NOW), ("2026-05-06 2026-05-06".into(), 15, 15));
        assert_eq!(earlier(Span::Today, Compare::Weeks, NOW), ("2026-04-30 2026-04-30".into(), 15, 15));
        assert_eq!(earlier(Span::Yesterday, Compare::Year, NOW), ("2025-05-07 2025-05-07".into(), 24, 24));
        // One of the earlier days, 8 March, had an hour less.
        assert_eq!(earlier(Span::Month, Compare::Weeks, NOW), ("2026-03-04 2026-04-02".into(), 711, 710));
        // A day that is over is held against the whole of another, if it had an hour less.
        let day = |text: &str| text.parse().expect("a day");
        let spring = Span::Days(day("2026-03-15"), day("2026-03-15"));
        assert_eq!(earlier(spring, Compare::Weeks, NOW), ("2026-03-08 2026-03-08".into(), 24, 23));
        assert_eq!(Days::of(Span::Week, &zone, NOW).unwrap().earlier(Compare::Nothing, &zone), None);
    }

    #[test]
    fn today_ends_with_the_hour_that_runs() {
        let zone = Zone::named("America/Detroit").expect("a zone");
        let today = Days::of(Span::Today, &zone, NOW.plus_millis(60_000)).unwrap();
        assert_eq!(today.hours().1, Timestamp(NOW.0 + HOUR));
        let yesterday = Days::of(Span::Yesterday, &zone, NOW).unwrap();
        assert_eq!(yesterday.hours().1, today.hours().0);
    }

    #[test]
    fn an_hour_around_midnight_is_in_one_day() {
        for name in ["Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"] {
            let zone = Zone::named(name).expect("a zone");
            let day = |back: i64| {
                let day = day(&zone, NOW.plus_millis(-back * DAY_MS));
                Days::of(Span::Days(day, day), &zone, NOW).unwrap().hours()
            };
            for back in 1..200 {
                assert_eq!(day(back).1, day(back - 1).0, "{back} days ago in {name}");
            }
        }
        // A quarter of an hour before midnight, the lead of this minute is in today's figures.
        let (zone, late) = (Zone::named("Asia/Kolkata").expect("a zone"), NOW.plus_millis(15 * 60_000));
        let hours = Days::of(Span::Today, &zone, late).unwrap().hours();
        assert!(hours.0 <= late && late < hours.1, "{hours:?}");
    }
}

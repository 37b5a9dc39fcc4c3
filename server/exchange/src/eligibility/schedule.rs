//! Dayparting in the buyer's zone.

use crate::zone::Zone;
use jiff::{ToSpan, civil::Date};
use model::{
    Reason, Timestamp,
    schedule::{Pause, Schedule, Span},
    trace::{Finding, Stage},
};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MINUTES_OF_DAY: u16 = 1440;

/// A schedule whose spans are in order and do not overlap.
#[derive(Debug)]
pub struct CompiledSchedule {
    spans: Vec<Span>,
    holidays: Vec<Date>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    pauses: Vec<Pause>,
}

const WHOLE_DAY: [Span; 1] = [Span { weekday: 0, start: 0, end: MINUTES_OF_DAY }];

impl CompiledSchedule {
    /// Puts the spans in order and reads the holidays; what is wrong is added to `faults`.
    pub fn new(schedule: &Schedule, faults: &mut Vec<String>) -> Self {
        let mut spans = schedule.spans.clone();
        spans.sort_unstable_by_key(|span| (span.weekday, span.start));
        for span in &spans {
            if span.weekday > 6 || span.start >= span.end || span.end > MINUTES_OF_DAY {
                faults.push(format!("schedule: {span:?} is no span of a day"));
            }
        }
        for pair in spans.windows(2) {
            if pair[0].weekday == pair[1].weekday && pair[0].end > pair[1].start {
                faults.push(format!("schedule: spans overlap on {}", day_name(pair[0].weekday)));
            }
        }
        let mut holidays = Vec::new();
        for text in &schedule.holidays {
            match text.parse::<Date>() {
                Ok(date) => holidays.push(date),
                Err(_) => faults.push(format!("schedule: {text:?} is no date")),
            }
        }
        if schedule.from.zip(schedule.until).is_some_and(|(from, until)| from >= until) {
            faults.push("schedule: it ends before it begins".to_owned());
        }
        if schedule.pauses.iter().any(|pause| pause.until.is_some_and(|until| pause.from >= until)) {
            faults.push("schedule: a pause ends before it begins".to_owned());
        }
        Self { spans, holidays, from: schedule.from, until: schedule.until, pauses: schedule.pauses.clone() }
    }

    /// How long it is open between two instants, in microseconds.
    #[must_use]
    pub fn open_time(&self, zone: &Zone, from: Timestamp, until: Timestamp) -> i64 {
        let first = from.max(self.from.unwrap_or(from));
        let last = until.min(self.until.unwrap_or(until));
        let (mut date, end) = (zone.local(first).date(), zone.local(last).date());
        let mut open = 0;
        while date <= end {
            if !self.holidays.contains(&date) {
                let day = weekday(date);
                let spans = if self.spans.is_empty() { &WHOLE_DAY[..] } else { &self.spans };
                for span in spans.iter().filter(|span| self.spans.is_empty() || span.weekday == day) {
                    let bounds = zone.instant(date, span.start).zip(zone.instant(date, span.end));
                    let Some((start, stop)) = bounds else { continue };
                    open += self.unpaused(start.max(first), stop.min(last));
                }
            }
            let Ok(next) = date.checked_add(1.days()) else { break };
            date = next;
        }
        open
    }

    /// How much of a time is in no pause. Pauses that overlap are counted once.
    fn unpaused(&self, from: Timestamp, until: Timestamp) -> i64 {
        let mut pauses: Vec<(i64, i64)> = self
            .pauses
            .iter()
            .map(|pause| (pause.from.0.max(from.0), pause.until.map_or(until.0, |end| end.0.min(until.0))))
            .filter(|(start, end)| start < end)
            .collect();
        pauses.sort_unstable();
        let (mut open, mut at) = (0, from.0);
        for (start, end) in pauses {
            open += (start - at).max(0);
            at = at.max(end);
        }
        open + (until.0 - at).max(0)
    }

    fn dates(&self, zone: &Zone, at: Timestamp, found: &mut Vec<Finding>) {
        let mut closed = |have: String, want: String| {
            found.push(Finding::about(Stage::Eligibility, Reason::ScheduleClosed, "dates", have, want));
        };
        let text = |at: Timestamp| zone.local(at).strftime("%Y-%m-%d %H:%M").to_string();
        if let Some(from) = self.from.filter(|from| at < *from) {
            closed("not begun".to_owned(), format!("opens {}", text(from)));
        }
        if let Some(until) = self.until.filter(|until| at >= *until) {
            closed(format!("ended {}", text(until)), "never open again".to_owned());
        }
        let inside = |pause: &&Pause| pause.from <= at && pause.until.is_none_or(|until| at < until);
        if let Some(pause) = self.pauses.iter().find(inside) {
            let want =
                pause.until.map_or_else(|| "resumed by hand".to_owned(), |until| format!("opens {}", text(until)));
            closed(format!("paused since {}", text(pause.from)), want);
        }
    }

    /// Whether it is open at an instant.
    #[must_use]
    pub fn is_open(&self, zone: &Zone, at: Timestamp) -> bool {
        let mut closed = Vec::new();
        self.check(zone, at, &mut closed);
        closed.is_empty()
    }

    fn in_hours(&self, zone: &Zone, at: Timestamp) -> bool {
        let local = zone.local(at);
        let minute = minute_of_day(&local);
        let weekday = weekday(local.date());
        !self.holidays.contains(&local.date())
            && (self.spans.is_empty()
                || self.spans.iter().any(|s| s.weekday == weekday && (s.start..s.end).contains(&minute)))
    }

    /// When it opens next, in words: `Mon 08:00`. None when it does not within 30 days.
    #[must_use]
    pub fn opens(&self, zone: &Zone, at: Timestamp) -> Option<String> {
        let local = zone.local(at);
        let now = minute_of_day(&local);
        for ahead in 0_i64..=30 {
            let date = local.date().checked_add(ahead.days()).ok()?;
            if self.holidays.contains(&date) {
                continue;
            }
            let day = weekday(date);
            let whole = [Span { weekday: day, start: 0, end: MINUTES_OF_DAY }];
            let spans = if self.spans.is_empty() { &whole[..] } else { &self.spans };
            let later = |span: &&Span| span.weekday == day && (ahead > 0 || span.start > now);
            if let Some(span) = spans.iter().find(later) {
                let clock = format!("{:02}:{:02}", span.start / 60, span.start % 60);
                let when = if ahead < 7 { day_name(day).to_owned() } else { date.to_string() };
                return Some(format!("{when} {clock}"));
            }
        }
        None
    }

    pub(super) fn check(&self, zone: &Zone, at: Timestamp, found: &mut Vec<Finding>) {
        self.dates(zone, at, found);
        if self.in_hours(zone, at) {
            return;
        }
        let local = zone.local(at);
        let name = local.time_zone().iana_name().unwrap_or("UTC").to_owned();
        let have = format!("{} {:02}:{:02} {name}", day_name(weekday(local.date())), local.hour(), local.minute());
        let want = self.opens(zone, at).map_or_else(|| "never open".to_owned(), |when| format!("opens {when} {name}"));
        found.push(Finding::about(Stage::Eligibility, Reason::ScheduleClosed, "schedule", have, want));
    }
}

fn day_name(weekday: u8) -> &'static str {
    DAYS.get(usize::from(weekday)).copied().unwrap_or("?")
}

fn weekday(date: Date) -> u8 {
    u8::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)
}

fn minute_of_day(local: &jiff::Zoned) -> u16 {
    u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0)
}

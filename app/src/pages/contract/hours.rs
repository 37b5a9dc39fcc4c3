//! Opening hours as people write them: `Mon–Fri 08:00–20:00`, one line for each span, and as the hours of a week.

use crate::week::DAYS;
use serde_json::{Value, json};

/// Minutes of a day.
const DAY: u64 = 1440;

/// The name of a weekday, 0 is Monday.
pub fn day(weekday: usize) -> &'static str {
    DAYS.get(weekday).copied().unwrap_or("?")
}

fn clock(minute: u64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn triples(spans: &Value) -> Vec<(u64, u64, u64)> {
    let number = |span: &Value, member: &str| span[member].as_u64().unwrap_or_default();
    let each = spans.as_array().into_iter().flatten();
    let mut all: Vec<_> =
        each.map(|span| (number(span, "weekday"), number(span, "start"), number(span, "end"))).collect();
    all.sort_unstable();
    all
}

/// One line for each time of day, with the days that have it. What is no list of spans is shown as it was typed.
pub fn lines(spans: &Value) -> Vec<String> {
    if let Some(text) = spans.as_str() {
        return text.lines().map(str::to_owned).collect();
    }
    let mut times: Vec<((u64, u64), Vec<u64>)> = Vec::new();
    for (weekday, start, end) in triples(spans) {
        match times.iter_mut().find(|(time, _)| *time == (start, end)) {
            Some((_, days)) => days.push(weekday),
            None => times.push(((start, end), vec![weekday])),
        }
    }
    times.into_iter().map(|((start, end), days)| format!("{} {}–{}", runs(&days), clock(start), clock(end))).collect()
}

/// `Mon–Wed, Sat` for 0, 1, 2, 5.
fn runs(days: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for day in days {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => parts.push((*day, *day)),
        }
    }
    let name = |weekday: u64| day(usize::try_from(weekday).unwrap_or(7));
    let part = |(first, last): (u64, u64)| match last - first {
        0 => name(first).to_owned(),
        _ => format!("{}–{}", name(first), name(last)),
    };
    parts.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Reads such lines; none when one of them cannot be read.
pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Value> {
    let mut spans = Vec::new();
    for line in lines.map(|line| line.replace(['–', '—'], "-").to_lowercase()) {
        let (days, time) = line.trim().rsplit_once(' ')?;
        let (start, end) = time.split_once('-')?;
        let (start, end) = (minute(start)?, minute(end)?);
        for part in days.split(',').map(str::trim) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (weekday(first)?, weekday(last)?);
            if first > last || start >= end {
                return None;
            }
            spans.extend((first..=last).map(|day| json!({ "weekday": day, "start": start, "end": end })));
        }
    }
    Some(spans.into())
}

fn weekday(text: &str) -> Option<usize> {
    let text = text.trim();
    DAYS.iter().position(|day| text.len() >= 3 && text.get(..3) == Some(day.to_lowercase().as_str()))
}

fn minute(text: &str) -> Option<u64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (u64, u64) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

/// The open hours of the week, as `weekday-hour`; none when a span does not begin and end with one.
pub fn cells(spans: &Value) -> Option<Vec<String>> {
    if spans.is_string() {
        return None;
    }
    let mut cells = Vec::new();
    for (weekday, start, end) in triples(spans) {
        if start % 60 != 0 || end % 60 != 0 {
            return None;
        }
        cells.extend((start / 60..end / 60).map(|hour| format!("{weekday}-{hour}")));
    }
    Some(cells)
}

/// The spans of open hours.
pub fn spans(cells: &Value) -> Value {
    let mut hours: Vec<(u64, u64)> = cells
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|cell| cell.as_str()?.split_once('-'))
        .filter_map(|(day, hour)| Some((day.parse().ok()?, hour.parse().ok()?)))
        .collect();
    hours.sort_unstable();
    hours.dedup();
    let mut spans: Vec<(u64, u64, u64)> = Vec::new();
    for (day, hour) in hours {
        match spans.last_mut() {
            Some((last, _, end)) if *last == day && *end == hour * 60 => *end += 60,
            _ => spans.push((day, hour * 60, hour * 60 + 60)),
        }
    }
    let span = |(day, start, end)| json!({ "weekday": day, "start": start, "end": end });
    spans.into_iter().map(span).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_and_read_back() {
        let text = ["Mon–Fri 08:00–20:00", "Sat 10:30–14:00"];
        let spans = read(text.into_iter()).unwrap();
        assert_eq!(spans.as_array().unwrap().len(), 6);
        assert_eq!(lines(&spans), text);
        assert_eq!(
            read(["mon-wed, sat 8:00-24:00"].into_iter()).map(|spans| lines(&spans)),
            Some(vec!["Mon–Wed, Sat 08:00–24:00".to_owned()])
        );
        for bad in ["Mon", "Mon 8-9", "Fri-Mon 08:00-09:00", "Mon 09:00-08:00", "Mon 08:00-25:00", "Xyz 08:00-09:00"] {
            assert_eq!(read([bad].into_iter()), None, "{bad}");
        }
    }

    #[test]
    fn the_grid_is_the_same_hours() {
        let spans = read(["Mon–Tue 08:00–10:00"].into_iter()).unwrap();
        let cells = cells(&spans).unwrap();
        assert_eq!(cells, ["0-8", "0-9", "1-8", "1-9"]);
        assert_eq!(super::spans(&json!(cells)), spans);
        assert_eq!(super::cells(&json!([{ "weekday": 0, "start": 30, "end": 60 }])), None);
    }
}

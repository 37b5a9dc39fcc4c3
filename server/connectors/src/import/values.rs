//! How a value is written: told from the sample, from the values the buyer takes, and from what the document says.

use super::members::Member;
use crate::intake::bare;
use model::{
    field::{Field, FieldKind},
    mapping::{Replace, Row, Span, Style},
};

/// Writes a row's value so that it looks as the buyer wants it; what could not be told is a remark.
pub(super) fn write(row: &mut Row, field: &Field, member: &Member) -> Option<String> {
    match &field.kind {
        FieldKind::Boolean => flag(row, member),
        FieldKind::Choice { values } => choice(row, values, member),
        FieldKind::Band { bands } => {
            let names: Vec<String> = bands.iter().map(|band| band.name.clone()).collect();
            choice(row, &names, member)
        }
        FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. } => integer(row, member),
        FieldKind::Phone => {
            row.style = phone(member);
            None
        }
        FieldKind::Date => {
            row.style = date(&member.sample).or_else(|| date_said(&member.about)).unwrap_or(Style::DateIso);
            None
        }
        FieldKind::State | FieldKind::Province | FieldKind::StateOrProvince => {
            let long =
                |text: &String| text.len() > 2 && text.chars().all(|letter| letter.is_alphabetic() || letter == ' ');
            if long(&member.sample) || (!member.allowed.is_empty() && member.allowed.iter().all(long)) {
                row.style = Style::StateName;
            }
            None
        }
        FieldKind::Zip if member.bare => {
            row.style = Style::Number;
            Some("ZIP codes that begin with 0 lose it as a number: ask the buyer for a text".to_owned())
        }
        FieldKind::Text { .. } | FieldKind::Email | FieldKind::Zip | FieldKind::Url | FieldKind::Ip => None,
        FieldKind::Range { .. } | FieldKind::YearMonth | FieldKind::PhoneInternational | FieldKind::Country => None,
        FieldKind::PostalCode | FieldKind::PostalCodeCa | FieldKind::Address | FieldKind::UserAgent => None,
        FieldKind::Certificate | FieldKind::List { .. } => None,
    }
}

/// The vocabulary of a flag.
pub(super) fn flag_style(sample: &str, bare: bool) -> Option<Style> {
    Some(match sample {
        "true" | "false" if bare => Style::Plain,
        "Yes" | "No" => Style::YesNo,
        "YES" | "NO" => Style::YesNoUpper,
        "yes" | "no" => Style::YesNoLower,
        "Y" | "N" => Style::YN,
        "True" | "False" => Style::TrueFalse,
        "true" | "false" => Style::Text,
        "1" | "0" => Style::OneZero,
        "2" => Style::OneTwo,
        _ => return None,
    })
}

fn flag(row: &mut Row, member: &Member) -> Option<String> {
    row.allowed.clone_from(&member.allowed);
    let allowed: Vec<&str> = member.allowed.iter().map(String::as_str).collect();
    if allowed.contains(&"2") && allowed.contains(&"1") && !allowed.contains(&"0") {
        row.style = Style::OneTwo;
        return None;
    }
    let samples = allowed.iter().copied().chain([member.sample.as_str()]);
    if let Some(style) = samples.into_iter().find_map(|sample| flag_style(sample, member.bare)) {
        row.style = style;
        return None;
    }
    let side = |yes: bool| member.allowed.iter().find(|text| positive(text) == Some(yes));
    let (Some(yes), Some(no)) = (side(true), side(false)) else {
        return Some("say what the buyer wants for yes and for no".to_owned());
    };
    let swap = |ours: &str, theirs: &String| Replace { ours: ours.to_owned(), theirs: theirs.clone() };
    row.replace = vec![swap("true", yes), swap("false", no)];
    None
}

/// Whether a word says yes or no to what a flag asks.
fn positive(text: &str) -> Option<bool> {
    let word = bare(text);
    let no = ["rent", "renter", "no", "none", "not", "never", "false", "uninsured", "notinsured", "n", "0", "lease"];
    let yes = ["own", "owner", "yes", "true", "insured", "homeowner", "y", "1", "currentlyinsured"];
    if no.contains(&word.as_str()) || word.starts_with("not") {
        Some(false)
    } else {
        yes.contains(&word.as_str()).then_some(true)
    }
}

fn choice(row: &mut Row, ours: &[String], member: &Member) -> Option<String> {
    if member.allowed.is_empty() {
        return None;
    }
    row.allowed.clone_from(&member.allowed);
    let mut lost = Vec::new();
    for own in ours {
        let exact = member.allowed.contains(own);
        match member.allowed.iter().find(|theirs| same(own, theirs)) {
            _ if exact => {}
            Some(theirs) => row.replace.push(Replace { ours: own.clone(), theirs: theirs.clone() }),
            None => lost.push(own.as_str()),
        }
    }
    if lost.is_empty() {
        return None;
    }
    let rest = ["other", "notlisted", "unknown", "none", "na", "notsure", "companynotlisted", "othernotlisted"];
    if let Some(other) = member.allowed.iter().find(|theirs| rest.contains(&bare(theirs).as_str())) {
        // What is the same stays: only what nothing else says becomes the rest.
        let keep = ours.iter().filter(|own| member.allowed.contains(own));
        row.replace.extend(keep.map(|own| Replace { ours: own.clone(), theirs: own.clone() }));
        row.otherwise = Some(other.clone());
        return None;
    }
    Some(format!("the buyer takes nothing for {}", lost.join(", ")))
}

/// Whether two values say the same: the same letters and numbers, or the same range.
fn same(ours: &str, theirs: &str) -> bool {
    let (own, their) = (bare(ours), bare(theirs));
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
    // `Excellent (720+)` is Excellent: numbers on one side only explain.
    let explains = letters(&own) == own || letters(&their) == their;
    if own == their || (explains && letters(&own).len() > 2 && letters(&own) == letters(&their)) {
        return true;
    }
    const MEAN: [&[&str]; 9] = [
        &["asap", "immediately", "immediate", "now", "rightaway", "today"],
        &["male", "m"],
        &["female", "f"],
        &["excellent", "excellentcredit"],
        &["single", "s", "nevermarried"],
        &["married", "m"],
        &["flexible", "timingisflexible", "notsure", "unsure"],
        &["singlefamily", "singlefamilyhome", "house", "sfh"],
        &["own", "owned", "owner"],
    ];
    let group = |word: &str| MEAN.iter().position(|words| words.contains(&word));
    let known = group(&own).filter(|_| own.len() > 1 || their.len() > 1);
    if known.is_some() && known == group(&their) {
        return true;
    }
    range(ours, false).is_some_and(|own| range(theirs, false) == Some(own))
}

/// `1-3 months`, `1_3_months`, `10+`, `over 10`, `under 5`: the numbers and what they count. Among numbers `under 18` ends at
/// 17; as names of choices `over 3` and `3+` are the same.
fn range(text: &str, numbers_of: bool) -> Option<(Option<i64>, Option<i64>)> {
    let lower = text.to_ascii_lowercase().replace(',', "");
    let mut numbers = Vec::new();
    for part in lower.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()) {
        let times = if lower.contains(&format!("{part}k")) { 1000 } else { 1 };
        numbers.push(part.parse::<i64>().ok()?.checked_mul(times)?);
    }
    let above =
        lower.contains('+') || ["over", "more", "above", "older", "greater"].iter().any(|word| lower.contains(word));
    let below = ["under", "less", "below", "within", "up to"].iter().any(|word| lower.contains(word));
    let beyond = ["over", "more than", "above", "older", "greater", "under", "less", "below"];
    let beyond = beyond.iter().any(|word| lower.contains(word));
    match numbers.as_slice() {
        [from, to] if from <= to => Some((Some(*from), Some(*to))),
        [one] if above => Some((Some(one + i64::from(numbers_of && beyond)), None)),
        [one] if below => Some((None, Some(one - i64::from(numbers_of && beyond)))),
        [one] => Some((Some(*one), Some(*one))),
        _ => None,
    }
}

fn integer(row: &mut Row, member: &Member) -> Option<String> {
    let ranges: Vec<_> = member.allowed.iter().map(|theirs| (range(theirs, true), theirs)).collect();
    let wide = ranges.iter().any(|(range, _)| matches!(range, Some((from, to)) if from != to));
    if wide && ranges.iter().all(|(range, _)| range.is_some()) {
        row.allowed.clone_from(&member.allowed);
        let known = ranges.into_iter().filter_map(|(range, theirs)| Some((range?, theirs)));
        row.spans = known.map(|((from, to), theirs)| Span { from, to, theirs: theirs.clone() }).collect();
    } else if !member.bare && !member.sample.is_empty() {
        row.style = Style::Text;
    }
    None
}

/// How a phone number is written; ten digits are what most want.
fn phone(member: &Member) -> Style {
    let sample = member.sample.as_str();
    if sample.starts_with("+1") || member.about.to_ascii_lowercase().contains("e.164") {
        Style::PhoneE164
    } else if sample.starts_with('(') {
        Style::PhoneNational
    } else if sample.len() == 12 && sample.matches('-').count() == 2 {
        Style::PhoneDashes
    } else {
        Style::PhoneDigits
    }
}

/// The style of a date that is shown.
pub(super) fn date(sample: &str) -> Option<Style> {
    let numbers: Vec<&str> = sample.split(['/', '-', '.']).collect();
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if sample.len() == 8 && digits(&sample) {
        return Some(Style::DateCompact);
    }
    let [a, b, c] = numbers.as_slice() else { return None };
    if ![a, b, c].into_iter().all(digits) {
        return None;
    }
    match (a.len(), c.len(), sample.contains('/')) {
        (4, _, false) => Some(Style::DateIso),
        (1 | 2, 4, true) if a.parse::<u32>().is_ok_and(|first| first > 12) => Some(Style::DateDayFirst),
        (1 | 2, 4, true) => Some(Style::DateUs),
        (1 | 2, 4, false) => Some(Style::DateUsDashes),
        _ => None,
    }
}

/// The style of a date by the letters a document writes for it.
fn date_said(about: &str) -> Option<Style> {
    let upper = about.to_ascii_uppercase();
    [
        ("MM/DD/YYYY", Style::DateUs),
        ("DD/MM/YYYY", Style::DateDayFirst),
        ("MM-DD-YYYY", Style::DateUsDashes),
        ("YYYY-MM-DD", Style::DateIso),
        ("YYYYMMDD", Style::DateCompact),
    ]
    .into_iter()
    .find_map(|(letters, style)| upper.contains(letters).then_some(style))
}

/// How an instant is written.
pub(super) fn instant(sample: &str) -> Style {
    let digits = !sample.is_empty() && sample.bytes().all(|byte| byte.is_ascii_digit());
    if digits && sample.len() == 10 {
        return Style::Unix;
    }
    if let Some(style) = date(sample) {
        return style;
    }
    if sample.contains(' ') && sample.contains(':') { Style::DateTime } else { Style::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::field::Visibility;

    fn written(kind: FieldKind, sample: &str, allowed: &[&str], about: &str) -> (Row, Option<String>) {
        let field = Field {
            name: "f".into(),
            label: "f".into(),
            kind,
            required: false,
            visibility: Visibility::Pingable,
            example: String::new(),
        };
        let member = Member {
            allowed: allowed.iter().map(|text| (*text).to_owned()).collect(),
            about: about.to_owned(),
            ..Member::flat("f", sample)
        };
        let mut row = Row::default();
        let remark = write(&mut row, &field, &member);
        (row, remark)
    }

    fn swaps(row: &Row) -> Vec<String> {
        row.replace.iter().map(|swap| format!("{}={}", swap.ours, swap.theirs)).collect()
    }

    #[test]
    fn flags_speak_the_buyers_words() {
        for (sample, allowed, style) in [
            ("Yes", &[][..], Style::YesNo),
            ("", &["YES", "NO", "NA"], Style::YesNoUpper),
            ("", &["1", "2"], Style::OneTwo),
            ("1", &[], Style::OneZero),
            ("", &["1", "0"], Style::OneZero),
            ("True", &[], Style::TrueFalse),
            ("N", &[], Style::YN),
        ] {
            assert_eq!(written(FieldKind::Boolean, sample, allowed, "").0.style, style, "{sample} {allowed:?}");
        }
        let (row, remark) = written(FieldKind::Boolean, "", &["Own", "Rent"], "");
        assert_eq!((swaps(&row), remark), (vec!["true=Own".to_owned(), "false=Rent".to_owned()], None));
        assert!(written(FieldKind::Boolean, "maybe", &[], "").1.is_some());
    }

    #[test]
    fn choices_find_their_like() {
        let kind =
            || FieldKind::Choice { values: ["Now", "1-3 months", "3+ months", "Other"].map(str::to_owned).to_vec() };
        let (row, remark) = written(kind(), "", &["Immediately", "1_3_months", "more_than_3_months", "Not Sure"], "");
        assert_eq!(swaps(&row), ["Now=Immediately", "1-3 months=1_3_months", "3+ months=more_than_3_months"]);
        assert_eq!((row.otherwise.as_deref(), remark), (Some("Not Sure"), None));
        let (_, remark) = written(kind(), "", &["Immediately", "Someday"], "");
        assert_eq!(remark.as_deref(), Some("the buyer takes nothing for 1-3 months, 3+ months, Other"));
    }

    #[test]
    fn numbers_fall_into_ranges() {
        let (row, _) = written(FieldKind::Integer { min: 0, max: 110 }, "", &["Under 18", "18-24", "25+"], "");
        let spans: Vec<_> = row.spans.iter().map(|span| (span.from, span.to, span.theirs.as_str())).collect();
        assert_eq!(spans, [(None, Some(17), "Under 18"), (Some(18), Some(24), "18-24"), (Some(25), None, "25+")]);
        assert_eq!(written(FieldKind::Integer { min: 0, max: 9 }, "3", &[], "").0.style, Style::Text);
    }

    #[test]
    fn dates_and_phones_look_as_shown() {
        for (sample, about, style) in [
            ("05/31/1984", "", Style::DateUs),
            ("31/05/1984", "", Style::DateDayFirst),
            ("1984-05-31", "", Style::DateIso),
            ("05-31-1984", "", Style::DateUsDashes),
            ("19840531", "", Style::DateCompact),
            ("", "Format: mm/dd/yyyy", Style::DateUs),
            ("", "", Style::DateIso),
        ] {
            assert_eq!(written(FieldKind::Date, sample, &[], about).0.style, style, "{sample}{about}");
        }
        for (sample, style) in [
            ("3135550142", Style::PhoneDigits),
            ("(313) 555-0142", Style::PhoneNational),
            ("313-555-0142", Style::PhoneDashes),
            ("+13135550142", Style::PhoneE164),
        ] {
            assert_eq!(written(FieldKind::Phone, sample, &[], "").0.style, style, "{sample}");
        }
        assert_eq!(instant("1716230000"), Style::Unix);
        assert_eq!(instant("2026-05-31 19:04:11"), Style::DateTime);
        assert_eq!(instant("2026-05-31T19:04:11Z"), Style::Plain);
    }
}

//! Filters over the fields of a lead, and why one fails in plain words.
//!
//! A condition names a field, a member of a list's record, or a part of either: `state`, `phone.area`, `drivers[0].gender`,
//! `drivers.birth_date.age`. A member without the number of a record means any of them: a condition holds when it holds for
//! one of the records, *none of these* when it holds for all.

use crate::lead::{Band, Decimal, Lead, Schema, Sent};
use model::{
    Micros, Reason,
    field::Visibility,
    filter::{Condition, Filter, Test},
    part::Place,
    trace::{Finding, Stage},
};

/// A filter whose every condition fits the schema.
#[derive(Debug)]
pub(super) struct CompiledFilter(Filter);

impl CompiledFilter {
    pub(super) fn new(filter: &Filter, schema: &Schema, faults: &mut Vec<String>) -> Self {
        validate(filter, schema, 0, faults);
        Self(filter.clone())
    }

    /// Every condition that fails, each with the lead's value and the required one. Of `any` and `none` groups one
    /// finding is made that names the alternatives.
    pub(super) fn check(&self, lead: &Lead, found: &mut Vec<Finding>) {
        explain(&self.0, lead, found);
    }
}

/// Filters nest at most this deep.
const DEEPEST: usize = 16;

fn validate(filter: &Filter, schema: &Schema, depth: usize, faults: &mut Vec<String>) {
    match filter {
        _ if depth > DEEPEST => faults.push(format!("a filter nests more than {DEEPEST} levels")),
        Filter::All(parts) | Filter::Any(parts) | Filter::None(parts) => {
            for part in parts {
                validate(part, schema, depth + 1, faults);
            }
        }
        Filter::Is(condition) => match schema.place(&condition.field) {
            None => faults.push(format!("filter: there is no field {}", condition.field)),
            Some(place) if !fits(&place, &condition.test) => {
                faults.push(format!("filter: this test does not fit the field {}", condition.field));
            }
            Some(_) => {}
        },
    }
}

/// Personal fields can only be there or not: their values never take part in a decision that is shown. Parts of them that
/// many people share may, others not at all.
fn fits(place: &Place<'_>, test: &Test) -> bool {
    match test {
        _ if place.part.is_some() && place.visibility() == Visibility::Personal => false,
        Test::Present | Test::Absent => true,
        _ if place.visibility() == Visibility::Personal => false,
        Test::Between { .. } => place.compares(),
        Test::Flag(_) => place.is_flag(),
        Test::In(_) | Test::NotIn(_) => place.lists(),
        Test::Prefix(_) => place.begins(),
    }
}

fn passes(filter: &Filter, lead: &Lead) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| passes(part, lead)),
        Filter::Any(parts) => parts.iter().any(|part| passes(part, lead)),
        Filter::None(parts) => !parts.iter().any(|part| passes(part, lead)),
        Filter::Is(condition) => holds(condition, lead),
    }
}

fn holds(condition: &Condition, lead: &Lead) -> bool {
    let (path, test) = (condition.field.as_str(), &condition.test);
    let Some(all) = records(path, lead) else { return holds_at(path, test, lead) };
    match test {
        // Of nothing there is nothing that could be wrong, but nothing either that would be right.
        Test::NotIn(_) => !all.is_empty() && all.iter().all(|path| holds_at(path, test, lead)),
        Test::Absent => all.iter().all(|path| holds_at(path, test, lead)),
        _ => all.iter().any(|path| holds_at(path, test, lead)),
    }
}

/// The paths that a path through any record of a list stands for; none when it is about one place.
fn records(path: &str, lead: &Lead) -> Option<Vec<String>> {
    let (list, rest) = path.split_once('.').filter(|(list, _)| !list.contains('['))?;
    lead.schema().place(path).filter(|place| place.list.is_some() && place.index.is_none())?;
    Some((0..lead.records(list)).map(|index| format!("{list}[{index}].{rest}")).collect())
}

fn holds_at(path: &str, test: &Test, lead: &Lead) -> bool {
    match test {
        Test::Present => return lead.has(path),
        Test::Absent => return !lead.has(path),
        _ => {}
    }
    let Some(value) = lead.open(path) else { return false };
    match test {
        Test::Between { min, max } => between(value, *min, *max).unwrap_or(false),
        Test::Flag(want) => value == Sent::Flag(*want),
        Test::In(list) => contains(list, value),
        Test::NotIn(list) => !contains(list, value),
        Test::Prefix(list) => {
            let text = value.text();
            let begins = |prefix: &String| {
                text.get(..prefix.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix))
            };
            list.iter().any(begins)
        }
        Test::Present | Test::Absent => false,
    }
}

/// Whether a number is between two bounds; of a range, whether all of it is. None of what is no number.
fn between(value: Sent<'_>, min: Option<i64>, max: Option<i64>) -> Option<bool> {
    let whole = |bound: i64| i128::from(bound) * 1_000_000;
    let (low, high) = match value {
        Sent::Integer(number) => (Some(whole(number)), Some(whole(number))),
        Sent::Decimal(number) => (Some(millionths(number)), Some(millionths(number))),
        Sent::Money(Micros(micros)) => (Some(i128::from(micros)), Some(i128::from(micros))),
        Sent::Range(span) => (span.low.map(whole), span.high.map(whole)),
        Sent::Band(Band { span, .. }) => (span.low.map(whole), span.high.map(whole)),
        Sent::Flag(_) | Sent::Text(_) | Sent::Phone(_) => return None,
    };
    let above = min.is_none_or(|min| low.is_some_and(|low| low >= whole(min)));
    Some(above && max.is_none_or(|max| high.is_some_and(|high| high <= whole(max))))
}

fn millionths(number: Decimal) -> i128 {
    i128::from(number.millionths())
}

fn contains(list: &[String], value: Sent<'_>) -> bool {
    let text = value.text();
    list.iter().any(|item| item.eq_ignore_ascii_case(&text))
}

fn explain(filter: &Filter, lead: &Lead, found: &mut Vec<Finding>) {
    match filter {
        Filter::All(parts) => parts.iter().for_each(|part| explain(part, lead, found)),
        _ if passes(filter, lead) => {}
        Filter::Is(condition) => {
            found.push(finding(&condition.field, have(&condition.field, lead), want(&condition.test)));
        }
        Filter::Any(parts) => {
            let want = parts.iter().map(words).collect::<Vec<_>>().join(", or ");
            found.push(finding(&subjects(filter), haves(filter, lead), want));
        }
        Filter::None(parts) => {
            let failing: Vec<_> = parts.iter().filter(|part| passes(part, lead)).collect();
            let want = failing.iter().map(|part| format!("not {}", words(part))).collect::<Vec<_>>().join(", ");
            found.push(finding(&subjects(filter), haves(filter, lead), want));
        }
    }
}

fn finding(subject: &str, have: String, want: String) -> Finding {
    Finding::about(Stage::Eligibility, Reason::Filter, subject, have, want)
}

fn have(path: &str, lead: &Lead) -> String {
    if let Some(all) = records(path, lead).filter(|all| !all.is_empty()) {
        return all.iter().map(|path| have_at(path, lead)).collect::<Vec<_>>().join("; ");
    }
    have_at(path, lead)
}

fn have_at(path: &str, lead: &Lead) -> String {
    match lead.open(path) {
        Some(value) => value.text().into_owned(),
        None if lead.has(path) => "•••".to_owned(),
        None => "—".to_owned(),
    }
}

fn fields<'a>(filter: &'a Filter, into: &mut Vec<&'a str>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) | Filter::None(parts) => {
            for part in parts {
                fields(part, into);
            }
        }
        Filter::Is(condition) if !into.contains(&condition.field.as_str()) => into.push(&condition.field),
        Filter::Is(_) => {}
    }
}

fn subjects(filter: &Filter) -> String {
    let mut names = Vec::new();
    fields(filter, &mut names);
    names.join(", ")
}

fn haves(filter: &Filter, lead: &Lead) -> String {
    let mut names = Vec::new();
    fields(filter, &mut names);
    names.iter().map(|name| have(name, lead)).collect::<Vec<_>>().join(", ")
}

fn words(filter: &Filter) -> String {
    let join = |parts: &[Filter], with: &str| parts.iter().map(words).collect::<Vec<_>>().join(with);
    match filter {
        Filter::All(parts) => join(parts, " and "),
        Filter::Any(parts) => format!("({})", join(parts, " or ")),
        Filter::None(parts) => format!("none of ({})", join(parts, ", ")),
        Filter::Is(condition) => format!("{} {}", condition.field, want(&condition.test)),
    }
}

fn want(test: &Test) -> String {
    match test {
        Test::In(list) => format!("one of {}", list.join(", ")),
        Test::NotIn(list) => format!("none of {}", list.join(", ")),
        Test::Between { min: Some(min), max: Some(max) } => format!("{min} to {max}"),
        Test::Between { min: Some(min), max: None } => format!("{min} or more"),
        Test::Between { min: None, max: Some(max) } => format!("{max} or less"),
        Test::Between { min: None, max: None } => "a number".to_owned(),
        Test::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Test::Prefix(list) => format!("beginning with {}", list.join(", ")),
        Test::Present => "a value".to_owned(),
        Test::Absent => "no value".to_owned(),
    }
}

/// A filter as a sentence: *State is MI or OH, and Age is 25 to 64.*
pub(super) fn sentence(filter: &Filter, label: &dyn Fn(&str) -> String) -> String {
    match filter {
        Filter::All(parts) if parts.is_empty() => "Every lead passes.".to_owned(),
        Filter::All(parts) => format!("{}.", said(parts, ", and ", label)),
        other => format!("{}.", phrase(other, label)),
    }
}

fn said(parts: &[Filter], between: &str, label: &dyn Fn(&str) -> String) -> String {
    parts.iter().map(|part| phrase(part, label)).collect::<Vec<_>>().join(between)
}

fn phrase(filter: &Filter, label: &dyn Fn(&str) -> String) -> String {
    let condition = match filter {
        Filter::All(parts) if parts.is_empty() => return "anything".to_owned(),
        Filter::Any(parts) if parts.is_empty() => return "nothing".to_owned(),
        Filter::None(parts) if parts.is_empty() => return "anything".to_owned(),
        Filter::All(parts) => return format!("({})", said(parts, " and ", label)),
        Filter::Any(parts) => return format!("({})", said(parts, " or ", label)),
        Filter::None(parts) => return format!("none of ({})", said(parts, "; ", label)),
        Filter::Is(condition) => condition,
    };
    let test = match &condition.test {
        Test::In(list) => format!("is {}", list.join(" or ")),
        Test::NotIn(list) => format!("is not {}", list.join(" or ")),
        Test::Prefix(list) => format!("begins with {}", list.join(" or ")),
        Test::Present => "is there".to_owned(),
        Test::Absent => "is not there".to_owned(),
        test => format!("is {}", want(test)),
    };
    format!("{} {test}", label(&condition.field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_as_a_sentence() {
        let is = |field: &str, test: Test| Filter::Is(Condition { field: field.to_owned(), test });
        let label = |name: &str| name.to_uppercase();
        let state = is("state", Test::In(vec!["MI".to_owned(), "OH".to_owned()]));
        let age = is("age", Test::Between { min: Some(25), max: Some(64) });
        let flag = Filter::Any(vec![is("insured", Test::Flag(true)), is("email", Test::Absent)]);
        let filter = Filter::All(vec![state, age, flag]);
        let words = "STATE is MI or OH, and AGE is 25 to 64, and (INSURED is yes or EMAIL is not there).";
        assert_eq!(sentence(&filter, &label), words);
        assert_eq!(sentence(&Filter::default(), &label), "Every lead passes.");
    }
}

//! Places in an answer, made ready.

use crate::answer::Answer;
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use std::borrow::Cow;

/// Longest path or pattern, in bytes.
const LONGEST: usize = 500;
/// Stands between places of which the first counts that has something.
const OR: &str = " | ";
/// Most a compiled pattern may take, in bytes. Matching is linear in the text, whatever the pattern.
const PATTERN_SIZE: usize = 1 << 18;

#[derive(Debug, Clone)]
pub(crate) enum Path {
    Status,
    Text,
    Pattern(Regex),
    Steps(Vec<Step>),
    /// The first of several at which there is something.
    Either(Vec<Path>),
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Name(String, Option<usize>),
    Any,
}

impl Path {
    /// Reads a path.
    pub(crate) fn new(written: &str) -> Result<Self, String> {
        let written = written.trim();
        if written.len() > LONGEST {
            return Err(format!("a path has at most {LONGEST} bytes"));
        }
        match written {
            "$status" => return Ok(Self::Status),
            "$body" => return Ok(Self::Text),
            _ => {}
        }
        if let Some(pattern) = written.strip_prefix("re:") {
            return regex(pattern).map(Self::Pattern);
        }
        if written.contains(OR) {
            return written.split(OR).map(Self::new).collect::<Result<_, _>>().map(Self::Either);
        }
        let flat = written.strip_prefix("$.").unwrap_or(written).replace('[', ".").replace(']', "");
        let step = |part: &str| match part {
            "*" => Step::Any,
            name => Step::Name(name.to_owned(), name.parse().ok()),
        };
        if flat.split('.').any(str::is_empty) {
            return Err(format!("{written:?} is not a place in an answer"));
        }
        Ok(Self::Steps(flat.split('.').map(step).collect()))
    }

    /// What is there.
    pub(crate) fn look<'a>(&self, answer: &'a Answer<'_>) -> Option<Cow<'a, Value>> {
        match self {
            Self::Status => Some(Cow::Owned(answer.status.into())),
            Self::Text => Some(Cow::Owned(answer.text.trim().into())),
            Self::Pattern(pattern) => {
                let found = pattern.captures(&answer.text)?;
                Some(Cow::Owned(found.get(1).or_else(|| found.get(0))?.as_str().into()))
            }
            Self::Steps(steps) => within(&answer.tree, steps).map(Cow::Borrowed),
            Self::Either(ways) => ways.iter().find_map(|way| way.look(answer).filter(|found| !nothing(found))),
        }
    }

    /// Whether it leads along names alone, so that it can be followed below a value.
    pub(crate) fn by_names(&self) -> bool {
        match self {
            Self::Steps(_) => true,
            Self::Either(ways) => ways.iter().all(Self::by_names),
            Self::Status | Self::Text | Self::Pattern(_) => false,
        }
    }

    /// What is there below a value.
    pub(crate) fn below<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Steps(steps) => within(value, steps),
            Self::Either(ways) => ways.iter().find_map(|way| way.below(value).filter(|found| !nothing(found))),
            Self::Status | Self::Text | Self::Pattern(_) => None,
        }
    }

    /// Everything that is there, at most so many.
    pub(crate) fn all<'a>(&self, answer: &'a Answer<'_>, most: usize) -> Vec<Cow<'a, Value>> {
        match self {
            Self::Steps(steps) => {
                let mut found = Vec::new();
                every(&answer.tree, steps, most, &mut found);
                found.into_iter().map(Cow::Borrowed).collect()
            }
            Self::Either(ways) => {
                ways.iter().map(|way| way.all(answer, most)).find(|found| !found.is_empty()).unwrap_or_default()
            }
            other => other.look(answer).into_iter().collect(),
        }
    }
}

/// What is written where there is nothing.
fn nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A pattern that cannot take long.
pub(crate) fn regex(pattern: &str) -> Result<Regex, String> {
    let bad = |_| format!("{pattern:?} is not a regular expression that can be used");
    if pattern.len() > LONGEST {
        return Err(format!("a pattern has at most {LONGEST} bytes"));
    }
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(PATTERN_SIZE).build().map_err(bad)
}

/// The first thing at a place. A name on a list is looked for in its items, and the first item of what is no list is
/// itself: in XML, one of a kind and several look different.
fn within<'a>(value: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value) };
    match (step, value) {
        (Step::Any, Value::Object(members)) => members.values().find_map(|value| within(value, rest)),
        (Step::Any, Value::Array(items)) => items.iter().find_map(|value| within(value, rest)),
        (Step::Name(_, Some(index)), Value::Array(items)) => within(items.get(*index)?, rest),
        (Step::Name(..), Value::Array(items)) => items.iter().find_map(|item| within(item, steps)),
        (Step::Name(name, index), _) => match member(value, name) {
            Some(value) => within(value, rest),
            None if *index == Some(0) && !value.is_null() => within(value, rest),
            None => None,
        },
        _ => None,
    }
}

fn every<'a>(value: &'a Value, steps: &[Step], most: usize, found: &mut Vec<&'a Value>) {
    if found.len() >= most {
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        match value {
            Value::Array(items) => items.iter().for_each(|item| every(item, &[], most, found)),
            other => found.push(other),
        }
        return;
    };
    match (step, value) {
        (Step::Any, Value::Object(members)) => members.values().for_each(|value| every(value, rest, most, found)),
        (Step::Any, Value::Array(items)) => items.iter().for_each(|value| every(value, rest, most, found)),
        (Step::Name(_, Some(index)), Value::Array(items)) => {
            items.get(*index).into_iter().for_each(|item| every(item, rest, most, found));
        }
        (Step::Name(..), Value::Array(items)) => items.iter().for_each(|item| every(item, steps, most, found)),
        (Step::Name(name, index), _) => match member(value, name) {
            Some(value) => every(value, rest, most, found),
            None if *index == Some(0) && !value.is_null() => every(value, rest, most, found),
            None => {}
        },
        _ => {}
    }
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

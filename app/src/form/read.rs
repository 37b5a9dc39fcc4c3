//! How the text of an input becomes a value, and a value text again.

use super::place::{ROWS_MAX, get, make, row};
use serde_json::{Map, Value};

/// How the text of an input is read. The word stands in the input's name after the path. Text that cannot be read stays
/// text: whoever checks the document says what is wrong, and the person sees what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Text without the blanks around it.
    Text,
    /// The same; nothing is null.
    Optional,
    /// A whole number; nothing is null.
    Number,
    /// An amount as decimal text, a currency sign and thousands commas taken away; nothing is null.
    Money,
    /// Per cent with up to four decimals, kept as parts per million; nothing is null.
    Percent,
    /// `on`, `true` or `1`; of several the last one counts, so that a hidden empty one goes before a checkbox.
    Flag,
    /// One value in each line.
    Lines,
    /// Values between commas.
    Words,
    /// A list of which every ticked box is a member; an empty one begins it.
    Set,
    /// Begins a list anew, so that rows which were taken away are gone.
    List,
    /// The member that is kept of a choice between several; a word that is no member is the value itself, and nothing is
    /// null.
    Pick,
    /// A whole value as JSON, under what follows.
    Json,
}

const WORDS: [(Reading, &str); 12] = [
    (Reading::Text, "text"),
    (Reading::Optional, "optional"),
    (Reading::Number, "number"),
    (Reading::Money, "money"),
    (Reading::Percent, "percent"),
    (Reading::Flag, "flag"),
    (Reading::Lines, "lines"),
    (Reading::Words, "words"),
    (Reading::Set, "set"),
    (Reading::List, "list"),
    (Reading::Pick, "pick"),
    (Reading::Json, "json"),
];

impl Reading {
    /// The name of the input of a value.
    #[must_use]
    pub fn name(self, path: &str) -> String {
        let word = WORDS.iter().find(|(reading, _)| *reading == self).map_or("text", |(_, word)| word);
        format!("{path}:{word}")
    }

    fn of(name: &str) -> Option<(&str, Self)> {
        let (path, word) = name.rsplit_once(':')?;
        WORDS.iter().find(|(_, have)| *have == word).map(|(reading, _)| (path, *reading))
    }

    fn read(self, text: &str) -> Value {
        let trimmed = text.trim();
        let split = |parts: &mut dyn Iterator<Item = &str>| -> Value {
            parts.map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect::<Vec<_>>().into()
        };
        match self {
            Self::Text | Self::Set | Self::List | Self::Pick => trimmed.into(),
            Self::Flag => matches!(trimmed, "on" | "true" | "1").into(),
            Self::Lines => split(&mut trimmed.lines()),
            Self::Words => split(&mut trimmed.split([',', '\n'])),
            _ if trimmed.is_empty() => Value::Null,
            Self::Optional => trimmed.into(),
            Self::Number => trimmed.parse::<i64>().map_or_else(|_| trimmed.into(), Value::from),
            Self::Money => trimmed.trim_start_matches('$').replace(',', "").trim().into(),
            Self::Percent => ppm(trimmed.trim_end_matches('%').trim()).map_or_else(|| trimmed.into(), Value::from),
            Self::Json => serde_json::from_str(trimmed).unwrap_or_else(|_| trimmed.into()),
        }
    }

    /// The text an input shows for a value.
    #[must_use]
    pub fn write(self, value: &Value) -> String {
        match (self, value) {
            (Self::Json, Value::Null) => String::new(),
            (Self::Json, value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            (Self::Percent, Value::Number(number)) => number.as_i64().map_or_else(|| number.to_string(), percent),
            (Self::Lines, Value::Array(list)) => joined(list, "\n"),
            (_, Value::Array(list)) => joined(list, ", "),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::Bool(flag)) => flag.to_string(),
            (_, Value::Object(members)) => members.keys().next().cloned().unwrap_or_default(),
            (_, Value::Null) => String::new(),
        }
    }
}

fn joined(list: &[Value], between: &str) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    list.iter().map(text).collect::<Vec<_>>().join(between)
}

/// Per cent to parts per million.
fn ppm(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || whole.len() > 6 || part.len() > 4 || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<4}").parse().ok()
}

/// Parts per million as per cent.
fn percent(ppm: i64) -> String {
    let (sign, ppm) = (if ppm < 0 { "-" } else { "" }, ppm.unsigned_abs());
    let text = format!("{sign}{}.{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Lays what was sent over a value.
pub(super) fn lay(value: &mut Value, sent: &[(String, String)]) {
    let mut picks = Vec::new();
    for (name, text) in sent {
        let Some((path, reading)) = Reading::of(name) else { continue };
        if reading == Reading::Pick {
            picks.push((path, text.trim()));
            continue;
        }
        let Some(place) = make(value, path) else { continue };
        match reading {
            Reading::List => *place = Value::Array(Vec::new()),
            Reading::Set if text.is_empty() => *place = Value::Array(Vec::new()),
            Reading::Set => match place {
                Value::Array(list) if list.len() < ROWS_MAX => list.push(reading.read(text)),
                other => *other = vec![reading.read(text)].into(),
            },
            _ => *place = reading.read(text),
        }
    }
    // The inner choices first: what an outer one drops need not be there any more.
    picks.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    for (path, word) in picks {
        let Some(place) = make(value, path) else { continue };
        let kept = place.get_mut(word).map(Value::take);
        *place = match kept {
            Some(kept) => Map::from_iter([(word.to_owned(), kept)]).into(),
            None if word.is_empty() => Value::Null,
            None => word.into(),
        };
    }
}

/// Adds, removes or moves a row when that is what the button says: `add:caps:{…}`, `remove:caps[1]`, `up:caps[1]`,
/// `down:caps[1]`; `show` only draws the form again.
pub(super) fn edit(value: &mut Value, button: &str) -> bool {
    let (what, rest) = button.split_once(':').unwrap_or((button, ""));
    match what {
        "show" => {}
        "add" => {
            let (path, blank) = rest.split_once(':').unwrap_or((rest, "null"));
            let blank = serde_json::from_str(blank).unwrap_or(Value::Null);
            if let Some(place) = make(value, path) {
                match place {
                    Value::Array(list) if list.len() < ROWS_MAX => list.push(blank),
                    Value::Array(_) => {}
                    other => *other = vec![blank].into(),
                }
            }
        }
        "remove" | "up" | "down" => {
            let Some((list, row)) = row(rest) else { return true };
            if get(value, list).is_some()
                && let Some(Value::Array(rows)) = make(value, list)
                && row < rows.len()
            {
                match what {
                    "remove" => drop(rows.remove(row)),
                    "up" if row > 0 => rows.swap(row, row - 1),
                    "down" if row + 1 < rows.len() => rows.swap(row, row + 1),
                    _ => {}
                }
            }
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn laid(base: Value, pairs: &[(&str, &str)]) -> Value {
        let mut value = base;
        let sent: Vec<_> = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        lay(&mut value, &sent);
        value
    }

    #[test]
    fn every_reading() {
        let read = laid(
            json!({}),
            &[
                ("a:text", " x "),
                ("b:optional", " "),
                ("c:number", "12"),
                ("c2:number", "twelve"),
                ("d:money", "$1,250.5"),
                ("e:percent", "62.5%"),
                ("e2:percent", "a lot"),
                ("f:flag", ""),
                ("f:flag", "on"),
                ("g:lines", "a b\r\n\r\nc"),
                ("h:words", "a, b ,"),
                ("i:set", ""),
                ("i:set", "phone"),
                ("j:json", "{\"x\":1}"),
                ("k", "the page's own"),
                ("l:other", "unknown"),
            ],
        );
        let wanted = json!({
            "a": "x", "b": null, "c": 12, "c2": "twelve", "d": "1250.5", "e": 625_000, "e2": "a lot", "f": true,
            "g": ["a b", "c"], "h": ["a", "b"], "i": ["phone"], "j": { "x": 1 },
        });
        assert_eq!(read, wanted);
    }

    #[test]
    fn rows_that_were_taken_away_are_gone_and_hidden_members_stay() {
        let base = json!({ "tiers": [{ "name": "A", "x": 1 }, { "name": "B", "x": 2 }] });
        let sent = [("tiers:list", ""), ("tiers[0]:json", "{\"name\":\"B\",\"x\":2}"), ("tiers[0].name:text", "C")];
        assert_eq!(laid(base, &sent), json!({ "tiers": [{ "name": "C", "x": 2 }] }));
    }

    #[test]
    fn of_a_choice_one_is_kept() {
        let sent = [("payout.fixed:money", "6"), ("payout.share:percent", "60"), ("payout:pick", "share")];
        assert_eq!(laid(json!({ "payout": { "fixed": "1.00" } }), &sent), json!({ "payout": { "share": 600_000 } }));
        let sent = [("per.value.field:text", "state"), ("per:pick", "all")];
        assert_eq!(laid(json!({}), &sent), json!({ "per": "all" }));
        assert_eq!(laid(json!({ "floor": 1 }), &[("floor:pick", "")]), json!({ "floor": null }));
        // A choice inside of a choice.
        let sent = [("a.x.b.one:text", "1"), ("a.x.b.two:text", "2"), ("a:pick", "x"), ("a.x.b:pick", "two")];
        assert_eq!(laid(json!({}), &sent), json!({ "a": { "x": { "b": { "two": "2" } } } }));
    }

    #[test]
    fn rows_are_added_removed_and_moved() {
        let mut value = json!({ "tiers": [1, 2, 3] });
        assert!(edit(&mut value, "up:tiers[2]"));
        assert_eq!(value["tiers"], json!([1, 3, 2]));
        assert!(edit(&mut value, "down:tiers[2]") && edit(&mut value, "remove:tiers[0]"));
        assert_eq!(value["tiers"], json!([3, 2]));
        assert!(edit(&mut value, "add:tiers:{\"name\":\"\"}") && edit(&mut value, "add:caps:1"));
        assert_eq!(value, json!({ "tiers": [3, 2, { "name": "" }], "caps": [1] }));
        assert!(edit(&mut value, "remove:tiers[99]") && edit(&mut value, "show") && edit(&mut value, "up:x"));
        assert!(!edit(&mut value, "save") && !edit(&mut value, "publish"));
    }

    #[test]
    fn what_is_written_is_read_back() {
        for ppm in [0, 1, 5_000, 625_000, 1_000_000, 123_456] {
            let text = Reading::Percent.write(&json!(ppm));
            assert_eq!(Reading::Percent.read(&text), json!(ppm), "{text}");
        }
        let list = json!(["a b", "c"]);
        assert_eq!(Reading::Lines.read(&Reading::Lines.write(&list)), list);
        assert_eq!(Reading::Text.write(&json!({ "share": 1 })), "share");
    }
}

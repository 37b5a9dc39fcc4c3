//! What changed between two versions of a document, in plain sentences with the path of each change beside them.
//!
//! Documents are compared as JSON, so that a member added to a campaign or a contract is told about without a line
//! here; [`words`](self) only gives well-known paths their names. Lists whose items have a name are compared by it,
//! other lists as sets, so that an item in front of others does not read as a change of all of them.

mod words;

use serde::Serialize;
use serde_json::Value;
use words::{Unit, name_of, text, unit_of};

pub use words::is_money;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: `contracts[Summit auction].price.floor`. Items of lists stand in brackets by their name.
    pub path: String,
    /// What changed, for people: `Contract "Summit auction": floor 4.00 → 5.00`.
    pub sentence: String,
    /// What was there; null when nothing was.
    pub before: Value,
    /// What is there now; null when nothing is.
    pub after: Value,
}

/// What is compared: whose changes they are, and what the sentences begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Where the document is in the whole: `contracts[Summit auction]`; empty for a document alone.
    pub path: &'a str,
    /// What a sentence begins with: `Contract "Summit auction"`.
    pub title: &'a str,
}

/// Every change from `before` to `after`. Secrets must be masked by the caller; a secret that changed is recognised by
/// the two masks being different texts.
#[must_use]
pub fn differences(subject: Subject<'_>, before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    match (before, after) {
        (Value::Null, Value::Null) => {}
        (Value::Null, after) => found.push(one(subject, "added", before, after)),
        (before, Value::Null) => found.push(one(subject, "removed", before, after)),
        (before, after) => Walk { subject, found: &mut found }.values(&Place::default(), before, after),
    }
    found
}

fn one(subject: Subject<'_>, what: &str, before: &Value, after: &Value) -> Difference {
    Difference {
        path: subject.path.to_owned(),
        sentence: format!("{} {what}", subject.title),
        before: before.clone(),
        after: after.clone(),
    }
}

/// Where the walk is: the path as it is told, and the pattern words are looked up by (items of lists are `*`).
#[derive(Debug, Clone, Default)]
struct Place {
    path: String,
    pattern: Vec<String>,
    items: Vec<String>,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let mut place = self.clone();
        if !place.path.is_empty() {
            place.path.push('.');
        }
        place.path.push_str(name);
        place.pattern.push(name.to_owned());
        place
    }

    fn item(&self, name: &str) -> Self {
        let mut place = self.clone();
        place.path.push_str(&format!("[{name}]"));
        place.pattern.push("*".to_owned());
        place.items.push(name.to_owned());
        place
    }
}

struct Walk<'a, 'b> {
    subject: Subject<'a>,
    found: &'b mut Vec<Difference>,
}

impl Walk<'_, '_> {
    fn values(&mut self, place: &Place, before: &Value, after: &Value) {
        match (before, after) {
            _ if before == after => {}
            // A condition is said as a whole: its members mean nothing alone.
            (old, new) if old.get("is").is_some() && new.get("is").is_some() => self.changed(place, old, new),
            // A tagged choice (`{"fixed": …}` and `{"share": …}`) changed as a whole, not member by member.
            (Value::Object(old), Value::Object(new)) if old.len() > 1 || new.len() > 1 || same_keys(old, new) => {
                for (name, value) in old {
                    self.values(&place.member(name), value, new.get(name).unwrap_or(&Value::Null));
                }
                for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                    self.values(&place.member(name), &Value::Null, value);
                }
            }
            (Value::Array(old), Value::Array(new)) => match (named(old), named(new)) {
                (Some(old), Some(new)) if !(old.is_empty() && new.is_empty()) => self.named(place, &old, &new),
                _ => self.sets(place, old, new),
            },
            _ => self.changed(place, before, after),
        }
    }

    fn named(&mut self, place: &Place, old: &[(String, &Value)], new: &[(String, &Value)]) {
        let find =
            |list: &[(String, &Value)], name: &str| list.iter().find(|(n, _)| n == name).map(|(_, v)| (*v).clone());
        for (name, value) in old {
            let item = place.item(name);
            match find(new, name) {
                Some(now) => self.values(&item, value, &now),
                None => self.item(&item, "removed", value, &Value::Null),
            }
        }
        for (name, value) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
            self.item(&place.item(name), "added", &Value::Null, value);
        }
        let kept = |list: &[(String, &Value)], other: &[(String, &Value)]| -> Vec<String> {
            list.iter().map(|(name, _)| name.clone()).filter(|name| find(other, name).is_some()).collect()
        };
        let (was, is) = (kept(old, new), kept(new, old));
        if was != is {
            let name = name_of(&place.pattern, &place.items);
            self.say(place, &format!("{name} in another order"), was.into(), is.into());
        }
    }

    /// Lists of plain values and of things without a name.
    fn sets(&mut self, place: &Place, old: &[Value], new: &[Value]) {
        let (gone, come) = (without(old, new), without(new, old));
        if gone.is_empty() && come.is_empty() {
            let name = name_of(&place.pattern, &place.items);
            return self.say(place, &format!("{name} in another order"), old.into(), new.into());
        }
        if old.is_empty() || new.is_empty() || gone.len() + come.len() > 6 {
            return self.changed(place, &old.into(), &new.into());
        }
        let unit = unit_of(&place.pattern);
        let words = |list: &[Value]| list.iter().map(|item| text(item, unit)).collect::<Vec<_>>().join(", ");
        let name = name_of(&place.pattern, &place.items);
        let sentence = match (gone.is_empty(), come.is_empty()) {
            (false, false) => format!("{name}: {} → {}", words(&gone), words(&come)),
            (false, true) => format!("{name} without {}", words(&gone)),
            _ => format!("{name} with {}", words(&come)),
        };
        self.say(place, &sentence, old.into(), new.into());
    }

    fn item(&mut self, place: &Place, what: &str, before: &Value, after: &Value) {
        let sentence = format!("{} {what}", name_of(&place.pattern, &place.items));
        self.say(place, &sentence, before.clone(), after.clone());
    }

    fn changed(&mut self, place: &Place, before: &Value, after: &Value) {
        let (name, unit) = (name_of(&place.pattern, &place.items), unit_of(&place.pattern));
        let sentence = match (unit, before, after) {
            (Unit::Secret, ..) => format!("{name} changed"),
            (_, Value::Bool(false), Value::Bool(true)) if place.path == "active" => "resumed".to_owned(),
            (_, Value::Bool(true), Value::Bool(false)) if place.path == "active" => "paused".to_owned(),
            _ => format!("{name} {} → {}", text(before, unit), text(after, unit)),
        };
        self.say(place, &sentence, before.clone(), after.clone());
    }

    fn say(&mut self, place: &Place, sentence: &str, before: Value, after: Value) {
        let dot = if self.subject.path.is_empty() || place.path.is_empty() { "" } else { "." };
        self.found.push(Difference {
            path: format!("{}{dot}{}", self.subject.path, place.path),
            sentence: format!("{}: {sentence}", self.subject.title),
            before,
            after,
        });
    }
}

fn same_keys(old: &serde_json::Map<String, Value>, new: &serde_json::Map<String, Value>) -> bool {
    old.len() == new.len() && old.keys().all(|key| new.contains_key(key))
}

/// The items by their names, when every item has one and no two have the same.
fn named(list: &[Value]) -> Option<Vec<(String, &Value)>> {
    let name = |item: &Value| ["slug", "name", "to"].iter().find_map(|key| item.get(key)?.as_str().map(str::to_owned));
    let items: Option<Vec<_>> = list.iter().map(|item| Some((name(item)?, item))).collect();
    items.filter(|items| {
        items.iter().enumerate().all(|(at, (name, _))| items[..at].iter().all(|(before, _)| before != name))
    })
}

/// The items of `list` that are not in `other`; what is there twice counts twice.
fn without(list: &[Value], other: &[Value]) -> Vec<Value> {
    let mut left = other.to_vec();
    let mut only = Vec::new();
    for item in list {
        match left.iter().position(|have| have == item) {
            Some(at) => drop(left.swap_remove(at)),
            None => only.push(item.clone()),
        }
    }
    only
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SUMMIT: Subject<'_> = Subject { path: "contracts[Summit]", title: "Contract \"Summit\"" };

    fn told(before: &Value, after: &Value) -> Vec<String> {
        let told = differences(SUMMIT, before, after);
        told.into_iter().map(|difference| difference.sentence.replace("Contract \"Summit\"", "§")).collect()
    }

    #[test]
    fn the_same_has_no_differences() {
        let contract = json!({ "name": "Summit", "price": { "floor": 4_000_000 }, "caps": [] });
        assert_eq!(differences(SUMMIT, &contract, &contract), []);
    }

    #[test]
    fn money_is_told_as_money_and_the_path_is_told_too() {
        let before = json!({ "price": { "floor": 4_000_000, "fixed": null } });
        let after = json!({ "price": { "floor": 5_000_000, "fixed": "6.50" } });
        let found = differences(SUMMIT, &before, &after);
        assert_eq!(found[0].sentence, "Contract \"Summit\": floor 4.00 → 5.00");
        assert_eq!(found[0].path, "contracts[Summit].price.floor");
        assert_eq!((&found[0].before, &found[0].after), (&json!(4_000_000), &json!(5_000_000)));
        assert_eq!(found[1].sentence, "Contract \"Summit\": fixed price none → 6.50");
    }

    #[test]
    fn what_follows_an_auction_is_told() {
        let terms = |times: u32| json!({ "slug": "auto", "reoffer": { "after_minutes": 30, "times": times, "fresh_minutes": 120 } });
        assert_eq!(
            told(&json!({ "slug": "auto" }), &terms(1)),
            ["§: offered again none → once, every 30 minutes, for 120 minutes"]
        );
        assert_eq!(told(&terms(1), &terms(3)), ["§: times offered again 1 → 3"]);
        let on = |word: &str| json!({ "silent_on": word });
        assert_eq!(told(&on("always"), &on("unsold")), ["§: gets copies of leads always → unsold"]);
    }

    #[test]
    fn things_come_and_go() {
        let thing = json!({ "name": "Summit" });
        assert_eq!(told(&Value::Null, &thing), ["§ added"]);
        assert_eq!(told(&thing, &Value::Null), ["§ removed"]);
        assert_eq!(told(&json!({ "active": true }), &json!({ "active": false })), ["§: paused"]);
        assert_eq!(told(&json!({ "active": false }), &json!({ "active": true })), ["§: resumed"]);
    }

    #[test]
    fn items_are_known_by_their_names() {
        let field = |name: &str, required: bool| json!({ "name": name, "required": required });
        let before = json!({ "fields": [field("zip", true), field("age", true), field("state", true)] });
        let after = json!({ "fields": [field("phone", true), field("zip", false), field("state", true)] });
        assert_eq!(
            told(&before, &after),
            ["§: field zip: required yes → no", "§: field age removed", "§: field phone added",]
        );
        let turned = json!({ "fields": [field("age", true), field("zip", true), field("state", true)] });
        assert_eq!(told(&before, &turned), ["§: fields in another order"]);
    }

    #[test]
    fn a_secret_that_changed_is_told_without_it() {
        let call =
            |value: &str| json!({ "delivery": { "post": { "headers": [{ "name": "X-Key", "value": value }] } } });
        assert_eq!(told(&call("•••"), &call("••• (new)")), ["§: post secret X-Key changed"]);
        assert_eq!(told(&call("•••"), &call("•••")), [""; 0]);
    }

    #[test]
    fn choices_lists_and_whole_conditions() {
        assert_eq!(
            told(&json!({ "payout": { "fixed": 9_000_000 } }), &json!({ "payout": { "share": 600_000 } })),
            ["§: payout 9.00 → 60 %"]
        );
        assert_eq!(
            told(&json!({ "duplicates": { "by": ["phone"] } }), &json!({ "duplicates": { "by": ["phone", "email"] } })),
            ["§: duplicates by with email"]
        );
        let cap = |count: u32| json!({ "caps": [{ "window": "day", "limit": { "count": count } }] });
        assert_eq!(told(&cap(50), &cap(80)), ["§: caps: 50 per day → 80 per day"]);
        let span = |start: u16| json!({ "schedule": { "spans": [{ "weekday": 0, "start": start, "end": 1080 }] } });
        assert_eq!(told(&span(480), &span(540)), ["§: hours: Mon 08:00 to 18:00 → Mon 09:00 to 18:00"]);
        assert_eq!(
            told(&json!({ "sources": "all" }), &json!({ "sources": { "only": ["form"] } })),
            ["§: sources all → only form"]
        );
    }

    #[test]
    fn what_is_new_to_us_is_told_by_its_path() {
        let before = json!({ "routing": { "second_chance": false } });
        let after = json!({ "routing": { "second_chance": true, "detours": 3 } });
        assert_eq!(told(&before, &after), ["§: routing second chance no → yes", "§: routing detours none → 3",]);
    }

    #[test]
    fn filters_read_as_conditions() {
        let age = |min: i64| {
            json!({ "filter": { "all": [
            { "is": { "field": "age", "test": { "between": { "min": min, "max": 75 } } } },
            { "is": { "field": "state", "test": { "in": ["MI", "OH"] } } },
        ] } })
        };
        let alone = |min: i64| json!({ "filter": age(min)["filter"]["all"][0] });
        assert_eq!(told(&alone(25), &alone(30)), ["§: filter age between 25 and 75 → age between 30 and 75"]);
        assert_eq!(told(&age(25), &age(30)), ["§: filter: age between 25 and 75 → age between 30 and 75"]);
    }
}

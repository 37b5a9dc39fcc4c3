//! Names for well-known paths of documents, and values as people write them. What is not here is told by its path.

use model::Micros;
use serde_json::Value;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// As it is.
    Plain,
    /// Millionths, as a decimal.
    Money,
    /// Milliseconds.
    Millis,
    /// Days.
    Days,
    /// Minutes.
    Minutes,
    /// Not at all.
    Secret,
}

use Unit::{Days, Millis, Minutes, Money, Plain, Secret};

/// Patterns (`*` is an item of a list, in the words `{}` is its name), words, and how the value is written. The longest
/// pattern that ends a path, or is the whole of it when it begins with `/`, is taken.
const WORDS: &[(&str, &str, Unit)] = &[
    ("/active", "active", Plain),
    ("/auction.floor", "floor", Money),
    ("/auction.min_margin", "least margin", Money),
    ("/auction.max_buyers", "buyers that may share a lead", Plain),
    ("/auction.look_ahead", "looking ahead", Plain),
    ("/auction.tiers", "tiers", Plain),
    ("/auction.tiers.*", "tier {}", Plain),
    ("/auction.posts", "posts per lead", Plain),
    ("/auction.doubts.most", "unknown posts from which a contract is spared", Plain),
    ("/auction.doubts.of", "posts looked at for unknown ones", Plain),
    ("/auction.deadline_ms", "deadline", Millis),
    ("/auction.post_reserve_ms", "time kept for the post", Millis),
    ("/duplicates.same_buyer_days", "same buyer not again for", Days),
    ("/duplicates.cross_buyer_days", "other buyers not for", Days),
    ("/duplicates.by", "duplicates by", Plain),
    ("/fallback_url", "page when nobody bought", Plain),
    ("/hosted_form", "form", Plain),
    ("/hosted_form.active", "form open", Plain),
    ("/hosted_form.source_id", "source of the form", Plain),
    ("/hosted_form.title", "title of the form", Plain),
    ("/hosted_form.intro", "beginning of the form", Plain),
    ("/hosted_form.consent_text", "consent text of the form", Plain),
    ("/hosted_form.button", "button of the form", Plain),
    ("/hosted_form.thanks", "thanks of the form", Plain),
    ("/hosted_form.privacy_url", "privacy page of the form", Plain),
    ("/reoffer", "offered again", Plain),
    ("/reoffer.after_minutes", "offered again after", Minutes),
    ("/reoffer.times", "times offered again", Plain),
    ("/reoffer.fresh_minutes", "not offered any more after", Minutes),
    ("/silent_on", "gets copies of leads", Plain),
    ("/consent_required", "consent required", Plain),
    ("/consent", "consent", Plain),
    ("/consent.text", "consent text", Plain),
    ("/consent.known_only", "known words only", Plain),
    ("/fields", "fields", Plain),
    ("/fields.*", "field {}", Plain),
    ("/floor", "floor", Money),
    ("/payout", "payout", Plain),
    ("/payout.fixed", "payout", Money),
    ("/payout.between.min", "least payout", Money),
    ("/payout.between.max", "most payout", Money),
    ("/payout.less", "payout: all but", Money),
    ("/payout.bands", "payout by price", Plain),
    ("/payout.bands.*.from", "from the price", Money),
    ("/pings.per_minute", "pings per minute", Plain),
    ("/pings.per_second", "pings per second", Plain),
    ("/pings.per_day", "pings per day", Plain),
    ("/pings.per_win", "pings per sale", Plain),
    ("/pings.per_lead", "pings per lead", Plain),
    ("/credit", "balance and credit", Plain),
    ("/credit.paid_in", "paid in", Money),
    ("/credit.limit", "credit", Money),
    ("/price.fixed", "fixed price", Money),
    ("/price.floor", "floor", Money),
    ("/price.max_bid", "highest bid", Money),
    ("/price.delivery_cost", "cost of delivery", Money),
    ("/price.return_share", "expected returns", Plain),
    ("/returns", "returns", Plain),
    ("/returns.days", "returns within", Days),
    ("/returns.reasons", "reasons of returns", Plain),
    ("/returns.automatic_up_to", "returns taken back at once", Plain),
    ("/returns.frees_caps", "returns free caps", Plain),
    ("/portal", "what its buyer may change", Plain),
    ("/portal.pause", "pausing by its buyer", Plain),
    ("/portal.caps", "caps by its buyer", Plain),
    ("/portal.schedule", "schedule by its buyer", Plain),
    ("/keeps_payout", "keeps the payout of returns", Plain),
    ("/routing.exclusive_rank", "rank before the auction", Plain),
    ("/routing.first_refusal", "first refusal above the floor", Plain),
    ("/routing.tier", "tier", Plain),
    ("/routing.weight", "weight", Plain),
    ("/routing.sharing", "sharing", Plain),
    ("/routing.competitor_group", "competitors", Plain),
    ("/schedule.from", "begins", Plain),
    ("/schedule.until", "ends", Plain),
    ("/schedule.pauses", "planned pauses", Plain),
    ("/filter", "filter", Plain),
    ("/filter.all", "filter", Plain),
    ("/filter.any", "filter", Plain),
    ("/filter.none", "filter", Plain),
    ("/sources", "sources", Plain),
    ("/sources.only", "only the sources", Plain),
    ("/sources.except", "not the sources", Plain),
    ("/caps", "caps", Plain),
    ("/caps.*.limit.money", "cap", Money),
    ("/schedule.spans", "hours", Plain),
    ("/schedule.holidays", "closed days", Plain),
    ("/certificate_required", "certificate required", Plain),
    ("/on_unknown", "after a post without a known outcome", Plain),
    ("/delivery.ping", "ping", Plain),
    ("/delivery.post", "post", Plain),
    ("/delivery.ping.url", "ping address", Plain),
    ("/delivery.post.url", "post address", Plain),
    ("/delivery.ping.timeout_ms", "ping time-out", Millis),
    ("/delivery.post.timeout_ms", "post time-out", Millis),
    ("/delivery.ping.headers", "ping headers", Plain),
    ("/delivery.post.headers", "post headers", Plain),
    ("/delivery.ping.headers.*", "ping header {}", Plain),
    ("/delivery.post.headers.*", "post header {}", Plain),
    ("/delivery.ping.headers.*.value", "ping secret {}", Secret),
    ("/delivery.post.headers.*.value", "post secret {}", Secret),
    ("/delivery.ping.rows", "ping body", Plain),
    ("/delivery.post.rows", "post body", Plain),
    ("/delivery.ping.rows.*", "ping member {}", Plain),
    ("/delivery.post.rows.*", "post member {}", Plain),
    ("/legal_name", "legal name", Plain),
    ("/zone", "time zone", Plain),
    ("/slug", "short name", Plain),
    ("/vertical_id", "vertical", Plain),
    ("/campaign_id", "campaign", Plain),
    ("/buyer_id", "buyer", Plain),
    ("/backup", "backup", Plain),
];

fn find(pattern: &[String]) -> Option<&'static (&'static str, &'static str, Unit)> {
    let path = format!("/{}", pattern.join("."));
    WORDS.iter().find(|(known, ..)| *known == path)
}

/// Whether the member at this path of a document is an amount of money. Items of lists are `*`.
#[must_use]
pub fn is_money(pattern: &[String]) -> bool {
    unit_of(pattern) == Money
}

pub(super) fn unit_of(pattern: &[String]) -> Unit {
    find(pattern).map_or(Plain, |(_, _, unit)| *unit)
}

/// What people call the place: the words of the longest known beginning, and the rest of the path in plain letters.
pub(super) fn name_of(pattern: &[String], items: &[String]) -> String {
    let known =
        (1..=pattern.len()).rev().find_map(|length| find(&pattern[..length]).map(|(_, words, _)| (length, *words)));
    let (length, words) = known.unwrap_or((0, ""));
    let used = pattern[..length].iter().filter(|part| *part == "*").count();
    let mut name = match used.checked_sub(1).and_then(|last| items.get(last)) {
        Some(item) => words.replace("{}", item),
        None => words.to_owned(),
    };
    // Members below an item read as `field zip: required`.
    if words.contains("{}") && length < pattern.len() {
        name.push(':');
    }
    let mut item = used;
    for part in &pattern[length..] {
        let part = if part == "*" {
            item += 1;
            items.get(item - 1).cloned().unwrap_or_default()
        } else {
            part.replace('_', " ")
        };
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&part);
    }
    name
}

/// A value as people write it.
pub(super) fn text(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Null, _) => "none".to_owned(),
        (_, Secret) => "•••".to_owned(),
        (Value::Number(number), Money) => {
            number.as_i64().map_or_else(|| number.to_string(), |n| Micros(n).to_decimal())
        }
        (Value::Number(number), Millis) => format!("{number} ms"),
        (Value::Number(number), Days) => format!("{number} days"),
        (Value::Number(number), Minutes) => format!("{number} minutes"),
        (Value::Number(number), _) => number.to_string(),
        (Value::Bool(true), _) => "yes".to_owned(),
        (Value::Bool(false), _) => "no".to_owned(),
        (Value::String(text), _) if text.is_empty() => "nothing".to_owned(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(list), _) if list.is_empty() => "none".to_owned(),
        (Value::Array(list), _) => list.iter().map(|item| text(item, unit)).collect::<Vec<_>>().join(", "),
        (Value::Object(_), _) => object(value),
    }
}

fn object(value: &Value) -> String {
    known(value).unwrap_or_else(|| {
        let members = value.as_object().into_iter().flatten();
        let shown = members.filter(|(_, value)| !value.is_null() && **value != Value::Array(Vec::new()));
        shown
            .map(|(name, value)| format!("{} {}", name.replace('_', " "), text(value, Plain)))
            .collect::<Vec<_>>()
            .join(", ")
    })
}

/// Things that have a way of being said: caps, hours, payouts, conditions.
fn known(value: &Value) -> Option<String> {
    let money = |value: &Value| text(value, Money);
    if let (Some(window), Some(limit)) = (value.get("window").and_then(Value::as_str), value.get("limit")) {
        let limit = limit.get("money").map(money).or_else(|| limit.get("count").map(|count| text(count, Plain)))?;
        return Some(if window == "total" { format!("{limit} in total") } else { format!("{limit} per {window}") });
    }
    if let (Some(day), Some(start), Some(end)) =
        (number(value, "weekday"), number(value, "start"), number(value, "end"))
    {
        let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].get(usize::try_from(day).ok()?)?;
        return Some(format!("{day} {} to {}", clock(start), clock(end)));
    }
    if let (Some(after), Some(times), Some(fresh)) =
        (number(value, "after_minutes"), number(value, "times"), number(value, "fresh_minutes"))
    {
        let often = if times == 1 { "once".to_owned() } else { format!("{times} times") };
        return Some(format!("{often}, every {after} minutes, for {fresh} minutes"));
    }
    if let Some(condition) = value.get("is") {
        return Some(format!("{} {}", condition.get("field")?.as_str()?, test(condition.get("test")?)));
    }
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, inner) = object.iter().next()?;
    Some(match (name.as_str(), inner) {
        ("fixed", inner) => money(inner),
        ("share", inner) => {
            format!("{} %", Micros(inner.as_i64()?.checked_mul(100)?).to_decimal().trim_end_matches(".00"))
        }
        ("all", Value::Array(parts)) if parts.is_empty() => "everything".to_owned(),
        ("all", Value::Array(parts)) => join(parts, " and "),
        ("any", Value::Array(parts)) => format!("({})", join(parts, " or ")),
        ("none", Value::Array(parts)) => format!("none of ({})", join(parts, ", ")),
        _ => return None,
    })
}

fn join(parts: &[Value], with: &str) -> String {
    parts.iter().map(|part| text(part, Plain)).collect::<Vec<_>>().join(with)
}

fn test(test: &Value) -> String {
    let bound =
        |range: &Value, name: &str| range.get(name).filter(|bound| !bound.is_null()).map(|bound| text(bound, Plain));
    if let Some(range) = test.get("between") {
        return match (bound(range, "min"), bound(range, "max")) {
            (Some(min), Some(max)) => format!("between {min} and {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any number".to_owned(),
        };
    }
    match test {
        Value::String(word) => word.clone(),
        test => object(test),
    }
}

fn number(value: &Value, name: &str) -> Option<i64> {
    value.get(name)?.as_i64()
}

fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

//! Caps that fill and balances that run out.

use super::{BalanceFigures, CapFigures, minutes, share, words::counted};
use model::{
    Micros, Timestamp,
    alert::{AlertKind, AlertSettings, Quantity, Sighting},
    cap::{Limit, Window},
};

/// A cap that is full, or nearly: one of both. A cap of nothing is a decision and no news.
pub(super) fn cap(settings: &AlertSettings, of: &CapFigures, now: Timestamp) -> Option<Sighting> {
    let (taken, limit, kind_of) = match of.limit {
        Limit::Count(limit) => (of.counter.used + of.counter.held, i64::from(limit), "count"),
        Limit::Money(limit) => ((of.counter.used_money + of.counter.held_money).0, limit.0, "money"),
    };
    let full = taken >= limit;
    if limit <= 0 || (!full && share(taken, limit) < settings.cap_near) {
        return None;
    }
    let quantity = |amount: i64| match of.limit {
        Limit::Count(_) => Quantity::Count(amount),
        Limit::Money(_) => Quantity::Money(Micros(amount)),
    };
    let said = match of.limit {
        Limit::Count(limit) => counted(i64::from(limit), "lead", "leads"),
        Limit::Money(limit) => format!("{limit} of revenue"),
    };
    let window = match of.window {
        Window::Total => "for ever".to_owned(),
        window => format!("in {} {}", if window == Window::Hour { "an" } else { "a" }, window.name()),
    };
    let cause = if full {
        let until = if of.ends.is_empty() { "the cap is raised".to_owned() } else { of.ends.clone() };
        format!("Its cap of {said} {window} is used up: it buys nothing until {until}.")
    } else {
        format!("{} of {said} {window} are used.{}", quantity(taken), forecast(of, taken, limit, now))
    };
    // In a window that begins anew the same happens anew; with another limit it is not the same.
    let episode = if of.end.is_some() { format!("{}/{limit}", of.start.0) } else { String::new() };
    Some(Sighting {
        kind: if full { AlertKind::CapReached } else { AlertKind::CapNear },
        subject: format!("{}/{}/{kind_of}", of.scope, of.window.name()),
        episode,
        about: of.about.clone(),
        value: quantity(taken),
        threshold: if full { quantity(limit) } else { Quantity::Share(settings.cap_near) },
        cause,
        buyer_id: Some(of.buyer),
        contract_id: of.contract,
        endpoint_id: None,
    })
}

/// When it is full if it goes on as it went since the window began, if that is before the window ends.
fn forecast(of: &CapFigures, taken: i64, limit: i64, now: Timestamp) -> String {
    let passed = i128::from(now.0 - of.start.0);
    let left = (i128::from(limit - taken) * passed).checked_div(i128::from(taken));
    let full_at = left.and_then(|left| i64::try_from(left).ok()).map(|left| Timestamp(now.0.saturating_add(left)));
    match (full_at, of.end) {
        (Some(at), Some(end)) if at < end => {
            format!(" At this pace it is full in {}.", Quantity::Minutes(minutes(now, at).max(1)))
        }
        (_, Some(_)) => " At this pace it lasts until its window ends.".to_owned(),
        _ => String::new(),
    }
}

/// A buyer whose money is nearly used: nothing is left, or less than so many days like the last seven cost, or it owes
/// nearly as much as it may.
pub(super) fn balance(settings: &AlertSettings, of: &BalanceFigures) -> Option<Sighting> {
    let left = of.paid_in + of.credit - of.used;
    let pace = Micros(of.week.0.max(0) / 7 * i64::from(settings.balance_days));
    let owes = (of.used - of.paid_in).max(Micros::ZERO);
    let nearly_owed = of.credit > Micros::ZERO && share(owes.0, of.credit.0) >= settings.cap_near;
    if left > pace.max(Micros::ZERO) && !nearly_owed {
        return None;
    }
    let lasts = match (left.0.max(0) * 7).checked_div(of.week.0.max(0)) {
        _ if left <= Micros::ZERO => " It buys nothing until it has paid.".to_owned(),
        Some(0) => " At the pace of the last seven days it lasts for less than a day.".to_owned(),
        Some(days) => format!(" At the pace of the last seven days it lasts for {}.", counted(days, "day", "days")),
        None => String::new(),
    };
    let of_credit =
        if of.credit > Micros::ZERO { format!(" It owes {owes} and may owe {}.", of.credit) } else { String::new() };
    Some(Sighting {
        kind: AlertKind::Balance,
        subject: of.buyer.to_string(),
        episode: String::new(),
        about: of.about.clone(),
        value: Quantity::Money(left),
        threshold: Quantity::Money(if nearly_owed && left > pace { credit_floor(settings, of) } else { pace }),
        cause: format!("{} of what it paid in and may owe are left.{of_credit}{lasts}", left.max(Micros::ZERO)),
        buyer_id: Some(of.buyer),
        contract_id: None,
        endpoint_id: None,
    })
}

/// What is left of the credit when it is nearly used.
fn credit_floor(settings: &AlertSettings, of: &BalanceFigures) -> Micros {
    let kept = i128::from(of.credit.0) * i128::from(1_000_000_u32.saturating_sub(settings.cap_near)) / 1_000_000;
    Micros(i64::try_from(kept).unwrap_or(i64::MAX))
}

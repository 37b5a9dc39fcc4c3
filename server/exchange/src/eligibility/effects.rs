//! What a contract's terms come to, in sentences: its filter over stored leads, its hours, its caps as they stand.

use super::{CompiledContract, filter};
use crate::{
    caps::{CapKey, Counter, Scope},
    lead::Lead,
};
use model::{
    Timestamp,
    cap::{Cap, Limit, Per},
    effects::{CapEffect, Failing, Sample},
    trace::Finding,
};
use std::collections::BTreeMap;

impl CompiledContract {
    /// The filter in a sentence, with the fields as people call them.
    #[must_use]
    pub fn filter_words(&self, label: &dyn Fn(&str) -> String) -> String {
        filter::sentence(&self.contract.filter, label)
    }

    /// The filter held against leads. No lead's value is in the answer.
    pub fn sample(&self, leads: impl Iterator<Item = Lead>) -> Sample {
        let (mut seen, mut pass) = (0, 0);
        let mut failing: BTreeMap<String, u32> = BTreeMap::new();
        for lead in leads {
            seen += 1;
            let mut found = Vec::new();
            self.filter.check(&lead, &mut found);
            if found.is_empty() {
                pass += 1;
            }
            for finding in found {
                *failing.entry(rule(&finding)).or_default() += 1;
            }
        }
        let mut failing: Vec<_> = failing.into_iter().map(|(rule, leads)| Failing { rule, leads }).collect();
        failing.sort_by_key(|failing| std::cmp::Reverse(failing.leads));
        Sample { leads: seen, pass, failing }
    }

    /// Whether it is open at an instant, and when it opens.
    #[must_use]
    pub fn opening(&self, at: Timestamp) -> String {
        let mut found = Vec::new();
        self.schedule.check(&self.zone, at, &mut found);
        match found.first() {
            None => format!("Open now, counted in {}.", self.buyer.zone),
            Some(finding) => {
                let text = |part: &Option<String>| part.clone().unwrap_or_default();
                format!("Closed now ({}): {}.", text(&finding.have), text(&finding.want))
            }
        }
    }

    /// Every cap with the counter of its running window; none for a cap that counts several things apart.
    #[must_use]
    pub fn standing_caps(&self, at: Timestamp) -> Vec<(&'static str, &Cap, Option<CapKey>)> {
        let own = self.contract.caps.iter().map(|cap| ("This contract", Scope::Contract(self.contract.id), cap));
        let buyers = self.buyer.caps.iter().map(|cap| ("Its buyer", Scope::Buyer(self.buyer.id), cap));
        let key = |scope, cap: &Cap| {
            let start = self.zone.window_start(cap.window, at);
            (cap.per == Per::All).then_some(CapKey { scope, window: cap.window, start })
        };
        own.chain(buyers).map(|(whose, scope, cap)| (whose, cap, key(scope, cap))).collect()
    }

    /// What a cap does, and what it holds now: *At most 25 leads a day; 25 of 25 used: closed until 00:00.*
    #[must_use]
    pub fn cap_effect(&self, whose: &str, cap: &Cap, counter: Option<Counter>, at: Timestamp) -> CapEffect {
        let amount = match cap.limit {
            Limit::Count(1) => "1 lead".to_owned(),
            Limit::Count(count) => format!("{count} leads"),
            Limit::Money(money) => format!("{} of revenue", money.to_decimal()),
        };
        let window = match cap.window {
            model::cap::Window::Total => "for ever".to_owned(),
            window => format!("in {} {}", if window.name() == "hour" { "an" } else { "a" }, window.name()),
        };
        let per = match &cap.per {
            Per::All => String::new(),
            Per::Source => ", each source by itself".to_owned(),
            Per::Value { field, only } if only.is_empty() => format!(", each {field} by itself"),
            Per::Value { field, only } => format!(", each {field} of {} by itself", only.join(", ")),
        };
        let paced = if cap.paced { ", spread evenly over its open hours" } else { "" };
        let says = format!("{whose}: at most {amount} {window}{per}{paced}");
        let Some(counter) = counter else { return CapEffect { sentence: format!("{says}."), filled: None } };
        let (taken, limit, shown) = match cap.limit {
            Limit::Count(limit) => {
                let held = if counter.held > 0 { format!(", {} held", counter.held) } else { String::new() };
                (counter.used + counter.held, i64::from(limit), format!("{} of {limit} used{held}", counter.used))
            }
            Limit::Money(limit) => {
                let taken = counter.used_money + counter.held_money;
                (taken.0, limit.0, format!("{} of {} used or held", taken.to_decimal(), limit.to_decimal()))
            }
        };
        let closed = if taken < limit {
            String::new()
        } else {
            let end =
                self.zone.window_end(cap.window, at).map(|end| self.zone.local(end).strftime("%a %H:%M").to_string());
            end.map_or_else(|| ": closed".to_owned(), |end| format!(": closed until {end}"))
        };
        let filled = if limit <= 0 { 1000 } else { i128::from(taken) * 1000 / i128::from(limit) };
        let filled = u32::try_from(filled.clamp(0, 1000)).unwrap_or(1000);
        CapEffect { sentence: format!("{says}; {shown}{closed}."), filled: Some(filled) }
    }
}

/// The rule a finding of a filter is about, without the lead's value.
fn rule(finding: &Finding) -> String {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("{}: {}", text(&finding.subject), text(&finding.want))
}

//! Leads at a rate, and of each only what has to be known afterwards: the generator shares the machine with what it
//! measures.

use crate::{
    buyers::Sale,
    client::{Reply, Source},
    figures::Figures,
    leads,
};
use std::{
    collections::HashMap,
    ops::Range,
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::MissedTickBehavior};

/// How a lead ended for its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Sold,
    /// Another business result.
    Told(String),
    /// 503 with `Retry-After`, as it should be.
    ToldToComeBack,
    /// Any other status.
    Wrong(u16),
    /// No answer.
    Silence(String),
}

/// One lead.
#[derive(Debug, Clone)]
pub struct Fired {
    pub number: u32,
    /// When its answer was there, from the first lead on.
    pub at: Duration,
    pub took: Duration,
    pub end: End,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Volley {
    pub leads: Vec<Fired>,
    /// From the first lead to the last one sent.
    pub sending: Duration,
}

/// Sends leads at a rate, whatever becomes of the ones before, and waits for all of them.
pub async fn fire(source: &Source, server: &str, numbers: Range<u32>, per_second: u32) -> Volley {
    let mut beat = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
    // A late beat is made up for: the rate is a promise.
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (begun, mut sending) = (Instant::now(), JoinSet::new());
    let mut volley = Volley { leads: Vec::with_capacity(numbers.len()), ..Volley::default() };
    for number in numbers {
        beat.tick().await;
        let (source, server) = (source.clone(), server.to_owned());
        sending.spawn(async move {
            let sent = source.send(&server, number).await;
            Fired { number, at: begun.elapsed(), took: sent.took, end: end(sent.reply, sent.retry_after) }
        });
        while let Some(ended) = sending.try_join_next() {
            volley.leads.extend(ended);
        }
    }
    volley.sending = begun.elapsed();
    while let Some(ended) = sending.join_next().await {
        volley.leads.extend(ended);
    }
    volley
}

fn end(reply: Reply, retry_after: bool) -> End {
    match reply {
        Reply::Answer(answer) => match answer.get("status").and_then(|status| status.as_str()) {
            Some("sold") => End::Sold,
            status => End::Told(status.unwrap_or_default().to_owned()),
        },
        Reply::Refused(503, _) if retry_after => End::ToldToComeBack,
        Reply::Refused(status, _) => End::Wrong(status),
        Reply::Silence(why) => End::Silence(why),
    }
}

impl Volley {
    /// How many ended like this.
    pub fn count(&self, like: impl Fn(&End) -> bool) -> usize {
        self.leads.iter().filter(|lead| like(&lead.end)).count()
    }

    /// What it took those that ended like this.
    pub fn took(&self, like: impl Fn(&End) -> bool) -> Option<Figures> {
        Figures::of(self.leads.iter().filter(|lead| like(&lead.end)).map(|lead| lead.took).collect())
    }

    /// How many a second were sold: between the first and the last of these answers, so that the time of one answer counts
    /// for nothing.
    pub fn sold_per_second(&self) -> f64 {
        let mut at: Vec<_> = self.leads.iter().filter(|lead| lead.end == End::Sold).map(|lead| lead.at).collect();
        at.sort_unstable();
        let span = at.last().zip(at.first()).map_or(Duration::ZERO, |(last, first)| *last - *first);
        if span.is_zero() { 0.0 } else { per_second(at.len() - 1, span) }
    }

    /// How many a second were sent.
    pub fn sent_per_second(&self) -> f64 {
        per_second(self.leads.len(), self.sending)
    }

    /// Everything but a sale and a right refusal, by kind.
    pub fn others(&self) -> Vec<String> {
        let mut others = HashMap::<String, u32>::new();
        for lead in self.leads.iter().filter(|lead| !matches!(lead.end, End::Sold | End::ToldToComeBack)) {
            *others.entry(format!("{:?}", lead.end)).or_default() += 1;
        }
        others.into_iter().map(|(end, times)| format!("{times} ended as {end}")).collect()
    }

    /// Where the buyers' own book differs from what the sources were told.
    pub fn differences(&self, sales: &[Sale]) -> Vec<String> {
        let mut bought = HashMap::<&str, u32>::new();
        for sale in sales {
            *bought.entry(&sale.email).or_default() += 1;
        }
        let twice = bought.iter().filter(|(_, times)| **times > 1);
        let mut faults: Vec<_> = twice.map(|(email, times)| format!("{email} was bought {times} times")).collect();
        for lead in &self.leads {
            let times = bought.get(leads::email(lead.number).as_str()).copied().unwrap_or_default();
            match (&lead.end, times) {
                (End::Sold, 0) => faults.push(format!("lead {} is sold and nobody bought it", lead.number)),
                (End::ToldToComeBack | End::Wrong(_), 1..) => {
                    faults.push(format!("lead {} was refused and bought all the same", lead.number));
                }
                // One whose outcome is not known may have been bought.
                (End::Told(status), 1..) if status != "pending" => {
                    faults.push(format!("lead {} was bought and its source told {status}", lead.number));
                }
                _ => {}
            }
        }
        faults
    }
}

#[allow(clippy::cast_precision_loss)] // for people
fn per_second(count: usize, span: Duration) -> f64 {
    count as f64 / span.as_secs_f64().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fired(number: u32, at_ms: u64, end: End) -> Fired {
        Fired { number, at: Duration::from_millis(at_ms), took: Duration::from_millis(100), end }
    }

    fn sale(number: u32) -> Sale {
        Sale { lead: format!("led_{number}"), email: leads::email(number), buyer: 0 }
    }

    #[test]
    fn the_rate_is_that_of_the_answers() {
        let sold: Vec<_> = (0..=100).map(|n| fired(n, 5_000 + u64::from(n) * 20, End::Sold)).collect();
        let volley = Volley { leads: sold, sending: Duration::from_secs(2) };
        assert!((volley.sold_per_second() - 50.0).abs() < 0.01, "{}", volley.sold_per_second());
        assert!(Volley::default().sold_per_second() < 0.01);
    }

    #[test]
    fn the_buyers_word_is_held_against_the_answers() {
        let told = |end| Volley { leads: vec![fired(1, 0, end)], sending: Duration::ZERO };
        let unsold = || End::Told("unsold".to_owned());
        for (end, sales, fits) in [
            (End::Sold, vec![sale(1)], true),
            (End::Sold, vec![], false),
            (End::Sold, vec![sale(1), sale(1)], false),
            (End::ToldToComeBack, vec![], true),
            (End::ToldToComeBack, vec![sale(1)], false),
            (End::Wrong(500), vec![sale(1)], false),
            (unsold(), vec![], true),
            (unsold(), vec![sale(1)], false),
            (End::Told("pending".to_owned()), vec![sale(1)], true),
            (End::Silence("gone".to_owned()), vec![sale(1)], true),
        ] {
            let faults = told(end.clone()).differences(&sales);
            assert_eq!(faults.is_empty(), fits, "{end:?} {sales:?}: {faults:?}");
        }
    }
}

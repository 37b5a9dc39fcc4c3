//! Decisions in words, for the lines that tell a difference.

use crate::auction::{Auction, Decision, Elapsed, Event, tape::Said};
use model::{
    Micros, Reason,
    trace::{Finding, Standing, Verdict},
};

/// What everybody in an auction is called.
pub(super) struct Words(Vec<String>);

impl Words {
    /// By the buyers' names where they are known, else by the contracts' ids.
    pub(super) fn of(auction: &Auction, verdicts: &[Verdict]) -> Self {
        let name = |contract| {
            let known = verdicts.iter().find(|verdict| verdict.contract_id == contract);
            known.map_or_else(|| contract.to_string(), |verdict| verdict.buyer.clone())
        };
        Self(auction.entrants.iter().map(|entrant| name(entrant.contract)).collect())
    }

    pub(super) fn name(&self, entrant: usize) -> String {
        self.0.get(entrant).cloned().unwrap_or_else(|| format!("number {entrant}, which does not exist"))
    }

    /// What had happened at a step.
    pub(super) fn moment(&self, at: Elapsed, event: &Event) -> String {
        let happened = match event {
            Event::Bid { entrant, price, .. } => format!("{} bid {price}", self.name(*entrant)),
            Event::NoBid { entrant, reason } => {
                format!("{} made no bid ({})", self.name(*entrant), reason.map_or("no reason", Reason::code))
            }
            Event::PingFailed { entrant, reason } => format!("{} was not reached ({reason})", self.name(*entrant)),
            Event::PostAccepted { entrant, price: Some(price) } => {
                format!("{} took it for {price}", self.name(*entrant))
            }
            Event::PostAccepted { entrant, price: None } => format!("{} took it", self.name(*entrant)),
            Event::PostRejected { entrant, reason } => format!("{} refused it ({reason})", self.name(*entrant)),
            Event::PostNotSent { entrant, reason } => format!("it never left for {} ({reason})", self.name(*entrant)),
            Event::PostUnknown { entrant } => format!("what {} did with it was not known", self.name(*entrant)),
            Event::PostWithheld { entrant, finding } => {
                format!("it was withheld from {} ({})", self.name(*entrant), finding.reason)
            }
            Event::Tick => "time passed".to_owned(),
        };
        format!("at {}, when {happened}", millis(at))
    }

    /// What the machine said.
    pub(super) fn said(&self, said: &[Said]) -> String {
        if said.is_empty() {
            return "wait".to_owned();
        }
        let one = |said: &Said| match said {
            Said::Ping { entrant, give_up_at } => {
                format!("ask {} until {}", self.name(*entrant), millis(*give_up_at))
            }
            Said::Post { entrant, price, ordinal, give_up_at, again } => {
                let once_more = if *again { " once more" } else { "" };
                let (name, until) = (self.name(*entrant), millis(*give_up_at));
                format!("post {ordinal}{once_more} to {name} for {price}, until {until}")
            }
            Said::Done { decision } => self.decision(decision),
        };
        said.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn decision(&self, decision: &Decision) -> String {
        match decision {
            Decision::Sold { sales } => {
                let sale = |sale: &crate::auction::Sale| format!("{} for {}", self.name(sale.entrant), sale.revenue);
                format!("sold to {}", sales.iter().map(sale).collect::<Vec<_>>().join(" and "))
            }
            Decision::Unsold { reason } => format!("unsold ({reason})"),
            Decision::Unknown { entrant } => format!("in doubt about {}", self.name(*entrant)),
        }
    }
}

/// How a contract stood.
pub(super) fn standing(standing: Standing, findings: &[Finding], price: Option<Micros>, rank: Option<u8>) -> String {
    let mut text = standing.name().to_owned();
    for found in findings {
        text = format!("{text}, {} ({})", found.reason, found.stage.name());
        for (word, value) in [("about", &found.subject), ("have", &found.have), ("want", &found.want)] {
            if let Some(value) = value {
                text = format!("{text} {word} {value}");
            }
        }
    }
    if let Some(price) = price {
        text = format!("{text}, at {price}");
    }
    if let Some(rank) = rank {
        text = format!("{text}, place {rank}");
    }
    text
}

/// Microseconds as milliseconds.
pub(super) fn millis(at: Elapsed) -> String {
    format!("{}.{:03} ms", at / 1000, at % 1000)
}

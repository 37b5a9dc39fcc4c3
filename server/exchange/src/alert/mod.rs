//! Which alerts there are: figures in, what is wrong out. Nothing here looks at a clock or a table, and nothing here is on
//! the path of a lead.
//!
//! Caps, balances, endpoints and posts in doubt are held against thresholds. What a contract's buyer does is held against
//! the contract's own usual day ([`usual`]).

mod caps;
mod change;
mod money;
mod usual;
mod words;

pub use caps::{about, cap_windows};
pub use change::{Change, change};
pub use usual::{DAYS, Usual};

use crate::{caps::Counter, rollup::Activity};
use model::{
    BuyerId, ContractId, EndpointId, Micros, Reason, Timestamp,
    alert::{AlertKind, AlertSettings, Quantity, Sighting},
    cap::{Limit, Window},
};
use serde::{Deserialize, Serialize};

/// Fewer pings than this in the last hours say nothing of time-outs.
pub const LEAST_PINGS: i64 = 50;

/// Everything alerts are decided by, of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// When they were read.
    pub now: Timestamp,
    /// The caps of contracts and buyers that buy.
    pub caps: Vec<CapFigures>,
    /// What contracts did.
    pub contracts: Vec<ContractFigures>,
    /// What buyers have paid in and used.
    pub balances: Vec<BalanceFigures>,
    /// Those who are told of leads.
    pub endpoints: Vec<EndpointFigures>,
    /// Posts of unknown outcome.
    pub doubts: DoubtFigures,
}

/// A cap with the counter of its running window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapFigures {
    /// Whose, as a key.
    pub scope: String,
    /// Whose, in words.
    pub about: String,
    /// The buyer.
    pub buyer: BuyerId,
    /// The contract; none for a cap over all contracts of the buyer.
    #[serde(default)]
    pub contract: Option<ContractId>,
    /// Over which span.
    pub window: Window,
    /// How much fits.
    pub limit: Limit,
    /// What is used and held.
    #[serde(default)]
    pub counter: Counter,
    /// When the window began.
    pub start: Timestamp,
    /// When it ends; none for a cap for ever.
    #[serde(default)]
    pub end: Option<Timestamp>,
    /// When it ends, as a clock of the buyer's zone shows it.
    #[serde(default)]
    pub ends: String,
}

/// What a contract did lately, and on the days before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFigures {
    /// The contract.
    pub contract: ContractId,
    /// Its buyer.
    pub buyer: BuyerId,
    /// Both in words.
    pub about: String,
    /// The running hour and the one before it.
    #[serde(default)]
    pub recent: Activity,
    /// The seven spans of 24 hours before those, the latest first.
    #[serde(default)]
    pub days: Vec<Activity>,
    /// What its buyer refused most posts for lately, if it refused any.
    #[serde(default)]
    pub most: Option<Reason>,
}

/// What a buyer has paid in and may owe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceFigures {
    /// The buyer.
    pub buyer: BuyerId,
    /// Its name.
    pub about: String,
    /// What it has paid in, ever.
    pub paid_in: Micros,
    /// What it may owe beyond that.
    pub credit: Micros,
    /// What its leads cost, ever, with what is reserved.
    pub used: Micros,
    /// What the leads of the last seven days cost it.
    pub week: Micros,
}

/// Somebody who is told of leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointFigures {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Its name.
    pub about: String,
    /// Since when every try has failed.
    #[serde(default)]
    pub failing_since: Option<Timestamp>,
    /// Why it was switched off by itself, if it was.
    #[serde(default)]
    pub disabled: Option<String>,
}

/// Posts and copies of unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DoubtFigures {
    /// How many.
    pub count: i64,
    /// When the oldest was sent.
    #[serde(default)]
    pub oldest: Option<Timestamp>,
}

/// What is wrong now. At most one of a kind for each subject.
#[must_use]
pub fn decide(settings: &AlertSettings, figures: &Figures) -> Vec<Sighting> {
    let now = figures.now;
    let caps = figures.caps.iter().filter_map(|cap| money::cap(settings, cap, now));
    let balances = figures.balances.iter().filter_map(|balance| money::balance(settings, balance));
    let contracts = figures.contracts.iter().flat_map(|contract| {
        [timeouts(settings, contract), usual::rejects(settings, contract), usual::bids(settings, contract)]
    });
    let endpoints = figures.endpoints.iter().filter_map(|endpoint| failing(settings, endpoint, now));
    let all = caps.chain(balances).chain(contracts.flatten()).chain(endpoints).chain(doubts(settings, figures));
    let mut seen: Vec<Sighting> = Vec::new();
    for sighting in all.filter(|sighting| !settings.off.contains(&sighting.kind)) {
        // Two caps over the same window are one subject: the fuller one is told, and they come in the order of contracts.
        if !seen.iter().any(|have| have.kind == sighting.kind && have.subject == sighting.subject) {
            seen.push(sighting);
        }
    }
    seen
}

/// Something about a contract.
fn of_contract(
    kind: AlertKind,
    of: &ContractFigures,
    (value, threshold): (Quantity, Quantity),
    cause: String,
) -> Sighting {
    Sighting {
        kind,
        subject: of.contract.to_string(),
        episode: String::new(),
        about: of.about.clone(),
        value,
        threshold,
        cause,
        buyer_id: Some(of.buyer),
        contract_id: Some(of.contract),
        endpoint_id: None,
    }
}

/// The share of `part` in `all`, in parts per million.
fn share(part: i64, all: i64) -> u32 {
    let ppm = (i128::from(part) * 1_000_000).checked_div(i128::from(all)).unwrap_or(0);
    u32::try_from(ppm.clamp(0, 1_000_000)).unwrap_or(1_000_000)
}

fn timeouts(settings: &AlertSettings, of: &ContractFigures) -> Option<Sighting> {
    let Activity { pinged, timed_out, .. } = of.recent;
    let late = share(timed_out, pinged);
    if pinged < LEAST_PINGS || late < settings.timeout_share {
        return None;
    }
    let cause = format!(
        "{timed_out} of its {pinged} pings of the last two hours were answered late or not at all. Its endpoint is slow, \
         or the contract gives it too little time."
    );
    let held = (Quantity::Share(late), Quantity::Share(settings.timeout_share));
    Some(of_contract(AlertKind::Timeouts, of, held, cause))
}

/// Whole minutes from `since` to `now`.
const fn minutes(since: Timestamp, now: Timestamp) -> i64 {
    now.millis_since(since) / 60_000
}

fn failing(settings: &AlertSettings, of: &EndpointFigures, now: Timestamp) -> Option<Sighting> {
    let most = i64::from(settings.endpoint_minutes);
    let failed = of.failing_since.map_or(0, |since| minutes(since, now));
    let cause = match &of.disabled {
        Some(why) => format!("It was switched off by itself and is told nothing more. {why}"),
        None if of.failing_since.is_some() && failed >= most => format!(
            "Every try has failed for {}. Its address, its secret or its server has changed; what was not taken is tried \
             again.",
            Quantity::Minutes(failed)
        ),
        None => return None,
    };
    Some(Sighting {
        kind: AlertKind::Endpoint,
        subject: of.endpoint.to_string(),
        episode: String::new(),
        about: of.about.clone(),
        value: Quantity::Minutes(failed),
        threshold: Quantity::Minutes(most),
        cause,
        buyer_id: None,
        contract_id: None,
        endpoint_id: Some(of.endpoint),
    })
}

fn doubts(settings: &AlertSettings, figures: &Figures) -> Option<Sighting> {
    let DoubtFigures { count, oldest } = figures.doubts;
    let waited = oldest.map_or(0, |oldest| minutes(oldest, figures.now));
    let (most, longest) = (i64::from(settings.doubt_count), i64::from(settings.doubt_minutes));
    if count == 0 || (count < most && waited < longest) {
        return None;
    }
    let (value, threshold) = if waited >= longest {
        (Quantity::Minutes(waited), Quantity::Minutes(longest))
    } else {
        (Quantity::Count(count), Quantity::Count(most))
    };
    let posts = words::counted(count, "post has", "posts have");
    let cause = format!(
        "{posts} no known outcome, the oldest for {}. A buyer's answers were lost or cannot be read; its leads are offered \
         to nobody else meanwhile.",
        Quantity::Minutes(waited)
    );
    Some(Sighting {
        kind: AlertKind::Doubts,
        subject: "doubts".to_owned(),
        episode: String::new(),
        about: "All buyers".to_owned(),
        value,
        threshold,
        cause,
        buyer_id: None,
        contract_id: None,
        endpoint_id: None,
    })
}

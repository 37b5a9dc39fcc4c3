//! Alerts: what is wrong, or soon will be, with its likely cause and where to act on it.

use crate::{AlertId, BuyerId, ContractId, EndpointId, Micros, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A cap is nearly full.
    CapNear,
    /// A cap is full.
    CapReached,
    /// A contract answers too many pings late or not at all.
    Timeouts,
    /// A contract refuses more posts than on its usual day.
    Rejects,
    /// A contract bids otherwise than on its usual day.
    BidLevel,
    /// An endpoint takes nothing.
    Endpoint,
    /// What a buyer has paid in and may owe is nearly used.
    Balance,
    /// Posts of unknown outcome wait too long, or are too many.
    Doubts,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::CapReached,
        Self::CapNear,
        Self::Timeouts,
        Self::Rejects,
        Self::BidLevel,
        Self::Endpoint,
        Self::Balance,
        Self::Doubts,
    ];

    /// The word in the database, in URLs and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CapNear => "cap_near",
            Self::CapReached => "cap_reached",
            Self::Timeouts => "timeouts",
            Self::Rejects => "rejects",
            Self::BidLevel => "bid_level",
            Self::Endpoint => "endpoint",
            Self::Balance => "balance",
            Self::Doubts => "doubts",
        }
    }

    /// What people read: *Cap is full*.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::CapNear => "Cap nearly full",
            Self::CapReached => "Cap is full",
            Self::Timeouts => "Pings time out",
            Self::Rejects => "Posts are refused",
            Self::BidLevel => "Bids have moved",
            Self::Endpoint => "Endpoint takes nothing",
            Self::Balance => "Balance nearly used",
            Self::Doubts => "Posts in doubt",
        }
    }
}

impl FromStr for AlertKind {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or("not a kind of alert")
    }
}

/// A measured value, or the threshold it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// So many.
    Count(i64),
    /// A share, in parts per million.
    Share(u32),
    /// An amount in the tenant's currency; written as a decimal in quotes.
    #[serde(with = "decimal")]
    Money(Micros),
    /// A span of time, in minutes.
    Minutes(i64),
}

/// Amounts as decimals in quotes: a bare number would be read as dollars by one and as cents by another.
mod decimal {
    use crate::Micros;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;

    pub fn serialize<S: Serializer>(amount: &Micros, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&amount.to_decimal())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Micros, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for Quantity {
    /// `25`, `15 %`, `12.50`, `90 min`, `3 h`, `2 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Share(ppm) => write!(f, "{} %", (ppm + 5_000) / 10_000),
            Self::Money(amount) => f.write_str(&amount.to_decimal()),
            Self::Minutes(minutes @ ..180) => write!(f, "{minutes} min"),
            Self::Minutes(minutes @ ..2_880) => write!(f, "{} h", minutes / 60),
            Self::Minutes(minutes) => write!(f, "{} days", minutes / 1_440),
        }
    }
}

/// That a condition was met when it was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What is wrong.
    pub kind: AlertKind,
    /// With what, as a key: one alert of a kind is open for each. `con_…`, `con_…/day/count`, `end_…`, `doubts`.
    pub subject: String,
    /// Where the same happens anew in every window: which window, and the limit in it. Empty elsewhere. Once in an episode an
    /// alert is told of.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub episode: String,
    /// With what, in words at the time: *Acme, Standard*.
    pub about: String,
    /// What was measured.
    pub value: Quantity,
    /// What it is held against.
    pub threshold: Quantity,
    /// What probably causes it, in a sentence or two.
    pub cause: String,
    /// The buyer it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_id: Option<BuyerId>,
    /// The contract it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<ContractId>,
    /// The endpoint it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_id: Option<EndpointId>,
}

impl Sighting {
    /// Where a person acts on it: what the link says, and our path.
    #[must_use]
    pub fn action(&self) -> (&'static str, String) {
        let buyer = self.buyer_id.map(|id| id.to_string()).unwrap_or_default();
        match (self.kind, self.contract_id, self.endpoint_id) {
            (AlertKind::CapNear | AlertKind::CapReached, Some(id), _) => {
                ("Change the caps", format!("/contracts/{id}"))
            }
            (AlertKind::CapNear | AlertKind::CapReached, ..) => ("Change the caps", format!("/buyers/{buyer}")),
            (AlertKind::Rejects, ..) => ("See what it says", format!("/reports/reasons?span=today&buyer={buyer}")),
            (AlertKind::Timeouts | AlertKind::BidLevel, ..) => {
                ("See how it does", format!("/reports?by=buyer&span=7d&buyer={buyer}"))
            }
            (AlertKind::Endpoint, _, Some(id)) => ("See its log", format!("/endpoints/{id}#log")),
            (AlertKind::Endpoint, ..) => ("See the endpoints", "/endpoints".to_owned()),
            (AlertKind::Balance, ..) => ("Change its credit", format!("/buyers/{buyer}")),
            (AlertKind::Doubts, ..) => ("Resolve them", "/doubt".to_owned()),
        }
    }
}

/// That somebody knows of an alert: it is quiet until it is resolved, or until some instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// When.
    pub at: Timestamp,
    /// The name of who.
    pub by: String,
    /// What they wrote, if anything.
    pub note: String,
    /// Until when it is quiet; none: until it is resolved.
    pub until: Option<Timestamp>,
}

/// An alert with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Identity.
    pub id: AlertId,
    /// What is wrong, as it was seen last.
    #[serde(flatten)]
    pub seen: Sighting,
    /// When it was seen first.
    pub opened_at: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
    /// How often it was looked for and seen.
    pub count: i64,
    /// When it was over; none while it is open.
    pub resolved_at: Option<Timestamp>,
    /// That somebody knows of it.
    pub acknowledged: Option<Acknowledged>,
}

impl Alert {
    /// Whether it calls for somebody: it is open, and nobody has said to know of it.
    #[must_use]
    pub const fn calls(&self) -> bool {
        self.resolved_at.is_none() && self.acknowledged.is_none()
    }
}

/// Which alerts a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertFilter {
    /// Those that are open; otherwise those that are over.
    pub open: bool,
    /// Only of this kind.
    pub kind: Option<AlertKind>,
}

impl AlertFilter {
    /// Everything that is open.
    pub const OPEN: Self = Self { open: true, kind: None };
}

/// When a tenant's alerts are raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertSettings {
    /// A cap is nearly full at so many parts per million.
    pub cap_near: u32,
    /// Pings of the last hours may be late or unanswered so far, in parts per million.
    pub timeout_share: u32,
    /// The share of refused posts may be so many parts per million above the usual one.
    pub reject_margin: u32,
    /// The mean bid may be so many parts per million of the usual one away from it.
    pub bid_margin: u32,
    /// An endpoint may fail for so many minutes.
    pub endpoint_minutes: u32,
    /// A buyer's money is nearly used when it lasts for less than so many days like the last seven.
    pub balance_days: u32,
    /// A post may be in doubt for so many minutes.
    pub doubt_minutes: u32,
    /// So many posts may be in doubt at once.
    pub doubt_count: u32,
    /// Kinds that are not looked for.
    pub off: Vec<AlertKind>,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            cap_near: 800_000,
            timeout_share: 150_000,
            reject_margin: 100_000,
            bid_margin: 200_000,
            endpoint_minutes: 15,
            balance_days: 2,
            doubt_minutes: 30,
            doubt_count: 10,
            off: Vec::new(),
        }
    }
}

/// What is told of an alert to a tenant's own webhook; never to a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFacts {
    /// The alert.
    pub alert_id: AlertId,
    /// What is wrong.
    #[serde(flatten)]
    pub seen: Sighting,
    /// What people read of it.
    pub title: String,
    /// Since when, RFC 3339.
    pub opened_at: String,
    /// When it was over, RFC 3339; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<String>,
    /// Our path where a person acts on it.
    pub link: String,
}

impl From<&Alert> for AlertFacts {
    fn from(alert: &Alert) -> Self {
        Self {
            alert_id: alert.id,
            seen: alert.seen.clone(),
            title: alert.seen.kind.title().to_owned(),
            opened_at: alert.opened_at.to_string(),
            resolved_at: alert.resolved_at.map(|at| at.to_string()),
            link: alert.seen.action().1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back() {
        for kind in AlertKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).expect("JSON"), format!("\"{}\"", kind.name()));
        }
        assert!("".parse::<AlertKind>().is_err());
    }

    #[test]
    fn quantities_are_said_in_the_largest_unit_that_fits() {
        let said = [
            (Quantity::Count(25), "25"),
            (Quantity::Share(154_999), "15 %"),
            (Quantity::Share(155_000), "16 %"),
            (Quantity::Money(Micros::cents(1250)), "12.50"),
            (Quantity::Minutes(15), "15 min"),
            (Quantity::Minutes(200), "3 h"),
            (Quantity::Minutes(2_880), "2 days"),
        ];
        for (quantity, text) in said {
            assert_eq!(quantity.to_string(), text);
        }
    }

    #[test]
    fn settings_that_say_nothing_are_the_usual_ones() {
        assert_eq!(serde_json::from_str::<AlertSettings>("{}").expect("settings"), AlertSettings::default());
        assert!(serde_json::from_str::<AlertSettings>("{\"cap\":1}").is_err());
    }
}

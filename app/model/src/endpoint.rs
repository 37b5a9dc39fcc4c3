//! Endpoints: who is told when a lead's state changes or an alert is raised, what each of them is told, and how telling it
//! went.

use crate::{
    BuyerId, CampaignId, ContractId, DeliveryId, EndpointId, LeadId, MessageId, Money, Reason, SourceId, Timestamp,
    alert::AlertFacts,
    lead::{LeadState, Tracking},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A change of a lead's state, or of an alert, that leaves the building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A buyer took the lead.
    Sold,
    /// Nobody bought it.
    Unsold,
    /// It was refused: a duplicate, or suppressed.
    Rejected,
    /// A buyer gave it back.
    Returned,
    /// A post was sent and its outcome is not known yet; another event follows when it is.
    Unknown,
    /// Something is wrong.
    AlertOpened,
    /// It is over.
    AlertResolved,
}

impl Event {
    /// Every event of leads.
    pub const OF_LEADS: [Self; 5] = [Self::Sold, Self::Unsold, Self::Rejected, Self::Returned, Self::Unknown];
    /// Every event.
    pub const ALL: [Self; 7] = [
        Self::Sold,
        Self::Unsold,
        Self::Rejected,
        Self::Returned,
        Self::Unknown,
        Self::AlertOpened,
        Self::AlertResolved,
    ];

    /// What is told of a lead in this state; nothing while it is being auctioned.
    #[must_use]
    pub const fn of(state: LeadState) -> Option<Self> {
        match state {
            LeadState::Processing => None,
            LeadState::Sold => Some(Self::Sold),
            LeadState::Unsold => Some(Self::Unsold),
            LeadState::Rejected | LeadState::Duplicate => Some(Self::Rejected),
            LeadState::Returned => Some(Self::Returned),
            LeadState::Unknown => Some(Self::Unknown),
        }
    }

    /// The word in the configuration and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Unsold => "unsold",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::Unknown => "unknown",
            Self::AlertOpened => "alert_opened",
            Self::AlertResolved => "alert_resolved",
        }
    }

    /// Whether it is about the tenant's own affairs, and so never for a source or a tracker.
    #[must_use]
    pub const fn of_alerts(self) -> bool {
        matches!(self, Self::AlertOpened | Self::AlertResolved)
    }

    /// The `type` of a webhook.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sold => "lead.sold",
            Self::Unsold => "lead.unsold",
            Self::Rejected => "lead.rejected",
            Self::Returned => "lead.returned",
            Self::Unknown => "lead.unknown",
            Self::AlertOpened => "alert.opened",
            Self::AlertResolved => "alert.resolved",
        }
    }
}

impl FromStr for Event {
    type Err = &'static str;

    /// Reads the word or the webhook's type.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|event| event.word() == text || event.name() == text);
        found.ok_or("an event is one of sold, unsold, rejected, returned, unknown, alert_opened, alert_resolved")
    }
}

/// How a postback is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET, as trackers expect.
    Get,
    /// POST with an empty body: everything stands in the address.
    Post,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl FromStr for Method {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "GET" => Ok(Self::Get),
            "POST" => Ok(Self::Post),
            _ => Err("a postback is requested with GET or POST"),
        }
    }
}

/// What kind of endpoint it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Target {
    /// A tracker's address with macros in it: `https://tracker.example/?tid={click_id}&amount={payout}`.
    Postback {
        /// How it is requested.
        method: Method,
        /// The address with its macros.
        url: String,
    },
    /// A signed JSON message (Standard Webhooks 1.0.0). The secret is stored beside the endpoint, sealed.
    Webhook {
        /// The address.
        url: String,
    },
}

impl Target {
    /// The address as it was configured.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Postback { url, .. } | Self::Webhook { url } => url,
        }
    }

    /// The word for it: `postback` or `webhook`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Postback { .. } => "postback",
            Self::Webhook { .. } => "webhook",
        }
    }
}

/// Somebody's address that is told when a lead's state changes, or an alert is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Identity.
    pub id: EndpointId,
    /// What people call it.
    pub name: String,
    /// Whether it is told anything.
    pub active: bool,
    /// Why it was switched off by itself, if it was.
    #[serde(default)]
    pub disabled_reason: Option<String>,
    /// Whether it is told of test leads as well.
    #[serde(default)]
    pub test: bool,
    /// Only of this source's leads. It is then the affiliate's own endpoint, and is never told who paid what.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// Only of this campaign's leads.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// What it is told of.
    pub on: Vec<Event>,
    /// Where and how.
    pub target: Target,
}

/// One change for one endpoint: what waits in the store until it is delivered. It holds no personal value, so it may be
/// kept and repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The same on every try and on every replay.
    pub id: MessageId,
    /// What happened.
    pub event: Event,
    /// When it happened.
    pub at: Timestamp,
    /// The facts: the `data` of a webhook, the macros of a postback.
    pub data: Facts,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Facts {
    /// A lead.
    Lead(LeadFacts),
    /// An alert of the tenant's.
    Alert(AlertFacts),
}

impl Facts {
    /// The lead it is about, if it is about one.
    #[must_use]
    pub const fn lead(&self) -> Option<&LeadFacts> {
        match self {
            Self::Lead(facts) => Some(facts),
            Self::Alert(_) => None,
        }
    }
}

/// What an endpoint may know about a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadFacts {
    /// The lead.
    pub lead_id: LeadId,
    /// 1 for the first message about this lead, one more for each that follows: receivers put them in order with it.
    pub sequence: u32,
    /// Where the lead stands: `sold`, `unsold`, `duplicate`, `rejected`, `returned`, `unknown` (`pending` for a source).
    pub state: String,
    /// Why it was not sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The campaign's short name.
    pub campaign: String,
    /// The source.
    pub source_id: SourceId,
    /// The source's short name.
    pub source: String,
    /// The source's own id for the lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The source's labels.
    pub tracking: Tracking,
    /// What the source earns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<Money>,
    /// What the buyer pays; never for a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Money>,
    /// Who took it; never for a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_id: Option<BuyerId>,
    /// Under which contract; never for a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<ContractId>,
    /// Whether it was a test lead.
    pub test: bool,
}

/// How a try left its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The receiver took it.
    Delivered,
    /// It is tried again.
    Pending,
    /// It is not tried again by itself.
    Failed,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Delivered, Self::Pending, Self::Failed];

    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or("one of delivered, pending, failed")
    }
}

/// One try, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Identity.
    pub id: DeliveryId,
    /// What was told.
    pub message_id: MessageId,
    /// To whom.
    pub endpoint_id: EndpointId,
    /// About which lead; none for an alert.
    pub lead_id: Option<LeadId>,
    /// What happened.
    pub event: Event,
    /// Which try this was, from 1; a replay begins again.
    pub attempt: u32,
    /// When it began.
    pub at: Timestamp,
    /// GET or POST.
    pub method: Method,
    /// The address with its macros filled in.
    pub url: String,
    /// The body that was sent; empty for postbacks.
    pub body: String,
    /// The answer's HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Microseconds it took.
    pub took_us: i64,
    /// The beginning of the answer's body, at most 1024 bytes.
    pub answer: String,
    /// What went wrong, in words.
    pub error: Option<String>,
    /// How it left the message.
    pub state: DeliveryState,
    /// When it is tried again.
    pub next_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_that_ends_an_auction_is_told() {
        let told: Vec<_> = LeadState::ALL.into_iter().filter_map(Event::of).collect();
        assert_eq!(
            told,
            [Event::Sold, Event::Unsold, Event::Rejected, Event::Rejected, Event::Unknown, Event::Returned]
        );
        for event in Event::ALL {
            assert_eq!((event.word().parse(), event.name().parse()), (Ok(event), Ok(event)));
            assert_eq!(serde_json::to_string(&event).unwrap(), format!("\"{}\"", event.word()));
        }
        assert!("lead".parse::<Event>().is_err());
    }

    #[test]
    fn words_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(state.name().parse(), Ok(state));
        }
        for method in [Method::Get, Method::Post] {
            assert_eq!(method.name().parse(), Ok(method));
            assert_eq!(serde_json::to_string(&method).unwrap(), format!("\"{}\"", method.name()));
        }
    }
}

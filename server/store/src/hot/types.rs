//! The records of the hot path: what the pipeline hands over, and what it is told.

use super::{Copied, CopyReceipt, NewCopy, Reopen};
use crate::PingRow;
use exchange::{
    caps::{Counter, Demand},
    ledger::Entry,
    rollup::LeadFact,
};
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, EndpointId, EventId, JobId, KeyId, LeadId, Micros, Money, ProcessId,
    Reason, SourceId, TenantId, Timestamp,
    consent::ConsentSeen,
    lead::{LeadState, Tracking},
    returns::Return,
    tenant::Mode,
};
use std::str::FromStr;

/// One thing to make durable.
#[derive(Debug, Clone)]
pub enum Record {
    /// A lead came in.
    Received(Box<Received>),
    /// A post is about to be sent.
    Intent(Box<Intent>),
    /// A lead came to an end, or its outcome is unknown for now.
    Outcome(Box<Outcome>),
    /// The outcome of a post that was not known is known now.
    Resolution(Box<Resolution>),
    /// A buyer gives a lead back.
    Return(Box<GivenBack>),
    /// A copy for a silent contract is about to be sent, or was decided against.
    Copy(Box<NewCopy>),
    /// What became of a copy.
    Copied(Box<Copied>),
    /// A lead that nobody bought is auctioned again.
    Reopen(Reopen),
    /// A lead was refused before it got a row.
    Refused(Refused),
    /// Something for the history of a lead, and no more.
    Note(Note),
    /// An affiliate's ping, held for the lead that may follow.
    Ping(Box<NewPing>),
}

/// What became of a [`Record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Of a [`Record::Received`].
    Received(ReceivedReceipt),
    /// Of a [`Record::Intent`].
    Intent(IntentReceipt),
    /// Of a [`Record::Outcome`], a [`Record::Resolution`], a [`Record::Return`], a [`Record::Copied`] or a [`Record::Reopen`].
    Outcome(OutcomeReceipt),
    /// Of a [`Record::Copy`].
    Copy(CopyReceipt),
    /// A [`Record::Refused`] is always written.
    Refused,
    /// A [`Record::Note`] or a [`Record::Ping`] is always written.
    Noted,
}

/// The key under which a source may repeat a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Unique in the source until it expires.
    pub key: String,
    /// SHA-256 of the body, to tell a repetition from another lead under the same key.
    pub body_hash: [u8; 32],
    /// When the key may be used for another lead.
    pub expires_at: Timestamp,
}

/// A lead as it came in. Personal values are here only sealed, masked or as keyed hashes.
#[derive(Debug, Clone)]
pub struct Received {
    /// Whose.
    pub tenant_id: TenantId,
    /// The lead.
    pub lead_id: LeadId,
    /// Into which campaign.
    pub campaign_id: CampaignId,
    /// From whom.
    pub source_id: SourceId,
    /// With which key.
    pub key_id: KeyId,
    /// Live or test.
    pub mode: Mode,
    /// When.
    pub received_at: Timestamp,
    /// The key under which the source may repeat it.
    pub idempotency: Option<Idempotency>,
    /// The source's own id for it.
    pub external_id: Option<String>,
    /// JSON: the fields that are not personal.
    pub open: String,
    /// The source's labels.
    pub tracking: Tracking,
    /// The lead's own key, sealed under the tenant's.
    pub sealed_key: Vec<u8>,
    /// The personal values, sealed under the lead's key.
    pub sealed_body: Vec<u8>,
    /// Name and mask of each personal field.
    pub personal_mask: Vec<(String, String)>,
    /// Keyed hashes that identify the person.
    pub prints: Vec<String>,
    /// Which words its consumer agreed to; none when nobody asks.
    pub consent: Option<ConsentSeen>,
    /// The process that runs the auction.
    pub owner: ProcessId,
}

/// What became of a lead that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceivedReceipt {
    /// It is stored.
    Fresh,
    /// Its key was used before: nothing of it is stored.
    Repeat {
        /// The lead that used the key.
        lead_id: LeadId,
        /// Whether that lead's body was the same.
        same_body: bool,
    },
}

/// Where a post stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptState {
    /// It may be on its way at this moment.
    Open,
    /// The buyer took the lead.
    Accepted,
    /// The buyer refused it.
    Rejected,
    /// It never left.
    NotSent,
    /// It left, and what became of it is not known.
    Unknown,
}

impl AttemptState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Open, Self::Accepted, Self::Rejected, Self::NotSent, Self::Unknown];

    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }

    /// Whether its reservations are still held.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Open | Self::Unknown)
    }
}

impl FromStr for AttemptState {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or("not a state of a post")
    }
}

/// A post that is about to be sent: it may leave when this is stored, and not before.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Whose.
    pub tenant_id: TenantId,
    /// The campaign in which the person is claimed.
    pub campaign_id: CampaignId,
    /// The lead.
    pub lead_id: LeadId,
    /// The post.
    pub attempt_id: AttemptId,
    /// To which contract.
    pub contract_id: ContractId,
    /// Of which buyer.
    pub buyer_id: BuyerId,
    /// Its place among the lead's posts.
    pub ordinal: u8,
    /// The price that is reserved.
    pub price: Micros,
    /// When.
    pub at: Timestamp,
    /// The cap counters it has to fit into.
    pub demands: Vec<Demand>,
    /// Whether the buyer shares the lead with others: only then may another have it too.
    pub shared: bool,
    /// Keyed hashes that identify the person.
    pub prints: Vec<String>,
    /// A claim by the same buyer for another lead after this instant stands against it; none switches it off.
    pub same_buyer_since: Option<Timestamp>,
    /// A claim by another buyer for another lead after this instant stands against it; none switches it off.
    pub cross_buyer_since: Option<Timestamp>,
    /// Earlier posts of this lead, settled first; they stay settled even if the reservation fails.
    pub release: Vec<Settle>,
    /// Who asks.
    pub owner: ProcessId,
}

/// What became of a reservation: all of it is taken or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentReceipt {
    /// Every cap, the claim and the attempt are stored: the post may leave.
    Reserved,
    /// A cap is full.
    CapFull {
        /// What was asked of it.
        demand: Demand,
        /// What it holds.
        counter: Counter,
    },
    /// This buyer has, or is being posted, this person with another lead.
    DuplicateSameBuyer {
        /// That lead.
        lead_id: LeadId,
    },
    /// Another buyer has, or is being posted, this person with another lead.
    DuplicateCrossBuyer {
        /// That lead.
        lead_id: LeadId,
    },
    /// The lead is no longer this owner's to post: somebody else adopted it, it is finished, it already has a post to this
    /// contract, or another buyer that does not share has it or is being posted.
    Fenced,
}

/// How an earlier post came out. A post that is already accepted, rejected or not sent stays so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settle {
    /// The post.
    pub attempt_id: AttemptId,
    /// Its lead.
    pub lead_id: LeadId,
    /// Its contract.
    pub contract_id: ContractId,
    /// How it came out.
    pub state: AttemptState,
    /// What the buyer pays, when it differs from the reserved price.
    pub paid: Option<Micros>,
    /// The buyer's id for it.
    pub reference: Option<String>,
    /// When it was known.
    pub at: Timestamp,
}

/// Work that must happen later because of what is stored with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Identity.
    pub id: JobId,
    /// Which work.
    pub kind: String,
    /// The endpoint whose messages are delivered in order; none for work that belongs to no queue of its own.
    pub lane: Option<EndpointId>,
    /// JSON: what it needs.
    pub payload: String,
    /// When it is due.
    pub run_at: Timestamp,
}

/// How an auction went, and how to run it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// JSON of a [`model::trace::Trace`].
    pub doc: String,
    /// The bytes of an [`exchange::auction::tape::Tape`].
    pub tape: Vec<u8>,
}

/// How a lead came out, with everything that follows from it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Whose.
    pub tenant_id: TenantId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its source.
    pub source_id: SourceId,
    /// The lead.
    pub lead_id: LeadId,
    /// Who says so.
    pub owner: ProcessId,
    /// Where it stands now.
    pub state: LeadState,
    /// Why it was not sold.
    pub reason: Option<Reason>,
    /// Who took it.
    pub buyer_id: Option<BuyerId>,
    /// Under which contract.
    pub contract_id: Option<ContractId>,
    /// Paid by the buyer.
    pub revenue: Option<Money>,
    /// Paid to the source, in the same currency.
    pub payout: Option<Money>,
    /// JSON: what the source is told; none keeps the answer already given.
    pub answer: Option<String>,
    /// Where the consumer goes; none keeps what was said.
    pub redirect_url: Option<String>,
    /// Milliseconds from intake to answer; none keeps what was said.
    pub duration_ms: Option<u32>,
    /// How the auction went; none keeps what is stored.
    pub trace: Option<Traced>,
    /// How its posts came out.
    pub settles: Vec<Settle>,
    /// What moves in the ledger.
    pub entries: Vec<Entry>,
    /// What figures count.
    pub fact: LeadFact,
    /// The event that carries the fact and names the ledger's movement.
    pub event_id: EventId,
    /// When.
    pub at: Timestamp,
    /// What must happen because of it.
    pub jobs: Vec<NewJob>,
    /// The version of the configuration that the auction ran by.
    pub config_version: i64,
}

/// What a post of unknown outcome turned out to be, said by a person or by a late answer. Whoever owned the lead's auction
/// no longer matters: the lead has to stand where it was when this was worked out, and its posts that are settled have to
/// be in doubt still.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// Where the lead stood: unknown, or sold to somebody else already.
    pub expected: LeadState,
    /// What follows.
    pub outcome: Outcome,
}

/// A lead that a buyer gives back. The posts that stand have to be those it was worked out from.
#[derive(Debug, Clone)]
pub struct GivenBack {
    /// The posts by which buyers have the lead, that of the return among them.
    pub standing: Vec<AttemptId>,
    /// Whether the places in the caps are free again.
    pub frees_caps: bool,
    /// The return, decided.
    pub decided: Return,
    /// What follows.
    pub outcome: Outcome,
}

/// What became of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeReceipt {
    /// All of it is stored.
    Done,
    /// Nothing of it is stored: the lead is no longer this owner's, is finished, or has no such posts.
    Fenced,
}

/// An affiliate's ping to be held.
#[derive(Debug, Clone)]
pub struct NewPing {
    /// Whose.
    pub tenant_id: TenantId,
    /// Live or test.
    pub mode: Mode,
    /// When it came.
    pub at: Timestamp,
    /// SHA-256 of its body.
    pub body_hash: [u8; 32],
    /// The bytes of its auction's [`exchange::auction::tape::Tape`].
    pub tape: Vec<u8>,
    /// The rest.
    pub row: PingRow,
}

/// A line of a lead's history that changes nothing.
#[derive(Debug, Clone)]
pub struct Note {
    /// Whose.
    pub tenant_id: TenantId,
    /// The lead.
    pub lead_id: LeadId,
    /// The event.
    pub event_id: EventId,
    /// When.
    pub at: Timestamp,
    /// A word, such as `late_bid`.
    pub kind: &'static str,
    /// A sentence without personal values.
    pub note: String,
}

/// A lead that was refused before it got a row: it only counts.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Whose.
    pub tenant_id: TenantId,
    /// Into which campaign.
    pub campaign_id: CampaignId,
    /// From whom.
    pub source_id: SourceId,
    /// When.
    pub at: Timestamp,
    /// The event.
    pub event_id: EventId,
    /// Why.
    pub reason: Reason,
}

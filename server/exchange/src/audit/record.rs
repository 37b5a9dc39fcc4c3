//! What is recorded of an auction and of a change of the configuration: ids, money and hashes, never a personal value.
//!
//! A record is JSON without spaces whose members stand in the order of the types here. Its bytes are what is hashed; they
//! are stored as they were made and never written anew.

use super::Digest;
use crate::ledger::Entry;
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, Currency, EventId, LeadId, Micros, Reason, SourceId, TenantId,
    Timestamp, lead::LeadState,
};
use serde::{Deserialize, Serialize};

/// The only layout of records there has been.
pub const VERSION: u8 = 1;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // a handful at a time, and most are of leads
pub enum Record {
    /// A lead came out.
    Lead(LeadRecord),
    /// A silent contract's copy of a lead came out.
    Copy(CopyRecord),
    /// The configuration changed.
    Change(ChangeRecord),
}

/// One line of a movement in the ledger: account, kind, millionths, currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line(pub String, pub String, pub Micros, pub Currency);

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Self {
        Self(entry.account.to_string(), entry.kind.name().to_owned(), entry.amount, entry.currency)
    }
}

/// How a lead came out. A lead in doubt has one for that and another when it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadRecord {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: TenantId,
    /// The lead.
    pub lead: LeadId,
    /// The event that names the ledger's movement.
    pub event: EventId,
    /// When, by the clock of the server that ran the auction.
    pub at: Timestamp,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its source.
    pub source: SourceId,
    /// Where it stands.
    pub state: LeadState,
    /// Why it was not sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<BuyerId>,
    /// Under which contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    /// Paid by the buyer, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Micros>,
    /// Paid to the source, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<Micros>,
    /// Of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What moved in the ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Line>,
    /// The version of the configuration that the auction ran by.
    pub configuration: i64,
    /// The hash of the trace as it is stored. None: the one of the record before is kept, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Digest>,
    /// The hash of the sealed personal values: of the ciphertext, so it stays right when the key to it is destroyed.
    pub sealed: Digest,
}

/// What became of a silent contract's copy of a lead. One in doubt has one for that and another when it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRecord {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: TenantId,
    /// The lead.
    pub lead: LeadId,
    /// The event that names the ledger's movement.
    pub event: EventId,
    /// When, by the clock of the server that sent it.
    pub at: Timestamp,
    /// The copy.
    pub copy: AttemptId,
    /// To whom it went.
    pub buyer: BuyerId,
    /// Under which contract.
    pub contract: ContractId,
    /// `accepted`, `rejected`, `not_sent` or `unknown`.
    pub state: String,
    /// Paid for it, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Micros>,
    /// What moved in the ledger.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Line>,
    /// The version of the configuration that it was sent by.
    pub configuration: i64,
    /// The hash of the sealed personal values that were in it: of the ciphertext.
    pub sealed: Digest,
}

/// What can be configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A company running its exchange here.
    Tenant,
    /// An industry with a field schema.
    Vertical,
    /// One kind of lead.
    Campaign,
    /// A party that sends leads.
    Source,
    /// A company that buys.
    Buyer,
    /// What a buyer buys in a campaign.
    Contract,
    /// An API key.
    Key,
    /// Who is told when a lead's state changes.
    Endpoint,
    /// Somebody who signs in.
    Person,
    /// The token of a program.
    Token,
    /// What somebody did that is no change of the configuration.
    Activity,
    /// The words consumers agree to, or one version of them.
    Text,
}

impl Thing {
    /// Everything.
    pub const ALL: [Self; 12] = [
        Self::Tenant,
        Self::Vertical,
        Self::Campaign,
        Self::Source,
        Self::Buyer,
        Self::Contract,
        Self::Key,
        Self::Endpoint,
        Self::Person,
        Self::Token,
        Self::Activity,
        Self::Text,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Vertical => "vertical",
            Self::Campaign => "campaign",
            Self::Source => "source",
            Self::Buyer => "buyer",
            Self::Contract => "contract",
            Self::Key => "key",
            Self::Endpoint => "endpoint",
            Self::Person => "person",
            Self::Token => "token",
            Self::Activity => "activity",
            Self::Text => "text",
        }
    }
}

/// A change of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRecord {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: TenantId,
    /// What kind of thing changed.
    pub thing: Thing,
    /// Which one.
    pub id: String,
    /// When, by the clock of the server that sealed it.
    pub at: Timestamp,
    /// The version of the whole configuration that begins with the change.
    pub configuration: i64,
    /// The hash of the document as it is stored since. None: it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
}

impl Record {
    /// The bytes of the record, as text.
    ///
    /// # Errors
    /// Never in practice: nothing in a record has no JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When it is none, or of a layout that this program does not know.
    pub fn read(text: &str) -> Result<Self, String> {
        let record: Self = serde_json::from_str(text).map_err(|error| format!("not a record ({error})"))?;
        let version = match &record {
            Self::Lead(lead) => lead.v,
            Self::Copy(copy) => copy.v,
            Self::Change(change) => change.v,
        };
        if version == VERSION { Ok(record) } else { Err(format!("a record of layout {version}, which is not known")) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn sold() -> Record {
        let (buyer, source) = (BuyerId::from_bits(5), SourceId::from_bits(4));
        let line = |account: String, units| Line(account, "sale".to_owned(), Micros::units(units), Currency::USD);
        Record::Lead(LeadRecord {
            v: VERSION,
            tenant: TenantId::from_bits(1),
            lead: LeadId::from_bits(2),
            event: EventId::from_bits(3),
            at: Timestamp(1_778_180_651_250_000),
            campaign: CampaignId::from_bits(6),
            source,
            state: LeadState::Sold,
            reason: None,
            buyer: Some(buyer),
            contract: Some(ContractId::from_bits(7)),
            revenue: Some(Micros::units(20)),
            payout: Some(Micros::units(9)),
            currency: Some(Currency::USD),
            entries: vec![line(buyer.to_string(), -20), line(source.to_string(), 9), line("margin".to_owned(), 11)],
            configuration: 12,
            trace: Some(Digest::of(b"trace")),
            sealed: Digest::of(b"sealed"),
        })
    }

    pub fn changed() -> Record {
        Record::Change(ChangeRecord {
            v: VERSION,
            tenant: TenantId::from_bits(1),
            thing: Thing::Contract,
            id: ContractId::from_bits(7).to_string(),
            at: Timestamp(1_778_180_651_250_000),
            configuration: 12,
            document: Some(Digest::of(b"{}")),
        })
    }

    #[test]
    fn the_bytes_of_a_record_never_change() {
        // What was sealed once has to be readable, and made the same, for ever: a new layout gets a new version.
        let hash = |what: &[u8]| Digest::of(what).to_string();
        let text = changed().text().unwrap();
        let id = ContractId::from_bits(7);
        let tenant = TenantId::from_bits(1);
        assert_eq!(
            text,
            format!(
                r#"{{"record":"change","v":1,"tenant":"{tenant}","thing":"contract","id":"{id}","at":1778180651250000,"configuration":12,"document":"{}"}}"#,
                hash(b"{}")
            )
        );
        let text = sold().text().unwrap();
        assert!(text.starts_with(r#"{"record":"lead","v":1,"tenant":"ten_"#), "{text}");
        assert!(text.contains(r#""state":"sold","buyer":"buy_"#), "{text}");
        assert!(text.contains(r#""revenue":20000000,"payout":9000000,"currency":"USD","entries":[["buy_"#), "{text}");
        assert!(text.ends_with(&format!(r#""trace":"{}","sealed":"{}"}}"#, hash(b"trace"), hash(b"sealed"))), "{text}");
        assert!(text.len() < 800, "{} bytes", text.len());
    }

    fn copied() -> Record {
        Record::Copy(CopyRecord {
            v: VERSION,
            tenant: TenantId::from_bits(1),
            lead: LeadId::from_bits(2),
            event: EventId::from_bits(3),
            at: Timestamp(1_778_180_651_250_000),
            copy: AttemptId::from_bits(4),
            buyer: BuyerId::from_bits(5),
            contract: ContractId::from_bits(7),
            state: "accepted".to_owned(),
            paid: None,
            entries: Vec::new(),
            configuration: 12,
            sealed: Digest::of(b"sealed"),
        })
    }

    #[test]
    fn records_read_back() {
        for record in [sold(), changed(), copied()] {
            assert_eq!(Record::read(&record.text().unwrap()), Ok(record));
        }
        let later = changed().text().unwrap().replace("\"v\":1", "\"v\":2");
        assert!(Record::read(&later).unwrap_err().contains("layout 2"));
        assert!(Record::read("{}").is_err());
    }

    #[test]
    fn words_of_things_are_those_of_the_records() {
        for thing in Thing::ALL {
            assert_eq!(serde_json::to_string(&thing).unwrap(), format!("\"{}\"", thing.name()));
        }
    }
}

//! What an operator configures, as one kind of thing: campaigns, sources, buyers and contracts are each a document with
//! versions, and are listed, changed, drafted and restored alike.

use crate::{
    BadId, BuyerId, CampaignId, ContractId, SourceId, buyer::Buyer, campaign::Campaign, contract::Contract,
    source::Source,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A campaign.
    Campaign,
    /// A source.
    Source,
    /// A buyer.
    Buyer,
    /// A contract.
    Contract,
}

impl Kind {
    /// Every kind; what is referred to comes before what refers to it.
    pub const ALL: [Self; 4] = [Self::Campaign, Self::Source, Self::Buyer, Self::Contract];

    /// The word in tables and codes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Source => "source",
            Self::Buyer => "buyer",
            Self::Contract => "contract",
        }
    }

    /// The word in addresses and in a whole configuration.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Campaign => "campaigns",
            Self::Source => "sources",
            Self::Buyer => "buyers",
            Self::Contract => "contracts",
        }
    }

    /// The word at the beginning of a sentence.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Campaign => "Campaign",
            Self::Source => "Source",
            Self::Buyer => "Buyer",
            Self::Contract => "Contract",
        }
    }

    /// Reads the word of addresses.
    #[must_use]
    pub fn from_plural(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.plural() == text)
    }
}

impl FromStr for Kind {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or("a kind is one of campaign, source, buyer, contract")
    }
}

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentId {
    /// A campaign's.
    Campaign(CampaignId),
    /// A source's.
    Source(SourceId),
    /// A buyer's.
    Buyer(BuyerId),
    /// A contract's.
    Contract(ContractId),
}

impl DocumentId {
    /// The id of that many bits.
    #[must_use]
    pub const fn from_bits(kind: Kind, bits: u128) -> Self {
        match kind {
            Kind::Campaign => Self::Campaign(CampaignId::from_bits(bits)),
            Kind::Source => Self::Source(SourceId::from_bits(bits)),
            Kind::Buyer => Self::Buyer(BuyerId::from_bits(bits)),
            Kind::Contract => Self::Contract(ContractId::from_bits(bits)),
        }
    }

    /// Reads the id of a document of this kind.
    ///
    /// # Errors
    /// [`BadId`] for anything else, an id of another kind included.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, BadId> {
        Ok(match kind {
            Kind::Campaign => Self::Campaign(text.parse()?),
            Kind::Source => Self::Source(text.parse()?),
            Kind::Buyer => Self::Buyer(text.parse()?),
            Kind::Contract => Self::Contract(text.parse()?),
        })
    }

    /// What it is the id of.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Campaign(_) => Kind::Campaign,
            Self::Source(_) => Kind::Source,
            Self::Buyer(_) => Kind::Buyer,
            Self::Contract(_) => Kind::Contract,
        }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Campaign(id) => id.fmt(f),
            Self::Source(id) => id.fmt(f),
            Self::Buyer(id) => id.fmt(f),
            Self::Contract(id) => id.fmt(f),
        }
    }
}

/// One document of any kind. It serialises as the bare campaign, source, buyer or contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant)] // read and written one at a time, never kept in long lists
pub enum Document {
    /// A campaign.
    Campaign(Campaign),
    /// A source.
    Source(Source),
    /// A buyer.
    Buyer(Buyer),
    /// A contract.
    Contract(Contract),
}

macro_rules! member {
    ($self:expr, $document:ident => $value:expr) => {
        match $self {
            Document::Campaign($document) => $value,
            Document::Source($document) => $value,
            Document::Buyer($document) => $value,
            Document::Contract($document) => $value,
        }
    };
}

impl Document {
    /// Reads a document of this kind.
    ///
    /// # Errors
    /// The deserialiser's own.
    pub fn read<'de, D: serde::Deserializer<'de>>(kind: Kind, from: D) -> Result<Self, D::Error> {
        Ok(match kind {
            Kind::Campaign => Self::Campaign(Campaign::deserialize(from)?),
            Kind::Source => Self::Source(Source::deserialize(from)?),
            Kind::Buyer => Self::Buyer(Buyer::deserialize(from)?),
            Kind::Contract => Self::Contract(Contract::deserialize(from)?),
        })
    }

    /// What it is about.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Campaign(_) => Kind::Campaign,
            Self::Source(_) => Kind::Source,
            Self::Buyer(_) => Kind::Buyer,
            Self::Contract(_) => Kind::Contract,
        }
    }

    /// Its identity.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        match self {
            Self::Campaign(document) => DocumentId::Campaign(document.id),
            Self::Source(document) => DocumentId::Source(document.id),
            Self::Buyer(document) => DocumentId::Buyer(document.id),
            Self::Contract(document) => DocumentId::Contract(document.id),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        member!(self, document => &document.name)
    }

    /// Its short name; a contract has none.
    #[must_use]
    pub fn slug(&self) -> Option<&str> {
        match self {
            Self::Campaign(document) => Some(&document.slug),
            Self::Source(document) => Some(&document.slug),
            Self::Buyer(document) => Some(&document.slug),
            Self::Contract(_) => None,
        }
    }

    /// Whether it takes part.
    #[must_use]
    pub const fn active(&self) -> bool {
        member!(self, document => document.active)
    }

    /// Lets it take part or not.
    pub const fn set_active(&mut self, active: bool) {
        member!(self, document => document.active = active);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_ids_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(Kind::from_plural(kind.plural()), Some(kind));
            let id = DocumentId::from_bits(kind, 7);
            assert_eq!((id.kind(), DocumentId::parse(kind, &id.to_string())), (kind, Ok(id)));
        }
        assert!(DocumentId::parse(Kind::Buyer, &DocumentId::from_bits(Kind::Source, 7).to_string()).is_err());
    }
}

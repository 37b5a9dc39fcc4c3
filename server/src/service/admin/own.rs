//! What a buyer's people and programs change of their own contracts in the portal: pausing, caps, schedule. What a contract
//! does not permit is refused; what it permits after a look is kept as a draft, which operators publish like any other.

use super::{
    Admin, Desk, Expected, ServiceError,
    documents::{refuse, show},
    sealing,
};
use crate::context::Actor;
use exchange::difference::Difference;
use model::{
    BuyerId, ContractId, Currency,
    contract::{Allowed, Contract, PortalRights},
    document::{Document, DocumentId, Kind},
    portal::{TermsDone, TermsWaiting},
    user::Right,
};
use serde_json::{Value, json};
use store::{Draft, StoreError};

/// Changes of a contract that are looked through for who paused it.
const LOOKED_THROUGH: u16 = 200;

/// What a buyer wants to change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermsWanted {
    /// The caps, as the API takes them.
    pub caps: Option<Value>,
    /// The spans of the schedule, as the API takes them.
    pub spans: Option<Value>,
}

/// What a buyer may change of a contract of its own, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTerms {
    /// The contract.
    pub id: ContractId,
    /// What people call it.
    pub name: String,
    /// What kind of lead.
    pub campaign: String,
    /// Of its amounts.
    pub currency: Currency,
    /// The zone whose hours its schedule has.
    pub zone: String,
    /// What a change names as what it was made from.
    pub version: i64,
    /// Whether it buys.
    pub active: bool,
    /// Whether the buyer can resume it: it buys, or the buyer paused it itself.
    pub resumable: bool,
    /// What may be changed.
    pub may: PortalRights,
    /// Its caps, as the API has them.
    pub caps: Value,
    /// The spans of its schedule, as the API has them.
    pub spans: Value,
    /// What the buyer asked for and nobody decided yet.
    pub waiting: Option<TermsWaiting>,
}

impl Admin {
    /// The contract, if it is one of the caller's buyer.
    async fn own(&self, actor: &Actor, id: ContractId) -> Result<(Desk, Contract, i64), ServiceError> {
        let buyer = own_buyer(actor)?;
        let desk = self.desk(actor, Right::SeePortal).await?;
        let have = desk.find(DocumentId::Contract(id))?;
        let (contract, version) = match &have.document {
            Document::Contract(contract) if contract.buyer_id == buyer => (contract.clone(), have.version),
            _ => return Err(ServiceError::NotFound),
        };
        Ok((desk, contract, version))
    }

    /// What the buyer may change of a contract of its own, and how it stands.
    ///
    /// # Errors
    /// Without [`Right::SeePortal`]; not found for another buyer's.
    pub async fn own_terms(&self, actor: &Actor, id: ContractId) -> Result<OwnTerms, ServiceError> {
        let (desk, contract, version) = self.own(actor, id).await?;
        let shown = show(&Document::Contract(contract.clone()), version).document;
        let waiting = match desk.rows.draft(DocumentId::Contract(id)).await {
            Ok(draft) => Some(draft),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let (campaign, currency) = campaign(&desk, &contract);
        let by_us = self.paused_by(&desk, actor, &contract).await?;
        let waiting = match waiting {
            Some(draft) if self.ours(&desk, actor, &draft.author).await? => {
                let was = Document::Contract(contract.clone());
                let differences = Self::compared(&desk, "", &was, &draft.document);
                let words = |one: Difference| one.sentence.trim_start_matches([':', ' ']).to_owned();
                Some(TermsWaiting { at: draft.at, sentences: differences.into_iter().map(words).collect() })
            }
            _ => None,
        };
        Ok(OwnTerms {
            id,
            name: contract.name.clone(),
            campaign,
            currency,
            zone: zone(&desk, contract.buyer_id),
            version,
            active: contract.active,
            resumable: contract.active || by_us,
            may: contract.portal,
            caps: shown["caps"].clone(),
            spans: shown["schedule"]["spans"].clone(),
            waiting,
        })
    }

    /// Changes caps or schedule of a contract of the own buyer, at once or for approval.
    ///
    /// # Errors
    /// Without [`Right::SeePortal`]; not found for another buyer's; stale; refused for what the contract does not permit, and
    /// while another change of it waits; every fault.
    pub async fn change_own(
        &self,
        actor: &Actor,
        id: ContractId,
        version: i64,
        wanted: TermsWanted,
    ) -> Result<TermsDone, ServiceError> {
        let (desk, was, have) = self.own(actor, id).await?;
        Expected::Version(version).check(have)?;
        let mut body = json!({});
        if let Some(caps) = wanted.caps {
            body["caps"] = caps;
        }
        if let Some(spans) = wanted.spans {
            body["schedule"] = json!({ "spans": spans });
        }
        let shown = show(&Document::Contract(was.clone()), have).document;
        let read = super::wire::read(Kind::Contract, laid(shown, &body)).map_err(ServiceError::Invalid)?;
        let Document::Contract(read) = read else { return Err(ServiceError::NotFound) };
        let mut contract = was.clone();
        let mut may = Vec::new();
        if read.caps != was.caps {
            may.push(was.portal.caps);
            contract.caps = read.caps;
        }
        if read.schedule.spans != was.schedule.spans {
            may.push(was.portal.schedule);
            contract.schedule.spans = read.schedule.spans;
        }
        // Boxed: what it keeps over its waits is many thousand bytes.
        Box::pin(self.changed_own(actor, &desk, contract, &may)).await
    }

    /// Pauses or resumes a contract of the own buyer. Who did not pause it cannot resume it.
    ///
    /// # Errors
    /// As [`Admin::change_own`].
    pub async fn pause_own(&self, actor: &Actor, id: ContractId, active: bool) -> Result<TermsDone, ServiceError> {
        let (desk, was, _) = self.own(actor, id).await?;
        if was.active == active {
            return Ok(TermsDone::Unchanged);
        }
        if active && !self.paused_by(&desk, actor, &was).await? {
            return Err(ServiceError::Refused("It was not you who paused it: ask your contact.".to_owned()));
        }
        let may = [was.portal.pause];
        Box::pin(self.changed_own(actor, &desk, Contract { active, ..was }, &may)).await
    }

    /// Pauses or resumes every contract of the own buyer that permits it.
    ///
    /// # Errors
    /// Without [`Right::SeePortal`]; refused when no contract permits it.
    pub async fn pause_all_own(
        &self,
        actor: &Actor,
        active: bool,
    ) -> Result<Vec<(ContractId, TermsDone)>, ServiceError> {
        let buyer = own_buyer(actor)?;
        let desk = self.desk(actor, Right::SeePortal).await?;
        let own = desk.whole.documents.iter().filter_map(|have| match &have.document {
            Document::Contract(contract) if contract.buyer_id == buyer => Some((contract.id, contract.portal.pause)),
            _ => None,
        });
        let open: Vec<_> = own.filter(|(_, may)| *may != Allowed::No).map(|(id, _)| id).collect();
        if open.is_empty() {
            return Err(ServiceError::Refused(
                "None of your contracts lets you pause it: ask your contact.".to_owned(),
            ));
        }
        let mut done = Vec::new();
        for id in open {
            match self.pause_own(actor, id, active).await {
                Ok(how) => done.push((id, how)),
                // What an operator paused stays so; the others go on.
                Err(ServiceError::Refused(_)) => done.push((id, TermsDone::Unchanged)),
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    async fn changed_own(
        &self,
        actor: &Actor,
        desk: &Desk,
        contract: Contract,
        may: &[Allowed],
    ) -> Result<TermsDone, ServiceError> {
        let id = DocumentId::Contract(contract.id);
        let have = desk.find(id)?;
        let document = Document::Contract(contract);
        if have.document == document {
            return Ok(TermsDone::Unchanged);
        }
        if may.is_empty() || may.contains(&Allowed::No) {
            return Err(ServiceError::Refused(
                "Your contract does not let you change this: ask your contact.".to_owned(),
            ));
        }
        let pausing = have.document.active() && !document.active();
        if !pausing {
            refuse(desk.faults(None, &sealing::opened(&desk.keys, &document)))?;
        }
        // Where changes need four eyes, only pausing works at once.
        if may.iter().all(|may| *may == Allowed::AtOnce) && (pausing || !desk.four_eyes) {
            self.put(actor, desk, document, "In the portal", None).await?;
            return Ok(TermsDone::Done);
        }
        match desk.rows.draft(id).await {
            Ok(draft) if !self.ours(desk, actor, &draft.author).await? => {
                let said = "Another change of this contract waits for a decision. Try again later.";
                return Err(ServiceError::Refused(said.to_owned()));
            }
            Ok(_) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        let document = sealing::sealed(&desk.keys, &document);
        let at = self.clock.now();
        desk.rows.put_draft(&Draft { document, base: have.version, revision: 0, author: actor.by(), at }).await?;
        tracing::info!(%id, by = %actor.by(), "a buyer asks for a change of its contract");
        Ok(TermsDone::Asked)
    }

    /// Takes back what the own buyer asked for and nobody decided yet.
    ///
    /// # Errors
    /// As [`Admin::own_terms`]; not found when nothing of the buyer's waits.
    pub async fn withdraw_own(&self, actor: &Actor, id: ContractId) -> Result<(), ServiceError> {
        let (desk, _, _) = self.own(actor, id).await?;
        let id = DocumentId::Contract(id);
        let draft = desk.rows.draft(id).await?;
        if !self.ours(&desk, actor, &draft.author).await? {
            return Err(ServiceError::NotFound);
        }
        Ok(desk.rows.delete_draft(id).await?)
    }

    /// Whether the id is that of a person or a program of the caller's buyer.
    async fn ours(&self, desk: &Desk, actor: &Actor, author: &str) -> Result<bool, ServiceError> {
        let buyer = actor.user.buyer_id;
        let people = desk.rows.users().await?.into_iter().map(|user| (user.id.to_string(), user.buyer_id));
        let tokens = desk.rows.operator_tokens().await?.into_iter().map(|token| (token.id.to_string(), token.buyer_id));
        Ok(buyer.is_some() && people.chain(tokens).any(|(id, of)| id == author && of == buyer))
    }

    /// Whether a paused contract was paused by the caller's buyer.
    async fn paused_by(&self, desk: &Desk, actor: &Actor, contract: &Contract) -> Result<bool, ServiceError> {
        if contract.active {
            return Ok(false);
        }
        let id = Some(DocumentId::Contract(contract.id));
        let changes = desk.rows.recorded_changes(Some(Kind::Contract), id, None, None, LOOKED_THROUGH).await?;
        let active = |document: &Option<Document>| document.as_ref().is_some_and(Document::active);
        match changes.into_iter().find(|change| active(&change.before) && !active(&change.document)) {
            Some(change) => self.ours(desk, actor, &change.author).await,
            None => Ok(false),
        }
    }
}

fn own_buyer(actor: &Actor) -> Result<BuyerId, ServiceError> {
    if !actor.may(Right::SeePortal) {
        return Err(ServiceError::Forbidden);
    }
    actor.user.buyer_id.ok_or(ServiceError::Forbidden)
}

/// A document with these members laid over it.
fn laid(mut shown: Value, over: &Value) -> Value {
    for (name, value) in over.as_object().into_iter().flatten() {
        match (shown.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
            (Some(into), Some(from)) => into.extend(from.clone()),
            _ => shown[name.as_str()] = value.clone(),
        }
    }
    if let Some(members) = shown.as_object_mut() {
        members.remove("version");
    }
    shown
}

fn campaign(desk: &Desk, contract: &Contract) -> (String, Currency) {
    let found = desk.whole.documents.iter().find_map(|have| match &have.document {
        Document::Campaign(campaign) if campaign.id == contract.campaign_id => {
            Some((campaign.name.clone(), campaign.currency))
        }
        _ => None,
    });
    found.unwrap_or((String::new(), Currency::USD))
}

fn zone(desk: &Desk, buyer: BuyerId) -> String {
    let found = desk.whole.documents.iter().find_map(|have| match &have.document {
        Document::Buyer(one) if one.id == buyer => Some(one.zone.clone()),
        _ => None,
    });
    found.unwrap_or_else(|| "UTC".to_owned())
}

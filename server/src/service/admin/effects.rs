//! What a contract's terms come to, for one that is saved and for one that is still being written.

use super::{Admin, ServiceError, part::told, wire};
use crate::{clock::new_id, context::Actor};
use exchange::{
    eligibility::CompiledContract,
    lead::{Lead, Schema},
};
use model::{
    FieldError,
    document::{Document, DocumentId, Kind},
    effects::Effects,
    user::Right,
};
use serde_json::Value;

/// How many of the newest leads a filter is held against.
const SAMPLE: u16 = 500;

impl Admin {
    /// What a contract would do: its filter in words and over the newest leads of its campaign, its hours, and its caps as
    /// they stand. Nothing is changed, and no lead's value is told.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; every fault that keeps it from being judged.
    pub async fn effects(&self, actor: &Actor, mut body: Value) -> Result<Effects, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let now = self.clock.now();
        if body.is_object() && body["id"].is_null() {
            body["id"] = DocumentId::from_bits(Kind::Contract, new_id(now)).to_string().into();
            if body["active"].is_null() {
                body["active"] = true.into();
            }
        }
        let Document::Contract(contract) = wire::read(Kind::Contract, body).map_err(ServiceError::Invalid)? else {
            return Err(ServiceError::NotFound);
        };
        let missing = |field: &str, what: &str| {
            let message = format!("There is no such {what}.");
            ServiceError::Invalid(vec![FieldError::new(field, "not_found", message)])
        };
        let Ok(Document::Campaign(campaign)) =
            desk.find(DocumentId::Campaign(contract.campaign_id)).map(|d| &d.document)
        else {
            return Err(missing("campaign_id", "campaign"));
        };
        let Ok(Document::Buyer(buyer)) = desk.find(DocumentId::Buyer(contract.buyer_id)).map(|d| &d.document) else {
            return Err(missing("buyer_id", "buyer"));
        };
        let schema = Schema::new(campaign).map_err(|faults| ServiceError::Invalid(told("campaign_id", faults)))?;
        let compiled = CompiledContract::new(contract, buyer.clone(), &schema)
            .map_err(|faults| ServiceError::Invalid(told("", faults)))?;
        let stored = desk.rows.outlines(campaign.id, SAMPLE).await?;
        // A lead whose record cannot be read says nothing about a filter.
        let leads = stored.iter().filter_map(|(open, personal)| Lead::outline(&schema, open, personal).ok());
        let sample = compiled.sample(leads);
        let standing = compiled.standing_caps(now);
        let tenant = actor.tenant.id;
        let keys: Vec<_> = standing.iter().filter_map(|(.., key)| Some((tenant, (*key)?))).collect();
        let counters = self.store.counters(&keys).await?;
        let caps = standing.iter().map(|(whose, cap, key)| {
            let counter = key.map(|key| counters.get(&(tenant, key)).copied().unwrap_or_default());
            compiled.cap_effect(whose, cap, counter, now)
        });
        Ok(Effects {
            filter: compiled.filter_words(&|path| schema.label(path)),
            sample,
            opening: compiled.opening(now),
            caps: caps.collect(),
        })
    }
}

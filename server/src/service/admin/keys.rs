//! API keys of sources, for operators.

use super::{Admin, ServiceError, documents::refuse};
use crate::{
    context::Actor,
    service::keys::{self, KeyWanted, Use},
};
use model::{
    CampaignId, FieldError, KeyId, SourceId,
    document::{Document, DocumentId},
    intake::HookFormat,
    tenant::ApiKey,
    user::Right,
};

/// A page of keys, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyListing {
    /// The keys, revoked ones included.
    pub items: Vec<ApiKey>,
    /// The id after which the next page begins.
    pub next: Option<String>,
}

impl Admin {
    /// A page of keys, after the one with the id `after`.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn api_keys(&self, actor: &Actor, after: Option<KeyId>, limit: u16) -> Result<KeyListing, ServiceError> {
        let keys = self.rows(actor, Right::SeeExchange)?.keys().await?;
        let mut items: Vec<_> = keys.into_iter().filter(|key| after.is_none_or(|after| key.id < after)).collect();
        let more = items.len() > usize::from(limit);
        items.truncate(limit.into());
        let next = items.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(KeyListing { items, next })
    }

    /// One key.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for another tenant's.
    pub async fn api_key(&self, actor: &Actor, id: KeyId) -> Result<ApiKey, ServiceError> {
        let keys = self.rows(actor, Right::SeeExchange)?.keys().await?;
        keys.into_iter().find(|key| key.id == id).ok_or(ServiceError::NotFound)
    }

    /// Makes a key; also the whole key, which is never shown again.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; every fault: no name, no such source or campaign.
    pub async fn create_api_key(&self, actor: &Actor, wanted: KeyWanted) -> Result<(ApiKey, String), ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let mut faults = Vec::new();
        if wanted.name.trim().is_empty() {
            faults.push(FieldError::new("name", "missing", "A key needs a name."));
        }
        if desk.find(DocumentId::Source(wanted.source_id)).is_err() {
            faults.push(FieldError::new("source_id", "not_found", "There is no such source."));
        }
        for (at, id) in wanted.campaigns.iter().enumerate() {
            if desk.find(DocumentId::Campaign(*id)).is_err() {
                faults.push(FieldError::new(format!("campaigns[{at}]"), "not_found", "There is no such campaign."));
            }
        }
        faults.extend(door(&wanted.used_as));
        faults.extend(places(&wanted.used_as));
        refuse(faults)?;
        let made = keys::open_door((&self.store, &desk.keys), self.clock.now(), actor.tenant.id, wanted).await?;
        tracing::info!(key = %made.0.id, by = %actor.by(), "API key made");
        self.changed().await;
        Ok(made)
    }

    /// Revokes a key at once; the key as it is then.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's.
    pub async fn revoke_api_key(&self, actor: &Actor, id: KeyId) -> Result<ApiKey, ServiceError> {
        self.rows(actor, Right::Configure)?.revoke_key(id, self.clock.now()).await?;
        tracing::info!(key = %id, by = %actor.by(), "API key revoked");
        self.changed().await;
        self.api_key(actor, id).await
    }

    /// The source of an id or a short name.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found.
    pub async fn source_id(&self, actor: &Actor, text: &str) -> Result<SourceId, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let found = desk.whole.documents.iter().find_map(|have| match &have.document {
            Document::Source(source) if source.slug == text || source.id.to_string() == text => Some(source.id),
            _ => None,
        });
        found.ok_or(ServiceError::NotFound)
    }

    /// The campaign of an id or a short name.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found.
    pub async fn campaign_id(&self, actor: &Actor, text: &str) -> Result<CampaignId, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let found = desk.whole.documents.iter().find_map(|have| match &have.document {
            Document::Campaign(campaign) if campaign.slug == text || campaign.id.to_string() == text => {
                Some(campaign.id)
            }
            _ => None,
        });
        found.ok_or(ServiceError::NotFound)
    }
}

/// The shortest credential of another platform that is taken over, in characters: a shorter one can be guessed.
const SHORTEST: usize = 12;
/// The longest credential or secret, in characters.
const LONGEST: usize = 200;

/// Most origins of one publishable key.
const ORIGINS: usize = 50;

/// What is wrong with the origins of a publishable key: each by its place.
fn places(used_as: &Use) -> Vec<FieldError> {
    let Use::Publishable(origins) = used_as else { return Vec::new() };
    if origins.is_empty() || origins.len() > ORIGINS {
        let message = "Name 1 to 50 origins: where the pages are that may use it, such as https://quotes.example.";
        return vec![FieldError::new("origins", "not_allowed", message)];
    }
    // As browsers write it: scheme, host, a port that is not the scheme's own, and nothing after it.
    let written = |text: &str| {
        let url = url::Url::parse(text).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.origin().ascii_serialization())
    };
    let wrong = origins.iter().enumerate().filter(|(_, text)| written(text).as_ref() != Some(text));
    let message = |text: &str| match written(text) {
        Some(origin) => format!("An origin has no path: did you mean {origin}?"),
        None => "An origin is a scheme and a host, such as https://quotes.example.".to_owned(),
    };
    wrong.map(|(at, text)| FieldError::new(format!("origins[{at}]"), "not_an_origin", message(text))).collect()
}

/// What is wrong with what a key is to open.
fn door(used_as: &Use) -> Option<FieldError> {
    let fault = |field: &str, message: &str| Some(FieldError::new(field, "not_allowed", message));
    match used_as {
        Use::Adopted(_, given) if !(SHORTEST..=LONGEST).contains(&given.chars().count()) => {
            fault("credential", "Enter the credential that the seller's program sends: 12 to 200 characters.")
        }
        Use::Hook(HookFormat::Meta, None) => fault("secret", "Enter the app secret: Meta signs with it."),
        Use::Hook(_, Some(secret)) if !(8..=LONGEST).contains(&secret.chars().count()) => {
            fault("secret", "A secret has 8 to 200 characters.")
        }
        _ => None,
    }
}

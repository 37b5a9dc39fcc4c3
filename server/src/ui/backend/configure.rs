//! [`Configuring`]: the pages' way to the use cases of `service::admin`.

use super::RequestBackend;
use crate::service::{
    ServiceError,
    admin::{Expected, HistoryEntry, HistoryWanted},
    keys::{KeyWanted, Use},
    spec::{FieldSpec, Spec},
};
use app::{
    backend::configure::{
        Changed, Changes, Configuring, DraftView, FieldLine, FormLinks, HistoryAsked, Instructions, NewKey, Opened,
        TemplateView,
    },
    error::UiError,
};
use async_trait::async_trait;
use exchange::vertical::Template;
use model::{
    CampaignId, KeyId, SourceId,
    document::{DocumentId, Kind},
    intake::KeyUse,
    tenant::ApiKey,
};
use serde_json::Value;

/// How many documents are asked for at once.
const PAGE: u16 = 500;

/// Posting instructions of a source as a page shows them.
pub(super) fn told(source: String, spec: Spec) -> Instructions {
    let line = |field: FieldSpec| FieldLine {
        allowed: field.says(),
        name: field.name,
        label: field.label,
        kind: field.kind.to_owned(),
        required: field.required,
        personal: field.personal,
        example: field.example,
    };
    Instructions {
        source,
        curl: spec.curl(),
        example: spec.example["fields"].as_object().cloned().unwrap_or_default(),
        campaign: spec.campaign.name,
        active: spec.active,
        url: spec.url,
        consent_required: spec.consent_required,
        known_only: spec.consent.as_ref().is_some_and(|consent| consent.known_only),
        words: spec.consent.map(|consent| (consent.text, consent.text_version)),
        fields: spec.fields.into_iter().map(line).collect(),
    }
}

/// The members the service adds to a document are no part of it.
fn bare(mut shown: Value) -> Value {
    if let Some(members) = shown.as_object_mut() {
        members.remove("version");
        members.remove("draft");
    }
    shown
}

fn changed(entry: HistoryEntry) -> Option<Changed> {
    Some(Changed {
        id: DocumentId::parse(entry.kind, &entry.id).ok()?,
        at: entry.instant,
        name: entry.name,
        version: entry.version,
        author: entry.author,
        author_name: entry.author_name,
        note: entry.note,
        sentences: entry.differences.into_iter().map(|difference| difference.sentence).collect(),
        deleted: entry.deleted,
    })
}

impl RequestBackend {
    /// A document with the secrets in clear that a form carried sealed.
    pub(super) async fn typed(&self, value: Value) -> Result<Value, UiError> {
        self.services.admin().unconceal(self.actor().await?, value).await.map_err(|error| self.told(error))
    }
}

#[async_trait]
impl Configuring for RequestBackend {
    async fn templates(&self) -> Result<Vec<TemplateView>, UiError> {
        let templates = self.services.admin().templates(self.actor().await?).map_err(|error| self.told(error))?;
        let view = |template: &Template| TemplateView {
            id: template.id.clone(),
            name: template.name.clone(),
            group: template.group.clone(),
            about: template.about.clone(),
            consent: template.consent.clone(),
            campaign: template.campaign(),
            filters: template
                .filters
                .iter()
                .map(|starter| (starter.name.clone(), serde_json::to_value(&starter.filter).unwrap_or_default()))
                .collect(),
        };
        Ok(templates.iter().map(view).collect())
    }

    async fn documents(&self, kind: Kind) -> Result<Vec<Value>, UiError> {
        let (actor, admin) = (self.actor().await?, self.services.admin());
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = admin.list(actor, kind, after, PAGE).await.map_err(|error| self.told(error))?;
            all.extend(page.items.into_iter().map(|shown| bare(shown.document)));
            after = page.next.and_then(|next| DocumentId::parse(kind, &next).ok());
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    async fn document(&self, id: DocumentId) -> Result<Opened, UiError> {
        let (actor, admin) = (self.actor().await?, self.services.admin());
        let shown = admin.get(actor, id).await.map_err(|error| self.told(error))?;
        let mut warnings = None;
        let draft = match admin.draft_beside(actor, id).await {
            Ok(draft) => {
                warnings = Some(draft.warnings);
                Some(DraftView {
                    value: bare(draft.shown.document),
                    base: draft.shown.version,
                    own: draft.author == actor.by(),
                    author: draft.author_name,
                    at: draft.at,
                    differences: draft.differences.into_iter().map(|difference| difference.sentence).collect(),
                })
            }
            Err(ServiceError::NotFound) => None,
            Err(error) => return Err(self.told(error)),
        };
        let four_eyes = admin.options(actor).await.map_err(|error| self.told(error))?.four_eyes;
        let warnings = match warnings {
            Some(warnings) => warnings,
            None => admin.warnings(actor, id).await.map_err(|error| self.told(error))?,
        };
        Ok(Opened { value: bare(shown.document), version: shown.version, draft, warnings, four_eyes })
    }

    async fn conceal(&self, value: Value) -> Result<Value, UiError> {
        self.services.admin().conceal(self.actor().await?, value).await.map_err(|error| self.told(error))
    }

    async fn create_document(&self, kind: Kind, value: Value, note: String) -> Result<DocumentId, UiError> {
        let value = self.typed(value).await?;
        let made = self.services.admin().create(self.actor().await?, kind, value, &note).await;
        let made = made.map_err(|error| self.told(error))?;
        let id = made.document["id"].as_str().and_then(|id| DocumentId::parse(kind, id).ok());
        id.ok_or_else(|| self.broken("a document without an id"))
    }

    async fn save_document(&self, id: DocumentId, value: Value, version: i64, note: String) -> Result<i64, UiError> {
        let value = self.typed(value).await?;
        let (actor, expected) = (self.actor().await?, Expected::Version(version));
        let saved = self.services.admin().update(actor, id, value, expected, &note).await;
        saved.map(|shown| shown.version).map_err(|error| self.told(error))
    }

    async fn save_draft(&self, id: DocumentId, value: Value, version: i64) -> Result<(), UiError> {
        let value = self.typed(value).await?;
        let (actor, expected) = (self.actor().await?, Expected::Version(version));
        let kept = self.services.admin().save_draft(actor, id, value, expected).await;
        kept.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn discard_draft(&self, id: DocumentId) -> Result<(), UiError> {
        self.services.admin().discard_draft(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn publish_draft(&self, id: DocumentId, note: String) -> Result<i64, UiError> {
        let published = self.services.admin().publish(self.actor().await?, id, &note).await;
        published.map(|shown| shown.version).map_err(|error| self.told(error))
    }

    async fn roll_back(&self, id: DocumentId, to: i64, version: i64, note: String) -> Result<(), UiError> {
        let (actor, expected) = (self.actor().await?, Expected::Version(version));
        let restored = self.services.admin().rollback(actor, id, to, expected, &note).await;
        restored.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn set_document_active(&self, id: DocumentId, active: bool) -> Result<(), UiError> {
        let set = self.services.admin().set_active(self.actor().await?, id, active, Expected::Any, "").await;
        set.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn delete_document(&self, id: DocumentId, version: i64) -> Result<(), UiError> {
        let (actor, expected) = (self.actor().await?, Expected::Version(version));
        self.services.admin().delete(actor, id, expected).await.map_err(|error| self.told(error))
    }

    async fn changes(&self, asked: HistoryAsked) -> Result<Changes, UiError> {
        let HistoryAsked { kind, id, author, after, limit } = asked;
        let wanted = HistoryWanted { kind, id, author, after, limit };
        let page =
            self.services.admin().history(self.actor().await?, wanted).await.map_err(|error| self.told(error))?;
        Ok(Changes { rows: page.items.into_iter().filter_map(changed).collect(), next: page.next })
    }

    async fn instructions(&self, source: SourceId, campaign: CampaignId) -> Result<Instructions, UiError> {
        let (actor, admin) = (self.actor().await?, self.services.admin());
        let source = admin.get(actor, DocumentId::Source(source)).await.map_err(|error| self.told(error))?;
        let spec = self.services.instructions(actor, campaign, &self.public_url).await;
        let spec = spec.map_err(|error| self.told(error))?;
        Ok(told(source.document["name"].as_str().unwrap_or_default().to_owned(), spec))
    }

    async fn form_links(&self, campaign: CampaignId) -> Result<FormLinks, UiError> {
        let found = self.services.admin().form_links(self.actor().await?, campaign, &self.public_url).await;
        let links = found.map_err(|error| self.told(error))?;
        Ok(FormLinks { active: links.active, url: links.url, snippet: links.snippet })
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, UiError> {
        let listing = self.services.admin().api_keys(self.actor().await?, None, u16::MAX).await;
        listing.map(|listing| listing.items).map_err(|error| self.told(error))
    }

    async fn create_api_key(&self, wanted: NewKey) -> Result<(ApiKey, String), UiError> {
        let NewKey { source, name, mode, campaigns, used_as, secret, origins } = wanted;
        let used_as = match used_as {
            KeyUse::Api => Use::Api,
            KeyUse::Hook(format) => Use::Hook(format, Some(secret).filter(|secret| !secret.is_empty())),
            KeyUse::Platform(platform) => Use::Adopted(platform, secret),
            KeyUse::Publishable => Use::Publishable(origins),
        };
        let wanted = KeyWanted { source_id: source, name, mode, campaigns, used_as };
        let made = self.services.admin().create_api_key(self.actor().await?, wanted).await;
        let (key, whole) = made.map_err(|error| self.told(error))?;
        // A hook is known by its address.
        let shown = match key.used_as {
            KeyUse::Hook(format) => {
                let path = format!("/api/hooks/{}/{whole}", format.name());
                self.public_url.join(&path).map(String::from).unwrap_or(path)
            }
            KeyUse::Api | KeyUse::Platform(_) | KeyUse::Publishable => whole,
        };
        Ok((key, shown))
    }

    async fn revoke_api_key(&self, id: KeyId) -> Result<(), UiError> {
        let revoked = self.services.admin().revoke_api_key(self.actor().await?, id).await;
        revoked.map(|_| ()).map_err(|error| self.told(error))
    }
}

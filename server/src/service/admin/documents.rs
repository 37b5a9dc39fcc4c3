//! Campaigns, sources, buyers and contracts: listed, read, made, changed, paused and deleted.

use super::{
    Admin, Desk, NOT_ALONE, ServiceError,
    check::{self, World},
    presets, sealing, templates, wire,
};
use crate::{clock::new_id, context::Actor};
use model::{
    FieldError, VerticalId,
    document::{Document, DocumentId, Kind},
    user::Right,
    vertical::Vertical,
};
use serde_json::{Map, Value};
use store::{Edit, StoreError};

/// A document as it is shown: amounts as decimals, secrets masked.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The document with its `version`.
    pub document: Value,
    /// Raised with every change. Of a draft: the published version it was made from.
    pub version: i64,
}

/// A page of documents, in the order they were made.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The documents.
    pub items: Vec<Shown>,
    /// The id after which the next page begins.
    pub next: Option<String>,
}

/// The version a change was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there.
    Any,
    /// This one, or the change is refused.
    Version(i64),
}

impl Expected {
    pub(super) fn check(self, version: i64) -> Result<(), ServiceError> {
        match self {
            Self::Version(expected) if expected != version => Err(ServiceError::Stale),
            _ => Ok(()),
        }
    }
}

impl Shown {
    /// With what the pages and programs should be told beside it, as its `warnings`.
    pub(super) fn warned(mut self, warnings: Vec<String>) -> Self {
        if !warnings.is_empty() {
            self.document["warnings"] = warnings.into();
        }
        self
    }
}

pub(super) fn show(document: &Document, version: i64) -> Shown {
    let mut shown = wire::shown(document);
    shown["version"] = version.into();
    Shown { document: shown, version }
}

impl Admin {
    /// A page of documents of one kind, after the one with the id `after`.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn list(
        &self,
        actor: &Actor,
        kind: Kind,
        after: Option<DocumentId>,
        limit: u16,
    ) -> Result<Listing, ServiceError> {
        let rows = self.rows(actor, Right::SeeExchange)?;
        let mut found = rows.documents(kind, after, limit.saturating_add(1)).await?;
        let more = found.len() > usize::from(limit);
        found.truncate(limit.into());
        let next = found.last().filter(|_| more).map(|last| last.document.id().to_string());
        Ok(Listing { items: found.iter().map(|have| show(&have.document, have.version)).collect(), next })
    }

    /// One document.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found for another tenant's.
    pub async fn get(&self, actor: &Actor, id: DocumentId) -> Result<Shown, ServiceError> {
        let have = self.rows(actor, Right::SeeExchange)?.document(id).await?;
        Ok(show(&have.document, have.version))
    }

    /// Makes a document. It is active unless it says otherwise; where four eyes are asked for it begins paused. A
    /// campaign that names no vertical gets one of its own short name; one that names a `template` has from it what it does
    /// not say itself.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; every fault; taken; four eyes when it is to be active at once.
    pub async fn create(&self, actor: &Actor, kind: Kind, body: Value, note: &str) -> Result<Shown, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let now = self.clock.now();
        let mut body = object(body)?;
        if body.contains_key("id") {
            let message = "The id is made here: leave it out.";
            return Err(ServiceError::Invalid(vec![FieldError::new("id", "not_allowed", message)]));
        }
        let id = DocumentId::from_bits(kind, new_id(now));
        body.insert("id".to_owned(), id.to_string().into());
        body.entry("active").or_insert_with(|| (!desk.four_eyes && actor.may(Right::Publish)).into());
        if kind == Kind::Contract {
            presets::fill(&mut body)?;
        }
        if kind == Kind::Campaign {
            templates::fill(&mut body)?;
        }
        let missing = kind == Kind::Campaign && body.get("vertical_id").is_none_or(Value::is_null);
        let own = if missing { vertical_for(&desk, &mut body, VerticalId::from_bits(new_id(now))) } else { None };
        let mut document = wire::read(kind, body.into()).map_err(ServiceError::Invalid)?;
        if desk.four_eyes && document.active() {
            return Err(ServiceError::FourEyes(
                "Where changes need four eyes a new one begins paused: `active` false.",
            ));
        }
        if document.active() {
            Self::publishing(actor)?;
        }
        let own = own.map(|id| vertical_of(&document, id));
        let mut faults = sealing::keep(&mut document, None);
        faults.extend(desk.faults(own.as_ref(), &document));
        refuse(faults)?;
        sealing::seal(&desk.keys, &mut document, None);
        let mut edits: Vec<_> = own.map(Edit::Vertical).into_iter().collect();
        edits.push(Edit::Create(document.clone()));
        desk.rows.apply(&edits, &self.change(actor, note)).await?;
        tracing::info!(%id, by = %actor.by(), "configuration: made");
        self.changed().await;
        Ok(show(&document, 1).warned(desk.warnings(&document).await?))
    }

    /// Changes a document as a whole. Secrets sent as the mask stay; what does not change anything makes no version.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; stale; every fault; taken; four eyes.
    pub async fn update(
        &self,
        actor: &Actor,
        id: DocumentId,
        body: Value,
        expected: Expected,
        note: &str,
    ) -> Result<Shown, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        expected.check(desk.find(id)?.version)?;
        let document = desk.read(id, body)?;
        if desk.four_eyes {
            return Err(ServiceError::FourEyes(NOT_ALONE));
        }
        Self::publishing(actor)?;
        self.put(actor, &desk, document, note, None).await
    }

    /// Pauses or resumes.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; stale; every fault that keeps it from being resumed; four eyes for
    /// resuming.
    pub async fn set_active(
        &self,
        actor: &Actor,
        id: DocumentId,
        active: bool,
        expected: Expected,
        note: &str,
    ) -> Result<Shown, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let have = desk.find(id)?;
        expected.check(have.version)?;
        // Pausing is always possible: it is what somebody does in a hurry.
        if active && desk.four_eyes && !have.document.active() {
            return Err(ServiceError::FourEyes(NOT_ALONE));
        }
        let mut document = have.document.clone();
        document.set_active(active);
        if active {
            Self::publishing(actor)?;
            refuse(desk.faults(None, &sealing::opened(&desk.keys, &document)))?;
        }
        self.put(actor, &desk, document, note, None).await
    }

    /// Deletes what was never used.
    ///
    /// # Errors
    /// Without [`Right::Configure`] and [`Right::Delete`]; not found; stale; in use.
    pub async fn delete(&self, actor: &Actor, id: DocumentId, expected: Expected) -> Result<(), ServiceError> {
        self.rows(actor, Right::Delete)?;
        let desk = self.desk(actor, Right::Configure).await?;
        let have = desk.find(id)?;
        expected.check(have.version)?;
        if desk.rows.is_used(id).await? {
            return Err(ServiceError::InUse);
        }
        let previous = sealing::sealed(&desk.keys, &have.document);
        let edit = Edit::Delete { previous, expected: have.version };
        match desk.rows.apply(&[edit], &self.change(actor, "")).await {
            Ok(_) => {}
            Err(StoreError::Conflict) => return Err(ServiceError::InUse),
            Err(error) => return Err(error.into()),
        }
        tracing::info!(%id, by = %actor.by(), "configuration: deleted");
        self.changed().await;
        Ok(())
    }

    /// Stores a document that was found right and whose secrets are sealed, in the place of the one with its id.
    pub(super) async fn put(
        &self,
        actor: &Actor,
        desk: &Desk,
        document: Document,
        note: &str,
        draft: Option<i64>,
    ) -> Result<Shown, ServiceError> {
        let id = document.id();
        let have = desk.find(id)?;
        let document = sealing::sealed(&desk.keys, &document);
        if have.document == document && draft.is_none() {
            return Ok(show(&document, have.version));
        }
        let previous = sealing::sealed(&desk.keys, &have.document);
        let edit = Edit::Update { document: document.clone(), previous, expected: have.version, draft };
        let versions = desk.rows.apply(&[edit], &self.change(actor, note)).await?;
        let version = versions.first().copied().unwrap_or(have.version + 1);
        tracing::info!(%id, version, by = %actor.by(), "configuration: changed");
        self.changed().await;
        Ok(show(&document, version).warned(desk.warnings(&document).await?))
    }
}

impl Desk {
    /// Reads what an operator sent in the place of a document: secrets kept or sealed, and found right.
    pub(super) fn read(&self, id: DocumentId, body: Value) -> Result<Document, ServiceError> {
        let have = self.find(id)?;
        let mut body = object(body)?;
        if body.get("id").is_some_and(|sent| sent.as_str() != Some(id.to_string().as_str())) {
            let message = "This is not the id in the address.";
            return Err(ServiceError::Invalid(vec![FieldError::new("id", "not_allowed", message)]));
        }
        body.insert("id".to_owned(), id.to_string().into());
        let mut document = wire::read(id.kind(), body.into()).map_err(ServiceError::Invalid)?;
        let mut faults = sealing::keep(&mut document, Some(&sealing::opened(&self.keys, &have.document)));
        faults.extend(self.faults(None, &document));
        refuse(faults)?;
        sealing::seal(&self.keys, &mut document, Some(&have.document));
        Ok(document)
    }

    /// The faults of a document, in clear, as if it were saved together with a vertical of its own.
    pub(super) fn faults(&self, vertical: Option<&Vertical>, document: &Document) -> Vec<FieldError> {
        let changed = std::slice::from_ref(document);
        let verticals = self.whole.verticals.iter().chain(vertical).collect();
        check::faults(&World { verticals, documents: self.with(changed), texts: self.text_names() }, document)
    }
}

/// Nothing when there is no fault; taken when the only fault is a name that is.
pub(super) fn refuse(faults: Vec<FieldError>) -> Result<(), ServiceError> {
    match faults.iter().all(|fault| fault.code == "taken") {
        true if faults.is_empty() => Ok(()),
        true => Err(ServiceError::Taken(faults)),
        false => Err(ServiceError::Invalid(faults)),
    }
}

fn object(body: Value) -> Result<Map<String, Value>, ServiceError> {
    match body {
        Value::Object(object) => Ok(object),
        _ => Err(ServiceError::Invalid(vec![FieldError::new("", "not_understood", "This has to be an object.")])),
    }
}

/// The vertical a campaign belongs to when it names none: the one of its short name, else a new one, whose id is given
/// back.
fn vertical_for(desk: &Desk, body: &mut Map<String, Value>, new: VerticalId) -> Option<VerticalId> {
    let slug = body.get("slug").and_then(Value::as_str);
    let have = desk.whole.verticals.iter().find(|vertical| Some(vertical.slug.as_str()) == slug);
    let id = have.map_or(new, |vertical| vertical.id);
    body.insert("vertical_id".to_owned(), id.to_string().into());
    have.is_none().then_some(id)
}

fn vertical_of(document: &Document, id: VerticalId) -> Vertical {
    let fields = match document {
        Document::Campaign(campaign) => campaign.fields.clone(),
        _ => Vec::new(),
    };
    let slug = document.slug().unwrap_or_default().to_owned();
    Vertical { id, slug, name: document.name().to_owned(), active: true, fields }
}

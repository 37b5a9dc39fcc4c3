//! A lead for trying a buyer's mapping without an award: nothing of it may be sold. Its person is invented, or was opened
//! with a proof.

use super::{
    BadPersonal, Certificates, Consent, ContactHashes, Lead, LeadMeta, Opened, PingView, PostView, Schema,
    intake::Reader, pii::PersonalPart, restored,
};
use model::{
    Micros, Timestamp,
    field::{Field, FieldKind, Visibility},
    lead::Tracking,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A lead that is only shown as it would be sent.
pub struct Rehearsal(Lead);

impl Rehearsal {
    /// A lead made of the examples of the campaign's fields and an invented consent. A field without an example, or with one
    /// that it would refuse itself, has no value.
    #[must_use]
    pub fn invented(schema: &Schema, now: Timestamp) -> Self {
        let examples = |fields: &[Field]| -> Map<String, Value> {
            fields.iter().map(|field| (field.name.clone(), field.example.clone().into())).collect()
        };
        let mut reader = Reader::new(now);
        for compiled in schema.compiled() {
            let field = &compiled.field;
            let mut sent = match &field.kind {
                FieldKind::List { members, .. } => {
                    Map::from_iter([(field.name.clone(), vec![Value::Object(examples(members))].into())])
                }
                _ => examples(std::slice::from_ref(field)),
            };
            reader.take(compiled, &mut sent);
        }
        let Reader { open, personal, .. } = reader;
        let consent = Consent {
            text: Some("By clicking, I agree to be called.".to_owned()),
            granted_at: Some(now.to_string()),
            page_url: Some("https://form.example/".to_owned()),
            ip: Some("203.0.113.9".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
            ..Consent::default()
        };
        let certificates = Certificates::default();
        let part = PersonalPart::new(personal, BTreeMap::new(), Some(consent), certificates);
        Self(Lead::new(schema.clone(), open, part, Tracking::default()))
    }

    /// This invented person with the open values of a stored lead in the place of the invented ones.
    ///
    /// # Errors
    /// When the open part is not what [`Lead::open_json`] wrote.
    pub fn with_open(mut self, open: &str) -> Result<Self, BadPersonal> {
        let schema = self.0.schema.clone();
        let stored: BTreeMap<_, _> = restored(&schema, open)?;
        let personal = |name: &String| schema.visibility(name) == Some(Visibility::Personal);
        self.0.open = stored.into_iter().filter(|(name, _)| !personal(name)).collect();
        Ok(self)
    }

    /// A stored lead with its own person.
    ///
    /// # Errors
    /// When the open part is not what [`Lead::open_json`] wrote.
    pub fn opened(schema: &Schema, open: &str, opened: Opened) -> Result<Self, BadPersonal> {
        Lead::restore(schema, open, opened, Tracking::default()).map(Self)
    }

    /// What its source would send to have it once more: every value as it was written, records of lists under flat names
    /// (`drivers[0].gender`), which intake takes. The source's own id for the lead is left out: it would make it a repeat.
    #[must_use]
    pub fn submission(&self, campaign: &str, tracking: &Tracking) -> Value {
        let lead = &self.0;
        let part = lead.personal.for_rehearsal(self);
        let open = lead.open.iter().filter(|(name, _)| !lead.is_part(name) && !self.is_list(name));
        let fields = open.chain(&part.fields).map(|(name, reading)| (name.clone(), reading.raw.clone().into()));
        let mut body = json!({ "campaign": campaign, "fields": fields.collect::<Map<_, _>>() });
        let mut put = |name: &str, members: Map<String, Value>| {
            if !members.is_empty() {
                body[name] = members.into();
            }
        };
        put("source", said(serde_json::to_value(tracking)));
        put("consent", said(serde_json::to_value(&part.consent)));
        put("certificates", said(serde_json::to_value(&part.certificates)));
        body
    }

    fn is_list(&self, name: &str) -> bool {
        let place = self.0.schema.place(name).filter(|place| place.part.is_none());
        place.is_some_and(|place| matches!(place.field.kind, FieldKind::List { .. }))
    }

    /// What a ping would say.
    #[must_use]
    pub fn ping_view(&self, meta: LeadMeta) -> PingView {
        self.0.ping_view(meta)
    }

    /// What a ping would say of contacts when its call allows hashes.
    #[must_use]
    pub fn contact_hashes(&self) -> ContactHashes {
        self.0.contact_hashes()
    }

    /// What a post would say at a price.
    #[must_use]
    pub fn post_view<'a>(&'a self, meta: &'a LeadMeta, price: Micros) -> PostView<'a> {
        PostView::new(meta, &self.0.open, self.0.personal.for_rehearsal(self), price)
    }
}

/// The members that have a value.
fn said(members: serde_json::Result<Value>) -> Map<String, Value> {
    match members {
        Ok(Value::Object(members)) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    }
}

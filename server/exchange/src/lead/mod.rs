//! One lead: reading it, its personal part by type, and the views that leave.
//!
//! A [`Lead`] has an open part, which filters and pings may use, and a personal part, which is a [`Pii`]: it can be
//! sealed, and it opens only for the buyer that is being awarded the lead, for a silent contract that gets a copy, or with a
//! proof that somebody may look.

pub mod advice;
mod agent;
mod closed;
mod form;
mod hashes;
mod intake;
mod mask;
mod member;
mod normalise;
mod parts;
mod pii;
mod ping;
mod post;
mod print;
mod records;
mod rehearsal;
mod schema;
mod submission;
mod value;

pub use closed::{Civil, Code, Decimal, Month, Span};
pub use form::form_to_json;
pub use hashes::{ContactHashes, HashKind};
pub use intake::{faults_of, read_lead, read_ping};
pub use normalise::{state_name, states};
pub use pii::{BadPersonal, Opened, Pii, Recovery, Viewing, without_personal};
pub use ping::{PingValue, PingView};
pub use post::{PostView, Sent};
pub use print::Print;
pub use rehearsal::Rehearsal;
pub use schema::Schema;
pub use submission::{Certificates, Consent, Submission, read_submission};
pub use value::{Band, Choice, Value};

use model::{LeadId, campaign::PrintKind, field::Visibility, lead::Tracking, part::Part};
use pii::PersonalPart;
use post::split_part;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, sync::Arc};

/// A field's value with the text it was read from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) value: Value,
    pub(crate) raw: String,
}

/// What is known about a lead beside its record.
#[derive(Debug, Clone)]
pub struct LeadMeta {
    /// Its id.
    pub lead_id: LeadId,
    /// The campaign's slug.
    pub campaign: Arc<str>,
    /// Whether it is a test lead.
    pub test: bool,
}

/// One consumer's record, read and normalised.
pub struct Lead {
    schema: Schema,
    open: BTreeMap<String, Reading>,
    personal: Pii<PersonalPart>,
    tracking: Tracking,
    has_trustedform: bool,
    has_jornaya: bool,
    /// The person is not known yet: required personal fields will be there.
    anonymous: bool,
}

impl std::fmt::Debug for Lead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lead({} open fields)", self.open.len())
    }
}

impl Lead {
    pub(crate) fn new(
        schema: Schema,
        open: BTreeMap<String, Reading>,
        personal: PersonalPart,
        tracking: Tracking,
    ) -> Self {
        let (has_trustedform, has_jornaya) =
            (personal.certificates.trustedform.is_some(), personal.certificates.jornaya.is_some());
        let anonymous = false;
        Self { schema, open, personal: Pii::new(personal), tracking, has_trustedform, has_jornaya, anonymous }
    }

    pub(crate) fn without_person(
        schema: Schema,
        open: BTreeMap<String, Reading>,
        personal: PersonalPart,
        tracking: Tracking,
    ) -> Self {
        Self { anonymous: true, ..Self::new(schema, open, personal, tracking) }
    }

    /// SHA-256 of the fields that are not personal, as they are compared between a ping and the lead that follows it. Parts
    /// of personal ones are not in it: a ping has none.
    #[must_use]
    pub fn open_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (name, reading) in self.open.iter().filter(|(name, _)| !self.is_part(name)) {
            hash.update(name);
            hash.update([0]);
            hash.update(reading.value.as_text().as_bytes());
            hash.update([0]);
        }
        hash.finalize().into()
    }

    fn is_part(&self, path: &str) -> bool {
        path.contains('.') && self.schema.place(path).is_some_and(|place| place.part.is_some())
    }

    /// The value of an open field, of an open member of a list's record (`drivers[0].gender`), or a part that is kept beside
    /// its field (`phone.area`); a personal field has none here.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&Value> {
        self.open.get(path).map(|reading| &reading.value)
    }

    /// The same as it would be sent, and every part of an open field.
    #[must_use]
    pub fn open(&self, path: &str) -> Option<Sent<'_>> {
        if let Some(value) = self.value(path) {
            return Some(value.sent());
        }
        let (whole, part) = split_part(path)?;
        let value = self.value(whole)?;
        if part == Part::Count { Some(value.sent()) } else { value.part(part) }
    }

    /// How many records a list has.
    #[must_use]
    pub fn records(&self, list: &str) -> usize {
        match self.value(list) {
            Some(Value::Integer(count)) => usize::try_from(*count).unwrap_or_default(),
            _ => 0,
        }
    }

    /// Whether there is a value, personal ones included.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.open.contains_key(path)
            || self.personal.has(path)
            || self.open(path).is_some()
            || (self.anonymous && self.promises(path))
    }

    fn promises(&self, path: &str) -> bool {
        let place = self.schema.place(path).filter(|place| place.list.is_none());
        place.is_some_and(|place| place.field.required && place.field.visibility == Visibility::Personal)
    }

    /// The schema it was read by.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The source's labels.
    #[must_use]
    pub const fn tracking(&self) -> &Tracking {
        &self.tracking
    }

    /// Whether a TrustedForm certificate came with it.
    #[must_use]
    pub const fn has_trustedform(&self) -> bool {
        self.has_trustedform
    }

    /// Whether a Jornaya LeadiD came with it.
    #[must_use]
    pub const fn has_jornaya(&self) -> bool {
        self.has_jornaya
    }

    /// Whether any certificate came with it.
    #[must_use]
    pub const fn has_certificate(&self) -> bool {
        self.has_trustedform || self.has_jornaya
    }

    /// What a ping may say: closed kinds of pingable fields, nothing else.
    #[must_use]
    pub fn ping_view(&self, meta: LeadMeta) -> PingView {
        let pingable = self.open.iter().filter(|(name, _)| self.schema.visibility(name) == Some(Visibility::Pingable));
        let values = pingable.filter_map(|(name, reading)| Some((name.clone(), PingValue::of(&reading.value)?)));
        PingView::new(meta, values.collect(), self.has_trustedform, self.has_jornaya)
    }

    /// Hashes of the person's contacts, for a ping whose call allows them.
    #[must_use]
    pub fn contact_hashes(&self) -> ContactHashes {
        self.personal.contact_hashes()
    }

    /// The full record, for the buyer that is being awarded the lead and for nobody else.
    #[must_use]
    pub fn post_view<'a>(&'a self, meta: &'a LeadMeta, award: &crate::auction::Award) -> PostView<'a> {
        PostView::new(meta, &self.open, self.personal.for_award(award), award.price())
    }

    /// The full record, for the silent contract that gets a copy and for nobody else.
    #[must_use]
    pub fn copy_view<'a>(&'a self, meta: &'a LeadMeta, permit: &crate::after::Permit) -> PostView<'a> {
        PostView::new(meta, &self.open, self.personal.for_copy(permit), permit.price())
    }

    /// What identifies the person for the duplicate windows: HMAC-SHA256 under the tenant's key. Empty values give none.
    #[must_use]
    pub fn prints(&self, by: &[PrintKind], tenant_key: &[u8; 32]) -> Vec<Print> {
        let zip = self.open.values().find_map(|reading| match &reading.value {
            Value::Zip(_) | Value::Postal(_) => Some(reading.value.text()),
            _ => None,
        });
        self.personal.prints(by, zip.as_deref(), tenant_key)
    }

    /// The open part as the store keeps it: `{"zip":{"value":"48226","raw":"48226"}}`. Parts that are kept beside their field
    /// say that they are: `{"phone.area":{"value":"313","raw":"313","part":true}}`.
    #[must_use]
    pub fn open_json(&self) -> String {
        let members = self.open.iter().map(|(name, reading)| {
            let mut member = json!({ "value": reading.value.to_json(), "raw": reading.raw });
            if self.is_part(name) {
                member["part"] = true.into();
            }
            (name.clone(), member)
        });
        serde_json::Value::Object(members.collect::<Map<_, _>>()).to_string()
    }

    /// Hands the personal part to a sealer. Together with an award this is the only way it leaves.
    pub fn seal_with<T>(&self, sealer: impl FnOnce(&[u8]) -> T) -> T {
        self.personal.seal_with(sealer)
    }

    /// Each personal field with a mask: `D•••`, `(313) •••-0142`.
    #[must_use]
    pub fn mask(&self) -> Vec<(String, String)> {
        self.personal.mask()
    }

    /// A buyer's own words with every personal value replaced by `•••`, cut to 300 characters.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.personal.redact(text)
    }

    /// A stored lead as filters see it: its open values, and which personal fields it has. No personal value is in it.
    ///
    /// # Errors
    /// When the open part is not what [`Lead::open_json`] wrote.
    pub fn outline(schema: &Schema, open: &str, personal: &[String]) -> Result<Self, BadPersonal> {
        let readings = restored(schema, open)?;
        let blank = |name: &String| (name.clone(), Reading { value: Value::Text(String::new()), raw: String::new() });
        let fields = personal.iter().map(blank).collect();
        let part = PersonalPart::new(fields, BTreeMap::new(), None, Certificates::default());
        Ok(Self::new(schema.clone(), readings, part, Tracking::default()))
    }

    /// Puts a lead together again from what the store kept.
    ///
    /// # Errors
    /// When the open part is not what [`Lead::open_json`] wrote. Fields that the schema no longer has are left out.
    pub fn restore(schema: &Schema, open: &str, opened: Opened, tracking: Tracking) -> Result<Self, BadPersonal> {
        let readings = restored(schema, open)?;
        Ok(Self::new(schema.clone(), readings, opened.into_part(), tracking))
    }
}

fn restored(schema: &Schema, open: &str) -> Result<BTreeMap<String, Reading>, BadPersonal> {
    let members: Map<String, serde_json::Value> = serde_json::from_str(open).map_err(|_| BadPersonal)?;
    let mut readings = BTreeMap::new();
    for (name, member) in members {
        let raw = member.get("raw").and_then(serde_json::Value::as_str).ok_or(BadPersonal)?.to_owned();
        if let Some(Ok(value)) = schema.read(&name, &raw) {
            readings.insert(name, Reading { value, raw });
        }
    }
    Ok(readings)
}

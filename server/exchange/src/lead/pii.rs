//! Personal values by type. A [`Pii`] has no `Display`, no `Serialize` and no `Deref`, and its `Debug` says nothing.

use super::{
    Reading, Rehearsal,
    hashes::ContactHashes,
    mask::{self, Needles},
    member::Member,
    normalise,
    print::Print,
    submission::{Certificates, Consent},
    value::Value,
};
use crate::{after::Permit, auction::Award};
use model::{EventId, ProcessId, campaign::PrintKind};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::OnceLock};

/// The names under which a street address comes.
const ADDRESS_FIELDS: [&str; 5] = ["address", "address1", "address_1", "street", "street_address"];

/// Something personal. It opens only with a proof that somebody may see it.
pub struct Pii<T>(T);

impl<T> std::fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pii(•••)")
    }
}

/// The proof that a person may look: the event that says so is in the store already.
#[derive(Debug, Clone, Copy)]
pub struct Viewing(#[allow(dead_code)] EventId);

impl Viewing {
    /// Says that `event` (who looked at which lead, and when) has been written.
    #[must_use]
    pub const fn recorded(event: EventId) -> Self {
        Self(event)
    }
}

/// The proof that a server goes on with a lead that another, or itself before a crash, left unfinished.
#[derive(Debug, Clone, Copy)]
pub struct Recovery(#[allow(dead_code)] ProcessId);

impl Recovery {
    /// Says that `process` owns the lead now.
    #[must_use]
    pub const fn owned_by(process: ProcessId) -> Self {
        Self(process)
    }
}

/// Either proof.
#[derive(Debug, Clone, Copy)]
pub enum Proof {
    /// A person looks.
    Viewing(Viewing),
    /// A server goes on.
    Recovery(Recovery),
}

impl From<Viewing> for Proof {
    fn from(viewing: Viewing) -> Self {
        Self::Viewing(viewing)
    }
}

impl From<Recovery> for Proof {
    fn from(recovery: Recovery) -> Self {
        Self::Recovery(recovery)
    }
}

/// Bytes that are not a lead as it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored record of the lead cannot be read")]
pub struct BadPersonal;

/// The personal part of a lead, opened with a proof.
pub struct Opened(PersonalPart);

impl Opened {
    /// Reads unsealed bytes.
    ///
    /// # Errors
    /// [`BadPersonal`].
    pub fn by(_proof: impl Into<Proof>, bytes: &[u8]) -> Result<Self, BadPersonal> {
        PersonalPart::from_bytes(bytes).map(Self)
    }

    /// Every personal value as people read it: name, value.
    #[must_use]
    pub fn values(&self) -> Vec<(String, String)> {
        let fields = self.0.fields.iter().map(|(name, reading)| (name.clone(), reading.value.text()));
        let extra = self.0.extra.iter().map(|(name, value)| (name.clone(), value.clone()));
        let certificates =
            [("trustedform", &self.0.certificates.trustedform), ("jornaya", &self.0.certificates.jornaya)];
        let certificates = certificates.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id.clone()?)));
        let consent = self.0.consent.iter().flat_map(Consent::values);
        fields.chain(extra).chain(certificates).chain(consent).collect()
    }

    pub(super) fn into_part(self) -> PersonalPart {
        self.0
    }
}

/// A text without the personal values of a lead, each replaced by `•••`, cut to 300 characters. It needs no proof: nothing
/// personal comes out.
///
/// # Errors
/// [`BadPersonal`].
pub fn without_personal(bytes: &[u8], text: &str) -> Result<String, BadPersonal> {
    PersonalPart::from_bytes(bytes).map(|personal| Pii(personal).redact(text))
}

/// What is personal about a lead.
pub(crate) struct PersonalPart {
    pub(crate) fields: BTreeMap<String, Reading>,
    /// Members that no field of the schema knows: they may be personal, so they are kept sealed and never sent.
    pub(crate) extra: BTreeMap<String, String>,
    pub(crate) consent: Option<Consent>,
    pub(crate) certificates: Certificates,
    needles: OnceLock<Needles>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    fields: BTreeMap<String, Member>,
    extra: BTreeMap<String, String>,
    consent: Option<Consent>,
    certificates: Certificates,
}

impl PersonalPart {
    pub(super) const fn new(
        fields: BTreeMap<String, Reading>,
        extra: BTreeMap<String, String>,
        consent: Option<Consent>,
        certificates: Certificates,
    ) -> Self {
        Self { fields, extra, consent, certificates, needles: OnceLock::new() }
    }

    /// Every personal value in every way it may be written.
    fn spelled(&self) -> Needles {
        let fields = self.fields.values().flat_map(|reading| {
            let spellings = match &reading.value {
                Value::Phone(phone) => mask::spellings(phone),
                _ => Vec::new(),
            };
            [reading.raw.clone(), reading.value.as_text().into_owned()].into_iter().chain(spellings)
        });
        let certificates = [&self.certificates.trustedform, &self.certificates.jornaya];
        let beside = self.extra.values().chain(certificates.into_iter().flatten()).cloned();
        let consent = self.consent.iter().flat_map(Consent::values).map(|(_, value)| value);
        Needles::new(fields.chain(beside).chain(consent))
    }

    fn to_bytes(&self) -> Vec<u8> {
        let document = Document {
            fields: self.fields.iter().map(|(name, reading)| (name.clone(), Member::of(reading))).collect(),
            extra: self.extra.clone(),
            consent: self.consent.clone(),
            certificates: self.certificates.clone(),
        };
        serde_json::to_vec(&document).unwrap_or_default()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, BadPersonal> {
        let document: Document = serde_json::from_slice(bytes).map_err(|_| BadPersonal)?;
        let fields = document.fields.into_iter().map(|(name, member)| Ok((name, member.into_reading()?)));
        let fields = fields.collect::<Result<_, BadPersonal>>()?;
        Ok(Self::new(fields, document.extra, document.consent, document.certificates))
    }
}

impl<T> Pii<T> {
    pub(super) const fn new(inner: T) -> Self {
        Self(inner)
    }

    /// Opens it for a lead that is only rehearsed: its person is invented, or was opened with a proof.
    pub(super) const fn for_rehearsal(&self, _rehearsal: &Rehearsal) -> &T {
        &self.0
    }

    /// Opens it for the buyer that is being awarded the lead.
    pub(super) const fn for_award(&self, _award: &Award) -> &T {
        &self.0
    }

    /// Opens it for the silent contract that gets a copy.
    pub(super) const fn for_copy(&self, _permit: &Permit) -> &T {
        &self.0
    }
}

impl Pii<PersonalPart> {
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.fields.contains_key(field)
    }

    pub(super) fn seal_with<T>(&self, sealer: impl FnOnce(&[u8]) -> T) -> T {
        sealer(&self.0.to_bytes())
    }

    /// `place` is the lead's postal code: a street address is that of a place only together with it.
    pub(super) fn prints(&self, by: &[PrintKind], place: Option<&str>, key: &[u8; 32]) -> Vec<Print> {
        let mut prints = Vec::new();
        // Whoever is in a list (another driver) is somebody else.
        for (name, reading) in self.0.fields.iter().filter(|(name, _)| !name.contains('[')) {
            let address = matches!(reading.value, Value::Address(_)) || ADDRESS_FIELDS.contains(&name.as_str());
            match &reading.value {
                Value::Text(text) | Value::Address(text) if address && by.contains(&PrintKind::Address) => {
                    let street = normalise::street(text);
                    if let Some(place) = place.filter(|place| !place.is_empty() && !street.is_empty()) {
                        prints.push(Print::of("address", &format!("{street} {place}"), key));
                    }
                }
                Value::Phone(phone) if by.contains(&PrintKind::Phone) => prints.push(Print::of("phone", phone, key)),
                Value::Email(email) if by.contains(&PrintKind::Email) => {
                    prints.push(Print::of("email", &email.to_ascii_lowercase(), key));
                }
                _ => {}
            }
        }
        prints.sort();
        prints.dedup();
        prints
    }

    pub(super) fn contact_hashes(&self) -> ContactHashes {
        let mut hashes = ContactHashes::default();
        for (name, reading) in &self.0.fields {
            match &reading.value {
                Value::Phone(phone) => hashes.add(name, phone.strip_prefix("+1").unwrap_or(phone)),
                Value::Email(email) => hashes.add(name, &email.trim().to_ascii_lowercase()),
                _ => {}
            }
        }
        hashes
    }

    pub(super) fn mask(&self) -> Vec<(String, String)> {
        self.0.fields.iter().map(|(name, reading)| (name.clone(), mask::mask(&reading.value))).collect()
    }

    pub(super) fn redact(&self, text: &str) -> String {
        self.0.needles.get_or_init(|| self.0.spelled()).hide(text)
    }
}

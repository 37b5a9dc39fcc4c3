//! A campaign's fields, compiled once per configuration version.

use super::{normalise, value::Value};
use model::{
    campaign::Campaign,
    field::{Band, Field, FieldKind, Visibility},
    part::{Part, Place, place},
};
use std::{collections::HashMap, sync::Arc};

/// The fields of a campaign by name.
#[derive(Debug, Clone)]
pub struct Schema(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    fields: Vec<Compiled>,
    /// The same fields as they stand in the campaign.
    plain: Vec<Field>,
    by_name: HashMap<String, usize>,
    consent_required: bool,
}

/// A field made ready to be read.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) field: Field,
    choices: Vec<Arc<str>>,
    /// Of a list.
    pub(super) members: Vec<Self>,
    /// Parts that are kept beside the value: those of a personal one that many people share, and ages, which belong to the
    /// day the lead came.
    pub(super) kept: Vec<Part>,
}

/// Most fields of a campaign, and most members of a list.
const MOST_FIELDS: usize = 200;
/// Most records of a list.
const MOST_RECORDS: u16 = 20;

impl Schema {
    /// Compiles a campaign's fields.
    ///
    /// # Errors
    /// Every fault: a name twice or not made of lower case letters, digits and underscores; a pingable field of a kind
    /// that can hold free text, or a date of birth; bounds that exclude everything; an empty list of choices; bands that
    /// overlap; a list in a list.
    pub fn new(campaign: &Campaign) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        check_all(&campaign.fields, "", &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let fields: Vec<_> = campaign.fields.iter().map(Compiled::new).collect();
        let by_name = fields.iter().enumerate().map(|(index, compiled)| (compiled.field.name.clone(), index)).collect();
        let (plain, consent_required) = (campaign.fields.clone(), campaign.consent_required);
        Ok(Self(Arc::new(Inner { fields, plain, by_name, consent_required })))
    }

    /// The fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.0.plain.iter()
    }

    pub(super) fn compiled(&self) -> &[Compiled] {
        &self.0.fields
    }

    /// One field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.0.by_name.get(name).map(|index| &self.0.plain[*index])
    }

    /// What a path leads to: a field, a member of a list's records, a part of either.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<Place<'_>> {
        place(&self.0.plain, path)
    }

    /// What people call what a path leads to; the path itself when it leads nowhere.
    #[must_use]
    pub fn label(&self, path: &str) -> String {
        self.place(path).map_or_else(|| path.to_owned(), |place| place.label())
    }

    /// Who may see a field, a member or a part.
    #[must_use]
    pub fn visibility(&self, path: &str) -> Option<Visibility> {
        match self.field(path) {
            Some(field) => Some(field.visibility),
            None => self.place(path).map(|place| place.visibility()),
        }
    }

    /// Whether a lead without a consent record is refused.
    #[must_use]
    pub fn consent_required(&self) -> bool {
        self.0.consent_required
    }

    /// Reads a text as what a path leads to; none when it leads nowhere.
    pub(super) fn read(&self, path: &str, raw: &str) -> Option<Result<Value, normalise::Fault>> {
        if let Some(index) = self.0.by_name.get(path) {
            return Some(self.0.fields[*index].read(raw));
        }
        let place = self.place(path)?;
        if let Some(part) = place.part {
            let wrong = || normalise::Fault { code: "not_a_part", message: "This is no such part.".to_owned() };
            return Some(Value::word(part, raw).ok_or_else(wrong));
        }
        let list = self.0.by_name.get(&place.list?.name).map(|index| &self.0.fields[*index])?;
        list.members.iter().find(|member| member.field.name == place.field.name).map(|member| member.read(raw))
    }
}

impl Compiled {
    fn new(field: &Field) -> Self {
        let texts = |names: &mut dyn Iterator<Item = &str>| names.map(Arc::from).collect();
        let (choices, members) = match &field.kind {
            FieldKind::Choice { values } => (texts(&mut values.iter().map(String::as_str)), Vec::new()),
            FieldKind::Band { bands } => (texts(&mut bands.iter().map(|band| band.name.as_str())), Vec::new()),
            FieldKind::List { members, .. } => (Vec::new(), members.iter().map(Self::new).collect()),
            _ => (Vec::new(), Vec::new()),
        };
        let personal = field.visibility == Visibility::Personal;
        let kept = field.kind.parts().iter().copied();
        let kept = kept.filter(|part| if personal { part.shared() } else { *part == Part::Age }).collect();
        Self { field: field.clone(), choices, members, kept }
    }

    pub(super) fn read(&self, raw: &str) -> Result<Value, normalise::Fault> {
        normalise::read(&self.field.kind, &self.choices, raw)
    }
}

/// `above` is the name of the list that the fields are members of.
fn check_all(fields: &[Field], above: &str, faults: &mut Vec<String>) {
    if fields.len() > MOST_FIELDS {
        faults.push(format!("at most {MOST_FIELDS} fields"));
    }
    for (at, field) in fields.iter().enumerate() {
        let (name, before) = (&field.name, faults.len());
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            faults.push(format!("field {name:?}: a name has lower case letters, digits and underscores only"));
        }
        if fields[..at].iter().any(|other| other.name == *name) {
            faults.push(format!("field {name}: the name is there twice"));
        }
        if field.visibility == Visibility::Pingable {
            if !field.kind.can_ping() {
                faults.push(format!("field {name}: a {} cannot be sent in a ping", field.kind.name()));
            }
            if matches!(field.kind, FieldKind::Date) && (name.contains("birth") || name == "dob") {
                faults.push(format!(
                    "field {name}: a date of birth is personal; its age and year are in a ping all the same"
                ));
            }
        }
        check_kind(field, above, faults);
        if !above.is_empty() {
            faults[before..].iter_mut().for_each(|fault| *fault = format!("list {above}, {fault}"));
        }
    }
}

fn check_kind(field: &Field, above: &str, faults: &mut Vec<String>) {
    let name = &field.name;
    let mut fault = |what: &str| faults.push(format!("field {name}: {what}"));
    match &field.kind {
        FieldKind::Integer { min, max } | FieldKind::Money { min, max } | FieldKind::Range { min, max }
            if min > max =>
        {
            fault("no number fits");
        }
        FieldKind::Decimal { min, max, places } => {
            if min > max {
                fault("no number fits");
            }
            if *places > 6 {
                fault("at most 6 decimals");
            }
        }
        FieldKind::Choice { values } if values.is_empty() => fault("no choices"),
        FieldKind::Band { bands } => check_bands(bands, fault),
        FieldKind::List { max, members } => {
            if !above.is_empty() {
                fault("a list cannot be in a list");
            }
            if *max == 0 || *max > MOST_RECORDS {
                fault(&format!("a list has 1 to {MOST_RECORDS} records"));
            }
            if members.is_empty() {
                fault("a list needs members");
            }
            if members.iter().any(|member| member.name == "count") {
                fault("count is how many records there are, and cannot be a member's name");
            }
            if field.visibility == Visibility::Personal {
                fault("a list is not personal, its members are");
            }
            if above.is_empty() {
                check_all(members, name, faults);
            }
        }
        _ => {}
    }
}

fn check_bands(bands: &[Band], mut fault: impl FnMut(&str)) {
    if bands.is_empty() {
        fault("no bands");
    }
    let ends = |band: &Band| (band.from.unwrap_or(i64::MIN), band.to.unwrap_or(i64::MAX));
    for (at, band) in bands.iter().enumerate() {
        let (from, to) = ends(band);
        if from > to {
            fault(&format!("the band {} begins after its end", band.name));
        }
        if band.name.trim().is_empty() {
            fault("a band needs a name");
        }
        let twin = |other: &&Band| {
            let (low, high) = ends(other);
            other.name.eq_ignore_ascii_case(&band.name) || (low <= to && from <= high)
        };
        if let Some(other) = bands[..at].iter().find(twin) {
            fault(&format!("the bands {} and {} overlap", other.name, band.name));
        }
    }
}

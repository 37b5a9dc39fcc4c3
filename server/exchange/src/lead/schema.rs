//! A campaign's fields, compiled once per configuration version.

use super::{normalise, value::Value};
use model::{
    campaign::Campaign,
    field::{Field, FieldKind, Visibility},
};
use std::{collections::HashMap, sync::Arc};

/// The fields of a campaign by name.
#[derive(Debug, Clone)]
pub struct Schema(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    fields: Vec<Compiled>,
    by_name: HashMap<String, usize>,
    consent_required: bool,
}

#[derive(Debug)]
struct Compiled {
    field: Field,
    choices: Vec<Arc<str>>,
}

impl Schema {
    /// Compiles a campaign's fields.
    ///
    /// # Errors
    /// Every fault: a name twice or not made of lower case letters, digits and underscores; a pingable field of a kind
    /// that can hold free text; bounds that exclude everything; an empty list of choices.
    pub fn new(campaign: &Campaign) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut by_name = HashMap::new();
        for (index, field) in campaign.fields.iter().enumerate() {
            let name = &field.name;
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
                faults.push(format!("field {name:?}: a name has lower case letters, digits and underscores only"));
            }
            if by_name.insert(name.clone(), index).is_some() {
                faults.push(format!("field {name}: the name is there twice"));
            }
            if field.visibility == Visibility::Pingable && !field.kind.can_ping() {
                faults.push(format!("field {name}: a {} cannot be sent in a ping", field.kind.name()));
            }
            match &field.kind {
                FieldKind::Integer { min, max } if min > max => faults.push(format!("field {name}: no number fits")),
                FieldKind::Choice { values } if values.is_empty() => faults.push(format!("field {name}: no choices")),
                _ => {}
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let compile = |field: &Field| {
            let values = match &field.kind {
                FieldKind::Choice { values } => values.iter().map(|value| Arc::from(value.as_str())).collect(),
                _ => Vec::new(),
            };
            Compiled { field: field.clone(), choices: values }
        };
        let fields = campaign.fields.iter().map(compile).collect();
        Ok(Self(Arc::new(Inner { fields, by_name, consent_required: campaign.consent_required })))
    }

    /// The fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.0.fields.iter().map(|compiled| &compiled.field)
    }

    /// One field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.compiled(name).map(|compiled| &compiled.field)
    }

    /// Who may see a field.
    #[must_use]
    pub fn visibility(&self, name: &str) -> Option<Visibility> {
        self.field(name).map(|field| field.visibility)
    }

    /// Whether a lead without a consent record is refused.
    #[must_use]
    pub fn consent_required(&self) -> bool {
        self.0.consent_required
    }

    /// Reads a text as a field's value; none when there is no such field.
    pub(super) fn read(&self, name: &str, raw: &str) -> Option<Result<Value, normalise::Fault>> {
        let compiled = self.compiled(name)?;
        Some(normalise::read(&compiled.field.kind, &compiled.choices, raw))
    }

    fn compiled(&self, name: &str) -> Option<&Compiled> {
        self.0.by_name.get(name).map(|index| &self.0.fields[*index])
    }
}

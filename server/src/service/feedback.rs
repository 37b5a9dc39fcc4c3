//! What a buyer says became of a lead it took: kept in the lead's history, where its seller sees which leads were worth it.

use super::{ServiceError, Services};
use crate::context::Actor;
use model::{FieldError, LeadId, Micros, feedback::Feedback};

/// Longest note, in characters.
const LONGEST: usize = 300;

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What became of it.
    pub kind: Feedback,
    /// What it was worth to the buyer, in the campaign's currency.
    pub value: Option<Micros>,
    /// In words.
    pub note: String,
}

impl Services {
    /// Keeps, for the buyer, what became of a lead.
    ///
    /// # Errors
    /// Without [`model::user::Right::SeePortal`]; not found for a lead the buyer did not take; invalid with every fault.
    pub async fn feedback(&self, actor: &Actor, lead: LeadId, said: &Said) -> Result<(), ServiceError> {
        let (rows, buyer) = self.own_buyer(actor)?;
        let row = rows.delivered_lead(buyer, lead).await?;
        let mut faults = Vec::new();
        if said.note.chars().count() > LONGEST {
            faults.push(FieldError::new("note", "too_long", format!("At most {LONGEST} characters.")));
        }
        if said.value.is_some_and(|value| value < Micros::ZERO) {
            faults.push(FieldError::new("value", "not_allowed", "A value cannot be below zero."));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let note = self.without_person(actor, &rows, lead, &said.note).await?;
        let worth = said.value.map(|value| format!(", worth {} {}", value.to_decimal(), row.pays.currency));
        let words = if note.is_empty() { String::new() } else { format!(": {note}") };
        let text = format!("{}: {}{}{words}.", actor.user.name, said.kind.title(), worth.unwrap_or_default());
        self.note(&rows, actor, lead, &format!("feedback_{}", said.kind.code()), &text).await
    }
}

//! What a buyer says became of a lead it took: kept in the lead's history, where its seller sees which leads were worth it.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor};
use model::{
    EventId, FieldError, LeadId, Micros,
    feedback::{Feedback, LastWord},
};
use store::NewFeedback;

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

impl Said {
    /// Reads what was sent: a word, an amount or nothing, and a note.
    ///
    /// # Errors
    /// Every fault.
    pub fn read(kind: &str, value: Option<&str>, note: String) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let kind = kind.trim().parse::<Feedback>();
        let value = value.map(str::parse::<Micros>).transpose();
        if let Err(known) = &kind {
            faults.push(FieldError::new("type", "not_allowed", format!("{}.", capital(known))));
        }
        if value.is_err() {
            faults.push(FieldError::new("value", "not_allowed", "A value is a decimal such as 120.00."));
        }
        match (kind, value) {
            (Ok(kind), Ok(value)) => Ok(Self { kind, value, note }),
            _ => Err(faults),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
        let word = LastWord { kind: said.kind, value: said.value, at: self.clock.now() };
        let id = EventId::from_bits(new_id(word.at));
        let new = NewFeedback { id, lead, attempt: row.attempt_id, word, by: actor.by(), note: text };
        Ok(rows.append_feedback(&new).await?)
    }
}

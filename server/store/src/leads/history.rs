//! What happened to a lead, oldest first.

use crate::{
    AttemptState, CopyRow, StoreError, TenantStore,
    read::Read,
    sql::{json, sql},
};
use exchange::rollup::LeadFact;
use model::{
    EventId, LeadId, Timestamp,
    lead::{HistoryLine, LeadRow, LeadState},
};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// The document of an event that is only history.
#[derive(Serialize, Deserialize)]
pub(crate) struct Note {
    pub note: String,
    pub actor: String,
}

impl TenantStore {
    /// Writes into the history of a lead that something was done with it: `kind` is a word such as `personal_viewed`,
    /// `actor` the id of who did it, `note` a sentence without personal values.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such lead; [`StoreError::Conflict`] when the event's id is taken.
    pub async fn append_history(
        &self,
        event: EventId,
        lead: LeadId,
        kind: &str,
        note: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let doc = json(&Note { note: note.to_owned(), actor: actor.to_owned() })?;
        self.write_history(event, lead, kind, doc, at).await
    }

    pub(super) async fn write_history(
        &self,
        event: EventId,
        lead: LeadId,
        kind: &str,
        doc: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // Folded from the start: it carries no figures.
        let written = sql("INSERT INTO events (tenant_id, id, at, kind, lead_id, doc, folded) \
             SELECT $1, $2, $3, $4, l.id, $5, 1 FROM leads l WHERE l.tenant_id = $1 AND l.id = $6")
        .bind(self.tenant)
        .bind(event)
        .bind(at)
        .bind(kind)
        .bind(doc)
        .bind(lead)
        .run(self.store.writer())
        .await?;
        if written == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    pub(super) async fn history(&self, lead: &LeadRow) -> Result<Vec<HistoryLine>, StoreError> {
        let mut lines = vec![HistoryLine {
            at: lead.received_at,
            kind: "received".to_owned(),
            note: format!("From {} into {}.", lead.source, lead.campaign),
        }];
        let attempts = sql("SELECT a.at, a.state, a.settled_at, b.name FROM attempts a \
             LEFT JOIN buyers b ON b.tenant_id = a.tenant_id AND b.id = a.buyer_id \
             WHERE a.tenant_id = $1 AND a.lead_id = $2 ORDER BY a.ordinal, a.id")
        .bind(self.tenant)
        .bind(lead.id)
        .all(self.store.reader())
        .await?;
        for row in &attempts {
            posted(row, &mut lines)?;
        }
        for copy in self.copies(lead.id).await?.iter().filter(|copy| copy.state.is_some()) {
            copied(copy, &mut lines);
        }
        for ended in self.ended_rounds(lead.id).await? {
            let note = format!("Auctioned again: round {}.", u32::from(ended.round) + 2);
            lines.push(HistoryLine { at: ended.until, kind: "offered_again".to_owned(), note });
        }
        let events = sql(
            "SELECT at, kind, doc FROM events WHERE tenant_id = $1 AND lead_id = $2 AND kind <> 'copy' ORDER BY id",
        )
        .bind(self.tenant)
        .bind(lead.id)
        .all(self.store.reader())
        .await?;
        for row in &events {
            lines.push(event(row)?);
        }
        // Stable: what happened at one instant stays in the order it was written.
        lines.sort_by_key(|line| line.at);
        Ok(lines)
    }
}

fn posted(row: &AnyRow, lines: &mut Vec<HistoryLine>) -> Result<(), StoreError> {
    let contract = row.text_opt("name")?.unwrap_or_else(|| "a contract that is gone".to_owned());
    lines.push(HistoryLine { at: row.at("at")?, kind: "posted".to_owned(), note: format!("To {contract}.") });
    if let Some(at) = row.at_opt("settled_at")? {
        let note = match row.text("state")?.as_str() {
            "accepted" => format!("{contract} took it."),
            "rejected" => format!("{contract} refused it."),
            "not_sent" => format!("It never reached {contract}."),
            _ => format!("What {contract} did with it is not known."),
        };
        lines.push(HistoryLine { at, kind: format!("post_{}", row.text("state")?), note });
    }
    Ok(())
}

fn copied(copy: &CopyRow, lines: &mut Vec<HistoryLine>) {
    let buyer = &copy.verdict.buyer;
    lines.push(HistoryLine { at: copy.at, kind: "copied".to_owned(), note: format!("A copy to {buyer}.") });
    let (Some(at), Some(state)) = (copy.settled_at, copy.state) else { return };
    let note = match state {
        AttemptState::Accepted => format!("{buyer} took its copy."),
        AttemptState::Rejected => format!("{buyer} refused its copy."),
        AttemptState::NotSent => format!("The copy never reached {buyer}."),
        AttemptState::Open | AttemptState::Unknown => format!("Whether {buyer} has its copy is not known."),
    };
    lines.push(HistoryLine { at, kind: format!("copy_{}", state.name()), note });
}

fn event(row: &AnyRow) -> Result<HistoryLine, StoreError> {
    let (at, kind) = (row.at("at")?, row.text("kind")?);
    if kind != "lead" {
        let Note { note, .. } = row.doc("doc")?;
        return Ok(HistoryLine { at, kind, note });
    }
    let fact: LeadFact = row.doc("doc")?;
    let note = match (fact.state, fact.reason) {
        (LeadState::Sold, _) => "A buyer took it.".to_owned(),
        (_, Some(reason)) => reason.meaning().to_owned(),
        (LeadState::Processing | LeadState::Unknown, None) => "Its outcome is not known yet.".to_owned(),
        (LeadState::Unsold, None) => "Nobody bought it.".to_owned(),
        (LeadState::Rejected, None) => "It was refused.".to_owned(),
        (LeadState::Duplicate, None) => "Every buyer that could take it already had this person.".to_owned(),
        (LeadState::Returned, None) => "The buyer gave it back.".to_owned(),
    };
    Ok(HistoryLine { at, kind: fact.state.name().to_owned(), note })
}

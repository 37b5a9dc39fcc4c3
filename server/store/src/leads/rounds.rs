//! Earlier rounds of leads that were auctioned again.

use crate::{
    StoreError, TenantStore,
    read::{Read, from_json},
    sql::sql,
};
use model::{LeadId, Timestamp, lead::Round};
use sqlx::any::AnyRow;

/// A round that another one followed.
pub(super) struct Ended {
    pub round: u8,
    /// When the next one began.
    pub until: Timestamp,
    pub doc: Option<String>,
    pub tape: Option<Vec<u8>>,
}

impl TenantStore {
    /// The rounds of a lead that another one followed, in order. One that was closed without an auction has neither trace
    /// nor tape.
    pub(super) async fn ended_rounds(&self, lead: LeadId) -> Result<Vec<Ended>, StoreError> {
        let rows =
            sql("SELECT round, until, doc, tape FROM rounds WHERE tenant_id = $1 AND lead_id = $2 ORDER BY round")
                .bind(self.tenant)
                .bind(lead)
                .all(self.store.reader())
                .await?;
        let mut rounds = rows.iter().map(ended).collect::<Result<Vec<_>, _>>()?;
        // A round that was closed without an auction left the trace of the one before where it was.
        for at in (1..rounds.len()).rev() {
            if rounds[at].doc == rounds[at - 1].doc {
                (rounds[at].doc, rounds[at].tape) = (None, None);
            }
        }
        Ok(rounds)
    }

    /// The same as the lead's page shows them.
    pub(super) async fn rounds(&self, lead: LeadId) -> Result<Vec<Round>, StoreError> {
        let round = |ended: Ended| {
            let trace = ended.doc.map(|doc| from_json("doc", &doc)).transpose()?;
            Ok(Round { number: ended.round, until: ended.until, trace })
        };
        self.ended_rounds(lead).await?.into_iter().map(round).collect()
    }
}

fn ended(row: &AnyRow) -> Result<Ended, StoreError> {
    Ok(Ended {
        round: row.small("round")?,
        until: row.at("until")?,
        doc: row.text_opt("doc")?,
        tape: row.bytes_opt("tape")?,
    })
}

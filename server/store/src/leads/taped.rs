//! Everything that was recorded of auctions, to run them again.

use crate::{
    AttemptState, StoreError, TenantStore,
    read::{Read, from_json},
    sql::{Sql, sql},
};
use exchange::{
    replay::{PostEnd, Posted, Recorded, RecordedPing},
    rollup::LeadFact,
};
use model::{
    CampaignId, LeadId, PingId, Timestamp,
    id::uuid_v7,
    lead::LeadState,
    ping::{Held, PingAnswer},
    time::HOUR,
    trace::Trace,
};
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// Which auctions: of a campaign, from an instant on, before another.
pub type Span = (CampaignId, Timestamp, Timestamp);

impl TenantStore {
    /// What was recorded of the auctions of a campaign's leads that came in in a span of time, oldest first, after a lead.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn recorded_leads(
        &self,
        (campaign, from, to): Span,
        after: Option<LeadId>,
        limit: u16,
    ) -> Result<Vec<Recorded>, StoreError> {
        // Ids sort by the time they were made: a span of time is a range of the key, with an hour for ids made elsewhere.
        let first = after.unwrap_or(LeadId::from_bits(edge(from.0.saturating_sub(HOUR), 0)));
        let last = LeadId::from_bits(edge(to.0.saturating_add(HOUR), 0xff));
        let rows = sql("SELECT l.id, l.state, l.round, t.doc, t.tape FROM leads l \
             LEFT JOIN traces t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id \
             WHERE l.tenant_id = $1 AND l.campaign_id = $2 AND l.received_at >= $3 AND l.received_at < $4 \
             AND l.id > $5 AND l.id <= $6 ORDER BY l.id LIMIT $7")
        .bind(self.tenant)
        .bind(campaign)
        .bind(from)
        .bind(to)
        .bind(first)
        .bind(last)
        .bind(i64::from(limit))
        .all(self.store.reader())
        .await?;
        let ids = rows.iter().map(|row| row.parsed("id")).collect::<Result<Vec<LeadId>, _>>()?;
        let (mut posts, mut facts) = (self.posted(&ids).await?, self.facts(&ids).await?);
        let mut found = Vec::with_capacity(rows.len());
        for (row, lead) in rows.iter().zip(ids) {
            let (posts, facts) = (posts.remove(&lead).unwrap_or_default(), facts.remove(&lead).unwrap_or_default());
            found.append(&mut self.auctions(row, lead, posts, facts).await?);
        }
        Ok(found)
    }

    /// What was recorded of the auctions of pings into a campaign that came in in a span of time, oldest first, after a
    /// ping. Pings are kept for a day.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn recorded_pings(
        &self,
        (campaign, from, to): Span,
        after: Option<PingId>,
        limit: u16,
    ) -> Result<Vec<RecordedPing>, StoreError> {
        let first = after.unwrap_or(PingId::from_bits(edge(from.0.saturating_sub(HOUR), 0)));
        let rows = sql("SELECT id, answer, held, tape FROM pings WHERE tenant_id = $1 AND campaign_id = $2 \
             AND at >= $3 AND at < $4 AND id > $5 ORDER BY id LIMIT $6")
        .bind(self.tenant)
        .bind(campaign)
        .bind(from)
        .bind(to)
        .bind(first)
        .bind(i64::from(limit))
        .all(self.store.reader())
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let (answer, held): (PingAnswer, Vec<Held>) = (row.doc("answer")?, row.doc("held")?);
            found.push(RecordedPing {
                ping: row.parsed("id")?,
                tape: row.bytes_opt("tape")?,
                payout: answer.payout.map(|payout| payout.amount),
                reason: answer.reason,
                bids: held.iter().map(|held| (held.contract_id, held.price)).collect(),
            });
        }
        Ok(found)
    }

    /// How the last auction of a lead went, and the tape of it; none of either before it has come to an end.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn last_auction(&self, lead: LeadId) -> Result<(Option<Trace>, Option<Vec<u8>>), StoreError> {
        let row = sql("SELECT doc, tape FROM traces WHERE tenant_id = $1 AND lead_id = $2")
            .bind(self.tenant)
            .bind(lead)
            .optional(self.store.reader())
            .await?;
        let Some(row) = row else { return Ok((None, None)) };
        Ok((Some(row.doc("doc")?), row.bytes_opt("tape")?))
    }

    /// The auctions of one lead: its only one, or each of its rounds with the posts and outcomes of its time.
    async fn auctions(
        &self,
        row: &AnyRow,
        lead: LeadId,
        posts: Vec<(Timestamp, Posted)>,
        facts: Vec<(Timestamp, LeadFact)>,
    ) -> Result<Vec<Recorded>, StoreError> {
        let (state, round) = (row.parsed("state")?, row.small("round")?);
        let (mut doc, tape) = (row.text_opt("doc")?, row.bytes_opt("tape")?);
        let ended = if round == 0 { Vec::new() } else { self.ended_rounds(lead).await? };
        // A round that was closed without an auction left the trace of the one before where it was.
        let last = ended.iter().rev().find_map(|round| round.doc.as_ref());
        doc = doc.filter(|doc| last != Some(doc));
        let mut rounds: Vec<_> = ended
            .into_iter()
            .map(|ended| (ended.round, LeadState::Unsold, ended.until, ended.doc, ended.tape))
            .collect();
        rounds.push((round, state, Timestamp(i64::MAX), doc, tape));
        let mut from = Timestamp(i64::MIN);
        let mut all = Vec::with_capacity(rounds.len());
        for (round, state, until, doc, tape) in rounds {
            let inside = |at: Timestamp| (from..until).contains(&at);
            let trace = doc.map(|doc| from_json("doc", &doc)).transpose()?;
            let posts = posts.iter().filter(|(at, _)| inside(*at)).map(|(_, post)| *post).collect();
            let facts = facts.iter().filter(|(at, _)| inside(*at)).map(|(_, fact)| fact.clone()).collect();
            all.push(Recorded { lead, round, state, tape, trace, posts, facts });
            from = until;
        }
        Ok(all)
    }

    async fn posted(&self, leads: &[LeadId]) -> Result<HashMap<LeadId, Vec<(Timestamp, Posted)>>, StoreError> {
        let mut posts: HashMap<LeadId, Vec<(Timestamp, Posted)>> = HashMap::new();
        if leads.is_empty() {
            return Ok(posts);
        }
        let statement =
            sql("SELECT lead_id, contract_id, ordinal, price, state, paid, at FROM attempts WHERE tenant_id = ");
        let rows = among(statement.param(self.tenant), leads).text(" ORDER BY lead_id, ordinal, id");
        for row in rows.all(self.store.reader()).await? {
            let post = Posted {
                contract: row.parsed("contract_id")?,
                ordinal: row.small("ordinal")?,
                price: row.micros("price")?,
                end: end(row.parsed("state")?),
                paid: row.int_opt("paid")?.map(model::Micros),
            };
            posts.entry(row.parsed("lead_id")?).or_default().push((row.at("at")?, post));
        }
        Ok(posts)
    }

    async fn facts(&self, leads: &[LeadId]) -> Result<HashMap<LeadId, Vec<(Timestamp, LeadFact)>>, StoreError> {
        let mut facts: HashMap<LeadId, Vec<(Timestamp, LeadFact)>> = HashMap::new();
        if leads.is_empty() {
            return Ok(facts);
        }
        let statement =
            sql("SELECT lead_id, at, doc FROM events WHERE kind = 'lead' AND tenant_id = ").param(self.tenant);
        for row in among(statement, leads).text(" ORDER BY lead_id, id").all(self.store.reader()).await? {
            facts.entry(row.parsed("lead_id")?).or_default().push((row.at("at")?, row.doc("doc")?));
        }
        Ok(facts)
    }
}

/// The first or last id of an instant.
fn edge(at: i64, fill: u8) -> u128 {
    uuid_v7(Timestamp(at).unix_millis(), [fill; 10])
}

fn among(statement: Sql, leads: &[LeadId]) -> Sql {
    let mut statement = statement.text(" AND lead_id IN (");
    for (number, lead) in leads.iter().enumerate() {
        statement = if number == 0 { statement } else { statement.text(", ") }.param(*lead);
    }
    statement.text(")")
}

const fn end(state: AttemptState) -> PostEnd {
    match state {
        AttemptState::Open => PostEnd::Open,
        AttemptState::Accepted => PostEnd::Accepted,
        AttemptState::Rejected => PostEnd::Rejected,
        AttemptState::NotSent => PostEnd::NotSent,
        AttemptState::Unknown => PostEnd::Unknown,
    }
}

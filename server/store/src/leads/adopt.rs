//! Leads whose server died: another takes them over, each exactly once.

use crate::{
    AttemptState, Store, StoreError, TenantStore, Tx,
    missed::of_lead,
    read::{Read, mode},
    sql::{parts, sql},
};
use exchange::caps::Demand;
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, KeyId, LeadId, Micros, ProcessId, Reason, SourceId, TenantId,
    Timestamp,
    lead::{LeadState, Tracking},
    lost::Missed,
    tenant::Mode,
};
use sqlx::any::AnyRow;
use std::collections::{HashMap, HashSet};

/// One post as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// The post.
    pub id: AttemptId,
    /// Its lead.
    pub lead_id: LeadId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// To which contract.
    pub contract_id: ContractId,
    /// Of which buyer.
    pub buyer_id: BuyerId,
    /// Its place among the lead's posts.
    pub ordinal: u8,
    /// The reserved price.
    pub price: Micros,
    /// The demands it holds reservations for.
    pub caps: Vec<Demand>,
    /// Where it stands.
    pub state: AttemptState,
    /// What the buyer pays, when it took the lead.
    pub paid: Option<Micros>,
    /// The buyer's id for it.
    pub reference: Option<String>,
    /// When it was reserved.
    pub at: Timestamp,
    /// When its outcome was known.
    pub settled_at: Option<Timestamp>,
    /// When the lead that it brought was given back, and whether its places in the caps are free again.
    pub returned: Option<(Timestamp, bool)>,
}

impl AttemptRow {
    /// Whether the buyer took the lead and has it still.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.state == AttemptState::Accepted && self.returned.is_none()
    }
}

/// A lead that was being auctioned when its server died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Whose.
    pub tenant_id: TenantId,
    /// The lead.
    pub lead_id: LeadId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its source.
    pub source_id: SourceId,
    /// The key it came with.
    pub key_id: KeyId,
    /// Live or test.
    pub mode: Mode,
    /// When it came in.
    pub received_at: Timestamp,
    /// *Processing*, or *unknown* for one whose source has its answer and that was being posted on.
    pub state: LeadState,
    /// JSON: the fields that are not personal.
    pub open: String,
    /// The lead's own key, sealed under the tenant's.
    pub sealed_key: Vec<u8>,
    /// The personal values, sealed under the lead's key.
    pub sealed_body: Vec<u8>,
    /// The source's own id for it.
    pub external_id: Option<String>,
    /// The source's labels.
    pub tracking: Tracking,
    /// Keyed hashes that identify the person.
    pub prints: Vec<String>,
    /// How often it was auctioned again.
    pub round: u8,
    /// Why it was not sold in an earlier round.
    pub reason: Option<Reason>,
    /// Where the consumer was sent in an earlier round.
    pub redirect_url: Option<String>,
    /// Milliseconds from intake to the answer, when there is one.
    pub duration_ms: Option<u32>,
    /// The sale it missed in an earlier round.
    pub missed: Option<Missed>,
    /// How often its state was said before.
    pub changes: u32,
    /// Its posts, in order.
    pub attempts: Vec<AttemptRow>,
}

impl Unfinished {
    /// What its source was told last; nothing while it has no answer.
    #[must_use]
    pub const fn told(&self) -> Option<LeadState> {
        match self.state {
            LeadState::Processing if self.round == 0 => None,
            LeadState::Processing => Some(LeadState::Unsold),
            other => Some(other),
        }
    }
}

pub(crate) const ATTEMPTS: &str = "SELECT tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, ordinal, price, \
     caps, state, paid, reference, at, settled_at, returned_at, freed FROM attempts";

/// A lead as it has to be known to go on with it.
const WHOLE: &str = "SELECT tenant_id, id, campaign_id, source_id, key_id, mode, received_at, open_fields, sealed_key, \
     sealed_body, external_id, tracking, prints, owner, state, round, reason, redirect_url, duration_ms, \
     missed_contract, missed_buyer, missed_reason, missed, missed_currency, \
     (SELECT COUNT(*) FROM events e WHERE e.tenant_id = leads.tenant_id AND e.lead_id = leads.id AND e.kind = 'lead') \
     AS changes FROM leads WHERE ";

/// Leads that somebody has to work on: in an auction, or of unknown outcome with a post under way.
const UNFINISHED: &str = "(state = 'processing' OR state = 'unknown' AND EXISTS (SELECT 1 FROM attempts a \
     WHERE a.tenant_id = leads.tenant_id AND a.lead_id = leads.id AND a.state = 'open'))";

impl Store {
    /// At most `limit` unfinished leads of a process that came in before an instant, the oldest first. Which of them it
    /// still works on, only the process itself knows.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn left_behind(
        &self,
        me: ProcessId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Unfinished>, StoreError> {
        let mut tx = self.begin_snapshot().await?;
        let rows = sql(WHOLE)
            .text(UNFINISHED)
            .text(" AND owner = $1 AND received_at < $2 ORDER BY tenant_id, id LIMIT $3")
            .bind(me)
            .bind(before)
            .bind(limit)
            .all(&mut *tx)
            .await?;
        let mut leads = rows.iter().map(unfinished).collect::<Result<Vec<_>, _>>()?;
        let mut attempts = attempts(&mut tx, &leads).await?;
        tx.commit().await?;
        for lead in &mut leads {
            lead.attempts = attempts.remove(&(lead.tenant_id, lead.lead_id)).unwrap_or_default();
        }
        Ok(leads)
    }

    /// Takes over at most `limit` leads that are being worked on and belong to another process which is not registered or
    /// whose heartbeat is older than `dead_before`: those in state *processing*, and those of unknown outcome with a post
    /// under way (a late refusal let the waterfall go on). Two servers that ask at once get different leads.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is taken over then.
    pub async fn adopt(
        &self,
        me: ProcessId,
        dead_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Unfinished>, StoreError> {
        let mut tx = self.begin_write().await?;
        let rows = sql(WHOLE)
            .text(UNFINISHED)
            .text(
                " AND owner <> $1 AND NOT EXISTS (SELECT 1 FROM processes p WHERE p.id = leads.owner \
                 AND p.heartbeat_at >= $2) ORDER BY tenant_id, id LIMIT $3",
            )
            .text(self.engine.for_update_skip())
            .bind(me)
            .bind(dead_before)
            .bind(limit)
            .all(&mut *tx)
            .await?;
        // PostgreSQL looks at a row that changed while it was waited for anew, but not at the processes. So who is alive is
        // asked once more, now that nobody else can take these leads.
        let alive = alive(&mut tx, dead_before).await?;
        let mut leads = Vec::with_capacity(rows.len());
        for row in &rows {
            if !alive.contains(&row.parsed("owner")?) {
                leads.push(unfinished(row)?);
            }
        }
        take_over(&mut tx, me, &leads).await?;
        let mut attempts = attempts(&mut tx, &leads).await?;
        tx.commit().await?;
        for lead in &mut leads {
            lead.attempts = attempts.remove(&(lead.tenant_id, lead.lead_id)).unwrap_or_default();
        }
        Ok(leads)
    }
}

impl TenantStore {
    /// A lead as it has to be known to go on with it, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn whole_lead(&self, lead: LeadId) -> Result<Unfinished, StoreError> {
        let statement = sql(WHOLE).text("tenant_id = $1 AND id = $2").bind(self.tenant).bind(lead);
        let mut found = unfinished(&statement.one(self.store.reader()).await?)?;
        found.attempts = self.attempts(lead).await?;
        Ok(found)
    }

    /// The posts whose outcome is not known, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn unknown_attempts(&self) -> Result<Vec<AttemptRow>, StoreError> {
        let statement = sql(ATTEMPTS).text(" WHERE tenant_id = $1 AND state = 'unknown' ORDER BY at, id");
        statement.bind(self.tenant).all(self.store.reader()).await?.iter().map(attempt).collect()
    }

    /// The posts of a lead, in order.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn attempts(&self, lead: LeadId) -> Result<Vec<AttemptRow>, StoreError> {
        let statement = sql(ATTEMPTS).text(" WHERE tenant_id = $1 AND lead_id = $2 ORDER BY ordinal, id");
        statement.bind(self.tenant).bind(lead).all(self.store.reader()).await?.iter().map(attempt).collect()
    }
}

async fn alive(tx: &mut Tx, dead_before: Timestamp) -> Result<HashSet<ProcessId>, StoreError> {
    let rows = sql("SELECT id FROM processes WHERE heartbeat_at >= $1").bind(dead_before).all(&mut **tx).await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

async fn take_over(tx: &mut Tx, me: ProcessId, leads: &[Unfinished]) -> Result<(), StoreError> {
    for part in parts(leads, 2) {
        sql("UPDATE leads SET owner = $1 WHERE (tenant_id, id) IN (VALUES ")
            .bind(me)
            .rows(part, |row, lead| {
                row.cell(lead.tenant_id).cell(lead.lead_id);
            })
            .text(")")
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn attempts(
    tx: &mut Tx,
    leads: &[Unfinished],
) -> Result<HashMap<(TenantId, LeadId), Vec<AttemptRow>>, StoreError> {
    let mut found = HashMap::<_, Vec<AttemptRow>>::new();
    for part in parts(leads, 2) {
        let rows = sql(ATTEMPTS)
            .text(" WHERE (tenant_id, lead_id) IN (VALUES ")
            .rows(part, |row, lead| {
                row.cell(lead.tenant_id).cell(lead.lead_id);
            })
            .text(") ORDER BY ordinal, id")
            .all(&mut **tx)
            .await?;
        for row in rows {
            let attempt = attempt(&row)?;
            found.entry((row.parsed("tenant_id")?, attempt.lead_id)).or_default().push(attempt);
        }
    }
    Ok(found)
}

fn unfinished(row: &AnyRow) -> Result<Unfinished, StoreError> {
    Ok(Unfinished {
        tenant_id: row.parsed("tenant_id")?,
        lead_id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        source_id: row.parsed("source_id")?,
        key_id: row.parsed("key_id")?,
        mode: mode(row)?,
        received_at: row.at("received_at")?,
        state: row.parsed("state")?,
        open: row.text("open_fields")?,
        sealed_key: row.bytes("sealed_key")?,
        sealed_body: row.bytes("sealed_body")?,
        external_id: row.text_opt("external_id")?,
        tracking: row.doc("tracking")?,
        prints: row.doc("prints")?,
        round: row.small("round")?,
        reason: row.parsed_opt("reason")?,
        redirect_url: row.text_opt("redirect_url")?,
        duration_ms: row.int_opt("duration_ms")?.and_then(|ms| u32::try_from(ms).ok()),
        missed: of_lead(row)?,
        changes: row.small("changes")?,
        attempts: Vec::new(),
    })
}

pub(crate) fn attempt(row: &AnyRow) -> Result<AttemptRow, StoreError> {
    Ok(AttemptRow {
        id: row.parsed("id")?,
        lead_id: row.parsed("lead_id")?,
        campaign_id: row.parsed("campaign_id")?,
        contract_id: row.parsed("contract_id")?,
        buyer_id: row.parsed("buyer_id")?,
        ordinal: row.small("ordinal")?,
        price: row.micros("price")?,
        caps: row.doc("caps")?,
        state: row.parsed("state")?,
        paid: row.int_opt("paid")?.map(Micros),
        reference: row.text_opt("reference")?,
        at: row.at("at")?,
        settled_at: row.at_opt("settled_at")?,
        returned: returned(row)?,
    })
}

pub(crate) fn returned(row: &AnyRow) -> Result<Option<(Timestamp, bool)>, StoreError> {
    Ok(row.at_opt("returned_at")?.zip(row.int_opt("freed")?.map(|freed| freed == 1)))
}

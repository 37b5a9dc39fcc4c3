//! What buyers want to give back, and what was decided. An approval is written by the hot path, with the money it moves.

use crate::{
    StoreError, TenantStore,
    read::Read,
    sql::{Cells, Sql, sql},
};
use model::{
    AttemptId, BuyerId, ContractId, Currency, LeadId, Money, TenantId, Timestamp,
    report::Waiting,
    returns::{Return, ReturnRow, ReturnState, SHARE_SPAN},
};
use sqlx::any::AnyRow;
use std::collections::HashMap;

const INSERT: &str = "INSERT INTO returns (tenant_id, lead_id, attempt_id, buyer_id, contract_id, state, reason, note, \
     asked_at, asked_by, decided_at, decided_by, answer) VALUES ";

const COLUMNS: &str = "r.lead_id, r.attempt_id, r.buyer_id, r.contract_id, r.state, r.reason, r.note, r.asked_at, \
     r.asked_by, r.decided_at, r.decided_by, r.answer";

/// Which returns a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReturnFilter {
    /// Only those that stand so. Those that wait come oldest first, everything else newest first.
    pub state: Option<ReturnState>,
    /// Only this buyer's.
    pub buyer: Option<BuyerId>,
    /// Only after this one in the list.
    pub after: Option<(Timestamp, AttemptId)>,
}

/// What writes returns, new ones or decisions.
pub(crate) fn put(returns: &[(TenantId, Return)]) -> Sql {
    sql(INSERT).rows(returns, |row, (tenant, one)| cells(row, *tenant, one)).text(
        " ON CONFLICT (tenant_id, lead_id, attempt_id) DO UPDATE SET state = excluded.state, \
         decided_at = excluded.decided_at, decided_by = excluded.decided_by, answer = excluded.answer",
    )
}

fn cells(row: &mut Cells<'_>, tenant: TenantId, one: &Return) {
    row.cell(tenant).cell(one.lead_id).cell(one.attempt_id).cell(one.buyer_id).cell(one.contract_id);
    row.cell(one.state.name()).cell(one.reason.code()).cell(&one.note).cell(one.asked_at).cell(&one.asked_by);
    row.cell(one.decided_at).cell(&one.decided_by).cell(&one.answer);
}

impl TenantStore {
    /// Takes down that a buyer asks for a return; whether it is the first time for this post.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn ask_return(&self, asked: &Return) -> Result<bool, StoreError> {
        let one = [(self.tenant, asked.clone())];
        let statement = sql(INSERT).rows(&one, |row, (tenant, one)| cells(row, *tenant, one));
        let statement = statement.text(" ON CONFLICT (tenant_id, lead_id, attempt_id) DO NOTHING");
        Ok(statement.run(self.store.writer()).await? == 1)
    }

    /// Takes down that a return is denied; whether it was still waiting.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn deny_return(
        &self,
        (lead, attempt): (LeadId, AttemptId),
        at: Timestamp,
        by: &str,
        answer: &str,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE returns SET state = 'denied', decided_at = $1, decided_by = $2, answer = $3 \
             WHERE tenant_id = $4 AND lead_id = $5 AND attempt_id = $6 AND state = 'requested'");
        let statement = statement.bind(at).bind(by).bind(answer).bind(self.tenant).bind(lead).bind(attempt);
        Ok(statement.run(self.store.writer()).await? == 1)
    }

    /// The returns of a lead.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn returns_of(&self, lead: LeadId) -> Result<Vec<Return>, StoreError> {
        let statement = sql("SELECT ").text(COLUMNS);
        let statement = statement.text(" FROM returns r WHERE r.tenant_id = ").param(self.tenant);
        let statement = statement.text(" AND r.lead_id = ").param(lead).text(" ORDER BY r.asked_at, r.attempt_id");
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// Returns with everything a decision needs; at most `limit`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn returns(
        &self,
        filter: ReturnFilter,
        now: Timestamp,
        limit: u16,
    ) -> Result<Vec<ReturnRow>, StoreError> {
        let waiting = filter.state == Some(ReturnState::Requested);
        let mut statement = sql("SELECT ")
            .text(COLUMNS)
            .text(
                ", COALESCE(b.name, 'gone') AS buyer, COALESCE(c.name, 'gone') AS contract, \
                 COALESCE(m.name, 'gone') AS campaign, COALESCE(s.name, 'gone') AS source, l.currency, \
                 COALESCE(a.settled_at, a.at) AS taken_at, COALESCE(a.paid, a.price) AS paid FROM returns r \
                 JOIN attempts a ON a.tenant_id = r.tenant_id AND a.lead_id = r.lead_id AND a.id = r.attempt_id \
                 JOIN leads l ON l.tenant_id = r.tenant_id AND l.id = r.lead_id \
                 LEFT JOIN buyers b ON b.tenant_id = r.tenant_id AND b.id = r.buyer_id \
                 LEFT JOIN contracts c ON c.tenant_id = r.tenant_id AND c.id = r.contract_id \
                 LEFT JOIN campaigns m ON m.tenant_id = l.tenant_id AND m.id = l.campaign_id \
                 LEFT JOIN sources s ON s.tenant_id = l.tenant_id AND s.id = l.source_id WHERE r.tenant_id = ",
            )
            .param(self.tenant);
        if let Some(state) = filter.state {
            statement = statement.text(" AND r.state = ").param(state.name());
        }
        if let Some(buyer) = filter.buyer {
            statement = statement.text(" AND r.buyer_id = ").param(buyer);
        }
        if let Some((at, attempt)) = filter.after {
            let beyond = if waiting { ") > (" } else { ") < (" };
            statement = statement.text(" AND (r.asked_at, r.attempt_id").text(beyond).param(at).text(", ");
            statement = statement.param(attempt).text(")");
        }
        let order = if waiting { "" } else { " DESC" };
        let statement =
            statement.text(&format!(" ORDER BY r.asked_at{order}, r.attempt_id{order} LIMIT ")).param(u32::from(limit));
        let rows = statement.all(self.store.reader()).await?;
        let mut found = Vec::with_capacity(rows.len());
        let mut shares = HashMap::new();
        for row in &rows {
            let asked = read(row)?;
            let (taken, returned) = match shares.get(&asked.buyer_id) {
                Some(share) => *share,
                None => {
                    let share = self.return_share(None, asked.buyer_id, now).await?;
                    *shares.entry(asked.buyer_id).or_insert(share)
                }
            };
            found.push(ReturnRow {
                buyer: row.text("buyer")?,
                contract: row.text("contract")?,
                campaign: row.text("campaign")?,
                source: row.text("source")?,
                taken_at: row.at("taken_at")?,
                paid: Money {
                    amount: row.micros("paid")?,
                    currency: row.parsed_opt("currency")?.unwrap_or(Currency::USD),
                },
                taken,
                returned,
                asked,
            });
        }
        Ok(found)
    }

    /// How much waits for a person: posts in doubt, returns, and alerts that nobody knows of.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn waiting(&self) -> Result<Waiting, StoreError> {
        let row = sql("SELECT (SELECT COUNT(*) FROM attempts WHERE state = 'unknown' AND tenant_id = $1) AS doubts, \
             (SELECT COUNT(*) FROM returns WHERE state = 'requested' AND tenant_id = $1) AS returns, \
             (SELECT COUNT(*) FROM alerts WHERE is_open = 1 AND quiet_until = 0 AND tenant_id = $1) AS alerts")
        .bind(self.tenant)
        .one(self.store.reader())
        .await?;
        let count = |name| row.int(name).map(|n| u64::try_from(n).unwrap_or_default());
        Ok(Waiting { doubts: count("doubts")?, returns: count("returns")?, alerts: count("alerts")? })
    }

    /// How many leads a buyer (of a contract, if one is named) took in the 30 days before `now`, and how many of them came
    /// back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn return_share(
        &self,
        contract: Option<ContractId>,
        buyer: BuyerId,
        now: Timestamp,
    ) -> Result<(u64, u64), StoreError> {
        let mut statement = sql("SELECT COUNT(*) AS taken, COUNT(returned_at) AS returned FROM attempts \
             WHERE state = 'accepted' AND tenant_id = ")
        .param(self.tenant)
        .text(" AND buyer_id = ")
        .param(buyer);
        if let Some(contract) = contract {
            statement = statement.text(" AND contract_id = ").param(contract);
        }
        let since = Timestamp(now.0.saturating_sub(SHARE_SPAN));
        let first = LeadId::from_bits(model::id::uuid_v7(since.unix_millis(), [0; 10]));
        let row = statement.text(" AND lead_id >= ").param(first).one(self.store.reader()).await?;
        let count = |name| row.int(name).map(|n| u64::try_from(n).unwrap_or_default());
        Ok((count("taken")?, count("returned")?))
    }
}

fn read(row: &AnyRow) -> Result<Return, StoreError> {
    Ok(Return {
        lead_id: row.parsed("lead_id")?,
        attempt_id: row.parsed("attempt_id")?,
        buyer_id: row.parsed("buyer_id")?,
        contract_id: row.parsed("contract_id")?,
        state: row.parsed("state")?,
        reason: row.parsed("reason")?,
        note: row.text("note")?,
        asked_at: row.at("asked_at")?,
        asked_by: row.text("asked_by")?,
        decided_at: row.at_opt("decided_at")?,
        decided_by: row.text("decided_by")?,
        answer: row.text("answer")?,
    })
}

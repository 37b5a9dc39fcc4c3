//! Messages on their way out: taken by endpoint, in order and a few at a time, and the log of every try. A message is a
//! job whose lane is its endpoint; its job has the message's own number, so there is never more than one.

use crate::{
    EndpointRow, Job, Store, StoreError, TenantStore, Tx,
    jobs::{lease, taken},
    paging::Keyset,
    read::Read,
    sql::{Sql, sql},
};
use model::{
    DeliveryId, EndpointId, JobId, LeadId, MessageId, TenantId, Timestamp,
    endpoint::{Delivery, DeliveryState},
    page::{Cursor, Page},
};
use sqlx::any::AnyRow;
use std::collections::{BTreeSet, HashMap};

/// The kind of the jobs that carry messages.
pub const DELIVER: &str = "deliver";

/// Messages of one endpoint that were taken, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whose.
    pub tenant_id: TenantId,
    /// To whom they go.
    pub endpoint: EndpointRow,
    /// The messages.
    pub jobs: Vec<Job>,
}

/// What came of writing down a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// False when the lease was lost meanwhile: nothing of it is written.
    pub written: bool,
    /// Since when every try of the endpoint has failed; none when this one did not.
    pub failing_since: Option<Timestamp>,
}

/// Which tries a list shows; what is absent does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryFilter {
    /// To which endpoint.
    pub endpoint: Option<EndpointId>,
    /// About which lead.
    pub lead: Option<LeadId>,
    /// Of which message.
    pub message: Option<MessageId>,
    /// How they left their message.
    pub state: Option<DeliveryState>,
}

const COLUMNS: &str = "SELECT id, message_id, endpoint_id, NULLIF(lead_id, '') AS lead, event, attempt, at, method, url, body, status, \
     took_us, answer, error, state, next_at FROM deliveries WHERE tenant_id = ";

/// A job whose lease is still ours.
const MINE: &str = " WHERE tenant_id = $1 AND id = $2 AND tries = $3";

/// Puts messages of the log back to work; the statement goes on with what they have to fulfil.
const REPLAY: &str = "INSERT INTO jobs (tenant_id, id, kind, lane, payload, run_at, leased_until, tries) \
     SELECT d.tenant_id, 'job_' || SUBSTR(d.message_id, 5), 'deliver', d.endpoint_id, d.payload, $2, 0, 0 \
     FROM deliveries d JOIN endpoints e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id \
     WHERE d.tenant_id = $1 AND d.id = \
     (SELECT MAX(l.id) FROM deliveries l WHERE l.tenant_id = d.tenant_id AND l.message_id = d.message_id)";

impl Store {
    /// Endpoints for which something is due at `now`, those waiting longest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn due_endpoints(&self, now: Timestamp, limit: u32) -> Result<Vec<(TenantId, EndpointId)>, StoreError> {
        // From lane to lane in the index, and of each its first message: what waits behind that costs nothing, however much
        // it is.
        let rows = sql("WITH RECURSIVE lanes (lane) AS ( \
             SELECT MIN(lane) FROM jobs WHERE lane IS NOT NULL UNION ALL \
             SELECT (SELECT MIN(j.lane) FROM jobs j WHERE j.lane > lanes.lane) FROM lanes WHERE lanes.lane IS NOT NULL), \
             firsts AS (SELECT lane, (SELECT j.run_at FROM jobs j WHERE j.lane = lanes.lane AND j.run_at <= $1 \
             AND j.leased_until <= $1 ORDER BY j.run_at LIMIT 1) AS run_at FROM lanes WHERE lane IS NOT NULL) \
             SELECT (SELECT j.tenant_id FROM jobs j WHERE j.lane = firsts.lane LIMIT 1) AS tenant_id, lane FROM firsts \
             WHERE run_at IS NOT NULL ORDER BY run_at, lane LIMIT $2")
        .bind(now)
        .bind(limit)
        .all(self.reader())
        .await?;
        rows.iter().map(|row| Ok((row.parsed("tenant_id")?, row.parsed("lane")?))).collect()
    }

    /// Takes messages that are due at `now`, oldest first, at most `burst` for each of these endpoints, under one lease for
    /// all of them. An endpoint of which anything is still under way, here or with another server, gives nothing: so its
    /// order is kept. What waits for an endpoint that is gone goes too.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is taken then.
    pub async fn take_messages(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        endpoints: &[(TenantId, EndpointId)],
        burst: u32,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut tx = self.begin_write().await?;
        let mut all = Vec::new();
        for &(tenant, id) in endpoints {
            let rows = self.tenant(tenant);
            // The endpoint's row is the lock; who does not get it leaves the endpoint to whoever has it.
            let Some(endpoint) = rows.lock_endpoint(&mut tx, id, self.engine.for_update_skip()).await? else {
                rows.drop_orphans(&mut tx, id).await?;
                continue;
            };
            let jobs = due(&mut tx, (tenant, id), now, burst).await?;
            lease(&mut tx, &jobs, lease_until).await?;
            if !jobs.is_empty() {
                all.push(Taken { tenant_id: tenant, endpoint, jobs });
            }
        }
        tx.commit().await?;
        Ok(all)
    }

    /// Writes down how tries went and what follows: a delivered or failed message is gone, a pending one comes again, one
    /// that was not tried is given back as it was. Says of each, in order, what came of it.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is written then.
    pub async fn settle_messages(&self, batch: &[(Job, Option<Delivery>)]) -> Result<Vec<Settlement>, StoreError> {
        let mut tx = self.begin_write().await?;
        // In one order for everybody, so that two servers do not wait for each other's endpoints.
        let endpoints: BTreeSet<_> =
            batch.iter().filter_map(|(job, tried)| Some((job.tenant_id, tried.as_ref()?.endpoint_id))).collect();
        let mut failing = HashMap::new();
        for (tenant, id) in endpoints {
            let row = self.tenant(tenant).lock_endpoint(&mut tx, id, self.engine.for_update()).await?;
            failing.insert((tenant, id), row.and_then(|row| row.failing_since));
        }
        let mut settlements = Vec::with_capacity(batch.len());
        for (job, delivery) in batch {
            let written = settle(&mut tx, job, delivery.as_ref()).await?;
            let mut settlement = Settlement { written, failing_since: None };
            if let Some(delivery) = delivery.as_ref().filter(|_| written) {
                log(&mut tx, job, delivery).await?;
                let since = failing.entry((job.tenant_id, delivery.endpoint_id)).or_default();
                let now = match delivery.state {
                    DeliveryState::Delivered => None,
                    DeliveryState::Pending | DeliveryState::Failed => Some(since.unwrap_or(delivery.at)),
                };
                if *since != now {
                    *since = now;
                    let statement = sql("UPDATE endpoints SET failing_since = $3 WHERE tenant_id = $1 AND id = $2");
                    statement.bind(job.tenant_id).bind(delivery.endpoint_id).bind(now).run(&mut *tx).await?;
                }
                settlement.failing_since = now;
            }
            settlements.push(settlement);
        }
        tx.commit().await?;
        Ok(settlements)
    }

    /// Removes tries older than `before` from the log; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_deliveries_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM deliveries WHERE at < $1").bind(before).run(self.writer()).await
    }
}

impl TenantStore {
    /// One page of the log, newest first. A cursor that is no try's id begins with the newest.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        cursor: &Cursor,
        limit: u16,
    ) -> Result<Page<Delivery>, StoreError> {
        let keys = Keyset::<DeliveryId>::new(cursor, limit);
        let statement = filter.apply(sql(COLUMNS).param(self.tenant));
        let found = keys.end(statement, "id").all(self.store.reader()).await?;
        keys.page(&found, read, |delivery| delivery.id)
    }

    /// Sends a message of the log again at `now`, under its own id. One that still waits comes earlier.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no try of it is in the log, or its endpoint is gone.
    pub async fn replay_message(&self, message: MessageId, now: Timestamp) -> Result<(), StoreError> {
        let statement = sql(REPLAY).bind(self.tenant).bind(now).text(" AND d.message_id = $3").bind(message);
        if again(statement).run(self.store.writer()).await? == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Sends every message to an endpoint again that was last tried in `[from, to)`; how many there are. With
    /// `failed_only` only those that were given up.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn replay_span(
        &self,
        endpoint: EndpointId,
        (from, to): (Timestamp, Timestamp),
        failed_only: bool,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let statement = sql(REPLAY)
            .bind(self.tenant)
            .bind(now)
            .text(" AND d.endpoint_id = $3 AND d.at >= $4 AND d.at < $5")
            .bind(endpoint)
            .bind(from)
            .bind(to)
            .text(if failed_only { " AND d.state = 'failed'" } else { "" });
        again(statement).run(self.store.writer()).await
    }

    /// Every message that waits for an endpoint, in order: its job, and when it is due.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn waiting_messages(&self, endpoint: EndpointId) -> Result<Vec<(JobId, Timestamp)>, StoreError> {
        let statement = sql("SELECT id, run_at FROM jobs WHERE tenant_id = $1 AND lane = $2 ORDER BY run_at, id");
        let rows = statement.bind(self.tenant).bind(endpoint).all(self.store.reader()).await?;
        rows.iter().map(|row| Ok((row.parsed("id")?, row.at("run_at")?))).collect()
    }
}

/// Messages of one endpoint that may be taken: none while others are under way.
async fn due(
    tx: &mut Tx,
    (tenant, endpoint): (TenantId, EndpointId),
    now: Timestamp,
    burst: u32,
) -> Result<Vec<Job>, StoreError> {
    let rows = sql("SELECT tenant_id, id, kind, payload, run_at, tries FROM jobs WHERE tenant_id = $1 AND lane = $2 \
         AND run_at <= $3 AND NOT EXISTS (SELECT 1 FROM jobs u WHERE u.lane = $2 AND u.leased_until > 0 \
         AND u.leased_until > $3) ORDER BY run_at, id LIMIT $4")
    .bind(tenant)
    .bind(endpoint)
    .bind(now)
    .bind(burst)
    .all(&mut **tx)
    .await?;
    rows.iter().map(taken).collect()
}

/// Whether the lease was still ours; nothing is written when it was not.
async fn settle(tx: &mut Tx, job: &Job, delivery: Option<&Delivery>) -> Result<bool, StoreError> {
    let mine = |text: &str| sql(text).text(MINE).bind(job.tenant_id).bind(job.id).bind(job.tries);
    let statement = match delivery.map(|delivery| (delivery.next_at, &delivery.error)) {
        None => mine("UPDATE jobs SET leased_until = 0, tries = tries - 1"),
        Some((None, _)) => mine("DELETE FROM jobs"),
        Some((Some(next_at), error)) => {
            mine("UPDATE jobs SET run_at = $4, leased_until = 0, error = $5").bind(next_at).bind(error.as_deref())
        }
    };
    Ok(statement.run(&mut **tx).await? > 0)
}

async fn log(tx: &mut Tx, job: &Job, delivery: &Delivery) -> Result<(), StoreError> {
    sql("INSERT INTO deliveries (tenant_id, id, message_id, endpoint_id, lead_id, event, attempt, at, method, url, \
         body, payload, status, took_us, answer, error, state, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
         $10, $11, $12, $13, $14, $15, $16, $17, $18)")
    .bind(job.tenant_id)
    .bind(delivery.id)
    .bind(delivery.message_id)
    .bind(delivery.endpoint_id)
    // No column of the log may be NULL here: what is about an alert has an empty text.
    .bind(delivery.lead_id.map(|id| id.to_string()).unwrap_or_default())
    .bind(delivery.event.word())
    .bind(delivery.attempt)
    .bind(delivery.at)
    .bind(delivery.method.name())
    .bind(&delivery.url)
    .bind(&delivery.body)
    .bind(&job.payload)
    .bind(delivery.status.map(u32::from))
    .bind(delivery.took_us)
    .bind(&delivery.answer)
    .bind(delivery.error.as_deref())
    .bind(delivery.state.name())
    .bind(delivery.next_at)
    .run(&mut **tx)
    .await?;
    Ok(())
}

fn again(statement: Sql) -> Sql {
    statement.text(" ON CONFLICT (tenant_id, id) DO UPDATE SET run_at = excluded.run_at")
}

impl DeliveryFilter {
    fn apply(&self, mut statement: Sql) -> Sql {
        if let Some(endpoint) = self.endpoint {
            statement = statement.text(" AND endpoint_id = ").param(endpoint);
        }
        if let Some(lead) = self.lead {
            statement = statement.text(" AND lead_id = ").param(lead);
        }
        if let Some(message) = self.message {
            statement = statement.text(" AND message_id = ").param(message);
        }
        if let Some(state) = self.state {
            statement = statement.text(" AND state = ").param(state.name());
        }
        statement
    }
}

fn read(row: &AnyRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.parsed("id")?,
        message_id: row.parsed("message_id")?,
        endpoint_id: row.parsed("endpoint_id")?,
        lead_id: row.parsed_opt("lead")?,
        event: row.parsed("event")?,
        attempt: row.small("attempt")?,
        at: row.at("at")?,
        method: row.parsed("method")?,
        url: row.text("url")?,
        body: row.text("body")?,
        status: row.int_opt("status")?.and_then(|status| u16::try_from(status).ok()),
        took_us: row.int("took_us")?,
        answer: row.text("answer")?,
        error: row.text_opt("error")?,
        state: row.parsed("state")?,
        next_at: row.at_opt("next_at")?,
    })
}

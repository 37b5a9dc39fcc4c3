//! Who looks for alerts, and what is kept of a look. A tenant's look is taken under a lease by one server at a time, and
//! whoever lost the lease meanwhile writes nothing.

use super::{COLUMNS, read};
use crate::{
    NewJob, Store, StoreError, TenantStore, jobs,
    read::Read,
    sql::{json, sql},
};
use exchange::alert::{Change, DoubtFigures};
use model::{TenantId, Timestamp, UserId, alert::Alert, endpoint::Endpoint};

/// A look at a tenant that was taken under a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// At whom.
    pub tenant_id: TenantId,
    /// Names the lease.
    pub turn: i64,
}

/// What a look saw, and what is told because of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Saw {
    /// What has changed.
    pub changes: Vec<Change>,
    /// Messages and letters.
    pub messages: Vec<NewJob>,
    /// To whom everything is written with them.
    pub written: Vec<UserId>,
}

impl Store {
    /// Takes the looks at active tenants that are due at `now`. Nobody else gets them before `lease_until`; a server that dies
    /// loses them then.
    ///
    /// # Errors
    /// Any [`StoreError`]; none is taken then.
    pub async fn take_looks(&self, now: Timestamp, lease_until: Timestamp) -> Result<Vec<Look>, StoreError> {
        // Asked before the one writer is.
        let due = sql("SELECT t.id FROM tenants t LEFT JOIN alert_looks l ON l.tenant_id = t.id WHERE t.active = 1 \
             AND (l.tenant_id IS NULL OR (l.due_at <= $1 AND l.leased_until <= $1)) ORDER BY t.id")
        .bind(now)
        .all(self.reader())
        .await?;
        let mut looks = Vec::with_capacity(due.len());
        for row in due {
            let tenant_id: TenantId = row.parsed("id")?;
            let taken = sql("INSERT INTO alert_looks (tenant_id, due_at, leased_until, turn, settings) \
                 VALUES ($1, $2, $3, 1, '{}') ON CONFLICT (tenant_id) DO UPDATE SET \
                 leased_until = excluded.leased_until, turn = alert_looks.turn + 1 \
                 WHERE alert_looks.due_at <= excluded.due_at AND alert_looks.leased_until <= excluded.due_at \
                 RETURNING turn")
            .bind(tenant_id)
            .bind(now)
            .bind(lease_until)
            .optional(self.writer())
            .await?;
            if let Some(row) = taken {
                looks.push(Look { tenant_id, turn: row.int("turn")? });
            }
        }
        Ok(looks)
    }
}

impl TenantStore {
    /// The open alerts, and those that had an episode and were resolved after `since`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn known_alerts(&self, since: Timestamp) -> Result<Vec<Alert>, StoreError> {
        let rows = sql(COLUMNS)
            .param(self.tenant)
            .text(" AND (is_open = 1 OR (episode <> '' AND resolved_at >= ")
            .param(since)
            .text(")) ORDER BY id")
            .all(self.store.reader())
            .await?;
        rows.iter().map(read).collect()
    }

    /// Keeps what a look at `now` saw, with the messages that are told because of it; the next look is due at `next_at`.
    /// False when the lease was lost meanwhile: nothing of it is written.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is written then.
    pub async fn keep_look(
        &self,
        look: Look,
        (now, next_at): (Timestamp, Timestamp),
        saw: Saw,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let mine = sql("UPDATE alert_looks SET due_at = $3, leased_until = 0 WHERE tenant_id = $1 AND turn = $2")
            .bind(self.tenant)
            .bind(look.turn)
            .bind(next_at)
            .run(&mut *tx)
            .await?;
        if mine == 0 {
            return Ok(false);
        }
        // Whoever wanted to hear nothing until now hears of it again.
        sql("UPDATE alerts SET acknowledged = NULL, quiet_until = 0 WHERE tenant_id = $1 AND is_open = 1 \
             AND quiet_until > 0 AND quiet_until <= $2")
        .bind(self.tenant)
        .bind(now)
        .run(&mut *tx)
        .await?;
        for change in &saw.changes {
            let alert = change.alert();
            // What a person has said of it meanwhile stays.
            sql("INSERT INTO alerts (tenant_id, id, kind, subject, episode, doc, opened_at, seen_at, seen, is_open, \
                 resolved_at, quiet_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0) \
                 ON CONFLICT (tenant_id, id) DO UPDATE SET doc = excluded.doc, seen_at = excluded.seen_at, \
                 seen = excluded.seen, is_open = excluded.is_open, resolved_at = excluded.resolved_at")
            .bind(self.tenant)
            .bind(alert.id)
            .bind(alert.seen.kind.name())
            .bind(&alert.seen.subject)
            .bind(&alert.seen.episode)
            .bind(json(&alert.seen)?)
            .bind(alert.opened_at)
            .bind(alert.seen_at)
            .bind(alert.count)
            .bind(alert.resolved_at.is_none())
            .bind(alert.resolved_at)
            .run(&mut *tx)
            .await?;
        }
        for person in saw.written {
            sql("UPDATE alert_readers SET written_at = $3 WHERE tenant_id = $1 AND user_id = $2")
                .bind(self.tenant)
                .bind(person)
                .bind(now)
                .run(&mut *tx)
                .await?;
        }
        let messages: Vec<_> = saw.messages.into_iter().map(|job| (self.tenant, job)).collect();
        if !messages.is_empty() {
            jobs::put(&messages).run(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// How many posts and copies are of unknown outcome, and when the oldest was sent.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn doubt_figures(&self) -> Result<DoubtFigures, StoreError> {
        let row = sql("SELECT COUNT(*) AS n, COALESCE(MIN(at), 0) AS oldest FROM \
             (SELECT at FROM attempts WHERE state = 'unknown' AND tenant_id = $1 UNION ALL \
             SELECT at FROM copies WHERE state = 'unknown' AND tenant_id = $1) AS doubts")
        .bind(self.tenant)
        .one(self.store.reader())
        .await?;
        let (count, oldest) = (row.int("n")?, row.at("oldest")?);
        Ok(DoubtFigures { count, oldest: (count > 0).then_some(oldest) })
    }

    /// Every endpoint with since when every try to tell it has failed.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn endpoints_failing(&self) -> Result<Vec<(Endpoint, Option<Timestamp>)>, StoreError> {
        let statement = sql("SELECT doc, failing_since FROM endpoints WHERE tenant_id = $1 ORDER BY id");
        let rows = statement.bind(self.tenant).all(self.store.reader()).await?;
        rows.iter().map(|row| Ok((row.doc("doc")?, row.at_opt("failing_since")?))).collect()
    }
}

//! What people did that is no change of the configuration: who signed in, who was invited, what was taken away as a file.
//! Rows are never changed, and each is sealed in the audit.

use crate::{
    StoreError, TenantStore, Tx,
    audit::{Changed, seal_changes},
    read::Read,
    sql::{json, sql},
};
use exchange::audit::{Digest, Thing};
use model::{EventId, TenantId, Timestamp};
use sqlx::any::AnyRow;

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Identity.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// The id of a person or a token, or a word for the command line.
    pub actor: String,
    /// What people called the actor then.
    pub actor_name: String,
    /// What was done, as a word: `person_invited`.
    pub action: String,
    /// The id of whom or what it was about; may be empty.
    pub object: String,
    /// The rest, in words; no personal value of a consumer.
    pub detail: String,
}

/// Which activities; none of a kind is all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// By one actor only.
    pub actor: Option<String>,
    /// Of one action only.
    pub action: Option<String>,
    /// At this instant or later.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub to: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT tenant_id, id, at, actor, actor_name, action, object, detail FROM activities";

impl TenantStore {
    /// Records what somebody did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn add_activity(&self, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let changed = insert(&mut tx, self.tenant, line).await?;
        seal_changes(&self.store, &mut tx, vec![changed]).await?;
        Ok(tx.commit().await?)
    }

    /// What people did, newest first, before the one at `after`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn activities(
        &self,
        filter: &ActivityFilter,
        after: Option<(Timestamp, EventId)>,
        limit: u16,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut statement = sql(COLUMNS).text(" WHERE tenant_id = ").param(self.tenant);
        if let Some(actor) = &filter.actor {
            statement = statement.text(" AND actor = ").param(actor);
        }
        if let Some(action) = &filter.action {
            statement = statement.text(" AND action = ").param(action);
        }
        if let Some(from) = filter.from {
            statement = statement.text(" AND at >= ").param(from);
        }
        if let Some(to) = filter.to {
            statement = statement.text(" AND at < ").param(to);
        }
        if let Some((at, id)) = after {
            statement = statement.text(" AND (at, id) < (").param(at).text(", ").param(id).text(")");
        }
        let statement = statement.text(" ORDER BY at DESC, id DESC LIMIT ").param(i64::from(limit));
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }
}

/// Writes one down, for the transaction that seals it.
pub(crate) async fn insert(tx: &mut Tx, tenant: TenantId, line: &Activity) -> Result<Changed, StoreError> {
    sql("INSERT INTO activities (tenant_id, id, at, actor, actor_name, action, object, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(tenant)
    .bind(line.id)
    .bind(line.at)
    .bind(&line.actor)
    .bind(&line.actor_name)
    .bind(&line.action)
    .bind(&line.object)
    .bind(&line.detail)
    .run(&mut **tx)
    .await?;
    changed(tenant, line)
}

/// Everything that was recorded on the server, as the audit knows it.
pub(crate) async fn recorded(tx: &mut Tx) -> Result<Vec<Changed>, StoreError> {
    let rows = sql(COLUMNS).all(&mut **tx).await?;
    rows.iter().map(|row| changed(row.parsed("tenant_id")?, &read(row)?)).collect()
}

fn changed(tenant: TenantId, line: &Activity) -> Result<Changed, StoreError> {
    let Activity { id, at, actor, actor_name, action, object, detail } = line;
    let document = json(&(1, at, actor, actor_name, action, object, detail))?;
    let document = Some(Digest::of(document.as_bytes()));
    Ok(Changed { tenant, thing: Thing::Activity, id: id.to_string(), document })
}

fn read(row: &AnyRow) -> Result<Activity, StoreError> {
    Ok(Activity {
        id: row.parsed("id")?,
        at: row.at("at")?,
        actor: row.text("actor")?,
        actor_name: row.text("actor_name")?,
        action: row.text("action")?,
        object: row.text("object")?,
        detail: row.text("detail")?,
    })
}

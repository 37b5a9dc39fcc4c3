//! `gavel check`: what must always hold, computed anew from what is stored and compared. Everything is read at one instant.

mod audit;
mod caps;
mod copies;
mod leads;
mod missed;
mod money;
mod rollups;

use crate::{Store, StoreError, Tx, sql::sql};
use sqlx::any::AnyRow;

/// One thing that must always hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invariant {
    /// What it says, in a few words.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// How much was looked at, or the first violations.
    pub detail: String,
}

/// How many violations are named.
const NAMED: usize = 5;

impl Invariant {
    /// Holds when there is no violation among what was looked at.
    fn of(name: &'static str, looked_at: i64, what: &str, violations: &[String]) -> Self {
        let detail = if violations.is_empty() {
            format!("{looked_at} {what}")
        } else {
            let more = violations.len().saturating_sub(NAMED);
            let named = violations.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
            if more == 0 { named } else { format!("{named}; and {more} more") }
        };
        Self { name, ok: violations.is_empty(), detail }
    }
}

impl Store {
    /// Checks every invariant of the whole database.
    ///
    /// # Errors
    /// Any [`StoreError`] when something cannot be read; a violation is not an error.
    pub async fn check(&self) -> Result<Vec<Invariant>, StoreError> {
        let mut tx = self.begin_snapshot().await?;
        let mut found = Vec::new();
        found.extend(leads::check(&mut tx).await?);
        found.extend(copies::check(&mut tx).await?);
        found.extend(money::check(&mut tx).await?);
        found.extend(caps::check(&mut tx).await?);
        found.push(rollups::check(&mut tx).await?);
        found.extend(missed::check(&mut tx).await?);
        found.extend(audit::check(&mut tx, self.notary.as_ref()).await?);
        tx.commit().await?;
        Ok(found)
    }
}

/// An invariant whose violations a statement lists: each row becomes a line.
async fn listed(
    tx: &mut Tx,
    name: &'static str,
    (table, what): (&str, &str),
    statement: &str,
    line: impl Fn(&AnyRow) -> Result<String, StoreError>,
) -> Result<Invariant, StoreError> {
    let rows = sql(statement).all(&mut **tx).await?;
    let violations = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    Ok(Invariant::of(name, count(tx, table).await?, what, &violations))
}

async fn count(tx: &mut Tx, table: &str) -> Result<i64, StoreError> {
    use crate::read::Read;
    sql("SELECT COUNT(*) AS n FROM ").text(table).one(&mut **tx).await?.int("n")
}

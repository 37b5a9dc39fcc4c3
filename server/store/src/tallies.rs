//! The tallies of hours as they lie in the database: one row for all that an hour held of a campaign, a source and a
//! buyer, so that a report by time sums a tenth of the rows that the counters are.

use crate::{StoreError, read::Read};
use exchange::rollup::Tally;
use model::{breakdown::Chances, report::Totals};
use sqlx::any::AnyRow;

/// Where they lie.
pub(crate) const TABLE: &str = "hour_tallies";

/// What a row is about.
const KEY: &str = "tenant_id, hour, campaign_id, source_id, buyer_id";

/// The columns of counts and money, here and wherever else they are kept in one row.
pub(crate) const TOTALS: [&str; 9] =
    ["received", "sold", "unsold", "rejected", "duplicate", "unknown", "returned", "revenue", "payout"];

/// The further columns of a tally.
const FURTHER: [&str; 10] = [
    "pinged",
    "taken",
    "lost",
    "declined",
    "failed",
    "excluded",
    "given_back",
    "against",
    "moved_revenue",
    "moved_payout",
];

/// The columns of a tally.
pub(crate) fn columns() -> Vec<&'static str> {
    TOTALS.into_iter().chain(FURTHER).collect()
}

/// The values of [`TOTALS`].
pub(crate) const fn totals(totals: &Totals) -> [i64; TOTALS.len()] {
    let Totals { received, sold, unsold, rejected, duplicate, unknown, returned, revenue, payout } = *totals;
    [received, sold, unsold, rejected, duplicate, unknown, returned, revenue.0, payout.0]
}

/// The values of [`columns`].
pub(crate) fn cells(tally: &Tally) -> impl Iterator<Item = i64> {
    let Chances { pinged, sold, lost, rejected, failed, excluded, returned } = tally.chances;
    let chances = [pinged, sold, lost, rejected, failed, excluded, returned];
    let rest = [tally.against, tally.moved_revenue.0, tally.moved_payout.0];
    totals(&tally.totals).into_iter().chain(chances).chain(rest)
}

/// Reads [`TOTALS`].
pub(crate) fn read_totals(row: &AnyRow) -> Result<Totals, StoreError> {
    Ok(Totals {
        received: row.int("received")?,
        sold: row.int("sold")?,
        unsold: row.int("unsold")?,
        rejected: row.int("rejected")?,
        duplicate: row.int("duplicate")?,
        unknown: row.int("unknown")?,
        returned: row.int("returned")?,
        revenue: row.micros("revenue")?,
        payout: row.micros("payout")?,
    })
}

/// Reads [`columns`].
pub(crate) fn read(row: &AnyRow) -> Result<Tally, StoreError> {
    let chances = Chances {
        pinged: row.int("pinged")?,
        sold: row.int("taken")?,
        lost: row.int("lost")?,
        rejected: row.int("declined")?,
        failed: row.int("failed")?,
        excluded: row.int("excluded")?,
        returned: row.int("given_back")?,
    };
    Ok(Tally {
        totals: read_totals(row)?,
        moved_revenue: row.micros("moved_revenue")?,
        moved_payout: row.micros("moved_payout")?,
        chances,
        against: row.int("against")?,
    })
}

/// The sums of columns, under their names.
pub(crate) fn sums(columns: &[&str]) -> String {
    let sum = |name: &&str| format!("CAST(SUM({name}) AS BIGINT) AS {name}");
    columns.iter().map(sum).collect::<Vec<_>>().join(", ")
}

/// Begins the statement that adds rows to the tallies.
pub(crate) fn insert() -> String {
    format!("INSERT INTO {TABLE} ({KEY}, {}) VALUES ", columns().join(", "))
}

/// Ends it: what is there already is added to.
pub(crate) fn or_add() -> String {
    or_add_to(TABLE, KEY, &columns())
}

/// Ends a statement that adds rows to a table of counters: under a key that is there already, the columns are added up.
pub(crate) fn or_add_to(table: &str, key: &str, columns: &[&str]) -> String {
    let sum = |name: &&str| format!("{name} = {table}.{name} + excluded.{name}");
    let sums = columns.iter().map(sum).collect::<Vec<_>>().join(", ");
    format!(" ON CONFLICT ({key}) DO UPDATE SET {sums}")
}

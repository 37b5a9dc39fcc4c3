//! A store as it is after months: a few hundred leads that were really sold and refused, copied into earlier hours until
//! there are as many as wanted. Every row of a lead is copied with it (auction, tape, posts, history, ledger, deliveries,
//! roll-ups), under an id of its own time, so that the lists and the reports find what they would find.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::str::FromStr;

const HOUR_US: i64 = 3_600_000_000;

/// What is copied: the table, the column whose id gets another time, and the instants that move with it. An id begins with
/// its kind and the milliseconds of its time in ten characters.
const TABLES: &[(&str, &[&str], &[&str])] = &[
    ("leads", &["id"], &["received_at", "finished_at"]),
    ("traces", &["lead_id"], &[]),
    ("attempts", &["lead_id"], &["at", "settled_at"]),
    ("events", &["id", "lead_id"], &["at"]),
    ("ledger_entries", &["event_id", "lead_id"], &["at"]),
    ("deliveries", &["id", "message_id", "lead_id"], &["at", "next_at"]),
    ("rollups", &[], &["hour"]),
    ("hour_tallies", &[], &["hour"]),
    ("label_hours", &[], &["hour"]),
    ("missed_hours", &[], &["hour"]),
    ("score_hours", &[], &["hour"]),
];

/// Counters of days are summed anew when the hours are there, because a day later is no hour later: the table, its hours, and
/// what a row is about beside its time. All other columns are summed.
const DAYS: &[(&str, &str, &[&str])] = &[
    ("rollup_days", "rollups", &["tenant_id", "campaign_id", "source_id", "buyer_id", "measure"]),
    ("label_days", "label_hours", &["tenant_id", "campaign_id", "source_id", "buyer_id", "kind", "label"]),
    ("score_days", "score_hours", &["tenant_id", "buyer_id", "contract_id"]),
];

/// Copies what a store holds into each of `copies` earlier hours; how many leads there are then.
///
/// # Errors
/// With what the database said.
pub async fn fill(database: &str, copies: u32) -> Result<i64, String> {
    filled(database, copies).await.map_err(|error| error.to_string())
}

async fn filled(database: &str, copies: u32) -> Result<i64, sqlx::Error> {
    // Nothing here has to outlive a failure of the machine.
    let options =
        SqliteConnectOptions::from_str(database)?.pragma("synchronous", "OFF").pragma("cache_size", "-400000");
    let mut connection = options.connect().await?;
    let mut statements = Vec::new();
    for (table, ids, instants) in TABLES {
        let columns = columns_of(&mut connection, table).await?;
        connection.execute(AssertSqlSafe(format!("CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}"))).await?;
        statements.push(statement(table, &columns, ids, instants));
    }
    let newest: i64 = sqlx::query_scalar("SELECT max(received_at) FROM leads").fetch_one(&mut connection).await?;
    for copy in 1..=i64::from(copies) {
        let shift = copy * HOUR_US;
        let mut tx = connection.begin().await?;
        for statement in &statements {
            let moved =
                sqlx::query(AssertSqlSafe(statement.clone())).bind(time_of((newest - shift) / 1000)).bind(shift);
            moved.execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
    for (days, hours, about) in DAYS {
        let mut columns = columns_of(&mut connection, hours).await?;
        columns.retain(|column| column != "hour" && !about.contains(&column.as_str()));
        let (sums, columns, place) = (columns.join("), SUM("), columns.join(", "), about.join(", "));
        let sum = format!(
            "DELETE FROM {days}; INSERT INTO {days} ({place}, day, {columns}) \
             SELECT {place}, hour / 86400000000 * 86400000000, SUM({sums}) FROM {hours} GROUP BY {place}, hour / 86400000000"
        );
        connection.execute(AssertSqlSafe(sum)).await?;
    }
    connection.execute("PRAGMA optimize").await?;
    let leads = sqlx::query_scalar("SELECT count(*) FROM leads").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(leads)
}

async fn columns_of(connection: &mut SqliteConnection, table: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM pragma_table_info($1)").bind(table.to_owned()).fetch_all(connection).await
}

/// The copying of one table: `$1` is the time within an id, `$2` the microseconds it lies earlier.
fn statement(table: &str, columns: &[String], ids: &[&str], instants: &[&str]) -> String {
    let value = |column: &String| {
        if ids.contains(&column.as_str()) {
            format!("substr({column}, 1, 4) || $1 || substr({column}, 15)")
        } else if instants.contains(&column.as_str()) {
            format!("{column} - $2")
        } else {
            column.clone()
        }
    };
    let values: Vec<_> = columns.iter().map(value).collect();
    format!("INSERT INTO {table} ({}) SELECT {} FROM kept_{table}", columns.join(", "), values.join(", "))
}

/// The first ten characters of an id made at this millisecond: 48 bits in Crockford's base 32 (see `model::id`).
fn time_of(millis: i64) -> String {
    let id = model::LeadId::from_bits(model::id::uuid_v7(u64::try_from(millis).unwrap_or_default(), [0; 10]));
    id.to_string().chars().skip(4).take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_time_is_an_id() {
        let id = |millis, random| model::LeadId::from_bits(model::id::uuid_v7(millis, [random; 10])).to_string();
        let (old, new) = (id(1_780_000_000_000, 7), id(1_779_999_000_123, 7));
        assert_eq!(format!("{}{}{}", &old[..4], time_of(1_779_999_000_123), &old[14..]), new);
    }

    #[test]
    fn what_is_no_id_and_no_instant_is_kept() {
        let columns = ["tenant_id", "lead_id", "at", "doc"].map(str::to_owned);
        assert_eq!(
            statement("t", &columns, &["lead_id"], &["at"]),
            "INSERT INTO t (tenant_id, lead_id, at, doc) SELECT tenant_id, substr(lead_id, 1, 4) || $1 || substr(lead_id, 15), \
             at - $2, doc FROM kept_t"
        );
    }
}

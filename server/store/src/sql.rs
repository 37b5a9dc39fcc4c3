//! Building statements: `$n` placeholders work on both engines, where sqlx's own builder writes `?` for `Any`.

use crate::{Engine, StoreError};
use model::{
    AlertId, AttemptId, BuyerId, CampaignId, ConsentTextId, ContractId, Currency, DeliveryId, EndpointId, EventId,
    ExampleId, ExportId, JobId, KeyId, LeadId, MessageId, Micros, PingId, ProcessId, Reason, ShareId, SourceId,
    TenantId, TestId, Timestamp, UserId, VerticalId, ViewId, bench::Phase, document::DocumentId, document::Kind,
    lead::LeadState, tenant::Mode, user::Role,
};
use sqlx::{
    Any, AnyConnection, Arguments, AssertSqlSafe, Executor,
    any::{AnyArguments, AnyRow},
};

/// No statement carries more parameters than SQLite takes (32 766; PostgreSQL takes 65 535).
const MAX_PARAMETERS: usize = 30_000;

/// Statements with more rows than this are not kept prepared: their text differs with every number of rows, and each
/// would push a useful one out of the cache.
const MAX_CACHED_ROWS: usize = 4;

/// A set of up to so many is brought to a power of two, so that there are few texts and each stays prepared.
const MAX_PADDED: usize = 512;

/// Something a statement can carry.
#[derive(Clone)]
pub(crate) enum Arg {
    Text(String),
    Int(i64),
    Bytes(Vec<u8>),
    NoText,
    NoInt,
}

/// A Rust value as the database keeps it.
pub(crate) trait Value {
    /// The NULL of the column's type.
    const NONE: Arg;
    fn arg(self) -> Arg;
}

impl<T: Value> Value for Option<T> {
    const NONE: Arg = T::NONE;
    fn arg(self) -> Arg {
        self.map_or(Self::NONE, Value::arg)
    }
}

macro_rules! values {
    ($none:ident: $($type:ty => |$value:ident| $arg:expr;)+) => {$(
        impl Value for $type {
            const NONE: Arg = Arg::$none;
            fn arg(self) -> Arg {
                let $value = self;
                $arg
            }
        }
    )+};
}

values! { NoInt:
    i64 => |v| Arg::Int(v);
    u32 => |v| Arg::Int(v.into());
    u8 => |v| Arg::Int(v.into());
    bool => |v| Arg::Int(v.into());
    Timestamp => |v| Arg::Int(v.0);
    Micros => |v| Arg::Int(v.0);
}

values! { NoText:
    String => |v| Arg::Text(v);
    &String => |v| Arg::Text(v.clone());
    &str => |v| Arg::Text(v.to_owned());
    LeadState => |v| Arg::Text(v.name().to_owned());
    Reason => |v| Arg::Text(v.code().to_owned());
    Currency => |v| Arg::Text(v.code().to_owned());
    Role => |v| Arg::Text(v.name().to_owned());
    Mode => |v| Arg::Text(match v { Mode::Live => "live", Mode::Test => "test" }.to_owned());
    TenantId => |v| Arg::Text(v.to_string());
    UserId => |v| Arg::Text(v.to_string());
    KeyId => |v| Arg::Text(v.to_string());
    VerticalId => |v| Arg::Text(v.to_string());
    CampaignId => |v| Arg::Text(v.to_string());
    SourceId => |v| Arg::Text(v.to_string());
    BuyerId => |v| Arg::Text(v.to_string());
    ContractId => |v| Arg::Text(v.to_string());
    ExampleId => |v| Arg::Text(v.to_string());
    TestId => |v| Arg::Text(v.to_string());
    ViewId => |v| Arg::Text(v.to_string());
    Phase => |v| Arg::Text(v.name().to_owned());
    DocumentId => |v| Arg::Text(v.to_string());
    Kind => |v| Arg::Text(v.name().to_owned());
    LeadId => |v| Arg::Text(v.to_string());
    PingId => |v| Arg::Text(v.to_string());
    AttemptId => |v| Arg::Text(v.to_string());
    EventId => |v| Arg::Text(v.to_string());
    JobId => |v| Arg::Text(v.to_string());
    ProcessId => |v| Arg::Text(v.to_string());
    EndpointId => |v| Arg::Text(v.to_string());
    MessageId => |v| Arg::Text(v.to_string());
    DeliveryId => |v| Arg::Text(v.to_string());
    AlertId => |v| Arg::Text(v.to_string());
    ShareId => |v| Arg::Text(v.to_string());
    ConsentTextId => |v| Arg::Text(v.to_string());
    ExportId => |v| Arg::Text(v.to_string());
}

impl Value for &[u8] {
    // No column of bytes may be NULL, so its NULL is never sent.
    const NONE: Arg = Arg::NoText;
    fn arg(self) -> Arg {
        Arg::Bytes(self.to_vec())
    }
}

/// A statement under construction.
pub(crate) struct Sql {
    text: String,
    args: Vec<Arg>,
    rows: usize,
    once: bool,
}

/// Begins a statement.
pub(crate) fn sql(text: &str) -> Sql {
    Sql { text: text.to_owned(), args: Vec::new(), rows: 0, once: false }
}

impl Sql {
    /// Gives the value of the next `$n` that already stands in the text.
    pub fn bind(mut self, value: impl Value) -> Self {
        self.args.push(value.arg());
        self
    }

    /// Appends text.
    pub fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder with its value.
    pub fn param(mut self, value: impl Value) -> Self {
        self.put(value);
        self
    }

    fn put(&mut self, value: impl Value) {
        self.args.push(value.arg());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
    }

    /// Appends `($1, $2), ($3, $4)`: one group for each item.
    pub fn rows<T>(mut self, items: impl IntoIterator<Item = T>, each: impl Fn(&mut Cells<'_>, T)) -> Self {
        for item in items {
            self.text.push_str(if self.rows == 0 { "(" } else { ", (" });
            self.rows += 1;
            each(&mut Cells { sql: &mut self, first: true }, item);
            self.text.push(')');
        }
        self
    }

    /// Appends groups like [`Sql::rows`] for a list in which it does not matter how often something stands (`IN (VALUES`):
    /// the last group is repeated up to a power of two.
    pub fn set<T>(self, items: &[T], each: impl Fn(&mut Cells<'_>, &T)) -> Self {
        if items.len() > MAX_PADDED {
            return self.rows(items, each);
        }
        let repeated = items.len().next_power_of_two() - items.len();
        let rows = self.rows;
        let padding = items.last().into_iter().cycle().take(repeated);
        let mut padded = self.rows(items.iter().chain(padding), each);
        padded.rows = rows;
        padded
    }

    /// It is not kept prepared: its text is another every time.
    pub const fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Appends another statement for SQLite. Each `$n` becomes a `?`, which takes the next value: SQLite finds a parameter
    /// that has a name by looking through all names before it, which made large batches many times slower. No text of ours
    /// has a dollar sign in a literal.
    fn append(&mut self, mut other: Self) {
        if !self.text.is_empty() {
            self.text.push_str("; ");
        }
        self.text.reserve(other.text.len());
        self.args.reserve(other.args.len());
        let moves = other.args.len() + 1 == other.text.split('$').count();
        let mut parts = other.text.split('$');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let number = part[..digits].parse::<usize>().unwrap_or_default();
            self.text.push('?');
            self.text.push_str(&part[digits..]);
            let arg = other.args.get_mut(number.wrapping_sub(1));
            // Nearly every value stands once: it moves.
            self.args.extend(arg.map(|arg| if moves { std::mem::replace(arg, Arg::NoInt) } else { arg.clone() }));
        }
        self.rows = self.rows.max(other.rows);
        self.once |= other.once;
    }

    fn query(self) -> Result<sqlx::query::Query<'static, Any, AnyArguments>, StoreError> {
        let mut args = AnyArguments::default();
        args.reserve(self.args.len(), 0);
        for arg in self.args {
            match arg {
                Arg::Text(text) => args.add(text),
                Arg::Int(int) => args.add(int),
                Arg::Bytes(bytes) => args.add(bytes),
                Arg::NoText => args.add(None::<String>),
                Arg::NoInt => args.add(None::<i64>),
            }
            .map_err(StoreError::broken)?;
        }
        Ok(sqlx::query_with(AssertSqlSafe(self.text), args).persistent(!self.once && self.rows <= MAX_CACHED_ROWS))
    }

    /// Runs it; how many rows it touched.
    pub async fn run<'e>(self, on: impl Executor<'e, Database = Any>) -> Result<u64, StoreError> {
        Ok(self.query()?.execute(on).await?.rows_affected())
    }

    /// Every row it gives.
    pub async fn all<'e>(self, on: impl Executor<'e, Database = Any>) -> Result<Vec<AnyRow>, StoreError> {
        Ok(self.query()?.fetch_all(on).await?)
    }

    /// Its first row, if it gives one.
    pub async fn optional<'e>(self, on: impl Executor<'e, Database = Any>) -> Result<Option<AnyRow>, StoreError> {
        Ok(self.query()?.fetch_optional(on).await?)
    }

    /// Its first row.
    pub async fn one<'e>(self, on: impl Executor<'e, Database = Any>) -> Result<AnyRow, StoreError> {
        self.optional(on).await?.ok_or(StoreError::NotFound)
    }
}

/// Statements that go one after the other. Going to the SQLite thread and back costs more than most of them, so there they
/// go together; PostgreSQL takes one statement with parameters at a time.
#[derive(Default)]
pub(crate) struct Script(Vec<Sql>);

impl Script {
    /// Appends a statement.
    pub fn add(&mut self, statement: Sql) {
        self.0.push(statement);
    }

    /// Whether there is nothing to do.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs all of them.
    pub async fn run(self, on: &mut AnyConnection, engine: Engine) -> Result<(), StoreError> {
        for statement in self.together(engine) {
            statement.run(&mut *on).await?;
        }
        Ok(())
    }

    /// Every row they give, in order. Whose row it is has to be said in it.
    pub async fn all(self, on: &mut AnyConnection, engine: Engine) -> Result<Vec<AnyRow>, StoreError> {
        let mut rows = Vec::new();
        for statement in self.together(engine) {
            rows.append(&mut statement.all(&mut *on).await?);
        }
        Ok(rows)
    }

    fn together(self, engine: Engine) -> Vec<Sql> {
        if engine == Engine::Postgres {
            return self.0;
        }
        let mut joined: Vec<Sql> = Vec::new();
        for statement in self.0 {
            match joined.last_mut().filter(|last| last.args.len() + statement.args.len() <= MAX_PARAMETERS) {
                Some(last) => last.append(statement),
                None => {
                    let mut first = sql("");
                    first.append(statement);
                    joined.push(first);
                }
            }
        }
        joined
    }
}

/// The cells of one group of a `VALUES` list.
pub(crate) struct Cells<'a> {
    sql: &'a mut Sql,
    first: bool,
}

impl Cells<'_> {
    /// The next cell.
    pub fn cell(&mut self, value: impl Value) -> &mut Self {
        if !self.first {
            self.sql.text.push_str(", ");
        }
        self.first = false;
        self.sql.put(value);
        self
    }
}

/// Cuts rows of so many cells into statements the engines take. In practice there is one part: batches are bounded.
pub(crate) fn parts<T>(items: &[T], cells: usize) -> std::slice::Chunks<'_, T> {
    items.chunks((MAX_PARAMETERS / cells.max(1)).max(1))
}

/// A value as JSON text.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        let built = sql("INSERT INTO t (a, b) VALUES ")
            .rows([(1_i64, "x"), (2, "y")], |row, (a, b)| {
                row.cell(a).cell(b);
            })
            .text(" ON CONFLICT DO NOTHING");
        assert_eq!(built.text, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
        assert_eq!(built.args.len(), 4);
    }

    #[test]
    fn a_set_comes_in_few_lengths() {
        let text = |count: i64| {
            let items: Vec<i64> = (0..count).collect();
            let built = sql("IN (VALUES ").set(&items, |row, item| {
                row.cell(*item);
            });
            (built.text, built.args.len(), built.rows)
        };
        assert_eq!(text(3), ("IN (VALUES ($1), ($2), ($3), ($4)".to_owned(), 4, 0));
        assert_eq!(text(5).0, text(8).0);
        assert_ne!(text(4).0, text(5).0);
        assert_eq!((text(600).1, text(600).2), (600, 600));
    }

    #[test]
    fn joined_statements_take_their_values_in_turn() {
        let mut joined = sql("");
        joined.append(sql("A = $2, B = $1").bind(1_i64).bind(2_i64));
        joined.append(sql("C = $1 AND D = $1").bind(3_i64));
        assert_eq!(joined.text, "A = ?, B = ?; C = ? AND D = ?");
        let values = joined.args.iter().map(|arg| if let Arg::Int(value) = arg { *value } else { 0 });
        assert_eq!(values.collect::<Vec<_>>(), [2, 1, 3, 3]);
    }

    #[test]
    fn parts_stay_under_the_limit() {
        let items = vec![0_u8; 10_000];
        assert!(parts(&items, 7).all(|part| part.len() * 7 <= MAX_PARAMETERS));
        assert_eq!(parts(&items, 7).map(<[u8]>::len).sum::<usize>(), items.len());
    }
}

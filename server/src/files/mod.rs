//! Lists and reports as files, for both doors. No personal value is in any of them but the one that is made for it
//! ([`personal`]), which says why.
//!
//! Every table is written in two formats with the same columns: CSV (RFC 4180), in which a cell that a spreadsheet would read as
//! a formula is written as text, and JSON lines, one object a line, in which counts are numbers, amounts are decimals in quotes
//! beside their currency, and what is not there is null.

mod exports;
mod tables;

pub use exports::{When, allow, delivered, figures, filter, leads, lost, personal, reasons, scorecards, sent};

use crate::service::ServiceError;
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use model::{
    Micros,
    page::{Cursor, Page},
};
use std::{future::Future, io};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// The word in queries, and the end of a file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The format of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == word)
    }

    /// The format that the end of a path asks for; CSV when it asks for none.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        path.rsplit_once('.').and_then(|(_, end)| Self::named(end)).unwrap_or(Self::Csv)
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson",
        }
    }
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Text(String),
    Count(i64),
    /// A decimal in the currency that another column names.
    Amount(Micros),
    /// Names with values: what differs from row to row.
    Pairs(Vec<(String, String)>),
    Nothing,
}

impl Cell {
    #[allow(clippy::needless_pass_by_value)] // ids, instants and words are handed over as they are
    fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    fn maybe(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Nothing, Self::text)
    }

    fn csv(&self) -> String {
        match self {
            Self::Text(text) => safe(text),
            Self::Count(count) => count.to_string(),
            Self::Amount(amount) => amount.to_decimal(),
            Self::Pairs(pairs) => {
                safe(&pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
            }
            Self::Nothing => String::new(),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Count(count) => count.to_string(),
            Self::Amount(amount) => quoted(&amount.to_decimal()),
            Self::Pairs(pairs) => object(pairs.iter().map(|(name, value)| (name.as_str(), quoted(value)))),
            Self::Nothing => "null".to_owned(),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object whose members stay in their order.
fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<_> = members.map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// A cell of CSV. Spreadsheets run what begins like a formula (OWASP, CSV injection); amounts below zero are no formula.
fn safe(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// How a row becomes one cell for each column.
type Cells<R> = Box<dyn Fn(&R) -> Vec<Cell> + Send>;

/// What the rows of a list look like in a file.
struct Table<R> {
    /// The file's name without its end.
    name: &'static str,
    columns: Vec<String>,
    cells: Cells<R>,
}

impl<R: Send + 'static> Table<R> {
    fn head(&self, format: Format) -> String {
        match format {
            Format::Csv => self.columns.iter().map(|name| safe(name)).collect::<Vec<_>>().join(",") + "\r\n",
            Format::JsonLines => String::new(),
        }
    }

    fn lines(&self, format: Format, rows: &[R]) -> String {
        rows.iter().map(|row| self.line(format, row)).collect()
    }

    fn line(&self, format: Format, row: &R) -> String {
        let cells = (self.cells)(row);
        match format {
            Format::Csv => cells.iter().map(Cell::csv).collect::<Vec<_>>().join(",") + "\r\n",
            Format::JsonLines => {
                object(self.columns.iter().map(String::as_str).zip(cells.iter().map(Cell::json))) + "\n"
            }
        }
    }

    /// A list that is all there.
    fn whole(&self, format: Format, rows: &[R]) -> Response {
        self.file(format, Body::from(self.head(format) + &self.lines(format, rows)))
    }

    /// A list whose first page was read; the others are read as the file goes out.
    fn streamed<N, F>(self, format: Format, first: &Page<R>, next: N) -> Response
    where
        N: Fn(Cursor) -> F + Send + 'static,
        F: Future<Output = Result<Page<R>, ServiceError>> + Send + 'static,
    {
        let begin = self.head(format) + &self.lines(format, &first.rows);
        let (name, older) = (self.name, first.older.clone());
        let rest = stream::unfold((self, next, older), move |(table, next, older)| async move {
            let asked = next(Cursor::OlderThan(older?));
            Some(match asked.await {
                Ok(page) => (Ok(table.lines(format, &page.rows)), (table, next, page.older)),
                // The file ends in the middle, and whoever loads it is told: better than one that looks whole.
                Err(error) => (Err(io::Error::other(error.to_string())), (table, next, None)),
            })
        });
        attachment(name, format, Body::from_stream(stream::once(async { Ok(begin) }).chain(rest)))
    }

    fn file(&self, format: Format, body: Body) -> Response {
        attachment(self.name, format, body)
    }
}

fn attachment(name: &str, format: Format, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", format.name())),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<Vec<Cell>> {
        Table {
            name: "a",
            columns: ["text", "count", "amount", "pairs"].map(str::to_owned).to_vec(),
            cells: Box::new(Clone::clone),
        }
    }

    #[test]
    fn a_row_says_the_same_in_both_formats() {
        let pairs = vec![("zip".to_owned(), "48226".to_owned()), ("=a".to_owned(), "\"b\"".to_owned())];
        let row = vec![Cell::text("x,\"y\""), Cell::Count(-3), Cell::Amount(Micros::cents(-450)), Cell::Pairs(pairs)];
        let none = vec![Cell::maybe(None::<&str>), Cell::Nothing, Cell::Nothing, Cell::Pairs(Vec::new())];
        let rows = [row, none];
        assert_eq!(table().head(Format::Csv), "text,count,amount,pairs\r\n");
        let csv = "\"x,\"\"y\"\"\",-3,-4.50,\"zip=48226; =a=\"\"b\"\"\"\r\n,,,\r\n";
        assert_eq!(table().lines(Format::Csv, &rows), csv);
        let lines = "{\"text\":\"x,\\\"y\\\"\",\"count\":-3,\"amount\":\"-4.50\",\"pairs\":{\"zip\":\"48226\",\"=a\":\"\\\"b\\\"\"}}\n\
                     {\"text\":null,\"count\":null,\"amount\":null,\"pairs\":{}}\n";
        assert_eq!(table().head(Format::JsonLines) + &table().lines(Format::JsonLines, &rows), lines);
    }

    #[test]
    fn cells_are_text_and_no_formulas() {
        for formula in ["=1+1", "+1+1", "@SUM(A1)", "-cmd", "\t=1"] {
            assert!(Cell::text(formula).csv().starts_with('\''), "{formula}");
            assert_eq!(Cell::text(formula).json(), quoted(formula), "JSON is not opened by a spreadsheet");
        }
        assert_eq!((safe("-4.50"), safe("+3")), ("-4.50".to_owned(), "+3".to_owned()));
        assert_eq!(safe("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }

    #[test]
    fn the_end_of_a_path_is_its_format() {
        assert_eq!(Format::of_path("/reports/reasons.jsonl"), Format::JsonLines);
        assert_eq!(Format::of_path("/leads.csv"), Format::Csv);
        assert_eq!(Format::named("xlsx"), None);
    }
}

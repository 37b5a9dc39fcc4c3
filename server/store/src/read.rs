//! Reading cells of a row. What cannot be read is damage, not absence: it is [`StoreError::Broken`] and names the column.

use crate::StoreError;
use model::{Currency, Micros, Money, Timestamp};
use sqlx::{Row, any::AnyRow};
use std::{fmt::Display, str::FromStr};

/// Typed access to the cells of a row.
pub(crate) trait Read {
    fn text(&self, column: &str) -> Result<String, StoreError>;
    fn text_opt(&self, column: &str) -> Result<Option<String>, StoreError>;
    fn int(&self, column: &str) -> Result<i64, StoreError>;
    fn int_opt(&self, column: &str) -> Result<Option<i64>, StoreError>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError>;
    fn bytes_opt(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError>;

    fn parsed<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, StoreError> {
        parse(column, &self.text(column)?)
    }

    fn parsed_opt<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.text_opt(column)?.map(|text| parse(column, &text)).transpose()
    }

    fn doc<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        from_json(column, &self.text(column)?)
    }

    fn at(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp)
    }

    fn at_opt(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.int_opt(column)?.map(Timestamp))
    }

    fn micros(&self, column: &str) -> Result<Micros, StoreError> {
        self.int(column).map(Micros)
    }

    fn flag(&self, column: &str) -> Result<bool, StoreError> {
        self.int(column).map(|flag| flag != 0)
    }

    fn small<T: TryFrom<i64>>(&self, column: &str) -> Result<T, StoreError> {
        T::try_from(self.int(column)?).map_err(|_| StoreError::broken(format!("column {column} is out of range")))
    }

    /// Money from a nullable amount and the currency beside it.
    fn money_opt(&self, amount: &str, currency: &str) -> Result<Option<Money>, StoreError> {
        let (amount, currency) = (self.int_opt(amount)?, self.parsed_opt::<Currency>(currency)?);
        Ok(amount.zip(currency).map(|(amount, currency)| Money { amount: Micros(amount), currency }))
    }
}

impl Read for AnyRow {
    fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn text_opt(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn int_opt(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn bytes_opt(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.try_get(column)?)
    }
}

/// Reads a word that was written by this crate.
pub(crate) fn parse<T: FromStr<Err: Display>>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error| StoreError::broken(format!("column {column}: {error}")))
}

/// Reads a document that was written by this crate.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    // The text itself stays out of the message: it may hold what does not belong in a log.
    serde_json::from_str(text)
        .map_err(|error| StoreError::broken(format!("column {column}: {} at {}", kind(&error), error.column())))
}

fn kind(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Io => "unreadable",
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Data => "JSON of another shape",
        serde_json::error::Category::Eof => "cut off",
    }
}

/// The column `mode`.
pub(crate) fn mode(row: &AnyRow) -> Result<model::tenant::Mode, StoreError> {
    match row.text("mode")?.as_str() {
        "live" => Ok(model::tenant::Mode::Live),
        "test" => Ok(model::tenant::Mode::Test),
        _ => Err(StoreError::broken("column mode: neither live nor test")),
    }
}

//! Pages of a list that is kept by id, newest first: continued after a row, never at an offset.

use crate::{
    StoreError,
    sql::{Sql, Value},
};
use model::page::{Cursor, Page};
use sqlx::any::AnyRow;
use std::{fmt::Display, str::FromStr};

/// Where a page begins, and which way it is read.
pub(crate) struct Keyset<I> {
    place: Option<I>,
    upward: bool,
    limit: usize,
}

impl<I: FromStr + Value + Copy> Keyset<I> {
    /// A cursor that is no id of the list begins with the newest.
    pub fn new(cursor: &Cursor, limit: u16) -> Self {
        let place = match cursor {
            Cursor::Newest => None,
            Cursor::OlderThan(id) | Cursor::NewerThan(id) => id.parse().ok(),
        };
        let upward = matches!(cursor, Cursor::NewerThan(_)) && place.is_some();
        Self { place, upward, limit: usize::from(limit.max(1)) }
    }

    /// Ends a statement that has a condition already: with where the page begins by this column, its order and its length.
    pub fn end(&self, mut statement: Sql, column: &str) -> Sql {
        if let Some(id) = self.place {
            let beyond = if self.upward { " > " } else { " < " };
            statement = statement.text(" AND ").text(column).text(beyond).param(id);
        }
        let order = if self.upward { " LIMIT " } else { " DESC LIMIT " };
        // One more says whether there is another page.
        let rows = i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1);
        statement.text(" ORDER BY ").text(column).text(order).param(rows)
    }

    /// The page of what was found.
    pub fn page<T, D: Display>(
        &self,
        found: &[AnyRow],
        read: impl FnMut(&AnyRow) -> Result<T, StoreError>,
        id: impl Fn(&T) -> D,
    ) -> Result<Page<T>, StoreError> {
        let mut rows = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        if self.upward {
            rows.reverse();
        }
        // Coming from a neighbouring page, there is always the way back.
        let (newer, older) = if self.upward { (more, true) } else { (self.place.is_some(), more) };
        let key = |row: Option<&T>, there: bool| row.filter(|_| there).map(|row| id(row).to_string());
        Ok(Page { newer: key(rows.first(), newer), older: key(rows.last(), older), rows })
    }
}

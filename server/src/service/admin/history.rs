//! What was changed, by whom, when and why, in sentences.

use super::{Admin, Desk, ServiceError, sealing, symbols::Names};
use crate::context::{Actor, COMMAND_LINE};
use exchange::difference::{Difference, Subject, differences};
use model::{
    Timestamp,
    document::{Document, DocumentId, Kind},
    user::Right,
};
use serde::Serialize;
use std::collections::HashMap;
use store::{HistoryPlace, HistoryRow};

/// Which part of the history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryWanted {
    /// Of one kind only.
    pub kind: Option<Kind>,
    /// Of one document only.
    pub id: Option<DocumentId>,
    /// By one author only: the id of a person or a token.
    pub author: Option<String>,
    /// Where the page begins, as the page before said.
    pub after: Option<String>,
    /// Most entries.
    pub limit: u16,
}

/// One recorded version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryEntry {
    /// `campaign`, `source`, `buyer` or `contract`.
    pub kind: Kind,
    /// Which one.
    pub id: String,
    /// What people called it then.
    pub name: String,
    /// Which version.
    pub version: i64,
    /// Since when, RFC 3339.
    pub at: String,
    /// The id of who made it; empty for what was there before changes were recorded.
    pub author: String,
    /// What people call the author.
    pub author_name: String,
    /// What the author said about it.
    pub note: String,
    /// What it changed.
    pub differences: Vec<Difference>,
    /// Since when, for pages.
    #[serde(skip)]
    pub instant: Timestamp,
    /// Whether it deleted the document.
    #[serde(skip)]
    pub deleted: bool,
}

/// A page of the history, newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryPage {
    /// The entries.
    pub items: Vec<HistoryEntry>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Admin {
    /// A page of the history.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; refused for a place that none of our pages named.
    pub async fn history(&self, actor: &Actor, wanted: HistoryWanted) -> Result<HistoryPage, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let unknown = || ServiceError::Refused("There is no such place in the history.".to_owned());
        let after = wanted.after.as_deref().map(|text| place(text).ok_or_else(unknown)).transpose()?;
        let limit = wanted.limit.saturating_add(1);
        let mut found =
            desk.rows.recorded_changes(wanted.kind, wanted.id, wanted.author.as_deref(), after, limit).await?;
        let more = found.len() > usize::from(wanted.limit);
        found.truncate(wanted.limit.into());
        let next = found.last().filter(|_| more).map(written);
        let names = Names::of(&desk.whole.verticals, desk.whole.documents.iter().map(|have| &have.document));
        let authors = self.authors(actor).await?;
        let entry = |row: HistoryRow| {
            let (was, is) = sealing::shown_beside(&desk.keys, row.before.as_ref(), row.document.as_ref());
            let name = row.document.as_ref().or(row.before.as_ref()).map_or("", Document::name).to_owned();
            let title = format!("{} \"{name}\"", row.id.kind().title());
            // The row that was there first tells what was, not what changed.
            let first = row.author.is_empty();
            let subject = Subject { path: "", title: &title };
            let found =
                if first { Vec::new() } else { differences(subject, &names.symbolic(&was), &names.symbolic(&is)) };
            HistoryEntry {
                kind: row.id.kind(),
                id: row.id.to_string(),
                name,
                version: row.version,
                at: row.at.to_string(),
                author_name: authors.get(&row.author).cloned().unwrap_or_default(),
                author: row.author,
                note: row.note,
                differences: found,
                instant: row.at,
                deleted: row.document.is_none(),
            }
        };
        Ok(HistoryPage { items: found.into_iter().map(entry).collect(), next })
    }

    /// How two documents differ, in sentences about `title`.
    pub(super) fn compared(desk: &Desk, title: &str, before: &Document, after: &Document) -> Vec<Difference> {
        let (was, is) = sealing::shown_beside(&desk.keys, Some(before), Some(after));
        let names = Names::of(&desk.whole.verticals, desk.whole.documents.iter().map(|have| &have.document));
        differences(Subject { path: "", title }, &names.symbolic(&was), &names.symbolic(&is))
    }

    /// Names of everybody who may have changed something, by their ids.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn authors(&self, actor: &Actor) -> Result<HashMap<String, String>, ServiceError> {
        let rows = self.rows(actor, Right::SeeExchange)?;
        let people = rows.users().await?.into_iter().map(|user| (user.id.to_string(), user.name));
        let tokens = rows.operator_tokens().await?.into_iter().map(|token| (token.id.to_string(), token.name));
        let server = (COMMAND_LINE.to_owned(), "Command line".to_owned());
        Ok(people.chain(tokens).chain([server]).collect())
    }
}

fn written(row: &HistoryRow) -> String {
    format!("{}.{}.{}", row.at.0, row.version, row.id)
}

fn place(text: &str) -> Option<HistoryPlace> {
    let mut parts = text.splitn(3, '.');
    let (at, version) = (Timestamp(parts.next()?.parse().ok()?), parts.next()?.parse().ok()?);
    let id = parts.next()?;
    let id = Kind::ALL.into_iter().find_map(|kind| DocumentId::parse(kind, id).ok())?;
    Some(HistoryPlace { at, version, id })
}

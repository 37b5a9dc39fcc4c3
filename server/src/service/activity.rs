//! What people did, for the audit log.

use super::{ServiceError, Services};
use crate::{
    clock::{Clock, new_id},
    context::{Actor, COMMAND_LINE},
};
use model::{EventId, Timestamp, user::Right};
use store::{Activity, ActivityFilter};

/// Which part of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityWanted {
    /// By one actor only: its id.
    pub actor: Option<String>,
    /// Of one action only: its word.
    pub action: Option<String>,
    /// Days of the tenant, both included.
    pub days: Option<(model::time::Day, model::time::Day)>,
    /// Where the page begins, as the page before said.
    pub after: Option<String>,
}

/// A page of the log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityPage {
    /// The entries.
    pub rows: Vec<Activity>,
    /// Where the next page begins.
    pub after: Option<String>,
}

/// Entries on a page.
const PAGE: u16 = 50;

/// An entry of what somebody does now.
pub(crate) fn line(actor: &Actor, clock: &dyn Clock, action: &str, object: &str, detail: &str) -> Activity {
    entry(clock.now(), (&actor.by(), &actor.user.name), (action, object, detail))
}

/// An entry of what whoever runs the server does now.
pub(crate) fn at_the_command_line(now: Timestamp, action: &str, object: &str, detail: &str) -> Activity {
    entry(now, (COMMAND_LINE, "Command line"), (action, object, detail))
}

pub(super) fn entry(
    at: Timestamp,
    (actor, name): (&str, &str),
    (action, object, detail): (&str, &str, &str),
) -> Activity {
    Activity {
        id: EventId::from_bits(new_id(at)),
        at,
        actor: actor.to_owned(),
        actor_name: name.to_owned(),
        action: action.to_owned(),
        object: object.to_owned(),
        detail: detail.chars().take(300).collect(),
    }
}

impl Services {
    pub(super) fn line(&self, actor: &Actor, action: &str, object: &str, detail: &str) -> Activity {
        line(actor, &*self.clock, action, object, detail)
    }

    /// Writes down what somebody does, before it is done.
    pub(super) async fn put_down(
        &self,
        actor: &Actor,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), ServiceError> {
        let line = self.line(actor, action, object, detail);
        Ok(self.store.tenant(actor.tenant.id).add_activity(&line).await?)
    }

    /// A page of the log.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; refused for days that make no span, or a place that no page named.
    pub async fn activities(&self, actor: &Actor, wanted: &ActivityWanted) -> Result<ActivityPage, ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        let span = wanted.days.map(|(first, last)| self.between(actor, first, last)).transpose()?;
        let filter = ActivityFilter {
            actor: wanted.actor.clone(),
            action: wanted.action.clone(),
            from: span.map(|(from, _)| from),
            to: span.map(|(_, to)| to),
        };
        let unknown = || ServiceError::Refused("There is no such place in the log.".to_owned());
        let after = wanted.after.as_deref().map(|text| place(text).ok_or_else(unknown)).transpose()?;
        let mut rows = tenant.activities(&filter, after, PAGE + 1).await?;
        let more = rows.len() > usize::from(PAGE);
        rows.truncate(PAGE.into());
        let after = rows.last().filter(|_| more).map(|last| format!("{}.{}", last.at.0, last.id));
        Ok(ActivityPage { rows, after })
    }

    /// Whether somebody may take a list away as a file; that it is done is written down first.
    ///
    /// # Errors
    /// Without [`Right::Export`].
    pub async fn exporting(&self, actor: &Actor, what: &str, filter: &str) -> Result<(), ServiceError> {
        if !actor.may(Right::Export) {
            return Err(ServiceError::Forbidden);
        }
        self.put_down(actor, "exported", what, filter).await
    }
}

fn place(text: &str) -> Option<(Timestamp, EventId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), id.parse().ok()?))
}

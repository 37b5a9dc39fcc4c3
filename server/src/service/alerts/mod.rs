//! Alerts: what people see of them, that somebody knows of one, and when they are raised.

mod settings;

use super::{ServiceError, Services};
use crate::context::{Actor, Principal};
use model::{
    AlertId, FieldError, Timestamp,
    alert::{Acknowledged, Alert, AlertFilter, AlertSettings},
    page::{Cursor, Page},
    user::Right,
};
use serde_json::Value;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 300;
/// The longest that an alert can be put off, in minutes: 30 days.
const LONGEST_SNOOZE: u32 = 30 * 24 * 60;

impl Services {
    /// One page of the alerts that are open, or of those that are over, newest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn alerts(
        &self,
        actor: &Actor,
        filter: AlertFilter,
        cursor: &Cursor,
        limit: u16,
    ) -> Result<Page<Alert>, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.alerts(filter, cursor, limit).await?)
    }

    /// Says to know of an open alert: it calls for nobody until it is over, or for so many `minutes`.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found when it is not open (any more); every fault of what was entered.
    pub async fn acknowledge_alert(
        &self,
        actor: &Actor,
        id: AlertId,
        note: &str,
        minutes: Option<u32>,
    ) -> Result<Alert, ServiceError> {
        let rows = self.tenant(actor, Right::Configure)?;
        let mut faults = Vec::new();
        if note.chars().count() > LONGEST_NOTE {
            faults.push(FieldError::new("note", "too_long", format!("At most {LONGEST_NOTE} characters.")));
        }
        if minutes.is_some_and(|minutes| minutes == 0 || minutes > LONGEST_SNOOZE) {
            faults.push(FieldError::new("minutes", "not_allowed", "From one minute to 30 days."));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let now = self.clock.now();
        let until = minutes.map(|minutes| now.plus_millis(i64::from(minutes) * 60_000));
        let known = Acknowledged { at: now, by: actor.user.name.clone(), note: note.trim().to_owned(), until };
        rows.acknowledge_alert(id, Some(&known)).await?;
        tracing::info!(alert = %id, by = %actor.user.id, "alert acknowledged");
        Ok(rows.alert(id).await?)
    }

    /// Takes back that somebody knows of an alert: it calls again.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found when it is not open (any more).
    pub async fn recall_alert(&self, actor: &Actor, id: AlertId) -> Result<Alert, ServiceError> {
        let rows = self.tenant(actor, Right::Configure)?;
        rows.acknowledge_alert(id, None).await?;
        tracing::info!(alert = %id, by = %actor.user.id, "alert calls again");
        Ok(rows.alert(id).await?)
    }

    /// Whether the person gets letters about alerts.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn reads_alerts(&self, actor: &Actor) -> Result<bool, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.reads_alerts(actor.user.id).await?)
    }

    /// Says whether the person wants letters about alerts: the first is about everything that calls for somebody by then.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; refused for programs, which have no address.
    pub async fn set_reads_alerts(&self, actor: &Actor, wanted: bool) -> Result<(), ServiceError> {
        let rows = self.tenant(actor, Right::SeeExchange)?;
        if actor.principal != Principal::Person {
            return Err(ServiceError::Refused("Letters go to people.".to_owned()));
        }
        // Nothing was written to them yet.
        let since = Timestamp(0);
        Ok(rows.set_reads_alerts(actor.user.id, wanted.then_some(since)).await?)
    }

    /// When alerts are raised.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn alert_settings(&self, actor: &Actor) -> Result<AlertSettings, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.alert_settings().await?)
    }

    /// Says when alerts are raised; they are looked for anew at once.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; every fault by its member.
    pub async fn save_alert_settings(&self, actor: &Actor, value: Value) -> Result<AlertSettings, ServiceError> {
        let rows = self.tenant(actor, Right::Configure)?;
        let settings = settings::read(value)?;
        rows.set_alert_settings(&settings).await?;
        tracing::info!(by = %actor.user.id, "alerts are raised on other terms");
        self.pipeline.looks().ring();
        Ok(settings)
    }
}

//! [`Returning`]: the pages' way to `service::returns`.

use super::RequestBackend;
use crate::service::{
    Asked,
    returns::{after, place},
};
use app::{
    backend::{ReturnPage, Returning},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    AttemptId, LeadId,
    report::Waiting,
    returns::{Return, ReturnRow, ReturnState},
};

/// Returns on one page.
const PAGE: u16 = 25;

/// A page of what was found, which is one more when there is another page.
fn paged(mut rows: Vec<ReturnRow>) -> ReturnPage {
    let more = rows.len() > usize::from(PAGE);
    rows.truncate(PAGE.into());
    let after = rows.last().filter(|_| more).map(|row| place(&row.asked));
    ReturnPage { rows, after }
}

#[async_trait]
impl Returning for RequestBackend {
    async fn returns(&self, state: ReturnState, place: Option<String>) -> Result<ReturnPage, UiError> {
        let actor = self.actor().await?;
        let found = self.services.returns(actor, Some(state), after(place.as_deref()), PAGE + 1).await;
        found.map(paged).map_err(|error| self.told(error))
    }

    async fn waiting(&self) -> Result<Waiting, UiError> {
        self.services.waiting(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn decide_return(
        &self,
        lead: LeadId,
        attempt: AttemptId,
        approve: bool,
        answer: String,
    ) -> Result<(), UiError> {
        let actor = self.actor().await?;
        let decided = self.services.decide_return(actor, (lead, attempt), approve, &answer).await;
        decided.map_err(|error| self.told(error))
    }

    async fn standing(&self, lead: LeadId) -> Result<Vec<(AttemptId, String)>, UiError> {
        let found = self.services.standing(self.actor().await?, lead).await.map_err(|error| self.told(error))?;
        Ok(found.into_iter().map(|one| (one.attempt_id, one.buyer)).collect())
    }

    async fn credit(&self, lead: LeadId, attempt: AttemptId, reason: String, note: String) -> Result<(), UiError> {
        let actor = self.actor().await?;
        let taken = self.services.credit(actor, (lead, attempt), &Asked { reason, note }).await;
        taken.map_err(|error| self.told(error))
    }

    async fn ask_return(&self, lead: LeadId, reason: String, note: String) -> Result<Return, UiError> {
        let actor = self.actor().await?;
        self.services.ask_return(actor, lead, &Asked { reason, note }).await.map_err(|error| self.told(error))
    }

    async fn own_returns(&self, place: Option<String>) -> Result<ReturnPage, UiError> {
        let actor = self.actor().await?;
        let found = self.services.own_returns(actor, after(place.as_deref()), PAGE + 1).await;
        found.map(paged).map_err(|error| self.told(error))
    }
}

//! [`Backend`] for one request.

mod account;
mod affiliate;
mod alerting;
mod bench;
mod configure;
mod endpoints;
mod exporting;
mod find;
mod foresee;
mod inspecting;
mod people;
mod portal;
mod reporting;
mod returns;
mod sharing;
mod tenants;
mod texts;
mod views;

use super::session::{self, Known};
use crate::{
    clock::Clock,
    context::{self, Actor, ClientIp},
    files,
    service::{ServiceError, Services, SignInError, doubts::Verdicts},
};
use app::{
    backend::{Backend, FilterChoices, Signed},
    error::UiError,
    query::LeadsQuery,
};
use async_trait::async_trait;
use exchange::zone::Zone;
use model::{
    AttemptId, BuyerId, CampaignId, FieldError, LeadId, Micros, Timestamp,
    lead::{LeadDetail, LeadRow},
    page::Page,
    report::{BuyerRow, CampaignRow, DoubtRow, Overview},
};
use std::{fmt::Display, sync::Arc};
use tokio::sync::OnceCell;
use tower_sessions::Session;
use url::Url;

/// The backend of one request: it knows the request's session.
pub struct RequestBackend {
    services: Services,
    clock: Arc<dyn Clock>,
    session: Session,
    from: ClientIp,
    /// Where sources send to.
    public_url: Url,
    /// Taken when the backend is made: Leptos may go on in another task.
    request_id: String,
    /// Looked up once in a request, however often a page asks.
    known: OnceCell<Option<Known>>,
}

impl RequestBackend {
    /// The backend of a request with this session from this address, of a server that people know under `public_url`.
    #[must_use]
    pub fn new(services: Services, clock: Arc<dyn Clock>, session: Session, from: ClientIp, public_url: Url) -> Self {
        Self { services, clock, session, from, public_url, request_id: context::request_id(), known: OnceCell::new() }
    }

    async fn known(&self) -> Result<Option<&Known>, UiError> {
        let look_up = async || session::known(&self.session, &self.services, self.clock.now()).await;
        self.known.get_or_try_init(look_up).await.map(Option::as_ref).map_err(|error| self.broken(error))
    }

    /// Who acts, whatever is missing to go on: for what leads there.
    async fn anybody(&self) -> Result<&Actor, UiError> {
        Ok(&self.known().await?.ok_or(UiError::SignedOut)?.actor)
    }

    async fn actor(&self) -> Result<&Actor, UiError> {
        let actor = self.anybody().await?;
        if actor.lacks_second_factor() { Err(UiError::SecondFactor) } else { Ok(actor) }
    }

    /// Only the id of the request reaches the person; the cause goes to the log.
    fn broken(&self, why: impl Display) -> UiError {
        let request_id = self.request_id.clone();
        tracing::error!(request = request_id, %why, "a page or action failed");
        UiError::Failed { request_id }
    }

    fn refused(&self, error: SignInError) -> UiError {
        match error {
            SignInError::Refused => UiError::Refused(error.to_string()),
            SignInError::TooMany { retry_after_s } => UiError::TooMany { retry_after_s },
            SignInError::Broken(why) => self.broken(why),
        }
    }

    fn told(&self, error: ServiceError) -> UiError {
        match error {
            ServiceError::NotFound => UiError::NotFound,
            ServiceError::Forbidden => UiError::Forbidden,
            ServiceError::Refused(why) => UiError::Refused(why),
            ServiceError::Invalid(faults) | ServiceError::Taken(faults) => UiError::Invalid(faults),
            ServiceError::Stale => UiError::Refused("Somebody changed it meanwhile. Reload the page.".to_owned()),
            ServiceError::InUse => UiError::Refused("It is in use. Pause it instead.".to_owned()),
            ServiceError::FourEyes(why) => UiError::Refused(why.to_owned()),
            ServiceError::Busy => UiError::Refused("The server is busy. Try again.".to_owned()),
            ServiceError::Broken(why) => self.broken(why),
        }
    }
}

fn signed(known: &Known) -> Signed {
    let Known { actor, until } = known;
    Signed { user: actor.user.clone(), tenant: actor.tenant.clone(), acting_until: *until }
}

#[async_trait]
impl Backend for RequestBackend {
    async fn session(&self) -> Result<Option<Signed>, UiError> {
        Ok(self.known().await?.map(signed))
    }

    async fn sign_in(&self, email: String, password: String) -> Result<bool, UiError> {
        let signed = self.services.sign_in(&email, password, self.from).await;
        let (actor, now) = (signed.map_err(|error| self.refused(error))?, self.clock.now());
        let half = actor.user.second_factor;
        let begun = if half {
            session::begin_half(&self.session, &actor, now).await
        } else {
            session::begin(&self.session, &actor, now).await
        };
        begun.map_err(|error| self.broken(error))?;
        tracing::info!(user = %actor.user.id, half, "signed in");
        Ok(!half)
    }

    async fn sign_out(&self) -> Result<(), UiError> {
        self.session.flush().await.map_err(|error| self.broken(error))
    }

    async fn overview(&self) -> Result<Overview, UiError> {
        self.services.overview(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn leads(&self, query: LeadsQuery) -> Result<Page<LeadRow>, UiError> {
        let actor = self.actor().await?;
        let filter = files::filter(&self.services, actor, &query).map_err(|error| self.told(error))?;
        self.services.leads(actor, filter, query.cursor, query.limit).await.map_err(|error| self.told(error))
    }

    async fn filters(&self) -> Result<FilterChoices, UiError> {
        let actor = self.actor().await?;
        Ok(FilterChoices {
            campaigns: self.services.campaign_names(actor).await.map_err(|error| self.told(error))?,
            sources: self.services.source_names(actor).await.map_err(|error| self.told(error))?,
            buyers: self.services.buyer_names(actor).await.map_err(|error| self.told(error))?,
        })
    }

    async fn lead(&self, id: LeadId) -> Result<LeadDetail, UiError> {
        self.services.lead(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn reveal(&self, id: LeadId) -> Result<Vec<(String, String)>, UiError> {
        self.services.reveal(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn buyers(&self) -> Result<Vec<BuyerRow>, UiError> {
        self.services.buyers(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn campaigns(&self) -> Result<Vec<CampaignRow>, UiError> {
        self.services.campaigns(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn doubts(&self) -> Result<Vec<DoubtRow>, UiError> {
        self.services.doubts(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn resolve_doubt(
        &self,
        lead: LeadId,
        attempt: AttemptId,
        accepted: bool,
        paid: Option<Micros>,
    ) -> Result<(), UiError> {
        let actor = self.actor().await?;
        let resolved = self.services.resolve_doubt(actor, (lead, attempt), accepted, paid).await;
        resolved.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn resolve_doubts(&self, file: String) -> Result<(usize, Vec<FieldError>), UiError> {
        let actor = self.actor().await?;
        let verdicts = Verdicts::read(&file).map_err(UiError::Refused)?;
        let done = self.services.resolve_doubts(actor, verdicts).await.map_err(|error| self.told(error))?;
        Ok((done.resolved, done.faults))
    }

    async fn set_buyer_active(&self, id: BuyerId, active: bool) -> Result<(), UiError> {
        self.services.set_buyer_active(self.actor().await?, id, active).await.map_err(|error| self.told(error))
    }

    async fn set_campaign_active(&self, id: CampaignId, active: bool) -> Result<(), UiError> {
        self.services.set_campaign_active(self.actor().await?, id, active).await.map_err(|error| self.told(error))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn utc_offset(&self, zone: &str, at: Timestamp) -> i32 {
        Zone::named(zone).map_or(0, |zone| zone.local(at).offset().seconds())
    }
}

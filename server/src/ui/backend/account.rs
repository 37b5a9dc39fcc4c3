//! [`Account`]: signing in with a code, links in mail, and one's own account.

use super::{RequestBackend, session};
use app::{
    backend::{
        account::{Account, Enrolment, Joining, OwnAccount},
        people::SessionRow,
    },
    error::UiError,
};
use async_trait::async_trait;

#[async_trait]
impl Account for RequestBackend {
    async fn half_signed_in(&self) -> Result<bool, UiError> {
        let half = session::half(&self.session, self.clock.now()).await;
        half.map(|half| half.is_some()).map_err(|error| self.broken(error))
    }

    async fn enter_code(&self, code: String) -> Result<(), UiError> {
        let now = self.clock.now();
        let half = session::half(&self.session, now).await.map_err(|error| self.broken(error))?;
        let (tenant, user) = half.ok_or(UiError::SignedOut)?;
        let actor = self.services.sign_in_code(tenant, user, &code).await.map_err(|error| self.refused(error))?;
        session::begin(&self.session, &actor, now).await.map_err(|error| self.broken(error))?;
        tracing::info!(user = %actor.user.id, "signed in with a second factor");
        Ok(())
    }

    async fn forgot(&self, email: String) -> Result<(), UiError> {
        let asked = self.services.forgot(&email, self.from, self.public_url.clone()).await;
        asked.map_err(|error| self.refused(error))
    }

    async fn joining(&self, token: String) -> Result<Joining, UiError> {
        let found = self.services.joining(&token).await.map_err(|error| self.told(error))?;
        Ok(Joining {
            email: found.user.email,
            name: found.user.name,
            role: found.user.role,
            tenant: found.tenant.name,
            invited: found.invited,
        })
    }

    async fn join(&self, token: String, password: String) -> Result<(), UiError> {
        self.services.join(&token, password, self.from).await.map_err(|error| self.told(error))
    }

    async fn own_account(&self) -> Result<OwnAccount, UiError> {
        let actor = self.anybody().await?;
        let state = self.services.own_factor(actor).await.map_err(|error| self.told(error))?;
        let open = self.services.own_sessions(actor).await.map_err(|error| self.told(error))?;
        let sessions = open.into_iter().map(|one| SessionRow { id: one.id, user_id: one.user_id, seen: one.seen });
        Ok(OwnAccount {
            required: state.required,
            second_factor: state.on,
            codes: state.codes,
            enrolment: state.enrolment.map(|found| Enrolment { secret: found.secret, picture: found.picture }),
            sessions: sessions.collect(),
        })
    }

    async fn begin_factor(&self) -> Result<(), UiError> {
        self.services.begin_factor(self.anybody().await?).await.map_err(|error| self.told(error))
    }

    async fn confirm_factor(&self, code: String) -> Result<Vec<String>, UiError> {
        self.services.confirm_factor(self.anybody().await?, &code).await.map_err(|error| self.told(error))
    }

    async fn renew_codes(&self, code: String) -> Result<Vec<String>, UiError> {
        self.services.renew_codes(self.actor().await?, &code).await.map_err(|error| self.told(error))
    }

    async fn remove_factor(&self, code: String) -> Result<(), UiError> {
        self.services.remove_factor(self.actor().await?, &code).await.map_err(|error| self.told(error))
    }

    async fn end_own_session(&self, id: String) -> Result<(), UiError> {
        self.services.end_own_session(self.anybody().await?, &id).await.map_err(|error| self.told(error))
    }

    async fn change_password(&self, old: String, new: String) -> Result<(), UiError> {
        let changed = self.services.change_password(self.anybody().await?, old, new).await;
        changed.map_err(|error| self.told(error))?;
        // Its row is gone; what this request knows of it must not be written back.
        self.session.flush().await.map_err(|error| self.broken(error))
    }
}

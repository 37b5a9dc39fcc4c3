//! [`People`]: the pages' way to `service::colleagues`.

use super::RequestBackend;
use crate::service::PersonWanted;
use app::{
    backend::people::{People, SessionRow},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    BuyerId, UserId,
    user::{Role, User},
};

#[async_trait]
impl People for RequestBackend {
    async fn people(&self) -> Result<Vec<User>, UiError> {
        self.services.colleagues(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn add_person(
        &self,
        email: String,
        name: String,
        role: Role,
        buyer: Option<BuyerId>,
    ) -> Result<String, UiError> {
        let wanted = PersonWanted { email, name, role, buyer_id: buyer };
        let made = self.services.add_colleague(self.actor().await?, wanted).await;
        made.map(|(_, secret)| secret).map_err(|error| self.told(error))
    }

    async fn set_person_role(&self, id: UserId, role: Role, buyer: Option<BuyerId>) -> Result<(), UiError> {
        let set = self.services.set_colleague_role(self.actor().await?, id, role, buyer).await;
        set.map_err(|error| self.told(error))
    }

    async fn set_person_active(&self, id: UserId, active: bool) -> Result<(), UiError> {
        let set = self.services.set_colleague_active(self.actor().await?, id, active).await;
        set.map_err(|error| self.told(error))
    }

    async fn reset_person(&self, id: UserId) -> Result<String, UiError> {
        self.services.reset_colleague(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn sessions(&self) -> Result<Vec<SessionRow>, UiError> {
        let open = self.services.signed_in(self.actor().await?).await.map_err(|error| self.told(error))?;
        Ok(open.into_iter().map(|one| SessionRow { id: one.id, user_id: one.user_id, seen: one.seen }).collect())
    }

    async fn end_session(&self, id: String) -> Result<(), UiError> {
        self.services.end_session(self.actor().await?, &id).await.map_err(|error| self.told(error))
    }

    async fn change_password(&self, old: String, new: String) -> Result<(), UiError> {
        let changed = self.services.change_password(self.actor().await?, old, new).await;
        changed.map_err(|error| self.told(error))?;
        // Its row is gone; what this request knows of it must not be written back.
        self.session.flush().await.map_err(|error| self.broken(error))
    }
}

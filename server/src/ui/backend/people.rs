//! [`People`]: the pages' way to `service::colleagues`.

use super::RequestBackend;
use crate::service::{Activity, ActivityWanted, PersonWanted};
use app::{
    backend::people::{ActivityPage, ActivityQuery, ActivityRow, NewPerson, People, SessionRow, Whose},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    UserId,
    user::{Right, Role, User},
};

fn wanted(person: NewPerson) -> PersonWanted {
    let NewPerson { email, name, role, whose, rights } = person;
    PersonWanted { email, name, role, buyer_id: whose.buyer, source_id: whose.source, rights }
}

#[async_trait]
impl People for RequestBackend {
    async fn people(&self) -> Result<Vec<User>, UiError> {
        self.services.colleagues(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn invite(&self, person: NewPerson) -> Result<(), UiError> {
        let invited = self.services.invite(self.actor().await?, wanted(person), &self.public_url).await;
        invited.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn add_person(&self, person: NewPerson) -> Result<String, UiError> {
        let made = self.services.add_colleague(self.actor().await?, wanted(person)).await;
        made.map(|(_, secret)| secret).map_err(|error| self.told(error))
    }

    async fn send_link(&self, id: UserId) -> Result<(), UiError> {
        let sent = self.services.send_link(self.actor().await?, id, &self.public_url).await;
        sent.map_err(|error| self.told(error))
    }

    async fn set_person_role(&self, id: UserId, role: Role, whose: Whose) -> Result<(), UiError> {
        let set = self.services.set_colleague_role(self.actor().await?, id, role, (whose.buyer, whose.source)).await;
        set.map_err(|error| self.told(error))
    }

    async fn set_person_rights(&self, id: UserId, rights: Option<Vec<Right>>) -> Result<(), UiError> {
        let set = self.services.set_colleague_rights(self.actor().await?, id, rights.as_deref()).await;
        set.map_err(|error| self.told(error))
    }

    async fn set_person_active(&self, id: UserId, active: bool) -> Result<(), UiError> {
        let set = self.services.set_colleague_active(self.actor().await?, id, active).await;
        set.map_err(|error| self.told(error))
    }

    async fn reset_person(&self, id: UserId) -> Result<String, UiError> {
        self.services.reset_colleague(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn remove_persons_factor(&self, id: UserId) -> Result<(), UiError> {
        self.services.remove_colleagues_factor(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn require_factor(&self, on: bool) -> Result<(), UiError> {
        self.services.require_factor(self.actor().await?, on).await.map_err(|error| self.told(error))
    }

    async fn sessions(&self) -> Result<Vec<SessionRow>, UiError> {
        let open = self.services.signed_in(self.actor().await?).await.map_err(|error| self.told(error))?;
        Ok(open.into_iter().map(|one| SessionRow { id: one.id, user_id: one.user_id, seen: one.seen }).collect())
    }

    async fn end_session(&self, id: String) -> Result<(), UiError> {
        self.services.end_session(self.actor().await?, &id).await.map_err(|error| self.told(error))
    }

    async fn activities(&self, query: ActivityQuery) -> Result<ActivityPage, UiError> {
        let ActivityQuery { actor, action, days, after } = query;
        let wanted = ActivityWanted { actor, action, days, after };
        let found = self.services.activities(self.actor().await?, &wanted).await.map_err(|error| self.told(error))?;
        let row = |one: Activity| ActivityRow {
            at: one.at,
            actor: one.actor,
            name: one.actor_name,
            action: one.action,
            detail: one.detail,
        };
        Ok(ActivityPage { rows: found.rows.into_iter().map(row).collect(), after: found.after })
    }
}

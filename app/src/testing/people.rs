//! The people the fake knows.

use super::{Fake, NOW};
use crate::{
    backend::{
        Backend,
        people::{ActivityPage, ActivityQuery, ActivityRow, NewPerson, People, SessionRow, Whose},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    UserId,
    user::{Right, Role, User},
};

impl Fake {
    fn manages(self) -> Result<(), UiError> {
        if self.role.may(Right::ManagePeople) { self.answer((), ()) } else { Err(UiError::Forbidden) }
    }
}

#[async_trait]
impl People for Fake {
    async fn people(&self) -> Result<Vec<User>, UiError> {
        self.manages()?;
        let own = self.session().await?.ok_or(UiError::SignedOut)?.user;
        let other = User {
            id: UserId::from_bits(2),
            email: "vera@demo.example".into(),
            name: "Vera".into(),
            role: Role::Viewer,
            rights: Some(vec![Right::SeePersonal]),
            superadmin: false,
            second_factor: true,
            ..own.clone()
        };
        let invited = User {
            id: UserId::from_bits(3),
            email: "ida@demo.example".into(),
            name: "Ida".into(),
            role: Role::Operator,
            superadmin: false,
            invited: true,
            ..own.clone()
        };
        Ok(vec![own, other, invited])
    }

    async fn invite(&self, person: NewPerson) -> Result<(), UiError> {
        self.add_person(person).await.map(|_| ())
    }

    async fn add_person(&self, person: NewPerson) -> Result<String, UiError> {
        self.manages()?;
        if person.email.contains('@') {
            Ok("aaaa-bbbb-cccc-dddd".into())
        } else {
            Err(UiError::Refused("That is not an e-mail address.".into()))
        }
    }

    async fn send_link(&self, _: UserId) -> Result<(), UiError> {
        self.manages()
    }

    async fn set_person_role(&self, _: UserId, _: Role, _: Whose) -> Result<(), UiError> {
        self.manages()
    }

    async fn set_person_rights(&self, _: UserId, _: Option<Vec<Right>>) -> Result<(), UiError> {
        self.manages()
    }

    async fn set_person_active(&self, _: UserId, _: bool) -> Result<(), UiError> {
        self.manages()
    }

    async fn reset_person(&self, _: UserId) -> Result<String, UiError> {
        self.manages().map(|()| "aaaa-bbbb-cccc-eeee".into())
    }

    async fn remove_persons_factor(&self, _: UserId) -> Result<(), UiError> {
        self.manages()
    }

    async fn require_factor(&self, _: bool) -> Result<(), UiError> {
        self.manages()
    }

    async fn sessions(&self) -> Result<Vec<SessionRow>, UiError> {
        self.manages()?;
        Ok(vec![SessionRow { id: "s".into(), user_id: UserId::from_bits(2), seen: NOW }])
    }

    async fn end_session(&self, _: String) -> Result<(), UiError> {
        self.manages()
    }

    async fn activities(&self, query: ActivityQuery) -> Result<ActivityPage, UiError> {
        self.manages()?;
        let row = |action: &str, detail: &str| ActivityRow {
            at: NOW,
            actor: "usr_1".into(),
            name: "Ada".into(),
            action: action.into(),
            detail: detail.into(),
        };
        let rows = vec![row("exported", "/leads?state=sold"), row("person_invited", "Vera, viewer")];
        let rows = rows.into_iter().filter(|row| query.action.as_ref().is_none_or(|only| *only == row.action));
        self.answer(ActivityPage { rows: rows.collect(), after: None }, ActivityPage::default())
    }
}

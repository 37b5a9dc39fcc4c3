//! The people the fake knows.

use super::{Fake, NOW};
use crate::{
    backend::{
        Backend,
        people::{People, SessionRow},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    BuyerId, UserId,
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
            ..own.clone()
        };
        Ok(vec![own, other])
    }

    async fn add_person(&self, email: String, _: String, _: Role, _: Option<BuyerId>) -> Result<String, UiError> {
        self.manages()?;
        if email.contains('@') {
            Ok("aaaa-bbbb-cccc-dddd".into())
        } else {
            Err(UiError::Refused("That is not an e-mail address.".into()))
        }
    }

    async fn set_person_role(&self, _: UserId, _: Role, _: Option<BuyerId>) -> Result<(), UiError> {
        self.manages()
    }

    async fn set_person_active(&self, _: UserId, _: bool) -> Result<(), UiError> {
        self.manages()
    }

    async fn reset_person(&self, _: UserId) -> Result<String, UiError> {
        self.manages().map(|()| "aaaa-bbbb-cccc-eeee".into())
    }

    async fn sessions(&self) -> Result<Vec<SessionRow>, UiError> {
        self.manages()?;
        Ok(vec![SessionRow { id: "s".into(), user_id: UserId::from_bits(2), seen: NOW }])
    }

    async fn end_session(&self, _: String) -> Result<(), UiError> {
        self.manages()
    }

    async fn change_password(&self, old: String, _: String) -> Result<(), UiError> {
        if old == "right" { Ok(()) } else { Err(UiError::Refused("The present password is not right.".into())) }
    }
}

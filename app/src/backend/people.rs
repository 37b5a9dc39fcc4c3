//! What the page of people asks.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    BuyerId, Timestamp, UserId,
    user::{Role, User},
};

/// Where somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// What the session is ended by.
    pub id: String,
    /// Who.
    pub user_id: UserId,
    /// When it was last used, to within ten minutes.
    pub seen: Timestamp,
}

/// People of the tenant. Everything but [`People::change_password`] needs `Right::ManagePeople`.
#[async_trait]
pub trait People {
    /// Everybody, by address.
    async fn people(&self) -> Result<Vec<User>, UiError>;
    /// Makes a person: address, name, role, and for a buyer's person the buyer. Answers the password to begin with.
    async fn add_person(
        &self,
        email: String,
        name: String,
        role: Role,
        buyer: Option<BuyerId>,
    ) -> Result<String, UiError>;
    /// Gives a person another role.
    async fn set_person_role(&self, id: UserId, role: Role, buyer: Option<BuyerId>) -> Result<(), UiError>;
    /// Lets a person sign in or not.
    async fn set_person_active(&self, id: UserId, active: bool) -> Result<(), UiError>;
    /// Gives a person another password to begin with.
    async fn reset_person(&self, id: UserId) -> Result<String, UiError>;
    /// Where people are signed in, the latest used first.
    async fn sessions(&self) -> Result<Vec<SessionRow>, UiError>;
    /// Ends a session.
    async fn end_session(&self, id: String) -> Result<(), UiError>;
    /// Changes one's own password; the person is signed out everywhere.
    async fn change_password(&self, old: String, new: String) -> Result<(), UiError>;
}

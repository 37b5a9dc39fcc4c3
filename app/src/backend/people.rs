//! What the pages of people and of the audit log ask.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    BuyerId, SourceId, Timestamp, UserId,
    time::Day,
    user::{Right, Role, User},
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

/// The buyer or source that somebody of a portal belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Whose {
    /// Of a buyer's person.
    pub buyer: Option<BuyerId>,
    /// Of an affiliate.
    pub source: Option<SourceId>,
}

/// Who a new person is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Of a portal's person.
    pub whose: Whose,
    /// The extra rights; none: those of the role.
    pub rights: Option<Vec<Right>>,
}

/// Which part of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    /// By one actor only: its id.
    pub actor: Option<String>,
    /// Of one action only: its word.
    pub action: Option<String>,
    /// Days of the company, both included.
    pub days: Option<(Day, Day)>,
    /// Where the page begins, as the page before said.
    pub after: Option<String>,
}

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// When.
    pub at: Timestamp,
    /// The id of who did it.
    pub actor: String,
    /// What people called the actor then.
    pub name: String,
    /// What was done, as a word.
    pub action: String,
    /// The rest, in words.
    pub detail: String,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityPage {
    /// The entries.
    pub rows: Vec<ActivityRow>,
    /// Where the next page begins.
    pub after: Option<String>,
}

/// People of the tenant. All of it needs `Right::ManagePeople`.
#[async_trait]
pub trait People {
    /// Everybody, by address.
    async fn people(&self) -> Result<Vec<User>, UiError>;
    /// Makes a person and sends an invitation by mail.
    async fn invite(&self, person: NewPerson) -> Result<(), UiError>;
    /// Makes a person. Answers the password to begin with.
    async fn add_person(&self, person: NewPerson) -> Result<String, UiError>;
    /// Sends the invitation again, or a link to choose another password.
    async fn send_link(&self, id: UserId) -> Result<(), UiError>;
    /// Gives a person another role.
    async fn set_person_role(&self, id: UserId, role: Role, whose: Whose) -> Result<(), UiError>;
    /// Switches a person's extra rights; none: those of the role.
    async fn set_person_rights(&self, id: UserId, rights: Option<Vec<Right>>) -> Result<(), UiError>;
    /// Lets a person sign in or not.
    async fn set_person_active(&self, id: UserId, active: bool) -> Result<(), UiError>;
    /// Gives a person another password to begin with.
    async fn reset_person(&self, id: UserId) -> Result<String, UiError>;
    /// Takes a person's second factor away.
    async fn remove_persons_factor(&self, id: UserId) -> Result<(), UiError>;
    /// Whether everybody has to sign in with a second factor.
    async fn require_factor(&self, on: bool) -> Result<(), UiError>;
    /// Where people are signed in, the latest used first.
    async fn sessions(&self) -> Result<Vec<SessionRow>, UiError>;
    /// Ends a session.
    async fn end_session(&self, id: String) -> Result<(), UiError>;
    /// What people did, newest first.
    async fn activities(&self, query: ActivityQuery) -> Result<ActivityPage, UiError>;
}

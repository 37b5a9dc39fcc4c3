//! What the door and the page of one's own account ask.

use super::people::SessionRow;
use crate::error::UiError;
use async_trait::async_trait;
use model::user::Role;

/// Whose link it is that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The address the person signs in with.
    pub email: String,
    /// The person.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The company.
    pub tenant: String,
    /// Whether it is an invitation, or another password.
    pub invited: bool,
}

/// A second factor that is being set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret as people type it.
    pub secret: String,
    /// The side of the picture in units, and its dark squares as an SVG path.
    pub picture: Option<(usize, String)>,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// Whether the company asks everybody for a second factor.
    pub required: bool,
    /// Whether one is set up.
    pub second_factor: bool,
    /// Recovery codes that were not used yet.
    pub codes: i64,
    /// What is being set up.
    pub enrolment: Option<Enrolment>,
    /// Where one is signed in, the latest used first.
    pub sessions: Vec<SessionRow>,
}

/// The door and one's own account. What needs no session says so; the rest answers for the signed-in person, also when the
/// second factor is still to be set up.
#[async_trait]
pub trait Account {
    /// Whether the password was right and the code is missing. Needs no session.
    async fn half_signed_in(&self) -> Result<bool, UiError>;
    /// Signs in with the code. One message for every failure; [`UiError::TooMany`] after too many of them.
    async fn enter_code(&self, code: String) -> Result<(), UiError>;
    /// Sends a mail with a link, if somebody has this address; the answer is the same if nobody has. Needs no session.
    async fn forgot(&self, email: String) -> Result<(), UiError>;
    /// Whose link it is; [`UiError::NotFound`] when it does not work (any more). Needs no session.
    async fn joining(&self, token: String) -> Result<Joining, UiError>;
    /// Takes a link: this is the password from now on. Needs no session.
    async fn join(&self, token: String, password: String) -> Result<(), UiError>;
    /// How one's own account stands.
    async fn own_account(&self) -> Result<OwnAccount, UiError>;
    /// Begins to set a second factor up.
    async fn begin_factor(&self) -> Result<(), UiError>;
    /// Confirms it with a first code; the recovery codes.
    async fn confirm_factor(&self, code: String) -> Result<Vec<String>, UiError>;
    /// Other recovery codes.
    async fn renew_codes(&self, code: String) -> Result<Vec<String>, UiError>;
    /// Takes the second factor away.
    async fn remove_factor(&self, code: String) -> Result<(), UiError>;
    /// Ends one of one's own sessions.
    async fn end_own_session(&self, id: String) -> Result<(), UiError>;
    /// Changes one's own password; the person is signed out everywhere.
    async fn change_password(&self, old: String, new: String) -> Result<(), UiError>;
}

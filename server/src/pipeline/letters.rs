//! Posts that go by e-mail: the same request on another way out. What a mail server says becomes what a buyer would have
//! answered, so that everything behind it is the same.

use super::outbound::{Failure, Reply};
use async_trait::async_trait;
use connectors::Request;
use http::HeaderMap;
use model::Reason;
use std::fmt;

/// A lead as a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct LeadLetter {
    /// What it is known by, however often it is sent: its attempt. None of a test from the bench.
    pub id: Option<String>,
    /// Everybody who gets it; one who is refused refuses it for all.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Files that go with it.
    pub attached: Vec<connectors::Attached>,
}

impl fmt::Debug for LeadLetter {
    // Everything else is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeadLetter").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a mail server has not said that it has a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untaken {
    /// There is no mail server, or the letter cannot be written.
    #[error("the letter cannot be sent")]
    Unsendable,
    /// It was refused for good, with this code.
    #[error("refused: SMTP {0}")]
    Refused(u16),
    /// It was certainly not taken.
    #[error("not taken")]
    NotTaken,
    /// The line broke after the letter began: it may have been taken.
    #[error("it is not known whether it was taken")]
    Unknown,
}

/// The mail server that letters to buyers are handed to.
#[async_trait]
pub trait Letters: Send + Sync {
    /// Hands over one letter.
    ///
    /// # Errors
    /// [`Untaken`].
    async fn hand_over(&self, letter: LeadLetter) -> Result<(), Untaken>;
}

/// What an SMTP server says when it has a letter (RFC 5321, section 4.2.3).
const TAKEN: u16 = 250;

/// Sends a request that is a letter; none when it is none.
pub(super) async fn carry(letters: Option<&dyn Letters>, request: &Request) -> Option<Result<Reply, Failure>> {
    let mail = request.mail()?;
    let Some(letters) = letters else { return Some(Err(Failure::NotSent(Reason::Misconfigured))) };
    let letter = LeadLetter {
        id: request.attempt().map(str::to_owned),
        to: mail.to,
        subject: mail.subject,
        text: String::from_utf8_lossy(&request.body).into_owned(),
        attached: request.attached.clone(),
    };
    let handed = letters.hand_over(letter).await;
    Some(match handed {
        Ok(()) => Ok(reply(TAKEN, "taken by the mail server")),
        Err(refused @ Untaken::Refused(code)) => Ok(reply(code, &format!("the mail server: {refused}"))),
        Err(Untaken::Unsendable) => Err(Failure::NotSent(Reason::Misconfigured)),
        Err(Untaken::NotTaken) => Err(Failure::NotSent(Reason::Unreachable)),
        Err(Untaken::Unknown) => Err(Failure::Lost),
    })
}

fn reply(status: u16, words: &str) -> Reply {
    let content_type = Some("text/plain".to_owned());
    Reply { status, content_type, headers: HeaderMap::new(), body: words.as_bytes().to_vec() }
}

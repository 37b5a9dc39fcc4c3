//! Mail that the server sends: written as files into the data directory, or handed to an SMTP server.
//!
//! A letter carries its own id, so that one that is sent twice (its sender died before it could say that it was sent) is
//! known as the same one: its file is the same file, and its `Message-ID` tells mailboxes.

mod file;
mod lead;
mod letter;
mod smtp;

pub use letter::Letter;

use crate::config::Settings;
use lettre::message::Mailbox;
use model::Timestamp;
use std::{io, path::PathBuf, sync::Arc};

/// The folder in the data directory that letters are written to without an SMTP server.
const FOLDER: &str = "mail";

/// Sends letters. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    /// Where letters are that were written as files, now or before there was a server.
    folder: PathBuf,
    way: Way,
}

enum Way {
    /// Into the folder.
    Files,
    /// To this server.
    Smtp(smtp::Sender),
}

/// Why a letter was not sent. The texts are for the log and hold no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// It cannot be written at all: a bad address, a subject of several lines.
    #[error("the letter cannot be written: {0}")]
    Malformed(String),
    /// The letter, or one of those who get it, was refused for good.
    #[error("refused for good: {0}")]
    Refused(String),
    /// Nothing of it was sent, or the server wants it later: it was certainly not taken, and trying again makes sense. What
    /// is wrong with the server or our account there is one of these: it passes, and the letter is as good as before.
    #[error("not taken: {0}")]
    NotTaken(String),
    /// The connection broke or the answer did not come after the letter began: it may have been taken.
    #[error("it is not known whether it was taken: {0}")]
    Unknown(String),
}

impl Mailer {
    /// What the settings say.
    ///
    /// # Errors
    /// With one clear line, without the password.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let from = settings.mail_from.parse().map_err(|_| "mail_from is not a mail address".to_owned())?;
        let way = match &settings.mail_url {
            None => Way::Files,
            Some(url) => Way::Smtp(smtp::Sender::new(url)?),
        };
        Ok(Self(Arc::new(Inner { from, folder: settings.data_dir.join(FOLDER), way })))
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// See [`Unsent`].
    pub async fn send(&self, letter: &Letter) -> Result<(), Unsent> {
        let message = letter.written(&self.0.from)?;
        match &self.0.way {
            Way::Files => file::write(&self.0.folder, letter.id, &message.formatted()).await,
            Way::Smtp(sender) => sender.send(message).await,
        }
    }

    /// Removes the letters that were written as files before `at`; how many.
    ///
    /// # Errors
    /// When the folder cannot be read or a file not removed.
    pub async fn remove_before(&self, at: Timestamp) -> io::Result<u64> {
        file::remove_before(&self.0.folder, at).await
    }
}

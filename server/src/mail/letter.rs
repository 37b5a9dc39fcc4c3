//! One letter, and how it is written down (RFC 5322, MIME).

use super::Unsent;
use lettre::{
    Message,
    message::{Mailbox, SinglePart},
};
use model::{JobId, Timestamp};
use std::time::{Duration, UNIX_EPOCH};

/// One letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is known by, however often it is sent: the job that sends it.
    pub id: JobId,
    /// When it was written.
    pub at: Timestamp,
    /// Whom it goes to: `ada@acme.example` or `Ada <ada@acme.example>`.
    pub to: String,
    /// One line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Letter {
    // Address and text are personal, and may hold a link that signs somebody in.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Letter {
    pub(super) fn written(&self, from: &Mailbox) -> Result<Message, Unsent> {
        let malformed = |what: &str| Unsent::Malformed(what.to_owned());
        let to: Mailbox = self.to.parse().map_err(|_| malformed("the address is none"))?;
        if self.subject.contains(['\r', '\n']) {
            return Err(malformed("the subject has several lines"));
        }
        let micros = u64::try_from(self.at.0).unwrap_or_default();
        let head = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(&self.subject)
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())))
            .date(UNIX_EPOCH + Duration::from_micros(micros));
        let written = head.singlepart(SinglePart::plain(self.text.clone()));
        written.map_err(|error| Unsent::Malformed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            id: JobId::from_bits(7),
            at: Timestamp(1_778_169_600_000_000),
            to: "Ada <ada@acme.example>".to_owned(),
            subject: "Grüße".to_owned(),
            text: "Hello.\n".to_owned(),
        }
    }

    fn written(letter: &Letter) -> Result<String, Unsent> {
        let from = "Gavel <gavel@acme.example>".parse().unwrap();
        letter.written(&from).map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_letter_says_who_when_and_which() {
        let text = written(&letter()).unwrap();
        let id = format!("Message-ID: <{}@acme.example>", JobId::from_bits(7));
        for part in ["To: Ada <ada@acme.example>", "Date: Thu, 07 May 2026 16:00:00", &id, "Hello."] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        assert!(!format!("{:?}", letter()).contains("ada"), "addresses stay out of the log");
    }

    #[test]
    fn nothing_can_be_put_between_the_lines_of_its_head() {
        let bad = Letter { subject: "a\r\nBcc: all@example.com".into(), ..letter() };
        assert!(matches!(written(&bad), Err(Unsent::Malformed(_))));
        for to in ["", "ada", "ada@acme.example\r\nBcc: b@example.com", "a@b.example, c@d.example"] {
            assert!(matches!(written(&Letter { to: to.into(), ..letter() }), Err(Unsent::Malformed(_))), "{to}");
        }
    }
}

//! Leads as letters to buyers. Unlike the server's own letters they go to a mail server or nowhere: a lead in a file is sold to
//! nobody.

use super::{Mailer, Unsent, Way};
use crate::pipeline::{LeadLetter, Letters, Untaken};
use async_trait::async_trait;
use lettre::{
    Message,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

#[async_trait]
impl Letters for Mailer {
    async fn hand_over(&self, letter: LeadLetter) -> Result<(), Untaken> {
        let Way::Smtp(sender) = &self.0.way else { return Err(Untaken::Unsendable) };
        let message = written(&self.0.from, letter).ok_or(Untaken::Unsendable)?;
        sender.send(message).await.map_err(|unsent| untaken(&unsent))
    }
}

/// None when it cannot be written: an address that is none.
fn written(from: &Mailbox, letter: LeadLetter) -> Option<Message> {
    let mut head = Message::builder().from(from.clone()).subject(letter.subject).date_now();
    for to in &letter.to {
        head = head.to(to.parse().ok()?);
    }
    head = head.message_id(letter.id.map(|id| format!("<{id}@{}>", from.email.domain())));
    let text = SinglePart::plain(letter.text);
    if letter.attached.is_empty() {
        return head.singlepart(text).ok();
    }
    let mut parts = MultiPart::mixed().singlepart(text);
    for file in letter.attached {
        let kind = ContentType::parse(file.content_type).ok()?;
        parts = parts.singlepart(Attachment::new(file.name.to_owned()).body(file.bytes, kind));
    }
    head.multipart(parts).ok()
}

fn untaken(unsent: &Unsent) -> Untaken {
    match unsent {
        Unsent::Malformed(_) => Untaken::Unsendable,
        // A refusal without a code is one for good all the same.
        Unsent::Refused(said) => {
            Untaken::Refused(said.rsplit(' ').next().and_then(|code| code.parse().ok()).unwrap_or(554))
        }
        Unsent::NotTaken(_) => Untaken::NotTaken,
        Unsent::Unknown(_) => Untaken::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_one_letter_whoever_gets_it() {
        let letter = || LeadLetter {
            id: Some("att_7".to_owned()),
            to: vec!["a@buyer.example".to_owned(), "b@buyer.example".to_owned()],
            subject: "New lead 48226".to_owned(),
            text: "Name:  Dana\n".to_owned(),
            attached: vec![connectors::Attached {
                name: "lead.csv",
                content_type: "text/csv",
                bytes: b"a\r\n".to_vec(),
            }],
        };
        let from: Mailbox = "Gavel <gavel@acme.example>".parse().unwrap();
        let text = String::from_utf8(written(&from, letter()).unwrap().formatted()).unwrap();
        for part in
            ["Message-ID: <att_7@acme.example>", "a@buyer.example", "b@buyer.example", "Name:  Dana", "lead.csv"]
        {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        assert!(!format!("{:?}", letter()).contains("Dana"), "what is personal stays out of the log");
        assert!(written(&from, LeadLetter { to: vec!["nobody".to_owned()], ..letter() }).is_none());
    }

    #[test]
    fn what_was_said_of_it_decides() {
        let said = |text: &str| text.to_owned();
        assert_eq!(untaken(&Unsent::Refused(said("SMTP 552"))), Untaken::Refused(552));
        assert_eq!(untaken(&Unsent::Refused(said(""))), Untaken::Refused(554));
        assert_eq!(untaken(&Unsent::NotTaken(said("SMTP 451"))), Untaken::NotTaken);
        assert_eq!(untaken(&Unsent::Unknown(said(""))), Untaken::Unknown);
        assert_eq!(untaken(&Unsent::Malformed(said(""))), Untaken::Unsendable);
    }
}

//! The mails that people get, and the jobs that send them.

use super::{ServiceError, Services};
use crate::{
    clock::new_id,
    security::letters::{self, Words},
};
use model::{JobId, TenantId};
use store::{MAIL, NewJob};
use url::Url;

/// What a letter with a link is about.
pub(super) struct About<'a> {
    /// The company.
    pub tenant: &'a str,
    /// The person.
    pub name: &'a str,
    /// Whoever caused it.
    pub by: &'a str,
    /// How long the link works, in words.
    pub lasts: &'a str,
}

/// The letter of an invitation.
pub(super) fn invitation(to: &str, about: &About<'_>, link: &str) -> Words {
    let About { tenant, name, by, lasts } = about;
    Words {
        to: to.to_owned(),
        subject: plain(&format!("{by} invites you to {tenant} on Gavel")),
        text: format!(
            "Hello {name},\n\n{by} invites you to {tenant} on Gavel. Choose a password here to begin:\n\n{link}\n\n\
             The link works once, for {lasts}. If you did not expect it, do nothing.\n"
        ),
    }
}

/// The letter with which somebody chooses another password.
pub(super) fn reset(to: &str, about: &About<'_>, link: &str) -> Words {
    let About { name, lasts, .. } = about;
    Words {
        to: to.to_owned(),
        subject: "Choose another password for Gavel".to_owned(),
        text: format!(
            "Hello {name},\n\nsomebody asked for another password for this address. Choose it here:\n\n{link}\n\n\
             The link works once, for {lasts}. If it was not you, do nothing: your password stays as it is.\n"
        ),
    }
}

/// One line without control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The address of a page that a link leads to.
pub(super) fn address(base: &Url, token: &str) -> String {
    base.join(&format!("/join/{token}")).map_or_else(|_| format!("/join/{token}"), Into::into)
}

impl Services {
    /// The job that sends a letter, its words sealed.
    pub(super) async fn posted(&self, tenant: TenantId, words: &Words) -> Result<NewJob, ServiceError> {
        let now = self.clock.now();
        let id = JobId::from_bits(new_id(now));
        let row = self.store.tenant_by_id(tenant).await?;
        let keys = self.vault.tenant(tenant, &row.key_sealed);
        let keys = keys.map_err(|error| ServiceError::Broken(error.to_string()))?;
        Ok(NewJob { id, kind: MAIL.to_owned(), lane: None, payload: letters::seal(&keys, id, words), run_at: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_write_lines_of_its_own() {
        let about = About { tenant: "Acme\r\nBcc: all@example.com", name: "Ada", by: "Bob\n", lasts: "7 days" };
        let words = invitation("ada@acme.example", &about, "https://gavel.example/join/x");
        assert!(!words.subject.contains(['\r', '\n']), "{}", words.subject);
        let base = "https://gavel.example".parse().unwrap();
        assert_eq!(address(&base, "gvl_link_1"), "https://gavel.example/join/gvl_link_1");
    }
}

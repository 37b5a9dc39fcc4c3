//! What a mail says, sealed while it waits to be sent: it names a person and may hold a link that signs somebody in.

use super::{BadSeal, TenantKeys};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use model::JobId;
use serde::{Deserialize, Serialize};

/// What a mail says, and to whom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Seals them under the tenant's key for the job that sends them; what the job carries.
#[must_use]
pub fn seal(keys: &TenantKeys, job: JobId, words: &Words) -> String {
    let plain = serde_json::to_vec(words).unwrap_or_default();
    let sealed = STANDARD_NO_PAD.encode(keys.seal_secret(&format!("mail {job}"), &plain));
    serde_json::json!({ "sealed": sealed }).to_string()
}

/// Opens what a job carries.
///
/// # Errors
/// [`BadSeal`] when it was sealed for another job or tenant, or under another key.
pub fn open(keys: &TenantKeys, job: JobId, payload: &str) -> Result<Words, BadSeal> {
    let payload: serde_json::Value = serde_json::from_str(payload).map_err(|_| BadSeal)?;
    let sealed = payload["sealed"].as_str().and_then(|text| STANDARD_NO_PAD.decode(text).ok()).ok_or(BadSeal)?;
    let plain = keys.open_secret(&format!("mail {job}"), &sealed)?;
    serde_json::from_slice(&plain).map_err(|_| BadSeal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::Vault;
    use model::TenantId;

    #[test]
    fn a_waiting_mail_tells_nobody_anything() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::from_file(&folder.path().join("master.key")).unwrap();
        let keys = vault.tenant(TenantId::from_bits(1), &vault.new_tenant_key()).unwrap();
        let words = Words { to: "ada@acme.example".into(), subject: "Join".into(), text: "https://…/secret".into() };
        let payload = seal(&keys, JobId::from_bits(1), &words);
        assert!(!payload.contains("ada") && !payload.contains("secret"), "{payload}");
        assert!(open(&keys, JobId::from_bits(1), &payload).is_ok_and(|opened| opened == words));
        assert!(open(&keys, JobId::from_bits(2), &payload).is_err(), "another job's");
        assert!(open(&keys, JobId::from_bits(1), "{}").is_err());
    }
}

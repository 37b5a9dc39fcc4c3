//! What is done with a tenant's key: sealing leads and secrets, and prints that only this tenant can compare.

use super::seal::{self, BadSeal, Key};
use crate::clock::random;
use hmac::{Hmac, Mac};
use model::{LeadId, TenantId, Timestamp};
use sha2::Sha256;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The personal part of a lead as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLead {
    /// The lead's own key, sealed under the tenant's. Destroying it forgets the person.
    pub key: Vec<u8>,
    /// The personal values, sealed under the lead's own key.
    pub body: Vec<u8>,
}

/// The keys of one tenant, each for one purpose, derived from the one in the store. Cheap to clone.
#[derive(Clone)]
pub struct TenantKeys(Arc<Keys>);

struct Keys {
    leads: Key,
    secrets: Key,
    prints: Key,
    forms: Key,
}

impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantKeys(…)")
    }
}

impl TenantKeys {
    /// The tenant's id goes into each key: a sealed key that was moved to another tenant opens nothing there.
    pub(super) fn derive(root: &Key, tenant: TenantId) -> Self {
        let key = |purpose: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&**root).expect("HMAC takes a key of any length");
            mac.update(format!("gavel {purpose} {tenant}").as_bytes());
            Zeroizing::new(mac.finalize().into_bytes().into())
        };
        Self(Arc::new(Keys {
            leads: key("leads"),
            secrets: key("secrets"),
            prints: key("prints"),
            forms: key("forms"),
        }))
    }

    /// What stands in a form of ours when it is opened, so that what comes back is known to be its answer: when that was,
    /// a number of its own, and a signature over both and over which form it is.
    #[must_use]
    pub fn stamp(&self, form: &str, at: Timestamp) -> String {
        let number = hex::encode(random::<16>());
        let signature = hex::encode(self.form_mac(form, at, &number).finalize().into_bytes());
        format!("{}.{number}.{signature}", at.0)
    }

    /// When the form was opened that sends a stamp back, and its number; none when the stamp is not ours or of another form.
    #[must_use]
    pub fn stamped(&self, form: &str, stamp: &str) -> Option<(Timestamp, String)> {
        let mut parts = stamp.splitn(3, '.');
        let (at, number) = (Timestamp(parts.next()?.parse().ok()?), parts.next()?);
        let signature = hex::decode(parts.next()?).ok()?;
        self.form_mac(form, at, number).verify_slice(&signature).ok()?;
        Some((at, number.to_owned()))
    }

    fn form_mac(&self, form: &str, at: Timestamp, number: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0.forms).expect("HMAC takes a key of any length");
        mac.update(format!("{form}\0{}\0{number}", at.0).as_bytes());
        mac
    }

    /// Seals the personal part of a lead under a key of its own.
    #[must_use]
    pub fn seal_lead(&self, lead: LeadId, plain: &[u8]) -> SealedLead {
        let (place, own) = (lead.to_string(), seal::new_key());
        SealedLead { key: seal::seal(&self.0.leads, &place, &*own), body: seal::seal(&own, &place, plain) }
    }

    /// Opens the personal part of a lead.
    ///
    /// # Errors
    /// [`BadSeal`] when it belongs to another lead or tenant, or its key was destroyed.
    pub fn open_lead(&self, lead: LeadId, key: &[u8], body: &[u8]) -> Result<Vec<u8>, BadSeal> {
        let place = lead.to_string();
        let own = seal::open_key(&self.0.leads, &place, key)?;
        seal::open(&own, &place, body).map(|plain| plain.to_vec())
    }

    /// The key under which fingerprints of this tenant's leads are made.
    #[must_use]
    pub fn print_key(&self) -> &[u8; 32] {
        &self.0.prints
    }

    /// Seals a secret of the configuration, for example a buyer's credential, under its name.
    #[must_use]
    pub fn seal_secret(&self, name: &str, plain: &[u8]) -> Vec<u8> {
        seal::seal(&self.0.secrets, name, plain)
    }

    /// Opens a secret that was sealed under the same name.
    ///
    /// # Errors
    /// [`BadSeal`] when it was sealed under another name or for another tenant.
    pub fn open_secret(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, BadSeal> {
        seal::open(&self.0.secrets, name, sealed).map(|plain| plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(root: u8, tenant: u128) -> TenantKeys {
        TenantKeys::derive(&Zeroizing::new([root; 32]), TenantId::from_bits(tenant))
    }

    #[test]
    fn a_lead_opens_for_its_tenant_and_id_only() {
        let (mine, lead) = (keys(1, 1), LeadId::from_bits(7));
        let sealed = mine.seal_lead(lead, b"Dana Reyes");
        assert_eq!(mine.open_lead(lead, &sealed.key, &sealed.body).unwrap(), b"Dana Reyes");
        assert!(mine.open_lead(LeadId::from_bits(8), &sealed.key, &sealed.body).is_err());
        assert!(keys(1, 2).open_lead(lead, &sealed.key, &sealed.body).is_err());
        assert!(keys(2, 1).open_lead(lead, &sealed.key, &sealed.body).is_err());
        assert!(mine.open_lead(lead, &[], &sealed.body).is_err(), "a destroyed key forgets the person");
    }

    #[test]
    fn a_stamp_is_of_one_form_and_one_tenant() {
        let (mine, at) = (keys(1, 1), Timestamp(1_778_169_600_000_000));
        let stamp = mine.stamp("cmp_1 live", at);
        let (when, number) = mine.stamped("cmp_1 live", &stamp).unwrap();
        assert_eq!((when, number.len()), (at, 32));
        assert_ne!(mine.stamp("cmp_1 live", at), stamp, "every opening has a number of its own");
        assert_eq!((mine.stamped("cmp_1 test", &stamp), keys(1, 2).stamped("cmp_1 live", &stamp)), (None, None));
        let later = stamp.replacen("17781", "17782", 1);
        for bad in ["", "a.b.c", "1.2", &later, &stamp[..stamp.len() - 2], &format!("{stamp}0")] {
            assert_eq!(mine.stamped("cmp_1 live", bad), None, "{bad}");
        }
    }

    #[test]
    fn purposes_and_tenants_have_keys_of_their_own() {
        let mine = keys(1, 1);
        assert_ne!(mine.print_key(), keys(1, 2).print_key());
        assert_ne!(*mine.0.prints, *mine.0.leads);
        let sealed = mine.seal_secret("con_1/ping", b"token");
        assert_eq!(mine.open_secret("con_1/ping", &sealed).unwrap(), b"token");
        assert!(mine.open_secret("con_2/ping", &sealed).is_err());
    }
}

//! Secrets: the vault that seals personal values, API keys, secrets of the
//! configuration, passwords, and limits on how often something may be tried.

pub mod keys;
pub mod letters;
pub mod password;
pub mod policy;
pub mod rate;
mod seal;
pub mod second_factor;
pub mod secrets;
mod tenant_keys;
mod vault;

pub use seal::BadSeal;
pub use tenant_keys::{SealedLead, TenantKeys};
pub use vault::{Vault, VaultError};

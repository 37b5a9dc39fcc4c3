//! The master key: a file of mode 600 that is made on the first start. Whoever loses it loses every personal value.

use super::{
    seal::{self, BadSeal, Key},
    tenant_keys::TenantKeys,
};
use exchange::audit::Signer;
use model::TenantId;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    sync::Arc,
};
use zeroize::Zeroizing;

const TENANT_KEY: &str = "tenant key";

/// The master key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file cannot be read or written.
    #[error("master key file {0}: {1}")]
    File(String, io::Error),
    /// The file holds something else than 64 hexadecimal digits.
    #[error("master key file {0}: not 64 hexadecimal digits")]
    Malformed(String),
    /// Others than its owner may read the file.
    #[error("master key file {0}: others may read it; make it mode 600")]
    Exposed(String),
}

/// Holds the master key and opens tenant keys with it. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    master: Arc<Key>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Reads the master key, or makes the file (mode 600, 64 hexadecimal digits) when there is none. Two processes that
    /// start at once end up with the same key: the file is made complete under another name and then linked.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds something else, or is readable to others than its owner.
    pub fn from_file(path: &Path) -> Result<Self, VaultError> {
        let failed = |error| VaultError::File(path.display().to_string(), error);
        match File::open(path) {
            Ok(file) => Self::read(file, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(path).map_err(failed)?;
                Self::read(File::open(path).map_err(failed)?, path)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn read(mut file: File, path: &Path) -> Result<Self, VaultError> {
        let name = || path.display().to_string();
        if !private(&file).map_err(|error| VaultError::File(name(), error))? {
            return Err(VaultError::Exposed(name()));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|error| VaultError::File(name(), error))?;
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), &mut *key).map_err(|_| VaultError::Malformed(name()))?;
        Ok(Self { master: Arc::new(key) })
    }

    /// The key that the audit is signed with. It follows from the master key: it lies nowhere by itself.
    #[must_use]
    pub fn signer(&self) -> Signer {
        Signer::derive(&self.master)
    }

    /// A fresh key for a tenant, sealed under the master key: this goes into the store.
    #[must_use]
    pub fn new_tenant_key(&self) -> Vec<u8> {
        seal::seal(&self.master, TENANT_KEY, &*seal::new_key())
    }

    /// Opens a tenant's key.
    ///
    /// # Errors
    /// [`BadSeal`] when it was sealed under another master key.
    pub fn tenant(&self, tenant: TenantId, key_sealed: &[u8]) -> Result<TenantKeys, BadSeal> {
        Ok(TenantKeys::derive(&seal::open_key(&self.master, TENANT_KEY, key_sealed)?, tenant))
    }
}

fn make(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("new-{}", hex::encode(crate::clock::random::<8>())));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(Zeroizing::new(hex::encode(*seal::new_key())).as_bytes())?;
    file.sync_all()?;
    // A hard link fails when the name is taken, a rename would replace another process' key.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn private(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn private(_: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::LeadId;

    #[test]
    fn the_first_start_makes_the_key_and_the_next_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/master.key");
        let (tenant, lead) = (TenantId::from_bits(1), LeadId::from_bits(2));
        let first = Vault::from_file(&path).unwrap();
        let key = first.new_tenant_key();
        let sealed = first.tenant(tenant, &key).unwrap().seal_lead(lead, b"personal");
        let second = Vault::from_file(&path).unwrap().tenant(tenant, &key).unwrap();
        assert_eq!(second.open_lead(lead, &sealed.key, &sealed.body).unwrap(), b"personal");
        assert_eq!(first.signer().public(), Vault::from_file(&path).unwrap().signer().public());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left behind");
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let one = Vault::from_file(&folder.path().join("one")).unwrap();
        let two = Vault::from_file(&folder.path().join("two")).unwrap();
        assert!(two.tenant(TenantId::from_bits(1), &one.new_tenant_key()).is_err());
    }

    #[test]
    fn processes_that_start_at_once_agree() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let vaults: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| Vault::from_file(&path).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        let key = vaults[0].new_tenant_key();
        assert!(vaults.iter().all(|vault| vault.tenant(TenantId::from_bits(1), &key).is_ok()));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        Vault::from_file(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Vault::from_file(&path), Err(VaultError::Exposed(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(Vault::from_file(&path), Err(VaultError::Malformed(_))));
    }
}

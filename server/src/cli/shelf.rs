//! What the demo must remember between runs and the store cannot give back: keys and passwords as they are shown.

use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The demo's file in the data directory. Only the demo tenant's secrets are in it, and only its owner may read it.
const FILE: &str = "demo.json";

/// What the demo remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// The live key of the first source, as it is shown.
    pub api_key: String,
    /// Its test key.
    pub test_api_key: String,
    /// The live key of the affiliate.
    pub affiliate_key: String,
    /// People who may sign in.
    pub logins: Vec<Login>,
    /// The number of the next generated lead.
    pub next_lead: u32,
}

/// Somebody who may sign in to the demo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// `admin`, `operator` or `viewer`.
    pub role: String,
    /// Sign-in name.
    pub email: String,
    /// The password, as it is typed.
    pub password: String,
}

/// Reads the file; none when there is none.
pub fn read(data_dir: &Path) -> Result<Option<Shelf>, String> {
    let path = data_dir.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| format!("{} cannot be read ({error}); remove it to make new keys", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Writes the file whole: under another name first, then in its place.
pub fn write(data_dir: &Path, shelf: &Shelf) -> Result<(), String> {
    let path = data_dir.join(FILE);
    replace(&path, shelf).map_err(|error| format!("{}: {error}", path.display()))
}

fn replace(path: &Path, shelf: &Shelf) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft: PathBuf = path.with_extension("json.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(&serde_json::to_vec_pretty(shelf)?)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), Ok(None));
        let shelf = Shelf {
            api_key: "a".into(),
            test_api_key: "b".into(),
            affiliate_key: "c".into(),
            logins: vec![Login { role: "admin".into(), email: "e".into(), password: "p".into() }],
            next_lead: 7,
        };
        write(folder.path(), &shelf).unwrap();
        assert_eq!(read(folder.path()), Ok(Some(shelf)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.path().join(FILE), "{").unwrap();
        assert!(read(folder.path()).is_err());
    }
}

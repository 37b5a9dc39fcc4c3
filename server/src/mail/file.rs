//! Letters as files: `<id>.eml`, which every mail program opens. Whoever runs the server without an SMTP server reads them
//! there.

use super::Unsent;
use model::{JobId, Timestamp};
use std::{
    ffi::OsStr,
    io,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    fs::{self, DirBuilder, OpenOptions},
    io::AsyncWriteExt,
};

/// Writes a letter; one that is there already stays as it is. Only the server's user may read them: they hold links that
/// sign people in.
pub(super) async fn write(folder: &Path, id: JobId, bytes: &[u8]) -> Result<(), Unsent> {
    put(folder, id, bytes).await.map_err(|error| Unsent::NotTaken(error.to_string()))
}

async fn put(folder: &Path, id: JobId, bytes: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
    let (whole, part) = (folder.join(format!("{id}.eml")), folder.join(format!("{id}.part")));
    if fs::try_exists(&whole).await? {
        return Ok(());
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    // A reader never sees half a letter.
    fs::rename(&part, &whole).await
}

/// Removes letters, and what was left of some, that were written before `at`; how many. Whatever else is in the folder is not
/// ours.
pub(super) async fn remove_before(folder: &Path, at: Timestamp) -> io::Result<u64> {
    let before = UNIX_EPOCH + Duration::from_micros(u64::try_from(at.0).unwrap_or_default());
    let mut files = match fs::read_dir(folder).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        files => files?,
    };
    let mut removed = 0;
    while let Some(file) = files.next_entry().await? {
        let path = file.path();
        if !matches!(path.extension().and_then(OsStr::to_str), Some("eml" | "part")) {
            continue;
        }
        match remove_old(&path, before).await {
            Ok(gone) => removed += u64::from(gone),
            // Somebody clears the folder at the same time.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

async fn remove_old(path: &Path, before: SystemTime) -> io::Result<bool> {
    let about = fs::symlink_metadata(path).await?;
    let old = about.is_file() && about.modified()? < before;
    if old {
        fs::remove_file(path).await?;
    }
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn a_letter_is_one_file_however_often_it_is_sent() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mail");
        let id = JobId::from_bits(3);
        write(&folder, id, b"first").await.unwrap();
        write(&folder, id, b"again").await.unwrap();
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(std::fs::read(&files[0]).unwrap(), b"first");
        assert_eq!(std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o077, 0);
    }

    #[tokio::test]
    async fn old_letters_go_and_nothing_else_does() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mail");
        assert_eq!(remove_before(&folder, Timestamp(0)).await.unwrap(), 0, "there is no folder yet");
        std::fs::create_dir(&folder).unwrap();
        for (name, second) in [("1.eml", 99), ("2.part", 99), ("3.eml", 100), ("4.part", 101), ("notes.txt", 1)] {
            let file = std::fs::File::create(folder.join(name)).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(second)).unwrap();
        }
        std::fs::create_dir(folder.join("5.eml")).unwrap();
        assert_eq!(remove_before(&folder, Timestamp(100_000_000)).await.unwrap(), 2);
        let entries = std::fs::read_dir(&folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["3.eml", "4.part", "5.eml", "notes.txt"]);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_no_loss() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let sent = write(&file.path().join("mail"), JobId::from_bits(3), b"x").await;
        assert!(matches!(sent, Err(Unsent::NotTaken(_))), "{sent:?}");
    }
}

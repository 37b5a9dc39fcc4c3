//! Letters as files: `<id>.eml`, which every mail program opens. Whoever runs the server without an SMTP server reads them
//! there.

use super::Unsent;
use model::JobId;
use std::{io, path::Path};
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
    async fn a_folder_that_cannot_be_made_is_no_loss() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let sent = write(&file.path().join("mail"), JobId::from_bits(3), b"x").await;
        assert!(matches!(sent, Err(Unsent::NotTaken(_))), "{sent:?}");
    }
}

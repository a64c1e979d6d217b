//! Replacing small files so that they are whole at any moment.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::own::open;

/// Writes `bytes` under a passing name, durably, and gives them the name `path` in one step. A
/// link at either name is replaced, never followed.
///
/// # Errors
/// What the file system returns; `path` is then what it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(path, |file| file.write_all(bytes))
}

/// The same with what `write` puts into the file, piece by piece.
///
/// # Errors
/// What `write` and the file system return; `path` is then what it was.
pub fn replace_with<E: From<io::Error>>(path: &Path, write: impl FnOnce(&mut File) -> Result<(), E>) -> Result<(), E> {
    let passing = passing(path)?;
    let written: Result<(), E> = (|| {
        let mut file = fresh(&passing)?;
        write(&mut file)?;
        file.sync_all()?;
        Ok(std::fs::rename(&passing, path)?)
    })();
    if written.is_err() {
        // The error that counts is the first one.
        let _ = std::fs::remove_file(&passing);
    }
    written?;
    // A name without a directory is in the one where the program runs.
    let dir = path.parent().map(|dir| if dir.as_os_str().is_empty() { Path::new(".") } else { dir });
    Ok(dir.map_or(Ok(()), sync_dir)?)
}

/// What the name of a file ends in while it is written.
pub const PASSING: &str = "auxlog-new";

/// The name under which a file is written: no name that somebody else's file is likely to have.
fn passing(path: &Path) -> io::Result<PathBuf> {
    if path.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no name of a file"));
    }
    Ok(path.with_added_extension(PASSING))
}

/// A new file that is its owner's alone; what a crash left under that name, or somebody's link, goes.
///
/// # Errors
/// What the file system returns.
pub fn fresh(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    match open(&mut options, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::remove_file(path)?;
            open(&mut options, path)
        }
        opened => opened,
    }
}

/// Makes a directory's entries durable.
///
/// # Errors
/// What the file system returns.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    // Windows has no such call; its file systems log their entries.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_planted_link_is_replaced_and_never_followed() {
        let dir = tempfile::tempdir().expect("a directory");
        let (victim, path) = (dir.path().join("victim"), dir.path().join("a.csv"));
        std::fs::write(&victim, "theirs").expect("written");
        symlink(&victim, &path).expect("linked");
        symlink(&victim, dir.path().join("a.csv.auxlog-new")).expect("linked");
        replace(&path, b"ours").expect("written");
        assert_eq!(std::fs::read(&victim).expect("there"), b"theirs");
        assert_eq!(std::fs::read(&path).expect("there"), b"ours");
        let found = path.symlink_metadata().expect("there");
        assert!(found.is_file());
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_was_there_stays_when_writing_fails() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.csv");
        replace(&path, b"before").expect("written");
        let failed: io::Result<()> = replace_with(&path, |_| Err(io::Error::other("full")));
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).expect("there"), b"before");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 1);
    }
}

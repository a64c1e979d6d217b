//! Files that the officer asked for: whole or as they were, their owner's alone, through no link.

use std::io::{self, Write as _};
use std::path::Path;

/// Writes `bytes` to `path`: beside it first, then in its place. A pipe or a device (`/dev/stdout`)
/// is written to as it is, since nothing can take its place.
///
/// # Errors
/// What the file system returns; a file that was there is then what it was.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let special = |found: std::fs::Metadata| !(found.is_file() || found.is_dir() || found.is_symlink());
    // Links in `/dev` are the system's; anywhere else somebody may have planted one.
    let device = path.starts_with("/dev") && path.metadata().is_ok_and(special);
    if device || path.symlink_metadata().is_ok_and(special) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    auxlog_journal::replace(path, bytes)
}

/// The same under a name that nothing has yet.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], also for a link that leads nowhere; what the file system returns.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Takes the name at once, so that nobody else's file comes between; no link is followed.
    std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = auxlog_journal::replace(path, bytes);
    if written.is_err() {
        // The error that counts is the first one.
        let _ = std::fs::remove_file(path);
    }
    written
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_device_is_written_to_and_stays_one() {
        write(Path::new("/dev/null"), b"rows").expect("written");
        assert!(!Path::new("/dev/null").metadata().expect("there").is_file());
    }

    #[test]
    fn a_link_is_replaced_by_a_file_of_the_owners_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let (victim, path) = (dir.path().join("victim"), dir.path().join("a.csv"));
        std::fs::write(&victim, "theirs").expect("written");
        symlink(&victim, &path).expect("linked");
        write(&path, b"rows").expect("written");
        assert_eq!(std::fs::read(&victim).expect("there"), b"theirs");
        let found = path.symlink_metadata().expect("there");
        assert!(found.is_file() && found.permissions().mode() & 0o777 == 0o600);
    }

    #[test]
    fn a_link_to_a_device_is_replaced_too() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a.csv");
        symlink("/dev/null", &path).expect("linked");
        write(&path, b"rows").expect("written");
        assert!(path.symlink_metadata().expect("there").is_file());
        let shared = Path::new("/dev/shm").join(format!("auxlog-{}", std::process::id()));
        write(&shared, b"rows").expect("written, though nothing is there");
        assert_eq!(std::fs::read(&shared).expect("there"), b"rows");
        std::fs::remove_file(&shared).expect("removed");
    }

    #[test]
    fn a_new_file_takes_no_name_that_something_has() {
        let dir = tempfile::tempdir().expect("a directory");
        let (there, link, path) = (dir.path().join("a.csv"), dir.path().join("b.csv"), dir.path().join("c.csv"));
        std::fs::write(&there, "theirs").expect("written");
        symlink(dir.path().join("nowhere"), &link).expect("linked");
        for taken in [&there, &link] {
            let refused = write_new(taken, b"rows").expect_err("it is taken");
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists, "{}", taken.display());
        }
        assert_eq!(std::fs::read(&there).expect("there"), b"theirs");
        assert!(!dir.path().join("nowhere").exists());
        write_new(&path, b"rows").expect("written");
        assert_eq!(std::fs::read(&path).expect("there"), b"rows");
        assert_eq!(path.symlink_metadata().expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 3, "nothing is left beside it");
    }
}

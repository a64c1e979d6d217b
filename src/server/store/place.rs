//! The file of an SQLite database: who is at it, and what an earlier one left beside it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often whoever comes while a backup is put in place looks again.
const TRIES: u32 = 100;

/// The file that the address of a database names; `None` where it names none.
pub(crate) fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next().unwrap_or_default();
    (!path.is_empty() && !path.starts_with(":memory:")).then(|| PathBuf::from(path))
}

/// A file beside the database, named by what follows its name.
pub(crate) fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// SQLite follows links, and what is beside the database is named by it alone.
fn lock_file(database: &Path) -> std::io::Result<File> {
    for end in ["", "-wal", "-shm", "-journal"] {
        auxlog_journal::no_link(&beside(database, end))?;
    }
    auxlog_journal::open(OpenOptions::new().write(true).create(true).truncate(false), &beside(database, "-lock"))
}

/// Says that somebody is at the database, as long as the file given is open and locked. Waits for
/// whoever puts a backup in its place.
pub(super) async fn attend(database: &Path) -> std::io::Result<File> {
    let lock = lock_file(database)?;
    for _ in 0..TRIES {
        // While nobody else is at it, and only then, a log that is not the database's can be told.
        if lock.try_lock().is_ok() {
            put_stale_log_aside(database)?;
        }
        match lock.try_lock_shared() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(std::io::Error::other("somebody is putting a backup in the database's place"))
}

/// Keeps everybody from the database, as long as the file given is open; `None` where somebody is at it.
pub(crate) fn alone(database: &Path) -> std::io::Result<Option<File>> {
    let lock = lock_file(database)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// SQLite plays the write-ahead log that lies beside a database into it, whosever it was. A backup is
/// in no need of one, as its header says, while every database that was in use here has one of its own:
/// a log beside a backup is that of the database before it.
fn put_stale_log_aside(database: &Path) -> std::io::Result<()> {
    let log = beside(database, "-wal");
    if !log.exists() {
        return Ok(());
    }
    let mut header = Vec::with_capacity(20);
    match auxlog_journal::open(OpenOptions::new().read(true), database) {
        Ok(file) => file.take(20).read_to_end(&mut header).map(drop)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // Versions of the file's format: 1 keeps a rollback journal, 2 a write-ahead log.
    if header.get(18..20).is_none_or(|versions| versions == [1, 1]) {
        let kept = beside(database, "-wal.stale");
        tracing::warn!(log = %log.display(), kept = %kept.display(), "a log of another database was put aside");
        std::fs::rename(&log, kept)?;
        remove(&beside(database, "-shm"))?;
    }
    Ok(())
}

/// Removes a file, where there is one.
pub(crate) fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

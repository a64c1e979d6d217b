//! Putting a backup in the place of the database, so that nothing of the one before can get into it.

use std::path::{Path, PathBuf};

use auxlog_record::Signer as _;
use auxlog_sync::auth::ServerId;

use crate::identity::read_key;
use crate::serve::{ServeError, database};
use crate::store::{StoreError, alone, beside, file_of, looked_at, remove};

/// Why a backup was not put in place. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database is PostgreSQL.
    #[error("this database is PostgreSQL: put it back with pg_restore or from its base backup")]
    Postgres,
    /// A server or a command is at the database.
    #[error("{} is in use: end the server first", _0.display())]
    Running(PathBuf),
    /// The file is no backup.
    #[error("{} is no backup of a server's database: {why}", file.display())]
    NoBackup {
        /// The file.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// The backup is another server's.
    #[error("{} belongs to the server {theirs}, the key here is that of {ours}", file.display())]
    OtherServer {
        /// The file.
        file: PathBuf,
        /// The server whose key is here.
        ours: ServerId,
        /// The server whose backup it is.
        theirs: ServerId,
    },
    /// A file can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The server's key.
    #[error(transparent)]
    Key(#[from] ServeError),
}

/// What was put where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The database, now the backup's content.
    pub database: PathBuf,
    /// Where the one before is kept; `None` where there was none.
    pub replaced: Option<PathBuf>,
    /// Agencies in it.
    pub agencies: u64,
}

/// Puts the backup `file` in the place of the database in `data_dir`, or of the one at `db`. `at` names
/// what it replaces.
///
/// # Errors
/// [`RestoreError`].
pub async fn restore(data_dir: &Path, db: Option<&str>, file: &Path, at: &str) -> Result<Restored, RestoreError> {
    let place = file_of(&database(data_dir, db)).ok_or(RestoreError::Postgres)?;
    let at_place = |source| RestoreError::Io { path: place.clone(), source };
    if let Some(parent) = place.parent() {
        std::fs::create_dir_all(parent).map_err(at_place)?;
    }
    let Some(_alone) = alone(&place).map_err(at_place)? else { return Err(RestoreError::Running(place)) };
    let new = beside(&place, ".new");
    let agencies = match prepared(data_dir, file, &new).await {
        Ok(agencies) => agencies,
        Err(error) => {
            let _ = remove(&new);
            return Err(error);
        }
    };
    let replaced = beside(&place, &format!(".replaced-{at}"));
    let there = place.exists();
    if there {
        // With its log, in which its newest records may be.
        let log = beside(&place, "-wal");
        if log.exists() {
            std::fs::rename(&log, beside(&replaced, "-wal")).map_err(at_place)?;
        }
        std::fs::rename(&place, &replaced).map_err(at_place)?;
    }
    for end in ["-wal", "-shm", "-journal"] {
        remove(&beside(&place, end)).map_err(at_place)?;
    }
    std::fs::rename(&new, &place).map_err(at_place)?;
    if let Some(parent) = place.parent() {
        std::fs::File::open(parent).and_then(|dir| dir.sync_all()).map_err(at_place)?;
    }
    Ok(Restored { database: place, replaced: there.then_some(replaced), agencies })
}

/// Copies the backup beside the database and looks whether it can take its place; gives its agencies.
async fn prepared(data_dir: &Path, file: &Path, new: &Path) -> Result<u64, RestoreError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| RestoreError::Io { path, source }
    };
    let mut from = std::fs::File::open(file).map_err(io(file))?;
    let mut to = auxlog_journal::fresh(new).map_err(io(new))?;
    std::io::copy(&mut from, &mut to).and_then(|_| to.sync_all()).map_err(io(new))?;
    let no_backup = |why: String| RestoreError::NoBackup { file: file.to_owned(), why };
    let looked = looked_at(new).await;
    for end in ["-wal", "-shm"] {
        remove(&beside(new, end)).map_err(io(new))?;
    }
    let (agencies, theirs) = looked.map_err(|error: StoreError| no_backup(error.to_string()))?;
    let ours = read_key(&data_dir.join("server.key"))?;
    if let (Some(ours), Some(theirs)) = (ours.map(|key| key.public_key()), theirs)
        && ours != theirs
    {
        let (ours, theirs) = (ServerId::of(&ours), ServerId::of(&theirs));
        return Err(RestoreError::OtherServer { file: file.to_owned(), ours, theirs });
    }
    Ok(agencies)
}

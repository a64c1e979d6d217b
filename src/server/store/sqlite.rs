//! What is particular to SQLite: WAL with full synchronisation, one writer, copies while in use.

use std::path::Path;
use std::str::FromStr as _;

use sqlx::any::AnyConnectOptions;

use super::{Dialect, Result, Store, StoreError, redacted};

pub(super) const DIALECT: Dialect = Dialect {
    bytes: "BLOB",
    numbered: false,
    begin: "BEGIN IMMEDIATE",
    for_update: "",
    // FULL: a receipt is sent after the commit, and must outlive a power cut.
    on_connect: &[
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA busy_timeout = 10000",
        "PRAGMA cache_size = -32768",
        "PRAGMA foreign_keys = ON",
        // What is masked by order is overwritten, not only unlinked.
        "PRAGMA secure_delete = ON",
    ],
    scrub: Some("PRAGMA wal_checkpoint(TRUNCATE)"),
    single_writer: true,
    // SQLITE_BUSY and its kin, SQLITE_LOCKED.
    retry: &["5", "6", "261", "262", "517"],
};

/// The file's directory is made where it is not there.
pub(super) fn options(url: &str) -> Result<AnyConnectOptions> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
    if path.is_empty() || path.starts_with(":memory:") {
        return Err(StoreError::Address { url: redacted(url) });
    }
    if let Some(parent) = Path::new(path).parent() {
        // Another's directory keeps its mode; one that is made here is its owner's alone.
        let mut dirs = std::fs::DirBuilder::new();
        dirs.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut dirs, 0o700);
        dirs.create(parent).map_err(io)?;
    }
    // Before SQLite makes it; its own files beside it take its mode.
    private(Path::new(path)).map_err(io)?;
    Ok(AnyConnectOptions::from_str(&format!("sqlite://{path}?mode=rwc"))?)
}

fn io(source: std::io::Error) -> StoreError {
    StoreError::Database(sqlx::Error::Io(source))
}

/// Makes a file its owner's alone, and empty where there is none.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        options.mode(0o600).open(path)?.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(path).map(drop)
}

/// A copy while the database is in use: under a passing name first, so that it is whole or not
/// there. A link at the name counts as something that is there.
pub(super) async fn backup(store: &Store, file: &Path) -> Result<()> {
    if !store.dialect.single_writer {
        return Err(StoreError::Unsupported("this database is PostgreSQL: back it up with pg_dump or pg_basebackup"));
    }
    if file.symlink_metadata().is_ok() {
        return Err(StoreError::Exists(file.display().to_string()));
    }
    let passing = file.with_added_extension("new");
    // What a copy that was cut short left; a link goes, not what it leads to.
    match std::fs::remove_file(&passing) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    private(&passing).map_err(io)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(passing.display().to_string()).execute(&store.read).await;
    let kept = copied.map_err(StoreError::from).and_then(|_| {
        std::fs::File::open(&passing).and_then(|copy| copy.sync_all()).map_err(io)?;
        std::fs::rename(&passing, file).map_err(io)
    });
    if kept.is_err() {
        let _ = std::fs::remove_file(&passing);
    }
    kept
}

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
    loosen: "PRAGMA synchronous = NORMAL",
    scrub: Some("PRAGMA wal_checkpoint(TRUNCATE)"),
    single_writer: true,
    // SQLITE_BUSY and its kin, SQLITE_LOCKED.
    retry: &["5", "6", "261", "262", "517"],
    // SQLITE_CORRUPT and its kin, SQLITE_NOTADB.
    damaged: &["11", "26", "267", "523", "779"],
};

/// The file's directory is made where it is not there.
pub(super) fn options(url: &str) -> Result<AnyConnectOptions> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
    if path.is_empty() || path.starts_with(":memory:") {
        return Err(StoreError::Address { url: redacted(url) });
    }
    if let Some(parent) = Path::new(path).parent() {
        std::fs::create_dir_all(parent).map_err(|source| StoreError::Database(sqlx::Error::Io(source)))?;
    }
    Ok(AnyConnectOptions::from_str(&format!("sqlite://{path}?mode=rwc"))?)
}

pub(super) async fn backup(store: &Store, file: &Path) -> Result<()> {
    if !store.dialect.single_writer {
        return Err(StoreError::Unsupported("this database is PostgreSQL: back it up with pg_dump or pg_basebackup"));
    }
    if file.exists() {
        return Err(StoreError::Exists(file.display().to_string()));
    }
    sqlx::query("VACUUM INTO $1").bind(file.display().to_string()).execute(&store.read).await?;
    let copy = std::fs::File::open(file).map_err(sqlx::Error::Io)?;
    copy.sync_all().map_err(sqlx::Error::Io)?;
    Ok(())
}

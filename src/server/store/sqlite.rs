//! What is particular to SQLite: WAL with full synchronisation, one writer, copies while in use.

use std::path::Path;
use std::str::FromStr as _;

use auxlog_record::PublicKey;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Row as _};

use super::place::file_of;
use super::{Dialect, Result, Store, StoreError, fixed, io, ms, redacted, schema, unsigned};

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
};

pub(super) fn options(url: &str) -> Result<AnyConnectOptions> {
    let path = file_of(url).ok_or_else(|| StoreError::Address { url: redacted(url) })?;
    // Before SQLite makes it; its own files beside it take its mode.
    private(&path).map_err(io)?;
    Ok(AnyConnectOptions::from_str(&format!("sqlite://{}?mode=rwc", path.display()))?)
}

/// Makes a file its owner's alone, and empty where there is none.
fn private(path: &Path) -> std::io::Result<()> {
    let file = auxlog_journal::open(std::fs::OpenOptions::new().create(true).append(true), path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

/// Looks at a database that is to take the place of another: whether it is whole and this program's.
/// Gives its agencies and whose it is.
pub(crate) async fn looked_at(file: &Path) -> Result<(u64, Option<PublicKey>)> {
    sqlx::any::install_default_drivers();
    let options = AnyConnectOptions::from_str(&format!("sqlite://{}?mode=rw", file.display()))?;
    let pool = AnyPoolOptions::new().max_connections(1).connect_with(options).await?;
    let looked = look(&pool).await;
    pool.close().await;
    looked
}

async fn look(pool: &AnyPool) -> Result<(u64, Option<PublicKey>)> {
    let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(pool).await?;
    let said: String = row.try_get(0)?;
    if said != "ok" {
        return Err(StoreError::Corrupt { table: "sqlite_schema", what: said });
    }
    let row = sqlx::query("SELECT max(step) AS step FROM migration").fetch_one(pool).await?;
    let (found, known) = (unsigned(&row, "step")?, schema::known());
    if ms(found) > known {
        return Err(StoreError::Newer { found: ms(found), known });
    }
    let row = sqlx::query("SELECT count(*) AS agencies FROM agency").fetch_one(pool).await?;
    let agencies = unsigned(&row, "agencies")?;
    let tables =
        sqlx::query("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'server'").fetch_one(pool).await?;
    if unsigned(&tables, "tables")? == 0 {
        return Ok((agencies, None));
    }
    let row = sqlx::query("SELECT public_key FROM server WHERE place = 1").fetch_optional(pool).await?;
    let key = row.map(|row| fixed(&row, "public_key")).transpose()?;
    Ok((agencies, key.and_then(|key| PublicKey::from_bytes(&key).ok())))
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
    let copied = sql!("VACUUM INTO $1"; passing.display().to_string()).execute(&store.read).await;
    let kept = copied.map_err(StoreError::from).and_then(|_| {
        std::fs::File::open(&passing).and_then(|copy| copy.sync_all()).map_err(io)?;
        std::fs::rename(&passing, file).map_err(io)
    });
    if kept.is_err() {
        let _ = std::fs::remove_file(&passing);
    }
    kept
}

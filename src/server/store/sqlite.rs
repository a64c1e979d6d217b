//! What is particular to SQLite: WAL with full synchronisation, one writer, copies while in use.

use std::path::Path;
use std::str::FromStr as _;

use auxlog_record::PublicKey;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Row as _};

use super::place::file_of;
use super::{Dialect, Result, Store, StoreError, fixed, ms, redacted, schema, unsigned};

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
};

pub(super) fn options(url: &str) -> Result<AnyConnectOptions> {
    let path = file_of(url).ok_or_else(|| StoreError::Address { url: redacted(url) })?;
    Ok(AnyConnectOptions::from_str(&format!("sqlite://{}?mode=rwc", path.display()))?)
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

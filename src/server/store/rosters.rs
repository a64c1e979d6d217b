//! Versions of an agency's roster and the chunks that they are made of.

use auxlog_record::Hash;
use auxlog_sync::roster::{Manifest, Snapshot};
use sqlx::{AssertSqlSafe, Row as _};

use super::{Result, Store, StoreError, audit, ms, unsigned};
use crate::scope::AgencyScope;

/// A version of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Version.
    pub version: u64,
    /// Where it came from: a file's name.
    pub source: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// What it is made of.
    pub manifest: Manifest,
}

fn read(row: &sqlx::any::AnyRow) -> Result<RosterRow> {
    let manifest: Vec<u8> = row.try_get("manifest")?;
    Ok(RosterRow {
        version: unsigned(row, "version")?,
        source: row.try_get("source")?,
        at_ms: unsigned(row, "at_ms")?,
        manifest: minicbor::decode(&manifest)
            .map_err(|e| StoreError::Corrupt { table: "roster_version", what: e.to_string() })?,
    })
}

impl Store {
    /// Keeps a new version, with its history; gives `false` when another version took its number
    /// meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_roster(&self, scope: &AgencyScope, snapshot: &Snapshot, source: &str) -> Result<bool> {
        let (manifest, now) = (&snapshot.manifest, snapshot.manifest.at_ms);
        let mut transaction = self.begin().await?;
        let added = sqlx::query(
            "INSERT INTO roster_version (agency_id, version, manifest, source, at_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(scope.agency().0.clone())
        .bind(ms(manifest.version))
        .bind(minicbor::to_vec(manifest).expect("writing to memory cannot fail"))
        .bind(source.to_owned())
        .bind(ms(now))
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        for (hash, chunk) in manifest.chunks.iter().zip(&snapshot.chunks) {
            sqlx::query("INSERT INTO object (agency_id, hash, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(scope.agency().0.clone())
                .bind(hash.0.to_vec())
                .bind(chunk.clone())
                .execute(&mut *transaction)
                .await?;
        }
        let subject = manifest.version.to_string();
        audit::note(&mut transaction, scope, now, "roster_import", &subject, source).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The newest version, or the one asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roster(&self, scope: &AgencyScope, version: Option<u64>) -> Result<Option<RosterRow>> {
        let which = if version.is_some() { "AND version = $2" } else { "ORDER BY version DESC LIMIT 1" };
        let statement =
            format!("SELECT version, manifest, source, at_ms FROM roster_version WHERE agency_id = $1 {which}");
        let mut query = sqlx::query(AssertSqlSafe(statement)).bind(scope.agency().0.clone());
        if let Some(version) = version {
            query = query.bind(ms(version));
        }
        query.fetch_optional(&self.read).await?.as_ref().map(read).transpose()
    }

    /// An immutable piece, by its hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn object(&self, scope: &AgencyScope, hash: Hash) -> Result<Option<Vec<u8>>> {
        let row = sqlx::query("SELECT content FROM object WHERE agency_id = $1 AND hash = $2")
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|row| row.try_get("content")).transpose()?)
    }
}

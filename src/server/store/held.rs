//! Records held outside the log until a supervisor releases them.

use auxlog_record::{Hash, Record, WriterId};
use auxlog_sync::message::Disposition;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::append::extend_log;
use super::{Fresh, Result, Store, StoreError, audit, fixed, ms, unsigned};
use crate::scope::AgencyScope;

impl Store {
    /// How many records of a writer are held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held(&self, scope: &AgencyScope, writer: WriterId) -> Result<u64> {
        let row = sqlx::query(
            "SELECT count(*) AS held FROM held WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL",
        )
        .bind(scope.agency().0.clone())
        .bind(writer.0.to_vec())
        .fetch_one(&self.read)
        .await?;
        unsigned(&row, "held")
    }

    /// Moves a writer's held records into the log, in their order; gives how many.
    ///
    /// # Errors
    /// When the database fails; then none is moved.
    pub async fn release(&self, scope: &AgencyScope, writer: WriterId, reason: &str, now: u64) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let count = release_within(self, &mut transaction, scope, writer, reason, now).await?;
        transaction.commit().await?;
        Ok(count)
    }
}

/// Moves a writer's held records into the log within a transaction. His row is locked first, as
/// when he pushes.
pub(super) async fn release_within(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    writer: WriterId,
    reason: &str,
    now: u64,
) -> Result<u64> {
    let lock =
        format!("SELECT acked_seq FROM writer WHERE agency_id = $1 AND writer_id = $2{}", store.dialect.for_update);
    sqlx::query(AssertSqlSafe(lock))
        .bind(scope.agency().0.clone())
        .bind(writer.0.to_vec())
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(|| StoreError::NoDevice(writer.to_string()))?;
    let statement = format!(
        "SELECT seq, hash, record FROM held
              WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL ORDER BY seq{}",
        store.dialect.for_update
    );
    let rows = sqlx::query(AssertSqlSafe(statement))
        .bind(scope.agency().0.clone())
        .bind(writer.0.to_vec())
        .fetch_all(&mut **transaction)
        .await?;
    let mut fresh = Vec::with_capacity(rows.len());
    for row in &rows {
        let bytes: Vec<u8> = row.try_get("record")?;
        let record = Record::decode(&bytes).map_err(|e| StoreError::Corrupt { table: "held", what: e.to_string() })?;
        fresh.push(Fresh {
            seq: unsigned(row, "seq")?,
            hash: Hash(fixed(row, "hash")?),
            hlc: record.envelope().hlc.0,
            record: bytes,
            disposition: Disposition::Held,
            verdict: None,
        });
    }
    let rows: Vec<(WriterId, &Fresh)> = fresh.iter().map(|fresh| (writer, fresh)).collect();
    extend_log(store, transaction, scope.agency(), &rows, now).await?;
    sqlx::query("UPDATE held SET released_ms = $3 WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL")
        .bind(scope.agency().0.clone())
        .bind(writer.0.to_vec())
        .bind(ms(now))
        .execute(&mut **transaction)
        .await?;
    let count = fresh.len() as u64;
    audit::note(transaction, scope, now, "release", &writer.to_string(), &format!("{count}: {reason}")).await?;
    Ok(count)
}

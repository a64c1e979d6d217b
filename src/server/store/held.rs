//! Records held outside the log until a supervisor releases them.

use auxlog_record::{Asked, Event, HeldReleased, Record, WriterId};
use auxlog_sync::message::{Custody, Refused};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::append::{self, extend_log};
use super::office::Desk;
use super::standing::of_another;
use super::writers::locked;
use super::{DeviceRow, Fresh, Result, Store, StoreError, audit, unsigned};
use crate::scope::AgencyScope;

impl Store {
    /// How many records of a writer are held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held(&self, scope: &AgencyScope, writer: WriterId) -> Result<u64> {
        let row = sql!(
            "SELECT count(*) AS held FROM held WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL";
            scope.agency(), writer
        )
        .fetch_one(&self.read)
        .await?;
        unsigned(&row, "held")
    }

    /// What is with the server of a writer's but not in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn custody(&self, scope: &AgencyScope, row: &DeviceRow) -> Result<Custody> {
        let rows = sql!(
            "SELECT seq, reason FROM set_aside WHERE agency_id = $1 AND writer_id = $2 ORDER BY seq LIMIT 100";
            scope.agency(), row.writer
        )
        .fetch_all(&self.read)
        .await?;
        let mut set_aside = Vec::with_capacity(rows.len());
        for found in &rows {
            let reason: String = found.try_get("reason")?;
            let reason = append::refused_for(&reason)
                .ok_or_else(|| StoreError::Corrupt { table: "set_aside", what: format!("reason {reason}") })?;
            set_aside.push(Refused { writer: row.writer, seq: unsigned(found, "seq")?, reason });
        }
        Ok(Custody {
            writer: row.writer,
            standing: row.standing,
            reason: row.reason.clone(),
            since_ms: row.changed_ms,
            held: self.held(scope, row.writer).await?,
            set_aside,
        })
    }

    /// What is held of a writer, in its order, and when each record came, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_records(&self, scope: &AgencyScope, writer: WriterId) -> Result<Vec<(Record, u64)>> {
        let rows = sql!(
            "SELECT record, recv_ms FROM held
             WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL ORDER BY seq";
            scope.agency(), writer
        )
        .fetch_all(&self.read)
        .await?;
        let read = |row: &AnyRow| {
            let bytes: Vec<u8> = row.try_get("record")?;
            let corrupt = |e: auxlog_record::EnvelopeError| StoreError::Corrupt { table: "held", what: e.to_string() };
            Ok((Record::decode(&bytes).map_err(corrupt)?, unsigned(row, "recv_ms")?))
        };
        rows.iter().map(read).collect()
    }

    /// Moves a writer's held records into the log, in their order, as they were weighed; gives how many.
    /// `None` where others are held by now: weigh again.
    ///
    /// # Errors
    /// [`StoreError::OwnDevice`] where they are the officer's own, or when the database fails; then none
    /// is moved.
    pub async fn release(
        &self,
        scope: &AgencyScope,
        writer: WriterId,
        weighed: &[Fresh],
        reason: &str,
        now: u64,
    ) -> Result<Option<u64>> {
        super::office::sayable(reason)?;
        self.again(|| async {
            let mut desk = self.desk(scope.agency()).await?;
            let mut transaction = self.begin().await?;
            if !release_within(self, &mut transaction, &mut desk, scope, (writer, weighed), reason, now).await? {
                return Ok(None);
            }
            transaction.commit().await?;
            desk.keep(self);
            Ok(Some(weighed.len() as u64))
        })
        .await
    }
}

/// Moves a writer's held records into the log within a transaction, as they were weighed; `false` where
/// others are held by now. Its row is locked first, as at a push.
pub(super) async fn release_within(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    desk: &mut Desk,
    scope: &AgencyScope,
    (writer, fresh): (WriterId, &[Fresh]),
    reason: &str,
    now: u64,
) -> Result<bool> {
    of_another(scope, &locked(store, transaction, scope.agency(), writer).await?)?;
    let statement = format!(
        "SELECT record FROM held
              WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL ORDER BY seq{}",
        store.dialect.for_update
    );
    let rows = sql!(AssertSqlSafe(statement); scope.agency(), writer).fetch_all(&mut **transaction).await?;
    let held: Vec<Vec<u8>> = rows.iter().map(|row| row.try_get("record")).collect::<std::result::Result<_, _>>()?;
    // Also one that was masked meanwhile is another.
    if !held.iter().eq(fresh.iter().map(|fresh| &fresh.record)) {
        return Ok(false);
    }
    let rows: Vec<(WriterId, &Fresh)> = fresh.iter().map(|fresh| (writer, fresh)).collect();
    extend_log(store, transaction, scope.agency(), &rows, now, 0).await?;
    append::remarkable(transaction, scope.agency(), writer, fresh, now).await?;
    if let (Some(first), Some(last)) = (fresh.first(), fresh.last()) {
        let (first, last, reason) = (first.seq, last.seq, reason.to_owned());
        let (by, asked) = (scope.asked().map(Asked::by), scope.asked().cloned());
        let released = Event::HeldReleased(HeldReleased { writer, first, last, reason, by, asked });
        desk.append(store, transaction, &[released], now).await?;
    }
    sql!(
        "UPDATE held SET released_ms = $3 WHERE agency_id = $1 AND writer_id = $2 AND released_ms IS NULL";
        scope.agency(), writer, now
    )
    .execute(&mut **transaction)
    .await?;
    let detail = format!("{}: {reason}", fresh.len());
    audit::note(transaction, scope, now, "release", &writer.to_string(), &detail).await?;
    Ok(true)
}

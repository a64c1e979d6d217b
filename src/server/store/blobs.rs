//! Attachments: announced by a record, received piece by piece, whole once their hash is right.
//!
//! They lie in the database, in rows of at most a piece's length: every replica sees them, a
//! transfer goes on at whichever replica, and one backup holds records and attachments together.

use auxlog_record::{AgencyId, Hash, WriterId};
use auxlog_sync::blob::{MAX_BLOB, MAX_PIECE};
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::{Push, Result, Store, ms, unsigned};
use crate::limits::Quotas;
use crate::scope::AgencyScope;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// An attachment as the server has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of its content.
    pub hash: Hash,
    /// Its bytes, as its record announced.
    pub length: u64,
    /// Bytes received, from the first on without a gap.
    pub received: u64,
    /// Whether all of it is here and its hash is right.
    pub whole: bool,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is stored, now or before.
    Taken(Blob),
    /// Another one is wanted: it must begin where what was received ends.
    OutOfPlace(Blob),
    /// All was there and its hash was wrong: nothing of it is kept, it begins anew.
    Damaged,
    /// It is not begun: so much was taken of the device that day, or of the agency in all. Says which.
    OverQuota(&'static str),
}

/// Whose attachments are taken, and how much of them.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// The device.
    pub device: WriterId,
    /// How much is taken.
    pub quotas: Quotas,
    /// When, milliseconds since 1970 UTC.
    pub now: u64,
}

/// Makes room for the attachments that a push announces.
pub(super) async fn announce(transaction: &mut Transaction<'_, Any>, push: &Push, now: u64) -> Result<()> {
    let announced = push.fresh.iter().filter_map(|fresh| fresh.attachment);
    for (hash, length) in announced.filter(|(_, length)| *length <= MAX_BLOB) {
        sqlx::query(
            "INSERT INTO blob (agency_id, hash, length, received, whole, announced_ms) VALUES ($1, $2, $3, 0, 0, $4)
             ON CONFLICT (agency_id, hash, length) DO UPDATE SET records = blob.records + 1",
        )
        .bind(push.agency.0.clone())
        .bind(hash.0.to_vec())
        .bind(ms(length))
        .bind(ms(now))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Forgets an attachment for a record that announced it; its content goes with the last one.
pub(super) async fn forget(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    hash: Hash,
    length: u64,
) -> Result<()> {
    for statement in [
        "UPDATE blob SET records = records - 1 WHERE agency_id = $1 AND hash = $2 AND length = $3",
        "DELETE FROM blob_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND EXISTS (
             SELECT 1 FROM blob WHERE blob.agency_id = $1 AND blob.hash = $2 AND blob.length = $3 AND records <= 0)",
        "DELETE FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3 AND records <= 0",
    ] {
        sqlx::query(statement)
            .bind(agency.0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Counts an attachment that begins against the device's day; says what is full where it may not.
async fn charge(
    transaction: &mut Transaction<'_, Any>,
    scope: &AgencyScope,
    length: u64,
    delivery: &Delivery,
    begins: bool,
) -> Result<Option<&'static str>> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) AS bytes FROM blob WHERE agency_id = $1 AND received > 0",
    )
    .bind(scope.agency().0.clone())
    .fetch_one(&mut **transaction)
    .await?;
    if unsigned(&row, "bytes")?.saturating_add(length) > delivery.quotas.of_agency {
        return Ok(Some("the agency's attachments fill what it may have"));
    }
    let today = i64::try_from(delivery.now / DAY_MS).unwrap_or(i64::MAX);
    let row = sqlx::query("SELECT bytes FROM delivered WHERE agency_id = $1 AND writer_id = $2 AND day = $3")
        .bind(scope.agency().0.clone())
        .bind(delivery.device.0.to_vec())
        .bind(today)
        .fetch_optional(&mut **transaction)
        .await?;
    let bytes = row.map_or(Ok(0), |row| unsigned(&row, "bytes"))?;
    if bytes.saturating_add(length) > delivery.quotas.of_device_a_day {
        return Ok(Some("the device delivered as much as it may in a day"));
    }
    if begins {
        sqlx::query(
            "INSERT INTO delivered (agency_id, writer_id, day, bytes) VALUES ($1, $2, $3, $4)
             ON CONFLICT (agency_id, writer_id, day) DO UPDATE SET bytes = delivered.bytes + excluded.bytes",
        )
        .bind(scope.agency().0.clone())
        .bind(delivery.device.0.to_vec())
        .bind(today)
        .bind(ms(length))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(None)
}

impl Store {
    /// How far an attachment has come; `None` where no record announced it with that length.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blob(&self, scope: &AgencyScope, hash: Hash, length: u64) -> Result<Option<Blob>> {
        let row = sqlx::query("SELECT received, whole FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3")
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .fetch_optional(&self.read)
            .await?;
        row.map(|row| {
            let whole = row.try_get::<i64, _>("whole")? != 0;
            Ok(Blob { hash, length, received: unsigned(&row, "received")?, whole })
        })
        .transpose()
    }

    /// Stores the piece that begins at `offset`; `None` where nothing announced the attachment.
    /// The same piece sent again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_piece(
        &self,
        scope: &AgencyScope,
        hash: Hash,
        length: u64,
        offset: u64,
        piece: &[u8],
        delivery: &Delivery,
    ) -> Result<Option<Put>> {
        let stored = self.again(|| self.put_piece_once(scope, hash, length, offset, piece, delivery)).await?;
        match stored {
            // Here, so that a transfer whose last answer was lost, or that stopped between the
            // last piece and the check, is checked by whoever asks again.
            Some(Put::Taken(blob)) if blob.received == length && !blob.whole => {
                self.again(|| self.check_whole(scope, blob, delivery.now)).await.map(Some)
            }
            other => Ok(other),
        }
    }

    async fn put_piece_once(
        &self,
        scope: &AgencyScope,
        hash: Hash,
        length: u64,
        offset: u64,
        piece: &[u8],
        delivery: &Delivery,
    ) -> Result<Option<Put>> {
        let mut transaction = self.begin().await?;
        let statement = format!(
            "SELECT received, whole FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3{}",
            self.dialect.for_update
        );
        let row = sqlx::query(AssertSqlSafe(statement))
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let received = unsigned(&row, "received")?;
        let mut blob = Blob { hash, length, received, whole: row.try_get::<i64, _>("whole")? != 0 };
        let end = offset.saturating_add(piece.len() as u64);
        if received == 0 && length > 0 {
            let begins = offset == 0 && !piece.is_empty() && end <= length;
            if let Some(full) = charge(&mut transaction, scope, length, delivery, begins).await? {
                return Ok(Some(Put::OverQuota(full)));
            }
        }
        if end <= received {
            return Ok(Some(Put::Taken(blob)));
        }
        if offset != received || end > length {
            return Ok(Some(Put::OutOfPlace(blob)));
        }
        sqlx::query("INSERT INTO blob_part (agency_id, hash, length, start, content) VALUES ($1, $2, $3, $4, $5)")
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .bind(ms(offset))
            .bind(piece.to_vec())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE blob SET received = $4 WHERE agency_id = $1 AND hash = $2 AND length = $3")
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .bind(ms(end))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        blob.received = end;
        Ok(Some(Put::Taken(blob)))
    }

    /// Hashes all that was received, outside any transaction, and marks it whole or begins anew.
    async fn check_whole(&self, scope: &AgencyScope, blob: Blob, now: u64) -> Result<Put> {
        let mut hasher = Sha256::new();
        {
            let mut parts = sqlx::query(
                "SELECT content FROM blob_part WHERE agency_id = $1 AND hash = $2 AND length = $3 ORDER BY start",
            )
            .bind(scope.agency().0.clone())
            .bind(blob.hash.0.to_vec())
            .bind(ms(blob.length))
            .fetch(&self.read);
            while let Some(part) = parts.try_next().await? {
                hasher.update(part.try_get::<Vec<u8>, _>("content")?);
            }
        }
        let right = Hash(hasher.finalize().into()) == blob.hash;
        let mut transaction = self.begin().await?;
        if !right {
            sqlx::query("DELETE FROM blob_part WHERE agency_id = $1 AND hash = $2 AND length = $3")
                .bind(scope.agency().0.clone())
                .bind(blob.hash.0.to_vec())
                .bind(ms(blob.length))
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query(
            "UPDATE blob SET received = $4, whole = $5, whole_ms = $6
             WHERE agency_id = $1 AND hash = $2 AND length = $3 AND whole = 0",
        )
        .bind(scope.agency().0.clone())
        .bind(blob.hash.0.to_vec())
        .bind(ms(blob.length))
        .bind(ms(if right { blob.length } else { 0 }))
        .bind(i64::from(right))
        .bind(right.then_some(ms(now)))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(if right { Put::Taken(Blob { whole: true, ..blob }) } else { Put::Damaged })
    }

    /// At most `limit` bytes of a whole attachment from `offset` on; `None` where it is not whole.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blob_piece(
        &self,
        scope: &AgencyScope,
        hash: Hash,
        length: u64,
        offset: u64,
        limit: usize,
    ) -> Result<Option<Vec<u8>>> {
        if self.blob(scope, hash, length).await?.is_none_or(|blob| !blob.whole) {
            return Ok(None);
        }
        // A part has at most MAX_PIECE bytes, so the first one wanted begins no earlier than that.
        let from = (offset + 1).saturating_sub(MAX_PIECE as u64);
        let mut parts = sqlx::query(
            "SELECT start, content FROM blob_part
             WHERE agency_id = $1 AND hash = $2 AND length = $3 AND start >= $4 AND start < $5 ORDER BY start",
        )
        .bind(scope.agency().0.clone())
        .bind(hash.0.to_vec())
        .bind(ms(length))
        .bind(ms(from))
        .bind(ms(offset.saturating_add(limit as u64)))
        .fetch(&self.read);
        let mut piece = Vec::new();
        while let Some(row) = parts.try_next().await? {
            let (start, content) = (unsigned(&row, "start")?, row.try_get::<Vec<u8>, _>("content")?);
            let skip = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX).min(content.len());
            let room = limit - piece.len();
            piece.extend(content[skip..].iter().take(room));
        }
        Ok(Some(piece))
    }
}

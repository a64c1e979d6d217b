//! Attachments: announced by a record, received piece by piece, whole once their hash is right.
//!
//! They lie in the database, in rows of at most a piece's length: every replica sees them, a
//! transfer goes on at whichever replica, and one backup holds records and attachments together. Each
//! device delivers for itself: whoever sends garbage spoils and uses up only what is their own.

use auxlog_record::{AgencyId, Hash, WriterId};
use auxlog_sync::blob::{MAX_BLOB, MAX_PIECE};
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::{Push, Result, Store, ms, unsigned};
use crate::limits::Quotas;
use crate::scope::AgencyScope;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How long a delivery of which nothing more came is kept.
const KEPT_MS: u64 = 7 * DAY_MS;

/// Deliveries given up at once at most, by whoever begins another.
const GIVEN_UP: i64 = 20;

/// An attachment as the server has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of its content.
    pub hash: Hash,
    /// Its bytes, as its record announced.
    pub length: u64,
    /// Bytes received of the device that asks, from the first on without a gap; all once it is whole.
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
        "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND EXISTS (
             SELECT 1 FROM blob WHERE blob.agency_id = $1 AND blob.hash = $2 AND blob.length = $3 AND records <= 0)",
        "DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND EXISTS (
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

/// Gives up deliveries of which nothing came for long; what they held counts no more.
async fn give_up(transaction: &mut Transaction<'_, Any>, scope: &AgencyScope, now: u64) -> Result<()> {
    let before = ms(now.saturating_sub(KEPT_MS));
    let stale = sqlx::query(
        "SELECT hash, length, writer_id FROM blob_delivery WHERE agency_id = $1 AND heard_ms < $2 LIMIT $3",
    )
    .bind(scope.agency().0.clone())
    .bind(before)
    .bind(GIVEN_UP)
    .fetch_all(&mut **transaction)
    .await?;
    for row in stale {
        let (hash, length): (Vec<u8>, i64) = (row.try_get("hash")?, row.try_get("length")?);
        let writer: Vec<u8> = row.try_get("writer_id")?;
        // Unless it goes on at this very moment.
        let given_up = sqlx::query(
            "DELETE FROM blob_delivery
             WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4 AND heard_ms < $5",
        )
        .bind(scope.agency().0.clone())
        .bind(hash.clone())
        .bind(length)
        .bind(writer.clone())
        .bind(before)
        .execute(&mut **transaction)
        .await?;
        if given_up.rows_affected() > 0 {
            sqlx::query(
                "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4",
            )
            .bind(scope.agency().0.clone())
            .bind(hash)
            .bind(length)
            .bind(writer)
            .execute(&mut **transaction)
            .await?;
        }
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
        "SELECT CAST(COALESCE((SELECT SUM(length) FROM blob WHERE agency_id = $1 AND whole = 1), 0)
             + COALESCE((SELECT SUM(length) FROM blob_delivery WHERE agency_id = $1), 0) AS BIGINT) AS bytes",
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
    /// How far the device's delivery of an attachment has come; `None` where no record announced it with that
    /// length.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blob(&self, scope: &AgencyScope, hash: Hash, length: u64, device: WriterId) -> Result<Option<Blob>> {
        let row = sqlx::query(
            "SELECT blob.whole, blob_delivery.received FROM blob LEFT JOIN blob_delivery
             ON blob_delivery.agency_id = blob.agency_id AND blob_delivery.hash = blob.hash
                 AND blob_delivery.length = blob.length AND blob_delivery.writer_id = $4
             WHERE blob.agency_id = $1 AND blob.hash = $2 AND blob.length = $3",
        )
        .bind(scope.agency().0.clone())
        .bind(hash.0.to_vec())
        .bind(ms(length))
        .bind(device.0.to_vec())
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| {
            let whole = row.try_get::<i64, _>("whole")? != 0;
            let received: Option<i64> = row.try_get("received")?;
            let received = received.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0);
            Ok(Blob { hash, length, received: if whole { length } else { received }, whole })
        })
        .transpose()
    }

    /// Stores the piece of the device's delivery that begins at `offset`; `None` where nothing announced the attachment.
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
                self.again(|| self.check_whole(scope, blob, delivery)).await.map(Some)
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
            "SELECT whole FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3{}",
            self.dialect.for_update
        );
        let row = sqlx::query(AssertSqlSafe(statement))
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let end = offset.saturating_add(piece.len() as u64);
        if row.try_get::<i64, _>("whole")? != 0 {
            let blob = Blob { hash, length, received: length, whole: true };
            return Ok(Some(if end <= length { Put::Taken(blob) } else { Put::OutOfPlace(blob) }));
        }
        let row = sqlx::query(
            "SELECT received FROM blob_delivery
             WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4",
        )
        .bind(scope.agency().0.clone())
        .bind(hash.0.to_vec())
        .bind(ms(length))
        .bind(delivery.device.0.to_vec())
        .fetch_optional(&mut *transaction)
        .await?;
        let received = row.map_or(Ok(0), |row| unsigned(&row, "received"))?;
        let mut blob = Blob { hash, length, received, whole: false };
        if received == 0 && length > 0 {
            let begins = offset == 0 && !piece.is_empty() && end <= length;
            give_up(&mut transaction, scope, delivery.now).await?;
            if let Some(full) = charge(&mut transaction, scope, length, delivery, begins).await? {
                transaction.commit().await?;
                return Ok(Some(Put::OverQuota(full)));
            }
        }
        if end <= received {
            return Ok(Some(Put::Taken(blob)));
        }
        if offset != received || end > length {
            return Ok(Some(Put::OutOfPlace(blob)));
        }
        sqlx::query(
            "INSERT INTO delivery_part (agency_id, hash, length, writer_id, start, content)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(scope.agency().0.clone())
        .bind(hash.0.to_vec())
        .bind(ms(length))
        .bind(delivery.device.0.to_vec())
        .bind(ms(offset))
        .bind(piece.to_vec())
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO blob_delivery (agency_id, hash, length, writer_id, received, heard_ms)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (agency_id, hash, length, writer_id)
             DO UPDATE SET received = excluded.received, heard_ms = excluded.heard_ms",
        )
        .bind(scope.agency().0.clone())
        .bind(hash.0.to_vec())
        .bind(ms(length))
        .bind(delivery.device.0.to_vec())
        .bind(ms(end))
        .bind(ms(delivery.now))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        blob.received = end;
        Ok(Some(Put::Taken(blob)))
    }

    /// Hashes all that was received of the device, outside any transaction, and marks it whole or begins anew.
    async fn check_whole(&self, scope: &AgencyScope, blob: Blob, delivery: &Delivery) -> Result<Put> {
        let device = delivery.device;
        let mut hasher = Sha256::new();
        {
            let mut parts = sqlx::query(
                "SELECT content FROM delivery_part
                 WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4 ORDER BY start",
            )
            .bind(scope.agency().0.clone())
            .bind(blob.hash.0.to_vec())
            .bind(ms(blob.length))
            .bind(device.0.to_vec())
            .fetch(&self.read);
            while let Some(part) = parts.try_next().await? {
                hasher.update(part.try_get::<Vec<u8>, _>("content")?);
            }
        }
        let right = Hash(hasher.finalize().into()) == blob.hash;
        let mut transaction = self.begin().await?;
        let key = (scope.agency().0.clone(), blob.hash.0.to_vec(), ms(blob.length), device.0.to_vec());
        let bound = |statement| {
            let (agency, hash, length, device) = key.clone();
            sqlx::query(statement).bind(agency).bind(hash).bind(length).bind(device)
        };
        if right {
            let whole = bound(
                "UPDATE blob SET received = length, whole = 1, whole_by = $4, whole_ms = $5
                 WHERE agency_id = $1 AND hash = $2 AND length = $3 AND whole = 0",
            );
            let whole = whole.bind(ms(delivery.now)).execute(&mut *transaction).await?;
            // Where another's was whole first, this one went with the others.
            if whole.rows_affected() > 0 {
                for statement in [
                    "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id <> $4",
                    "DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id <> $4",
                    "DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4",
                ] {
                    bound(statement).execute(&mut *transaction).await?;
                }
            }
        } else {
            for statement in [
                "DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4",
                "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4
                 AND NOT EXISTS (SELECT 1 FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3 AND whole_by = $4)",
            ] {
                bound(statement).execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(if right { Put::Taken(Blob { received: blob.length, whole: true, ..blob }) } else { Put::Damaged })
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
        let row =
            sqlx::query("SELECT whole_by FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3 AND whole = 1")
                .bind(scope.agency().0.clone())
                .bind(hash.0.to_vec())
                .bind(ms(length))
                .fetch_optional(&self.read)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let by: Option<Vec<u8>> = row.try_get("whole_by")?;
        let statement = if by.is_some() {
            "SELECT start, content FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3
             AND start >= $4 AND start < $5 AND writer_id = $6 ORDER BY start"
        } else {
            "SELECT start, content FROM blob_part WHERE agency_id = $1 AND hash = $2 AND length = $3
             AND start >= $4 AND start < $5 ORDER BY start"
        };
        // A part has at most MAX_PIECE bytes, so the first one wanted begins no earlier than that.
        let from = (offset + 1).saturating_sub(MAX_PIECE as u64);
        let query = sqlx::query(statement)
            .bind(scope.agency().0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .bind(ms(from))
            .bind(ms(offset.saturating_add(limit as u64)));
        let query = match by {
            Some(by) => query.bind(by),
            None => query,
        };
        let mut parts = query.fetch(&self.read);
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

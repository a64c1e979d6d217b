//! Attachments: announced by a record, received piece by piece, whole once their hash is right.
//!
//! They lie in the database, in rows of at most a piece's length: every replica sees them, a
//! transfer goes on at whichever replica, and one backup holds records and attachments together. Each
//! device delivers for itself: whoever sends garbage spoils and uses up only what is their own.

use auxlog_record::{AgencyId, Hash, WriterId};
use auxlog_sync::blob::{MAX_BLOB, MAX_PIECE};
use auxlog_sync::message::Standing;
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{Any, Row as _, Transaction};

use super::{Push, Result, Store, deliveries, ms, unsigned, writers};
use crate::limits::Quotas;
use crate::scope::AgencyScope;

pub(super) const WHOLE: &str = "SELECT whole FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3";

pub(super) const STANDING: &str = "SELECT standing FROM writer WHERE agency_id = $1 AND writer_id = $2";

pub(super) const RECEIVED: &str =
    "SELECT received FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4";

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
    /// It is not taken: so much was taken of the device that day, or of the agency in all. Says which.
    OverQuota(&'static str),
    /// The device was shut out meanwhile.
    ShutOut(Standing),
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
        sql!(
            "INSERT INTO blob (agency_id, hash, length, received, whole, announced_ms) VALUES ($1, $2, $3, 0, 0, $4)
             ON CONFLICT (agency_id, hash, length) DO UPDATE SET records = blob.records + 1";
            push.agency, hash, length, now
        )
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
    let bound = |statement| sql!(statement; agency, hash, length);
    let left = bound(
        "UPDATE blob SET records = records - 1 WHERE agency_id = $1 AND hash = $2 AND length = $3
         RETURNING records, whole",
    );
    let Some(left) = left.fetch_optional(&mut **transaction).await? else { return Ok(()) };
    if left.try_get::<i64, _>("records")? > 0 {
        return Ok(());
    }
    let whole = if left.try_get::<i64, _>("whole")? == 0 { 0 } else { length };
    for statement in [
        "DELETE FROM blob_part WHERE agency_id = $1 AND hash = $2 AND length = $3",
        "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3",
        "DELETE FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3",
    ] {
        bound(statement).execute(&mut **transaction).await?;
    }
    let begun = deliveries::end_all(transaction, agency, (hash, length)).await?;
    deliveries::count(transaction, agency, -ms(whole + begun)).await
}

impl Store {
    /// How far the device's delivery of an attachment has come; `None` where no record announced it with that
    /// length.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blob(&self, scope: &AgencyScope, hash: Hash, length: u64, device: WriterId) -> Result<Option<Blob>> {
        let row = sql!(
            "SELECT blob.whole, blob_delivery.received FROM blob LEFT JOIN blob_delivery
             ON blob_delivery.agency_id = blob.agency_id AND blob_delivery.hash = blob.hash
             AND blob_delivery.length = blob.length AND blob_delivery.writer_id = $4
             WHERE blob.agency_id = $1 AND blob.hash = $2 AND blob.length = $3";
            scope.agency(), hash, length, device
        )
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
        let _turn = self.delivering.acquire().await;
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
        let agency = scope.agency();
        let mut transaction = self.begin().await?;
        // Pieces of one agency come one after the other, so that none is let in by a sum that another changes.
        let mut held = deliveries::lock(self, &mut transaction, agency).await?;
        let row = sql!(WHOLE; agency, hash, length).fetch_optional(&mut *transaction).await?;
        let end = offset.saturating_add(piece.len() as u64);
        let mut blob = Blob { hash, length, received: length, whole: true };
        let unchanged = match row.map(|row| row.try_get::<i64, _>("whole")).transpose()? {
            None => Some(None),
            Some(0) => None,
            Some(_) => Some(Some(if end <= length { Put::Taken(blob) } else { Put::OutOfPlace(blob) })),
        };
        if let Some(unchanged) = unchanged {
            transaction.rollback().await?;
            return Ok(unchanged);
        }
        // Here, where whoever shuts it out waits for this, or was before it.
        let row = sql!(STANDING; agency, delivery.device).fetch_one(&mut *transaction).await?;
        let standing = writers::standing(&row)?;
        if standing != Standing::Active {
            transaction.rollback().await?;
            return Ok(Some(Put::ShutOut(standing)));
        }
        let row = sql!(RECEIVED; agency, hash, length, delivery.device).fetch_optional(&mut *transaction).await?;
        let received = row.map_or(Ok(0), |row| unsigned(&row, "received"))?;
        blob = Blob { hash, length, received, whole: false };
        let mut full = None;
        if received == 0 && length > 0 {
            held = held.saturating_sub(deliveries::give_up(&mut transaction, agency, delivery.now).await?);
        }
        // Nothing is reserved for what is to come: it is taken while all of it would find room.
        if end > received || received == 0 {
            let to_come = held.saturating_add(length - received);
            full = (to_come > delivery.quotas.of_agency).then_some("the agency's attachments fill what it may have");
        }
        if full.is_none() && received == 0 && length > 0 {
            let begins = offset == 0 && !piece.is_empty() && end <= length;
            full = deliveries::charge(&mut transaction, agency, length, delivery, begins).await?;
        }
        if let Some(full) = full {
            transaction.commit().await?;
            return Ok(Some(Put::OverQuota(full)));
        }
        if end <= received || offset != received || end > length {
            transaction.commit().await?;
            return Ok(Some(if end <= received { Put::Taken(blob) } else { Put::OutOfPlace(blob) }));
        }
        sql!(
            "INSERT INTO delivery_part (agency_id, hash, length, writer_id, start, content)
             VALUES ($1, $2, $3, $4, $5, $6)";
            scope.agency(), hash, length, delivery.device, offset, piece
        )
        .execute(&mut *transaction)
        .await?;
        sql!(
            "INSERT INTO blob_delivery (agency_id, hash, length, writer_id, received, heard_ms)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (agency_id, hash, length, writer_id)
             DO UPDATE SET received = excluded.received, heard_ms = excluded.heard_ms";
            scope.agency(), hash, length, delivery.device, end, delivery.now
        )
        .execute(&mut *transaction)
        .await?;
        deliveries::count(&mut transaction, agency, ms(piece.len() as u64)).await?;
        transaction.commit().await?;
        blob.received = end;
        Ok(Some(Put::Taken(blob)))
    }

    /// Hashes all that was received of the device, outside any transaction, and marks it whole or begins anew.
    async fn check_whole(&self, scope: &AgencyScope, blob: Blob, delivery: &Delivery) -> Result<Put> {
        let device = delivery.device;
        let mut hasher = Sha256::new();
        {
            let mut parts = sql!(
                "SELECT content FROM delivery_part
                 WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4 ORDER BY start";
                scope.agency(), blob.hash, blob.length, device
            )
            .fetch(&self.read);
            while let Some(part) = parts.try_next().await? {
                hasher.update(part.try_get::<Vec<u8>, _>("content")?);
            }
        }
        let right = Hash(hasher.finalize().into()) == blob.hash;
        let mut transaction = self.begin().await?;
        deliveries::lock(self, &mut transaction, scope.agency()).await?;
        let key = (scope.agency().0.clone(), blob.hash.0.to_vec(), ms(blob.length), device.0.to_vec());
        let bound = |statement| {
            let (agency, hash, length, device) = key.clone();
            sql!(statement; agency, hash, length, device)
        };
        let (mut counts, mut put) = (0, Put::Damaged);
        if right {
            // Unless what was hashed was dropped meanwhile; nothing of it is stored where there is nothing to it.
            let whole = bound(
                "UPDATE blob SET received = length, whole = 1, whole_by = $4, whole_ms = $5
                 WHERE agency_id = $1 AND hash = $2 AND length = $3 AND whole = 0 AND (length = 0 OR EXISTS (
                     SELECT 1 FROM blob_delivery AS come WHERE come.agency_id = $1 AND come.hash = $2
                     AND come.length = $3 AND come.writer_id = $4 AND come.received = $3))",
            );
            let whole = whole.bind(ms(delivery.now)).execute(&mut *transaction).await?;
            if whole.rows_affected() > 0 {
                bound(
                    "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id <> $4",
                )
                .execute(&mut *transaction)
                .await?;
                let begun = deliveries::end_all(&mut transaction, scope.agency(), (blob.hash, blob.length)).await?;
                counts = ms(blob.length) - ms(begun);
            }
            let (agency, hash, length, _) = key.clone();
            let row = sql!(WHOLE; agency, hash, length).fetch_optional(&mut *transaction).await?;
            let whole = row.map_or(Ok(0), |row| row.try_get::<i64, _>("whole"))? != 0;
            // Where another's was whole first, this one went with the others.
            put =
                if whole { Put::Taken(Blob { whole, ..blob }) } else { Put::OutOfPlace(Blob { received: 0, ..blob }) };
        } else {
            let wrong = bound(
                "DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4
                 AND received = $3 RETURNING received",
            );
            let wrong = wrong.fetch_all(&mut *transaction).await?;
            if !wrong.is_empty() {
                counts = -ms(blob.length);
                bound(
                    "DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4",
                )
                .execute(&mut *transaction)
                .await?;
            }
        }
        if counts != 0 {
            deliveries::count(&mut transaction, scope.agency(), counts).await?;
        }
        transaction.commit().await?;
        Ok(put)
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
        let row = sql!(
            "SELECT whole_by FROM blob WHERE agency_id = $1 AND hash = $2 AND length = $3 AND whole = 1";
            scope.agency(), hash, length
        )
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
        let query = sql!(statement; scope.agency(), hash, length, from, offset.saturating_add(limit as u64));
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

//! How much of attachments an agency has, and deliveries that end before they are whole.
//!
//! The agency's row in `attached` holds the bytes of its whole attachments and of what came of those that
//! are not whole yet. Whoever changes either locks that row first: after rows of `writer`, before those of
//! `blob` and `agency_head`, so that none of them ever waits for another one that waits for it.

use auxlog_record::{AgencyId, Hash, WriterId};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::{Delivery, Result, Store, StoreError, ms, unsigned};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How long a delivery of which nothing more came is kept.
const KEPT_MS: u64 = 7 * DAY_MS;

/// Deliveries given up at once at most, by whoever begins another.
const GIVEN_UP: i64 = 20;

/// Deliveries of one device that are begun and not whole, at most: what a standing that changes, and what
/// is given up, has to drop. A laptop sends one after the other.
const OPEN: u64 = 100;

/// Pieces that are stored at once at most: those that wait for one another leave connections to the rest.
pub(super) const AT_ONCE: usize = 4;

const HELD: &str = "SELECT bytes FROM attached WHERE agency_id = $1";

const STALE: &str = "SELECT hash, length, writer_id FROM blob_delivery WHERE agency_id = $1 AND heard_ms < $2 LIMIT $3";

const OF_DEVICE: &str = "SELECT hash, length, writer_id FROM blob_delivery WHERE agency_id = $1 AND writer_id = $2";

const OPEN_OF_DEVICE: &str = "SELECT count(*) AS open FROM blob_delivery WHERE agency_id = $1 AND writer_id = $2";

const DELIVERED: &str = "SELECT bytes FROM delivered WHERE agency_id = $1 AND writer_id = $2 AND day = $3";

fn day(now: u64) -> i64 {
    i64::try_from(now / DAY_MS).unwrap_or(i64::MAX)
}

/// The bytes that an agency has of attachments, the row that says so locked to the transaction's end.
pub(super) async fn lock(store: &Store, transaction: &mut Transaction<'_, Any>, agency: &AgencyId) -> Result<u64> {
    let row = sqlx::query(AssertSqlSafe(format!("{HELD}{}", store.dialect.for_update)))
        .bind(agency.0.clone())
        .fetch_optional(&mut **transaction)
        .await?;
    let row = row.ok_or_else(|| StoreError::NoAgency(agency.clone()))?;
    unsigned(&row, "bytes")
}

/// Counts bytes that came, or, where they are fewer than none, that went.
pub(super) async fn count(transaction: &mut Transaction<'_, Any>, agency: &AgencyId, bytes: i64) -> Result<()> {
    sqlx::query("UPDATE attached SET bytes = bytes + $2 WHERE agency_id = $1")
        .bind(agency.0.clone())
        .bind(bytes)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Ends all deliveries of an attachment that is whole, or goes; gives the bytes that had come of them. Their
/// parts, and the sum, are the caller's.
pub(super) async fn end_all(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    (hash, length): (Hash, u64),
) -> Result<u64> {
    let ended =
        sqlx::query("DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 RETURNING received")
            .bind(agency.0.clone())
            .bind(hash.0.to_vec())
            .bind(ms(length))
            .fetch_all(&mut **transaction)
            .await?;
    ended.iter().map(|row| unsigned(row, "received")).sum()
}

/// Drops deliveries; gives the bytes that had come of them, which count no more.
async fn drop_found(transaction: &mut Transaction<'_, Any>, agency: &AgencyId, found: Vec<AnyRow>) -> Result<u64> {
    let mut freed = 0;
    for row in found {
        let (hash, length): (Vec<u8>, i64) = (row.try_get("hash")?, row.try_get("length")?);
        let writer: Vec<u8> = row.try_get("writer_id")?;
        let dropped = sqlx::query(
            "DELETE FROM blob_delivery WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4
             RETURNING received",
        )
        .bind(agency.0.clone())
        .bind(hash.clone())
        .bind(length)
        .bind(writer.clone())
        .fetch_all(&mut **transaction)
        .await?;
        for row in &dropped {
            freed += unsigned(row, "received")?;
        }
        sqlx::query("DELETE FROM delivery_part WHERE agency_id = $1 AND hash = $2 AND length = $3 AND writer_id = $4")
            .bind(agency.0.clone())
            .bind(hash)
            .bind(length)
            .bind(writer)
            .execute(&mut **transaction)
            .await?;
    }
    if freed > 0 {
        count(transaction, agency, -ms(freed)).await?;
    }
    Ok(freed)
}

/// Gives up deliveries of which nothing came for long; gives the bytes that had come. The agency's row is
/// locked.
pub(super) async fn give_up(transaction: &mut Transaction<'_, Any>, agency: &AgencyId, now: u64) -> Result<u64> {
    let stale = sqlx::query(STALE)
        .bind(agency.0.clone())
        .bind(ms(now.saturating_sub(KEPT_MS)))
        .bind(GIVEN_UP)
        .fetch_all(&mut **transaction)
        .await?;
    drop_found(transaction, agency, stale).await
}

/// Drops what a device that is shut out had begun: nobody goes on with it. Its row in `writer` is locked.
pub(super) async fn shut_out(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    device: WriterId,
) -> Result<()> {
    lock(store, transaction, agency).await?;
    let begun =
        sqlx::query(OF_DEVICE).bind(agency.0.clone()).bind(device.0.to_vec()).fetch_all(&mut **transaction).await?;
    drop_found(transaction, agency, begun).await?;
    Ok(())
}

/// What came of a device today counts for the key that takes over from it.
pub(super) async fn hand_over(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    (old, new): (WriterId, WriterId),
    now: u64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO delivered (agency_id, writer_id, day, bytes)
         SELECT agency_id, $3, day, bytes FROM delivered WHERE agency_id = $1 AND writer_id = $2 AND day >= $4",
    )
    .bind(agency.0.clone())
    .bind(old.0.to_vec())
    .bind(new.0.to_vec())
    .bind(day(now))
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "UPDATE writer SET (came_day, came_records, came_bytes) = (SELECT came_day, came_records, came_bytes
             FROM writer AS old WHERE old.agency_id = $1 AND old.writer_id = $2)
         WHERE agency_id = $1 AND writer_id = $3",
    )
    .bind(agency.0.clone())
    .bind(old.0.to_vec())
    .bind(new.0.to_vec())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Counts an attachment that begins against the device's day; says what is full where it may not.
pub(super) async fn charge(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    length: u64,
    delivery: &Delivery,
    begins: bool,
) -> Result<Option<&'static str>> {
    let device = delivery.device.0.to_vec();
    let row =
        sqlx::query(OPEN_OF_DEVICE).bind(agency.0.clone()).bind(device.clone()).fetch_one(&mut **transaction).await?;
    if unsigned(&row, "open")? >= OPEN {
        return Ok(Some("the device began as many attachments as it may without ending them"));
    }
    let today = day(delivery.now);
    let row = sqlx::query(DELIVERED)
        .bind(agency.0.clone())
        .bind(device.clone())
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
        .bind(agency.0.clone())
        .bind(device)
        .bind(today)
        .bind(ms(length))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::blobs::{RECEIVED, STANDING, WHOLE};
    use super::super::schema;
    use super::*;

    async fn opened(dir: &tempfile::TempDir) -> Store {
        let url = format!("sqlite://{}", dir.path().join("server.sqlite").display());
        Store::open(&url).await.expect("opens")
    }

    /// Whatever a piece looks up is found by an index: its price does not grow with what was announced,
    /// delivered or begun.
    #[tokio::test]
    async fn a_piece_walks_through_no_table() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = opened(&dir).await;
        let found = [
            (HELD, "agency_id=?"),
            (STALE, "agency_id=? AND heard_ms<?"),
            (OF_DEVICE, "agency_id=? AND writer_id=?"),
            (OPEN_OF_DEVICE, "agency_id=? AND writer_id=?"),
            (DELIVERED, "agency_id=? AND writer_id=? AND day=?"),
            (WHOLE, "agency_id=? AND hash=? AND length=?"),
            (STANDING, "agency_id=? AND writer_id=?"),
            (RECEIVED, "agency_id=? AND hash=? AND length=? AND writer_id=?"),
        ];
        for (statement, by) in found {
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let steps = sqlx::query(plan).fetch_all(&store.read).await.expect("a plan");
            let steps: Vec<String> = steps.iter().map(|step| step.try_get("detail").expect("said")).collect();
            assert_eq!(steps.len(), 1, "{statement}: {steps:?}");
            assert!(steps[0].starts_with("SEARCH") && steps[0].ends_with(&format!("({by})")), "{statement}: {steps:?}");
        }
        store.close().await;
    }

    /// A database of before there was a sum is given the right one.
    #[tokio::test]
    async fn the_sum_is_made_of_what_is_there() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = opened(&dir).await;
        let before = [
            "INSERT INTO agency (agency_id, name, added_ms) VALUES ('A01', '', 0), ('A02', '', 0)",
            "INSERT INTO blob (agency_id, hash, length, received, whole, announced_ms)
             VALUES ('A01', x'01', 1000, 1000, 1, 0), ('A01', x'02', 70, 0, 0, 0), ('A01', x'03', 30, 30, 1, 0)",
            "INSERT INTO blob_delivery (agency_id, hash, length, writer_id, received, heard_ms)
             VALUES ('A01', x'02', 70, x'01', 5, 0), ('A01', x'02', 70, x'02', 2, 0)",
            "DROP TABLE attached",
            "DROP INDEX blob_delivery_writer",
            "DROP INDEX blob_delivery_heard",
            "ALTER TABLE writer DROP COLUMN came_day",
            "ALTER TABLE writer DROP COLUMN came_records",
            "ALTER TABLE writer DROP COLUMN came_bytes",
            "ALTER TABLE agency_head DROP COLUMN came_bytes",
            "ALTER TABLE agency_head DROP COLUMN entries",
            "DROP TABLE projection",
            "DROP TABLE entry",
            "DROP TABLE entry_person",
        ];
        for statement in before {
            sqlx::query(statement).execute(&store.write).await.expect("done");
        }
        let forgotten = sqlx::query("DELETE FROM migration WHERE step > $1").bind(schema::known() - 19);
        forgotten.execute(&store.write).await.expect("done");
        store.close().await;
        let store = opened(&dir).await;
        let rows = sqlx::query("SELECT bytes FROM attached ORDER BY agency_id").fetch_all(&store.read).await;
        let bytes: Vec<u64> = rows.expect("read").iter().map(|row| unsigned(row, "bytes").expect("read")).collect();
        assert_eq!(bytes, [1037, 0]);
        store.close().await;
    }
}

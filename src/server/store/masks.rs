//! Bodies masked by order (personal-information law): the server keeps envelope, signature and
//! hash of such a record, so that chain, tree, receipts and proofs stay whole, and forgets the rest.

use std::collections::BTreeMap;

use auxlog_record::{AgencyId, Event, Hash, Record, RecordId, WriterId};
use sqlx::{Any, Row as _, Transaction};

use super::audit::{self, IncidentKind};
use super::{Push, Result, Store, StoreError, about, fixed, projection, unsigned};
use crate::scope::AgencyScope;

/// An order in a record that whoever signed it may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The record whose body goes.
    pub target: RecordId,
}

/// Why the server does not carry an order out; the order stays in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotHeeded {
    /// Their role does not give such orders.
    Role,
    /// It is about a record of their own: another person orders that.
    Own,
    /// It is about a task that they logged, planned, or are named in: another person orders that.
    Involved,
    /// Nobody whose key the server knows wrote such a record.
    Unknown,
    /// Without such a record nothing of its chain, or of whom it names, could be judged.
    Kind,
    /// The record that holds it was held back.
    Held,
}

impl NotHeeded {
    /// What incidents say.
    pub fn detail(self, target: RecordId) -> String {
        let why = match self {
            Self::Role => "the role does not give such orders",
            Self::Own => "the record is the officer's own",
            Self::Involved => "the officer logged, planned or took part in the task",
            Self::Unknown => "there is no such record",
            Self::Kind => "a record of that kind cannot be masked",
            Self::Held => "it was held back: let it be given again",
        };
        format!("order to mask {target}: {why}")
    }
}

/// Carries out what a batch orders, and masks what of it was ordered before it arrived. The lock on
/// the agency's row is held, so that an order and its record never miss each other.
pub(super) async fn apply(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    pushes: &[(usize, &Push)],
    now: u64,
) -> Result<bool> {
    let mut any = waiting(transaction, agency, pushes, now).await?;
    for (_, push) in pushes {
        for fresh in &push.fresh {
            let by = RecordId { writer: push.writer, seq: fresh.seq };
            match fresh.order {
                None => {}
                Some(Ok(order)) if push.standing == auxlog_sync::message::Standing::Active => {
                    any |= heed(transaction, agency, order, by, now).await?;
                }
                Some(Ok(Order { target })) => refuse(transaction, agency, by, target, NotHeeded::Held, now).await?,
                Some(Err((target, why))) => refuse(transaction, agency, by, target, why, now).await?,
            }
        }
    }
    Ok(any)
}

/// Masks records of the batch whose orders came first.
async fn waiting(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    pushes: &[(usize, &Push)],
    now: u64,
) -> Result<bool> {
    let rows = sql!(
        "SELECT writer_id, seq, order_writer, order_seq FROM mask WHERE agency_id = $1 AND applied_ms IS NULL";
        agency
    )
    .fetch_all(&mut **transaction)
    .await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let arrived: BTreeMap<WriterId, Vec<u64>> =
        pushes.iter().map(|(_, push)| (push.writer, push.fresh.iter().map(|fresh| fresh.seq).collect())).collect();
    let mut any = false;
    for row in rows {
        let target = RecordId { writer: WriterId(fixed(&row, "writer_id")?), seq: unsigned(&row, "seq")? };
        let by = RecordId { writer: WriterId(fixed(&row, "order_writer")?), seq: unsigned(&row, "order_seq")? };
        if arrived.get(&target.writer).is_some_and(|seqs| seqs.contains(&target.seq)) {
            any |= mask(transaction, agency, target, by, now).await?;
        }
    }
    Ok(any)
}

async fn heed(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    order: Order,
    by: RecordId,
    now: u64,
) -> Result<bool> {
    let target = order.target;
    sql!(
        "INSERT INTO mask (agency_id, writer_id, seq, order_writer, order_seq) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING";
        agency, target.writer, target.seq, by.writer, by.seq
    )
    .execute(&mut **transaction)
    .await?;
    mask(transaction, agency, target, by, now).await
}

/// Forgets what a record says, wherever it lies; whether it lay anywhere.
async fn mask(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    target: RecordId,
    by: RecordId,
    now: u64,
) -> Result<bool> {
    let mut found = false;
    // A record that was held and released lies in both tables, and announced its content once.
    let mut forgotten = None;
    for table in ["event", "held", "set_aside"] {
        let select = match table {
            "event" => "SELECT hash, record FROM event WHERE agency_id = $1 AND writer_id = $2 AND seq = $3",
            "held" => "SELECT hash, record FROM held WHERE agency_id = $1 AND writer_id = $2 AND seq = $3",
            _ => "SELECT hash, record FROM set_aside WHERE agency_id = $1 AND writer_id = $2 AND seq = $3",
        };
        let rows = sql!(select; agency, target.writer, target.seq).fetch_all(&mut **transaction).await?;
        for row in rows {
            let (hash, bytes): (Hash, Vec<u8>) = (Hash(fixed(&row, "hash")?), row.try_get("record")?);
            let record = match Record::decode(&bytes) {
                Ok(record) => record,
                // What was set aside need not be a record at all.
                Err(_) if table == "set_aside" => continue,
                Err(error) => return Err(StoreError::Corrupt { table, what: error.to_string() }),
            };
            if !record.envelope().is_maskable() {
                if table == "event" {
                    refuse(transaction, agency, by, target, NotHeeded::Kind, now).await?;
                    settle(transaction, agency, target, now).await?;
                    return Ok(false);
                }
                continue;
            }
            found = true;
            if table == "event" {
                about::note_order(transaction, agency, target, by).await?;
            }
            let content = match record.event() {
                Ok(Event::Attachment(attachment)) => Some((attachment.sha256, attachment.size)),
                _ => None,
            };
            let update = match table {
                "event" => {
                    // A leaf of the second kind covers the verdict, which names nobody: it stays.
                    "UPDATE event SET record = $4, verdict = CASE WHEN lsn >
                        (SELECT leaves_from FROM agency_head WHERE agency_id = $1) THEN verdict ELSE NULL END
                     WHERE agency_id = $1 AND writer_id = $2 AND seq = $3 AND hash = $5"
                }
                "held" => {
                    "UPDATE held SET record = $4 WHERE agency_id = $1 AND writer_id = $2 AND seq = $3 AND hash = $5"
                }
                _ => {
                    "UPDATE set_aside SET record = $4
                     WHERE agency_id = $1 AND writer_id = $2 AND seq = $3 AND hash = $5"
                }
            };
            sql!(update; agency, target.writer, target.seq, record.masked().encode(), hash)
                .execute(&mut **transaction)
                .await?;
            let content = content.filter(|_| table != "set_aside" && forgotten != Some(hash));
            if let Some((of, length)) = content {
                super::blobs::forget(transaction, agency, of, length).await?;
                forgotten = Some(hash);
            }
        }
    }
    if found {
        projection::masked(transaction, agency, target).await?;
        settle(transaction, agency, target, now).await?;
        audit::note_by(transaction, agency, &by.writer.to_string(), now, "mask", &target.to_string(), &by.to_string())
            .await?;
    }
    Ok(found)
}

/// Notes that nothing more is to be done about a target.
async fn settle(transaction: &mut Transaction<'_, Any>, agency: &AgencyId, target: RecordId, now: u64) -> Result<()> {
    sql!(
        "UPDATE mask SET applied_ms = $4 WHERE agency_id = $1 AND writer_id = $2 AND seq = $3";
        agency, target.writer, target.seq, now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn refuse(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    by: RecordId,
    target: RecordId,
    why: NotHeeded,
    now: u64,
) -> Result<()> {
    let kind = IncidentKind::MaskRefused;
    audit::file(transaction, agency, now, kind, by.writer, by.seq, &why.detail(target)).await
}

impl Store {
    /// Whether a record in the log may be masked; `None` where it has not arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_maskable(&self, scope: &AgencyScope, id: RecordId) -> Result<Option<bool>> {
        let row = sql!(
            "SELECT record FROM event WHERE agency_id = $1 AND writer_id = $2 AND seq = $3";
            scope.agency(), id.writer, id.seq
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let bytes: Vec<u8> = row.try_get("record")?;
        let record = Record::decode(&bytes).map_err(|e| StoreError::Corrupt { table: "event", what: e.to_string() })?;
        Ok(Some(record.envelope().is_maskable()))
    }

    /// Whether an order in the log names a record.
    pub(crate) async fn is_ordered(&self, scope: &AgencyScope, id: RecordId) -> Result<bool> {
        let row = sql!(
            "SELECT 1 AS known FROM mask WHERE agency_id = $1 AND writer_id = $2 AND seq = $3";
            scope.agency(), id.writer, id.seq
        )
        .fetch_optional(&self.read)
        .await?;
        Ok(row.is_some())
    }

    /// Has what was masked leave the files too. Best effort: where it fails, the database writes
    /// over it in time.
    pub(super) async fn scrub(&self) {
        let Some(statement) = self.dialect.scrub else { return };
        if let Err(error) = sqlx::query(statement).execute(&self.write).await {
            tracing::warn!(%error, "what was masked may lie in the write-ahead log for a while");
        }
    }
}

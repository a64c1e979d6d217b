//! Which records of a log are about which task, so that a task's history is found without reading the
//! log.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use auxlog_record::{
    AgencyId, Authority, AuxiliaryId, Event, Former, PublicKey, Record, RecordId, Word, WriterId, begins_history,
    is_office,
};
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::{Fresh, Result, Store, StoreError, fixed, log, pieces, unsigned, values};
use crate::scope::AgencyScope;

/// Records read at a time when the table is filled.
const CHUNK: u64 = 1000;

/// A record in the log with what the log says of it.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The record, without its body where that was masked.
    pub record: Record,
    /// What the log says of it.
    pub word: Word,
}

/// What was read of an agency's office.
#[derive(Debug, Default)]
pub(super) struct OfficeKnown {
    records: Arc<Vec<Placed>>,
    /// Up to this number of the log.
    read: u64,
    folded: Option<Arc<Folded>>,
}

/// Who is who by the first so many of an office's records.
#[derive(Debug)]
struct Folded {
    server: [u8; 32],
    former: Vec<Former>,
    records: usize,
    authority: Arc<Authority>,
}

/// The tasks in whose history a record stands. An order to mask stands in that of the record that it
/// masks, which is looked up when it is carried out.
pub(crate) fn tasks(id: RecordId, event: &Event) -> Vec<RecordId> {
    let own = event.begins_history().then_some(id);
    own.into_iter().chain(event.target().filter(|_| event.is_history())).collect()
}

/// What a record stands in the history of: tasks, entries, and persons whom an entry names.
pub(crate) fn about(id: RecordId, event: &Event) -> Vec<RecordId> {
    tasks(id, event).into_iter().chain(persons_of(event).iter().map(person_key)).collect()
}

/// Under which name what a record says of a person is found.
pub(crate) fn person_key(person: &AuxiliaryId) -> RecordId {
    let hash = auxlog_record::crypto::sha256(&[b"person", person.0.as_bytes()]);
    RecordId { writer: WriterId(hash.0.first_chunk().copied().unwrap_or_default()), seq: 0 }
}

/// The most persons whom one record is found by: more than an agreement covers.
const MOST_PERSONS: usize = 2_000;

/// The persons whom an entry of a register, or its correction, names.
pub(crate) fn persons_of(event: &Event) -> Vec<AuxiliaryId> {
    let mut persons = match event {
        Event::EntryMade(made) => {
            auxlog_registers::numbered(made.register).map(|register| register.persons(&made.data)).unwrap_or_default()
        }
        // Which register it is of stands in the entry; whoever is meant is a text of it.
        Event::EntryCorrected(corrected) => {
            let texts = corrected.data.values().flat_map(auxlog_record::Datum::texts);
            texts.take(MOST_PERSONS).map(|text| AuxiliaryId(text.to_owned())).collect()
        }
        _ => Vec::new(),
    };
    persons.truncate(MOST_PERSONS);
    persons
}

/// Notes which tasks the records are about that took the numbers after `first`. That a task's own record is
/// about it needs no row: it bears its name.
pub(super) async fn note(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    first: u64,
    rows: &[(WriterId, &Fresh)],
) -> Result<()> {
    let about = (first + 1..).zip(rows).flat_map(|(lsn, (writer, fresh))| {
        let own = RecordId { writer: *writer, seq: fresh.seq };
        fresh.about.iter().filter(move |task| **task != own).map(move |task| (*task, lsn))
    });
    insert(store, transaction, agency, &about.collect::<Vec<_>>()).await
}

async fn insert(
    store: &Store,
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    about: &[(RecordId, u64)],
) -> Result<()> {
    for piece in pieces(about) {
        let statement = format!(
            "INSERT INTO about (agency_id, task_writer, task_seq, lsn) VALUES {} ON CONFLICT DO NOTHING",
            values(store.dialect, piece.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for (task, lsn) in piece {
            query = bind!(query; agency, task.writer, task.seq, lsn);
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Puts an order to mask beside the record that it masked, in the history of each task that this one stands in.
pub(super) async fn note_order(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    target: RecordId,
    order: RecordId,
) -> Result<()> {
    sql!(
        "INSERT INTO about (agency_id, task_writer, task_seq, lsn)
         SELECT a.agency_id, a.task_writer, a.task_seq, o.lsn
         FROM event t JOIN about a ON a.agency_id = t.agency_id AND a.lsn = t.lsn
         JOIN event o ON o.agency_id = t.agency_id AND o.writer_id = $4 AND o.seq = $5
         WHERE t.agency_id = $1 AND t.writer_id = $2 AND t.seq = $3
         UNION SELECT t.agency_id, t.writer_id, t.seq, o.lsn
         FROM event t JOIN event o ON o.agency_id = t.agency_id AND o.writer_id = $4 AND o.seq = $5
         WHERE t.agency_id = $1 AND t.writer_id = $2 AND t.seq = $3 ON CONFLICT DO NOTHING";
        agency, target.writer, target.seq, order.writer, order.seq
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// All records of the log about a task, in its order.
pub(super) async fn of_task<'c>(
    from: impl sqlx::Executor<'c, Database = Any>,
    agency: &AgencyId,
    task: RecordId,
) -> Result<Vec<Placed>> {
    let rows = sql!(
        "SELECT e.lsn, e.record, e.recv_ms, e.disposition, e.verdict
         FROM about a JOIN event e ON e.agency_id = a.agency_id AND e.lsn = a.lsn
         WHERE a.agency_id = $1 AND a.task_writer = $2 AND a.task_seq = $3
         UNION SELECT lsn, record, recv_ms, disposition, verdict FROM event
         WHERE agency_id = $1 AND writer_id = $2 AND seq = $3 ORDER BY lsn";
        agency, task.writer, task.seq
    )
    .fetch_all(from)
    .await?;
    let mut about = rows.iter().map(placed).collect::<Result<Vec<_>>>()?;
    about.retain(|placed| placed.record.id() != task || begins_history(placed.record.envelope().kind));
    Ok(about)
}

impl Store {
    /// All records of the log about a task, in its order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn about(&self, scope: &AgencyScope, task: RecordId) -> Result<Vec<Placed>> {
        of_task(&self.read, scope.agency(), task).await
    }

    /// The tasks in whose history a record of the log stands, emptied or not.
    pub(crate) async fn tasks_of(&self, scope: &AgencyScope, record: RecordId) -> Result<Vec<RecordId>> {
        let rows = sql!(
            "SELECT e.lsn, e.record, e.recv_ms, e.disposition, e.verdict, a.task_writer, a.task_seq FROM event e
             LEFT JOIN about a ON a.agency_id = e.agency_id AND a.lsn = e.lsn
             WHERE e.agency_id = $1 AND e.writer_id = $2 AND e.seq = $3";
            scope.agency(), record.writer, record.seq
        )
        .fetch_all(&self.read)
        .await?;
        let mut tasks = BTreeSet::new();
        for row in &rows {
            if begins_history(placed(row)?.record.envelope().kind) {
                tasks.insert(record);
            }
            if row.try_get::<Option<i64>, _>("task_seq")?.is_some() {
                let writer = WriterId(fixed(row, "task_writer")?);
                tasks.insert(RecordId { writer, seq: unsigned(row, "task_seq")? });
            }
        }
        Ok(tasks.into_iter().collect())
    }

    /// All that the agency's office says of who is who, in the log's order; not the entries that it made in
    /// registers. What was read before is kept: the log only grows, and its numbers are given in the order of
    /// its commits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn office_records(&self, scope: &AgencyScope) -> Result<Arc<Vec<Placed>>> {
        let (known, read) = self.known(scope, |known| (Arc::clone(&known.records), known.read));
        let rows = sql!(
            "SELECT e.lsn, e.record, e.recv_ms, e.disposition, e.verdict
             FROM office_writer o JOIN event e ON e.agency_id = o.agency_id AND e.writer_id = o.writer_id
             WHERE o.agency_id = $1 AND e.lsn > $2 ORDER BY e.lsn";
            scope.agency(), read
        )
        .fetch_all(&self.read)
        .await?;
        let Some(last) = rows.last() else { return Ok(known) };
        let read = unsigned(last, "lsn")?;
        let mut all = Vec::clone(&known);
        for row in &rows {
            let placed = placed(row)?;
            if is_office(placed.record.envelope().kind) {
                all.push(placed);
            }
        }
        let all = Arc::new(all);
        self.known(scope, |known| (known.records, known.read) = (Arc::clone(&all), read));
        Ok(all)
    }

    /// Who is who by the agency's office, in the log of the server with this key. Of what was taken before,
    /// nothing is taken anew.
    pub(crate) async fn authority(&self, scope: &AgencyScope, server: &PublicKey) -> Result<Arc<Authority>> {
        let (server, former) = (server.to_bytes(), self.former_keys(scope).await?);
        let records = self.office_records(scope).await?;
        let before = self.known(scope, |known| known.folded.clone());
        let before = before
            .filter(|before| before.server == server && before.former == former && before.records <= records.len());
        let (mut authority, taken) = match before {
            Some(before) if before.records == records.len() => return Ok(Arc::clone(&before.authority)),
            Some(before) => (Authority::clone(&before.authority), before.records),
            None => (Authority::of(Some(server), former.clone()), 0),
        };
        for Placed { record, word } in records.iter().skip(taken) {
            if let Ok(event) = record.event() {
                authority.take(record, &event, Some(word));
            }
        }
        let authority = Arc::new(authority);
        let folded = Folded { server, former, records: records.len(), authority: Arc::clone(&authority) };
        self.known(scope, |known| known.folded = Some(Arc::new(folded)));
        Ok(authority)
    }

    fn known<T>(&self, scope: &AgencyScope, look: impl FnOnce(&mut OfficeKnown) -> T) -> T {
        let mut known = self.office_known.lock().unwrap_or_else(PoisonError::into_inner);
        look(known.entry(scope.agency().clone()).or_default())
    }

    /// Fills the table for logs that are older than it.
    pub(crate) async fn fill_about(&self) -> Result<()> {
        for (agency, _) in self.agencies().await? {
            let done = sql!("SELECT about_done, size FROM agency_head WHERE agency_id = $1"; agency)
                .fetch_one(&self.read)
                .await?;
            if unsigned(&done, "about_done")? == 0 {
                let size = unsigned(&done, "size")?;
                for first in (0..size).step_by(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
                    self.again(|| self.fill_chunk(&agency, first)).await?;
                }
                sql!("UPDATE agency_head SET about_done = 1 WHERE agency_id = $1"; agency).execute(&self.write).await?;
            }
        }
        Ok(())
    }

    async fn fill_chunk(&self, agency: &AgencyId, first: u64) -> Result<()> {
        let mut transaction = self.begin().await?;
        let rows = sql!(
            "SELECT lsn, record, recv_ms, disposition, verdict FROM event
             WHERE agency_id = $1 AND lsn > $2 AND lsn <= $3 ORDER BY lsn";
            agency, first, first + CHUNK
        )
        .fetch_all(&mut *transaction)
        .await?;
        let mut about = Vec::new();
        let mut orders = Vec::new();
        for row in &rows {
            let Placed { record, word } = placed(row)?;
            let Ok(event) = record.event() else { continue };
            let others = tasks(record.id(), &event).into_iter().filter(|task| *task != record.id());
            about.extend(others.map(|task| (task, word.lsn)));
            if let Event::MaskOrdered(order) = event {
                orders.push((order.target, record.id()));
            }
        }
        insert(self, &mut transaction, agency, &about).await?;
        for (target, order) in orders {
            note_order(&mut transaction, agency, target, order).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

pub(super) fn placed(row: &sqlx::any::AnyRow) -> Result<Placed> {
    let bytes: Vec<u8> = row.try_get("record")?;
    let record = Record::decode(&bytes).map_err(|e| StoreError::Corrupt { table: "event", what: e.to_string() })?;
    Ok(Placed { word: log::word(row, None)?, record })
}

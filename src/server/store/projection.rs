//! Tasks and entries of registers, folded from an agency's log into a table by a cursor. The table says nothing
//! that the log does not: it is thrown away and folded anew at will.

use std::collections::BTreeSet;

use auxlog_record::fold::{Fold, Memory, TaskView};
use auxlog_record::{
    AgencyId, Authority, AuxiliaryId, Event, PublicKey, Record, RecordId, Word, WriterId, begins_history,
};
use auxlog_registers::Dossier;
use data_encoding::HEXLOWER;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use super::about::{of_task, placed};
use super::{Placed, Result, Store, StoreError, fixed, ms, pieces, unsigned, values};
use crate::scope::AgencyScope;

/// Grows when rows are made otherwise than before.
const VERSION: u32 = 2;

/// Tasks stand where the number of a register would; no register has it.
pub(super) const TASKS: u16 = 0;

/// Records of the log that are looked at in one transaction.
const CHUNK: u64 = 2000;

/// By what rows are made: those of another version, another server's key or other registers are thrown away.
fn made_by(server: &PublicKey) -> String {
    let registers = auxlog_registers::all().iter().map(|register| format!(" {}.{}", register.number, register.schema));
    format!("{VERSION} {}{}", HEXLOWER.encode(&server.to_bytes()), registers.collect::<String>())
}

/// What a chunk is folded with.
struct With<'a> {
    agency: &'a AgencyId,
    authority: &'a Authority,
    made_by: &'a str,
    /// The log's length when the authority was read.
    size: u64,
}

impl Store {
    /// Folds what the log has got since the entries were folded last, or with `anew` all of it. Gives how many
    /// records were looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn project(&self, scope: &AgencyScope, server: &PublicKey, mut anew: bool) -> Result<u64> {
        let (agency, made_by) = (scope.agency(), made_by(server));
        let row = sqlx::query(
            "SELECT h.size, p.made_by, p.lsn FROM agency_head h LEFT JOIN projection p ON p.agency_id = h.agency_id
             WHERE h.agency_id = $1",
        )
        .bind(agency.0.clone())
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| StoreError::NoAgency(agency.clone()))?;
        let (size, by): (u64, Option<String>) = (unsigned(&row, "size")?, row.try_get("made_by")?);
        if !anew && by.as_ref() == Some(&made_by) && unsigned(&row, "lsn")? >= size {
            return Ok(0);
        }
        // Read after the length: it knows whoever wrote up to there.
        let authority = self.authority(scope, server).await?;
        let with = With { agency, authority: &authority, made_by: &made_by, size };
        let mut looked = 0;
        while let Some(records) = self.again(|| self.fold_chunk(&with, anew)).await? {
            (looked, anew) = (looked + records, false);
        }
        Ok(looked)
    }

    /// Folds the next records; `None` where there are none. Replicas take turns.
    async fn fold_chunk(&self, with: &With<'_>, anew: bool) -> Result<Option<u64>> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO projection (agency_id, made_by, lsn) VALUES ($1, '', 0) ON CONFLICT DO NOTHING")
            .bind(with.agency.0.clone())
            .execute(&mut *transaction)
            .await?;
        let lock = format!("SELECT made_by, lsn FROM projection WHERE agency_id = $1{}", self.dialect.for_update);
        let row = sqlx::query(AssertSqlSafe(lock)).bind(with.agency.0.clone()).fetch_one(&mut *transaction).await?;
        let mut from = unsigned(&row, "lsn")?;
        let fresh = anew || row.try_get::<String, _>("made_by")? != with.made_by;
        if fresh {
            for table in ["DELETE FROM entry WHERE agency_id = $1", "DELETE FROM entry_person WHERE agency_id = $1"] {
                sqlx::query(table).bind(with.agency.0.clone()).execute(&mut *transaction).await?;
            }
            from = 0;
        }
        if from >= with.size && !fresh {
            return Ok(None);
        }
        let to = with.size.min(from + CHUNK).max(from);
        let came = came(&mut transaction, with.agency, from, to).await?;
        let (views, gone) = self.folded(&mut transaction, with, came, (from, to)).await?;
        self.put(&mut transaction, with.agency, &views, &gone).await?;
        sqlx::query("UPDATE projection SET made_by = $2, lsn = $3 WHERE agency_id = $1")
            .bind(with.agency.0.clone())
            .bind(with.made_by.to_owned())
            .bind(ms(to))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(to - from))
    }

    /// Entries as they are after these records, and those that there were before.
    async fn folded(
        &self,
        transaction: &mut Transaction<'_, Any>,
        with: &With<'_>,
        came: Vec<(Record, Event, Word)>,
        (from, to): (u64, u64),
    ) -> Result<(Vec<TaskView>, Vec<RecordId>)> {
        let (mut made, mut about, mut emptied) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (record, event, _) in &came {
            match event {
                Event::MaskOrdered(order) => {
                    emptied.insert(order.target);
                }
                event if event.begins_history() => {
                    made.insert(record.id());
                    // The plan that a task carries out is done by it.
                    about.extend(event.target());
                }
                event => about.extend(event.target()),
            }
        }
        let known = self.entries_kept(transaction, with.agency, about.difference(&made).copied().collect()).await?;
        // What was written about an entry before it arrived, and what lost a record, is folded from all of the log.
        let mut whole = BTreeSet::new();
        for target in emptied {
            whole.extend(stands_in(transaction, with.agency, target).await?);
        }
        if !made.is_empty() {
            whole.extend(late(transaction, with.agency, from, to).await?.intersection(&made));
        }
        let mut gone: Vec<RecordId> = known.iter().map(|view| view.id).chain(whole.iter().copied()).collect();
        gone.sort_unstable();
        gone.dedup();
        let mut entries: BTreeSet<RecordId> = known.iter().map(|view| view.id).chain(made).collect();
        entries.retain(|entry| !whole.contains(entry));
        let tasks = known.into_iter().filter(|view| !whole.contains(&view.id)).map(|view| (view.id, view)).collect();
        let mut views = Memory { authority: with.authority.clone(), tasks, ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for (record, event, word) in came {
            let about = if event.begins_history() { Some(record.id()) } else { event.target() };
            if about.is_some_and(|about| entries.contains(&about)) && !matches!(event, Event::MaskOrdered(_)) {
                let Ok(()) = fold.take(&record, event, Some(&word));
            }
        }
        let Ok(()) = fold.finish();
        // A task touches the plan that it carries out, which may be folded from all of the log.
        let folded = views.tasks.into_values().filter(|view| entries.contains(&view.id));
        let mut all: Vec<TaskView> = folded.collect();
        for history in &whole {
            all.extend(self.whole(transaction, with, *history, to).await?);
        }
        Ok((all, gone))
    }

    /// A history, folded from all that the log has of it; `None` where its first record comes later, with which
    /// it is folded.
    async fn whole(
        &self,
        transaction: &mut Transaction<'_, Any>,
        with: &With<'_>,
        history: RecordId,
        to: u64,
    ) -> Result<Option<TaskView>> {
        let placed = of_task(&mut **transaction, with.agency, history).await?;
        let base = placed.iter().find(|of| of.record.id() == history && of.word.lsn <= to);
        if base.is_none_or(|base| !begins_history(base.record.envelope().kind)) {
            return Ok(None);
        }
        let mut views = Memory { authority: with.authority.clone(), ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for Placed { record, word } in placed {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(&record, event, Some(&word));
            }
        }
        let Ok(()) = fold.finish();
        Ok(views.tasks.remove(&history))
    }

    /// Entries as they were folded so far.
    async fn entries_kept(
        &self,
        transaction: &mut Transaction<'_, Any>,
        agency: &AgencyId,
        entries: Vec<RecordId>,
    ) -> Result<Vec<TaskView>> {
        let mut views = Vec::new();
        for piece in pieces(&entries) {
            let of = if self.dialect.numbered { format!("${}", piece.len() * 2 + 1) } else { "?".to_owned() };
            let statement = format!(
                "SELECT history FROM entry WHERE (writer_id, seq) IN (VALUES {}) AND agency_id = {of}",
                values(self.dialect, piece.len(), 2)
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for entry in piece {
                query = query.bind(entry.writer.0.to_vec()).bind(ms(entry.seq));
            }
            for row in query.bind(agency.0.clone()).fetch_all(&mut **transaction).await? {
                views.push(history(&row)?);
            }
        }
        Ok(views)
    }

    /// Keeps entries in the place of those that there were.
    async fn put(
        &self,
        transaction: &mut Transaction<'_, Any>,
        agency: &AgencyId,
        views: &[TaskView],
        gone: &[RecordId],
    ) -> Result<()> {
        for entry in gone {
            forget(transaction, agency, *entry).await?;
        }
        let rows: Vec<(&TaskView, u16, Vec<AuxiliaryId>)> = views.iter().filter_map(row_of).collect();
        for piece in pieces(&rows) {
            let statement = format!(
                "INSERT INTO entry (agency_id, writer_id, seq, register, history) VALUES {}",
                values(self.dialect, piece.len(), 5)
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for (view, register, _) in piece {
                query = query
                    .bind(agency.0.clone())
                    .bind(view.id.writer.0.to_vec())
                    .bind(ms(view.id.seq))
                    .bind(i64::from(*register))
                    .bind(minicbor::to_vec(view).expect("writing to memory cannot fail"));
            }
            query.execute(&mut **transaction).await?;
        }
        let named = |(view, register, persons): &(&TaskView, u16, Vec<AuxiliaryId>)| {
            let (entry, register) = (view.id, *register);
            persons.clone().into_iter().map(move |person| (person, register, entry))
        };
        let persons: Vec<_> = rows.iter().flat_map(named).collect();
        for piece in pieces(&persons) {
            let statement = format!(
                "INSERT INTO entry_person (agency_id, person_id, register, writer_id, seq) VALUES {}",
                values(self.dialect, piece.len(), 5)
            );
            let mut query = sqlx::query(AssertSqlSafe(statement));
            for (person, register, entry) in piece {
                query = query
                    .bind(agency.0.clone())
                    .bind(person.0.clone())
                    .bind(i64::from(*register))
                    .bind(entry.writer.0.to_vec())
                    .bind(ms(entry.seq));
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

/// The row of a history: where it stands, and whom it names. None where its first record has not arrived.
fn row_of(view: &TaskView) -> Option<(&TaskView, u16, Vec<AuxiliaryId>)> {
    if let Some(dossier) = Dossier::of(view) {
        return Some((view, dossier.register.number, dossier.persons()));
    }
    let base = view.base()?;
    if matches!(base.event.0, Event::EntryMade(_)) {
        return None;
    }
    let mut persons: Vec<AuxiliaryId> = view.task.auxiliaries.iter().map(|stated| stated.id.clone()).collect();
    persons.sort_unstable();
    persons.dedup();
    Some((view, TASKS, persons))
}

/// The history in a row.
pub(super) fn history(row: &sqlx::any::AnyRow) -> Result<TaskView> {
    let bytes: Vec<u8> = row.try_get("history")?;
    minicbor::decode(&bytes).map_err(|e| StoreError::Corrupt { table: "entry", what: e.to_string() })
}

/// The records among those of the log that stand in a history, and what masks them.
async fn came(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    from: u64,
    to: u64,
) -> Result<Vec<(Record, Event, Word)>> {
    let rows = sqlx::query(
        "SELECT lsn, record, recv_ms, disposition, verdict FROM event
         WHERE agency_id = $1 AND lsn > $2 AND lsn <= $3 ORDER BY lsn",
    )
    .bind(agency.0.clone())
    .bind(ms(from))
    .bind(ms(to))
    .fetch_all(&mut **transaction)
    .await?;
    let mut came = Vec::new();
    for row in &rows {
        let Placed { record, word } = placed(row)?;
        if let Ok(event) = record.event()
            && (event.is_history() || matches!(event, Event::MaskOrdered(_)))
        {
            came.push((record, event, word));
        }
    }
    Ok(came)
}

/// The histories in which a record stands.
async fn stands_in(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    record: RecordId,
) -> Result<BTreeSet<RecordId>> {
    let rows = sqlx::query(
        "SELECT a.task_writer, a.task_seq FROM event e
         JOIN about a ON a.agency_id = e.agency_id AND a.lsn = e.lsn
         WHERE e.agency_id = $1 AND e.writer_id = $2 AND e.seq = $3",
    )
    .bind(agency.0.clone())
    .bind(record.writer.0.to_vec())
    .bind(ms(record.seq))
    .fetch_all(&mut **transaction)
    .await?;
    let mut all = BTreeSet::from([record]);
    for row in &rows {
        all.insert(RecordId { writer: WriterId(fixed(row, "task_writer")?), seq: unsigned(row, "task_seq")? });
    }
    Ok(all)
}

/// Those of the records after `from`, up to `to`, about which the log had something before.
async fn late(
    transaction: &mut Transaction<'_, Any>,
    agency: &AgencyId,
    from: u64,
    to: u64,
) -> Result<BTreeSet<RecordId>> {
    // In this order: there are few of the first.
    let rows = sqlx::query(
        "SELECT DISTINCT e.writer_id, e.seq FROM event e CROSS JOIN about a
         WHERE e.agency_id = $1 AND e.lsn > $2 AND e.lsn <= $3
             AND a.agency_id = e.agency_id AND a.task_writer = e.writer_id AND a.task_seq = e.seq AND a.lsn <= $2",
    )
    .bind(agency.0.clone())
    .bind(ms(from))
    .bind(ms(to))
    .fetch_all(&mut **transaction)
    .await?;
    let id = |row| Ok(RecordId { writer: WriterId(fixed(row, "writer_id")?), seq: unsigned(row, "seq")? });
    rows.iter().map(id).collect()
}

/// Forgets an entry.
async fn forget(transaction: &mut Transaction<'_, Any>, agency: &AgencyId, entry: RecordId) -> Result<()> {
    for table in [
        "DELETE FROM entry WHERE agency_id = $1 AND writer_id = $2 AND seq = $3",
        "DELETE FROM entry_person WHERE agency_id = $1 AND writer_id = $2 AND seq = $3",
    ] {
        sqlx::query(table)
            .bind(agency.0.clone())
            .bind(entry.writer.0.to_vec())
            .bind(ms(entry.seq))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Forgets entries of which a record is masked, in the transaction that does it; the cursor folds what is left of
/// them when it comes to the order.
pub(super) async fn masked(transaction: &mut Transaction<'_, Any>, agency: &AgencyId, record: RecordId) -> Result<()> {
    // Whoever folds meanwhile is done first: what they read of the record goes too.
    sqlx::query("UPDATE projection SET lsn = lsn WHERE agency_id = $1")
        .bind(agency.0.clone())
        .execute(&mut **transaction)
        .await?;
    for entry in stands_in(transaction, agency, record).await? {
        forget(transaction, agency, entry).await?;
    }
    Ok(())
}

//! Whether the steps that a push takes were open to their author: the fold of every laptop, asked by
//! the server. One that was not is kept, and has no effect anywhere.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::fold::{self, Author, Fold, Memory};
use auxlog_record::kind::number;
use auxlog_record::review::may_record;
use auxlog_record::{Authority, Disposition, Event, PublicKey, Record, RecordId, Role, Word};

use crate::scope::AgencyScope;
use crate::store::{DeviceRow, Fresh, Placed, Store, StoreError, tasks as about};

/// Notes which of these records are steps without effect.
///
/// # Errors
/// When the database fails.
pub(crate) async fn judge(
    store: &Store,
    scope: &AgencyScope,
    server: &PublicKey,
    role: Role,
    now: u64,
    beside: &[(Record, Event)],
    pushed: &mut [Fresh],
) -> Result<(), StoreError> {
    let read = |fresh: &Fresh| {
        let record = Record::decode(&fresh.record).ok()?;
        let event = record.event().ok()?;
        Some((record, event))
    };
    let records: Vec<Option<(Record, Event)>> = pushed.iter().map(read).collect();
    if !may_record(role) {
        for (fresh, read) in pushed.iter_mut().zip(&records) {
            if read.as_ref().is_some_and(|(_, event)| event.is_history()) {
                fresh.disposition = void_as(fresh.disposition);
            }
        }
    }
    // Each task's history once, however many steps are taken about it: none is judged by what came later.
    let mut tasks: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
    for (at, (record, event)) in records.iter().enumerate().filter_map(|(at, read)| Some((at, read.as_ref()?))) {
        for task in about(record.id(), event) {
            tasks.entry(task).or_default().push(at);
        }
    }
    let is_step = |at: &usize| records[*at].as_ref().is_some_and(|(record, _)| is_step(record));
    tasks.retain(|_, about| about.iter().any(is_step));
    if tasks.is_empty() {
        return Ok(());
    }
    let mut authority = Authority::clone(&*store.authority(scope, server).await?);
    // What is being appended stands behind all that is in the log.
    let next = Word { lsn: u64::MAX, recv_ms: now, ..Word::default() };
    for (task, fresh) in tasks {
        let here = beside.iter().map(|(record, event)| (record, event));
        let here: Vec<(&Record, &Event)> =
            here.chain(records.iter().flatten().map(|(record, event)| (record, event))).collect();
        let (stored, plan) = with_plan(store, scope, task, &here).await?;
        let mut views = Memory { authority, ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for Placed { record, word } in &stored {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(record, &event, Some(word));
            }
        }
        // Each counts for what its author had seen, in whichever order they are taken.
        for (record, event) in here {
            if Some(record.id()) == plan || about(record.id(), event).contains(&task) {
                let Ok(()) = fold.take(record, event, Some(&next));
            }
        }
        let Ok(()) = fold.finish();
        authority = std::mem::take(&mut views.authority);
        let history = views.tasks.get(&task).map(fold::TaskView::history).unwrap_or_default();
        let void: BTreeSet<RecordId> =
            history.into_iter().filter(|entry| entry.void.is_some()).map(|entry| entry.record).collect();
        for at in fresh.into_iter().filter(is_step) {
            if records[at].as_ref().is_some_and(|(record, _)| void.contains(&record.id())) {
                pushed[at].disposition = void_as(pushed[at].disposition);
            }
        }
    }
    Ok(())
}

/// Whether an officer logged, planned or arranged a task that a record is about, or is named in it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_involved(
    store: &Store,
    scope: &AgencyScope,
    server: &PublicKey,
    writer: &DeviceRow,
    record: RecordId,
) -> Result<bool, StoreError> {
    let author = Author { writer: writer.writer, officer: writer.officer.clone(), ..Author::default() };
    for task in store.tasks_of(scope, record).await? {
        let mut views =
            Memory { authority: Authority::clone(&*store.authority(scope, server).await?), ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for Placed { record, word } in &with_plan(store, scope, task, &[]).await?.0 {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(record, &event, Some(word));
            }
        }
        let Ok(()) = fold.finish();
        if views.tasks.get(&task).is_some_and(|view| !view.may_decide(&author)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Kinds of which some are open to some people only.
fn is_step(record: &Record) -> bool {
    matches!(record.envelope().kind, number::REVIEW_STEP | number::STATEMENT | number::REJUDGED)
}

/// The records of the log about a task and the plan that it carries out, and which that is. `here` is what is
/// being appended: the task may be among it.
async fn with_plan(
    store: &Store,
    scope: &AgencyScope,
    task: RecordId,
    here: &[(&Record, &Event)],
) -> Result<(Vec<Placed>, Option<RecordId>), StoreError> {
    let mut about = store.about(scope, task).await?;
    let plan_of = |event: &Event| if let Event::TaskLogged(logged) = event { logged.plan } else { None };
    let stored = about.iter().find(|placed| placed.record.id() == task).and_then(|placed| placed.record.event().ok());
    let coming = || here.iter().find(|(record, _)| record.id() == task).and_then(|(_, event)| plan_of(event));
    let planned = stored.as_ref().and_then(plan_of).or_else(coming);
    if let Some(plan) = planned {
        about.extend(store.about(scope, plan).await?.into_iter().filter(|placed| placed.record.id() == plan));
    }
    Ok((about, planned))
}

/// Void, and of a time as doubtful as it was found.
fn void_as(found: Disposition) -> Disposition {
    if found.is_doubtful() { Disposition::Void.doubtful() } else { Disposition::Void }
}

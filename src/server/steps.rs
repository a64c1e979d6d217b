//! Whether the steps that a push takes were open to their author: the fold of every laptop, asked by
//! the server. One that was not is kept, and has no effect anywhere.

use auxlog_record::fold::{Fold, Memory};
use auxlog_record::kind::number;
use auxlog_record::review::may_record;
use auxlog_record::{Authority, Disposition, Event, PublicKey, Record, RecordId, Role, Word};

use crate::scope::AgencyScope;
use crate::store::{Fresh, Placed, Store, StoreError};

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
    pushed: &mut [Fresh],
) -> Result<(), StoreError> {
    let read = |fresh: &Fresh| Record::decode(&fresh.record).ok();
    let records: Vec<Option<Record>> = pushed.iter().map(read).collect();
    if !may_record(role) {
        for (fresh, _) in pushed.iter_mut().zip(&records).filter(|(_, record)| record.as_ref().is_some_and(is_about)) {
            fresh.disposition = Disposition::Void;
        }
    }
    if !records.iter().flatten().any(is_step) {
        return Ok(());
    }
    let mut authority = Authority::of(Some(server.to_bytes()));
    for Placed { record, word } in store.office_records(scope).await? {
        if let Ok(event) = record.event() {
            authority.take(&record, &event, Some(&word));
        }
    }
    // What is being appended stands behind all that is in the log.
    let next = Word { lsn: u64::MAX, recv_ms: now, ..Word::default() };
    for at in 0..records.len() {
        let Some(step) = records[at].as_ref().filter(|record| is_step(record)) else { continue };
        let Some(task) = step.event().ok().and_then(|event| event.target()) else { continue };
        let about = with_plan(store, scope, task).await?;
        let mut views = Memory { authority: authority.clone(), ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        let known = about.iter().map(|placed| (&placed.record, &placed.word));
        let before = records[..=at].iter().flatten().map(|record| (record, &next));
        for (record, word) in known.chain(before) {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(record, &event, Some(word));
            }
        }
        let Ok(()) = fold.finish();
        let entry =
            views.tasks.get(&task).and_then(|view| view.history().into_iter().find(|entry| entry.record == step.id()));
        if entry.is_some_and(|entry| entry.void.is_some()) {
            pushed[at].disposition = Disposition::Void;
        }
    }
    Ok(())
}

/// Whether a record is part of a task's history.
fn is_about(record: &Record) -> bool {
    record.event().is_ok_and(|event| event.is_history())
}

/// Kinds of which some are open to some people only.
fn is_step(record: &Record) -> bool {
    matches!(record.envelope().kind, number::REVIEW_STEP | number::STATEMENT | number::REJUDGED)
}

/// The records about a task, and the plan that it carries out.
async fn with_plan(store: &Store, scope: &AgencyScope, task: RecordId) -> Result<Vec<Placed>, StoreError> {
    let mut about = store.about(scope, task).await?;
    let planned = about.iter().filter(|placed| placed.record.id() == task).find_map(|placed| {
        let Ok(Event::TaskLogged(logged)) = placed.record.event() else { return None };
        logged.plan
    });
    if let Some(plan) = planned {
        about.extend(store.about(scope, plan).await?.into_iter().filter(|placed| placed.record.id() == plan));
    }
    Ok(about)
}

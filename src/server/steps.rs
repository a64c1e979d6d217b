//! Whether the steps that a push takes were open to their author: the fold of every laptop, asked by
//! the server. One that was not is kept, and has no effect anywhere.

use std::collections::{BTreeMap, BTreeSet};

use auxlog_record::fold::{self, Author, Fold, Memory, Status};
use auxlog_record::kind::number;
use auxlog_record::review::may_record;
use auxlog_record::{Authority, Disposition, Event, Record, RecordId, Role, Vouched, Word};
use auxlog_registers::Dossier;

use crate::ingest::Ingest;
use crate::scope::AgencyScope;
use crate::store::{DeviceRow, Fresh, Placed, Store, StoreError, tasks as about};

/// Notes which of these records are steps without effect.
pub(crate) async fn judge(
    with: Ingest<'_>,
    scope: &AgencyScope,
    role: Role,
    pushed: &mut [Fresh],
) -> Result<(), StoreError> {
    let Ingest { store, judge, server, now, beside, .. } = with;
    let (keeps_tasks, author) = (may_record(role), Author { role, vouched: Vouched::Office, ..Author::default() });
    // Of most of what is pushed there is nothing to ask, and it is not read again for it.
    let is_step = |fresh: &Fresh| is_step(fresh.kind, keeps_tasks);
    if keeps_tasks && !pushed.iter().any(|fresh| is_step(fresh) || fresh.kind == number::ENTRY_MADE) {
        return Ok(());
    }
    let records: Vec<Option<Record>> = pushed.iter().map(|fresh| Record::decode(&fresh.record).ok()).collect();
    for (fresh, record) in pushed.iter_mut().zip(&records) {
        if keeps_tasks && fresh.kind != number::ENTRY_MADE || is_step(fresh) {
            continue;
        }
        let void = match record.as_ref().and_then(|record| record.event().ok()) {
            Some(Event::EntryMade(made)) => Dossier::counts(&made, &author).is_err(),
            Some(event) => event.is_history(),
            None => false,
        };
        if void {
            fresh.disposition = void_as(fresh.disposition);
        }
    }
    // Each task's history once, however many steps are taken about it.
    let mut tasks: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
    for (at, fresh) in pushed.iter().enumerate().filter(|(_, fresh)| is_step(fresh)) {
        for task in &fresh.about {
            tasks.entry(*task).or_default().push(at);
        }
    }
    if tasks.is_empty() {
        return Ok(());
    }
    let read = |record: &Option<Record>| {
        let record = record.clone()?;
        let event = record.event().ok()?;
        Some((record, event))
    };
    let read: Vec<(Record, Event)> = records.iter().filter_map(read).collect();
    // Each counts for what its author had seen, in whichever order they are taken.
    let here: Vec<&(Record, Event)> = beside.iter().chain(&read).collect();
    let mut of_task: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
    for (at, (record, event)) in here.iter().enumerate() {
        for task in about(record.id(), event) {
            of_task.entry(task).or_default().push(at);
        }
    }
    let plan_here = |task: &RecordId| {
        let places = of_task.get(task)?.iter().map(|at| here[*at]);
        places.filter(|(record, _)| record.id() == *task).find_map(|(_, event)| plan_of(event))
    };
    let mut authority = Authority::clone(&*store.authority(scope, server).await?);
    let next = Word { lsn: Word::COMING, recv_ms: now, ..Word::default() };
    for (task, steps) in tasks {
        let (stored, plan) = with_plan(store, scope, task, plan_here(&task)).await?;
        let mut views = Memory { authority, rulebooks: judge.rulebooks(scope.agency()).clone(), ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for Placed { record, word } in &stored {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(record, event, Some(word));
            }
        }
        let planned = plan.iter().flat_map(|plan| of_task.get(plan).into_iter().flatten().map(move |at| (plan, at)));
        let planned = planned.filter(|(plan, at)| here[**at].0.id() == **plan).map(|(_, at)| at);
        for (record, event) in of_task.get(&task).into_iter().flatten().chain(planned).map(|at| here[*at]) {
            let Ok(()) = fold.take(record, event.clone(), Some(&next));
        }
        let Ok(()) = fold.finish();
        authority = std::mem::take(&mut views.authority);
        let void: BTreeSet<RecordId> = match views.tasks.get(&task) {
            Some(view) if view.status == Status::Entry => {
                Dossier::of(view).map(|dossier| dossier.void.into_keys().collect()).unwrap_or_default()
            }
            view => {
                let history = view.map(fold::TaskView::history).unwrap_or_default();
                history.into_iter().filter(|entry| entry.void.is_some()).map(|entry| entry.record).collect()
            }
        };
        for at in steps {
            if records[at].as_ref().is_some_and(|record| void.contains(&record.id())) {
                pushed[at].disposition = void_as(pushed[at].disposition);
            }
        }
    }
    Ok(())
}

/// Whether an officer logged, planned or arranged a task that a record is about, or is named in it.
pub(crate) async fn is_involved(
    with: Ingest<'_>,
    scope: &AgencyScope,
    writer: &DeviceRow,
    record: RecordId,
) -> Result<bool, StoreError> {
    let Ingest { store, judge, server, .. } = with;
    let author = Author { writer: writer.writer, officer: writer.officer.clone(), ..Author::default() };
    for task in store.tasks_of(scope, record).await? {
        let authority = Authority::clone(&*store.authority(scope, server).await?);
        let mut views = Memory { authority, rulebooks: judge.rulebooks(scope.agency()).clone(), ..Memory::default() };
        let mut fold = Fold::of(&mut views);
        for Placed { record, word } in &with_plan(store, scope, task, None).await?.0 {
            if let Ok(event) = record.event() {
                let Ok(()) = fold.take(record, event, Some(word));
            }
        }
        let Ok(()) = fold.finish();
        if views.tasks.get(&task).is_some_and(|view| !view.may_decide(&author)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Kinds of which some are open to some people only, as what stands before them says.
fn is_step(kind: u16, keeps_tasks: bool) -> bool {
    match kind {
        number::REVIEW_STEP | number::STATEMENT | number::REJUDGED => keeps_tasks,
        number::ENTRY_STEPPED | number::ENTRY_CORRECTED => true,
        // A clerk may write them about entries, and about no task.
        number::ANNULMENT | number::ATTACHMENT => !keeps_tasks,
        _ => false,
    }
}

/// The plan that a task carries out.
fn plan_of(event: &Event) -> Option<RecordId> {
    if let Event::TaskLogged(logged) = event { logged.plan } else { None }
}

/// The records of the log about a task and the plan that it carries out, and which that is; `coming` where
/// the log has not got the task yet.
async fn with_plan(
    store: &Store,
    scope: &AgencyScope,
    task: RecordId,
    coming: Option<RecordId>,
) -> Result<(Vec<Placed>, Option<RecordId>), StoreError> {
    let mut about = store.about(scope, task).await?;
    let stored = about.iter().find(|placed| placed.record.id() == task).and_then(|placed| placed.record.event().ok());
    let planned = stored.as_ref().and_then(plan_of).or(coming);
    if let Some(plan) = planned {
        about.extend(store.about(scope, plan).await?.into_iter().filter(|placed| placed.record.id() == plan));
    }
    Ok((about, planned))
}

/// Void, and of a time as doubtful as it was found.
fn void_as(found: Disposition) -> Disposition {
    if found.is_doubtful() { Disposition::Void.doubtful() } else { Disposition::Void }
}

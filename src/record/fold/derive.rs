//! What follows from the records about a task.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use auxlog_law::{Answerable, Finding, RulebookSet, Severity, Verdict};

use super::entry::Entry;
use super::seen::Seen;
use super::task_view::{
    AmendmentView, Annulled, AttachmentView, Conflict, ReviewView, StatementView, Status, TaskView, Told,
};
use super::walk::Walk;
use crate::kind::number::ENTRY_MADE;
use crate::review::{Closed, ReviewStanding, Step};
use crate::{Disposition, Event, Hash, RecordId, Task, TaskField};

/// What a contradiction is called that lies in no field: no record judged the task as it stands.
pub const VERDICT: &str = "verdict";

/// Rule of the finding that a server judged the same inputs otherwise than the record says.
pub const DIFFERS: &str = "record.verdict_differs";

/// The newest records that no other one was based on.
pub(super) fn heads(view: &TaskView) -> Vec<Hash> {
    let seen = Seen::of(&view.entries, base_of(&view.entries, view.id));
    let all: Vec<usize> = (0..view.entries.len()).collect();
    seen.newest(&all).into_iter().map(|at| view.entries[at].hash).collect()
}

/// Where somebody stands who has seen everything.
pub(super) fn standing(view: &TaskView, author: &super::Author, rules: u16) -> ReviewStanding {
    let base = base_of(&view.entries, view.id);
    let seen = Seen::of(&view.entries, base);
    Walk::again(view, &seen, base).standing(author, rules, Step::TakeStatement, &|_| true)
}

/// Where the task's own record stands.
pub(super) fn base_of(entries: &[Entry], id: RecordId) -> Option<usize> {
    entries.iter().position(|entry| entry.record == id)
}

/// Derives everything from the entries.
pub(super) fn derive(view: &mut TaskView, rulebooks: &RulebookSet) {
    let mut entries = std::mem::take(&mut view.entries);
    settle(&mut entries);
    let mut next = TaskView { id: view.id, planner: view.planner.take(), ..TaskView::default() };
    let at = base_of(&entries, view.id);
    if is_entry(&entries, at) {
        next.void = vec![None; entries.len()];
        next.agency = at.map(|at| entries[at].agency.clone()).unwrap_or_default();
        (next.entries, next.status) = (entries, Status::Entry);
        lists(&mut next);
        *view = next;
        return;
    }
    base(&mut next, at.map(|at| &entries[at]));
    next.told = entries.iter().filter_map(told).collect();
    next.told.sort_by_key(|told| told.record);
    let seen = Seen::of(&entries, at);
    {
        let walk = Walk::of(&next, &entries, &seen, at, rulebooks);
        let (status, conflict) = status(&walk, &seen, at.is_some());
        let looked_at = walk.found.is_empty() && !walk.decisions.is_empty();
        let (newest_judged, void) = (walk.newest_judged(), walk.void);
        (next.status, next.looked_at, next.newest_judged, next.void) = (status, looked_at, newest_judged, void);
        next.conflicts.extend(conflict);
    }
    next.entries = entries;
    lists(&mut next);
    amendments(&mut next, &seen);
    verdicts(&mut next);
    if next.status == Status::Clear {
        let void = at.is_some_and(|at| next.void[at].is_some());
        if void || !next.annulled.is_empty() {
            next.status = Status::Annulled;
        } else if next.planned {
            next.status = Status::Planned;
        }
    }
    *view = next;
}

/// Whether it is the history of a register's entry.
fn is_entry(entries: &[Entry], base: Option<usize>) -> bool {
    let of_entry = |entry: &Entry| matches!(entry.event.0, Event::EntryStepped(_) | Event::EntryCorrected(_));
    base.map_or_else(|| entries.iter().any(of_entry), |base| entries[base].event.0.kind() == ENTRY_MADE)
}

/// Puts entries into canonical order, each once: a body once masked stays masked, and what the log
/// says of a record once known stays known, whichever form arrives later.
fn settle(entries: &mut Vec<Entry>) {
    entries.sort_by_key(Entry::place);
    entries.dedup_by(|later, kept| {
        let same = later.place() == kept.place();
        if same {
            if matches!(later.event.0, Event::Masked { .. }) {
                kept.event = later.event.clone();
            }
            if kept.word.is_none() && later.word.is_some() {
                std::mem::swap(&mut kept.word, &mut later.word);
                kept.author = later.author.clone();
                kept.rules = later.rules;
            }
        }
        same
    });
}

/// The server's verdict, where it is another than the record's. One that a newer roster or rulebook
/// explains, which the laptop had not received, is a prompt to look again and no more.
fn told(entry: &Entry) -> Option<Told> {
    let word = entry.word.as_ref()?;
    let stale = match word.disposition.apart_from_time() {
        Disposition::VerdictDiffers => false,
        Disposition::Stale => true,
        _ => return None,
    };
    // Where only the facts are other ones, the verdict is the one stated.
    let mut verdict = Verdict::clone(word.verdict.as_deref().or_else(|| entry.event.0.verdict())?);
    if stale {
        for finding in &mut verdict.findings {
            finding.severity = finding.severity.min(Severity::NeedsReview);
        }
        verdict.verdict = verdict.verdict.min(Severity::NeedsReview);
    } else {
        verdict.findings.push(Finding {
            rule: DIFFERS.to_owned(),
            severity: Severity::NeedsReview,
            activity: None,
            item: None,
            person: None,
            answers: vec![Answerable::Officer],
            cites: vec!["24".to_owned()],
            consequence: Vec::new(),
            asks: Vec::new(),
        });
        verdict.verdict = verdict.verdict.max(Severity::NeedsReview);
    }
    Some(Told { record: entry.record, stale, verdict })
}

fn base(view: &mut TaskView, base: Option<&Entry>) {
    let Some(base) = base else { return };
    let agency = base.agency.clone();
    let (task, planned, plan) = match &base.event.0 {
        Event::TaskLogged(e) => (e.task.clone(), false, e.plan),
        Event::TaskPlanned(e) => (e.task.clone(), true, None),
        _ => (Task::default(), false, None),
    };
    (view.agency, view.task, view.planned, view.plan) = (agency, task, planned, plan);
}

fn lists(view: &mut TaskView) {
    for (entry, void) in view.entries.iter().zip(&view.void) {
        let (record, author) = (entry.record, entry.author.clone());
        if let Event::ReviewStep(e) = &entry.event.0 {
            view.review.push(ReviewView {
                record,
                author,
                wall_ms: entry.wall_ms,
                decision: e.decision,
                reason: e.reason.clone(),
                measure: e.measure.clone(),
                against: e.against.clone(),
                void: *void,
            });
            continue;
        }
        if void.is_some() {
            continue;
        }
        match &entry.event.0 {
            Event::Statement(e) => view.statements.push(StatementView { record, author, statement: e.clone() }),
            Event::Attachment(e) => view.attachments.push(AttachmentView { record, author, attachment: e.clone() }),
            Event::Annulment(e) => view.annulled.push(Annulled { record, author, reason: e.reason.clone() }),
            Event::TaskLogged(_) if record != view.id => view.carried_out.push(record),
            Event::Amendment(e) => view.amendments.push(AmendmentView {
                record,
                author,
                wall_ms: entry.wall_ms,
                fields: e.fields.clone(),
                reason: e.reason.clone(),
                task: e.task.clone(),
            }),
            _ => {}
        }
    }
}

/// What a reader of each amendment sees, who has seen no more than its author, and which fields it changed.
/// One changes those that it names and, by the newer rules, whatever else of its task is another than its
/// author had seen: what was judged is what is shown.
struct Amended {
    original: Arc<Task>,
    after: BTreeMap<usize, Arc<Task>>,
    by_field: BTreeMap<TaskField, Vec<usize>>,
}

impl Amended {
    fn of(task: &Task, entries: &[Entry], void: &[Option<Closed>], seen: &Seen) -> Self {
        let original = Arc::new(task.clone());
        let mut amended = Self { original, after: BTreeMap::new(), by_field: BTreeMap::new() };
        for &at in seen.order() {
            let Event::Amendment(e) = &entries[at].event.0 else { continue };
            let before = amended.before(seen.amended(at));
            if void[at].is_some() {
                amended.after.insert(at, before);
                continue;
            }
            let mut fields: BTreeSet<TaskField> = e.fields.iter().filter_map(|name| TaskField::named(name)).collect();
            if entries[at].rules > 1 {
                fields.extend(before.changed_fields(&e.task));
            }
            let mut task = Task::clone(&before);
            for field in fields {
                task.take_field(&e.task, field);
                amended.by_field.entry(field).or_default().push(at);
            }
            amended.after.insert(at, Arc::new(task));
        }
        amended
    }

    /// The task as somebody saw it whose newest amendments are these; of several the last shows, field by
    /// field.
    fn before(&self, newest: &[usize]) -> Arc<Task> {
        match newest {
            [] => Arc::clone(&self.original),
            [one] => self.after.get(one).unwrap_or(&self.original).clone(),
            several => {
                let mut task = Task::clone(&self.original);
                for seen in several.iter().filter_map(|at| self.after.get(at)) {
                    for field in self.original.changed_fields(seen) {
                        task.take_field(seen, field);
                    }
                }
                Arc::new(task)
            }
        }
    }
}

/// The task as whoever is based on these records sees it.
pub(super) fn as_seen(view: &TaskView, based_on: &[Hash]) -> Arc<Task> {
    let base = base_of(&view.entries, view.id);
    let seen = Seen::of(&view.entries, base);
    let amended = Amended::of(view.original(), &view.entries, &view.void, &seen);
    amended.before(&seen.amended_by(&view.entries, based_on))
}

/// The task with all amendments, and where they contradict each other.
fn amendments(view: &mut TaskView, seen: &Seen) {
    // Most tasks have none, and are not copied for it.
    if !view.entries.iter().any(|entry| matches!(entry.event.0, Event::Amendment(_))) {
        return;
    }
    let amended = Amended::of(&view.task, &view.entries, &view.void, seen);
    for (field, mut changes) in amended.by_field {
        changes.sort_unstable();
        let newest = seen.newest(&changes);
        let value = |at: usize| match &view.entries[at].event.0 {
            Event::Amendment(e) => Some(&e.task),
            _ => None,
        };
        let Some(shown) = newest.last().and_then(|&at| value(at)) else { continue };
        let differ = newest.iter().any(|&at| value(at).is_some_and(|task| !task.same_field(shown, field)));
        view.task.take_field(shown, field);
        if differ {
            let conflict = conflict(field.name(), &view.entries, &newest);
            view.conflicts.push(conflict);
        }
    }
    unjudged(view, seen);
}

/// Amendments whose authors did not know of each other may together make a task that nobody judged: that
/// is a contradiction, too, until one is made that knows of both.
fn unjudged(view: &mut TaskView, seen: &Seen) {
    let made = |at: &usize| view.void[*at].is_none() && matches!(view.entries[*at].event.0, Event::Amendment(_));
    let made: Vec<usize> = (0..view.entries.len()).filter(made).collect();
    let newest = seen.newest(&made);
    let judged = |at: &usize| view.entries[*at].event.0.judged().is_some_and(|(task, _)| *task == view.task);
    let strict = newest.iter().any(|&at| view.entries[at].rules > 1);
    if newest.len() > 1 && strict && view.conflicts.is_empty() && !newest.iter().any(judged) {
        let conflict = conflict(VERDICT, &view.entries, &newest);
        view.conflicts.push(conflict);
    }
}

fn conflict(field: &str, entries: &[Entry], records: &[usize]) -> Conflict {
    Conflict { field: field.to_owned(), records: records.iter().map(|&at| entries[at].record.to_string()).collect() }
}

fn verdicts(view: &mut TaskView) {
    view.worst = view.verdicts().map(|verdict| verdict.verdict).max().unwrap_or_default();
}

/// Where the task stands, and a contradiction between decisions.
fn status(walk: &Walk<'_>, seen: &Seen, has_base: bool) -> (Status, Option<Conflict>) {
    if !has_base {
        return (Status::Incomplete, None);
    }
    let newest = seen.newest(&walk.decisions);
    let outcomes = walk.outcomes(&newest);
    if walk.found.is_empty() {
        // A permitted task that somebody else looked at: as it was labelled, or not.
        let status = if outcomes.contains(&Status::Confirmed) { Status::Confirmed } else { Status::Clear };
        return (status, None);
    }
    let decided = |by: &Vec<usize>| by.iter().any(|&found| walk.decisions.iter().any(|&at| seen.knows(at, found)));
    if !walk.found.values().all(decided) {
        return (if walk.awaits_statement() { Status::Statement } else { Status::Open }, None);
    }
    match outcomes.as_slice() {
        [Status::Open] if walk.awaits_statement() => (Status::Statement, None),
        [only] => (*only, None),
        _ => (Status::Open, Some(conflict("decision", walk.entries(), &newest))),
    }
}

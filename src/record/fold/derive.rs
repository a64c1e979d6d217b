//! What follows from the records about a task.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use auxlog_law::{Severity, Verdict};

use super::entry::Entry;
use super::task_view::{
    AmendmentView, Annulled, AttachmentView, Conflict, ReviewView, StatementView, Status, TaskView,
};
use crate::{Decision, Event, Hash, Judged, Task, TaskField};

/// The verdict that a record carries.
pub(super) fn verdict(event: &Event) -> Option<&Verdict> {
    match event {
        Event::TaskLogged(e) => Some(&e.judged.verdict),
        Event::TaskPlanned(e) => Some(&e.judged.verdict),
        Event::Amendment(e) => Some(&e.judged.verdict),
        Event::Rejudged(e) => Some(&e.verdict),
        _ => None,
    }
}

fn judged(event: &Event) -> Option<&Judged> {
    match event {
        Event::TaskLogged(e) => Some(&e.judged),
        Event::TaskPlanned(e) => Some(&e.judged),
        Event::Amendment(e) => Some(&e.judged),
        _ => None,
    }
}

/// Which records each record's author had seen: what it was based on, and what its writer had
/// written before, all the way back. The task's own record is seen by all.
struct Seen(Vec<BTreeSet<usize>>);

impl Seen {
    fn of(view: &TaskView) -> Self {
        let place: HashMap<Hash, usize> = view.entries.iter().enumerate().map(|(i, e)| (e.hash, i)).collect();
        let base = view.entries.iter().position(|entry| entry.record == view.id);
        let parents: Vec<Vec<usize>> = view
            .entries
            .iter()
            .enumerate()
            .map(|(i, entry)| {
                let named = entry.based_on().iter().filter_map(|hash| place.get(hash).copied());
                let own = view
                    .entries
                    .iter()
                    .enumerate()
                    .filter(|(_, e)| e.record.writer == entry.record.writer && e.record.seq < entry.record.seq)
                    .max_by_key(|(_, e)| e.record.seq)
                    .map(|(j, _)| j);
                named.chain(own).chain(base).filter(|&j| j != i).collect()
            })
            .collect();
        let ancestors = |of: usize| {
            let mut seen = BTreeSet::new();
            let mut open = parents[of].clone();
            while let Some(next) = open.pop() {
                if next != of && seen.insert(next) {
                    open.extend(&parents[next]);
                }
            }
            seen
        };
        // The task's own record saw nothing, whatever names it as its base.
        Self((0..parents.len()).map(|i| if Some(i) == base { BTreeSet::new() } else { ancestors(i) }).collect())
    }

    /// Whether the author of `later` had seen `earlier`.
    fn knows(&self, later: usize, earlier: usize) -> bool {
        self.0[later].contains(&earlier)
    }

    /// Those of `among` that no other of them was based on.
    fn newest(&self, among: &[usize]) -> Vec<usize> {
        among.iter().copied().filter(|&i| !among.iter().any(|&other| self.knows(other, i))).collect()
    }
}

/// The newest records that no other one was based on.
pub(super) fn heads(view: &TaskView) -> Vec<Hash> {
    let seen = Seen::of(view);
    let all: Vec<usize> = (0..view.entries.len()).collect();
    seen.newest(&all).into_iter().map(|i| view.entries[i].hash).collect()
}

/// Derives everything from the entries.
pub(super) fn derive(view: &mut TaskView) {
    let seen = Seen::of(view);
    let mut next = TaskView {
        id: view.id,
        planner: view.planner.take(),
        entries: std::mem::take(&mut view.entries),
        ..TaskView::default()
    };
    base(&mut next);
    lists(&mut next);
    amendments(&mut next, &seen);
    verdicts(&mut next);
    next.status = status(&mut next, &seen);
    *view = next;
}

fn base(view: &mut TaskView) {
    let Some(base) = view.base() else { return };
    let agency = base.agency.clone();
    let (task, judged, planned, plan) = match &base.event.0 {
        Event::TaskLogged(e) => (e.task.clone(), Some(e.judged.clone()), false, e.plan),
        Event::TaskPlanned(e) => (e.task.clone(), Some(e.judged.clone()), true, None),
        _ => (Task::default(), None, false, None),
    };
    view.original = task.clone();
    (view.agency, view.task, view.judged, view.planned, view.plan) = (agency, task, judged, planned, plan);
}

fn lists(view: &mut TaskView) {
    for entry in &view.entries {
        let (record, author) = (entry.record, entry.author.clone());
        match &entry.event.0 {
            Event::ReviewStep(e) => {
                let void = !e.decision.is_open_to_all() && !view.may_decide(&author);
                view.review.push(ReviewView {
                    record,
                    author,
                    wall_ms: entry.wall_ms,
                    decision: e.decision,
                    reason: e.reason.clone(),
                    measure: e.measure.clone(),
                    against: e.against.clone(),
                    void,
                });
            }
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

fn amendments(view: &mut TaskView, seen: &Seen) {
    let mut by_field: BTreeMap<TaskField, Vec<usize>> = BTreeMap::new();
    for (i, entry) in view.entries.iter().enumerate() {
        if let Event::Amendment(e) = &entry.event.0 {
            for field in e.fields.iter().filter_map(|name| TaskField::named(name)) {
                by_field.entry(field).or_default().push(i);
            }
        }
    }
    for (field, changes) in by_field {
        let newest = seen.newest(&changes);
        let value = |i: usize| match &view.entries[i].event.0 {
            Event::Amendment(e) => Some(&e.task),
            _ => None,
        };
        let Some(shown) = newest.last().and_then(|&i| value(i)) else { continue };
        let differ = newest.iter().any(|&i| value(i).is_some_and(|task| !task.same_field(shown, field)));
        view.task.take_field(shown, field);
        if differ {
            let conflict = conflict(field.name(), &view.entries, &newest);
            view.conflicts.push(conflict);
        }
    }
}

fn conflict(field: &str, entries: &[Entry], records: &[usize]) -> Conflict {
    Conflict { field: field.to_owned(), records: records.iter().map(|&i| entries[i].record.to_string()).collect() }
}

fn verdicts(view: &mut TaskView) {
    view.worst = view.verdicts().map(|verdict| verdict.verdict).max().unwrap_or_default();
    view.newest_verdict = view.verdicts().last().cloned();
}

/// Rule, activity and person of a finding: the same finding in two verdicts is one.
type Key = (String, Option<String>, Option<String>);

/// What was found, and by which records.
fn found(view: &TaskView) -> BTreeMap<Key, Vec<usize>> {
    let mut found: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (i, entry) in view.entries.iter().enumerate().filter(|(_, entry)| view.concerns(entry)) {
        let people = judged(&entry.event.0).or(view.judged.as_ref()).map_or(&[][..], |judged| &judged.people);
        let Some(verdict) = verdict(&entry.event.0) else { continue };
        for finding in verdict.findings.iter().filter(|finding| finding.severity > Severity::Permitted) {
            let person = finding
                .person
                .map(|n| people.get(usize::from(n)).map_or_else(|| n.to_string(), |person| person.id.0.clone()));
            found.entry((finding.rule.clone(), finding.activity.clone(), person)).or_default().push(i);
        }
    }
    found
}

fn status(view: &mut TaskView, seen: &Seen) -> Status {
    if view.base().is_none() {
        return Status::Incomplete;
    }
    let found = found(view);
    let step = |i: usize| match &view.entries[i].event.0 {
        Event::ReviewStep(e) => Some(e.decision),
        _ => None,
    };
    let counts = |i: usize| !view.review.iter().any(|step| step.void && step.record == view.entries[i].record);
    let decisions: Vec<usize> =
        (0..view.entries.len()).filter(|&i| step(i).and_then(outcome).is_some() && counts(i)).collect();
    if found.is_empty() {
        // A permitted task that somebody else looked at: as it was labelled, or not.
        view.looked_at = !decisions.is_empty();
        let newest = seen.newest(&decisions);
        let mislabelled = newest.iter().any(|&i| step(i).and_then(outcome) == Some(Status::Confirmed));
        return if mislabelled {
            Status::Confirmed
        } else if !view.annulled.is_empty() {
            Status::Annulled
        } else if view.planned {
            Status::Planned
        } else {
            Status::Clear
        };
    }
    let decided = |by: &Vec<usize>| by.iter().any(|&found| decisions.iter().any(|&d| seen.knows(d, found)));
    if !found.values().all(decided) {
        return if awaits_statement(view, seen, &decisions) { Status::Statement } else { Status::Open };
    }
    let newest = seen.newest(&decisions);
    let outcomes: BTreeSet<Status> = newest.iter().filter_map(|&i| step(i).and_then(outcome)).collect();
    match outcomes.first() {
        Some(&only) if outcomes.len() == 1 => only,
        _ => {
            let conflict = conflict("decision", &view.entries, &newest);
            view.conflicts.push(conflict);
            Status::Open
        }
    }
}

/// What a decision makes of the findings; `None` where it decides nothing.
fn outcome(decision: Decision) -> Option<Status> {
    match decision {
        Decision::Note | Decision::Propose | Decision::Statement | Decision::Facts | Decision::Evidence => None,
        Decision::Dismiss => Some(Status::Dismissed),
        Decision::Confirm
        | Decision::OrderCorrection
        | Decision::Criticise
        | Decision::ReturnToCompany
        | Decision::Transfer => Some(Status::Confirmed),
    }
}

/// Whether a statement was asked for that was neither given since nor passed over by a decision.
fn awaits_statement(view: &TaskView, seen: &Seen, decisions: &[usize]) -> bool {
    let void = |i: usize| view.review.iter().any(|step| step.void && step.record == view.entries[i].record);
    (0..view.entries.len())
        .filter(|&i| matches!(&view.entries[i].event.0, Event::ReviewStep(e) if e.decision == Decision::Statement))
        .filter(|&asked| !void(asked))
        .any(|asked| {
            let given = (asked + 1..view.entries.len())
                .any(|i| matches!(&view.entries[i].event.0, Event::Statement(e) if e.acknowledged));
            !given && !decisions.iter().any(|&d| seen.knows(d, asked))
        })
}

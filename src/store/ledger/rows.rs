//! Views as lists and details show them.

use auxlog_law::{Severity, Verdict};
use auxlog_record::fold::{self, Author, Status, TaskView};
use auxlog_record::review::may_record;
use auxlog_record::{Event, Judged, MAX_FIELD, MAX_FINDINGS, Moment, OfficerId, RecordId, Task, Vouched, china, cut};
use chrono::TimeZone as _;

use super::Reader;
use crate::index::{Flags, Index, Slot, Source as _};
use crate::{HistoryEntry, LedgerError, NamedAuxiliary, NamedOfficer, TaskDetail, TaskRow, TaskStatus};

/// Whether everyone who takes steps in the agency, as its office says, took part in the task.
fn nobody_left(index: &Index, view: &TaskView) -> bool {
    let mut people = index.authority().people().filter(|(_, grant)| may_record(grant.role)).peekable();
    people.peek().is_some()
        && people.all(|(writer, grant)| {
            let officer = grant.officer.clone();
            let author = Author { writer, officer, vouched: Vouched::Office, role: grant.role, ..Author::default() };
            !view.may_decide(&author)
        })
}

/// A field as lists show it, whatever a record holds.
fn short(field: &str) -> String {
    cut(field, MAX_FIELD).into_owned()
}

/// A wall clock's reading as a moment in China; the epoch where it is none.
pub(super) fn moment(millis: i64) -> Moment {
    Moment(china().timestamp_millis_opt(millis).single().unwrap_or_default())
}

impl Reader {
    /// Whether whoever's ledger is open took part in the task, as far as a list need know.
    fn is_barred(&self, view: &TaskView) -> bool {
        let me = &self.author;
        let own = view.base_author().into_iter().chain(view.planner()).any(|author| author.same_person(me));
        own || view.task.officers.iter().flatten().any(|officer| officer.id == me.officer)
    }

    /// A view as a list shows it.
    pub(super) fn row_of(&self, index: &Index, slot: &Slot, view: &TaskView) -> TaskRow {
        let at = view.task.at.unwrap_or_else(|| moment(slot.at_ms));
        let agency = fold::agency_of(&view.task, &view.agency).clone();
        let task = Task { at: Some(at), agency: Some(agency.clone()), ..view.task.clone() }.shortened();
        let roster = index.roster();
        let judged = view.judged();
        let auxiliaries = task.auxiliaries.iter().map(|stated| {
            let as_judged = judged.and_then(|judged| judged.people.iter().find(|person| person.id == stated.id));
            let name = as_judged.and_then(|person| person.name.clone());
            let listed = || roster.auxiliaries.get(&stated.id).map(|person| person.name.clone());
            NamedAuxiliary { id: stated.id.clone(), name: name.or_else(listed).map(|name| short(&name)) }
        });
        let name_of = |id: &OfficerId| roster.officers.get(id).map(|officer| officer.name.clone());
        let author = view.base_author().cloned().unwrap_or_default();
        TaskRow {
            id: view.id,
            reference: short(&view.original().id),
            at,
            agency,
            logged_by: NamedOfficer {
                name: Some(author.name).filter(|name| !name.is_empty()).or_else(|| name_of(&author.officer)),
                id: author.officer,
            },
            auxiliaries: auxiliaries.collect(),
            officers: task.officers.as_ref().map(|officers| {
                let named = |id: &OfficerId| NamedOfficer { id: id.clone(), name: name_of(id) };
                officers.iter().map(|officer| named(&officer.id)).collect()
            }),
            task,
            verdict: slot.verdict,
            findings: view.findings().into_iter().take(MAX_FINDINGS).cloned().collect(),
            status: TaskStatus::of(slot.status),
            synced: is_synced(index, view.id),
            mine: author.writer == self.author.writer,
            barred: self.is_barred(view),
            amended: slot.flags.has(Flags::AMENDED),
            annulled: !view.annulled.is_empty(),
            conflict: slot.flags.has(Flags::CONFLICT),
            sampled: slot.flags.has(Flags::SAMPLED),
            late: view.is_late(),
            doubtful: view.is_doubtful(),
            over_limits: view.is_over_limits(),
        }
    }

    /// A view with its history.
    pub(super) fn detail(&self, slot: &Slot, view: TaskView) -> Result<TaskDetail, LedgerError> {
        let index = self.index();
        if view.status == Status::Incomplete {
            return Err(LedgerError::NoSuchTask { id: view.id.to_string() });
        }
        let row = self.row_of(&index, slot, &view);
        let history = view.history().into_iter().map(|entry| HistoryEntry {
            id: entry.record,
            hash: entry.hash,
            before_joining: entry.author.before_joining,
            by: NamedOfficer {
                name: Some(entry.author.name).filter(|name| !name.is_empty()),
                id: entry.author.officer,
            },
            at: moment(entry.wall_ms),
            synced: is_synced(&index, entry.record),
            first_rules: entry.rules < 2 && matches!(entry.event, Event::ReviewStep(_) | Event::Statement(_)),
            event: entry.event,
            void: entry.void,
        });
        let verdict = view.newest_verdict().cloned();
        let judged = view.judged().cloned().zip(verdict).map(|(judged, verdict)| Judged { verdict, ..judged });
        Ok(TaskDetail {
            history: history.collect(),
            heads: view.heads(),
            conflicts: view.conflicts.iter().map(|conflict| conflict.field.clone()).collect(),
            standing: view.standing(&self.author),
            nobody_left: nobody_left(&index, &view),
            task: view.task.clone(),
            judged: judged.unwrap_or_else(unjudged),
            row,
            view,
        })
    }
}

impl Reader {
    /// The latest records about no task (a clock's jump, an export, a key retired, a newer
    /// version's), newest first.
    ///
    /// # Errors
    /// [`LedgerError::Unreadable`] when one cannot be read back.
    pub fn notices(&self, limit: usize) -> Result<Vec<HistoryEntry>, LedgerError> {
        let index = self.index();
        let latest = index.notices().iter().rev().take(limit);
        let read = latest.map(|place| {
            let record = index.veil(self.book.record(*place)?);
            let writer = index.writers().get(&record.id().writer).and_then(|writer| writer.view.as_ref());
            let by = writer.map(|view| NamedOfficer {
                id: view.opened.officer.clone(),
                name: Some(view.opened.officer_name.clone()),
            });
            Ok(HistoryEntry {
                id: record.id(),
                hash: record.hash(),
                by: by.unwrap_or_else(|| NamedOfficer { id: OfficerId::default(), name: None }),
                at: moment(record.envelope().reading.wall_ms),
                event: crate::index::read(&record),
                synced: is_synced(&index, record.id()),
                void: None,
                before_joining: false,
                first_rules: false,
            })
        });
        read.collect()
    }
}

/// What is told of a task whose body was masked by order: the verdict went with it.
fn unjudged() -> Judged {
    let verdict = Verdict {
        verdict: Severity::Permitted,
        basis: Vec::new(),
        findings: Vec::new(),
        rulebook: String::new(),
        digest: String::new(),
    };
    Judged { verdict, roster_version: 0, people: Vec::new(), given: None }
}

/// Whether the server has the record: a receipt covers it, or it came from there.
fn is_synced(index: &Index, id: RecordId) -> bool {
    index.writers().get(&id.writer).is_some_and(|writer| !writer.own || id.seq <= writer.acked)
}

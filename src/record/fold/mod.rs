//! Folding records into state.
//!
//! Deterministic, and independent of the order in which different writers' records arrive: a
//! task's view keeps the records about it in canonical order (logical time, writer, seq) and
//! derives everything else from them anew, once for all that are folded together. Within one
//! writer's chain records come in order, the office's records in the log's.

mod derive;
mod entry;
mod memory;
mod oversize;
mod seen;
mod task_view;
mod timing;
mod walk;

use std::collections::{BTreeMap, btree_map};

use auxlog_law::RulebookSet;
use minicbor::{Decode, Encode};

use crate::kind::number::ENTRY_MADE;
use crate::{
    AgencyId, Authority, Event, Hash, Hlc, Record, RecordId, Role, Roster, Vouched, Word, WriterId, WriterOpened,
    begins_history, is_office,
};

pub use derive::{DIFFERS, VERDICT};

pub use entry::{Author, Entry};
pub use memory::Memory;
pub use seen::Seen;
pub use task_view::{
    AmendmentView, Annulled, AttachmentView, Conflict, HistoryEntry, ReviewView, SAMPLED_ONE_IN, StatementView, Status,
    TaskView, Told,
};

/// Where views are kept: in memory, or in the cache.
pub trait Views {
    /// What can go wrong there.
    type Error;

    /// Whose a chain is.
    ///
    /// # Errors
    /// What the store returns.
    fn writer(&self, id: &WriterId) -> Result<Option<WriterView>, Self::Error>;

    /// Keeps whose a chain is.
    ///
    /// # Errors
    /// What the store returns.
    fn put_writer(&mut self, writer: &WriterView) -> Result<(), Self::Error>;

    /// Who is who.
    fn authority(&self) -> &Authority;

    /// The rulebooks by which a verdict that was given anew is given once more.
    fn rulebooks(&self) -> &RulebookSet;

    /// Takes a record that says who is who ([`Authority::take`]).
    ///
    /// # Errors
    /// What the store returns.
    fn put_authority(&mut self, record: &Record, event: &Event, word: Option<&Word>) -> Result<(), Self::Error>;

    /// A task's view, by the id of the record that logged or planned it. It is put back after it
    /// changed.
    ///
    /// # Errors
    /// What the store returns.
    fn task(&mut self, id: &RecordId) -> Result<Option<TaskView>, Self::Error>;

    /// Keeps a task's view.
    ///
    /// # Errors
    /// What the store returns.
    fn put_task(&mut self, task: TaskView) -> Result<(), Self::Error>;

    /// Takes note that a record stands in a task's history.
    ///
    /// # Errors
    /// What the store returns.
    fn put_about(&mut self, task: RecordId, record: RecordId) -> Result<(), Self::Error> {
        let _ = (task, record);
        Ok(())
    }

    /// The record whose roster counts, if one was imported here.
    ///
    /// # Errors
    /// What the store returns.
    fn roster_origin(&self) -> Result<Option<(Hlc, RecordId)>, Self::Error>;

    /// Keeps an imported roster and the record that it came with.
    ///
    /// # Errors
    /// What the store returns.
    fn put_roster(&mut self, origin: (Hlc, RecordId), roster: &Roster) -> Result<(), Self::Error>;

    /// Keeps what is to be shown beside the tasks.
    ///
    /// # Errors
    /// What the store returns.
    fn put_notice(&mut self, notice: &Notice) -> Result<(), Self::Error>;
}

/// Whose a chain is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WriterView {
    /// Writer.
    #[n(0)]
    pub id: WriterId,
    /// What its first record says.
    #[n(1)]
    pub opened: WriterOpened,
}

/// A record about no task: a clock's jump, an export, a retired key, something of a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Notice {
    /// The record.
    #[n(0)]
    pub record: RecordId,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
    /// Who wrote it.
    #[n(2)]
    pub author: Author,
    /// Logical time.
    #[n(3)]
    pub hlc: Hlc,
    /// What the wall clock said, in milliseconds since 1970 UTC.
    #[n(4)]
    pub wall_ms: i64,
    /// What it says.
    #[n(5)]
    pub event: entry::Stored,
}

/// Folds records together: what follows from them is derived once, when all are in.
///
/// A record whose fold is not finished is not in the views.
#[derive(Debug)]
pub struct Fold<'a, V: Views> {
    views: &'a mut V,
    open: BTreeMap<RecordId, TaskView>,
}

impl<'a, V: Views> Fold<'a, V> {
    /// Begins.
    pub fn of(views: &'a mut V) -> Self {
        Self { views, open: BTreeMap::new() }
    }

    /// The views as they were before what is being folded.
    pub fn views(&mut self) -> &mut V {
        self.views
    }

    /// Takes a record, with what the agency's log says of it; `None` while it is in none. Taking it once
    /// more changes nothing.
    ///
    /// # Errors
    /// What the views' store returns.
    pub fn take(&mut self, record: &Record, event: Event, word: Option<&Word>) -> Result<(), V::Error> {
        let kind = event.kind();
        if is_office(kind) {
            self.views.put_authority(record, &event, word)?;
        }
        match &event {
            Event::WriterOpened(opened) => {
                // Whose a chain is stands in its first record and nowhere else.
                let id = record.id();
                if id.seq == 1 {
                    self.views.put_writer(&WriterView { id: id.writer, opened: opened.clone() })?;
                }
            }
            Event::RosterReplaced(replaced) => {
                let origin = (record.envelope().hlc, record.id());
                if self.views.roster_origin()?.is_none_or(|newest| newest < origin) {
                    self.views.put_roster(origin, &replaced.roster)?;
                }
            }
            _ => {}
        }
        // A masked task or entry still stands as one; of what else is masked the body no longer says which task
        // it was about, so whoever masks rebuilds the views.
        let (id, about) = (record.id(), event.target().filter(|_| event.is_history()));
        if begins_history(kind) {
            let told_beside = about.is_some() || matches!(event, Event::Masked { .. });
            let beside = told_beside.then(|| event.clone());
            self.insert(id, record, event, word)?;
            if kind != ENTRY_MADE {
                self.carried_out_by(id)?;
            }
            return match (about, beside) {
                (Some(plan), Some(event)) => {
                    self.insert(plan, record, event, word)?;
                    self.link_planner(plan, id)
                }
                (None, Some(event)) => self.notice(record, event, word),
                (_, None) => Ok(()),
            };
        }
        match about {
            Some(task) => self.insert(task, record, event, word),
            None => self.notice(record, event, word),
        }
    }

    /// Derives what follows and hands it to the views.
    ///
    /// # Errors
    /// What the views' store returns.
    pub fn finish(self) -> Result<(), V::Error> {
        for mut task in self.open.into_values() {
            task.settle(self.views.rulebooks());
            self.views.put_task(task)?;
        }
        Ok(())
    }

    fn task(&mut self, id: RecordId) -> Result<&mut TaskView, V::Error> {
        match self.open.entry(id) {
            btree_map::Entry::Occupied(open) => Ok(open.into_mut()),
            btree_map::Entry::Vacant(place) => {
                Ok(place.insert(self.views.task(&id)?.unwrap_or_else(|| TaskView::new(id))))
            }
        }
    }

    fn insert(&mut self, task: RecordId, record: &Record, event: Event, word: Option<&Word>) -> Result<(), V::Error> {
        let entry = self.entry(record, event, word)?;
        self.task(task)?.insert(entry);
        self.views.put_about(task, record.id())
    }

    /// Whoever planned a task may not decide its flag.
    fn link_planner(&mut self, plan: RecordId, task: RecordId) -> Result<(), V::Error> {
        if let Some(planner) = self.task(plan)?.base_author().cloned() {
            self.task(task)?.set_planner(planner);
        }
        Ok(())
    }

    /// The same where the plan arrives after the tasks that carry it out.
    fn carried_out_by(&mut self, plan: RecordId) -> Result<(), V::Error> {
        for carried in self.task(plan)?.carried_out_now() {
            self.link_planner(plan, carried)?;
        }
        Ok(())
    }

    fn entry(&self, record: &Record, event: Event, word: Option<&Word>) -> Result<Entry, V::Error> {
        let authority = self.views.authority();
        Ok(Entry {
            record: record.id(),
            hash: record.hash(),
            author: author(self.views, record.id(), word)?,
            agency: record.envelope().agency.clone(),
            hlc: record.envelope().hlc,
            wall_ms: record.envelope().reading.wall_ms,
            event: entry::Stored(event),
            rules: authority.rules(record, word),
            word: word.cloned(),
        })
    }

    fn notice(&mut self, record: &Record, event: Event, word: Option<&Word>) -> Result<(), V::Error> {
        let Entry { record: id, hash, author, hlc, wall_ms, event, .. } = self.entry(record, event, word)?;
        self.views.put_notice(&Notice { record: id, hash, author, hlc, wall_ms, event })
    }
}

/// Whose a record is, as the office says, or where there is none, as its chain's first record does.
///
/// # Errors
/// What the views' store returns.
pub fn author<V: Views>(views: &V, record: RecordId, word: Option<&Word>) -> Result<Author, V::Error> {
    let writer = record.writer;
    let (vouched, grant) = views.authority().vouch(&writer, word);
    if let Some(grant) = grant {
        let before_joining = record.seq <= grant.before;
        let (officer, name) = (grant.officer.clone(), grant.name.clone());
        return Ok(Author { writer, officer, name, vouched, role: grant.role, before_joining });
    }
    // The office itself does what an administrator does.
    let role = if vouched == Vouched::Office { Role::Admin } else { Role::default() };
    let author = Author { writer, vouched, role, ..Author::default() };
    Ok(match views.writer(&writer)?.filter(|_| vouched != Vouched::Office).map(|view| view.opened) {
        Some(opened) => Author { officer: opened.officer, name: opened.officer_name, ..author },
        None => author,
    })
}

/// Folds one record; see [`Fold`].
///
/// # Errors
/// What the views' store returns.
pub fn apply<V: Views>(views: &mut V, record: &Record, event: Event, word: Option<&Word>) -> Result<(), V::Error> {
    let mut fold = Fold::of(views);
    fold.take(record, event, word)?;
    fold.finish()
}

/// The agency that a task belongs to: the one it names, or the one of the log it stands in.
pub fn agency_of<'a>(task: &'a crate::Task, log: &'a AgencyId) -> &'a AgencyId {
    task.agency.as_ref().unwrap_or(log)
}

#[cfg(test)]
mod growth_tests;
#[cfg(test)]
mod tests;

//! Folding records into state.
//!
//! Deterministic, and independent of the order in which different writers' records arrive: a
//! task's view keeps the records about it in canonical order (logical time, writer, seq) and
//! derives everything else from them anew. Within one writer's chain records come in order.

mod derive;
mod entry;
mod memory;
mod oversize;
mod task_view;
mod timing;

use crate::{AgencyId, Event, Hash, Hlc, OfficerId, Record, RecordId, Roster, WriterId, WriterOpened};

pub use entry::{Author, Entry};
pub use memory::Memory;
pub use task_view::{
    AmendmentView, Annulled, AttachmentView, Conflict, HistoryEntry, ReviewView, SAMPLED_ONE_IN, StatementView, Status,
    TaskView,
};

use minicbor::{Decode, Encode};

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

    /// A task's view, by the id of the record that logged or planned it.
    ///
    /// # Errors
    /// What the store returns.
    fn task(&self, id: &RecordId) -> Result<Option<TaskView>, Self::Error>;

    /// Keeps a task's view; called whenever it changed.
    ///
    /// # Errors
    /// What the store returns.
    fn put_task(&mut self, task: &TaskView) -> Result<(), Self::Error>;

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

/// Applies a record. Applying it once more changes nothing.
///
/// # Errors
/// What the views' store returns.
pub fn apply<V: Views>(views: &mut V, record: &Record, event: &Event) -> Result<(), V::Error> {
    if let Event::WriterOpened(opened) = event {
        views.put_writer(&WriterView { id: record.id().writer, opened: opened.clone() })?;
        return put_notice(views, record, event);
    }
    match event {
        Event::TaskPlanned(_) => put_base(views, record, event),
        Event::TaskLogged(logged) => {
            put_base(views, record, event)?;
            if let Some(plan) = logged.plan {
                let planned = put_entry(views, plan, record, event)?;
                link_planner(views, record.id(), &planned)?;
            }
            Ok(())
        }
        Event::Amendment(e) => put_entry(views, e.target, record, event).map(drop),
        Event::Annulment(e) => put_entry(views, e.target, record, event).map(drop),
        Event::Attachment(e) => put_entry(views, e.target, record, event).map(drop),
        Event::ReviewStep(e) => put_entry(views, e.target, record, event).map(drop),
        Event::Statement(e) => put_entry(views, e.target, record, event).map(drop),
        Event::Rejudged(e) => put_entry(views, e.target, record, event).map(drop),
        Event::RosterReplaced(replaced) => {
            let origin = (record.envelope().hlc, record.id());
            if views.roster_origin()?.is_none_or(|newest| newest < origin) {
                views.put_roster(origin, &replaced.roster)?;
            }
            put_notice(views, record, event)
        }
        Event::Masked { kind, .. } => {
            // A masked task still stands as one; of what else is masked the body no longer says
            // which task it was about, so whoever masks rebuilds the views.
            if matches!(kind, 2 | 3) {
                put_base(views, record, event)?;
            }
            put_notice(views, record, event)
        }
        Event::WriterOpened(_)
        | Event::ClockAnomaly(_)
        | Event::DataAccessed(_)
        | Event::MaskOrdered(_)
        | Event::WriterRetired(_)
        | Event::Unknown { .. } => put_notice(views, record, event),
    }
}

fn entry<V: Views>(views: &V, record: &Record, event: &Event) -> Result<Entry, V::Error> {
    Ok(Entry {
        record: record.id(),
        hash: record.hash(),
        author: author(views, record.id().writer)?,
        agency: record.envelope().agency.clone(),
        hlc: record.envelope().hlc,
        wall_ms: record.envelope().reading.wall_ms,
        event: entry::Stored(event.clone()),
    })
}

fn author<V: Views>(views: &V, writer: WriterId) -> Result<Author, V::Error> {
    let opened = views.writer(&writer)?.map(|view| view.opened);
    let (officer, name) = match opened {
        Some(opened) => (opened.officer, opened.officer_name),
        None => (OfficerId::default(), String::new()),
    };
    Ok(Author { writer, officer, name })
}

fn put_entry<V: Views>(views: &mut V, task: RecordId, record: &Record, event: &Event) -> Result<TaskView, V::Error> {
    let mut view = views.task(&task)?.unwrap_or_else(|| TaskView::new(task));
    if view.insert(entry(views, record, event)?) {
        views.put_task(&view)?;
    }
    Ok(view)
}

/// A task's own record. Whoever planned a task may not decide its flag, also when the plan
/// arrives after the task that carries it out.
fn put_base<V: Views>(views: &mut V, record: &Record, event: &Event) -> Result<(), V::Error> {
    let view = put_entry(views, record.id(), record, event)?;
    for carried in view.carried_out() {
        link_planner(views, *carried, &view)?;
    }
    Ok(())
}

fn link_planner<V: Views>(views: &mut V, carried: RecordId, plan: &TaskView) -> Result<(), V::Error> {
    if let (Some(planner), Some(mut view)) = (plan.base_author(), views.task(&carried)?)
        && view.set_planner(planner.clone())
    {
        views.put_task(&view)?;
    }
    Ok(())
}

fn put_notice<V: Views>(views: &mut V, record: &Record, event: &Event) -> Result<(), V::Error> {
    let Entry { record: id, hash, author, hlc, wall_ms, event, .. } = entry(views, record, event)?;
    views.put_notice(&Notice { record: id, hash, author, hlc, wall_ms, event })
}

/// The agency that a task belongs to: the one it names, or the one of the log it stands in.
pub fn agency_of<'a>(task: &'a crate::Task, log: &'a AgencyId) -> &'a AgencyId {
    task.agency.as_ref().unwrap_or(log)
}

#[cfg(test)]
mod tests;

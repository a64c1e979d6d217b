//! The index as the fold's place for views: views are read from the journal, only what lists
//! need of them is kept.

use std::collections::BTreeMap;

use auxlog_law::{RulebookSet, Severity};
use auxlog_record::fold::{Fold, Notice, Status, TaskView, Views, WriterView};
use auxlog_record::{Authority, Event, Hlc, Record, RecordId, Roster, Word, WriterId};

use super::slot::{Flags, SLOTS_PER_CHUNK, Slot};
use super::{Index, Item, Kind, NOWHERE, Origin, Place, Source};
use crate::LedgerError;

/// A task as its records say, read from the journal; `None` where no record is about it.
pub(crate) fn reconstruct(index: &Index, source: &dyn Source, number: u32) -> Result<Option<TaskView>, LedgerError> {
    reconstruct_without(index, source, number, NOWHERE)
}

/// The same, but for the record at `except`, which is about to be applied.
fn reconstruct_without(
    index: &Index,
    source: &dyn Source,
    number: u32,
    except: Place,
) -> Result<Option<TaskView>, LedgerError> {
    let Some(slot) = index.slots.get(number) else { return Ok(None) };
    let id = index.id_of(slot);
    let mut scratch = Scratch { index, tasks: BTreeMap::new() };
    let mut fold = Fold::of(&mut scratch);
    let mut plan = None;
    for place in index.places(number).filter(|place| *place != except) {
        let (record, word) = source.said(place)?;
        let record = index.veil(record);
        let event = read(&record);
        if let Event::TaskLogged(logged) = &event
            && record.id() == id
        {
            plan = logged.plan;
        }
        fold.take(&record, event, word.or_else(|| index.word_of(record.id())).as_ref())?;
    }
    // Whoever planned the task stands in the plan.
    let planned = plan.and_then(|plan| index.slot_of(&plan)).and_then(|slot| index.slots.get(slot));
    if let Some(place) = planned.and_then(|slot| index.place_of(slot)).filter(|place| *place != except) {
        let (record, word) = source.said(place)?;
        let record = index.veil(record);
        let event = read(&record);
        fold.take(&record, event, word.as_ref())?;
    }
    fold.finish()?;
    Ok(scratch.tasks.remove(&id))
}

/// A record's event; one that cannot be read counts as unknown: it is kept and shown, never lost.
pub(crate) fn read(record: &Record) -> Event {
    record.event().unwrap_or_else(|error| {
        tracing::warn!(record = %record.id(), %error, "a record's body cannot be read");
        Event::Unknown { kind: error.kind, schema: error.schema, body: record.body().unwrap_or_default().to_vec() }
    })
}

/// Views of a few tasks, in memory, over the index's writers.
struct Scratch<'a> {
    index: &'a Index,
    tasks: BTreeMap<RecordId, TaskView>,
}

impl Views for Scratch<'_> {
    type Error = LedgerError;

    fn writer(&self, id: &WriterId) -> Result<Option<WriterView>, LedgerError> {
        Ok(self.index.writers.get(id).and_then(|writer| writer.view.clone()))
    }

    fn put_writer(&mut self, _: &WriterView) -> Result<(), LedgerError> {
        Ok(())
    }

    fn authority(&self) -> &Authority {
        &self.index.authority
    }

    fn rulebooks(&self) -> &RulebookSet {
        &self.index.rulebooks
    }

    fn put_authority(&mut self, _: &Record, _: &Event, _: Option<&Word>) -> Result<(), LedgerError> {
        Ok(())
    }

    fn task(&mut self, id: &RecordId) -> Result<Option<TaskView>, LedgerError> {
        Ok(self.tasks.remove(id))
    }

    fn put_task(&mut self, task: TaskView) -> Result<(), LedgerError> {
        self.tasks.insert(task.id, task);
        Ok(())
    }

    fn roster_origin(&self) -> Result<Option<(Hlc, RecordId)>, LedgerError> {
        Ok(None)
    }

    fn put_roster(&mut self, _: (Hlc, RecordId), _: &Roster) -> Result<(), LedgerError> {
        Ok(())
    }

    fn put_notice(&mut self, _: &Notice) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// The index while records are applied.
pub(super) struct Lens<'a> {
    pub(super) index: &'a mut Index,
    source: &'a dyn Source,
    /// Where the record being applied stands.
    place: Place,
    origin: Origin,
    /// The tasks whose own records are among those applied, and whether they came from elsewhere.
    received: BTreeMap<RecordId, bool>,
    /// What became of tasks, by their slots.
    changed: BTreeMap<u32, TaskView>,
}

impl<'a> Lens<'a> {
    /// To begin with `first`.
    pub(super) fn over(index: &'a mut Index, source: &'a dyn Source, first: &Item<'_>) -> Self {
        let (place, origin) = (first.place, first.origin);
        Self { index, source, place, origin, received: BTreeMap::new(), changed: BTreeMap::new() }
    }

    /// Goes on to a record; `false` where it does not follow its chain.
    pub(super) fn enter(&mut self, item: &Item<'_>) -> bool {
        (self.place, self.origin) = (item.place, item.origin);
        let follows = self.index.chain(item);
        if follows {
            self.received.insert(item.record.id(), item.origin != Origin::Own);
        }
        follows
    }

    /// Hands what became of tasks to the lists, in the order in which they came.
    pub(super) fn settle(self) {
        for (number, view) in self.changed {
            let Some(old) = self.index.slots.get(number).copied() else { continue };
            let mut new = self.index.summary(&view, old);
            if let Some(received) = self.received.get(&view.id) {
                new.flags.set(Flags::RECEIVED, *received);
            }
            self.index.replace(number, old, new);
        }
    }

    fn slot(&mut self, id: RecordId) -> Option<u32> {
        if let Some(number) = self.index.writers.slot_of(&id) {
            return Some(number);
        }
        if let Some(number) = self.index.orphans.get(&id) {
            return Some(*number);
        }
        let seq = u32::try_from(id.seq).ok()?;
        let writer = self.index.writers.number(id.writer);
        let number = self.index.slots.push(Slot::new(writer, seq));
        if !self.index.writers.set_slot(id, number) {
            // Its own record has not arrived yet.
            self.index.orphans.insert(id, number);
        }
        Some(number)
    }
}

impl Views for Lens<'_> {
    type Error = LedgerError;

    fn writer(&self, id: &WriterId) -> Result<Option<WriterView>, LedgerError> {
        Ok(self.index.writers.get(id).and_then(|writer| writer.view.clone()))
    }

    fn put_writer(&mut self, view: &WriterView) -> Result<(), LedgerError> {
        self.index.dirty.tables = true;
        self.index.writers.number(view.id);
        if let Some(writer) = self.index.writers.get_mut(&view.id) {
            writer.view = Some(view.clone());
        }
        Ok(())
    }

    fn authority(&self) -> &Authority {
        &self.index.authority
    }

    fn rulebooks(&self) -> &RulebookSet {
        &self.index.rulebooks
    }

    fn put_authority(&mut self, record: &Record, event: &Event, word: Option<&Word>) -> Result<(), LedgerError> {
        self.index.authority.take(record, event, word);
        self.index.dirty.tables = true;
        Ok(())
    }

    fn task(&mut self, id: &RecordId) -> Result<Option<TaskView>, LedgerError> {
        let number = self.index.writers.slot_of(id).or_else(|| self.index.orphans.get(id).copied());
        number.map_or(Ok(None), |number| reconstruct_without(self.index, self.source, number, self.place))
    }

    fn put_task(&mut self, view: TaskView) -> Result<(), LedgerError> {
        if let Some(number) = self.slot(view.id) {
            self.changed.insert(number, view);
        }
        Ok(())
    }

    fn put_about(&mut self, task: RecordId, record: RecordId) -> Result<(), LedgerError> {
        let Some(number) = self.slot(task).filter(|_| task != record) else { return Ok(()) };
        let more = self.index.more.entry(number).or_default();
        if more.last() != Some(&self.place) {
            more.push(self.place);
            self.index.touch(Kind::More, number / SLOTS_PER_CHUNK);
        }
        Ok(())
    }

    fn roster_origin(&self) -> Result<Option<(Hlc, RecordId)>, LedgerError> {
        // Who is on the roster is for the server to say, once there is one: neither an officer's
        // own import counts then nor, ever, one that another officer wrote.
        let alone = self.origin == Origin::Own && !self.index.is_enrolled();
        let refused = (!alone).then_some((Hlc(u64::MAX), RecordId::default()));
        Ok(refused.or(self.index.roster_origin))
    }

    fn put_roster(&mut self, origin: (Hlc, RecordId), roster: &Roster) -> Result<(), LedgerError> {
        self.index.roster_origin = Some(origin);
        self.index.roster_place = Some(self.place);
        self.index.roster = std::sync::Arc::new(roster.clone());
        self.index.dirty.tables = true;
        Ok(())
    }

    fn put_notice(&mut self, notice: &Notice) -> Result<(), LedgerError> {
        if let Event::MaskOrdered(order) = &notice.event.0
            && self.origin != Origin::Unheeded
        {
            self.index.mask(self.source, order.target)?;
        }
        if self.index.notices.last() != Some(&self.place) {
            self.index.notices.push(self.place);
            self.index.dirty.tables = true;
        }
        Ok(())
    }
}

impl Index {
    /// What lists need of a view.
    pub(super) fn summary(&mut self, view: &TaskView, old: Slot) -> Slot {
        if view.status == Status::Entry {
            let mut flags = old.flags;
            flags.set(Flags::ATTACHED, !view.attachments.is_empty());
            let at_ms = view.recorded_ms().unwrap_or(old.at_ms);
            return Slot { at_ms, status: Status::Entry, flags, ..old };
        }
        let task = &view.task;
        let people = self.sets.intern(task.auxiliaries.iter().map(|person| person.id.0.as_str()));
        let author = view.base_author().map(|author| author.officer.0.as_str());
        let named = task.officers.iter().flatten().map(|officer| officer.id.0.as_str());
        let officers = self.sets.intern(named.chain(author.filter(|officer| !officer.is_empty())));
        let items = if task.items.is_empty() {
            // Judged from the text: the items that were found.
            let found: Vec<String> = view
                .findings()
                .iter()
                .filter_map(|finding| finding.activity.clone().or(finding.item.clone()))
                .collect();
            self.sets.intern(found.iter().map(String::as_str))
        } else {
            self.sets.intern(task.items.iter().map(String::as_str))
        };
        let mut flags = old.flags;
        flags.set(Flags::PLAN, view.planned);
        flags.set(Flags::AMENDED, !view.amendments.is_empty());
        flags.set(Flags::CONFLICT, !view.conflicts.is_empty());
        flags.set(Flags::DONE, !view.carried_out().is_empty());
        flags.set(Flags::SAMPLED, view.awaits_look());
        flags.set(Flags::ATTACHED, !view.attachments.is_empty());
        flags.set(Flags::OPEN, matches!(view.status, Status::Open | Status::Statement));
        Slot {
            at_ms: view.when_ms().unwrap_or(old.at_ms),
            reference: Some(&view.original().id).filter(|id| !id.is_empty()).map_or(0, |id| crate::reference_hash(id)),
            people,
            officers,
            items,
            verdict: if view.judged().is_some() { view.worst } else { Severity::Permitted },
            status: view.status,
            flags,
            ..old
        }
    }
}
